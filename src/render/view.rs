//! What a template may see: small serialisable views, made for it. Documented for theme authors in the handbook's
//! own guide on theming.
//!
//! Every `url` is a path from the site's root without a leading slash; a template puts `page.root` in front of it.

use serde::Serialize;

use crate::calendar::Date;
use crate::diagnostic::Diagnostic;
use crate::model::handbook::{Collection, RecordIndex, n_parts};
use crate::model::kind::{Kind, StatusType};
use crate::model::name::OutputPath;
use crate::render::Site;

/// Something that is wrong, for the author.
#[derive(Serialize)]
pub struct ProblemView {
    severity: &'static str,
    code: &'static str,
    /// `path:line:column`.
    place: String,
    /// The page of the record, where it has one.
    url: Option<String>,
    message: String,
    /// The line itself.
    excerpt: Option<String>,
    hint: Option<String>,
}

/// What is wrong with the files that `is_wanted` tells, the worst first.
pub fn problems(site: &Site<'_>, is_wanted: impl Fn(&str) -> bool) -> Vec<ProblemView> {
    let page = |path: &str| {
        let record = site.handbook.records.binary_search_by(|record| record.path().as_str().cmp(path)).ok()?;
        Some(site.handbook.output(record).to_string())
    };
    let view = |finding: &Diagnostic| ProblemView {
        severity: finding.severity.as_str(),
        code: finding.rule.code,
        place: finding
            .place
            .as_ref()
            .map_or_else(|| finding.path.clone(), |place| format!("{}:{}:{}", finding.path, place.line, place.column)),
        url: page(&finding.path),
        message: finding.message.clone(),
        excerpt: finding.place.as_ref().map(|place| place.excerpt.chars().take(300).collect()),
        hint: finding.hint.clone(),
    };
    let mut wanted: Vec<&Diagnostic> = site.setting.findings.iter().filter(|finding| is_wanted(&finding.path)).collect();
    wanted.sort_by_key(|finding| finding.severity);
    wanted.into_iter().map(view).collect()
}

/// A date for people and for machines.
#[derive(Serialize)]
pub struct DateView {
    iso: String,
    text: String,
}

/// A status, with the author's words where they say more.
#[derive(Serialize)]
pub struct StatusView<'a> {
    name: &'a str,
    label: &'a str,
    colour: &'a str,
    meaning: &'static str,
    note: Option<&'a str>,
}

/// A record as others name it.
#[derive(Serialize)]
pub struct LinkView<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its page.
    pub url: &'a str,
    kind: &'a str,
    kind_label: &'a str,
    icon: &'a str,
    number: Option<i64>,
    status: Option<StatusView<'a>>,
    /// The day it is about; where it is named for having changed, the day of that.
    pub date: Option<DateView>,
    summary: Option<&'a str>,
    /// The records that hold in its place, when it was replaced.
    successors: Vec<PlaceView>,
}

/// A kind that has records.
#[derive(Serialize)]
pub struct KindView<'a> {
    name: &'a str,
    plural: &'a str,
    label: &'a str,
    label_plural: &'a str,
    about: &'a str,
    icon: &'a str,
    url: &'a str,
    count: usize,
}

/// A page by its name and address.
#[derive(Serialize)]
pub struct PlaceView {
    /// Its name.
    pub title: String,
    /// Its address.
    pub url: String,
}

/// A tag or topic.
#[derive(Serialize)]
pub struct TagView {
    /// Its name.
    pub name: String,
    /// Where its records are listed.
    pub url: String,
    /// How many they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
}

/// What is known of the page itself.
#[derive(Serialize)]
pub struct PageView<'a> {
    /// Its sort: "record", "list" ...
    #[serde(rename = "type")]
    pub sort: &'static str,
    /// `../` as often as it takes to get to the site's root.
    pub root: String,
    /// Its address.
    pub url: &'a str,
    /// Its title.
    pub title: String,
    /// One sentence for search engines.
    pub description: Option<String>,
    /// Its whole address, where the site's is known.
    pub canonical: Option<String>,
    /// The way from the front page, the page itself aside.
    pub breadcrumbs: Vec<PlaceView>,
    /// Where its source can be edited.
    pub edit_url: Option<String>,
    /// Scripts that it needs besides those of every page.
    pub scripts: Vec<&'static str>,
}

/// The neighbours of a page.
#[derive(Serialize)]
pub struct NavigationView {
    title: String,
    url: String,
    entries: Vec<NavigationEntry>,
    more: usize,
}

#[derive(Serialize)]
struct NavigationEntry {
    title: String,
    url: String,
    current: bool,
    folder: bool,
}

/// Successors that are named beside a record that was replaced.
const SUCCESSORS_MAX: usize = 3;
/// Entries of the navigation that are shown at most.
const NAVIGATION_MAX: usize = 60;

impl DateView {
    /// The view of `date`.
    pub fn new(date: Date) -> Self {
        Self { iso: date.iso(), text: date.text() }
    }
}

/// The way through the parts of a list.
#[derive(Serialize)]
pub struct Pager {
    number: usize,
    total: usize,
    previous_url: Option<String>,
    next_url: Option<String>,
}

impl Pager {
    /// The way around part `number`, from 1, of a list of `n_rows` whose parts are at `path`.
    pub fn new(number: usize, n_rows: usize, path: impl Fn(usize) -> OutputPath) -> Self {
        Self::of_parts(number, n_parts(n_rows), path)
    }

    /// The way around part `number`, from 1, of `total`.
    pub fn of_parts(number: usize, total: usize, path: impl Fn(usize) -> OutputPath) -> Self {
        let neighbour = |number: usize| (1..=total).contains(&number).then(|| path(number).to_string());
        Self { number, total, previous_url: neighbour(number - 1), next_url: neighbour(number + 1) }
    }
}

/// A text, or nothing when it is empty.
pub fn filled(text: &str) -> Option<&str> {
    (!text.trim().is_empty()).then_some(text)
}

/// The view of a collection's kind.
pub fn kind<'a>(site: &Site<'a>, collection: &'a Collection) -> KindView<'a> {
    let kind = &site.config.kinds[collection.kind];
    KindView {
        name: kind.name.as_str(),
        plural: &kind.plural,
        label: &kind.label,
        label_plural: &kind.label_plural,
        about: &kind.about,
        icon: &kind.icon,
        url: collection.output.as_str(),
        count: collection.records.len(),
    }
}

/// The view of a status.
pub fn status<'a>(status: &'a StatusType, note: Option<&'a str>) -> StatusView<'a> {
    StatusView { name: &status.name, label: &status.label, colour: &status.colour, meaning: status.meaning.as_str(), note }
}

/// The status of a record, or the author's words when they name no status of the kind.
pub fn standing<'a>(site: &Site<'a>, index: RecordIndex) -> Option<StatusView<'a>> {
    let standing = &site.handbook.linked[index].standing;
    match (&standing.status, standing.note.as_deref()) {
        (Some(found), note) => Some(status(found, note)),
        (None, Some(note)) => Some(StatusView { name: "unknown", label: note, colour: "grey", meaning: "open", note: None }),
        (None, None) => None,
    }
}

/// The kind of a record.
pub fn kind_of<'a>(site: &Site<'a>, index: RecordIndex) -> &'a Kind {
    site.config.kind(&site.handbook.records[index].kind)
}

/// A record as others name it.
pub fn link<'a>(site: &Site<'a>, index: RecordIndex) -> LinkView<'a> {
    let record = &site.handbook.records[index];
    let kind = kind_of(site, index);
    LinkView {
        title: &record.title,
        url: site.handbook.output(index).as_str(),
        kind: kind.name.as_str(),
        kind_label: &kind.label,
        icon: &kind.icon,
        number: record.number,
        status: standing(site, index),
        date: record.date.map(DateView::new),
        summary: filled(record.summary()),
        successors: successors(site, index),
    }
}

/// The records that hold in the place of one that was replaced.
fn successors(site: &Site<'_>, index: RecordIndex) -> Vec<PlaceView> {
    let standing = &site.handbook.linked[index].standing;
    let place = |index: &RecordIndex| PlaceView {
        title: site.handbook.records[*index].title.clone(),
        url: site.handbook.output(*index).to_string(),
    };
    standing.successors.iter().take(SUCCESSORS_MAX).map(place).collect()
}

/// Several records as others name them.
pub fn links<'a>(site: &Site<'a>, records: &[RecordIndex]) -> Vec<LinkView<'a>> {
    records.iter().map(|index| link(site, *index)).collect()
}

/// The neighbours in `folder`; a long row is cut around the page itself.
pub fn navigation(site: &Site<'_>, folder: &str, current: Option<RecordIndex>) -> Option<NavigationView> {
    let contents = site.handbook.folders.get(folder)?;
    let records = &contents.records;
    let at = current.and_then(|index| records.iter().position(|other| *other == index)).unwrap_or(0);
    let start = at.saturating_sub(NAVIGATION_MAX / 2).min(records.len().saturating_sub(NAVIGATION_MAX));
    let shown = &records[start..records.len().min(start + NAVIGATION_MAX)];
    let folders = contents.folders.iter().take(NAVIGATION_MAX).filter_map(|path| {
        let (title, url) = folder_place(site, path)?;
        Some(NavigationEntry { title, url, current: false, folder: true })
    });
    let entry = |index: &RecordIndex| NavigationEntry {
        title: site.handbook.records[*index].title.clone(),
        url: site.handbook.output(*index).to_string(),
        current: Some(*index) == current,
        folder: false,
    };
    let entries: Vec<NavigationEntry> = folders.chain(shown.iter().map(entry)).collect();
    let (title, url) = folder_place(site, folder)?;
    (entries.len() > 1).then(|| NavigationView { title, url, more: records.len() - shown.len(), entries })
}

/// The name and the page of a folder.
pub fn folder_place(site: &Site<'_>, path: &str) -> Option<(String, String)> {
    let folder = site.handbook.folders.get(path)?;
    let output = folder.output.as_ref().or_else(|| folder.index.map(|index| site.handbook.output(index)))?;
    let of_list = site.handbook.collections.iter().find(|collection| collection.output == *output);
    let title = match (folder.index, of_list) {
        (_, Some(collection)) => site.config.kinds[collection.kind].label_plural.clone(),
        (Some(index), None) => site.handbook.records[index].title.clone(),
        (None, None) if path.is_empty() => site.config.title.clone(),
        (None, None) => folder_title(site, path),
    };
    Some((title, output.to_string()))
}

/// The name that a team gave a folder, else its own as a title: `how-we-work` as "How we work".
pub fn folder_title(site: &Site<'_>, path: &str) -> String {
    if let Some(label) = site.handbook.folders.get(path).and_then(|folder| folder.label.clone()) {
        return label;
    }
    let name = path.rsplit('/').next().unwrap_or(path).replace(['-', '_'], " ");
    let mut characters = name.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
