//! Findings that were there before: those of a baseline are not told again, so that only new ones fail a build.
//!
//! A finding is known by its rule, its file and the text of its line. Its number is no part of that, so that an edit further up
//! makes no finding new; a line that changes is looked at again.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::command::Failure;
use crate::diagnostic::Diagnostic;
use crate::disk;

const VERSION: u32 = 1;

/// What a finding is known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identity {
    /// The code of its rule.
    pub rule: String,
    /// Its file.
    pub path: String,
    /// The text of its line; the message, where a whole file is meant.
    pub line: String,
}

impl Identity {
    /// That of `finding`.
    pub fn of(finding: &Diagnostic) -> Self {
        let line = finding.place.as_ref().map_or(finding.message.as_str(), |place| place.excerpt.trim());
        Self { rule: finding.rule.code.to_owned(), path: finding.path.clone(), line: line.to_owned() }
    }
}

/// The findings that were there, and how many of each.
#[derive(Debug, Default)]
pub struct Baseline(BTreeMap<Identity, usize>);

/// A baseline as it is written.
#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    findings: Vec<Identity>,
}

impl Baseline {
    /// Reads what [`write`] wrote.
    pub fn read(file: &Path) -> Result<Self, Failure> {
        let name = file.display();
        let text = std::fs::read_to_string(file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Failure::Usage(format!("there is no baseline {name}; `--write-baseline` writes it")),
            _ => Failure::System(format!("{name}: {error}")),
        })?;
        let again = "write it again with `--write-baseline`";
        let written: Written =
            serde_json::from_str(&text).map_err(|error| Failure::Usage(format!("{name} is no baseline: {error}; {again}")))?;
        if written.version != VERSION {
            return Err(Failure::Usage(format!("{name} is a baseline of version {}, and should be {VERSION}; {again}", written.version)));
        }
        let mut known = BTreeMap::new();
        for identity in written.findings {
            *known.entry(identity).or_default() += 1;
        }
        Ok(Self(known))
    }

    /// Those of `findings` that were not there, in their order.
    pub fn new_ones(mut self, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let is_new = |finding: &Diagnostic| match self.0.get_mut(&Identity::of(finding)) {
            Some(count @ 1..) => {
                *count -= 1;
                false
            }
            _ => true,
        };
        findings.into_iter().filter(is_new).collect()
    }
}

/// Writes `findings` as the baseline `file`, one a line, in an order of their own: so that two versions can be compared.
pub fn write(file: &Path, findings: &[Diagnostic]) -> Result<(), Failure> {
    let mut identities: Vec<Identity> = findings.iter().map(Identity::of).collect();
    identities.sort();
    let lines: Vec<String> =
        identities.iter().map(|identity| serde_json::to_string(identity).expect("texts can be written as JSON")).collect();
    let text = format!("{{\"version\": {VERSION}, \"findings\": [\n{}\n]}}\n", lines.join(",\n"));
    disk::write_through(file, text.as_bytes()).map_err(|error| Failure::System(format!("{}: {error}", file.display())))
}
