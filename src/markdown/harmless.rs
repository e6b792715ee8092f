//! HTML that can harm nobody, as what it means: `<details>`, `<kbd>`, `<ul><li>`, `<img src="x.png" width="400">`.
//!
//! Elements and attributes of a short list are taken, where each is closed in its place; what is passed on is made here, and never
//! copied. Everything else stays text, as it is written (docs/decisions/0030). After this pass, HTML in the events may be trusted.

mod element;
mod events;
mod items;
mod pairs;

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use crate::markdown::headings::safe_id;
use element::{Content, Element};
use events::{begin, finish, level};
use items::{Item, items};
use pairs::Pairs;

pub use element::is_link;

type Events<'a> = Vec<(Event<'a>, Range<usize>)>;

/// The events of `source` with harmless HTML as what it means, and the rest of it as text. Comments are dropped.
pub fn harmless<'a>(events: Events<'a>, source: &str) -> Events<'a> {
    if !events.iter().any(|(event, _)| matches!(event, Event::Html(_) | Event::InlineHtml(_))) {
        return events;
    }
    let items = items(events, source);
    let pairs = Pairs::of(&items);
    let mut writer = Writer { out: Vec::with_capacity(items.len()), open: Vec::new(), in_paragraph: false };
    for (at, item) in items.into_iter().enumerate() {
        writer.item(at, item, &pairs);
    }
    writer.out
}

struct Writer<'a> {
    out: Events<'a>,
    /// Blocks that are open.
    open: Vec<&'static str>,
    /// Whether a paragraph is open that no mark of the text began.
    in_paragraph: bool,
}

impl<'a> Writer<'a> {
    fn item(&mut self, at: usize, item: Item<'a>, pairs: &Pairs) {
        match item {
            Item::Event(event, range) => self.out.push((event, range)),
            Item::Text { text, range } => self.text(&text, range),
            Item::EndOfBlock => self.end_paragraph(),
            Item::Element { element, in_block, range } => {
                let closed = pairs.closed_at.get(&at).map_or(&[][..], Vec::as_slice);
                for name in closed.iter().filter_map(|opened| pairs.taken.get(opened)) {
                    self.end(name, &range);
                }
                let is_closed = closed.last().is_some_and(|opened| pairs.taken.contains_key(opened));
                let is_taken = if element.is_end { is_closed } else { pairs.taken.contains_key(&at) };
                self.element(element, is_taken, in_block, range);
            }
        }
    }

    fn element(&mut self, element: Element, is_taken: bool, in_block: bool, range: Range<usize>) {
        match (element.name, element.content()) {
            (Some(_), Content::Nothing) => self.target(&element, &range),
            (Some(_), Content::Division) => {
                if in_block {
                    self.end_paragraph();
                    self.space(&range);
                }
                self.target(&element, &range);
            }
            (Some("hr"), Content::Empty) if in_block && !self.holds_words() => {
                self.end_paragraph();
                self.out.push((Event::Rule, range));
            }
            (Some("img"), Content::Empty) => {
                self.begin_words(in_block, &range);
                let alt = Event::Text(CowStr::from(element.attribute("alt").unwrap_or_default().to_owned()));
                let Some(source) = element.attribute("src").map(str::to_owned) else { return self.out.push((alt, range)) };
                let picture = Tag::Image { link_type: LinkType::Inline, dest_url: source.into(), title: "".into(), id: "".into() };
                let shown = [Event::Start(picture), alt, Event::End(TagEnd::Image)];
                self.out.extend(shown.map(|event| (event, range.clone())));
            }
            (Some(_), Content::Empty) => {
                let is_among_words = !in_block || self.in_paragraph || self.holds_words();
                self.out.extend(is_among_words.then_some((Event::HardBreak, range)));
            }
            (Some(name), Content::Inline | Content::Block) if is_taken => {
                if !element.is_end {
                    self.start(name, &element, in_block, &range);
                }
            }
            // Of a place, or of a link that is shown as text.
            (Some("a"), _) if element.is_end => {}
            _ => {
                self.begin_words(in_block, &range);
                self.out.push((Event::Text(CowStr::from(element.written)), range));
            }
        }
    }

    fn start(&mut self, name: &'static str, element: &Element, in_block: bool, range: &Range<usize>) {
        if element.content() == Content::Inline {
            self.begin_words(in_block, range);
        } else {
            self.end_paragraph();
            self.space(range);
            self.open.push(name);
        }
        self.out.push((begin(name, element), range.clone()));
        if !matches!(name, "ul" | "ol" | "dl" | "table" | "thead" | "tbody" | "tfoot" | "tr" | "pre") && level(name).is_none() {
            self.target(element, range);
        }
    }

    fn end(&mut self, name: &'static str, range: &Range<usize>) {
        if self.open.last() == Some(&name) {
            self.end_paragraph();
            if self.holds_words() {
                self.trim();
            }
            self.open.pop();
        }
        // A heading without words is none.
        if level(name).is_some() && self.out.pop_if(|(event, _)| matches!(event, Event::Start(Tag::Heading { .. }))).is_some() {
            return;
        }
        self.out.push((finish(name), range.clone()));
        if matches!(name, "td" | "th" | "caption") {
            // Words of cells are words apart.
            self.out.push((Event::SoftBreak, range.clone()));
        }
    }

    /// A place that links may lead to.
    fn target(&mut self, element: &Element, range: &Range<usize>) {
        let id = element.attribute("id").or_else(|| element.attribute("name")).and_then(safe_id);
        let anchor = id.map(|id| Event::InlineHtml(CowStr::from(format!("<a id=\"{id}\"></a>"))));
        self.out.extend(anchor.map(|anchor| (anchor, range.clone())));
    }

    /// Text of a block; spaces and line ends are one space there.
    fn text(&mut self, text: &str, range: Range<usize>) {
        if self.open.last() == Some(&"pre") {
            self.out.push((Event::Text(CowStr::from(text.to_owned())), range));
            return;
        }
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            self.space(&range);
            return;
        }
        let is_first =
            self.begin_words(true, &range) || self.out.last().is_none_or(|(event, _)| matches!(event, Event::Start(_) | Event::SoftBreak));
        let before = if text.starts_with(char::is_whitespace) && !is_first { " " } else { "" };
        let after = if text.ends_with(char::is_whitespace) { " " } else { "" };
        self.out.push((Event::Text(CowStr::from(format!("{before}{words}{after}"))), range));
    }

    /// A space between words.
    fn space(&mut self, range: &Range<usize>) {
        if self.in_paragraph || self.holds_words() {
            self.out.push((Event::SoftBreak, range.clone()));
        }
    }

    /// Whether what is open holds words without a paragraph around them.
    fn holds_words(&self) -> bool {
        self.open
            .last()
            .is_some_and(|name| matches!(*name, "li" | "td" | "th" | "dt" | "dd" | "summary" | "caption") || level(name).is_some())
    }

    /// Begins a paragraph where words need one. Tells whether it did.
    fn begin_words(&mut self, in_block: bool, range: &Range<usize>) -> bool {
        let is_free = self.open.last().is_none_or(|name| matches!(*name, "details" | "blockquote"));
        let is_begun = in_block && is_free && !self.in_paragraph;
        if is_begun {
            self.in_paragraph = true;
            self.out.push((Event::Start(Tag::Paragraph), range.clone()));
        }
        is_begun
    }

    /// Takes the space off at the end of a paragraph.
    fn trim(&mut self) {
        self.out.pop_if(|(event, _)| matches!(event, Event::SoftBreak));
        if let Some((Event::Text(text), _)) = self.out.last_mut() {
            *text = CowStr::from(text.trim_end().to_owned());
        }
    }

    fn end_paragraph(&mut self) {
        if std::mem::take(&mut self.in_paragraph) {
            let range = self.out.last().map_or(0..0, |(_, range)| range.clone());
            self.trim();
            self.out.push((Event::End(TagEnd::Paragraph), range));
        }
    }
}
