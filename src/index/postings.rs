//! Where a term occurs and how much that counts, as scoring and the browser read it.
//!
//! Numbers are those of [`numbers`]; ascending numbers are kept as differences.
//!
//! ```text
//! postings  = n_records n_documents n_entries ((record difference · 2 + has title) entry)*
//! entry     = byte(impact · 8 + min(n_sections, 7)) [n_sections - 7] [title length, positions] section*
//! section   = (section difference · 2 + has heading) byte(impact) [positions]
//! positions = n position differences
//! ```
//!
//! A [`list`] of entries, marked where they have the title, is all that is known of a term; postings are the best of it.
//! Read by `themes/default/assets/search/shards.js`.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::index::list::{self, Item, ListBuilder};
use crate::index::numbers::{self, Reader};

/// Steps of an impact: the saturated count, from 0 to 1, is kept as 1 to this.
pub const IMPACT_STEPS: f64 = 31.0;
/// Records that postings hold beside those that have the term in the title: the best. What half of a handbook says tells
/// little, and would be most of what a reader has to load (Carmel et al., Static index pruning, 2001).
const ENTRIES_MAX: usize = 250;
/// Sections of one record that postings hold, and ones that were cut: the best.
const SECTIONS_MAX: usize = 24;
const SECTIONS_OF_CUT_MAX: usize = 5;
/// Sections of one record that postings of several terms hold.
const SECTIONS_OF_MERGED_MAX: usize = 2;
/// Sections that fit in the byte of the impact.
const SECTIONS_INLINE: usize = 7;

/// Where a term occurs and how much that counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Postings {
    /// Records that have the term; more than there are entries where the list was cut.
    pub n_records: u32,
    /// Documents that have it.
    pub n_documents: u32,
    /// In the order of records.
    pub entries: Vec<Entry>,
}

/// A term in a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The record.
    pub record: u32,
    /// Of the record as a whole, 1 to [`IMPACT_STEPS`].
    pub impact: u8,
    /// Words of the title; known where the term is one of them.
    pub title_length: u32,
    /// Positions in the title.
    pub title: Vec<u32>,
    /// The sections that have it, in order; the best, where there are many.
    pub sections: Vec<SectionEntry>,
}

/// A term in a section.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SectionEntry {
    /// The section.
    pub section: u32,
    /// Of the section, 1 to [`IMPACT_STEPS`].
    pub impact: u8,
    /// Positions in the heading.
    pub heading: Vec<u32>,
}

/// The list of all that is known of a term.
pub fn full_list(entries: &[Entry]) -> Vec<u8> {
    let mut list = ListBuilder::default();
    let mut bytes = Vec::new();
    for entry in entries {
        bytes.clear();
        push_entry(&mut bytes, entry);
        list.push(Item { record: entry.record, is_marked: !entry.title.is_empty(), bytes: &bytes });
    }
    list.finish()
}

/// The bytes of the best of a list.
pub fn best_of(list: &[u8]) -> Vec<u8> {
    let (mut n_records, mut n_documents, mut is_short) = (0, 0, true);
    for item in list::items(list) {
        let n_sections = n_sections(&mut Reader::new(item.bytes)).1;
        n_records += 1;
        n_documents += n_sections as u32;
        is_short &= n_sections <= SECTIONS_MAX && n_records as usize <= ENTRIES_MAX;
    }
    if !is_short {
        let entries = list::items(list).map(|item| read_entry(item.record, item.is_marked, &mut Reader::new(item.bytes))).collect();
        return Postings { n_records, n_documents, entries }.cut().to_bytes();
    }
    let mut bytes = Vec::with_capacity(list.len() + 4);
    [n_records, n_documents, n_records].into_iter().for_each(|count| numbers::push(&mut bytes, count));
    let mut before = 0;
    for item in list::items(list) {
        numbers::push(&mut bytes, (item.record - before) << 1 | u32::from(item.is_marked));
        bytes.extend_from_slice(item.bytes);
        before = item.record;
    }
    bytes
}

impl Postings {
    /// The bytes of postings; see the module.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        [self.n_records, self.n_documents, self.entries.len() as u32].into_iter().for_each(|count| numbers::push(&mut bytes, count));
        let mut before = 0;
        for entry in &self.entries {
            numbers::push(&mut bytes, (entry.record - before) << 1 | u32::from(!entry.title.is_empty()));
            before = entry.record;
            push_entry(&mut bytes, entry);
        }
        bytes
    }

    /// The postings of some bytes.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let mut reader = Reader::new(bytes);
        let (n_records, n_documents, n_entries) = (reader.number(), reader.number(), reader.number());
        let mut record = 0;
        let entry = |_| {
            let head = reader.number();
            record += head >> 1;
            read_entry(record, head & 1 == 1, &mut reader)
        };
        let entries = (0..n_entries).map(entry).collect();
        Self { n_records, n_documents, entries }
    }

    /// What a search looks at: the best of many records, and the best of many sections.
    fn cut(mut self) -> Self {
        let n_in_title = self.entries.iter().filter(|entry| !entry.title.is_empty()).count();
        let n_entries = self.entries.len();
        keep_best(&mut self.entries, n_in_title + ENTRIES_MAX, |entry| (entry.title.is_empty(), Reverse(entry.impact)));
        let n_sections = if self.entries.len() < n_entries { SECTIONS_OF_CUT_MAX } else { SECTIONS_MAX };
        for entry in &mut self.entries {
            keep_best(&mut entry.sections, n_sections, |section| (section.heading.is_empty(), Reverse(section.impact)));
        }
        self
    }

    /// What many terms find together, each with its weight, as one list of at most `limit` records.
    pub fn merged(lists: &[(f64, Arc<Postings>)], limit: usize) -> Self {
        let mut all: Vec<(f64, &Entry)> =
            lists.iter().flat_map(|(weight, postings)| postings.entries.iter().map(|entry| (*weight, entry))).collect();
        all.sort_by_key(|(_, entry)| entry.record);
        let mut records: Vec<&[(f64, &Entry)]> = all.chunk_by(|a, b| a.1.record == b.1.record).collect();
        let impact = |entries: &[(f64, &Entry)]| entries.iter().map(|(weight, entry)| weighted(*weight, entry.impact)).max();
        keep_best(&mut records, limit, |entries| (entries.iter().all(|(_, entry)| entry.title.is_empty()), Reverse(impact(entries))));
        let total = |count: fn(&Postings) -> u32| lists.iter().map(|(_, postings)| count(postings)).sum();
        let entries = records.into_iter().map(merged_entry).collect();
        Self { n_records: total(|postings| postings.n_records), n_documents: total(|postings| postings.n_documents), entries }
    }
}

/// What several terms are in one record.
fn merged_entry(entries: &[(f64, &Entry)]) -> Entry {
    let mut merged = Entry { record: entries[0].1.record, ..Entry::default() };
    for (weight, entry) in entries {
        merged.impact = merged.impact.max(weighted(*weight, entry.impact));
        merged.title_length = merged.title_length.max(entry.title_length);
        merge(&mut merged.title, &entry.title);
        for section in &entry.sections {
            let at = merged.sections.partition_point(|known| known.section < section.section);
            if merged.sections.get(at).is_none_or(|known| known.section != section.section) {
                merged.sections.insert(at, SectionEntry { section: section.section, ..SectionEntry::default() });
            }
            merged.sections[at].impact = merged.sections[at].impact.max(weighted(*weight, section.impact));
            merge(&mut merged.sections[at].heading, &section.heading);
        }
    }
    keep_best(&mut merged.sections, SECTIONS_OF_MERGED_MAX, |section| Reverse(section.impact));
    merged
}

fn weighted(weight: f64, impact: u8) -> u8 {
    (weight * f64::from(impact)).round().max(1.0) as u8
}

fn merge(positions: &mut Vec<u32>, more: &[u32]) {
    positions.extend_from_slice(more);
    positions.sort_unstable();
    positions.dedup();
}

/// Keeps the first `limit` by `key`, and their order; of those with one key the first.
fn keep_best<T, K: Ord>(items: &mut Vec<T>, limit: usize, key: impl Fn(&T) -> K) {
    if items.len() <= limit {
        return;
    }
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_cached_key(|index| key(&items[*index]));
    let mut is_kept = vec![false; items.len()];
    for index in &order[..limit] {
        is_kept[*index] = true;
    }
    let mut is_kept = is_kept.into_iter();
    items.retain(|_| is_kept.next().unwrap_or(false));
}

fn push_entry(bytes: &mut Vec<u8>, entry: &Entry) {
    let n_sections = entry.sections.len();
    bytes.push(entry.impact * 8 + n_sections.min(SECTIONS_INLINE) as u8);
    if n_sections >= SECTIONS_INLINE {
        numbers::push(bytes, (n_sections - SECTIONS_INLINE) as u32);
    }
    if !entry.title.is_empty() {
        numbers::push(bytes, entry.title_length);
        numbers::push_ascending(bytes, &entry.title);
    }
    let mut before = 0;
    for section in &entry.sections {
        numbers::push(bytes, (section.section - before) * 2 + u32::from(!section.heading.is_empty()));
        before = section.section;
        bytes.push(section.impact);
        if !section.heading.is_empty() {
            numbers::push_ascending(bytes, &section.heading);
        }
    }
}

fn read_entry(record: u32, has_title: bool, reader: &mut Reader<'_>) -> Entry {
    let (impact, n_sections) = n_sections(reader);
    let title_length = if has_title { reader.number() } else { 0 };
    let title = if has_title { reader.ascending() } else { Vec::new() };
    let mut at = 0;
    let section = |_| {
        let head = reader.number();
        at += head >> 1;
        let impact = reader.byte();
        SectionEntry { section: at, impact, heading: if head & 1 == 1 { reader.ascending() } else { Vec::new() } }
    };
    let sections = (0..n_sections).map(section).collect();
    Entry { record, impact, title_length, title, sections }
}

/// The beginning of an entry: its impact, and how many sections it has.
fn n_sections(reader: &mut Reader<'_>) -> (u8, usize) {
    let byte = reader.byte();
    let n_inline = usize::from(byte & 7);
    (byte >> 3, if n_inline < SECTIONS_INLINE { n_inline } else { SECTIONS_INLINE + reader.number() as usize })
}
