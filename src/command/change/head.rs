//! Edits of front matter: an entry set, an entry added to a list. What stands around them stays as it is.

use std::ops::Range;

use crate::command::change::Edit;
use crate::markdown;
use crate::yaml::{self, Node, NodeValue};

/// The front matter of a text: its YAML, with places counted from the beginning of the text.
pub struct FrontMatter<'a> {
    text: &'a str,
    yaml: Range<usize>,
    root: Option<Node>,
}

impl<'a> FrontMatter<'a> {
    /// The front matter of `text`; `None` when there is none, or it can not be read.
    pub fn of(text: &'a str) -> Option<Self> {
        let markdown::Head::Closed(markdown::Format::Yaml, yaml, _) = markdown::head(text) else { return None };
        let (root, errors) = yaml::parse(&text[yaml.clone()]);
        let is_mapping = root.as_ref().is_none_or(|root| root.entries().is_some() && !text[yaml.start..].trim_start().starts_with('{'));
        (errors.is_empty() && is_mapping).then_some(Self { text, yaml, root })
    }

    /// Gives `key` the value `value`, YAML on one line; it is added at the end when it is not there.
    pub fn set(&self, key: &str, value: &str) -> Edit {
        match self.entry(key) {
            Some((_, node)) if !node.is_null() => Edit::replace(self.span(node), value),
            Some((key, _)) => self.after_key(key, value),
            None => self.add(key, value),
        }
    }

    /// Adds `entry`, YAML on one line, to the list under `key`, in the way in which the list is written. A single value
    /// becomes a list.
    pub fn append(&self, key: &str, entry: &str) -> Edit {
        let Some((key_node, node)) = self.entry(key) else { return self.add(key, &format!("[{entry}]")) };
        let span = self.span(node);
        match &node.value {
            _ if node.is_null() => self.after_key(key_node, &format!("[{entry}]")),
            NodeValue::Sequence(members) if self.text[span.start..].starts_with('[') => match members.last() {
                Some(last) => Edit::insert(self.span(last).end, format!(", {entry}")),
                None => Edit::insert(span.start + 1, entry),
            },
            NodeValue::Sequence(members) => self.add_line(members, entry),
            _ => Edit::replace(span.clone(), format!("[{}, {entry}]", &self.text[span])),
        }
    }

    /// Adds `entry` as a line of its own to the list `members`, each of which is one.
    fn add_line(&self, members: &[Node], entry: &str) -> Edit {
        let (first, last) = (&members[0], &members[members.len() - 1]);
        let line_start = self.text[..first.span.start + self.yaml.start].rfind('\n').map_or(0, |newline| newline + 1);
        let dash = &self.text[line_start..first.span.start + self.yaml.start];
        let end = self.span(last).end;
        let line_end = self.text[end..].find('\n').map_or(self.text.len(), |newline| end + newline);
        Edit::insert(line_end, format!("\n{dash}{entry}"))
    }

    /// Adds a line at the end, indented as the others are.
    fn add(&self, key: &str, value: &str) -> Edit {
        let first = self.root.as_ref().and_then(|root| root.entries()?.first());
        let before = first.map_or("", |(key, _)| &self.text[self.yaml.start..self.yaml.start + key.span.start]);
        let line = before.rsplit('\n').next().unwrap_or_default();
        let indent = if line.trim().is_empty() { line } else { "" };
        Edit::insert(self.yaml.end, format!("{indent}{key}: {value}\n"))
    }

    fn after_key(&self, key: &Node, value: &str) -> Edit {
        let end = key.span.end + self.yaml.start;
        let colon = self.text[end..].find(':').map_or(end, |colon| end + colon + 1);
        Edit::insert(colon, format!(" {value}"))
    }

    fn entry(&self, key: &str) -> Option<&(Node, Node)> {
        self.root.as_ref()?.entries()?.iter().find(|(name, _)| name.text() == Some(key))
    }

    /// Where a value stands, without white space and line ends behind it.
    fn span(&self, node: &Node) -> Range<usize> {
        let (start, end) = (node.span.start + self.yaml.start, node.span.end + self.yaml.start);
        start..start + self.text[start..end].trim_end().len()
    }
}

/// Front matter with `lines`, for a text that has none.
pub fn new(lines: &[String]) -> Edit {
    let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
    Edit::insert(0, format!("---\n{lines}---\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn appended(head: &str) -> String {
        let text = format!("---\n{head}---\nBody\n");
        let edit = FrontMatter::of(&text).expect("front matter").append("a", "new");
        format!("{}{}{}", &text[..edit.span.start], edit.text, &text[edit.span.end..])
    }

    #[test]
    fn lists_grow_in_the_way_in_which_they_are_written() {
        for (before, after) in [
            ("", "a: [new]\n"),
            ("b: 1\n", "b: 1\na: [new]\n"),
            ("a:\nb: 1\n", "a: [new]\nb: 1\n"),
            ("# own\n  b: 1\n", "# own\n  b: 1\n  a: [new]\n"),
            ("a: []  # none\n", "a: [new]  # none\n"),
            ("a: [ x, y ] # two\n", "a: [ x, y, new ] # two\n"),
            ("a: \"x, y\" # one\n", "a: [\"x, y\", new] # one\n"),
            ("a:\n- x # one\n- y # two\nb: 1\n", "a:\n- x # one\n- y # two\n- new\nb: 1\n"),
            ("a:\n    - k: 1\n      l: 2\n\nb: 1\n", "a:\n    - k: 1\n      l: 2\n    - new\n\nb: 1\n"),
            ("a: [\n  x,\n  y\n]\n", "a: [\n  x,\n  y, new\n]\n"),
        ] {
            assert_eq!(appended(before), format!("---\n{after}---\nBody\n"), "{before:?}");
        }
    }

    #[test]
    fn values_are_replaced_where_they_stand() {
        let text = "---\na: 1 # one\nb:\n---\n";
        let set = |key: &str| {
            let edit = FrontMatter::of(text).expect("front matter").set(key, "2");
            format!("{}{}{}", &text[..edit.span.start], edit.text, &text[edit.span.end..])
        };
        assert_eq!(set("a"), "---\na: 2 # one\nb:\n---\n");
        assert_eq!(set("b"), "---\na: 1 # one\nb: 2\n---\n");
        assert_eq!(set("c"), "---\na: 1 # one\nb:\nc: 2\n---\n");
    }
}
