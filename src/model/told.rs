//! What each passage of metadata told: the field, the value as it was understood, and the line. For reports of how files were read.

use std::collections::HashMap;
use std::ops::Range;

use crate::model::field::{Field, Value};
use crate::model::reading::{Form, Origin};
use crate::model::record::Record;

/// What one passage told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told<'a> {
    /// The field or relation.
    pub name: &'a str,
    /// The value as it was understood; of relations, what is written.
    pub value: String,
    /// In which form it is written.
    pub form: Form,
    /// The file, when it is not the record's own.
    pub beside: Option<&'a str>,
    /// The line, from 1; `None` where it is no text of a file.
    pub line: Option<u32>,
}

/// What the passages of `record` told, in the order in which they were read.
pub fn told(record: &Record) -> Vec<Told<'_>> {
    let mut targets: Targets<'_> = HashMap::new();
    for written in &record.relations {
        targets.entry((written.name.as_str(), written.span.clone())).or_default().push(&written.target);
    }
    let line = |origin: &Origin| match &origin.beside {
        Some((_, line)) => Some(*line),
        None => (!origin.span.is_empty()).then(|| record.source.place(origin.span.clone()).line),
    };
    let origins = record.reading.origins.iter().map(|origin| Told {
        name: &origin.name,
        value: value(record, &targets, origin),
        form: origin.form,
        beside: origin.beside.as_ref().map(|(path, _)| path.as_str()),
        line: line(origin),
    });
    origins.collect()
}

/// What relations are written to, by their name and place.
type Targets<'a> = HashMap<(&'a str, Range<usize>), Vec<&'a str>>;

fn value(record: &Record, targets: &Targets<'_>, origin: &Origin) -> String {
    if origin.name == "status"
        && let Some(status) = &record.status
    {
        return status.name.clone().unwrap_or_else(|| format!("unknown ({})", status.written));
    }
    match record.fields.get(&origin.name) {
        Some(field) if is_rows(field) => format!("{} rows", field.entries().len()),
        Some(field) => field.display(),
        None => targets.get(&(origin.name.as_str(), origin.span.clone())).map(|targets| targets.join(", ")).unwrap_or_default(),
    }
}

/// Whether a field is a list of maps, such as a timeline.
fn is_rows(field: &Field) -> bool {
    field.entries().first().is_some_and(|entry| matches!(entry.value, Value::Map(_)))
}
