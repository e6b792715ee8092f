//! YAML as a tree of nodes, each with its place, each scalar as it was written. The one home of the YAML parser.
//!
//! No scalar is given a type here: whether `no`, `0012` or `1.10` is text, a number or a truth value is for the field
//! that holds it to say. Limits on size, depth, nodes and aliases keep hostile input cheap (`docs/decisions/0003`).

use std::collections::HashMap;
use std::ops::Range;

use serde_yaml::{Event, Parser, ScalarStyle, ScanError, options};

/// Bytes of YAML that are read at most.
pub const BYTES_MAX: usize = 64 * 1024;
const DEPTH_MAX: usize = 32;
const NODES_MAX: usize = 10_000;
const ALIASES_MAX: usize = 100;
/// Bytes that the aliases may come to, each counted in full.
const ALIAS_BYTES_MAX: usize = 1024 * 1024;
/// Characters of a value that a hint repeats.
const QUOTED_CHARS_MAX: usize = 80;

/// A value and where it stands; what [`crate::toml`] reads takes the same form.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// What stands there.
    pub value: NodeValue,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeValue {
    /// A scalar, after its quotes and escapes are undone; `plain` when it has no quotes.
    Scalar {
        /// The text.
        text: String,
        /// Written without quotes.
        plain: bool,
    },
    /// `- a`, `[a, b]`.
    Sequence(Vec<Node>),
    /// `key: value`, `{key: value}`; in the order of the text, without repeated keys.
    Mapping(Vec<(Node, Node)>),
}

/// What is wrong with a text of keys and values.
#[derive(Clone, Debug, PartialEq)]
pub struct SyntaxError {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// The fact.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// For a repeated key: where it stands first.
    pub first: Option<usize>,
}

impl SyntaxError {
    /// An error without a mend.
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), hint: None, first: None }
    }
}

impl Node {
    /// The scalar's text; `None` for a list, a mapping, or no value (`~`, `null`, nothing).
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            NodeValue::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// Whether nothing is said: `key:`, `key: ~`, `key: null`.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, NodeValue::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The entries of a mapping.
    pub fn entries(&self) -> Option<&[(Node, Node)]> {
        match &self.value {
            NodeValue::Mapping(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value under `key`, when this is a mapping.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?.iter().find(|(name, _)| name.text() == Some(key)).map(|(_, value)| value)
    }

    /// The members of a list; a single value is a list of one, no value is an empty one.
    pub fn members(&self) -> &[Node] {
        match &self.value {
            NodeValue::Sequence(members) => members,
            _ if self.is_null() => &[],
            _ => std::slice::from_ref(self),
        }
    }

    /// What it is, for messages.
    pub fn describe(&self) -> &'static str {
        match &self.value {
            _ if self.is_null() => "nothing",
            NodeValue::Scalar { .. } => "a single value",
            NodeValue::Sequence(_) => "a list",
            NodeValue::Mapping(_) => "a mapping",
        }
    }
}

/// Reads one YAML document. What could be read comes back even when there are errors; `None` for an empty document.
pub fn parse(text: &str) -> (Option<Node>, Vec<SyntaxError>) {
    if text.len() > BYTES_MAX {
        return (None, vec![SyntaxError::new(0..1, format!("more than {} KiB of YAML", BYTES_MAX / 1024))]);
    }
    let limits = options! { flow_nesting_limit: DEPTH_MAX, block_nesting_limit: DEPTH_MAX };
    let mut builder = Builder::default();
    for step in Parser::new_from_str_with_options(text, limits) {
        let outcome = match step {
            Ok((event, span)) => builder.take(event, span.byte_range().unwrap_or(0..0)),
            Err(error) => Err(syntax_error(text, &error)),
        };
        if let Err(error) = outcome {
            builder.errors.push(error);
            break;
        }
    }
    (builder.root, builder.errors)
}

/// Builds the tree from the parser's events, without recursion.
#[derive(Default)]
struct Builder {
    root: Option<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    n_nodes: usize,
    n_aliases: usize,
    n_alias_bytes: usize,
    n_documents: usize,
    errors: Vec<SyntaxError>,
}

/// A list or mapping whose end has not come yet.
struct Open {
    start: usize,
    anchor: usize,
    members: Vec<Node>,
    is_mapping: bool,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Range<usize>) -> Result<(), SyntaxError> {
        if event.tag().is_some() {
            return Err(SyntaxError { hint: Some("remove the `!...`".into()), ..SyntaxError::new(span, "tags mean nothing here") });
        }
        match event {
            Event::DocumentStart(..) => {
                self.n_documents += 1;
                if self.n_documents > 1 {
                    return Err(SyntaxError::new(span, "a second document begins here; only one is read"));
                }
            }
            Event::Scalar(text, style, anchor, _) => {
                let value = NodeValue::Scalar { text: text.into_owned(), plain: style == ScalarStyle::Plain };
                return self.close(Node { span, value }, anchor);
            }
            Event::SequenceStart(_, anchor, _) => {
                self.open.push(Open { start: span.start, anchor, members: Vec::new(), is_mapping: false })
            }
            Event::MappingStart(_, anchor, _) => self.open.push(Open { start: span.start, anchor, members: Vec::new(), is_mapping: true }),
            Event::SequenceEnd | Event::MappingEnd => {
                let open = self.open.pop().expect("the parser balances starts and ends");
                let end = open.members.last().map_or(span.end, |last| last.span.end.max(span.end.min(last.span.end + 1)));
                let value = if open.is_mapping { self.mapping(open.members) } else { NodeValue::Sequence(open.members) };
                return self.close(Node { span: open.start..end, value }, open.anchor);
            }
            Event::Alias(anchor) => {
                self.n_aliases += 1;
                if self.n_aliases > ALIASES_MAX {
                    return Err(SyntaxError::new(span, format!("more than {ALIASES_MAX} aliases")));
                }
                let Some(node) = self.anchors.get(&anchor) else {
                    return Err(SyntaxError::new(span, "an alias of something that contains it"));
                };
                let size = Size::of(node);
                self.n_nodes += size.n_nodes;
                self.n_alias_bytes += size.n_bytes;
                if self.n_alias_bytes > ALIAS_BYTES_MAX {
                    return Err(SyntaxError::new(span, format!("aliases come to more than {} MiB", ALIAS_BYTES_MAX >> 20)));
                }
                let value = node.value.clone();
                return self.close(Node { span, value }, 0);
            }
            _ => {}
        }
        Ok(())
    }

    /// Hands a finished node to the list or mapping that is open.
    fn close(&mut self, node: Node, anchor: usize) -> Result<(), SyntaxError> {
        self.n_nodes += 1;
        if self.n_nodes > NODES_MAX {
            return Err(SyntaxError::new(node.span, format!("more than {NODES_MAX} values, aliases counted in full")));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            Some(open) => open.members.push(node),
            None => self.root = Some(node).filter(|node| !node.is_null()),
        }
        Ok(())
    }

    fn mapping(&mut self, members: Vec<Node>) -> NodeValue {
        let mut first: HashMap<String, usize> = HashMap::new();
        let mut entries = Vec::with_capacity(members.len() / 2);
        let mut members = members.into_iter();
        while let (Some(key), Some(value)) = (members.next(), members.next()) {
            let Some(name) = key.text().map(str::to_owned) else {
                let hint = Some("put a `?` that is a word of its own in quotes: '?'".to_owned());
                self.errors.push(SyntaxError { hint, ..SyntaxError::new(key.span, "a key is a word, not a list or mapping") });
                continue;
            };
            match first.get(&name) {
                None => {
                    first.insert(name, key.span.start);
                    entries.push((key, value));
                }
                Some(&at) => {
                    let repeated = SyntaxError::new(key.span, format!("`{name}` stands here for the second time"));
                    self.errors.push(SyntaxError { first: Some(at), ..repeated });
                }
            }
        }
        NodeValue::Mapping(entries)
    }
}

/// What a node holds, those within it included.
#[derive(Default)]
struct Size {
    n_nodes: usize,
    n_bytes: usize,
}

impl Size {
    fn of(node: &Node) -> Self {
        let mut size = Self::default();
        let mut pending = vec![node];
        while let Some(node) = pending.pop() {
            size.n_nodes += 1;
            match &node.value {
                NodeValue::Scalar { text, .. } => size.n_bytes += text.len(),
                NodeValue::Sequence(members) => pending.extend(members),
                NodeValue::Mapping(entries) => pending.extend(entries.iter().flat_map(|(key, value)| [key, value])),
            }
        }
        size
    }
}

fn syntax_error(text: &str, error: &ScanError) -> SyntaxError {
    let marker = error.marker();
    let at = marker.byte_offset().unwrap_or_else(|| text.char_indices().nth(marker.index()).map_or(text.len(), |(at, _)| at));
    let at = at.min(text.trim_end().len());
    let message = error.info().to_string();
    let message = message.split(" at ").next().unwrap_or_default().trim_end_matches('.').to_owned();
    let unclosed = message.contains("quoted scalar").then(|| unclosed_above(text, at)).flatten();
    SyntaxError { hint: Some(unclosed.unwrap_or_else(|| advice(text, at))), ..SyntaxError::new(at..at + 1, message) }
}

/// Where the parser stumbles over what a quote swallowed: the line above in which that opens.
fn unclosed_above(text: &str, at: usize) -> Option<String> {
    let above = &text[..text[..floor(text, at)].rfind('\n')?];
    let value = above.lines().next_back()?.split_once(": ")?.1.trim();
    (value.starts_with(['"', '\'']) && !value[1..].contains(&value[..1])).then(|| format!("close the quote that opens above: {value}"))
}

/// What most often is wrong with a line at which the parser stumbles.
fn advice(text: &str, at: usize) -> String {
    let start = text[..floor(text, at)].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    let item = line.trim_start().strip_prefix("- ");
    let value = line.split_once(':').map(|(_, value)| value).or(item).unwrap_or_default().trim();
    let is_long = value.chars().count() > QUOTED_CHARS_MAX;
    if line.starts_with('\t') || line.trim_start_matches(' ').starts_with('\t') {
        return "indent with spaces, not with a tab".to_owned();
    }
    if is_long {
        return "put the value in quotes, or close the quote that opens in it".to_owned();
    }
    if value.starts_with(['"', '\'']) && !value[1..].contains(&value[..1]) {
        return format!("close the quote that opens here: {value}");
    }
    if value.starts_with(['@', '%', '`', '!', '&', '*', '[', '{', '|', '>']) || value.contains(": ") {
        return format!("put the value in quotes: '{}'", value.replace('\'', "''"));
    }
    "mend the indentation, or put the value in quotes".to_owned()
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|&index| text.is_char_boundary(index)).unwrap_or(0)
}
