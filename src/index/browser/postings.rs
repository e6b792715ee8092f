//! The bytes of posting lists. Numbers are little-endian base 128, 7 bits a byte, the last without its high bit;
//! ascending numbers are kept as differences.
//!
//! ```text
//! postings = n_records n_documents n_entries entry*
//! entry    = (record difference · 2 + has title) byte(impact · 8 + min(n_sections, 7)) [n_sections - 7]
//!            [title length, positions] section*
//! section  = (section difference · 2 + has heading) byte(impact) [positions]
//! positions = n position differences
//! records  = n record differences
//! places   = n_records (record difference, n_sections (section difference, n (position · 4 + field) differences))
//! ```
//!
//! Read by `themes/default/assets/search/shards.js`.

use crate::index::corpus::{Corpus, Entry, Place, Postings};

/// Sections that fit in the byte of the impact.
const SECTIONS_INLINE: usize = 7;

/// The bytes of a list that scoring reads.
pub fn postings(corpus: &Corpus, postings: &Postings) -> Vec<u8> {
    let mut bytes = Vec::new();
    number(&mut bytes, postings.n_records);
    number(&mut bytes, postings.n_documents);
    number(&mut bytes, postings.entries.len() as u32);
    let mut before = 0;
    for entry in &postings.entries {
        number(&mut bytes, (entry.record - before) * 2 + u32::from(!entry.title.is_empty()));
        before = entry.record;
        put_entry(&mut bytes, corpus, entry);
    }
    bytes
}

fn put_entry(bytes: &mut Vec<u8>, corpus: &Corpus, entry: &Entry) {
    let n_sections = entry.sections.len();
    bytes.push(entry.impact * 8 + n_sections.min(SECTIONS_INLINE) as u8);
    if n_sections >= SECTIONS_INLINE {
        number(bytes, (n_sections - SECTIONS_INLINE) as u32);
    }
    if !entry.title.is_empty() {
        number(bytes, corpus.title_length(entry.record));
        ascending(bytes, &entry.title);
    }
    let mut before = 0;
    for section in &entry.sections {
        number(bytes, (section.section - before) * 2 + u32::from(!section.heading.is_empty()));
        before = section.section;
        bytes.push(section.impact);
        if !section.heading.is_empty() {
            ascending(bytes, &section.heading);
        }
    }
}

/// The bytes of a list of records.
pub fn records(records: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    ascending(&mut bytes, records);
    bytes
}

/// The bytes of the places at which a word stands, in order.
pub fn places(places: &[Place]) -> Vec<u8> {
    let mut bytes = Vec::new();
    number(&mut bytes, places.chunk_by(|a, b| a.record == b.record).count() as u32);
    let mut record_before = 0;
    for in_record in places.chunk_by(|a, b| a.record == b.record) {
        number(&mut bytes, in_record[0].record - record_before);
        record_before = in_record[0].record;
        number(&mut bytes, in_record.chunk_by(|a, b| a.section == b.section).count() as u32);
        let mut section_before = 0;
        for in_section in in_record.chunk_by(|a, b| a.section == b.section) {
            number(&mut bytes, in_section[0].section - section_before);
            section_before = in_section[0].section;
            let positions: Vec<u32> = in_section.iter().map(|place| place.position * 4 + place.field).collect();
            ascending(&mut bytes, &positions);
        }
    }
    bytes
}

fn ascending(bytes: &mut Vec<u8>, numbers: &[u32]) {
    number(bytes, numbers.len() as u32);
    let mut before = 0;
    for one in numbers {
        number(bytes, one - before);
        before = *one;
    }
}

/// Appends a number; see the module.
pub fn number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
