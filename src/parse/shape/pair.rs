//! Keys and values within one line: `Status: accepted`, `**Status:** accepted | **Date:** 2020-01-02`.

use std::ops::Range;

use crate::config::vocabulary::{Vocabulary, fold};
use crate::parse::shape::inline;

/// Characters and words of a key at most.
const KEY_CHARS_MAX: usize = 40;
const KEY_WORDS_MAX: usize = 6;

/// `**Status:** accepted | **Date:** 2020-01-02`: keys, and values in bytes of the line.
pub fn pairs_in_line(line: &str, vocabulary: &Vocabulary) -> Vec<(String, Range<usize>)> {
    let mut pairs: Vec<(String, Range<usize>)> = Vec::new();
    let mut starts = Vec::new();
    let mut at = 0;
    while let Some(open) = line[at..].find("**").map(|open| at + open) {
        let Some(close) = line[open + 2..].find("**").map(|close| open + 2 + close) else { break };
        let inside = &line[open + 2..close];
        let after = line[close + 2..].trim_start();
        let is_key = inside.trim_end().ends_with(':') || after.starts_with(':');
        if is_key && vocabulary.key(inside.trim_end().trim_end_matches(':')).is_some() {
            let skipped = if after.starts_with(':') { line[close + 2..].find(':').map_or(0, |colon| colon + 1) } else { 0 };
            starts.push((open, inside.trim().trim_end_matches(':').to_owned(), close + 2 + skipped));
        }
        at = close + 2;
    }
    if starts.is_empty() {
        starts = plain_starts(line, vocabulary);
    }
    for (index, (_, key, start)) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(line.len(), |(next, _, _)| *next);
        let value = line[*start..end].trim_matches(|c: char| c.is_whitespace() || matches!(c, '|' | '·' | '•' | '/'));
        let from = *start + line[*start..end].find(value).unwrap_or(0);
        pairs.push((key.clone(), from..from + value.len()));
    }
    pairs
}

/// Where the pairs of a line without bold keys begin, `Date : 2026-09-19 · Statut : Ferme`: place, key, and place of the value. Each key
/// is a known one; else a point in the middle of the line divides nothing.
fn plain_starts(line: &str, vocabulary: &Vocabulary) -> Vec<(usize, String, usize)> {
    let (mut starts, mut from) = (Vec::new(), 0);
    for part in line.split_inclusive(['·', '|']) {
        let Some((key, _)) = part.split_once([':', '：']).filter(|(key, _)| vocabulary.key(key.trim()).is_some()) else {
            return Vec::new();
        };
        let colon = from + key.len();
        starts.push((from, key.trim().to_owned(), colon + line[colon..].chars().next().map_or(0, char::len_utf8)));
        from += part.len();
    }
    starts
}

/// Key and value of a line: `Key: value`, `**Key:** value`, `**Key** value`, `Key : value`; the value in bytes of the line.
pub fn split(line: &str, vocabulary: &Vocabulary) -> Option<(String, Range<usize>, bool)> {
    let is_bold = line.starts_with("**") || line.starts_with("__");
    if is_bold {
        let mark = &line[..2];
        let close = line[2..].find(mark)? + 2;
        let inside = &line[2..close];
        let after = &line[close + 2..];
        // `**Status: replaced by ADR 13.** What it was about ...`
        if let Some((key, value)) = inside.split_once(": ").filter(|(key, value)| vocabulary.key(key).is_some() && !value.is_empty()) {
            return Some((inline::plain(key), 2 + inside.len() - value.len()..close, true));
        }
        let is_closed = inside.trim_end().ends_with([':', '：']);
        let skipped = after.len() - after.trim_start_matches([' ', '\t', ':', '：', '—', '–']).len();
        let has_colon = is_closed || after.trim_start().starts_with([':', '：']);
        let key = inline::plain(inside.trim_end().trim_end_matches([':', '：']));
        let is_key = is_key(&key) && (has_colon || vocabulary.key(&key).is_some());
        return is_key.then(|| (key, close + 2 + skipped..line.len(), true));
    }
    // A badge says it in the words that stand for the picture: `![status: accepted](https://...)`.
    if let Some((inside, _)) = line.strip_prefix("![").and_then(|inside| inside.split_once("](")) {
        let (key, value) = inside.split_once(':').filter(|(key, _)| vocabulary.key(key).is_some())?;
        let end = 2 + inside.len();
        return Some((inline::plain(key), end - value.trim_start().len()..end, false));
    }
    let colon = line.char_indices().find(|(_, c)| matches!(c, ':' | '：'))?;
    let (before, after) = (&line[..colon.0], &line[colon.0 + colon.1.len_utf8()..]);
    // A mark that is opened around the key is closed behind the colon: `*Status:* accepted`, `_Date_: 2020-01-02`.
    let closing = after.len() - after.trim_start_matches(['*', '_', '`']).len();
    let marks = before.len() - before.trim_start_matches(['*', '_', '`']).len();
    let skipped = if closing > 0 && closing == marks { closing } else { 0 };
    let value = &after[skipped..];
    let key = inline::plain(before);
    let is_apart = value.is_empty()
        || value.starts_with([' ', '\t'])
        || colon.1 == '：'
        || (vocabulary.key(&key).is_some() && !value.starts_with("//"));
    let start = line.len() - value.trim_start().len();
    (is_apart && is_key(&key) && !before.contains("](")).then_some((key, start..line.len(), false))
}

/// Whether a line under the title tells that the record no longer stands, `> **Superseded 2026-08-11.** See ...`, or that it stands in
/// the place of another: `**NOTE:** This ADR updates and supersedes [ADR 3](0003.md)`.
pub fn is_standing(content: &str, vocabulary: &Vocabulary) -> bool {
    let plain = inline::plain(content);
    if split(content, vocabulary).is_some_and(|(key, ..)| vocabulary.key(&key).is_some()) {
        return false;
    }
    let words: Vec<String> =
        plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).take(12).collect();
    // `This ADR has been superseded by ...`
    let n_lead = words.iter().take_while(|word| vocabulary.is_word(word, "lead_in")).count();
    let (lead, rest) = words.split_at(n_lead);
    let Some(word) = rest.first() else { return false };
    let is_marked = content.starts_with(['*', '>']) || plain.len() <= 120;
    let is_standing = |word: &String| vocabulary.is_word(word, "standing");
    if is_marked && (is_standing(word) || vocabulary.is_word(word, "in_part")) {
        return rest.iter().any(is_standing);
    }
    let named = |word: &String| vocabulary.verb(std::slice::from_ref(word)).is_some_and(|(name, _)| name == "supersedes");
    let tells = rest.iter().take(3).any(named) && !inline::links(content).is_empty();
    is_marked && tells && lead.iter().any(|word| word != "note")
}

/// Whether it is short enough to be a key, and made of words.
pub fn is_key(key: &str) -> bool {
    !key.is_empty() && key.chars().count() <= KEY_CHARS_MAX && key.split_whitespace().count() <= KEY_WORDS_MAX && !fold(key).is_empty()
}
