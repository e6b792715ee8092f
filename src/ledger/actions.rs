//! What was promised and is not done yet, over all records that declare actions.

use std::cmp::Reverse;

use crate::calendar::Date;
use crate::config::Config;
use crate::ledger::party::{self, Party};
use crate::model::field::Field;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::shape::Shape;

/// A follow-up of a record.
#[derive(Clone, Debug)]
pub struct Action {
    /// The record that promises it.
    pub record: RecordIndex,
    /// What is done.
    pub title: String,
    /// Fix, detect, mitigate, prevent, learn: as written.
    pub kind: Option<String>,
    /// The team that does it.
    pub owner: Option<Party>,
    /// The person who does it.
    pub assignee: Option<String>,
    /// The ticket that stands for it.
    pub ticket: Option<String>,
    /// By when.
    pub due: Option<Date>,
    /// How far it is.
    pub state: State,
    /// The day on which it was done.
    pub done: Option<Date>,
    /// The day of the record, from which its age counts.
    pub since: Option<Date>,
    /// The record that it led to.
    pub led_to: Option<RecordIndex>,
}

/// How far an action is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Its day has passed.
    Overdue,
    /// It is to be done.
    Open,
    /// It is done.
    Done,
    /// It will not be done.
    Dropped,
}

impl State {
    /// In templates and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Open => "open",
            Self::Done => "done",
            Self::Dropped => "dropped",
        }
    }

    /// Whether something remains to be done.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Overdue | Self::Open)
    }
}

impl Action {
    /// Days from the record to `today`, or to the day on which it was done.
    pub fn age_days(&self, today: Date) -> Option<i64> {
        let until = if self.state.is_pending() { Some(today) } else { self.done };
        Some(self.since?.days_until(until?)).filter(|days| *days >= 0)
    }
}

/// All actions: overdue ones first and the longest overdue before all, then open ones, the first due first, then what is
/// done, the latest first, then what was dropped.
pub fn actions(handbook: &Handbook, config: &Config, today: Date) -> Vec<Action> {
    let of_record = |index: RecordIndex| {
        party::entries(handbook, config, index, Shape::Actions)
            .filter_map(move |(path, entry)| action(handbook, index, &path, entry, today))
    };
    let mut actions: Vec<Action> = (0..handbook.records.len()).flat_map(of_record).collect();
    actions.sort_by_key(|action| {
        let closed = (!action.state.is_pending()).then_some(Reverse(action.done));
        (action.state, action.due.is_none(), closed, action.due, action.since)
    });
    actions
}

fn action(handbook: &Handbook, index: RecordIndex, path: &str, entry: &Field, today: Date) -> Option<Action> {
    let of = |name: &str| format!("{path}.{name}");
    let (due, done) = (entry.get("due").and_then(Field::date), entry.get("done").and_then(Field::date));
    let state = match entry.said("state").as_deref() {
        Some("done") => State::Done,
        Some("dropped") => State::Dropped,
        None if done.is_some() => State::Done,
        _ if due.is_some_and(|due| is_past(due, today)) => State::Overdue,
        _ => State::Open,
    };
    let record = &handbook.records[index];
    Some(Action {
        record: index,
        title: entry.said("title").filter(|title| !title.trim().is_empty())?,
        kind: entry.said("kind"),
        owner: entry.get("owner").and_then(|owner| Party::named(handbook, index, &of("owner"), owner)),
        assignee: entry.said("assignee"),
        ticket: entry.said("ticket"),
        due,
        state,
        done,
        since: record.moment("started").map(|started| started.date()).or(record.date),
        led_to: handbook.linked[index].references.get(&of("record")).copied(),
    })
}

/// Whether `due` has passed: of a month or a year, all of its days.
pub fn is_past(due: Date, today: Date) -> bool {
    due.last_day().is_before(today)
}
