//! What filters and facets ask of records: values by name, dates, and what is due.
//!
//! A table for each name rather than fields for each record, because it is sent to the browser as it is.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::calendar::Date;
use crate::config::Config;
use crate::index::analysis::{self, TokenKind};
use crate::index::query::{Complaint, Filter, Problem, Query, STATES, nearest};
use crate::model::field::{Field, Value};
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::kind::Meaning;

/// What a record that is no longer in force keeps of its score.
const CLOSED_FACTOR: f64 = 0.85;
/// The name of each column, in order; `owner` is another name of `team`.
pub const COLUMNS: [&str; 7] = ["kind", "status", "team", "tag", "topic", "author", "service"];

/// The facts of all records.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// In the order of [`COLUMNS`].
    pub columns: [Column; 7],
    /// By record: its day, or the first day of its month or year.
    pub dates: Vec<Option<Date>>,
    /// By record: when it is to be reviewed.
    pub reviews: Vec<Option<Date>>,
    /// By record: the first day by which something of it is due: a debt, an action.
    pub dues: Vec<Option<Date>>,
    /// By record: whether it has a debt that is not paid.
    pub debts: Vec<bool>,
    /// By record: the factor of its kind and standing on the score.
    pub factors: Vec<f64>,
}

/// What all records say about one thing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// What is said at all, in the order in which it is first said.
    pub values: Vec<ColumnValue>,
    /// By record: indexes into the values.
    pub of_record: Vec<Vec<u32>>,
    /// Where each value is, while the column is made.
    #[serde(skip)]
    known: HashMap<String, u32>,
}

/// A value that records have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnValue {
    /// For readers.
    pub label: String,
    /// What a filter can call it, as [`key`] makes it; the first is its own.
    pub keys: Vec<String>,
}

/// The form in which values are compared: `Incident Response` and `incident-response` are one.
pub fn key(text: &str) -> String {
    let words: Vec<String> =
        analysis::tokens(text).into_iter().filter(|token| token.kind == TokenKind::Word).map(|token| token.term).collect();
    if words.is_empty() { analysis::fold(text) } else { words.join("-") }
}

impl Facts {
    /// The facts of `handbook`.
    pub fn of(handbook: &Handbook, config: &Config) -> Self {
        let mut facts = Self::default();
        let mut keys = Keys::default();
        for index in 0..handbook.records.len() {
            let record = &handbook.records[index];
            let linked = &handbook.linked[index];
            let kind = config.kind(&record.kind);
            let status = linked.standing.status.as_ref();
            let owner = linked.references.get("owner").map(|team| &handbook.records[*team]);
            let team = match owner {
                Some(team) => Some(keys.value(&team.title, &[team.slug(), &team.title])),
                None => record.text("owner").map(|name| keys.value(name, &[name])),
            };
            let mut value = |label: &str, names: &[&str]| keys.value(label, names);
            let own = vec![value(&kind.label, &[kind.name.as_str(), &kind.plural, &kind.label])];
            let standing = status.map(|status| value(&status.label, &[&status.name, &status.label])).into_iter().collect();
            let mut plain = |texts: &mut dyn Iterator<Item = &str>| texts.map(|text| value(text, &[text])).collect::<Vec<_>>();
            let columns = [
                own,
                standing,
                team.into_iter().collect(),
                plain(&mut record.tags.iter().map(String::as_str)),
                plain(&mut record.text("topic").into_iter()),
                plain(&mut record.texts("authors").chain(record.texts("deciders"))),
                plain(&mut record.texts("services")),
            ];
            for (column, values) in facts.columns.iter_mut().zip(columns) {
                column.push(values);
            }
            let is_closed = status.is_some_and(|status| status.meaning == Meaning::Closed);
            facts.factors.push(kind.search_boost * if is_closed { CLOSED_FACTOR } else { 1.0 });
            facts.dates.push(record.date);
            facts.push_dues(handbook, index);
        }
        facts
    }

    fn push_dues(&mut self, handbook: &Handbook, index: RecordIndex) {
        let record = &handbook.records[index];
        let date = |field: Option<&Field>| match field.map(|field| &field.value) {
            Some(Value::Date(date)) => Some(*date),
            _ => None,
        };
        let debt = record.fields.get("debt").filter(|debt| debt.get("paid").is_none());
        let actions = record.fields.get("actions").map(Field::entries).unwrap_or_default();
        let is_open = |action: &&Field| action.get("state").is_none_or(|state| state.display() == "open");
        let due =
            actions.iter().filter(is_open).filter_map(|action| date(action.get("due"))).chain(debt.and_then(|debt| date(debt.get("due"))));
        self.dues.push(due.min());
        self.reviews.push(date(record.fields.get("review_by")));
        self.debts.push(debt.is_some());
    }

    /// Whether a record is what the filters and dates of a query ask for.
    pub fn pass(&self, query: &Query, record: RecordIndex, today: Date) -> bool {
        let day = self.dates[record].map(|date| date.first_day());
        let in_time = query.after.is_none_or(|after| day.is_some_and(|day| day >= after.first_day()))
            && query.before.is_none_or(|before| day.is_some_and(|day| day < before.first_day()));
        let holds = |filter: &&Filter| self.holds(filter, record, today);
        let is_alternative = |filter: &Filter| {
            let of_its_name = query.filters.iter().filter(|other| !other.is_excluded && column_of(other.name) == column_of(filter.name));
            filter.is_excluded || of_its_name.into_iter().any(|other| holds(&other))
        };
        in_time
            && query.filters.iter().all(is_alternative)
            && !query.filters.iter().filter(|filter| filter.is_excluded).any(|filter| holds(&filter))
    }

    fn holds(&self, filter: &Filter, record: RecordIndex, today: Date) -> bool {
        let wanted = key(&filter.value);
        let is_past = |date: Option<Date>| date.is_some_and(|date| date.days_until(today) > 0);
        match column_of(filter.name) {
            Some(column) => {
                let column = &self.columns[column];
                column.of_record[record].iter().any(|value| column.values[*value as usize].keys.contains(&wanted))
            }
            None if wanted == "debt" => self.debts[record],
            None if wanted == "stale" => is_past(self.reviews[record]),
            None => wanted == "overdue" && (is_past(self.reviews[record]) || is_past(self.dues[record])),
        }
    }

    /// Filters of a query that ask for what no record has, with the nearest that there is.
    pub fn complaints(&self, query: &Query) -> Vec<Complaint> {
        query.filters.iter().filter_map(|filter| self.unknown(filter)).collect()
    }

    fn unknown(&self, filter: &Filter) -> Option<Complaint> {
        let wanted = key(&filter.value);
        let known: Vec<&str> = match column_of(filter.name) {
            Some(column) => self.columns[column].values.iter().flat_map(|value| &value.keys).map(String::as_str).collect(),
            None => STATES.to_vec(),
        };
        let is_known = known.contains(&wanted.as_str());
        let meant = nearest(&wanted, known).map(|value| format!("{}:{value}", filter.name));
        let written = format!("{}:{}", filter.name, filter.value);
        (!is_known).then_some(Complaint { problem: Problem::UnknownValue, written, meant })
    }
}

/// The column that a filter is about; `is` has none.
fn column_of(filter: &str) -> Option<usize> {
    let name = if filter == "owner" { "team" } else { filter };
    COLUMNS.iter().position(|column| *column == name)
}

impl Column {
    fn push(&mut self, values: Vec<ColumnValue>) {
        let mut indexes = Vec::with_capacity(values.len());
        for value in values {
            let next = self.values.len() as u32;
            let index = *self.known.entry(value.keys[0].clone()).or_insert(next);
            if index == next {
                self.values.push(value);
            }
            if !indexes.contains(&index) {
                indexes.push(index);
            }
        }
        self.of_record.push(indexes);
    }
}

/// The [`key`] of each text that was asked for: many records say the same.
#[derive(Default)]
struct Keys {
    of_text: HashMap<String, String>,
}

impl Keys {
    fn value(&mut self, label: &str, names: &[&str]) -> ColumnValue {
        let mut keys: Vec<String> = Vec::new();
        for name in names {
            let key = self.of(name);
            if !keys.contains(key) {
                keys.push(key.clone());
            }
        }
        ColumnValue { label: label.to_owned(), keys }
    }

    fn of(&mut self, text: &str) -> &String {
        if !self.of_text.contains_key(text) {
            self.of_text.insert(text.to_owned(), key(text));
        }
        &self.of_text[text]
    }
}
