//! A handbook whose records are not read yet: its settings, its theme, and where its files lie. Ten thousand files are found in a
//! small part of the time that it takes to read them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::SystemTime;

use rayon::prelude::*;

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::git::{Found, Repository};
use crate::link::asset::{self, FileBeside};
use crate::link::navigation::{self, Outlines};
use crate::load::codeowners;
use crate::load::scan::{self, Scan};
use crate::load::witness::Seen;
use crate::load::{CodeOwners, Input, LoadError, Project, Roots, ThemeFiles, read};
use crate::model::name::SourcePath;
use crate::model::source::SourceFile;
use crate::parse;

/// What is known before any record is read.
pub struct Survey {
    /// When it began.
    begun: SystemTime,
    config: Config,
    diagnostics: Vec<Diagnostic>,
    roots: Roots,
    scan: Scan,
    theme: ThemeFiles,
    /// git is asked where the content lies while the files are looked for.
    repositories: JoinHandle<Vec<Found>>,
}

impl Project {
    /// Reads the settings and the theme, and finds the files. Nothing in the folders `except` is looked at.
    pub fn survey(&self, except: &[PathBuf]) -> Result<Survey, LoadError> {
        let begun = SystemTime::now();
        let (config, mut diagnostics) = self.config()?;
        let (mut roots, found) = self.roots(&config)?;
        diagnostics.extend(found);
        let repositories = std::thread::spawn({
            let roots = roots.clone();
            move || roots.iter().map(|(at, folder)| Repository::find(folder, at)).collect()
        });
        let mut scan = self.scan(&mut roots, &config, except)?;
        diagnostics.append(&mut scan.diagnostics);
        let theme = ThemeFiles::load(&self.themes(), &config.theme)?;
        Ok(Survey { begun, config, diagnostics, roots, scan, theme, repositories })
    }

    /// The files in all of `roots`, each once: what is mounted is not read again where it lies in another folder, and of two
    /// files with one path the first root's is taken.
    fn scan(&self, roots: &mut Roots, config: &Config, except: &[PathBuf]) -> Result<Scan, LoadError> {
        let mut all = Scan::default();
        let real = |folder: &Path| folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        for (place, (at, folder)) in roots.clone().iter().enumerate() {
            let inner = roots.iter().map(|(_, other)| other).filter(|other| real(other) != real(folder)).map(Path::to_owned);
            let except: Vec<PathBuf> = except.iter().cloned().chain([self.themes(), self.cache()]).chain(inner).collect();
            let found = scan::scan(folder, at, &config.ignore, &except)?;
            all.add(found).iter().for_each(|path| roots.settle(path.as_str(), place));
        }
        all.markdown.sort();
        Ok(all)
    }
}

impl Survey {
    /// A handbook with the same settings and theme, and without a record.
    pub fn blank(&self) -> Input {
        let beside = |(path, file): (&SourcePath, &PathBuf)| (path.clone(), FileBeside { file: file.clone(), refused: None });
        let files: BTreeMap<_, _> = self.scan.files.iter().map(beside).collect();
        Input { files: files.into(), roots: self.roots.clone(), ..Input::blank(self.config.clone(), self.theme.clone()) }
    }

    /// What the team set.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The Markdown files that were found, ordered by path.
    pub fn markdown(&self) -> impl Iterator<Item = &SourcePath> {
        self.scan.markdown.iter().map(|(path, _)| path)
    }

    /// Reads what was found.
    pub fn read(self) -> Input {
        let Self { begun, config, mut diagnostics, roots, scan, theme, repositories: asked } = self;
        let side_car = |path: &SourcePath| path.side_cars().into_iter().find_map(|side| scan.files.get(&side).map(|file| (side, file)));
        let read: Vec<_> = scan.markdown.par_iter().map(|(path, file)| read::read(path, file, &roots, side_car(path))).collect();
        let mut sources = Vec::with_capacity(read.len());
        for outcome in read {
            match outcome {
                Ok(source) => {
                    diagnostics.extend(source.diagnostics.iter().cloned());
                    sources.push(source);
                }
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
        let sources = parse::records_of(sources, &config);
        let outlines = scan.files.iter().filter(|(path, _)| navigation::is_outline(path));
        let mut outlines: Outlines = outlines.filter_map(|(path, file)| Some((path.clone(), outline(file)?))).collect();
        for (path, file) in roots.iter().flat_map(|(at, folder)| outlines_beside(at, folder)) {
            if let (false, Some(text)) = (outlines.contains_key(&path), outline(&file)) {
                outlines.insert(path, text);
            }
        }
        let is_shown = |(path, _): &(SourcePath, PathBuf)| path.file_name() != navigation::PAGES;
        let files = scan.files.into_iter().filter(is_shown).map(|(path, file)| {
            let refused = is_drawing(&path).then(|| std::fs::read(&file).ok()).flatten().and_then(|bytes| asset::refusal_of_svg(&bytes));
            (path, FileBeside { file, refused })
        });
        let files: BTreeMap<_, _> = files.collect();
        let mut repositories = Vec::new();
        for Found { repository, diagnostic } in asked.join().unwrap_or_default() {
            repositories.extend(repository);
            diagnostics.extend(diagnostic);
        }
        let code_owners = code_owners(&repositories, &sources);
        let seen = Arc::new(Seen { begun, folders: scan.folders, files: scan.seen });
        Input {
            config: config.into(),
            sources,
            files: files.into(),
            outlines: outlines.into(),
            theme: theme.into(),
            diagnostics,
            roots,
            repositories,
            code_owners: code_owners.into(),
            seen,
        }
    }
}

/// Who owns which of `sources`: the rules of the innermost repository that holds a file count.
fn code_owners(repositories: &[Repository], sources: &[Arc<SourceFile>]) -> CodeOwners {
    let rules: Vec<_> = repositories.iter().map(|repository| codeowners::Rules::find(repository.root())).collect();
    if rules.iter().all(Option::is_none) {
        return CodeOwners::new();
    }
    let owners = |source: &Arc<SourceFile>| {
        let places =
            repositories.iter().zip(&rules).filter_map(|(repository, rules)| Some((repository, repository.path_of(source.file())?, rules)));
        let (_, path, rules) = places.max_by_key(|(repository, ..)| repository.mount().len())?;
        let owners = rules.as_ref()?.of(&path);
        (!owners.is_empty()).then(|| (source.path.clone(), owners.to_vec()))
    };
    sources.iter().filter_map(owners).collect()
}

/// Where files that order the records of the content folder `folder`, which is `at` in the handbook, may lie beside it, each
/// taken as if it lay in it; and where they may lie in it, hidden.
pub fn outlines_beside(at: &str, folder: &Path) -> Vec<(SourcePath, PathBuf)> {
    let Some(beside) = folder.canonicalize().ok().and_then(|folder| folder.parent().map(Path::to_owned)) else { return Vec::new() };
    let path = |name: &str| SourcePath::new(if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") });
    let settings =
        navigation::VITEPRESS.iter().flat_map(|folder| ["js", "mjs", "ts", "mts"].map(|ending| format!("{folder}/config.{ending}")));
    let hidden = settings.map(|name| (path(&name), folder.join(&name)));
    navigation::BESIDE.iter().map(|name| (path(name), beside.join(name))).chain(hidden).collect()
}

/// Bytes that a file which orders records may have.
const OUTLINE_BYTES_MAX: u64 = 1 << 20;

/// The text of a file that orders records; one that can not be read orders nothing.
fn outline(file: &Path) -> Option<Arc<str>> {
    let is_short = file.metadata().ok()?.len() <= OUTLINE_BYTES_MAX;
    is_short.then(|| std::fs::read_to_string(file).ok()).flatten().map(Arc::from)
}

fn is_drawing(path: &SourcePath) -> bool {
    path.file_name().to_ascii_lowercase().ends_with(".svg")
}
