//! Keys that other site generators keep in a table of their own: `[taxonomies]` and `[extra]` of Zola, `[params]` of Hugo, and the
//! place of a page in `sidebar: {order: 2}` of Starlight and `menu: {main: {weight: 2}}` of Hugo.

use crate::config::vocabulary::Vocabulary;
use crate::yaml::{Node, NodeValue};

const TABLES: [&str; 3] = ["taxonomies", "extra", "params"];

/// Puts entries of these tables that mean something in a record behind those of `root`, where none of the same meaning
/// stands. What is left in the tables is for the other program, and goes.
pub fn lift(root: &mut Node, vocabulary: &Vocabulary) {
    let NodeValue::Mapping(entries) = &mut root.value else { return };
    lift_place(entries);
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

/// Puts behind `entries`, where they say nothing of it under its own name: the place of a page among others, as its weight, and
/// the page below which it is listed. That one is called `parent`, which means something else to others, unless it is a text.
fn lift_place(entries: &mut Vec<(Node, Node)>) {
    let of = |name: &str| entries.iter().find(|(key, _)| key.text() == Some(name)).map(|(_, value)| value);
    let in_sidebar = || of("sidebar")?.get("order");
    let in_menu = || of("menu").or_else(|| of("menus"))?.entries()?.iter().find_map(|(_, menu)| menu.get("weight"));
    let is_placed = ["weight", "sidebar_position", "nav_order"].into_iter().any(|word| of(word).is_some());
    let place = if is_placed { None } else { in_sidebar().or_else(in_menu) };
    let lifted = [("weight", place), ("nav_parent", of("parent").filter(|_| of("nav_parent").is_none()))];
    let entry = |(name, value): (&str, Option<&Node>)| {
        let value = value.filter(|value| value.text().is_some())?.clone();
        Some((Node { value: NodeValue::Scalar { text: name.to_owned(), plain: true }, span: value.span.clone() }, value))
    };
    let lifted: Vec<(Node, Node)> = lifted.into_iter().filter_map(entry).collect();
    entries.extend(lifted);
}
