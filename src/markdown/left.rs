//! Lines of metadata that nobody understood, beside others that are told elsewhere and left out: what is left of a paragraph, or of
//! a preamble in a block of code, is shown line by line, as its author wrote it.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use crate::markdown::Shown;

type Placed<'a> = (Event<'a>, Range<usize>);

/// `events` of `text` with the lines that are left each on a line of its own.
pub fn on_lines<'a>(events: &'a [Placed<'a>], shown: Shown<'_>, text: &'a str) -> Cow<'a, [Placed<'a>]> {
    if shown.left.is_empty() {
        return Cow::Borrowed(events);
    }
    let is_within = |line: &Range<usize>, passage: &Range<usize>| passage.start <= line.start && line.end <= passage.end;
    let is_hidden = |line: &Range<usize>| shown.hidden.iter().any(|passage| is_within(line, passage));
    let in_paragraphs: Vec<&Range<usize>> = shown.left.iter().filter(|line| !is_hidden(line)).collect();
    let mut passages = shown.hidden.iter().filter(|passage| shown.left.iter().any(|line| is_within(line, passage))).peekable();
    let mut lines: Vec<Placed<'a>> = Vec::with_capacity(events.len());
    let mut is_parted = false;
    for (event, range) in events {
        while let Some(passage) = passages.next_if(|passage| passage.end <= range.start) {
            lines.extend(in_place_of(passage, shown.left.iter().filter(|line| is_within(line, passage)), text));
        }
        let line = in_paragraphs.iter().find(|line| line.start <= range.start && range.end <= line.end);
        if line.is_some_and(|line| range.end == line.end && matches!(event, Event::SoftBreak | Event::HardBreak)) {
            // A break is due only where another line is shown behind it.
            is_parted = true;
            continue;
        }
        let is_passed = shown.hidden.iter().any(|passage| is_within(range, passage));
        if matches!(event, Event::End(TagEnd::Paragraph)) {
            is_parted = false;
        } else if is_parted && !is_passed {
            lines.push((Event::HardBreak, range.start..range.start));
            is_parted = false;
        }
        lines.push((event.clone(), range.clone()));
    }
    for passage in passages {
        lines.extend(in_place_of(passage, shown.left.iter().filter(|line| is_within(line, passage)), text));
    }
    Cow::Owned(lines)
}

/// A paragraph of `lines` of `text` behind `passage`, in which they stand.
fn in_place_of<'a, 'l>(passage: &Range<usize>, lines: impl Iterator<Item = &'l Range<usize>>, text: &'a str) -> Vec<Placed<'a>> {
    let at = passage.end..passage.end;
    let mut events = vec![(Event::Start(Tag::Paragraph), at.clone())];
    let is_mark = |line: &&str| line.starts_with(['`', '~']) || line.eq_ignore_ascii_case("<pre>") || line.eq_ignore_ascii_case("</pre>");
    for line in lines.flat_map(|line| text[line.clone()].lines()).map(str::trim).filter(|line| !line.is_empty() && !is_mark(line)) {
        if events.len() > 1 {
            events.push((Event::HardBreak, at.clone()));
        }
        events.push((Event::Text(line.into()), at.clone()));
    }
    events.push((Event::End(TagEnd::Paragraph), at));
    events
}
