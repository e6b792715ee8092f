//! Changes to records that are there: planned in memory, read back before they are made, then made all or not at all.
//!
//! A plan is a set of [`Edit`]s, each in bytes of a record's text as every stage sees it. What is outside of them keeps every
//! byte: line ends, byte-order mark, comments, indentation.

pub mod apply;
pub mod head;
pub mod metadata;
pub mod named;
pub mod original;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Write;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::cli::{OccasionArguments, Place};
use crate::command::{Failure, Outcome, diff, open};
use crate::diagnostic::{Diagnostic, Severity};
use crate::link::audience::Scope;
use crate::link::resolve::{Resolved, Resolver};
use crate::model::handbook::RecordIndex;
use crate::model::name::{KindName, SourcePath};
use crate::model::record::Record;
use crate::model::source::SourceFile;
use crate::pipeline::{Assembled, Memo, Occasion, assemble};
use apply::FileChange;
use original::Original;

/// A passage of a record's text, and what shall stand in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Bytes of the record's text; empty to insert.
    pub span: Range<usize>,
    /// The new text, with lines ended by `\n`; it is written with the line ends of the file.
    pub text: String,
}

/// What a command will change.
#[derive(Debug, Default)]
pub struct Plan {
    edits: BTreeMap<RecordIndex, Vec<Edit>>,
    renamed: BTreeMap<RecordIndex, SourcePath>,
}

impl Edit {
    /// `text` in the place of `span`.
    pub fn replace(span: Range<usize>, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// `text` at `at`.
    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Self { span: at..at, text: text.into() }
    }
}

impl Plan {
    /// Adds edits of a record; one that is planned already is not made twice.
    pub fn edit(&mut self, record: RecordIndex, edits: impl IntoIterator<Item = Edit>) {
        let known = self.edits.entry(record).or_default();
        for edit in edits {
            if !known.contains(&edit) {
                known.push(edit);
            }
        }
    }

    /// Gives the file of a record another path.
    pub fn rename(&mut self, record: RecordIndex, path: SourcePath) {
        self.renamed.insert(record, path);
    }

    /// The records whose files change.
    pub fn records(&self) -> impl Iterator<Item = RecordIndex> {
        let all: HashSet<RecordIndex> = self.edits.keys().chain(self.renamed.keys()).copied().collect();
        let mut all: Vec<RecordIndex> = all.into_iter().collect();
        all.sort_unstable();
        all.into_iter()
    }

    /// The text of a record with its edits.
    fn text(&self, index: RecordIndex, source: &SourceFile) -> String {
        let edits = self.edits.get(&index).map(Vec::as_slice).unwrap_or_default();
        let mut edits: Vec<&Edit> = edits.iter().collect();
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let (mut text, mut at) = (String::with_capacity(source.text.len()), 0);
        for edit in edits {
            text.push_str(&source.text[at..edit.span.start]);
            text.push_str(&edit.text);
            at = edit.span.end;
        }
        text + &source.text[at..]
    }

    /// The changes as they will be made to the disk. A file that is no longer as it was read is an error.
    pub fn changes(&self, assembled: &Assembled) -> Result<Vec<FileChange>, Failure> {
        let roots = &assembled.input.roots;
        let change = |index: RecordIndex| {
            let record = &assembled.handbook.records[index];
            if record.source.part.is_some() {
                let reason = format!("{} holds several records; change it by hand, or give each a file of its own", record.file());
                return Err(Failure::Usage(format!("{reason}; nothing was changed")));
            }
            let file = roots.file(record.path().as_str());
            let original = Original::read(&file, &record.source)?;
            let edits = self.edits.get(&index).map(Vec::as_slice).unwrap_or_default();
            let path = self.renamed.get(&index).unwrap_or(record.path());
            Ok(FileChange {
                old_path: record.path().clone(),
                path: path.clone(),
                to: if path == record.path() { file.clone() } else { roots.file(path.as_str()) },
                file,
                after: original.with(edits),
                before: original.text,
            })
        };
        self.records().map(change).collect()
    }

    /// The handbook as it would be.
    fn outcome(&self, assembled: &Assembled) -> Assembled {
        let mut sources: Vec<Arc<SourceFile>> = Vec::with_capacity(assembled.input.sources.len());
        let by_path: BTreeMap<&SourcePath, RecordIndex> =
            self.records().map(|index| (assembled.handbook.records[index].path(), index)).collect();
        for source in &assembled.input.sources {
            let Some(&index) = by_path.get(&source.path) else {
                sources.push(source.clone());
                continue;
            };
            let text = self.text(index, source);
            let changed = match self.renamed.get(&index) {
                Some(path) => SourceFile::with_includes(path.clone(), text, source.includes.clone(), source.diagnostics.clone()),
                None => source.changed(text, source.includes.clone()),
            };
            sources.push(Arc::new(changed));
        }
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        assemble(assembled.input.with_sources(sources), &mut Memo::default(), everything())
    }
}

/// The handbook that a command changes: all of it, drafts included, with nobody else at work in it.
pub struct Workplace {
    /// The handbook as it is.
    pub assembled: Assembled,
    /// For when.
    pub occasion: Occasion,
    _turn: Option<std::fs::File>,
}

fn everything() -> Scope {
    Scope { audience: None, drafts: true }
}

impl Workplace {
    /// Reads the handbook at `place`.
    pub fn open(place: &Place) -> Result<Self, Failure> {
        let turn = turn(&place.dir);
        // The numbers and names of drafts are taken too, whoever may see them.
        let arguments = OccasionArguments { drafts: true, audience: None, ..place.occasion.clone() };
        let (assembled, occasion) = open(&place.dir, &arguments)?;
        Ok(Self { assembled, occasion, _turn: turn })
    }

    /// The record at `index`.
    pub fn record(&self, index: RecordIndex) -> &Record {
        &self.assembled.handbook.records[index]
    }

    /// Finds records as references in this handbook do.
    pub fn resolver(&self) -> Resolver<'_> {
        Resolver::new(&self.assembled.handbook.records, &self.assembled.input.config.sources)
    }

    /// The shortest reference by which the record `from` can name `to`: its number, its slug, its path.
    pub fn reference(&self, from: RecordIndex, to: RecordIndex, kinds: &[KindName]) -> String {
        let resolver = self.resolver();
        let record = self.record(to);
        let short = record.number.map(|number| number.to_string()).into_iter().chain([record.slug().to_owned()]);
        let is_meant = |name: &String| resolver.reference(self.record(from), name, kinds) == Resolved::One(to);
        short.into_iter().find(is_meant).unwrap_or_else(|| record.path().to_string())
    }

    /// Makes `plan`, or prints it when it is a `dry_run`. `is_done` is asked of the handbook as it would be, with the changed
    /// records under their new paths: nothing is written where it says no, or where something would be wrong that was not.
    pub fn carry_out(
        &self,
        plan: &Plan,
        dry_run: bool,
        is_done: impl Fn(&Assembled) -> bool,
        out: &mut impl Write,
    ) -> Result<Outcome, Failure> {
        let changes = plan.changes(&self.assembled)?;
        let outcome = plan.outcome(&self.assembled);
        if let Some(new) = self.new_finding(plan, &outcome) {
            return Err(Failure::Usage(format!("nothing was changed, since this would be wrong then:\n{new}")));
        }
        if !is_done(&outcome) {
            let paths: Vec<&str> = changes.iter().map(|change| change.path.as_str()).collect();
            let message = "the layout of these files can not be written so that it is read again; change them by hand";
            return Err(Failure::Usage(format!("nothing was changed: {message}: {}", paths.join(", "))));
        }
        if dry_run {
            for change in &changes {
                diff::print(change.old_path.as_str(), &change.before, change.path.as_str(), &change.after, out)?;
            }
            return Ok(Outcome::Fine);
        }
        apply::apply(&changes)?;
        for change in &changes {
            match change.old_path == change.path {
                true => writeln!(out, "changed {}", change.path)?,
                false => writeln!(out, "renamed {} to {}", change.old_path, change.path)?,
            }
        }
        Ok(Outcome::Fine)
    }

    /// The first finding of `outcome`, notes aside, that this handbook does not have. Lines move, so that places do not count,
    /// and files have other names.
    fn new_finding<'a>(&self, plan: &Plan, outcome: &'a Assembled) -> Option<&'a Diagnostic> {
        let mut known: HashMap<(&str, String), usize> = HashMap::new();
        for diagnostic in self.assembled.diagnostics.iter() {
            *known.entry((diagnostic.rule.code, diagnostic.message.clone())).or_default() += 1;
        }
        for diagnostic in outcome.diagnostics.iter().filter(|diagnostic| diagnostic.severity != Severity::Note) {
            let renamed = plan.renamed.iter().map(|(index, path)| (path.as_str(), self.record(*index).path().as_str()));
            let message = renamed.fold(diagnostic.message.clone(), |message, (new, old)| message.replace(new, old));
            match known.get_mut(&(diagnostic.rule.code, message)) {
                Some(count @ 1..) => *count -= 1,
                _ => return Some(diagnostic),
            }
        }
        None
    }
}

/// Waits until no other command changes records in the same folder, so that no two take one number. Where a folder can not be
/// locked, on Windows for one, there is nothing to wait for.
fn turn(dir: &Path) -> Option<std::fs::File> {
    let folder = std::fs::File::open(dir).ok()?;
    folder.lock().ok()?;
    Some(folder)
}
