//! What records borrowed on purpose: what is open, due, overdue and paid, and how much there was at any time.

use std::collections::BTreeMap;

use crate::calendar::Date;
use crate::config::Config;
use crate::ledger::actions::is_past;
use crate::ledger::party::{self, Party};
use crate::model::field::Field;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::shape::Shape;

/// Days before its day on which an open debt becomes one that is due.
pub const DUE_SOON_DAYS: i64 = 60;

/// A debt.
#[derive(Clone, Debug)]
pub struct Debt {
    /// The record that took it.
    pub record: RecordIndex,
    /// What was borrowed.
    pub what: String,
    /// When: the day of the record, where it does not say.
    pub taken: Option<Date>,
    /// The condition under which it is paid back.
    pub payback: Option<String>,
    /// The day by which it is paid back.
    pub due: Option<Date>,
    /// The day on which it was.
    pub paid: Option<Date>,
    /// How it stands.
    pub state: State,
    /// The team that owes it.
    pub owner: Option<Party>,
}

/// How a debt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Its day has passed.
    Overdue,
    /// Its day is near.
    Due,
    /// It is owed.
    Open,
    /// It was paid back.
    Paid,
}

impl State {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 4] = [Self::Overdue, Self::Due, Self::Open, Self::Paid];

    /// In templates and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Due => "due",
            Self::Open => "open",
            Self::Paid => "paid",
        }
    }

    /// Of a debt that is due on `due` and was paid on `paid`.
    pub fn of(due: Option<Date>, paid: Option<Date>, today: Date) -> Self {
        match (due, paid) {
            (_, Some(_)) => Self::Paid,
            (Some(due), None) if is_past(due, today) => Self::Overdue,
            (Some(due), None) if today.days_until(due.last_day()) <= DUE_SOON_DAYS => Self::Due,
            _ => Self::Open,
        }
    }
}

/// The debts that were owed from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// The day.
    pub day: Date,
    /// Debts taken up to this day and not paid back until it.
    pub n_owed: usize,
}

/// All debts, the most urgent first.
pub fn debts(handbook: &Handbook, config: &Config, today: Date) -> Vec<Debt> {
    let of_record = |index: RecordIndex| {
        party::entries(handbook, config, index, Shape::Debt).filter_map(move |(_, entry)| debt(handbook, index, entry, today))
    };
    let mut debts: Vec<Debt> = (0..handbook.records.len()).flat_map(of_record).collect();
    debts.sort_by_key(|debt| (debt.state, debt.paid.map(std::cmp::Reverse), debt.due.is_none(), debt.due, debt.taken));
    debts
}

fn debt(handbook: &Handbook, index: RecordIndex, entry: &Field, today: Date) -> Option<Debt> {
    let date = |name: &str| entry.get(name).and_then(Field::date);
    Some(Debt {
        record: index,
        what: entry.said("what").filter(|what| !what.trim().is_empty())?,
        taken: date("taken").or(handbook.records[index].date),
        payback: entry.said("payback"),
        due: date("due"),
        paid: date("paid"),
        state: State::of(date("due"), date("paid"), today),
        owner: Party::owner(handbook, index),
    })
}

/// How many debts were owed, from each day on which that changed; the last is what is owed on `today`. Debts of which it is
/// not known when they were taken are left out.
pub fn balance(debts: &[Debt], today: Date) -> Vec<Balance> {
    let mut changes: BTreeMap<Date, i64> = BTreeMap::new();
    for debt in debts {
        let Some(taken) = debt.taken.map(|taken| taken.first_day()) else { continue };
        *changes.entry(taken).or_default() += 1;
        if let Some(paid) = debt.paid.map(|paid| paid.first_day()) {
            // What was paid before it was taken is a mistake in a date; it was owed on no day.
            *changes.entry(paid.max(taken)).or_default() -= 1;
        }
    }
    let mut n_owed = 0;
    let mut balance = Vec::with_capacity(changes.len() + 1);
    for (day, change) in changes.into_iter().filter(|(day, _)| !today.is_before(*day)) {
        n_owed += change;
        balance.push(Balance { day, n_owed: usize::try_from(n_owed).unwrap_or(0) });
    }
    if let Some(last) = balance.last().copied().filter(|last| last.day.is_before(today)) {
        balance.push(Balance { day: today, ..last });
    }
    balance
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).expect("a day")
    }

    #[test]
    fn a_debt_is_due_before_it_is_overdue() {
        let today = day("2022-06-15");
        let state = |due: &str| State::of(Some(day(due)), None, today);
        assert_eq!([state("2022-06-14"), state("2022-06-15"), state("2022-06")], [State::Overdue, State::Due, State::Due]);
        assert_eq!(state("2023-01-01"), State::Open);
        assert_eq!(State::of(None, None, today), State::Open);
        assert_eq!(State::of(Some(day("2020-01-01")), Some(day("2021-01-01")), today), State::Paid);
    }

    #[test]
    fn the_balance_rises_when_a_debt_is_taken_and_falls_when_it_is_paid() {
        let debt = |taken: Option<&str>, paid: Option<&str>| Debt {
            record: 0,
            what: String::new(),
            taken: taken.map(day),
            payback: None,
            due: None,
            paid: paid.map(day),
            state: State::Open,
            owner: None,
        };
        let debts = [debt(Some("2020-01-01"), Some("2021-01-01")), debt(Some("2020-06-01"), None), debt(None, None)];
        let balance: Vec<(String, usize)> = balance(&debts, day("2022-01-01")).into_iter().map(|at| (at.day.iso(), at.n_owed)).collect();
        let expected = [("2020-01-01", 1), ("2020-06-01", 2), ("2021-01-01", 1), ("2022-01-01", 1)];
        assert_eq!(balance, expected.map(|(day, n)| (day.to_owned(), n)));
    }
}
