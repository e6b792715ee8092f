//! All records, linked: complete and never changed. Made by `link`, lent to `index` and `render`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::kind::StatusType;
use crate::model::name::{Anchor, OutputPath, SourcePath};
use crate::model::record::Record;

/// A record's place in [`Handbook::records`].
pub type RecordIndex = usize;

/// The linked handbook. A copy costs little: what linking found is shared, so that a record whose links and name are the same
/// can be replaced by its next version.
#[derive(Clone, Debug, Default)]
pub struct Handbook {
    /// All records of the audience, ordered by path.
    pub records: Vec<Arc<Record>>,
    /// What linking found out about each of them, in the same order.
    pub linked: Arc<Vec<LinkedRecord>>,
    /// Records by kind, in the order of their lists; only kinds that have records.
    pub collections: Arc<Vec<Collection>>,
    /// Folders that have no page of their own, by path, and the root when it has none.
    pub folders: Arc<BTreeMap<String, Folder>>,
    /// Records by tag, ordered by the tag's address.
    pub tags: Arc<Vec<Tag>>,
    /// Old addresses and where they lead now.
    pub redirects: Arc<BTreeMap<OutputPath, RecordIndex>>,
    /// What is read before and after a record, where a table of contents says so.
    pub trails: Arc<BTreeMap<RecordIndex, Neighbours>>,
    /// Pictures and other files that records name, each with its place in the site.
    pub assets: Arc<BTreeMap<SourcePath, OutputPath>>,
}

/// What is read before and after a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Neighbours {
    /// Before.
    pub previous: Option<RecordIndex>,
    /// After.
    pub next: Option<RecordIndex>,
}

/// What linking found out about one record.
#[derive(Debug, Default)]
pub struct LinkedRecord {
    /// Where its page is.
    pub output: Option<OutputPath>,
    /// Where it stands, everything considered.
    pub standing: Standing,
    /// Where each link of its body leads, in the order of [`crate::model::section::Outline::links`].
    pub links: Vec<Destination>,
    /// Typed relations, seen from this record.
    pub relations: Vec<Relation>,
    /// What its relations name that is no record.
    pub unresolved: Vec<Unresolved>,
    /// Links of other records' bodies to this one.
    pub backlinks: Vec<Backlink>,
    /// Records that its reference fields name, by field path (`owner`, `actions[2].owner`).
    pub references: BTreeMap<String, RecordIndex>,
}

/// The far end of a relation that is no record of the handbook: a milestone, a change, a record of another log.
#[derive(Clone, Debug)]
pub struct Unresolved {
    /// The relation, as seen from the record.
    pub name: String,
    /// Its label.
    pub label: String,
    /// What the author names.
    pub text: String,
    /// Where the author's link to it leads, when that is another site.
    pub address: Option<String>,
}

/// Where a record stands: its own word, corrected by the records that replace it.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The status, when one of the kind's applies.
    pub status: Option<StatusType>,
    /// The author's words, when they say more than the status.
    pub note: Option<String>,
    /// The records that replace it and are in force (or were, before they were replaced in turn).
    pub superseded_by: Vec<RecordIndex>,
    /// The living ends of the chain of replacements.
    pub successors: Vec<RecordIndex>,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// To a record, or a section of it.
    Record(RecordIndex, Option<Anchor>),
    /// To the page of a folder.
    Folder(OutputPath),
    /// To a file beside the records.
    Asset(OutputPath),
    /// Out of the handbook, with a scheme that is safe to follow.
    External(String),
    /// Nowhere, and a diagnostic says why; the link's words are shown as text.
    Nowhere(String),
}

/// A typed relation, seen from one of its ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relation {
    /// Its name, or that of its inverse.
    pub name: String,
    /// For readers.
    pub label: String,
    /// The other end.
    pub target: RecordIndex,
}

/// A link seen from its target.
#[derive(Clone, Debug)]
pub struct Backlink {
    /// The record that links here.
    pub from: RecordIndex,
    /// Which of its links: an index into its [`crate::model::section::Outline::links`].
    pub link: usize,
}

/// All records of a kind, in the order of its list.
#[derive(Debug)]
pub struct Collection {
    /// An index into the configuration's kinds.
    pub kind: usize,
    /// Its records.
    pub records: Vec<RecordIndex>,
    /// The record whose page is the list's introduction: the README of the kind's folder.
    pub introduction: Option<RecordIndex>,
    /// The list's page.
    pub output: OutputPath,
}

/// Records of a list that are on one page.
pub const ROWS_MAX: usize = 300;

/// Pages that the list of `n_records` records takes.
pub fn n_parts(n_records: usize) -> usize {
    n_records.div_ceil(ROWS_MAX).max(1)
}

/// The address of part `part`, from 1, of the list at `output`.
pub fn part_path(output: &OutputPath, part: usize) -> OutputPath {
    let folder = output.as_str().trim_end_matches("index.html");
    if part == 1 { output.clone() } else { OutputPath::new(format!("{folder}part-{part}.html")) }
}

/// A folder of records.
#[derive(Debug, Default)]
pub struct Folder {
    /// Its page, when it has no record of its own as page.
    pub output: Option<OutputPath>,
    /// The record that is its page.
    pub index: Option<RecordIndex>,
    /// Records directly in it, in order, its own page aside.
    pub records: Vec<RecordIndex>,
    /// Paths of the folders directly in it, in order.
    pub folders: Vec<String>,
    /// Its name, where a team gave it one beside its path.
    pub label: Option<String>,
    /// Number of records in it and in the folders below it.
    pub n_below: usize,
}

/// A tag and its records.
#[derive(Debug)]
pub struct Tag {
    /// As most records write it.
    pub name: String,
    /// Its page.
    pub output: OutputPath,
    /// Its records, ordered by path.
    pub records: Vec<RecordIndex>,
}

impl Handbook {
    /// The address of a record's page.
    pub fn output(&self, record: RecordIndex) -> &OutputPath {
        self.linked[record].output.as_ref().expect("link gives every record an address")
    }
}
