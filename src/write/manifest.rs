//! The list of files that earlier builds wrote into an output folder: what may be overwritten and deleted.
//!
//! It lies in the open and may have been edited, so each path in it is checked again before it is used.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk;
use crate::model::source::ContentHash;
use crate::write::is_relative;

const NAME: &str = ".handbook-manifest";
const HEADING: &str = "handbook manifest 1";

/// The files, by their path in the output folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// What was written.
    pub files: BTreeMap<String, Entry>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Of the bytes that were written; of those before and after, while a build is under way.
    pub hashes: Vec<ContentHash>,
    /// What becomes of it when no page names it any more.
    pub fate: Fate,
}

/// What becomes of a file that the site has no use for any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes at once.
    Goes,
    /// It stays for one more build.
    Stays,
    /// It stayed for one build, and goes.
    Stayed,
}

impl Manifest {
    /// Where the manifest of `out` is.
    pub fn path(out: &Path) -> PathBuf {
        out.join(NAME)
    }

    /// The manifest of `out`. Lines that are no entries, or name something outside, are passed over: such files are
    /// then not ours, and nothing happens to them.
    pub fn read(out: &Path) -> Self {
        let text = fs::read_to_string(Self::path(out)).unwrap_or_default();
        let mut lines = text.lines();
        if lines.next() != Some(HEADING) {
            return Self::default();
        }
        let mut manifest = Self::default();
        for (path, fate, hash) in lines.filter_map(entry) {
            let entry = manifest.files.entry(path).or_insert(Entry { hashes: Vec::new(), fate });
            entry.hashes.push(hash);
        }
        manifest
    }

    /// Adds a file.
    pub fn add(&mut self, path: &str, hash: ContentHash, fate: Fate) {
        self.files.insert(path.to_owned(), Entry { hashes: vec![hash], fate });
    }

    /// Everything that is in either of the two: true at every moment between them.
    pub fn joined(&self, other: &Self) -> Self {
        let mut files = self.files.clone();
        for (path, entry) in &other.files {
            let known = files.entry(path.clone()).or_insert_with(|| Entry { hashes: Vec::new(), fate: entry.fate });
            known.hashes.extend(entry.hashes.iter().filter(|hash| !known.hashes.contains(hash)).copied().collect::<Vec<_>>());
        }
        Self { files }
    }

    /// Puts the manifest in place.
    pub fn write(&self, out: &Path, staging: &Path) -> io::Result<()> {
        let staged = staging.join("manifest");
        let mut text = format!("{HEADING}\n");
        for (path, entry) in &self.files {
            let mark = entry.fate.mark();
            for hash in &entry.hashes {
                text.push_str(&format!("{mark} {} {path}\n", hash.hex()));
            }
        }
        disk::write_through(&staged, text.as_bytes())?;
        disk::rename(&staged, &Self::path(out))
    }
}

impl Fate {
    fn mark(self) -> char {
        match self {
            Self::Goes => '+',
            Self::Stays => '=',
            Self::Stayed => '-',
        }
    }

    fn of(mark: &str) -> Option<Self> {
        [Self::Goes, Self::Stays, Self::Stayed].into_iter().find(|fate| mark.chars().eq([fate.mark()]))
    }
}

/// A line: `+ HASH PATH`, with the mark of its fate in front.
fn entry(line: &str) -> Option<(String, Fate, ContentHash)> {
    let mut parts = line.splitn(3, ' ');
    let fate = Fate::of(parts.next()?)?;
    let hash = ContentHash::from_hex(parts.next()?)?;
    let path = parts.next().filter(|path| is_relative(path))?;
    Some((path.to_owned(), fate, hash))
}
