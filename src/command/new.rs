//! `handbook new`.

mod wanted;

use std::collections::HashMap;
use std::io::{self, Write};

use wanted::wanted;

use crate::cli::NewArguments;
use crate::command::change::apply::apply;
use crate::command::change::metadata::mark_replaced;
use crate::command::change::named::Named;
use crate::command::change::{Plan, Workplace};
use crate::command::init::{create, listed, quoted};
use crate::command::{Failure, Outcome, show};
use crate::config::Config;
use crate::diagnostic::{did_you_mean, nearest};
use crate::disk;
use crate::model::handbook::RecordIndex;
use crate::model::kind::{FieldType, Kind, Meaning, RelationType};
use crate::model::name::SourcePath;
use crate::parse::number_of_file;
use crate::pipeline::{Assembled, Occasion};
use crate::slug;

/// Titles are cut at this many bytes for the file's name.
const NAME_BYTES_MAX: usize = 80;

/// Writes a new record; with `--supersedes`, both ends or neither.
pub fn run(arguments: &NewArguments) -> Result<Outcome, Failure> {
    let wanted = wanted(arguments)?;
    // Others may write while somebody answers: what is there, and which number is free, is looked at when all is answered.
    let place = Workplace::open(&arguments.place)?;
    let (assembled, occasion) = (&place.assembled, &place.occasion);
    let config = &assembled.input.config;
    let kind = config.kind_called(&wanted.kind).ok_or_else(|| unknown_kind(config, &wanted.kind))?;
    let title = wanted.title.trim();
    let name = file_name(title);
    if name.is_empty() {
        return Err(Failure::Usage("the title needs a letter or a digit".to_owned()));
    }
    let older = arguments.supersedes.as_deref().map(|reference| replaced(assembled, kind, reference)).transpose()?;
    let mut draft = draft(assembled, occasion, kind, title, &name, older.map(|(index, _)| index));
    draft.head.extend(owner(assembled, kind, wanted.owner.as_deref())?);
    draft.head.extend(authors(kind, &wanted.authors)?);
    let mut plan = Plan::default();
    if let Some((index, relation)) = older {
        let newer = Named { number: draft.number, title, path: &draft.path };
        let edits = mark_replaced(place.record(index), &newer, relation, config);
        plan.edit(index, edits.map_err(|refusal| Failure::Usage(format!("{refusal}; nothing was changed")))?);
    }
    let changes = plan.changes(assembled)?;
    let file = assembled.input.roots.file(draft.path.as_str());
    create(&file, &draft.text()).map_err(|error| match error.kind() {
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
    writeln!(out, "wrote {}", file.strip_prefix(".").unwrap_or(&file).display())?;
    Ok(Outcome::Fine)
}

fn unknown_kind(config: &Config, name: &str) -> Failure {
    let names = config.kinds.iter().map(|kind| kind.name.as_str());
    let hint =
        did_you_mean(&nearest(name, names.clone(), 1)).unwrap_or_else(|| format!("kinds are {}", names.collect::<Vec<_>>().join(", ")));
    Failure::Usage(format!("no kind is called `{name}`; {hint}"))
}

/// The line of the head that says who keeps the record.
fn owner(assembled: &Assembled, kind: &Kind, reference: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(reference) = reference else { return Ok(None) };
    let Some(FieldType::Reference(kinds)) = kind.fields.get("owner").map(|field| &field.kind) else {
        return Err(Failure::Usage(format!("a {} has no owner that is a record", kind.name)));
    };
    let handbook = &assembled.handbook;
    let index = show::find(handbook, reference, kinds)?;
    let record = &handbook.records[index];
    let is_clear = show::find(handbook, record.slug(), kinds).is_ok_and(|found| found == index);
    Ok(Some(format!("owner: {}", quoted(if is_clear { record.slug() } else { record.path().as_str() }))))
}

/// The line of the head that says who wrote the record.
fn authors(kind: &Kind, names: &[String]) -> Result<Option<String>, Failure> {
    if !names.is_empty() && !kind.fields.contains_key("authors") {
        return Err(Failure::Usage(format!("a {} names no authors", kind.name)));
    }
    let quoted: Vec<String> = names.iter().map(|name| listed(name.trim())).collect();
    Ok((!names.is_empty()).then(|| format!("authors: [{}]", quoted.join(", "))))
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
    /// The lines of its front matter.
    head: Vec<String>,
    body: String,
}

impl Draft {
    fn text(&self) -> String {
        format!("---\n{}\n---\n\n{}", self.head.join("\n"), self.body)
    }
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
    let numbers = of_kind().filter_map(|record| record.number).chain(if kind.numbered { taken(assembled, &folder) } else { Vec::new() });
    let number = numbers.max().unwrap_or(0).saturating_add(1);
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
    Draft { path: SourcePath::new(path), number: kind.numbered.then_some(number), head, body: kind.template.clone() }
}

/// Numbers that files of `folder` have, whether they are records or not, and as the branches of the repository have them: two that
/// are merged shall not have the same.
fn taken(assembled: &Assembled, folder: &str) -> Vec<i64> {
    let there = std::fs::read_dir(assembled.input.roots.file(folder)).into_iter().flatten();
    let there = there.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).map(SourcePath::new);
    let on_branches = assembled.input.repositories.iter().flat_map(|repository| repository.files_of_branches(folder));
    there.chain(on_branches).filter(SourcePath::is_markdown).filter_map(|path| number_of_file(&path)).collect()
}

/// The folder that holds most of them.
fn usual_folder<'a>(folders: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for folder in folders {
        *counts.entry(folder).or_default() += 1;
    }
    counts.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0))).map(|(folder, _)| folder)
}
