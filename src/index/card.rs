//! What a search tells of a record beside how well it answers: enough that nothing else of the handbook has to be read.

use serde::{Deserialize, Serialize};

use crate::model::handbook::{Handbook, RecordIndex};

/// What is shown of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its identity.
    pub id: String,
    /// Its file, as a path in the handbook.
    pub path: String,
    /// Its page, from the site's root.
    pub url: String,
    /// Its kind.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Its number.
    pub number: Option<i64>,
    /// Where it stands.
    pub status: Option<CardStatus>,
    /// The author's words about that, when they say more.
    pub status_note: Option<String>,
    /// Its day, or month, or year.
    pub date: Option<String>,
    /// A sentence or two that stand for it.
    pub summary: String,
    /// Its tags.
    pub tags: Vec<String>,
    /// Identities of the records that replace it.
    pub superseded_by: Vec<String>,
    /// Identities and titles of the living ends of the chain of replacements.
    pub successors: Vec<(String, String)>,
}

/// A status, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardStatus {
    /// As it is written.
    pub name: String,
    /// Its colour: green, blue, amber, red or grey.
    pub colour: String,
}

impl Card {
    /// The card of one record.
    pub fn of(handbook: &Handbook, index: RecordIndex) -> Self {
        let record = &handbook.records[index];
        let standing = &handbook.linked[index].standing;
        let id = |index: &RecordIndex| handbook.records[*index].id.to_string();
        let status = standing.status.as_ref().map(|status| CardStatus { name: status.name.clone(), colour: status.colour.clone() });
        Self {
            id: record.id.to_string(),
            path: record.path().to_string(),
            url: handbook.output(index).to_string(),
            kind: record.kind.to_string(),
            title: record.title.clone(),
            number: record.number,
            status,
            status_note: standing.note.clone(),
            date: record.date.map(|date| date.iso()),
            summary: record.summary().to_owned(),
            tags: record.tags.clone(),
            superseded_by: standing.superseded_by.iter().map(id).collect(),
            successors: standing.successors.iter().map(|newer| (id(newer), handbook.records[*newer].title.clone())).collect(),
        }
    }
}
