//! What is shown of each record that is found: loaded for the results in view, a few records a file.
//!
//! ```text
//! card    = [title, address from the site's root, index of its kind, number | null, index of its status | null, date,
//!            [[title, address] of what replaced it], summary, [section]]
//! section = heading | [heading, anchor] | [heading, anchor, beginning of its text]
//! anchor  = text | number, of one that is the heading in lower case with hyphens; 1 and more, with that number behind it. It is
//!           left out where it is the number of sections before that have the same heading
//! ```

use std::collections::HashMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::config::Config;
use crate::index::browser::Statuses;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::section::Section;

/// Files with cards, at most.
const FILES_MAX: usize = 770;
/// Characters of a summary.
const SUMMARY_CHARS_MAX: usize = 160;
/// Characters of text on all cards together. A small handbook has all of its text on cards; of a large one, whose cards
/// have to share files, the beginnings, or nothing.
const TEXT_CHARS_TOTAL: usize = 2_400_000;
/// Characters of text that are worth their bytes: below, the summary does.
const TEXT_CHARS_MIN: usize = 600;
/// Characters of text on one card.
const TEXT_CHARS_MAX: usize = 12_000;

/// The cards of all records, file by file.
pub fn files(handbook: &Handbook, config: &Config, statuses: &mut Statuses) -> (usize, Vec<Vec<u8>>) {
    let n_records = handbook.records.len();
    let per_file = n_records.div_ceil(FILES_MAX).max(1);
    let n_chars = Some(TEXT_CHARS_TOTAL / n_records.max(1)).filter(|n_chars| *n_chars >= TEXT_CHARS_MIN);
    let n_chars = n_chars.unwrap_or(0).min(TEXT_CHARS_MAX);
    let records: Vec<RecordIndex> = (0..n_records).collect();
    let of_record = handbook.linked.iter().map(|linked| linked.standing.status.as_ref().map(|status| statuses.index(status)));
    let of_record: Vec<Option<usize>> = of_record.collect();
    let file = |records: &[RecordIndex]| {
        let cards: Vec<Card<'_>> = records.iter().map(|record| card(handbook, config, of_record[*record], *record, n_chars)).collect();
        serde_json::to_vec(&cards).expect("cards have names and numbers")
    };
    (per_file, records.par_chunks(per_file).map(file).collect())
}

/// What is shown of a record: see the head of this file.
#[derive(Serialize)]
struct Card<'a>(
    &'a str,
    &'a str,
    Option<usize>,
    Option<i64>,
    Option<usize>,
    String,
    Vec<(&'a str, &'a str)>,
    &'a str,
    Vec<CardSection<'a>>,
);

/// Most sections of a large handbook are a heading and nothing else.
#[derive(Serialize)]
#[serde(untagged)]
enum CardSection<'a> {
    Heading(&'a str),
    Anchored(&'a str, Anchor<'a>),
    Full(&'a str, Anchor<'a>, &'a str),
}

#[derive(Serialize)]
#[serde(untagged)]
enum Anchor<'a> {
    OfHeading(u32),
    Own(&'a str),
}

impl<'a> Anchor<'a> {
    fn of(heading: &str, anchor: &'a str) -> Self {
        let number = after_plain(heading, anchor).and_then(|rest| match rest.strip_prefix('-') {
            None => rest.is_empty().then_some(0),
            Some(number) => number.parse().ok().filter(|parsed: &u32| *parsed > 0 && parsed.to_string() == number),
        });
        number.map_or(Anchor::Own(anchor), Anchor::OfHeading)
    }
}

/// What `anchor` has after the one that a browser makes of an ASCII heading by itself: `anchorOf` in
/// `themes/default/assets/search/engine.js`.
fn after_plain<'a>(heading: &str, anchor: &'a str) -> Option<&'a str> {
    let is_kept = |byte: &u8| byte.is_ascii_alphanumeric() || b" _-".contains(byte);
    let first = heading.bytes().position(|byte| is_kept(&byte) && byte != b' ').unwrap_or(heading.len());
    let end = heading.bytes().rposition(|byte| is_kept(&byte) && byte != b' ').map_or(first, |last| last + 1);
    let mut rest = anchor;
    for byte in heading.bytes().take(end).skip(first).filter(is_kept) {
        let wanted = if byte == b' ' { '-' } else { byte.to_ascii_lowercase().into() };
        rest = rest.strip_prefix(wanted)?;
    }
    heading.is_ascii().then_some(rest)
}

fn card<'a>(handbook: &'a Handbook, config: &Config, status: Option<usize>, index: RecordIndex, n_chars: usize) -> Card<'a> {
    let record = &handbook.records[index];
    let successors = &handbook.linked[index].standing.successors;
    Card(
        &record.title,
        handbook.output(index).as_str(),
        config.kinds.iter().position(|kind| kind.name == record.kind),
        record.number,
        status,
        record.date.map_or_else(String::new, |date| date.iso()),
        successors.iter().map(|newer| (handbook.records[*newer].title.as_str(), handbook.output(*newer).as_str())).collect(),
        beginning(record.summary(), SUMMARY_CHARS_MAX),
        sections(handbook, index, n_chars),
    )
}

/// So many characters of a text.
fn beginning(text: &str, n_chars: usize) -> &str {
    text.char_indices().nth(n_chars).map_or(text, |(end, _)| &text[..end])
}

/// The sections, each with as much of its text as there is room for: all have the same right to it.
fn sections<'a>(handbook: &'a Handbook, index: RecordIndex, n_chars: usize) -> Vec<CardSection<'a>> {
    let sections = &handbook.records[index].outline.sections;
    let measured = if n_chars == 0 { &[][..] } else { sections };
    let mut lengths: Vec<usize> = measured.iter().map(|section| section.text.chars().count()).collect();
    lengths.sort_unstable();
    let (mut left, mut share) = (n_chars, 0);
    for (n_done, length) in lengths.iter().enumerate() {
        share = left / (lengths.len() - n_done);
        left -= share.min(*length);
        if share < *length {
            break;
        }
        share = *length;
    }
    let mut n_alike: HashMap<&str, u32> = HashMap::new();
    let section = |section: &'a Section| {
        let heading = if section.level > 1 { section.title.as_str() } else { "" };
        let anchor = Anchor::of(heading, section.anchor.as_ref().map_or("", |anchor| anchor.as_str()));
        let n_before = n_alike.get(heading).copied().unwrap_or(0);
        if !heading.is_empty() {
            n_alike.insert(heading, n_before + 1);
        }
        match (anchor, beginning(&section.text, share)) {
            (Anchor::OfHeading(number), "") if number == n_before => CardSection::Heading(heading),
            (anchor, "") => CardSection::Anchored(heading, anchor),
            (anchor, text) => CardSection::Full(heading, anchor, text),
        }
    };
    sections.iter().map(section).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_anchor_is_left_out_only_where_a_browser_would_make_the_same() {
        let said = |heading, anchor| serde_json::to_string(&Anchor::of(heading, anchor)).expect("it has names and numbers");
        assert_eq!(said("What we do, and why", "what-we-do-and-why"), "0");
        assert_eq!(said("Example", "example-2"), "2");
        assert_eq!(said("Example", "example-02"), "\"example-02\"");
        assert_eq!(said("What now ?", "what-now-"), "\"what-now-\"");
        assert_eq!(said("!!!", "section"), "\"section\"");
        assert_eq!(said("Über uns", "über-uns"), "\"über-uns\"");
    }
}
