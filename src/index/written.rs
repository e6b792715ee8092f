//! A word as it is written, with the stem that it has: what the table of words is ordered by.
//!
//! ```text
//! key = word                                      its stem is the word
//!     | word U+0001 n letters                     its stem: the word without its last n letters, then these letters
//! ```
//!
//! One word can have several keys: French has `marche` and `marché`. They stand side by side, since no word has the mark or a
//! sign before it in the order of bytes.

use std::borrow::Cow;

/// Between a word and what makes its stem of it.
pub const STEM_MARK: char = '\u{1}';

/// The key of a word with a stem.
///
/// ```
/// use handbook::index::written;
///
/// let key = written::key("entscheidungen", "entscheid");
/// assert_eq!((written::word(&key), &*written::stem(&key)), ("entscheidungen", "entscheid"));
/// assert_eq!(written::key("der", "der"), "der");
/// ```
pub fn key(word: &str, stem: &str) -> String {
    if word == stem {
        return word.to_owned();
    }
    let n_shared = word.chars().zip(stem.chars()).take_while(|(a, b)| a == b).count();
    let letters: String = stem.chars().skip(n_shared).collect();
    format!("{word}{STEM_MARK}{}{letters}", word.chars().count() - n_shared)
}

/// The word of a key.
pub fn word(key: &str) -> &str {
    key.split(STEM_MARK).next().unwrap_or(key)
}

/// The stem of a key.
pub fn stem(key: &str) -> Cow<'_, str> {
    let Some((word, ending)) = key.split_once(STEM_MARK) else { return Cow::Borrowed(key) };
    let letters = ending.trim_start_matches(|c: char| c.is_ascii_digit());
    let n_cut = ending[..ending.len() - letters.len()].parse().unwrap_or(0);
    let begin = word.char_indices().rev().take(n_cut).last().map_or(word, |(at, _)| &word[..at]);
    if letters.is_empty() { Cow::Borrowed(begin) } else { Cow::Owned(format!("{begin}{letters}")) }
}
