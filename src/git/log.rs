//! One pass over the log, from the newest commit to the oldest, to the history of every file. A file is followed back
//! through its renames: what is told of an older name counts for the name that the file has now.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::calendar::Date;
use crate::diagnostic::visible;
use crate::git::command::Git;
use crate::model::history::{Change, FileHistory, History, LATEST_MAX};
use crate::model::name::SourcePath;

/// The file in which a team names commits that change how files look and not what they say, as `git blame` reads it.
pub const IGNORED_COMMITS: &str = ".git-blame-ignore-revs";

/// Commits that are read; what lies behind them is as if it had been cut off.
const COMMITS_MAX: usize = 100_000;
/// Characters of a name or a subject.
const WORDS_MAX: usize = 200;
/// Names of authors that are kept for one file.
const AUTHORS_MAX: usize = 50;

/// Whether `text` is the whole name of a commit.
pub fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The history that ends at `head`; nothing when git fails on the way.
pub fn read(git: &Git, head: &str, is_partial: bool, mut reader: Reader) -> Option<History> {
    let max = format!("--max-count={}", COMMITS_MAX + 1);
    // Whether two texts are alike can be told only of texts that are there.
    let renames = if is_partial { "--find-renames=100%" } else { "--find-renames=50%" };
    let arguments = [
        "log",
        "-z",
        "--topo-order",
        "--no-merges",
        "--no-color",
        "--no-ext-diff",
        "--no-textconv",
        "--no-notes",
        "--no-decorate",
        "--diff-filter=ADMRT",
        "--name-status",
        "-l2000",
        renames,
        &max,
        "--format=tformat:%x01%H%x00%as%x00%aN%x00%s",
        head,
        "--",
    ];
    git.each(&arguments, |text| reader.take(text)).then(|| reader.finish())
}

/// Reads the log, one text after another, as `git log -z --name-status` prints it.
pub struct Reader {
    /// The folder whose files are told of, with a `/` at its end.
    prefix: String,
    ignored: HashSet<String>,
    cut: HashSet<String>,
    expected: Expected,
    n_commits: usize,
    commit: Commit,
    /// Which file bears a name at this point of the way back; none for a name whose file is gone, or has another name.
    by_name: HashMap<Vec<u8>, Option<usize>>,
    files: Vec<File>,
}

/// What the next text is.
enum Expected {
    /// A commit, or what was done to a file.
    Any,
    /// A field of a commit, by its place.
    Field(usize),
    /// The path of a file, and what was done to it.
    Path(u8),
    /// The older name of a file, and whether its text changed too.
    OldPath(bool),
    /// The newer name of a file, its older one, and whether its text changed too.
    NewPath(Vec<u8>, bool),
}

#[derive(Clone, Default)]
struct Commit {
    change: Option<Change>,
    is_ignored: bool,
    is_cut: bool,
}

struct File {
    path: SourcePath,
    history: FileHistory,
    /// Its first version was seen: what older commits tell of its name is about that file too, unless another took the name.
    is_born: bool,
}

impl Reader {
    /// A reader for the files below `prefix`. Commits that are `ignored` count for nothing; behind `cut` nothing is known.
    pub fn new(prefix: &str, ignored: &[String], cut: &[String]) -> Self {
        Self {
            prefix: prefix.to_owned(),
            ignored: ignored.iter().map(|commit| commit.to_ascii_lowercase()).collect(),
            cut: cut.iter().cloned().collect(),
            expected: Expected::Any,
            n_commits: 0,
            commit: Commit::default(),
            by_name: HashMap::new(),
            files: Vec::new(),
        }
    }

    /// Reads the next text.
    pub fn take(&mut self, text: &[u8]) {
        self.expected = match std::mem::replace(&mut self.expected, Expected::Any) {
            Expected::Any => self.begin(text),
            Expected::Field(index) => self.field(index, text),
            Expected::Path(what) => {
                self.changed(text, what);
                Expected::Any
            }
            Expected::OldPath(is_edit) => Expected::NewPath(text.to_owned(), is_edit),
            Expected::NewPath(old, is_edit) => {
                self.renamed(old, text, is_edit);
                Expected::Any
            }
        };
    }

    fn begin(&mut self, text: &[u8]) -> Expected {
        // A line's end stands between a commit and its files.
        let text = text.strip_prefix(b"\n").unwrap_or(text);
        match text {
            [1, name @ ..] => {
                let commit = String::from_utf8_lossy(name).into_owned();
                self.n_commits += 1;
                self.commit = Commit {
                    is_ignored: self.ignored.contains(&commit),
                    is_cut: self.cut.contains(&commit) || self.n_commits > COMMITS_MAX,
                    change: Some(Change { commit, date: None, author: String::new(), subject: String::new() }),
                };
                Expected::Field(0)
            }
            [b'R', likeness @ ..] => Expected::OldPath(likeness != b"100"),
            [what @ (b'A' | b'M' | b'D' | b'T'), ..] => Expected::Path(*what),
            _ => Expected::Any,
        }
    }

    fn field(&mut self, index: usize, text: &[u8]) -> Expected {
        let words = || visible(&String::from_utf8_lossy(text)).trim().chars().take(WORDS_MAX).collect::<String>();
        if let Some(change) = &mut self.commit.change {
            match index {
                0 => change.date = Date::parse(&String::from_utf8_lossy(text)).ok(),
                1 => change.author = words(),
                _ => change.subject = words(),
            }
        }
        if index < 2 { Expected::Field(index + 1) } else { Expected::Any }
    }

    /// The file that bears `name` at this point. One that is met for the first time is there now, unless it was removed.
    fn file(&mut self, name: &[u8], is_there: bool) -> Option<usize> {
        if let Some(index) = self.by_name.get(name) {
            return *index;
        }
        let path = std::str::from_utf8(name).ok()?.strip_prefix(&self.prefix).map(SourcePath::new)?;
        if !path.is_markdown() {
            return None;
        }
        let index = is_there.then_some(self.files.len());
        self.by_name.insert(name.to_owned(), index);
        if is_there {
            self.files.push(File { path, history: FileHistory::default(), is_born: false });
        }
        index
    }

    fn changed(&mut self, name: &[u8], what: u8) {
        if let Some(index) = self.file(name, what != b'D').filter(|_| what != b'D') {
            self.files[index].add(&self.commit, what == b'A', what != b'T');
        }
    }

    fn renamed(&mut self, old: Vec<u8>, new: &[u8], is_edit: bool) {
        let Some(index) = self.file(new, true) else { return };
        self.files[index].add(&self.commit, false, is_edit);
        // Before this commit the newer name was that of no file, or of another one that is gone.
        self.by_name.insert(new.to_owned(), None);
        let holder = self.by_name.get(&old).copied().flatten().map(|index| &self.files[index]);
        if holder.is_none_or(|holder| holder.is_born) {
            self.by_name.insert(old, Some(index));
        }
    }

    /// The history of all files.
    pub fn finish(self) -> History {
        let files: BTreeMap<SourcePath, FileHistory> = self.files.into_iter().map(|file| (file.path, file.history)).collect();
        History { files }
    }
}

impl File {
    fn add(&mut self, commit: &Commit, is_new: bool, is_edit: bool) {
        let (Some(change), history) = (&commit.change, &mut self.history) else { return };
        if commit.is_cut {
            // A clone that is cut off shows every file as new in its oldest commit, which says nothing of the file.
            history.is_cut = true;
            history.created = None;
            return;
        }
        if is_new {
            self.is_born = true;
            history.created = earlier(history.created, change.date);
        }
        if !is_edit || commit.is_ignored && !is_new {
            return;
        }
        history.n_changes += 1;
        history.changed = history.changed.max(change.date);
        if history.authors.len() < AUTHORS_MAX && !change.author.is_empty() && !history.authors.contains(&change.author) {
            history.authors.push(change.author.clone());
        }
        if history.latest.len() < LATEST_MAX {
            history.latest.push(change.clone());
        }
    }
}

fn earlier(a: Option<Date>, b: Option<Date>) -> Option<Date> {
    [a, b].into_iter().flatten().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The history that a log gives: commits as `hash date author subject`, then lines of what they did to files.
    fn history(prefix: &str, ignored: &[&str], cut: &[&str], log: &str) -> String {
        let names = |names: &[&str]| names.iter().map(|name| name.repeat(40)).collect::<Vec<_>>();
        let mut reader = Reader::new(prefix, &names(ignored), &names(cut));
        for line in log.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let words: Vec<&str> = line.split(' ').collect();
            if let [commit, date, author, subject] = words.as_slice() {
                reader.take(format!("\u{1}{}", commit.repeat(40)).as_bytes());
                [date, author, subject].into_iter().for_each(|field| reader.take(field.as_bytes()));
            } else {
                words.iter().for_each(|word| reader.take(word.as_bytes()));
            }
        }
        let line = |(path, file): (&SourcePath, &FileHistory)| {
            let day = |date: Option<Date>| date.map_or_else(|| "?".to_owned(), |date| date.iso());
            let cut = if file.is_cut { " cut" } else { "" };
            format!("{path} {} {} {} {}{cut}\n", day(file.created), day(file.changed), file.authors.join("+"), file.n_changes)
        };
        reader.finish().files.iter().map(line).collect()
    }

    #[test]
    fn a_file_is_followed_through_its_names() {
        let log = "
            c 2022-03-01 Cy third
            R090 docs/b.md docs/c.md
            b 2022-02-01 Bo second
            R100 old/a.md docs/b.md
            a 2022-01-01 Al first
            A old/a.md";
        assert_eq!(history("docs/", &[], &[], log), "c.md 2022-01-01 2022-03-01 Cy+Al 2\n");
    }

    #[test]
    fn a_name_that_was_another_files_is_told_apart() {
        let log = "
            d 2022-04-01 Di fourth
            M a.md
            c 2022-03-01 Cy third
            A a.md
            b 2022-02-01 Bo second
            R100 a.md b.md
            a 2022-01-01 Al first
            A a.md";
        assert_eq!(history("", &[], &[], log), "a.md 2022-03-01 2022-04-01 Di+Cy 2\nb.md 2022-01-01 2022-01-01 Al 1\n");
    }

    #[test]
    fn what_is_gone_or_no_markdown_is_not_told_of() {
        let log = "
            b 2022-02-01 Bo second
            D a.md
            M b.txt
            M c.md
            a 2022-01-01 Al first
            A a.md
            A b.txt
            A c.md";
        assert_eq!(history("", &[], &[], log), "c.md 2022-01-01 2022-02-01 Bo+Al 2\n");
    }

    #[test]
    fn ignored_commits_count_for_nothing_and_renames_in_them_are_followed() {
        let log = "
            b 2022-02-01 Bo format
            R080 a.md b.md
            a 2022-01-01 Al first
            A a.md";
        assert_eq!(history("", &["b"], &[], log), "b.md 2022-01-01 2022-01-01 Al 1\n");
    }

    #[test]
    fn behind_the_cut_nothing_is_claimed() {
        let log = "
            b 2022-02-01 Bo second
            M a.md
            a 2022-01-01 Al first
            A a.md
            A b.md";
        assert_eq!(history("", &[], &["a"], log), "a.md ? 2022-02-01 Bo 1 cut\nb.md ? ?  0 cut\n");
    }

    #[test]
    fn fields_of_a_commit_are_told_by_their_place() {
        let mut reader = Reader::new("", &[], &[]);
        for text in ["\u{1}aaaa", "2022-01-01", "\u{1}M", "A\u{7}B\u{202e}", "\nA", "a.md"] {
            reader.take(text.as_bytes());
        }
        let history = reader.finish();
        let file = &history.files["a.md"];
        assert_eq!((file.latest[0].author.as_str(), file.latest[0].subject.as_str()), ("␁M", "A␇B\u{fffd}"));
    }
}
