//! A record: what an author wrote in one file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::calendar::{Date, Moment};
use crate::model::field::Field;
use crate::model::name::{KindName, OutputPath, RecordId, SourcePath};
use crate::model::reading::Reading;
use crate::model::section::Outline;
use crate::model::source::SourceFile;

/// One Markdown file, read: made by `parse` from this file alone, then shared and never changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// Its identity.
    pub id: RecordId,
    /// The text that it was read from. It is not kept with the record: whoever reads one back has the text at hand.
    #[serde(skip, default = "SourceFile::absent")]
    pub source: Arc<SourceFile>,
    /// What it is.
    pub kind: KindName,
    /// Its name.
    pub title: String,
    /// Where its page wants to be. `link` decides, since two files may want the same place.
    pub output: OutputPath,
    /// Its number, where its kind has numbers.
    pub number: Option<i64>,
    /// Where it stands, as its author wrote it.
    pub status: Option<WrittenStatus>,
    /// The day it is about.
    pub date: Option<Date>,
    /// The typed front matter, relations aside, by the declared names of the fields.
    pub fields: BTreeMap<String, Field>,
    /// References to other records in the front matter, under the relation or the inverse that they are written as.
    pub relations: Vec<WrittenRelation>,
    /// Words to find it by.
    pub tags: Vec<String>,
    /// Who may read it: an index into the configuration's list of audiences.
    pub audience: usize,
    /// Not yet meant to be read.
    pub draft: bool,
    /// Place among its neighbours, in thousandths of what is written.
    pub weight: Option<i64>,
    /// The Markdown, in bytes of the source.
    pub body: Range<usize>,
    /// How it is read, for its outline and its page alike.
    pub markdown: MarkdownOptions,
    /// What the Markdown consists of.
    pub outline: Outline,
    /// How the file was read.
    pub reading: Reading,
    /// Whether the front matter could not be read, so that the record is less than its author wrote.
    pub is_broken: bool,
}

/// How the Markdown of a record is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkdownOptions {
    /// HTML is passed on; else what can harm nobody is shown as what it means, and the rest as text.
    pub raw_html: bool,
    /// `$...$` is a formula.
    pub math: bool,
}

/// A status as it is written, and the status of the kind that it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenStatus {
    /// The name of a status that the kind declares; `None` when the words fit none.
    pub name: Option<String>,
    /// The words of the author.
    pub written: String,
    /// Where they stand, in bytes of the source.
    pub span: Range<usize>,
}

/// A relation as it is written at one of its ends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct WrittenRelation {
    /// The name of the relation, or of its inverse.
    pub name: String,
    /// The other record, as written.
    pub target: String,
    /// Where that stands, in bytes of the source.
    pub span: Range<usize>,
    /// Words of running text that may be the name of a record, or none: they are no mistake when nothing is called so.
    pub is_phrase: bool,
}

impl WrittenRelation {
    /// What is written, wherever that stands.
    fn words(&self) -> (&str, &str, bool) {
        (&self.name, &self.target, self.is_phrase)
    }
}

impl Record {
    /// Where it was read from.
    pub fn path(&self) -> &SourcePath {
        &self.source.path
    }

    /// The file in which it stands: its path, unless others stand there too.
    pub fn file(&self) -> &SourcePath {
        self.source.file()
    }

    /// The text of field `name`, when it is there and is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Field::text)
    }

    /// The texts of the list field `name`.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.get(name).map(Field::entries).unwrap_or_default().iter().filter_map(Field::text)
    }

    /// The date in field `name`.
    pub fn date_field(&self, name: &str) -> Option<Date> {
        self.fields.get(name)?.date()
    }

    /// The moment in field `name`.
    pub fn moment(&self, name: &str) -> Option<Moment> {
        self.fields.get(name)?.moment()
    }

    /// One or two sentences that stand for it in lists: the summary, else a leading field, else its first paragraph.
    pub fn summary(&self) -> &str {
        ["summary", "statement", "mission", "problem", "impact"].iter().find_map(|name| self.text(name)).unwrap_or(&self.outline.lead)
    }

    /// Whether linking finds the same for both, so that one can take the other's place: two versions of a file of which
    /// only the words changed.
    pub fn links_alike(&self, other: &Self) -> bool {
        let status = |record: &Self| record.status.as_ref().map(|status| (status.name.clone(), status.written.clone()));
        let ours = (&self.id, &self.kind, &self.title, &self.output, self.number, status(self), self.date, &self.tags);
        let theirs = (&other.id, &other.kind, &other.title, &other.output, other.number, status(other), other.date, &other.tags);
        let is_alike = |(ours, theirs): ((&String, &Field), (&String, &Field))| ours.0 == theirs.0 && ours.1.is_alike(theirs.1);
        ours == theirs
            && (self.audience, self.draft, self.weight, self.is_broken) == (other.audience, other.draft, other.weight, other.is_broken)
            && self.fields.len() == other.fields.len()
            && self.fields.iter().zip(&other.fields).all(is_alike)
            && self.relations.iter().map(WrittenRelation::words).eq(other.relations.iter().map(WrittenRelation::words))
            && self.outline.links_alike(&other.outline)
            && self.reading.is_alike(&other.reading)
    }

    /// The last part of its path, without the ending; a folder's own page is called by its folder.
    pub fn slug(&self) -> &str {
        slug(self.path())
    }
}

/// The last part of `path`, without the ending; a folder's own page is called by its folder.
pub fn slug(path: &SourcePath) -> &str {
    match (path.is_index(), path.folder()) {
        (true, folder) if !folder.is_empty() => folder.rsplit('/').next().unwrap_or(folder),
        _ => path.stem(),
    }
}
