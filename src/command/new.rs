//! `handbook new`.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use crate::cli::{NewArguments, OccasionArguments};
use crate::command::init::{create, quoted};
use crate::command::{Failure, Outcome, open, show};
use crate::diagnostic::{did_you_mean, nearest};
use crate::disk;
use crate::model::handbook::RecordIndex;
use crate::model::kind::{FieldType, Kind, Meaning};
use crate::model::record::Record;
use crate::pipeline::{Assembled, Occasion};
use crate::slug;

/// Titles are cut at this many bytes for the file's name.
const NAME_BYTES_MAX: usize = 80;

/// Writes a new record; with `--supersedes`, both ends or neither.
pub fn run(arguments: &NewArguments) -> Result<Outcome, Failure> {
    let _turn = turn(&arguments.place.dir);
    // The numbers and names of drafts are taken too, whoever may see them.
    let everything = OccasionArguments { drafts: true, audience: None, ..arguments.place.occasion.clone() };
    let (assembled, occasion) = open(&arguments.place.dir, &everything)?;
    let config = &assembled.input.config;
    let kind = config.kind_called(&arguments.kind).ok_or_else(|| {
        let names = config.kinds.iter().map(|kind| kind.name.as_str());
        let hint = did_you_mean(&nearest(&arguments.kind, names.clone(), 1))
            .unwrap_or_else(|| format!("kinds are {}", names.collect::<Vec<_>>().join(", ")));
        Failure::Usage(format!("no kind is called `{}`; {hint}", arguments.kind))
    })?;
    let title = arguments.title.trim();
    let name = file_name(title);
    if name.is_empty() {
        return Err(Failure::Usage("the title needs a letter or a digit".to_owned()));
    }
    let older = arguments.supersedes.as_deref().map(|reference| replaced(&assembled, kind, reference)).transpose()?;
    let (path, text) = draft(&assembled, &occasion, kind, title, &name, older);
    let file = assembled.input.roots.file(&path);
    create(&file, &text).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::Usage(format!("{path} is there already; choose another title")),
        _ => Failure::System(format!("{path}: {error}")),
    })?;
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    if let Some(index) = older {
        let record = &assembled.handbook.records[index];
        let status = &config.kind(&record.kind).superseded_status().expect("asked when the record was found").name;
        if let Err(error) = mark_superseded(&assembled.input.roots.file(record.path().as_str()), record, status) {
            disk::remove_file(&file)?;
            return Err(Failure::System(format!("{}: {error}; nothing was changed", record.path())));
        }
        writeln!(out, "marked {} as {status}", record.path())?;
    }
    writeln!(out, "wrote {}", file.display())?;
    Ok(Outcome::Fine)
}

/// Waits until no other `new` is under way in the same folder, so that no two take one number. Where a folder can not be
/// locked, on Windows for one, there is nothing to wait for.
fn turn(dir: &Path) -> Option<File> {
    let folder = File::open(dir).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

fn file_name(title: &str) -> String {
    let mut name = slug::name(title);
    if name.len() > NAME_BYTES_MAX {
        let end = (0..=NAME_BYTES_MAX).rev().find(|&index| name.is_char_boundary(index)).unwrap_or(0);
        name.truncate(end);
        name.truncate(name.rfind('-').unwrap_or(end));
    }
    name
}

/// The record that the new one replaces. It must be able to be replaced, and not be replaced already.
fn replaced(assembled: &Assembled, kind: &Kind, reference: &str) -> Result<RecordIndex, Failure> {
    let Some(relation) = kind.relations.iter().find(|relation| relation.supersedes) else {
        return Err(Failure::Usage(format!("a {} supersedes nothing", kind.name)));
    };
    let index = show::find(&assembled.handbook, reference, &relation.to)?;
    let record = &assembled.handbook.records[index];
    if let Some(newer) = assembled.handbook.linked[index].standing.superseded_by.first() {
        let newer = assembled.handbook.records[*newer].path();
        return Err(Failure::Usage(format!("{} is superseded by {newer} already", record.path())));
    }
    if assembled.input.config.kind(&record.kind).superseded_status().is_none() {
        return Err(Failure::Usage(format!("a {} can not be superseded: none of its statuses says so", record.kind)));
    }
    if record.is_broken {
        return Err(Failure::Usage(format!("the front matter of {} can not be read; mend it first", record.path())));
    }
    Ok(index)
}

/// Where the new record goes and what is in it.
fn draft(assembled: &Assembled, occasion: &Occasion, kind: &Kind, title: &str, name: &str, older: Option<RecordIndex>) -> (String, String) {
    let today = occasion.today.iso();
    let of_kind = || assembled.handbook.records.iter().filter(|record| record.kind == kind.name);
    let folder = usual_folder(of_kind().map(|record| record.path().folder())).unwrap_or(&kind.plural).to_owned();
    let mut head = Vec::new();
    if !folder.rsplit('/').any(|part| kind.folders.iter().any(|folder| folder.eq_ignore_ascii_case(part))) {
        head.push(format!("kind: {}", kind.name));
    }
    let n_files_with_number = of_kind().filter(|record| record.path().stem().starts_with(|c: char| c.is_ascii_digit())).count();
    let is_dated = kind.fields.get("started").is_some_and(|field| field.kind == FieldType::DateTime);
    let number = of_kind().filter_map(|record| record.number).max().unwrap_or(0).saturating_add(1);
    let stem = if kind.numbered && (n_files_with_number * 2 >= of_kind().count()) {
        format!("{number:04}-{name}")
    } else if is_dated {
        format!("{today}-{name}")
    } else {
        name.to_owned()
    };
    if kind.numbered {
        head.push(format!("number: {number}"));
    }
    head.push(format!("title: {}", quoted(title)));
    // What replaces another record is decided; else that would be out of force, and nothing in its place.
    let decided = || kind.statuses.iter().find(|status| status.meaning == Meaning::InForce);
    let status = older.and_then(|_| decided()).or(kind.statuses.first());
    head.extend(status.map(|status| format!("status: {}", status.name)));
    head.push(format!("date: {today}"));
    if let Some(index) = older {
        let older = &assembled.handbook.records[index];
        let reference = older.number.map_or_else(|| older.slug().to_owned(), |number| number.to_string());
        let relation = kind.relations.iter().find(|relation| relation.supersedes).map_or("supersedes", |relation| &relation.name);
        head.push(format!("{relation}: [{reference}]"));
    }
    let path = if folder.is_empty() { format!("{stem}.md") } else { format!("{folder}/{stem}.md") };
    (path, format!("---\n{}\n---\n\n{}", head.join("\n"), kind.template))
}

/// The folder that holds most of them.
fn usual_folder<'a>(folders: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for folder in folders {
        *counts.entry(folder).or_default() += 1;
    }
    counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0))).map(|(folder, _)| folder)
}

/// Writes `new` where the status of `record` stands. All other bytes stay; the file is replaced in one step.
fn mark_superseded(file: &Path, record: &Record, new: &str) -> io::Result<()> {
    let text = fs::read_to_string(file)?;
    let changed = match &record.status {
        // A status that stands in no line of this file, but beside it or in the settings, is said here from now on.
        Some(status) if !status.span.is_empty() => {
            let place = record.source.place(status.span.clone());
            // The span of a block scalar ends after its line; the line end is not part of the status.
            let written = record.source.text[status.span.clone()].trim();
            if written.is_empty() || written.contains('\n') || written.starts_with(['>', '|']) {
                return Err(io::Error::other(format!("its status is written over several lines; write `status: {new}` there by hand")));
            }
            replace_in_line(&text, place.line as usize, written, new)
        }
        _ => add_to_head(&text, &format!("status: {new}")),
    };
    let changed = changed.ok_or_else(|| io::Error::other("its status can not be found in the file"))?;
    let beside = file.with_extension("md.handbook-new");
    disk::write_through(&beside, changed.as_bytes())?;
    disk::set_permissions(&beside, fs::metadata(file)?.permissions())?;
    disk::rename(&beside, file)
}

/// `text` with `old` replaced in its line `number` (from 1).
fn replace_in_line(text: &str, number: usize, old: &str, new: &str) -> Option<String> {
    let mut lines = text.split_inclusive('\n');
    let before: String = lines.by_ref().take(number - 1).collect();
    let line = lines.next()?;
    let at = line.rfind(old)?;
    Some(format!("{before}{}{new}{}{}", &line[..at], &line[at + old.len()..], lines.collect::<String>()))
}

/// `text` with `entry` at the end of its front matter, which is made where there is none.
fn add_to_head(text: &str, entry: &str) -> Option<String> {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    if !text.trim_start_matches('\u{feff}').starts_with("---") {
        return Some(format!("---{newline}{entry}{newline}---{newline}{newline}{text}"));
    }
    let end = text.match_indices("\n---").next()?.0 + 1;
    Some(format!("{}{entry}{newline}{}", &text[..end], &text[end..]))
}
