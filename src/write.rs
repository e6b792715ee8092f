//! Files of the site to a folder: writes what differs, removes what is gone, touches nothing else.
//!
//! This is the one place that writes or deletes in an output folder. Its promises, in the order of the code:
//! a folder that handbook did not make is refused; a manifest tells which files are ours, and only those are ever
//! overwritten or deleted; new files are first written beside the site, flushed, then renamed into place, what is named by
//! others first and deletions last, so that at every instant the folder is a whole site.

mod manifest;

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::diagnostic::{self, Diagnostic};
use crate::disk;
use crate::model::name::OutputPath;
use crate::model::output::{OutputFile, Turn};
use crate::model::source::ContentHash;
use manifest::{Entry, Fate, Manifest};

/// The folder, inside the output folder, in which files wait to be renamed into place.
const STAGING: &str = ".handbook-staging";
/// Files that are flushed one by one; for more, everything that waits for the disk is.
const FLUSHED_ALONE_MAX: usize = 100;
/// Held while a build writes.
const LOCK: &str = ".handbook-lock";

/// What a write did.
#[derive(Debug, Default)]
pub struct Written {
    /// Files that are new or changed.
    pub n_written: usize,
    /// Files that were there already, byte for byte.
    pub n_kept: usize,
    /// Files of an earlier build that are gone now.
    pub n_removed: usize,
    /// Files that could not be put in place, and edits by hand that were found.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why nothing, or not everything, could be written.
#[derive(Debug)]
pub enum WriteError {
    /// The folder can not be the output folder.
    Refused(PathBuf, &'static str),
    /// The system refused.
    Io(PathBuf, io::Error),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(path, reason) => write!(f, "{} can not be the output folder: {reason}", path.display()),
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for WriteError {}

/// Says whether `out` may be the output folder of a handbook whose content is in `content`, before anything is done.
pub fn check_folder(out: &Path, content: &Path, sources: &[PathBuf]) -> Result<(), WriteError> {
    let refuse = |reason| Err(WriteError::Refused(out.to_owned(), reason));
    if out.symlink_metadata().is_ok_and(|metadata| metadata.file_type().is_symlink()) {
        return refuse("it is a symbolic link");
    }
    let absolute = real(out);
    let home = std::env::var_os("HOME").map(PathBuf::from);
    if absolute.parent().is_none() || home.is_some_and(|home| real(&home) == absolute) {
        return refuse("it is the root or the home folder");
    }
    if sources.iter().map(|path| real(path)).chain([real(content)]).any(|source| source.starts_with(&absolute)) {
        return refuse("it holds the sources");
    }
    match fs::read_dir(&absolute) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(WriteError::Io(absolute, error)),
        Ok(mut entries) => {
            let is_ours = Manifest::path(&absolute).is_file() || absolute.join(LOCK).is_file();
            let is_empty = entries.next().is_none();
            if is_ours || is_empty {
                Ok(())
            } else {
                refuse("it is not empty, and handbook did not make it; name another with --out, or empty it")
            }
        }
    }
}

/// The files of the site in `out`, and the list of them.
pub fn files(out: &Path) -> Vec<PathBuf> {
    let manifest = Manifest::read(out);
    manifest.files.keys().map(|path| out.join(path)).chain([Manifest::path(out)]).collect()
}

/// A path without links, also when its last parts are not there yet.
fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut missing = Vec::new();
    let mut existing = absolute.as_path();
    loop {
        if let Ok(found) = existing.canonicalize() {
            return missing.iter().rev().fold(found, |path, name| path.join(name));
        }
        match (existing.parent(), existing.file_name()) {
            (Some(parent), Some(name)) => {
                missing.push(name);
                existing = parent;
            }
            _ => return absolute,
        }
    }
}

/// A write in progress: files are handed over one by one, from any thread, and appear together at the end.
pub struct Session {
    out: PathBuf,
    staging: PathBuf,
    old: Manifest,
    plans: Mutex<Vec<(Plan, OutputPath, Turn)>>,
    n_staged: AtomicUsize,
    /// Those of the files that wait which are not on the disk from an earlier build.
    written: Mutex<Vec<PathBuf>>,
    _lock: File,
}

impl Session {
    /// Begins to write into `out`. [`check_folder`] has been asked.
    pub fn begin(out: &Path) -> Result<Self, WriteError> {
        let io = |error| WriteError::Io(out.to_owned(), error);
        disk::make_folders(out).map_err(io)?;
        let lock = lock(out)?;
        let staging = out.join(STAGING);
        if staging.exists() {
            disk::remove_folder(&staging).map_err(io)?;
        }
        disk::make_folders(&staging).map_err(io)?;
        let old = Manifest::read(out);
        Ok(Self {
            out: out.to_owned(),
            staging,
            old,
            plans: Mutex::default(),
            n_staged: AtomicUsize::new(0),
            written: Mutex::default(),
            _lock: lock,
        })
    }

    /// Takes a file: it is compared with what is there, and where they differ it waits beside the site.
    pub fn put(&self, file: OutputFile) -> Result<(), WriteError> {
        self.put_staged(file.path, file.turn, ContentHash::of(&file.bytes), |waiting| self.write(waiting, &file.bytes))
    }

    /// Takes what an earlier build wrote at `from`, where it is known to be as it was written, for the file at `path`. Tells whether
    /// that was ours.
    pub fn put_again(&self, from: &OutputPath, path: &OutputPath, turn: Turn) -> Result<bool, WriteError> {
        let Some(entry) = self.old.files.get(from.as_str()).filter(|_| !is_behind_link(&self.out, from)) else { return Ok(false) };
        let file = self.out.join(from.as_str());
        let is_file = file.symlink_metadata().is_ok_and(|metadata| metadata.is_file());
        let (true, [hash]) = (is_file, entry.hashes.as_slice()) else { return Ok(false) };
        let copy = |waiting: &Path| self.write(waiting, &fs::read(&file)?);
        self.put_staged(path.clone(), turn, *hash, |waiting| disk::link(&file, waiting).or_else(|_| copy(waiting)))?;
        Ok(true)
    }

    fn write(&self, waiting: &Path, bytes: &[u8]) -> io::Result<()> {
        disk::create(waiting, bytes)?;
        self.written.lock().expect("no thread panics while it holds the list").push(waiting.to_owned());
        Ok(())
    }

    /// Takes a file whose bytes have that hash; `stage` puts it where it waits.
    fn put_staged(
        &self,
        path: OutputPath,
        turn: Turn,
        hash: ContentHash,
        stage: impl FnOnce(&Path) -> io::Result<()>,
    ) -> Result<(), WriteError> {
        let mut plan = plan(&self.out, &path, hash, &self.old);
        if let Plan::Replace { staged, .. } = &mut plan {
            *staged = self.n_staged.fetch_add(1, Ordering::Relaxed);
            let waiting = self.staging.join(staged.to_string());
            stage(&waiting).map_err(|error| WriteError::Io(waiting, error))?;
        }
        self.plans.lock().expect("no thread panics while it holds the list").push((plan, path, turn));
        Ok(())
    }

    /// Leaves what an earlier build wrote at `path`: the new version could not be made.
    pub fn keep(&self, path: &OutputPath, turn: Turn) {
        if let Some(hash) = self.old.files.get(path.as_str()).and_then(|entry| entry.hashes.first()) {
            let mut plans = self.plans.lock().expect("no thread panics while it holds the list");
            plans.push((Plan::Keep(*hash), path.clone(), turn));
        }
    }

    /// Puts everything in place. No other build writes until the session is dropped, so that it can be told what is there.
    pub fn commit(&mut self) -> Result<Written, WriteError> {
        let mut plans = std::mem::take(self.plans.get_mut().expect("no thread panicked while it held the list"));
        plans.sort_by(|a, b| (a.2, &a.1).cmp(&(b.2, &b.1)));
        let has_staged = *self.n_staged.get_mut() > 0;
        let (out, staging, old) = (self.out.as_path(), self.staging.as_path(), &self.old);
        let io = |path: &Path| {
            let path = path.to_owned();
            move |error| WriteError::Io(path, error)
        };
        let mut outcome = Written::default();
        let mut new = Manifest::default();
        for (plan, path, turn) in &plans {
            let fate = if *turn == Turn::Asset { Fate::Stays } else { Fate::Goes };
            match plan {
                Plan::Taken => outcome.diagnostics.push(taken(path)),
                Plan::Elsewhere => outcome.diagnostics.push(elsewhere(path)),
                Plan::Keep(hash) | Plan::Replace { hash, .. } => new.add(path.as_str(), *hash, fate),
            }
            outcome.n_kept += usize::from(matches!(plan, Plan::Keep(_)));
        }
        let gone = gone(old, &new);
        new.files.extend(gone.retired);
        if has_staged || !gone.removed.is_empty() || new != *old {
            flush(staging, &self.written.get_mut().expect("no thread panicked while it held the list")[..]).map_err(io(staging))?;
            old.joined(&new).write(out, staging).map_err(io(out))?;
            let mut folders = HashSet::new();
            for (plan, path, _) in &plans {
                let Plan::Replace { staged, is_edited, .. } = plan else { continue };
                let target = out.join(path.as_str());
                if *is_edited {
                    outcome.diagnostics.push(set_aside(&target, path).map_err(io(&target))?);
                }
                make_way(out, &target, old, &mut folders).map_err(io(&target))?;
                disk::rename(&staging.join(staged.to_string()), &target).map_err(io(&target))?;
                outcome.n_written += 1;
            }
            let removed = gone.removed.par_iter().map(|path| remove(out, path, &old.files[path]).map_err(io(&out.join(path))));
            let is_removed = removed.collect::<Result<Vec<bool>, WriteError>>()?;
            outcome.n_removed = is_removed.into_iter().filter(|is_removed| *is_removed).count();
            new.write(out, staging).map_err(io(out))?;
        }
        disk::remove_folder(staging).map_err(io(staging))?;
        Ok(outcome)
    }
}

/// Waits until files in the folder `staging` are on the disk. Of a few, each is waited for: what others write at the same time
/// may take long.
fn flush(staging: &Path, files: &[PathBuf]) -> io::Result<()> {
    if files.len() > FLUSHED_ALONE_MAX {
        return disk::flush(staging);
    }
    files.par_iter().try_for_each(|file| disk::flush_file(file))
}

/// What is to be done with one file.
enum Plan {
    /// It is there already.
    Keep(ContentHash),
    /// It is new, or another one of ours is there.
    Replace {
        /// Of the new bytes.
        hash: ContentHash,
        /// Its name among the files that wait.
        staged: usize,
        /// What is there was edited by hand since we wrote it.
        is_edited: bool,
    },
    /// A file that we did not write is in its place.
    Taken,
    /// A folder above it is a link.
    Elsewhere,
}

fn plan(out: &Path, path: &OutputPath, hash: ContentHash, old: &Manifest) -> Plan {
    let target = out.join(path.as_str());
    let replace = |is_edited| Plan::Replace { hash, staged: 0, is_edited };
    if is_behind_link(out, path) {
        return Plan::Elsewhere;
    }
    let Ok(metadata) = target.symlink_metadata() else { return replace(false) };
    if metadata.is_dir() {
        return replace(false);
    }
    // A pipe would be waited for; only a file is read.
    let present = metadata.is_file().then(|| fs::read(&target).ok()).flatten().map(|bytes| ContentHash::of(&bytes));
    match (present, old.files.get(path.as_str())) {
        (Some(present), _) if present == hash => Plan::Keep(hash),
        (Some(present), Some(ours)) => replace(!ours.hashes.contains(&present)),
        (None, Some(_)) => replace(true),
        (_, None) => Plan::Taken,
    }
}

fn taken(path: &OutputPath) -> Diagnostic {
    let message = "a file that handbook did not write is in the place of this page, and was left as it is";
    Diagnostic::new(&diagnostic::OUTPUT_TAKEN, path.as_str(), message).hint("move that file away, or rename the record")
}

/// Whether a folder between the output folder and `path` is a symbolic link: what is behind it is not ours.
fn is_behind_link(out: &Path, path: &OutputPath) -> bool {
    let ends = path.as_str().match_indices('/').map(|(end, _)| end);
    let is_link = |end: usize| out.join(&path.as_str()[..end]).symlink_metadata().is_ok_and(|metadata| metadata.file_type().is_symlink());
    ends.into_iter().any(is_link)
}

fn elsewhere(path: &OutputPath) -> Diagnostic {
    let message = "a folder on the way to this page is a symbolic link, and nothing is written through it";
    Diagnostic::new(&diagnostic::OUTPUT_TAKEN, path.as_str(), message).hint("remove the link from the output folder")
}

/// Files of the old site that the new one has no use for.
#[derive(Default)]
struct Gone {
    /// Go now.
    removed: Vec<String>,
    /// Assets named by their content stay for one more build: readers have pages open that name them.
    retired: BTreeMap<String, Entry>,
}

fn gone(old: &Manifest, new: &Manifest) -> Gone {
    let has_news = new.files.keys().any(|path| !old.files.contains_key(path));
    let mut gone = Gone::default();
    for (path, entry) in old.files.iter().filter(|(path, _)| !new.files.contains_key(*path)) {
        if entry.fate == Fate::Stays || (entry.fate == Fate::Stayed && !has_news) {
            gone.retired.insert(path.clone(), Entry { fate: Fate::Stayed, hashes: entry.hashes.clone() });
        } else {
            gone.removed.push(path.clone());
        }
    }
    gone
}

fn lock(out: &Path) -> Result<File, WriteError> {
    let path = out.join(LOCK);
    let io = |error| WriteError::Io(path.clone(), error);
    let file = disk::lock_file(&path).map_err(io)?;
    if file.try_lock().is_err() {
        eprintln!("waiting for another build that writes to {}", out.display());
        file.lock().map_err(io)?;
    }
    Ok(file)
}

/// Moves a file of ours that somebody edited out of the way.
fn set_aside(target: &Path, path: &OutputPath) -> io::Result<Diagnostic> {
    let mut name = target.file_name().unwrap_or_default().to_owned();
    name.push(".edited-by-hand");
    let kept = target.with_file_name(&name);
    disk::rename(target, &kept)?;
    let message = format!("this file was edited by hand since it was written; the edit is kept in {}", kept.display());
    Ok(Diagnostic::new(&diagnostic::OUTPUT_EDITED, path.as_str(), message).hint("make the change in the source, then remove the copy"))
}

/// Makes the folders above `target`, which then are among the `folders` that are there; a file of ours that is in the way of a
/// folder goes, and an empty folder in the way of a file.
fn make_way(out: &Path, target: &Path, old: &Manifest, folders: &mut HashSet<PathBuf>) -> io::Result<()> {
    if let Some(parent) = target.parent().filter(|parent| !folders.contains(*parent)) {
        let relative = parent.strip_prefix(out).unwrap_or(parent);
        let mut folder = out.to_owned();
        for part in relative.components() {
            folder.push(part);
            let is_ours = || folder.strip_prefix(out).ok().and_then(Path::to_str).is_some_and(|path| old.files.contains_key(path));
            if folder.is_file() && is_ours() {
                disk::remove_file(&folder)?;
            }
            if !folder.is_dir() {
                disk::make_folders(&folder)?;
            }
        }
        folders.insert(parent.to_owned());
    }
    if target.is_dir() {
        remove_own_folder(out, target, old)?;
    }
    Ok(())
}

/// Removes a folder that holds nothing but files of ours and folders of them.
fn remove_own_folder(out: &Path, folder: &Path, old: &Manifest) -> io::Result<()> {
    for entry in walkdir::WalkDir::new(folder).contents_first(true) {
        let entry = entry?;
        let path = entry.path().strip_prefix(out).ok().and_then(Path::to_str).unwrap_or_default();
        match old.files.get(path) {
            Some(ours) => drop(remove(out, path, ours)?),
            // It went with its last file.
            None if !entry.path().exists() => {}
            None if entry.path().is_dir() => disk::remove_empty_folder(entry.path())?,
            None => return Err(io::Error::other(format!("{path} is in the way of a page, and handbook did not write it"))),
        }
    }
    Ok(())
}

/// Removes a file that an earlier build wrote, unless it was edited since, and the folders that it leaves empty.
fn remove(out: &Path, path: &str, entry: &Entry) -> io::Result<bool> {
    let target = out.join(path);
    let is_unchanged = target.symlink_metadata().is_ok_and(|metadata| metadata.is_file())
        && is_inside(out, &target)
        && fs::read(&target).is_ok_and(|bytes| entry.hashes.contains(&ContentHash::of(&bytes)));
    if !is_unchanged {
        return Ok(false);
    }
    disk::remove_file(&target)?;
    let mut folder = target.parent();
    while let Some(path) = folder.filter(|path| *path != out && path.starts_with(out)) {
        if disk::remove_empty_folder(path).is_err() {
            break;
        }
        folder = path.parent();
    }
    Ok(true)
}

/// Whether the folder of `target` really lies in `out`, links followed.
fn is_inside(out: &Path, target: &Path) -> bool {
    let (Ok(out), Some(Ok(folder))) = (out.canonicalize(), target.parent().map(Path::canonicalize)) else { return false };
    folder.starts_with(out)
}

/// Whether `path`, read from a manifest, names a file within the output folder.
fn is_relative(path: &str) -> bool {
    !path.is_empty() && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}
