//! The records that a value names: links, numbers behind the name of a series, titles.

use crate::parse::shape::inline;

/// A record as it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// As written: `[ADR-5](0005-x.md)`, `ADR-5`, `0006 Log format`.
    pub text: String,
    /// Words that may be a title, and may be no name at all.
    pub is_phrase: bool,
}

/// The records that `value` names: its links, else its parts between commas.
pub fn targets(value: &str) -> Vec<Target> {
    let links = inline::links(value);
    if !links.is_empty() {
        let named = links.into_iter().filter(|link| !link.target.starts_with('#') && !link.target.starts_with('@'));
        let target = |link: inline::InlineLink| {
            let is_elsewhere = link.target.contains("://");
            // A link by reference has a label where others have an address.
            let is_address = link.target.contains(['.', '/']) || link.target.starts_with("[[");
            let text = match link.target.starts_with("[[") {
                true => link.target,
                false if is_address => format!("[{}]({})", link.label, link.target),
                false => link.label,
            };
            Target { text, is_phrase: is_elsewhere }
        };
        return named.map(target).collect();
    }
    let plain = without_notes(&inline::plain(value));
    let parts = plain.split([',', ';', '\n', '&']).flat_map(|part| part.split(" and "));
    let parts = parts
        .map(|part| part.trim().trim_matches(['(', ')', '"', '\'', '.', '“', '”']).trim())
        .filter(|part| part.chars().any(char::is_alphanumeric));
    // `#1597` may be a record, and as well an issue.
    let is_phrase = |part: &str| !has_number_in_front(part) || part.starts_with('#') || part.contains("://");
    parts.map(|part| Target { text: part.to_owned(), is_phrase: is_phrase(part) }).collect()
}

/// `text` without what stands in brackets behind a name, where commas part no names: `ADR-029 (keyed on (workspace, sub))`.
fn without_notes(text: &str) -> String {
    let mut depth = 0_usize;
    let is_outside = |c: &char| {
        depth = match c {
            '(' => depth + 1,
            ')' => depth.saturating_sub(1),
            _ => return depth == 0,
        };
        false
    };
    text.chars().filter(is_outside).collect()
}

/// Whether `text` begins with a number, behind the name of a series or not: `ADR-0005`, `#12`, `005 Title`.
fn has_number_in_front(text: &str) -> bool {
    let rest = text.trim_start_matches(|c: char| c.is_alphabetic()).trim_start_matches(['-', ' ', '#', '_', '.']);
    let n_letters = text.chars().take_while(|c| c.is_alphabetic()).count();
    n_letters <= 10 && rest.starts_with(|c: char| c.is_ascii_digit())
}
