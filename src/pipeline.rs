//! The stages in order; the only file that knows them all.
//!
//! [`assemble`] goes from files to a linked handbook, [`build`] on to a folder with the site. What is worth keeping
//! between two runs is in the [`Memo`]: a cold build is the same call with an empty one.

mod build;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use crate::cache::{self, ParsedCache};
use crate::calendar::Date;
use crate::check;
use crate::config::Config;
use crate::diagnostic::allowance::Allowances;
use crate::diagnostic::{self, Diagnostic};
use crate::git::Repository;
use crate::highlight::Highlighter;
use crate::index::facts::Facts;
use crate::index::lists::Lists;
use crate::index::native::IndexError;
use crate::index::{Documents, Mentions};
use crate::index::{browser, search};
use crate::ledger::{self, Ledger};
use crate::link::audience::{self, Scope, Visible};
use crate::link::{Surroundings, link};
use crate::load::{CACHE_FOLDER, CONFIG_FILE, Input, Project};
use crate::model::handbook::Handbook;
use crate::model::history::{History, HistoryDetail};
use crate::model::output::OutputFile;
use crate::model::record::Record;
use crate::model::source::{ContentHash, SourceFile};
use crate::parse::{Parsed, Settled, parse, settle};
use crate::render::{Past, Setting, Site, Theme};

pub use build::{BuildError, Report, build, keep_answers};

/// What survives from one run to the next. Entries are found by the hash of everything that they depend on.
#[derive(Default)]
pub struct Memo {
    parsed: HashMap<(ContentHash, ContentHash), Parsed>,
    settled: Settled,
    highlighter: Arc<Highlighter>,
    /// Told of each record that is parsed, or was, with the number of all.
    pub on_record: Option<OnRecord>,
    /// Where more of the same is kept on disk, if anywhere.
    cache: Option<PathBuf>,
    /// Records in versions of an earlier run that were asked for.
    earlier: HashMap<ContentHash, Option<Record>>,
    /// What searches read.
    pub lists: KnownLists,
    /// The last history that was asked for, and of what.
    past: Option<(Vec<Repository>, Told)>,
}

/// Who is told of each record, with the number of all.
pub type OnRecord = Box<dyn Fn(usize) + Send + Sync>;

/// The lists that were made last, of which the next are made.
#[derive(Clone, Default)]
pub struct KnownLists(Arc<Mutex<Option<Arc<Lists>>>>);

impl KnownLists {
    /// The lists that searches read. What has to be made anew and may be of use to another run is kept in `cache`.
    pub fn next(&self, assembled: &Assembled, cache: Option<&Path>) -> Result<Arc<Lists>, IndexError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let config = &assembled.input.config;
        let (next, is_new) = search::lists(&assembled.documents(), config, known.as_ref(), cache)?;
        // After an edit, the next run can mend those that are there.
        if is_new && known.is_none() {
            search::keep(&next, config, cache);
        }
        *known = Some(next.clone());
        Ok(next)
    }
}

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

/// A linked handbook, and everything else that pages are made of. A copy costs little.
#[derive(Clone)]
pub struct Assembled {
    /// What was read.
    pub input: Arc<Input>,
    /// What it means.
    pub handbook: Handbook,
    /// Who changed the files and when, as far as it was asked for.
    pub history: Arc<History>,
    /// Everything that was found wrong, in order, as far as its author does not allow it and the settings do not silence it.
    pub diagnostics: Arc<Vec<Diagnostic>>,
    /// What authors allow.
    pub allowances: Allowances,
    /// What it amounts to on the day for which a site is made; put together when a site is first asked for.
    pub ledger: Arc<OnceLock<Ledger>>,
    /// See [`Assembled::facts`].
    facts: Arc<OnceLock<Facts>>,
    /// See [`Assembled::documents`].
    mentions: Arc<OnceLock<Mentions>>,
}

impl Assembled {
    /// What the filters of a search ask of records; put together once for all handbooks that differ in words alone.
    pub fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| Facts::of(&self.handbook, &self.input.config))
    }

    /// The same with what was found wrong, and allowed, in `other`, which was made of the same.
    pub fn with_findings_of(&self, other: Self) -> Self {
        Self { diagnostics: other.diagnostics, allowances: other.allowances, ..self.clone() }
    }

    /// What a search sees of the records. What they say of each other is gathered once, as [`Assembled::facts`] are.
    pub fn documents(&self) -> Documents<'_> {
        Documents { handbook: &self.handbook, mentions: self.mentions.get_or_init(|| Mentions::of(&self.handbook)) }
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

    /// A memo of the same, to be used beside this one.
    pub fn fork(&self) -> Self {
        Self {
            parsed: self.parsed.clone(),
            settled: self.settled.clone(),
            highlighter: self.highlighter.clone(),
            on_record: None,
            cache: self.cache.clone(),
            earlier: HashMap::new(),
            lists: self.lists.clone(),
            past: self.past.clone(),
        }
    }

    /// What marks up code, with all that it has marked up so far.
    pub fn highlighter(&self) -> Arc<Highlighter> {
        self.highlighter.clone()
    }

    /// Asks for versions of records that an earlier run knew: they are looked up when records are parsed.
    fn look_up(&mut self, versions: impl Iterator<Item = ContentHash>) {
        self.earlier = versions.map(|version| (version, None)).collect();
    }

    /// A version that was asked for, if it was still there.
    fn earlier(&self, version: ContentHash) -> Option<&Record> {
        self.earlier.get(&version)?.as_ref()
    }

    /// Parses what is not known yet. Entries that are no longer asked for are dropped.
    fn parse_all(&mut self, sources: &[Arc<SourceFile>], config: &Config) -> Vec<Parsed> {
        let known = &self.parsed;
        let is_first = known.is_empty();
        let cache = self.cache.as_ref().filter(|_| is_first).map(|folder| ParsedCache::open(folder, config.hash)).unwrap_or_default();
        for (version, record) in &mut self.earlier {
            *record = cache.earlier(*version);
        }
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
pub fn assemble(mut input: Input, memo: &mut Memo, scope: Scope) -> Assembled {
    let mut diagnostics = input.diagnostics.clone();
    let origins = input.origins();
    let mut records = Vec::with_capacity(input.sources.len());
    let mut all_parsed = memo.parse_all(&input.sources, &input.config);
    settle(&mut all_parsed, &input.config, &mut memo.settled);
    for (source, parsed) in input.sources.iter_mut().zip(all_parsed) {
        // What was read before as it is now is not kept twice.
        if source.diagnostics == parsed.record.source.diagnostics {
            *source = parsed.record.source.clone();
        }
        diagnostics.extend(parsed.diagnostics);
        records.push(parsed.record);
    }
    let Visible { records, drafts, diagnostics: found } = audience::visible(records, scope, &origins, &input.config);
    diagnostics.extend(found);
    if scope.audience.is_some() {
        // Who may not see a record may not see what is wrong with it.
        let visible: HashSet<&str> = records.iter().map(|record| record.file().as_str()).chain([CONFIG_FILE]).collect();
        diagnostics.retain(|diagnostic| visible.contains(diagnostic.path.as_str()));
    }
    let around = Surroundings { files: &input.files, outlines: &input.outlines, origins: &origins, code_owners: &input.code_owners };
    let linked = link(records, &drafts, around, &input.config);
    diagnostics.extend(linked.diagnostics);
    let mut allowances = check::allowances(&input.sources);
    let diagnostics = check::settled(diagnostics, &mut allowances, &input.config).into();
    Assembled {
        input: input.into(),
        handbook: linked.handbook,
        history: Arc::default(),
        diagnostics,
        allowances,
        ledger: Arc::default(),
        facts: Arc::default(),
        mentions: Arc::default(),
    }
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
    let is_other = |source: &SourceFile| input.source(&source.path).is_none_or(|known| known.hash != source.hash);
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
    let (mut sources, mut handbook, mut diagnostics) = (old.sources.clone(), assembled.handbook.clone(), assembled.diagnostics.clone());
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
        if known.diagnostics != parsed.diagnostics {
            let all = Arc::make_mut(&mut diagnostics);
            for outdated in settled(&known.diagnostics) {
                if let Some(at) = all.iter().position(|diagnostic| *diagnostic == outdated) {
                    all.remove(at);
                }
            }
            all.extend(settled(&parsed.diagnostics));
            diagnostic::sort(all);
        }
        handbook.records[record] = parsed.record.clone();
        memo.parsed.insert((source.hash, old.config.hash), parsed);
        sources[at] = source;
    }
    let input = Arc::new(Input { sources, ..Input::clone(old) });
    let (history, allowances) = (assembled.history.clone(), assembled.allowances.clone());
    let (ledger, facts, mentions) = (assembled.ledger.clone(), assembled.facts.clone(), assembled.mentions.clone());
    Some(Assembled { input, handbook, history, diagnostics, allowances, ledger, facts, mentions })
}

/// Adds to what was found wrong what is wrong on the day `today`, and with what the authors allow.
pub fn examine(assembled: &mut Assembled, today: Date) {
    let Assembled { input, handbook, allowances, diagnostics, .. } = assembled;
    let diagnostics = Arc::make_mut(diagnostics);
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
    let diagnostics = Arc::make_mut(&mut assembled.diagnostics);
    diagnostics.extend(check::settled(found, &mut Allowances::default(), &assembled.input.config));
    diagnostic::sort(diagnostics);
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
    let findings = if is_live { assembled.diagnostics.clone() } else { Arc::default() };
    Setting { today: occasion.today, audience, is_live, findings, unread: None }
}

/// Where the search index of a folder is kept. An index of some records only would be made anew for each audience: it stays
/// in memory.
pub fn index_cache(dir: &Path, occasion: &Occasion) -> Option<PathBuf> {
    let is_whole = occasion.scope.audience.is_none() && !occasion.scope.drafts;
    is_whole.then(|| dir.join(CACHE_FOLDER))
}

/// What browsers search, made of the lists that searches read.
pub fn search_contents(assembled: &Assembled, lists: &Arc<Lists>) -> Vec<browser::Content> {
    let (handbook, config) = (&assembled.handbook, &assembled.input.config);
    browser::contents(handbook, config, lists, assembled.facts())
}

/// The assets of the theme that a site needs; what serves the author alone is left out of what is published.
pub fn theme_assets(theme: &Theme, is_live: bool) -> Vec<OutputFile> {
    let is_wanted = |file: &&OutputFile| is_live || !file.path.as_str().starts_with("assets/live.");
    theme.assets.iter().filter(is_wanted).cloned().collect()
}
