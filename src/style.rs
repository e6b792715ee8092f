//! Colours of the terminal. They vanish where there is none, or where `NO_COLOR` is set. The one home of anstyle.

use anstyle::{AnsiColor, Style};

use crate::diagnostic::Severity;

/// Something is wrong.
pub const ERROR: Style = AnsiColor::Red.on_default().bold();
/// Something could be better.
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// Worth knowing.
pub const NOTE: Style = AnsiColor::Cyan.on_default();
/// Names and titles.
pub const STRONG: Style = Style::new().bold();
/// What is less important.
pub const FAINT: Style = Style::new().dimmed();
/// A word that was looked for.
pub const MATCH: Style = AnsiColor::Yellow.on_default().bold();
/// Back to normal.
pub const RESET: anstyle::Reset = anstyle::Reset;

/// The colour of a severity.
pub fn of_severity(severity: Severity) -> Style {
    match severity {
        Severity::Error => ERROR,
        Severity::Warning => WARNING,
        Severity::Note => NOTE,
    }
}

/// The style of a status of a colour.
pub fn of_status(colour: &str) -> Style {
    match colour {
        "green" => AnsiColor::Green.on_default(),
        "blue" => AnsiColor::Blue.on_default(),
        "amber" => AnsiColor::Yellow.on_default(),
        "red" => AnsiColor::Red.on_default(),
        _ => FAINT,
    }
}
