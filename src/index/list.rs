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
pub fn items(list: &[u8]) -> Items<'_> {
    Items { reader: Reader::new(list), record: 0 }
}

/// See [`items`].
pub struct Items<'a> {
    reader: Reader<'a>,
    record: u32,
}

impl<'a> Items<'a> {
    /// The bytes of the items that are still to come.
    fn left(&self) -> &'a [u8] {
        self.reader.left()
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        if self.reader.is_at_end() {
            return None;
        }
        let head = self.reader.number();
        self.record += head >> 1;
        let n_bytes = self.reader.number() as usize;
        Some(Item { record: self.record, is_marked: head & 1 == 1, bytes: self.reader.take(n_bytes) })
    }
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

    /// Adds the bytes of items that follow the last one in another list, too; the last of them is of record `last`.
    fn append(&mut self, items: &[u8], last: u32) {
        self.bytes.extend_from_slice(items);
        self.before = last;
    }

    /// The list.
    pub fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

/// The list without what it says of records that `numbers` leaves out, the others under their new number, and what `more`
/// says of others.
pub fn spliced(list: &[u8], numbers: &Renumbering, more: &[u8]) -> Vec<u8> {
    let mut builder = ListBuilder { bytes: Vec::with_capacity(list.len() + more.len()), before: 0 };
    if numbers.moves {
        let mut kept: Vec<Item<'_>> = items(list).filter_map(|item| Some(Item { record: numbers.of(item.record)?, ..item })).collect();
        kept.extend(items(more));
        kept.sort_by_key(|item| item.record);
        kept.into_iter().for_each(|item| builder.push(item));
        return builder.finish();
    }
    // Rows of items between those that go and come stay, byte for byte.
    let (mut old, mut more) = (items(list), items(more).peekable());
    let mut next = old.next();
    let mut gone = numbers.gone.iter().copied().peekable();
    while let Some(record) = gone.peek().copied().into_iter().chain(more.peek().map(|item| item.record)).min() {
        if let Some(first) = next.filter(|item| item.record < record) {
            builder.push(first);
            let row = old.left();
            let (mut n_left, mut last) = (row.len(), first.record);
            next = old.next();
            while let Some(item) = next.filter(|item| item.record < record) {
                (n_left, last) = (old.left().len(), item.record);
                next = old.next();
            }
            builder.append(&row[..row.len() - n_left], last);
        }
        if gone.next_if_eq(&record).is_some() && next.is_some_and(|item| item.record == record) {
            next = old.next();
        }
        if let Some(item) = more.next_if(|item| item.record == record) {
            builder.push(item);
        }
    }
    if let Some(item) = next {
        builder.push(item);
        builder.append(old.left(), item.record);
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_mended_as_if_it_were_made_anew() {
        // Of each of five records: not in the list, stays, goes, is said otherwise, comes.
        for case in 0..5_u32.pow(5) {
            let state = |record: u32| case / 5_u32.pow(record) % 5;
            let made = |is_in: &dyn Fn(u32) -> Option<&'static [u8]>| {
                let mut builder = ListBuilder::default();
                let item = |record| Some(Item { record: record * 100, is_marked: record == 2, bytes: is_in(record)? });
                (0..5).filter_map(item).for_each(|item| builder.push(item));
                builder.finish()
            };
            let old = made(&|record| matches!(state(record), 1..=3).then_some(b"old"));
            let more = made(&|record| matches!(state(record), 3 | 4).then_some(b"newer"));
            let wanted = made(&|record| match state(record) {
                1 => Some(b"old"),
                3 | 4 => Some(b"newer"),
                _ => None,
            });
            let stays = |number: u32| (!number.is_multiple_of(100) || !matches!(state(number / 100), 2..=4)).then_some(number);
            let numbers = Renumbering::new((0..500).map(stays).collect());
            assert_eq!(spliced(&old, &numbers, &more), wanted, "{case}");
        }
    }
}
