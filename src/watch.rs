//! File events to the paths that may have changed. The one home of notify.
//!
//! Events say where to look; whether anything changed there, the hash of the content decides.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind, MetadataKind, ModifyKind};
use notify::{Event, RecursiveMode, Watcher};

use crate::disk;

/// How long it must be quiet before a change is looked at: editors save in several steps.
const QUIET: Duration = Duration::from_millis(8);
/// The same, where whoever wrote the one file that changed has closed it: what editors do then takes no time.
const QUIET_AFTER_CLOSE: Duration = Duration::from_millis(2);
/// The same, where a file is empty or gone: whoever saves by emptying it, or by moving it away first, may be held up halfway.
const QUIET_HALFWAY: Duration = Duration::from_millis(60);
/// After this long a change is looked at even if it is not quiet yet.
const PATIENCE: Duration = Duration::from_millis(300);
/// How often the files are looked at where the system does not report changes.
const POLL: Duration = Duration::from_secs(1);
/// How long the report of a change of our own may take, before it is taken that none will come.
const PROBE: Duration = Duration::from_millis(500);
/// Paths of one change that are told apart; of more, all are looked at.
const PATHS_MAX: usize = 64;

/// Watches folders. Dropping it ends the watch.
pub struct Watch {
    events: Receiver<Report>,
    _watcher: Option<notify::RecommendedWatcher>,
    /// Why the system does not report changes, so that the files are looked at again and again.
    pub fallback: Option<String>,
    _keep_open: Sender<Report>,
}

/// What the system reports.
enum Report {
    /// Something happened to these.
    Changed(Vec<PathBuf>),
    /// This one was written, and closed.
    Closed(PathBuf),
    /// Something happened somewhere: reports were lost.
    Anything,
    /// Our own probe was written.
    Probe,
}

/// What may have changed.
#[derive(Debug, PartialEq, Eq)]
pub enum Change {
    /// These paths, and no others.
    Paths(BTreeSet<PathBuf>),
    /// Anything.
    Anything,
    /// Nothing, for as long as was to be waited.
    Nothing,
}

/// The folders that are watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Watched with everything in them.
    pub folders: Vec<PathBuf>,
    /// Of this one, only what lies directly in it.
    pub flat: PathBuf,
    /// Not watched, wherever they lie.
    pub except: Vec<PathBuf>,
    /// A folder of ours in which a file can be written to see whether that is reported.
    pub probe: PathBuf,
}

impl Watch {
    /// Looks at the files once a second, since `reason`.
    pub fn polling(reason: impl Into<String>) -> Self {
        let (sender, events) = channel();
        Self { events, _watcher: None, fallback: Some(reason.into()), _keep_open: sender }
    }

    /// Watches folders; where the system does not report what happens in them, the files are looked at once a second.
    pub fn begin(watched: &Watched) -> Self {
        let (sender, events) = channel();
        let except: Vec<PathBuf> = watched.except.iter().map(|path| real(path)).collect();
        let probe = real(&watched.probe).join(PROBE_NAME);
        let report = sender.clone();
        let own = probe.clone();
        let handler = move |event: notify::Result<Event>| {
            if let Some(news) = news(event, &own, &except) {
                // The receiver is gone when the program ends; then nobody needs to know.
                let _ = report.send(news);
            }
        };
        let started = notify::recommended_watcher(handler).and_then(|mut watcher| {
            if !watched.folders.iter().any(|folder| real(folder) == real(&watched.flat)) {
                watcher.watch(&real(&watched.flat), RecursiveMode::NonRecursive)?;
            }
            for folder in &watched.folders {
                watcher.watch(&real(folder), RecursiveMode::Recursive)?;
            }
            if watched.probe.is_dir() {
                watcher.watch(&real(&watched.probe), RecursiveMode::NonRecursive)?;
            }
            Ok(watcher)
        });
        match started {
            Ok(watcher) if reports(&events, &probe) => Self { events, _watcher: Some(watcher), fallback: None, _keep_open: sender },
            Ok(_) => Self::polling("a file that was written here was not reported"),
            Err(error) => Self::polling(explained(&error)),
        }
    }

    /// Waits until something may have changed, and then until it is quiet; not longer than `limit`.
    pub fn wait(&self, limit: Duration) -> Change {
        if self.fallback.is_some() {
            std::thread::sleep(POLL);
            return Change::Anything;
        }
        let Ok(mut last) = self.events.recv_timeout(limit) else { return Change::Nothing };
        let mut change = Change::Paths(BTreeSet::new());
        let started = std::time::Instant::now();
        loop {
            let is_closed = matches!(last, Report::Closed(_));
            change = change.and(last);
            let quiet = if is_closed && change.is_of_one() { QUIET_AFTER_CLOSE } else { QUIET };
            let report = match self.events.recv_timeout(quiet) {
                Err(_) if change.is_halfway() => self.events.recv_timeout(QUIET_HALFWAY),
                report => report,
            };
            match report {
                Ok(more) if started.elapsed() < PATIENCE => last = more,
                Ok(more) => return change.and(more),
                Err(_) => return change,
            }
        }
    }
}

impl Change {
    fn and(self, report: Report) -> Self {
        match (self, report) {
            (change, Report::Probe) => change,
            (Self::Paths(mut paths), Report::Changed(more)) if paths.len() < PATHS_MAX => {
                paths.extend(more);
                Self::Paths(paths)
            }
            (change @ Self::Paths(_), Report::Closed(path)) => change.and(Report::Changed(vec![path])),
            _ => Self::Anything,
        }
    }

    fn is_of_one(&self) -> bool {
        matches!(self, Self::Paths(paths) if paths.len() == 1)
    }

    /// Whether a save may be seen of which more is to come.
    fn is_halfway(&self) -> bool {
        let is_empty_or_gone = |path: &PathBuf| path.metadata().map_or(true, |file| file.is_file() && file.len() == 0);
        matches!(self, Self::Paths(paths) if without_leftovers(paths).iter().any(is_empty_or_gone))
    }
}

/// What an event tells, if it tells anything.
fn news(event: notify::Result<Event>, probe: &Path, except: &[PathBuf]) -> Option<Report> {
    match event {
        Ok(event) if event.need_rescan() || event.paths.is_empty() => Some(Report::Anything),
        Ok(event) if event.paths.iter().any(|path| path == probe) => Some(Report::Probe),
        Ok(event) if !is_change(&event) => None,
        Ok(event) => {
            let is_closed = matches!(event.kind, EventKind::Access(AccessKind::Close(AccessMode::Write)));
            let mut paths: Vec<PathBuf> = event.paths.into_iter().filter(|path| !is_noise(path, except)).collect();
            match paths.len() {
                0 => None,
                1 if is_closed => paths.pop().map(Report::Closed),
                _ => Some(Report::Changed(paths)),
            }
        }
        Err(_) => Some(Report::Anything),
    }
}

/// The name of the file that is written to see whether that is reported.
const PROBE_NAME: &str = "watch-probe";

/// Whether a change is reported at all: on network folders and mounts of some containers none is. Where nothing can be
/// written, it is taken that it is.
fn reports(events: &Receiver<Report>, probe: &Path) -> bool {
    if disk::write_through(probe, b"").is_err() {
        return true;
    }
    let deadline = std::time::Instant::now() + PROBE;
    loop {
        let left = deadline.saturating_duration_since(std::time::Instant::now());
        match events.recv_timeout(left) {
            Ok(Report::Probe) => return true,
            // What was written before the watch began to be followed is read with everything else.
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// Why there are no reports; of a limit, which one it is and how it is raised.
fn explained(error: &notify::Error) -> String {
    let limits = match &error.kind {
        notify::ErrorKind::MaxFilesWatch => ["fs.inotify.max_user_watches", "user.max_inotify_watches"],
        notify::ErrorKind::Io(error) if error.raw_os_error() == Some(EMFILE) => {
            ["fs.inotify.max_user_instances", "user.max_inotify_instances"]
        }
        _ => return error.to_string(),
    };
    let value = |limit: &str| std::fs::read_to_string(format!("/proc/sys/{}", limit.replace('.', "/"))).ok()?.trim().parse::<u64>().ok();
    // The first is the machine's; where a container has its own, that is the second, and the lower of the two is what was reached.
    let reached = limits.into_iter().filter_map(|limit| Some((value(limit)?, limit))).min();
    let Some((value, limit)) = reached else { return format!("the system's limit {} is reached", limits[0]) };
    format!("the system's limit {limit} is {value}; `sudo sysctl {limit}={}` raises it", (value * 4).max(8192))
}

/// The error of a process, or a user, that has too many files open (errno(3)).
const EMFILE: i32 = 24;

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

/// The paths of a change without those that a save leaves for a moment beside the file that it is of: gone by now, and named
/// after that file (`x.md___jb_tmp___`, `x.md.Kx7aQf`) or hidden (`.goutputstream-1P2Q3R`).
pub fn without_leftovers(paths: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let is_of = |path: &Path, saved: &PathBuf| path != saved && path.parent() == saved.parent() && name(path).contains(&name(saved));
    let is_leftover = |path: &PathBuf| {
        let is_hidden = name(path).starts_with('.') && name(path) != ".gitignore";
        !path.exists() && (is_hidden || paths.iter().any(|saved| saved.exists() && is_of(path, saved)))
    };
    paths.iter().filter(|path| !is_leftover(path)).cloned().collect()
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

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, Flag};

    use super::*;

    fn told(event: Event) -> Change {
        match news(Ok(event), Path::new("/h/.handbook/watch-probe"), &[PathBuf::from("/h/public")]) {
            Some(report) => Change::Paths(BTreeSet::new()).and(report),
            None => Change::Nothing,
        }
    }

    #[test]
    fn reports_that_were_lost_mean_that_anything_changed() {
        let overflow = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert_eq!(told(overflow.clone()), Change::Anything, "without a path");
        assert_eq!(told(overflow.add_path("/h/docs".into())), Change::Anything, "with one");
        let written = |path: &str| Event::new(EventKind::Create(CreateKind::File)).add_path(path.into());
        assert_eq!(told(written("/h/docs/x.md")), Change::Paths(BTreeSet::from(["/h/docs/x.md".into()])));
        for own in ["/h/public/x.html", "/h/.handbook/parsed-1", "/h/.git/index", "/h/docs/.x.md.swp"] {
            assert_eq!(told(written(own)), Change::Nothing, "{own}");
        }
        assert_eq!(Change::Paths(BTreeSet::from(["/h/x.md".into()])).and(Report::Anything), Change::Anything, "beside others, too");
        let many = (0..=PATHS_MAX).map(|number| Report::Changed(vec![format!("/h/{number}.md").into()]));
        assert_eq!(many.fold(Change::Paths(BTreeSet::new()), Change::and), Change::Anything, "a storm");
    }
}
