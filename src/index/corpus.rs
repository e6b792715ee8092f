//! What scoring sees of the index: for each term, the records and sections that have it, each with one small number
//! that says how much of an answer the term makes it.
//!
//! That number, the *impact*, is all of BM25F that does not depend on the query: the counts of the term in the fields,
//! their weights and lengths, saturated (see `docs/search.md`). It is kept in steps, so that the browser, which is sent
//! these lists and no counts, computes what we compute.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use crate::index::native::{IndexError, Segment, TermInfo};

/// Weight and length normalisation of each field, in the order of [`crate::index::native::FIELDS`].
const WEIGHTS: [f64; 6] = [6.0, 5.0, 1.0, 3.0, 3.0, 2.0];
const LENGTH_FACTORS: [f64; 6] = [0.3, 0.6, 0.65, 0.3, 0.5, 0.0];
/// How soon more occurrences of a word stop to matter (Robertson and Zaragoza, 2009).
const SATURATION: f64 = 1.6;
/// Steps of an impact: the saturated count, from 0 to 1, is kept as 1 to this.
pub const IMPACT_STEPS: f64 = 31.0;
/// Records that a list holds beside those that have the term in the title: the best. What half of a handbook says tells
/// little, and would be most of what a reader has to load (Carmel et al., Static index pruning, 2001).
const ENTRIES_MAX: usize = 250;
/// Sections of one record that a list holds, and one that was cut: the best.
const SECTIONS_MAX: usize = 24;
const SECTIONS_OF_CUT_MAX: usize = 5;
/// Fields of which positions are kept: title and heading.
const POSITIONED: usize = 2;
/// The field that holds what others say: no phrase is looked for there. Those before it are what the record says.
const LINKS: usize = 4;
const DELETED: u32 = u32::MAX;

/// A section of a record, as scoring sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Document {
    /// Its record.
    pub record: u32,
    /// Which of its sections: an index into its outline.
    pub section: u32,
}

/// One word at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The record.
    pub record: u32,
    /// Its section.
    pub section: u32,
    /// The position in a field: see there.
    pub position: u32,
    /// The field: an index into [`crate::index::native::FIELDS`].
    pub field: u32,
}

/// Where a segment holds a term of a field.
#[derive(Clone, Debug)]
pub struct Holding {
    segment: usize,
    field: usize,
    info: TermInfo,
}

/// All living documents, in the order of records and sections, and what their fields weigh.
pub struct Corpus {
    segments: Vec<Segment>,
    documents: Vec<Document>,
    /// By segment and number there.
    places: Vec<Vec<u32>>,
    /// Of each document and record: what one occurrence in a field counts.
    worths: Vec<[f64; 6]>,
    record_worths: Vec<[f64; 6]>,
    title_lengths: Vec<u32>,
}

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

impl Corpus {
    /// The documents of `segments` whose record `record_of` knows.
    pub fn new(segments: Vec<Segment>, n_records: usize, record_of: impl Fn(u64) -> Option<usize>) -> Result<Self, IndexError> {
        let mut found = Vec::new();
        for (segment, reader) in segments.iter().enumerate() {
            for (number, address) in reader.addresses()? {
                if let Some(record) = record_of(address.record) {
                    found.push((Document { record: record as u32, section: address.section as u32 }, segment, number));
                }
            }
        }
        found.sort_unstable();
        let mut places: Vec<Vec<u32>> = segments.iter().map(|segment| vec![DELETED; segment.n_documents() as usize]).collect();
        let mut lengths = Vec::with_capacity(found.len());
        let mut record_lengths = vec![[0.0; 6]; n_records];
        for (index, (document, segment, number)) in found.iter().enumerate() {
            places[*segment][*number as usize] = index as u32;
            let length: [f64; 6] = std::array::from_fn(|field| f64::from(segments[*segment].length(field, *number)));
            for (total, length) in record_lengths[document.record as usize].iter_mut().zip(length) {
                *total += length;
            }
            lengths.push(length);
        }
        let title_lengths = record_lengths.iter().map(|lengths| lengths[0] as u32).collect();
        let documents = found.into_iter().map(|(document, _, _)| document).collect();
        Ok(Self { documents, places, worths: worths(&lengths), record_worths: worths(&record_lengths), title_lengths, segments })
    }

    /// The segments of the index.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The number of sections.
    pub fn n_documents(&self) -> usize {
        self.documents.len()
    }

    /// The number of records.
    pub fn n_records(&self) -> usize {
        self.record_worths.len()
    }

    /// The number of words of a record's title.
    pub fn title_length(&self, record: u32) -> u32 {
        self.title_lengths[record as usize]
    }

    /// A document by its number in a segment, unless it is deleted.
    pub fn document(&self, segment: usize, number: u32) -> Option<Document> {
        let index = self.places[segment][number as usize];
        (index != DELETED).then(|| self.documents[index as usize])
    }

    /// Where the segments hold a term: by segment and field.
    pub fn find(&self, term: &str) -> Result<Vec<Holding>, IndexError> {
        let mut holdings = Vec::new();
        for (segment, reader) in self.segments.iter().enumerate() {
            for field in 0..WEIGHTS.len() {
                holdings.extend(reader.find(field, term)?.map(|info| Holding { segment, field, info }));
            }
        }
        Ok(holdings)
    }

    /// All terms, in the order of their bytes, each with where the segments hold it.
    pub fn terms(&self) -> Result<BTreeMap<String, Vec<Holding>>, IndexError> {
        let mut terms: BTreeMap<String, Vec<Holding>> = BTreeMap::new();
        for (segment, reader) in self.segments.iter().enumerate() {
            for field in 0..WEIGHTS.len() {
                reader.terms(field, |term, info| {
                    let holding = Holding { segment, field, info: info.clone() };
                    match terms.get_mut(term) {
                        Some(holdings) => holdings.push(holding),
                        None => drop(terms.insert(term.to_owned(), vec![holding])),
                    }
                })?;
            }
        }
        Ok(terms)
    }

    /// Where a term occurs, and how much that counts.
    pub fn postings(&self, term: &[Holding]) -> Result<Postings, IndexError> {
        let mut occurrences: Vec<Occurrence> = Vec::new();
        let mut all_positions: Vec<u32> = Vec::new();
        for Holding { segment, field, info } in term {
            let places = &self.places[*segment];
            self.segments[*segment].postings(*field, info, *field < POSITIONED, |number, count, positions| {
                let document = places[number as usize];
                if document != DELETED {
                    let start = all_positions.len();
                    all_positions.extend_from_slice(positions);
                    occurrences.push(Occurrence { document, field: *field, count, positions: start..all_positions.len() });
                }
            })?;
        }
        occurrences.sort_by_key(|occurrence| (occurrence.document, occurrence.field));
        let record_of = |occurrence: &Occurrence| self.documents[occurrence.document as usize].record;
        let by_record = occurrences.chunk_by(|a, b| record_of(a) == record_of(b));
        let entries: Vec<Entry> = by_record.map(|occurrences| self.entry(occurrences, &all_positions)).collect();
        let n_documents = entries.iter().map(|entry| entry.sections.len() as u32).sum();
        Ok(Postings { n_records: entries.len() as u32, n_documents, entries }.cut())
    }

    /// The records that `name` calls; see [`crate::index::name_key`].
    pub fn named(&self, name: &str) -> Result<Vec<u32>, IndexError> {
        let mut records = Vec::new();
        for (number, segment) in self.segments.iter().enumerate() {
            segment.named(name, |document| records.extend(self.document(number, document).map(|document| document.record)))?;
        }
        records.sort_unstable();
        Ok(records)
    }

    /// All places at which a word stands in what a record says itself, in order.
    pub fn places(&self, term: &[Holding]) -> Result<Vec<Place>, IndexError> {
        let mut places = Vec::new();
        for Holding { segment, field, info } in term.iter().filter(|holding| holding.field < LINKS) {
            self.segments[*segment].postings(*field, info, true, |document, _, positions| {
                if let Some(Document { record, section }) = self.document(*segment, document) {
                    places.extend(positions.iter().map(|position| Place { record, section, position: *position, field: *field as u32 }));
                }
            })?;
        }
        places.sort_unstable();
        Ok(places)
    }

    /// The records that have `words` one after the other in one field: in the title, or in any that the record has itself.
    pub fn with_phrase(&self, words: &[String], is_title: bool) -> Result<HashSet<u32>, IndexError> {
        let mut ends: HashSet<Place> = HashSet::new();
        for (number, word) in words.iter().enumerate() {
            let follows =
                |place: &Place| number == 0 || place.position > 0 && ends.contains(&Place { position: place.position - 1, ..*place });
            ends = self.places(&self.find(word)?)?.into_iter().filter(|place| (!is_title || place.field == 0) && follows(place)).collect();
        }
        Ok(ends.into_iter().map(|place| place.record).collect())
    }

    fn entry(&self, occurrences: &[Occurrence], all_positions: &[u32]) -> Entry {
        let mut counts = [0.0; 6];
        let mut entry = Entry { record: self.documents[occurrences[0].document as usize].record, ..Entry::default() };
        for in_document in occurrences.chunk_by(|a, b| a.document == b.document) {
            let document = in_document[0].document as usize;
            let mut section = SectionEntry { section: self.documents[document].section, ..SectionEntry::default() };
            let mut count = 0.0;
            for Occurrence { field, count: in_field, positions, .. } in in_document {
                counts[*field] += f64::from(*in_field);
                count += f64::from(*in_field) * self.worths[document][*field];
                let positions = &all_positions[positions.clone()];
                match field {
                    0 => entry.title = positions.to_vec(),
                    1 => section.heading = positions.to_vec(),
                    _ => {}
                }
            }
            section.impact = impact(count);
            entry.sections.push(section);
        }
        let worths = self.record_worths[entry.record as usize];
        entry.impact = impact(counts.iter().zip(worths).map(|(count, worth)| count * worth).sum());
        entry
    }
}

/// A term in a field of a document.
struct Occurrence {
    document: u32,
    field: usize,
    count: u32,
    /// Among all positions that were read.
    positions: Range<usize>,
}

impl Postings {
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
        let weighted = |weight: f64, impact: u8| (weight * f64::from(impact)).round().max(1.0) as u8;
        let mut entries: BTreeMap<u32, Entry> = BTreeMap::new();
        for (weight, postings) in lists {
            for entry in &postings.entries {
                let merged = entries.entry(entry.record).or_insert_with(|| Entry { record: entry.record, ..Entry::default() });
                merged.impact = merged.impact.max(weighted(*weight, entry.impact));
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
        }
        let mut entries: Vec<Entry> = entries.into_values().collect();
        keep_best(&mut entries, limit, |entry| (entry.title.is_empty(), Reverse(entry.impact)));
        for entry in &mut entries {
            keep_best(&mut entry.sections, 2, |section| Reverse(section.impact));
        }
        let total = |count: fn(&Postings) -> u32| lists.iter().map(|(_, postings)| count(postings)).sum();
        Self { n_records: total(|postings| postings.n_records), n_documents: total(|postings| postings.n_documents), entries }
    }
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
    order.sort_by_key(|index| key(&items[*index]));
    let mut is_kept = vec![false; items.len()];
    for index in &order[..limit] {
        is_kept[*index] = true;
    }
    let mut is_kept = is_kept.into_iter();
    items.retain(|_| is_kept.next().unwrap_or(false));
}

/// A weighted count, saturated, in steps.
fn impact(count: f64) -> u8 {
    (IMPACT_STEPS * count / (SATURATION + count)).round().max(1.0) as u8
}

/// For each unit, what one occurrence in a field counts: its weight, less where the field is longer than usual.
fn worths(lengths: &[[f64; 6]]) -> Vec<[f64; 6]> {
    let averages: [f64; 6] = std::array::from_fn(|field| {
        let (n_filled, total) = lengths
            .iter()
            .map(|length| length[field])
            .filter(|length| *length > 0.0)
            .fold((0.0, 0.0), |(n_filled, total), length| (n_filled + 1.0, total + length));
        if total > 0.0 { total / n_filled } else { 1.0 }
    });
    let worth = |length: &[f64; 6], field: usize| {
        WEIGHTS[field] / (1.0 - LENGTH_FACTORS[field] + LENGTH_FACTORS[field] * length[field] / averages[field])
    };
    lengths.iter().map(|length| std::array::from_fn(|field| worth(length, field))).collect()
}
