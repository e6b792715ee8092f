//! What a typed word may stand for: itself, what begins with it, what it may have been meant as.
//!
//! Twin of `themes/default/assets/search/spelling.js`.

use std::collections::HashMap;
use std::sync::Arc;

use crate::index::analysis::{self, TokenKind};
use crate::index::corpus::{Corpus, Postings};
use crate::index::native::IndexError;
use crate::index::pairs;
use crate::index::query::Query;
use crate::index::rank::{Group, Spelling};
use crate::index::stem::Language;

/// Words that a beginning can stand for: the most frequent.
pub const COMPLETIONS_MAX: usize = 16;
/// Words with one beginning from which on they are indexed together, as one term: a browser would have to load too many
/// parts of the index for them.
pub const CROWD: usize = 40;
/// Records that such a term finds.
pub const CROWD_RECORDS_MAX: usize = 150;
/// Words that a misspelt one can stand for: the most frequent.
const CORRECTIONS_MAX: usize = 4;
/// Letters of the shortest beginning that words are completed from.
pub const BEGINNING_MIN: usize = 2;
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
    pub corpus: &'a Corpus,
    /// Of the handbook.
    pub language: Language,
    /// Words and phrases that mean the same, by group.
    pub synonyms: &'a [Vec<String>],
}

impl Vocabulary<'_> {
    /// The words of a query, each with its spellings.
    pub fn groups(&self, query: &Query) -> Result<Vec<Group>, IndexError> {
        let text = query.ranked_text();
        let tokens = analysis::tokens(&text);
        let last_word = tokens.iter().rposition(|token| token.kind == TokenKind::Word);
        let mut groups = Vec::with_capacity(tokens.len());
        for (number, token) in tokens.iter().enumerate() {
            let is_word = token.kind == TokenKind::Word;
            let spellings = if is_word {
                self.spellings(&token.term, query.is_last_word_open && Some(number) == last_word)?
            } else {
                vec![self.spelling(&token.term, 1.0)?]
            };
            groups.push(Group { spellings, is_word });
        }
        for pair in pairs(&text) {
            let spelling = self.spelling(&pair, PAIR_WEIGHT)?;
            if spelling.postings.n_records > 0 {
                groups.push(Group { spellings: vec![spelling], is_word: false });
            }
        }
        Ok(groups)
    }

    fn spellings(&self, word: &str, is_open: bool) -> Result<Vec<Spelling>, IndexError> {
        let mut terms = Terms::default();
        terms.add(self.stem(word), 1.0);
        let is_known = self.frequency(word)? > 0;
        let weight = if is_known { COMPLETION_OF_KNOWN_WEIGHT } else { COMPLETION_WEIGHT };
        let (mut crowd, mut is_completed) = (None, false);
        if is_open && word.chars().count() >= BEGINNING_MIN {
            let beginning = self.beginning(word)?;
            is_completed = !beginning.words.is_empty();
            if beginning.is_crowd {
                crowd = Some(Spelling { term: format!("{word}…"), weight, postings: Arc::new(self.crowd(word, &beginning.words)?) });
            } else {
                for longer in &beginning.words {
                    terms.add(self.stem(longer), weight * share(word, longer));
                }
            }
        }
        for synonym in self.synonyms_of(word) {
            terms.add(self.stem(&synonym), SYNONYM_WEIGHT);
        }
        if !is_known && !is_completed {
            for meant in self.corrections(word)? {
                terms.add(self.stem(&meant), CORRECTION_WEIGHT);
            }
        }
        let mut spellings = Vec::with_capacity(terms.weights.len() + 1);
        for (term, weight) in terms.weights {
            spellings.push(self.spelling(&term, weight)?);
        }
        spellings.extend(crowd);
        Ok(spellings)
    }

    fn spelling(&self, term: &str, weight: f64) -> Result<Spelling, IndexError> {
        Ok(Spelling { term: term.to_owned(), weight, postings: Arc::new(self.postings(term)?) })
    }

    fn postings(&self, term: &str) -> Result<Postings, IndexError> {
        self.corpus.postings(&self.corpus.find(term)?)
    }

    fn stem(&self, word: &str) -> String {
        self.language.stem(word).into_owned()
    }

    fn frequency(&self, word: &str) -> Result<u32, IndexError> {
        self.corpus.segments().iter().map(|segment| segment.word_frequency(word)).sum()
    }

    /// The words that begin with `typed`, itself aside.
    fn beginning(&self, typed: &str) -> Result<Beginning, IndexError> {
        let mut counts: HashMap<String, u32> = HashMap::new();
        for segment in self.corpus.segments() {
            segment.words(typed, |word, count| *counts.entry(word.to_owned()).or_default() += count)?;
        }
        counts.remove(typed);
        Ok(Beginning { is_crowd: counts.len() > CROWD, words: most_frequent(counts.into_iter().collect(), COMPLETIONS_MAX) })
    }

    /// What the most frequent words with one beginning find together.
    fn crowd(&self, typed: &str, words: &[String]) -> Result<Postings, IndexError> {
        let lists = self.crowd_terms(typed, words).into_iter().map(|(term, weight)| Ok((weight, Arc::new(self.postings(&term)?))));
        Ok(Postings::merged(&lists.collect::<Result<Vec<_>, IndexError>>()?, CROWD_RECORDS_MAX))
    }

    /// The terms of the most frequent words with one beginning, each with its weight.
    pub fn crowd_terms(&self, typed: &str, words: &[String]) -> Vec<(String, f64)> {
        let mut terms = Terms::default();
        for longer in words {
            terms.add(self.stem(longer), share(typed, longer));
        }
        terms.weights
    }

    /// Single words that the team has declared to mean the same.
    fn synonyms_of(&self, word: &str) -> Vec<String> {
        let groups = self.folded_synonyms().into_iter().filter(|group| group.iter().any(|other| other == word));
        groups.flatten().filter(|other| *other != word && !other.contains(' ')).collect()
    }

    /// The synonyms as words of the index are written.
    pub fn folded_synonyms(&self) -> Vec<Vec<String>> {
        self.synonyms.iter().map(|group| group.iter().map(|word| analysis::fold(word)).collect()).collect()
    }

    /// The words that `typed`, which nobody writes so, may have been meant as: one slip away, or two for long words.
    /// They begin with its first letter; only if there are none, with its second, since two may be swapped or one added.
    fn corrections(&self, typed: &str) -> Result<Vec<String>, IndexError> {
        let letters: Vec<char> = typed.chars().collect();
        if letters.len() < 4 || !is_correctable(typed) {
            return Ok(Vec::new());
        }
        let allowed = if letters.len() >= 8 { 2 } else { 1 };
        for first in &letters[..2] {
            let mut near: HashMap<String, (usize, u32)> = HashMap::new();
            for segment in self.corpus.segments() {
                segment.words(&first.to_string(), |word, count| {
                    let is_near = word.len().abs_diff(typed.len()) <= allowed * 4 && is_correctable(word);
                    let distance = if is_near { strsim::osa_distance(typed, word) } else { usize::MAX };
                    if distance <= allowed {
                        near.entry(word.to_owned()).or_insert((distance, 0)).1 += count;
                    }
                })?;
            }
            if let Some(least) = near.values().map(|(distance, _)| *distance).min() {
                let nearest = near.into_iter().filter(|(_, (distance, _))| *distance == least);
                return Ok(most_frequent(nearest.map(|(word, (_, count))| (word, count)).collect(), CORRECTIONS_MAX));
            }
        }
        Ok(Vec::new())
    }
}

/// What begins with a typed word.
struct Beginning {
    is_crowd: bool,
    words: Vec<String>,
}

/// Terms with their weights; of two that are the same, the larger weight counts.
#[derive(Default)]
struct Terms {
    weights: Vec<(String, f64)>,
}

impl Terms {
    fn add(&mut self, term: String, weight: f64) {
        match self.weights.iter_mut().find(|(known, _)| *known == term) {
            Some((_, known)) => *known = known.max(weight),
            None => self.weights.push((term, weight)),
        }
    }
}

/// A beginning counts the more, the more of the word is there.
fn share(typed: &str, longer: &str) -> f64 {
    (typed.chars().count() as f64 / longer.chars().count() as f64).sqrt().sqrt()
}

/// Only words of letters are taken for misspelt, or for meant.
pub fn is_correctable(word: &str) -> bool {
    word.chars().all(char::is_alphabetic)
}

/// The most frequent words, ordered by frequency and alphabet.
pub fn most_frequent(mut words: Vec<(String, u32)>, limit: usize) -> Vec<String> {
    words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words.truncate(limit);
    words.into_iter().map(|(word, _)| word).collect()
}
