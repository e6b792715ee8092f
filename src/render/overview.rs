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
pub mod page;
mod people;
pub mod reviews;
mod teams;
pub mod topics;

use serde::Serialize;

use crate::ledger::party::Party;
use crate::link::LEDGER_FOLDER;
use crate::model::name::OutputPath;
use crate::render::view::PlaceView;
use crate::render::{Site, frame};

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
pub type Rows = std::ops::Range<usize>;

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
pub fn all(site: &Site<'_>) -> Vec<Overview> {
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

/// The title of an overview.
pub fn title(site: &Site<'_>, overview: &Overview) -> String {
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

/// The address of the data of an overview.
pub fn data_path(site: &Site<'_>, overview: &Overview) -> OutputPath {
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
