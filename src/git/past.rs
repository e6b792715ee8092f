//! The files of a folder as they were at a commit.

use std::io::{BufRead, BufReader, Read, Write};

use crate::calendar::Date;
use crate::git::Repository;
use crate::git::command::Git;
use crate::model::name::SourcePath;

/// A commit, and its day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Its name.
    pub commit: String,
    /// The day on which it was made.
    pub day: Date,
}

/// Bytes of a file that are read at most: as many as a record may have.
const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;

impl Repository {
    /// The commit that is called `name`: a tag, a branch, a hash, `HEAD~3`.
    pub fn revision(&self, name: &str) -> Option<Revision> {
        let git = Git::in_folder(&self.dir);
        let asked = format!("{name}^{{commit}}");
        let commit = git.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &asked])?.text.trim().to_owned();
        self.dated(&git, commit)
    }

    /// The last commit before the day `day` began, in UTC.
    pub fn before(&self, day: Date) -> Option<Revision> {
        let git = Git::in_folder(&self.dir);
        let before = format!("--before={}T00:00:00Z", day.first_day().iso());
        let commit = git.ask(&["rev-list", "-1", &before, self.head.as_deref()?])?.text.trim().to_owned();
        self.dated(&git, commit)
    }

    fn dated(&self, git: &Git, commit: String) -> Option<Revision> {
        if !super::log::is_commit(&commit) {
            return None;
        }
        let seconds = git.ask(&["show", "-s", "--format=%ct", &commit])?.text.trim().parse().ok()?;
        Some(Revision { commit, day: Date::from_timestamp(seconds)? })
    }

    /// The files of the folder at `revision` whose paths `is_wanted`, by their paths in the handbook. What the clone does not
    /// have, and what is no file, is left out.
    pub fn files_at(&self, revision: &Revision, is_wanted: impl Fn(&SourcePath) -> bool) -> Option<Vec<(SourcePath, Vec<u8>)>> {
        let git = Git::in_folder(&self.dir);
        let mut wanted: Vec<(SourcePath, String)> = Vec::new();
        let is_read = git.each(&["ls-tree", "-r", "-z", &revision.commit], |entry| {
            let Some((head, path)) = std::str::from_utf8(entry).ok().and_then(|entry| entry.split_once('\t')) else { return };
            let mut words = head.split(' ');
            let (Some("100644" | "100755"), Some("blob"), Some(name)) = (words.next(), words.next(), words.next()) else { return };
            let path = SourcePath::new(if self.mount.is_empty() { path.to_owned() } else { format!("{}/{path}", self.mount) });
            if is_wanted(&path) {
                wanted.push((path, name.to_owned()));
            }
        });
        let names: String = wanted.iter().map(|(_, name)| format!("{name}\n")).collect();
        let mut paths = wanted.into_iter().map(|(path, _)| path);
        let mut files = Vec::new();
        let is_told = is_read
            && git.talk(&["cat-file", "--batch"], names.as_bytes(), |answer| {
                let mut answer = BufReader::new(answer);
                let mut line = String::new();
                while answer.read_line(&mut line)? > 0 {
                    let path = paths.next();
                    // "NAME blob SIZE"; "NAME missing" where the clone does not have it.
                    if let Some(size) = line.trim_end().rsplit(' ').next().and_then(|size| size.parse::<usize>().ok()) {
                        let mut content = vec![0; size.min(FILE_BYTES_MAX)];
                        answer.read_exact(&mut content)?;
                        std::io::copy(&mut (&mut answer).take((size - content.len() + 1) as u64), &mut std::io::sink())?;
                        files.extend(path.map(|path| (path, content)));
                    }
                    line.clear();
                }
                Ok(())
            });
        is_told.then_some(files)
    }
}

impl Git {
    /// Hands what git answers to `input` to `take`; whether git ended well.
    fn talk(&self, arguments: &[&str], input: &[u8], take: impl FnOnce(&mut dyn Read) -> std::io::Result<()>) -> bool {
        let Ok(mut child) = self.spawn_talking(arguments) else { return false };
        let (mut to, mut from) = (child.stdin.take().expect("the input is piped"), child.stdout.take().expect("the output is piped"));
        // Git answers while it is asked: one thread asks, so that neither waits for the other.
        let is_taken = std::thread::scope(|scope| {
            scope.spawn(move || to.write_all(input));
            let is_taken = take(&mut from).is_ok();
            // Git ends when nobody listens, and with it the thread that asks.
            drop(from);
            is_taken
        });
        child.wait().is_ok_and(|status| status.success()) && is_taken
    }
}
