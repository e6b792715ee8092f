//! The log of a kind whose records replace each other: what was in force when, what was rejected and why, how long it took
//! to decide.

use crate::calendar::Date;
use crate::config::Config;
use crate::ledger::tenure::{Held, Tenure};
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::kind::Meaning;
use crate::model::record::Record;
use crate::slug;

/// Characters of a reason.
const REASON_CHARS_MAX: usize = 320;
/// Headings under which a record says why it was rejected, the plainest first.
const REASON_HEADINGS: [&str; 9] = [
    "why not",
    "reason for rejection",
    "rejection reason",
    "rejected because",
    "reasons",
    "reason",
    "rationale",
    "decision outcome",
    "decision",
];

/// The log of one kind.
#[derive(Debug)]
pub struct Log {
    /// An index into the handbook's collections.
    pub collection: usize,
    /// Its records, oldest first; those without a day come last.
    pub entries: Vec<Entry>,
    /// How many are in force today.
    pub n_in_force: usize,
}

/// A record of a log.
#[derive(Debug)]
pub struct Entry {
    /// The record.
    pub record: RecordIndex,
    /// When it was in force.
    pub tenure: Tenure,
    /// Whether it is, today.
    pub held: Held,
    /// Whether it is still to be settled.
    pub is_open: bool,
    /// The day on which it was proposed.
    pub proposed: Option<Date>,
    /// Days from the proposal to the decision.
    pub days_to_decide: Option<i64>,
    /// Why it was rejected, when it was.
    pub reason: Option<String>,
}

/// The logs of all kinds of which a record can replace another.
pub fn logs(handbook: &Handbook, config: &Config, tenures: &[Tenure], today: Date) -> Vec<Log> {
    let is_log = |collection: &usize| config.kinds[handbook.collections[*collection].kind].superseded_status().is_some();
    (0..handbook.collections.len()).filter(is_log).map(|collection| log(handbook, tenures, today, collection)).collect()
}

fn log(handbook: &Handbook, tenures: &[Tenure], today: Date, collection: usize) -> Log {
    let mut records = handbook.collections[collection].records.clone();
    records.sort_by_key(|index| chronological(&handbook.records[*index]));
    let entries: Vec<Entry> = records.into_iter().map(|record| entry(handbook, tenures, today, record)).collect();
    let n_in_force = entries.iter().filter(|entry| entry.held == Held::Yes).count();
    Log { collection, entries, n_in_force }
}

/// The order in which records were written: by day, then by number; those without a day last.
pub fn chronological(record: &Record) -> impl Ord + use<> {
    (record.date.is_none(), record.date.map(|date| date.first_day()), record.number.unwrap_or(i64::MAX), record.id.clone())
}

fn entry(handbook: &Handbook, tenures: &[Tenure], today: Date, index: RecordIndex) -> Entry {
    let record = &handbook.records[index];
    let status = handbook.linked[index].standing.status.as_ref();
    let proposed = record.date_field("proposed");
    // A month or a year is no day from which days can be counted.
    let is_day = |date: &Date| date.precision() == crate::calendar::Precision::Day;
    let days = proposed.filter(is_day).zip(record.date.filter(is_day)).map(|(from, to)| from.days_until(to));
    let is_open = status.is_some_and(|status| status.meaning == Meaning::Open);
    Entry {
        record: index,
        tenure: tenures[index],
        held: tenures[index].on(today, today),
        is_open,
        proposed,
        days_to_decide: days.filter(|days| *days >= 0 && !is_open),
        reason: status.filter(|status| status.never_held).and_then(|_| reason(handbook, index)),
    }
}

/// Why a record was rejected: in the words beside its status, under a heading that says so, else in its summary.
fn reason(handbook: &Handbook, index: RecordIndex) -> Option<String> {
    let record = &handbook.records[index];
    let note = handbook.linked[index].standing.note.as_deref().filter(|note| note.split_whitespace().count() > 3);
    let section = |heading: &&str| {
        let called = |title: &str| slug::fold(title).trim_end_matches([':', '.', '?', '!']) == *heading;
        record.outline.sections.iter().find(|section| called(&section.title)).map(|section| section.text.trim())
    };
    let told = REASON_HEADINGS.iter().find_map(|heading| section(heading).filter(|text| !text.is_empty()));
    let text = note.or(told).unwrap_or_else(|| record.summary());
    (!text.trim().is_empty()).then(|| shortened(text))
}

/// The first sentences of `text`, at most [`REASON_CHARS_MAX`] characters.
fn shortened(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = text.char_indices().nth(REASON_CHARS_MAX) else { return text };
    let sentence = text[..end].rfind(['.', '!', '?']).filter(|at| text[at + 1..].starts_with(' '));
    match sentence {
        Some(at) => text[..=at].to_owned(),
        None => format!("{}…", text[..end].rsplit_once(' ').map_or(&text[..end], |(words, _)| words)),
    }
}

/// The median of `numbers`; of an even count, the mean of the two in the middle, rounded down.
pub fn median(mut numbers: Vec<i64>) -> Option<i64> {
    numbers.sort_unstable();
    let middle = numbers.len() / 2;
    match numbers.len() {
        0 => None,
        n if n % 2 == 1 => Some(numbers[middle]),
        _ => Some((numbers[middle - 1] + numbers[middle]).div_euclid(2)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![9, 1, 5]), Some(5));
        assert_eq!(median(vec![1, 4, 10, 100]), Some(7));
    }

    #[test]
    fn a_reason_ends_with_a_sentence() {
        let long = format!("It solves no problem of ours. {}", "word ".repeat(100));
        assert_eq!(shortened(&long), "It solves no problem of ours.");
        assert_eq!(shortened("Too  slow\nfor us"), "Too slow for us");
        assert!(shortened(&"word ".repeat(100)).ends_with("word…"));
    }
}
