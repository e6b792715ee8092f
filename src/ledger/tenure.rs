//! When a record was in force: from which day, until which day.
//!
//! A record begins to hold on its own day and ceases on the day of the first record that replaced it. Of one that was
//! ended by its author's word alone, no day is told: it held once, and it is not known until when.

use crate::calendar::Date;
use crate::config::Config;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::kind::Meaning;

/// The time in which a record was in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenure {
    /// Whether it ever held: what is only proposed, or was rejected, did not.
    pub has_held: bool,
    /// Whether it no longer holds.
    pub is_over: bool,
    /// The first day on which it held; `None` when that is not known, or it never did.
    pub from: Option<Date>,
    /// The first day on which it no longer held; `None` when it still does, never did, or that day is not known.
    pub until: Option<Date>,
}

/// Whether a record was in force on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// It was.
    Yes,
    /// It was not.
    No,
    /// The record does not tell since when, or until when.
    Unknown,
}

/// The tenure of the record at `index`.
pub fn tenure(handbook: &Handbook, config: &Config, index: RecordIndex) -> Tenure {
    let record = &handbook.records[index];
    let standing = &handbook.linked[index].standing;
    let written = record.status.as_ref().and_then(|status| status.name.as_deref());
    let own = written.and_then(|name| config.kind(&record.kind).status(name));
    // A record that was replaced held before, unless its author says that it never did.
    let is_unsettled = standing.status.as_ref().is_some_and(|status| status.meaning == Meaning::Open);
    if is_unsettled || own.or(standing.status.as_ref()).is_some_and(|status| status.never_held) {
        return Tenure { has_held: false, is_over: false, from: None, until: None };
    }
    let is_over = standing.status.as_ref().is_some_and(|status| status.meaning == Meaning::Closed);
    let from = record.date;
    let replaced = standing.superseded_by.iter().filter_map(|newer| handbook.records[*newer].date).min_by_key(Date::first_day);
    // A successor with an earlier day is a mistake of one of the two dates; the record then held on no day.
    let until = replaced.filter(|_| is_over).map(|until| from.filter(|from| until.is_before(*from)).unwrap_or(until));
    Tenure { has_held: true, is_over, from, until }
}

/// The tenures of all records, in their order.
pub fn tenures(handbook: &Handbook, config: &Config) -> Vec<Tenure> {
    (0..handbook.records.len()).map(|index| tenure(handbook, config, index)).collect()
}

impl Tenure {
    /// Whether the record was in force on `day`, as far as is known `today`. Of a month or a year, the first day counts.
    pub fn on(&self, day: Date, today: Date) -> Held {
        if !self.has_held || self.from.is_some_and(|from| day.is_before(from)) || self.until.is_some_and(|until| !day.is_before(until)) {
            return Held::No;
        }
        match (self.from, self.until, self.is_over) {
            (_, None, true) if !day.is_before(today) => Held::No,
            (_, None, true) => Held::Unknown,
            (Some(_), _, _) => Held::Yes,
            (None, None, false) if !day.is_before(today) => Held::Yes,
            (None, _, _) => Held::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        Date::parse(text).expect("a day")
    }

    #[test]
    fn a_record_holds_from_its_day_until_it_is_replaced() {
        let today = day("2022-01-01");
        let tenure = Tenure { has_held: true, is_over: true, from: Some(day("2019-03")), until: Some(day("2021-02-03")) };
        let held = |text: &str| tenure.on(day(text), today);
        assert_eq!(
            [held("2019-02-28"), held("2019-03-01"), held("2021-02-02"), held("2021-02-03")],
            [Held::No, Held::Yes, Held::Yes, Held::No]
        );
    }

    #[test]
    fn what_is_not_told_is_not_guessed() {
        let today = day("2022-01-01");
        let ended = Tenure { has_held: true, is_over: true, from: Some(day("2019-03-01")), until: None };
        assert_eq!(ended.on(day("2019-02-01"), today), Held::No);
        assert_eq!(ended.on(day("2020-01-01"), today), Held::Unknown);
        assert_eq!(ended.on(today, today), Held::No);
        let undated = Tenure { has_held: true, is_over: false, from: None, until: None };
        assert_eq!(undated.on(day("2020-01-01"), today), Held::Unknown);
        assert_eq!(undated.on(today, today), Held::Yes);
        let proposed = Tenure { has_held: false, is_over: false, from: None, until: None };
        assert_eq!(proposed.on(today, today), Held::No);
    }
}
