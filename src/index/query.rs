//! The language of searches: words, `"a phrase"`, `-not`, `title:word`, filters and dates.
//!
//! Words are alternatives: the more of them a record has, the higher it ranks. Phrases are required. Filters of one
//! name are alternatives, those of different names must all hold.
//!
//! Twin of `themes/default/assets/search/query.js`: `tests/cases/queries` hold for both.

use std::fmt;

use crate::calendar::Date;

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
    /// What must be there, or must not.
    pub conditions: Vec<Condition>,
    /// What the record must be, or must not.
    pub filters: Vec<Filter>,
    /// Not before this day.
    pub after: Option<Date>,
    /// Before this day.
    pub before: Option<Date>,
    /// What was not understood.
    pub complaints: Vec<Complaint>,
}

/// A phrase, or a word that must not be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// As written.
    pub text: String,
    /// It is about the title alone.
    pub is_title: bool,
    /// It must not be there.
    pub is_excluded: bool,
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

/// Something in a query that was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// What is wrong.
    pub problem: Problem,
    /// What was written.
    pub written: String,
    /// What may have been meant.
    pub meant: Option<String>,
}

/// What can be wrong with a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It was cut.
    TooLong,
    /// A filter that does not exist.
    UnknownFilter,
    /// A filter that asks for what no record has.
    UnknownValue,
    /// A date that is none.
    BadDate,
}

/// The filters.
pub const FILTERS: [&str; 9] = ["kind", "status", "team", "owner", "tag", "topic", "author", "service", "is"];
/// What `is:` can ask for.
pub const STATES: [&str; 3] = ["overdue", "stale", "debt"];
/// Prefixes that are no filters.
const OTHERS: [&str; 3] = ["title", "after", "before"];

impl Query {
    /// Whether anything but words decides what is found.
    pub fn is_narrowed(&self) -> bool {
        !(self.filters.is_empty() && self.conditions.is_empty() && self.after.is_none() && self.before.is_none())
    }

    /// Everything that records are ranked by: the words, and what must be there.
    pub fn ranked_text(&self) -> String {
        let required = self.conditions.iter().filter(|condition| !condition.is_excluded).map(|condition| &condition.text);
        self.words.iter().chain(required).map(String::as_str).collect::<Vec<_>>().join(" ")
    }
}

impl Problem {
    /// Its name, for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "too-long",
            Self::UnknownFilter => "unknown-filter",
            Self::UnknownValue => "unknown-value",
            Self::BadDate => "bad-date",
        }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = &self.written;
        match self.problem {
            Problem::TooLong => write!(f, "only the first {CHARS_MAX} characters and {WORDS_MAX} words are looked for"),
            Problem::UnknownFilter => write!(f, "there is no filter in `{written}`"),
            Problem::UnknownValue => write!(f, "no record is `{written}`"),
            Problem::BadDate => write!(f, "there is no date in `{written}`; write after:2021, after:2021-06 or after:2021-06-30"),
        }?;
        self.meant.as_ref().map_or(Ok(()), |meant| write!(f, "; did you mean `{meant}`?"))
    }
}

/// Reads a query. Nothing is refused: what is not understood is a complaint beside it, or is taken as words.
pub fn parse(text: &str) -> Query {
    let mut query = Query::default();
    let cut: String = text.chars().take(CHARS_MAX).collect();
    let mut is_last_plain = false;
    let mut pieces = pieces(&cut);
    if pieces.iter().all(|piece| piece.is_excluded && piece.name.is_none() && !piece.is_quoted) {
        // Nothing is left to find: these are flags, such as `-Zscript`.
        for piece in &mut pieces {
            piece.is_excluded = false;
            piece.text.insert(0, '-');
        }
    }
    for piece in pieces {
        is_last_plain = piece.name.is_none() && !piece.is_quoted && !piece.is_excluded;
        take(&mut query, piece);
    }
    if cut.len() < text.len() || query.words.len() > WORDS_MAX {
        query.complaints.push(Complaint { problem: Problem::TooLong, written: String::new(), meant: None });
        query.words.truncate(WORDS_MAX);
    }
    query.is_last_word_open = is_last_plain && cut.ends_with(char::is_alphanumeric) && query.conditions.iter().all(|it| it.is_excluded);
    query
}

/// The one of `names` that `written` is nearest to, if it is near: one slip away, or two from six letters on.
pub fn nearest<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = if written.chars().count() < 6 { 1 } else { 2 };
    let mut best: Option<(usize, &str)> = None;
    for name in names {
        let distance = strsim::osa_distance(written, name);
        if distance <= allowed && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
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
        None if is_excluded || is_quoted => query.conditions.push(Condition { text, is_title: false, is_excluded }),
        None if text == "OR" => {}
        None => {
            query.complaints.extend(unknown_filter(&text));
            query.words.push(text);
        }
        Some("title") => query.conditions.push(Condition { text, is_title: true, is_excluded }),
        Some(name @ ("after" | "before")) => match Date::parse(&text) {
            Ok(date) if name == "after" => query.after = Some(date),
            Ok(date) => query.before = Some(date),
            Err(_) => query.complaints.push(Complaint { problem: Problem::BadDate, written: format!("{name}:{text}"), meant: None }),
        },
        Some(name) => {
            let name = FILTERS.iter().find(|known| **known == name).expect("pieces name known filters only");
            query.filters.push(Filter { name, value: text, is_excluded });
        }
    }
}

/// A name before a colon that is no filter, but near to one. `std::mem` and `10:30` are words.
fn unknown_filter(text: &str) -> Option<Complaint> {
    let (name, value) = text.split_once(':')?;
    let is_name =
        name.len() > 2 && name.bytes().all(|byte| byte.is_ascii_lowercase()) && !value.is_empty() && !value.starts_with([':', '/']);
    let meant = nearest(name, FILTERS.into_iter().chain(OTHERS)).filter(|_| is_name)?;
    let meant = Some(format!("{meant}:{value}"));
    Some(Complaint { problem: Problem::UnknownFilter, written: text.to_owned(), meant })
}

/// Cuts a query at its spaces, quotes aside. A name before a colon that is no filter leaves the piece as it is.
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
        // A quote that is still open is no phrase yet: what follows is words.
        let quoted = rest.strip_prefix('"');
        let (text, is_quoted, after) = match quoted.and_then(|quoted| quoted.split_once('"')) {
            Some((text, after)) => (text, true, after),
            None => {
                rest = quoted.unwrap_or(rest);
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
