//! Callouts as Obsidian writes them: quotations that begin with a kind of its own, and a title: `> [!question]- When to use it?`

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use crate::markdown::callout;

type Events<'a> = Vec<(Event<'a>, Range<usize>)>;

/// Events with the quotations that are callouts as such.
pub fn callouts<'a>(events: Events<'a>, text: &str) -> Events<'a> {
    if !text.contains("[!") {
        return events;
    }
    let mut out: Events<'a> = Vec::with_capacity(events.len());
    let mut events = events.into_iter().peekable();
    // For each quotation that is open, the kind of callout that it turned out to be.
    let mut open = Vec::new();
    while let Some((event, range)) = events.next() {
        match event {
            Event::Start(Tag::BlockQuote(None)) => {
                let paragraph = events.next_if(|(event, _)| matches!(event, Event::Start(Tag::Paragraph)));
                let mark = paragraph.as_ref().and_then(|(_, paragraph)| mark(text, paragraph));
                open.push(mark.as_ref().map(|mark| mark.0));
                out.push((Event::Start(Tag::BlockQuote(mark.as_ref().map(|mark| mark.0))), range));
                let Some((start, paragraph)) = paragraph else { continue };
                let Some((_, end)) = mark else {
                    out.push((start, paragraph));
                    continue;
                };
                titled(&mut events, &mut out, (start, paragraph), end);
            }
            Event::End(TagEnd::BlockQuote(None)) => out.push((Event::End(TagEnd::BlockQuote(open.pop().flatten())), range)),
            other => out.push((other, range)),
        }
    }
    out
}

/// The kind that the first line of a paragraph names, and where what it says behind that begins.
fn mark(text: &str, paragraph: &Range<usize>) -> Option<(pulldown_cmark::BlockQuoteKind, usize)> {
    let line = text.get(paragraph.clone())?.lines().next()?;
    let (word, rest) = line.strip_prefix("[!")?.split_once(']')?;
    // What nobody knows is a note, as it is there.
    let is_word = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '|'));
    let kind = callout::kind(word.split('|').next().unwrap_or(word)).unwrap_or(pulldown_cmark::BlockQuoteKind::Note);
    let behind = rest.strip_prefix(['-', '+']).unwrap_or(rest).trim_start();
    (is_word && !rest.starts_with(['(', '['])).then(|| (kind, paragraph.start + line.len() - behind.len()))
}

/// Puts what stands behind the mark in its line, in bold, and what follows in a paragraph of its own.
fn titled<'a>(
    events: &mut impl Iterator<Item = (Event<'a>, Range<usize>)>,
    out: &mut Events<'a>,
    (start, paragraph): (Event<'a>, Range<usize>),
    end: usize,
) {
    let (mut title, mut rest): (Events<'a>, Events<'a>) = (Vec::new(), Vec::new());
    let mut is_behind = false;
    for (event, range) in events.by_ref() {
        match event {
            Event::End(TagEnd::Paragraph) => break,
            Event::SoftBreak | Event::HardBreak if !is_behind => is_behind = true,
            other if is_behind => rest.push((other, range)),
            other if range.start >= end => title.push((other, range)),
            // The mark, and words that go on with it.
            Event::Text(words) if range.end > end && words.len() == range.len() => {
                title.push((Event::Text(CowStr::from(words[end - range.start..].to_owned())), end..range.end));
            }
            _ => {}
        }
    }
    if !title.is_empty() {
        let at = title[0].1.start..title.last().expect("it is not empty").1.end;
        out.push((Event::Start(Tag::Paragraph), at.clone()));
        out.push((Event::Start(Tag::Strong), at.clone()));
        out.append(&mut title);
        out.push((Event::End(TagEnd::Strong), at.clone()));
        out.push((Event::End(TagEnd::Paragraph), at));
    }
    if !rest.is_empty() {
        out.push((start, paragraph.clone()));
        out.append(&mut rest);
        out.push((Event::End(TagEnd::Paragraph), paragraph));
    }
}
