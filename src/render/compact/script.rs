//! JavaScript as tokens, without comments and white space: what [`compact`](super::compact) writes anew.
//!
//! It reads what a program without mistakes may contain, with one limit: behind a `)`, a slash divides.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A name or a keyword.
    Name,
    /// A number, a string or a regular expression.
    Literal,
    /// Up to `${`, between `}` and `${`, or from `}` on; a template without either is a literal.
    Template,
    /// Brackets and operators.
    Sign,
}

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// As it is written.
    pub text: &'a str,
    /// A line ended between the token before and this one.
    pub is_on_new_line: bool,
}

impl Token<'_> {
    /// Whether it is this sign or this name.
    pub fn is(&self, text: &str) -> bool {
        self.text == text && matches!(self.kind, TokenKind::Sign | TokenKind::Name)
    }

    /// Whether it is one of these signs and names.
    pub fn is_any(&self, texts: &[&str]) -> bool {
        texts.iter().any(|text| self.is(text))
    }
}

/// Signs of several characters, the longer ones first.
const LONG_SIGNS: [&str; 33] = [
    ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.",
    "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**",
];

/// Names behind which a slash begins a regular expression.
const BEFORE_VALUE: [&str; 12] = ["return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "instanceof", "await", "yield"];

/// The tokens of a program; fails with what is never closed.
pub fn tokens(text: &str) -> Result<Vec<Token<'_>>, &'static str> {
    let mut tokens: Vec<Token<'_>> = Vec::with_capacity(text.len() / 4);
    // For each open brace, whether it is one of a template.
    let mut braces: Vec<bool> = Vec::new();
    let (mut rest, mut is_on_new_line) = (text, false);
    loop {
        let (after, has_line_end) = without_space(rest)?;
        rest = after;
        is_on_new_line |= has_line_end;
        let Some(first) = rest.chars().next() else { break };
        let (kind, n_bytes) = match first {
            '`' => template(rest, &mut braces)?,
            '}' if braces.pop() == Some(true) => template(rest, &mut braces)?,
            '"' | '\'' => (TokenKind::Literal, 1 + end_of_string(&rest[1..], first)?),
            '/' if begins_value(tokens.last()) => (TokenKind::Literal, end_of_regex(rest)?),
            c if c.is_ascii_digit() => (TokenKind::Literal, end_of_number(rest)),
            c if is_name(c) => (TokenKind::Name, rest.find(|c| !is_name(c)).unwrap_or(rest.len())),
            _ => {
                if first == '{' {
                    braces.push(false);
                }
                let long = LONG_SIGNS.iter().find(|sign| rest.starts_with(**sign));
                (TokenKind::Sign, long.map_or(first.len_utf8(), |sign| sign.len()))
            }
        };
        tokens.push(Token { kind, text: &rest[..n_bytes], is_on_new_line });
        rest = &rest[n_bytes..];
        is_on_new_line = false;
    }
    if braces.is_empty() { Ok(tokens) } else { Err("a brace that is never closed") }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// The text behind white space and comments, and whether a line ended in them.
fn without_space(text: &str) -> Result<(&str, bool), &'static str> {
    let (mut rest, mut has_line_end) = (text, false);
    loop {
        let trimmed = rest.trim_start();
        has_line_end |= rest[..rest.len() - trimmed.len()].contains('\n');
        if trimmed.starts_with("//") {
            rest = trimmed.find('\n').map_or("", |end| &trimmed[end..]);
        } else if let Some(comment) = trimmed.strip_prefix("/*") {
            let (said, after) = comment.split_once("*/").ok_or("a comment that is never closed")?;
            has_line_end |= said.contains('\n');
            rest = after;
        } else {
            return Ok((trimmed, has_line_end));
        }
    }
}

/// Whether a value may follow: a slash is then no division.
fn begins_value(before: Option<&Token<'_>>) -> bool {
    match before {
        None => true,
        Some(token) if token.kind == TokenKind::Name => token.is_any(&BEFORE_VALUE),
        Some(token) if token.kind == TokenKind::Template => token.text.ends_with("${"),
        Some(token) => token.kind == TokenKind::Sign && !token.is_any(&[")", "]", "}"]),
    }
}

/// The length of a text up to and with an end that no backslash stands before.
fn end_of_string(text: &str, end: char) -> Result<usize, &'static str> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices() {
        if c == end && !is_escaped {
            return Ok(at + end.len_utf8());
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    Err("a string that is never closed")
}

/// A piece of a template, which begins with a backtick or the brace that ends what is filled in.
fn template(text: &str, braces: &mut Vec<bool>) -> Result<(TokenKind, usize), &'static str> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '`' if !is_escaped => {
                let kind = if text.starts_with('`') { TokenKind::Literal } else { TokenKind::Template };
                return Ok((kind, at + 1));
            }
            '{' if !is_escaped && text[..at].ends_with('$') => {
                braces.push(true);
                return Ok((TokenKind::Template, at + 1));
            }
            _ => is_escaped = c == '\\' && !is_escaped,
        }
    }
    Err("a template that is never closed")
}

fn end_of_regex(text: &str) -> Result<usize, &'static str> {
    let (mut is_escaped, mut in_class) = (false, false);
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '/' if !in_class => {
                let flags = &text[at + 1..];
                return Ok(at + 1 + flags.find(|c| !is_name(c)).unwrap_or(flags.len()));
            }
            _ => {}
        }
    }
    Err("a regular expression that is never closed")
}

fn end_of_number(text: &str) -> usize {
    let mut before = '0';
    let is_after = |c: char| {
        let is_exponent_sign = matches!(c, '+' | '-') && matches!(before, 'e' | 'E') && !text.starts_with("0x");
        before = c;
        !is_name(c) && c != '.' && !is_exponent_sign
    };
    text.find(is_after).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text).expect("it is closed").iter().map(|token| token.text).collect()
    }

    #[test]
    fn slashes_quotes_and_templates_are_told_apart() {
        assert_eq!(texts("a / b / c // d"), ["a", "/", "b", "/", "c"]);
        assert_eq!(texts("x = /[/\"]\\/ /gu.test(y)"), ["x", "=", "/[/\"]\\/ /gu", ".", "test", "(", "y", ")"]);
        assert_eq!(texts("return /a/ /* why */ ;"), ["return", "/a/", ";"]);
        assert_eq!(texts("`a${b + `c${d}`}e` + '\\''"), ["`a${", "b", "+", "`c${", "d", "}`", "}e`", "+", "'\\''"]);
        assert_eq!(texts("`${{ a }}`"), ["`${", "{", "a", "}", "}`"]);
        assert_eq!(texts("a?.b ?? 1e-6 >>> 0x1f"), ["a", "?.", "b", "??", "1e-6", ">>>", "0x1f"]);
        assert_eq!(tokens("`${a"), Err("a brace that is never closed"));
    }
}
