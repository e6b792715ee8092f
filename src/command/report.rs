//! Findings on a terminal, in a pipe, as JSON and in the forms that other programs read.

pub mod baseline;
pub mod github;
pub mod sarif;

use std::io::{self, Write};

use crate::command::Outcome;
use crate::diagnostic::{Diagnostic, Severity};
use crate::load::Roots;
use crate::style;

/// Findings that are printed at most; the rest is counted.
const PRINTED_MAX: usize = 100;

/// Prints `diagnostics`: errors first to be cut last, each as it is defined in [`Diagnostic`]. Notes only when `all`.
pub fn print(diagnostics: &[Diagnostic], all: bool, out: &mut impl Write) -> io::Result<()> {
    let shown = |diagnostic: &&Diagnostic| all || diagnostic.severity != Severity::Note;
    let mut chosen: Vec<&Diagnostic> = diagnostics.iter().filter(shown).collect();
    let n_chosen = chosen.len();
    if !all && n_chosen > PRINTED_MAX {
        chosen.sort_by_key(|diagnostic| diagnostic.severity);
        chosen.truncate(PRINTED_MAX);
    }
    for diagnostic in &chosen {
        let text = diagnostic.to_string();
        let (head, rest) = text.split_once(':').unwrap_or((&text, ""));
        writeln!(out, "{}{head}{}:{rest}", style::of_severity(diagnostic.severity), style::RESET)?;
    }
    if n_chosen > chosen.len() {
        writeln!(out, "{} more; `handbook check --all` prints them all", n_chosen - chosen.len())?;
    }
    Ok(())
}

/// Prints one JSON object a line.
pub fn print_json(diagnostics: &[Diagnostic], out: &mut impl Write) -> io::Result<()> {
    for diagnostic in diagnostics {
        writeln!(out, "{}", serde_json::to_value(diagnostic)?)?;
    }
    Ok(())
}

/// A finding, and its file as seen from the folder in which the command runs, which is what build servers show.
pub struct Located<'a> {
    /// The finding.
    pub finding: &'a Diagnostic,
    /// The file, with `/`.
    pub file: String,
}

/// `findings` with their files.
pub fn located<'a>(findings: &'a [Diagnostic], roots: &Roots) -> Vec<Located<'a>> {
    let here = std::env::current_dir().and_then(|folder| folder.canonicalize()).ok();
    let locate = |finding: &'a Diagnostic| {
        let file = roots.file(&finding.path).canonicalize().ok();
        let below = file.as_deref().zip(here.as_deref()).and_then(|(file, here)| file.strip_prefix(here).ok());
        let file = below.map_or_else(|| finding.path.clone(), |below| below.to_string_lossy().replace('\\', "/"));
        Located { finding, file }
    };
    findings.iter().map(locate).collect()
}

/// "2 errors, 14 warnings, 3 notes".
pub fn summary(diagnostics: &[Diagnostic]) -> String {
    let count = |severity| diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count();
    let part = |severity: Severity| {
        let n = count(severity);
        (n > 0).then(|| format!("{n} {}{}", severity.as_str(), if n == 1 { "" } else { "s" }))
    };
    let parts: Vec<String> = [Severity::Error, Severity::Warning, Severity::Note].into_iter().filter_map(part).collect();
    if parts.is_empty() { "nothing to mend".to_owned() } else { parts.join(", ") }
}

/// Findings of at least `severity` make a command end with status 1.
pub fn outcome(diagnostics: &[Diagnostic], severity: Severity) -> Outcome {
    if diagnostics.iter().any(|diagnostic| diagnostic.severity <= severity) { Outcome::Findings } else { Outcome::Fine }
}
