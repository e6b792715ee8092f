//! The order that a team gave its pages for another program: `SUMMARY.md` (mdBook, GitBook), the `nav` of `mkdocs.yml`,
//! the sidebars and `_category_.json` of Docusaurus. What they leave out follows in the usual order.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use crate::config::Sources;
use crate::link::meant::meant;
use crate::link::path;
use crate::link::resolve::{PathMatch, Resolver, decoded};
use crate::model::handbook::{Neighbours, RecordIndex};
use crate::model::name::SourcePath;
use crate::model::record::Record;
use crate::model::section::LinkForm;
use crate::yaml::{self, Node};

/// Files beside the records that say in which order these are read, and their texts.
pub type Outlines = BTreeMap<SourcePath, Arc<str>>;

/// Names of those that lie in the content folder, or beside it where that is the folder `docs` of a repository.
pub const BESIDE: [&str; 5] = ["mkdocs.yml", "mkdocs.yaml", "sidebars.js", "sidebars.ts", "sidebars.json"];

/// Whether `path` is such a file.
pub fn is_outline(path: &SourcePath) -> bool {
    let (stem, ending) = path.file_name().rsplit_once('.').unwrap_or_default();
    let is_yaml = matches!(ending, "yml" | "yaml");
    match stem {
        "mkdocs" => is_yaml,
        "_category_" => is_yaml || ending == "json",
        "sidebars" => matches!(ending, "js" | "cjs" | "mjs" | "ts" | "json"),
        _ => false,
    }
}

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
            navigation.follow(records, &of_contents(record, resolver, sources));
        }
        for (path, text) in outlines {
            match path.file_name().split('.').next().unwrap_or_default() {
                "mkdocs" => navigation.follow(records, &of_mkdocs(path, text, resolver)),
                "sidebars" => navigation.follow(records, &of_sidebars(path, text, resolver)),
                _ => navigation.name_folder(path.folder(), text),
            }
        }
        navigation
    }

    /// The place of a record among others, and of a folder.
    pub fn rank(&self, record: RecordIndex) -> usize {
        self.ranks.get(&record).copied().unwrap_or(usize::MAX)
    }

    /// The place of a folder among its neighbours: by what is read first in it, else by its number.
    pub fn folder_rank(&self, folder: &str) -> (usize, i64) {
        let rank = self.folder_ranks.get(folder).copied().unwrap_or(usize::MAX);
        (rank, self.positions.get(folder).copied().unwrap_or(i64::MAX))
    }

    /// The name of a folder.
    pub fn label(&self, folder: &str) -> Option<&String> {
        self.labels.get(folder)
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
            let folders =
                std::iter::successors(Some(records[index].path().folder()), |folder| folder.rsplit_once('/').map(|(above, _)| above));
            for folder in folders {
                self.folder_ranks.entry(folder.to_owned()).or_insert(rank);
            }
            let neighbours = Neighbours { previous: at.checked_sub(1).map(|before| order[before]), next: order.get(at + 1).copied() };
            self.trails.insert(index, neighbours);
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

/// Whether a record is there to say in which order the others are read.
pub fn is_contents(record: &Record) -> bool {
    record.path().stem().eq_ignore_ascii_case("summary")
}

fn exact(resolver: &Resolver<'_>, path: &str) -> Option<RecordIndex> {
    match resolver.path(path)? {
        PathMatch::Exact(index) => Some(index),
        PathMatch::OtherCase(_) => None,
    }
}

fn of_contents(record: &Record, resolver: &Resolver<'_>, sources: &Sources) -> Vec<RecordIndex> {
    let links = record.outline.links.iter().filter(|link| link.form == LinkForm::Markdown && !link.target.contains("://"));
    let targets = links.map(|link| link.target.split(['#', '?']).next().unwrap_or_default()).filter(|target| !target.is_empty());
    let found = targets.filter_map(|target| {
        let paths = meant(sources, record.path().folder(), &decoded(target));
        paths.iter().find_map(|path| exact(resolver, path))
    });
    found.collect()
}

/// The pages that `nav` names, in order; their paths begin at `docs_dir`, which may be the content folder itself.
fn of_mkdocs(path: &SourcePath, text: &str, resolver: &Resolver<'_>) -> Vec<RecordIndex> {
    // Elsewhere such a file may hold tags of Python's, which are no YAML of ours.
    let (root, _) = yaml::parse(&entries_of(text, &["nav:", "docs_dir:"]));
    let Some(root) = root else { return Vec::new() };
    let docs = root.get("docs_dir").and_then(Node::text).unwrap_or("docs");
    let mut named = Vec::new();
    if let Some(nav) = root.get("nav") {
        leaves(nav, &mut named);
    }
    let folders = [path::join(path.folder(), docs), Some(path.folder().to_owned())];
    let page = |name: &str| folders.iter().flatten().filter_map(|folder| path::join(folder, name)).find_map(|path| exact(resolver, &path));
    named.into_iter().filter(|name| !name.contains("://")).filter_map(page).collect()
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

/// The texts at the ends of a tree of lists and mappings, in order. Its depth is bounded by that of the YAML that is read.
fn leaves<'n>(node: &'n Node, found: &mut Vec<&'n str>) {
    if let Some(entries) = node.entries() {
        entries.iter().for_each(|(_, value)| leaves(value, found));
    } else if let Some(text) = node.text() {
        found.push(text);
    } else {
        node.members().iter().for_each(|member| leaves(member, found));
    }
}

/// The pages that sidebars name. The file is a program, more often than not; its texts that are names of pages are those
/// pages in order, which is what it says unless it computes them.
fn of_sidebars(path: &SourcePath, text: &str, resolver: &Resolver<'_>) -> Vec<RecordIndex> {
    let folders = ["docs", ""].map(|docs| path::join(path.folder(), docs).unwrap_or_default());
    let page = |name: &str| folders.iter().filter_map(|folder| path::join(folder, name)).find_map(|path| exact(resolver, &path));
    quoted(text).into_iter().filter(|name| !name.is_empty() && !name.starts_with(['.', '/', '@'])).filter_map(page).collect()
}

/// All texts between quotes, comments aside.
fn quoted(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let skipped = match bytes[at] {
            b'/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            b'/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            quote @ (b'"' | b'\'' | b'`') => {
                let Some(length) = rest[1..].find(quote as char) else { break };
                found.push(&rest[1..1 + length]);
                length + 2
            }
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
        at += skipped;
    }
    found
}
