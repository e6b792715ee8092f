//! HTML that can harm nobody, as what it means: `<details>`, `<kbd>`, `<ul><li>`, `<img src="x.png" width="400">`.
//!
//! Elements and attributes of a short list are taken, where each is closed in its place; what is passed on is made here, and never
//! copied. Everything else stays text, as it is written (docs/decisions/0030). After this pass, HTML in the events may be trusted.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Tag, TagEnd};

use crate::markdown::element::{Content, Element, Piece, pieces};
use crate::markdown::headings::safe_id;

type Events<'a> = Vec<(Event<'a>, Range<usize>)>;

/// Elements that may be open at once.
const DEPTH_MAX: usize = 50;
/// Blocks that stand in the cells of a table, which Markdown has no others for.
const IN_CELLS: [&str; 5] = ["ul", "ol", "li", "details", "summary"];

/// The events with harmless HTML as what it means, and the rest of it as text. Comments are dropped.
pub fn harmless(events: Events<'_>) -> Events<'_> {
    if !events.iter().any(|(event, _)| matches!(event, Event::Html(_) | Event::InlineHtml(_))) {
        return events;
    }
    let items = items(events);
    let pairs = Pairs::of(&items);
    let mut writer = Writer { out: Vec::with_capacity(items.len()), open: Vec::new(), in_paragraph: false };
    for (at, item) in items.into_iter().enumerate() {
        writer.item(at, item, &pairs);
    }
    writer.out
}

/// What the events consist of, with the HTML in pieces.
enum Item<'a> {
    Event(Event<'a>, Range<usize>),
    Text { text: String, range: Range<usize> },
    Element { element: Element, in_block: bool, range: Range<usize> },
    EndOfBlock,
}

fn items(events: Events<'_>) -> Vec<Item<'_>> {
    let mut items = Vec::with_capacity(events.len());
    let mut block: Option<Events<'_>> = None;
    for (event, range) in events {
        match event {
            Event::Start(Tag::HtmlBlock) => block = Some(Vec::new()),
            Event::End(TagEnd::HtmlBlock) => {
                of_block(&block.take().unwrap_or_default(), &mut items);
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
fn of_block(lines: &[(Event<'_>, Range<usize>)], items: &mut Vec<Item<'_>>) {
    let (mut html, mut places) = (String::new(), Vec::new());
    for (event, range) in lines {
        if let Event::Html(line) | Event::Text(line) = event {
            places.push((html.len(), line.len(), range.clone()));
            html.push_str(line);
        }
    }
    // Of a byte; what was included stands where it is asked for.
    let place = |at: usize| {
        let (begin, length, range) = &places[places.partition_point(|(begin, ..)| *begin <= at).saturating_sub(1)];
        if *length == range.len() { range.start + at - begin..range.start + at - begin + 1 } else { range.clone() }
    };
    items.extend(pieces(&html).into_iter().map(|(piece, written)| {
        let range = place(written.start).start..place(written.end - 1).end;
        match piece {
            Piece::Text(text) => Item::Text { text, range },
            Piece::Element(element) => Item::Element { element, in_block: true, range },
        }
    }));
}

/// Which elements are closed, and where.
#[derive(Default)]
struct Pairs {
    /// By item that closes some: the items that open them, innermost first.
    closed_at: HashMap<usize, Vec<usize>>,
    /// By item that opens one which is closed, and stands where it may: its name.
    taken: HashMap<usize, &'static str>,
}

/// What is open.
enum Open {
    Element {
        at: usize,
        name: &'static str,
        parent: Option<usize>,
        is_inline: bool,
    },
    /// Something of Markdown; what is opened in it is closed in it.
    Markdown {
        is_link: bool,
        is_cell: bool,
    },
}

impl Pairs {
    fn of(items: &[Item<'_>]) -> Self {
        let (mut pairs, mut stack, mut parents) = (Self::default(), Vec::new(), Vec::new());
        for (at, item) in items.iter().enumerate() {
            match item {
                Item::Event(Event::Start(tag), _) => {
                    stack.push(Open::Markdown { is_link: matches!(tag, Tag::Link { .. }), is_cell: *tag == Tag::TableCell });
                }
                Item::Event(Event::End(_), _) => while matches!(stack.pop(), Some(Open::Element { .. })) {},
                Item::Event(..) | Item::Text { .. } => {}
                Item::EndOfBlock => drop_inline(&mut stack),
                Item::Element { element, in_block, .. } => pairs.element(at, element, *in_block, &mut stack, &mut parents),
            }
        }
        // What must stand in something stands in nothing where that is text.
        parents.sort_unstable();
        for (at, name, parent) in parents {
            let holder = parent.and_then(|parent| pairs.taken.get(&parent).copied());
            if !may_stand_in(name, holder) {
                pairs.taken.remove(&at);
            }
        }
        pairs
    }

    fn element(
        &mut self,
        at: usize,
        element: &Element,
        in_block: bool,
        stack: &mut Vec<Open>,
        parents: &mut Vec<(usize, &'static str, Option<usize>)>,
    ) {
        let Some(name) = element.name else { return };
        let content = element.content();
        let is_inline = content == Content::Inline;
        if in_block && (matches!(content, Content::Division | Content::Block) || name == "hr") {
            drop_inline(stack);
        }
        // Cells of tables in Markdown have no lists but these.
        let in_cell = || stack.iter().rev().take(DEPTH_MAX).find_map(Open::is_cell) == Some(true) && IN_CELLS.contains(&name);
        let is_paired = is_inline || (content == Content::Block && (in_block || in_cell()));
        if !is_paired {
            return;
        }
        if element.is_end {
            let n_near = stack.iter().rev().take_while(|open| matches!(open, Open::Element { .. })).take(DEPTH_MAX).count();
            let near = &stack[stack.len() - n_near..];
            let is_it = |open: &Open| matches!(open, Open::Element { name: known, .. } if *known == name);
            let Some(n_inside) = near.iter().rev().position(is_it) else { return };
            if near.iter().rev().take(n_inside).all(Open::may_stay_open) {
                (0..=n_inside).for_each(|_| self.close(at, stack, parents));
            }
            return;
        }
        while stack.last().is_some_and(|open| open.ends_before(name)) {
            self.close(at, stack, parents);
        }
        let is_in_link = || {
            stack
                .iter()
                .rev()
                .take(DEPTH_MAX)
                .any(|open| matches!(open, Open::Markdown { is_link: true, .. } | Open::Element { name: "a", .. }))
        };
        if stack.len() < DEPTH_MAX && !(name == "a" && is_in_link()) {
            let parent = stack.last().and_then(|open| if let Open::Element { at, .. } = open { Some(*at) } else { None });
            stack.push(Open::Element { at, name, parent, is_inline });
        }
    }

    fn close(&mut self, at: usize, stack: &mut Vec<Open>, parents: &mut Vec<(usize, &'static str, Option<usize>)>) {
        if let Some(Open::Element { at: opened, name, parent, .. }) = stack.pop() {
            self.closed_at.entry(at).or_default().push(opened);
            self.taken.insert(opened, name);
            parents.push((opened, name, parent));
        }
    }
}

impl Open {
    /// Of what is of Markdown, whether it is a cell.
    fn is_cell(&self) -> Option<bool> {
        if let Self::Markdown { is_cell, .. } = self { Some(*is_cell) } else { None }
    }

    /// Whether an element may be left open where the one around it ends.
    fn may_stay_open(&self) -> bool {
        matches!(self, Self::Element { name: "li" | "td" | "th" | "tr" | "dt" | "dd" | "thead" | "tbody" | "tfoot", .. })
    }

    /// Whether an element ends where another of `name` begins.
    fn ends_before(&self, name: &str) -> bool {
        let Self::Element { name: open, .. } = self else { return false };
        match name {
            "li" => *open == "li",
            "td" | "th" => matches!(*open, "td" | "th"),
            "tr" => matches!(*open, "td" | "th" | "tr"),
            "dt" | "dd" => matches!(*open, "dt" | "dd"),
            _ => false,
        }
    }
}

/// Words in bold and the like end with their line of text.
fn drop_inline(stack: &mut Vec<Open>) {
    while matches!(stack.last(), Some(Open::Element { is_inline: true, .. })) {
        stack.pop();
    }
}

fn may_stand_in(name: &str, holder: Option<&str>) -> bool {
    match name {
        "li" => matches!(holder, Some("ul" | "ol")),
        "tr" => matches!(holder, Some("table" | "thead" | "tbody" | "tfoot")),
        "td" | "th" => holder == Some("tr"),
        "thead" | "tbody" | "tfoot" | "caption" => holder == Some("table"),
        "summary" => holder == Some("details"),
        "dt" | "dd" => holder == Some("dl"),
        _ => true,
    }
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

/// The level of a heading of that name.
fn level(name: &str) -> Option<HeadingLevel> {
    let digit = name.strip_prefix('h')?.parse::<usize>().ok()?;
    HeadingLevel::try_from(digit).ok()
}

fn begin(name: &'static str, element: &Element) -> Event<'static> {
    if let Some(level) = level(name) {
        let id = element.attribute("id").and_then(safe_id).map(CowStr::from);
        return Event::Start(Tag::Heading { level, id, classes: Vec::new(), attrs: Vec::new() });
    }
    let number = |name: &str| element.attribute(name).and_then(|number| number.parse::<u16>().ok());
    Event::Start(match name {
        "b" | "strong" => Tag::Strong,
        "i" | "em" => Tag::Emphasis,
        "s" | "strike" | "del" => Tag::Strikethrough,
        "sub" => Tag::Subscript,
        "sup" => Tag::Superscript,
        "a" => {
            let dest_url = element.attribute("href").unwrap_or_default().to_owned().into();
            Tag::Link { link_type: LinkType::Inline, dest_url, title: "".into(), id: "".into() }
        }
        "ul" => Tag::List(None),
        "ol" => Tag::List(Some(number("start").unwrap_or(1).into())),
        "li" => Tag::Item,
        "blockquote" => Tag::BlockQuote(None),
        "dl" => Tag::DefinitionList,
        "dt" => Tag::DefinitionListTitle,
        "dd" => Tag::DefinitionListDefinition,
        "pre" => Tag::CodeBlock(CodeBlockKind::Indented),
        "table" => return html("<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>"),
        "td" | "th" => {
            let spans = ["colspan", "rowspan"].into_iter().filter_map(|span| Some(format!(" {span}=\"{}\"", number(span)?)));
            return html(&format!("<{name}{}>", spans.collect::<String>()));
        }
        other => return html(&format!("<{other}>")),
    })
}

fn finish(name: &'static str) -> Event<'static> {
    if let Some(level) = level(name) {
        return Event::End(TagEnd::Heading(level));
    }
    Event::End(match name {
        "b" | "strong" => TagEnd::Strong,
        "i" | "em" => TagEnd::Emphasis,
        "s" | "strike" | "del" => TagEnd::Strikethrough,
        "sub" => TagEnd::Subscript,
        "sup" => TagEnd::Superscript,
        "a" => TagEnd::Link,
        "ul" => TagEnd::List(false),
        "ol" => TagEnd::List(true),
        "li" => TagEnd::Item,
        "blockquote" => TagEnd::BlockQuote(None),
        "dl" => TagEnd::DefinitionList,
        "dt" => TagEnd::DefinitionListTitle,
        "dd" => TagEnd::DefinitionListDefinition,
        "pre" => TagEnd::CodeBlock,
        "table" => return html("</table></div>"),
        other => return html(&format!("</{other}>")),
    })
}

fn html(html: &str) -> Event<'static> {
    Event::InlineHtml(CowStr::from(html.to_owned()))
}
