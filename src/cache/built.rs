//! What a finished build was made of and left behind, so that the next one can tell that nothing changed, and end.
//!
//! The build is told by the hashes of everything that it read. What it wrote is told by the stamps that the system keeps: a file
//! that was touched, replaced or edited has another one, whatever its length and its time say. Where the system keeps none,
//! nothing is taken as known.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{KeptDiagnostic, checksum, diagnostic, kept};
use crate::diagnostic::Diagnostic;
use crate::disk;
use crate::load::witness::Stamp;
use crate::model::name::OutputPath;
use crate::model::source::{ContentHash, SourceFile};

/// A finished build.
#[derive(Serialize, Deserialize)]
pub struct Built {
    made_of: Ingredients,
    /// The files that it wrote, and those that it copied from, with their stamps.
    files: Vec<(PathBuf, Stamp)>,
    /// Records that are part of the site.
    pub n_records: usize,
    /// Pages, feeds included.
    pub n_pages: usize,
    /// Files that it wrote.
    pub n_files: usize,
    diagnostics: Vec<KeptDiagnostic>,
    /// See [`Reusable`].
    reusable: Vec<(String, [u8; 16])>,
}

/// Everything that a build is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ingredients {
    /// The records: path and version of each, in order.
    sources: Vec<(String, [u8; 16])>,
    /// The hash of all else.
    others: [u8; 16],
}

impl Ingredients {
    /// The records, in order, and the hash of all else.
    pub fn new(sources: &[Arc<SourceFile>], others: ContentHash) -> Self {
        let sources = sources.iter().map(|source| (source.path.to_string(), source.hash.0)).collect();
        Self { sources, others: others.0 }
    }

    /// What is another version here than in `earlier`: the places of the records, and their versions in `earlier`. Nothing, if
    /// more than that is different.
    pub fn since(&self, earlier: &Self) -> Option<Vec<(usize, ContentHash)>> {
        let pairs = || self.sources.iter().zip(&earlier.sources);
        let is_alike = self.others == earlier.others && self.sources.len() == earlier.sources.len();
        if !is_alike || pairs().any(|((path, _), (earlier, _))| path != earlier) {
            return None;
        }
        let others = pairs().enumerate().filter(|(_, ((_, version), (_, earlier)))| version != earlier);
        Some(others.map(|(at, (_, (_, earlier)))| (at, ContentHash(*earlier))).collect())
    }
}

/// Files that the next build may have use for under another path, each with the hash of what it is made of.
pub type Reusable = Vec<(OutputPath, ContentHash)>;

/// What a build came to.
pub struct Finished<'a> {
    /// Everything that it was made of.
    pub made_of: Ingredients,
    /// The files that it wrote.
    pub files: Vec<PathBuf>,
    /// Those that it copied from, with their stamps.
    pub copied: Vec<(PathBuf, Stamp)>,
    /// Those of them that may be of use once more.
    pub reusable: Reusable,
    /// Records that are part of the site.
    pub n_records: usize,
    /// Pages, feeds included.
    pub n_pages: usize,
    /// What was found wrong.
    pub diagnostics: &'a [Diagnostic],
}

impl Built {
    /// The last build into `out`, if all that it wrote is there as it left it.
    pub fn find(cache: &Path, out: &Path) -> Option<Self> {
        let bytes = fs::read(file(cache, out)?).ok()?;
        let (sum, content) = bytes.split_at_checked(8)?;
        let built: Self = (checksum(content) == sum).then(|| postcard::from_bytes(content).ok()).flatten()?;
        let is_there = |(path, stamp): &(PathBuf, Stamp)| Stamp::of(path).as_ref() == Some(stamp);
        built.files.par_iter().all(is_there).then_some(built)
    }

    /// What it was made of.
    pub fn made_of(&self) -> &Ingredients {
        &self.made_of
    }

    /// The paths of files that the next build may have use for, by the hash of what each is made of.
    pub fn reusable(&self) -> HashMap<ContentHash, OutputPath> {
        self.reusable.iter().map(|(path, hash)| (ContentHash(*hash), OutputPath::new(path))).collect()
    }

    /// What the build found wrong.
    pub fn diagnostics(&mut self) -> Option<Vec<Diagnostic>> {
        std::mem::take(&mut self.diagnostics).into_iter().map(diagnostic).collect()
    }

    /// Keeps what a build into `out` came to.
    pub fn keep(cache: &Path, out: &Path, finished: Finished<'_>) -> io::Result<()> {
        let Finished { made_of, files, copied, reusable, n_records, n_pages, diagnostics } = finished;
        let n_files = files.len();
        let stamped = |path: PathBuf| Some((path.clone(), Stamp::of(&path)?));
        let Some(mut files) = files.into_par_iter().map(stamped).collect::<Option<Vec<_>>>() else { return Ok(()) };
        files.extend(copied);
        let diagnostics = diagnostics.iter().cloned().map(kept).collect();
        let reusable = reusable.into_iter().map(|(path, hash)| (path.to_string(), hash.0)).collect();
        let built = Self { made_of, files, n_records, n_pages, n_files, diagnostics, reusable };
        let (Some(file), Ok(content)) = (file(cache, out), postcard::to_stdvec(&built)) else { return Ok(()) };
        let unfinished = file.with_extension("unfinished");
        disk::write(&unfinished, &[checksum(&content).as_slice(), &content].concat())?;
        disk::rename(&unfinished, &file)?;
        forget_oldest(cache)
    }
}

/// Output folders of which the last build is kept.
const KEPT_MAX: usize = 8;

/// Removes what was kept of the builds that were longest ago: their folders may be gone.
fn forget_oldest(cache: &Path) -> io::Result<()> {
    let is_kept = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with("built-");
    let mut kept: Vec<_> = fs::read_dir(cache)?.flatten().filter(is_kept).collect();
    kept.sort_by_key(|entry| std::cmp::Reverse(entry.metadata().and_then(|data| data.modified()).ok()));
    kept.iter().skip(KEPT_MAX).try_for_each(|entry| disk::remove_file(&entry.path()))
}

/// The file in which the last build into `out` is kept.
fn file(cache: &Path, out: &Path) -> Option<PathBuf> {
    let name = ContentHash::of(out.canonicalize().ok()?.as_os_str().as_encoded_bytes()).hex();
    Some(cache.join(format!("built-3-{}", &name[..16])))
}
