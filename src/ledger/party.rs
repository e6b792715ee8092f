//! Who is responsible: a team of the handbook, or a name that is nobody's page.

use crate::config::Config;
use crate::model::field::Field;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::kind::FieldType;
use crate::model::shape::{Shape, shaped};
use crate::slug;

/// Who is responsible for something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party {
    /// For readers.
    pub name: String,
    /// The page of the party, when it has one.
    pub record: Option<RecordIndex>,
}

impl Party {
    /// Whoever is named by `field`, which stands at `path` in the front matter of `index`.
    pub fn named(handbook: &Handbook, index: RecordIndex, path: &str, field: &Field) -> Option<Self> {
        if let Some(record) = handbook.linked[index].references.get(path) {
            return Some(Self { name: handbook.records[*record].title.clone(), record: Some(*record) });
        }
        let name = field.text()?.trim();
        (!name.is_empty()).then(|| Self { name: name.to_owned(), record: None })
    }

    /// The owner of a record: the team that it names, or that owns its file.
    pub fn owner(handbook: &Handbook, index: RecordIndex) -> Option<Self> {
        if let Some(record) = handbook.linked[index].references.get("owner") {
            return Some(Self { name: handbook.records[*record].title.clone(), record: Some(*record) });
        }
        Self::named(handbook, index, "owner", handbook.records[index].fields.get("owner")?)
    }

    /// Whether both are the same, however they are written.
    pub fn is(&self, other: &Self) -> bool {
        match (self.record, other.record) {
            (Some(own), Some(other)) => own == other,
            (None, None) => slug::fold(&self.name) == slug::fold(&other.name),
            _ => false,
        }
    }

    /// How often each party is in which of four states; whoever has the most in the first, then the next, comes first.
    pub fn count<'a>(entries: impl Iterator<Item = (Option<&'a Self>, usize)>) -> Vec<(Option<&'a Self>, [usize; 4])> {
        let mut rows: Vec<(Option<&Self>, [usize; 4])> = Vec::new();
        for (party, state) in entries {
            let is_same = |other: Option<&Self>| match (other, party) {
                (Some(other), Some(party)) => other.is(party),
                (other, party) => other.is_none() && party.is_none(),
            };
            let position = rows.iter().position(|(other, _)| is_same(*other)).unwrap_or_else(|| {
                rows.push((party, [0; 4]));
                rows.len() - 1
            });
            rows[position].1[state] += 1;
        }
        rows.sort_by_key(|(_, counts)| std::cmp::Reverse(*counts));
        rows
    }
}

/// The records that are teams, in order.
pub fn teams(handbook: &Handbook, config: &Config) -> Vec<RecordIndex> {
    (0..handbook.records.len()).filter(|index| is_team(handbook, config, *index)).collect()
}

/// Whether a record is a team: its kind declares goals or rituals. The page of the teams' folder is none.
pub fn is_team(handbook: &Handbook, config: &Config, index: RecordIndex) -> bool {
    let record = &handbook.records[index];
    let fields = &config.kind(&record.kind).fields;
    let is_mark = |name: &str, kind: &FieldType| matches!(Shape::of(name, kind), Some(Shape::Goals | Shape::Rituals));
    fields.iter().any(|(name, field)| is_mark(name, &field.kind)) && !is_list_page(handbook, config, index)
}

/// Whether the page of a record is the introduction of its kind's list.
fn is_list_page(handbook: &Handbook, config: &Config, index: RecordIndex) -> bool {
    let kind = &handbook.records[index].kind;
    handbook.collections.iter().any(|collection| collection.introduction == Some(index) && config.kinds[collection.kind].name == *kind)
}

/// The entries of the fields of a record that have the shape `wanted`, each with its path in the front matter: `actions[2]`.
pub fn entries<'a>(
    handbook: &'a Handbook,
    config: &'a Config,
    index: RecordIndex,
    wanted: Shape,
) -> impl Iterator<Item = (String, &'a Field)> {
    let record = &handbook.records[index];
    shaped(record, config.kind(&record.kind), wanted).flat_map(|(name, field)| {
        let is_list = matches!(field.value, crate::model::field::Value::List(_));
        let path = move |position: usize| if is_list { format!("{name}[{position}]") } else { name.to_owned() };
        field.entries().iter().enumerate().map(move |(position, entry)| (path(position), entry))
    })
}
