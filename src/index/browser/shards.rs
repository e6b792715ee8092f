//! The lists by key, cut into files: a reader loads those that the words of a query fall in.
//!
//! ```text
//! shard = n_keys key* value*
//! key   = (bytes shared with the key before) n (n further bytes) (documents that have it as a written word) (bytes of its value)
//! ```
//!
//! Keys are UTF-8, in the order of their bytes. A key with a value is a stem, a whole, a pair of words of code (`cargo build`),
//! several words that have a synonym (with a U+0004 between them), the name of a record (its words, each with a U+0003 after it) or a crowded beginning (with a U+0002 after it); one without is
//! a word as it is [`written`](crate::index::written), with its stem, which has another key. All values are [`postings`](crate::index::postings), but those of
//! names, which are records: how many, and their differences. Numbers are those of [`numbers`].

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use crate::index::completion::frequency;
use crate::index::list;
use crate::index::lists::Lists;
use crate::index::numbers;
use crate::index::places;

/// Written after a beginning that many words have.
pub const CROWD_MARK: char = '\u{2}';

/// What a shard says of a key.
struct Value<'a> {
    key: Cow<'a, str>,
    n_written: u32,
    bytes: Cow<'a, [u8]>,
}

impl Value<'_> {
    fn n_bytes(&self) -> usize {
        self.key.len() + self.bytes.len()
    }
}

/// How large shards are.
#[derive(Clone, Copy)]
pub struct Size {
    /// About how many bytes each has, before it is deflated.
    pub bytes: usize,
    /// How many there may be: beyond, they are larger.
    pub n_max: usize,
}

/// A file with lists.
pub struct Shard<T> {
    /// The shortest beginning of its first key that comes after all keys of the shard before.
    pub begin: String,
    /// Its content.
    pub content: T,
}

/// The keys of a shard of places, of which its bytes are made when it is asked for: it hardly ever is.
#[derive(Clone)]
pub struct Places {
    lists: Arc<Lists>,
    keys: Range<usize>,
}

/// The shards that ranking reads.
pub fn of_terms(lists: &Lists, size: Size) -> Vec<Shard<Vec<u8>>> {
    let mut values: Vec<Value<'_>> = Vec::with_capacity(lists.best.len() + lists.words.len() + lists.names.len() + lists.crowds.len());
    values.extend(lists.best.iter().map(|(term, postings)| Value { key: term.into(), n_written: 0, bytes: postings.into() }));
    let written = |(word, value): (_, &[u8])| Value { key: Cow::Borrowed(word), n_written: frequency(value), bytes: Cow::default() };
    values.extend(lists.words.iter().map(written));
    values.extend(lists.names.iter().map(|(name, list)| Value { key: name.into(), n_written: 0, bytes: records(list).into() }));
    let crowd = |beginning| Cow::Owned(format!("{beginning}{CROWD_MARK}"));
    values.extend(lists.crowds.iter().map(|(beginning, list)| Value { key: crowd(beginning), n_written: 0, bytes: list.into() }));
    values.sort_by(|a, b| a.key.cmp(&b.key));
    values.dedup_by(|other, kept| {
        let is_same = other.key == kept.key;
        if is_same {
            kept.n_written += other.n_written;
        }
        is_same
    });
    cut(&values, size).into_iter().map(|shard| Shard { begin: shard.begin, content: bytes(&values[shard.content]) }).collect()
}

/// The shards that phrases and exclusions are looked up in: where each word stands, complete.
pub fn of_places(lists: &Arc<Lists>, size: Size) -> Vec<Shard<Places>> {
    let value = |index| Value { key: lists.places.key(index).into(), n_written: 0, bytes: lists.places.value(index).into() };
    let values: Vec<Value<'_>> = (0..lists.places.len()).map(value).collect();
    let places = |keys| Places { lists: lists.clone(), keys };
    cut(&values, size).into_iter().map(|shard| Shard { begin: shard.begin, content: places(shard.content) }).collect()
}

impl Places {
    /// All that its bytes are made of.
    pub fn parts(&self) -> impl Iterator<Item = &[u8]> {
        self.keys.clone().flat_map(|index| [self.lists.places.key(index).as_bytes(), self.lists.places.value(index)])
    }

    /// Its bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let table = &self.lists.places;
        let value = |index| Value { key: table.key(index).into(), n_written: 0, bytes: places::to_bytes(table.value(index)).into() };
        bytes(&self.keys.clone().map(value).collect::<Vec<_>>())
    }
}

/// The bytes of a list of records.
fn records(list: &[u8]) -> Vec<u8> {
    let records: Vec<u32> = list::items(list).map(|item| item.record).collect();
    let mut bytes = Vec::new();
    numbers::push_ascending(&mut bytes, &records);
    bytes
}

/// Cuts values, which are in the order of their keys, into shards, each of a row of them.
fn cut(values: &[Value<'_>], size: Size) -> Vec<Shard<Range<usize>>> {
    let total: usize = values.iter().map(Value::n_bytes).sum();
    let shard_bytes = size.bytes.max(total / size.n_max);
    let mut shards = Vec::with_capacity(total / shard_bytes.max(1) + 1);
    let mut begin = 0;
    while begin < values.len() {
        let end = begin + end_of_first(&values[begin..], shard_bytes);
        let last = begin.checked_sub(1).map_or("", |before| &values[before].key);
        shards.push(Shard { begin: begin_after(&values[begin].key, last).to_owned(), content: begin..end });
        begin = end;
    }
    shards
}

/// How many of `values` the first shard has: from half of `shard_bytes` to half as much again. Between those, it ends where the
/// next key has least in common with the last one, so that a word and its stem, and the words with one beginning, are loaded
/// together, and the directory needs few letters to tell where shards begin.
fn end_of_first(values: &[Value<'_>], shard_bytes: usize) -> usize {
    let (mut n_bytes, mut best) = (values[0].n_bytes(), None);
    for (end, pair) in values.windows(2).enumerate().map(|(at, pair)| (at + 1, pair)) {
        if n_bytes > shard_bytes * 3 / 2 && best.is_some() {
            break;
        }
        if n_bytes >= shard_bytes / 2 {
            let rank = (n_shared(&pair[0].key, &pair[1].key), n_bytes.abs_diff(shard_bytes));
            best = best.filter(|(least, _)| *least <= rank).or(Some((rank, end)));
        }
        n_bytes += pair[1].n_bytes();
    }
    // What is left is one shard, unless it is more than one should have.
    best.filter(|_| n_bytes > shard_bytes * 3 / 2).map_or(values.len(), |(_, end)| end)
}

/// How many bytes two keys begin with alike.
fn n_shared(key: &str, other: &str) -> usize {
    key.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count()
}

/// The shortest beginning of `key` that comes after `before`.
fn begin_after<'a>(key: &'a str, before: &str) -> &'a str {
    let n_shared = key.chars().zip(before.chars()).take_while(|(a, b)| a == b).count();
    key.char_indices().nth(n_shared + 1).map_or(key, |(end, _)| &key[..end])
}

/// The bytes of a shard of some values.
fn bytes(values: &[Value<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    numbers::push(&mut bytes, values.len() as u32);
    let mut before = "";
    for value in values {
        let key: &str = &value.key;
        let n_shared = n_shared(key, before);
        numbers::push(&mut bytes, n_shared as u32);
        numbers::push(&mut bytes, (key.len() - n_shared) as u32);
        bytes.extend_from_slice(&key.as_bytes()[n_shared..]);
        numbers::push(&mut bytes, value.n_written);
        numbers::push(&mut bytes, value.bytes.len() as u32);
        before = key;
    }
    for value in values {
        bytes.extend_from_slice(&value.bytes);
    }
    bytes
}
