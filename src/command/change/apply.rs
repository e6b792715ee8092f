//! Changes to several files, all of them or none.
//!
//! What is new is written beside the files, and so is a copy of what was there; only then do names change, one step a file.
//! When a step fails, the copies take their places again.

use std::io;
use std::path::{Path, PathBuf};

use crate::command::Failure;
use crate::disk;
use crate::model::name::SourcePath;

/// One file that changes.
#[derive(Debug)]
pub struct FileChange {
    /// Its path in the handbook.
    pub old_path: SourcePath,
    /// The path that it will have.
    pub path: SourcePath,
    /// Where it lies.
    pub file: PathBuf,
    /// Where it will lie.
    pub to: PathBuf,
    /// Its text.
    pub before: String,
    /// The text that it will have.
    pub after: String,
}

/// Makes `changes`. After an error all files are as they were.
pub fn apply(changes: &[FileChange]) -> Result<(), Failure> {
    for change in changes {
        let is_same = std::fs::read(&change.file).is_ok_and(|bytes| bytes == change.before.as_bytes());
        if !is_same {
            let message = "was changed by somebody else meanwhile; nothing was changed, run this again";
            return Err(Failure::Usage(format!("{} {message}", change.old_path)));
        }
        if change.to != change.file && change.to.symlink_metadata().is_ok() {
            return Err(Failure::Usage(format!("{} is there already; nothing was changed", change.path)));
        }
    }
    let mut n_begun = 0;
    let outcome = changes.iter().try_for_each(prepare).and_then(|()| {
        changes.iter().try_for_each(|change| {
            n_begun += 1;
            disk::rename(&beside(&change.to, NEW), &change.to)
        })
    });
    let removed = outcome
        .and_then(|()| changes.iter().filter(|change| change.to != change.file).try_for_each(|change| disk::remove_file(&change.file)));
    if let Err(error) = removed {
        let restored = changes[..n_begun].iter().try_for_each(restore);
        clear(changes, restored.is_ok());
        let hint = match restored {
            Ok(()) => "nothing was changed".to_owned(),
            Err(_) => format!("what was there is in the files that end in `.{OLD}`"),
        };
        return Err(Failure::System(format!("{error}; {hint}")));
    }
    clear(changes, true);
    Ok(())
}

/// Endings of what lies beside a file while it changes.
const NEW: &str = "handbook-new";
const OLD: &str = "handbook-old";

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{ending}"));
    file.with_file_name(name)
}

fn prepare(change: &FileChange) -> io::Result<()> {
    let permissions = std::fs::metadata(&change.file)?.permissions();
    for (file, text) in [(beside(&change.file, OLD), &change.before), (beside(&change.to, NEW), &change.after)] {
        disk::write_through(&file, text.as_bytes())?;
        disk::set_permissions(&file, permissions.clone())?;
    }
    Ok(())
}

/// Puts back what was there before `change`, which may have come to nothing.
fn restore(change: &FileChange) -> io::Result<()> {
    disk::rename(&beside(&change.file, OLD), &change.file)?;
    if change.to != change.file && change.to.exists() {
        disk::remove_file(&change.to)?;
    }
    Ok(())
}

/// Removes what lies beside the files; the copies only when they are not needed.
fn clear(changes: &[FileChange], with_copies: bool) {
    for change in changes {
        let copy = with_copies.then(|| beside(&change.file, OLD));
        for file in copy.into_iter().chain([beside(&change.to, NEW)]).filter(|file| file.exists()) {
            // What can not be removed does no harm: it has no name of a record.
            let _ = disk::remove_file(&file);
        }
    }
}
