//! Everything that `serve` shows at one moment.

use std::collections::{BTreeMap, HashSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use super::editor::Editor;
use crate::calendar::Date;
use crate::cli::OccasionArguments;
use crate::command::{Failure, occasion, report};
use crate::diagnostic::{Diagnostic, Severity};
use crate::index::browser::Content;
use crate::load::{Project, Survey};
use crate::model::handbook::Handbook;
use crate::model::name::{OutputPath, SourcePath};
use crate::model::section::Section;
use crate::model::source::ContentHash;
use crate::pipeline::{
    Assembled, BuildError, KnownLists, Memo, assemble_with_history, examine, index_cache, search_contents, setting, site, theme_assets,
};
use crate::render::{Page, Setting, Theme, pages, render};
use crate::serve::{Outcome, Pages, Reply};

/// Findings that the terminal tells at once.
const TOLD_MAX: usize = 20;

/// Tells two snapshots apart: the day, the hashes of what was read, the files beside.
pub type Fingerprint = (Date, Vec<ContentHash>, Vec<OutputPath>);

/// Everything that is served at one moment.
pub struct Snapshot {
    assembled: Assembled,
    theme: Arc<Theme>,
    highlighter: Arc<crate::highlight::Highlighter>,
    setting: Setting,
    pages: Arc<BTreeMap<OutputPath, Page>>,
    assets: Arc<BTreeMap<OutputPath, Vec<u8>>>,
    files: Arc<BTreeMap<OutputPath, PathBuf>>,
    /// Where pages of earlier snapshots are now.
    moved: Arc<BTreeMap<OutputPath, OutputPath>>,
    /// Pages of earlier snapshots whose records are nowhere, each with the hash of its text: one that is moved may be reported to be
    /// gone before it is reported to be there.
    lost: Arc<BTreeMap<OutputPath, ContentHash>>,
    /// Where the search index is kept.
    cache: Option<PathBuf>,
    /// What the browser searches: made when it is first asked for, so that no page waits for it.
    search: Arc<OnceLock<BTreeMap<OutputPath, Content>>>,
    /// What it was last made of.
    lists: KnownLists,
}

impl Snapshot {
    /// Reads what was found in `dir`, as far as it changed since `memo`, and links all records.
    pub fn take(dir: &Path, survey: Survey, memo: &mut Memo, arguments: &OccasionArguments) -> Result<Self, Failure> {
        let project = Project::open(dir)?;
        let input = survey.read();
        // Which audience a name means is for the settings to say, and they may have changed.
        let occasion = occasion(arguments, &input.config)?;
        let theme = Theme::compile(&input.theme).map_err(BuildError::Theme)?;
        let mut assembled = assemble_with_history(&project, input, memo, occasion.scope);
        examine(&mut assembled, occasion.today);
        let highlighter = memo.highlighter();
        let setting = setting(&assembled, &occasion, true);
        let pages = Arc::new(pages(&site(&assembled, &theme, &highlighter, setting.clone())));
        let assets: BTreeMap<_, _> = theme_assets(&theme, true).into_iter().map(|file| (file.path, file.bytes)).collect();
        let beside = |(source, output): (&SourcePath, &OutputPath)| (output.clone(), assembled.input.files[source].file.clone());
        let files = Arc::new(assembled.handbook.assets.iter().map(beside).collect());
        let cache = index_cache(dir, &occasion);
        let (theme, assets) = (Arc::new(theme), Arc::new(assets));
        Ok(Self {
            assembled,
            theme,
            highlighter,
            setting,
            pages,
            assets,
            files,
            moved: Arc::default(),
            lost: Arc::default(),
            cache,
            search: Arc::default(),
            lists: memo.lists.clone(),
        })
    }

    /// The same handbook with other words.
    pub fn reworded(&self, assembled: Assembled) -> Self {
        Self { search: Arc::default(), ..self.with(assembled) }
    }

    /// The same with what `other`, which was taken of the same content, found wrong: what is searched need not be made again.
    pub fn with_findings_of(&self, other: Self) -> Self {
        self.with(self.assembled.with_findings_of(other.assembled))
    }

    fn with(&self, assembled: Assembled) -> Self {
        Self {
            setting: Setting { findings: assembled.diagnostics.clone(), ..self.setting.clone() },
            theme: self.theme.clone(),
            highlighter: self.highlighter.clone(),
            pages: self.pages.clone(),
            assets: self.assets.clone(),
            files: self.files.clone(),
            moved: self.moved.clone(),
            lost: self.lost.clone(),
            cache: self.cache.clone(),
            search: self.search.clone(),
            lists: self.lists.clone(),
            assembled,
        }
    }

    /// The same, with the way from pages of `old` that are no more to where their records are now.
    pub fn after(self, old: &Self) -> Self {
        let (ours, theirs) = (&self.assembled.handbook, &old.assembled.handbook);
        let text = |handbook: &Handbook, index: usize| ContentHash::of(handbook.records[index].source.text.as_bytes());
        let mut by_text: BTreeMap<ContentHash, Option<&OutputPath>> = BTreeMap::new();
        for index in (0..ours.records.len()).filter(|index| !old.pages.contains_key(ours.output(*index))) {
            by_text.entry(text(ours, index)).and_modify(|found| *found = None).or_insert(Some(ours.output(index)));
        }
        let gone = (0..theirs.records.len()).filter(|index| !self.pages.contains_key(theirs.output(*index)));
        let gone = gone.map(|index| (theirs.output(index).clone(), text(theirs, index)));
        let (mut moved, mut lost) = (BTreeMap::clone(&old.moved), BTreeMap::new());
        for (from, text) in old.lost.iter().map(|(from, text)| (from.clone(), *text)).chain(gone) {
            match by_text.get(&text) {
                Some(Some(to)) => drop(moved.insert(from, OutputPath::clone(to))),
                _ => drop(lost.insert(from, text)),
            }
        }
        moved.retain(|from, _| !self.pages.contains_key(from));
        lost.retain(|from, _| !self.pages.contains_key(from));
        Self { moved: Arc::new(moved), lost: Arc::new(lost), ..self }
    }

    /// The handbook.
    pub fn assembled(&self) -> &Assembled {
        &self.assembled
    }

    /// Whether the same is found wrong in both.
    pub fn has_same_findings(&self, other: &Self) -> bool {
        self.assembled.diagnostics == other.assembled.diagnostics
    }

    /// Whether what browsers search was asked for.
    pub fn is_searched(&self) -> bool {
        self.search.get().is_some()
    }

    /// Makes the lists of which it is made what browsers search. Whoever asks for that will say what can not be made.
    pub fn make_lists(&self) {
        let _ = self.lists.next(&self.assembled, self.cache.as_deref());
    }

    /// What browsers search, made when it is first asked for.
    pub fn search_files(&self) -> &BTreeMap<OutputPath, Content> {
        self.search.get_or_init(|| match self.lists.next(&self.assembled, self.cache.as_deref()) {
            Ok(lists) => search_contents(&self.assembled, &lists).into_iter().map(|content| (content.path.clone(), content)).collect(),
            Err(error) => {
                super::say(&format!("error: {error}"));
                BTreeMap::new()
            }
        })
    }

    /// Tells whether two snapshots were taken of the same content.
    pub fn fingerprint(&self) -> Fingerprint {
        let input = &self.assembled.input;
        let refused: Vec<_> = input.files.iter().filter(|(_, file)| file.refused.is_some()).map(|(path, _)| path).collect();
        let others = format!("{:?} {:?} {:?} {refused:?}", input.outlines, input.code_owners, input.repositories);
        let others = [input.config.hash, input.theme.hash, ContentHash::of(others.as_bytes())];
        let hashes = others.into_iter().chain(input.sources.iter().map(|source| source.hash));
        (self.setting.today, hashes.collect(), self.files.keys().cloned().collect())
    }

    /// What was read and found, for the terminal: of findings those that were not there `before`.
    pub fn summary(&self, before: Option<&Self>) -> String {
        let shown = &self.assembled.diagnostics;
        // A finding is the same where a line above it moved it.
        let key = |found: &'_ Diagnostic| (found.path.clone(), found.message.clone());
        let known: HashSet<_> = before.iter().flat_map(|before| before.assembled.diagnostics.iter()).map(key).collect();
        let is_told = |found: &&Diagnostic| found.severity != Severity::Note && !known.contains(&key(found));
        let mut new: Vec<Diagnostic> = shown.iter().filter(is_told).cloned().collect();
        let n_more = new.len().saturating_sub(TOLD_MAX);
        new.truncate(TOLD_MAX);
        let mut text = Vec::new();
        // Writing to memory does not fail.
        let _ = report::print(&new, false, &mut text);
        if n_more > 0 {
            let _ = writeln!(text, "{n_more} more; `handbook check` tells them all\n");
        }
        format!("{}{} records: {}", String::from_utf8_lossy(&text), self.assembled.handbook.records.len(), report::summary(shown))
    }

    fn rendered(&self, path: &OutputPath, page: &Page) -> Reply {
        let site = site(&self.assembled, &self.theme, &self.highlighter, self.setting.clone());
        match render(&site, path, page) {
            Ok(file) => {
                let outcome = if *page == Page::NotFound { Outcome::NotFound } else { Outcome::Found };
                Reply { bytes: file.bytes, name: path.to_string(), outcome }
            }
            Err(error) => {
                let bytes = self.failed(path, &error.to_string()).into_bytes();
                Reply { bytes, name: "error.html".to_owned(), outcome: Outcome::Failed }
            }
        }
    }

    /// The page that stands for one that could not be made. It listens for changes, so it goes when the template is mended.
    fn failed(&self, path: &OutputPath, reason: &str) -> String {
        let root = path.to_root();
        let asset = |name: &str| self.theme.asset_paths.get(name).map_or_else(String::new, |path| format!("{root}{path}"));
        let reason = reason.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\" data-root=\"{root}\">\n<meta charset=\"utf-8\">\n<title>A page that can not be rendered</title>\n\
             <link rel=\"stylesheet\" href=\"{}\">\n<script src=\"{}\" defer></script>\n\
             <main class=\"trouble\"><h1>This page can not be rendered</h1>\n<pre>{reason}</pre>\n<p>Mend the template; this page follows.</p></main>\n</html>\n",
            asset("style.css"),
            asset("live.js"),
        )
    }
}

impl Pages for Snapshot {
    fn has(&self, path: &str) -> bool {
        self.pages.contains_key(path)
            || self.assets.contains_key(path)
            || self.files.contains_key(path)
            || path.starts_with("search/") && self.search_files().contains_key(path)
    }

    fn is_settled(&self, _: &str) -> bool {
        true
    }

    fn edit(&self, path: &str, section: Option<&str>) -> Result<(), String> {
        let Some(Page::Record(index)) = self.pages.get(path) else {
            return Err("this page is made of several files, or of none".to_owned());
        };
        let record = &self.assembled.handbook.records[*index];
        let is_it = |found: &&Section| found.anchor.as_ref().map(|anchor| anchor.as_str()) == section;
        let start = section.and_then(|_| record.outline.sections.iter().find(is_it)).map_or(0, |section| section.span.start);
        let line = record.source.place(start..start).line as usize;
        let file = self.assembled.input.roots.file(record.file().as_str());
        Editor::from_environment()?.open(&file.canonicalize().unwrap_or(file), line)
    }

    fn reply(&self, path: &str) -> Option<Reply> {
        if let Some((path, page)) = self.pages.get_key_value(path) {
            return Some(self.rendered(path, page));
        }
        let found = |bytes: Vec<u8>| Reply { bytes, name: path.to_owned(), outcome: Outcome::Found };
        let searched = || path.starts_with("search/").then(|| self.search_files().get(path)).flatten();
        if let Some(bytes) = self.assets.get(path).cloned().or_else(|| searched().map(Content::script)) {
            return Some(found(bytes));
        }
        if let Some(bytes) = self.files.get(path).and_then(|file| std::fs::read(file).ok()) {
            return Some(found(bytes));
        }
        if let Some(to) = self.moved.get(path) {
            return Some(Reply { bytes: Vec::new(), name: to.to_string(), outcome: Outcome::Moved });
        }
        let (path, page) = self.pages.get_key_value("404.html")?;
        Some(self.rendered(path, page))
    }
}
