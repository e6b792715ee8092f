//! Source code to HTML with a handful of classes. The one home of syntect.
//!
//! A grammar costs milliseconds to load and a block of code costs milliseconds a kilobyte, three quarters of a naive
//! build (`docs/decisions`), so grammars are loaded when the first block asks, and each distinct block is done once. What a
//! grammar compiled stays in memory for as long as its set, tens of MB for some: where the blocks are known beforehand, they are
//! done grammar by grammar.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use pulldown_cmark_escape::escape_html_body_text;
use rayon::prelude::*;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use crate::model::source::ContentHash;

/// Bytes of a block and of a line beyond which code stays plain: a grammar's regular expressions may be quadratic.
pub const BLOCK_BYTES_MAX: usize = 64 * 1024;
const LINE_BYTES_MAX: usize = 2 * 1024;
/// Bytes of HTML that are kept for blocks that come again.
const CACHE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Highlights code and remembers what it highlighted. Shared by all threads; what comes out does not depend on them.
#[derive(Debug, Default)]
pub struct Highlighter {
    done: Mutex<Cache>,
}

#[derive(Debug, Default)]
struct Cache {
    html: HashMap<ContentHash, Arc<str>>,
    n_bytes: usize,
    /// Whether something had no room.
    is_full: bool,
}

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

impl Highlighter {
    /// `code` in `language` as HTML; `None` when it is to be shown plainly.
    pub fn highlight(&self, language: &str, code: &str) -> Option<Arc<str>> {
        let (syntax, key) = wanted(language, code)?;
        if let Some(html) = self.done().html.get(&key) {
            return Some(html.clone());
        }
        let html: Arc<str> = Arc::from(marked(&SYNTAXES, syntax, code)?);
        self.done().keep(key, &html);
        Some(html)
    }

    /// Does these blocks, each of a language and code, grammar by grammar, so that [`Highlighter::highlight`] finds them done.
    pub fn prepare<'a>(&self, blocks: impl Iterator<Item = (&'a str, &'a str)>) {
        let mut by_grammar: HashMap<&str, HashMap<ContentHash, &str>> = HashMap::new();
        for (language, code) in blocks {
            if let Some((syntax, key)) = wanted(language, code) {
                by_grammar.entry(&syntax.name).or_default().insert(key, code);
            }
        }
        by_grammar.into_par_iter().for_each(|(name, blocks)| {
            let syntaxes = two_face::syntax::extra_newlines();
            let Some(syntax) = syntaxes.find_syntax_by_name(name) else { return };
            blocks.into_par_iter().filter(|_| !self.done().is_full).for_each(|(key, code)| {
                if let Some(html) = marked(&syntaxes, syntax, code) {
                    self.done().keep(key, &Arc::from(html));
                }
            });
        });
    }

    fn done(&self) -> MutexGuard<'_, Cache> {
        self.done.lock().expect("no thread panics while it holds the cache")
    }
}

impl Cache {
    fn keep(&mut self, key: ContentHash, html: &Arc<str>) {
        self.is_full |= self.n_bytes + html.len() > CACHE_BYTES_MAX;
        if !self.is_full && self.html.insert(key, html.clone()).is_none() {
            self.n_bytes += html.len();
        }
    }
}

/// The grammar of a block that is to be highlighted, and what tells it from others.
fn wanted(language: &str, code: &str) -> Option<(&'static SyntaxReference, ContentHash)> {
    if language.is_empty() || code.len() > BLOCK_BYTES_MAX || code.lines().any(|line| line.len() > LINE_BYTES_MAX) {
        return None;
    }
    let syntax = syntax(language)?;
    Some((syntax, ContentHash::of_parts([syntax.name.as_bytes(), code.as_bytes()])))
}

/// The grammar for a word after a fence.
fn syntax(language: &str) -> Option<&'static SyntaxReference> {
    let folded = language.to_ascii_lowercase();
    let token = match folded.as_str() {
        "text" | "txt" | "plain" | "plaintext" | "output" | "none" | "mermaid" => return None,
        "shell" | "sh" | "console" | "shell-session" | "shellsession" | "zsh" | "terminal" => "bash",
        "csharp" | "c#" => "cs",
        "golang" => "go",
        "jsx" | "mjs" | "cjs" | "node" => "js",
        "yml" => "yaml",
        "jsonc" | "json5" => "json",
        "docker" => "dockerfile",
        "hcl" => "tf",
        "vue" | "astro" => "html",
        "rs" | "rust,ignore" => "rust",
        other => other,
    };
    SYNTAXES.find_syntax_by_token(token)
}

/// `code` with a span around each run of characters of one class.
fn marked(syntaxes: &SyntaxSet, syntax: &SyntaxReference, code: &str) -> Option<String> {
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut html = Html { text: String::with_capacity(code.len() * 2), class: None };
    let mut line_buffer = String::new();
    for line in code.split_inclusive('\n') {
        let line = if line.ends_with('\n') {
            line
        } else {
            line_buffer.clear();
            line_buffer.push_str(line);
            line_buffer.push('\n');
            &line_buffer
        };
        let mut done = 0;
        for (at, change) in state.parse_line(line, syntaxes).ok()? {
            html.push(class_of(&stack), &line[done..at]);
            done = at;
            stack.apply(&change).ok()?;
        }
        html.push(class_of(&stack), &line[done..]);
    }
    html.class(None);
    if !code.ends_with('\n') {
        html.text.truncate(html.text.trim_end_matches('\n').len());
    }
    Some(html.text)
}

struct Html {
    text: String,
    class: Option<char>,
}

impl Html {
    fn push(&mut self, class: Option<char>, text: &str) {
        if text.is_empty() {
            return;
        }
        if !text.trim().is_empty() {
            self.class(class);
        }
        escape_html_body_text(&mut self.text, text).expect("a string takes everything");
    }

    fn class(&mut self, class: Option<char>) {
        if class == self.class {
            return;
        }
        if self.class.is_some() {
            self.text.push_str("</span>");
        }
        if let Some(letter) = class {
            self.text.push_str("<span class=\"hl-");
            self.text.push(letter);
            self.text.push_str("\">");
        }
        self.class = class;
    }
}

/// The class for a prefix of a TextMate scope, more special ones first.
static CLASSES: LazyLock<Vec<(Scope, Option<char>)>> = LazyLock::new(|| {
    let table = [
        ("comment", Some('c')),
        ("constant.character.escape", Some('n')),
        ("string", Some('s')),
        ("constant", Some('n')),
        ("keyword.operator", Some('o')),
        ("keyword", Some('k')),
        ("storage", Some('k')),
        ("variable.language", Some('k')),
        ("entity.name.function", Some('f')),
        ("support.function", Some('f')),
        ("variable.function", Some('f')),
        ("entity.name.tag", Some('a')),
        ("entity.other.attribute-name", Some('a')),
        ("entity.name.section", Some('h')),
        ("markup.heading", Some('h')),
        ("entity.name", Some('t')),
        ("support.type", Some('t')),
        ("support.class", Some('t')),
        ("markup.inserted", Some('i')),
        ("markup.deleted", Some('d')),
        ("variable.parameter", Some('v')),
        ("variable.other.readwrite", None),
        ("variable", Some('v')),
    ];
    let scope = |name| Scope::new(name).expect("the table holds valid scopes");
    table.into_iter().map(|(name, class)| (scope(name), class)).collect()
});

fn class_of(stack: &ScopeStack) -> Option<char> {
    let named = |scope: &Scope| CLASSES.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope));
    stack.as_slice().iter().rev().find_map(named).and_then(|(_, class)| *class)
}
