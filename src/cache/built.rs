//! What a finished build was made of and left behind, so that the next one can tell that nothing changed, and end.
//!
//! The build is named by the hash of everything that it read. What it wrote is told by the stamps that the system keeps: a file
//! that was touched, replaced or edited has another one, whatever its length and its time say. Where the system keeps none,
//! nothing is taken as known.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{KeptDiagnostic, checksum, diagnostic, kept};
use crate::diagnostic::Diagnostic;
use crate::disk;
use crate::model::source::ContentHash;

/// A finished build.
#[derive(Serialize, Deserialize)]
pub struct Built {
    key: [u8; 16],
    /// The files that it wrote, and those that it copied from, with their stamps.
    files: Vec<(PathBuf, Stamp)>,
    /// Records that are part of the site.
    pub n_records: usize,
    /// Pages, feeds included.
    pub n_pages: usize,
    /// Files that it wrote.
    pub n_files: usize,
    diagnostics: Vec<KeptDiagnostic>,
}

/// What tells a file from what it was before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    inode: u64,
    length: u64,
    /// Seconds and nanoseconds of the last change of content, and of anything at all: no program sets the latter.
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    #[cfg(unix)]
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let data = fs::symlink_metadata(path).ok()?;
        let (modified, changed) = ((data.mtime(), data.mtime_nsec()), (data.ctime(), data.ctime_nsec()));
        Some(Self { inode: data.ino(), length: data.len(), modified, changed })
    }

    #[cfg(not(unix))]
    fn of(_path: &Path) -> Option<Self> {
        None
    }
}

impl Built {
    /// The last build into `out`, if it was made of `key`, and all that it wrote is there as it left it.
    pub fn find(cache: &Path, out: &Path, key: ContentHash) -> Option<Self> {
        let bytes = fs::read(file(cache, out)?).ok()?;
        let (sum, content) = bytes.split_at_checked(8)?;
        let built: Self = (checksum(content) == sum).then(|| postcard::from_bytes(content).ok()).flatten()?;
        let is_there = |(path, stamp): &(PathBuf, Stamp)| Stamp::of(path).as_ref() == Some(stamp);
        (built.key == key.0 && built.files.par_iter().all(is_there)).then_some(built)
    }

    /// What the build found wrong.
    pub fn diagnostics(&mut self) -> Option<Vec<Diagnostic>> {
        std::mem::take(&mut self.diagnostics).into_iter().map(diagnostic).collect()
    }

    /// Keeps what a build of `key` into `out` wrote and copied from; `files` are those that it wrote.
    pub fn keep(
        cache: &Path,
        out: &Path,
        key: ContentHash,
        files: Vec<PathBuf>,
        copied: Vec<PathBuf>,
        (n_records, n_pages): (usize, usize),
        diagnostics: &[Diagnostic],
    ) -> io::Result<()> {
        let n_files = files.len();
        let stamped = |path: PathBuf| Some((path.clone(), Stamp::of(&path)?));
        let Some(files) = files.into_par_iter().chain(copied).map(stamped).collect::<Option<Vec<_>>>() else { return Ok(()) };
        let diagnostics = diagnostics.iter().cloned().map(kept).collect();
        let built = Self { key: key.0, files, n_records, n_pages, n_files, diagnostics };
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
    Some(cache.join(format!("built-{}", &name[..16])))
}
