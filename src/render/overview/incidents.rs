//! Incidents: how long it took to detect and to resolve them, as a whole, by month, severity and service. Each figure names
//! the records from which it comes.

use serde::Serialize;

use crate::calendar::text_of_minutes;
use crate::ledger::incidents::{self, Group, Incident, Summary, Time};
use crate::render::draw::{self, Drawing};
use crate::render::overview::Rows;
use crate::render::view::{self, DateView, LinkView};
use crate::render::{Site, frame};

/// Rows of a table of figures.
const GROUPS_MAX: usize = 60;

/// All incidents.
#[derive(Serialize)]
pub struct IncidentsView<'a> {
    whole: GroupView<'a>,
    by_month: Vec<GroupView<'a>>,
    by_severity: Vec<GroupView<'a>>,
    by_service: Vec<GroupView<'a>>,
    on_this_day: Vec<LinkView<'a>>,
    drawing: Option<Drawing>,
    n_drawn: usize,
    /// Whether any incident has such.
    has_severity: bool,
    has_services: bool,
    has_mitigate: bool,
    rows: Vec<IncidentView<'a>>,
}

/// Figures of several incidents.
#[derive(Serialize)]
struct GroupView<'a> {
    name: String,
    count: usize,
    detect: SummaryView,
    resolve: SummaryView,
    records: Vec<LinkView<'a>>,
    more: usize,
}

#[derive(Serialize)]
struct SummaryView {
    n: usize,
    median: Option<TimeView>,
    mean: Option<TimeView>,
}

/// A length of time.
#[derive(Serialize)]
pub struct TimeView {
    minutes: i64,
    text: String,
    /// Whether the record states it, rather than the moments from which it follows.
    stated: bool,
}

#[derive(Serialize)]
struct IncidentView<'a> {
    link: LinkView<'a>,
    day: Option<DateView>,
    severity: Option<String>,
    services: Vec<String>,
    detect: Option<TimeView>,
    mitigate: Option<TimeView>,
    resolve: Option<TimeView>,
}

/// Records that a row of figures names at once.
const NAMED_MAX: usize = 50;

/// The view of all incidents.
pub fn view<'a>(site: &Site<'a>, rows: Rows) -> IncidentsView<'a> {
    let incidents = &site.ledger.incidents;
    let title = frame::string(site, "incidents_drawing", "How long it took to detect and to resolve each incident");
    let (drawing, n_drawn) = draw::incidents::drawing(site, title, incidents).unzip();
    let groups = |groups: Vec<Group>| groups.iter().take(GROUPS_MAX).map(|group| group_view(site, group)).collect();
    IncidentsView {
        whole: group_view(site, &incidents::whole(incidents)),
        by_month: groups(incidents::by_month(incidents)),
        by_severity: groups(incidents::by_severity(incidents)),
        by_service: groups(incidents::by_service(incidents)),
        on_this_day: on_this_day(site),
        drawing,
        n_drawn: n_drawn.unwrap_or(0),
        has_severity: incidents.iter().any(|incident| incident.severity.is_some()),
        has_services: incidents.iter().any(|incident| !incident.services.is_empty()),
        has_mitigate: incidents.iter().any(|incident| incident.mitigate.is_some()),
        rows: incidents.iter().skip(rows.start).take(rows.len()).map(|incident| incident_view(site, incident)).collect(),
    }
}

/// Incidents that began on this day of a year before.
pub fn on_this_day<'a>(site: &Site<'a>) -> Vec<LinkView<'a>> {
    let incidents = &site.ledger.incidents;
    let positions = incidents::on_this_day(incidents, site.setting.today);
    positions.into_iter().map(|position| view::link(site, incidents[position].record)).collect()
}

impl TimeView {
    /// The view of `time`.
    pub fn new(time: Time) -> Self {
        Self { minutes: time.minutes, text: text_of_minutes(time.minutes), stated: time.is_stated }
    }
}

fn incident_view<'a>(site: &Site<'a>, incident: &Incident) -> IncidentView<'a> {
    IncidentView {
        link: view::link(site, incident.record),
        day: incident.day.map(DateView::new),
        severity: incident.severity.clone(),
        services: incident.services.clone(),
        detect: incident.detect.map(TimeView::new),
        mitigate: incident.mitigate.map(TimeView::new),
        resolve: incident.resolve.map(TimeView::new),
    }
}

fn group_view<'a>(site: &Site<'a>, group: &Group) -> GroupView<'a> {
    let records: Vec<_> = group.incidents.iter().take(NAMED_MAX).map(|position| site.ledger.incidents[*position].record).collect();
    GroupView {
        name: group.name.clone(),
        count: group.incidents.len(),
        detect: summary_view(group.detect),
        resolve: summary_view(group.resolve),
        more: group.incidents.len() - records.len(),
        records: view::links(site, &records),
    }
}

fn summary_view(summary: Summary) -> SummaryView {
    let time = |minutes: i64| TimeView::new(Time { minutes, is_stated: false });
    SummaryView { n: summary.n, median: summary.median.map(time), mean: summary.mean.map(time) }
}
