//! `handbook list`.

use std::io::Write;

use serde_json::{Value, json};

use crate::cli::ListArguments;
use crate::command::{Failure, Outcome, open};
use crate::diagnostic::{did_you_mean, nearest, visible};
use crate::model::handbook::{Handbook, RecordIndex};
use crate::pipeline::Assembled;
use crate::style;

/// Lists the records of a kind, or the kinds.
pub fn run(arguments: &ListArguments) -> Result<Outcome, Failure> {
    let (assembled, _) = open(&arguments.place.dir, &arguments.place.occasion)?;
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    let Some(word) = &arguments.kind else { return kinds(&assembled, arguments.json, &mut out) };
    let config = &assembled.input.config;
    let kind = config.kind_called(word).ok_or_else(|| {
        let names = config.kinds.iter().map(|kind| kind.name.as_str());
        let hint =
            did_you_mean(&nearest(word, names.clone(), 1)).unwrap_or_else(|| format!("kinds are {}", names.collect::<Vec<_>>().join(", ")));
        Failure::Usage(format!("no kind is called `{word}`; {hint}"))
    })?;
    if let Some(status) = arguments.status.as_ref().filter(|status| kind.status(status).is_none()) {
        let names: Vec<&str> = kind.statuses.iter().map(|status| status.name.as_str()).collect();
        return Err(Failure::Usage(format!("a {} has no status `{status}`; statuses are {}", kind.name, names.join(", "))));
    }
    let wanted = arguments.status.as_ref().and_then(|status| kind.status(status)).map(|status| status.name.as_str());
    let handbook = &assembled.handbook;
    let of_kind = handbook.collections.iter().find(|collection| config.kinds[collection.kind].name == kind.name);
    let stands = |index: &&RecordIndex| wanted.is_none() || status_name(handbook, **index) == wanted;
    let records: Vec<RecordIndex> =
        of_kind.map(|collection| collection.records.as_slice()).unwrap_or_default().iter().filter(stands).copied().collect();
    if arguments.json {
        let records: Vec<Value> = records.iter().map(|index| summary(handbook, *index)).collect();
        writeln!(out, "{}", json!({"version": 1, "kind": kind.name.as_str(), "records": records}))?;
        return Ok(Outcome::Fine);
    }
    for index in records {
        print_line(handbook, index, &mut out)?;
    }
    Ok(Outcome::Fine)
}

fn kinds(assembled: &Assembled, as_json: bool, out: &mut impl Write) -> Result<Outcome, Failure> {
    let collections =
        assembled.handbook.collections.iter().map(|collection| (&assembled.input.config.kinds[collection.kind], collection.records.len()));
    if as_json {
        let kinds: Vec<Value> =
            collections.map(|(kind, count)| json!({"name": kind.name.as_str(), "plural": kind.plural, "count": count})).collect();
        writeln!(out, "{}", json!({"version": 1, "kinds": kinds}))?;
        return Ok(Outcome::Fine);
    }
    for (kind, count) in collections {
        writeln!(out, "{count:>5}  {}{}{}  {}{}{}", style::STRONG, kind.name, style::RESET, style::FAINT, kind.about, style::RESET)?;
    }
    Ok(Outcome::Fine)
}

fn status_name(handbook: &Handbook, index: RecordIndex) -> Option<&str> {
    handbook.linked[index].standing.status.as_ref().map(|status| status.name.as_str())
}

/// One record in a line: number, date, status, title, path.
fn print_line(handbook: &Handbook, index: RecordIndex, out: &mut impl Write) -> std::io::Result<()> {
    let record = &handbook.records[index];
    let standing = &handbook.linked[index].standing;
    let number = record.number.map_or_else(String::new, |number| format!("{number:>4}  "));
    let date = record.date.map_or_else(|| " ".repeat(10), |date| format!("{:<10}", date.iso()));
    let (colour, status) = standing.status.as_ref().map_or((style::FAINT, ""), |status| (style::of_status(status), status.name.as_str()));
    let title = visible(&record.title);
    writeln!(out, "{number}{date}  {colour}{status:<11}{}  {title}  {}{}{}", style::RESET, style::FAINT, record.path(), style::RESET)
}

/// A record as JSON, in short.
pub fn summary(handbook: &Handbook, index: RecordIndex) -> Value {
    let record = &handbook.records[index];
    let linked = &handbook.linked[index];
    let paths = |records: &[RecordIndex]| -> Vec<&str> { records.iter().map(|index| handbook.records[*index].id.as_str()).collect() };
    json!({
        "id": record.id.as_str(),
        "path": record.path().as_str(),
        "url": handbook.output(index).as_str(),
        "kind": record.kind.as_str(),
        "title": record.title,
        "number": record.number,
        "status": status_name(handbook, index),
        "status_note": linked.standing.note,
        "date": record.date.map(|date| date.iso()),
        "summary": record.summary(),
        "tags": record.tags,
        "superseded_by": paths(&linked.standing.superseded_by),
        "successors": paths(&linked.standing.successors),
    })
}
