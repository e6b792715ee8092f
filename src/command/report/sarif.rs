//! Findings in SARIF 2.1.0 (docs.oasis-open.org/sarif), which code hosts and editors read.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::command::report::Located;
use crate::command::report::baseline::Identity;
use crate::diagnostic::{RULES, Rule};
use crate::model::source::ContentHash;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Prints one log with one run.
pub fn print(findings: &[Located<'_>], out: &mut impl Write) -> io::Result<()> {
    let driver = json!({
        "name": env!("CARGO_PKG_NAME"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": RULES.iter().map(|rule| described(rule)).collect::<Vec<_>>(),
    });
    let run = json!({
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": findings.iter().map(result).collect::<Vec<_>>(),
    });
    writeln!(out, "{}", json!({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}))
}

fn described(rule: &Rule) -> Value {
    json!({
        "id": rule.code,
        "shortDescription": {"text": rule.meaning},
        "help": {"text": rule.mend},
        "defaultConfiguration": {"level": rule.severity.as_str()},
    })
}

fn result(located: &Located<'_>) -> Value {
    let finding = located.finding;
    let mut physical = json!({"artifactLocation": {"uri": uri(&located.file)}});
    if let Some(place) = &finding.place {
        physical["region"] = json!({
            "startLine": place.line,
            "startColumn": place.column,
            "endColumn": place.column + place.length,
        });
    }
    let hint = finding.hint.as_ref().map_or_else(String::new, |hint| format!("\n{hint}"));
    let identity = Identity::of(finding);
    let fingerprint = ContentHash::of_parts([identity.rule.as_bytes(), identity.path.as_bytes(), identity.line.as_bytes()]);
    json!({
        "ruleId": finding.rule.code,
        "ruleIndex": RULES.iter().position(|rule| *rule == finding.rule),
        "level": finding.severity.as_str(),
        "message": {"text": format!("{}{hint}", finding.message)},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {"handbook/v1": fingerprint.hex()},
    })
}

/// A path as a relative reference.
fn uri(path: &str) -> String {
    const KEPT: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(path, &KEPT).to_string()
}
