//! What became of a handbook since a day: what is new, what was reversed, what became overdue, what was closed.
//!
//! Told in one of two ways: by the days that records name, or by comparing the handbook with what it was. Only records of the
//! handbook as it is now are told of, so that nothing is said of one that its readers may no longer see; [`gone`], for those
//! who may see all, names the ones that were deleted.

use std::collections::{HashMap, HashSet};

use crate::calendar::Date;
use crate::config::Config;
use crate::ledger::Ledger;
use crate::ledger::actions::is_past;
use crate::ledger::events::Sort;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::kind::Meaning;
use crate::model::record::Record;
use crate::slug;

/// What it became of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The record itself.
    Record,
    /// Its next review.
    Review,
    /// One of its actions.
    Action,
    /// One of its debts.
    Debt,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub sort: Sort,
    /// To what.
    pub subject: Subject,
    /// The record.
    pub record: RecordIndex,
    /// The action or debt, in the words of the record.
    pub what: Option<String>,
    /// When, as far as it is known.
    pub day: Option<Date>,
}

impl Subject {
    /// In JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Review => "review",
            Self::Action => "action",
            Self::Debt => "debt",
        }
    }
}

/// A handbook and what it amounts to.
#[derive(Clone, Copy)]
pub struct State<'a> {
    /// The handbook.
    pub handbook: &'a Handbook,
    /// Its ledger.
    pub ledger: &'a Ledger,
}

/// What changed in `now` after the day `since`, by the days that its records name.
pub fn by_days(now: State<'_>, since: Date) -> Vec<Change> {
    let today = now.ledger.today;
    let is_within = |day: Date| since.first_day().is_before(day.first_day()) && !today.is_before(day);
    let mut changes = passed(now, since);
    for (index, record) in now.handbook.records.iter().enumerate() {
        if let Some(day) = record.date.filter(|day| is_within(*day)) {
            changes.push(Change { sort: Sort::New, subject: Subject::Record, record: index, what: None, day: Some(day) });
        }
        if let Some(day) = now.ledger.tenures[index].until.filter(|day| is_within(*day)) {
            changes.push(Change { sort: Sort::Reversed, subject: Subject::Record, record: index, what: None, day: Some(day) });
        }
    }
    changes.extend(items(now).into_iter().filter(|item| item.closed.is_some_and(is_within)).map(Item::closed));
    sorted(changes)
}

/// What changed in `now` since it was `then`; the ledger of `then` is that of its own day.
pub fn by_comparison(now: State<'_>, then: State<'_>, config: &Config) -> Vec<Change> {
    let older = Counterparts::of(now.handbook, then.handbook);
    let mut changes = passed(now, then.ledger.today);
    let is_closed = |state: State<'_>, index: RecordIndex| {
        state.handbook.linked[index].standing.status.as_ref().is_some_and(|status| status.meaning == Meaning::Closed)
    };
    for (index, record) in now.handbook.records.iter().enumerate() {
        let change = |sort, day| Change { sort, subject: Subject::Record, record: index, what: None, day };
        match older.of_record(index) {
            // Pages come and go; what has statuses or a day is news.
            None if !config.kind(&record.kind).statuses.is_empty() || record.date.is_some() => changes.push(change(Sort::New, record.date)),
            Some(old) if is_closed(now, index) && !is_closed(then, old) => {
                changes.push(change(Sort::Reversed, now.ledger.tenures[index].until));
            }
            _ => {}
        }
    }
    let open: HashSet<(Subject, RecordIndex, String)> =
        items(then).into_iter().filter(Item::is_open).map(|item| (item.subject, item.record, slug::fold(item.what))).collect();
    let was_open =
        |item: &Item<'_>| older.of_record(item.record).is_some_and(|old| open.contains(&(item.subject, old, slug::fold(item.what))));
    changes.extend(items(now).into_iter().filter(|item| !item.is_open() && was_open(item)).map(Item::closed));
    sorted(changes)
}

/// The records of `then` that are no more in `now` under any name, by their places in `then`. Of pages nothing is said: they
/// come and go.
pub fn gone(now: &Handbook, then: &Handbook, config: &Config) -> Vec<RecordIndex> {
    let known: HashSet<RecordIndex> = Counterparts::of(now, then).0.into_iter().flatten().collect();
    let is_news = |index: &RecordIndex| {
        let record = &then.records[*index];
        !config.kind(&record.kind).statuses.is_empty() || record.date.is_some()
    };
    (0..then.records.len()).filter(|index| !known.contains(index)).filter(is_news).collect()
}

/// What was not overdue on `since`, and is.
fn passed(now: State<'_>, since: Date) -> Vec<Change> {
    let today = now.ledger.today;
    let became = |due: Date| is_past(due, today) && !is_past(due, since);
    let reviews = now.handbook.records.iter().enumerate().filter_map(|(index, record)| {
        let status = now.handbook.linked[index].standing.status.as_ref();
        let due = record.date_field("review_by").filter(|_| status.is_none_or(|status| status.meaning != Meaning::Closed))?;
        became(due).then_some(Change { sort: Sort::Overdue, subject: Subject::Review, record: index, what: None, day: Some(due) })
    });
    let late = items(now).into_iter().filter(|item| item.is_open() && item.due.is_some_and(became)).map(|item| Change {
        sort: Sort::Overdue,
        subject: item.subject,
        record: item.record,
        what: Some(item.what.to_owned()),
        day: item.due,
    });
    reviews.chain(late).collect()
}

/// An action or a debt.
struct Item<'a> {
    subject: Subject,
    record: RecordIndex,
    what: &'a str,
    due: Option<Date>,
    closed: Option<Date>,
    is_pending: bool,
}

impl Item<'_> {
    fn is_open(&self) -> bool {
        self.is_pending
    }

    fn closed(self) -> Change {
        Change { sort: Sort::Closed, subject: self.subject, record: self.record, what: Some(self.what.to_owned()), day: self.closed }
    }
}

fn items<'a>(state: State<'a>) -> Vec<Item<'a>> {
    let actions = state.ledger.actions.iter().map(|action| Item {
        subject: Subject::Action,
        record: action.record,
        what: &action.title,
        due: action.due,
        closed: action.done,
        is_pending: action.state.is_pending(),
    });
    let debts = state.ledger.debts.iter().map(|debt| Item {
        subject: Subject::Debt,
        record: debt.record,
        what: &debt.what,
        due: debt.due,
        closed: debt.paid,
        is_pending: debt.paid.is_none(),
    });
    actions.chain(debts).collect()
}

/// The records of a handbook as they were before: under the same path, under a path that is an alias now, else under the same
/// title in the same kind.
struct Counterparts(Vec<Option<RecordIndex>>);

impl Counterparts {
    fn of(now: &Handbook, then: &Handbook) -> Self {
        let by_id: HashMap<&str, RecordIndex> =
            then.records.iter().enumerate().map(|(index, record)| (record.id.as_str(), index)).collect();
        let ids: HashSet<&str> = now.records.iter().map(|record| record.id.as_str()).collect();
        let titled = |record: &Record| (record.kind.clone(), slug::fold(&record.title));
        let gone = then.records.iter().enumerate().filter(|(_, record)| !ids.contains(record.id.as_str()));
        let by_title: HashMap<_, RecordIndex> = gone.map(|(index, record)| (titled(record), index)).collect();
        let find = |record: &Record| {
            let of_alias = || {
                record
                    .texts("aliases")
                    .find_map(|alias| by_id.get(alias.trim_matches('/').trim_end_matches(".md").trim_end_matches(".html")))
            };
            by_id.get(record.id.as_str()).or_else(of_alias).or_else(|| by_title.get(&titled(record))).copied()
        };
        Self(now.records.iter().map(|record| find(record)).collect())
    }

    fn of_record(&self, index: RecordIndex) -> Option<RecordIndex> {
        self.0[index]
    }
}

/// By what happened, then the latest first.
fn sorted(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_by_key(|change| (change.sort, std::cmp::Reverse(change.day), change.subject, change.record));
    changes
}
