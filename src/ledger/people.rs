//! Who is named where: in the lists of people that records keep, and in fields that hold a person.

use std::collections::BTreeMap;

use crate::calendar::Date;
use crate::config::Config;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::kind::FieldType;
use crate::model::shape::{Shape, shaped};
use crate::slug;

/// A person.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// The name, as the first record writes it.
    pub name: String,
    /// What they do, and where.
    pub roles: Vec<Role>,
    /// Records that name them, by what they are to the record: authors, deciders.
    pub named: BTreeMap<String, Vec<RecordIndex>>,
}

/// What a person does in a team.
#[derive(Clone, Debug)]
pub struct Role {
    /// The team.
    pub team: RecordIndex,
    /// As written.
    pub role: Option<String>,
    /// The day on which they left.
    pub left: Option<Date>,
}

impl Person {
    /// Whether they left all that they were part of.
    pub fn has_left(&self, today: Date) -> bool {
        !self.roles.is_empty() && self.roles.iter().all(|role| role.left.is_some_and(|left| !today.is_before(left)))
    }
}

/// All people, by name.
pub fn people(handbook: &Handbook, config: &Config) -> Vec<Person> {
    let mut people: BTreeMap<String, Person> = BTreeMap::new();
    for (index, record) in handbook.records.iter().enumerate() {
        let kind = config.kind(&record.kind);
        for entry in shaped(record, kind, Shape::People).flat_map(|(_, field)| field.entries()) {
            let Some(name) = entry.said("name") else { continue };
            let left = entry.get("left").and_then(crate::model::field::Field::date);
            if let Some(person) = person(&mut people, &name) {
                // Whoever keeps a list of people knows best how they write themselves.
                name.trim().clone_into(&mut person.name);
                person.roles.push(Role { team: index, role: entry.said("role"), left });
            }
        }
        for (name, field) in &record.fields {
            let Some(declared) = kind.fields.get(name).filter(|declared| holds_people(&declared.kind)) else { continue };
            for name in field.entries().iter().filter_map(|entry| entry.text()) {
                if let Some(person) = person(&mut people, name) {
                    let records = person.named.entry(declared.label.clone()).or_default();
                    if records.last() != Some(&index) {
                        records.push(index);
                    }
                }
            }
        }
    }
    people.into_values().collect()
}

/// The person called `name`; `None` when that is empty.
fn person<'p>(people: &'p mut BTreeMap<String, Person>, name: &str) -> Option<&'p mut Person> {
    let name = name.trim().trim_start_matches('@');
    let key = slug::fold(name);
    (!key.is_empty()).then(|| people.entry(key).or_insert_with(|| Person { name: name.to_owned(), ..Person::default() }))
}

fn holds_people(kind: &FieldType) -> bool {
    match kind {
        FieldType::Person => true,
        FieldType::List(of) => **of == FieldType::Person,
        _ => false,
    }
}
