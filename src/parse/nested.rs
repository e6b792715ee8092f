//! Keys that other site generators keep in a table of their own: `[taxonomies]` and `[extra]` of Zola, `[params]` of Hugo.

use crate::config::vocabulary::Vocabulary;
use crate::yaml::{Node, NodeValue};

const TABLES: [&str; 3] = ["taxonomies", "extra", "params"];

/// Puts entries of these tables that mean something in a record behind those of `root`, where none of the same meaning
/// stands. What is left in the tables is for the other program, and goes.
pub fn lift(root: &mut Node, vocabulary: &Vocabulary) {
    let NodeValue::Mapping(entries) = &mut root.value else { return };
    let is_table = |(key, value): &(Node, Node)| {
        let name = key.text().unwrap_or_default();
        TABLES.contains(&name) && value.entries().is_some() && vocabulary.key(name).is_none()
    };
    let (tables, mut kept): (Vec<_>, Vec<_>) = std::mem::take(entries).into_iter().partition(is_table);
    let meaning = |key: &Node| vocabulary.key(key.text()?).map(|(name, _)| name);
    for (_, table) in tables {
        let NodeValue::Mapping(inner) = table.value else { continue };
        for (key, value) in inner {
            let is_new = meaning(&key).is_some_and(|name| kept.iter().all(|(other, _)| meaning(other) != Some(name)));
            kept.extend(is_new.then_some((key, value)));
        }
    }
    *entries = kept;
}
