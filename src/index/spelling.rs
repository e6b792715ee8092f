//! What a typed word may stand for: itself, what begins with it, what it may have been meant as.
//!
//! Twin of `themes/default/assets/search/spelling.js`.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::index::analysis::{self, TokenKind};
use crate::index::completion::{BEGINNING_MIN, COMPLETIONS_MAX, Terms, most_frequent, share};
use crate::index::dictionary::Dictionary;
use crate::index::lists::Lists;
use crate::index::pairs;
use crate::index::query::Query;
use crate::index::rank::{Group, Spelling};

/// Words that a misspelt one can stand for: the most frequent.
const CORRECTIONS_MAX: usize = 4;
/// Letters of the shortest word that a misspelt one can be meant as.
const MEANT_CHARS_MIN: usize = 3;
/// Of a query that finds nothing: so many words, each with so many that are so many letters away.
const NEAREST_WORDS: usize = 4;
const NEAREST_OF_WORD: usize = 3;
const NEAREST_AWAY: usize = 3;
const COMPLETION_WEIGHT: f64 = 0.9;
/// The word as typed exists: what begins with it counts less.
const COMPLETION_OF_KNOWN_WEIGHT: f64 = 0.4;
const SYNONYM_WEIGHT: f64 = 0.8;
const CORRECTION_WEIGHT: f64 = 0.85;
/// Two words side by side in code, beside the words themselves.
const PAIR_WEIGHT: f64 = 0.25;

/// All words that are written somewhere, and the postings of their stems.
pub struct Vocabulary<'a> {
    /// The index.
    pub lists: &'a Lists,
    /// Of the handbook.
    pub dictionary: &'a Dictionary,
}

impl Vocabulary<'_> {
    /// The words of a query, each with its spellings.
    pub fn groups(&self, query: &Query) -> Vec<Group> {
        let text = query.ranked_text();
        let tokens = analysis::tokens(&text);
        let last_word = tokens.iter().rposition(|token| token.kind == TokenKind::Word);
        let words = tokens.iter().filter(|token| token.kind == TokenKind::Word);
        let stems: Vec<Vec<String>> = words.map(|token| self.stems(&token.term)).collect();
        let mut synonyms = self.dictionary.synonyms_of(&stems).into_iter();
        let mut groups = Vec::with_capacity(tokens.len());
        for (number, token) in tokens.iter().enumerate() {
            let is_word = token.kind == TokenKind::Word;
            let spellings = if is_word {
                let is_open = query.is_last_word_open && Some(number) == last_word;
                self.spellings(&token.term, is_open, synonyms.next().unwrap_or_default())
            } else {
                self.spellings_of_whole(&token.term)
            };
            groups.push(Group { spellings, is_word });
        }
        for pair in pairs(&text) {
            let spelling = self.spelling(&pair, PAIR_WEIGHT);
            if spelling.postings.n_records > 0 {
                groups.push(Group { spellings: vec![spelling], is_word: false });
            }
        }
        groups
    }

    fn spellings(&self, word: &str, is_open: bool, synonyms: Vec<String>) -> Vec<Spelling> {
        let mut terms = Terms::default();
        let is_known = self.lists.frequency(word) > 0;
        if is_known {
            self.stems(word).into_iter().for_each(|stem| terms.add(stem, 1.0));
        } else {
            terms.add(word.to_owned(), 1.0);
        }
        let weight = if is_known { COMPLETION_OF_KNOWN_WEIGHT } else { COMPLETION_WEIGHT };
        let (mut crowd, mut is_completed) = (None, false);
        if is_open && word.chars().count() >= BEGINNING_MIN {
            if let Some(postings) = self.lists.crowd(word) {
                crowd = Some(Spelling { term: format!("{word}…"), weight, postings: Arc::new(postings) });
            } else {
                let longer = self.lists.words(word).filter(|(longer, _)| *longer != word).collect();
                for longer in most_frequent(longer, COMPLETIONS_MAX) {
                    is_completed = true;
                    self.stems(longer).into_iter().for_each(|stem| terms.add(stem, weight * share(word, longer)));
                }
            }
            is_completed |= crowd.is_some();
        }
        // A stem of what is still typed is hardly ever meant, and a browser has no stemmer before it needs one.
        if !is_known && !is_completed {
            terms.add(self.dictionary.language.stem_of_typed(word).into_owned(), 1.0);
            for meant in self.corrections(word) {
                self.stems(&meant).into_iter().for_each(|stem| terms.add(stem, CORRECTION_WEIGHT));
            }
        }
        synonyms.into_iter().for_each(|synonym| terms.add(synonym, SYNONYM_WEIGHT));
        let mut spellings = Vec::with_capacity(terms.weights.len() + 1);
        for (term, weight) in terms.weights {
            spellings.push(self.spelling(&term, weight));
        }
        spellings.extend(crowd);
        spellings
    }

    fn spellings_of_whole(&self, whole: &str) -> Vec<Spelling> {
        let synonyms = self.dictionary.synonyms_of(&[vec![whole.to_owned()]]).concat();
        let synonyms = synonyms.iter().map(|synonym| self.spelling(synonym, SYNONYM_WEIGHT));
        std::iter::once(self.spelling(whole, 1.0)).chain(synonyms).collect()
    }

    fn spelling(&self, term: &str, weight: f64) -> Spelling {
        Spelling { term: term.to_owned(), weight, postings: Arc::new(self.lists.postings(term)) }
    }

    /// What a word is indexed as: where it is written, that is said there.
    pub fn stems(&self, word: &str) -> Vec<String> {
        let stems = self.lists.stems(word);
        if stems.is_empty() { vec![self.dictionary.language.stem_of_typed(word).into_owned()] } else { stems }
    }

    /// Words that the unknown ones of a query are nearest to, however far that is: for a query that found nothing.
    pub fn nearest_words(&self, query: &Query) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        let tokens = analysis::tokens(&query.words.join(" "));
        for token in tokens.iter().filter(|token| token.kind == TokenKind::Word).take(NEAREST_WORDS) {
            let word = &token.term;
            let n_letters = word.chars().count();
            if n_letters < 3 || self.lists.frequency(word) > 0 {
                continue;
            }
            let first: String = word.chars().take(1).collect();
            let known = self.lists.words(&first).filter(|(other, _)| is_meant(other));
            let away = known.map(|(other, count)| (strsim::osa_distance(word, other), Reverse(count), other));
            let mut near: Vec<_> = away.filter(|(away, ..)| *away <= NEAREST_AWAY && away + 1 < n_letters).collect();
            near.sort_unstable();
            for (_, _, other) in near.into_iter().take(NEAREST_OF_WORD) {
                if !found.iter().any(|known| known == other) {
                    found.push(other.to_owned());
                }
            }
        }
        found
    }

    /// The words that `typed`, which nobody writes so, may have been meant as: one slip away, or two for long words.
    /// They begin with its first letter; only if there are none, with its second, since two may be swapped or one added.
    fn corrections(&self, typed: &str) -> Vec<String> {
        let letters: Vec<char> = typed.chars().collect();
        if letters.len() < 4 || !is_correctable(typed) {
            return Vec::new();
        }
        let allowed = if letters.len() >= 8 { 2 } else { 1 };
        for first in &letters[..2] {
            let mut near: Vec<(usize, &str, u32)> = Vec::new();
            let first = first.to_string();
            for (word, count) in self.lists.words(&first) {
                let is_near = word.len().abs_diff(typed.len()) <= allowed * 4 && is_correctable(word);
                let distance = if is_near { strsim::osa_distance(typed, word) } else { usize::MAX };
                if distance <= allowed {
                    near.push((distance, word, count));
                }
            }
            if let Some(least) = near.iter().map(|(distance, ..)| *distance).min() {
                let nearest = near.into_iter().filter(|(distance, ..)| *distance == least).map(|(_, word, count)| (word, count));
                return most_frequent(nearest.collect(), CORRECTIONS_MAX).into_iter().map(str::to_owned).collect();
            }
        }
        Vec::new()
    }
}

/// Whether a misspelt word may be meant as `word`, as far as its letters tell.
pub fn is_meant(word: &str) -> bool {
    is_correctable(word) && word.chars().count() >= MEANT_CHARS_MIN
}

/// Only words of letters are taken for misspelt, or for meant.
fn is_correctable(word: &str) -> bool {
    word.chars().all(char::is_alphabetic)
}
