//! `handbook new`.

use std::collections::HashMap;
use std::io::{self, Write};

use crate::cli::NewArguments;
use crate::command::change::apply::apply;
use crate::command::change::metadata::mark_replaced;
use crate::command::change::named::Named;
use crate::command::change::{Plan, Workplace};
use crate::command::init::{create, quoted};
use crate::command::{Failure, Outcome, show};
use crate::diagnostic::{did_you_mean, nearest};
use crate::disk;
use crate::model::handbook::RecordIndex;
use crate::model::kind::{FieldType, Kind, Meaning, RelationType};
use crate::model::name::SourcePath;
use crate::pipeline::{Assembled, Occasion};
use crate::slug;

/// Titles are cut at this many bytes for the file's name.
const NAME_BYTES_MAX: usize = 80;

/// Writes a new record; with `--supersedes`, both ends or neither.
pub fn run(arguments: &NewArguments) -> Result<Outcome, Failure> {
    let place = Workplace::open(&arguments.place)?;
    let (assembled, occasion) = (&place.assembled, &place.occasion);
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
    let older = arguments.supersedes.as_deref().map(|reference| replaced(assembled, kind, reference)).transpose()?;
    let draft = draft(assembled, occasion, kind, title, &name, older.map(|(index, _)| index));
    let mut plan = Plan::default();
    if let Some((index, relation)) = older {
        let newer = Named { number: draft.number, title, path: &draft.path };
        let edits = mark_replaced(place.record(index), &newer, relation, config);
        plan.edit(index, edits.map_err(|refusal| Failure::Usage(format!("{refusal}; nothing was changed")))?);
    }
    let changes = plan.changes(assembled)?;
    let file = assembled.input.roots.file(draft.path.as_str());
    create(&file, &draft.text).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::Usage(format!("{} is there already; choose another title", draft.path)),
        _ => Failure::System(format!("{}: {error}", draft.path)),
    })?;
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    if let Err(failure) = apply(&changes) {
        disk::remove_file(&file)?;
        return Err(failure);
    }
    for change in &changes {
        writeln!(out, "changed {}", change.path)?;
    }
    writeln!(out, "wrote {}", file.display())?;
    Ok(Outcome::Fine)
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
fn replaced<'k>(assembled: &Assembled, kind: &'k Kind, reference: &str) -> Result<(RecordIndex, &'k RelationType), Failure> {
    let Some(relation) = kind.relations.iter().find(|relation| relation.supersedes) else {
        return Err(Failure::Usage(format!("a {} supersedes nothing", kind.name)));
    };
    let index = show::find(&assembled.handbook, reference, &relation.to)?;
    let record = &assembled.handbook.records[index];
    if let Some(newer) = assembled.handbook.linked[index].standing.superseded_by.first() {
        let newer = assembled.handbook.records[*newer].path();
        return Err(Failure::Usage(format!("{} is superseded by {newer} already", record.path())));
    }
    Ok((index, relation))
}

/// A record that is not written yet.
struct Draft {
    path: SourcePath,
    number: Option<i64>,
    text: String,
}

/// Where the new record goes and what is in it.
fn draft(assembled: &Assembled, occasion: &Occasion, kind: &Kind, title: &str, name: &str, older: Option<RecordIndex>) -> Draft {
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
    let text = format!("---\n{}\n---\n\n{}", head.join("\n"), kind.template);
    Draft { path: SourcePath::new(path), number: kind.numbered.then_some(number), text }
}

/// The folder that holds most of them.
fn usual_folder<'a>(folders: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for folder in folders {
        *counts.entry(folder).or_default() += 1;
    }
    counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0))).map(|(folder, _)| folder)
}
