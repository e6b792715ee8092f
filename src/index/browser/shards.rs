//! The index by term, cut into files: a reader loads those that the words of a query fall in.
//!
//! ```text
//! shard = n_keys key* value*
//! key   = (bytes shared with the key before) n (n further bytes) (documents that have it as a written word) (bytes of its value)
//! ```
//!
//! Keys are UTF-8, in the order of their bytes. A key with a value is a stem, a whole, a pair of words of code (`cargo build`),
//! the name of a record (its words, each with a U+0001 after it) or a crowded beginning (with a U+0002 after it); one without is
//! a word as it is written, whose stem has another key. All values are postings, but those of names, which are records. Numbers
//! are those of [`super::postings`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::index::browser::postings::{self, number};
use crate::index::corpus::{Corpus, Holding, Postings};
use crate::index::native::IndexError;
use crate::index::spelling::{BEGINNING_MIN, COMPLETIONS_MAX, CROWD, CROWD_RECORDS_MAX, Vocabulary, most_frequent};

/// Written after a beginning that many words have.
pub const CROWD_MARK: char = '\u{2}';

/// A key with what the index holds of it.
#[derive(Default)]
struct Value {
    n_written: u32,
    bytes: Vec<u8>,
}

/// How large shards are.
#[derive(Clone, Copy)]
pub struct Size {
    /// About how many bytes each has, before it is deflated.
    pub bytes: usize,
    /// How many there may be: beyond, they are larger.
    pub n_max: usize,
}

/// All terms of the index: see [`Corpus::terms`].
pub type Terms = BTreeMap<String, Vec<Holding>>;

/// What a file holds.
pub struct Shard {
    /// Its first key.
    pub first: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// The words of the handbook as they are written, with the number of documents that have them, in the order of their bytes.
pub fn words(corpus: &Corpus) -> Result<BTreeMap<String, u32>, IndexError> {
    let mut words: BTreeMap<String, u32> = BTreeMap::new();
    for segment in corpus.segments() {
        segment.words("", |word, count| *words.entry(word.to_owned()).or_default() += count)?;
    }
    Ok(words)
}

/// The shards that ranking reads.
pub fn of_terms(vocabulary: &Vocabulary<'_>, terms: &Terms, words: &BTreeMap<String, u32>, size: Size) -> Result<Vec<Shard>, IndexError> {
    let corpus = vocabulary.corpus;
    let mut values: BTreeMap<String, Value> = BTreeMap::new();
    for (word, count) in words {
        values.entry(word.clone()).or_default().n_written = *count;
    }
    let encode = |(term, holdings): (&String, &Vec<Holding>)| Ok((postings::postings(corpus, &corpus.postings(holdings)?), term.clone()));
    for (bytes, term) in terms.par_iter().map(encode).collect::<Result<Vec<_>, IndexError>>()? {
        values.entry(term).or_default().bytes = bytes;
    }
    let mut names = Vec::new();
    for segment in corpus.segments() {
        segment.names(|name| names.push(name.to_owned()))?;
    }
    for name in names {
        let bytes = postings::records(&corpus.named(&name)?);
        values.entry(name).or_default().bytes = bytes;
    }
    for (mut beginning, crowd) in crowd_postings(vocabulary, terms, words)? {
        beginning.push(CROWD_MARK);
        values.entry(beginning).or_default().bytes = postings::postings(corpus, &crowd);
    }
    Ok(cut(values, size))
}

/// The shards that phrases and exclusions are looked up in: where each word stands, complete.
pub fn of_places(corpus: &Corpus, terms: &Terms, size: Size) -> Result<Vec<Shard>, IndexError> {
    let encode = |(term, holdings): (&String, &Vec<Holding>)| {
        let bytes = postings::places(&corpus.places(holdings)?);
        Ok((term.clone(), Value { n_written: 0, bytes }))
    };
    let words = terms.par_iter().filter(|(term, _)| !term.contains(' '));
    Ok(cut(words.map(encode).collect::<Result<BTreeMap<_, _>, IndexError>>()?, size))
}

/// What the words of each crowded beginning find together.
fn crowd_postings(
    vocabulary: &Vocabulary<'_>,
    terms: &Terms,
    words: &BTreeMap<String, u32>,
) -> Result<Vec<(String, Postings)>, IndexError> {
    let crowds: Vec<(String, Vec<(String, f64)>)> = crowds(words)
        .into_iter()
        .map(|(beginning, words)| {
            let terms = vocabulary.crowd_terms(&beginning, &most_frequent(words, COMPLETIONS_MAX));
            (beginning, terms)
        })
        .collect();
    // One term is in the crowd of each of its beginnings.
    let needed: BTreeSet<&str> = crowds.iter().flat_map(|(_, terms)| terms).map(|(term, _)| term.as_str()).collect();
    let lists = needed
        .into_par_iter()
        .map(|term| {
            let holdings = terms.get(term).map_or(&[][..], Vec::as_slice);
            Ok((term, Arc::new(vocabulary.corpus.postings(holdings)?)))
        })
        .collect::<Result<BTreeMap<_, _>, IndexError>>()?;
    let merged = |(beginning, terms): &(String, Vec<(String, f64)>)| {
        let lists: Vec<(f64, Arc<Postings>)> =
            terms.iter().filter_map(|(term, weight)| Some((*weight, lists.get(term.as_str())?.clone()))).collect();
        (beginning.clone(), Postings::merged(&lists, CROWD_RECORDS_MAX))
    };
    Ok(crowds.par_iter().map(merged).collect())
}

/// The beginnings that more than [`CROWD`] words have, each with these words, itself aside.
fn crowds(words: &BTreeMap<String, u32>) -> Vec<(String, Vec<(String, u32)>)> {
    let words: Vec<(&str, u32)> = words.iter().map(|(word, count)| (word.as_str(), *count)).collect();
    let mut crowds = Vec::new();
    // The beginnings of the word at hand, each with the first word that has it: all that have it stand side by side.
    let mut open: Vec<(&str, usize)> = Vec::new();
    for number in 0..=words.len() {
        let word = words.get(number).map_or("", |(word, _)| word);
        while let Some((beginning, first)) = open.pop_if(|(beginning, _)| !word.starts_with(*beginning)) {
            let longer = &words[first + usize::from(words[first].0 == beginning)..number];
            if longer.len() > CROWD {
                crowds.push((beginning.to_owned(), longer.iter().map(|(word, count)| ((*word).to_owned(), *count)).collect()));
            }
        }
        let n_open = open.last().map_or(0, |(beginning, _)| beginning.chars().count());
        let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
        open.extend(ends.skip(n_open.max(BEGINNING_MIN - 1)).map(|end| (&word[..end], number)));
    }
    crowds
}

/// Cuts a sorted table into shards.
fn cut(values: BTreeMap<String, Value>, size: Size) -> Vec<Shard> {
    let total: usize = values.iter().map(|(key, value)| key.len() + value.bytes.len()).sum();
    let shard_bytes = size.bytes.max(total / size.n_max);
    let mut shards = Vec::new();
    let mut open: Vec<(String, Value)> = Vec::new();
    let mut n_bytes = 0;
    for (key, value) in values {
        let added = key.len() + value.bytes.len();
        if !open.is_empty() && n_bytes + added / 2 > shard_bytes {
            shards.push(shard(std::mem::take(&mut open)));
            n_bytes = 0;
        }
        n_bytes += added;
        open.push((key, value));
    }
    if !open.is_empty() {
        shards.push(shard(open));
    }
    shards
}

fn shard(entries: Vec<(String, Value)>) -> Shard {
    let mut bytes = Vec::new();
    number(&mut bytes, entries.len() as u32);
    let mut before: &[u8] = &[];
    for (key, value) in &entries {
        let n_shared = key.bytes().zip(before).take_while(|(a, b)| a == *b).count();
        number(&mut bytes, n_shared as u32);
        number(&mut bytes, (key.len() - n_shared) as u32);
        bytes.extend_from_slice(&key.as_bytes()[n_shared..]);
        number(&mut bytes, value.n_written);
        number(&mut bytes, value.bytes.len() as u32);
        before = key.as_bytes();
    }
    for (_, value) in &entries {
        bytes.extend_from_slice(&value.bytes);
    }
    Shard { first: entries[0].0.clone(), bytes }
}
