//! Who is in a team, by its page: the items or the table of a section "Members".

use std::ops::Range;

use crate::config::vocabulary::Vocabulary;
use crate::model::field::{Field, Value};
use crate::model::reading::Form;
use crate::parse::shape::builder::Builder;
use crate::parse::shape::inline;
use crate::parse::shape::lines::{Layout, Line, Part, Sort};
use crate::parse::shape::table;
use crate::parse::unread::one_line;

/// What stands between a name and a role.
const DIVIDERS: [&str; 6] = [" – ", " — ", " - ", ": ", ", ", " ("];
/// Words of a name that need no capital.
const PARTICLES: [&str; 18] =
    ["van", "von", "de", "der", "den", "del", "da", "di", "du", "la", "le", "dos", "bin", "al", "el", "ter", "ten", "zu"];
/// Words that a name has at most.
const NAME_WORDS_MAX: usize = 5;

/// A person, as a page tells of them.
struct Member {
    name: String,
    role: Option<String>,
    span: Range<usize>,
}

/// Adds the people, where the record's kind declares such a field and its front matter is silent.
pub fn complete(builder: &mut Builder<'_>) {
    if !builder.declares("people", "name") {
        return;
    }
    let (layout, vocabulary) = (&builder.text.layout, &builder.config.vocabulary);
    let members: Vec<Member> = builder.parts_of("people").iter().flat_map(|part| members(layout, part, vocabulary)).collect();
    if let (Some(first), Some(last)) = (members.first(), members.last()) {
        let span = first.span.start..last.span.end;
        builder.add("people", Value::List(members.iter().map(field).collect()), span, Form::Section);
        builder.reading.in_body.push("people".to_owned());
    }
}

/// The members that a part lists; nothing when one of its items is no name.
fn members(layout: &Layout<'_>, part: &Part, vocabulary: &Vocabulary) -> Vec<Member> {
    let lines = layout.lines_of(part);
    if let Some(at) = lines.iter().position(|line| line.sort == Sort::Row) {
        return of_table(&table::read(layout, &lines[at..]).0, vocabulary);
    }
    let items: Vec<&Line> = lines.iter().filter(|line| line.sort == Sort::Bullet).collect();
    let indent = items.iter().map(|line| line.indent).min().unwrap_or(0);
    let top = items.into_iter().filter(|line| line.indent <= indent + 1);
    let found: Option<Vec<Member>> = top.map(|line| of_item(layout.content(line), line.content.clone())).collect();
    found.unwrap_or_default()
}

/// `Ada Lovelace – Engineering Manager`, `**Ada Lovelace** (lead)`, `@ada: backend`.
fn of_item(markdown: &str, span: Range<usize>) -> Option<Member> {
    let plain = inline::plain(markdown);
    let divided = DIVIDERS.iter().filter_map(|divider| Some((plain.find(divider)?, divider.len()))).min();
    let (name, role) = match divided {
        Some((at, length)) => (&plain[..at], plain[at + length..].trim().trim_end_matches(')')),
        None => (plain.as_str(), ""),
    };
    let role = (!role.is_empty()).then(|| one_line(role));
    is_name(name.trim()).then(|| Member { name: name.trim().to_owned(), role, span })
}

fn of_table(table: &table::Table, vocabulary: &Vocabulary) -> Vec<Member> {
    let Some((head, rows)) = table.rows.split_first() else { return Vec::new() };
    let column = |name: &str| head.cells.iter().position(|cell| vocabulary.column(&inline::plain(&cell.text), name).is_some());
    let Some(name) = column("name") else { return Vec::new() };
    let role = column("role").filter(|role| *role != name);
    let cell = |row: &table::Row, index: usize| {
        row.cells.get(index).map(|cell| inline::plain(&cell.text)).filter(|text| !vocabulary.is_nothing(text))
    };
    let member = |row: &table::Row| {
        let name = cell(row, name)?;
        is_name(&name).then(|| Member { name, role: role.and_then(|role| cell(row, role)), span: row.whole.clone() })
    };
    rows.iter().filter_map(member).collect()
}

/// Whether a text looks like somebody's name: few words with capitals, or a handle.
fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_handle = words.len() == 1 && text.len() > 1 && text.starts_with('@');
    let is_word = |word: &&str| {
        let is_particle = PARTICLES.contains(word);
        let has_letters_only = word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\'' | '’'));
        is_particle || has_letters_only && word.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase())
    };
    is_handle || (1..=NAME_WORDS_MAX).contains(&words.len()) && words.iter().all(is_word) && !text.ends_with('.')
}

fn field(member: &Member) -> Field {
    let field = |value: Value| Field { value, span: member.span.clone() };
    let texts = [("name", Some(&member.name)), ("role", member.role.as_ref())];
    let entries = texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), field(Value::Text(text?.clone())))));
    field(Value::Map(entries.collect()))
}
