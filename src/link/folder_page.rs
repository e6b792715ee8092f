//! Which record is the page of its folder, where several could be: a documentation tool's `index.md` goes before the
//! `README.md` that the host of the repository shows, as Docusaurus, MkDocs and Hugo have it.

use std::collections::HashMap;
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
        Self(pages.into_iter().map(|(folder, (_, index))| (folder, index)).collect())
    }

    /// The page of `folder`.
    pub fn page(&self, folder: &str) -> Option<RecordIndex> {
        self.0.get(folder).copied()
    }

    /// Whether `record` could be the page of its folder, and another one is.
    pub fn is_beside(&self, index: RecordIndex, record: &Record) -> bool {
        record.path().is_index() && self.page(record.path().folder()) != Some(index)
    }
}
