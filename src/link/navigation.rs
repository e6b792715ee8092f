//! The order that a team gave its pages for another program: tables of contents ([`contents`]), the `nav` of `mkdocs.yml`,
//! trees in YAML ([`trees`]), sidebars in JavaScript or JSON ([`sidebars`]), lists of AsciiDoc ([`antora`]), files that order their
//! folder ([`places`], `_category_.json`), pages that name those below them ([`toctrees`]) or their parent ([`parents`]). What they leave out follows in the usual order. A title over pages of one folder is the name of
//! that folder.

mod antora;
mod contents;
mod parents;
mod places;
mod sidebars;
mod toctrees;
mod trees;

pub use contents::is_contents;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::config::Sources;
use crate::link::navigation::places::Places;
use crate::link::path;
use crate::link::resolve::{PathMatch, Resolver};
use crate::model::handbook::{Neighbours, RecordIndex};
use crate::model::name::SourcePath;
use crate::model::record::Record;
use crate::yaml::{self, Node};

/// Files beside the records that say in which order these are read, and their texts.
pub type Outlines = BTreeMap<SourcePath, Arc<str>>;

/// Names of those that lie in the content folder, or beside it where that is the folder `docs` of a repository.
pub const BESIDE: [&str; 5] = ["mkdocs.yml", "mkdocs.yaml", "sidebars.js", "sidebars.ts", "sidebars.json"];

/// Folders, hidden ones, in which VitePress, and VuePress before it, keeps its settings.
pub const VITEPRESS: [&str; 4] = [".vitepress", "docs/.vitepress", ".vuepress", "docs/.vuepress"];

/// The hidden file by which a folder's pages are ordered for MkDocs.
pub const PAGES: &str = ".pages";

/// Whether `path` is such a file.
pub fn is_outline(path: &SourcePath) -> bool {
    let is_script = |ending: &str| matches!(ending, "js" | "cjs" | "mjs" | "ts" | "mts");
    if matches!(path.file_name(), PAGES | "meta.json" | "_meta.json" | "mint.json" | "docs.json" | "myst.yml" | "nav.adoc") {
        return true;
    }
    let (stem, ending) = path.file_name().rsplit_once('.').unwrap_or_default();
    let is_yaml = matches!(ending, "yml" | "yaml");
    match stem {
        "mkdocs" | "_toc" => is_yaml,
        "_category_" => is_yaml || ending == "json",
        "sidebars" => is_script(ending) || ending == "json",
        "astro.config" => is_script(ending),
        "config" => is_script(ending) && VITEPRESS.iter().any(|folder| path.folder().ends_with(folder)),
        _ => false,
    }
}

/// What one such file says.
#[derive(Debug, Default)]
struct Outlined {
    /// The pages that it names, in order.
    order: Vec<RecordIndex>,
    /// Titles over pages, and the pages under each; an outer title stands before those within it.
    parts: Vec<(String, Vec<RecordIndex>)>,
}

/// The place of what no file names: before what stands behind "and all others".
const UNNAMED: usize = usize::MAX / 2;

/// The order of records and folders, as far as a team gave one.
#[derive(Debug, Default)]
pub struct Navigation {
    /// The place of each record that a file names.
    ranks: HashMap<RecordIndex, usize>,
    /// The place of each folder: its own, else that of the first record in it.
    folder_ranks: HashMap<String, usize>,
    /// Numbers that place folders among their neighbours where nothing else does.
    positions: HashMap<String, i64>,
    /// Names of folders.
    labels: HashMap<String, String>,
    /// What is read before and after a record.
    pub trails: BTreeMap<RecordIndex, Neighbours>,
}

impl Navigation {
    /// What `outlines` and the tables of contents among `records` say.
    pub fn new(records: &[Arc<Record>], resolver: &Resolver<'_>, outlines: &Outlines, sources: &Sources) -> Self {
        let mut navigation = Self::default();
        for record in records.iter().filter(|record| is_contents(record)) {
            navigation.take(records, &contents::read(record, resolver, sources));
        }
        for (path, text) in outlines {
            match path.file_name().split('.').next().unwrap_or_default() {
                // Other programs, too, write files of these names.
                "mint" | "docs" if !text.contains("\"navigation\"") => {}
                "mint" | "docs" => navigation.take(records, &sidebars::read(path, text, resolver)),
                "" | "meta" | "_meta" => navigation.place(path.folder(), &places::read(path, text), resolver),
                "mkdocs" => navigation.take(records, &of_mkdocs(path, text, resolver)),
                "_toc" | "myst" => navigation.take(records, &trees::read(path, text, resolver)),
                "nav" => navigation.take(records, &antora::read(path, text, resolver)),
                "sidebars" | "astro" | "config" => navigation.take(records, &sidebars::read(path, text, resolver)),
                _ => navigation.name_folder(path.folder(), text),
            }
        }
        for outlined in toctrees::read(records, resolver, sources) {
            navigation.take(records, &outlined);
        }
        for outlined in parents::read(records, sources) {
            navigation.take(records, &outlined);
        }
        navigation
    }

    /// The place of a record among others, and of a folder.
    pub fn rank(&self, record: RecordIndex) -> usize {
        self.ranks.get(&record).copied().unwrap_or(UNNAMED)
    }

    /// The place of a folder among its neighbours: by what is read first in it, else by its number.
    pub fn folder_rank(&self, folder: &str) -> (usize, i64) {
        let rank = self.folder_ranks.get(folder).copied().unwrap_or(UNNAMED);
        (rank, self.positions.get(folder).copied().unwrap_or(i64::MAX))
    }

    /// The name of a folder.
    pub fn label(&self, folder: &str) -> Option<&String> {
        self.labels.get(folder)
    }

    fn take(&mut self, records: &[Arc<Record>], outlined: &Outlined) {
        self.follow(records, &outlined.order);
        self.name_parts(records, outlined);
    }

    /// Gives a folder the title of the part that holds all pages of it, and no others.
    fn name_parts(&mut self, records: &[Arc<Record>], outlined: &Outlined) {
        let folder_of = |index: &RecordIndex| records[*index].path().folder();
        let mut n_pages: HashMap<&str, usize> = HashMap::new();
        let all: HashSet<&RecordIndex> = outlined.order.iter().collect();
        for index in &all {
            for folder in with_folders_above(folder_of(index)) {
                *n_pages.entry(folder).or_default() += 1;
            }
        }
        for (title, pages) in &outlined.parts {
            let pages: HashSet<RecordIndex> = pages.iter().copied().collect();
            let Some(first) = pages.iter().min() else { continue };
            let is_above_all = |folder: &&str| pages.iter().all(|index| with_folders_above(folder_of(index)).any(|above| above == *folder));
            let common = with_folders_above(folder_of(first)).find(is_above_all);
            // A title over all that is named is that of the whole.
            let is_named = |folder: &&str| !folder.is_empty() && n_pages[folder] == pages.len() && pages.len() < all.len();
            if let Some(folder) = common.filter(is_named) {
                self.labels.entry(folder.to_owned()).or_insert_with(|| title.clone());
            }
        }
    }

    /// Takes `order` over, for records that no file before named.
    fn follow(&mut self, records: &[Arc<Record>], order: &[RecordIndex]) {
        let mut seen = HashSet::new();
        let order: Vec<RecordIndex> =
            order.iter().copied().filter(|index| !self.ranks.contains_key(index) && seen.insert(*index)).collect();
        if order.len() < 2 {
            return;
        }
        for (at, &index) in order.iter().enumerate() {
            let rank = self.ranks.len();
            self.ranks.insert(index, rank);
            for folder in with_folders_above(records[index].path().folder()) {
                self.folder_ranks.entry(folder.to_owned()).or_insert(rank);
            }
            let neighbours = Neighbours { previous: at.checked_sub(1).map(|before| order[before]), next: order.get(at + 1).copied() };
            self.trails.insert(index, neighbours);
        }
    }

    /// Puts what lies in `folder` into its places. Of these the ranks count within the folder alone, so they are no trail.
    fn place(&mut self, folder: &str, places: &Places, resolver: &Resolver<'_>) {
        if let Some(title) = &places.title {
            self.labels.entry(folder.to_owned()).or_insert_with(|| title.clone());
        }
        let first = places.first.iter().enumerate();
        let last = places.last.iter().enumerate().map(|(at, place)| (UNNAMED + 1 + at, place));
        for (rank, place) in first.chain(last) {
            // `guide` may be `guide.md`, and the folder `guide` beside it; both have the same place.
            if let Some(index) = exact(resolver, &place.path) {
                self.ranks.entry(index).or_insert(rank);
            }
            self.folder_ranks.entry(place.path.clone()).or_insert(rank);
            if let Some(label) = &place.label {
                self.labels.entry(place.path.clone()).or_insert_with(|| label.clone());
            }
        }
    }

    /// Reads `_category_.json`.
    fn name_folder(&mut self, folder: &str, text: &str) {
        let (root, _) = yaml::parse(text);
        let Some(root) = root else { return };
        if let Some(label) = root.get("label").and_then(Node::text) {
            self.labels.insert(folder.to_owned(), label.to_owned());
        }
        if let Some(position) = root.get("position").and_then(Node::text).and_then(|text| text.parse::<f64>().ok()) {
            // Halves are in use, to put a folder between two others.
            self.positions.insert(folder.to_owned(), (position * 1000.0) as i64);
        }
    }
}

fn exact(resolver: &Resolver<'_>, path: &str) -> Option<RecordIndex> {
    match resolver.path(path)? {
        PathMatch::Exact(index) => Some(index),
        PathMatch::OtherCase(_) => None,
    }
}

/// A folder and those above it, the innermost first.
fn with_folders_above(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| folder.rsplit_once('/').map(|(above, _)| above))
}

/// The pages that `nav` names, in order; their paths begin at `docs_dir`, which may be the content folder itself.
fn of_mkdocs(path: &SourcePath, text: &str, resolver: &Resolver<'_>) -> Outlined {
    // Elsewhere such a file may hold tags of Python's, which are no YAML of ours. Here only a variable may stand, with what holds
    // without it at the end: `!ENV [DOCS_DIR, docs]`.
    let (root, _) = yaml::parse(&entries_of(text, &["nav:", "docs_dir:"]).replace("!ENV", ""));
    let Some(root) = root else { return Outlined::default() };
    let docs = root.get("docs_dir").and_then(|docs| docs.members().last()?.text()).unwrap_or("docs");
    let folders = [path::join(path.folder(), docs), Some(path.folder().to_owned())];
    let page = |name: &str| folders.iter().flatten().filter_map(|folder| path::join(folder, name)).find_map(|path| exact(resolver, &path));
    let mut outlined = Outlined::default();
    if let Some(nav) = root.get("nav") {
        collect(nav, &|name| if name.contains("://") { None } else { page(name) }, &mut outlined);
    }
    outlined
}

/// The lines of `text`, a YAML mapping in block style, that belong to the entries whose first lines begin with `keys`.
fn entries_of(text: &str, keys: &[&str]) -> String {
    let mut is_wanted = false;
    let mut belongs = |line: &&str| {
        if !line.starts_with([' ', '\t', '-', '#', '\r', '\n']) {
            is_wanted = keys.iter().any(|key| line.starts_with(key));
        }
        is_wanted
    };
    text.split_inclusive('\n').filter(|line| belongs(line)).collect()
}

/// The pages at the ends of a tree of lists and mappings, in order; keys over lists are titles. The depth of the tree is
/// bounded by that of the YAML that is read.
fn collect(node: &Node, page: &impl Fn(&str) -> Option<RecordIndex>, outlined: &mut Outlined) {
    if let Some(entries) = node.entries() {
        for (key, value) in entries {
            let (part, start) = (outlined.parts.len(), outlined.order.len());
            let is_part = value.text().is_none();
            if is_part {
                outlined.parts.push((key.text().unwrap_or_default().to_owned(), Vec::new()));
            }
            collect(value, page, outlined);
            if is_part {
                outlined.parts[part].1 = outlined.order[start..].to_vec();
            }
        }
    } else if let Some(text) = node.text() {
        outlined.order.extend(page(text));
    } else {
        node.members().iter().for_each(|member| collect(member, page, outlined));
    }
}
