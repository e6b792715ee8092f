//! Tells whether anything that was read has changed since, without reading it again.
//!
//! A file is told by its stamp, which the system keeps: one that was touched, replaced or edited has another, whatever its
//! length and its time say. A folder is told by the names in it. Where the system keeps no stamps, everything counts as changed.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::link::navigation::PAGES;
use crate::model::source::ContentHash;

/// What tells a file from what it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    inode: u64,
    length: u64,
    /// Seconds and nanoseconds of the last change of content, and of anything at all: no program sets the latter.
    modified: (i64, i64),
    changed: (i64, i64),
}

/// What a reading came across.
#[derive(Clone, Debug)]
pub struct Seen {
    /// When it began.
    pub begun: SystemTime,
    /// The folders that were walked through, with the names in them, those aside that mean nothing.
    pub folders: BTreeMap<PathBuf, Vec<OsString>>,
    /// What lay in them and is no folder: files that can not be read may be mended, and links may give way to files.
    pub files: BTreeSet<PathBuf>,
}

/// What was read, and how it was told from others then.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    /// Files, and what might have been there and was not.
    files: Vec<(PathBuf, Option<Stamp>)>,
    /// Folders, each with the hash of the names in it.
    folders: Vec<(PathBuf, [u8; 16])>,
}

/// Time within which two changes of a file may get the same stamp: clocks of file systems tick a hundred times a second.
const TICK: Duration = Duration::from_millis(20);
/// Links that lead to each other, after which systems give up.
const LINKS_MAX: usize = 40;

impl Default for Seen {
    /// Nothing, and before any file was written: there is nothing to tell of what was read without this.
    fn default() -> Self {
        Self { begun: UNIX_EPOCH, folders: BTreeMap::new(), files: BTreeSet::new() }
    }
}

impl Stamp {
    /// The stamp of what lies at `path`, if anything does; where links lead is not looked at.
    pub fn of(path: &Path) -> Option<Self> {
        Some(Self::and_link(path)?.0)
    }

    /// The stamp, and whether it is of a link.
    #[cfg(unix)]
    fn and_link(path: &Path) -> Option<(Self, bool)> {
        use std::os::unix::fs::MetadataExt;
        let data = std::fs::symlink_metadata(path).ok()?;
        let (modified, changed) = ((data.mtime(), data.mtime_nsec()), (data.ctime(), data.ctime_nsec()));
        Some((Self { inode: data.ino(), length: data.len(), modified, changed }, data.is_symlink()))
    }

    #[cfg(not(unix))]
    fn and_link(_path: &Path) -> Option<(Self, bool)> {
        None
    }

    /// Whether the file was changed before `moment`, and so long before that a change since would show.
    pub fn is_older_than(&self, moment: SystemTime) -> bool {
        let age = moment.duration_since(UNIX_EPOCH).unwrap_or_default().saturating_sub(TICK);
        (self.changed.0, self.changed.1) < (age.as_secs() as i64, i64::from(age.subsec_nanos()))
    }
}

impl Witness {
    /// A witness of what was `seen`, and of `files` beside; none, if any file was changed since reading began.
    pub fn new(seen: &Seen, files: impl IntoIterator<Item = PathBuf>) -> Option<Self> {
        // Where no file has a stamp, none is known to be as it was.
        let is_known = |stamp: &Option<Stamp>| stamp.map_or(cfg!(unix), |stamp| stamp.is_older_than(seen.begun));
        let known = |(path, stamp): (PathBuf, Option<Stamp>)| is_known(&stamp).then_some((path, stamp));
        let all: BTreeSet<PathBuf> = seen.files.iter().cloned().chain(files).collect();
        let files = all.into_par_iter().flat_map_iter(with_targets).map(known).collect::<Option<Vec<_>>>()?;
        let folders = seen.folders.iter().map(|(folder, names)| (folder.clone(), hash_of_names(names.clone()).0)).collect();
        Some(Self { files, folders })
    }

    /// Whether all that was read is as it was.
    pub fn holds(&self) -> bool {
        let is_same_file = |(path, stamp): &(PathBuf, Option<Stamp>)| Stamp::of(path) == *stamp;
        let is_same_folder = |(folder, names): &(PathBuf, [u8; 16])| names_in(folder).is_some_and(|now| now.0 == *names);
        self.files.par_iter().all(is_same_file) && self.folders.par_iter().all(is_same_folder)
    }
}

/// A path, and where it leads if it is a link, and so on, each with its stamp.
fn with_targets(path: PathBuf) -> impl Iterator<Item = (PathBuf, Option<Stamp>)> {
    // The next run may begin in another folder.
    let mut next = Some(std::path::absolute(&path).unwrap_or(path));
    let step = move || {
        let path = next.take()?;
        let found = Stamp::and_link(&path);
        let is_link = found.is_some_and(|(_, is_link)| is_link);
        next = is_link.then(|| Some(path.parent()?.join(std::fs::read_link(&path).ok()?))).flatten();
        Some((path, found.map(|(stamp, _)| stamp)))
    };
    std::iter::from_fn(step).take(LINKS_MAX)
}

/// The hash of the names in a folder.
fn names_in(folder: &Path) -> Option<ContentHash> {
    let names = std::fs::read_dir(folder).ok()?.map(|entry| Some(entry.ok()?.file_name())).collect::<Option<Vec<_>>>()?;
    Some(hash_of_names(names.into_iter().filter(|name| is_noted(name)).collect()))
}

/// The hash of names, in whatever order they come.
fn hash_of_names(mut names: Vec<OsString>) -> ContentHash {
    names.sort();
    ContentHash::of_parts(names.iter().map(|name| name.as_encoded_bytes()))
}

/// Whether a name in a folder means anything: hidden files hold no records (one of them orders some), and caches come and go.
pub fn is_noted(name: &OsStr) -> bool {
    !name.as_encoded_bytes().starts_with(b".") || name == PAGES
}
