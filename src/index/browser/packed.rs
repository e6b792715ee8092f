//! A shard of terms, packed: each number of it in slots of its own sort.
//!
//! Deflate takes a third more, since it looks for bytes that come again, and there are few: what a list of records has is numbers
//! that are more or less likely. Which slots a number is written in depends on what it is and on a little of what stands before it.
//! What is written, and in which order, is what a [`shard`](super::shards) says, and at its end a sign that all was read.
//!
//! Read by `themes/default/assets/search/shards.js`; the slots are the same there.

use crate::index::browser::coder::{Encoder, SLOTS_OF_NUMBER};
use crate::index::numbers::Reader;

/// Ends each word of the name of a record.
const NAME_MARK: u8 = 3;

// Slots of numbers.
const COUNT: usize = 0;
const SHARED: usize = SLOTS_OF_NUMBER;
const WRITTEN: usize = 2 * SLOTS_OF_NUMBER;
const NAMED: usize = 3 * SLOTS_OF_NUMBER;
const RECORDS: usize = 4 * SLOTS_OF_NUMBER;
const DOCUMENTS: usize = 5 * SLOTS_OF_NUMBER;
const TITLE_LENGTH: usize = 6 * SLOTS_OF_NUMBER;
/// Of the first, then of all that follow.
const POSITIONS: usize = 7 * SLOTS_OF_NUMBER;
/// The same.
const HEADING_POSITIONS: usize = 9 * SLOTS_OF_NUMBER;
const N_POSITIONS: usize = 11 * SLOTS_OF_NUMBER;
const MORE_SECTIONS: usize = 12 * SLOTS_OF_NUMBER;
/// The same.
const SECTIONS: usize = 13 * SLOTS_OF_NUMBER;
/// By how many there are.
const RECORD: usize = 16 * SLOTS_OF_NUMBER;
// Slots of others.
/// By whether it is in the title.
const IMPACT: usize = 24 * SLOTS_OF_NUMBER;
/// By the impact.
const N_SECTIONS: usize = IMPACT + 64;
/// By whether it is in the heading, and the impact in the record.
const SECTION_IMPACT: usize = N_SECTIONS + 64;
const HAS_VALUE: usize = SECTION_IMPACT + 512;
const IS_WHOLE: usize = HAS_VALUE + 1;
/// By how many there are.
const HAS_TITLE: usize = HAS_VALUE + 2;
/// By whether the section before has.
const HAS_HEADING: usize = HAS_VALUE + 10;
const END: usize = HAS_VALUE + 16;
/// By the letter before.
const LETTER: usize = 28 * SLOTS_OF_NUMBER;
const N_SLOTS: usize = LETTER + 256 * 256;

/// Says that all was read.
const END_SIGN: u32 = 0x5a;

/// The bytes that a browser is sent of those of a shard.
pub fn packed(shard: &[u8]) -> Vec<u8> {
    let mut encoder = Encoder::new(N_SLOTS);
    let mut reader = Reader::new(shard);
    let n_keys = reader.number();
    encoder.number(COUNT, n_keys);
    let mut is_name = Vec::with_capacity(n_keys as usize);
    let mut key = Vec::new();
    for _ in 0..n_keys {
        push_key(&mut encoder, &mut reader, &mut key);
        encoder.number(WRITTEN, reader.number());
        let has_value = reader.number() > 0;
        encoder.bit(HAS_VALUE, has_value);
        is_name.extend(has_value.then(|| key.last() == Some(&NAME_MARK)));
    }
    for is_name in is_name {
        if is_name {
            push_ascending(&mut encoder, &mut reader, COUNT, NAMED, NAMED);
        } else {
            push_postings(&mut encoder, &mut reader);
        }
    }
    encoder.tree(END, END_SIGN, 8);
    encoder.finish()
}

/// Letters up to a 0, which no key has.
fn push_key(encoder: &mut Encoder, reader: &mut Reader<'_>, key: &mut Vec<u8>) {
    let n_shared = reader.number();
    encoder.number(SHARED, n_shared);
    key.truncate(n_shared as usize);
    let n_own = reader.number() as usize;
    for letter in reader.take(n_own).iter().chain([&0]) {
        let before = key.last().map_or(0, |before| usize::from(*before));
        encoder.tree(LETTER + 256 * before, u32::from(*letter), 8);
        key.push(*letter);
    }
    key.pop();
}

fn push_postings(encoder: &mut Encoder, reader: &mut Reader<'_>) {
    let (n_records, n_documents, n_entries) = (reader.number(), reader.number(), reader.number());
    encoder.number(RECORDS, n_records);
    encoder.number(DOCUMENTS, n_documents - n_records);
    encoder.bit(IS_WHOLE, n_entries == n_records);
    if n_entries != n_records {
        encoder.number(COUNT, n_entries);
    }
    let size = n_entries.max(1).ilog2().min(7) as usize;
    for _ in 0..n_entries {
        let head = reader.number();
        encoder.number(RECORD + size * SLOTS_OF_NUMBER, head >> 1);
        encoder.bit(HAS_TITLE + size, head & 1 == 1);
        push_entry(encoder, reader, head & 1 == 1);
    }
}

fn push_entry(encoder: &mut Encoder, reader: &mut Reader<'_>, has_title: bool) {
    let byte = u32::from(reader.byte());
    let (impact, n_inline) = (byte >> 3, byte & 7);
    let step = (impact >> 2) as usize;
    encoder.tree(IMPACT + 32 * usize::from(has_title), impact, 5);
    encoder.tree(N_SECTIONS + 8 * step, n_inline, 3);
    let n_more = if n_inline == 7 { reader.number() } else { 0 };
    if n_inline == 7 {
        encoder.number(MORE_SECTIONS, n_more);
    }
    if has_title {
        encoder.number(TITLE_LENGTH, reader.number());
        push_ascending(encoder, reader, N_POSITIONS, POSITIONS, POSITIONS + SLOTS_OF_NUMBER);
    }
    let mut had_heading = false;
    for section in 0..n_inline + n_more {
        let head = reader.number();
        let has_heading = head & 1 == 1;
        encoder.number(if section == 0 { SECTIONS } else { SECTIONS + SLOTS_OF_NUMBER }, head >> 1);
        encoder.bit(HAS_HEADING + usize::from(had_heading), has_heading);
        encoder.tree(SECTION_IMPACT + 32 * (8 * usize::from(has_heading) + step), u32::from(reader.byte()), 5);
        if has_heading {
            push_ascending(encoder, reader, N_POSITIONS, HEADING_POSITIONS, HEADING_POSITIONS + SLOTS_OF_NUMBER);
        }
        had_heading = has_heading;
    }
}

/// How many numbers there are, and the difference of each to the one before.
fn push_ascending(encoder: &mut Encoder, reader: &mut Reader<'_>, count: usize, first: usize, further: usize) {
    let n_numbers = reader.number();
    encoder.number(count, n_numbers);
    for at in 0..n_numbers {
        encoder.number(if at == 0 { first } else { further }, reader.number());
    }
}
