//! Sidebars written in JavaScript or JSON, as Docusaurus, VitePress, Starlight and Mintlify have them. The file is a program, more
//! often than not; its texts that are names of pages are those pages in order, and labels around them are titles, which is
//! what it says unless it computes them.

use crate::link::navigation::{Outlined, exact};
use crate::link::path;
use crate::link::resolve::Resolver;
use crate::model::handbook::RecordIndex;
use crate::model::name::SourcePath;

/// Brackets within brackets that are told apart; what is deeper belongs to the innermost of them.
const DEPTH_MAX: usize = 32;
/// Keys whose text is the title of what stands beside them.
const TITLES: [&str; 6] = ["label", "text", "title", "group", "tab", "anchor"];
/// Keys whose text is a page.
const PAGES: [&str; 8] = ["id", "link", "slug", "href", "dirName", "items", "pages", "root"];

/// Reads the sidebars in `text`, the file `path`.
pub fn read(path: &SourcePath, text: &str, resolver: &Resolver<'_>) -> Outlined {
    let base = [".vitepress", ".vuepress"]
        .iter()
        .find_map(|hidden| path.folder().strip_suffix(hidden))
        .unwrap_or(path.folder())
        .trim_end_matches('/');
    let folders = ["docs", "src/content/docs", ""].map(|docs| path::join(base, docs).unwrap_or_default());
    let page = |name: &str| {
        let name = name.strip_prefix('/').unwrap_or(name);
        let is_name = !name.is_empty() && !name.starts_with(['.', '/', '@']);
        let mut paths = folders.iter().filter(|_| is_name).filter_map(|folder| path::join(folder, name));
        paths.find_map(|path| exact(resolver, &path))
    };
    let mut reader = Reader { outlined: Outlined::default(), open: Vec::new(), n_deeper: 0, key: None };
    let tokens = Tokens { text, at: 0 };
    for token in tokens {
        reader.take(token, &page);
    }
    reader.outlined
}

/// An object or a list that is open.
struct Open {
    /// Its place among the parts.
    part: usize,
    /// How many pages were named before it.
    start: usize,
}

struct Reader<'t> {
    outlined: Outlined,
    open: Vec<Open>,
    n_deeper: usize,
    key: Option<&'t str>,
}

impl<'t> Reader<'t> {
    fn take(&mut self, token: Token<'t>, page: &impl Fn(&str) -> Option<RecordIndex>) {
        match token {
            Token::Open if self.open.len() == DEPTH_MAX => self.n_deeper += 1,
            Token::Open => {
                // `'Getting started': ['install', 'use']` is a title over its list; `items: [...]` and `'/guide/': [...]` are none.
                let title = self.key.take().filter(|key| key.contains(|c: char| c.is_uppercase() || c == ' '));
                self.open.push(Open { part: self.outlined.parts.len(), start: self.outlined.order.len() });
                self.outlined.parts.push((title.unwrap_or_default().to_owned(), Vec::new()));
            }
            Token::Close if self.n_deeper > 0 => self.n_deeper -= 1,
            Token::Close => {
                if let Some(open) = self.open.pop() {
                    self.outlined.parts[open.part].1 = self.outlined.order[open.start..].to_vec();
                }
                if self.open.is_empty() {
                    self.outlined.parts.retain(|(title, _)| !title.is_empty());
                }
                self.key = None;
            }
            Token::Key(key) => self.key = Some(key),
            Token::Text(text) => match self.key.take() {
                Some(key) if TITLES.contains(&key) => {
                    if let Some(open) = self.open.last() {
                        self.outlined.parts[open.part].0 = text.to_owned();
                    }
                }
                Some(key) if !PAGES.contains(&key) && !key.contains(' ') => {}
                _ => self.outlined.order.extend(page(text)),
            },
        }
    }
}

/// A piece of JavaScript, as far as a list of pages consists of it.
#[derive(Debug, PartialEq)]
enum Token<'t> {
    /// `{`, `[`.
    Open,
    /// `}`, `]`.
    Close,
    /// A word or a text in front of a colon.
    Key(&'t str),
    /// A text between quotes.
    Text(&'t str),
}

/// The tokens of a text, comments and everything else left out.
struct Tokens<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Token<'t>;

    fn next(&mut self) -> Option<Token<'t>> {
        loop {
            let rest = &self.text[self.at..];
            let first = rest.chars().next()?;
            let (n, token) = match first {
                '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), None),
                '/' if rest.starts_with("/*") => (rest.find("*/").map_or(rest.len(), |end| end + 2), None),
                '{' | '[' => (1, Some(Token::Open)),
                '}' | ']' => (1, Some(Token::Close)),
                '"' | '\'' | '`' => match rest[1..].find(first) {
                    None => (rest.len(), None),
                    Some(length) => (length + 2, Some(key_or_text(&rest[1..1 + length], &rest[length + 2..]))),
                },
                _ if is_word(first) => {
                    let n = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                    (n, is_before_colon(&rest[n..]).then(|| Token::Key(&rest[..n])))
                }
                _ => (first.len_utf8(), None),
            };
            self.at += n;
            if token.is_some() {
                return token;
            }
        }
    }
}

fn key_or_text<'t>(text: &'t str, after: &str) -> Token<'t> {
    if is_before_colon(after) { Token::Key(text) } else { Token::Text(text) }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$')
}

fn is_before_colon(after: &str) -> bool {
    after.trim_start_matches([' ', '\t']).starts_with(':')
}
