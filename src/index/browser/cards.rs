//! What is shown of each record that is found: loaded for the results in view, a few records a file.
//!
//! ```text
//! card    = [title, address from the site's root, index of its kind, number | null, index of its status | null, date,
//!            [[title, address] of what replaced it], summary, [section]]
//! section = [index, heading, anchor | 0 if it is the heading in lower case with hyphens, beginning of its text]
//! ```

use rayon::prelude::*;
use serde_json::{Value, json};

use crate::config::Config;
use crate::index::browser::Statuses;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::slug;

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
    let file = |records: &[RecordIndex]| -> Value {
        records.iter().map(|record| card(handbook, config, of_record[*record], *record, n_chars)).collect()
    };
    (per_file, records.par_chunks(per_file).map(|records| file(records).to_string().into_bytes()).collect())
}

fn card(handbook: &Handbook, config: &Config, status: Option<usize>, index: RecordIndex, n_chars: usize) -> Value {
    let record = &handbook.records[index];
    let standing = &handbook.linked[index].standing;
    let successors: Vec<Value> =
        standing.successors.iter().map(|newer| json!([handbook.records[*newer].title, handbook.output(*newer).as_str()])).collect();
    json!([
        record.title,
        handbook.output(index).as_str(),
        config.kinds.iter().position(|kind| kind.name == record.kind),
        record.number,
        status,
        record.date.map_or_else(String::new, |date| date.iso()),
        successors,
        record.summary().chars().take(SUMMARY_CHARS_MAX).collect::<String>(),
        sections(handbook, index, n_chars),
    ])
}

/// The sections, each with as much of its text as there is room for: all have the same right to it.
fn sections(handbook: &Handbook, index: RecordIndex, n_chars: usize) -> Vec<Value> {
    let sections = &handbook.records[index].outline.sections;
    let mut lengths: Vec<usize> = sections.iter().map(|section| section.text.chars().count()).collect();
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
    let section = |(number, section): (usize, &crate::model::section::Section)| {
        let text: String = section.text.chars().take(share).collect();
        let anchor = section.anchor.as_ref().map_or("", |anchor| anchor.as_str());
        let is_plain = section.title.is_ascii() && slug::heading(&section.title) == anchor;
        let heading = if section.level > 1 { section.title.as_str() } else { "" };
        json!([number, heading, if is_plain && !heading.is_empty() { json!(0) } else { json!(anchor) }, text])
    };
    sections.iter().enumerate().map(section).collect()
}
