//! What is searchable, and how it is found. [`Documents`] is the one definition of what a search sees; [`native`] holds
//! it in a tantivy index on disk; [`corpus`] weighs it into [`lists`], which [`rank`] scores; [`browser`] is what readers are
//! sent of it.
//!
//! Sections are indexed, records are ranked: a result is a record with its best passages.

pub mod analysis;
pub mod browser;
pub mod card;
pub mod completion;
pub mod corpus;
pub mod dictionary;
pub mod facts;
pub mod indexed;
pub mod kept;
pub mod list;
pub mod lists;
pub mod native;
pub mod numbers;
pub mod places;
pub mod postings;
pub mod query;
pub mod rank;
pub mod search;
pub mod spelling;
pub mod stem;
pub mod table;
pub mod written;

use std::collections::HashMap;

use rayon::prelude::*;

use crate::model::handbook::{Destination, Handbook, RecordIndex};
use crate::model::section::{Link, LinkForm};
use crate::model::source::ContentHash;

/// One section of one record, as search sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchDocument {
    /// The record.
    pub record: RecordIndex,
    /// Which of its sections: an index into its outline; 0 is there for every record.
    pub section: usize,
    /// The record's title; in its first document only.
    pub title: String,
    /// The section's heading.
    pub heading: String,
    /// The section's text; in the first document, the record's sentences from the front matter too.
    pub body: String,
    /// Tags, topic, number, names; in the first document only.
    pub keywords: String,
    /// The words of links that lead to the record; in the first document only.
    pub links: String,
    /// Neighbouring words of its code, as [`pairs`] makes them.
    pub pairs: Vec<String>,
    /// Everything by which the record is called, as [`name_key`] makes it; in the first document only.
    pub names: Vec<String>,
}

/// Links to one record whose words are indexed, at most.
const LINK_TEXTS_MAX: usize = 40;

/// A record as a search sees it, told from others and from how it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Of the record: a hash of its identity.
    pub key: u64,
    /// Of everything that its documents are made of.
    pub hash: u64,
}

/// The links whose words are indexed with the record that they lead to. Handbooks that differ in words alone have the same.
#[derive(Debug, Default)]
pub struct Mentions {
    /// By record: links to it with different words, in the order of the records that link: which record, and which of its links.
    of_record: Vec<Vec<(RecordIndex, usize)>>,
}

impl Mentions {
    /// Gathers them.
    pub fn of(handbook: &Handbook) -> Self {
        let declared = declared_addresses(handbook);
        let mentioned = |from: RecordIndex| {
            let links = &handbook.records[from].outline.links;
            let links = handbook.linked[from].links.iter().zip(links).enumerate();
            let target = |(number, (destination, link)): (usize, (&Destination, &Link))| {
                let target = match destination {
                    Destination::Record(target, _) => *target,
                    Destination::External(address) => *declared.get(without_fragment(address))?,
                    _ => return None,
                };
                (target != from && link.form != LinkForm::Image).then_some((target, number))
            };
            links.filter_map(target).collect::<Vec<_>>()
        };
        let mut all: Vec<Vec<(RecordIndex, usize)>> = vec![Vec::new(); handbook.records.len()];
        let found: Vec<_> = (0..handbook.records.len()).into_par_iter().map(mentioned).collect();
        for (from, mentions) in found.into_iter().enumerate() {
            for (target, link) in mentions {
                all[target].push((from, link));
            }
        }
        let distinct = |mentions: Vec<(RecordIndex, usize)>| {
            let mut known: Vec<&str> = Vec::new();
            let is_new = |mention: &(RecordIndex, usize)| {
                let text = text_of(handbook, *mention);
                let is_new = known.len() < LINK_TEXTS_MAX && !text.is_empty() && !known.contains(&text);
                known.extend(is_new.then_some(text));
                is_new
            };
            mentions.into_iter().filter(is_new).collect()
        };
        Self { of_record: all.into_par_iter().map(distinct).collect() }
    }

    /// The words of links to a record.
    fn texts<'a>(&self, handbook: &'a Handbook, record: RecordIndex) -> impl Iterator<Item = &'a str> {
        self.of_record[record].iter().map(|mention| text_of(handbook, *mention))
    }
}

/// The words of a link of a record.
fn text_of(handbook: &Handbook, (record, link): (RecordIndex, usize)) -> &str {
    handbook.records[record].outline.links[link].text.trim()
}

/// Makes the documents of records.
pub struct Documents<'a> {
    /// Their handbook.
    pub handbook: &'a Handbook,
    /// What its records say of each other.
    pub mentions: &'a Mentions,
}

impl Documents<'_> {
    /// What tells the documents of each record from others, without making them. `settings` is the hash of what records are
    /// read by.
    pub fn versions(&self, settings: ContentHash) -> Vec<Version> {
        (0..self.handbook.records.len()).into_par_iter().map(|record| self.version(record, settings)).collect()
    }

    fn version(&self, index: RecordIndex, settings: ContentHash) -> Version {
        let record = &self.handbook.records[index];
        // The source says everything, but of what others say, and of what is kept from an audience.
        let said = [keywords(self.handbook, index), sentences(self.handbook, index)];
        let names = [record.title.as_str()].into_iter().chain(record.texts("aliases")).chain(said.iter().map(String::as_str));
        let texts = names.chain(self.mentions.texts(self.handbook, index)).map(str::as_bytes);
        let hash = ContentHash::of_parts([settings.0.as_slice(), &record.source.hash.0].into_iter().chain(texts));
        Version { key: record_key(self.handbook, index), hash: hash.short() }
    }

    /// The documents of a record, in the order of its sections.
    pub fn of(&self, record: RecordIndex) -> Vec<SearchDocument> {
        let handbook = self.handbook;
        let outline = &handbook.records[record].outline;
        let mut documents: Vec<SearchDocument> = outline
            .sections
            .iter()
            .enumerate()
            .map(|(section, content)| SearchDocument {
                record,
                section,
                heading: if content.level > 1 { content.title.clone() } else { String::new() },
                body: content.text.clone(),
                pairs: content.code.iter().flat_map(|code| pairs(code)).collect(),
                ..SearchDocument::default()
            })
            .collect();
        if documents.is_empty() {
            documents.push(SearchDocument { record, ..SearchDocument::default() });
        }
        let first = &mut documents[0];
        first.title = handbook.records[record].title.clone();
        first.keywords = keywords(handbook, record);
        first.links = self.mentions.texts(handbook, record).collect::<Vec<_>>().join("\n");
        first.names = names(handbook, record);
        first.body = [sentences(handbook, record), std::mem::take(&mut first.body)].join("\n");
        documents
    }
}

/// Addresses elsewhere that belong to one record, since it names them in its head: its pull request, its discussion. Whoever
/// links there means the record. Of several that name one address, the record is meant whose number the address ends with.
fn declared_addresses<'a>(handbook: &'a Handbook) -> HashMap<&'a str, RecordIndex> {
    let declared_by = |index: RecordIndex| {
        let links = handbook.linked[index].links.iter().zip(&handbook.records[index].outline.links);
        let address = |(destination, link): (&'a Destination, &Link)| match destination {
            Destination::External(address) if link.section == 0 => Some((without_fragment(address), index)),
            _ => None,
        };
        links.filter_map(address).collect::<Vec<_>>()
    };
    let mut declared: HashMap<&str, Vec<RecordIndex>> = HashMap::new();
    for (address, index) in (0..handbook.records.len()).into_par_iter().flat_map_iter(declared_by).collect::<Vec<_>>() {
        declared.entry(address).or_default().push(index);
    }
    let is_numbered = |address: &str, record: RecordIndex| {
        let number = address.rsplit('/').next().and_then(|last| last.parse().ok());
        number.is_some() && handbook.records[record].number == number
    };
    let mut owned = HashMap::new();
    for (address, records) in declared {
        let numbered = records.iter().find(|record| is_numbered(address, **record));
        if let Some(owner) = numbered.or_else(|| records.first().filter(|_| records.len() == 1)) {
            owned.insert(address, *owner);
        }
    }
    owned
}

/// The number under which a record is in the index: a hash of its identity.
pub fn record_key(handbook: &Handbook, record: RecordIndex) -> u64 {
    ContentHash::of(handbook.records[record].id.as_str().as_bytes()).short()
}

fn without_fragment(address: &str) -> &str {
    address.split('#').next().unwrap_or(address)
}

/// Each two words that stand together in a piece of code, as one term; see [`analysis`] for what a word is.
pub fn pairs(code: &str) -> Vec<String> {
    let tokens = analysis::tokens(code);
    let words: Vec<&str> = tokens.iter().filter(|token| token.kind == analysis::TokenKind::Word).map(|token| token.term.as_str()).collect();
    words.windows(2).map(|pair| pair.join(" ")).collect()
}

/// What the front matter says in sentences.
fn sentences(handbook: &Handbook, record: RecordIndex) -> String {
    let record = &handbook.records[record];
    let spoken = ["summary", "statement", "mission", "problem", "impact", "in_systems", "in_teams"];
    spoken.iter().filter_map(|name| record.text(name)).collect::<Vec<_>>().join("\n")
}

fn keywords(handbook: &Handbook, index: RecordIndex) -> String {
    let record = &handbook.records[index];
    let mut words: Vec<String> = record.tags.clone();
    words.extend(["topic", "pattern", "owner", "severity"].iter().filter_map(|name| record.text(name)).map(str::to_owned));
    words.extend(["services", "areas"].iter().flat_map(|name| record.texts(name)).map(str::to_owned));
    if let Some(number) = record.number {
        words.extend([number.to_string(), format!("{} {number}", record.kind), format!("ADR-{number}")]);
    }
    words.push(record.path().stem().to_owned());
    words.join("\n")
}

/// Bytes of the longest name that is told exactly.
const NAME_BYTES_MAX: usize = 200;

/// Ends each word of a name, which no word has.
const NAME_MARK: char = '\u{3}';

/// The form in which the name of a record is looked up: its words, each with an end mark that no word has. Nothing for
/// what has no words, or is too long for a name.
pub fn name_key(name: &str) -> Option<String> {
    let mut key = String::new();
    for token in analysis::tokens(name).iter().filter(|token| token.kind == analysis::TokenKind::Word) {
        key.push_str(&token.term);
        key.push(NAME_MARK);
    }
    (!key.is_empty() && key.len() <= NAME_BYTES_MAX).then_some(key)
}

/// Title, path, slug, aliases, and the forms of its number.
fn names(handbook: &Handbook, index: RecordIndex) -> Vec<String> {
    let record = &handbook.records[index];
    let mut names: Vec<String> =
        vec![record.title.clone(), record.id.to_string(), record.path().stem().to_owned(), record.slug().to_owned()];
    names.extend(record.texts("aliases").map(str::to_owned));
    if let Some(number) = record.number {
        names.extend([format!("{number}"), format!("{number:04}")]);
        for prefix in ["adr", record.kind.as_str()] {
            names.extend([format!("{prefix} {number}"), format!("{prefix} {number:04}")]);
        }
    }
    let mut keys: Vec<String> = names.iter().filter_map(|name| name_key(name)).collect();
    keys.sort();
    keys.dedup();
    keys
}
