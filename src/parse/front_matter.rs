//! The YAML head of a file, and what is wrong with it.

use std::ops::Range;

use crate::diagnostic::{self, Diagnostic};
use crate::markdown::{self, Lines};
use crate::model::source::SourceFile;
use crate::yaml::{self, Node, YamlError};

/// The head and the body of a file.
pub struct Head {
    /// The YAML, spans counted from the beginning of the file.
    pub root: Option<Node>,
    /// Where the YAML begins.
    pub yaml_start: usize,
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
    let whole = Head { root: None, yaml_start: 0, body: 0..text.len(), diagnostics: Vec::new(), is_broken: false };
    match markdown::head(text) {
        markdown::Head::None => whole,
        markdown::Head::Toml => {
            let message = "this head is in TOML, which is not read";
            let found = source.finding(&diagnostic::FRONT_MATTER_FORMAT, 0..3, message).hint("write it as YAML between two lines `---`");
            Head { diagnostics: vec![found], is_broken: true, ..whole }
        }
        markdown::Head::Yaml(yaml, start) => read(source, yaml, start..text.len()),
        markdown::Head::Open(start) => unclosed(source, start),
    }
}

fn read(source: &SourceFile, yaml: Range<usize>, body: Range<usize>) -> Head {
    let (root, errors) = yaml::parse(&source.text[yaml.clone()]);
    let mut root = root.map(|node| shifted(node, yaml.start));
    let mut diagnostics: Vec<Diagnostic> = errors.into_iter().map(|error| syntax(source, yaml.start, error)).collect();
    let mut is_broken = !diagnostics.is_empty();
    if let Some(node) = root.as_ref().filter(|node| node.entries().is_none()) {
        let message = format!("the front matter is {}, and should be `key: value` lines", node.describe());
        diagnostics.push(source.finding(&diagnostic::FRONT_MATTER_SYNTAX, node.span.clone(), message));
        root = None;
        is_broken = true;
    }
    Head { root, yaml_start: yaml.start, body, diagnostics, is_broken }
}

/// A head without an end: it is taken to end where the text looks like Markdown again.
fn unclosed(source: &SourceFile, start: usize) -> Head {
    let text = source.text.as_str();
    let looks_like_body = |line: &Range<usize>| {
        let line = &text[line.clone()];
        line.trim().is_empty() || line.starts_with('#') || !(line.starts_with([' ', '-']) || line.contains(':'))
    };
    let end = Lines { text, at: start }.find(looks_like_body).map_or(text.len(), |line| line.start);
    let line = source.place(end..end).line;
    let mut head = read(source, start..end, end..text.len());
    let found = source.finding(&diagnostic::FRONT_MATTER_OPEN, 0..3, "the front matter that begins here has no end");
    head.diagnostics.insert(0, found.hint(format!("put a line `---` before line {line}, where the text seems to begin")));
    head.is_broken = true;
    head
}

fn syntax(source: &SourceFile, start: usize, error: YamlError) -> Diagnostic {
    let rule = if error.first.is_some() { &diagnostic::DUPLICATE_KEY } else { &diagnostic::FRONT_MATTER_SYNTAX };
    let found = source.finding(rule, error.span.start + start..error.span.end + start, error.message);
    let first = error.first.map(|first| format!("it stands first in line {}", source.place(first + start..first + start).line));
    Diagnostic { hint: error.hint.or(first), ..found }
}

fn shifted(mut node: Node, by: usize) -> Node {
    let mut pending = vec![&mut node];
    while let Some(node) = pending.pop() {
        node.span = node.span.start + by..node.span.end + by;
        match &mut node.value {
            yaml::NodeValue::Scalar { .. } => {}
            yaml::NodeValue::Sequence(members) => pending.extend(members),
            yaml::NodeValue::Mapping(entries) => pending.extend(entries.iter_mut().flat_map(|(key, value)| [key, value])),
        }
    }
    node
}
