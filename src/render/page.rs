//! The table of pages, and what each template gets.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::Serialize;
use tera::Context;

use crate::calendar::Date;
use crate::model::handbook::{Collection, ROWS_MAX, RecordIndex, n_parts, part_path};
use crate::model::name::OutputPath;
use crate::render::view::{self, DateView, LinkView, PlaceView, StatusView, TagView};
use crate::render::{News, Page, Site, feed, formats, frame, history, overview, record};

/// Records that the front page names as recent.
const RECENT_MAX: usize = 12;
/// What needs attention, as much as the front page names.
const ATTENTION_MAX: usize = 6;
/// Topics that the front page names.
const TOPICS_MAX: usize = 24;

/// Every page of the site, by its address.
pub fn pages(site: &Site<'_>) -> BTreeMap<OutputPath, Page> {
    let handbook = site.handbook;
    let mut pages = BTreeMap::new();
    for (path, index) in handbook.redirects.iter() {
        pages.insert(path.clone(), Page::Redirect(*index));
    }
    for (path, folder) in handbook.folders.iter() {
        if let Some(output) = &folder.output {
            pages.insert(output.clone(), Page::Folder(path.clone()));
        }
    }
    for (index, _) in handbook.records.iter().enumerate() {
        pages.insert(handbook.output(index).clone(), Page::Record(index));
    }
    for (index, collection) in handbook.collections.iter().enumerate() {
        for part in 1..=n_parts(collection.records.len()) {
            pages.insert(part_path(&collection.output, part), Page::List(index, part));
        }
    }
    for (index, tag) in handbook.tags.iter().enumerate() {
        pages.insert(tag.output.clone(), Page::Tag(index));
    }
    if !handbook.tags.is_empty() {
        pages.insert(OutputPath::new("tags/index.html"), Page::Tags);
    }
    if site.config.base_url.is_some() {
        pages.insert(OutputPath::new("sitemap.xml"), Page::Sitemap);
    }
    overview::page::add_pages(site, &mut pages);
    let own = [("index.html", Page::Home), ("search.html", Page::Search), ("404.html", Page::NotFound), ("robots.txt", Page::Robots)];
    pages.extend(own.map(|(path, page)| (OutputPath::new(path), page)));
    let of_kinds = (0..handbook.collections.len()).map(News::Kind);
    let digest = (!site.ledger.events.is_empty()).then_some(News::Digest);
    let feeds = [News::All].into_iter().chain(of_kinds).chain(feed::teams(site).into_iter().map(News::Team)).chain(digest);
    pages.extend(feeds.map(|news| (feed::path(site, news), Page::Feed(news))));
    if site.setting.is_live {
        pages.insert(OutputPath::new("problems.html"), Page::Problems);
        formats::add_pages(site, &mut pages);
    }
    pages
}

/// The template of a page and what is in its context besides what all share.
pub fn context(site: &Site<'_>, path: &OutputPath, page: &Page) -> (&'static str, Context) {
    let mut context = Context::new();
    let template = match page {
        Page::Home => home(site, path, &mut context),
        Page::Record(index) => record::context(site, path, *index, &mut context),
        Page::List(collection, part) => list(site, path, *collection, *part, &mut context),
        Page::Folder(folder) => folder_page(site, path, folder, &mut context),
        Page::Tags => tags(site, path, &mut context),
        Page::Tag(index) => tag(site, path, *index, &mut context),
        Page::Overview(overview, part) => overview::page::context(site, path, overview, *part, &mut context),
        Page::Search => plain(site, path, "search", frame::string(site, "search", "Search"), "search.html", &mut context),
        Page::NotFound => not_found(site, path, &mut context),
        Page::Redirect(index) => redirect(site, path, *index, &mut context),
        Page::Feed(news) => feed::feed(site, *news, &mut context),
        Page::Sitemap => feed::sitemap(site, &pages(site), &mut context),
        Page::Robots | Page::Data(_) | Page::Calendar(_) => unreachable!("these are made without a template"),
        Page::Problems => problems(site, path, &mut context),
        Page::Formats(group, part) => formats::context(site, path, group, *part, &mut context),
        Page::Waiting(trouble) => waiting(site, path, trouble.as_deref(), &mut context),
    };
    (template, context)
}

fn plain(
    site: &Site<'_>,
    path: &OutputPath,
    sort: &'static str,
    title: String,
    template: &'static str,
    context: &mut Context,
) -> &'static str {
    context.insert("page", &frame::page_view(site, path, sort, title));
    template
}

/// A host shows this page at any address, so its links begin at the root of the host, as far as that is known.
fn not_found(site: &Site<'_>, path: &OutputPath, context: &mut Context) -> &'static str {
    let mut page = frame::page_view(site, path, "not-found", frame::string(site, "not_found", "Page not found"));
    let after_host = |base_url: &String| base_url.splitn(4, '/').nth(3).map(|path| format!("/{path}"));
    page.root = match &site.config.base_url {
        _ if site.setting.is_live => "/".to_owned(),
        base_url => base_url.as_ref().and_then(after_host).unwrap_or_default(),
    };
    context.insert("page", &page);
    "not-found.html"
}

/// Findings that are shown on one page.
const PROBLEMS_MAX: usize = 500;

fn problems(site: &Site<'_>, path: &OutputPath, context: &mut Context) -> &'static str {
    let mut page = frame::page_view(site, path, "problems", frame::string(site, "problems", "Problems"));
    page.breadcrumbs = vec![frame::home_place(site)];
    context.insert("page", &page);
    context.insert("problems", &view::problems(site, |_| true).into_iter().take(PROBLEMS_MAX).collect::<Vec<_>>());
    context.insert("n_problems", &site.setting.findings.len());
    context.insert("formats_url", formats::start().as_str());
    "problems.html"
}

/// What is shown before there is anything to show.
fn waiting(site: &Site<'_>, path: &OutputPath, trouble: Option<&str>, context: &mut Context) -> &'static str {
    let (key, otherwise) = if trouble.is_some() { ("no_site", "No site yet") } else { ("waiting", "This page is on its way") };
    context.insert("trouble", &trouble);
    plain(site, path, "waiting", frame::string(site, key, otherwise), "waiting.html", context)
}

/// The record that opens the front page: the README of the content folder.
fn root_record(site: &Site<'_>) -> Option<RecordIndex> {
    site.handbook.folders.get("").and_then(|folder| folder.index)
}

fn home(site: &Site<'_>, path: &OutputPath, context: &mut Context) -> &'static str {
    let root = root_record(site);
    let title = root.map_or_else(|| site.config.title.clone(), |index| site.handbook.records[index].title.clone());
    let mut page = frame::page_view(site, path, "home", title);
    page.description = view::filled(&site.config.description).map(str::to_owned);
    page.edit_url = root.and_then(|index| frame::edit_url(site, index));
    context.insert("page", &page);
    context.insert("intro_html", &root.map(|index| record::body(site, path, index)));
    context.insert("attention", &overview::attention::view(site, 0..ATTENTION_MAX));
    context.insert("on_this_day", &overview::incidents::on_this_day(site));
    context.insert("recent", &recent(site));
    context.insert("topics", &topics(site));
    "home.html"
}

/// The records that changed last, by git's word; where it says nothing of a record, by the day that the record is about.
fn recent<'a>(site: &Site<'a>) -> Vec<LinkView<'a>> {
    let records = &site.handbook.records;
    let changed = |index: RecordIndex| history::changed(site, index).or(records[index].date);
    let mut dated: Vec<(Date, RecordIndex)> = (0..records.len()).filter_map(|index| Some((changed(index)?, index))).collect();
    let newest_first = |(changed, index): &(Date, RecordIndex)| (Reverse((*changed, records[*index].date)), records[*index].id.clone());
    dated.sort_by_cached_key(newest_first);
    dated.truncate(RECENT_MAX);
    let link = |(changed, index)| {
        let mut link = view::link(site, index);
        link.date = Some(DateView::new(changed));
        link
    };
    dated.into_iter().map(link).collect()
}

/// The topics on which most was decided.
fn topics(site: &Site<'_>) -> Vec<TagView> {
    let mut chains: Vec<_> = site.ledger.chains.iter().filter(|chain| chain.topic.is_some()).collect();
    chains.sort_by_key(|chain| Reverse(chain.steps.len()));
    chains.into_iter().take(TOPICS_MAX).filter_map(|chain| overview::topics::tag(site, chain)).collect()
}

#[derive(Serialize)]
struct Column<'a> {
    name: &'a str,
    label: &'a str,
}

#[derive(Serialize)]
struct Row<'a> {
    link: LinkView<'a>,
    cells: Vec<Cell<'a>>,
}

#[derive(Serialize)]
struct Cell<'a> {
    name: &'a str,
    text: String,
    values: Vec<record::value::TextView>,
    status: Option<StatusView<'a>>,
}

#[derive(Serialize)]
struct StatusCount<'a> {
    status: StatusView<'a>,
    count: usize,
}

fn list(site: &Site<'_>, path: &OutputPath, collection_index: usize, part: usize, context: &mut Context) -> &'static str {
    let collection = &site.handbook.collections[collection_index];
    let kind = &site.config.kinds[collection.kind];
    let mut page = frame::page_view(site, path, "list", kind.label_plural.clone());
    page.breadcrumbs = vec![frame::home_place(site)];
    page.description = view::filled(&kind.about).map(str::to_owned);
    page.edit_url = collection.introduction.and_then(|index| frame::edit_url(site, index));
    let label = |name: &'_ str| kind.fields.get(name).map_or("", |field| field.label.as_str());
    let columns: Vec<Column<'_>> = kind.columns.iter().map(|name| Column { name, label: label(name) }).collect();
    let ordered = history::ordered(site, &collection.records);
    let records = ordered.chunks(ROWS_MAX).nth(part - 1).unwrap_or_default();
    let rows: Vec<Row<'_>> = records.iter().map(|index| row(site, *index)).collect();
    let pager = view::Pager::new(part, collection.records.len(), |number| part_path(&collection.output, number));
    let intro = collection.introduction.filter(|_| part == 1).map(|index| record::body(site, path, index));
    context.insert("page", &page);
    context.insert("kind", &view::kind(site, collection));
    context.insert("intro_html", &intro);
    context.insert("columns", &columns);
    context.insert("rows", &rows);
    context.insert("statuses", &statuses(site, collection));
    context.insert("pager", &pager);
    context.insert("feed_url", feed::path(site, News::Kind(collection_index)).as_str());
    context.insert("log_url", &overview::log_of(site, collection_index).map(|path| path.to_string()));
    "list.html"
}

fn row<'a>(site: &Site<'a>, index: RecordIndex) -> Row<'a> {
    let kind = view::kind_of(site, index);
    let cell = |name: &'a String| {
        let values = record::cell(site, index, name);
        let text = values.iter().map(|value| value.text.as_str()).collect::<Vec<_>>().join(", ");
        let status = (name == "status").then(|| view::standing(site, index)).flatten();
        Cell { name, text, values, status }
    };
    Row { link: view::link(site, index), cells: kind.columns.iter().map(cell).collect() }
}

/// How many records of a list stand where, in the order of the kind's statuses.
fn statuses<'a>(site: &Site<'a>, collection: &Collection) -> Vec<StatusCount<'a>> {
    let kind = &site.config.kinds[collection.kind];
    let standing = |index: &RecordIndex| site.handbook.linked[*index].standing.status.as_ref();
    let count = |name: &str| collection.records.iter().filter(|index| standing(index).is_some_and(|status| status.name == name)).count();
    let counted = kind.statuses.iter().map(|status| StatusCount { count: count(&status.name), status: view::status(status, None) });
    counted.filter(|counted| counted.count > 0).collect()
}

#[derive(Serialize)]
struct FolderView<'a> {
    title: String,
    entries: Vec<LinkView<'a>>,
    folders: Vec<TagLikeFolder>,
}

#[derive(Serialize)]
struct TagLikeFolder {
    title: String,
    url: String,
    count: usize,
}

fn folder_page(site: &Site<'_>, path: &OutputPath, folder: &str, context: &mut Context) -> &'static str {
    let contents = &site.handbook.folders[folder];
    let title = view::folder_title(site, folder);
    let mut page = frame::page_view(site, path, "folder", title.clone());
    page.breadcrumbs = frame::breadcrumbs(site, folder);
    page.breadcrumbs.pop();
    let folders = contents.folders.iter().filter_map(|path| {
        let (title, url) = view::folder_place(site, path)?;
        Some(TagLikeFolder { title, url, count: site.handbook.folders[path].n_below })
    });
    context.insert("page", &page);
    context.insert("folder", &FolderView { title, entries: view::links(site, &contents.records), folders: folders.collect() });
    context.insert("navigation", &view::navigation(site, folder, None));
    "folder.html"
}

fn tags(site: &Site<'_>, path: &OutputPath, context: &mut Context) -> &'static str {
    let mut page = frame::page_view(site, path, "tags", frame::string(site, "tags", "Tags"));
    page.breadcrumbs = vec![frame::home_place(site)];
    let tags = site.handbook.tags.iter();
    let tags: Vec<TagView> =
        tags.map(|tag| TagView { name: tag.name.clone(), url: tag.output.to_string(), count: Some(tag.records.len()) }).collect();
    context.insert("page", &page);
    context.insert("tags", &tags);
    "tags.html"
}

#[derive(Serialize)]
struct Group<'a> {
    kind_label: &'a str,
    records: Vec<LinkView<'a>>,
}

fn tag(site: &Site<'_>, path: &OutputPath, index: usize, context: &mut Context) -> &'static str {
    let tag = &site.handbook.tags[index];
    let mut page = frame::page_view(site, path, "tag", tag.name.clone());
    page.breadcrumbs =
        vec![frame::home_place(site), PlaceView { title: frame::string(site, "tags", "Tags"), url: "tags/index.html".to_owned() }];
    let group = |collection: &Collection| {
        let kind = &site.config.kinds[collection.kind];
        let of_kind: Vec<RecordIndex> =
            tag.records.iter().copied().filter(|index| site.handbook.records[*index].kind == kind.name).take(ROWS_MAX).collect();
        (!of_kind.is_empty()).then(|| Group { kind_label: &kind.label_plural, records: view::links(site, &of_kind) })
    };
    let groups: Vec<Group<'_>> = site.handbook.collections.iter().filter_map(group).collect();
    context.insert("page", &page);
    context.insert("tag", &TagView { name: tag.name.clone(), url: tag.output.to_string(), count: Some(tag.records.len()) });
    context.insert("groups", &groups);
    "tag.html"
}

fn redirect(site: &Site<'_>, path: &OutputPath, index: RecordIndex, context: &mut Context) -> &'static str {
    let record = &site.handbook.records[index];
    let output = site.handbook.output(index);
    let mut page = frame::page_view(site, path, "redirect", record.title.clone());
    page.canonical = site.config.base_url.as_ref().map(|base_url| format!("{base_url}{}", frame::encoded(output.as_str())));
    context.insert("page", &page);
    context.insert("target", &PlaceView { title: record.title.clone(), url: output.to_string() });
    "redirect.html"
}
