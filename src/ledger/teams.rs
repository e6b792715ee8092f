//! What teams mean to do and hold: goals and how fresh their check-ins are, rituals and their next day.

use crate::calendar::{Date, minutes_of_duration};
use crate::config::Config;
use crate::ledger::party;
use crate::ledger::schedule::{self, Schedule};
use crate::model::field::{Field, Value};
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::shape::Shape;

/// A goal.
#[derive(Clone, Debug)]
pub struct Goal {
    /// The record that has it.
    pub record: RecordIndex,
    /// What is to be reached.
    pub objective: String,
    /// For when, as written.
    pub period: Option<String>,
    /// When somebody looked at its progress last.
    pub checked: Option<Date>,
    /// The mean progress of its key results, from 0 to 1, where any tells it.
    pub progress: Option<f64>,
    /// How it stands.
    pub state: GoalState,
}

/// How a goal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoalState {
    /// Its period is over; what is written stays as it was.
    Past,
    /// Nobody looked at it for longer than the team means to.
    Stale,
    /// It is worked on.
    Current,
}

impl GoalState {
    /// In templates and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Past => "past",
            Self::Stale => "stale",
            Self::Current => "current",
        }
    }
}

/// Something that a team holds again and again.
#[derive(Clone, Debug)]
pub struct Ritual {
    /// The record that has it.
    pub record: RecordIndex,
    /// Its name.
    pub name: String,
    /// When, as written.
    pub written: Option<String>,
    /// The same, understood.
    pub schedule: Option<Schedule>,
    /// A day on which it was held.
    pub known: Option<Date>,
    /// The next day on which it is held.
    pub next: Option<Date>,
    /// How many minutes it takes.
    pub minutes: Option<i64>,
    /// Who comes.
    pub with: Option<String>,
    /// What for.
    pub purpose: Option<String>,
}

/// All goals, by record.
pub fn goals(handbook: &Handbook, config: &Config, today: Date) -> Vec<Goal> {
    let of_record = |index: RecordIndex| {
        party::entries(handbook, config, index, Shape::Goals).map(move |(_, entry)| goal(index, entry, config.check_in_days, today))
    };
    (0..handbook.records.len()).flat_map(of_record).collect()
}

/// The goal that an entry of the record `record` tells.
pub fn goal(record: RecordIndex, entry: &Field, check_in_days: i64, today: Date) -> Goal {
    let period = entry.said("period");
    let checked = entry.get("checked").and_then(Field::date);
    let progress: Vec<f64> = entry.get("key_results").map(Field::entries).unwrap_or_default().iter().filter_map(progress).collect();
    let is_past = period.as_deref().and_then(end_of_period).is_some_and(|end| end.is_before(today));
    let is_stale = checked.is_none_or(|checked| checked.last_day().days_until(today) > check_in_days);
    let state = match (is_past, is_stale) {
        (true, _) => GoalState::Past,
        (false, true) => GoalState::Stale,
        (false, false) => GoalState::Current,
    };
    let mean = (!progress.is_empty()).then(|| progress.iter().sum::<f64>() / progress.len() as f64);
    Goal { record, objective: entry.said("objective").unwrap_or_default(), period, checked, progress: mean, state }
}

/// How far a key result is, from 0 to 1.
pub fn progress(result: &Field) -> Option<f64> {
    match result.get("progress").map(|field| &field.value) {
        Some(Value::Number(number)) => Some(number.clamp(0.0, 1.0)),
        _ => None,
    }
}

/// The last day of a period: `Q4 2022`, `2022-Q4`, `H1 2023`, `2023`, `2023-05`.
pub fn end_of_period(written: &str) -> Option<Date> {
    if let Ok(date) = Date::parse(written.trim()) {
        return Some(date.last_day());
    }
    let words: Vec<String> = written.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    let year: i16 = words.iter().find(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    let part = |letter: char, most: i8, months: i8| {
        let number =
            words.iter().find_map(|word| word.strip_prefix(letter)?.parse::<i8>().ok()).filter(|number| (1..=most).contains(number))?;
        Date::of_month(year, number * months)
    };
    match words.as_slice() {
        [_, _] => part('q', 4, 3).or_else(|| part('h', 2, 6)).map(|month| month.last_day()),
        _ => None,
    }
}

/// All rituals, by record. What a team that is no longer in force held is left out.
pub fn rituals(handbook: &Handbook, config: &Config, today: Date) -> Vec<Ritual> {
    let is_alive = |index: &RecordIndex| {
        let status = handbook.linked[*index].standing.status.as_ref();
        status.is_none_or(|status| status.meaning != crate::model::kind::Meaning::Closed)
    };
    let of_record =
        |index: RecordIndex| party::entries(handbook, config, index, Shape::Rituals).map(move |(_, entry)| ritual(index, entry, today));
    (0..handbook.records.len()).filter(is_alive).flat_map(of_record).collect()
}

/// The ritual that an entry of the record at `index` tells.
pub fn ritual(index: RecordIndex, entry: &Field, today: Date) -> Ritual {
    let written = entry.said("schedule");
    let schedule = written.as_deref().and_then(schedule::read);
    let known = entry.get("starts").and_then(Field::date);
    let duration = entry.said("duration").and_then(|duration| minutes_of_duration(&duration));
    let begin = known.filter(|known| today.is_before(*known)).unwrap_or(today);
    Ritual {
        record: index,
        name: entry.said("name").unwrap_or_default(),
        next: schedule.as_ref().and_then(|schedule| schedule.next(begin, known)),
        minutes: duration.or(schedule.as_ref().and_then(|schedule| schedule.minutes)).filter(|minutes| *minutes > 0),
        written,
        schedule,
        known,
        with: entry.said("with"),
        purpose: entry.said("purpose"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_ends_on_its_last_day() {
        let end = |written: &str| end_of_period(written).map(|day| day.iso());
        assert_eq!(end("Q4 2022").as_deref(), Some("2022-12-31"));
        assert_eq!(end("2023-Q1").as_deref(), Some("2023-03-31"));
        assert_eq!(end("H1 2023").as_deref(), Some("2023-06-30"));
        assert_eq!(end("2024-02").as_deref(), Some("2024-02-29"));
        assert_eq!([end("this year"), end("Q5 2022"), end("before Q4 2022")], [None, None, None]);
    }
}
