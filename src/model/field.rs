//! The values of front matter, after their kind has given them a type.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::calendar::{Date, Moment};

/// One entry of the front matter, or one entry of a list in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Field {
    /// What it says.
    pub value: Value,
    /// Where it stands in the source file, in bytes.
    pub span: Range<usize>,
}

/// A value of the type that the kind declares.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Value {
    /// Text, a name, one of an enumeration, an address, a duration: as written.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
    /// A day, a month or a year.
    Date(Date),
    /// A day with a time.
    Moment(Moment),
    /// The name of another record, as written.
    Reference(String),
    /// Several values.
    List(Vec<Field>),
    /// Named values, in the order in which they are written.
    Map(Vec<(String, Field)>),
}

impl Field {
    /// Whether both say the same, wherever it is written.
    pub fn is_alike(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::List(ours), Value::List(theirs)) => {
                ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(our, their)| our.is_alike(their))
            }
            (Value::Map(ours), Value::Map(theirs)) => {
                let is_alike = |((our_name, our), (their_name, their)): (&(String, Self), &(String, Self))| {
                    our_name == their_name && our.is_alike(their)
                };
                ours.len() == theirs.len() && ours.iter().zip(theirs).all(is_alike)
            }
            (Value::List(_) | Value::Map(_), _) | (_, Value::List(_) | Value::Map(_)) => false,
            (ours, theirs) => std::mem::discriminant(ours) == std::mem::discriminant(theirs) && self.display() == other.display(),
        }
    }

    /// The text, when the value is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) | Value::Reference(text) => Some(text),
            _ => None,
        }
    }

    /// The date, when the value is one.
    pub fn date(&self) -> Option<Date> {
        match self.value {
            Value::Date(date) => Some(date),
            _ => None,
        }
    }

    /// The moment, when the value is one.
    pub fn moment(&self) -> Option<Moment> {
        match self.value {
            Value::Moment(moment) => Some(moment),
            _ => None,
        }
    }

    /// Whether the value is `true`.
    pub fn is_true(&self) -> bool {
        matches!(self.value, Value::Boolean(true))
    }

    /// The value named `name` of a map, as one line of text.
    pub fn said(&self, name: &str) -> Option<String> {
        self.get(name).map(Field::display)
    }

    /// The entries of the list named `name` of a map, each as one line of text.
    pub fn said_list(&self, name: &str) -> Vec<String> {
        self.get(name).map(Field::entries).unwrap_or_default().iter().map(Field::display).collect()
    }

    /// The entries of a list; a value that is no list is a list of one.
    pub fn entries(&self) -> &[Field] {
        match &self.value {
            Value::List(entries) => entries,
            _ => std::slice::from_ref(self),
        }
    }

    /// The value named `name`, when this is a map.
    pub fn get(&self, name: &str) -> Option<&Field> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(key, _)| key == name).map(|(_, field)| field),
            _ => None,
        }
    }

    /// The value as one line of text, as a reader would write it.
    pub fn display(&self) -> String {
        match &self.value {
            Value::Text(text) | Value::Reference(text) => text.clone(),
            Value::Integer(number) => number.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Boolean(true) => "yes".to_owned(),
            Value::Boolean(false) => "no".to_owned(),
            Value::Date(date) => date.iso(),
            Value::Moment(moment) => moment.text(),
            Value::List(entries) => entries.iter().map(Field::display).collect::<Vec<_>>().join(", "),
            Value::Map(entries) => {
                entries.iter().map(|(name, field)| format!("{name}: {}", field.display())).collect::<Vec<_>>().join("; ")
            }
        }
    }
}
