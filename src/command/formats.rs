//! `handbook check --formats`: what each file was read as, which field came from where, and what was not understood.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};
use std::ops::Range;

use serde_json::{Value as Json, json};

use crate::diagnostic::visible;
use crate::model::field::Field;
use crate::model::reading::Origin;
use crate::model::record::Record;
use crate::pipeline::Assembled;

/// Characters of a value that a line shows.
const VALUE_CHARS_MAX: usize = 60;

/// Prints the reading of each record, and how many records there are of each family.
pub fn print(assembled: &Assembled, out: &mut impl Write) -> io::Result<()> {
    let mut counts: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    for record in assembled.handbook.records.iter() {
        let reading = &record.reading;
        *counts.entry((record.kind.to_string(), reading.family.clone(), reading.about.clone())).or_default() += 1;
        if reading.family.is_empty() && reading.origins.is_empty() {
            continue;
        }
        writeln!(out, "{}", visible(record.path().as_str()))?;
        let family = if reading.family.is_empty() { String::new() } else { format!(", {} ({})", reading.family, reading.about) };
        writeln!(out, "  {}{family}", record.kind)?;
        let values = Values::of(record);
        for origin in &reading.origins {
            let value = shortened(&visible(&values.value(origin)));
            writeln!(out, "  {}: {value}  [{} {}]", origin.name, place_of(record, origin), origin.form.as_str())?;
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
        let values = Values::of(record);
        let field = |origin: &Origin| {
            let (file, line) = match &origin.beside {
                Some((path, line)) => (path.as_str(), *line),
                None => (record.path().as_str(), record.source.place(origin.span.clone()).line),
            };
            json!({"name": origin.name, "form": origin.form.as_str(), "file": file, "line": line, "value": values.value(origin)})
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
            "fields": reading.origins.iter().map(field).collect::<Vec<Json>>(),
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

/// The values of a record as they were understood.
struct Values<'a> {
    record: &'a Record,
    /// What relations are written to, by their name and place.
    targets: HashMap<(&'a str, Range<usize>), Vec<&'a str>>,
}

impl<'a> Values<'a> {
    fn of(record: &'a Record) -> Self {
        let mut targets: HashMap<_, Vec<&str>> = HashMap::new();
        for written in &record.relations {
            targets.entry((written.name.as_str(), written.span.clone())).or_default().push(&written.target);
        }
        Self { record, targets }
    }

    /// What the passage at `origin` gave; of relations, what is written.
    fn value(&self, origin: &Origin) -> String {
        if origin.name == "status"
            && let Some(status) = &self.record.status
        {
            return status.name.clone().unwrap_or_else(|| format!("unknown ({})", status.written));
        }
        match self.record.fields.get(&origin.name) {
            Some(field) if matches!(origin.name.as_str(), "timeline" | "actions" | "options") => format!("{} rows", field.entries().len()),
            Some(field) => field.display(),
            None => self.targets.get(&(origin.name.as_str(), origin.span.clone())).map(|targets| targets.join(", ")).unwrap_or_default(),
        }
    }
}

fn place_of(record: &Record, origin: &Origin) -> String {
    match &origin.beside {
        Some((path, line)) => format!("{path}:{line}"),
        None if origin.span.is_empty() => "-".to_owned(),
        None => format!("line {}", record.source.place(origin.span.clone()).line),
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
