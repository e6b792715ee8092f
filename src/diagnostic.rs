//! Findings about somebody's content: what is wrong, where, and how to mend it.
//!
//! A diagnostic is data: it is collected, never thrown, so that all are shown at once and none hides a record.
//! A failure of the machine (a disk, a permission) is an error and no diagnostic.

pub mod allowance;
mod near;
mod rules;

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

pub use near::{Letters, nearest, nearest_of};
pub use rules::*;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Something that the author wrote is lost or wrong on the site.
    Error,
    /// The site says less than the author meant.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// As printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// What a finding is an instance of.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, as in configuration and output.
    pub code: &'static str,
    /// How much it matters unless configured otherwise.
    pub severity: Severity,
    /// What it finds.
    pub meaning: &'static str,
    /// How to mend it.
    pub mend: &'static str,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// From 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// In characters, at least 1.
    pub length: u32,
    /// The line itself; of a long one, what is around the place.
    pub excerpt: Box<str>,
    /// The column at which the excerpt begins, from 1.
    pub excerpt_column: u32,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnostic {
    /// What it is an instance of; its code, in JSON.
    #[serde(serialize_with = "code", rename = "code")]
    pub rule: &'static Rule,
    /// How much it matters: as the rule says, unless the team set something else.
    pub severity: Severity,
    /// The file, relative to the content folder, with `/`.
    pub path: String,
    /// Where in the file; `None` when the whole file is meant.
    #[serde(flatten)]
    pub place: Option<Place>,
    /// The fact.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

fn code<S: Serializer>(rule: &&'static Rule, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(rule.code)
}

impl Diagnostic {
    /// A finding about a whole file.
    pub fn new(rule: &'static Rule, path: impl Into<String>, message: impl Into<String>) -> Self {
        Self { rule, severity: rule.severity, path: path.into(), place: None, message: cut(message.into()), hint: None }
    }

    /// The same finding at a place.
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The same finding with advice.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(cut(hint.into()));
        self
    }
}

/// Puts findings in the order in which they are shown: by file, then place, then rule.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    let key = |d: &Diagnostic| {
        let place = d.place.as_ref().map_or((0, 0), |place| (place.line, place.column));
        (d.path.clone(), place, d.rule.code, d.message.clone())
    };
    diagnostics.sort_by_cached_key(key);
    diagnostics.dedup();
}

/// The finding as plain text, with the line itself and a mark under the place:
///
/// ```text
/// warning[broken-link]: no file `terrafrom.md`
///   decisions/0012-rancher.md:7:14
/// 7 | See [Terraform](terrafrom.md).
///   |     ^^^^^^^^^^^^^^^^^^^^^^^^^
///   hint: did you mean `0005-terraform.md`?
/// ```
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message: Vec<String> = self.message.lines().map(visible).collect();
        writeln!(f, "{}[{}]: {}", self.severity.as_str(), self.rule.code, message.join("\n"))?;
        match &self.place {
            None => writeln!(f, "  {}", visible(&self.path))?,
            Some(place) => {
                writeln!(f, "  {}:{}:{}", visible(&self.path), place.line, place.column)?;
                let excerpt = Excerpt::around(place);
                let margin = " ".repeat(place.line.to_string().len());
                writeln!(f, "{} | {}", place.line, excerpt.text)?;
                writeln!(f, "{margin} | {}{}", " ".repeat(excerpt.before), "^".repeat(excerpt.marked))?;
            }
        }
        match &self.hint {
            Some(hint) => writeln!(f, "  hint: {}", visible(hint)),
            None => Ok(()),
        }
    }
}

/// The part of a line that fits on a terminal, with the place in it.
struct Excerpt {
    text: String,
    before: usize,
    marked: usize,
}

impl Excerpt {
    /// Characters of a line that are shown; a longer one is cut around the place.
    const WIDTH: usize = 100;

    fn around(place: &Place) -> Self {
        let characters: Vec<char> = place.excerpt.chars().collect();
        let column = (place.column - place.excerpt_column) as usize;
        let start = if characters.len() <= Self::WIDTH { 0 } else { column.saturating_sub(Self::WIDTH / 3) };
        let end = characters.len().min(start + Self::WIDTH);
        let shown: String = characters[start.min(end)..end].iter().collect();
        let marked = (place.length as usize).min(end.saturating_sub(column)).max(1);
        let lead = if start > 0 || place.excerpt_column > 1 { "…" } else { "" };
        Self { text: format!("{lead}{}", visible(&shown)), before: column - start.min(column) + lead.chars().count(), marked }
    }
}

/// `text` with control characters and direction overrides made visible, so that content can not steer a terminal.
/// A tab becomes one space, which keeps columns in step.
pub fn visible(text: &str) -> String {
    let is_hidden =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}' | '\u{feff}');
    text.chars()
        .map(|c| match c {
            '\t' => ' ',
            c if (c as u32) < 0x20 => char::from_u32(0x2400 + c as u32).unwrap_or('\u{fffd}'),
            c if is_hidden(c) => '\u{fffd}',
            c => c,
        })
        .collect()
}

/// Characters of a message or a hint; one that repeats what somebody wrote can be as long as that.
const MESSAGE_CHARS_MAX: usize = 2000;

fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MESSAGE_CHARS_MAX) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// "did you mean `a` or `b`?", or nothing when there is nothing near.
pub fn did_you_mean(candidates: &[impl AsRef<str>]) -> Option<String> {
    let quoted: Vec<String> = candidates.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match quoted.as_slice() {
        [] => None,
        [only] => Some(format!("did you mean {only}?")),
        [first @ .., last] => Some(format!("did you mean {} or {last}?", first.join(", "))),
    }
}
