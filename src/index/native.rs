//! The documents in a tantivy index, in the cache folder or in memory. The one home of tantivy.
//!
//! The index is brought up to date by content hash: a record that is there in the same [`Version`] is not touched. What it
//! holds can be told from the index itself, so a process that is killed leaves either the old or the new state. An
//! index of another version, or one that can not be read, is made anew. Readers never take the writer's lock.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use tantivy::directory::MmapDirectory;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::Postings;
pub use tantivy::postings::TermInfo;
use tantivy::schema::{FAST, Field, IndexRecordOption, NumericOptions, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer};
use tantivy::{DocSet, Index, IndexReader, IndexWriter, ReloadPolicy, SegmentReader, TERMINATED, TantivyDocument, Term};

use crate::disk;
use crate::index::analysis::{self, TokenKind};
use crate::index::dictionary::Dictionary;
use crate::index::stem::Language;
use crate::index::{Documents, SearchDocument, Version, dictionary, written};
use crate::model::handbook::RecordIndex;

/// Changes whenever an index of an earlier program can not be used.
const VERSION: &str = "search-4";
/// Bytes of memory in which documents are gathered before they are written.
const WRITER_BYTES: usize = 50 * 1024 * 1024;
/// The same for a few records: the least that there is.
const SMALL_WRITER_BYTES: usize = 15_000_000;

/// Words of which it is kept in memory what they are indexed as.
const WORDS_MAX: usize = 100_000;

/// The searchable fields.
pub const FIELDS: [&str; 6] = ["title", "heading", "body", "keywords", "links", "pairs"];
/// The fields that hold words in a row; [`PAIRS`] follows them.
const TEXTS: usize = 5;
/// The field that holds pairs of words, each a term.
const PAIRS: usize = 5;
/// The field that holds words as they are written; it follows the searchable ones.
pub const SURFACE: usize = 6;
/// The field that holds names of records.
pub const NAMES: usize = 7;

/// An index and what is known of its documents.
pub struct SearchIndex {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    dictionary: Dictionary,
}

impl Fields {
    /// In the order of [`FIELDS`], then [`SURFACE`] and [`NAMES`].
    fn indexed(&self) -> [Field; 8] {
        let [title, heading, body, keywords, links, pairs] = self.text;
        [title, heading, body, keywords, links, pairs, self.surface, self.name]
    }
}

#[derive(Clone, Copy)]
struct Fields {
    text: [Field; 6],
    surface: Field,
    name: Field,
    record: Field,
    section: Field,
    hash: Field,
    key: Field,
}

/// One document of the index, as a search addresses it.
#[derive(Clone, Copy, Debug)]
pub struct Address {
    /// Of the record: see [`Version::key`](crate::index::Version::key).
    pub record: u64,
    /// Of the section.
    pub section: u64,
}

/// Why there is no index.
pub type IndexError = tantivy::TantivyError;

impl SearchIndex {
    /// The index of all records, which are there in these versions, kept in `cache` where that can be written, up to date.
    pub fn open(
        documents: &Documents<'_>,
        versions: &[Version],
        dictionary: &Dictionary,
        cache: Option<&Path>,
    ) -> Result<Self, IndexError> {
        if let Some(cache) = cache {
            let folder = cache.join(format!("{VERSION}-{}", dictionary.language.file_name()));
            let kept = || Self::in_folder(&folder, dictionary).and_then(|index| index.updated(documents, versions));
            match kept() {
                Ok(index) => return Ok(index),
                // Another process writes to it. What that process writes is not ours to remove.
                Err(IndexError::LockFailure(..)) => {}
                Err(_) => {
                    if disk::remove_folder(&folder).is_ok()
                        && let Ok(index) = kept()
                    {
                        return Ok(index);
                    }
                }
            }
        }
        Self::in_memory(dictionary)?.updated(documents, versions)
    }

    /// An index of some records alone, in memory.
    pub fn of_some(
        documents: &Documents<'_>,
        versions: &[Version],
        records: &[RecordIndex],
        dictionary: &Dictionary,
    ) -> Result<Self, IndexError> {
        Self::in_memory(dictionary)?.with_changes(&[], records, documents, versions, SMALL_WRITER_BYTES)
    }

    fn in_memory(dictionary: &Dictionary) -> Result<Self, IndexError> {
        let (schema, fields) = schema();
        Self::with(Index::create_in_ram(schema), fields, dictionary)
    }

    fn in_folder(folder: &Path, dictionary: &Dictionary) -> Result<Self, IndexError> {
        folder.parent().map_or(Ok(()), disk::make_cache_folder)?;
        disk::make_folders(folder)?;
        let (schema, fields) = schema();
        let index = Index::open_or_create(MmapDirectory::open(folder)?, schema)?;
        // A wrong byte would give wrong answers, and be found, if at all, in the middle of one.
        if let Some(damaged) = index.validate_checksum()?.into_iter().next() {
            return Err(IndexError::SystemError(format!("{} is damaged", damaged.display())));
        }
        Self::with(index, fields, dictionary)
    }

    fn with(index: Index, fields: Fields, dictionary: &Dictionary) -> Result<Self, IndexError> {
        index.tokenizers().register("handbook", TextAnalyzer::builder(Analysis::new(dictionary, false)).build());
        index.tokenizers().register("surface", TextAnalyzer::builder(Analysis::new(dictionary, true)).build());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { index, reader, fields, dictionary: dictionary.clone() })
    }

    /// Brings the index up to date; needs the writer's lock only when something changed.
    fn updated(self, documents: &Documents<'_>, versions: &[Version]) -> Result<Self, IndexError> {
        let mut stale: HashMap<u64, u64> = self.known()?;
        let is_new = |record: &RecordIndex| stale.remove(&versions[*record].key) != Some(versions[*record].hash);
        let changed: Vec<RecordIndex> = (0..versions.len()).filter(is_new).collect();
        if changed.is_empty() && stale.is_empty() {
            return Ok(self);
        }
        let outdated: Vec<u64> = stale.into_keys().chain(changed.iter().map(|record| versions[*record].key)).collect();
        self.with_changes(&outdated, &changed, documents, versions, WRITER_BYTES)
    }

    /// Takes the records of some keys out, and puts others in.
    fn with_changes(
        self,
        outdated: &[u64],
        changed: &[RecordIndex],
        documents: &Documents<'_>,
        versions: &[Version],
        writer_bytes: usize,
    ) -> Result<Self, IndexError> {
        let mut writer: IndexWriter = self.index.writer_with_num_threads(1, writer_bytes)?;
        for key in outdated {
            writer.delete_term(Term::from_field_text(self.fields.key, &key.to_string()));
        }
        for record in changed {
            for document in documents.of(*record) {
                writer.add_document(self.document(versions[*record], &document))?;
            }
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        self.reader.reload()?;
        Ok(self)
    }

    fn document(&self, Version { key, hash }: Version, document: &SearchDocument) -> TantivyDocument {
        let mut entry = TantivyDocument::default();
        let texts = [&document.title, &document.heading, &document.body, &document.keywords, &document.links];
        for (field, text) in self.fields.text.iter().zip(texts) {
            entry.add_text(*field, text);
        }
        entry.add_text(self.fields.surface, texts[..3].iter().map(|text| text.as_str()).collect::<Vec<_>>().join("\n"));
        entry.add_text(self.fields.surface, &document.keywords);
        if self.dictionary.language.needs_source() {
            // No word is found whose stem is neither told nor made.
            entry.add_text(self.fields.surface, &document.links);
        }
        for pair in &document.pairs {
            entry.add_text(self.fields.text[PAIRS], pair);
        }
        for name in &document.names {
            entry.add_text(self.fields.name, name);
        }
        entry.add_text(self.fields.key, key.to_string());
        entry.add_u64(self.fields.record, key);
        entry.add_u64(self.fields.section, document.section as u64);
        entry.add_u64(self.fields.hash, hash);
        entry
    }

    /// The records that the index holds, each with the hash of its documents.
    fn known(&self) -> Result<HashMap<u64, u64>, IndexError> {
        let mut known = HashMap::new();
        for segment in self.reader.searcher().segment_readers() {
            let records = segment.fast_fields().u64("record")?;
            let hashes = segment.fast_fields().u64("hash")?;
            for document in segment.doc_ids_alive() {
                if let (Some(record), Some(hash)) = (records.first(document), hashes.first(document)) {
                    known.insert(record, hash);
                }
            }
        }
        Ok(known)
    }

    /// The segments of the index as it is now.
    pub fn segments(&self) -> Result<Vec<Segment>, IndexError> {
        self.reader.searcher().segment_readers().iter().map(|reader| Segment::new(reader.clone(), self.fields)).collect()
    }
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = FIELDS.map(|name| {
        let indexing = TextFieldIndexing::default();
        let indexing = if name == FIELDS[PAIRS] {
            indexing.set_tokenizer("raw").set_index_option(IndexRecordOption::WithFreqs)
        } else {
            indexing.set_tokenizer("handbook").set_index_option(IndexRecordOption::WithFreqsAndPositions)
        };
        builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
    });
    let surface = TextFieldIndexing::default().set_tokenizer("surface").set_index_option(IndexRecordOption::Basic).set_fieldnorms(false);
    let surface = builder.add_text_field("surface", TextOptions::default().set_indexing_options(surface));
    let number = || NumericOptions::default() | FAST;
    let name = builder.add_text_field("name", STRING);
    let record = builder.add_u64_field("record", number());
    let section = builder.add_u64_field("section", number());
    let hash = builder.add_u64_field("hash", number());
    let key = builder.add_text_field("key", STRING);
    (builder.build(), Fields { text, surface, name, record, section, hash, key })
}

/// The chain of [`analysis`] as tantivy takes it: stems at their positions, or the words as they are written (see [`written`]).
#[derive(Clone)]
struct Analysis {
    language: Language,
    is_surface: bool,
    /// Stems in a row that are a term beside.
    phrases: Vec<Vec<String>>,
    /// What words that came before are indexed as: most words come again.
    known: HashMap<String, String>,
}

/// The tokens of one text, in one piece of memory.
#[derive(Default)]
struct Tokens {
    text: String,
    /// End in the text, place in the source, position.
    ends: Vec<(usize, Range<usize>, u32)>,
    next: usize,
    token: Token,
}

impl Analysis {
    fn new(dictionary: &Dictionary, is_surface: bool) -> Self {
        let phrases = if is_surface { Vec::new() } else { dictionary.phrases() };
        Self { language: dictionary.language, is_surface, phrases, known: HashMap::new() }
    }

    /// Appends what a word is indexed as: its stem, or itself, with its stem where the language asks for that.
    fn push_word(&mut self, term: &str, source: &str, text: &mut String) {
        if self.is_surface && !self.language.has_classes() {
            return text.push_str(term);
        }
        let known_by = if self.language.needs_source() { source } else { term };
        if let Some(known) = self.known.get(known_by) {
            return text.push_str(known);
        }
        let stem = self.language.stem(term, source);
        let made = if self.is_surface { written::key(term, &stem) } else { stem.into_owned() };
        text.push_str(&made);
        if self.known.len() < WORDS_MAX {
            self.known.insert(known_by.to_owned(), made);
        }
    }
}

impl Tokenizer for Analysis {
    type TokenStream<'a> = Tokens;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Tokens {
        let mut tokens = Tokens::default();
        let mut words = Vec::new();
        tokens.text.reserve(text.len());
        analysis::for_each_token(text, |token| {
            match token.kind {
                TokenKind::Whole => tokens.text.push_str(token.term),
                TokenKind::Word => self.push_word(token.term, &text[token.start..token.end], &mut tokens.text),
            }
            let is_word = token.kind == TokenKind::Word;
            tokens.ends.push((tokens.text.len(), token.start..token.end, token.position));
            if is_word && !self.phrases.is_empty() {
                words.push(tokens.ends.len() - 1);
                tokens.push_phrases(&self.phrases, &words);
            }
        });
        tokens
    }
}

impl Tokens {
    /// Adds the phrases that the last of some words ends, as wholes: at the position of their first word.
    fn push_phrases(&mut self, phrases: &[Vec<String>], words: &[usize]) {
        for phrase in phrases {
            let Some(begin) = words.len().checked_sub(phrase.len()) else { continue };
            let words = &words[begin..];
            if words.iter().zip(phrase).all(|(word, stem)| self.text(*word) == stem) {
                let (first, last) = (&self.ends[words[0]], &self.ends[words[words.len() - 1]]);
                let (source, position) = (first.1.start..last.1.end, first.2);
                self.text.push_str(&dictionary::term(phrase));
                self.ends.push((self.text.len(), source, position));
            }
        }
    }

    /// The text of a token, by its number.
    fn text(&self, number: usize) -> &str {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before].0);
        &self.text[start..self.ends[number].0]
    }
}

impl TokenStream for Tokens {
    fn advance(&mut self) -> bool {
        let Some((end, source, position)) = self.ends.get(self.next) else { return false };
        let start = self.next.checked_sub(1).map_or(0, |before| self.ends[before].0);
        self.token.text.clear();
        self.token.text.push_str(&self.text[start..*end]);
        (self.token.offset_from, self.token.offset_to) = (source.start, source.end);
        self.token.position = *position as usize;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

/// One segment of an index: a part of the documents, with everything that scoring asks of them.
pub struct Segment {
    reader: SegmentReader,
    /// In the order of [`FIELDS`], then [`SURFACE`] and [`NAMES`].
    inverted: [Arc<tantivy::InvertedIndexReader>; 8],
    norms: [FieldNormReader; 6],
}

impl Segment {
    fn new(reader: SegmentReader, fields: Fields) -> Result<Self, IndexError> {
        let inverted: Vec<_> = fields.indexed().iter().map(|field| reader.inverted_index(*field)).collect::<Result<_, _>>()?;
        let norms: Vec<_> = fields.text.iter().map(|field| reader.get_fieldnorms_reader(*field)).collect::<Result<_, _>>()?;
        let inverted = inverted.try_into().unwrap_or_else(|_| unreachable!("there is a reader for each field"));
        let norms = norms.try_into().unwrap_or_else(|_| unreachable!("there is a reader for each field"));
        Ok(Self { inverted, norms, reader })
    }

    /// The number of documents, deleted ones included: documents are numbered from 0 up to it.
    pub fn n_documents(&self) -> u32 {
        self.reader.max_doc()
    }

    /// The addresses of the living documents.
    pub fn addresses(&self) -> Result<Vec<(u32, Address)>, IndexError> {
        let records = self.reader.fast_fields().u64("record")?;
        let sections = self.reader.fast_fields().u64("section")?;
        let address = |document| Some((document, Address { record: records.first(document)?, section: sections.first(document)? }));
        Ok(self.reader.doc_ids_alive().filter_map(address).collect())
    }

    /// The lengths of the searchable fields of a document, each as [`length_of`] takes it.
    pub fn lengths(&self, document: u32) -> [u8; 6] {
        std::array::from_fn(|field| self.norms[field].fieldnorm_id(document))
    }

    /// Tells of each document that has a term in a field: how often, and where, if positions are kept of the field.
    pub fn postings(&self, field: usize, term: &TermInfo, mut visit: impl FnMut(u32, u32, &[u32])) -> Result<(), IndexError> {
        let wanted = if field < TEXTS { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::WithFreqs };
        let mut positions = Vec::new();
        let mut postings = self.inverted[field].read_postings_from_terminfo(term, wanted)?;
        while postings.doc() != TERMINATED {
            if field < TEXTS {
                postings.positions(&mut positions);
            }
            visit(postings.doc(), postings.term_freq(), &positions);
            postings.advance();
        }
        Ok(())
    }

    /// Tells of each term of a field, and of where the index holds it.
    pub fn terms(&self, field: usize, mut visit: impl FnMut(&str, &TermInfo)) -> Result<(), IndexError> {
        let mut terms = self.inverted[field].terms().stream()?;
        while terms.advance() {
            if let Ok(term) = std::str::from_utf8(terms.key()) {
                visit(term, terms.value());
            }
        }
        Ok(())
    }
}

/// How many tokens a field has by what the index keeps of it: exact up to 40, then in steps.
pub fn length_of(kept: u8) -> u32 {
    FieldNormReader::id_to_fieldnorm(kept)
}
