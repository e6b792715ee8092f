//! Words that begin alike: which of them a beginning stands for, and what those find together.
//!
//! Beginnings that very many words have are *crowded*: what they find is put together once, since a browser would have to
//! load too many parts of the index for it.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::index::numbers::Reader;
use crate::index::postings::Postings;
use crate::index::stem::Language;
use crate::index::table::Table;
use crate::index::written;

/// Words that a beginning can stand for: the most frequent.
pub const COMPLETIONS_MAX: usize = 16;
/// Words with one beginning from which on it is crowded.
pub const CROWD: usize = 40;
/// Letters of the shortest beginning that words are completed from.
pub const BEGINNING_MIN: usize = 2;
/// Records that a crowded beginning finds.
const CROWD_RECORDS_MAX: usize = 150;

/// Terms with their weights; of two that are the same, the larger weight counts.
#[derive(Default)]
pub struct Terms {
    /// In the order in which they were added.
    pub weights: Vec<(String, f64)>,
}

impl Terms {
    /// Adds a term.
    pub fn add(&mut self, term: String, weight: f64) {
        match self.weights.iter_mut().find(|(known, _)| *known == term) {
            Some((_, known)) => *known = known.max(weight),
            None => self.weights.push((term, weight)),
        }
    }
}

/// A beginning counts the more, the more of the word is there.
pub fn share(typed: &str, longer: &str) -> f64 {
    (typed.chars().count() as f64 / longer.chars().count() as f64).sqrt().sqrt()
}

/// The most frequent words, ordered by frequency and alphabet.
pub fn most_frequent(mut words: Vec<(&str, u32)>, limit: usize) -> Vec<&str> {
    let order = |a: &(&str, u32), b: &(&str, u32)| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0));
    if words.len() > limit {
        words.select_nth_unstable_by(limit, order);
        words.truncate(limit);
    }
    words.sort_by(order);
    words.into_iter().map(|(word, _)| word).collect()
}

/// How many documents have a word, by its value in the table of words.
pub fn frequency(value: &[u8]) -> u32 {
    Reader::new(value).number()
}

/// What an earlier table of crowds was made of, as far as it is not as it was.
pub struct Changes<'a> {
    /// The earlier table.
    pub known: &'a Table,
    /// Words that came, went, or are in more or fewer documents.
    pub words: HashSet<&'a str>,
    /// Terms whose postings are others.
    pub terms: HashSet<&'a str>,
}

/// A crowded beginning.
struct Crowd<'a> {
    beginning: &'a str,
    /// Of its most frequent words; nothing, if what they find is what it was.
    terms: Option<Terms>,
}

/// What the most frequent words of each crowded beginning find together, by beginning: postings. `words` has the number of
/// documents of each word as it is written, `best` the postings of each term.
pub fn crowds(words: &Table, best: &Table, language: Language, changes: &Changes<'_>) -> Table {
    let changed: HashSet<&str> = changes.words.iter().flat_map(|key| beginnings(written::word(key))).collect();
    let crowd = |(beginning, range): (_, Range<usize>)| {
        let terms = crowd_terms(words, beginning, range, language);
        let is_known = !changed.contains(beginning)
            && changes.known.get(beginning).is_some()
            && !terms.weights.iter().any(|(term, _)| changes.terms.contains(term.as_str()));
        Crowd { beginning, terms: (!is_known).then_some(terms) }
    };
    let mut crowds: Vec<Crowd<'_>> = crowded(words).into_par_iter().map(crowd).collect();
    crowds.sort_unstable_by_key(|crowd| crowd.beginning);
    // One term is in the crowd of each of its beginnings.
    let needed: BTreeSet<&str> =
        crowds.iter().filter_map(|crowd| crowd.terms.as_ref()).flat_map(|terms| &terms.weights).map(|(term, _)| term.as_str()).collect();
    let needed: Vec<&str> = needed.into_iter().collect();
    let lists: Vec<Option<Arc<Postings>>> =
        needed.par_iter().map(|term| best.get(term).map(|bytes| Arc::new(Postings::from_bytes(bytes)))).collect();
    let list_of = |term: &str| needed.binary_search(&term).ok().and_then(|at| lists[at].clone());
    let merged = |crowd: &Crowd<'_>| {
        let weights = &crowd.terms.as_ref()?.weights;
        let lists: Vec<_> = weights.iter().filter_map(|(term, weight)| Some((*weight, list_of(term)?))).collect();
        Some(Postings::merged(&lists, CROWD_RECORDS_MAX).to_bytes())
    };
    let made: Vec<Option<Vec<u8>>> = crowds.par_iter().map(merged).collect();
    let mut table = Table::default();
    for (crowd, made) in crowds.iter().zip(&made) {
        let postings = made.as_deref().or_else(|| changes.known.get(crowd.beginning));
        table.push(crowd.beginning, postings.unwrap_or_default());
    }
    table
}

/// The terms of the most frequent words of a range that begin with `beginning`, each with its weight.
fn crowd_terms(words: &Table, beginning: &str, range: Range<usize>, language: Language) -> Terms {
    let counted = range.map(|index| (words.key(index), frequency(words.value(index)))).collect();
    let mut terms = Terms::default();
    for longer in most_frequent(counted, COMPLETIONS_MAX) {
        terms.add(language.stem_of_written(longer).into_owned(), share(beginning, written::word(longer)));
    }
    terms
}

/// The beginnings that more than [`CROWD`] words have, each with these words, itself aside.
fn crowded(words: &Table) -> Vec<(&str, Range<usize>)> {
    let mut crowds = Vec::new();
    // The beginnings of the word at hand, each with the first word that has it: all that have it stand side by side.
    let mut open: Vec<(&str, usize)> = Vec::new();
    for number in 0..=words.len() {
        let word = if number < words.len() { written::word(words.key(number)) } else { "" };
        while let Some((beginning, first)) = open.pop_if(|(beginning, _)| !word.starts_with(*beginning)) {
            let n_itself = (first..number).take_while(|index| written::word(words.key(*index)) == beginning).count();
            let longer = first + n_itself..number;
            if longer.len() > CROWD {
                crowds.push((beginning, longer));
            }
        }
        let n_open = open.last().map_or(0, |(beginning, _)| beginning.chars().count());
        open.extend(beginnings(word).filter(|beginning| beginning.chars().count() > n_open).map(|beginning| (beginning, number)));
    }
    crowds
}

/// What a word begins with, itself the last.
fn beginnings(word: &str) -> impl Iterator<Item = &str> {
    word.char_indices().map(|(at, c)| &word[..at + c.len_utf8()]).skip(BEGINNING_MIN - 1)
}
