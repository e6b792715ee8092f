//! TOML as the tree of nodes that [`crate::yaml`] makes of YAML, so that a head in either is read alike. The one home of
//! the TOML parser, which bounds the depth of what it reads.
//!
//! Numbers, truth values and times become their text: what they are is for the field that holds them to say.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue, Error};

use crate::yaml::{BYTES_MAX, Node, NodeValue, SyntaxError};

/// Errors that are told of one text.
const ERRORS_MAX: usize = 20;

/// Reads one TOML document. What could be read comes back even when there are errors; `None` for an empty document.
pub fn parse(text: &str) -> (Option<Node>, Vec<SyntaxError>) {
    if text.len() > BYTES_MAX {
        return (None, vec![SyntaxError::new(0..1, format!("more than {} KiB of TOML", BYTES_MAX / 1024))]);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut errors: Vec<SyntaxError> = errors.iter().take(ERRORS_MAX).map(|error| syntax_error(text, error)).collect();
    // The parser goes on in the middle of a line: what it stumbles over next there is the same slip.
    errors.dedup_by_key(|error| text[..error.span.start].matches('\n').count());
    let root = Some(mapping(table.get_ref(), 0..text.len())).filter(|root| root.entries().is_some_and(|entries| !entries.is_empty()));
    (root, errors)
}

fn mapping(table: &DeTable<'_>, span: Range<usize>) -> Node {
    let key = |key: &Spanned<_>| scalar(std::borrow::Cow::to_string(key.get_ref()), false, key.span());
    let mut entries: Vec<(Node, Node)> = table.iter().map(|(name, value)| (key(name), node(value))).collect();
    // The parser orders keys by name; readers are told of them in the order of the text.
    entries.sort_by_key(|(key, _)| key.span.start);
    Node { span, value: NodeValue::Mapping(entries) }
}

fn node(value: &Spanned<DeValue<'_>>) -> Node {
    let span = value.span();
    match value.get_ref() {
        DeValue::Table(table) => mapping(table, span),
        DeValue::Array(array) => Node { span, value: NodeValue::Sequence(array.iter().map(node).collect()) },
        DeValue::String(text) => scalar(text.to_string(), false, span),
        DeValue::Integer(number) => scalar(integer(number), true, span),
        DeValue::Float(number) => scalar(number.as_str().to_owned(), true, span),
        DeValue::Boolean(value) => scalar(value.to_string(), true, span),
        DeValue::Datetime(datetime) => scalar(datetime.to_string(), true, span),
    }
}

fn scalar(text: String, plain: bool, span: Range<usize>) -> Node {
    Node { span, value: NodeValue::Scalar { text, plain } }
}

/// A number in decimal notation; one that is too large for that as it is written.
fn integer(number: &DeInteger<'_>) -> String {
    i64::from_str_radix(number.as_str(), number.radix()).map_or_else(|_| number.to_string(), |number| number.to_string())
}

fn syntax_error(text: &str, error: &Error) -> SyntaxError {
    let end = text.trim_end().len();
    let span = error.span().map_or(end..end, |span| span.start.min(end)..span.end.min(text.len()));
    let message = error.message().lines().collect::<Vec<_>>().join(", ");
    let line = text[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[line..].lines().next().unwrap_or_default();
    let is_yaml = line.split_once(':').is_some_and(|(key, _)| !key.contains(['=', '"', '\'']));
    let hint = is_yaml.then(|| "between lines `+++` the head is TOML: write `key = value`".to_owned());
    SyntaxError { hint, ..SyntaxError::new(span, message) }
}
