//! How well a record answers a query. The formula, with the reasons and what was measured, is in `docs/search.md`.
//!
//! Each word stands for a group of spellings (its stem; while it is typed, what begins with it; when nobody writes it
//! so, what is one or two slips away); a record takes the best spelling, and the group has one idf. A record's score is
//! its own plus that of its best section. The best records are then ranked anew by how close the words stand in title
//! and headings, and how fully they make up the title.
//!
//! Twin of `themes/default/assets/search/rank.js`.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::index::lists::Lists;
use crate::index::postings::{Entry, IMPACT_STEPS, Postings};

/// Records that are ranked anew by closeness and title.
const RERANKED: usize = 40;
/// What the record as a whole counts beside its best section.
pub const RECORD_WEIGHT: f64 = 0.8;
/// What neighbouring words that stand together add.
pub const CLOSENESS_WEIGHT: f64 = 0.8;
/// What a title that is all query adds.
pub const TITLE_WEIGHT: f64 = 0.6;

/// A spelling of a word, and how much it counts.
#[derive(Clone, Debug)]
pub struct Spelling {
    /// As it is indexed; for people.
    pub term: String,
    /// 1 for the word as typed.
    pub weight: f64,
    /// Where it occurs.
    pub postings: Arc<Postings>,
}

/// The spellings of one word of the query.
#[derive(Clone, Debug)]
pub struct Group {
    /// The spellings.
    pub spellings: Vec<Spelling>,
    /// A word by itself, rather than several taken as one.
    pub is_word: bool,
}

/// A record and how well it answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hit {
    /// The record.
    pub record: usize,
    /// Its score.
    pub score: f64,
    /// Its sections that answer, best first, each with its score.
    pub sections: Vec<(usize, f64)>,
    /// Of what the score is made.
    pub parts: Parts,
}

/// Of what a score is made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parts {
    /// Of the record as a whole.
    pub record: f64,
    /// Of its best section.
    pub section: f64,
    /// 0 to 1; 0 too for records that were not ranked anew.
    pub closeness: f64,
    /// 0 to 1; 0 too for records that were not ranked anew.
    pub title_fit: f64,
    /// For its kind, and for not being in force any more.
    pub standing: f64,
}

/// Scores every record that has a word of `groups` and is wanted, best first.
pub fn rank(lists: &Lists, groups: &[Group], is_wanted: impl Fn(usize) -> bool) -> Vec<Hit> {
    let mut hits: HashMap<u32, Hit> = HashMap::new();
    let mut sections: HashMap<(u32, u32), f64> = HashMap::new();
    for group in groups {
        let (in_records, in_sections) = best_spellings(group);
        let idf_of_records = idf(lists.n_records(), total(group, |postings| postings.n_records));
        let idf_of_sections = idf(lists.n_documents(), total(group, |postings| postings.n_documents));
        for (record, answer) in in_records {
            let hit = hits.entry(record).or_insert_with(|| Hit { record: record as usize, ..Hit::default() });
            hit.parts.record += idf_of_records * answer;
        }
        for (section, answer) in in_sections {
            *sections.entry(section).or_default() += idf_of_sections * answer;
        }
    }
    for ((record, section), score) in sections {
        if let Some(hit) = hits.get_mut(&record) {
            hit.sections.push((section as usize, score));
        }
    }
    let mut hits: Vec<Hit> = hits.into_values().filter(|hit| is_wanted(hit.record)).collect();
    for hit in &mut hits {
        hit.sections.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        hit.parts.section = hit.sections.first().map_or(0.0, |(_, score)| *score);
        hit.score = RECORD_WEIGHT * hit.parts.record + hit.parts.section;
    }
    sort(&mut hits);
    let words: Vec<&Group> = groups.iter().filter(|group| group.is_word).collect();
    for hit in hits.iter_mut().take(if words.is_empty() { 0 } else { RERANKED }) {
        let found = Found::of(hit.record as u32, &words);
        hit.parts.closeness = found.closeness();
        hit.parts.title_fit = found.title_fit();
        hit.score *= 1.0 + CLOSENESS_WEIGHT * hit.parts.closeness + TITLE_WEIGHT * hit.parts.title_fit;
    }
    sort(&mut hits);
    hits
}

/// Best first; what is equally good in the order of the records. Scores are compared as they are rounded, since two
/// machines may differ in the last digit of a logarithm.
pub fn sort(hits: &mut [Hit]) {
    let rounded = |hit: &Hit| (hit.score * 1e6).round() as i64;
    hits.sort_by(|a, b| rounded(b).cmp(&rounded(a)).then(a.record.cmp(&b.record)));
}

/// For each record, and each section of one, the answer of the group's best spelling.
fn best_spellings(group: &Group) -> (HashMap<u32, f64>, HashMap<(u32, u32), f64>) {
    let (mut records, mut sections) = (HashMap::new(), HashMap::new());
    for spelling in &group.spellings {
        let answer = |impact: u8| spelling.weight * f64::from(impact) / IMPACT_STEPS;
        for entry in &spelling.postings.entries {
            raise(records.entry(entry.record).or_default(), answer(entry.impact));
            for section in &entry.sections {
                raise(sections.entry((entry.record, section.section)).or_default(), answer(section.impact));
            }
        }
    }
    (records, sections)
}

fn raise(best: &mut f64, answer: f64) {
    *best = best.max(answer);
}

/// Units that have any spelling of a group; those that have two are counted twice.
fn total(group: &Group, count: impl Fn(&Postings) -> u32) -> f64 {
    group.spellings.iter().map(|spelling| f64::from(count(&spelling.postings))).sum()
}

fn idf(n_all: usize, n_found: f64) -> f64 {
    let n_all = n_all as f64;
    let n_found = n_found.min(n_all);
    (1.0 + (n_all - n_found + 0.5) / (n_found + 0.5)).ln()
}

/// Where the words of a query stand in the title and the headings of one record.
struct Found {
    /// By word: positions in the title.
    title: Vec<Vec<u32>>,
    title_length: u32,
    /// By word: section and position in its heading.
    headings: Vec<Vec<(u32, u32)>>,
}

impl Found {
    fn of(record: u32, words: &[&Group]) -> Self {
        let mut found = Self { title: vec![Vec::new(); words.len()], title_length: 0, headings: vec![Vec::new(); words.len()] };
        for (word, group) in words.iter().enumerate() {
            for entry in group.spellings.iter().filter_map(|spelling| entry_of(&spelling.postings, record)) {
                found.title[word].extend_from_slice(&entry.title);
                found.title_length = found.title_length.max(entry.title_length);
                for section in &entry.sections {
                    found.headings[word].extend(section.heading.iter().map(|position| (section.section, *position)));
                }
            }
        }
        found
    }

    /// The share of neighbouring words of the query that stand together in the title or a heading, in order, with at most
    /// one word between them.
    fn closeness(&self) -> f64 {
        let n_pairs = self.title.len().saturating_sub(1);
        if n_pairs == 0 {
            return 0.0;
        }
        let is_close = |pair: &usize| {
            let title = &self.title[*pair + 1];
            let heading = &self.headings[*pair + 1];
            self.title[*pair].iter().any(|at| title.contains(&(at + 1)) || title.contains(&(at + 2)))
                || self.headings[*pair]
                    .iter()
                    .any(|(section, at)| heading.contains(&(*section, at + 1)) || heading.contains(&(*section, at + 2)))
        };
        (0..n_pairs).filter(is_close).count() as f64 / n_pairs as f64
    }

    /// The share of the title that is made up of query words, times the share of query words that are in the title.
    fn title_fit(&self) -> f64 {
        let n_matched = self.title.iter().filter(|positions| !positions.is_empty()).count() as f64;
        let positions: BTreeSet<u32> = self.title.iter().flatten().copied().collect();
        let length = f64::from(self.title_length);
        if length == 0.0 { 0.0 } else { (positions.len() as f64 / length).min(1.0) * n_matched / self.title.len() as f64 }
    }
}

fn entry_of(postings: &Postings, record: u32) -> Option<&Entry> {
    postings.entries.binary_search_by_key(&record, |entry| entry.record).ok().map(|at| &postings.entries[at])
}
