//! What the records of a handbook amount to on a day: what held when, what is owed, promised, due, and how incidents went.
//!
//! Between `link` and `render`: each file is one question, and its answer is plain data, a function of the linked
//! handbook, the settings and the day. Nothing here asks for a kind by its name: a record takes part by the statuses,
//! relations and fields that its kind declares. A handbook that uses none of them gets empty answers.

pub mod actions;
pub mod attention;
pub mod chains;
pub mod changes;
pub mod debts;
pub mod events;
pub mod glossary;
pub mod incidents;
pub mod log;
pub mod network;
pub mod party;
pub mod people;
pub mod reviews;
pub mod schedule;
pub mod teams;
pub mod tenure;

use std::collections::BTreeMap;

use crate::calendar::Date;
use crate::config::Config;
use crate::model::handbook::{Handbook, RecordIndex};

use actions::Action;
use attention::Matter;
use chains::Chain;
use debts::Debt;
use events::Event;
use glossary::Glossary;
use incidents::{Incident, Similar};
use log::Log;
use network::Edge;
use people::Person;
use reviews::Review;
use teams::{Goal, Ritual};
use tenure::Tenure;

/// What the records of a handbook amount to on a day.
#[derive(Debug)]
pub struct Ledger {
    /// The day.
    pub today: Date,
    /// When each record was in force, in the order of the records.
    pub tenures: Vec<Tenure>,
    /// The logs of kinds whose records replace each other.
    pub logs: Vec<Log>,
    /// Records on one topic, and lines of replacements.
    pub chains: Vec<Chain>,
    /// What was promised.
    pub actions: Vec<Action>,
    /// What was borrowed.
    pub debts: Vec<Debt>,
    /// What went wrong.
    pub incidents: Vec<Incident>,
    /// Incidents that have something in common, by record.
    pub similar: BTreeMap<RecordIndex, Vec<Similar>>,
    /// What is to be reached.
    pub goals: Vec<Goal>,
    /// What is held again and again.
    pub rituals: Vec<Ritual>,
    /// What is to be looked at again.
    pub reviews: Vec<Review>,
    /// What needs attention.
    pub matters: Vec<Matter>,
    /// What happened, the latest first.
    pub events: Vec<Event>,
    /// Every relation between records, once.
    pub edges: Vec<Edge>,
    /// Who is named where.
    pub people: Vec<Person>,
    /// The words that the handbook uses in a sense of its own.
    pub glossary: Glossary,
}

/// Whether the ledger tells more of a record than its head and its links: the words of the glossary, and the reasons of what was
/// rejected.
pub fn reads_words_of(handbook: &Handbook, config: &Config, record: RecordIndex) -> bool {
    tells_reason_of(handbook, record) || explains_words_of(handbook, config, record)
}

/// Whether the ledger tells why a record was rejected, which only its own pages show.
pub fn tells_reason_of(handbook: &Handbook, record: RecordIndex) -> bool {
    handbook.linked[record].standing.status.as_ref().is_some_and(|status| status.never_held)
}

/// Whether a record is the glossary, of which any page may show words.
pub fn explains_words_of(handbook: &Handbook, config: &Config, record: RecordIndex) -> bool {
    glossary::may_be(handbook.records[record].path(), config) && glossary::record(handbook, config) == Some(record)
}

impl Ledger {
    /// The ledger of `handbook` on the day `today`.
    pub fn of(handbook: &Handbook, config: &Config, today: Date) -> Self {
        let tenures = tenure::tenures(handbook, config);
        let incidents = incidents::incidents(handbook, config);
        let mut ledger = Self {
            today,
            logs: log::logs(handbook, config, &tenures, today),
            chains: chains::chains(handbook, config),
            actions: actions::actions(handbook, config, today),
            debts: debts::debts(handbook, config, today),
            similar: incidents::similar(handbook, config, &incidents),
            incidents,
            goals: teams::goals(handbook, config, today),
            rituals: teams::rituals(handbook, config, today),
            reviews: reviews::reviews(handbook, today),
            tenures,
            edges: network::edges(handbook, config),
            people: people::people(handbook, config),
            glossary: glossary::glossary(handbook, config),
            matters: Vec::new(),
            events: Vec::new(),
        };
        // These two are told from all the others.
        ledger.matters = attention::matters(handbook, config, &ledger);
        ledger.events = events::events(handbook, &ledger);
        ledger
    }
}
