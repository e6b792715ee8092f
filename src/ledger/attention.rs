//! What needs attention: overdue, stale, contradictory, and people who left and are still responsible.

use crate::calendar::Date;
use crate::config::Config;
use crate::ledger::teams::GoalState;
use crate::ledger::{Ledger, actions, debts, reviews};
use crate::model::field::Field;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::kind::Meaning;
use crate::model::shape::{Shape, shaped};
use crate::slug;

/// Something that needs attention.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Matter {
    /// What sort of thing.
    pub sort: Sort,
    /// The day since which, where one is known.
    pub since: Option<Date>,
    /// The record.
    pub record: RecordIndex,
    /// What, where that is not the record itself.
    pub what: Option<String>,
}

/// What sort of thing needs attention, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A promise that was not kept on its day.
    Action,
    /// A debt that was not paid on its day.
    Debt,
    /// Its author says that it holds, and another record says that it was replaced.
    Contradiction,
    /// It was to be looked at again.
    Review,
    /// Nobody looked at the progress of a goal.
    Goal,
    /// It is led by somebody who left.
    Person,
}

impl Sort {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 6] = [Self::Action, Self::Debt, Self::Contradiction, Self::Review, Self::Goal, Self::Person];

    /// In templates and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::Debt => "debt",
            Self::Contradiction => "contradiction",
            Self::Review => "review",
            Self::Goal => "goal",
            Self::Person => "person",
        }
    }
}

/// All that needs attention, the most urgent sort first, in it what waits longest first.
pub fn matters(handbook: &Handbook, config: &Config, ledger: &Ledger) -> Vec<Matter> {
    let of = |sort: Sort, since: Option<Date>, record: RecordIndex, what: Option<&str>| Matter {
        sort,
        since,
        record,
        what: what.map(str::to_owned),
    };
    let mut matters = Vec::new();
    let late = ledger.actions.iter().filter(|action| action.state == actions::State::Overdue);
    matters.extend(late.map(|action| of(Sort::Action, action.due, action.record, Some(&action.title))));
    let late = ledger.debts.iter().filter(|debt| debt.state == debts::State::Overdue);
    matters.extend(late.map(|debt| of(Sort::Debt, debt.due, debt.record, Some(&debt.what))));
    let late = ledger.reviews.iter().filter(|review| review.state == reviews::State::Overdue);
    matters.extend(late.map(|review| of(Sort::Review, Some(review.due), review.record, None)));
    let stale = ledger.goals.iter().filter(|goal| goal.state == GoalState::Stale);
    matters.extend(stale.map(|goal| of(Sort::Goal, goal.checked, goal.record, Some(&goal.objective))));
    for index in 0..handbook.records.len() {
        if contradicts(handbook, config, index) {
            matters.push(of(Sort::Contradiction, ledger.tenures[index].until, index, None));
        }
        if let Some((name, left)) = lead_who_left(handbook, config, index).filter(|(_, left)| !ledger.today.is_before(*left)) {
            matters.push(of(Sort::Person, Some(left), index, Some(&name)));
        }
    }
    matters.sort_by_key(|matter| (matter.sort, matter.since.is_none(), matter.since, matter.record));
    matters
}

/// Whether the author of a record says that it holds while another replaced it.
fn contradicts(handbook: &Handbook, config: &Config, index: RecordIndex) -> bool {
    let record = &handbook.records[index];
    let written = record.status.as_ref().and_then(|status| status.name.as_deref());
    let own = written.and_then(|name| config.kind(&record.kind).status(name));
    let is_replaced = !handbook.linked[index].standing.superseded_by.is_empty();
    is_replaced && own.is_some_and(|status| status.meaning == Meaning::InForce)
}

/// The lead of a team, when its own list of people says that they left.
fn lead_who_left(handbook: &Handbook, config: &Config, index: RecordIndex) -> Option<(String, Date)> {
    let record = &handbook.records[index];
    let lead = record.text("lead")?;
    let mut people = shaped(record, config.kind(&record.kind), Shape::People).flat_map(|(_, field)| field.entries());
    let is_lead = |person: &&Field| person.said("name").is_some_and(|name| slug::fold(&name) == slug::fold(lead));
    let left = people.find(is_lead)?.get("left").and_then(Field::date)?;
    Some((lead.to_owned(), left))
}
