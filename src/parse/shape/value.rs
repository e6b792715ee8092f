//! Values of entries, as their fields declare them.

use std::ops::Range;

use crate::model::field::{Field, Value};
use crate::model::kind::FieldType;
use crate::parse::shape::builder::Builder;
use crate::parse::shape::entry::Entry;
use crate::parse::shape::inline;
use crate::parse::times::Clockwork;
use crate::parse::unread::one_line;

impl Builder<'_> {
    /// The value of an entry as `kind`.
    pub fn value(&mut self, kind: &FieldType, name: &str, entry: &Entry) -> Result<Value, String> {
        let plain = inline::plain(&entry.value);
        match kind {
            FieldType::Date => self.date(&plain, name, self.place(entry)).map(Value::Date),
            FieldType::DateTime => {
                let clockwork = Clockwork { vocabulary: &self.config.vocabulary, order: self.text.days.order, zone: None, day: self.day() };
                clockwork.read(&plain).at.map(Value::Moment).ok_or_else(|| "this is no time on a day that is known".to_owned())
            }
            FieldType::Integer => {
                // `0050-sdk3-structures` begins with its number, `ODH-ADR-EH-0003` ends with it.
                let mut numbers = plain.split(|c: char| !c.is_ascii_digit()).filter(|digits| !digits.is_empty());
                let digits = if plain.starts_with(|c: char| c.is_ascii_digit()) { numbers.next() } else { numbers.next_back() };
                digits.and_then(|digits| digits.parse().ok()).map(Value::Integer).ok_or_else(|| "this is no number".to_owned())
            }
            FieldType::List(of) => match &**of {
                FieldType::Person => Ok(Value::List(texts(people(&entry.value), &entry.span))),
                FieldType::String => Ok(Value::List(texts(words(&entry.value, name), &entry.span))),
                _ => Err("this is read from front matter only".to_owned()),
            },
            FieldType::String | FieldType::Text | FieldType::Url => Ok(Value::Text(one_line(&plain))),
            FieldType::Person => Ok(Value::Text(people(&entry.value).into_iter().next().unwrap_or(plain))),
            FieldType::Reference(_) => Ok(Value::Text(one_line(&plain))),
            _ => Err("this is read from front matter only".to_owned()),
        }
    }
}

/// Fields that are lists of maps, or maps: sections of their own are read for those that text can hold.
pub fn is_structured(kind: &FieldType) -> bool {
    match kind {
        FieldType::Map(_) => true,
        FieldType::List(of) => matches!(**of, FieldType::Map(_) | FieldType::Text | FieldType::Url | FieldType::Reference(_)),
        _ => false,
    }
}

/// Whether a field names people.
pub fn holds_people(kind: &FieldType) -> bool {
    match kind {
        FieldType::Person => true,
        FieldType::List(of) => matches!(**of, FieldType::Person),
        _ => false,
    }
}

/// Whether what stands under a heading is a value for a field of that type, and not a text about it.
pub fn is_value(kind: &FieldType, plain: &str) -> bool {
    let n_words = plain.split_whitespace().count();
    match kind {
        FieldType::Date | FieldType::DateTime => n_words <= 12 && plain.contains(|c: char| c.is_ascii_digit()),
        FieldType::List(_) => n_words <= 80 && plain.lines().all(|line| line.split_whitespace().count() <= 14),
        FieldType::Text => false,
        _ => n_words <= 16,
    }
}

/// The names in a value: between commas, semicolons and lines; links by their words, addresses of mail without their brackets.
fn people(value: &str) -> Vec<String> {
    let lines = value.lines().map(|line| line.trim().trim_start_matches(['-', '*', '+', '•']).trim());
    let names = lines.flat_map(|line| {
        let plain = inline::plain(&line.replace("<br>", ", ").replace("<br/>", ", "));
        let mut names: Vec<String> = Vec::new();
        let (mut name, mut depth) = (String::new(), 0usize);
        for c in plain.chars() {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if matches!(c, ',' | ';' | '\n') && depth == 0 {
                names.push(std::mem::take(&mut name));
            } else {
                name.push(c);
            }
        }
        names.push(name);
        names
    });
    let names = names.flat_map(|name| name.split(" and ").map(|name| name.trim().trim_matches('.').trim().to_owned()).collect::<Vec<_>>());
    names.filter(|name| name.chars().any(char::is_alphanumeric)).collect()
}

/// The words of a value that is a list: between commas and lines; tags between spaces, too.
fn words(value: &str, name: &str) -> Vec<String> {
    let lines = value.lines().map(|line| inline::plain(line.trim().trim_start_matches(['-', '*', '+']).trim()));
    let parts: Vec<String> = lines
        .flat_map(|line| line.split([',', ';', '\n', '、', '，', '；']).map(|part| part.trim().to_owned()).collect::<Vec<_>>())
        .collect();
    let is_spaced = name == "tags" && parts.len() == 1 && parts[0].split_whitespace().all(|word| !word.starts_with(char::is_uppercase));
    let parts = if is_spaced { parts[0].split_whitespace().map(str::to_owned).collect() } else { parts };
    parts.into_iter().filter(|part| part.chars().any(char::is_alphanumeric)).collect()
}

fn texts(texts: Vec<String>, span: &Range<usize>) -> Vec<Field> {
    texts.into_iter().map(|text| Field { value: Value::Text(text), span: span.clone() }).collect()
}
