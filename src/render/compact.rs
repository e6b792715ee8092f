//! A module of ours in fewer bytes: names that only it knows become short, and nothing stands between tokens that need not.
//!
//! Names are not followed through scopes. A name that is declared anywhere in the module is another one wherever it is written,
//! properties aside, so that what was one name stays one. That is right as long as no module also uses what a browser calls
//! so, without declaring it: true of ours, and proven by running what comes out, but no promise for a module that a team
//! writes itself, which is left as it is.

use std::collections::{HashMap, HashSet};

use super::script::{Token, TokenKind, tokens};

/// Names that mean something to JavaScript.
const KEYWORDS: [&str; 46] = [
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
enum Role {
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

/// The statements of a module in fewer bytes; fails with what is no program.
pub fn compact(text: &str) -> Result<String, &'static str> {
    let tokens = tokens(text)?;
    let roles = roles(&tokens);
    let names = short_names(&tokens, &roles);
    let mut script = String::with_capacity(text.len() / 2);
    let mut before: Option<&Token<'_>> = None;
    let joins = joins(&tokens);
    for (at, token) in tokens.iter().enumerate() {
        if joins[at] {
            script.push(',');
            before = None;
        }
        if joins[at] || (at > 0 && joins[at - 1]) || is_superfluous(token, tokens.get(at + 1)) {
            continue;
        }
        if let Some(before) = before {
            script.push_str(between(before, token));
        }
        match (roles[at], names.get(token.text)) {
            (Role::Variable, Some(name)) => script.push_str(name),
            (Role::Both, Some(name)) => script.extend([token.text, ":", name]),
            _ => script.push_str(token.text),
        }
        before = Some(token);
    }
    Ok(script)
}

/// For each token, whether it is the semicolon between two declarations that one can say: `const a = 1; const b = 2;`.
fn joins(tokens: &[Token<'_>]) -> Vec<bool> {
    // Within each open bracket, with which keyword the statement at hand begins.
    let mut open = vec![""];
    let mut joins = Vec::with_capacity(tokens.len());
    for (at, token) in tokens.iter().enumerate() {
        let mut is_join = false;
        let Some(statement) = open.last_mut() else { break };
        if token.is_on_new_line
            && !(at > 0 && tokens[at - 1].is_any(&[";", ",", "(", "[", "{"]))
            && !token.is_any(&[".", "?", ":", ")", "]", "}"])
        {
            *statement = "";
        }
        if token.is_any(&["const", "let"]) {
            *statement = token.text;
        } else if token.is(";") {
            is_join = !statement.is_empty() && tokens.get(at + 1).is_some_and(|next| next.is(statement));
            if !is_join {
                *statement = "";
            }
        } else if opens(token) {
            open.push("");
        } else if closes(token) {
            open.pop();
        }
        joins.push(is_join);
    }
    joins
}

/// A semicolon or comma before the end of what it is in.
fn is_superfluous(token: &Token<'_>, next: Option<&Token<'_>>) -> bool {
    let is_followed_by = |texts: &[&str]| next.is_some_and(|next| next.is_any(texts));
    (token.is(";") && (next.is_none() || is_followed_by(&["}"]))) || (token.is(",") && is_followed_by(&["}", "]", ")"]))
}

/// What has to stand between two tokens.
fn between(before: &Token<'_>, token: &Token<'_>) -> &'static str {
    let ends = before.kind != TokenKind::Sign || before.is_any(&[")", "]", "}", "++", "--"]);
    let begins = token.kind != TokenKind::Sign || token.is_any(&["{", "(", "[", "++", "--", "+", "-", "/", "!"]);
    if token.is_on_new_line && ends && begins && !before.text.ends_with("${") {
        return "\n";
    }
    let is_word =
        |token: &Token<'_>, c: Option<char>| token.kind != TokenKind::Sign && c.is_some_and(|c| c.is_alphanumeric() || "_$".contains(c));
    let are_words = is_word(before, before.text.chars().last()) && is_word(token, token.text.chars().next());
    let is_one_sign = before.is_any(&["+", "++", "-", "--", "/"]) && token.text.starts_with(&before.text[..1]);
    if are_words || is_one_sign { " " } else { "" }
}

/// For each token, what it stands for.
fn roles(tokens: &[Token<'_>]) -> Vec<Role> {
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
    if follows(&[".", "?.", "#"]) {
        return Role::Property;
    }
    let is_member = match within {
        Some(Bracket::Class) => follows(&["{", "}", ";", "static", "async", "get", "set", "*"]),
        Some(Bracket::Object) => follows(&["{", ",", "get", "set"]),
        _ => false,
    };
    if is_member && (is_followed_by(&[":", "("]) || (within == Some(&Bracket::Class) && is_followed_by(&["=", ";"]))) {
        return Role::Property;
    }
    match KEYWORDS.contains(&token.text) {
        true => Role::None,
        false if is_member => Role::Both,
        false => Role::Variable,
    }
}

/// For the names that are declared, shorter ones: the shortest for those that are written most.
fn short_names<'a>(tokens: &[Token<'a>], roles: &[Role]) -> HashMap<&'a str, String> {
    let declared = declared(tokens, roles);
    let mut counts: HashMap<&str, usize> = HashMap::new();
    let mut taken: HashSet<&str> = KEYWORDS.into();
    for (token, role) in tokens.iter().zip(roles) {
        if matches!(role, Role::Variable | Role::Both) {
            if declared.contains(token.text) {
                *counts.entry(token.text).or_default() += 1;
            } else {
                taken.insert(token.text);
            }
        }
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let mut free = (0..).map(short_name).filter(|name| !taken.contains(name.as_str()));
    counts.into_iter().filter_map(|(name, _)| Some((name, free.next()?))).collect()
}

/// `a` to `Z`, then `aa` and so on.
fn short_name(number: usize) -> String {
    const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let letter = char::from(LETTERS[number % 52]);
    if number < 52 { letter.to_string() } else { format!("{}{letter}", short_name(number / 52 - 1)) }
}

/// The names that are declared: of variables, functions, classes and parameters.
fn declared<'a>(tokens: &[Token<'a>], roles: &[Role]) -> HashSet<&'a str> {
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

fn opens(token: &Token<'_>) -> bool {
    token.is_any(&["(", "[", "{"]) || (token.kind == TokenKind::Template && token.text.starts_with('`'))
}

fn closes(token: &Token<'_>) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_short_and_properties_stay() {
        let text = "/** Why. */\nconst first = (one, { two, three: four = 2 }) => {\n  const sum = one + two; // Sum.\n  return { sum, two: sum / four, of: one.two };\n};\n";
        let short = "const e=(a,{two:d,three:c=2})=>{const b=a+d;return{sum:b,two:b/c,of:a.two}}";
        assert_eq!(compact(text).as_deref(), Ok(short));
    }

    #[test]
    fn lines_stay_where_a_statement_may_end_with_them() {
        let text = "let at = 0\nat++\nlog(`${at} ${ -at }`)\nclass Shelf {\n  books = new Map();\n  add(book) { this.books.set(book, at - -1) }\n}";
        let short = "let a=0\na++\nlog(`${a} ${-a}`)\nclass c{books=new Map();add(b){this.books.set(b,a- -1)}}";
        assert_eq!(compact(text).as_deref(), Ok(short));
    }
}
