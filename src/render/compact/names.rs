//! What the names of a module stand for, and which of them it declares.

use std::collections::HashSet;

use super::script::{Token, TokenKind};

/// Names that mean something to JavaScript.
pub const KEYWORDS: [&str; 46] = [
    "arguments",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "default",
    "delete",
    "do",
    "else",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "get",
    "if",
    "import",
    "in",
    "instanceof",
    "let",
    "new",
    "null",
    "of",
    "return",
    "set",
    "static",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "undefined",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "eval",
    "debugger",
];

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A keyword, or no name at all.
    None,
    /// A part of an object, which others may know.
    Property,
    /// A property and the variable of the same name.
    Both,
    /// A variable.
    Variable,
}

/// What a bracket holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bracket {
    Block,
    Class,
    /// An object, or a pattern that takes one apart.
    Object,
    Other,
}

/// For each token, what it stands for.
pub fn roles(tokens: &[Token<'_>]) -> Vec<Role> {
    let mut open: Vec<Bracket> = Vec::new();
    let mut is_class = false;
    let mut roles = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| &tokens[before]);
        roles.push(match token.kind {
            TokenKind::Name => role(token, before, tokens.get(at + 1), open.last()),
            _ => Role::None,
        });
        is_class |= token.is("class") && roles[at] == Role::None;
        if token.is("{") {
            open.push(if std::mem::take(&mut is_class) { Bracket::Class } else { brace(before) });
        } else if token.is_any(&["(", "["]) {
            open.push(Bracket::Other);
        } else if token.is_any(&["}", ")", "]"]) {
            open.pop();
        } else if token.kind == TokenKind::Template {
            if token.text.starts_with('}') {
                open.pop();
            }
            if token.text.ends_with("${") {
                open.push(Bracket::Other);
            }
        }
    }
    roles
}

/// What a brace begins, by what stands before it.
fn brace(before: Option<&Token<'_>>) -> Bracket {
    let is_block = before.is_none_or(|before| before.is_any(&[")", ";", "{", "}", "=>", "else", "do", "try", "finally"]));
    if is_block { Bracket::Block } else { Bracket::Object }
}

fn role(token: &Token<'_>, before: Option<&Token<'_>>, next: Option<&Token<'_>>, within: Option<&Bracket>) -> Role {
    let follows = |texts: &[&str]| before.is_some_and(|before| before.is_any(texts));
    let is_followed_by = |texts: &[&str]| next.is_some_and(|next| next.is_any(texts));
    let is_entry = within == Some(&Bracket::Object) && follows(&["{", ","]);
    let is_method = within == Some(&Bracket::Object) && follows(&["get", "set", "async"]) && is_followed_by(&["("]);
    let is_member = within == Some(&Bracket::Class) && follows(&["{", "}", ";", "static", "async", "get", "set", "*"]);
    if follows(&[".", "?.", "#"]) || (is_entry && is_followed_by(&[":", "("])) || is_method || is_member {
        Role::Property
    } else if KEYWORDS.contains(&token.text) {
        Role::None
    } else if is_entry {
        Role::Both
    } else {
        Role::Variable
    }
}

/// The names that are declared: of variables, functions, classes and parameters.
pub fn declared<'a>(tokens: &[Token<'a>], roles: &[Role]) -> HashSet<&'a str> {
    let mut declared = HashSet::new();
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1);
        if roles[at] != Role::None && token.kind == TokenKind::Name {
            if next.is_some_and(|next| next.is("=>")) {
                declared.insert(token.text);
            }
        } else if token.is_any(&["const", "let", "var"]) {
            declarators(tokens, roles, at + 1, &mut declared);
        } else if token.is_any(&["function", "class"]) {
            declared.extend(next.filter(|next| next.kind == TokenKind::Name && roles[at + 1] == Role::Variable).map(|next| next.text));
        } else if token.is("(") && holds_parameters(tokens, roles, at) {
            pattern(tokens, roles, at, &mut declared);
        }
    }
    declared
}

/// Whether what is in a parenthesis is declared there.
fn holds_parameters(tokens: &[Token<'_>], roles: &[Role], at: usize) -> bool {
    let Some(end) = end_of_bracket(tokens, at) else { return false };
    let follows = |text| tokens.get(end + 1).is_some_and(|after| after.is(text));
    let named = at.checked_sub(1).is_some_and(|name| {
        let is_function = tokens[name].is_any(&["function", "catch"]) || (name > 0 && tokens[name - 1].is("function"));
        is_function || (roles[name] == Role::Property && !(name > 0 && tokens[name - 1].is_any(&[".", "?.", "#"])))
    });
    follows("=>") || (named && follows("{"))
}

/// The place of the bracket that closes the one at `at`.
fn end_of_bracket(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    tokens[at..]
        .iter()
        .position(|token| {
            depth += usize::from(opens(token));
            depth = depth.saturating_sub(usize::from(closes(token)));
            depth == 0
        })
        .map(|length| at + length)
}

/// Whether a bracket or a template begins.
pub fn opens(token: &Token<'_>) -> bool {
    token.is_any(&["(", "[", "{"]) || (token.kind == TokenKind::Template && token.text.starts_with('`'))
}

/// Whether one ends.
pub fn closes(token: &Token<'_>) -> bool {
    token.is_any(&[")", "]", "}"]) || (token.kind == TokenKind::Template && token.text.ends_with('`'))
}

/// The names that a list of declarators gives, from its first token on.
fn declarators<'a>(tokens: &[Token<'a>], roles: &[Role], mut at: usize, declared: &mut HashSet<&'a str>) {
    let mut is_name = true;
    while let Some(token) = tokens.get(at).filter(|token| !token.is_any(&[";", "of", "in"]) && !closes(token)) {
        if is_name && token.kind == TokenKind::Name {
            declared.insert(token.text);
        }
        if opens(token) {
            if is_name {
                pattern(tokens, roles, at, declared);
            }
            at = end_of_bracket(tokens, at).unwrap_or(tokens.len());
        }
        is_name = token.is(",");
        at += 1;
    }
}

/// The names that a pattern gives, which begins with a bracket.
fn pattern<'a>(tokens: &[Token<'a>], roles: &[Role], begin: usize, declared: &mut HashSet<&'a str>) {
    let end = end_of_bracket(tokens, begin).unwrap_or(tokens.len());
    for at in begin + 1..end {
        let is_place = tokens[at - 1].is_any(&["(", "[", "{", ",", ":", "..."]);
        let is_whole = tokens.get(at + 1).is_some_and(|next| next.is_any(&[")", "]", "}", ",", "="]));
        if is_place && is_whole && matches!(roles[at], Role::Variable | Role::Both) {
            declared.insert(tokens[at].text);
        }
    }
}
