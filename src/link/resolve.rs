//! A reference as written to the record that it means, or to the names nearest to it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use crate::config::Sources;
use crate::diagnostic::{Letters, nearest, nearest_of};
use crate::link::folder_page::FolderPages;
use crate::link::meant::meant;
use crate::link::path;
use crate::model::handbook::RecordIndex;
use crate::model::name::{Anchor, KindName, SourcePath};
use crate::model::record::Record;
use crate::slug;

/// Endings that a path to a record may have.
const ENDINGS: [&str; 4] = ["md", "markdown", "mdx", "html"];
/// What the file of a folder's own page may be called, without its ending.
const FOLDER_PAGES: [&str; 5] = ["index", "_index", "README", "readme", "Readme"];

/// All names under which records can be found.
pub struct Resolver<'a> {
    records: &'a [Arc<Record>],
    sources: &'a Sources,
    /// Kinds that have records.
    kinds: HashSet<&'a str>,
    /// By path without its ending, as composed text.
    by_path: HashMap<String, RecordIndex>,
    by_path_without_case: HashMap<String, RecordIndex>,
    by_number: HashMap<i64, Vec<RecordIndex>>,
    by_slug: HashMap<String, Vec<RecordIndex>>,
    /// Of each name in `by_slug`, its letters; counted when the first name is not found.
    letters: OnceLock<Vec<(String, Letters)>>,
    by_alias: HashMap<String, RecordIndex>,
    by_title: HashMap<String, Vec<RecordIndex>>,
}

/// What a reference means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// One record.
    One(RecordIndex),
    /// One record, of a kind that does not fit.
    WrongKind(RecordIndex),
    /// Several records.
    Many(Vec<RecordIndex>),
    /// No record.
    None,
}

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathMatch {
    /// The record whose file has that path.
    Exact(RecordIndex),
    /// A record whose file's path differs in case.
    OtherCase(RecordIndex),
}

impl<'a> Resolver<'a> {
    /// A resolver over `records`.
    pub fn new(records: &'a [Arc<Record>], sources: &'a Sources) -> Self {
        let mut resolver = Self {
            records,
            sources,
            kinds: records.iter().map(|record| record.kind.as_str()).collect(),
            by_path: HashMap::with_capacity(records.len()),
            by_path_without_case: HashMap::with_capacity(records.len()),
            by_number: HashMap::new(),
            by_slug: HashMap::with_capacity(records.len()),
            letters: OnceLock::new(),
            by_alias: HashMap::new(),
            by_title: HashMap::with_capacity(records.len()),
        };
        let folder_pages = FolderPages::of(records);
        for (index, record) in records.iter().enumerate() {
            let id = slug::composed(record.id.as_str());
            resolver.by_path_without_case.entry(id.to_lowercase()).or_insert(index);
            resolver.by_path.entry(id.into_owned()).or_insert(index);
            if let Some(number) = record.number {
                resolver.by_number.entry(number).or_default().push(index);
            }
            let name = if folder_pages.is_beside(index, record) { record.path().stem() } else { record.slug() };
            let slugs = [slug::name(name), slug::name(without_number(name))];
            resolver.by_slug.entry(slugs[0].clone()).or_default().push(index);
            if slugs[1] != slugs[0] && !slugs[1].is_empty() {
                resolver.by_slug.entry(slugs[1].clone()).or_default().push(index);
            }
            for alias in record.texts("aliases") {
                resolver.by_alias.entry(folded_alias(alias)).or_insert(index);
            }
            resolver.by_title.entry(slug::fold(&record.title)).or_default().push(index);
        }
        resolver
    }

    /// Whether there are records of one of `kinds`.
    pub fn has_kind(&self, kinds: &[KindName]) -> bool {
        kinds.iter().any(|kind| self.kinds.contains(kind.as_str()))
    }

    /// The record at `path` (relative to the content folder, already decoded): its file, with or without the ending,
    /// its page's address, or the page of that folder.
    pub fn path(&self, path: &str) -> Option<PathMatch> {
        let path = slug::composed(path.trim_end_matches('/'));
        let stem = path
            .rsplit_once('.')
            .filter(|(_, ending)| ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending)))
            .map_or(&*path, |(stem, _)| stem);
        let in_folder = |name: &&str| if path.is_empty() { (*name).to_owned() } else { format!("{path}/{name}") };
        let is_file = |path: &str| self.by_path.get(path);
        if let Some(&index) =
            is_file(stem).or_else(|| is_file(&path)).or_else(|| FOLDER_PAGES.iter().find_map(|name| is_file(&in_folder(name))))
        {
            let file = slug::composed(self.records[index].path().as_str());
            let is_other_case = path != file && path.to_lowercase() == file.to_lowercase();
            return Some(if is_other_case { PathMatch::OtherCase(index) } else { PathMatch::Exact(index) });
        }
        let candidates =
            [stem.to_lowercase(), path.to_lowercase()].into_iter().chain(FOLDER_PAGES.iter().map(|name| in_folder(name).to_lowercase()));
        candidates.into_iter().find_map(|path| self.by_path_without_case.get(&path)).map(|index| PathMatch::OtherCase(*index))
    }

    /// The record that `reference` means when `from` writes it, in this order: a path, an id
    /// (`decision/9`), a number (`9`, `ADR-0009`), a slug, an alias, a title. One of `kinds` is wanted (any, when empty).
    /// A link leads where its address does; else its name's number tells, and else its words do.
    pub fn reference(&self, from: &Record, reference: &str, kinds: &[KindName]) -> Resolved {
        let (label, target) = markdown_link(reference);
        let resolved = match target.split_once("://") {
            Some((_, address)) => self.address(from, address, kinds),
            None => self.name(from, target, kinds),
        };
        match (resolved, label) {
            (Resolved::None, Some(label)) if !target.contains("://") => self.name(from, label, kinds),
            (resolved, _) => resolved,
        }
    }

    /// The record whose file has the path with which a web address ends, as on a host of repositories.
    fn address(&self, from: &Record, address: &str, kinds: &[KindName]) -> Resolved {
        let path = decoded(address.split(['#', '?']).next().unwrap_or_default());
        let is_file = [".md", ".mdx", ".markdown"].iter().any(|ending| path.ends_with(ending));
        let mut rest = if is_file { path.split_once('/').map(|(_, rest)| rest) } else { None };
        while let Some(path) = rest {
            if let Some(PathMatch::Exact(index)) = self.path(path) {
                return self.of_kind(vec![index], from, kinds);
            }
            rest = path.split_once('/').map(|(_, rest)| rest);
        }
        Resolved::None
    }

    /// See [`Resolver::reference`].
    fn name(&self, from: &Record, written: &str, kinds: &[KindName]) -> Resolved {
        // `ADR #13` has a number behind the sign, and no section.
        let is_number = written.trim_start().starts_with('#')
            || written.split_once(" #").is_some_and(|(_, number)| number.starts_with(|c: char| c.is_ascii_digit()));
        let name = if is_number { written } else { written.split('#').next().unwrap_or_default() }.trim();
        if name.is_empty() {
            return Resolved::None;
        }
        if (name.contains('/') || name.ends_with(".md"))
            && let Some(PathMatch::Exact(index) | PathMatch::OtherCase(index)) = meant(self.sources, from.file().folder(), &decoded(name))
                .into_iter()
                .chain(path::join("", &decoded(name)))
                .find_map(|path| self.path(&path))
        {
            return self.of_kind(vec![index], from, kinds);
        }
        let (wanted, name) = match name.split_once('/') {
            Some((kind, rest)) if self.kinds.contains(kind) => (vec![KindName::new(kind)], rest),
            _ => (kinds.to_vec(), name),
        };
        let number = number_of(name);
        let by_number = number.and_then(|number| self.by_number.get(&number));
        let by_slug = || self.by_slug.get(&slug::name(name.trim_end_matches(".md")));
        let by_alias = || self.by_alias.get(&folded_alias(name));
        let by_title = || self.by_title.get(&slug::fold(name));
        let mut misfit = Resolved::None;
        // `0006 Log format`, `005-moved.md`: with words behind the number, the words go first.
        let in_front = || self.by_number.get(&number_in_front(name.rsplit('/').next().unwrap_or(name))?);
        let found =
            [by_number.cloned(), by_slug().cloned(), by_alias().map(|index| vec![*index]), by_title().cloned(), in_front().cloned()];
        for candidates in found.into_iter().flatten() {
            match self.of_kind(candidates, from, &wanted) {
                Resolved::WrongKind(index) => misfit = Resolved::WrongKind(index),
                Resolved::None => {}
                resolved => return resolved,
            }
        }
        misfit
    }

    /// The one candidate of the right kind; among several, one in the same folder, else one of the same source.
    fn of_kind(&self, mut candidates: Vec<RecordIndex>, from: &Record, kinds: &[KindName]) -> Resolved {
        candidates.dedup();
        let fits = |index: &RecordIndex| kinds.is_empty() || kinds.contains(&self.records[*index].kind);
        let fitting: Vec<RecordIndex> = candidates.iter().copied().filter(fits).collect();
        let is_beside = |index: &&RecordIndex| self.records[**index].path().folder() == from.path().folder();
        match (fitting.as_slice(), candidates.as_slice()) {
            ([only], _) => Resolved::One(*only),
            ([], [first, ..]) => Resolved::WrongKind(*first),
            ([], []) => Resolved::None,
            (several, _) => {
                let home = |path: &SourcePath| self.sources.of(path.as_str()).map(|source| &source.at);
                let is_at_home = |index: &&RecordIndex| home(self.records[**index].path()) == home(from.path());
                let only = |near: &dyn Fn(&&RecordIndex) -> bool| {
                    let mut near = several.iter().filter(near);
                    near.next().filter(|_| near.next().is_none()).copied()
                };
                let found = only(&is_beside).or_else(|| only(&is_at_home));
                found.map_or_else(|| Resolved::Many(several.to_vec()), Resolved::One)
            }
        }
    }

    /// The section of `record` that `fragment` means. Anchors made by other programs differ in hyphens and case.
    pub fn anchor(&self, record: RecordIndex, fragment: &str) -> Option<Option<Anchor>> {
        let outline = &self.records[record].outline;
        let fragment = decoded(fragment);
        if fragment.is_empty() || fragment == "top" || fragment == "readme" {
            return Some(None);
        }
        let sections = outline.sections.iter().filter_map(|section| Some((section.anchor.as_ref()?, section.level)));
        let all = || sections.clone().chain(outline.anchors.iter().map(|anchor| (anchor, 6)));
        let folded = folded_anchor(&fragment);
        let found = all()
            .find(|(anchor, _)| anchor.as_str() == fragment)
            .or_else(|| all().find(|(anchor, _)| !folded.is_empty() && folded_anchor(anchor.as_str()) == folded));
        found.map(|(anchor, level)| (level > 1).then(|| anchor.clone()))
    }

    /// The paths of records whose name is like `written`, nearest first.
    pub fn nearest(&self, written: &str) -> Vec<String> {
        let name = written.split('#').next().unwrap_or_default().trim_end_matches('/');
        let wanted = slug::name(name.rsplit('/').next().unwrap_or(name).trim_end_matches(".md"));
        let counted = || self.by_slug.keys().map(|name| (name.clone(), Letters::of(name))).collect();
        let names = self.letters.get_or_init(counted).iter().map(|(name, letters)| (name.as_str(), letters));
        let mut paths: Vec<String> = Vec::new();
        for near in nearest_of(&wanted, names, 3) {
            paths.extend(self.by_slug[near].iter().take(2).map(|index| self.records[*index].path().to_string()));
        }
        paths.dedup();
        paths.truncate(3);
        paths
    }

    /// The anchors of `record` that are like `fragment`.
    pub fn nearest_anchors(&self, record: RecordIndex, fragment: &str) -> Vec<String> {
        let anchors = self.records[record].outline.sections.iter().filter_map(|section| section.anchor.as_ref());
        nearest(fragment, anchors.map(Anchor::as_str), 2).into_iter().map(|anchor| format!("#{anchor}")).collect()
    }
}

/// `text` without percent-encoding.
pub fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The words and the target of a reference that is written as a Markdown link or a wiki link.
fn markdown_link(reference: &str) -> (Option<&str>, &str) {
    let reference = reference.trim();
    if let Some(inside) = reference.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
        return (None, inside.split('|').next().unwrap_or_default());
    }
    let link = reference.strip_prefix('[').and_then(|rest| rest.split_once("]("));
    let target = link.and_then(|(label, rest)| Some((label, rest.rsplit_once(')')?.0)));
    target.map_or((None, reference), |(label, target)| (Some(label), target.trim()))
}

/// The number that a reference consists of, behind letters that name its series: `9`, `#9`, `ADR-0009`, `ADR 9`.
fn number_of(name: &str) -> Option<i64> {
    let digits = name.trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim_start_matches(['-', ' ', '#', '_', '.']);
    let is_number = !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

/// The number with which a name begins, behind letters that name its series: `0006 Log format`, `ADR-12 on events`.
/// The digits of a date are none.
fn number_in_front(name: &str) -> Option<i64> {
    let rest = name.trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim_start_matches(['-', ' ', '#', '_', '.']);
    let n_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let is_number = (1..=5).contains(&n_digits) && !rest[n_digits..].starts_with(|c: char| c.is_alphanumeric());
    let is_year = n_digits == 4 && rest[n_digits..].starts_with('-') && rest[n_digits + 1..].starts_with(|c: char| c.is_ascii_digit());
    (is_number && !is_year).then(|| rest[..n_digits].parse().ok()).flatten()
}

/// A slug without the number in front of it.
fn without_number(slug: &str) -> &str {
    let digits = slug.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=5).contains(&digits) { slug[digits..].trim_start_matches(['-', '_', ' ']) } else { slug }
}

/// An alias as it is compared: `/old/name.html`, `old/name/` and `Old/Name` are one.
fn folded_alias(alias: &str) -> String {
    slug::fold(alias.trim_matches('/').trim_end_matches(".html").trim_end_matches(".md"))
}

fn folded_anchor(anchor: &str) -> String {
    anchor.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
