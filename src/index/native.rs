//! The documents in a tantivy index, in the cache folder or in memory. The one home of tantivy.
//!
//! The index is brought up to date by content hash: a record that is there in the same [`Version`] is not touched. What it
//! holds can be told from the index itself, so a process that is killed leaves either the old or the new state. An
//! index of another version, or one that can not be read, is made anew. Readers never take the writer's lock.

use std::collections::HashMap;
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
use crate::index::dictionary::Dictionary;
use crate::index::{Documents, SearchDocument, Version, indexed};
use crate::model::handbook::RecordIndex;

/// Changes whenever an index of an earlier program can not be used.
const VERSION: &str = "search-4";
/// Bytes of memory in which documents are gathered before they are written.
const WRITER_BYTES: usize = 50 * 1024 * 1024;
/// The same for a few records: the least that there is.
const SMALL_WRITER_BYTES: usize = 15_000_000;

/// What tantivy calls the tokenizer of [`Rows`].
const ROWS: &str = "rows";

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
        index.tokenizers().register(ROWS, TextAnalyzer::builder(Rows).build());
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
        let mut reader = indexed::Reader::new(&self.dictionary);
        for record in changed {
            for document in documents.of(*record) {
                writer.add_document(self.document(versions[*record], &document, &mut reader))?;
            }
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        self.reader.reload()?;
        Ok(self)
    }

    fn document(&self, Version { key, hash }: Version, document: &SearchDocument, reader: &mut indexed::Reader) -> TantivyDocument {
        let mut entry = TantivyDocument::default();
        let mut written = String::new();
        let texts = [&document.title, &document.heading, &document.body, &document.keywords, &document.links];
        reader.begin_document();
        for (field, text) in self.fields.text.iter().zip(texts) {
            let rows = reader.read(text);
            entry.add_text(*field, rows.stems);
            // Links are the words of others. Yet no word is found whose stem is neither told nor made.
            if !std::ptr::eq(text, &document.links) || self.dictionary.language.needs_source() {
                written.push_str(&rows.written);
            }
        }
        entry.add_text(self.fields.surface, written);
        entry.add_text(self.fields.text[PAIRS], indexed::row(&document.pairs));
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
        let has_positions = name != FIELDS[PAIRS];
        let option = if has_positions { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::WithFreqs };
        let indexing = TextFieldIndexing::default().set_tokenizer(ROWS).set_index_option(option);
        builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
    });
    let surface = TextFieldIndexing::default().set_tokenizer(ROWS).set_index_option(IndexRecordOption::Basic).set_fieldnorms(false);
    let surface = builder.add_text_field("surface", TextOptions::default().set_indexing_options(surface));
    let number = || NumericOptions::default() | FAST;
    let name = builder.add_text_field("name", STRING);
    let record = builder.add_u64_field("record", number());
    let section = builder.add_u64_field("section", number());
    let hash = builder.add_u64_field("hash", number());
    let key = builder.add_text_field("key", STRING);
    (builder.build(), Fields { text, surface, name, record, section, hash, key })
}

/// Takes apart what [`indexed`] made of a text.
#[derive(Clone)]
struct Rows;

/// The tokens of a row.
struct RowTokens<'a> {
    tokens: indexed::Tokens<'a>,
    token: Token,
}

impl Tokenizer for Rows {
    type TokenStream<'a> = RowTokens<'a>;

    fn token_stream<'a>(&'a mut self, row: &'a str) -> RowTokens<'a> {
        RowTokens { tokens: indexed::Tokens::of(row), token: Token::default() }
    }
}

impl TokenStream for RowTokens<'_> {
    fn advance(&mut self) -> bool {
        let Some((term, position)) = self.tokens.next() else { return false };
        self.token.text.clear();
        self.token.text.push_str(term);
        self.token.position = position as usize;
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
