//! Findings as workflow commands of GitHub Actions, which shows them beside the lines of a change.

use std::io::{self, Write};

use crate::command::report::Located;
use crate::diagnostic::Severity;

/// Prints one command a finding.
pub fn print(findings: &[Located<'_>], out: &mut impl Write) -> io::Result<()> {
    for Located { finding, file } in findings {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        write!(out, "::{command} file={}", property(file))?;
        if let Some(place) = &finding.place {
            write!(out, ",line={},col={},endColumn={}", place.line, place.column, place.column + place.length)?;
        }
        let hint = finding.hint.as_ref().map_or_else(String::new, |hint| format!("\n{hint}"));
        writeln!(out, ",title={}::{}", property(finding.rule.code), data(&format!("{}{hint}", finding.message)))?;
    }
    Ok(())
}

/// A message, with what would end it escaped.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property, with what would end it escaped.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
