//! Events with the HTML in them in pieces, each with its place in the source.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::element::{Element, Piece, pieces};

type Events<'a> = Vec<(Event<'a>, Range<usize>)>;

/// What the events consist of, with the HTML in pieces.
pub enum Item<'a> {
    /// What Markdown says.
    Event(Event<'a>, Range<usize>),
    /// Text in a block of HTML.
    Text { text: String, range: Range<usize> },
    /// An element in a block of HTML, or in words.
    Element { element: Element, in_block: bool, range: Range<usize> },
    /// The end of a block of HTML.
    EndOfBlock,
}

/// The items of `source`.
pub fn items<'a>(events: Events<'a>, source: &str) -> Vec<Item<'a>> {
    let mut items = Vec::with_capacity(events.len());
    let mut block: Option<Events<'_>> = None;
    for (event, range) in events {
        match event {
            Event::Start(Tag::HtmlBlock) => block = Some(Vec::new()),
            Event::End(TagEnd::HtmlBlock) => {
                of_block(&block.take().unwrap_or_default(), source, &mut items);
                items.push(Item::EndOfBlock);
            }
            event if block.is_some() => block.as_mut().expect("just asked").push((event, range)),
            Event::InlineHtml(html) | Event::Html(html) => {
                items.extend(pieces(&html).into_iter().map(|(piece, _)| match piece {
                    Piece::Text(text) => Item::Event(Event::Text(CowStr::from(text)), range.clone()),
                    Piece::Element(element) => Item::Element { element, in_block: false, range: range.clone() },
                }));
            }
            other => items.push(Item::Event(other, range)),
        }
    }
    items
}

/// The pieces of a block, each with its place in the source.
fn of_block(lines: &[(Event<'_>, Range<usize>)], source: &str, items: &mut Vec<Item<'_>>) {
    let (mut html, mut places) = (String::new(), Vec::new());
    for (event, range) in lines {
        if let Event::Html(line) | Event::Text(line) = event {
            places.push((html.len(), source.get(range.clone()) == Some(line), range.clone()));
            html.push_str(line);
        }
    }
    // Of a byte; what was included stands where it is asked for.
    let place = |at: usize| {
        let (begin, is_here, range) = &places[places.partition_point(|(begin, ..)| *begin <= at).saturating_sub(1)];
        if *is_here { range.start + at - begin..range.start + at - begin + 1 } else { range.clone() }
    };
    items.extend(pieces(&html).into_iter().map(|(piece, written)| {
        let range = place(written.start).start..place(written.end - 1).end;
        match piece {
            Piece::Text(text) => Item::Text { text, range },
            Piece::Element(element) => Item::Element { element, in_block: true, range },
        }
    }));
}
