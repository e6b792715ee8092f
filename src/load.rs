//! Folders to [`Input`]: what every later stage works on. Only this stage and `write` touch the disk.

mod codeowners;
mod includes;
mod read;
mod roots;
mod scan;
mod survey;
mod theme;
pub mod witness;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::{self, Diagnostic};
use crate::disk;
use crate::git::Repository;
use crate::link::asset::FileBeside;
use crate::link::navigation::Outlines;
use crate::model::forge::Origin;
use crate::model::history::History;
use crate::model::name::SourcePath;
use crate::model::source::SourceFile;
use crate::parse;

use survey::outlines_beside;
use witness::Seen;

pub use codeowners::CodeOwners;
pub use read::normalised;
pub use roots::Roots;
pub use survey::Survey;
pub use theme::{DEFAULT_THEME, ThemeFiles};
pub use witness::Witness;

/// The name of the file with a team's settings.
pub const CONFIG_FILE: &str = "handbook.yaml";
/// The folder for what can be made anew: caches and the search index.
pub const CACHE_FOLDER: &str = ".handbook";

/// Where a handbook lies.
#[derive(Clone, Debug)]
pub struct Project {
    /// The folder that the command was given.
    pub dir: PathBuf,
    /// The settings, where there are any.
    pub config_file: Option<PathBuf>,
}

/// Everything that a site is made of. A copy costs little: what a save does not change is shared.
#[derive(Clone, Debug)]
pub struct Input {
    /// What the team set.
    pub config: Arc<Config>,
    /// The Markdown files, ordered by path.
    pub sources: Vec<Arc<SourceFile>>,
    /// All other files beside them and where they lie on disk; those that a record names become part of the site.
    pub files: Arc<BTreeMap<SourcePath, FileBeside>>,
    /// Those of them that say in which order records are read.
    pub outlines: Arc<Outlines>,
    /// Templates, style and scripts.
    pub theme: Arc<ThemeFiles>,
    /// What was wrong with files and settings.
    pub diagnostics: Vec<Diagnostic>,
    /// The folders of the content.
    pub roots: Roots,
    /// The repositories in which the content lies.
    pub repositories: Vec<Repository>,
    /// Who owns which of the Markdown files, as the hosts of the repositories see it.
    pub code_owners: Arc<CodeOwners>,
    /// What reading came across.
    pub seen: Arc<Seen>,
}

/// Why a handbook can not be loaded at all.
#[derive(Debug)]
pub enum LoadError {
    /// There is no such folder.
    NoFolder(PathBuf),
    /// The settings can not be understood.
    Config(Vec<Diagnostic>),
    /// The system refused.
    Io(PathBuf, std::io::Error),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoFolder(path) => write!(f, "there is no folder {}", path.display()),
            Self::Config(diagnostics) => {
                let shown: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
                write!(f, "{CONFIG_FILE} can not be read\n{}", shown.join("\n"))
            }
            Self::Io(path, error) => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for LoadError {}

impl Project {
    /// The handbook in `dir`: its settings are in `handbook.yaml` there, or in its folder `content`; none are needed.
    pub fn open(dir: &Path) -> Result<Self, LoadError> {
        if !dir.is_dir() {
            return Err(LoadError::NoFolder(dir.to_owned()));
        }
        let candidates = [dir.join(CONFIG_FILE), dir.join("content").join(CONFIG_FILE)];
        let config_file = candidates.into_iter().find(|path| path.symlink_metadata().is_ok());
        Ok(Self { dir: dir.to_owned(), config_file })
    }

    /// The settings, and what is wrong with them.
    pub fn config(&self) -> Result<(Config, Vec<Diagnostic>), LoadError> {
        let folder = self.dir.canonicalize().ok();
        let title = folder.as_deref().and_then(Path::file_name).map_or_else(|| "Handbook".into(), |name| name.to_string_lossy());
        let (mut config, diagnostics) = match &self.config_file {
            None => (Config::built_in(&title), Vec::new()),
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|error| LoadError::Io(path.clone(), error))?;
                Config::parse(&title, CONFIG_FILE, text.trim_start_matches('\u{feff}')).map_err(LoadError::Config)?
            }
        };
        let content = self.content(&config).ok().and_then(|content| content.canonicalize().ok());
        if let Some(name) = content.as_deref().and_then(Path::file_name) {
            config.lies_in(&name.to_string_lossy());
        }
        Ok((config, diagnostics))
    }

    /// The folder from which the settings name others.
    fn base(&self) -> &Path {
        self.config_file.as_deref().and_then(Path::parent).unwrap_or(&self.dir)
    }

    /// The folder with the records.
    pub fn content(&self, config: &Config) -> Result<PathBuf, LoadError> {
        let base = self.base();
        let content = config.content.as_ref().map_or_else(|| base.to_owned(), |folder| base.join(folder));
        if content.is_dir() { Ok(content) } else { Err(LoadError::NoFolder(content)) }
    }

    /// The folder with themes of the team's own.
    pub fn themes(&self) -> PathBuf {
        self.dir.join("themes")
    }

    /// The folder for caches.
    pub fn cache(&self) -> PathBuf {
        self.dir.join(CACHE_FOLDER)
    }

    /// Makes the folder for caches, if it can be: without it every run is as right, and slower.
    pub fn make_cache(&self) {
        let _ = disk::make_cache_folder(&self.cache());
    }

    /// The folders with the records: the content folder, and those that the settings mount in it. One that is not there is a
    /// finding, so that the others can be read.
    pub fn roots(&self, config: &Config) -> Result<(Roots, Vec<Diagnostic>), LoadError> {
        let mut roots = Roots::new(&self.content(config)?);
        let mut diagnostics = Vec::new();
        for source in &config.sources.mounted {
            let folder = self.base().join(&source.folder);
            if folder.is_dir() {
                roots.mount(&source.at, folder);
            } else {
                let message = format!("there is no folder `{}`, so `{}` is empty", source.folder, source.at);
                let found = Diagnostic::new(&diagnostic::SOURCE_MISSING, CONFIG_FILE, message).at(source.place.clone());
                diagnostics.push(found.hint("check it out, mend the path, or remove the entry"));
            }
        }
        Ok((roots, diagnostics))
    }

    /// Reads everything. Nothing in the folders `except` is read: the output of an earlier build, for one.
    pub fn load(&self, except: &[PathBuf]) -> Result<Input, LoadError> {
        self.survey(except).map(Survey::read)
    }

    /// Reads one record again. Nothing where its own file alone does not tell what it is.
    pub fn source(&self, roots: &Roots, path: &SourcePath, config: &Config) -> Option<SourceFile> {
        if roots.is_contested(path.as_str()) {
            return None;
        }
        let file = roots.file(path.as_str());
        if !file.exists() {
            // It stands in a file together with others.
            let (folder, ending) = (path.folder(), path.file_name().rsplit_once('.')?.1);
            let files = [".", "/README.", "/index."].map(|name| SourcePath::new(format!("{folder}{name}{ending}").trim_start_matches('/')));
            let mut several = files.iter().filter_map(|file| self.source_alone(roots, file));
            return several.find_map(|file| parse::split(file, config, &[]).into_iter().find(|record| record.path == *path));
        }
        // Whether a file holds several, or only names those of others, is for all files to tell.
        let mut records = parse::split(self.source_alone(roots, path)?, config, &[]);
        records.pop().filter(|_| records.is_empty())
    }

    /// Reads the file at `path`, and what lies beside it.
    fn source_alone(&self, roots: &Roots, path: &SourcePath) -> Option<SourceFile> {
        let side_car = path.side_cars().into_iter().map(|path| (roots.file(path.as_str()), path)).find(|(file, _)| file.is_file());
        let side_car = side_car.as_ref().map(|(file, path)| (path.clone(), file));
        read::read(path, &roots.file(path.as_str()), roots, side_car).ok()
    }

    /// Tells later whether the records, and what they mean, are as they are in `input`; nothing, if they have changed since. The
    /// theme is not looked at.
    pub fn witness(&self, input: &Input) -> Option<Witness> {
        let included = input.sources.iter().flat_map(|source| includes::named(source));
        let included = included.flat_map(|path| input.roots.places(path.as_str()).collect::<Vec<_>>());
        let mounted = input.config.sources.mounted.iter().map(|source| self.base().join(&source.folder));
        // What is in a folder is told by its names; what is none may become one, and a link may lead to another.
        let mounted = mounted.filter(|folder| folder.is_symlink() || !folder.is_dir());
        let beside = input.roots.iter().flat_map(|(at, folder)| outlines_beside(at, folder)).map(|(_, file)| file);
        let ignored = input.seen.folders.keys().map(|folder| folder.join(".gitignore"));
        let settings = [self.dir.join(CONFIG_FILE), self.dir.join("content").join(CONFIG_FILE)];
        let homes = ["HOME", "XDG_CONFIG_HOME"].into_iter().filter_map(std::env::var_os).map(PathBuf::from);
        let of_git = homes.flat_map(|home| [home.join(".gitconfig"), home.join(".config/git/config"), home.join("git/config")]);
        let around = input.roots.iter().flat_map(|(_, folder)| witness_of_repository(folder));
        let of_repositories = input.repositories.iter().flat_map(|repository| repository.settings_files().to_vec());
        let files = input.files.values().map(|beside| beside.file.clone());
        let of_content = files.chain(included).chain(mounted).chain(beside).chain(ignored).chain(settings);
        Witness::new(&input.seen, of_content.chain(of_git).chain(around).chain(of_repositories))
    }

    /// The history of the files in `repositories`, and what is wrong with it. It takes a pass over all commits, once for
    /// each commit that is checked out.
    pub fn history(&self, repositories: &[Repository]) -> (History, Vec<Diagnostic>) {
        let mut history = History::default();
        for repository in repositories {
            history.files.extend(repository.history(&self.cache()).files);
        }
        let diagnostics = repositories.iter().filter_map(|repository| repository.finding(&history)).collect();
        (history, diagnostics)
    }
}

impl Input {
    /// A handbook without a record.
    pub fn blank(config: Config, theme: ThemeFiles) -> Self {
        Self {
            config: config.into(),
            theme: theme.into(),
            sources: Vec::new(),
            files: Arc::default(),
            outlines: Arc::default(),
            diagnostics: Vec::new(),
            roots: Roots::default(),
            repositories: Vec::new(),
            code_owners: Arc::default(),
            seen: Arc::default(),
        }
    }

    /// The same with other `sources`, ordered by path.
    pub fn with_sources(&self, sources: Vec<Arc<SourceFile>>) -> Self {
        Self { sources, ..self.clone() }
    }

    /// Puts a version of a file in the place of the one that was read.
    pub fn lay_over(&mut self, source: SourceFile) {
        self.sources.retain(|known| *known.file() != source.path);
        let known: Vec<SourcePath> = self.sources.iter().map(|known| known.file().clone()).collect();
        self.sources.extend(parse::split(source, &self.config, &known).into_iter().map(Arc::new));
        self.sources.sort_by(|a, b| a.path.cmp(&b.path));
    }

    /// The Markdown file that lies at `file`, a path without links, as far as it is among those that were read.
    pub fn source_at(&self, file: &Path) -> Option<&Arc<SourceFile>> {
        self.source(&SourcePath::new(self.roots.path(file)?))
    }

    /// The Markdown file at `path`, as far as it is among those that were read.
    pub fn source(&self, path: &SourcePath) -> Option<&Arc<SourceFile>> {
        let index = self.sources.binary_search_by(|source| source.path.cmp(path)).ok()?;
        Some(&self.sources[index])
    }

    /// A file with another text, as an editor shows it before it is saved; what it includes is read from the disk.
    pub fn with_text(&self, source: &SourceFile, text: String) -> SourceFile {
        let includes = includes::collect(&source.path, &text, &self.roots).0;
        source.changed(text, includes)
    }

    /// The next version of a file, as it lies there now. Nothing where more than the file itself would have to be read.
    pub fn next_version(&self, source: &SourceFile) -> Option<SourceFile> {
        let is_included = self.sources.iter().any(|other| other.includes.contains_key(&source.path));
        if !is_alone(source) || is_included { None } else { self.read_alone(&source.path) }
    }

    /// The Markdown file at `path`, as it lies there now. Nothing where more than the file itself would have to be read.
    pub fn read_alone(&self, path: &SourcePath) -> Option<SourceFile> {
        let source = read::read(path, &self.roots.file(path.as_str()), &self.roots, None).ok()?;
        let mut records = parse::split(source, &self.config, &[]);
        records.pop().filter(|record| records.is_empty() && is_alone(record))
    }

    /// Where the content is on the web: as the settings say, else as the repositories do.
    pub fn origins(&self) -> Vec<Origin> {
        let configured = self.config.repository.as_deref().and_then(Origin::of_address);
        configured.into_iter().chain(self.repositories.iter().filter_map(Repository::origin)).collect()
    }
}

/// Whether a file is all that its record is made of.
fn is_alone(source: &SourceFile) -> bool {
    source.includes.is_empty() && source.side_car.is_none() && source.part.is_none() && source.diagnostics.is_empty()
}

/// The files by which a repository that holds `folder`, or that may come to hold it, says where it is on the web, and who owns
/// what.
fn witness_of_repository(folder: &Path) -> Vec<PathBuf> {
    let Ok(folder) = folder.canonicalize() else { return Vec::new() };
    let of_git = [".git/config", ".git/HEAD", ".git/refs/remotes/origin/HEAD"];
    let names = || of_git.into_iter().chain(codeowners::PLACES);
    // In a linked checkout it is a file, and leads to the repository.
    let leads = |above: &Path| Some(above.join(".git")).filter(|git| !git.is_dir());
    folder.ancestors().flat_map(|above| names().map(|name| above.join(name)).chain(leads(above))).collect()
}
