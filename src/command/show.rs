//! `handbook show`.

use std::io::Write;

use serde_json::{Map, Value, json};

use crate::cli::ShowArguments;
use crate::command::{Failure, Outcome, list, open};
use crate::config::Sources;
use crate::diagnostic::{did_you_mean, nearest, visible};
use crate::link::resolve::{Resolved, Resolver};
use crate::model::field::{self, Field};
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::name::KindName;
use crate::model::source::SourceFile;
use crate::style;

/// Shows a record: what is known of it, then its text.
pub fn run(arguments: &ShowArguments) -> Result<Outcome, Failure> {
    let (assembled, _) = open(&arguments.place.dir, &arguments.place.occasion)?;
    let index = find(&assembled.handbook, &arguments.reference, &[])?;
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    if arguments.json {
        writeln!(out, "{}", as_json(&assembled.handbook, index))?;
    } else {
        print(&assembled.handbook, index, &mut out)?;
    }
    Ok(Outcome::Fine)
}

/// The record that `reference` means, among those of `kinds` where it fits several; any kind, when there are none.
pub fn find(handbook: &Handbook, reference: &str, kinds: &[KindName]) -> Result<RecordIndex, Failure> {
    let sources = Sources::default();
    let resolver = Resolver::new(&handbook.records, &sources);
    let path = reference.trim_start_matches("./");
    let Some(anywhere) = handbook.records.first() else { return Err(Failure::Usage("this handbook has no records".to_owned())) };
    let mut from = (**anywhere).clone();
    from.source = std::sync::Arc::new(SourceFile::new("at-the-root.md".into(), String::new()));
    match resolver.reference(&from, path, kinds) {
        Resolved::WrongKind(index) if names_other_kind(handbook, path, index) => {
            let record = &handbook.records[index];
            Err(Failure::Usage(format!("no record is called `{reference}`; {} is a {}", record.path(), record.kind)))
        }
        Resolved::One(index) | Resolved::WrongKind(index) => Ok(index),
        Resolved::Many(several) => {
            let paths: Vec<&str> = several.iter().take(8).map(|index| handbook.records[*index].path().as_str()).collect();
            Err(Failure::Usage(format!("`{reference}` fits {} records; name one of them: {}", several.len(), paths.join(", "))))
        }
        Resolved::None => {
            let titles = || nearest(path, handbook.records.iter().map(|record| record.title.as_str()), 3);
            let hint = did_you_mean(&resolver.nearest(path)).or_else(|| did_you_mean(&titles()));
            let hint = hint.map_or_else(String::new, |hint| format!("; {hint}"));
            Err(Failure::Usage(format!("no record is called `{reference}`{hint}")))
        }
    }
}

/// Whether `reference` begins with a kind, as in `decision/9`, that is not the kind of the record at `index`.
fn names_other_kind(handbook: &Handbook, reference: &str, index: RecordIndex) -> bool {
    let kind = reference.split_once('/').map(|(kind, _)| kind).filter(|kind| *kind != handbook.records[index].kind.as_str());
    kind.is_some_and(|kind| handbook.records.iter().any(|record| record.kind.as_str() == kind))
}

fn print(handbook: &Handbook, index: RecordIndex, out: &mut impl Write) -> std::io::Result<()> {
    let record = &handbook.records[index];
    let linked = &handbook.linked[index];
    writeln!(out, "{}{}{}", style::STRONG, visible(&record.title), style::RESET)?;
    let number = record.number.map_or_else(String::new, |number| format!(" {number}"));
    writeln!(out, "{}{}{number} · {}{}", style::FAINT, record.kind, record.path(), style::RESET)?;
    if let Some(status) = &linked.standing.status {
        writeln!(out, "{}{}{}", style::of_status(&status.colour), status.label, style::RESET)?;
    }
    for successor in &linked.standing.successors {
        let newer = &handbook.records[*successor];
        writeln!(out, "{}replaced by{} {} ({})", style::WARNING, style::RESET, visible(&newer.title), newer.path())?;
    }
    for (name, field) in &record.fields {
        if !matches!(name.as_str(), "title" | "status" | "number" | "kind") {
            writeln!(out, "{}{name}{}: {}", style::FAINT, style::RESET, visible(&field.display()))?;
        }
    }
    for relation in &linked.relations {
        let other = &handbook.records[relation.target];
        writeln!(out, "{}{}{}: {} ({})", style::FAINT, relation.name, style::RESET, visible(&other.title), other.path())?;
    }
    let body = record.source.text[record.body.clone()].trim();
    writeln!(out)?;
    for line in body.lines() {
        writeln!(out, "{}", visible(line))?;
    }
    Ok(())
}

fn as_json(handbook: &Handbook, index: RecordIndex) -> Value {
    let record = &handbook.records[index];
    let linked = &handbook.linked[index];
    let mut value = list::summary(handbook, index);
    let fields: Map<String, Value> = record.fields.iter().map(|(name, field)| (name.clone(), field_json(field))).collect();
    let relations: Vec<Value> = linked
        .relations
        .iter()
        .map(|relation| json!({"name": relation.name, "record": handbook.records[relation.target].id.as_str()}))
        .collect();
    let backlinks: Vec<Value> = linked
        .backlinks
        .iter()
        .map(|backlink| {
            let from = &handbook.records[backlink.from];
            let link = &from.outline.links[backlink.link];
            let sentence = format!("{}{}{}", link.sentence.0, link.text, link.sentence.1);
            json!({"record": from.id.as_str(), "sentence": sentence})
        })
        .collect();
    let sections: Vec<Value> = record
        .outline
        .sections
        .iter()
        .map(|section| json!({"anchor": section.anchor.as_ref().map(|anchor| anchor.as_str()), "title": section.title, "level": section.level, "text": section.text}))
        .collect();
    value["version"] = 1.into();
    value["fields"] = fields.into();
    value["relations"] = relations.into();
    value["backlinks"] = backlinks.into();
    value["sections"] = sections.into();
    value["markdown"] = record.source.text[record.body.clone()].trim().into();
    value
}

fn field_json(field: &Field) -> Value {
    match &field.value {
        field::Value::Text(text) | field::Value::Reference(text) => json!(text),
        field::Value::Integer(number) => json!(number),
        field::Value::Number(number) => json!(number),
        field::Value::Boolean(truth) => json!(truth),
        field::Value::Date(date) => json!(date.iso()),
        field::Value::Moment(moment) => json!(moment.iso()),
        field::Value::List(entries) => entries.iter().map(field_json).collect(),
        field::Value::Map(entries) => Value::Object(entries.iter().map(|(name, entry)| (name.clone(), field_json(entry))).collect()),
    }
}
