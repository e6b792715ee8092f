//! The page of a record: what it says, where it stands, what it is related to.

mod blocks;
mod incident;
mod team;
mod uses;
pub mod value;

use serde::Serialize;
use tera::Context;

use crate::link::asset;
use crate::markdown::{Document, Href, Shown};
use crate::model::field::{Field, Value};
use crate::model::handbook::{Destination, RecordIndex};
use crate::model::kind::{FieldType, Kind, Meaning};
use crate::model::name::OutputPath;
use crate::model::section::LinkForm;
use crate::parse::without_own_number;
use crate::render::history::{self, HistoryView};
use crate::render::overview::map::{self, AroundView};
use crate::render::overview::topics;
use crate::render::view::{self, DateView, LinkView, StatusView, TagView};
use crate::render::{Site, frame};
use crate::slug;

use blocks::Block;
use incident::IncidentView;
use team::TeamView;
use uses::{PathView, UsesView};
use value::{DueView, TextView, due, text};

/// Backlinks that a page shows.
const BACKLINKS_MAX: usize = 60;
/// Records on the way to a successor that a page names.
const THROUGH_MAX: usize = 12;

#[derive(Serialize)]
struct RecordView<'a> {
    id: &'a str,
    kind: KindRef<'a>,
    title: &'a str,
    number: Option<i64>,
    status: Option<StatusView<'a>>,
    date: Option<DateView>,
    /// When it was first committed, where the record says no day.
    committed: Option<String>,
    summary: Option<&'a str>,
    owner: Option<Owner<'a>>,
    authors: Vec<Name<'a>>,
    tags: Vec<TagView>,
    topic: Option<TagView>,
    review_by: Option<DueView>,
    audience: Option<&'a str>,
    draft: bool,
    html: String,
    toc: Vec<TocEntry<'a>>,
    banner: Option<Banner<'a>>,
    lead: Vec<Lead<'a>>,
    facts: Vec<Fact<'a>>,
    incident: Option<IncidentView<'a>>,
    team: Option<TeamView<'a>>,
    uses: Vec<UsesView<'a>>,
    paths: Vec<PathView<'a>>,
    blocks: Vec<Block>,
    relations: Vec<RelationGroup<'a>>,
    around: Option<AroundView>,
    backlinks: Vec<BacklinkView<'a>>,
    previous: Option<LinkView<'a>>,
    next: Option<LinkView<'a>>,
    history: Option<HistoryView<'a>>,
    source_path: &'a str,
}

#[derive(Serialize)]
struct KindRef<'a> {
    name: &'a str,
    label: &'a str,
    label_plural: &'a str,
    icon: &'a str,
    url: Option<&'a str>,
}

/// The team that keeps a record: its page, or only its name when the handbook has no such page.
#[derive(Serialize)]
struct Owner<'a> {
    title: &'a str,
    url: Option<&'a str>,
}

#[derive(Serialize)]
struct Name<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct TocEntry<'a> {
    anchor: &'a str,
    title: &'a str,
    level: u8,
}

#[derive(Serialize)]
struct Banner<'a> {
    text: String,
    successors: Vec<LinkView<'a>>,
    /// The records between this one and its successors.
    through: Vec<LinkView<'a>>,
}

#[derive(Serialize)]
struct Lead<'a> {
    name: &'a str,
    label: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct Fact<'a> {
    name: &'a str,
    label: &'a str,
    values: Vec<TextView>,
}

#[derive(Serialize)]
struct RelationGroup<'a> {
    name: &'a str,
    label: &'a str,
    records: Vec<LinkView<'a>>,
    others: Vec<TextView>,
}

#[derive(Serialize)]
struct BacklinkView<'a> {
    record: LinkView<'a>,
    before: &'a str,
    text: &'a str,
    after: &'a str,
    label: Option<&'a str>,
}

/// Fields that have a place of their own on the page.
const PLACED: [&str; 19] = [
    "title",
    "kind",
    "date",
    "status",
    "owner",
    "authors",
    "tags",
    "topic",
    "summary",
    "review_by",
    "audience",
    "aliases",
    "slug",
    "weight",
    "nav_parent",
    "draft",
    "math",
    "number",
    "related",
];

/// The context of a record's page.
pub fn context(site: &Site<'_>, path: &OutputPath, index: RecordIndex, context: &mut Context) -> &'static str {
    let record = &site.handbook.records[index];
    let folder = record.path().folder();
    let mut page = frame::page_view(site, path, "record", record.title.clone());
    page.description = view::filled(record.summary()).map(str::to_owned);
    page.breadcrumbs = frame::breadcrumbs(site, if is_page_of(site, folder, index) { parent(folder) } else { folder });
    page.edit_url = frame::edit_url(site, index);
    context.insert("page", &page);
    context.insert("record", &record_view(site, path, index));
    context.insert("problems", &view::problems(site, |path| path == record.path().as_str()));
    context.insert("navigation", &view::navigation(site, folder, Some(index)));
    "record.html"
}

/// Whether the record is the page of `folder`, in which it lies.
fn is_page_of(site: &Site<'_>, folder: &str, index: RecordIndex) -> bool {
    site.handbook.folders.get(folder).is_some_and(|folder| folder.index == Some(index))
}

fn parent(folder: &str) -> &str {
    folder.rsplit_once('/').map_or("", |(parent, _)| parent)
}

fn record_view<'a>(site: &Site<'a>, path: &OutputPath, index: RecordIndex) -> RecordView<'a> {
    let record = &site.handbook.records[index];
    let kind = view::kind_of(site, index);
    let collection = site.handbook.collections.iter().find(|collection| site.config.kinds[collection.kind].name == kind.name);
    let (previous, next) = neighbours(site, index);
    let fields = Fields { site, index, kind };
    let (uses, paths) = (uses::uses(site, index), uses::paths(site, index));
    let told: Vec<&str> = uses.iter().map(UsesView::name).chain(paths.iter().map(PathView::name)).collect();
    RecordView {
        id: record.id.as_str(),
        kind: KindRef {
            name: kind.name.as_str(),
            label: &kind.label,
            label_plural: &kind.label_plural,
            icon: &kind.icon,
            url: collection.map(|collection| collection.output.as_str()),
        },
        title: &record.title,
        number: record.number,
        status: view::standing(site, index),
        date: record.date.map(DateView::new),
        committed: history::first_committed(site, index, |day| day.text()),
        summary: record.text("summary"),
        owner: owner(site, index),
        authors: record.texts("authors").map(|name| Name { name }).collect(),
        tags: record.tags.iter().map(|tag| self::tag(tag)).collect(),
        topic: topics::of(site, index),
        review_by: record.date_field("review_by").map(|date| due(site, date)),
        audience: record.fields.contains_key("audience").then(|| site.config.audiences[record.audience].as_str()),
        draft: record.draft,
        html: body(site, path, index),
        toc: toc(site, index),
        banner: banner(site, index),
        lead: fields.lead(),
        facts: fields.facts(),
        incident: incident::view(site, index),
        team: team::view(site, index),
        uses,
        paths,
        blocks: blocks::blocks(site, index),
        // What is told at length below need not be told here.
        relations: relations(site, index).into_iter().filter(|group| !told.contains(&group.name)).collect(),
        around: map::around(site, index),
        backlinks: backlinks(site, index),
        previous,
        next,
        history: history::view(site, index),
        source_path: record.file().as_str(),
    }
}

/// The body of a record as HTML for the page at `path`.
pub fn body(site: &Site<'_>, path: &OutputPath, index: RecordIndex) -> String {
    let record = &site.handbook.records[index];
    let document = Document::parse(&record.source, record.body.clone(), record.markdown);
    let links = &site.handbook.linked[index].links;
    let is_title = |heading: &str| slug::fold(without_own_number(heading.trim(), record.number)) == slug::fold(&record.title);
    let shows_title = record.outline.title.as_deref().is_some_and(|heading| !is_title(heading));
    let glossary = &site.ledger.glossary;
    let terms = glossary.record.filter(|glossary| *glossary != index).map(|_| &glossary.terms);
    let shown = Shown { title: shows_title, hidden: &record.reading.hidden, left: &record.reading.left, terms };
    let is_bare = |link: usize| record.outline.links.get(link).is_some_and(|link| link.form == LinkForm::Entry && link.text == link.target);
    document.html(shown, site.highlighter, |link| match links.get(link) {
        Some(destination) => match (href(site, path, destination), destination) {
            (Href::Within(url), Destination::Record(to, _)) if is_bare(link) => Href::Titled(url, site.handbook.records[*to].title.clone()),
            (href, _) => href,
        },
        None => Href::Nowhere(None),
    })
}

fn href(site: &Site<'_>, path: &OutputPath, destination: &Destination) -> Href {
    match destination {
        Destination::Record(index, anchor) => {
            let target = site.handbook.output(*index);
            let fragment = anchor.as_ref().map(|anchor| format!("#{anchor}")).unwrap_or_default();
            let is_here = target == path && !fragment.is_empty();
            Href::Within(if is_here { fragment } else { format!("{}{fragment}", path.relative(target.as_str())) })
        }
        Destination::Folder(output) => Href::Within(path.relative(output.as_str())),
        Destination::Asset(output) if asset::is_picture(output) => Href::Picture(path.relative(output.as_str())),
        Destination::Asset(output) => Href::Within(path.relative(output.as_str())),
        Destination::External(address) => Href::External(address.clone()),
        Destination::Nowhere(reason) => {
            // The reason names the target, which is for those who may see everything; and what is not read yet may be the target.
            let may_tell = site.setting.audience.is_none() && site.setting.unread.is_none();
            Href::Nowhere(may_tell.then(|| reason.clone()))
        }
    }
}

fn toc<'a>(site: &Site<'a>, index: RecordIndex) -> Vec<TocEntry<'a>> {
    let record = &site.handbook.records[index];
    let is_hidden =
        |span: &std::ops::Range<usize>| record.reading.hidden.iter().any(|hidden| hidden.start <= span.start && span.start < hidden.end);
    let sections = record.outline.sections.iter().filter(|section| !is_hidden(&section.span));
    let shown = sections.filter(|section| (2..=3).contains(&section.level));
    shown
        .filter_map(|section| Some(TocEntry { anchor: section.anchor.as_ref()?.as_str(), title: &section.title, level: section.level }))
        .collect()
}

/// What a reader must know first: the record does not hold, and what does.
fn banner<'a>(site: &Site<'a>, index: RecordIndex) -> Option<Banner<'a>> {
    let standing = &site.handbook.linked[index].standing;
    let status = standing.status.as_ref()?;
    let kind = view::kind_of(site, index);
    let noun = kind.label.to_lowercase();
    let text = match (status.meaning, standing.successors.is_empty()) {
        (Meaning::Closed, false) => format!("This {noun} is no longer in force. It was replaced by"),
        (Meaning::Closed, true) => format!("This {noun} is not in force: {}.", status.label.to_lowercase()),
        (Meaning::Open, _) if kind.superseded_status().is_some() => {
            format!("This {noun} is not settled yet: {}.", status.label.to_lowercase())
        }
        _ => return None,
    };
    Some(Banner { text, successors: view::links(site, &standing.successors), through: view::links(site, &through(site, index)) })
}

/// The records that replaced this one and were replaced in turn, in the order in which they did.
fn through(site: &Site<'_>, index: RecordIndex) -> Vec<RecordIndex> {
    let successors = &site.handbook.linked[index].standing.successors;
    let mut through: Vec<RecordIndex> = Vec::new();
    let mut at = 0;
    let mut current = index;
    loop {
        for newer in &site.handbook.linked[current].standing.superseded_by {
            if *newer != index && !successors.contains(newer) && !through.contains(newer) && through.len() < THROUGH_MAX {
                through.push(*newer);
            }
        }
        let Some(next) = through.get(at) else { return through };
        current = *next;
        at += 1;
    }
}

fn owner<'a>(site: &Site<'a>, index: RecordIndex) -> Option<Owner<'a>> {
    let record = &site.handbook.records[index];
    match site.handbook.linked[index].references.get("owner") {
        Some(team) => Some(Owner { title: &site.handbook.records[*team].title, url: Some(site.handbook.output(*team).as_str()) }),
        None => record.text("owner").map(|title| Owner { title, url: None }),
    }
}

/// The view of a tag.
pub fn tag(name: &str) -> TagView {
    TagView { name: name.to_owned(), url: format!("tags/{}.html", crate::link::tag_slug(name)), count: None }
}

fn relations<'a>(site: &Site<'a>, index: RecordIndex) -> Vec<RelationGroup<'a>> {
    let mut groups: Vec<RelationGroup<'a>> = Vec::new();
    for relation in &site.handbook.linked[index].relations {
        let target = view::link(site, relation.target);
        match groups.iter_mut().find(|group| group.name == relation.name) {
            Some(group) => group.records.push(target),
            None => groups.push(RelationGroup { name: &relation.name, label: &relation.label, records: vec![target], others: Vec::new() }),
        }
    }
    for other in &site.handbook.linked[index].unresolved {
        let text = TextView { text: other.text.clone(), external: other.address.is_some(), url: other.address.clone() };
        match groups.iter_mut().find(|group| group.name == other.name) {
            Some(group) => group.others.push(text),
            None => groups.push(RelationGroup { name: &other.name, label: &other.label, records: Vec::new(), others: vec![text] }),
        }
    }
    groups
}

fn backlinks<'a>(site: &Site<'a>, index: RecordIndex) -> Vec<BacklinkView<'a>> {
    let linked = &site.handbook.linked[index];
    let view = |backlink: &crate::model::handbook::Backlink| {
        let link = &site.handbook.records[backlink.from].outline.links[backlink.link];
        let relation = linked.relations.iter().find(|relation| relation.target == backlink.from);
        BacklinkView {
            record: view::link(site, backlink.from),
            before: &link.sentence.0,
            text: &link.text,
            after: &link.sentence.1,
            label: relation.map(|relation| relation.label.as_str()),
        }
    };
    linked.backlinks.iter().take(BACKLINKS_MAX).map(view).collect()
}

/// The records before and after this one: in the table of contents that names it, else in its folder.
fn neighbours<'a>(site: &Site<'a>, index: RecordIndex) -> (Option<LinkView<'a>>, Option<LinkView<'a>>) {
    let link = |index: RecordIndex| view::link(site, index);
    if let Some(trail) = site.handbook.trails.get(&index) {
        return (trail.previous.map(link), trail.next.map(link));
    }
    let folder = site.handbook.records[index].path().folder();
    let records = site.handbook.folders.get(folder).map(|folder| folder.records.as_slice()).unwrap_or_default();
    let Some(at) = records.iter().position(|other| *other == index) else { return (None, None) };
    let previous = at.checked_sub(1).map(|before| link(records[before]));
    (previous, records.get(at + 1).map(|after| link(*after)))
}

/// The fields of one record, with their declarations.
struct Fields<'s, 'a> {
    site: &'s Site<'a>,
    index: RecordIndex,
    kind: &'a Kind,
}

impl<'a> Fields<'_, 'a> {
    fn own(&self) -> impl Iterator<Item = (&'a str, &'a Field, &'a crate::model::kind::FieldDeclaration)> {
        let record = &self.site.handbook.records[self.index];
        let kind = self.kind;
        let own = record.fields.iter().filter(|(name, _)| !PLACED.contains(&name.as_str()) && !record.reading.in_body.contains(name));
        own.filter_map(move |(name, field)| Some((name.as_str(), field, kind.fields.get(name)?)))
    }
}

impl<'a> Fields<'_, 'a> {
    /// Sentences that say what the record is: a statement, a mission, an impact.
    fn lead(&self) -> Vec<Lead<'a>> {
        let mut texts: Vec<_> = self.own().filter(|(_, _, declaration)| declaration.kind == FieldType::Text).collect();
        texts.sort_by_key(|(_, _, declaration)| declaration.position);
        texts
            .into_iter()
            .filter_map(|(name, field, declaration)| Some(Lead { name, label: &declaration.label, text: field.text()? }))
            .collect()
    }

    /// Single values and lists of them.
    fn facts(&self) -> Vec<Fact<'a>> {
        let is_fact = |kind: &FieldType| match kind {
            FieldType::Text | FieldType::Map(_) => false,
            FieldType::List(of) => !matches!(**of, FieldType::Text | FieldType::Map(_) | FieldType::Url),
            _ => true,
        };
        let mut own: Vec<_> = self.own().filter(|(_, _, declaration)| is_fact(&declaration.kind)).collect();
        own.sort_by_key(|(_, _, declaration)| declaration.position);
        own.into_iter()
            .map(|(name, field, declaration)| Fact { name, label: &declaration.label, values: texts(self.site, self.index, name, field) })
            .collect()
    }
}

/// The values of a field, each with the page that it leads to.
fn texts(site: &Site<'_>, index: RecordIndex, name: &str, field: &Field) -> Vec<TextView> {
    let is_list = matches!(field.value, Value::List(_));
    let path = |position: usize| if is_list { format!("{name}[{position}]") } else { name.to_owned() };
    field.entries().iter().enumerate().map(|(position, entry)| text(site, index, &path(position), entry)).collect()
}

/// The cell of a list's column.
pub fn cell(site: &Site<'_>, index: RecordIndex, name: &str) -> Vec<TextView> {
    let record = &site.handbook.records[index];
    let plain = |text: String| vec![TextView { text, url: None, external: false }];
    match name {
        "title" => vec![TextView { text: record.title.clone(), url: Some(site.handbook.output(index).to_string()), external: false }],
        "number" => record.number.map(|number| plain(number.to_string())).unwrap_or_default(),
        "status" => Vec::new(),
        "date" => {
            let committed = || history::first_committed(site, index, |day| day.iso());
            record.date.map(|date| date.iso()).or_else(committed).map(plain).unwrap_or_default()
        }
        "summary" => view::filled(record.summary()).map(|summary| plain(summary.to_owned())).unwrap_or_default(),
        "topic" => {
            let view = topics::of(site, index);
            view.map(|view| vec![TextView { text: view.name, url: Some(view.url), external: false }]).unwrap_or_default()
        }
        _ => record.fields.get(name).map(|field| texts(site, index, name, field)).unwrap_or_default(),
    }
}
