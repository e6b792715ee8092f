//! Chains: records on one topic, or that replace each other, told from the oldest to the newest with what changed.

use std::collections::BTreeMap;

use crate::config::Config;
use crate::ledger::log::chronological;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::slug;

/// The records of one topic, or of one line of replacements without a topic.
#[derive(Debug)]
pub struct Chain {
    /// What they decide in turn, and the last part of the address of its page; `None` when no record says.
    pub topic: Option<Topic>,
    /// Its records, oldest first.
    pub steps: Vec<Step>,
}

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Topic {
    /// As the first record writes it.
    pub name: String,
    /// The last part of its address.
    pub slug: String,
}

/// A record of a chain.
#[derive(Debug)]
pub struct Step {
    /// The record.
    pub record: RecordIndex,
    /// What it did to earlier records of the chain: the name of the relation for readers, and the record.
    pub changes: Vec<(String, RecordIndex)>,
}

/// All chains: topics by name, then chains without a topic that have several records, the longest first.
pub fn chains(handbook: &Handbook, config: &Config) -> Vec<Chain> {
    let mut topics: BTreeMap<String, Vec<RecordIndex>> = BTreeMap::new();
    for (index, record) in handbook.records.iter().enumerate() {
        if let Some(slug) = record.text("topic").map(topic_slug).filter(|slug| !slug.is_empty()) {
            topics.entry(slug).or_default().push(index);
        }
    }
    let mut chains: Vec<Chain> = topics.into_iter().map(|(slug, records)| of_topic(handbook, slug, records)).collect();
    let mut lines: Vec<Chain> =
        lines(handbook, config).into_iter().map(|records| Chain { topic: None, steps: steps(handbook, records) }).collect();
    lines.sort_by_key(|chain| std::cmp::Reverse(chain.steps.len()));
    chains.extend(lines);
    chains
}

/// The last part of a topic's address.
pub fn topic_slug(name: &str) -> String {
    slug::name(name.trim())
}

fn of_topic(handbook: &Handbook, slug: String, records: Vec<RecordIndex>) -> Chain {
    let name = handbook.records[records[0]].text("topic").unwrap_or_default().trim().to_owned();
    Chain { topic: Some(Topic { name, slug }), steps: steps(handbook, records) }
}

fn steps(handbook: &Handbook, mut records: Vec<RecordIndex>) -> Vec<Step> {
    records.sort_by_key(|index| chronological(&handbook.records[*index]));
    let step = |position: usize| {
        let record = records[position];
        let earlier = &records[..position];
        let to_earlier = handbook.linked[record].relations.iter().filter(|relation| earlier.contains(&relation.target));
        Step { record, changes: to_earlier.map(|relation| (relation.label.clone(), relation.target)).collect() }
    };
    (0..records.len()).map(step).collect()
}

/// Records without a topic that replace each other, as far as relations reach, in groups of at least two.
fn lines(handbook: &Handbook, config: &Config) -> Vec<Vec<RecordIndex>> {
    let mut groups: BTreeMap<RecordIndex, Vec<RecordIndex>> = BTreeMap::new();
    let mut root: Vec<RecordIndex> = (0..handbook.records.len()).collect();
    for (index, record) in handbook.records.iter().enumerate() {
        let relations = &config.kind(&record.kind).relations;
        let supersedes = |name: &str| relations.iter().any(|relation| relation.supersedes && relation.name == name);
        for relation in handbook.linked[index].relations.iter().filter(|relation| supersedes(&relation.name)) {
            let (a, b) = (top(&mut root, index), top(&mut root, relation.target));
            root[a.max(b)] = a.min(b);
        }
    }
    for index in 0..root.len() {
        groups.entry(top(&mut root, index)).or_default().push(index);
    }
    let is_told_by_topic = |records: &[RecordIndex]| records.iter().any(|index| handbook.records[*index].text("topic").is_some());
    groups.into_values().filter(|records| records.len() > 1 && !is_told_by_topic(records)).collect()
}

/// The first record of the group of `index`.
fn top(root: &mut [RecordIndex], mut index: RecordIndex) -> RecordIndex {
    while root[index] != index {
        root[index] = root[root[index]];
        index = root[index];
    }
    index
}
