//! Pairs of records of which one replaces the other, and which do not agree on it.
//!
//! Front matter needs a relation at one end only, so it is text alone that is asked for both: there nothing else tells
//! the reader of the other file.

use std::collections::HashSet;
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::{self, Diagnostic};
use crate::link::relation::Supersession;
use crate::link::standing::written_status;
use crate::model::handbook::RecordIndex;
use crate::model::kind::Meaning;
use crate::model::record::Record;

/// Reports what each supersession is contradicted by.
pub fn report(records: &[Arc<Record>], supersessions: &[Supersession], config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    let told: HashSet<(RecordIndex, RecordIndex, RecordIndex)> =
        supersessions.iter().map(|supersession| (supersession.written.0, supersession.newer, supersession.older)).collect();
    for supersession in supersessions {
        let pair = Pair { records, config, supersession };
        let other = if supersession.written.0 == supersession.newer { supersession.older } else { supersession.newer };
        let is_told_twice = told.contains(&(other, supersession.newer, supersession.older));
        diagnostics.extend(pair.live());
        // What both say is reported once, in the newer.
        let is_repeated = is_told_twice && supersession.written.0 == supersession.older;
        diagnostics.extend(if is_repeated { None } else { pair.early() });
        diagnostics.extend(if is_told_twice { None } else { pair.one_sided(other) });
    }
}

struct Pair<'a> {
    records: &'a [Arc<Record>],
    config: &'a Config,
    supersession: &'a Supersession,
}

impl Pair<'_> {
    fn path(&self, index: RecordIndex) -> &str {
        self.records[index].path().as_str()
    }

    fn meaning(&self, index: RecordIndex) -> Option<Meaning> {
        written_status(&self.records[index], self.config).map(|status| status.meaning)
    }

    fn is_decided(&self, index: RecordIndex) -> bool {
        written_status(&self.records[index], self.config).is_none_or(|status| status.meaning != Meaning::Open && !status.never_held)
    }

    /// The older one names its successor, and says that it holds.
    fn live(&self) -> Option<Diagnostic> {
        let Supersession { newer, older, written } = self.supersession;
        let record = &self.records[*older];
        let status = record.status.as_ref().filter(|_| written.0 == *older && self.is_decided(*newer))?;
        if self.meaning(*older)? == Meaning::Closed {
            return None;
        }
        let message = format!("this record says `{}`, and that `{}` superseded it", status.written, self.path(*newer));
        let found = record.source.finding(&diagnostic::STATUS_CONTRADICTS, status.span.clone(), message);
        Some(found.hint("write `superseded` as its status, or remove the relation"))
    }

    /// The newer one is not decided, or never held.
    fn early(&self) -> Option<Diagnostic> {
        let Supersession { newer, older, written } = self.supersession;
        if self.is_decided(*newer) {
            return None;
        }
        let status = self.records[*newer].status.as_ref().map(|status| status.written.clone()).unwrap_or_default();
        let record = &self.records[written.0];
        let message = match written.0 == *newer {
            true => format!(
                "this record is only `{status}`, and says that it supersedes `{}`, which holds until it is decided",
                self.path(*older)
            ),
            false => format!("`{}`, which is said to supersede this record, is only `{status}`", self.path(*newer)),
        };
        let found = record.source.finding(&diagnostic::SUPERSEDES_EARLY, written.1.clone(), message);
        Some(found.hint(format!("decide `{}`, or let it say so when it is decided", self.path(*newer))))
    }

    /// The other one says nothing of it: no relation, no link, no status that fits.
    fn one_sided(&self, other: RecordIndex) -> Option<Diagnostic> {
        let Supersession { newer, older, written } = self.supersession;
        let record = &self.records[written.0];
        let name = if written.0 == *newer { "supersedes" } else { "superseded_by" };
        let is_known = other == *older && self.meaning(other) == Some(Meaning::Closed);
        let names = |text: &str| text.contains(record.path().stem());
        let mentions = self.records[other].outline.links.iter().any(|link| names(&link.target));
        if !record.reading.is_from_text(name) || is_known || mentions {
            return None;
        }
        let message = match other == *older {
            true => format!("this record supersedes `{}`, which does not say so", self.path(other)),
            false => format!("this record is superseded by `{}`, which does not say so", self.path(other)),
        };
        let found = record.source.finding(&diagnostic::SUPERSEDES_ONE_SIDED, written.1.clone(), message);
        Some(found.hint(format!("say it in `{}`, too", self.path(other))))
    }
}
