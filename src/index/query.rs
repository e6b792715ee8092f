//! The language of searches: words, `"a phrase"`, `-not`, `title:word`, filters and dates.
//!
//! Words are alternatives: the more of them a record has, the higher it ranks. Phrases are required. Filters of one
//! name are alternatives, those of different names must all hold.

use crate::calendar::Date;
use crate::diagnostic::nearest;

/// Characters and words that a query may have.
const CHARS_MAX: usize = 1000;
const WORDS_MAX: usize = 64;

/// What is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Words to rank by, as written.
    pub words: Vec<String>,
    /// The last word is still being typed: nothing follows it.
    pub is_last_word_open: bool,
    /// Phrases that must be there.
    pub phrases: Vec<String>,
    /// Words and phrases that must not be there.
    pub excluded: Vec<String>,
    /// Words that the title must have.
    pub title: Vec<String>,
    /// What the record must be.
    pub filters: Vec<Filter>,
    /// Not before this day.
    pub after: Option<Date>,
    /// Before this day.
    pub before: Option<Date>,
    /// What was not understood, in sentences.
    pub complaints: Vec<String>,
}

/// `name:value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// One of [`FILTERS`].
    pub name: &'static str,
    /// What is asked for, as written.
    pub value: String,
    /// `-name:value`.
    pub is_excluded: bool,
}

/// The filters.
pub const FILTERS: [&str; 9] = ["kind", "status", "team", "owner", "tag", "topic", "author", "service", "is"];
/// What `is:` can ask for.
pub const STATES: [&str; 3] = ["overdue", "stale", "debt"];
/// Prefixes that are no filters.
const OTHERS: [&str; 3] = ["title", "after", "before"];

/// Reads a query. Nothing is refused: what is not understood is a complaint beside it, or is taken as words.
pub fn parse(text: &str) -> Query {
    let mut query = Query::default();
    let cut: String = text.chars().take(CHARS_MAX).collect();
    if cut.len() < text.len() {
        query.complaints.push(format!("only the first {CHARS_MAX} characters are looked for"));
    }
    for piece in pieces(&cut) {
        take(&mut query, piece);
    }
    if query.words.len() > WORDS_MAX {
        query.complaints.push(format!("only the first {WORDS_MAX} words are looked for"));
        query.words.truncate(WORDS_MAX);
    }
    let is_word_last = query.words.last().is_some_and(|word| cut.ends_with(word.as_str()));
    query.is_last_word_open = is_word_last && cut.ends_with(char::is_alphanumeric);
    query
}

/// A part of a query: what stands before a quote or colon, what stands in quotes.
#[derive(Debug, PartialEq, Eq)]
struct Piece {
    is_excluded: bool,
    name: Option<String>,
    text: String,
    is_quoted: bool,
}

fn take(query: &mut Query, piece: Piece) {
    let Piece { is_excluded, name, text, is_quoted } = piece;
    match name.as_deref() {
        None if is_excluded => query.excluded.push(text),
        None if is_quoted => query.phrases.push(text),
        None if text == "OR" => {}
        None => query.words.push(text),
        Some("title") => query.title.push(text),
        Some(name @ ("after" | "before")) => match Date::parse(&text) {
            Ok(date) if name == "after" => query.after = Some(date),
            Ok(date) => query.before = Some(date),
            Err(reason) => query.complaints.push(format!("{name}: {reason}")),
        },
        Some("is") if !STATES.contains(&text.as_str()) => {
            let near = nearest(&text, STATES, 1)
                .first()
                .map_or_else(|| format!("it can be {}", STATES.join(", ")), |near| format!("did you mean is:{near}?"));
            query.complaints.push(format!("nothing is `{text}`; {near}"));
        }
        Some(name) => {
            let name = FILTERS.iter().find(|known| **known == name).expect("pieces name known filters only");
            query.filters.push(Filter { name, value: text, is_excluded });
        }
    }
}

/// Cuts a query at its spaces, quotes aside. A name before a colon that is no filter leaves the piece as it is
/// (`std::mem`, `10:30`), with a complaint only where it is near to one.
fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let dashes =
            rest.strip_prefix('-').filter(|after| !after.starts_with('-') && !after.starts_with(char::is_whitespace) && !after.is_empty());
        let is_excluded = dashes.is_some();
        rest = dashes.unwrap_or(rest);
        let name = name_before_colon(rest);
        if let Some(name) = &name {
            rest = &rest[name.len() + 1..];
        }
        let (text, is_quoted, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.find('"').unwrap_or(quoted.len());
                (&quoted[..end], true, quoted[end..].strip_prefix('"').unwrap_or_default())
            }
            None => {
                let end = rest.find(|c: char| c.is_whitespace() || c == '"').unwrap_or(rest.len());
                (&rest[..end], false, &rest[end..])
            }
        };
        if !text.trim().is_empty() {
            pieces.push(Piece { is_excluded, name, text: text.trim().to_owned(), is_quoted });
        }
        rest = after.trim_start();
    }
    pieces
}

fn name_before_colon(text: &str) -> Option<String> {
    let (name, value) = text.split_once(':')?;
    let is_known = FILTERS.contains(&name) || OTHERS.contains(&name);
    (is_known && !value.is_empty() && !value.starts_with(char::is_whitespace)).then(|| name.to_owned())
}
