//! `handbook import`: front matter that says what the text of a record says, as a proposal and, when told so, in the file.
//!
//! Nothing but the head of a file changes: not a byte of its text.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use crate::cli::ImportArguments;
use crate::command::init::quoted;
use crate::command::{Failure, Outcome, diff, folder, open};
use crate::config::Config;
use crate::disk;
use crate::model::field::{Field, Value};
use crate::model::reading::Form;
use crate::model::record::Record;

/// Fields whose place is the text: tables and lists that a reader of the file wants to see there.
const LEFT_IN_TEXT: [&str; 4] = ["title", "timeline", "actions", "options"];

/// Prints or writes the front matter that each record lacks.
pub fn run(arguments: &ImportArguments) -> Result<Outcome, Failure> {
    let (assembled, _) = open(folder(arguments.folder.as_ref(), &arguments.place), &arguments.place.occasion)?;
    let mut out = anstream::AutoStream::auto(io::stdout().lock());
    let mut n_changed = 0;
    for record in &assembled.handbook.records {
        let lines = missing(record, &assembled.input.config);
        if lines.is_empty() {
            continue;
        }
        let file = assembled.input.roots.file(record.path().as_str());
        let text = fs::read_to_string(&file)?;
        let Some(changed) = with_head(&text, record, &lines) else { continue };
        n_changed += 1;
        if arguments.write {
            replace(&file, &changed)?;
        } else {
            let path = record.path().as_str();
            diff::print(path, &text, path, &changed, &mut out)?;
        }
    }
    let what = match (n_changed, arguments.write) {
        (0, _) => "nothing to change".to_owned(),
        (n, true) => format!("{n} files changed"),
        (n, false) => format!("{n} files would change; `--write` changes them"),
    };
    writeln!(io::stderr(), "{what}")?;
    Ok(Outcome::Fine)
}

/// The lines of front matter that say what `record` says in its text alone.
fn missing(record: &Record, config: &Config) -> Vec<String> {
    let reading = &record.reading;
    let kind = config.kind(&record.kind);
    if record.is_broken || kind.free || record.source.side_car.is_some() || record.source.part.is_some() {
        return Vec::new();
    }
    let mut lines: Vec<String> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for origin in &reading.origins {
        let is_written = matches!(origin.form, Form::FrontMatter | Form::FileName | Form::Settings);
        let in_head = reading.origins.iter().any(|other| other.name == origin.name && other.form == Form::FrontMatter);
        let is_left = reading.in_body.contains(&origin.name);
        if is_written || in_head || is_left || names.contains(&origin.name.as_str()) || LEFT_IN_TEXT.contains(&origin.name.as_str()) {
            continue;
        }
        names.push(&origin.name);
        let value = match origin.name.as_str() {
            "status" => record.status.as_ref().and_then(|status| status.name.clone()),
            name => record.fields.get(name).and_then(yaml).or_else(|| references(record, name)),
        };
        lines.extend(value.map(|value| format!("{}: {value}", origin.name)));
    }
    let in_folder = record.path().folder().rsplit('/').any(|part| kind.folders.iter().any(|name| name.eq_ignore_ascii_case(part)));
    if !in_folder && !lines.is_empty() && !record.fields.contains_key("kind") {
        lines.insert(0, format!("kind: {}", kind.name));
    }
    lines
}

/// A value on one line of YAML; `None` for one that is better left where it is.
fn yaml(field: &Field) -> Option<String> {
    Some(match &field.value {
        Value::Text(text) | Value::Reference(text) => quoted(text),
        Value::Moment(moment) => moment.iso(),
        Value::List(entries) => {
            // A comma divides the entries of a list.
            let entry = |entry: &Field| match entry.text() {
                Some(text) if text.contains(',') => Some(serde_json::Value::from(text).to_string()),
                _ => yaml(entry),
            };
            format!("[{}]", entries.iter().map(entry).collect::<Option<Vec<_>>>()?.join(", "))
        }
        Value::Map(_) => return None,
        Value::Boolean(value) => value.to_string(),
        _ => field.display(),
    })
}

/// The records that a relation names, by the addresses of their links.
fn references(record: &Record, name: &str) -> Option<String> {
    let written = record.relations.iter().filter(|relation| relation.name == name && !relation.is_phrase);
    let targets: Vec<String> = written
        .map(|relation| {
            let target = relation.target.rsplit_once("](").map_or(relation.target.as_str(), |(_, address)| address.trim_end_matches(')'));
            quoted(target)
        })
        .collect();
    (!targets.is_empty()).then(|| format!("[{}]", targets.join(", ")))
}

/// `text` with `lines` at the end of its front matter, which is made where there is none; the body stays, byte for byte.
fn with_head(text: &str, record: &Record, lines: &[String]) -> Option<String> {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let lines: String = lines.iter().map(|line| format!("{line}{newline}")).collect();
    if record.body.start == 0 {
        let (mark, body) = text.strip_prefix('\u{feff}').map_or(("", text), |body| ("\u{feff}", body));
        return Some(format!("{mark}---{newline}{lines}---{newline}{newline}{body}"));
    }
    // The line that closes the head is the one before the body's first.
    let closing = record.source.text[..record.body.start].lines().count();
    let end: usize = text.split_inclusive('\n').take(closing.checked_sub(1)?).map(str::len).sum();
    text[end..].starts_with(['-', '.']).then(|| format!("{}{lines}{}", &text[..end], &text[end..]))
}

/// Puts `text` in the place of `file`, in one step.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let beside = file.with_extension("md.handbook-new");
    disk::write_through(&beside, text.as_bytes())?;
    disk::set_permissions(&beside, fs::metadata(file)?.permissions())?;
    disk::rename(&beside, file)
}
