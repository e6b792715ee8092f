//! What `draft` says where it says neither yes nor no.
//!
//! Some write the number of a draft there (`draft: 3`, as heads of proposals have it). A number answers no question, so the record is
//! no unfinished one by its own word: it is shown. Who may see it is another matter, and what is not understood is for the fewest:
//! the last audience. Any other word may be a slip or another language's word for yes (`ture`, `oui`, `1`), so the record is left
//! out, as what says `true` is: a page that is missing is seen and mended, one that was shown too early can not be taken back.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::config::Config;
use crate::diagnostic::{self, Diagnostic};
use crate::model::field::{Field, Value};
use crate::model::source::SourceFile;

/// Words that may stand beside the number of a draft.
const BESIDE_NUMBERS: [&str; 7] = ["v", "r", "rc", "version", "rev", "revision", "draft"];

/// The value that `text`, which is neither yes nor no, is: the text itself, with a diagnostic.
pub fn unclear(text: &str, span: &Range<usize>, source: &SourceFile, config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Value {
    let last = config.audiences.last().expect("there is an audience");
    let consequence = if names_version(text) {
        format!("it counts as the draft's number, and the record is kept for `{last}`")
    } else {
        "it may mean true, so the record is left out".to_owned()
    };
    let message = format!("`draft`: `{text}` is neither true nor false; {consequence}");
    let hint = "write `true` or `false`; for the number of a draft, choose another key";
    diagnostics.push(source.finding(&diagnostic::DRAFT_UNCLEAR, span.clone(), message).hint(hint));
    Value::Text(text.to_owned())
}

/// Whether the record is a draft, or may be one for all that is known.
pub fn may_be_one(fields: &BTreeMap<String, Field>) -> bool {
    match fields.get("draft").map(|field| &field.value) {
        None | Some(Value::Boolean(false)) => false,
        Some(Value::Text(text)) => !names_version(text),
        Some(_) => true,
    }
}

/// Whether the record says which draft it is.
pub fn is_version(fields: &BTreeMap<String, Field>) -> bool {
    matches!(fields.get("draft").map(|field| &field.value), Some(Value::Text(text)) if names_version(text))
}

/// Whether `text` is a number, or a day, by which drafts are told apart. A lone 1 is not: to many programs it is yes.
fn names_version(text: &str) -> bool {
    let mut parts = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let is_numbered = |part: &str| {
        let word = part.trim_end_matches(|c: char| c.is_ascii_digit());
        word.is_empty() || BESIDE_NUMBERS.contains(&word.to_lowercase().as_str())
    };
    text != "1" && text.contains(|c: char| c.is_ascii_digit()) && parts.all(is_numbered)
}
