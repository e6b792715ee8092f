//! Pages that say below which page they are listed: `parent: Guides` and `nav_order: 2`, as Just the Docs for Jekyll has it. The
//! order is that of reading the tree from the top.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::config::Sources;
use crate::link::navigation::Outlined;
use crate::model::handbook::RecordIndex;
use crate::model::record::Record;

/// A tree deeper than this is cut: no site shows one.
const DEPTH_MAX: usize = 8;

/// The orders that `records` give by their parents, one for each source that has such pages.
pub fn read(records: &[Arc<Record>], sources: &Sources) -> Vec<Outlined> {
    let parent_of = |index: RecordIndex| records[index].text("nav_parent").map(str::trim).filter(|parent| !parent.is_empty());
    let with_parent: Vec<RecordIndex> = (0..records.len()).filter(|index| parent_of(*index).is_some()).collect();
    if with_parent.is_empty() {
        return Vec::new();
    }
    let mut by_title: HashMap<&str, Vec<RecordIndex>> = HashMap::new();
    for (index, record) in records.iter().enumerate() {
        by_title.entry(record.title.as_str()).or_default().push(index);
    }
    let source = |index: RecordIndex| sources.of(records[index].path().as_str()).map_or("", |source| source.at.as_str());
    let mut tree = Tree { records, below: HashMap::new() };
    let mut has_parent = HashSet::new();
    for &index in &with_parent {
        let named = parent_of(index).and_then(|parent| by_title.get(parent));
        let beside = named.into_iter().flatten().copied().filter(|parent| *parent != index && source(*parent) == source(index));
        // Of several pages with that title, the one that shares most folders is meant.
        let nearness = |parent: &RecordIndex| shared(records[*parent].path().folder(), records[index].path().folder());
        if let Some(parent) = beside.max_by_key(nearness) {
            tree.below.entry(parent).or_default().push(index);
            has_parent.insert(index);
        }
    }
    let sources_in_use: HashSet<&str> = has_parent.iter().map(|index| source(*index)).collect();
    let is_top = |index: &RecordIndex| !has_parent.contains(index) && (records[*index].weight.is_some() || tree.below.contains_key(index));
    let mut in_order: Vec<&str> = sources_in_use.into_iter().collect();
    in_order.sort_unstable();
    let of_source = |at: &str| {
        let top: Vec<RecordIndex> = (0..records.len()).filter(is_top).filter(|index| source(*index) == at).collect();
        let mut order = Vec::new();
        tree.read(&top, 0, &mut order);
        Outlined { order, parts: Vec::new() }
    };
    in_order.into_iter().map(of_source).collect()
}

/// The folders that two paths have in common.
fn shared(one: &str, other: &str) -> usize {
    one.split('/').zip(other.split('/')).take_while(|(one, other)| one == other).count()
}

struct Tree<'a> {
    records: &'a [Arc<Record>],
    below: HashMap<RecordIndex, Vec<RecordIndex>>,
}

impl Tree<'_> {
    /// Adds `pages` and what is below them to `order`. Pages that are each other's parents hang on no top, and are not met.
    fn read(&self, pages: &[RecordIndex], depth: usize, order: &mut Vec<RecordIndex>) {
        let mut pages = pages.to_vec();
        let place = |index: &RecordIndex| (self.records[*index].weight.unwrap_or(i64::MAX), self.records[*index].title.to_lowercase());
        pages.sort_by_cached_key(place);
        for page in pages {
            order.push(page);
            if let Some(below) = self.below.get(&page).filter(|_| depth < DEPTH_MAX) {
                self.read(below, depth + 1, order);
            }
        }
    }
}
