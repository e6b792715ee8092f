//! How the files were read, for the author: as what, which field came from which line, what was not understood. There while
//! the site is served only, as `handbook check --formats` is in the terminal.

use std::collections::BTreeMap;

use serde::Serialize;
use tera::Context;

use crate::diagnostic::visible;
use crate::link::LEDGER_FOLDER;
use crate::model::handbook::RecordIndex;
use crate::model::name::OutputPath;
use crate::model::record::Record;
use crate::model::told::{Told, told};
use crate::render::view::{Pager, PlaceView};
use crate::render::{Page, Site, frame};
use crate::slug;

/// Files on one page.
const FILES_MAX: usize = 100;
/// Fields of one file, and passages of it that were not understood, that are shown.
const ROWS_MAX: usize = 30;
/// Characters of a value that are shown.
const VALUE_CHARS_MAX: usize = 120;

/// The files that a page tells of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Those in which something was not understood.
    NotUnderstood,
    /// Those of a kind in a layout; the name of the layout is empty for files without one.
    Layout {
        /// The kind.
        kind: String,
        /// The name of the layout.
        family: String,
        /// What the layout is.
        about: String,
    },
}

impl Group {
    fn of(record: &Record) -> Self {
        let reading = &record.reading;
        Self::Layout { kind: record.kind.to_string(), family: reading.family.clone(), about: reading.about.clone() }
    }

    fn title(&self, site: &Site<'_>) -> String {
        match self {
            Self::NotUnderstood => frame::string(site, "formats_not_understood", "Not understood"),
            Self::Layout { kind, family, .. } if family.is_empty() => {
                format!("{kind}: {}", frame::string(site, "formats_no_layout", "no layout of its own"))
            }
            Self::Layout { kind, family, about } if slug::name(about) == *family => format!("{kind}: {about}"),
            Self::Layout { kind, family, about } => format!("{kind}: {about} ({family})"),
        }
    }

    fn is_told_by(&self, record: &Record) -> bool {
        match self {
            Self::NotUnderstood => {
                let is_status_unknown = record.status.as_ref().is_some_and(|status| status.name.is_none());
                is_status_unknown || !record.reading.unread.is_empty()
            }
            Self::Layout { kind, family, about } => {
                let reading = &record.reading;
                (record.kind.as_str(), &reading.family, &reading.about) == (kind.as_str(), family, about)
            }
        }
    }

    /// The address of part `part` of its files, from 1; what was not understood comes first, without being asked for.
    fn path(&self, part: usize) -> OutputPath {
        let name = match self {
            Self::NotUnderstood => "formats".to_owned(),
            // Two layouts may share a name, and differ in what they are.
            Self::Layout { kind, family, about } => format!("formats/{}", slug::name(&format!("{kind} {family} {about}"))),
        };
        OutputPath::new(if part == 1 { format!("{LEDGER_FOLDER}/{name}.html") } else { format!("{LEDGER_FOLDER}/{name}/part-{part}.html") })
    }
}

/// Where the report begins.
pub fn start() -> OutputPath {
    Group::NotUnderstood.path(1)
}

/// Adds the pages of the report to those of the site.
pub fn add_pages(site: &Site<'_>, pages: &mut BTreeMap<OutputPath, Page>) {
    for (group, n_files) in groups(site) {
        for part in 1..=n_files.div_ceil(FILES_MAX).max(1) {
            pages.insert(group.path(part), Page::Formats(group.clone(), part));
        }
    }
}

/// What was not understood, and each layout, with the number of files.
fn groups(site: &Site<'_>) -> BTreeMap<Group, usize> {
    let records = &site.handbook.records;
    let n_not_understood = records.iter().filter(|record| Group::NotUnderstood.is_told_by(record)).count();
    let mut groups = BTreeMap::from([(Group::NotUnderstood, n_not_understood)]);
    for record in records {
        *groups.entry(Group::of(record)).or_default() += 1;
    }
    groups
}

#[derive(Serialize)]
struct GroupView {
    place: PlaceView,
    count: usize,
    is_current: bool,
}

#[derive(Serialize)]
struct FileView<'a> {
    path: &'a str,
    url: &'a str,
    /// As what it was read.
    reading: String,
    fields: Vec<FieldView<'a>>,
    unread: Vec<UnreadView<'a>>,
    /// Fields and passages that are not shown.
    more: usize,
}

#[derive(Serialize)]
struct FieldView<'a> {
    name: &'a str,
    value: String,
    form: &'static str,
    /// The file, when it is another one.
    beside: Option<&'a str>,
    line: Option<u32>,
}

#[derive(Serialize)]
struct UnreadView<'a> {
    text: String,
    reason: &'a str,
    line: u32,
}

/// The context of part `part` of the report on `group`.
pub fn context(site: &Site<'_>, path: &OutputPath, group: &Group, part: usize, context: &mut Context) -> &'static str {
    let mut page = frame::page_view(site, path, "formats", frame::string(site, "formats", "How the files were read"));
    let problems = PlaceView { title: frame::string(site, "problems", "Problems"), url: "problems.html".to_owned() };
    page.breadcrumbs = vec![frame::home_place(site), problems];
    let groups = groups(site);
    let n_files = groups.get(group).copied().unwrap_or_default();
    let records = site.handbook.records.iter().enumerate().filter(|(_, record)| group.is_told_by(record));
    let files = records.skip((part - 1) * FILES_MAX).take(FILES_MAX).map(|(index, _)| file_view(site, index));
    let group_view = |(other, count): (&Group, &usize)| GroupView {
        place: PlaceView { title: other.title(site), url: other.path(1).to_string() },
        count: *count,
        is_current: other == group,
    };
    context.insert("page", &page);
    context.insert("groups", &groups.iter().map(group_view).collect::<Vec<_>>());
    context.insert("title", &group.title(site));
    context.insert("n_files", &n_files);
    context.insert("files", &files.collect::<Vec<_>>());
    context.insert("pager", &Pager::of_parts(part, n_files.div_ceil(FILES_MAX), |number| group.path(number)));
    "formats.html"
}

fn file_view<'a>(site: &Site<'a>, index: RecordIndex) -> FileView<'a> {
    let record = &site.handbook.records[index];
    let told = told(record);
    let unread = &record.reading.unread;
    let hidden = |n_rows: usize| n_rows.saturating_sub(ROWS_MAX);
    let more = hidden(told.len()) + hidden(unread.len());
    let field = |told: Told<'a>| FieldView {
        name: told.name,
        value: shortened(&told.value),
        form: told.form.as_str(),
        beside: told.beside,
        line: told.line,
    };
    let unread = unread.iter().take(ROWS_MAX).map(|unread| UnreadView {
        text: shortened(&unread.text),
        reason: &unread.reason,
        line: record.source.place(unread.span.clone()).line,
    });
    FileView {
        path: record.path().as_str(),
        url: site.handbook.output(index).as_str(),
        reading: Group::of(record).title(site),
        fields: told.into_iter().take(ROWS_MAX).map(field).collect(),
        unread: unread.collect(),
        more,
    }
}

fn shortened(text: &str) -> String {
    let text = visible(text);
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
