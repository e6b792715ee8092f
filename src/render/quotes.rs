//! Which pages show words of a record beside its own: what has to be rendered anew when only its words changed.
//!
//! Others tell of a record its head, which counts as more than words, its summary, and the sentences in which it links to them.

use std::collections::HashSet;

use crate::ledger::chains::Chain;
use crate::ledger::{self, Ledger};
use crate::model::handbook::{Destination, Handbook, RecordIndex};
use crate::model::record::Record;
use crate::render::Page;
use crate::render::overview::Overview;

/// The pages that show some words.
#[derive(Debug, Default)]
pub struct Shown {
    records: HashSet<RecordIndex>,
    /// Chains that tell in which sentence a record changed what was before it.
    chains: HashSet<usize>,
    /// Whether the logs show them: what chains tell, and why a record was rejected.
    is_logged: bool,
    /// Whether any page that is about many records may show them.
    is_introduction: bool,
}

impl Shown {
    /// Whether a page shows them.
    pub fn on(&self, page: &Page) -> bool {
        match page {
            Page::Record(record) => self.records.contains(record),
            Page::Overview(Overview::Log(_), _) | Page::Data(Overview::Log(_)) => self.is_introduction || self.is_logged,
            Page::Overview(Overview::Topic(chain), _) | Page::Data(Overview::Topic(chain)) => {
                self.is_introduction || self.chains.contains(chain)
            }
            _ => self.is_introduction,
        }
    }

    /// Adds the pages that show the words in which the record at `index` differs from an `earlier` version, which links alike;
    /// false, if any page may.
    pub fn add(&mut self, handbook: &Handbook, ledger: &Ledger, index: RecordIndex, earlier: &Record) -> bool {
        let record = &handbook.records[index];
        if record.summary() != earlier.summary() {
            return false;
        }
        self.records.insert(index);
        self.is_logged |= ledger::tells_reason_of(handbook, index);
        // The front page shows all of it, or the page of its kind.
        let introduces = handbook.collections.iter().any(|collection| collection.introduction == Some(index));
        self.is_introduction |= record.path().is_index() || introduces;
        let links = record.outline.links.iter().zip(&earlier.outline.links).zip(&handbook.linked[index].links);
        for (_, destination) in links.filter(|((ours, theirs), _)| ours.sentence != theirs.sentence) {
            if let Destination::Record(target, _) = destination {
                self.records.insert(*target);
                let tells = |chain: &Chain| chain.steps.iter().any(|step| step.record == index && !step.changes.is_empty());
                let chains = ledger.chains.iter().enumerate().filter(|(_, chain)| tells(chain));
                self.chains.extend(chains.map(|(number, _)| number));
            }
        }
        self.is_logged |= !self.chains.is_empty();
        true
    }
}
