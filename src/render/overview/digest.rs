//! The digest: what happened, month by month. The feed of the digest has an entry for each month.

use serde::Serialize;

use crate::calendar::Date;
use crate::ledger::events::{Event, Sort};
use crate::render::overview::Rows;
use crate::render::view::{self, DateView, LinkView};
use crate::render::{Site, frame};

/// What happened, the latest first.
#[derive(Serialize)]
pub struct DigestView<'a> {
    feed_url: &'static str,
    rows: Vec<EventView<'a>>,
}

#[derive(Serialize)]
struct EventView<'a> {
    /// As in `2026-11`, on the first event of each month, and what happened in it in numbers.
    month: Option<Month>,
    day: DateView,
    sort: &'static str,
    link: LinkView<'a>,
    what: Option<String>,
}

/// A month in numbers.
#[derive(Clone, Serialize)]
pub struct Month {
    /// As in `2026-11`.
    pub iso: String,
    /// For readers.
    pub text: String,
    /// How much happened of each sort.
    pub counts: Vec<Count>,
    /// The day of its latest event.
    #[serde(skip)]
    pub latest: Date,
    /// The titles of its first records.
    #[serde(skip)]
    pub titles: Vec<String>,
}

/// How much happened of a sort.
#[derive(Clone, Serialize)]
pub struct Count {
    sort: &'static str,
    label: String,
    count: usize,
}

/// Titles that the feed tells of a month.
const TITLES_MAX: usize = 12;
/// The address of the feed.
pub const FEED: &str = "ledger/digest.xml";

impl Month {
    /// The month in a sentence.
    pub fn summary(&self) -> String {
        let counts: Vec<String> = self.counts.iter().map(|count| format!("{} {}", count.count, count.label)).collect();
        format!("{}. {}", counts.join(", "), self.titles.join("; "))
    }
}

/// The view of the digest.
pub fn view<'a>(site: &Site<'a>, rows: Rows) -> DigestView<'a> {
    let shown = site.ledger.events.iter().skip(rows.start).take(rows.len());
    let months = months(site);
    let mut last = String::new();
    let event_view = |event: &'a Event| {
        let iso = month_of(event);
        // A month is named on its first event of each part.
        let month = if iso == last { None } else { months.iter().find(|month| month.iso == iso).cloned() };
        last = iso;
        EventView {
            month,
            day: DateView::new(event.day),
            sort: event.sort.as_str(),
            link: view::link(site, event.record),
            what: event.what.clone(),
        }
    };
    DigestView { feed_url: FEED, rows: shown.map(event_view).collect() }
}

/// The months in which something happened, the latest first.
pub fn months(site: &Site<'_>) -> Vec<Month> {
    let of_month = |events: &[Event]| {
        let count = |sort: &Sort| Count {
            sort: sort.as_str(),
            label: frame::string(site, &format!("digest_{}", sort.as_str()), sort.as_str()),
            count: events.iter().filter(|event| event.sort == *sort).count(),
        };
        let mut titles: Vec<String> = Vec::new();
        for title in events.iter().map(|event| &site.handbook.records[event.record].title) {
            if titles.len() < TITLES_MAX && !titles.contains(title) {
                titles.push(title.clone());
            }
        }
        let day = events[0].day;
        Month {
            iso: month_of(&events[0]),
            text: Date::of_month(day.year(), day.month()).unwrap_or(day).text(),
            counts: Sort::ALL.iter().map(count).filter(|count| count.count > 0).collect(),
            latest: day,
            titles,
        }
    };
    site.ledger.events.chunk_by(|a, b| month_of(a) == month_of(b)).map(of_month).collect()
}

fn month_of(event: &Event) -> String {
    event.day.iso()[..7].to_owned()
}
