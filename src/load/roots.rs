//! The folders on disk that a handbook is made of, and which of them a path in the handbook leads into.

use std::path::{Path, PathBuf};

/// The content folder, and those that are mounted in it.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    /// The path in the handbook, empty for the content folder, and the folder.
    folders: Vec<(String, PathBuf)>,
}

impl Roots {
    /// The content folder alone.
    pub fn new(content: &Path) -> Self {
        Self { folders: vec![(String::new(), content.to_owned())] }
    }

    /// Mounts `folder` at `at`.
    pub fn mount(&mut self, at: &str, folder: PathBuf) {
        self.folders.push((at.to_owned(), folder));
    }

    /// Every path in the handbook and its folder, the content folder first.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Path)> {
        self.folders.iter().map(|(at, folder)| (at.as_str(), folder.as_path()))
    }

    /// The folder into which `path` leads, and the path from there. Where several have room for it, it is the first that has a
    /// file there, as when folders are read, else the innermost.
    pub fn locate<'p>(&self, path: &'p str) -> (&Path, &'p str) {
        let is_there = |(_, folder, rest): &(usize, &Path, &str)| folder.join(rest).exists();
        let found = if self.candidates(path).nth(1).is_some() { self.candidates(path).find(is_there) } else { None };
        let innermost = || self.candidates(path).max_by_key(|(length, ..)| *length).expect("the content folder holds every path");
        let (_, folder, rest) = found.unwrap_or_else(innermost);
        (folder, rest)
    }

    /// Every place where the file at `path` may lie.
    pub fn places(&self, path: &str) -> impl Iterator<Item = PathBuf> {
        self.candidates(path).map(|(_, folder, rest)| folder.join(rest))
    }

    /// The folders that have room for `path`, in their order: the length of their own path, the folder, the path from there.
    fn candidates<'p>(&self, path: &'p str) -> impl Iterator<Item = (usize, &Path, &'p str)> {
        let rest = move |at: &str| if at.is_empty() { Some(path) } else { path.strip_prefix(at)?.strip_prefix('/') };
        self.folders.iter().filter_map(move |(at, folder)| Some((at.len(), folder.as_path(), rest(at)?)))
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
