//! Where words stand in what records say: for phrases and exclusions.
//!
//! ```text
//! places = n_records (record difference, n_sections (section difference, n (position · 4 + field) differences)*)*
//! ```
//!
//! Numbers are those of [`numbers`]. Read by `themes/default/assets/search/shards.js`.

use crate::index::list::{self, Item, ListBuilder};
use crate::index::numbers::{self, Reader};

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

/// The [`list`] of places, which are in order.
pub fn full_list(places: &[Place]) -> Vec<u8> {
    let mut list = ListBuilder::default();
    let (mut bytes, mut positions) = (Vec::new(), Vec::new());
    for in_record in places.chunk_by(|a, b| a.record == b.record) {
        bytes.clear();
        numbers::push(&mut bytes, in_record.chunk_by(|a, b| a.section == b.section).count() as u32);
        let mut before = 0;
        for in_section in in_record.chunk_by(|a, b| a.section == b.section) {
            numbers::push(&mut bytes, in_section[0].section - before);
            before = in_section[0].section;
            positions.clear();
            positions.extend(in_section.iter().map(|place| place.position * 4 + place.field));
            numbers::push_ascending(&mut bytes, &positions);
        }
        list.push(Item { record: in_record[0].record, is_marked: false, bytes: &bytes });
    }
    list.finish()
}

/// All places of a list, in order.
pub fn of_list(list: &[u8]) -> Vec<Place> {
    let mut places = Vec::new();
    for item in list::items(list) {
        let mut reader = Reader::new(item.bytes);
        let mut section = 0;
        for _ in 0..reader.number() {
            section += reader.number();
            let place = |number: u32| Place { record: item.record, section, position: number >> 2, field: number & 3 };
            places.extend(reader.ascending().into_iter().map(place));
        }
    }
    places
}

/// The bytes that a browser reads of a list.
pub fn to_bytes(list: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(list.len());
    numbers::push(&mut bytes, list::items(list).count() as u32);
    let mut before = 0;
    for item in list::items(list) {
        numbers::push(&mut bytes, item.record - before);
        bytes.extend_from_slice(item.bytes);
        before = item.record;
    }
    bytes
}
