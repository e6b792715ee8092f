//! What happened day by day: records that are new or were replaced, promises that were kept, things that became overdue.

use std::cmp::Reverse;

use crate::calendar::Date;
use crate::ledger::{Ledger, actions, debts, reviews};
use crate::model::handbook::{Handbook, RecordIndex};

/// Something that happened on a day.
#[derive(Clone, Debug)]
pub struct Event {
    /// The day; of something that is overdue, the first day on which it was.
    pub day: Date,
    /// What sort of thing.
    pub sort: Sort,
    /// The record.
    pub record: RecordIndex,
    /// What was promised or borrowed, where that is not the record itself.
    pub what: Option<String>,
}

/// What sort of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A record was written, decided, or is about this day.
    New,
    /// A record was replaced.
    Reversed,
    /// A promise was kept, a debt paid.
    Closed,
    /// A promise, a debt or a review was not kept on its day, and is not yet.
    Overdue,
}

impl Sort {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 4] = [Self::New, Self::Reversed, Self::Closed, Self::Overdue];

    /// In templates and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Reversed => "reversed",
            Self::Closed => "closed",
            Self::Overdue => "overdue",
        }
    }
}

/// Events that are kept.
pub const EVENTS_MAX: usize = 600;

/// The latest events until today, the latest first.
pub fn events(handbook: &Handbook, ledger: &Ledger) -> Vec<Event> {
    let of = |day: Date, sort: Sort, record: RecordIndex, what: Option<&str>| Event { day, sort, record, what: what.map(str::to_owned) };
    let late = |due: Date| due.last_day().tomorrow().unwrap_or(due);
    let mut events = Vec::new();
    for (index, record) in handbook.records.iter().enumerate() {
        events.extend(record.date.map(|day| of(day, Sort::New, index, None)));
        events.extend(ledger.tenures[index].until.map(|day| of(day, Sort::Reversed, index, None)));
    }
    for action in &ledger.actions {
        let (record, what) = (action.record, Some(action.title.as_str()));
        events.extend(action.done.map(|day| of(day, Sort::Closed, record, what)));
        let is_late = action.state == actions::State::Overdue;
        events.extend(action.due.filter(|_| is_late).map(|due| of(late(due), Sort::Overdue, record, what)));
    }
    for debt in &ledger.debts {
        let (record, what) = (debt.record, Some(debt.what.as_str()));
        events.extend(debt.paid.map(|day| of(day, Sort::Closed, record, what)));
        let is_late = debt.state == debts::State::Overdue;
        events.extend(debt.due.filter(|_| is_late).map(|due| of(late(due), Sort::Overdue, record, what)));
    }
    for review in ledger.reviews.iter().filter(|review| review.state == reviews::State::Overdue) {
        events.push(of(late(review.due), Sort::Overdue, review.record, None));
    }
    // A year or month alone is no day on which something happened.
    events.retain(|event| event.day.precision() == crate::calendar::Precision::Day && !ledger.today.is_before(event.day));
    events.sort_by_key(|event| (Reverse(event.day), event.sort, event.record));
    events.truncate(EVENTS_MAX);
    events
}
