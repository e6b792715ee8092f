//! From an index of some records to the lists that say where each term occurs, and how much that counts.
//!
//! That, the *impact*, is all of BM25F that does not depend on the query: the counts of the term in the fields, their
//! weights and lengths, saturated (see `docs/search.md`). It is kept in steps, so that the browser, which is sent these
//! lists and no counts, computes what we compute.

use std::collections::BTreeMap;
use std::ops::Range;

use rayon::prelude::*;

use crate::index::dictionary::PHRASE_MARK;
use crate::index::list::{Item, ListBuilder};
use crate::index::native::{FIELDS, IndexError, NAMES, SURFACE, Segment, TermInfo, length_of};
use crate::index::numbers;
use crate::index::places::{self, Place};
use crate::index::postings::{self, Entry, IMPACT_STEPS, SectionEntry};
use crate::index::table::Table;

/// Weight and length normalisation of each field, in the order of [`FIELDS`].
const WEIGHTS: [f64; FIELDS.len()] = [6.0, 5.0, 1.0, 3.0, 3.0, 2.0];
const LENGTH_FACTORS: [f64; FIELDS.len()] = [0.3, 0.6, 0.65, 0.3, 0.5, 0.0];
/// How soon more occurrences of a word stop to matter (Robertson and Zaragoza, 2009).
const SATURATION: f64 = 1.6;
/// Steps of an average, for each doubling. An average that moves with every edit would change all impacts with it; in steps
/// of 9 % it hardly ever moves, and ranks as well.
const AVERAGE_STEPS: f64 = 8.0;
/// The field that holds what others say: no phrase is looked for there. Those before it are what the record says.
const LINKS: usize = 4;
const DELETED: u32 = u32::MAX;
/// Terms whose lists are in memory by themselves, before they go into a table.
const TERMS_AT_ONCE: usize = 8192;

/// The lengths of the fields of a section, as the index keeps them: see [`length_of`].
pub type Lengths = [u8; FIELDS.len()];

/// How long fields usually are, of the sections and of the records that have them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Averages {
    sections: [f64; FIELDS.len()],
    records: [f64; FIELDS.len()],
}

/// A section of a record, as scoring sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Document {
    record: u32,
    section: u32,
}

/// Where a segment holds a term of a field.
struct Holding {
    segment: usize,
    field: usize,
    info: TermInfo,
}

/// The living documents of an index, in the order of records and sections.
pub struct Corpus {
    segments: Vec<Segment>,
    documents: Vec<Document>,
    /// By segment and number there.
    numbers: Vec<Vec<u32>>,
    lengths: Vec<Lengths>,
}

/// What some records put into the lists, by term.
#[derive(Default)]
pub struct Shares {
    /// Entries, marked where the title has the term: see [`postings`].
    pub scores: Table,
    /// See [`places`].
    pub places: Table,
    /// By name: the records that are called so.
    pub names: Table,
    /// By word as it is written: the records that have it, with the number of their sections that do.
    pub spoken: Table,
}

impl Corpus {
    /// The documents of `segments` whose record `record_of` knows.
    pub fn new(segments: Vec<Segment>, record_of: impl Fn(u64) -> Option<u32>) -> Result<Self, IndexError> {
        let mut found = Vec::new();
        for (segment, reader) in segments.iter().enumerate() {
            for (number, address) in reader.addresses()? {
                if let Some(record) = record_of(address.record) {
                    found.push((Document { record, section: address.section as u32 }, segment, number));
                }
            }
        }
        found.sort_unstable();
        let mut numbers: Vec<Vec<u32>> = segments.iter().map(|segment| vec![DELETED; segment.n_documents() as usize]).collect();
        for (index, (_, segment, number)) in found.iter().enumerate() {
            numbers[*segment][*number as usize] = index as u32;
        }
        let lengths = found.iter().map(|(_, segment, number)| segments[*segment].lengths(*number)).collect();
        let documents = found.into_iter().map(|(document, _, _)| document).collect();
        Ok(Self { segments, documents, numbers, lengths })
    }

    /// The records, in order, each with the lengths of its sections.
    pub fn lengths(&self) -> impl Iterator<Item = (u32, &[Lengths])> {
        let mut at = 0;
        self.documents.chunk_by(|a, b| a.record == b.record).map(move |documents| {
            let of_record = at..at + documents.len();
            at = of_record.end;
            (documents[0].record, &self.lengths[of_record])
        })
    }

    /// What the records put into the lists, where fields usually are as long as `averages` says.
    pub fn shares(&self, averages: &Averages) -> Result<Shares, IndexError> {
        let worths = Worths::of(self, averages);
        let terms: Vec<(String, Vec<Holding>)> = self.terms(0..SURFACE)?.into_iter().collect();
        let of_term = |(term, holdings): &(String, Vec<Holding>)| {
            let occurrences = self.occurrences(holdings)?;
            let places = if term.contains([' ', PHRASE_MARK]) { Vec::new() } else { places::full_list(&self.places(&occurrences)) };
            Ok((postings::full_list(&self.entries(&occurrences, &worths)), places))
        };
        let mut shares = Shares::default();
        for terms in terms.chunks(TERMS_AT_ONCE) {
            let lists = terms.par_iter().map(of_term).collect::<Result<Vec<_>, IndexError>>()?;
            for ((term, _), (scores, places)) in terms.iter().zip(lists) {
                push_unless_empty(&mut shares.scores, term, &scores);
                push_unless_empty(&mut shares.places, term, &places);
            }
        }
        for (name, holdings) in self.terms(NAMES..NAMES + 1)? {
            push_unless_empty(&mut shares.names, &name, &self.records(&holdings, false)?);
        }
        for (word, holdings) in self.terms(SURFACE..SURFACE + 1)? {
            push_unless_empty(&mut shares.spoken, &word, &self.records(&holdings, true)?);
        }
        Ok(shares)
    }

    /// All terms of some fields, in the order of their bytes, each with where the segments hold it.
    fn terms(&self, fields: Range<usize>) -> Result<BTreeMap<String, Vec<Holding>>, IndexError> {
        let mut terms: BTreeMap<String, Vec<Holding>> = BTreeMap::new();
        for (segment, reader) in self.segments.iter().enumerate() {
            for field in fields.clone() {
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

    /// Where a term occurs, in the order of documents and fields.
    fn occurrences(&self, term: &[Holding]) -> Result<Occurrences, IndexError> {
        let mut found = Occurrences::default();
        for Holding { segment, field, info } in term {
            let numbers = &self.numbers[*segment];
            self.segments[*segment].postings(*field, info, |number, count, positions| {
                let document = numbers[number as usize];
                if document != DELETED {
                    let start = found.positions.len();
                    found.positions.extend_from_slice(positions);
                    found.all.push(Occurrence { document, field: *field, count, positions: start..found.positions.len() });
                }
            })?;
        }
        found.all.sort_by_key(|occurrence| (occurrence.document, occurrence.field));
        Ok(found)
    }

    /// The list of records that have a term of a field without positions, with the number of their documents that do.
    fn records(&self, term: &[Holding], is_counted: bool) -> Result<Vec<u8>, IndexError> {
        let occurrences = self.occurrences(term)?;
        let mut list = ListBuilder::default();
        let mut bytes = Vec::new();
        for in_record in occurrences.all.chunk_by(|a, b| self.record_of(a) == self.record_of(b)) {
            bytes.clear();
            if is_counted {
                numbers::push(&mut bytes, in_record.len() as u32);
            }
            list.push(Item { record: self.record_of(&in_record[0]), is_marked: false, bytes: &bytes });
        }
        Ok(list.finish())
    }

    fn record_of(&self, occurrence: &Occurrence) -> u32 {
        self.documents[occurrence.document as usize].record
    }

    /// The places at which a word stands in what records say themselves, in order.
    fn places(&self, occurrences: &Occurrences) -> Vec<Place> {
        let mut places = Vec::new();
        for in_document in occurrences.all.chunk_by(|a, b| a.document == b.document) {
            let Document { record, section } = self.documents[in_document[0].document as usize];
            let start = places.len();
            for Occurrence { field, positions, .. } in in_document.iter().filter(|occurrence| occurrence.field < LINKS) {
                let place = |position: &u32| Place { record, section, position: *position, field: *field as u32 };
                places.extend(occurrences.positions[positions.clone()].iter().map(place));
            }
            places[start..].sort_unstable();
        }
        places
    }

    fn entries(&self, occurrences: &Occurrences, worths: &Worths) -> Vec<Entry> {
        let by_record = occurrences.all.chunk_by(|a, b| self.record_of(a) == self.record_of(b));
        by_record.map(|in_record| self.entry(in_record, &occurrences.positions, worths)).collect()
    }

    fn entry(&self, in_record: &[Occurrence], all_positions: &[u32], worths: &Worths) -> Entry {
        let mut counts = [0.0; FIELDS.len()];
        let of_record = &worths.records[self.record_of(&in_record[0]) as usize];
        let mut entry = Entry { record: self.record_of(&in_record[0]), title_length: of_record.title_length, ..Entry::default() };
        for in_document in in_record.chunk_by(|a, b| a.document == b.document) {
            let document = in_document[0].document as usize;
            let mut section = SectionEntry { section: self.documents[document].section, ..SectionEntry::default() };
            let mut count = 0.0;
            for Occurrence { field, count: in_field, positions, .. } in in_document {
                counts[*field] += f64::from(*in_field);
                count += f64::from(*in_field) * worths.documents[document][*field];
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
        entry.impact = impact(counts.iter().zip(of_record.worths).map(|(count, worth)| count * worth).sum());
        entry
    }
}

fn push_unless_empty(table: &mut Table, key: &str, list: &[u8]) {
    if !list.is_empty() {
        table.push(key, list);
    }
}

/// The occurrences of a term.
#[derive(Default)]
struct Occurrences {
    all: Vec<Occurrence>,
    positions: Vec<u32>,
}

/// A term in a field of a document.
struct Occurrence {
    document: u32,
    field: usize,
    count: u32,
    /// Among all positions that were read.
    positions: Range<usize>,
}

/// What one occurrence in a field counts: its weight, less where the field is longer than usual.
struct Worths {
    documents: Vec<[f64; FIELDS.len()]>,
    /// By record; of those that are not there, nothing.
    records: Vec<RecordWorths>,
}

#[derive(Clone, Default)]
struct RecordWorths {
    worths: [f64; FIELDS.len()],
    title_length: u32,
}

impl Worths {
    fn of(corpus: &Corpus, averages: &Averages) -> Self {
        let n_records = corpus.documents.last().map_or(0, |last| last.record as usize + 1);
        let mut records = vec![RecordWorths::default(); n_records];
        for (record, sections) in corpus.lengths() {
            let total = total(sections);
            records[record as usize] = RecordWorths { worths: worths(&total, &averages.records), title_length: total[0] as u32 };
        }
        let documents = corpus.lengths.iter().map(|section| worths(&total(&[*section]), &averages.sections)).collect();
        Self { documents, records }
    }
}

fn worths(lengths: &[f64; FIELDS.len()], averages: &[f64; FIELDS.len()]) -> [f64; FIELDS.len()] {
    let share = |field: usize| 1.0 - LENGTH_FACTORS[field] + LENGTH_FACTORS[field] * lengths[field] / averages[field];
    std::array::from_fn(|field| WEIGHTS[field] / share(field))
}

/// The lengths of several sections together.
fn total(sections: &[Lengths]) -> [f64; FIELDS.len()] {
    std::array::from_fn(|field| sections.iter().map(|lengths| f64::from(length_of(lengths[field]))).sum())
}

impl Averages {
    /// Of records, each with the lengths of its sections.
    pub fn of<'a>(records: impl Iterator<Item = &'a [Lengths]>) -> Self {
        let (mut of_sections, mut of_records) = ([Mean::default(); FIELDS.len()], [Mean::default(); FIELDS.len()]);
        for sections in records {
            for lengths in sections {
                add(&mut of_sections, &total(&[*lengths]));
            }
            add(&mut of_records, &total(sections));
        }
        Self { sections: of_sections.map(Mean::in_steps), records: of_records.map(Mean::in_steps) }
    }
}

fn add(means: &mut [Mean; FIELDS.len()], lengths: &[f64; FIELDS.len()]) {
    for (mean, length) in means.iter_mut().zip(lengths) {
        mean.total += length;
        mean.n_filled += f64::from(u8::from(*length > 0.0));
    }
}

/// Of units that have anything at all.
#[derive(Clone, Copy, Default)]
struct Mean {
    total: f64,
    n_filled: f64,
}

impl Mean {
    fn in_steps(self) -> f64 {
        if self.total > 0.0 { (((self.total / self.n_filled).log2() * AVERAGE_STEPS).round() / AVERAGE_STEPS).exp2() } else { 1.0 }
    }
}

/// A weighted count, saturated, in steps.
fn impact(count: f64) -> u8 {
    (IMPACT_STEPS * count / (SATURATION + count)).round().max(1.0) as u8
}
