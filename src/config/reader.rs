//! Reading a YAML tree whose shape is known: each method takes what it wants or says why it can not.

use crate::diagnostic::{self, Diagnostic};
use crate::model::source::SourceFile;
use crate::yaml::{Node, SyntaxError};

/// Collects what is wrong with one file.
pub struct Reader<'a> {
    source: &'a SourceFile,
    /// What was wrong so far.
    pub diagnostics: Vec<Diagnostic>,
}

/// A flaw of the YAML itself, as a diagnostic.
pub fn syntax(source: &SourceFile, error: SyntaxError) -> Diagnostic {
    let rule = if error.first.is_some() { &diagnostic::DUPLICATE_KEY } else { &diagnostic::CONFIGURATION };
    Diagnostic { hint: error.hint, ..source.finding(rule, error.span, error.message) }
}

impl<'a> Reader<'a> {
    /// A reader of `source`.
    pub fn new(source: &'a SourceFile) -> Self {
        Self { source, diagnostics: Vec::new() }
    }

    /// A finding at `node`, not yet collected.
    pub fn finding(&self, node: &Node, message: String) -> Diagnostic {
        self.source.finding(&diagnostic::CONFIGURATION, node.span.clone(), message)
    }

    /// Collects a finding at `node`.
    pub fn complain(&mut self, node: &Node, message: String) {
        let finding = self.finding(node, message);
        self.diagnostics.push(finding);
    }

    /// The entries of a mapping.
    pub fn mapping<'n>(&mut self, node: &'n Node, name: &str) -> Option<&'n [(Node, Node)]> {
        if node.entries().is_none() && !node.is_null() {
            self.complain(node, format!("`{name}` is {}, and should be a mapping", node.describe()));
        }
        node.entries()
    }

    /// A text.
    pub fn text<'n>(&mut self, node: &'n Node, name: &str) -> Option<&'n str> {
        if node.text().is_none() && !node.is_null() {
            self.complain(node, format!("`{name}` is {}, and should be a text", node.describe()));
        }
        node.text()
    }

    /// A text, if there is one.
    pub fn text_into(&mut self, node: &Node, name: &str, target: &mut String) {
        if let Some(text) = self.text(node, name) {
            *target = text.to_owned();
        }
    }

    /// A list of texts; a single text is a list of one.
    pub fn texts(&mut self, node: &Node, name: &str) -> Vec<String> {
        node.members().iter().filter_map(|member| self.text(member, name).map(str::to_owned)).collect()
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, node: &Node, name: &str) -> Option<bool> {
        match self.text(node, name)? {
            "true" => Some(true),
            "false" => Some(false),
            other => {
                self.complain(node, format!("`{name}` is `{other}`, and should be true or false"));
                None
            }
        }
    }

    /// One of the words that `choices` names.
    pub fn one_of<T: Copy>(&mut self, node: &Node, name: &str, choices: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(node, name)?;
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, choice)| *choice);
        if found.is_none() {
            let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
            self.complain(node, format!("`{name}` is `{text}`, and should be one of {}", words.join(", ")));
        }
        found
    }

    /// A number.
    pub fn number(&mut self, node: &Node, name: &str) -> Option<f64> {
        let number = self.text(node, name)?.parse().ok().filter(|number: &f64| number.is_finite());
        if number.is_none() {
            self.complain(node, format!("`{name}` should be a number"));
        }
        number
    }

    /// An address on the web, without a name or password, with a `/` at its end.
    pub fn web_address(&mut self, node: &Node, name: &str) -> Option<String> {
        let text = self.text(node, name)?.trim();
        let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        match authority {
            None => self.complain(node, format!("`{name}` should begin with https:// or http://")),
            Some(rest) if rest.split('/').next().is_some_and(|host| host.contains('@')) => {
                self.complain(node, format!("`{name}` carries a name or password, which would be published; remove it"));
            }
            Some(_) => return Some(format!("{}/", text.trim_end_matches('/'))),
        }
        None
    }
}
