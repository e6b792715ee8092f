//! How well a record answers a query. The formula, with the reasons and what was measured, is in `docs/search.md`.
//!
//! In short: BM25F over the fields of a section and, with the sections added up, over those of the record; a record's
//! score is its own plus that of its best section. Each word stands for a group of spellings (its stem; while it is
//! typed, what begins with it; when nobody writes it so, what is one or two slips away); a document takes the best
//! spelling, and the group has one idf. The best records are then ranked anew by how close the words stand together
//! and how fully they make up the title.

use std::collections::HashMap;

use crate::index::native::{IndexError, Segment};

/// Weight and length normalisation of each field, in the order of [`crate::index::native::FIELDS`].
const WEIGHTS: [f64; 5] = [5.0, 3.0, 1.0, 2.0, 2.0];
const LENGTH_FACTORS: [f64; 5] = [0.3, 0.6, 0.75, 0.3, 0.5];
/// How soon more occurrences of a word stop to matter (Robertson and Zaragoza, 2009).
const SATURATION: f64 = 1.2;
/// Records that are ranked anew by closeness and title.
const RERANKED: usize = 40;
const CLOSENESS_WEIGHT: f64 = 0.6;
const TITLE_WEIGHT: f64 = 0.6;
/// Spellings that a word which is being typed can stand for.
const COMPLETIONS_MAX: usize = 60;

/// Scores by document or record.
type Scores = HashMap<usize, f64>;
/// Where words stand: for each field of each document, the positions by word.
type Positions = Vec<(usize, Vec<Vec<u32>>)>;

/// A spelling of a word, as it is indexed, and how much it counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Spelling {
    /// The stem, or the whole.
    pub term: String,
    /// 1 for the word as typed.
    pub weight: f64,
}

/// The spellings of one word of the query.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The spellings.
    pub spellings: Vec<Spelling>,
    /// A word by itself, rather than several taken as one.
    pub is_word: bool,
}

/// A document, as scoring sees it.
#[derive(Clone, Copy, Debug)]
pub struct Document {
    /// Its segment, and its number there.
    pub place: (usize, u32),
    /// Its record.
    pub record: usize,
    /// Its section.
    pub section: usize,
}

/// All living documents, and what their fields weigh on average.
pub struct Corpus {
    /// The segments.
    pub segments: Vec<Segment>,
    /// The documents.
    pub documents: Vec<Document>,
    by_place: Vec<Vec<Option<usize>>>,
    by_record: Vec<Vec<usize>>,
    lengths: Vec<[f64; 5]>,
    record_lengths: Vec<[f64; 5]>,
    averages: [f64; 5],
    record_averages: [f64; 5],
    n_records: usize,
}

/// A record and how well it answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The record.
    pub record: usize,
    /// Its score.
    pub score: f64,
    /// Its sections that answer, best first, each with its score.
    pub sections: Vec<(usize, f64)>,
}

impl Corpus {
    /// The documents of `segments` whose record `record_of` knows.
    pub fn new(segments: Vec<Segment>, n_records: usize, record_of: impl Fn(u64) -> Option<usize>) -> Result<Self, IndexError> {
        let mut documents = Vec::new();
        let mut by_place = Vec::new();
        for (number, segment) in segments.iter().enumerate() {
            let mut places = vec![None; segment.n_documents() as usize];
            for (document, address) in segment.addresses()? {
                if let Some(record) = record_of(address.record) {
                    places[document as usize] = Some(documents.len());
                    documents.push(Document { place: (number, document), record, section: address.section as usize });
                }
            }
            by_place.push(places);
        }
        let mut record_lengths = vec![[0.0; 5]; n_records];
        let mut lengths = Vec::with_capacity(documents.len());
        let mut by_record = vec![Vec::new(); n_records];
        for (index, document) in documents.iter().enumerate() {
            by_record[document.record].push(index);
            let (segment, number) = document.place;
            let length: [f64; 5] = std::array::from_fn(|field| f64::from(segments[segment].length(field, number)));
            for field in 0..5 {
                record_lengths[document.record][field] += length[field];
            }
            lengths.push(length);
        }
        let (averages, record_averages) = (averages(&lengths), averages(&record_lengths));
        Ok(Self { segments, documents, by_place, by_record, lengths, record_lengths, averages, record_averages, n_records })
    }

    /// Scores every record that has a word of `groups`, best first. Only records and documents that pass `is_wanted` count.
    pub fn rank(&self, groups: &[Group], is_wanted: impl Fn(usize) -> bool) -> Result<Vec<Hit>, IndexError> {
        let mut record_scores: HashMap<usize, f64> = HashMap::new();
        let mut section_scores: HashMap<usize, f64> = HashMap::new();
        for group in groups {
            let (sections, records) = self.best_spellings(group)?;
            add(&mut section_scores, sections, self.documents.len());
            add(&mut record_scores, records, self.n_records);
        }
        let mut best: HashMap<usize, Vec<(usize, f64)>> = HashMap::new();
        for (document, score) in section_scores {
            best.entry(self.documents[document].record).or_default().push((self.documents[document].section, score));
        }
        let mut hits: Vec<Hit> = record_scores
            .into_iter()
            .filter(|(record, _)| is_wanted(*record))
            .map(|(record, own)| {
                let mut sections = best.remove(&record).unwrap_or_default();
                sections.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
                Hit { record, score: own + sections.first().map_or(0.0, |(_, score)| *score), sections }
            })
            .collect();
        sort(&mut hits);
        self.rerank(&mut hits, groups)?;
        Ok(hits)
    }

    /// For each document and record the best of a group's spellings.
    fn best_spellings(&self, group: &Group) -> Result<(Scores, Scores), IndexError> {
        let (mut sections, mut records) = (HashMap::new(), HashMap::new());
        for spelling in &group.spellings {
            let mut in_sections: HashMap<usize, [f64; 5]> = HashMap::new();
            for (number, segment) in self.segments.iter().enumerate() {
                for field in 0..5 {
                    segment.postings(field, &spelling.term, |document, count| {
                        if let Some(index) = self.by_place[number][document as usize] {
                            in_sections.entry(index).or_default()[field] += f64::from(count);
                        }
                    })?;
                }
            }
            let mut in_records: HashMap<usize, [f64; 5]> = HashMap::new();
            for (index, counts) in &in_sections {
                let total = in_records.entry(self.documents[*index].record).or_default();
                for field in 0..5 {
                    total[field] += counts[field];
                }
                raise(&mut sections, *index, spelling.weight * saturated(counts, &self.lengths[*index], &self.averages));
            }
            for (record, counts) in &in_records {
                raise(&mut records, *record, spelling.weight * saturated(counts, &self.record_lengths[*record], &self.record_averages));
            }
        }
        Ok((sections, records))
    }

    /// Ranks the best records anew: pairs of words that stand together, and a title that the words make up.
    fn rerank(&self, hits: &mut [Hit], groups: &[Group]) -> Result<(), IndexError> {
        let words: Vec<&Group> = groups.iter().filter(|group| group.is_word).collect();
        if words.is_empty() {
            return Ok(());
        }
        let n_reranked = hits.len().min(RERANKED);
        for hit in &mut hits[..n_reranked] {
            let positions = self.positions(hit.record, &words)?;
            let closeness = if words.len() > 1 { CLOSENESS_WEIGHT * closeness(&positions, words.len()) } else { 0.0 };
            let title = TITLE_WEIGHT * self.title_fit(hit.record, &positions, words.len());
            hit.score *= 1.0 + closeness + title;
        }
        sort(&mut hits[..n_reranked]);
        Ok(())
    }

    /// Where the words of each group stand in a record: by field, document and group.
    fn positions(&self, record: usize, words: &[&Group]) -> Result<Positions, IndexError> {
        let mut found = Vec::new();
        for index in &self.by_record[record] {
            let (segment, number) = self.documents[*index].place;
            for field in 0..5 {
                let mut by_group = Vec::with_capacity(words.len());
                for group in words {
                    let mut positions = Vec::new();
                    for spelling in &group.spellings {
                        positions.extend(self.segments[segment].positions(field, &spelling.term, number)?);
                    }
                    positions.sort_unstable();
                    by_group.push(positions);
                }
                found.push((field, by_group));
            }
        }
        Ok(found)
    }

    /// The share of the title that is made up of query words, times the share of query words that are in the title.
    fn title_fit(&self, record: usize, positions: &Positions, n_words: usize) -> f64 {
        let length = self.record_lengths[record][0];
        let in_title = positions.iter().filter(|(field, _)| *field == 0).map(|(_, by_group)| by_group);
        let (mut n_matched, mut matched) = (0, std::collections::BTreeSet::<u32>::new());
        for by_group in in_title {
            n_matched += by_group.iter().filter(|positions| !positions.is_empty()).count();
            matched.extend(by_group.iter().flatten().copied());
        }
        if length == 0.0 { 0.0 } else { (matched.len() as f64 / length).min(1.0) * (n_matched as f64 / n_words as f64).min(1.0) }
    }
}

fn averages(lengths: &[[f64; 5]]) -> [f64; 5] {
    std::array::from_fn(|field| {
        let filled: Vec<f64> = lengths.iter().map(|length| length[field]).filter(|length| *length > 0.0).collect();
        if filled.is_empty() { 1.0 } else { filled.iter().sum::<f64>() / filled.len() as f64 }
    })
}

/// The weighted number of occurrences, as it saturates.
fn saturated(counts: &[f64; 5], lengths: &[f64; 5], averages: &[f64; 5]) -> f64 {
    let weighted = |field: usize| {
        WEIGHTS[field] * counts[field] / (1.0 - LENGTH_FACTORS[field] + LENGTH_FACTORS[field] * lengths[field] / averages[field])
    };
    let count: f64 = (0..5).filter(|field| counts[*field] > 0.0).map(weighted).sum();
    count / (SATURATION + count)
}

fn raise(scores: &mut HashMap<usize, f64>, key: usize, score: f64) {
    let best = scores.entry(key).or_insert(0.0);
    *best = best.max(score);
}

/// Adds what a group found, by how rare it is among `n_total`.
fn add(scores: &mut HashMap<usize, f64>, found: HashMap<usize, f64>, n_total: usize) {
    let (n_total, n_found) = (n_total as f64, found.len() as f64);
    let idf = (1.0 + (n_total - n_found + 0.5) / (n_found + 0.5)).ln();
    for (key, score) in found {
        *scores.entry(key).or_insert(0.0) += idf * score;
    }
}

/// Best first; what is equally good in the order of the records.
fn sort(hits: &mut [Hit]) {
    hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.record.cmp(&b.record)));
}

/// The share of neighbouring words of the query that stand together somewhere: fully in a title, heading or link,
/// somewhat less in running text.
fn closeness(positions: &Positions, n_words: usize) -> f64 {
    let pairs = (0..n_words - 1).map(|first| {
        let together = positions.iter().filter(|(_, by_group)| stand_together(&by_group[first], &by_group[first + 1]));
        together.map(|(field, _)| if *field == 2 { 0.7 } else { 1.0 }).fold(0.0, f64::max)
    });
    pairs.sum::<f64>() / (n_words - 1) as f64
}

fn stand_together(first: &[u32], second: &[u32]) -> bool {
    first.iter().any(|position| second.binary_search(&(position + 1)).is_ok() || second.binary_search(&(position + 2)).is_ok())
}

/// The words that `typed` may become, most frequent first.
pub fn completions(segments: &[Segment], typed: &str) -> Result<Vec<String>, IndexError> {
    let mut counts: HashMap<String, u32> = HashMap::new();
    for segment in segments {
        segment.words(typed, |word, count| *counts.entry(word.to_owned()).or_default() += count)?;
    }
    counts.remove(typed);
    let mut words: Vec<(String, u32)> = counts.into_iter().collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    words.truncate(COMPLETIONS_MAX);
    Ok(words.into_iter().map(|(word, _)| word).collect())
}

/// The words that `typed`, which nobody writes so, may have been meant as: one slip away, or two for long words.
pub fn corrections(segments: &[Segment], typed: &str) -> Result<Vec<String>, IndexError> {
    let length = typed.chars().count();
    let allowed = if length < 4 { return Ok(Vec::new()) } else { 1 + usize::from(length >= 8) };
    let mut found: Vec<(usize, String)> = Vec::new();
    for segment in segments {
        segment.words("", |word, _| {
            let is_near = word.len().abs_diff(typed.len()) <= allowed * 2 && word.chars().count().abs_diff(length) <= allowed;
            if is_near && word.chars().all(char::is_alphabetic) {
                let distance = strsim::osa_distance(typed, word);
                if distance <= allowed {
                    found.push((distance, word.to_owned()));
                }
            }
        })?;
    }
    let first = typed.chars().next();
    let nearest = found.iter().map(|(distance, _)| *distance).min().unwrap_or(0);
    found.retain(|(distance, _)| *distance == nearest);
    if found.iter().any(|(_, word)| word.chars().next() == first) {
        found.retain(|(_, word)| word.chars().next() == first);
    }
    let mut words: Vec<String> = found.into_iter().map(|(_, word)| word).collect();
    words.sort();
    words.dedup();
    Ok(words)
}
