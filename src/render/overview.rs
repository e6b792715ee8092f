//! Pages about many records: logs, topics, what was promised and borrowed, incidents. Each is a page only where the
//! handbook has something for it, and lies in the folder `ledger/`, beside a JSON file that says the same.
//!
//! A module makes one page: a serialisable view, which its template and the JSON file both get.

pub mod actions;
pub mod attention;
pub mod debts;
pub mod digest;
pub mod incidents;
mod log;
pub mod map;
mod people;
pub mod reviews;
mod teams;
pub mod topics;

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value as Json, json};
use tera::Context;

use crate::ledger::party::Party;
use crate::link::LEDGER_FOLDER;
use crate::model::handbook::{ROWS_MAX, n_parts};
use crate::model::name::OutputPath;
use crate::render::page::Pager;
use crate::render::view::PlaceView;
use crate::render::{Page, Site, calendar, frame};

/// A page about many records.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Overview {
    /// The log of a kind: an index into the ledger's logs.
    Log(usize),
    /// All topics.
    Topics,
    /// One topic: an index into the ledger's chains.
    Topic(usize),
    /// What was promised.
    Actions,
    /// What was borrowed.
    Debts,
    /// How incidents went.
    Incidents,
    /// Teams side by side.
    Teams,
    /// What is to be looked at again.
    Reviews,
    /// What needs attention.
    Attention,
    /// What happened, month by month.
    Digest,
    /// How records relate.
    Map,
    /// Who is named where.
    People,
}

/// The rows of an overview that a part of it shows.
type Rows = std::ops::Range<usize>;

/// What a page shows.
struct Made {
    template: &'static str,
    title: String,
    /// The view; a field `rows` is what the parts of the page divide among them.
    view: Json,
    /// Scripts that the page needs.
    scripts: Vec<&'static str>,
}

/// Who is responsible, with the page where there is one.
#[derive(Clone, Debug, Serialize)]
pub struct PartyView {
    name: String,
    url: Option<String>,
}

impl PartyView {
    /// The view of `party`.
    pub fn new(site: &Site<'_>, party: &Party) -> Self {
        Self { name: party.name.clone(), url: party.record.map(|record| site.handbook.output(record).to_string()) }
    }
}

/// The overviews of a site, as far as it has something for them, in the order in which a reader is led to them.
fn all(site: &Site<'_>) -> Vec<Overview> {
    let ledger = site.ledger;
    let mut all: Vec<Overview> = (0..ledger.logs.len()).map(Overview::Log).collect();
    let topics = (0..ledger.chains.len()).filter(|chain| ledger.chains[*chain].topic.is_some());
    let topics: Vec<Overview> = topics.map(Overview::Topic).collect();
    let optional = [
        (!topics.is_empty(), Overview::Topics),
        (!ledger.actions.is_empty(), Overview::Actions),
        (!ledger.debts.is_empty(), Overview::Debts),
        (!ledger.incidents.is_empty(), Overview::Incidents),
        (!ledger.goals.is_empty() || !ledger.rituals.is_empty(), Overview::Teams),
        (!ledger.reviews.is_empty(), Overview::Reviews),
        (!ledger.matters.is_empty(), Overview::Attention),
        (!ledger.events.is_empty(), Overview::Digest),
        (ledger.edges.len() > 1, Overview::Map),
        (!ledger.people.is_empty(), Overview::People),
    ];
    all.extend(optional.into_iter().filter(|(is_wanted, _)| *is_wanted).map(|(_, overview)| overview));
    all.extend(topics);
    all
}

/// Adds the overviews, each with its parts and its data, to the pages of a site.
pub fn add_pages(site: &Site<'_>, pages: &mut BTreeMap<OutputPath, Page>) {
    for overview in all(site) {
        for part in 1..=n_parts(n_rows(site, &overview)) {
            pages.insert(path(site, &overview, part), Page::Overview(overview.clone(), part));
        }
        if !matches!(overview, Overview::Topic(_)) {
            pages.insert(data_path(site, &overview), Page::Data(overview));
        }
    }
    let calendars: Vec<_> = calendar::teams(site).into_iter().map(Some).collect();
    let of_all = if calendars.is_empty() { None } else { Some(None) };
    pages.extend(calendars.into_iter().chain(of_all).map(|team| (calendar::path(site, team), Page::Calendar(team))));
}

/// The page with the log of a collection, where its kind has one.
pub fn log_of(site: &Site<'_>, collection: usize) -> Option<OutputPath> {
    let log = site.ledger.logs.iter().position(|log| log.collection == collection)?;
    Some(path(site, &Overview::Log(log), 1))
}

/// The overviews to which every page leads.
pub fn places(site: &Site<'_>) -> Vec<PlaceView> {
    let is_led_to = |overview: &Overview| !matches!(overview, Overview::Topic(_));
    let place = |overview: Overview| PlaceView { title: title(site, &overview), url: path(site, &overview, 1).to_string() };
    all(site).into_iter().filter(is_led_to).map(place).collect()
}

/// The context of part `part` of an overview.
pub fn context(site: &Site<'_>, path: &OutputPath, overview: &Overview, part: usize, context: &mut Context) -> &'static str {
    let made = make(site, overview, (part - 1) * ROWS_MAX..part * ROWS_MAX);
    let pager = Pager::new(part, n_rows(site, overview), |number| self::path(site, overview, number));
    let mut page = frame::page_view(site, path, "overview", made.title);
    page.breadcrumbs = vec![frame::home_place(site)];
    if let Overview::Topic(_) = overview {
        page.breadcrumbs.push(PlaceView { title: title(site, &Overview::Topics), url: self::path(site, &Overview::Topics, 1).to_string() });
    }
    page.scripts.extend(made.scripts);
    context.insert("page", &page);
    context.insert("view", &made.view);
    context.insert("part", &part);
    context.insert("pager", &pager);
    if !matches!(overview, Overview::Topic(_)) {
        context.insert("data_url", data_path(site, overview).as_str());
    }
    made.template
}

/// The data of an overview, for programs: the version of its shape, the day, and all that the page shows, drawings aside.
pub fn data(site: &Site<'_>, overview: &Overview) -> String {
    let mut view = make(site, overview, 0..usize::MAX).view;
    if let Some(fields) = view.as_object_mut() {
        fields.retain(|name, _| !name.ends_with("drawing"));
    }
    let data = json!({"version": 1, "today": site.setting.today.iso(), "title": title(site, overview), "data": view});
    format!("{data:#}\n")
}

fn make(site: &Site<'_>, overview: &Overview, rows: Rows) -> Made {
    let (template, view, scripts) = match overview {
        Overview::Log(log) => ("overview/log.html", json!(log::view(site, *log, rows)), vec!["as-of.js"]),
        Overview::Topics => ("overview/topics.html", json!(topics::view(site, rows)), Vec::new()),
        Overview::Topic(chain) => ("overview/topic.html", json!(topics::chain(site, &site.ledger.chains[*chain], rows)), Vec::new()),
        Overview::Actions => ("overview/actions.html", json!(actions::view(site, rows)), Vec::new()),
        Overview::Debts => ("overview/debts.html", json!(debts::view(site, rows)), Vec::new()),
        Overview::Incidents => ("overview/incidents.html", json!(incidents::view(site, rows)), Vec::new()),
        Overview::Teams => ("overview/teams.html", json!(teams::view(site, rows)), Vec::new()),
        Overview::Reviews => ("overview/reviews.html", json!(reviews::view(site, rows)), Vec::new()),
        Overview::Attention => ("overview/attention.html", json!(attention::view(site, rows)), Vec::new()),
        Overview::Digest => ("overview/digest.html", json!(digest::view(site, rows)), Vec::new()),
        Overview::Map => ("overview/map.html", json!(map::view(site, rows)), Vec::new()),
        Overview::People => ("overview/people.html", json!(people::view(site, rows)), Vec::new()),
    };
    Made { template, title: title(site, overview), view, scripts }
}

/// The rows that the parts of an overview divide among them.
fn n_rows(site: &Site<'_>, overview: &Overview) -> usize {
    let ledger = site.ledger;
    match overview {
        Overview::Log(log) => ledger.logs[*log].entries.len(),
        Overview::Topics => ledger.chains.iter().filter(|chain| chain.topic.is_some()).count(),
        Overview::Topic(chain) => ledger.chains[*chain].steps.len(),
        Overview::Actions => ledger.actions.len(),
        Overview::Debts => ledger.debts.len(),
        Overview::Incidents => ledger.incidents.len(),
        Overview::Teams => crate::ledger::party::teams(site.handbook, site.config).len(),
        Overview::Reviews => ledger.reviews.len(),
        Overview::Attention => ledger.matters.len(),
        Overview::Digest => ledger.events.len(),
        Overview::Map => ledger.edges.len().min(map::ROWS_MAX),
        Overview::People => ledger.people.len(),
    }
}

fn title(site: &Site<'_>, overview: &Overview) -> String {
    let word = |key: &str, otherwise: &str| frame::string(site, key, otherwise);
    match overview {
        Overview::Log(log) => {
            let collection = &site.handbook.collections[site.ledger.logs[*log].collection];
            word("log_of", "{} log").replace("{}", &site.config.kinds[collection.kind].label)
        }
        Overview::Topics => word("topics", "Topics"),
        Overview::Topic(chain) => site.ledger.chains[*chain].topic.as_ref().map(|topic| topic.name.clone()).unwrap_or_default(),
        Overview::Actions => word("actions", "Actions"),
        Overview::Debts => word("debts", "Debts"),
        Overview::Incidents => word("incidents", "Incidents"),
        Overview::Teams => word("goals_and_rituals", "Goals and rituals"),
        Overview::Reviews => word("reviews", "Reviews"),
        Overview::Attention => word("attention", "Needs attention"),
        Overview::Digest => word("digest", "What happened"),
        Overview::Map => word("map", "Map"),
        Overview::People => word("people", "People"),
    }
}

/// The address of a part, from 1, of an overview.
pub fn path(site: &Site<'_>, overview: &Overview, part: usize) -> OutputPath {
    let stem = stem(site, overview);
    OutputPath::new(if part == 1 { format!("{LEDGER_FOLDER}/{stem}.html") } else { format!("{LEDGER_FOLDER}/{stem}/part-{part}.html") })
}

fn data_path(site: &Site<'_>, overview: &Overview) -> OutputPath {
    OutputPath::new(format!("{LEDGER_FOLDER}/{}.json", stem(site, overview)))
}

fn stem(site: &Site<'_>, overview: &Overview) -> String {
    match overview {
        Overview::Log(log) => {
            let list = site.handbook.collections[site.ledger.logs[*log].collection].output.as_str();
            format!("log-of-{}", list.split('/').next().unwrap_or_default())
        }
        Overview::Topics => "topics".to_owned(),
        Overview::Topic(chain) => {
            let topic = site.ledger.chains[*chain].topic.as_ref().expect("a page is that of a chain with a topic");
            format!("topic/{}", topic.slug)
        }
        Overview::Actions => "actions".to_owned(),
        Overview::Debts => "debts".to_owned(),
        Overview::Incidents => "incidents".to_owned(),
        Overview::Teams => "teams".to_owned(),
        Overview::Reviews => "reviews".to_owned(),
        Overview::Attention => "attention".to_owned(),
        Overview::Digest => "digest".to_owned(),
        Overview::Map => "map".to_owned(),
        Overview::People => "people".to_owned(),
    }
}
