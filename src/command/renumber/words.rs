//! Plain words that name a record by its number: `ADR-0016`, `ADR 16`.

use std::ops::Range;

use crate::model::handbook::Handbook;
use crate::model::kind::Kind;
use crate::model::record::Record;
use crate::parse::series_of_file;

/// The words before the number that mean `record`, in small letters: those of its file's name, and what files of its kind are
/// called first of all (`adr`); others only where its path has them, since `RFC 16` may be anybody's, and `Decision 2` the second
/// of a meeting.
/// None where another record of the kind has the number, too.
pub fn prefixes(handbook: &Handbook, kind: &Kind, record: &Record) -> Vec<String> {
    let is_twin = |other: &Record| other.kind == record.kind && other.number == record.number;
    if handbook.records.iter().filter(|other| is_twin(other)).count() > 1 {
        return Vec::new();
    }
    let of_file = series_of_file(record.path());
    let path = record.path().as_str().to_lowercase();
    let in_path = |name: &&String| path.split(|c: char| !c.is_alphanumeric()).any(|word| word == name.as_str());
    let of_kind = kind.names.first().into_iter().chain(kind.names.iter().filter(in_path)).cloned();
    let of_kind = of_kind.filter(|name| name != kind.name.as_str() && *name != kind.plural);
    let mut prefixes: Vec<String> = of_kind.chain([of_file.trim_end_matches(['-', '_', ' ', '.']).to_owned()]).collect();
    prefixes.retain(|prefix| !prefix.is_empty());
    prefixes.sort();
    prefixes.dedup();
    prefixes
}

/// The numbers `number` behind one of `prefixes` in `text`, as whole words: the bytes of their digits.
pub fn numbers(text: &str, prefixes: &[String], number: i64) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|digit| at + digit) {
        let end = text[start..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |length| start + length);
        at = end;
        let before = text[..start].trim_end_matches(['-', '_', ' ', '#']);
        let has_prefix = |prefix: &String| {
            let begin = before.len().checked_sub(prefix.len()).filter(|begin| text.is_char_boundary(*begin));
            begin.is_some_and(|begin| {
                let is_word = !text[..begin].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | '#' | '@'));
                is_word && before[begin..].eq_ignore_ascii_case(prefix)
            })
        };
        let is_joined = start - before.len() <= 2;
        if is_joined && text[start..end].parse() == Ok(number) && ends_word(&text[end..]) && prefixes.iter().any(has_prefix) {
            found.push(start..end);
        }
    }
    found
}

/// Whether a number ends where `rest` begins, and is no part of a name, a version or a range of numbers.
fn ends_word(rest: &str) -> bool {
    let mut characters = rest.chars();
    match characters.next() {
        Some('.' | ':' | ',') => characters.next().is_none_or(|c| !c.is_alphanumeric()),
        Some(c) => !(c.is_alphanumeric() || matches!(c, '-' | '_' | '/' | '–')),
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_with_the_prefix_are_found() {
        let prefixes = ["adr".to_owned(), "odh-adr".to_owned()];
        for (text, n_found) in [
            ("See ADR-0016, ADR 16 and adr#16.", 3),
            ("ADR16 and ODH-ADR-016: both", 2),
            ("ADR-160, ADR-16.2, ADR-16-a, XADR-16, docs/ADR-16, RFC 16, 16, ADR: 16, ADR 15–16", 0),
            ("(ADR 16)", 1),
            ("ärger ADR 16 ß", 1),
        ] {
            assert_eq!(numbers(text, &prefixes, 16).len(), n_found, "{text}");
        }
    }
}
