//! File events to a signal that something may have changed. The one home of notify.
//!
//! What changed is not asked of the events: the same stages run again, and the hash of the content decides.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind, MetadataKind, ModifyKind};
use notify::{Event, RecursiveMode, Watcher};

/// How long it must be quiet before a change is looked at: editors save in several steps.
const QUIET: Duration = Duration::from_millis(15);
/// After this long a change is looked at even if it is not quiet yet.
const PATIENCE: Duration = Duration::from_millis(300);
/// How often the files are looked at where the system does not report changes.
const POLL: Duration = Duration::from_secs(1);

/// Watches folders. Dropping it ends the watch.
pub struct Watch {
    events: Receiver<()>,
    _watcher: Option<notify::RecommendedWatcher>,
    /// Why the system does not report changes, so that files are looked at once a second.
    pub fallback: Option<String>,
    _keep_open: Sender<()>,
}

impl Watch {
    /// Watches `folders` and everything in them, other than what lies in `except`; of `flat`, only what lies directly in it.
    pub fn begin(folders: &[PathBuf], flat: &Path, except: &[PathBuf]) -> Self {
        let (sender, events) = channel();
        let except: Vec<PathBuf> = except.iter().map(|path| real(path)).collect();
        let report = sender.clone();
        let handler = move |event: notify::Result<Event>| {
            let is_news = match event {
                Ok(event) => event.need_rescan() || (is_change(&event) && !event.paths.iter().all(|path| is_noise(path, &except))),
                Err(_) => true,
            };
            if is_news {
                // The receiver is gone when the program ends; then nobody needs to know.
                let _ = report.send(());
            }
        };
        let started = notify::recommended_watcher(handler).and_then(|mut watcher| {
            if !folders.iter().any(|folder| real(folder) == real(flat)) {
                watcher.watch(&real(flat), RecursiveMode::NonRecursive)?;
            }
            for folder in folders {
                watcher.watch(&real(folder), RecursiveMode::Recursive)?;
            }
            Ok(watcher)
        });
        match started {
            Ok(watcher) => Self { events, _watcher: Some(watcher), fallback: None, _keep_open: sender },
            Err(error) => Self { events, _watcher: None, fallback: Some(error.to_string()), _keep_open: sender },
        }
    }

    /// Waits until something may have changed, and then until it is quiet.
    pub fn wait(&self) {
        if self.fallback.is_some() {
            std::thread::sleep(POLL);
            return;
        }
        if self.events.recv().is_err() {
            return;
        }
        let started = std::time::Instant::now();
        while started.elapsed() < PATIENCE {
            match self.events.recv_timeout(QUIET) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

/// A path without links, as far as it is there.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

/// Reading a file is an event too: only what can change content counts.
fn is_change(event: &Event) -> bool {
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => true,
        EventKind::Access(_) => false,
        EventKind::Modify(ModifyKind::Metadata(MetadataKind::AccessTime)) => false,
        _ => true,
    }
}

/// Our own output, version control, and the files that editors leave beside the one that is edited.
fn is_noise(path: &Path, except: &[PathBuf]) -> bool {
    let is_hidden =
        |part: &std::ffi::OsStr| part.to_str().is_some_and(|name| name == ".git" || name == ".handbook" || name.starts_with(".#"));
    let is_backup = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| {
        name.ends_with('~')
            || name == "4913"
            || (name.starts_with('.') && name.ends_with(".swp"))
            || (name.starts_with('#') && name.ends_with('#'))
    });
    is_backup || except.iter().any(|folder| path.starts_with(folder)) || path.iter().any(is_hidden)
}
