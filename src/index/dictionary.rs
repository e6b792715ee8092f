//! What is known of words before any record is read: the language whose endings are cut off, and what a team has declared to
//! mean the same.
//!
//! A *name* is what stands in a list of synonyms: one word, several, or a whole such as `c++`. Of several words, a term is made
//! and put in the index wherever they stand in a row, so that a name is looked up like a word.

use crate::config::Config;
use crate::index::analysis::{self, TokenKind};
use crate::index::stem::Language;

/// Between the words of a term that is made of several.
pub const PHRASE_MARK: char = '\u{4}';

/// Language and synonyms of a handbook.
#[derive(Clone, Debug)]
pub struct Dictionary {
    /// Of the handbook.
    pub language: Language,
    /// Lists of names that mean the same, each the stems of its words.
    synonyms: Vec<Vec<Vec<String>>>,
}

impl Dictionary {
    /// As the settings say.
    pub fn of(config: &Config) -> Self {
        let language = Language::from_tag(&config.language);
        let list = |names: &Vec<String>| names.iter().map(|name| stems(name, language)).filter(|name| !name.is_empty()).collect();
        Self { language, synonyms: config.synonyms.iter().map(list).collect() }
    }

    /// The names that mean the same, list by list, each as its term.
    pub fn synonym_terms(&self) -> Vec<Vec<String>> {
        self.synonyms.iter().map(|names| names.iter().map(|name| term(name)).collect()).collect()
    }

    /// The names of several words, as their stems.
    pub fn phrases(&self) -> Vec<Vec<String>> {
        self.synonyms.iter().flatten().filter(|name| name.len() > 1).cloned().collect()
    }

    /// For each of some words in a row, given by its stems, the terms that mean the same as it, or as a name that it is part of.
    pub fn synonyms_of(&self, words: &[Vec<String>]) -> Vec<Vec<String>> {
        let mut found = vec![Vec::new(); words.len()];
        for names in &self.synonyms {
            for name in names {
                let is_at = |words: &[Vec<String>]| words.iter().zip(name).all(|(stems, part)| stems.contains(part));
                for (begin, _) in words.windows(name.len()).enumerate().filter(|(_, words)| is_at(words)) {
                    for of_word in &mut found[begin..begin + name.len()] {
                        of_word.extend(names.iter().filter(|other| *other != name).map(|other| term(other)));
                    }
                }
            }
        }
        found
    }
}

/// The term of a name.
pub fn term(name: &[String]) -> String {
    name.join(&PHRASE_MARK.to_string())
}

/// The stems of the words of a name. One word with signs is taken as a whole.
fn stems(name: &str, language: Language) -> Vec<String> {
    let tokens = analysis::tokens(name);
    match tokens.as_slice() {
        [_, whole] if whole.kind == TokenKind::Whole => vec![whole.term.clone()],
        _ => {
            let words = tokens.iter().filter(|token| token.kind == TokenKind::Word);
            words.map(|token| language.stem(&token.term, &name[token.start..token.end]).into_owned()).collect()
        }
    }
}
