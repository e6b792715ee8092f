//! Marks within a line: emphasis, links, code, comments, taken off or found.

use std::ops::Range;

/// Tags that people write within values; they are taken off.
const TAGS: [&str; 20] =
    ["br", "b", "i", "em", "strong", "a", "span", "code", "sub", "sup", "ul", "li", "p", "u", "s", "del", "ins", "small", "summary", "div"];

/// Bytes and brackets within brackets that a link may have: a hostile text costs what its length costs.
const LABEL_BYTES_MAX: usize = 1000;
const NESTING_MAX: usize = 8;

/// A link within a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineLink {
    /// Its words.
    pub label: String,
    /// Where it leads, as written.
    pub target: String,
    /// Bytes of the value.
    pub span: Range<usize>,
}

/// `markdown` without emphasis, code marks, comments, tags and what is struck out; links by their words.
pub fn plain(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some(c) = rest.chars().next() {
        let n = match c {
            '\\' if rest[1..].starts_with(|next: char| next.is_ascii_punctuation()) => {
                text.push_str(&rest[1..2]);
                2
            }
            '*' | '`' => 1,
            '_' if is_edge(&text, &rest[1..]) => 1,
            '~' if rest.starts_with("~~") => rest[2..].find("~~").map_or(2, |end| end + 4),
            '<' => match tag(rest) {
                Some((n, shown)) => {
                    text.push_str(shown);
                    n
                }
                None => push(&mut text, c),
            },
            '!' if rest[1..].starts_with('[') => link(&rest[1..]).map_or_else(|| push(&mut text, c), |(_, _, n)| n + 1),
            '[' => match link(rest) {
                Some((label, _, n)) => {
                    text.push_str(&plain(label));
                    n
                }
                None => push(&mut text, c),
            },
            _ => push(&mut text, c),
        };
        rest = &rest[n..];
    }
    text.trim().to_owned()
}

/// The bold words with which `markdown` begins, where a colon is behind them: what it is about.
pub fn bold_lead(markdown: &str) -> Option<String> {
    let (lead, rest) = markdown.strip_prefix("**")?.split_once("**")?;
    let is_lead = rest.trim_start().starts_with(':') || lead.trim_end().ends_with(':');
    is_lead.then(|| plain(lead).trim_end_matches(':').trim().to_owned())
}

/// The words of a line that is a label in bold and nothing else: `**Action Items:**`.
pub fn bold_label(line: &str) -> Option<String> {
    let inside = line.trim().trim_end_matches(':').strip_prefix("**")?.strip_suffix("**")?;
    (!inside.is_empty() && !inside.contains("**")).then(|| plain(inside).trim_end_matches(':').trim().to_owned())
}

/// The links in `markdown`: `[label](target)`, `[label][target]`, `[[target|label]]`.
pub fn links(markdown: &str) -> Vec<InlineLink> {
    let mut links = Vec::new();
    let mut at = 0;
    while let Some(open) = markdown[at..].find('[').map(|open| at + open) {
        let rest = &markdown[open..];
        if let Some(inside) = rest.strip_prefix("[[")
            && let Some(close) = inside.find(['[', ']', '\n']).filter(|close| inside[*close..].starts_with("]]"))
            && !inside[close + 2..].starts_with('(')
        {
            let (target, label) = inside[..close].split_once('|').unwrap_or((&inside[..close], &inside[..close]));
            let span = open..open + close + 4;
            at = span.end;
            links.push(InlineLink { label: label.trim().to_owned(), target: format!("[[{}]]", target.trim()), span });
            continue;
        }
        match link(rest) {
            Some((label, target, n)) => {
                links.push(InlineLink { label: plain(label), target: target.to_owned(), span: open..open + n });
                at = open + n;
            }
            None => at = open + 1,
        }
    }
    links
}

/// Where the comments of `text` are taken out.
pub fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find("<!--") {
        out.push_str(&rest[..open]);
        rest = rest[open..].find("-->").map_or("", |close| &rest[open + close + 3..]);
    }
    out.push_str(rest);
    out
}

fn push(text: &mut String, c: char) -> usize {
    text.push(c);
    c.len_utf8()
}

/// Whether an underscore here stands at the edge of a word, and so is a mark.
fn is_edge(before: &str, after: &str) -> bool {
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    !(is_word(before.chars().next_back()) && is_word(after.chars().next()))
}

/// A tag, a comment or an address in angle brackets at the start of `rest`: its length, and what is shown of it.
fn tag(rest: &str) -> Option<(usize, &str)> {
    if rest.starts_with("<!--") {
        return Some((rest.find("-->").map_or(rest.len(), |close| close + 3), ""));
    }
    let close = rest.bytes().take(400).position(|byte| byte == b'>')?;
    let inside = &rest[1..close];
    if inside.contains("://") || inside.contains('@') {
        return Some((close + 1, inside));
    }
    let name = inside.trim_start_matches('/').trim_end_matches(['/', ' ']);
    let is_tag = TAGS.contains(&name.split(' ').next().unwrap_or_default());
    is_tag.then_some((close + 1, if name == "br" { "\n" } else { "" }))
}

/// A link at the start of `rest`: label, target, length.
fn link(rest: &str) -> Option<(&str, &str, usize)> {
    let mut depth = 0usize;
    let mut close = None;
    for (at, byte) in rest.bytes().enumerate().take(LABEL_BYTES_MAX) {
        match byte {
            b'[' if depth == NESTING_MAX => return None,
            b'[' => depth += 1,
            b']' => {
                depth -= 1;
                if depth == 0 {
                    close = Some(at);
                    break;
                }
            }
            _ => {}
        }
    }
    let close = close?;
    let label = &rest[1..close];
    let after = &rest[close + 1..];
    if let Some(inside) = after.strip_prefix('(') {
        let end = closing_bracket(inside)?;
        let target = inside[..end].trim();
        let target = match target.strip_prefix('<').and_then(|target| target.split_once('>')) {
            Some((target, _)) => target,
            None => target.split([' ', '\t']).next().filter(|_| target.contains(['"', '\''])).unwrap_or(target),
        };
        return Some((label, target, close + 1 + 1 + end + 1));
    }
    // `[Refined by] [ADR-0005](0005-x.md)` is no link by reference: what follows is a link itself.
    let inside = after.strip_prefix('[')?;
    let end = inside.bytes().take(200).position(|byte| byte == b']')?;
    (!inside[end + 1..].starts_with('(')).then(|| (label, &inside[..end], close + 1 + 1 + end + 1))
}

fn closing_bracket(inside: &str) -> Option<usize> {
    let mut depth = 1usize;
    for (at, byte) in inside.bytes().enumerate().take(LABEL_BYTES_MAX) {
        match byte {
            b'(' if depth == NESTING_MAX => return None,
            b'(' => depth += 1,
            b')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            b'\n' => return None,
            _ => {}
        }
    }
    None
}
