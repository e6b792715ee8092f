//! Finds the files of a handbook (walkdir): which are records, which lie beside them, which are left out.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::diagnostic::{self, Diagnostic};
use crate::glob::Patterns;
use crate::link::navigation::PAGES;
use crate::load::{LoadError, witness};
use crate::model::name::SourcePath;

/// What lies in a content folder.
#[derive(Debug, Default)]
pub struct Scan {
    /// Markdown files, ordered by path.
    pub markdown: Vec<(SourcePath, PathBuf)>,
    /// All others.
    pub files: BTreeMap<SourcePath, PathBuf>,
    /// What can not be used as it lies there.
    pub diagnostics: Vec<Diagnostic>,
    /// The names in each folder that was walked through, those aside that mean nothing.
    pub folders: BTreeMap<PathBuf, Vec<OsString>>,
    /// What lay in them and is no folder.
    pub seen: BTreeSet<PathBuf>,
}

/// Folders that never hold records.
const FOLDERS_LEFT_OUT: [&str; 2] = ["node_modules", "_drafts"];
/// Names that Windows keeps for devices.
const DEVICE_NAMES: [&str; 8] = ["con", "prn", "aux", "nul", "com1", "com2", "lpt1", "lpt2"];

/// A folder that is walked through, and its path in the handbook.
struct Root {
    folder: PathBuf,
    at: String,
}

/// Walks through `folder`, which is `at` in the handbook. Hidden files but `.pages`, those that a `.gitignore` or `patterns` name and the
/// folders `except` are left out.
pub fn scan(folder: &Path, at: &str, patterns: &[String], except: &[PathBuf]) -> Result<Scan, LoadError> {
    let folder = folder.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => LoadError::NoFolder(folder.to_owned()),
        _ => LoadError::Io(folder.to_owned(), error),
    })?;
    let root = Root { folder, at: at.to_owned() };
    let except: Vec<PathBuf> = except.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let mut rules = IgnoreRules::new(&root.folder, patterns);
    let mut scan = Scan::default();
    let mut walk = WalkDir::new(&root.folder).sort_by_file_name().into_iter();
    while let Some(step) = walk.next() {
        let entry = match step {
            Ok(entry) => entry,
            Err(error) => {
                scan.unreadable(&root, &error);
                continue;
            }
        };
        scan.note(&entry);
        if entry.depth() == 0 {
            scan.folders.entry(entry.path().to_owned()).or_default();
            rules.enter(entry.path());
        } else if is_left_out(&entry) || except.iter().any(|path| path == entry.path()) || rules.match_entry(&entry) {
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
        } else if entry.file_type().is_dir() {
            scan.folders.entry(entry.path().to_owned()).or_default();
            rules.enter(entry.path());
        } else {
            scan.seen.insert(entry.path().to_owned());
            scan.take(&root, &entry);
        }
    }
    scan.markdown.sort();
    Ok(scan)
}

impl Scan {
    /// Adds what lies in another folder, and tells which paths it had to give. A path that is taken stays with the file that
    /// has it.
    pub fn add(&mut self, other: Self) -> Vec<SourcePath> {
        let mut added = Vec::new();
        let taken: HashSet<SourcePath> = self.markdown.iter().map(|(path, _)| path.clone()).collect();
        for (path, file) in other.markdown {
            if taken.contains(&path) {
                let message = "another source has a file with this path; this one is left out";
                self.diagnostics
                    .push(Diagnostic::new(&diagnostic::DUPLICATE_URL, path.as_str(), message).hint("mount it elsewhere, with `at`"));
            } else {
                added.push(path.clone());
                self.markdown.push((path, file));
            }
        }
        for (path, file) in other.files {
            if let Entry::Vacant(place) = self.files.entry(path) {
                added.push(place.key().clone());
                place.insert(file);
            }
        }
        self.diagnostics.extend(other.diagnostics);
        self.folders.extend(other.folders);
        self.seen.extend(other.seen);
        added
    }

    /// Notes that a name was there.
    fn note(&mut self, entry: &DirEntry) {
        let parent = entry.path().parent().filter(|_| entry.depth() > 0 && witness::is_noted(entry.file_name()));
        if let Some(parent) = parent {
            match self.folders.get_mut(parent) {
                Some(names) => names.push(entry.file_name().to_owned()),
                None => drop(self.folders.insert(parent.to_owned(), vec![entry.file_name().to_owned()])),
            }
        }
    }

    fn take(&mut self, root: &Root, entry: &DirEntry) {
        let Some(path) = source_path(root, entry.path()) else {
            let shown = shown_path(root, entry.path());
            let message = "the file's name is not in UTF-8, so it has no address";
            self.diagnostics.push(Diagnostic::new(&diagnostic::FILE_NAME, shown, message).hint("rename the file"));
            return;
        };
        let is_markdown = path.is_markdown();
        if entry.path_is_symlink() {
            self.take_link(root, entry.path(), &path, is_markdown);
        } else if !entry.file_type().is_file() {
            if is_markdown {
                self.diagnostics.push(Diagnostic::new(
                    &diagnostic::NOT_A_FILE,
                    path.as_str(),
                    "this is a pipe, a socket or a device, and is passed over",
                ));
            }
        } else if is_markdown {
            self.check_name(&path);
            self.markdown.push((path, entry.path().to_owned()));
        } else {
            self.files.insert(path, entry.path().to_owned());
        }
    }

    /// A link within the content folder leads to a file that the walk visits anyway; one that leads elsewhere is refused.
    fn take_link(&mut self, root: &Root, link: &Path, path: &SourcePath, is_markdown: bool) {
        let refuse = |message: &str| Diagnostic::new(&diagnostic::SYMLINK, path.as_str(), message);
        match link.canonicalize() {
            Err(error) => {
                let is_editor_lock = path.file_name().starts_with(".#");
                if !is_editor_lock {
                    self.diagnostics.push(refuse(&format!("this symbolic link can not be followed: {error}")));
                }
            }
            Ok(target) if !target.starts_with(&root.folder) => {
                self.diagnostics.push(refuse("this symbolic link leads out of the content folder, and is not followed"));
            }
            Ok(target) if target.is_file() && !is_markdown => {
                self.files.insert(path.clone(), target);
            }
            Ok(_) => {}
        }
    }

    fn check_name(&mut self, path: &SourcePath) {
        let stem = path.stem().to_ascii_lowercase();
        let problem = if DEVICE_NAMES.contains(&stem.as_str()) {
            "Windows keeps this name for a device"
        } else if path.file_name().contains([':', '\\', '*', '?', '"', '<', '>', '|']) {
            "Windows can not keep a file with this name"
        } else if stem.ends_with(['.', ' ']) {
            "Windows drops the space or full stop at the end of this name"
        } else if path.as_str().contains(['\u{200b}', '\u{200c}', '\u{200d}', '\u{feff}']) {
            "the name holds characters that nobody can see"
        } else {
            return;
        };
        self.diagnostics.push(Diagnostic::new(&diagnostic::FILE_NAME, path.as_str(), problem).hint("rename the file"));
    }

    fn unreadable(&mut self, root: &Root, error: &walkdir::Error) {
        let path = error.path().map_or_else(String::new, |path| shown_path(root, path));
        let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
        self.diagnostics.push(Diagnostic::new(&diagnostic::UNREADABLE, path, format!("this can not be read: {reason}")));
    }
}

fn is_left_out(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    (name.starts_with('.') && name != PAGES) || (entry.file_type().is_dir() && FOLDERS_LEFT_OUT.contains(&name.as_ref()))
}

fn source_path(root: &Root, path: &Path) -> Option<SourcePath> {
    let relative = path.strip_prefix(&root.folder).ok()?;
    let at = Some(root.at.as_str()).filter(|at| !at.is_empty());
    let parts: Option<Vec<&str>> = at.into_iter().map(Some).chain(relative.iter().map(|part| part.to_str())).collect();
    Some(SourcePath::new(parts?.join("/")))
}

fn shown_path(root: &Root, path: &Path) -> String {
    let relative = path.strip_prefix(&root.folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
    if root.at.is_empty() { relative } else { format!("{}/{relative}", root.at) }
}

/// The `.gitignore` files on the way down, and the team's own patterns.
struct IgnoreRules {
    configured: Patterns,
    by_folder: Vec<(PathBuf, Patterns)>,
}

impl IgnoreRules {
    fn new(root: &Path, patterns: &[String]) -> Self {
        Self { configured: Patterns::new(root, patterns.iter().map(String::as_str)), by_folder: Vec::new() }
    }

    fn enter(&mut self, folder: &Path) {
        self.by_folder.retain(|(above, _)| folder.starts_with(above));
        let file = folder.join(".gitignore");
        if file.is_file() {
            self.by_folder.push((folder.to_owned(), Patterns::of_file(&file)));
        }
    }

    fn match_entry(&self, entry: &DirEntry) -> bool {
        let is_folder = entry.file_type().is_dir();
        if self.configured.verdict(entry.path(), is_folder) == Some(true) {
            return true;
        }
        let rules = self.by_folder.iter().rev().filter(|(folder, _)| entry.path().starts_with(folder));
        rules.filter_map(|(_, rules)| rules.verdict(entry.path(), is_folder)).next().unwrap_or(false)
    }
}
