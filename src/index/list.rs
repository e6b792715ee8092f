//! A list of records, each with a few bytes, as a row of bytes: what the tables of [`super::lists`] hold.
//!
//! ```text
//! list = item*
//! item = (record difference · 2 + mark) n (n bytes)
//! ```
//!
//! Lists know nothing of what the bytes mean, so that records can be taken out and put in without reading them.

use crate::index::numbers::{self, Reader};

/// What a list holds of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// The record.
    pub record: u32,
    /// For each kind of list to say.
    pub is_marked: bool,
    /// For each kind of list to say.
    pub bytes: &'a [u8],
}

/// The items of a list, in the order of records.
pub fn items(list: &[u8]) -> impl Iterator<Item = Item<'_>> {
    let mut reader = Reader::new(list);
    let mut record = 0;
    std::iter::from_fn(move || {
        if reader.is_at_end() {
            return None;
        }
        let head = reader.number();
        record += head >> 1;
        let n_bytes = reader.number() as usize;
        Some(Item { record, is_marked: head & 1 == 1, bytes: reader.take(n_bytes) })
    })
}

/// Makes a list, item by item.
#[derive(Clone, Debug, Default)]
pub struct ListBuilder {
    bytes: Vec<u8>,
    before: u32,
}

impl ListBuilder {
    /// Adds what comes after all that is there.
    pub fn push(&mut self, item: Item<'_>) {
        numbers::push(&mut self.bytes, (item.record - self.before) << 1 | u32::from(item.is_marked));
        numbers::push(&mut self.bytes, item.bytes.len() as u32);
        self.bytes.extend_from_slice(item.bytes);
        self.before = item.record;
    }

    /// The list.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// The list without what it says of records that `numbers` leaves out, the others under their new number, and what `more`
/// says of others.
pub fn spliced(list: &[u8], numbers: &Renumbering, more: &[u8]) -> Vec<u8> {
    let mut kept: Vec<Item<'_>> = items(list).filter_map(|item| Some(Item { record: numbers.of(item.record)?, ..item })).collect();
    kept.extend(items(more));
    kept.sort_by_key(|item| item.record);
    let mut builder = ListBuilder { bytes: Vec::with_capacity(list.len() + more.len()), before: 0 };
    kept.into_iter().for_each(|item| builder.push(item));
    builder.finish()
}

/// Which records stay, and under which number.
#[derive(Clone, Debug, Default)]
pub struct Renumbering {
    /// By old number.
    new: Vec<Option<u32>>,
    /// Those that do not stay, in order.
    gone: Vec<u32>,
    /// Whether any that stays has another number.
    moves: bool,
}

impl Renumbering {
    /// From the new number of each, if it stays.
    pub fn new(new: Vec<Option<u32>>) -> Self {
        let gone = (0..new.len() as u32).filter(|old| new[*old as usize].is_none()).collect();
        let moves = new.iter().enumerate().any(|(old, new)| new.is_some_and(|new| new as usize != old));
        Self { new, gone, moves }
    }

    /// Whether a list has to be made anew.
    pub fn touches(&self, list: &[u8]) -> bool {
        self.moves || self.has_gone(list)
    }

    /// Whether a list has a record that does not stay.
    fn has_gone(&self, list: &[u8]) -> bool {
        let Some(last) = self.gone.last() else { return false };
        items(list).take_while(|item| item.record <= *last).any(|item| self.new[item.record as usize].is_none())
    }

    fn of(&self, old: u32) -> Option<u32> {
        self.new[old as usize]
    }
}
