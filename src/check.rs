//! What can be wrong with a linked handbook on a day, beyond what reading and linking find: what is overdue, what is left
//! undone or unsaid, what its text does to its readers.
//!
//! Each file is one question and yields findings of one or two rules. A rule looks at what a record's kind declares, and costs
//! nothing where nothing of the sort is declared.

mod cited;
mod due;
mod orphan;
mod people;
mod settle;
mod template;
mod text;
mod wording;

use rayon::prelude::*;

use crate::calendar::Date;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::ledger::tenure::{Tenure, tenures};
use crate::model::handbook::{Handbook, LinkedRecord, RecordIndex};
use crate::model::kind::{Kind, Meaning};
use crate::model::record::Record;

pub use settle::{allowances, idle, settled};

/// What is wrong with `handbook` on the day `today`.
pub fn findings(handbook: &Handbook, config: &Config, today: Date) -> Vec<Diagnostic> {
    let scene = Scene { handbook, config, today, tenures: tenures(handbook, config) };
    let lists = wording::Lists::of(config);
    let of_record = |index: RecordIndex| {
        let subject = scene.subject(index);
        let mut found = due::findings(&subject);
        found.extend(cited::findings(&subject));
        found.extend(template::findings(&subject));
        found.extend(text::findings(&subject));
        found.extend(wording::findings(&subject, &lists));
        found
    };
    let mut found: Vec<Diagnostic> = (0..handbook.records.len()).into_par_iter().flat_map_iter(of_record).collect();
    found.extend(orphan::findings(&scene));
    found.extend(people::findings(&scene));
    found
}

/// Everything that rules look at.
struct Scene<'a> {
    handbook: &'a Handbook,
    config: &'a Config,
    today: Date,
    tenures: Vec<Tenure>,
}

impl<'a> Scene<'a> {
    fn subject(&'a self, index: RecordIndex) -> Subject<'a> {
        let record = &self.handbook.records[index];
        Subject { scene: self, index, record, linked: &self.handbook.linked[index], kind: self.config.kind(&record.kind) }
    }
}

/// One record, as rules look at it.
struct Subject<'a> {
    scene: &'a Scene<'a>,
    index: RecordIndex,
    record: &'a Record,
    linked: &'a LinkedRecord,
    kind: &'a Kind,
}

impl Subject<'_> {
    /// Whether it stands where the meaning of its status is `meaning`.
    fn is(&self, meaning: Meaning) -> bool {
        self.linked.standing.status.as_ref().is_some_and(|status| status.meaning == meaning)
    }

    /// Whether it is still meant to be followed or finished.
    fn is_alive(&self) -> bool {
        !self.is(Meaning::Closed)
    }
}
