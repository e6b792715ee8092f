//! What two records say of each other that can not both be so.

use std::collections::HashSet;
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::{self, Diagnostic};
use crate::link::relation::Supersession;
use crate::link::standing::written_status;
use crate::model::handbook::RecordIndex;
use crate::model::record::Record;

/// Findings about `supersedes`, the relations by which one record replaces another.
pub fn contradictions(records: &[Arc<Record>], supersedes: &[Supersession], config: &Config) -> Vec<Diagnostic> {
    let said_by_newer: HashSet<(RecordIndex, RecordIndex)> =
        supersedes.iter().filter(|one| one.written.0 == one.newer).map(|one| (one.newer, one.older)).collect();
    let find = |supersession: &Supersession| {
        let (newer, older) = (&records[supersession.newer], &records[supersession.older]);
        let (rule, message, hint) = if let Some(status) = never_held(newer, config) {
            let message = format!("`{}` is {status}, so it does not supersede `{}`", newer.path(), older.path());
            (&diagnostic::SUPERSEDES_CONTRADICTION, message, "remove the relation, or mend the status")
        } else if let Some(status) = never_held(older, config) {
            let message = format!("`{}` is {status}, so there is nothing for `{}` to supersede", older.path(), newer.path());
            (&diagnostic::SUPERSEDES_CONTRADICTION, message, "remove the relation, or mend the status")
        } else if newer.date.zip(older.date).is_some_and(|(newer, older)| newer < older) {
            let message = format!("`{}` supersedes `{}`, which has the later date", newer.path(), older.path());
            (&diagnostic::SUPERSEDES_CONTRADICTION, message, "turn the relation round, or mend one of the dates")
        } else if !said_by_newer.contains(&(supersession.newer, supersession.older)) {
            let message = format!("`{}` does not say that it supersedes this record", newer.path());
            (&diagnostic::SUPERSEDED_ONE_SIDED, message, "say it in the newer record, which is where readers of the log look")
        } else {
            return None;
        };
        let (record, span) = supersession.written.clone();
        Some(records[record].source.finding(rule, span, message).hint(hint))
    };
    supersedes.iter().filter_map(find).collect()
}

/// The status of a record that was closed without having held.
fn never_held<'a>(record: &Record, config: &'a Config) -> Option<&'a str> {
    written_status(record, config).filter(|status| status.never_held).map(|status| status.name.as_str())
}
