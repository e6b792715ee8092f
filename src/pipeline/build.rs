//! A whole site into a folder, as far as it is not there already.
//!
//! What the last build into the folder was made of is known. If nothing is different, the site is there; if the words of a few
//! records are, the other pages are as they were. Everything else is rendered anew, compared, and written where it differs.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use crate::cache::{Answers, Built, Finished, Ingredients, Reusable};
use crate::diagnostic::{self, Diagnostic};
use crate::git::Repository;
use crate::index::browser::Content;
use crate::index::lists::Lists;
use crate::index::native::IndexError;
use crate::index::search;
use crate::ledger::{self, Ledger};
use crate::link::audience::Scope;
use crate::load::witness::Stamp;
use crate::load::{Input, LoadError, Project};
use crate::model::name::{OutputPath, SourcePath};
use crate::model::output::{OutputFile, Turn};
use crate::model::source::ContentHash;
use crate::pipeline::{Assembled, Memo, Occasion, assemble_with_history, index_cache, search_contents, setting, site, theme_assets};
use crate::render::{Page, RenderError, Shown, Site, Theme, ThemeError, pages, render};
use crate::write::{self, Session, WriteError, Written};

/// Records that may have other words for the site to be mended rather than made anew.
const REWORDED_MAX: usize = 100;

/// What a build did.
#[derive(Debug)]
pub struct Report {
    /// Records that are part of the site.
    pub n_records: usize,
    /// Pages, feeds included.
    pub n_pages: usize,
    /// Those of them that were rendered; the others are known to be as the last build left them.
    pub n_rendered: usize,
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

/// Builds the whole site into `out`. `on_page` is told of each page that is done; of none, when the site is already there.
pub fn build(project: &Project, out: &Path, occasion: &Occasion, on_page: impl Fn(usize) + Sync) -> Result<Report, BuildError> {
    let mut memo = Memo::kept(project);
    let (input, last) = rayon::join(|| project.load(&[out.to_owned()]), || Built::find(&project.cache(), out));
    let input = input?;
    let made_of = ingredients(&input, occasion);
    let changed = last.as_ref().and_then(|last| made_of.since(last.made_of()));
    let before = last.as_ref().map(|last| last.made_of().clone());
    let reusable = last.as_ref().map(Built::reusable).unwrap_or_default();
    if let (Some([]), Some(report)) = (changed.as_deref(), last.and_then(unchanged)) {
        return Ok(report);
    }
    let changed = changed.filter(|changed| changed.len() <= REWORDED_MAX && occasion.scope == Scope::default()).unwrap_or_default();
    let changed: Vec<(SourcePath, ContentHash)> =
        changed.into_iter().map(|(at, version)| (input.sources[at].path.clone(), version)).collect();
    memo.look_up(changed.iter().map(|(_, version)| *version));
    let (cache, config, theme) = (index_cache(&project.dir, occasion), input.config.clone(), input.theme.clone());
    // Linking leaves a processor idle.
    let (mut assembled, (theme, kept)) = rayon::join(
        || assemble_with_history(project, input, &mut memo, occasion.scope),
        || (Theme::compile(&theme), search::kept(&config, cache.as_deref())),
    );
    let theme = theme?;
    let mut diagnostics = Arc::unwrap_or_clone(std::mem::take(&mut assembled.diagnostics));
    let mut session = Session::begin(out)?;
    let put_pages = || {
        let site = site(&assembled, &theme, &memo.highlighter, setting(&assembled, occasion, false));
        // Another build may have written meanwhile, and was waited for.
        let is_as_it_was = || Built::find(&project.cache(), out).is_some_and(|now| Some(now.made_of()) == before.as_ref());
        let outdated = outdated(&assembled, site.ledger, &memo, &changed).filter(|_| is_as_it_was());
        put_pages(&site, &session, outdated.as_ref(), &on_page)
    };
    let put_search = || put_search(&session, &assembled, kept, cache.as_deref(), &reusable);
    let (searchable, rendered) = rayon::join(put_search, put_pages);
    let Searchable { lists, is_new, files: reusable } = searchable?;
    let Rendered { n_pages, n_rendered, failed } = rendered?;
    diagnostics.extend(template_findings(&failed));
    for file in theme_assets(&theme, false) {
        session.put(file)?;
    }
    let uncopied = put_files(&assembled, &session)?;
    let keep_lists = || is_new.then(|| search::keep(&lists, &config, cache.as_deref()));
    let keep_answers = || keep_answers(project, &assembled, &lists, cache.as_deref());
    let (written, _) = rayon::join(|| session.commit(), || rayon::join(keep_lists, keep_answers));
    let mut written = written?;
    let is_whole = failed.is_empty() && uncopied.is_empty() && written.diagnostics.is_empty();
    diagnostics.extend(uncopied);
    diagnostics.append(&mut written.diagnostics);
    diagnostic::sort(&mut diagnostics);
    let n_records = assembled.handbook.records.len();
    let report = Report { n_records, n_pages, n_rendered, written, diagnostics };
    if let (true, Some(copied)) = (is_whole, copied(&assembled)) {
        // What can not be kept is built again by the next run.
        let files = write::files(out);
        let finished = Finished { made_of, files, copied, reusable, n_records, n_pages, diagnostics: &report.diagnostics };
        let _ = Built::keep(&project.cache(), out, finished);
    }
    // Giving memory back takes a while, and nobody has to wait for it.
    rayon::spawn(move || drop((assembled, memo, lists)));
    Ok(report)
}

/// Keeps what the command line needs to search without reading everything. Where that fails, it reads everything.
pub fn keep_answers(project: &Project, assembled: &Assembled, lists: &Lists, cache: Option<&Path>) {
    if let (Some(cache), Some(witness)) = (cache, project.witness(&assembled.input)) {
        let _ = Answers::keep(cache, &assembled.input.config, witness, lists, assembled.facts(), &assembled.handbook);
    }
}

/// The pages that are not as the last build left them, when since then the words of some records changed, which were there in
/// these versions, and nothing else; nothing, if any page may be another.
fn outdated(assembled: &Assembled, ledger: &Ledger, memo: &Memo, changed: &[(SourcePath, ContentHash)]) -> Option<Shown> {
    let handbook = &assembled.handbook;
    let mut shown = Shown::default();
    for (path, version) in changed {
        let index = handbook.records.binary_search_by(|record| record.path().cmp(path)).ok()?;
        let earlier = memo.earlier(*version)?;
        let is_glossary = ledger::explains_words_of(handbook, &assembled.input.config, index);
        let is_alike = handbook.records[index].links_alike(earlier) && !is_glossary;
        if !is_alike || !shown.add(handbook, ledger, index, earlier) {
            return None;
        }
    }
    (!changed.is_empty()).then_some(shown)
}

/// The report of a build that has nothing to do.
fn unchanged(mut built: Built) -> Option<Report> {
    let written = Written { n_kept: built.n_files, ..Written::default() };
    Some(Report { n_records: built.n_records, n_pages: built.n_pages, n_rendered: 0, written, diagnostics: built.diagnostics()? })
}

/// Everything that a build is made of, the content of the files that it copies aside.
fn ingredients(input: &Input, occasion: &Occasion) -> Ingredients {
    let states: Vec<String> = input.repositories.iter().map(Repository::state).collect();
    let others = format!("{occasion:?} {:?} {:?} {states:?} {:?}", input.config.title, input.diagnostics, input.code_owners);
    let files = input.files.iter().flat_map(|(path, file)| [path.as_str().as_bytes(), file.refused.unwrap_or_default().as_bytes()]);
    let outlines = input.outlines.iter().flat_map(|(path, text)| [path.as_str().as_bytes(), text.as_bytes()]);
    let parts = files.chain(outlines).chain([&input.config.hash.0, &input.theme.hash.0, others.as_bytes()]);
    Ingredients::new(&input.sources, ContentHash::of_parts(parts))
}

/// What browsers search.
struct Searchable {
    /// Of which it was made.
    lists: Arc<Lists>,
    /// Whether other lists are kept, or none.
    is_new: bool,
    /// Its files, with the hash of what each is made of.
    files: Reusable,
}

/// Makes what browsers search and hands it over, what an earlier build made as it is; of the lists that are `kept`, if it can be.
fn put_search(
    session: &Session,
    assembled: &Assembled,
    kept: Option<Arc<Lists>>,
    cache: Option<&Path>,
    earlier: &HashMap<ContentHash, OutputPath>,
) -> Result<Searchable, BuildError> {
    let config = &assembled.input.config;
    let (lists, _) = rayon::join(|| search::lists(&assembled.documents(), config, kept.as_ref(), cache), || assembled.facts());
    let (lists, is_new) = lists?;
    drop(kept);
    let put = |content: Content| {
        let is_there = earlier.get(&content.hash).map(|path| session.put_again(path, &content.path, content.turn())).transpose()?;
        if is_there != Some(true) {
            session.put(content.file())?;
        }
        Ok((content.path, content.hash))
    };
    let files = search_contents(assembled, &lists).into_par_iter().map(put).collect::<Result<_, _>>().map_err(BuildError::Write)?;
    Ok(Searchable { lists, is_new, files })
}

/// What became of the pages of a site.
struct Rendered {
    n_pages: usize,
    n_rendered: usize,
    failed: Vec<RenderError>,
}

/// Renders the pages that are outdated, or all, and hands them over; what could not be rendered is told.
fn put_pages(
    site: &Site<'_>,
    session: &Session,
    outdated: Option<&Shown>,
    on_page: &(impl Fn(usize) + Sync),
) -> Result<Rendered, WriteError> {
    let pages: Vec<(OutputPath, Page)> = pages(site).into_iter().collect();
    let is_outdated = |page: &Page| outdated.is_none_or(|outdated| outdated.on(page));
    let put = |(path, page): &(OutputPath, Page)| {
        on_page(pages.len());
        if !is_outdated(page) {
            session.keep(path, Turn::Page);
            return Ok(None);
        }
        put_page(site, session, path, page)
    };
    let failed = pages.par_iter().map(put).collect::<Result<Vec<_>, WriteError>>()?.into_iter().flatten().collect();
    let n_rendered = pages.iter().filter(|(_, page)| is_outdated(page)).count();
    Ok(Rendered { n_pages: pages.len(), n_rendered, failed })
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

/// The files that were copied, as they were when reading began; nothing, if one may have been changed since.
fn copied(assembled: &Assembled) -> Option<Vec<(PathBuf, Stamp)>> {
    let input = &assembled.input;
    let stamped = |file: &PathBuf| Some((file.clone(), Stamp::of(file).filter(|stamp| stamp.is_older_than(input.seen.begun))?));
    assembled.handbook.assets.keys().map(|path| stamped(&input.files[path].file)).collect()
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
