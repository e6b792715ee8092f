//! Pages for machines: the news (Atom, RFC 4287) and the map of the site (sitemaps.org).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use tera::Context;

use crate::calendar::Date;
use crate::ledger::party::is_team;
use crate::link::LEDGER_FOLDER;
use crate::model::handbook::{LinkedRecord, RecordIndex};
use crate::model::name::OutputPath;
use crate::render::overview::{self, Overview, digest};
use crate::render::view::{self, StatusView};
use crate::render::{Page, Site, frame, history};

/// Records in a feed.
const ENTRIES_MAX: usize = 50;

/// Of what a feed tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum News {
    /// Everything.
    All,
    /// One collection.
    Kind(usize),
    /// What a team keeps.
    Team(RecordIndex),
    /// What happened, month by month.
    Digest,
}

/// The address of a feed.
pub fn path(site: &Site<'_>, news: News) -> OutputPath {
    match news {
        News::All => OutputPath::new("feed.xml"),
        News::Kind(index) => {
            let list = site.handbook.collections[index].output.as_str();
            OutputPath::new(format!("{}feed.xml", list.trim_end_matches("index.html")))
        }
        News::Team(team) => {
            let page = site.handbook.output(team).as_str();
            OutputPath::new(format!("{LEDGER_FOLDER}/feed/{}.xml", page.strip_suffix(".html").unwrap_or(page)))
        }
        News::Digest => OutputPath::new(digest::FEED),
    }
}

/// The teams that keep records, each of which has a feed.
pub fn teams(site: &Site<'_>) -> BTreeSet<RecordIndex> {
    let owner = |(index, linked): (RecordIndex, &LinkedRecord)| linked.references.get("owner").copied().filter(|owner| *owner != index);
    let mut owners: BTreeSet<RecordIndex> = site.handbook.linked.iter().enumerate().filter_map(owner).collect();
    owners.retain(|owner| is_team(site.handbook, site.config, *owner));
    owners
}

#[derive(Serialize)]
struct FeedView<'a> {
    title: String,
    subtitle: Option<&'a str>,
    id: String,
    updated: String,
    self_url: Option<String>,
    home_url: String,
    entries: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    title: String,
    id: String,
    url: String,
    published: Option<String>,
    updated: String,
    summary: String,
    kind: &'a str,
    status: Option<StatusView<'a>>,
}

/// The context of a feed.
pub fn feed(site: &Site<'_>, news: News, context: &mut Context) -> &'static str {
    let path = path(site, news);
    let about = |name: &str| format!("{name} · {}", site.config.title);
    let (title, newest, home) = match news {
        News::All => (site.config.title.clone(), newest(site, 0..site.handbook.records.len()), OutputPath::new("index.html")),
        News::Kind(index) => {
            let collection = &site.handbook.collections[index];
            let label = &site.config.kinds[collection.kind].label_plural;
            (about(label), newest(site, collection.records.iter().copied()), collection.output.clone())
        }
        News::Team(team) => {
            let is_its = |index: &RecordIndex| site.handbook.linked[*index].references.get("owner") == Some(&team);
            let records = (0..site.handbook.records.len()).filter(is_its);
            (about(&site.handbook.records[team].title), newest(site, records), site.handbook.output(team).clone())
        }
        News::Digest => (about(&frame::string(site, "digest", "What happened")), Vec::new(), overview::path(site, &Overview::Digest, 1)),
    };
    let entries: Vec<Entry<'_>> = match news {
        News::Digest => digest::months(site).iter().take(ENTRIES_MAX).map(|month| month_entry(site, &path, &home, month)).collect(),
        _ => newest.iter().map(|index| entry(site, &path, *index)).collect(),
    };
    let updated = entries.first().map_or_else(|| site.setting.today.rfc3339(), |entry| entry.updated.clone());
    context.insert(
        "feed",
        &FeedView {
            title: clean(&title),
            subtitle: view::filled(&site.config.description),
            id: id(site, &home),
            updated,
            self_url: site.config.base_url.as_ref().map(|base_url| format!("{base_url}{}", frame::encoded(path.as_str()))),
            home_url: address(site, &path, &home),
            entries,
        },
    );
    context.insert("page", &frame::page_view(site, &path, "feed", title));
    "feed.xml"
}

fn newest(site: &Site<'_>, records: impl Iterator<Item = RecordIndex>) -> Vec<RecordIndex> {
    let date = |index: &RecordIndex| site.handbook.records[*index].date;
    let mut dated: Vec<RecordIndex> = records.filter(|index| date(index).is_some()).collect();
    dated.sort_by(|a, b| date(b).cmp(&date(a)).then(site.handbook.records[*a].id.cmp(&site.handbook.records[*b].id)));
    dated.truncate(ENTRIES_MAX);
    dated
}

fn entry<'a>(site: &Site<'a>, path: &OutputPath, index: RecordIndex) -> Entry<'a> {
    let record = &site.handbook.records[index];
    let output = site.handbook.output(index);
    let day = record.date.as_ref().map(Date::rfc3339).unwrap_or_default();
    Entry {
        title: clean(&record.title),
        id: id(site, output),
        url: address(site, path, output),
        published: Some(day.clone()),
        updated: day,
        summary: clean(&summary(site, index)),
        kind: &view::kind_of(site, index).label,
        status: view::standing(site, index),
    }
}

/// What a record says in a sentence; of one that was replaced, what holds in its place comes first.
fn summary(site: &Site<'_>, index: RecordIndex) -> String {
    let (record, standing) = (&site.handbook.records[index], &site.handbook.linked[index].standing);
    let titles: Vec<&str> = standing.successors.iter().map(|newer| site.handbook.records[*newer].title.as_str()).collect();
    match &standing.status {
        Some(status) if !titles.is_empty() => {
            let replaced_by = frame::string(site, "replaced_by", "replaced by");
            format!("{}, {replaced_by} {}. {}", status.label, titles.join(", "), record.summary())
        }
        _ => record.summary().to_owned(),
    }
}

fn month_entry<'a>(site: &Site<'a>, feed: &OutputPath, page: &OutputPath, month: &digest::Month) -> Entry<'a> {
    Entry {
        title: month.text.clone(),
        id: format!("{}#{}", id(site, page), month.iso),
        url: format!("{}#month-{}", address(site, feed, page), month.iso),
        published: None,
        updated: month.latest.rfc3339(),
        summary: clean(&month.summary()),
        kind: "digest",
        status: None,
    }
}

/// The whole address where the site's is known, else one relative to the feed.
fn address(site: &Site<'_>, feed: &OutputPath, target: &OutputPath) -> String {
    match &site.config.base_url {
        Some(base_url) => format!("{base_url}{}", frame::encoded(target.as_str())),
        None => frame::encoded(&feed.relative(target.as_str())),
    }
}

/// A name that stays the same: the address, else a URN of the path.
fn id(site: &Site<'_>, target: &OutputPath) -> String {
    match &site.config.base_url {
        Some(base_url) => format!("{base_url}{}", frame::encoded(target.as_str())),
        None => format!("urn:handbook:{}", frame::encoded(target.as_str())),
    }
}

/// `text` without characters that XML can not hold.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).filter(|c| !matches!(c, '\u{fffe}' | '\u{ffff}')).collect()
}

#[derive(Serialize)]
struct Location {
    loc: String,
    lastmod: Option<String>,
}

/// The context of the site map.
pub fn sitemap(site: &Site<'_>, pages: &BTreeMap<OutputPath, Page>, context: &mut Context) -> &'static str {
    let base_url = site.config.base_url.as_deref().unwrap_or_default();
    let is_listed =
        |path: &OutputPath, page: &Page| path.as_str().ends_with(".html") && !matches!(page, Page::NotFound | Page::Redirect(_));
    let listed = pages.iter().filter(|(path, page)| is_listed(path, page));
    let lastmod = |page: &Page| match page {
        Page::Record(index) => history::changed(site, *index).map(|date| date.iso()),
        _ => None,
    };
    let location = |(path, page): (&OutputPath, &Page)| Location {
        loc: format!("{base_url}{}", frame::encoded(path.as_str())),
        lastmod: lastmod(page),
    };
    let urls: Vec<Location> = listed.map(location).collect();
    context.insert("urls", &urls);
    "sitemap.xml"
}
