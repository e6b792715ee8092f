//! What a structured field is for, told by what its kind declares: a list of maps with `at` and `what` is a timeline in
//! any kind, whatever the field is called.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::field::Field;
use crate::model::kind::{FieldDeclaration, FieldType, Kind};
use crate::model::record::Record;

/// What a structured field is for. A theme has a part for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// What was borrowed, and how it is paid back: a map with `what` and `payback`, or a list of them.
    Debt,
    /// What was weighed: `title`, `pros`, `cons`.
    Options,
    /// What happened when: `at`, `what`.
    Timeline,
    /// What was promised: `title`, `state`, `due`.
    Actions,
    /// What is to be reached: `objective`, `key_results`.
    Goals,
    /// What is meant to be done: `horizon`, `items`.
    Roadmap,
    /// Who: `name`, `role`.
    People,
    /// What is held again and again: `name`, `schedule`.
    Rituals,
    /// Sentences.
    Texts,
    /// Addresses.
    Urls,
    /// Maps of any other sort.
    Table,
    /// A single map of any other sort.
    Pairs,
}

impl Shape {
    /// The shape of a field called `name`; `None` for one that is a fact or a sentence.
    pub fn of(name: &str, kind: &FieldType) -> Option<Self> {
        match kind {
            FieldType::Map(fields) if has(fields, &["what", "payback"]) => Some(Self::Debt),
            FieldType::Map(_) => Some(Self::Pairs),
            FieldType::List(of) => match &**of {
                FieldType::Map(fields) => Some(Self::of_list(fields)),
                FieldType::Text => Some(Self::Texts),
                FieldType::Url => Some(Self::Urls),
                FieldType::String if name == "areas" => Some(Self::Texts),
                _ => None,
            },
            _ => None,
        }
    }

    fn of_list(fields: &BTreeMap<String, FieldDeclaration>) -> Self {
        const SIGNS: [(Shape, &[&str]); 8] = [
            (Shape::Debt, &["what", "payback"]),
            (Shape::Timeline, &["at", "what"]),
            (Shape::Actions, &["title", "state", "due"]),
            (Shape::Options, &["title", "pros", "cons"]),
            (Shape::Goals, &["objective", "key_results"]),
            (Shape::Roadmap, &["horizon", "items"]),
            (Shape::Rituals, &["name", "schedule"]),
            (Shape::People, &["name", "role"]),
        ];
        SIGNS.iter().find(|(_, signs)| has(fields, signs)).map_or(Self::Table, |(shape, _)| *shape)
    }
}

/// The fields of `record` that have the shape `wanted`, with their names.
pub fn shaped<'a>(record: &'a Record, kind: &'a Kind, wanted: Shape) -> impl Iterator<Item = (&'a str, &'a Field)> {
    let fields = record.fields.iter().map(|(name, field)| (name.as_str(), field));
    fields.filter(move |(name, _)| kind.fields.get(*name).is_some_and(|declared| Shape::of(name, &declared.kind) == Some(wanted)))
}

fn has(fields: &BTreeMap<String, FieldDeclaration>, wanted: &[&str]) -> bool {
    wanted.iter().all(|name| fields.contains_key(*name))
}
