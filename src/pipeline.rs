//! The stages in order; the only file that knows them all.
//!
//! [`assemble`] goes from files to a linked handbook, [`build`] on to a folder with the site. What is worth keeping
//! between two runs is in the [`Memo`]: a cold build is the same call with an empty one.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;

use crate::cache::{self, Built, ParsedCache};
use crate::calendar::Date;
use crate::check;
use crate::config::Config;
use crate::diagnostic::allowance::Allowances;
use crate::diagnostic::{self, Diagnostic};
use crate::git::Repository;
use crate::highlight::Highlighter;
use crate::index::facts::Facts;
use crate::index::native::IndexError;
use crate::index::stem::Language;
use crate::index::{browser, search};
use crate::ledger::{self, Ledger};
use crate::link::audience::{self, Scope, Visible};
use crate::link::{Surroundings, link};
use crate::load::{CACHE_FOLDER, CONFIG_FILE, Input, LoadError, Project};
use crate::model::handbook::Handbook;
use crate::model::history::{History, HistoryDetail};
use crate::model::name::OutputPath;
use crate::model::output::{OutputFile, Turn};
use crate::model::source::{ContentHash, SourceFile};
use crate::parse::{Parsed, parse};
use crate::render::{Page, Past, RenderError, Setting, Site, Theme, ThemeError, pages, render};
use crate::write::{self, Session, WriteError, Written};

/// What survives from one run to the next. Entries are found by the hash of everything that they depend on.
#[derive(Default)]
pub struct Memo {
    parsed: HashMap<(ContentHash, ContentHash), Parsed>,
    highlighter: Arc<Highlighter>,
    /// Told of each record that is parsed, or was, with the number of all.
    pub on_record: Option<OnRecord>,
    /// Where more of the same is kept on disk, if anywhere.
    cache: Option<PathBuf>,
    /// The last history that was asked for, and of what.
    past: Option<(Vec<Repository>, Told)>,
}

/// Who is told of each record, with the number of all.
pub type OnRecord = Box<dyn Fn(usize) + Send + Sync>;

/// A history, and what is wrong with it.
type Told = (Arc<History>, Vec<Diagnostic>);

/// For whom and for when a site is made.
#[derive(Clone, Debug)]
pub struct Occasion {
    /// The day for which overdue and stale are reckoned.
    pub today: Date,
    /// Who it is for.
    pub scope: Scope,
}

/// A linked handbook, and everything else that pages are made of.
pub struct Assembled {
    /// What was read.
    pub input: Arc<Input>,
    /// What it means.
    pub handbook: Handbook,
    /// Who changed the files and when, as far as it was asked for.
    pub history: Arc<History>,
    /// Everything that was found wrong, in order, as far as its author does not allow it and the settings do not silence it.
    pub diagnostics: Vec<Diagnostic>,
    /// What authors allow.
    pub allowances: Allowances,
    /// What it amounts to on the day for which a site is made; put together when a site is first asked for.
    pub ledger: Arc<OnceLock<Ledger>>,
}

/// What a build did.
#[derive(Debug)]
pub struct Report {
    /// Records that are part of the site.
    pub n_records: usize,
    /// Pages, feeds included.
    pub n_pages: usize,
    /// What was written.
    pub written: Written,
    /// Everything that was found wrong, in order.
    pub diagnostics: Vec<Diagnostic>,
}

/// Why there is no site.
#[derive(Debug)]
pub enum BuildError {
    /// Nothing could be read.
    Load(LoadError),
    /// The theme can not be used.
    Theme(ThemeError),
    /// Nothing could be written.
    Write(WriteError),
    /// The search index can not be made.
    Index(IndexError),
}

impl std::fmt::Display for BuildError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Load(error) => error.fmt(f),
            Self::Theme(error) => error.fmt(f),
            Self::Write(error) => error.fmt(f),
            Self::Index(error) => write!(f, "the search index can not be made: {error}"),
        }
    }
}

impl std::error::Error for BuildError {}

impl From<LoadError> for BuildError {
    fn from(error: LoadError) -> Self {
        Self::Load(error)
    }
}

impl From<ThemeError> for BuildError {
    fn from(error: ThemeError) -> Self {
        Self::Theme(error)
    }
}

impl From<WriteError> for BuildError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}

impl From<IndexError> for BuildError {
    fn from(error: IndexError) -> Self {
        Self::Index(error)
    }
}

impl Memo {
    /// A memo of what earlier runs kept in the handbook's cache folder; what this one finds out is kept there too. Where
    /// there is no such folder nothing is kept.
    pub fn of(project: &Project) -> Self {
        Self { cache: Some(project.cache()).filter(|folder| folder.is_dir()), ..Self::default() }
    }

    /// The same, and the folder is made, if it can be.
    pub fn kept(project: &Project) -> Self {
        project.make_cache();
        Self::of(project)
    }

    /// What marks up code, with all that it has marked up so far.
    pub fn highlighter(&self) -> Arc<Highlighter> {
        self.highlighter.clone()
    }

    /// Parses what is not known yet. Entries that are no longer asked for are dropped.
    fn parse_all(&mut self, sources: &[Arc<SourceFile>], config: &Config) -> Vec<Parsed> {
        let known = &self.parsed;
        let is_first = known.is_empty();
        let cache = self.cache.as_ref().filter(|_| is_first).map(|folder| ParsedCache::open(folder, config.hash)).unwrap_or_default();
        let of_memo = |source: &Arc<SourceFile>| known.get(&(source.hash, config.hash)).cloned();
        let parsed: Vec<(Parsed, bool)> = sources
            .par_iter()
            .map(|source| {
                let kept = of_memo(source).or_else(|| cache.get(source));
                let is_new = kept.is_none();
                let parsed = kept.unwrap_or_else(|| parse(source, config));
                self.on_record.iter().for_each(|told| told(sources.len()));
                (parsed, is_new)
            })
            .collect();
        if let Some(folder) = &self.cache {
            let all = sources.iter().zip(&parsed).map(|(source, (parsed, is_new))| (source.hash, parsed, *is_new));
            if is_first {
                cache.keep(folder, config.hash, &all.map(|(hash, parsed, _)| (hash, parsed)).collect::<Vec<_>>());
            } else {
                let new: Vec<_> = all.filter(|(.., is_new)| *is_new).map(|(hash, parsed, _)| (hash, parsed)).collect();
                // What can not be kept is parsed again by the next run.
                let _ = cache::add(folder, config.hash, &new);
            }
        }
        let parsed: Vec<Parsed> = parsed.into_iter().map(|(parsed, _)| parsed).collect();
        self.parsed = sources.iter().zip(&parsed).map(|(source, parsed)| ((source.hash, config.hash), parsed.clone())).collect();
        parsed
    }
}

/// From what was read to a linked handbook.
pub fn assemble(input: Input, memo: &mut Memo, scope: Scope) -> Assembled {
    let mut diagnostics = input.diagnostics.clone();
    let origins = input.origins();
    let mut records = Vec::with_capacity(input.sources.len());
    for parsed in memo.parse_all(&input.sources, &input.config) {
        diagnostics.extend(parsed.diagnostics);
        records.push(parsed.record);
    }
    let Visible { records, drafts, diagnostics: found } = audience::visible(records, scope, &origins, &input.config);
    diagnostics.extend(found);
    if scope.audience.is_some() {
        // Who may not see a record may not see what is wrong with it.
        let visible: HashSet<&str> = records.iter().map(|record| record.path().as_str()).chain([CONFIG_FILE]).collect();
        diagnostics.retain(|diagnostic| visible.contains(diagnostic.path.as_str()));
    }
    let around = Surroundings { files: &input.files, outlines: &input.outlines, origins: &origins, code_owners: &input.code_owners };
    let linked = link(records, &drafts, around, &input.config);
    diagnostics.extend(linked.diagnostics);
    let mut allowances = check::allowances(&input.sources);
    let diagnostics = check::settled(diagnostics, &mut allowances, &input.config);
    Assembled { input: input.into(), handbook: linked.handbook, history: Arc::default(), diagnostics, allowances, ledger: Arc::default() }
}

/// What a change of some files comes to.
pub enum Revision {
    /// Nothing: their content is what it was.
    Same,
    /// The same handbook with other words.
    Words(Box<Assembled>),
    /// More than words: everything has to be linked anew.
    More,
}

/// The handbook after the files at `paths` changed, when nothing follows from that for other records: no name, link, field
/// or heading is another. Findings between records keep the place that they had; the next [`assemble`] mends that.
pub fn revise(assembled: &Assembled, paths: &BTreeSet<PathBuf>, memo: &mut Memo) -> Revision {
    let input = &assembled.input;
    let next = |path: &PathBuf| input.next_version(input.source_at(path)?);
    let Some(next) = paths.iter().map(next).collect::<Option<Vec<_>>>() else { return Revision::More };
    let is_other = |source: &SourceFile| input.sources.iter().all(|known| known.hash != source.hash);
    let changed: Vec<SourceFile> = next.into_iter().filter(is_other).collect();
    if changed.is_empty() {
        return Revision::Same;
    }
    reword(assembled, changed, memo).map_or(Revision::More, |assembled| Revision::Words(Box::new(assembled)))
}

/// The same handbook with the next versions of some files, if they link alike: see [`revise`].
pub fn reword(assembled: &Assembled, changed: Vec<SourceFile>, memo: &mut Memo) -> Option<Assembled> {
    let old = &assembled.input;
    // What a file allows may be a finding about its links.
    let allows = |sources: &[Arc<SourceFile>]| !check::allowances(sources).is_empty();
    let (mut sources, mut handbook) = (old.sources.clone(), assembled.handbook.clone());
    let mut diagnostics = assembled.diagnostics.clone();
    for source in changed.into_iter().map(Arc::new) {
        let at = sources.binary_search_by(|known| known.path.cmp(&source.path)).ok()?;
        let record = handbook.records.binary_search_by(|known| known.path().cmp(&source.path)).ok()?;
        let known = memo.parsed.get(&(sources[at].hash, old.config.hash))?;
        let parsed = parse(&source, &old.config);
        // What was taken out of a record for an audience would have to be taken out again.
        if !Arc::ptr_eq(&known.record, &handbook.records[record]) || !parsed.record.links_alike(&known.record) {
            return None;
        }
        if allows(&[sources[at].clone(), source.clone()]) || ledger::reads_words_of(&handbook, &old.config, record) {
            return None;
        }
        let settled = |diagnostics: &[Diagnostic]| check::settled(diagnostics.to_vec(), &mut Allowances::default(), &old.config);
        for outdated in settled(&known.diagnostics) {
            if let Some(at) = diagnostics.iter().position(|diagnostic| *diagnostic == outdated) {
                diagnostics.remove(at);
            }
        }
        diagnostics.extend(settled(&parsed.diagnostics));
        handbook.records[record] = parsed.record.clone();
        memo.parsed.insert((source.hash, old.config.hash), parsed);
        sources[at] = source;
    }
    diagnostic::sort(&mut diagnostics);
    let input = Arc::new(Input { sources, ..Input::clone(old) });
    let (history, allowances, ledger) = (assembled.history.clone(), assembled.allowances.clone(), assembled.ledger.clone());
    Some(Assembled { input, handbook, history, diagnostics, allowances, ledger })
}

/// Adds to what was found wrong what is wrong on the day `today`, and with what the authors allow.
pub fn examine(assembled: &mut Assembled, today: Date) {
    let Assembled { input, handbook, allowances, diagnostics, .. } = assembled;
    diagnostics.extend(check::settled(check::findings(handbook, &input.config, today), allowances, &input.config));
    diagnostics.extend(check::idle(allowances, &input.sources, input.files.keys(), &input.config));
    diagnostic::sort(diagnostics);
}

/// The same, with the history of the files, which pages tell and nothing else needs; it is read while the rest is linked.
pub fn assemble_with_history(project: &Project, input: Input, memo: &mut Memo, scope: Scope) -> Assembled {
    let is_wanted = input.config.history != Some(HistoryDetail::None);
    let repositories = if is_wanted { input.repositories.clone() } else { Vec::new() };
    let known = memo.past.take().filter(|(known, _)| *known == repositories);
    let tell = || {
        let (history, found) = project.history(&repositories);
        (Arc::new(history), found)
    };
    let (mut assembled, (history, found)) = rayon::join(|| assemble(input, memo, scope), || known.map_or_else(tell, |(_, told)| told));
    memo.past = Some((repositories.clone(), (history.clone(), found.clone())));
    assembled.history = history;
    assembled.diagnostics.extend(check::settled(found, &mut Allowances::default(), &assembled.input.config));
    diagnostic::sort(&mut assembled.diagnostics);
    assembled
}

/// The site of an assembled handbook.
pub fn site<'a>(assembled: &'a Assembled, theme: &'a Theme, highlighter: &'a Highlighter, setting: Setting) -> Site<'a> {
    let past = Past { history: &assembled.history, origins: assembled.input.origins() };
    let (handbook, config) = (&assembled.handbook, &assembled.input.config);
    let ledger = assembled.ledger.get_or_init(|| Ledger::of(handbook, config, setting.today));
    Site::new(handbook, ledger, past, config, theme, highlighter, setting)
}

/// For whom, when and where the site is shown.
pub fn setting(assembled: &Assembled, occasion: &Occasion, is_live: bool) -> Setting {
    let audience = occasion.scope.audience.map(|index| assembled.input.config.audiences[index].clone());
    // Who reads what is published need not know what its author has to mend.
    let findings = if is_live { assembled.diagnostics.clone() } else { Vec::new() };
    Setting { today: occasion.today, audience, is_live, findings: Arc::new(findings), unread: None }
}

/// Builds the whole site into `out`. `on_page` is told of each page that is done; of none, when the site is already there.
pub fn build(project: &Project, out: &Path, occasion: &Occasion, on_page: impl Fn(usize) + Sync) -> Result<Report, BuildError> {
    let mut memo = Memo::kept(project);
    let input = project.load(&[out.to_owned()])?;
    let key = build_key(&input, occasion);
    if let Some(report) = Built::find(&project.cache(), out, key).and_then(unchanged) {
        return Ok(report);
    }
    let theme = Theme::compile(&input.theme)?;
    let mut assembled = assemble_with_history(project, input, &mut memo, occasion.scope);
    let mut diagnostics = std::mem::take(&mut assembled.diagnostics);
    let setting = setting(&assembled, occasion, false);
    let site = site(&assembled, &theme, &memo.highlighter, setting);
    let session = Session::begin(out)?;
    let pages: Vec<(OutputPath, Page)> = pages(&site).into_iter().collect();
    let cache = index_cache(&project.dir, occasion);
    let (searchable, failed) =
        rayon::join(|| put_all(&session, search_files(&assembled, cache.as_deref())?), || put_pages(&site, &session, &pages, &on_page));
    searchable?;
    let failed = failed?;
    diagnostics.extend(template_findings(&failed));
    for file in theme_assets(&theme, false) {
        session.put(file)?;
    }
    let uncopied = put_files(&assembled, &session)?;
    let mut written = session.commit()?;
    let is_whole = failed.is_empty() && uncopied.is_empty() && written.diagnostics.is_empty();
    diagnostics.extend(uncopied);
    diagnostics.append(&mut written.diagnostics);
    diagnostic::sort(&mut diagnostics);
    let report = Report { n_records: assembled.handbook.records.len(), n_pages: pages.len(), written, diagnostics };
    if is_whole {
        let copied = assembled.handbook.assets.keys().map(|path| assembled.input.files[path].file.clone()).collect();
        let counts = (report.n_records, report.n_pages);
        // What can not be kept is built again by the next run.
        let _ = Built::keep(&project.cache(), out, key, write::files(out), copied, counts, &report.diagnostics);
    }
    Ok(report)
}

/// The report of a build that has nothing to do.
fn unchanged(mut built: Built) -> Option<Report> {
    let written = Written { n_kept: built.n_files, ..Written::default() };
    Some(Report { n_records: built.n_records, n_pages: built.n_pages, written, diagnostics: built.diagnostics()? })
}

/// The hash of everything that a build is made of, the content of the files that it copies aside.
fn build_key(input: &Input, occasion: &Occasion) -> ContentHash {
    let states: Vec<String> = input.repositories.iter().map(Repository::state).collect();
    let others = format!("{occasion:?} {:?} {:?} {states:?} {:?}", input.config.title, input.diagnostics, input.code_owners);
    let sources = input.sources.iter().flat_map(|source| [source.path.as_str().as_bytes(), &source.hash.0]);
    let files = input.files.iter().flat_map(|(path, file)| [path.as_str().as_bytes(), file.refused.unwrap_or_default().as_bytes()]);
    let outlines = input.outlines.iter().flat_map(|(path, text)| [path.as_str().as_bytes(), text.as_bytes()]);
    let parts = sources.chain(files).chain(outlines).chain([&input.config.hash.0, &input.theme.hash.0, others.as_bytes()]);
    ContentHash::of_parts(parts)
}

/// Where the search index of a folder is kept. An index of some records only would be made anew for each audience: it stays
/// in memory.
pub fn index_cache(dir: &Path, occasion: &Occasion) -> Option<PathBuf> {
    let is_whole = occasion.scope.audience.is_none() && !occasion.scope.drafts;
    is_whole.then(|| dir.join(CACHE_FOLDER))
}

/// What browsers search.
pub fn search_files(assembled: &Assembled, cache: Option<&Path>) -> Result<Vec<OutputFile>, BuildError> {
    let (handbook, config) = (&assembled.handbook, &assembled.input.config);
    let corpus = search::corpus(handbook, Language::from_tag(&config.language), cache)?;
    Ok(browser::files(handbook, config, &corpus, &Facts::of(handbook, config))?)
}

fn put_all(session: &Session, files: Vec<OutputFile>) -> Result<(), BuildError> {
    files.into_par_iter().try_for_each(|file| session.put(file)).map_err(BuildError::Write)
}

/// Renders all pages and hands them over; what could not be rendered is told.
fn put_pages(
    site: &Site<'_>,
    session: &Session,
    pages: &[(OutputPath, Page)],
    on_page: &(impl Fn(usize) + Sync),
) -> Result<Vec<RenderError>, WriteError> {
    let put = |(path, page): &(OutputPath, Page)| {
        on_page(pages.len());
        put_page(site, session, path, page)
    };
    Ok(pages.par_iter().map(put).collect::<Result<Vec<_>, WriteError>>()?.into_iter().flatten().collect())
}

/// Renders a page and hands it over; the last good one stays where that fails.
fn put_page(site: &Site<'_>, session: &Session, path: &OutputPath, page: &Page) -> Result<Option<RenderError>, WriteError> {
    match render(site, path, page) {
        Ok(file) => session.put(file).map(|()| None),
        Err(error) => {
            session.keep(path, Turn::Page);
            Ok(Some(error))
        }
    }
}

/// Pages that could not be rendered, as findings: one for each mistake, since a mistake in a template is in many pages.
fn template_findings(failed: &[RenderError]) -> Vec<Diagnostic> {
    let mut by_message: BTreeMap<&str, Vec<&RenderError>> = BTreeMap::new();
    for error in failed {
        by_message.entry(&error.message).or_default().push(error);
    }
    let finding = |(message, errors): (&str, Vec<&RenderError>)| {
        let others = if errors.len() > 1 { format!(" (and {} more)", errors.len() - 1) } else { String::new() };
        Diagnostic::new(&diagnostic::TEMPLATE, errors[0].path.as_str(), format!("this page{others} can not be rendered\n{message}"))
    };
    by_message.into_iter().map(finding).collect()
}

/// The assets of the theme that a site needs; what serves the author alone is left out of what is published.
pub fn theme_assets(theme: &Theme, is_live: bool) -> Vec<OutputFile> {
    let is_wanted = |file: &&OutputFile| is_live || !file.path.as_str().starts_with("assets/live.");
    theme.assets.iter().filter(is_wanted).cloned().collect()
}

/// Copies the pictures and files that records name.
fn put_files(assembled: &Assembled, session: &Session) -> Result<Vec<Diagnostic>, WriteError> {
    let mut diagnostics = Vec::new();
    for (source, output) in assembled.handbook.assets.iter() {
        let file = &assembled.input.files[source].file;
        match std::fs::read(file) {
            Ok(bytes) => session.put(OutputFile { path: output.clone(), bytes, turn: Turn::File })?,
            Err(error) => {
                session.keep(output, Turn::File);
                let message = format!("this file can not be read: {error}");
                diagnostics.push(Diagnostic::new(&diagnostic::UNREADABLE, source.as_str(), message));
            }
        }
    }
    Ok(diagnostics)
}
