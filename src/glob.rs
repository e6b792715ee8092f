//! Patterns of paths, as in `.gitignore`. The one home of `ignore`.

use std::path::Path;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Patterns, of which the last that fits decides.
#[derive(Clone, Debug)]
pub struct Patterns(Gitignore);

impl Patterns {
    /// The patterns `lines`, for paths below `root`. One that is no pattern fits nothing.
    pub fn new<'a>(root: &Path, lines: impl IntoIterator<Item = &'a str>) -> Self {
        let mut builder = GitignoreBuilder::new(root);
        for line in lines {
            let _ = builder.add_line(None, line);
        }
        Self(builder.build().unwrap_or_else(|_| Gitignore::empty()))
    }

    /// The patterns in `file`, for paths below its folder.
    pub fn of_file(file: &Path) -> Self {
        Self(Gitignore::new(file).0)
    }

    /// Whether one is no pattern at all, so that nothing can fit it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `path` fits: `false` where a pattern that begins with `!` says so, nothing where none fits.
    pub fn verdict(&self, path: &Path, is_folder: bool) -> Option<bool> {
        let found = self.0.matched(path, is_folder);
        (!found.is_none()).then(|| found.is_ignore())
    }

    /// The pattern, as it is written, that fits the file at `path`, relative to the root.
    pub fn fitting(&self, path: &str) -> Option<&str> {
        match self.0.matched(path, false) {
            Match::Ignore(glob) => Some(glob.original()),
            _ => None,
        }
    }

    /// Whether the file at `path`, relative to the root, or a folder above it fits.
    pub fn fits_file(&self, path: &str) -> bool {
        self.0.matched_path_or_any_parents(path, false).is_ignore()
    }
}
