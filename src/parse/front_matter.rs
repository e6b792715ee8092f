//! The head of a file, in YAML, TOML or JSON, and what is wrong with it.

use std::borrow::Cow;
use std::ops::Range;

use crate::diagnostic::{self, Diagnostic};
use crate::markdown::{self, Format, Lines};
use crate::model::source::SourceFile;
use crate::toml;
use crate::yaml::{self, Node, SyntaxError};

/// The head and the body of a file.
pub struct Head {
    /// What stands in it, spans counted from the beginning of the file.
    pub root: Option<Node>,
    /// Where its first key may stand.
    pub start: usize,
    /// The Markdown.
    pub body: Range<usize>,
    /// What is wrong with the head.
    pub diagnostics: Vec<Diagnostic>,
    /// The head could not be read.
    pub is_broken: bool,
}

/// Splits `source` as [`markdown::head`] tells its head from its body.
pub fn split(source: &SourceFile) -> Head {
    let text = source.text.as_str();
    let whole = Head { root: None, start: 0, body: 0..text.len(), diagnostics: Vec::new(), is_broken: false };
    match markdown::head(text) {
        markdown::Head::None => match misplaced(text) {
            Some((place, message, hint)) => {
                let found = source.finding(&diagnostic::FRONT_MATTER_FORMAT, place, message).hint(hint);
                // Who may see the record may be said in what is not read.
                Head { diagnostics: vec![found], is_broken: true, ..whole }
            }
            None => whole,
        },
        markdown::Head::Closed(format, head, start) => read(source, format, head, start..text.len()),
        markdown::Head::Open(Format::Json, _) => {
            let found = source.finding(&diagnostic::FRONT_MATTER_OPEN, 0..1, "the head in JSON that begins here has no end");
            Head { diagnostics: vec![found.hint("close its last brace and quotation mark")], is_broken: true, ..whole }
        }
        markdown::Head::Open(format, start) => unclosed(source, format, start),
    }
}

/// Lines at the beginning of a file among which a misplaced head is looked for.
const LINES_MAX: usize = 40;

/// A head that is none: without its first line, or behind the title. Where it stands, what is wrong, and the mend.
fn misplaced(text: &str) -> Option<(Range<usize>, &'static str, &'static str)> {
    let lines: Vec<Range<usize>> = Lines { text, at: 0 }.take(LINES_MAX).collect();
    let line = |index: usize| lines.get(index).map_or("", |line| text[line.clone()].trim_end());
    let mut rules = (0..lines.len()).filter(|index| line(*index) == "---");
    let (first, second) = (rules.next()?, rules.next());
    if first >= 2 && is_key_line(line(0)) && (1..first).all(|index| is_entry(line(index))) {
        return Some((lines[0].clone(), "this front matter has no first line `---`, so it is text", "put a line `---` in front of it"));
    }
    let title: Vec<&str> = (0..first).map(line).filter(|line| !line.is_empty()).collect();
    let is_behind_title =
        matches!(title.as_slice(), [only] if only.starts_with("# ")) || matches!(title.as_slice(), [_, under] if under.starts_with('='));
    let is_head = is_behind_title
        && is_key_line(line(first + 1))
        && second.is_some_and(|second| second > first + 1 && (first + 1..second).all(|index| is_entry(line(index))));
    is_head.then(|| {
        (lines[first].clone(), "this front matter stands behind the title, so it is text", "move it to the first line of the file")
    })
}

/// Whether a line is `key: value` or goes on with one.
fn is_entry(line: &str) -> bool {
    line.starts_with("- ") || line.starts_with("  ") || is_key_line(line)
}

fn is_key_line(line: &str) -> bool {
    let is_key =
        |key: &str| !key.is_empty() && key.len() <= 40 && key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    line.split_once(':').is_some_and(|(key, value)| is_key(key) && (value.is_empty() || value.starts_with(' ')))
}

fn read(source: &SourceFile, format: Format, head: Range<usize>, body: Range<usize>) -> Head {
    let written = &source.text[head.clone()];
    let (root, errors) = match format {
        // JSON is YAML, too.
        Format::Yaml | Format::Json => yaml::parse(&without_comments(written)),
        Format::Toml => toml::parse(written),
    };
    if root.as_ref().is_some_and(|node| node.entries().is_none())
        && format == Format::Yaml
        && let Some(head) = unglued(source, head.clone(), body.clone())
    {
        return head;
    }
    let mut root = root.map(|node| shifted(node, |at| at + head.start));
    let mut diagnostics: Vec<Diagnostic> = errors.into_iter().map(|error| syntax(source, head.start, error)).collect();
    let mut is_broken = !diagnostics.is_empty();
    if let Some(node) = root.as_ref().filter(|node| node.entries().is_none()) {
        let message = format!("the front matter is {}, and should be `key: value` lines", node.describe());
        diagnostics.push(source.finding(&diagnostic::FRONT_MATTER_SYNTAX, node.span.clone(), message));
        root = None;
        is_broken = true;
    }
    Head { root, start: head.start, body, diagnostics, is_broken }
}

/// A head that is read with spaces behind the colons of its keys, where that makes it one: `tag:Browser`.
fn unglued(source: &SourceFile, head: Range<usize>, body: Range<usize>) -> Option<Head> {
    let written = &source.text[head.clone()];
    let lines = Lines { text: written, at: 0 };
    let colons: Vec<usize> = lines.filter_map(|line| Some(line.start + markdown::glued_colon(&written[line])?)).collect();
    let (mut spaced, mut done, mut spaces) = (String::with_capacity(written.len() + colons.len()), 0, Vec::with_capacity(colons.len()));
    for colon in &colons {
        spaced.push_str(&written[done..=*colon]);
        done = colon + 1;
        spaces.push(spaced.len());
        spaced.push(' ');
    }
    spaced.push_str(&written[done..]);
    let (root, errors) = yaml::parse(&without_comments(&spaced));
    let of_source = |at: usize| head.start + at - spaces.partition_point(|space| *space < at);
    let root = root.filter(|node| errors.is_empty() && node.entries().is_some()).map(|node| shifted(node, of_source))?;
    let first = head.start + colons.first()?;
    let found = source.finding(&diagnostic::FRONT_MATTER_FORMAT, first..first + 1, "YAML wants a space behind the colon of a key");
    let diagnostics = vec![found.hint("put one there; other programs do not read this head")];
    Some(Head { root: Some(root), start: head.start, body, diagnostics, is_broken: false })
}

/// `head` with spaces in place of the comments of HTML in it, so that what is left keeps its place. One that begins a line can be
/// part of no value: those that go on are indented.
fn without_comments(head: &str) -> Cow<'_, str> {
    let (mut bare, mut end) = (Cow::Borrowed(head), 0);
    for line in (Lines { text: head, at: 0 }).filter(|line| head[line.clone()].starts_with("<!--")) {
        if line.start < end {
            continue;
        }
        let Some(length) = head[line.start..].find("-->") else { break };
        end = line.start + length + 3;
        if head[end..].lines().next().is_none_or(|rest| rest.trim().is_empty()) {
            let spaces: String = head[line.start..end].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
            bare.to_mut().replace_range(line.start..end, &spaces);
        }
    }
    bare
}

/// A head without an end: it is taken to end where the text looks like Markdown again.
fn unclosed(source: &SourceFile, format: Format, start: usize) -> Head {
    let text = source.text.as_str();
    let (inner, assignment) = match format {
        Format::Yaml | Format::Json => ([' ', '-'], ':'),
        Format::Toml => ([' ', '['], '='),
    };
    let looks_like_body = |line: &Range<usize>| {
        let line = &text[line.clone()];
        line.trim().is_empty() || line.starts_with('#') || !(line.starts_with(inner) || line.contains(assignment))
    };
    let end = Lines { text, at: start }.find(looks_like_body).map_or(text.len(), |line| line.start);
    let line = source.place(end..end).line;
    let mut head = read(source, format, start..end, end..text.len());
    let found = source.finding(&diagnostic::FRONT_MATTER_OPEN, 0..3, "the front matter that begins here has no end");
    head.diagnostics.insert(0, found.hint(format!("put a line `{}` before line {line}, where the text seems to begin", format.mark())));
    head.is_broken = true;
    head
}

fn syntax(source: &SourceFile, start: usize, error: SyntaxError) -> Diagnostic {
    let rule = if error.first.is_some() { &diagnostic::DUPLICATE_KEY } else { &diagnostic::FRONT_MATTER_SYNTAX };
    let found = source.finding(rule, error.span.start + start..error.span.end + start, error.message);
    let first = error.first.map(|first| format!("it stands first in line {}", source.place(first + start..first + start).line));
    Diagnostic { hint: error.hint.or(first), ..found }
}

/// A node with its places counted as `place` tells.
fn shifted(mut node: Node, place: impl Fn(usize) -> usize) -> Node {
    let mut pending = vec![&mut node];
    while let Some(node) = pending.pop() {
        node.span = place(node.span.start)..place(node.span.end);
        match &mut node.value {
            yaml::NodeValue::Scalar { .. } => {}
            yaml::NodeValue::Sequence(members) => pending.extend(members),
            yaml::NodeValue::Mapping(entries) => pending.extend(entries.iter_mut().flat_map(|(key, value)| [key, value])),
        }
    }
    node
}
