//! Records and their typed relations as a network: all of it, and what is around one record.

use std::collections::BTreeSet;

use crate::config::Config;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::kind::RelationType;

/// A relation, from the record that is looked from to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// From here.
    pub from: RecordIndex,
    /// To there.
    pub to: RecordIndex,
    /// What the other is to the one, for readers.
    pub label: String,
    /// Whether the one that names the other replaces it.
    pub replaces: bool,
    /// Whether the other is what the one builds on, or came of it.
    pub side: Side,
    /// How many relations away from the record in the middle.
    pub distance: i64,
}

/// On which side of a record another stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The record names the other: it builds on it, or replaces it.
    Left,
    /// The other names the record, or neither comes first.
    Right,
}

impl Edge {
    /// The column of its end: negative to the left.
    pub fn column(&self) -> i64 {
        match self.side {
            Side::Left => -self.distance,
            Side::Right => self.distance,
        }
    }
}

/// Every relation once, from the record that names the other.
pub fn edges(handbook: &Handbook, config: &Config) -> Vec<Edge> {
    let mut edges = Vec::new();
    for index in 0..handbook.records.len() {
        let is_first = |edge: &Edge| edge.side == Side::Left || is_symmetric(handbook, config, edge) && edge.from < edge.to;
        edges.extend(of_record(handbook, config, index, 1).filter(is_first));
    }
    edges
}

/// The records at most two relations away from the one at `index`, each once, nearer ones first. What is two away stands on
/// the same side as what leads to it.
pub fn around(handbook: &Handbook, config: &Config, index: RecordIndex) -> Vec<Edge> {
    let mut seen = BTreeSet::from([index]);
    let mut found: Vec<Edge> = Vec::new();
    for edge in of_record(handbook, config, index, 1) {
        if seen.insert(edge.to) {
            found.push(edge);
        }
    }
    for near in found.clone() {
        for edge in of_record(handbook, config, near.to, 2).filter(|edge| edge.side == near.side) {
            if seen.insert(edge.to) {
                found.push(edge);
            }
        }
    }
    found
}

fn of_record<'a>(handbook: &'a Handbook, config: &'a Config, index: RecordIndex, distance: i64) -> impl Iterator<Item = Edge> + use<'a> {
    let own = &config.kind(&handbook.records[index].kind).relations;
    handbook.linked[index].relations.iter().map(move |relation| {
        let declared: Option<&RelationType> = own.iter().find(|declared| declared.name == relation.name);
        let is_named_here = declared.is_some_and(|declared| declared.inverse != declared.name);
        Edge {
            from: index,
            to: relation.target,
            label: relation.label.clone(),
            replaces: declared.is_some_and(|declared| declared.supersedes),
            side: if is_named_here { Side::Left } else { Side::Right },
            distance,
        }
    })
}

/// Whether a relation reads the same from both ends: related.
fn is_symmetric(handbook: &Handbook, config: &Config, edge: &Edge) -> bool {
    let kind = config.kind(&handbook.records[edge.from].kind);
    kind.relations.iter().any(|relation| relation.name == relation.inverse && relation.label == edge.label)
}
