//! Lists, folders and tags: the ways in which readers come to records.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::{self, Diagnostic};
use crate::link::folder_page::FolderPages;
use crate::link::navigation::Navigation;
use crate::model::handbook::{Collection, Folder, RecordIndex, Tag};
use crate::model::kind::Kind;
use crate::model::name::OutputPath;
use crate::model::record::Record;
use crate::parse::{address_part, number_of_file, series_of_file};
use crate::slug;

/// Lists, folders and tags.
pub struct Structure {
    /// See [`crate::model::handbook::Handbook::collections`].
    pub collections: Vec<Collection>,
    /// See [`crate::model::handbook::Handbook::folders`].
    pub folders: BTreeMap<String, Folder>,
    /// See [`crate::model::handbook::Handbook::tags`].
    pub tags: Vec<Tag>,
}

/// Puts `records` in order.
pub fn structure(
    records: &[Arc<Record>],
    outputs: &[OutputPath],
    folder_pages: &FolderPages<'_>,
    navigation: &Navigation,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Structure {
    let collections = collections(records, outputs, config, diagnostics);
    let folders = folders(records, &collections, folder_pages, navigation);
    Structure { folders, tags: tags(records, diagnostics), collections }
}

fn collections(records: &[Arc<Record>], outputs: &[OutputPath], config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Vec<Collection> {
    let by_output: HashMap<&str, RecordIndex> = outputs.iter().enumerate().map(|(index, output)| (output.as_str(), index)).collect();
    let mut collections = Vec::new();
    for (kind_index, kind) in config.kinds.iter().enumerate() {
        let mut of_kind: Vec<RecordIndex> = (0..records.len()).filter(|index| records[*index].kind == kind.name).collect();
        if of_kind.is_empty() {
            continue;
        }
        report_duplicate_numbers(records, &of_kind, config, diagnostics);
        let n_dated = of_kind.iter().filter(|index| records[**index].date.is_some()).count();
        let is_chronicle = !kind.free && n_dated * 2 > of_kind.len();
        of_kind.sort_by(|a, b| order(&records[*a], is_chronicle).cmp(&order(&records[*b], is_chronicle)));
        let output = list_page(kind);
        let introduction = by_output.get(output.as_str()).copied();
        collections.push(Collection { kind: kind_index, records: of_kind, introduction, output });
    }
    collections
}

/// Chronicles run from the newest to the oldest; everything else by weight, number and title.
fn order(record: &Record, is_chronicle: bool) -> impl Ord {
    let newest = is_chronicle.then_some((Reverse(record.date), Reverse(record.number)));
    let weight = record.weight.unwrap_or(i64::MAX);
    let folder = if is_chronicle { String::new() } else { record.path().folder().to_owned() };
    (
        newest,
        folder,
        weight,
        record.number.or_else(|| number_of_file(record.path())).unwrap_or(i64::MAX),
        record.title.to_lowercase(),
        record.id.clone(),
    )
}

fn report_duplicate_numbers(records: &[Arc<Record>], of_kind: &[RecordIndex], config: &Config, diagnostics: &mut Vec<Diagnostic>) {
    let mut first: HashMap<(&str, String, i64), RecordIndex> = HashMap::new();
    for &index in of_kind {
        let record = &records[index];
        let Some(number) = record.number else { continue };
        let folder = if config.are_numbers_global { "" } else { record.path().folder() };
        let other = *first.entry((folder, series_of_file(record.path()), number)).or_insert(index);
        if other != index && !is_translation(records[other].path().stem(), record.path().stem()) {
            let message = format!("the number {number} is that of `{}` too", records[other].path());
            let found = match record.fields.get("number") {
                Some(field) => record.source.finding(&diagnostic::DUPLICATE_NUMBER, field.span.clone(), message),
                None => record.source.finding(&diagnostic::DUPLICATE_NUMBER, 0..0, message),
            };
            diagnostics.push(found.hint("give one of the two the next free number"));
        }
    }
}

/// Whether one of two names is the other with a language behind it: `0003-vm` and `0003-vm.zh`, `0001-queue` and `0001-queue-de`.
fn is_translation(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let rest = long.strip_prefix(short).and_then(|rest| rest.strip_prefix(['.', '-', '_']));
    let is_letters = |word: &str| word.len() == 2 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    rest.is_some_and(|rest| rest.split(['-', '_']).all(is_letters) && rest.len() <= 5)
}

fn folders(
    records: &[Arc<Record>],
    collections: &[Collection],
    folder_pages: &FolderPages<'_>,
    navigation: &Navigation,
) -> BTreeMap<String, Folder> {
    let mut folders: BTreeMap<String, Folder> = BTreeMap::new();
    folders.entry(String::new()).or_default();
    let mut below: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (index, record) in records.iter().enumerate() {
        let mut path = record.path().folder();
        match folder_pages.folder(index, record) {
            Some(folder) => folders.entry(folder.to_owned()).or_default().index = Some(index),
            None => folders.entry(path.to_owned()).or_default().records.push(index),
        }
        while !path.is_empty() {
            let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
            folders.entry(path.to_owned()).or_default().n_below += 1;
            below.entry(parent.to_owned()).or_default().insert(path.to_owned());
            path = parent;
        }
    }
    for (path, inner) in below {
        let mut inner: Vec<String> = inner.into_iter().collect();
        let weight = |path: &String| folders[path].index.and_then(|index| records[index].weight).unwrap_or(i64::MAX);
        inner.sort_by_cached_key(|path| (navigation.folder_rank(path), weight(path), path.clone()));
        folders.entry(path).or_default().folders = inner;
    }
    for (path, folder) in &mut folders {
        let place = |index: &RecordIndex| (navigation.rank(*index), order(&records[*index], false));
        folder.records.sort_by(|a, b| place(a).cmp(&place(b)));
        folder.label = navigation.label(path).cloned();
        let parts: Vec<String> =
            path.split('/').filter(|part| !part.is_empty()).map(address_part).chain(["index.html".to_owned()]).collect();
        let output = OutputPath::new(parts.join("/"));
        let is_list = collections.iter().any(|collection| collection.output == output);
        if folder.index.is_none() || is_list {
            folder.output = Some(output);
        }
    }
    folders
}

fn tags(records: &[Arc<Record>], diagnostics: &mut Vec<Diagnostic>) -> Vec<Tag> {
    let mut by_slug: BTreeMap<String, BTreeMap<&str, Vec<RecordIndex>>> = BTreeMap::new();
    for (index, record) in records.iter().enumerate() {
        for tag in &record.tags {
            by_slug.entry(tag_slug(tag)).or_default().entry(tag).or_default().push(index);
        }
    }
    let mut tags = Vec::with_capacity(by_slug.len());
    for (slug, spellings) in by_slug {
        let most = spellings.iter().max_by_key(|(name, records)| (records.len(), Reverse(**name)));
        let name = (*most.expect("a tag has a record").0).to_owned();
        for (spelling, used_by) in spellings.iter().filter(|(spelling, _)| **spelling != name) {
            let message = format!("the tag `{spelling}` is spelt `{name}` elsewhere; the two are one tag");
            diagnostics.push(Diagnostic::new(&diagnostic::TAG_SPELLING, records[used_by[0]].file().as_str(), message));
        }
        let mut of_tag: Vec<RecordIndex> = spellings.into_values().flatten().collect();
        of_tag.sort_unstable();
        of_tag.dedup();
        tags.push(Tag { name, output: OutputPath::new(format!("tags/{slug}.html")), records: of_tag });
    }
    tags
}

/// The address of a kind's list.
pub fn list_page(kind: &Kind) -> OutputPath {
    OutputPath::new(format!("{}/index.html", address_part(&kind.plural)))
}

/// The address of a tag's page.
pub fn tag_page(tag: &str) -> OutputPath {
    OutputPath::new(format!("tags/{}.html", tag_slug(tag)))
}

/// The last part of a tag's address.
pub fn tag_slug(tag: &str) -> String {
    let slug = slug::name(tag);
    let slug = if slug == "index" { "index-tag".to_owned() } else { slug };
    address_part(if slug.is_empty() { tag } else { &slug })
}
