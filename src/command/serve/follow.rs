//! Takes a new snapshot whenever something was written.
//!
//! Two ways lead to it. Where only the words of some records changed, they are read again and take the place of what was
//! there; that takes a millisecond, however large the handbook is. After anything else all that changed is read, and all
//! records are linked anew. Once it is quiet, the second way is gone after the first, too: reports of the system may have
//! been lost, and what is found wrong between records may have moved. That is done aside, so that the next edit need not wait.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use super::fault;
use super::meanwhile::{Count, Meanwhile};
use super::say;
use super::snapshot::Snapshot;
use crate::cli::OccasionArguments;
use crate::command::{Failure, occasion};
use crate::load::{CACHE_FOLDER, Project, Survey};
use crate::pipeline::{Memo, Revision, revise};
use crate::progress::Progress;
use crate::serve::Server;
use crate::watch::{Change, Watch, Watched, without_leftovers};

/// How long it must be quiet before everything is looked at again.
const QUIET: Duration = Duration::from_secs(1);

/// How often it is seen whether a look at everything has come to an end.
const WHILE_LOOKING: Duration = Duration::from_millis(20);

/// How often everything is looked at when nothing is reported: a new day makes other things overdue.
const NOW_AND_THEN: Duration = Duration::from_secs(3600);

/// How often browsers are told how far reading is.
const STEPS_TOLD: usize = 20;

/// Follows what is written.
pub struct Follower {
    /// The folder of the handbook.
    pub dir: PathBuf,
    /// For whom and when.
    pub occasion: OccasionArguments,
    /// What is known of it.
    pub memo: Memo,
    /// The last good snapshot, once there is one.
    pub shown: Option<Arc<Snapshot>>,
    /// Whether reports of the system are not to be waited for.
    pub is_polling: bool,
    /// Why what was written last is not shown, if it is not.
    pub trouble: Option<String>,
    /// Whether that is a fault of ours.
    pub is_our_fault: bool,
    /// Whether anybody searched.
    pub is_searched: bool,
    /// Held by whoever makes what browsers search.
    pub preparing: Arc<()>,
    /// A look at everything that is under way.
    pub look: Option<Look>,
}

/// A look at everything, aside.
pub struct Look {
    work: JoinHandle<(Result<Snapshot, Failure>, Memo)>,
    /// Whether something was written since it began.
    is_outdated: bool,
}

/// A snapshot, or why there is none: the author's mistake, or a fault of ours.
type Taken = std::thread::Result<Result<Snapshot, Failure>>;

impl Follower {
    /// Follows, for as long as the program runs.
    pub fn follow(mut self, server: &Arc<Server>) {
        self.update(server);
        let (mut folders, mut watch) = (self.watched(), self.begin_watch());
        // What was written since the first snapshot and before the watch began.
        if self.shown.is_some() {
            self.begin_look();
        } else {
            self.update(server);
        }
        self.make_lists();
        let mut is_settled = true;
        loop {
            let was_troubled = self.trouble.is_some();
            // What we fail on, we fail on again; what others have to mend may be mended where nothing is reported.
            let limit = match self.look {
                Some(_) => WHILE_LOOKING,
                None if is_settled && (!was_troubled || self.is_our_fault) => NOW_AND_THEN,
                None => QUIET,
            };
            match watch.wait(limit) {
                Change::Paths(paths) if self.trouble.is_none() && self.revise(&without_leftovers(&paths), server) => {
                    is_settled = false;
                    self.look.iter_mut().for_each(|look| look.is_outdated = true);
                    self.prepare_search();
                }
                Change::Nothing if self.look.as_ref().is_some_and(|look| !look.work.is_finished()) => continue,
                Change::Nothing if self.look.is_some() => {
                    is_settled = self.end_look(server);
                    self.prepare_search();
                }
                Change::Nothing if self.trouble.is_none() && self.shown.is_some() => self.begin_look(),
                _ => {
                    self.look = None;
                    self.update(server);
                    is_settled = true;
                    self.prepare_search();
                }
            }
            // A folder that went and came back is watched no more, and what lies in one that was not watched may have changed.
            let now = self.watched();
            if now != folders || was_troubled && self.trouble.is_none() {
                (folders, watch) = (now, self.begin_watch());
                self.update(server);
            }
        }
    }

    /// Makes the lists that searches read, so that the first search need not wait for more than what changes until then.
    fn make_lists(&self) {
        let (shown, at_work) = (self.shown.clone(), self.preparing.clone());
        aside(move || {
            shown.iter().for_each(|shown| shown.make_lists());
            drop(at_work);
        });
    }

    /// Begins to look at everything.
    fn begin_look(&mut self) {
        let (dir, occasion, mut memo) = (self.dir.clone(), self.occasion.clone(), self.memo.fork());
        self.look = Some(Look { work: aside(move || (take(&dir, &mut memo, &occasion), memo)), is_outdated: false });
    }

    /// Shows what a look found that has come to an end, unless something was written since it began. Tells whether that is shown.
    fn end_look(&mut self, server: &Server) -> bool {
        let Some(look) = self.look.take() else { return false };
        let looked = look.work.join();
        if !look.is_outdated {
            let (taken, memo) = looked.map_or_else(|fault| (Err(fault), Memo::default()), |(taken, memo)| (Ok(taken), memo));
            self.memo = memo;
            self.show_taken(taken, server);
        }
        !look.is_outdated
    }

    /// Makes what browsers search, once somebody has searched, so that the next search need not wait for it. While that is
    /// being made for an earlier edit, the last of several is waited for.
    fn prepare_search(&mut self) {
        let Some(shown) = self.shown.clone() else { return };
        self.is_searched |= shown.is_searched();
        if self.is_searched && !shown.is_searched() && Arc::strong_count(&self.preparing) == 1 {
            let at_work = self.preparing.clone();
            std::thread::spawn(move || {
                shown.search_files();
                drop(at_work);
            });
        }
    }

    fn begin_watch(&self) -> Watch {
        let watch = if self.is_polling { Watch::polling("--poll") } else { Watch::begin(&self.watched().0) };
        if let Some(reason) = watch.fallback.as_ref().filter(|_| !self.is_polling) {
            say(&format!("the system does not report changes: {reason}\nfiles are looked at once a second; pages follow a little later"));
        }
        watch
    }

    /// The folders that a handbook consists of now: its content, and themes of the team's own, which may come later. Beside
    /// them what tells a folder from another of the same name.
    fn watched(&self) -> (Watched, Vec<Option<u64>>) {
        let dir = &self.dir;
        let known = || {
            let project = Project::open(dir).ok()?;
            let (roots, _) = project.roots(&project.config().ok()?.0).ok()?;
            Some(roots.iter().map(|(_, folder)| folder.to_owned()).chain([project.themes()]).filter(|path| path.is_dir()).collect())
        };
        let folders: Vec<PathBuf> = known().unwrap_or_else(|| vec![dir.clone()]);
        let identities = folders.iter().map(|folder| identity(folder)).collect();
        let except = vec![dir.join("public"), PathBuf::from("public")];
        (Watched { folders, flat: dir.clone(), except, probe: dir.join(CACHE_FOLDER) }, identities)
    }

    /// Shows the next versions of the files at `paths`, if nothing else follows from them.
    fn revise(&mut self, paths: &BTreeSet<PathBuf>, server: &Server) -> bool {
        let Some(shown) = self.shown.clone() else { return false };
        let memo = &mut self.memo;
        // A fault of ours must not end the watch; the other way tells of it.
        match catch_unwind(AssertUnwindSafe(|| {
            fault::fail();
            revise(shown.assembled(), paths, memo)
        })) {
            Ok(Revision::Same) => true,
            Ok(Revision::Words(assembled)) => {
                self.show(shown.reworded(*assembled), server);
                self.shown.iter().for_each(|now| say(&now.summary(Some(&shown))));
                true
            }
            Ok(Revision::More) | Err(_) => false,
        }
    }

    /// Reads what changed and links all records.
    fn update(&mut self, server: &Arc<Server>) {
        // A fault of ours must not end the watch: the next edit may be the one that avoids it.
        let taken = catch_unwind(AssertUnwindSafe(|| match self.shown {
            Some(_) => take(&self.dir, &mut self.memo, &self.occasion),
            None => self.take_first(server),
        }));
        self.show_taken(taken, server);
    }

    fn show_taken(&mut self, taken: Taken, server: &Server) {
        self.is_our_fault = taken.is_err();
        match (taken, self.shown.clone()) {
            (Ok(Ok(snapshot)), None) => {
                say(&snapshot.summary(None));
                self.show(snapshot, server);
            }
            (Ok(Ok(snapshot)), Some(shown)) => {
                let is_same = snapshot.fingerprint() == shown.fingerprint();
                if !is_same || self.trouble.take().is_some() {
                    say(&snapshot.summary(Some(&shown)));
                    self.show(snapshot.after(&shown), server);
                } else if !snapshot.has_same_findings(&shown) {
                    self.show(shown.with_findings_of(snapshot), server);
                }
            }
            (Ok(Err(failure)), _) => self.tell(server, &failure.to_string()),
            (Err(_), _) => {
                self.memo = Memo::default();
                self.tell(server, "handbook itself failed on what was written last; the terminal says where. Please report it.");
            }
        }
    }

    /// Takes the first snapshot. Until it is there, what can be told of the handbook is served, and how far reading is.
    fn take_first(&mut self, server: &Arc<Server>) -> Result<Snapshot, Failure> {
        let survey = survey(&self.dir)?;
        let count = Arc::new(Count::default());
        let meanwhile = Meanwhile::of(&survey, occasion(&self.occasion, survey.config())?, count.clone())?;
        server.replace(Arc::new(meanwhile));
        let (progress, told) = (Arc::new(Progress::new("reading")), server.clone());
        let bar = progress.clone();
        self.memo.on_record = Some(Box::new(move |n_records| {
            let n_read = count.advance(n_records);
            bar.advance(n_records);
            if n_read * STEPS_TOLD / n_records > (n_read - 1) * STEPS_TOLD / n_records {
                told.read(n_read, n_records);
            }
        }));
        fault::hold();
        fault::fail();
        let taken = Snapshot::take(&self.dir, survey, &mut self.memo, &self.occasion);
        self.memo.on_record = None;
        progress.finish();
        taken
    }

    fn show(&mut self, snapshot: Snapshot, server: &Server) {
        self.trouble = None;
        self.is_searched |= self.shown.as_ref().is_some_and(|shown| shown.is_searched());
        let snapshot = Arc::new(snapshot);
        self.shown = Some(snapshot.clone());
        server.replace(snapshot);
    }

    fn tell(&mut self, server: &Server, reason: &str) {
        if self.trouble.as_deref() == Some(reason) {
            return;
        }
        self.trouble = Some(reason.to_owned());
        if self.shown.is_some() {
            say(&format!("error: {reason}\nthe last good site is still shown"));
            server.trouble(reason);
        } else {
            say(&format!("error: {reason}\nthe site is shown as soon as that is mended"));
            server.replace(Arc::new(Meanwhile::troubled(reason)));
        }
    }
}

/// Does some work in a thread of its own, of which it has one: one processor is left to whoever reads and writes.
fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    std::thread::spawn(move || match rayon::ThreadPoolBuilder::new().num_threads(1).build() {
        Ok(alone) => alone.install(work),
        Err(_) => work(),
    })
}

fn take(dir: &Path, memo: &mut Memo, occasion: &OccasionArguments) -> Result<Snapshot, Failure> {
    fault::hold();
    fault::fail();
    Snapshot::take(dir, survey(dir)?, memo, occasion)
}

/// What lies in the folder of a handbook.
fn survey(dir: &Path) -> Result<Survey, Failure> {
    Ok(Project::open(dir)?.survey(&[dir.join("public")])?)
}

/// What tells a folder from another that takes its name.
fn identity(folder: &Path) -> Option<u64> {
    #[cfg(unix)]
    return std::os::unix::fs::MetadataExt::ino(&folder.metadata().ok()?).into();
    #[cfg(not(unix))]
    folder.metadata().ok().map(|_| 0)
}
