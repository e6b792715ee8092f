//! Which pages show words of a record beside its own: what has to be rendered anew when only its words changed.
//!
//! Others tell of a record its head, which counts as more than words, its summary, and the sentences in which it links to them.

use std::collections::HashSet;

use crate::ledger;
use crate::model::handbook::{Destination, Handbook, RecordIndex};
use crate::model::record::Record;
use crate::render::Page;

/// The pages that show some words.
#[derive(Debug, Default)]
pub struct Shown {
    records: HashSet<RecordIndex>,
    /// Whether pages that are about many records may show them.
    is_quoted: bool,
    /// Whether those of the ledger do.
    is_told: bool,
}

impl Shown {
    /// Whether a page shows them.
    pub fn on(&self, page: &Page) -> bool {
        match page {
            Page::Record(record) => self.records.contains(record),
            Page::Overview(..) | Page::Data(_) => self.is_quoted || self.is_told,
            _ => self.is_quoted,
        }
    }

    /// Adds the pages that show the words in which the record at `index` differs from an `earlier` version, which links alike;
    /// false, if any page may.
    pub fn add(&mut self, handbook: &Handbook, index: RecordIndex, earlier: &Record) -> bool {
        let record = &handbook.records[index];
        if record.summary() != earlier.summary() {
            return false;
        }
        self.records.insert(index);
        self.is_told |= ledger::tells_reason_of(handbook, index);
        // The front page shows all of it, or the page of its kind.
        let is_introduction = handbook.collections.iter().any(|collection| collection.introduction == Some(index));
        self.is_quoted |= record.path().is_index() || is_introduction;
        let links = record.outline.links.iter().zip(&earlier.outline.links).zip(&handbook.linked[index].links);
        for (_, destination) in links.filter(|((ours, theirs), _)| ours.sentence != theirs.sentence) {
            self.is_quoted = true;
            if let Destination::Record(target, _) = destination {
                self.records.insert(*target);
            }
        }
        true
    }
}
