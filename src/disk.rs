//! Every change to the disk: each function does one step, so that what happens when step n fails can be tried for every n.
//!
//! In debug builds, `HANDBOOK_FAIL_AT=n` makes the n-th step fail as a full disk does; the tests use it.

use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::path::Path;

/// Makes a folder and those above it.
pub fn make_folders(path: &Path) -> io::Result<()> {
    permit()?;
    fs::create_dir_all(path)
}

/// Makes a folder for what can be made anew, which git passes over.
pub fn make_cache_folder(path: &Path) -> io::Result<()> {
    make_folders(path)?;
    let ignored = path.join(".gitignore");
    if ignored.exists() { Ok(()) } else { write_through(&ignored, b"*\n") }
}

/// Writes a new file; one that is there is an error.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    permit()?;
    File::create_new(path)?.write_all(bytes)
}

/// Writes a file, whether it is there or not, and does not wait for the disk.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    permit()?;
    fs::write(path, bytes)
}

/// Writes a file, whether it is there or not, and waits until it is on the disk.
pub fn write_through(path: &Path, bytes: &[u8]) -> io::Result<()> {
    permit()?;
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The file `path`, which is there, open for reading and for adding to its end.
pub fn open_to_append(path: &Path) -> io::Result<File> {
    permit()?;
    File::options().read(true).append(true).open(path)
}

/// Adds to the end of a file.
pub fn append(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    permit()?;
    file.write_all(bytes)
}

/// Gives a file one more name; an error where the system has none to give.
pub fn link(from: &Path, to: &Path) -> io::Result<()> {
    permit()?;
    fs::hard_link(from, to)
}

/// Gives a file another name, in one step.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    permit()?;
    fs::rename(from, to)
}

/// Sets who may read and write a file.
pub fn set_permissions(path: &Path, permissions: Permissions) -> io::Result<()> {
    permit()?;
    fs::set_permissions(path, permissions)
}

/// Removes a file.
pub fn remove_file(path: &Path) -> io::Result<()> {
    permit()?;
    fs::remove_file(path)
}

/// Removes a folder that is empty.
pub fn remove_empty_folder(path: &Path) -> io::Result<()> {
    permit()?;
    fs::remove_dir(path)
}

/// Removes a folder of ours with everything in it.
pub fn remove_folder(path: &Path) -> io::Result<()> {
    permit()?;
    fs::remove_dir_all(path)
}

/// The file `path`, made where it is not there, open for locking.
pub fn lock_file(path: &Path) -> io::Result<File> {
    permit()?;
    File::options().create(true).truncate(false).write(true).open(path)
}

/// Waits until what was written to a file is on the disk.
pub fn flush_file(path: &Path) -> io::Result<()> {
    permit()?;
    File::open(path)?.sync_all()
}

/// Waits until everything that was written in `folder` is on the disk: one flush of the file system, where a flush of
/// each file would take minutes.
pub fn flush(folder: &Path) -> io::Result<()> {
    permit()?;
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(File::open(folder)?)?;
    #[cfg(not(target_os = "linux"))]
    for entry in fs::read_dir(folder)? {
        File::open(entry?.path())?.sync_all()?;
    }
    Ok(())
}

/// Lets a step pass, or fails it when the tests ask for that.
fn permit() -> io::Result<()> {
    #[cfg(debug_assertions)]
    {
        use std::sync::LazyLock;
        use std::sync::atomic::{AtomicUsize, Ordering};
        static FAIL_AT: LazyLock<Option<usize>> = LazyLock::new(|| std::env::var("HANDBOOK_FAIL_AT").ok()?.parse().ok());
        static STEPS: AtomicUsize = AtomicUsize::new(0);
        if *FAIL_AT == Some(STEPS.fetch_add(1, Ordering::Relaxed) + 1) {
            return Err(io::Error::new(io::ErrorKind::StorageFull, "no space left on device (injected)"));
        }
    }
    Ok(())
}
