//! How the text of a record names another: a link with its number and its title, whatever signs these have.

use crate::model::name::{OutputPath, SourcePath};
use crate::model::record::Record;

/// A record as the text of another names it.
pub struct Named<'a> {
    /// Its number, where it has one.
    pub number: Option<i64>,
    /// Its title.
    pub title: &'a str,
    /// Its file.
    pub path: &'a SourcePath,
}

impl<'a> From<&'a Record> for Named<'a> {
    fn from(record: &'a Record) -> Self {
        Self { number: record.number, title: &record.title, path: record.path() }
    }
}

/// How the text of `from` names `to`: `[5. Queues](0005-queues.md)`.
pub fn link(from: &Record, to: &Named<'_>) -> String {
    let number = to.number.map_or_else(String::new, |number| format!("{number}. "));
    let title = literal(to.title);
    let path = OutputPath::new(from.path().as_str()).relative(to.path.as_str());
    format!("[{number}{title}]({})", encoded(&path))
}

/// `text` as words within Markdown: signs that would be markup there are escaped.
fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        // Within a word an underscore is one; an ampersand before a blank is one.
        let is_markup = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '|' | '~' => true,
            '_' => !(before.is_alphanumeric() && rest.peek().is_some_and(|next| next.is_alphanumeric())),
            '&' => rest.peek().is_some_and(|next| next.is_alphanumeric() || *next == '#'),
            _ => false,
        };
        literal.extend(is_markup.then_some('\\').into_iter().chain([c]));
        before = c;
    }
    literal
}

/// A path as the target of a link.
pub fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            ' ' => encoded.push_str("%20"),
            '(' => encoded.push_str("%28"),
            ')' => encoded.push_str("%29"),
            '<' => encoded.push_str("%3C"),
            '>' => encoded.push_str("%3E"),
            '%' => encoded.push_str("%25"),
            '|' => encoded.push_str("%7C"),
            c => encoded.push(c),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_markdown_in_titles_are_no_markup() {
        for (title, written) in [
            ("Plain words, a_name & more", "Plain words, a_name & more"),
            ("`x` <b> [y](z) | *w* _v_ ~~u~~ &amp;", "\\`x\\` \\<b> \\[y\\](z) \\| \\*w\\* \\_v\\_ \\~\\~u\\~\\~ \\&amp;"),
            ("ends with \\", "ends with \\\\"),
        ] {
            assert_eq!(literal(title), written);
        }
    }
}
