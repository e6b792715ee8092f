//! The history of a folder, kept between runs: JSON in the cache folder, found by everything that it depends on.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::calendar::Date;
use crate::disk;
use crate::git::Repository;
use crate::model::history::{Change, FileHistory, History};
use crate::model::name::SourcePath;
use crate::model::source::ContentHash;

/// The form of the file; one of another form is not read.
const VERSION: &str = "history 1";

/// What a history depends on.
pub struct Key {
    /// The name of the file: of the repository and the folder, so that a newer history takes the place of an older one.
    file: String,
    /// Everything else.
    state: String,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    state: String,
    files: Vec<KeptFile>,
}

#[derive(Serialize, Deserialize)]
struct KeptFile {
    path: String,
    created: Option<String>,
    changed: Option<String>,
    authors: Vec<String>,
    n_changes: usize,
    is_cut: bool,
    /// Commit, day, author, subject.
    latest: Vec<(String, Option<String>, String, String)>,
}

impl Key {
    /// The key of the history of `repository` up to `head`, as the files `settings` have it read.
    pub fn new<'a>(repository: &Repository, head: &str, settings: impl IntoIterator<Item = &'a std::path::PathBuf>) -> Self {
        let settings: Vec<Vec<u8>> = settings.into_iter().map(|file| std::fs::read(file).unwrap_or_default()).collect();
        let cut = repository.cut.join(" ");
        let parts = [VERSION.as_bytes(), head.as_bytes(), cut.as_bytes(), &[u8::from(repository.is_partial)]];
        let state = ContentHash::of_parts(parts.into_iter().chain(settings.iter().map(Vec::as_slice)));
        let place = [repository.root.to_string_lossy(), repository.prefix.as_str().into()];
        let name = ContentHash::of_parts(place.iter().map(|part| part.as_bytes()));
        Self { file: format!("history-{}.json", &name.hex()[..16]), state: state.hex() }
    }
}

/// The history that is kept in `cache` under `key`.
pub fn read(cache: &Path, key: &Key) -> Option<History> {
    let kept: Kept = serde_json::from_slice(&std::fs::read(cache.join(&key.file)).ok()?).ok()?;
    if kept.state != key.state {
        return None;
    }
    let date = |text: Option<String>| text.and_then(|text| Date::parse(&text).ok());
    let change = |(commit, day, author, subject)| Change { commit, date: date(day), author, subject };
    let file = |kept: KeptFile| {
        let history = FileHistory {
            created: date(kept.created),
            changed: date(kept.changed),
            authors: kept.authors,
            n_changes: kept.n_changes,
            latest: kept.latest.into_iter().map(change).collect(),
            is_cut: kept.is_cut,
        };
        (SourcePath::new(kept.path), history)
    };
    Some(History { files: kept.files.into_iter().map(file).collect() })
}

/// Keeps `history` in `cache` under `key`.
pub fn write(cache: &Path, key: &Key, history: &History) -> io::Result<()> {
    let day = |date: Option<Date>| date.map(|date| date.iso());
    let change = |change: &Change| (change.commit.clone(), day(change.date), change.author.clone(), change.subject.clone());
    let file = |(path, file): (&SourcePath, &FileHistory)| KeptFile {
        path: path.to_string(),
        created: day(file.created),
        changed: day(file.changed),
        authors: file.authors.clone(),
        n_changes: file.n_changes,
        is_cut: file.is_cut,
        latest: file.latest.iter().map(change).collect(),
    };
    let kept = Kept { state: key.state.clone(), files: history.files.iter().map(file).collect() };
    disk::make_folders(cache)?;
    let ignored = cache.join(".gitignore");
    if !ignored.exists() {
        disk::write_through(&ignored, b"*\n")?;
    }
    // Two runs at once write the same bytes; the rename keeps a third from reading half of them.
    let unfinished = cache.join(format!("{}.{}", key.file, std::process::id()));
    disk::write_through(&unfinished, &serde_json::to_vec(&kept)?)?;
    disk::rename(&unfinished, &cache.join(&key.file))
}
