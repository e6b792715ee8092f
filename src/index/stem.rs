//! Words to their stems, so that `adding` finds `added`. The one home of `frostem`.
//!
//! Words are stemmed as they are indexed, and the stem is kept beside each word that is written (see [`written`]): a query asks
//! there, in Rust as in a browser. Typed words that nobody writes are stemmed in English only, since a browser has a stemmer for
//! no other language: `themes/default/assets/search/stem-english.js`, the twin of this module. The version of `frostem` is
//! pinned, because a new one may bring new rules, and the twin has to follow.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

use crate::index::{analysis, written};

/// The language whose endings are cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, by the Snowball algorithm (Porter2).
    English,
    /// One of [`WITH_CLASSES`], by its place there.
    WithClasses(usize),
    /// Any other: terms stay as they are.
    None,
}

/// Languages by their tag. Those are here whose words the analysis tells apart by spaces, and whose letters it folds.
pub const WITH_CLASSES: [(&str, Algorithm); 18] = [
    ("ca", Algorithm::Catalan),
    ("cs", Algorithm::Czech),
    ("da", Algorithm::Danish),
    ("de", Algorithm::German),
    ("es", Algorithm::Spanish),
    ("fi", Algorithm::Finnish),
    ("fr", Algorithm::French),
    ("hu", Algorithm::Hungarian),
    ("it", Algorithm::Italian),
    ("nb", Algorithm::Norwegian),
    ("nl", Algorithm::Dutch),
    ("nn", Algorithm::Norwegian),
    ("no", Algorithm::Norwegian),
    ("pl", Algorithm::Polish),
    ("pt", Algorithm::Portuguese),
    ("ro", Algorithm::Romanian),
    ("ru", Algorithm::Russian),
    ("sv", Algorithm::Swedish),
];

impl Language {
    /// The language of a tag such as `en` or `en-GB`.
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("en") {
            return Self::English;
        }
        WITH_CLASSES.iter().position(|(tag, _)| primary.eq_ignore_ascii_case(tag)).map_or(Self::None, Self::WithClasses)
    }

    /// Its tag; nothing for a language that words are not stemmed in.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::WithClasses(index) => WITH_CLASSES[index].0,
            Self::None => "",
        }
    }

    /// What is kept for the language is called so.
    pub fn file_name(self) -> &'static str {
        if self == Self::None { "any" } else { self.tag() }
    }

    /// Whether the words that are written say which stem they have.
    pub fn has_classes(self) -> bool {
        self != Self::None
    }

    /// Whether letters that a term has lost, such as accents, may give it another stem.
    pub fn needs_source(self) -> bool {
        matches!(self, Self::WithClasses(_))
    }

    /// The stem of a word as it is typed, which nobody writes so.
    pub fn stem_of_typed(self, word: &str) -> Cow<'_, str> {
        if self == Self::English { self.stem(word, word) } else { Cow::Borrowed(word) }
    }

    /// The stem of a term as [`tokens`](analysis::tokens) gives it, which stands in its text as `source`: accents
    /// that the term has lost tell endings apart.
    ///
    /// Names with digits or joiners are no words of a language and stay as they are; in English, all with letters beyond `a`
    /// to `z`.
    ///
    /// ```
    /// use handbook::index::stem::Language;
    ///
    /// assert_eq!(Language::English.stem("adding", "Adding"), "add");
    /// assert_eq!(Language::English.stem("json2", "json2"), "json2");
    /// let portuguese = Language::from_tag("pt-BR");
    /// assert_eq!(portuguese.stem("configuracoes", "Configurações"), portuguese.stem("configuracao", "configuração"));
    /// ```
    pub fn stem<'a>(self, term: &'a str, source: &str) -> Cow<'a, str> {
        match self {
            Self::English if is_plain(term) => Stemmer::new(Algorithm::English).stem(term),
            Self::WithClasses(index) if term.chars().all(char::is_alphabetic) => {
                let stem = analysis::fold(&Stemmer::new(WITH_CLASSES[index].1).stem(&analysis::lower(source)));
                // Nothing is left of a word that is an ending.
                if stem.is_empty() || stem == term { Cow::Borrowed(term) } else { Cow::Owned(stem) }
            }
            _ => Cow::Borrowed(term),
        }
    }

    /// The stem of a word as [`written`] has it.
    pub fn stem_of_written(self, key: &str) -> Cow<'_, str> {
        if self.has_classes() { written::stem(key) } else { Cow::Borrowed(key) }
    }
}

fn is_plain(term: &str) -> bool {
    term.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'\'')
}
