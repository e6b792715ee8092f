//! What version control knows of the files: who changed them, when, how often.

use std::collections::BTreeMap;

use crate::calendar::Date;
use crate::model::name::SourcePath;

/// The past of all files that have one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// By the path that the file has now.
    pub files: BTreeMap<SourcePath, FileHistory>,
}

/// The past of one file, under all names that it had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileHistory {
    /// The day on which it was first there; unknown where the history is cut off.
    pub created: Option<Date>,
    /// The day of the last change to its text; unknown where that lies before the cut.
    pub changed: Option<Date>,
    /// Who changed it, the latest first, each once.
    pub authors: Vec<String>,
    /// How often its text was changed, its first version included.
    pub n_changes: usize,
    /// The latest changes, newest first, at most [`LATEST_MAX`].
    pub latest: Vec<Change>,
    /// Whether the clone holds only the later part of it, so that there may be more than is told here.
    pub is_cut: bool,
}

/// Changes of a file that are kept one by one.
pub const LATEST_MAX: usize = 5;

/// One change of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The commit.
    pub commit: String,
    /// The day on which its author made it.
    pub date: Option<Date>,
    /// Who made it.
    pub author: String,
    /// What its author says of it, in one line.
    pub subject: String,
}

/// How much of the past a page tells, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HistoryDetail {
    /// Nothing.
    None,
    /// Days and the number of changes.
    Dates,
    /// The names of those who made them too.
    Authors,
    /// What they said of them too.
    Full,
}

impl HistoryDetail {
    /// All of them, by the names that the settings use.
    pub const NAMES: [(&'static str, Self); 4] =
        [("none", Self::None), ("dates", Self::Dates), ("authors", Self::Authors), ("full", Self::Full)];
}
