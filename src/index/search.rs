//! A query to the records that answer it, with their passages.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::calendar::Date;
use crate::config::Config;
use crate::index::analysis::{self, TokenKind};
use crate::index::card::Card;
use crate::index::corpus::Corpus;
use crate::index::dictionary::{Dictionary, PHRASE_MARK};
use crate::index::facts::Facts;
use crate::index::kept::{self, Extent};
use crate::index::lists::Lists;
use crate::index::native::{IndexError, SearchIndex};
use crate::index::query::{self, Complaint, Query};
use crate::index::rank::{self, Group, Hit, Parts, rank};
use crate::index::spelling::Vocabulary;
use crate::index::{Documents, Mentions, name_key};
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::record::Record;

/// Records that are offered where nothing was found.
const NEAREST_MAX: usize = 5;
/// Characters of a passage.
const PASSAGE_CHARS: usize = 200;

/// Everything that a search needs.
pub struct Searcher<'a> {
    lists: Arc<Lists>,
    facts: Facts,
    dictionary: Dictionary,
    today: Date,
    shelf: Box<dyn Shelf + 'a>,
}

/// Where a search looks up what it shows of the records that it finds.
pub trait Shelf {
    /// What is shown of a record.
    fn card(&self, record: RecordIndex) -> Option<Card>;
    /// The record with its text.
    fn record(&self, record: RecordIndex) -> Option<Arc<Record>>;
}

impl Shelf for &Handbook {
    fn card(&self, record: RecordIndex) -> Option<Card> {
        (record < self.records.len()).then(|| Card::of(self, record))
    }

    fn record(&self, record: RecordIndex) -> Option<Arc<Record>> {
        self.records.get(record).cloned()
    }
}

/// The lists of all `documents`: from those that are known, from those that an earlier run kept in `cache`, or from the index,
/// which is kept there, too. Tells whether other lists, or none, are kept there.
pub fn lists(
    documents: &Documents<'_>,
    config: &Config,
    known: Option<&Arc<Lists>>,
    cache: Option<&Path>,
) -> Result<(Arc<Lists>, bool), IndexError> {
    let versions = documents.versions(config.hash);
    let dictionary = Dictionary::of(config);
    let language = dictionary.language;
    let old = known.cloned().or_else(|| kept(config, cache));
    if let Some(old) = old.as_ref().filter(|old| *old.versions() == versions) {
        return Ok((old.clone(), false));
    }
    let by_key: HashMap<u64, u32> = versions.iter().enumerate().map(|(record, version)| (version.key, record as u32)).collect();
    let corpus = |index: SearchIndex| Corpus::new(index.segments()?, |key| by_key.get(&key).copied());
    let some = |records: &[RecordIndex]| corpus(SearchIndex::of_some(documents, &versions, records, &dictionary)?);
    let updated = old.map(|old| old.updated(versions.clone(), language, some)).transpose()?.flatten();
    let lists = match updated {
        Some(updated) => updated,
        None => Lists::of(&corpus(SearchIndex::open(documents, &versions, &dictionary, cache)?)?, versions, language)?,
    };
    Ok((Arc::new(lists), true))
}

/// The lists that an earlier run kept in `cache`.
pub fn kept(config: &Config, cache: Option<&Path>) -> Option<Arc<Lists>> {
    Some(Arc::new(kept::read(cache?, Dictionary::of(config).language, Extent::All)?))
}

/// Keeps lists in `cache` for the next run, which makes them anew where that fails.
pub fn keep(lists: &Lists, config: &Config, cache: Option<&Path>) {
    if let Some(cache) = cache {
        let _ = kept::write(cache, Dictionary::of(config).language, lists);
    }
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// Records, best first.
    pub results: Vec<SearchResult>,
    /// How many answer in all.
    pub n_total: usize,
    /// What was not understood.
    pub complaints: Vec<Complaint>,
    /// What was ranked by: the words of the query, each with its spellings.
    pub groups: Vec<Group>,
    /// What comes nearest, where nothing was found.
    pub nearest: Nearest,
    /// Whether everything was there that is shown of the records.
    pub is_whole: bool,
}

/// What may have been meant by a query that found nothing.
#[derive(Debug, Default)]
pub struct Nearest {
    /// For its words that nobody writes.
    pub words: Vec<String>,
    /// What these find; for a query with conditions or filters, what its own words find without.
    pub results: Vec<SearchResult>,
}

/// One record that answers.
#[derive(Debug)]
pub struct SearchResult {
    /// The record.
    pub record: RecordIndex,
    /// What is shown of it.
    pub card: Card,
    /// How well.
    pub score: f64,
    /// Of what the score is made.
    pub parts: Parts,
    /// The passages that answer best, best first.
    pub passages: Vec<Passage>,
}

/// Where a record answers.
#[derive(Debug, PartialEq, Eq)]
pub struct Passage {
    /// Its heading, unless it is the record's title.
    pub heading: Option<String>,
    /// The anchor of the section.
    pub anchor: Option<String>,
    /// Some of its text, cut around the words that were looked for: pieces, and whether each is such a word.
    pub pieces: Vec<(String, bool)>,
}

impl<'a> Searcher<'a> {
    /// A searcher of `handbook`; what it makes is kept in `cache` where that can be written.
    pub fn new(handbook: &'a Handbook, config: &Config, today: Date, cache: Option<&Path>) -> Result<Self, IndexError> {
        let documents = Documents { handbook, mentions: &Mentions::of(handbook) };
        let (lists, is_new) = lists(&documents, config, None, cache)?;
        if is_new {
            keep(&lists, config, cache);
        }
        Ok(Self::of(lists, Facts::of(handbook, config), config, today, handbook))
    }

    /// A searcher of what an earlier run kept.
    pub fn of(lists: Arc<Lists>, facts: Facts, config: &Config, today: Date, shelf: impl Shelf + 'a) -> Self {
        Self { lists, facts, dictionary: Dictionary::of(config), today, shelf: Box::new(shelf) }
    }

    /// What is read of the records.
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// The records that answer `text`, at most `limit`, each with up to three passages.
    pub fn search(&self, text: &str, limit: usize) -> Found {
        let mut found = self.found(text, limit);
        if found.n_total == 0 {
            self.add_nearest(&mut found, &query::parse(text), limit);
        }
        found
    }

    /// Where nothing was found: the nearest words, and what would be found without conditions and filters.
    fn add_nearest(&self, found: &mut Found, query: &Query, limit: usize) {
        let vocabulary = Vocabulary { lists: &self.lists, dictionary: &self.dictionary };
        found.nearest.words = vocabulary.nearest_words(query);
        let text = if query.is_narrowed() { query.words.join(" ") } else { found.nearest.words.join(" ") };
        let near = self.found(&text, limit.min(NEAREST_MAX));
        found.is_whole &= near.is_whole;
        found.nearest.results = near.results;
    }

    fn found(&self, text: &str, limit: usize) -> Found {
        let mut query = query::parse(text);
        query.complaints.extend(self.facts.complaints(&query));
        let vocabulary = Vocabulary { lists: &self.lists, dictionary: &self.dictionary };
        let wanted = self.wanted(&query, &vocabulary);
        let groups = vocabulary.groups(&query);
        let mut hits = if groups.is_empty() { self.all(&query, &wanted) } else { rank(&self.lists, &groups, |record| wanted[record]) };
        if !groups.is_empty() {
            for hit in &mut hits {
                hit.parts.standing = self.facts.factors[hit.record];
                hit.score *= hit.parts.standing;
            }
            rank::sort(&mut hits);
        }
        self.put_exact_first(&query, &wanted, &mut hits);
        let n_total = hits.len();
        hits.truncate(limit);
        let spellings = groups.iter().flat_map(|group| &group.spellings);
        let terms: Vec<&str> = spellings.flat_map(|spelling| spelling.term.split(PHRASE_MARK)).collect();
        let n_wanted = hits.len();
        let results: Vec<SearchResult> = hits.into_iter().map_while(|hit| self.result(hit, &terms)).collect();
        let is_whole = results.len() == n_wanted;
        Found { results, n_total, complaints: query.complaints, groups, nearest: Nearest::default(), is_whole }
    }

    /// All wanted records, the newest first: what a query of filters alone finds. A query of nothing finds nothing.
    fn all(&self, query: &Query, wanted: &[bool]) -> Vec<Hit> {
        if !query.is_narrowed() {
            return Vec::new();
        }
        let wanted = wanted.iter().enumerate().filter(|(_, is_wanted)| **is_wanted);
        let mut hits: Vec<Hit> = wanted.map(|(record, _)| Hit { record, sections: vec![(0, 0.0)], ..Hit::default() }).collect();
        hits.sort_by_key(|hit| (Reverse(self.facts.dates[hit.record].map(|date| date.first_day())), hit.record));
        hits
    }

    /// By record: whether it is what the filters, dates and conditions of a query ask for.
    fn wanted(&self, query: &Query, vocabulary: &Vocabulary<'_>) -> Vec<bool> {
        let mut wanted: Vec<bool> = (0..self.lists.n_records()).map(|record| self.facts.pass(query, record, self.today)).collect();
        for condition in &query.conditions {
            let words = analysis::tokens(&condition.text).into_iter().filter(|token| token.kind == TokenKind::Word);
            let stems: Vec<Vec<String>> = words.map(|token| vocabulary.stems(&token.term)).collect();
            let found = self.lists.with_phrase(&stems, condition.is_title);
            for (record, is_wanted) in wanted.iter_mut().enumerate() {
                *is_wanted &= found.contains(&(record as u32)) != condition.is_excluded;
            }
        }
        wanted
    }

    /// A record that is called what was typed comes first.
    fn put_exact_first(&self, query: &Query, wanted: &[bool], hits: &mut Vec<Hit>) {
        let Some(name) = name_key(&query.words.join(" ")) else { return };
        let named = self.lists.named(&name);
        for record in named.iter().map(|record| *record as usize).filter(|record| wanted[*record]) {
            if hits.iter().all(|hit| hit.record != record) {
                hits.push(Hit { record, sections: vec![(0, 0.0)], ..Hit::default() });
            }
        }
        hits.sort_by_key(|hit| !named.contains(&(hit.record as u32)));
    }

    fn result(&self, hit: Hit, terms: &[&str]) -> Option<SearchResult> {
        let (card, record) = (self.shelf.card(hit.record)?, self.shelf.record(hit.record)?);
        let passage = |(section, _): &(usize, f64)| {
            let section = record.outline.sections.get(*section);
            let text = section.map_or("", |section| section.text.as_str());
            let text = if text.is_empty() { &card.summary } else { text };
            let heading = section.filter(|section| section.level > 1).map(|section| section.title.clone());
            let anchor = section.and_then(|section| section.anchor.as_ref()).map(ToString::to_string);
            Passage { heading, anchor, pieces: self.pieces(text, terms) }
        };
        let passages = hit.sections.iter().take(3).map(passage).collect();
        Some(SearchResult { record: hit.record, card, score: hit.score, parts: hit.parts, passages })
    }

    /// Some of `text` around the first place where terms stand close together, cut at the terms.
    fn pieces(&self, text: &str, terms: &[&str]) -> Vec<(String, bool)> {
        // What many words begin with is one term, and says so by its end.
        let begins = |word: &str| terms.iter().filter_map(|term| term.strip_suffix('…')).any(|beginning| word.starts_with(beginning));
        let found: Vec<(usize, usize)> = analysis::tokens(text)
            .into_iter()
            .filter(|token| {
                terms.contains(&self.dictionary.language.stem(&token.term, &text[token.start..token.end]).as_ref()) || begins(&token.term)
            })
            .map(|token| (token.start, token.end))
            .collect();
        let n_before = |at: usize| found.partition_point(|(start, _)| *start < at);
        let n_near = |start: usize| n_before(start + PASSAGE_CHARS) - n_before(start);
        let best = found.iter().rev().map(|(start, _)| *start).max_by_key(|start| n_near(*start)).unwrap_or(0);
        let begin = text[..best]
            .char_indices()
            .rev()
            .take(60)
            .map(|(at, _)| at)
            .find(|at| text[..*at].ends_with(char::is_whitespace))
            .unwrap_or(if best < 60 { 0 } else { best });
        let end = text[begin..].char_indices().map(|(at, _)| begin + at).nth(PASSAGE_CHARS).unwrap_or(text.len());
        let mut pieces = Vec::new();
        let mut at = begin;
        for (start, stop) in found.into_iter().filter(|(start, stop)| *start >= begin && *stop <= end) {
            if start >= at {
                pieces.push((text[at..start].to_owned(), false));
                pieces.push((text[start..stop].to_owned(), true));
                at = stop;
            }
        }
        pieces.push((text[at..end].to_owned(), false));
        pieces.retain(|(piece, _)| !piece.is_empty());
        pieces
    }
}
