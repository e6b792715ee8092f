//! A module of ours in fewer bytes: names that only it knows become short, and nothing stands between tokens that need not.
//!
//! Names are not followed through scopes. A name that is declared anywhere in the module is another one wherever it is written,
//! properties aside, so that what was one name stays one. That is right as long as no module also uses what a browser calls
//! so, without declaring it: true of ours, and proven by running what comes out, but no promise for a module that a team
//! writes itself, which is left as it is.

mod names;
mod script;

use std::collections::{HashMap, HashSet};

use self::names::{KEYWORDS, Role, closes, declared, opens, roles};
use self::script::{Token, TokenKind, tokens};

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
        let innermost = open.len() - 1;
        let statement = &mut open[innermost];
        // A line may end a statement, too.
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
        } else if closes(token) && open.len() > 1 {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_short_and_properties_stay() {
        let text = "/** Why. */\nconst first = (one, { two, three: four = 2 }) => {\n  const sum = one + two; // Sum.\n  return { sum, two: sum / four, of: one.two };\n};\n";
        let short = "const e=(a,{two:d,three:c=2})=>{const b=a+d;return{sum:b,two:b/c,of:a.two}}";
        assert_eq!(compact(text).as_deref(), Ok(short));
        let text = "const find = 1; const shelf = { async find(book) {}, get book() {}, take: async book => book, find };";
        let short = "const b=1,c={async find(a){},get book(){},take:async a=>a,find:b}";
        assert_eq!(compact(text).as_deref(), Ok(short));
    }

    #[test]
    fn lines_stay_where_a_statement_may_end_with_them() {
        let text = "let at = 0\nat++\nlog(`${at} ${ -at }`)\nclass Shelf {\n  books = new Map();\n  add(book) { this.books.set(book, at - -1) }\n}";
        let short = "let a=0\na++\nlog(`${a} ${-a}`)\nclass c{books=new Map();add(b){this.books.set(b,a- -1)}}";
        assert_eq!(compact(text).as_deref(), Ok(short));
    }
}
