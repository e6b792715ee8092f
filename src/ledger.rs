//! What the records of a handbook amount to on a day: what held when, what is owed, promised, due, and how incidents went.
//!
//! Between `link` and `render`: each file is one question, and its answer is plain data, a function of the linked
//! handbook, the settings and the day. Nothing here asks for a kind by its name: a record takes part by the statuses,
//! relations and fields that its kind declares. A handbook that uses none of them gets empty answers.

pub mod actions;
pub mod chains;
pub mod changes;
pub mod debts;
pub mod incidents;
pub mod log;
pub mod party;
pub mod reviews;
pub mod schedule;
pub mod teams;
pub mod tenure;

use std::collections::BTreeMap;

use crate::calendar::Date;
use crate::config::Config;
use crate::model::handbook::{Handbook, RecordIndex};

use actions::Action;
use chains::Chain;
use debts::Debt;
use incidents::{Incident, Similar};
use log::Log;
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
}

impl Ledger {
    /// The ledger of `handbook` on the day `today`.
    pub fn of(handbook: &Handbook, config: &Config, today: Date) -> Self {
        let tenures = tenure::tenures(handbook, config);
        let incidents = incidents::incidents(handbook, config);
        Self {
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
        }
    }
}
