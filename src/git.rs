//! What git knows of a folder: the repository that it lies in, its host, the history of its files.
//!
//! The program `git` is asked, and only to read (docs/decisions/0019). Where there is none, or no repository, there is
//! nothing to tell, and that is no finding. Of history there is one pass, whose result is kept by the commit that it ends at.

mod command;
mod kept;
mod log;
mod past;

use std::path::{Path, PathBuf};

use crate::diagnostic::{self, Diagnostic};
use crate::model::forge::{Forge, Origin};
use crate::model::history::History;
use crate::model::name::SourcePath;
use command::Git;

pub use past::Revision;

/// Branches that are looked at.
const BRANCHES_MAX: usize = 64;

/// The name under which commits are made in `folder`.
pub fn user_name(folder: &Path) -> Option<String> {
    let name = Git::in_folder(folder).ask(&["config", "user.name"])?.text.trim().to_owned();
    (!name.is_empty()).then_some(name)
}

/// A folder in a repository. Two that are equal have the same history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// The folder in the handbook where the content of this one is: empty, or a path without `/` at its end.
    mount: String,
    /// The folder that was asked about, without links.
    dir: PathBuf,
    /// The repository's own folder.
    root: PathBuf,
    /// The path from there to `dir`: empty, or with a `/` at its end.
    prefix: String,
    /// The commit that is checked out; none before the first one.
    head: Option<String>,
    /// The commits behind which a shallow clone has nothing.
    cut: Vec<String>,
    /// Where it was cloned from, as far as that is on the web.
    forge: Option<Forge>,
    /// Files are fetched when they are asked for, so none may be.
    is_partial: bool,
    /// The files that say where it was cloned from, and what is checked out.
    settings_files: Vec<PathBuf>,
}

/// The names of these files in a repository.
const SETTINGS_FILES: [&str; 3] = ["config", "HEAD", "refs/remotes/origin/HEAD"];

/// What git says of a folder.
#[derive(Debug, Default)]
pub struct Found {
    /// The repository, if there is one.
    pub repository: Option<Repository>,
    /// Why git does not tell.
    pub diagnostic: Option<Diagnostic>,
}

impl Repository {
    /// The repository's own folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The files that say where it was cloned from, and what is checked out.
    pub fn settings_files(&self) -> &[PathBuf] {
        &self.settings_files
    }

    /// Whether the clone has the later part of the history only.
    pub fn is_shallow(&self) -> bool {
        !self.cut.is_empty()
    }

    /// The folder in the handbook where its content is: empty for the content folder.
    pub fn mount(&self) -> &str {
        &self.mount
    }

    /// The path in the repository of the file that is at `path` in the handbook; `None` when it is not in this one.
    pub fn path_of(&self, path: &SourcePath) -> Option<String> {
        let rest = if self.mount.is_empty() { path.as_str() } else { path.as_str().strip_prefix(&self.mount)?.strip_prefix('/')? };
        Some(format!("{}{rest}", self.prefix))
    }

    /// The repository in which the folder `dir` lies, which is `mount` in the handbook.
    pub fn find(dir: &Path, mount: &str) -> Found {
        let Some(dir) = dir.canonicalize().ok() else { return Found::default() };
        let git = Git::in_folder(&dir);
        let asked = ["--is-shallow-repository", "--show-toplevel", "--show-prefix", "--git-path", "shallow"];
        let files = SETTINGS_FILES.map(|name| ["--git-path", name]).concat();
        let named = ["HEAD", "--symbolic-full-name", "HEAD", "refs/remotes/origin/HEAD"];
        let Some(answer) = git.ask(&[&["rev-parse"], asked.as_slice(), &files, &named].concat()) else { return Found::default() };
        let mut lines = answer.text.lines();
        let (Some(shallow @ ("true" | "false")), Some(root), Some(prefix), Some(cut_file)) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Found { repository: None, diagnostic: answer.is_distrust.then(|| distrusted(&dir, mount)) };
        };
        let settings_files = lines.by_ref().take(SETTINGS_FILES.len()).map(|file| dir.join(file)).collect();
        let rest: Vec<&str> = lines.collect();
        let head = rest.first().filter(|word| log::is_commit(word)).map(|word| (*word).to_owned());
        let settings = Settings::read(&git);
        let remote = settings.remote.as_deref();
        let repository = Self {
            mount: mount.to_owned(),
            root: PathBuf::from(root),
            prefix: prefix.to_owned(),
            head,
            cut: if shallow == "true" { commits_in(&dir.join(cut_file)) } else { Vec::new() },
            forge: remote.and_then(|remote| Forge::of_remote(remote, branch(rest.get(1), rest.get(2)))),
            is_partial: settings.is_partial,
            settings_files,
            dir,
        };
        Found { repository: Some(repository), diagnostic: None }
    }

    /// Everything that is told of the repository and its history depends on, as text.
    pub fn state(&self) -> String {
        let settings = [log::IGNORED_COMMITS, ".mailmap"].map(|name| std::fs::read_to_string(self.root.join(name)).unwrap_or_default());
        format!("{self:?} {settings:?}")
    }

    /// Where the folder is on the web.
    pub fn origin(&self) -> Option<Origin> {
        let folder = self.prefix.trim_end_matches('/').to_owned();
        Some(Origin { mount: self.mount.clone(), folder, forge: self.forge.clone()? })
    }

    /// The history of the Markdown files in the folder, by their paths in the handbook; kept in `cache`, where that can be
    /// written, so that it is read once for each commit.
    pub fn history(&self, cache: &Path) -> History {
        let Some(head) = &self.head else { return History::default() };
        let ignored = self.root.join(log::IGNORED_COMMITS);
        let key = kept::Key::new(self, head, [&ignored, &self.root.join(".mailmap")]);
        let of_folder = kept::read(cache, &key).unwrap_or_else(|| {
            let ignored = commits_in(&ignored);
            let past = log::read(&Git::in_folder(&self.dir), head, self.is_partial, log::Reader::new(&self.prefix, &ignored, &self.cut));
            // A cache that can not be written is written by the next run, or never.
            if let Some(past) = &past {
                let _ = kept::write(cache, &key, past);
            }
            past.unwrap_or_default()
        });
        let mounted = |path: SourcePath| if self.mount.is_empty() { path } else { SourcePath::new(format!("{}/{path}", self.mount)) };
        History { files: of_folder.files.into_iter().map(|(path, file)| (mounted(path), file)).collect() }
    }

    /// The names of the files in `folder`, a path in the handbook, as the branches have them that were committed to last, those of
    /// other clones included.
    pub fn files_of_branches(&self, folder: &str) -> Vec<SourcePath> {
        let Some(path) = self.path_of(&SourcePath::new(folder)) else { return Vec::new() };
        let git = Git::in_folder(&self.root);
        let count = format!("--count={BRANCHES_MAX}");
        let asked = ["for-each-ref", "--sort=-committerdate", &count, "--format=%(refname)", "refs/heads", "refs/remotes"];
        let branches = git.ask(&asked).map(|answer| answer.text).unwrap_or_default();
        let files_of = |branch: &str| {
            let below = format!("{}/", path.trim_end_matches('/'));
            let within = if path.is_empty() { &[][..] } else { &[below.as_str()] };
            let listed = git.ask(&[&["ls-tree", "-z", "--name-only", branch], within].concat());
            let files = listed.map(|answer| answer.text).unwrap_or_default();
            files.split('\0').filter(|file| !file.is_empty()).map(SourcePath::new).collect::<Vec<_>>()
        };
        branches.lines().flat_map(files_of).collect()
    }

    /// What there is to say about how much of the past is there; `history` is that of this folder.
    pub fn finding(&self, history: &History) -> Option<Diagnostic> {
        let is_below = |path: &SourcePath| self.mount.is_empty() || path.as_str().starts_with(&format!("{}/", self.mount));
        let n_cut = history.files.iter().filter(|(path, file)| file.is_cut && is_below(path)).count();
        if n_cut == 0 {
            return None;
        }
        let what = if self.cut.is_empty() { "the history is longer than is read" } else { "this is a shallow clone" };
        let message = format!("{what}: when {n_cut} of the files were written is not known, and is not shown");
        let found = Diagnostic::new(&diagnostic::HISTORY_CUT, shown(&self.mount), message);
        let hint = "`git fetch --unshallow` fetches the rest; on a build server, check out with `fetch-depth: 0`";
        Some(if self.cut.is_empty() { found } else { found.hint(hint) })
    }
}

/// The branch that readers see: the one that the host shows, else the one that is checked out, else whichever the host means.
fn branch<'a>(checked_out: Option<&&'a str>, shown: Option<&&'a str>) -> &'a str {
    let shown = shown.and_then(|name| name.strip_prefix("refs/remotes/origin/")).filter(|name| *name != "HEAD");
    shown.or_else(|| checked_out.and_then(|name| name.strip_prefix("refs/heads/"))).unwrap_or("HEAD")
}

fn distrusted(dir: &Path, mount: &str) -> Diagnostic {
    let message = "git does not read this repository, since another user owns it; there will be no history and no edit links";
    let hint = format!("`git config --global --add safe.directory {}` says that it can be trusted", dir.display());
    Diagnostic::new(&diagnostic::HISTORY_DISTRUSTED, shown(mount), message).hint(hint)
}

/// How a finding names the folder at `mount`.
fn shown(mount: &str) -> String {
    if mount.is_empty() { ".git".to_owned() } else { format!("{mount}/.git") }
}

/// The commits that a file names, one a line; what comes after `#` is for people.
fn commits_in(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let words = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    words.filter(|word| log::is_commit(word)).map(str::to_owned).collect()
}

/// What a repository's configuration says.
#[derive(Default)]
struct Settings {
    remote: Option<String>,
    is_partial: bool,
}

impl Settings {
    fn read(git: &Git) -> Self {
        let wanted = r"^(remote\.origin\.url|remote\..*\.promisor|extensions\.partialclone)$";
        let answer = git.ask(&["config", "-z", "--get-regexp", wanted]);
        let mut settings = Self::default();
        for entry in answer.iter().flat_map(|answer| answer.text.split('\0')) {
            match entry.split_once('\n') {
                // Of several addresses the first is the one that is fetched from.
                Some(("remote.origin.url", url)) => settings.remote = settings.remote.or_else(|| Some(url.to_owned())),
                Some(_) => settings.is_partial = true,
                None => {}
            }
        }
        settings
    }
}
