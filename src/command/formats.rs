//! `handbook check --formats`: what each file was read as, which field came from where, and what was not understood.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Value as Json, json};

use crate::diagnostic::visible;
use crate::model::field::Field;
use crate::model::record::Record;
use crate::model::told::{Told, told};
use crate::pipeline::Assembled;

/// Characters of a value that a line shows.
const VALUE_CHARS_MAX: usize = 60;

/// Prints the reading of each record, and how many records there are of each family.
pub fn print(assembled: &Assembled, out: &mut impl Write) -> io::Result<()> {
    let mut counts: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for record in assembled.handbook.records.iter() {
        let reading = &record.reading;
        *counts.entry((record.kind.to_string(), reading.family.clone(), reading.about.clone())).or_default() += 1;
        if reading.family.is_empty() && reading.origins.is_empty() && reading.unread.is_empty() {
            continue;
        }
        writeln!(out, "{}", visible(record.path().as_str()))?;
        let family = if reading.family.is_empty() { String::new() } else { format!(", {} ({})", reading.family, reading.about) };
        writeln!(out, "  {}{family}", record.kind)?;
        for told in told(record) {
            let value = shortened(&visible(&told.value));
            writeln!(out, "  {}: {value}  [{} {}]", told.name, place_of(&told), told.form.as_str())?;
        }
        for unread in &reading.unread {
            let line = record.source.place(unread.span.clone()).line;
            writeln!(out, "  not understood, line {line}: {} ({})", shortened(&visible(&unread.text)), visible(&unread.reason))?;
        }
    }
    for ((kind, family, about), n) in counts {
        let family = if family.is_empty() { "no layout of its own".to_owned() } else { format!("{family}: {about}") };
        writeln!(out, "{n:>6} {kind}, {family}")?;
    }
    Ok(())
}

/// Prints one JSON object a record.
pub fn print_json(assembled: &Assembled, out: &mut impl Write) -> io::Result<()> {
    let handbook = &assembled.handbook;
    for (index, record) in handbook.records.iter().enumerate() {
        let reading = &record.reading;
        let field = |told: &Told<'_>| {
            let file = told.beside.unwrap_or(record.path().as_str());
            json!({"name": told.name, "form": told.form.as_str(), "file": file, "line": told.line.unwrap_or(1), "value": told.value})
        };
        let unread = reading
            .unread
            .iter()
            .map(|unread| json!({"text": unread.text, "reason": unread.reason, "line": record.source.place(unread.span.clone()).line}));
        let relation =
            |relation: &crate::model::handbook::Relation| json!([relation.name, handbook.records[relation.target].path().as_str()]);
        let written = record.relations.iter().map(|written| json!([written.name, written.target]));
        let line = json!({
            "path": record.path().as_str(),
            "kind": record.kind.as_str(),
            "family": reading.family,
            "title": record.title,
            "number": record.number,
            "status": record.status.as_ref().and_then(|status| status.name.clone()),
            "status_written": record.status.as_ref().map(|status| status.written.clone()),
            "date": record.date.map(|date| date.iso()),
            "relations": handbook.linked[index].relations.iter().map(relation).collect::<Vec<Json>>(),
            "relations_written": written.collect::<Vec<Json>>(),
            "n_timeline": record.fields.get("timeline").map(|field| field.entries().len()),
            "n_timed": record.fields.get("timeline").map(|field| field.entries().iter().filter(|row| row.get("at").is_some()).count()),
            "n_actions": record.fields.get("actions").map(|field| field.entries().len()),
            "n_options": record.fields.get("options").map(|field| field.entries().len()),
            "option_chosen": chosen(record),
            "fields": told(record).iter().map(field).collect::<Vec<Json>>(),
            "not_understood": unread.collect::<Vec<Json>>(),
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// The name of the option that was taken.
fn chosen(record: &Record) -> Option<&str> {
    let options = record.fields.get("options")?.entries();
    options.iter().find(|option| option.get("chosen").is_some_and(Field::is_true))?.get("title")?.text()
}

fn place_of(told: &Told<'_>) -> String {
    match (told.beside, told.line) {
        (Some(path), Some(line)) => format!("{path}:{line}"),
        (None, Some(line)) => format!("line {line}"),
        (_, None) => "-".to_owned(),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
