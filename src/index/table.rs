//! A table of texts, in order, each with some bytes; in four pieces of memory however many there are, so that a large one is
//! copied, written and read in no time.

use std::io::{self, Read, Write};
use std::ops::Range;

/// The table. Keys are in the order of their bytes, none is there twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    keys: String,
    key_ends: Vec<u32>,
    values: Vec<u8>,
    value_ends: Vec<u32>,
}

impl Table {
    /// An empty table with room for what is about as large as `other`.
    pub fn with_room_of(other: &Self) -> Self {
        let (n_keys, more) = (other.len() + other.len() / 32, |n_bytes: usize| n_bytes + n_bytes / 32);
        Self {
            keys: String::with_capacity(more(other.keys.len())),
            key_ends: Vec::with_capacity(n_keys),
            values: Vec::with_capacity(more(other.values.len())),
            value_ends: Vec::with_capacity(n_keys),
        }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.key_ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.key_ends.is_empty()
    }

    /// Adds a key that comes after all that are there.
    pub fn push(&mut self, key: &str, value: &[u8]) {
        debug_assert!(self.is_empty() || self.key(self.len() - 1) < key, "keys come in order");
        self.keys.push_str(key);
        self.key_ends.push(self.keys.len() as u32);
        self.values.extend_from_slice(value);
        self.value_ends.push(self.values.len() as u32);
    }

    /// Adds a row of keys of another table, with their values, that come after all that are there.
    pub fn extend(&mut self, other: &Self, places: Range<usize>) {
        let bytes = |ends: &[u32]| begin(ends, places.start)..begin(ends, places.end);
        let (keys, values) = (bytes(&other.key_ends), bytes(&other.value_ends));
        let moved = |ends: &[u32], from: usize, to: usize| -> Vec<u32> {
            ends[places.clone()].iter().map(|end| (*end as usize - from + to) as u32).collect()
        };
        self.key_ends.extend(moved(&other.key_ends, keys.start, self.keys.len()));
        self.value_ends.extend(moved(&other.value_ends, values.start, self.values.len()));
        self.keys.push_str(&other.keys[keys]);
        self.values.extend_from_slice(&other.values[values]);
    }

    /// The key at a place in the order.
    pub fn key(&self, index: usize) -> &str {
        &self.keys[begin(&self.key_ends, index)..self.key_ends[index] as usize]
    }

    /// The value at a place in the order.
    pub fn value(&self, index: usize) -> &[u8] {
        &self.values[begin(&self.value_ends, index)..self.value_ends[index] as usize]
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&[u8]> {
        let index = self.first_from(key, 0);
        (index < self.len() && self.key(index) == key).then(|| self.value(index))
    }

    /// All keys, in order, with their values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        (0..self.len()).map(|index| (self.key(index), self.value(index)))
    }

    /// The keys that begin with `prefix`, in order, with their values.
    pub fn beginning_with<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        let from = self.first_from(prefix, 0);
        (from..self.len()).map(|index| (self.key(index), self.value(index))).take_while(move |(key, _)| key.starts_with(prefix))
    }

    /// The place of the first key that does not come before `key`, which is none before `from`. Near `from`, it is found
    /// the sooner.
    pub fn first_from(&self, key: &str, from: usize) -> usize {
        let (mut low, mut step) = (from, 1);
        while low + step <= self.len() && self.key(low + step - 1) < key {
            low += step;
            step *= 2;
        }
        let mut high = self.len().min(low + step - 1);
        while low < high {
            let middle = low.midpoint(high);
            if self.key(middle) < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Writes the table, as [`Table::read`] takes it.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        write_piece(out, self.keys.as_bytes())?;
        write_piece(out, &numbers_to_bytes(&self.key_ends))?;
        write_piece(out, &self.values)?;
        write_piece(out, &numbers_to_bytes(&self.value_ends))
    }

    /// Reads a table that [`Table::write`] wrote.
    pub fn read(from: &mut impl Read) -> io::Result<Self> {
        let keys = String::from_utf8(read_piece(from)?).map_err(|_| damaged())?;
        let key_ends = numbers_from_bytes(&read_piece(from)?);
        let values = read_piece(from)?;
        let value_ends = numbers_from_bytes(&read_piece(from)?);
        let is_key_end = |end: &u32| keys.is_char_boundary(*end as usize);
        let is_sound = key_ends.len() == value_ends.len() && key_ends.iter().all(is_key_end);
        if is_sound && cuts(&key_ends, keys.len()) && cuts(&value_ends, values.len()) {
            Ok(Self { keys, key_ends, values, value_ends })
        } else {
            Err(damaged())
        }
    }
}

/// Whether `ends` cut something of `length` bytes into pieces, without a rest.
fn cuts(ends: &[u32], length: usize) -> bool {
    ends.is_sorted() && ends.last().map_or(0, |end| *end as usize) == length
}

fn begin(ends: &[u32], index: usize) -> usize {
    index.checked_sub(1).map_or(0, |before| ends[before] as usize)
}

/// Bytes for which there is room before it is known that they are there.
const EXPECTED_BYTES: u64 = 64 << 20;

/// Writes the length of some bytes, and the bytes.
pub fn write_piece(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(&(bytes.len() as u64).to_le_bytes())?;
    out.write_all(bytes)
}

/// Reads what [`write_piece`] wrote.
pub fn read_piece(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    // A wrong length must not take all memory: no more is taken than there is.
    let mut bytes = Vec::with_capacity(length.min(EXPECTED_BYTES) as usize);
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(damaged()) }
}

/// Numbers as bytes, four for each.
pub fn numbers_to_bytes(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// The numbers of [`numbers_to_bytes`].
pub fn numbers_from_bytes(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect()
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "this file is damaged")
}
