//! The Y-statement, a decision in one sentence: "In the context of A, facing B, we decided for C and neglected D, to achieve
//! E, accepting that F, because G." It may stand in a paragraph, in bold pieces or as bullets.

use std::ops::Range;

use crate::parse::shape::inline;
use crate::parse::shape::lines::{Layout, Line, Sort};
use crate::parse::shape::options::WrittenOption;

/// Bytes of a statement; a longer text is none.
const BYTES_MAX: usize = 2000;
/// Words of an option that was not taken, among several in one list.
const NAME_WORDS_MAX: usize = 6;
const DECIDED: [&str; 5] = ["we decided for", "we decided to use", "we decided on", "we decided to", "we decided"];
const NEGLECTED: [&str; 5] = ["and neglected", "and against", "and not", "neglecting", "against"];

/// The options of the first statement in `layout`: what was decided for, and what was neglected.
pub fn options(layout: &Layout<'_>) -> Vec<WrittenOption> {
    let paragraphs = layout.parts.iter().flat_map(|part| paragraphs(layout.lines_of(part)));
    paragraphs.filter(|lines| begins(layout, lines)).find_map(|lines| read(layout, lines)).unwrap_or_default()
}

/// Lines that belong together: up to a blank one, or a whole list, blank lines within it or not.
fn paragraphs(lines: &[Line]) -> impl Iterator<Item = &[Line]> {
    let is_said = |line: &Line| matches!(line.sort, Sort::Text | Sort::Bullet | Sort::Quote);
    let goes_on = move |before: &Line, line: &Line| {
        is_said(before) && is_said(line)
            || before.sort == Sort::Blank && line.sort == Sort::Bullet
            || before.sort == Sort::Bullet && line.sort == Sort::Blank
    };
    lines.chunk_by(goes_on)
}

fn begins(layout: &Layout<'_>, lines: &[Line]) -> bool {
    let first = lines
        .iter()
        .find(|line| line.sort != Sort::Blank)
        .map(|line| inline::plain(layout.content(line)).to_lowercase())
        .unwrap_or_default();
    first.starts_with("in the context of")
}

fn read(layout: &Layout<'_>, lines: &[Line]) -> Option<Vec<WrittenOption>> {
    let span = lines.first()?.content.start..lines.last()?.content.end;
    if span.len() > BYTES_MAX {
        return None;
    }
    let text = inline::plain(&lines.iter().map(|line| layout.content(line)).collect::<Vec<_>>().join(" "));
    // Places found in the one are used in the other.
    let lower = text.to_ascii_lowercase();
    let facing = find(&lower, 0, &["facing"])?;
    let decided = find(&lower, facing.end, &DECIDED)?;
    let achieve = find(&lower, decided.end, &["to achieve"])?;
    let accepting = find(&lower, achieve.end, &["accepting that", "accepting"])?;
    let because = find(&lower, accepting.end, &["because"]);
    let neglected = find(&lower[..achieve.start], decided.end, &NEGLECTED);
    let between = |from: usize, to: usize| trimmed(&text[from..to]).to_owned();
    let chosen = WrittenOption {
        title: between(decided.end, neglected.as_ref().map_or(achieve.start, |found| found.start)),
        is_chosen: true,
        pros: vec![between(achieve.end, accepting.start)],
        cons: vec![between(accepting.end, because.as_ref().map_or(text.len(), |found| found.start))],
        why: because.map(|found| between(found.end, text.len())),
        span: span.clone(),
    };
    if chosen.title.is_empty() || chosen.title.starts_with(['<', '{', '[']) {
        return None;
    }
    let others = neglected.map(|found| between(found.end, achieve.start)).unwrap_or_default();
    let others = names(&others).into_iter().map(|title| WrittenOption { title, span: span.clone(), ..WrittenOption::default() });
    Some(std::iter::once(chosen).chain(others).collect())
}

/// The first of `phrases` at or behind `from`; of those at one place, the one that stands first in the list.
fn find(text: &str, from: usize, phrases: &[&str]) -> Option<Range<usize>> {
    let found = phrases.iter().filter_map(|phrase| text[from..].find(phrase).map(|at| from + at..from + at + phrase.len()));
    found.min_by_key(|range| range.start)
}

/// The names in a list of options, when all of them are short; else all of it is one name.
fn names(text: &str) -> Vec<String> {
    let parts: Vec<&str> = text.split(',').flat_map(|part| part.split(" and ")).flat_map(|part| part.split(" or ")).map(trimmed).collect();
    let are_names = parts.iter().all(|part| (1..=NAME_WORDS_MAX).contains(&part.split_whitespace().count()));
    let names = if are_names { parts } else { vec![text] };
    names.into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// `text` without what joins it to the rest of the sentence.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | ';' | '.' | '…'))
}
