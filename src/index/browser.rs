//! What a reader is sent of the index: files that a browser loads as a query needs them.
//!
//! ```text
//! search/directory.js        what there is: read first
//! search/HASH/tN.js          terms with postings         (shards)
//! search/HASH/pN.js          words with their places     (shards): for phrases and exclusions
//! search/HASH/wN.js          words by first letter       (this file): for misspelt words
//! search/HASH/cN.js          cards of records            (cards): for results in view
//! search/HASH/facts.js       values and dates of records (this file): for filters and facets
//! ```
//!
//! HASH is that of all of them, so that a reader never gets files of two builds; no page names it, so that an edit changes one
//! page, and no file, so that those that say the same in two builds are the same. Each is a script, since a page that is opened
//! from disk may read nothing else: `handbookSearch("tN","...")`, in quotes its content, written in [`text`]: that of a `t` is [`packed`],
//! that of all others deflated. `t` and `p` hold bytes, `w` lines of a word and, if it is not one, the number of documents that have it; the others hold JSON:
//!
//! ```text
//! directory = { folder: HASH, language: the tag of one that words are stemmed in | "", records, documents, cardsPerFile, terms: [where each t begins], places: [where each p begins],
//!               words: [first word of each w], factors: [factor], factorOf: [index of a factor, number of records it goes on for]*,
//!               synonyms: [[term]], kinds: [{ name, label, icon }], statuses: [{ name, label, colour, meaning }] }
//! facts     = { columns: [{ values: [[label, key*]], of: [[index of a value]] }], dates, reviews, dues: ["" | "YYYY-MM-DD"], debts: [record] }
//! ```
//!
//! All of it is in the order of records, from the living documents of all segments: it depends neither on threads nor on
//! what the index held before.

mod cards;
mod coder;
mod packed;
mod shards;
pub mod text;

use std::borrow::Cow;
use std::io::Write;
use std::sync::Arc;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::calendar::Date;
use crate::config::Config;
use crate::index::browser::shards::{Places, Size};
use crate::index::dictionary::Dictionary;
use crate::index::facts::Facts;
use crate::index::lists::Lists;
use crate::index::spelling::is_meant;
use crate::model::handbook::Handbook;
use crate::model::kind::StatusType;
use crate::model::name::OutputPath;
use crate::model::output::{OutputFile, Turn};
use crate::model::source::ContentHash;

/// What is read first.
const DIRECTORY: &str = "directory";
// With the cards, these are 2,000 files at most. Every search reads two or three shards of terms, and five cards; hardly one reads
// places.
const TERM_SHARDS: Size = Size { bytes: 5_000, n_max: 1_060 };
const PLACE_SHARDS: Size = Size { bytes: 30_000, n_max: 100 };
/// Bytes of a list of words, about.
const WORD_LIST_BYTES: usize = 8_000;

/// Statuses that occur, numbered as they come.
#[derive(Default)]
pub struct Statuses {
    known: Vec<StatusType>,
}

impl Statuses {
    fn index(&mut self, status: &StatusType) -> usize {
        self.known.iter().position(|known| known == status).unwrap_or_else(|| {
            self.known.push(status.clone());
            self.known.len() - 1
        })
    }
}

/// A file before it is made smaller.
pub struct Content {
    /// Where it goes.
    pub path: OutputPath,
    /// Of all that it is made of: files with one hash are the same, whatever their paths are.
    pub hash: ContentHash,
    name: String,
    said: Said,
}

/// What a file says, before it is made smaller.
enum Said {
    /// Lists of terms, which are packed.
    Terms(Vec<u8>),
    /// Where words stand.
    Places(Places),
    /// Anything else.
    Text(Vec<u8>),
}

/// The search data of `handbook`, from its lists.
pub fn contents(handbook: &Handbook, config: &Config, lists: &Arc<Lists>, facts: &Facts) -> Vec<Content> {
    let dictionary = Dictionary::of(config);
    let mut statuses = Statuses::default();
    let ((terms, (places, (first_words, word_lists))), ((cards_per_file, cards), facts_text)) = rayon::join(
        || rayon::join(|| shards::of_terms(lists, TERM_SHARDS), || (shards::of_places(lists, PLACE_SHARDS), word_lists(lists))),
        || rayon::join(|| cards::files(handbook, config, &mut statuses), || facts_json(facts).to_string()),
    );
    let mut directory = json!({
        "language": dictionary.language.tag(),
        "records": handbook.records.len(),
        "documents": lists.n_documents(),
        "cardsPerFile": cards_per_file,
        "terms": terms.iter().map(|shard| shard.begin.as_str()).collect::<Vec<_>>(),
        "places": places.iter().map(|shard| shard.begin.as_str()).collect::<Vec<_>>(),
        "words": first_words,
        "factors": distinct(&facts.factors),
        "factorOf": runs(&facts.factors),
        "synonyms": dictionary.synonym_terms(),
        "kinds": config.kinds.iter().map(|kind| json!({"name": kind.name.as_str(), "label": kind.label, "icon": kind.icon})).collect::<Vec<_>>(),
        "statuses": statuses.known.iter().map(status).collect::<Vec<_>>(),
    });
    let mut contents = vec![("facts".to_owned(), Said::Text(facts_text.into_bytes()))];
    let mut add = |prefix: &str, files: Vec<Said>| {
        contents.extend(files.into_iter().enumerate().map(|(number, said)| (format!("{prefix}{number}"), said)));
    };
    add("t", terms.into_iter().map(|shard| Said::Terms(shard.content)).collect());
    add("p", places.into_iter().map(|shard| Said::Places(shard.content)).collect());
    add("w", word_lists.into_iter().map(|list| Said::Text(list.into_bytes())).collect());
    add("c", cards.into_iter().map(Said::Text).collect());
    // The directory names no file but by the hash of all, so its own content is part of that.
    let hashes: Vec<ContentHash> = contents.par_iter().map(|(name, said)| said.hash(config, name)).collect();
    let parts = hashes.iter().map(|hash| hash.0.as_slice());
    let folder = ContentHash::of_parts(parts.chain([directory.to_string().as_bytes()])).hex()[..10].to_owned();
    directory["folder"] = folder.as_str().into();
    let directory = Said::Text(directory.to_string().into_bytes());
    let first = Content {
        path: OutputPath::new(format!("search/{DIRECTORY}.js")),
        hash: directory.hash(config, DIRECTORY),
        name: DIRECTORY.to_owned(),
        said: directory,
    };
    let content = |((name, said), hash): ((String, Said), ContentHash)| {
        let path = OutputPath::new(format!("search/{folder}/{name}.js"));
        Content { path, hash, name, said }
    };
    std::iter::once(first).chain(contents.into_iter().zip(hashes).map(content)).collect()
}

impl Said {
    /// Of what a file says under which name, and of the program that writes it.
    fn hash(&self, config: &Config, name: &str) -> ContentHash {
        let known = [config.hash.0.as_slice(), name.as_bytes()];
        match self {
            Self::Terms(bytes) | Self::Text(bytes) => ContentHash::of_parts(known.into_iter().chain([bytes.as_slice()])),
            Self::Places(places) => ContentHash::of_parts(known.into_iter().chain(places.parts())),
        }
    }
}

impl Content {
    /// What it says, before it is made smaller.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match &self.said {
            Said::Terms(bytes) | Said::Text(bytes) => bytes.into(),
            Said::Places(places) => places.bytes().into(),
        }
    }

    /// The bytes of the file.
    pub fn script(&self) -> Vec<u8> {
        let [begin, end] = [format!("handbookSearch(\"{}\",\"", self.name), "\");\n".to_owned()];
        let is_packed = matches!(self.said, Said::Terms(_));
        let content = if is_packed { packed::packed(&self.bytes()) } else { deflated(&self.bytes()) };
        [begin.into_bytes(), text::encode(&content), end.into_bytes()].concat()
    }

    /// When it is put in place.
    pub fn turn(&self) -> Turn {
        if self.name == DIRECTORY { Turn::Directory } else { Turn::Data }
    }

    /// The file.
    pub fn file(&self) -> OutputFile {
        OutputFile { path: self.path.clone(), bytes: self.script(), turn: self.turn() }
    }
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(bytes.len() / 2), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory can be written")
}

/// The words that a misspelt one may be meant as: the first word of each list, and the lists. All words of one first letter
/// are in one.
fn word_lists(lists: &Lists) -> (Vec<String>, Vec<String>) {
    let (mut firsts, mut texts): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut letter = None;
    for (word, count) in lists.words("").filter(|(word, _)| is_meant(word)) {
        let is_new_letter = letter != word.chars().next();
        letter = word.chars().next();
        if texts.last().is_none_or(|list| is_new_letter && list.len() > WORD_LIST_BYTES) {
            firsts.push(word.to_owned());
            texts.push(String::new());
        }
        if let Some(list) = texts.last_mut() {
            list.push_str(word);
            if count > 1 {
                list.push_str(&format!(" {count}"));
            }
            list.push('\n');
        }
    }
    (firsts, texts)
}

fn distinct(factors: &[f64]) -> Vec<f64> {
    let mut distinct: Vec<f64> = factors.to_vec();
    distinct.sort_by(f64::total_cmp);
    distinct.dedup();
    distinct
}

/// Which factor, and how many records it goes on for.
fn runs(factors: &[f64]) -> Vec<usize> {
    let distinct = distinct(factors);
    let index = |factor: f64| distinct.iter().position(|known| *known == factor).unwrap_or_default();
    factors.chunk_by(|a, b| a == b).flat_map(|run| [index(run[0]), run.len()]).collect()
}

fn status(status: &StatusType) -> Value {
    json!({"name": status.name, "label": status.label, "colour": status.colour, "meaning": status.meaning.as_str()})
}

fn facts_json(facts: &Facts) -> Value {
    let columns = facts.columns.iter().map(|column| {
        let values = column.values.iter().map(|value| std::iter::once(&value.label).chain(&value.keys).collect::<Vec<_>>());
        json!({"values": values.collect::<Vec<_>>(), "of": column.of_record})
    });
    let days =
        |dates: &[Option<Date>]| dates.iter().map(|date| date.map_or_else(String::new, |date| date.first_day().iso())).collect::<Vec<_>>();
    let debts: Vec<usize> = facts.debts.iter().enumerate().filter(|(_, has_debt)| **has_debt).map(|(record, _)| record).collect();
    json!({
        "columns": columns.collect::<Vec<_>>(),
        "dates": days(&facts.dates),
        "reviews": days(&facts.reviews),
        "dues": days(&facts.dues),
        "debts": debts,
    })
}
