//! Which record is the page of its folder, where several could be: a documentation tool's `index.md` goes before the
//! `README.md` that the host of the repository shows, as Docusaurus, MkDocs and Hugo have it. What is left of a file with several
//! records is the page of the folder in which they seem to be.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::model::handbook::RecordIndex;
use crate::model::record::Record;

/// The pages of folders, by the folder's path.
pub struct FolderPages<'a>(HashMap<&'a str, RecordIndex>);

impl<'a> FolderPages<'a> {
    /// The pages of the folders in which `records` lie; of two that have an equal claim, the first has it.
    pub fn of(records: &'a [Arc<Record>]) -> Self {
        let mut pages: HashMap<&str, (usize, RecordIndex)> = HashMap::new();
        for (index, record) in records.iter().enumerate() {
            let Some(rank) = record.path().index_rank() else { continue };
            let page = pages.entry(record.path().folder()).or_insert((rank, index));
            if rank < page.0 {
                *page = (rank, index);
            }
        }
        let mut pages: HashMap<&str, RecordIndex> = pages.into_iter().map(|(folder, (_, index))| (folder, index)).collect();
        let parts = || records.iter().filter_map(|record| Some((record, record.source.part.as_ref()?)));
        let with_parts: HashSet<&str> = parts().filter(|(_, part)| part.kind.is_some()).map(|(record, _)| record.path().folder()).collect();
        for (index, record) in records.iter().enumerate() {
            let Some(folder) = folder_of_parts(record).filter(|folder| with_parts.contains(folder)) else { continue };
            pages.entry(folder).or_insert(index);
        }
        Self(pages)
    }

    /// The page of `folder`.
    pub fn page(&self, folder: &str) -> Option<RecordIndex> {
        self.0.get(folder).copied()
    }

    /// The folder whose page is the record at `index`.
    pub fn folder<'r>(&self, index: RecordIndex, record: &'r Record) -> Option<&'r str> {
        let is_page_of = |folder: &&str| self.page(folder) == Some(index);
        Some(record.path().folder()).filter(is_page_of).or_else(|| folder_of_parts(record).filter(is_page_of))
    }

    /// Whether `record` could be the page of its folder, and another one is.
    pub fn is_beside(&self, index: RecordIndex, record: &Record) -> bool {
        record.path().is_index() && self.page(record.path().folder()) != Some(index)
    }
}

/// The folder in which the records of a file seem to be, for what is left of it: `docs/DECISIONS` for `docs/DECISIONS.md`.
fn folder_of_parts(record: &Record) -> Option<&str> {
    let is_rest = record.source.part.as_ref().is_some_and(|part| part.kind.is_none());
    record.path().as_str().rsplit_once('.').map(|(folder, _)| folder).filter(|_| is_rest)
}
