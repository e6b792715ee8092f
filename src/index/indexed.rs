//! What texts are put in the index as: their words as stems, and their words as they are written, from one reading of a text.
//!
//! ```text
//! row   = token*
//! token = term "\n"                  at the position behind the last token's, the first one at 0
//!       | term "\t" position "\n"    at another
//! ```
//!
//! No term has a tab or a line break, since [`analysis`] takes both for space.

use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;

use crate::index::analysis::{self, TokenKind};
use crate::index::dictionary::{self, Dictionary};
use crate::index::stem::Language;
use crate::index::written;

/// Words of which it is kept in memory what they are indexed as.
const WORDS_MAX: usize = 100_000;

/// Reads texts, and remembers the words that came before: most words come again.
pub struct Reader {
    language: Language,
    /// Stems in a row that are a term beside.
    phrases: Vec<Vec<String>>,
    known: Words,
    /// The number of documents that were begun.
    n_documents: usize,
}

/// What words are indexed as.
#[derive(Default)]
struct Words {
    /// By word: the place of its forms.
    places: HashMap<String, usize>,
    forms: Vec<Forms>,
}

/// What a word is indexed as.
struct Forms {
    stem: String,
    /// With its stem, where the language asks for that: see [`written::key`].
    written: String,
    /// The last document in which it was written.
    written_in: usize,
}

/// A row of tokens, and the words of its text that were not written in its document before.
#[derive(Default)]
pub struct Rows {
    /// As stems, at their positions.
    pub stems: String,
    /// As they are written, in no order that says anything.
    pub written: String,
}

/// Appends tokens to a row.
struct Row<'a> {
    row: &'a mut String,
    next: u32,
}

impl Reader {
    /// Reads for handbooks with this dictionary.
    pub fn new(dictionary: &Dictionary) -> Self {
        Self { language: dictionary.language, phrases: dictionary.phrases(), known: Words::default(), n_documents: 0 }
    }

    /// Forgets which words are written already.
    pub fn begin_document(&mut self) {
        self.n_documents += 1;
    }

    /// Reads a text of the document that was begun.
    pub fn read(&mut self, text: &str) -> Rows {
        let mut rows = Rows { stems: String::with_capacity(text.len()), written: String::new() };
        let mut row = Row { row: &mut rows.stems, next: 0 };
        // Where the stems of words stand in the row, and their positions, if phrases ask for them.
        let mut words: Vec<(Range<usize>, u32)> = Vec::new();
        analysis::for_each_token(text, |token| {
            if token.kind == TokenKind::Whole {
                row.push(token.term, token.position);
                return push_line(&mut rows.written, token.term);
            }
            // Letters that a term has lost may give it another stem.
            let source = &text[token.start..token.end];
            let known_by = if self.language.needs_source() { source } else { token.term };
            let forms = self.known.forms(known_by, || forms_of(self.language, token.term, source));
            let stem = row.push(&forms.stem, token.position);
            if forms.written_in != self.n_documents {
                forms.written_in = self.n_documents;
                push_line(&mut rows.written, &forms.written);
            }
            if !self.phrases.is_empty() {
                words.push((stem, token.position));
                row.push_phrases(&self.phrases, &words);
            }
        });
        rows
    }
}

impl Words {
    /// What a word is indexed as; `make` tells of a new one. All are forgotten where there are too many.
    fn forms(&mut self, word: &str, make: impl FnOnce() -> Forms) -> &mut Forms {
        let place = match self.places.get(word) {
            Some(place) => *place,
            None => {
                if self.forms.len() == WORDS_MAX {
                    *self = Self::default();
                }
                self.forms.push(make());
                self.places.insert(word.to_owned(), self.forms.len() - 1);
                self.forms.len() - 1
            }
        };
        &mut self.forms[place]
    }
}

fn forms_of(language: Language, term: &str, source: &str) -> Forms {
    let stem = language.stem(term, source).into_owned();
    let written = if language.has_classes() { written::key(term, &stem) } else { term.to_owned() };
    Forms { stem, written, written_in: 0 }
}

impl Row<'_> {
    /// Adds a term, and tells where it stands.
    fn push(&mut self, term: &str, position: u32) -> Range<usize> {
        let start = self.row.len();
        self.row.push_str(term);
        let end = self.row.len();
        if position != self.next {
            write!(self.row, "\t{position}").unwrap_or_else(|_| unreachable!("a string takes what is written"));
        }
        self.row.push('\n');
        self.next = position + 1;
        start..end
    }

    /// Adds the phrases that the last of some words ends, as wholes: at the position of their first word.
    fn push_phrases(&mut self, phrases: &[Vec<String>], words: &[(Range<usize>, u32)]) {
        for phrase in phrases {
            let Some(begin) = words.len().checked_sub(phrase.len()) else { continue };
            let words = &words[begin..];
            if words.iter().zip(phrase).all(|((word, _), stem)| self.row[word.clone()] == **stem) {
                self.push(&dictionary::term(phrase), words[0].1);
            }
        }
    }
}

/// A row of these terms, one behind the other.
pub fn row(terms: &[String]) -> String {
    let mut row = String::new();
    terms.iter().for_each(|term| push_line(&mut row, term));
    row
}

fn push_line(lines: &mut String, line: &str) {
    lines.push_str(line);
    lines.push('\n');
}

/// The terms of a row, each with its position.
pub struct Tokens<'a> {
    rest: &'a str,
    next: u32,
}

impl<'a> Tokens<'a> {
    /// Of this row.
    pub fn of(row: &'a str) -> Self {
        Self { rest: row, next: 0 }
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = (&'a str, u32);

    fn next(&mut self) -> Option<Self::Item> {
        let end = self.rest.bytes().position(|byte| matches!(byte, b'\t' | b'\n'))?;
        let (term, mut rest) = (&self.rest[..end], &self.rest[end + 1..]);
        let mut position = self.next;
        if self.rest.as_bytes()[end] == b'\t' {
            let (digits, behind) = rest.split_once('\n')?;
            (position, rest) = (digits.parse().ok()?, behind);
        }
        (self.rest, self.next) = (rest, position + 1);
        Some((term, position))
    }
}
