//! Source code to HTML with a handful of classes. The one home of syntect.
//!
//! A grammar costs milliseconds to load, and code costs more than any other text (docs/decisions/0029), so grammars are loaded
//! when the first block asks, and each distinct block is done once.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use pulldown_cmark_escape::escape_html_body_text;
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

use crate::model::source::ContentHash;

/// Bytes of a block and of a line beyond which code stays plain: a grammar's regular expressions may be quadratic.
const BLOCK_BYTES_MAX: usize = 64 * 1024;
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
}

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

impl Highlighter {
    /// `code` in `language` as HTML; `None` when it is to be shown plainly.
    pub fn highlight(&self, language: &str, code: &str) -> Option<Arc<str>> {
        if language.is_empty() || code.len() > BLOCK_BYTES_MAX || code.lines().any(|line| line.len() > LINE_BYTES_MAX) {
            return None;
        }
        let syntax = syntax(language)?;
        let key = ContentHash::of_parts([syntax.name.as_bytes(), code.as_bytes()]);
        if let Some(html) = self.done.lock().expect("no thread panics while it holds the cache").html.get(&key) {
            return Some(html.clone());
        }
        let html: Arc<str> = Arc::from(marked(syntax, code)?);
        let mut done = self.done.lock().expect("no thread panics while it holds the cache");
        if done.n_bytes + html.len() <= CACHE_BYTES_MAX && done.html.insert(key, html.clone()).is_none() {
            done.n_bytes += html.len();
        }
        Some(html)
    }
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
fn marked(syntax: &SyntaxReference, code: &str) -> Option<String> {
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
        for (at, change) in state.parse_line(line, &SYNTAXES).ok()? {
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
