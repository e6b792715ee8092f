//! A piece of HTML: the elements that can harm nobody, with their attributes, and the text between.

use std::ops::Range;

/// What HTML consists of.
pub enum Piece {
    /// Text, with its entities as what they stand for.
    Text(String),
    /// The begin or the end of an element.
    Element(Element),
}

/// The begin or the end of an element: `<img src="x.png">`, `</b>`.
pub struct Element {
    /// Its name, if it can harm nobody with the attributes that it has.
    pub name: Option<&'static str>,
    /// Whether it is an end.
    pub is_end: bool,
    /// As it is written.
    pub written: String,
    attributes: Vec<(String, String)>,
}

/// What an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// It says nothing here; what is in it stays: `<span>`.
    Nothing,
    /// It parts what is before from what is in it, and that from what comes after: `<div>`.
    Division,
    /// It has nothing in it: `<br>`.
    Empty,
    /// It stands among words: `<kbd>`.
    Inline,
    /// It stands between paragraphs: `<details>`.
    Block,
}

/// Elements by what they are; in those of no list, nothing is taken.
const NOTHING: [&str; 8] = ["span", "font", "big", "abbr", "nobr", "picture", "source", "wbr"];
const DIVISIONS: [&str; 12] =
    ["p", "div", "center", "section", "article", "header", "footer", "main", "figure", "figcaption", "colgroup", "col"];
const EMPTY: [&str; 3] = ["br", "hr", "img"];
const INLINE: [&str; 21] = [
    "a", "b", "strong", "i", "em", "s", "strike", "del", "sub", "sup", "kbd", "mark", "u", "ins", "small", "q", "samp", "var", "cite",
    "dfn", "code",
];
const BLOCKS: [&str; 24] = [
    "details",
    "summary",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "pre",
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
];
/// Attributes that are read, or that say only how something is to look.
const ATTRIBUTES: [&str; 40] = [
    "id",
    "name",
    "href",
    "src",
    "alt",
    "start",
    "colspan",
    "rowspan",
    "class",
    "style",
    "title",
    "align",
    "valign",
    "width",
    "height",
    "border",
    "cellpadding",
    "cellspacing",
    "bgcolor",
    "color",
    "face",
    "size",
    "clear",
    "hspace",
    "vspace",
    "target",
    "rel",
    "lang",
    "dir",
    "open",
    "loading",
    "decoding",
    "srcset",
    "sizes",
    "media",
    "type",
    "scope",
    "span",
    "value",
    "reversed",
];
/// Bytes of a tag.
const TAG_BYTES_MAX: usize = 4000;

impl Element {
    /// What it is.
    pub fn content(&self) -> Content {
        let is_one_of = |names: &[&str]| self.name.is_some_and(|name| names.contains(&name));
        // A place to link to.
        let is_place = self.name == Some("a") && !self.is_end && self.attribute("href").is_none();
        if is_place || is_one_of(&NOTHING) {
            Content::Nothing
        } else if is_one_of(&DIVISIONS) {
            Content::Division
        } else if is_one_of(&EMPTY) {
            Content::Empty
        } else if is_one_of(&INLINE) {
            Content::Inline
        } else {
            Content::Block
        }
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The element that `text` begins with.
    fn at_start(text: &str) -> Option<Self> {
        let near = &text[..text.floor_char_boundary(TAG_BYTES_MAX)];
        let inside = near.strip_prefix('<')?;
        let (is_end, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
        let n_name = inside.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let (name, mut rest) = inside.split_at(n_name);
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) || !rest.starts_with([' ', '\t', '\n', '/', '>']) {
            return None;
        }
        let mut attributes = Vec::new();
        let end = loop {
            rest = rest.trim_start();
            if let Some(end) = rest.strip_prefix('>').or_else(|| rest.strip_prefix("/>")) {
                break end;
            }
            let (attribute, after) = attribute(rest)?;
            attributes.push(attribute);
            rest = after;
        };
        let written = near[..near.len() - end.len()].to_owned();
        let is_harmless = attributes
            .iter()
            .all(|(name, _)| ATTRIBUTES.contains(&name.as_str()) || ["data-", "aria-"].iter().any(|known| name.starts_with(known)));
        // The old name of the same.
        let name = if name.eq_ignore_ascii_case("tt") { "code" } else { name };
        let known = [&NOTHING[..], &DIVISIONS, &EMPTY, &INLINE, &BLOCKS];
        let name = known.into_iter().flatten().find(|known| is_harmless && known.eq_ignore_ascii_case(name)).copied();
        Some(Self { name, is_end, written, attributes })
    }
}

/// The attribute that `text` begins with, and what comes after it.
fn attribute(text: &str) -> Option<((String, String), &str)> {
    let n_name = text.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>' | '/' | '<' | '"' | '\''))?;
    let (name, rest) = text.split_at(n_name);
    if name.is_empty() {
        return None;
    }
    let name = name.to_ascii_lowercase();
    let Some(value) = rest.trim_start().strip_prefix('=').map(str::trim_start) else { return Some(((name, String::new()), rest)) };
    let quoted = ['"', '\''].into_iter().find_map(|mark| value.strip_prefix(mark)?.split_once(mark));
    let (value, rest) = match quoted {
        Some(found) => found,
        None => value.split_at(value.find(|c: char| c.is_whitespace() || matches!(c, '>' | '"' | '\'' | '<' | '`'))?),
    };
    Some(((name, decoded(value)), rest))
}

/// Whether a link that is written as `passage` is one of HTML: `<a href="x.md">`, `<img src="x.png">`.
pub fn is_link(passage: &str) -> bool {
    ["<a", "<img"].iter().any(|tag| {
        passage.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag))
            && passage[tag.len()..].starts_with(char::is_whitespace)
    })
}

/// The pieces of `html`, each with the bytes that it is written in; comments are left out.
pub fn pieces(html: &str) -> Vec<(Piece, Range<usize>)> {
    let mut pieces = Vec::new();
    let (mut text, mut at) = (0, 0);
    let push_text = |pieces: &mut Vec<(Piece, Range<usize>)>, range: Range<usize>| {
        if !range.is_empty() {
            pieces.push((Piece::Text(decoded(&html[range.clone()])), range));
        }
    };
    while let Some(start) = html[at..].find('<').map(|start| at + start) {
        if html[start..].starts_with("<!--") {
            push_text(&mut pieces, text..start);
            at = html[start + 4..].find("-->").map_or(html.len(), |end| start + 4 + end + 3);
            text = at;
        } else if let Some(element) = Element::at_start(&html[start..]) {
            push_text(&mut pieces, text..start);
            at = start + element.written.len();
            text = at;
            pieces.push((Piece::Element(element), start..at));
        } else {
            at = start + 1;
        }
    }
    push_text(&mut pieces, text..html.len());
    pieces
}

/// Text with its entities as what they stand for; one that is none stays.
fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let parts = text.split_inclusive(';').map(|part| htmlescape::decode_html(part).unwrap_or_else(|_| part.to_owned()));
    parts.collect()
}
