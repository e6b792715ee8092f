//! The folders on disk that a handbook is made of, and which of them a path in the handbook leads into.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The content folder, and those that are mounted in it.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    /// The path in the handbook, empty for the content folder, and the folder.
    folders: Vec<(String, PathBuf)>,
    /// Paths that were found in another folder than the first which has something there, and the place of that folder: what
    /// goes before it is ignored, or is no file.
    settled: BTreeMap<String, usize>,
}

impl Roots {
    /// The content folder alone.
    pub fn new(content: &Path) -> Self {
        Self { folders: vec![(String::new(), content.to_owned())], settled: BTreeMap::new() }
    }

    /// Mounts `folder` at `at`.
    pub fn mount(&mut self, at: &str, folder: PathBuf) {
        self.folders.push((at.to_owned(), folder));
    }

    /// Every path in the handbook and its folder, the content folder first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Path)> {
        self.folders.iter().map(|(at, folder)| (at.as_str(), folder.as_path()))
    }

    /// Notes that the file at `path` was found in the folder whose place among all is `place`.
    pub fn settle(&mut self, path: &str, place: usize) {
        if self.first(path).is_some_and(|first| first.place != place) {
            self.settled.insert(path.to_owned(), place);
        }
    }

    /// The folder into which `path` leads, and the path from there. Where several have room for it, it is the one in which it
    /// was found, else the first that has a file there, else the innermost.
    pub fn locate<'p>(&self, path: &'p str) -> (&Path, &'p str) {
        let settled = self.settled.get(path).and_then(|place| self.candidates(path).find(|candidate| candidate.place == *place));
        let innermost = || self.candidates(path).max_by_key(|candidate| candidate.depth).expect("the content folder holds every path");
        let candidate = settled.or_else(|| self.first(path)).unwrap_or_else(innermost);
        (candidate.folder, candidate.rest)
    }

    /// Every place where the file at `path` may lie.
    pub fn places(&self, path: &str) -> impl Iterator<Item = PathBuf> {
        self.candidates(path).map(|candidate| candidate.file())
    }

    /// Whether more than one of the folders has something at `path`, so that only looking through them tells which is meant.
    pub fn is_contested(&self, path: &str) -> bool {
        self.candidates(path).nth(1).is_some() && self.places(path).filter(|file| file.exists()).nth(1).is_some()
    }

    /// Of several folders that have room for `path`, the first that has something there.
    fn first<'p>(&self, path: &'p str) -> Option<Candidate<'_, 'p>> {
        self.candidates(path).nth(1)?;
        self.candidates(path).find(|candidate| candidate.file().exists())
    }

    /// The folders that have room for `path`, in their order.
    fn candidates<'p>(&self, path: &'p str) -> impl Iterator<Item = Candidate<'_, 'p>> {
        let rest = move |at: &str| if at.is_empty() { Some(path) } else { path.strip_prefix(at)?.strip_prefix('/') };
        let folders = self.folders.iter().enumerate();
        folders.filter_map(move |(place, (at, folder))| Some(Candidate { place, depth: at.len(), folder, rest: rest(at)? }))
    }

    /// The path in the handbook of `file`, which is given without links.
    pub fn path(&self, file: &Path) -> Option<String> {
        let inside = |(at, folder): (&str, &Path)| {
            let folder = folder.canonicalize().ok()?;
            let inside = file.strip_prefix(&folder).ok()?.to_str()?.replace('\\', "/");
            Some((folder.as_os_str().len(), if at.is_empty() { inside } else { format!("{at}/{inside}") }))
        };
        self.iter().filter_map(inside).max().map(|(_, path)| path)
    }

    /// The file at `path`.
    pub fn file(&self, path: &str) -> PathBuf {
        let (folder, path) = self.locate(path);
        folder.join(path)
    }
}

/// A folder that has room for a path.
struct Candidate<'r, 'p> {
    /// Its place among the folders.
    place: usize,
    /// Bytes of its own path in the handbook.
    depth: usize,
    folder: &'r Path,
    /// The path from there.
    rest: &'p str,
}

impl Candidate<'_, '_> {
    fn file(&self) -> PathBuf {
        self.folder.join(self.rest)
    }
}
