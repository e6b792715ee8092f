//! The body of a file as lines, each of a sort, without what never counts as metadata: fenced code and comments. Fenced code that is
//! a preamble, as improvement proposals have it, counts: its lines are plain ones.
//!
//! This is no Markdown parser. It tells apart what people write metadata in: headings, rules, bullets, rows, quotations
//! and plain lines. One pass, so a hostile text costs what its length costs.

use std::ops::Range;

use crate::parse::shape::inline;

/// Lines that a preamble may have, and keys that it must have.
const PREAMBLE_LINES_MAX: usize = 60;
const PREAMBLE_KEYS_MIN: usize = 3;

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it is.
    pub sort: Sort,
    /// Columns before its text.
    pub indent: usize,
    /// Its text without the marker in front of it, in bytes of the source; ends of comments aside.
    pub content: Range<usize>,
    /// The whole line with its end.
    pub whole: Range<usize>,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Nothing.
    Blank,
    /// A heading of this level; its content is the title.
    Heading(u8),
    /// A thematic break.
    Rule,
    /// An item of a list.
    Bullet,
    /// A line of a table.
    Row,
    /// A quotation.
    Quote,
    /// Anything else.
    Text,
}

/// A heading and the lines under it, up to the next heading of any level. The first part has no heading.
#[derive(Clone, Debug)]
pub struct Part {
    /// Level, title as plain text, and the whole line; `None` before the first heading.
    pub heading: Option<(u8, String, Range<usize>)>,
    /// Indexes of its lines.
    pub lines: Range<usize>,
}

/// A text as lines and as parts.
pub struct Layout<'a> {
    /// The whole file.
    pub text: &'a str,
    /// The lines of its body.
    pub lines: Vec<Line>,
    /// The parts of its body.
    pub parts: Vec<Part>,
}

impl<'a> Layout<'a> {
    /// Reads `body`, bytes of `text`.
    pub fn of(text: &'a str, body: Range<usize>) -> Self {
        let lines = lines(text, body);
        let mut parts = vec![Part { heading: None, lines: 0..0 }];
        for (index, line) in lines.iter().enumerate() {
            if let Sort::Heading(level) = line.sort {
                let title = inline::plain(&text[line.content.clone()]);
                parts.push(Part { heading: Some((level, title, line.whole.clone())), lines: index + 1..index + 1 });
            }
            parts.last_mut().expect("there is a first part").lines.end = index + 1;
        }
        Self { text, lines, parts }
    }

    /// The text of a line without its marker.
    pub fn content(&self, line: &Line) -> &'a str {
        &self.text[line.content.clone()]
    }

    /// The lines of a part.
    pub fn lines_of(&self, part: &Part) -> &[Line] {
        &self.lines[part.lines.clone()]
    }
}

fn lines(text: &str, body: Range<usize>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let (mut fence, mut in_comment, mut at) = (None::<(u8, usize)>, false, body.start);
    // Whether the paragraph that is open belongs to an item of a list: no line of it is underlined to a heading.
    let mut in_list = false;
    // Lines from the first on that are blank or a heading: a preamble has nothing else above it.
    let mut n_above = 0;
    while at < body.end {
        let end = text[at..body.end].find('\n').map_or(body.end, |newline| at + newline + 1);
        let whole = at..end;
        at = end;
        let mut content = trimmed(text, whole.clone());
        n_above += lines[n_above..].iter().take_while(|line| matches!(line.sort, Sort::Blank | Sort::Heading(_))).count();
        if n_above == lines.len()
            && !in_comment
            && fence.is_none()
            && let Some(preamble) = preamble(text, whole.clone(), body.end)
        {
            at = preamble.last().map_or(end, |line| line.whole.end);
            lines.extend(preamble);
            continue;
        }
        if let Some(mark) = fence_mark(&text[content.clone()]).filter(|_| !in_comment) {
            match fence {
                None => fence = Some(mark),
                Some((byte, length)) if mark.0 == byte && mark.1 >= length => fence = None,
                Some(_) => {}
            }
            continue;
        }
        if fence.is_some() {
            continue;
        }
        if in_comment {
            let Some(close) = text[content.clone()].find("-->") else { continue };
            in_comment = false;
            content = trimmed(text, content.start + close + 3..content.end);
            if content.is_empty() {
                continue;
            }
        }
        if text[content.clone()].starts_with("<!--") {
            match text[content.clone()].find("-->") {
                None => {
                    in_comment = true;
                    continue;
                }
                Some(close) => {
                    content = trimmed(text, content.start + close + 3..content.end);
                    if content.is_empty() {
                        continue;
                    }
                }
            }
        }
        let opens = text[content.clone()].rfind("<!--").filter(|open| !text[content.start + open..content.end].contains("-->"));
        if let Some(open) = opens {
            in_comment = true;
            content = trimmed(text, content.start..content.start + open);
        }
        let indent = text[whole.start..content.start.max(whole.start)].chars().map(|c| if c == '\t' { 4 } else { 1 }).sum();
        let (sort, content) = sort_of(text, content, indent);
        if let Some(level) = underline(text, &whole).filter(|_| matches!(lines.last(), Some(last) if last.sort == Sort::Text && !in_list)) {
            let title = lines.last_mut().expect("it was looked at");
            title.sort = Sort::Heading(level);
            title.whole.end = whole.end;
            continue;
        }
        in_list = match sort {
            Sort::Bullet => true,
            Sort::Text => in_list,
            _ => false,
        };
        lines.push(Line { sort, indent, content, whole });
    }
    lines
}

/// The lines of the preamble that `opener` begins: fenced, or in `<pre>`, and nothing but keys with their values, a status among
/// them. The marks around it belong to its first and its last line.
fn preamble(text: &str, opener: Range<usize>, end: usize) -> Option<Vec<Line>> {
    let mark = text[opener.clone()].trim();
    let close = if mark.eq_ignore_ascii_case("<pre>") { "</pre>".to_owned() } else { "`".repeat(fence_mark(mark)?.1) };
    let (mut lines, mut at) = (Vec::<Line>::new(), opener.end);
    let (mut n_keys, mut has_status) = (0, false);
    while lines.len() < PREAMBLE_LINES_MAX {
        let newline = text[at..end].find('\n').map_or(end, |newline| at + newline + 1);
        let (whole, content) = (at..newline, trimmed(text, at..newline));
        let line = &text[content.clone()];
        if line.eq_ignore_ascii_case(&close) {
            lines.first_mut()?.whole.start = opener.start;
            lines.last_mut()?.whole.end = whole.end;
            return (n_keys >= PREAMBLE_KEYS_MIN && has_status).then_some(lines);
        }
        let key = line
            .split_once(':')
            .map(|(key, _)| key.trim())
            .filter(|key| !key.is_empty() && key.len() <= 24 && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ')));
        let is_continued = !lines.is_empty() && text[whole.clone()].starts_with([' ', '\t']);
        if newline == end || (!line.is_empty() && key.is_none() && !is_continued) {
            return None;
        }
        n_keys += usize::from(key.is_some());
        has_status |= key.is_some_and(|key| key.eq_ignore_ascii_case("status"));
        if !line.is_empty() {
            lines.push(Line { sort: Sort::Text, indent: 0, content, whole });
        }
        at = newline;
    }
    None
}

/// Whether `passage`, the first line of a block of plain ones with what belongs to it, begins a preamble.
pub fn is_preamble(passage: &str) -> bool {
    let first = passage.lines().next().unwrap_or_default().trim();
    first.eq_ignore_ascii_case("<pre>") || fence_mark(first).is_some()
}

fn sort_of(text: &str, content: Range<usize>, indent: usize) -> (Sort, Range<usize>) {
    let line = &text[content.clone()];
    let after = |n: usize| trimmed(text, content.start + n..content.end);
    if line.is_empty() {
        return (Sort::Blank, content);
    }
    let n_hashes = line.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&n_hashes) && indent < 4 && line[n_hashes..].starts_with([' ', '\t']) {
        let title = after(n_hashes);
        let closed = text[title.clone()].trim_end_matches('#').trim_end().len();
        return (Sort::Heading(n_hashes as u8), title.start..title.start + closed);
    }
    if is_rule(line) {
        return (Sort::Rule, content);
    }
    if line.starts_with('|') {
        return (Sort::Row, content);
    }
    if line.starts_with('>') {
        let n_marks = line.bytes().take_while(|byte| matches!(byte, b'>' | b' ')).count();
        return (Sort::Quote, after(n_marks));
    }
    match bullet(line) {
        Some(n_marker) => (Sort::Bullet, after(n_marker)),
        None => (Sort::Text, content),
    }
}

/// Bytes of the marker with which an item begins.
fn bullet(line: &str) -> Option<usize> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let n = match line.as_bytes() {
        [b'-' | b'*' | b'+', b' ' | b'\t', ..] => 1,
        _ if line.starts_with("• ") => "•".len(),
        bytes
            if (1..=9).contains(&digits)
                && matches!(bytes.get(digits), Some(b'.' | b')'))
                && matches!(bytes.get(digits + 1), Some(b' ')) =>
        {
            digits + 1
        }
        _ => return None,
    };
    Some(n)
}

fn is_rule(line: &str) -> bool {
    ['-', '*', '_'].iter().any(|mark| line.chars().all(|c| c == *mark || c == ' ') && line.matches(*mark).count() >= 3)
}

/// The level of a heading whose line is underlined by this one.
fn underline(text: &str, line: &Range<usize>) -> Option<u8> {
    let line = text[line.clone()].trim_end();
    let is_all = |mark: char| line.len() > 1 && line.trim_start().chars().all(|c| c == mark) && line.len() - line.trim_start().len() < 4;
    if is_all('=') { Some(1) } else { is_all('-').then_some(2) }
}

fn fence_mark(line: &str) -> Option<(u8, usize)> {
    let byte = line.bytes().next().filter(|byte| matches!(byte, b'`' | b'~'))?;
    let length = line.bytes().take_while(|other| *other == byte).count();
    let is_fence = length >= 3 && !(byte == b'`' && line[length..].contains('`'));
    is_fence.then_some((byte, length))
}

/// `range` of `text` without the white space at its ends.
pub fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let part = &text[range.clone()];
    let start = range.start + part.len() - part.trim_start().len();
    let end = range.start + part.trim_end().len();
    start.min(range.end)..end.max(start.min(range.end))
}
