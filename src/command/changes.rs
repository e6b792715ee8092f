//! `handbook changes`: what is new, reversed, overdue, closed and deleted since a day or a commit.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::calendar::Date;
use crate::cli::ChangesArguments;
use crate::command::{Failure, Outcome, list, open};
use crate::diagnostic::visible;
use crate::git::Revision;
use crate::glob::Patterns;
use crate::ledger::Ledger;
use crate::ledger::changes::{Change, State, Subject, by_comparison, by_days, gone};
use crate::ledger::events::Sort;
use crate::link::audience::Scope;
use crate::load::{Input, normalised};
use crate::model::handbook::Handbook;
use crate::model::name::SourcePath;
use crate::model::record::Record;
use crate::model::source::SourceFile;
use crate::parse::records_of;
use crate::pipeline::{Assembled, Memo, assemble};
use crate::style;

/// Tells what became of the handbook.
pub fn run(arguments: &ChangesArguments) -> Result<Outcome, Failure> {
    let (assembled, occasion) = open(&arguments.place.dir, &arguments.place.occasion)?;
    let (handbook, config) = (&assembled.handbook, &assembled.input.config);
    let since = Since::read(&arguments.since, &assembled.input)?;
    if occasion.today.days_until(since.day()) > 0 {
        return Err(Failure::Usage(format!("{} is after today, {}", since.day(), occasion.today)));
    }
    let ledger = Ledger::of(handbook, config, occasion.today);
    let now = State { handbook, ledger: &ledger };
    let (changes, deleted) = match &since {
        Since::Day(day) => (by_days(now, *day), Vec::new()),
        Since::Revision(revision, _) => {
            let then = at(&assembled, revision, occasion.scope)?;
            let ledger = Ledger::of(&then.handbook, config, revision.day);
            let changes = by_comparison(now, State { handbook: &then.handbook, ledger: &ledger }, config);
            (changes, deleted(&assembled, &then.handbook, occasion.scope))
        }
    };
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    match arguments.json {
        true => writeln!(out, "{}", as_json(handbook, &since, &changes, &deleted))?,
        false => print(handbook, &since, &changes, &deleted, &mut out)?,
    }
    Ok(Outcome::Fine)
}

/// From when on.
enum Since {
    /// A day, with no commit to compare with.
    Day(Date),
    /// A commit, and the day that was asked for.
    Revision(Revision, Option<Date>),
}

impl Since {
    /// A day means the last commit before it, where there is one: what was written since counts, whatever day it names.
    fn read(text: &str, input: &Input) -> Result<Self, Failure> {
        let own = input.repositories.iter().find(|repository| repository.mount().is_empty());
        if let Ok(day) = Date::parse(text) {
            let revision = own.and_then(|repository| repository.before(day));
            return Ok(revision.map_or(Self::Day(day), |revision| Self::Revision(revision, Some(day))));
        }
        let Some(repository) = own else {
            return Err(Failure::Usage(format!("`{text}` is no day, and the records lie in no git repository; write YYYY-MM-DD")));
        };
        let revision = repository.revision(text);
        let unknown = || {
            let hint =
                if repository.is_shallow() { "; this clone is shallow: `git fetch --unshallow --tags` fetches the rest" } else { "" };
            Failure::Usage(format!("`{text}` is no day, and git knows no commit of that name{hint}"))
        };
        Ok(Self::Revision(revision.ok_or_else(unknown)?, None))
    }

    /// The day from which on changes are told.
    fn day(&self) -> Date {
        match self {
            Self::Day(day) | Self::Revision(_, Some(day)) => *day,
            Self::Revision(revision, None) => revision.day,
        }
    }
}

/// The handbook as it was at `revision`, with the settings of today; what is mounted from elsewhere as it was on that day.
fn at(assembled: &Assembled, revision: &Revision, scope: Scope) -> Result<Assembled, Failure> {
    let input = &assembled.input;
    let mut sources: Vec<SourceFile> = Vec::new();
    let ignored = Patterns::new(Path::new(""), input.config.ignore.iter().map(String::as_str));
    let is_hidden =
        |path: &SourcePath| path.as_str().split('/').any(|part| part.starts_with('.') || matches!(part, "node_modules" | "_drafts"));
    let is_wanted = |path: &SourcePath| {
        let is_read = path.is_markdown() || [".yaml", ".yml"].iter().any(|ending| path.as_str().ends_with(ending));
        is_read && !is_hidden(path) && !ignored.fits_file(path.as_str())
    };
    for repository in &input.repositories {
        let revision = if repository.mount().is_empty() { Some(revision.clone()) } else { repository.before(revision.day) };
        let Some(revision) = revision else { continue };
        let files = repository.files_at(&revision, is_wanted);
        let files = files.ok_or_else(|| Failure::System(format!("git can not tell what the files were at {}", revision.commit)))?;
        sources.extend(sources_of(files));
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources.dedup_by(|a, b| a.path == b.path);
    Ok(assemble(input.with_sources(records_of(sources, &input.config)), &mut Memo::default(), scope))
}

/// A record that was deleted.
struct Deleted {
    kind: String,
    number: Option<i64>,
    title: String,
    path: SourcePath,
}

/// The records of `then` whose files are no more. An audience is told nothing: what it may no longer see may go on elsewhere.
fn deleted(now: &Assembled, then: &Handbook, scope: Scope) -> Vec<Deleted> {
    if scope.audience.is_some() {
        return Vec::new();
    }
    let gone = gone(&now.handbook, then, &now.input.config).into_iter().map(|index| &then.records[index]);
    // A file that became a draft, or no record, is still there.
    let gone = gone.filter(|record| now.input.sources.iter().all(|source| source.path != *record.path()));
    let deleted = |record: &Arc<Record>| Deleted {
        kind: record.kind.to_string(),
        number: record.number,
        title: record.title.clone(),
        path: record.path().clone(),
    };
    gone.map(deleted).collect()
}

/// The Markdown among `files`, each with the YAML that lies beside it.
fn sources_of(files: Vec<(SourcePath, Vec<u8>)>) -> Vec<SourceFile> {
    let text = |bytes: &[u8]| normalised(String::from_utf8_lossy(bytes).into_owned());
    let yaml: HashMap<&SourcePath, &Vec<u8>> =
        files.iter().filter(|(path, _)| !path.is_markdown()).map(|(path, bytes)| (path, bytes)).collect();
    let beside = |path: &SourcePath| {
        let found = path.side_cars().into_iter().find_map(|path| Some((*yaml.get(&path)?, path)));
        found.map(|(bytes, path)| Arc::new(SourceFile::new(path, text(bytes))))
    };
    let source = |(path, bytes): &(SourcePath, Vec<u8>)| {
        let source = SourceFile::new(path.clone(), text(bytes));
        match beside(path) {
            Some(side_car) => source.beside(side_car),
            None => source,
        }
    };
    files.iter().filter(|(path, _)| path.is_markdown()).map(source).collect()
}

fn print(handbook: &Handbook, since: &Since, changes: &[Change], deleted: &[Deleted], out: &mut impl Write) -> std::io::Result<()> {
    let compared = match since {
        Since::Day(_) => "by the days in the records".to_owned(),
        Since::Revision(revision, _) => {
            format!("compared with commit {} of {}", &revision.commit[..9.min(revision.commit.len())], revision.day)
        }
    };
    writeln!(out, "{}Since {}, {compared}{}", style::FAINT, since.day().iso(), style::RESET)?;
    for sort in Sort::ALL {
        let of_sort: Vec<&Change> = changes.iter().filter(|change| change.sort == sort).collect();
        if !of_sort.is_empty() {
            writeln!(out, "\n{}{}{} ({})", style::STRONG, sort.as_str(), style::RESET, of_sort.len())?;
        }
        for change in of_sort {
            print_change(handbook, change, out)?;
        }
    }
    if !deleted.is_empty() {
        writeln!(out, "\n{}deleted{} ({})", style::STRONG, style::RESET, deleted.len())?;
    }
    for record in deleted {
        writeln!(out, "  {:<10}  {}  {}{}{}", "", visible(&record.title), style::FAINT, record.path, style::RESET)?;
    }
    if changes.is_empty() && deleted.is_empty() {
        writeln!(out, "nothing new, reversed, overdue, closed or deleted")?;
    }
    Ok(())
}

/// One change in a line: its day, what it is about, the record.
fn print_change(handbook: &Handbook, change: &Change, out: &mut impl Write) -> std::io::Result<()> {
    let record = &handbook.records[change.record];
    let day = change.day.map_or_else(String::new, |day| day.iso());
    let title = visible(&record.title);
    let what = match (change.subject, &change.what) {
        (Subject::Record, _) => title,
        (Subject::Review, _) => format!("review of {title}"),
        (subject, what) => format!("{}: {}", subject.as_str(), visible(what.as_deref().unwrap_or_default())),
    };
    let standing = &handbook.linked[change.record].standing;
    let successor = standing.successors.first().filter(|_| change.sort == Sort::Reversed);
    let successor = successor.map_or_else(String::new, |newer| format!(", replaced by {}", visible(&handbook.records[*newer].title)));
    writeln!(out, "  {day:<10}  {what}{successor}  {}{}{}", style::FAINT, record.path(), style::RESET)
}

fn as_json(handbook: &Handbook, since: &Since, changes: &[Change], deleted: &[Deleted]) -> Value {
    let change = |change: &Change| {
        let day = change.day.map(|day| day.iso());
        json!({"change": change.sort.as_str(), "subject": change.subject.as_str(), "what": change.what, "date": day, "record": list::summary(handbook, change.record)})
    };
    let commit = match since {
        Since::Day(_) => None,
        Since::Revision(revision, _) => Some(&revision.commit),
    };
    let gone =
        |record: &Deleted| json!({"path": record.path.as_str(), "kind": record.kind, "number": record.number, "title": record.title});
    json!({
        "version": 1,
        "since": since.day().iso(),
        "commit": commit,
        "changes": changes.iter().map(change).collect::<Vec<_>>(),
        "deleted": deleted.iter().map(gone).collect::<Vec<_>>(),
    })
}
