//! A query to the records that answer it, with their passages.

use std::collections::HashMap;
use std::path::Path;

use crate::calendar::Date;
use crate::config::Config;
use crate::index::analysis::{self, TokenKind};
use crate::index::native::{IndexError, SearchIndex, record_key};
use crate::index::query::{self, Filter, Query};
use crate::index::rank::{Corpus, Group, Hit, Spelling, completions, corrections};
use crate::index::stem::Language;
use crate::model::field::{Field, Value};
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::kind::Meaning;
use crate::slug;

/// Characters of a passage.
const PASSAGE_CHARS: usize = 200;
/// What a record that is no longer in force keeps of its score.
const CLOSED_FACTOR: f64 = 0.85;

/// Everything that a search needs.
pub struct Searcher<'a> {
    handbook: &'a Handbook,
    config: &'a Config,
    corpus: Corpus,
    language: Language,
    today: Date,
}

/// What was found.
#[derive(Debug)]
pub struct Found {
    /// Records, best first.
    pub results: Vec<SearchResult>,
    /// How many answer in all.
    pub n_total: usize,
    /// What was not understood.
    pub complaints: Vec<String>,
}

/// One record that answers.
#[derive(Debug)]
pub struct SearchResult {
    /// The record.
    pub record: RecordIndex,
    /// How well.
    pub score: f64,
    /// The passages that answer best, best first.
    pub passages: Vec<Passage>,
}

/// Where a record answers.
#[derive(Debug, PartialEq, Eq)]
pub struct Passage {
    /// The section: an index into the record's outline.
    pub section: usize,
    /// Some of its text, cut around the words that were looked for: pieces, and whether each is such a word.
    pub pieces: Vec<(String, bool)>,
}

impl<'a> Searcher<'a> {
    /// A searcher of `handbook`; its index is kept in `cache` where that can be written.
    pub fn new(handbook: &'a Handbook, config: &'a Config, today: Date, cache: Option<&Path>) -> Result<Self, IndexError> {
        let language = Language::from_tag(&config.language);
        let index = SearchIndex::open(handbook, language, cache)?;
        let by_key: HashMap<u64, usize> = (0..handbook.records.len()).map(|record| (record_key(handbook, record), record)).collect();
        let corpus = Corpus::new(index.segments()?, handbook.records.len(), |key| by_key.get(&key).copied())?;
        Ok(Self { handbook, config, corpus, language, today })
    }

    /// The records that answer `text`, at most `limit`, each with up to three passages.
    pub fn search(&self, text: &str, limit: usize) -> Result<Found, IndexError> {
        let query = query::parse(text);
        let wanted: Vec<bool> = (0..self.handbook.records.len()).map(|record| self.passes(&query, record)).collect();
        let groups = self.groups(&query)?;
        let mut hits = if groups.is_empty() { self.all(&wanted) } else { self.corpus.rank(&groups, |record| wanted[record])? };
        if !groups.is_empty() {
            for hit in &mut hits {
                hit.score *= self.standing_factor(hit.record);
            }
            hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.record.cmp(&b.record)));
        }
        self.put_exact_first(&query, &mut hits);
        let n_total = hits.len();
        hits.truncate(limit);
        let terms: Vec<&str> = groups.iter().flat_map(|group| &group.spellings).map(|spelling| spelling.term.as_str()).collect();
        let results =
            hits.into_iter().map(|hit| SearchResult { record: hit.record, score: hit.score, passages: self.passages(&hit, &terms) });
        Ok(Found { results: results.collect(), n_total, complaints: query.complaints })
    }

    /// All wanted records, the newest first: what a query of filters alone finds.
    fn all(&self, wanted: &[bool]) -> Vec<Hit> {
        let wanted = wanted.iter().enumerate().filter(|(_, is_wanted)| **is_wanted);
        let mut hits: Vec<Hit> = wanted.map(|(record, _)| Hit { record, score: 1.0, sections: vec![(0, 1.0)] }).collect();
        hits.sort_by(|a, b| self.handbook.records[b.record].date.cmp(&self.handbook.records[a.record].date));
        hits
    }

    /// The words of a query, each with its spellings.
    fn groups(&self, query: &Query) -> Result<Vec<Group>, IndexError> {
        let mut words: Vec<String> = query.words.iter().chain(&query.phrases).chain(&query.title).cloned().collect();
        words.dedup();
        let text = words.join(" ");
        let tokens = analysis::tokens(&text);
        let last_word = tokens.iter().rposition(|token| token.kind == TokenKind::Word);
        let mut groups = Vec::with_capacity(tokens.len());
        for (number, token) in tokens.iter().enumerate() {
            if token.kind == TokenKind::Whole {
                groups.push(Group { spellings: vec![Spelling { term: token.term.clone(), weight: 1.0 }], is_word: false });
                continue;
            }
            let is_open = query.is_last_word_open && Some(number) == last_word && query.phrases.is_empty() && query.title.is_empty();
            groups.push(Group { spellings: self.spellings(&token.term, is_open)?, is_word: true });
        }
        Ok(groups)
    }

    fn spellings(&self, word: &str, is_open: bool) -> Result<Vec<Spelling>, IndexError> {
        let mut spellings = vec![Spelling { term: self.language.stem(word).into_owned(), weight: 1.0 }];
        let mut add = |word: &str, weight: f64| {
            let term = self.language.stem(word).into_owned();
            match spellings.iter_mut().find(|spelling| spelling.term == term) {
                Some(known) => known.weight = known.weight.max(weight),
                None => spellings.push(Spelling { term, weight }),
            }
        };
        let segments = &self.corpus.segments;
        let mut is_known = false;
        for segment in segments {
            is_known |= segment.word_frequency(word)? > 0;
        }
        let length = word.chars().count() as f64;
        let completed = if is_open && length >= 2.0 { completions(segments, word)? } else { Vec::new() };
        for longer in &completed {
            let share = (length / longer.chars().count() as f64).powf(0.25);
            add(longer, share * if is_known { 0.4 } else { 0.9 });
        }
        for synonym in self.synonyms(word) {
            add(&synonym, 0.8);
        }
        if !is_known && completed.is_empty() && word.chars().all(char::is_alphabetic) {
            for meant in corrections(segments, word)? {
                add(&meant, 0.85);
            }
        }
        Ok(spellings)
    }

    /// Single words that the team has declared to mean the same.
    fn synonyms(&self, word: &str) -> Vec<String> {
        let groups = self.config.synonyms.iter().filter(|group| group.iter().any(|other| analysis::fold(other) == word));
        let others = groups.flatten().map(|other| analysis::fold(other));
        others.filter(|other| other != word && !other.contains(' ')).collect()
    }

    /// What is in force goes before what is not, all else equal.
    fn standing_factor(&self, record: RecordIndex) -> f64 {
        let boost = self.config.kind(&self.handbook.records[record].kind).search_boost;
        match &self.handbook.linked[record].standing.status {
            Some(status) if status.meaning == Meaning::Closed => boost * CLOSED_FACTOR,
            _ => boost,
        }
    }

    /// A record whose title, number or path is exactly what was typed comes first.
    fn put_exact_first(&self, query: &Query, hits: &mut [Hit]) {
        let typed = slug::fold(&query.words.join(" "));
        if typed.is_empty() {
            return;
        }
        let is_exact = |hit: &Hit| {
            let record = &self.handbook.records[hit.record];
            let number = record.number.map(|number| {
                [
                    number.to_string(),
                    format!("adr-{number}"),
                    format!("adr-{number:04}"),
                    format!("{}/{number}", record.kind),
                    format!("{} {number}", record.kind),
                ]
            });
            slug::fold(&record.title) == typed
                || record.id.as_str().to_lowercase() == typed
                || record.slug().to_lowercase() == typed
                || number.is_some_and(|names| names.contains(&typed))
        };
        hits.sort_by_key(|hit| !is_exact(hit));
    }

    fn passes(&self, query: &Query, record: RecordIndex) -> bool {
        let date = self.handbook.records[record].date;
        let in_time = query.after.is_none_or(|after| date.is_some_and(|date| date >= after))
            && query.before.is_none_or(|before| date.is_some_and(|date| date < before));
        in_time && self.passes_filters(&query.filters, record) && self.passes_text(query, record)
    }

    fn passes_filters(&self, filters: &[Filter], record: RecordIndex) -> bool {
        let holds = |filter: &Filter| self.holds(filter, record);
        let is_alternative = |name: &str| {
            let mut wanted = filters.iter().filter(|filter| filter.name == name && !filter.is_excluded).peekable();
            wanted.peek().is_none() || wanted.any(holds)
        };
        query::FILTERS.iter().all(|name| is_alternative(name)) && !filters.iter().any(|filter| filter.is_excluded && holds(filter))
    }

    fn holds(&self, filter: &Filter, index: RecordIndex) -> bool {
        let record = &self.handbook.records[index];
        let linked = &self.handbook.linked[index];
        let wanted = slug::fold(&filter.value);
        let is = |text: &str| slug::fold(text) == wanted;
        match filter.name {
            "kind" => is(record.kind.as_str()) || is(&self.config.kind(&record.kind).plural),
            "status" => linked.standing.status.as_ref().is_some_and(|status| is(&status.name)),
            "tag" => record.tags.iter().any(|tag| is(tag) || slug::name(tag) == wanted),
            "topic" => record.text("topic").is_some_and(|topic| is(topic) || slug::name(topic) == wanted),
            "author" => record.texts("authors").chain(record.texts("deciders")).any(is),
            "service" => record.texts("services").any(is),
            "owner" | "team" => {
                let team = linked.references.get("owner").map(|team| &self.handbook.records[*team]);
                record.text("owner").is_some_and(is) || team.is_some_and(|team| is(team.slug()) || is(&team.title))
            }
            _ => self.is_in_state(&wanted, index),
        }
    }

    fn is_in_state(&self, state: &str, index: RecordIndex) -> bool {
        let record = &self.handbook.records[index];
        let is_past =
            |field: Option<&Field>| matches!(field.map(|field| &field.value), Some(Value::Date(date)) if date.days_until(self.today) > 0);
        let debt = record.fields.get("debt").filter(|debt| debt.get("paid").is_none());
        let is_stale = is_past(record.fields.get("review_by"));
        match state {
            "debt" => debt.is_some(),
            "stale" => is_stale,
            _ => {
                let actions = record.fields.get("actions").map(Field::entries).unwrap_or_default();
                let is_open = |action: &&Field| action.get("state").is_none_or(|state| state.display() == "open");
                is_stale
                    || is_past(debt.and_then(|debt| debt.get("due")))
                    || actions.iter().filter(is_open).any(|action| is_past(action.get("due")))
            }
        }
    }

    /// Phrases that must be there are, words that must not be there are not.
    fn passes_text(&self, query: &Query, index: RecordIndex) -> bool {
        if query.phrases.is_empty() && query.excluded.is_empty() && query.title.is_empty() {
            return true;
        }
        let record = &self.handbook.records[index];
        let words = |text: &str| -> Vec<String> {
            let tokens = analysis::tokens(text).into_iter().filter(|token| token.kind == TokenKind::Word);
            tokens.map(|token| self.language.stem(&token.term).into_owned()).collect()
        };
        let title = words(&record.title);
        let contains =
            |words: &[String], phrase: &[String]| phrase.is_empty() || words.windows(phrase.len()).any(|window| window == phrase);
        let mut texts: Vec<Vec<String>> = vec![title.clone()];
        texts.extend(record.outline.sections.iter().flat_map(|section| [words(&section.title), words(&section.text)]));
        texts.extend(record.tags.iter().map(|tag| words(tag)));
        let is_there = |phrase: &String| texts.iter().any(|text| contains(text, &words(phrase)));
        query.phrases.iter().all(is_there)
            && !query.excluded.iter().any(is_there)
            && query.title.iter().all(|phrase| contains(&title, &words(phrase)))
    }

    fn passages(&self, hit: &Hit, terms: &[&str]) -> Vec<Passage> {
        let sections = &self.handbook.records[hit.record].outline.sections;
        let passage = |(section, _): &(usize, f64)| {
            let text = sections.get(*section).map_or("", |section| section.text.as_str());
            let text = if text.is_empty() { self.handbook.records[hit.record].summary() } else { text };
            Passage { section: *section, pieces: self.pieces(text, terms) }
        };
        hit.sections.iter().take(3).map(passage).collect()
    }

    /// Some of `text` around the first place where terms stand close together, cut at the terms.
    fn pieces(&self, text: &str, terms: &[&str]) -> Vec<(String, bool)> {
        let found: Vec<(usize, usize)> = analysis::tokens(text)
            .into_iter()
            .filter(|token| terms.contains(&self.language.stem(&token.term).as_ref()))
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
