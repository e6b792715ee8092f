//! Words to their stems, so that `adding` finds `added`. The one home of `frostem`.
//!
//! Twin of `themes/default/assets/search/stem-english.js`: the index and the reader's query must come to the same stem.
//! The version of `frostem` is pinned, because a new one may bring new rules, and the twin has to follow.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};

/// The language whose endings are cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, by the Snowball algorithm (Porter2).
    English,
    /// Any other: terms stay as they are.
    None,
}

impl Language {
    /// The language of a tag such as `en` or `en-GB`.
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("en") { Self::English } else { Self::None }
    }

    /// The stem of a term as [`tokens`](super::analysis::tokens) gives it. Names with digits, joiners or letters beyond
    /// `a` to `z` are no English words and stay as they are.
    ///
    /// ```
    /// use handbook::index::stem::Language;
    ///
    /// assert_eq!(Language::English.stem("adding"), "add");
    /// assert_eq!(Language::English.stem("json2"), "json2");
    /// ```
    pub fn stem(self, term: &str) -> Cow<'_, str> {
        match self {
            Self::English if is_plain(term) => Stemmer::new(Algorithm::English).stem(term),
            _ => Cow::Borrowed(term),
        }
    }
}

fn is_plain(term: &str) -> bool {
    term.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'\'')
}
