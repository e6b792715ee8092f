//! Tables and lists of definitions that are written in HTML, read like other tables: `<tr><td>Status</td><td>Accepted</td></tr>`,
//! `<dt>Status</dt><dd>Accepted</dd>`.

use std::ops::Range;

use crate::parse::shape::lines::{Layout, Line, trimmed};
use crate::parse::shape::table::{Cell, Row, Table};

/// Bytes of a table that is read; a longer one holds no metadata.
const BYTES_MAX: usize = 20_000;
/// The elements of which tables and lists of definitions are made; all others belong to what a cell says.
const ELEMENTS: [&str; 7] = ["table", "tr", "td", "th", "dl", "dt", "dd"];

/// A tag of one of [`ELEMENTS`].
struct Tag {
    name: &'static str,
    is_end: bool,
    span: Range<usize>,
}

/// The table at the beginning of `lines`, and how many lines it takes; nothing, if none begins there. Its rows are hidden together or
/// not at all.
pub fn read(layout: &Layout<'_>, lines: &[Line]) -> Option<(Table, usize)> {
    let start = lines.first()?.content.start;
    let mut tags = tags(layout.text, start..lines.last()?.content.end.min(start + BYTES_MAX));
    let outer = tags.next().filter(|tag| tag.span.start == start && !tag.is_end && matches!(tag.name, "table" | "dl"))?;
    let (mut rows, mut open): (Vec<Vec<Cell>>, Option<usize>) = (Vec::new(), None);
    let end = tags.find_map(|tag| {
        if let (Some(from), Some(row)) = (open.take(), rows.last_mut()) {
            let span = trimmed(layout.text, from..tag.span.start);
            row.push(Cell { text: with_links(&layout.text[span.clone()]), span });
        }
        if !tag.is_end && matches!(tag.name, "tr" | "dt") {
            rows.push(Vec::new());
        }
        open = (!tag.is_end && matches!(tag.name, "td" | "th" | "dt" | "dd")).then_some(tag.span.end);
        (tag.is_end && tag.name == outer.name).then_some(tag.span.end)
    })?;
    let n = lines.iter().take_while(|line| line.whole.start < end).count();
    let whole = lines[0].whole.start..lines[n - 1].whole.end;
    let rows = rows.into_iter().filter(|cells| !cells.is_empty());
    Some((Table { rows: rows.map(|cells| Row { cells, whole: whole.clone() }).collect(), whole }, n))
}

/// The tags in `range` of `text` of which tables are made.
fn tags(text: &str, range: Range<usize>) -> impl Iterator<Item = Tag> {
    let bytes = &text.as_bytes()[range.clone()];
    let opens = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'<').map(|(at, _)| at);
    opens.filter_map(move |open| {
        let is_end = bytes.get(open + 1) == Some(&b'/');
        let inside = &bytes[open + 1 + usize::from(is_end)..];
        let n_letters = inside.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let name = ELEMENTS.iter().find(|name| name.as_bytes().eq_ignore_ascii_case(&inside[..n_letters]))?;
        // A tag that another one interrupts is none.
        let n_inside = inside.iter().position(|byte| matches!(byte, b'<' | b'>')).filter(|end| inside[*end] == b'>')?;
        let close = bytes.len() - inside.len() + n_inside + 1;
        Some(Tag { name, is_end, span: range.start + open..range.start + close })
    })
}

/// `html` with its links as Markdown has them: `<a href="0001.md">ADR-1</a>` as `[ADR-1](0001.md)`.
fn with_links(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, link)) = rest.split_once("<a ") {
        out.push_str(before);
        let Some((attributes, inside)) = link.split_once('>') else { break };
        let Some((label, after)) = inside.split_once("</a>") else { break };
        let target = attributes.split_once("href=").and_then(|(_, value)| value.split(['"', '\'']).nth(1));
        out.push_str(&target.map_or_else(|| label.to_owned(), |target| format!("[{label}]({target})")));
        rest = after;
    }
    out.push_str(rest);
    out
}
