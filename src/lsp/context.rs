//! What an author is about to write at a place of a record. Only the lines up to the cursor are looked at: what is being written
//! is no whole document yet.

use std::ops::Range;

/// What is about to be written.
#[derive(Debug, PartialEq, Eq)]
pub enum Context {
    /// The name of a field, in the field whose path is given.
    Key(Vec<String>, Range<usize>),
    /// A value of the field whose path is given.
    Value(Vec<String>, Range<usize>),
    /// The record in `[[...`.
    Wiki(Range<usize>),
    /// The file in `](...`.
    Link(Range<usize>),
    /// The section in `[[record#...` or `](file#...`, and the record or file before it.
    Anchor(Range<usize>, Range<usize>),
}

/// What byte `at` of `text` is in the middle of; `head` is where the front matter stands.
pub fn context(text: &str, head: Range<usize>, at: usize) -> Option<Context> {
    let line_start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    if head.contains(&at) && line_start > head.start { in_head(text, head, line_start, at) } else { in_body(text, line_start, at) }
}

fn in_body(text: &str, line_start: usize, at: usize) -> Option<Context> {
    let line = &text[line_start..at];
    let open = |mark: &str, end: &str| line.rfind(mark).map(|found| found + mark.len()).filter(|from| !line[*from..].contains(end));
    let (wiki, link) = (open("[[", "]]"), open("](", ")"));
    let start = wiki.max(link)?;
    let typed = line_start + start..at;
    if let Some(mark) = line[start..].find('#') {
        return Some(Context::Anchor(typed.start..typed.start + mark, typed.start + mark + 1..at));
    }
    Some(if wiki == Some(start) { Context::Wiki(typed) } else { Context::Link(typed) })
}

fn in_head(text: &str, head: Range<usize>, line_start: usize, at: usize) -> Option<Context> {
    let line = Line::read(&text[line_start..at]);
    let parents = || parents(&text[head.start..line_start], line.indentation);
    let typed = |part: &str| at - part.len()..at;
    match line.key {
        Some(key) => {
            let value = line.rest.rsplit(['[', ',']).next().unwrap_or_default().trim_start().trim_start_matches(['"', '\'']);
            let path = parents().into_iter().chain([key.to_owned()]).collect();
            Some(Context::Value(path, typed(value)))
        }
        // An entry of a list is a value, or the first field of a map: both are offered.
        None if line.is_entry => Some(Context::Value(parents(), typed(line.rest.trim_start_matches(['"', '\''])))),
        None => Some(Context::Key(parents(), typed(line.rest))),
    }
}

/// A line of front matter up to the cursor.
struct Line<'a> {
    /// Column of its key, or of what it begins with.
    indentation: usize,
    is_entry: bool,
    key: Option<&'a str>,
    /// What follows the key.
    rest: &'a str,
}

impl<'a> Line<'a> {
    fn read(line: &'a str) -> Self {
        let content = line.trim_start_matches([' ', '-']);
        let indentation = line.len() - content.len();
        let is_entry = line[..indentation].contains('-');
        let is_key = |key: &str| !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' '));
        match content.split_once(':').filter(|(key, rest)| is_key(key) && (rest.is_empty() || rest.starts_with([' ', '\t']))) {
            Some((key, rest)) => Self { indentation, is_entry, key: Some(key.trim()), rest: rest.trim_start() },
            None => Self { indentation, is_entry, key: None, rest: content },
        }
    }
}

/// The keys under which a line with this indentation stands, the outermost first.
fn parents(above: &str, mut indentation: usize) -> Vec<String> {
    let mut parents = Vec::new();
    for line in above.lines().rev().map(Line::read) {
        if let Some(key) = line.key.filter(|_| line.indentation < indentation && line.rest.is_empty()) {
            parents.push(key.to_owned());
            indentation = line.indentation;
        }
    }
    parents.reverse();
    parents
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The context at `|`, with its texts.
    fn at(marked: &str) -> String {
        let at = marked.find('|').expect("a cursor");
        let text = marked.replacen('|', "", 1);
        let head = text.strip_prefix("---\n").and_then(|rest| rest.find("\n---")).map_or(0..0, |end| 0..end + 5);
        match context(&text, head, at) {
            Some(Context::Key(path, typed)) => format!("key {path:?} {}", &text[typed]),
            Some(Context::Value(path, typed)) => format!("value {path:?} {}", &text[typed]),
            Some(Context::Wiki(typed)) => format!("wiki {}", &text[typed]),
            Some(Context::Link(typed)) => format!("link {}", &text[typed]),
            Some(Context::Anchor(of, typed)) => format!("anchor {} {}", &text[of], &text[typed]),
            None => "none".to_owned(),
        }
    }

    #[test]
    fn what_is_written_next_is_told_from_what_is_before() {
        let cases = [
            ("---\nsta|\n---\n", "key [] sta"),
            ("---\nstatus: acc|\n---\n", "value [\"status\"] acc"),
            ("---\ntags: [a, b|]\n---\n", "value [\"tags\"] b"),
            ("---\nsupersedes:\n  - 1|\n---\n", "value [\"supersedes\"] 1"),
            ("---\nactions:\n  - title: x\n    own|\n---\n", "key [\"actions\"] own"),
            ("---\nactions:\n  - title: x\n    owner: pla|\n---\n", "value [\"actions\", \"owner\"] pla"),
            ("---\ndebt:\n  what: x\nst|\n---\n", "key [] st"),
            ("---\na: b\n---\nSee [[ter|", "wiki ter"),
            ("See [[terraform]] and [x](../dec|isions)", "link ../dec"),
            ("See [[terraform#con|", "anchor terraform con"),
            ("See [x](a.md#|", "anchor a.md "),
            ("Nothing |here", "none"),
        ];
        for (marked, expected) in cases {
            assert_eq!(at(marked), expected, "{marked}");
        }
    }
}
