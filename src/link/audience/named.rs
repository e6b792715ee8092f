//! Where the text of a record names others, found in its signs alone: in code, in heads, in HTML, and where no link is made of it.

use std::ops::Range;

/// A name in brackets: where it stands, what it names, and the words that its author chose for it.
pub type Named = (Range<usize>, String, Option<String>);

/// Bytes between the brackets of a name.
const NAME_BYTES_MAX: usize = 400;

/// All `[[name]]` and `[[name|words]]` of `text`, those too that are no links: broken over quoted lines, with spaces, in code.
pub fn bracketed(text: &str) -> Vec<Named> {
    let named = |(start, _): (usize, &str)| {
        let is_embedded = text[..start].ends_with('!');
        let end = (start + 2..=text.len().min(start + 2 + NAME_BYTES_MAX)).rev().find(|end| text.is_char_boundary(*end))?;
        let length = text[start + 2..end].find("]]")?;
        let inside = &text[start + 2..start + 2 + length];
        let lines: Vec<&str> = inside.lines().map(|line| line.trim_start_matches(['>', ' ', '\t']).trim_end()).collect();
        let inside = lines.join(" ");
        let (name, words) = inside.split_once('|').map_or((inside.as_str(), None), |(name, words)| (name, Some(words.trim())));
        let name = name.trim_end_matches('\\').trim().to_owned();
        let words = words.filter(|words| !words.is_empty() && *words != name).map(str::to_owned);
        // `x[[1]]` is code: a number alone tells nothing.
        let is_name = !name.is_empty() && !name.bytes().all(|b| b.is_ascii_digit());
        is_name.then_some((start - usize::from(is_embedded)..start + length + 4, name, words))
    };
    text.match_indices("[[").filter_map(named).collect()
}

/// All lines `[label]: target` of `text`. Without the links that name it, a definition has no use.
pub fn defined(text: &str) -> Vec<Named> {
    let mut start = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        let written = line.trim_start_matches(['>', ' ', '\t']);
        if written.starts_with('[')
            && let Some((_, definition)) = written.split_once("]:")
        {
            let target = definition.split_whitespace().next().unwrap_or_default().trim_matches(['<', '>']);
            found.push((start..start + line.trim_end().len(), target.to_owned(), Some(String::new())));
        }
        start += line.len();
    }
    found
}

/// All `[words](target)` of `text`.
pub fn linked(text: &str) -> Vec<Named> {
    let (mut found, mut end) = (Vec::new(), 0);
    while let Some(middle) = text[end..].find("](").map(|at| at + end) {
        let Some(length) = text[middle + 2..].find(')') else { break };
        let target = text[middle + 2..middle + 2 + length].split_whitespace().next().unwrap_or_default();
        if let Some(start) = text[end..middle].rfind('[').map(|at| at + end) {
            found.push((start..middle + length + 3, target.to_owned(), Some(text[start + 1..middle].to_owned())));
        }
        end = middle + length + 3;
    }
    found
}

/// All `href="target"` and `src="target"` of `text`, as HTML has them, with the white space before them: where they stand, and
/// their targets.
pub fn attributed(text: &str) -> Vec<(Range<usize>, String)> {
    let attribute = |(equals, _): (usize, &str)| {
        let before = text[..equals].trim_end();
        let start = ["href", "src"].iter().find_map(|name| {
            let start = before.len().checked_sub(name.len()).filter(|start| before.is_char_boundary(*start))?;
            before[start..].eq_ignore_ascii_case(name).then_some(start)
        })?;
        let value = equals + 1 + text[equals + 1..].len() - text[equals + 1..].trim_start().len();
        let quote = text[value..].chars().next().filter(|c| matches!(c, '"' | '\''));
        let from = value + quote.map_or(0, char::len_utf8);
        let length = text[from..].find(|c: char| quote.map_or(c.is_whitespace() || c == '>', |quote| c == quote))?;
        let end = from + length + quote.map_or(0, char::len_utf8);
        Some((text[..start].trim_end().len()..end, text[from..from + length].to_owned()))
    };
    text.match_indices('=').filter_map(attribute).collect()
}
