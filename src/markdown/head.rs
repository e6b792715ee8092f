//! Where the head of a Markdown text ends, found by our own code: the parser's way is quadratic on hostile input.

use std::ops::Range;

/// What a text begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Head {
    /// The Markdown itself.
    None,
    /// A head: what stands between its two lines (the whole of one in JSON), and where the Markdown begins.
    Closed(Format, Range<usize>, usize),
    /// A head without an end; here it begins, behind its first line (with it, in JSON).
    Open(Format, usize),
}

/// What a head is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Between lines `---`.
    Yaml,
    /// Between lines `+++`.
    Toml,
    /// An object at the very beginning, as Hugo reads it.
    Json,
}

impl Format {
    /// The line with which a head ends.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Yaml => "---",
            Self::Toml => "+++",
            Self::Json => "}",
        }
    }

    fn is_end(self, line: &str) -> bool {
        line == self.mark() || self == Self::Yaml && line == "..."
    }
}

/// Looks for the head of `text`: it begins with `---` on the first line and ends with `---` or `...`, spaces after them
/// allowed, or with `+++` and ends with it, or is an object in JSON. A first line `---` that no key follows is a rule, and no head.
pub fn head(text: &str) -> Head {
    if begins_with_object(text) {
        return object(text);
    }
    let mut lines = Lines { text, at: 0 };
    let first = lines.next().unwrap_or_default();
    let formats = [Format::Yaml, Format::Toml];
    let Some(format) = formats.into_iter().find(|format| text[first.clone()].trim_end() == format.mark()) else { return Head::None };
    let start = lines.at;
    if format == Format::Yaml && !begins_with_key(&text[start..]) {
        return Head::None;
    }
    match lines.by_ref().find(|line| format.is_end(text[line.clone()].trim_end())) {
        Some(end) => Head::Closed(format, start..end.start, lines.at),
        None => Head::Open(format, start),
    }
}

/// Whether a text begins with an object in JSON, `{`, a name in quotes and a colon, and not with braces of another sort.
fn begins_with_object(text: &str) -> bool {
    let name = text.strip_prefix('{').and_then(|inner| inner.trim_start().strip_prefix('"'));
    name.and_then(|name| name.split_once('"')).is_some_and(|(_, after)| after.trim_start().starts_with(':'))
}

/// The head that is the object at the beginning of `text`: it ends with the brace that closes the first one.
fn object(text: &str) -> Head {
    let (mut depth, mut is_quoted, mut is_escaped) = (0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' => is_quoted = !is_quoted,
            b'{' if !is_quoted => depth += 1,
            b'}' if !is_quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            let rest = &text[at + 1..];
            return Head::Closed(Format::Json, 0..at + 1, text.len() - rest.trim_start_matches([' ', '\t', '\r']).len());
        }
    }
    Head::Open(Format::Json, 0)
}

/// The Markdown of `text`, as far as its head can be told from it.
pub fn body(text: &str) -> Range<usize> {
    match head(text) {
        Head::Closed(_, _, start) => start..text.len(),
        Head::None | Head::Open(..) => 0..text.len(),
    }
}

/// Whether the first line that says something, comments of HTML aside, looks like YAML: `key:`, or the end of an empty head.
fn begins_with_key(mut text: &str) -> bool {
    while let Some((_, after)) = text.trim_start().strip_prefix("<!--").and_then(|comment| comment.split_once("-->")) {
        text = after;
    }
    let first = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
    first.is_none_or(|line| {
        line == "---"
            || line == "..."
            || line.starts_with(['{', '[', '&', '!', '?'])
            || line.starts_with("- ")
            || line.contains(": ")
            || line.ends_with(':')
            || glued_colon(line).is_some()
    })
}

/// Where the colon stands behind the key of a line that lacks the space there: `tag:Genome Browser`, and not `https://...`.
pub fn glued_colon(line: &str) -> Option<usize> {
    let (key, value) = line.split_once(':')?;
    let is_key =
        key.starts_with(|c: char| c.is_ascii_alphabetic()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    (is_key && value.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '\'' | '['))).then_some(key.len())
}

/// The lines of a text as ranges, without their ends.
pub struct Lines<'a> {
    /// The text.
    pub text: &'a str,
    /// Where the next line begins.
    pub at: usize,
}

impl Iterator for Lines<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let end = self.text[start..].find('\n').map_or(self.text.len(), |newline| start + newline);
        self.at = (end + 1).min(self.text.len());
        Some(start..end)
    }
}
