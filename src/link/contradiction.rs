//! Pairs of records of which one replaces the other, and which do not agree on it.
//!
//! One pair gives one finding for each thing that is wrong with it, in the newer record where both say that they are one.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::calendar::Date;
use crate::config::Config;
use crate::diagnostic::{self, Diagnostic};
use crate::link::relation::Supersession;
use crate::link::resolve::decoded;
use crate::link::standing::{has_held, written_status};
use crate::model::handbook::RecordIndex;
use crate::model::kind::Meaning;
use crate::model::name::SourcePath;
use crate::model::record::{Record, slug};

/// Findings about `supersedes`, the relations by which one record replaces another.
pub fn contradictions(records: &[Arc<Record>], supersedes: &[Supersession], config: &Config) -> Vec<Diagnostic> {
    let told: HashSet<(RecordIndex, RecordIndex, RecordIndex)> =
        supersedes.iter().map(|supersession| (supersession.written.0, supersession.newer, supersession.older)).collect();
    let mut known = Known::default();
    let mut found = Vec::new();
    for supersession in supersedes {
        let pair = Pair { records, config, supersession };
        let is_told_twice = told.contains(&(pair.other(), supersession.newer, supersession.older));
        let is_repeated = is_told_twice && supersession.written.0 == supersession.older;
        if let Some(impossible) = pair.impossible() {
            found.extend((!is_repeated).then_some(impossible));
            continue;
        }
        found.extend(pair.live());
        match pair.early() {
            Some(early) => found.extend((!is_repeated).then_some(early)),
            None if is_told_twice => {}
            None => found.extend(pair.one_sided(&mut known)),
        }
    }
    found
}

/// What was looked up in a record once and is asked of it for each of its relations.
#[derive(Default)]
struct Known {
    /// What its links lead to, by their last part.
    linked: HashMap<RecordIndex, HashSet<String>>,
    /// Whether it tells in its text that it supersedes others (`true`), or is superseded.
    from_text: HashMap<(RecordIndex, bool), bool>,
}

struct Pair<'a> {
    records: &'a [Arc<Record>],
    config: &'a Config,
    supersession: &'a Supersession,
}

impl<'a> Pair<'a> {
    fn newer(&self) -> &'a Record {
        &self.records[self.supersession.newer]
    }

    fn older(&self) -> &'a Record {
        &self.records[self.supersession.older]
    }

    /// The record in which it is not written.
    fn other(&self) -> RecordIndex {
        if self.is_in_newer() { self.supersession.older } else { self.supersession.newer }
    }

    fn is_in_newer(&self) -> bool {
        self.supersession.written.0 == self.supersession.newer
    }

    /// A finding where the relation is written.
    fn finding(&self, rule: &'static diagnostic::Rule, message: String) -> Diagnostic {
        let (record, span) = self.supersession.written.clone();
        self.records[record].source.finding(rule, span, message)
    }

    /// One of them never held, or the newer one is the older by its date.
    fn impossible(&self) -> Option<Diagnostic> {
        let (newer, older) = (self.newer(), self.older());
        let (message, hint) = if let Some(status) = never_held(newer, self.config) {
            (
                format!("`{}` is {status}, so it does not supersede `{}`", newer.path(), older.path()),
                "remove the relation, or mend the status",
            )
        } else if let Some(status) = never_held(older, self.config) {
            let message = format!("`{}` is {status}, so there is nothing for `{}` to supersede", older.path(), newer.path());
            (message, "remove the relation, or mend the status")
        } else if newer.date.zip(older.date).is_some_and(|(newer, older)| is_surely_before(newer, older)) {
            let message = format!("`{}` supersedes `{}`, which has the later date", newer.path(), older.path());
            (message, "turn the relation round, or mend one of the dates")
        } else {
            return None;
        };
        Some(self.finding(&diagnostic::SUPERSEDES_CONTRADICTION, message).hint(hint))
    }

    /// The older one names its successor, and says that it holds.
    fn live(&self) -> Option<Diagnostic> {
        let older = self.older();
        let status = older.status.as_ref().filter(|_| !self.is_in_newer() && has_held(self.newer(), self.config))?;
        if written_status(older, self.config)?.meaning == Meaning::Closed {
            return None;
        }
        let superseded = self.config.kind(&older.kind).superseded_status()?;
        let message = format!("this record says `{}`, and that `{}` superseded it", status.written, self.newer().path());
        let found = older.source.finding(&diagnostic::STATUS_CONTRADICTS, status.span.clone(), message);
        Some(found.hint(format!("write `{}` as its status, or remove the relation", superseded.name)))
    }

    /// The newer one is not decided yet.
    fn early(&self) -> Option<Diagnostic> {
        let newer = self.newer();
        written_status(newer, self.config).filter(|status| status.meaning == Meaning::Open)?;
        let status = &newer.status.as_ref()?.written;
        let message = match self.is_in_newer() {
            true => format!(
                "this record is only `{status}`, and says that it supersedes `{}`, which holds until it is decided",
                self.older().path()
            ),
            false => format!("`{}`, which is said to supersede this record, is only `{status}`", newer.path()),
        };
        let found = self.finding(&diagnostic::SUPERSEDES_EARLY, message);
        Some(found.hint(format!("decide `{}`, or let it say so when it is decided", newer.path())))
    }

    /// The other one says nothing of it. Front matter is asked for it in the newer one only, which is where readers of the
    /// log look; text is asked for it at both ends, since nothing else tells the reader of the other file: a relation,
    /// a link, or a status that fits.
    fn one_sided(&self, known: &mut Known) -> Option<Diagnostic> {
        let (index, other) = (self.supersession.written.0, self.other());
        let (record, is_in_newer) = (&self.records[index], self.is_in_newer());
        let name = if is_in_newer { "supersedes" } else { "superseded_by" };
        let is_from_text = *known.from_text.entry((index, is_in_newer)).or_insert_with(|| record.reading.is_from_text(name));
        if !is_from_text && is_in_newer {
            return None;
        }
        let is_closed = || written_status(self.older(), self.config).is_some_and(|status| status.meaning == Meaning::Closed);
        let linked = &mut known.linked;
        let mut is_linked = || linked.entry(other).or_insert_with(|| names_linked(&self.records[other])).contains(record.slug());
        if is_from_text && ((is_in_newer && is_closed()) || is_linked()) {
            return None;
        }
        let path = self.records[other].path();
        let message = match is_in_newer {
            true => format!("this record supersedes `{path}`, which does not say so"),
            false => format!("this record is superseded by `{path}`, which does not say so"),
        };
        Some(self.finding(&diagnostic::SUPERSEDES_ONE_SIDED, message).hint(format!("say it in `{path}`, too")))
    }
}

/// The status of a record that was closed without having held.
fn never_held<'a>(record: &Record, config: &'a Config) -> Option<&'a str> {
    written_status(record, config).filter(|status| status.never_held).map(|status| status.name.as_str())
}

/// Whether `date` is before `other`, as far as both are known: a year is not before one of its months.
fn is_surely_before(date: Date, other: Date) -> bool {
    let (date, other) = (date.iso(), other.iso());
    let length = date.len().min(other.len());
    date[..length] < other[..length]
}

/// The names of what the links of `record` lead to: of files without their ending, of folders.
fn names_linked(record: &Record) -> HashSet<String> {
    let name = |target: &str| {
        let target = decoded(target.split(['#', '?']).next().unwrap_or_default());
        slug(&SourcePath::new(target.trim_end_matches('/'))).to_owned()
    };
    record.outline.links.iter().map(|link| name(&link.target)).collect()
}
