//! What the page of an incident shows at a glance: how long it took, its course to scale, and incidents like it.

use serde::Serialize;

use crate::calendar::{Moment, text_of_minutes};
use crate::ledger::incidents::{Incident, Shared, Similar};
use crate::ledger::party;
use crate::model::field::Field;
use crate::model::handbook::RecordIndex;
use crate::model::shape::Shape;
use crate::render::draw::Drawing;
use crate::render::draw::timeline::{self, Band, Event};
use crate::render::overview::actions::{ActionView, action_view};
use crate::render::overview::incidents::TimeView;
use crate::render::view::{self, LinkView};
use crate::render::{Site, frame};

/// An incident at a glance.
#[derive(Serialize)]
pub struct IncidentView<'a> {
    detect: Option<TimeView>,
    mitigate: Option<TimeView>,
    resolve: Option<TimeView>,
    drawing: Option<Drawing>,
    /// What is drawn, as a table.
    events: Vec<EventView>,
    similar: Vec<SimilarView<'a>>,
}

#[derive(Serialize)]
struct EventView {
    number: usize,
    time: String,
    until: Option<String>,
    uncertain: bool,
    what: String,
}

#[derive(Serialize)]
struct SimilarView<'a> {
    link: LinkView<'a>,
    shared: Vec<String>,
    /// What is still to be done for it.
    actions: Vec<ActionView<'a>>,
}

/// Events that are drawn and listed.
const EVENTS_MAX: usize = 200;

/// The record at `index` as an incident, when it is one.
pub fn view<'a>(site: &Site<'a>, index: RecordIndex) -> Option<IncidentView<'a>> {
    let incident = site.ledger.incidents.iter().find(|incident| incident.record == index)?;
    let events = events(site, index);
    let title = frame::string(site, "course", "The course of it, to scale");
    let drawing = timeline::drawing(title, &events, &bands(site, incident));
    let similar = site.ledger.similar.get(&index).map(Vec::as_slice).unwrap_or_default();
    Some(IncidentView {
        detect: incident.detect.map(TimeView::new),
        mitigate: incident.mitigate.map(TimeView::new),
        resolve: incident.resolve.map(TimeView::new),
        events: if drawing.is_some() { events.iter().map(event_view).collect() } else { Vec::new() },
        drawing,
        similar: similar.iter().map(|similar| similar_view(site, similar)).collect(),
    })
}

/// The events of the timeline whose time is known, numbered by their place in it.
fn events(site: &Site<'_>, index: RecordIndex) -> Vec<Event> {
    let entries = party::entries(site.handbook, site.config, index, Shape::Timeline).enumerate();
    let event = |(position, (_, entry)): (usize, (String, &Field))| {
        let at = entry.get("at").and_then(Field::moment).filter(Moment::has_clock)?;
        Some(Event {
            number: position + 1,
            at,
            until: entry.get("until").and_then(Field::moment).filter(Moment::has_clock),
            is_uncertain: entry.get("approximate").is_some_and(Field::is_true),
            what: entry.said("what").unwrap_or_default(),
        })
    };
    entries.filter_map(event).take(EVENTS_MAX).collect()
}

fn event_view(event: &Event) -> EventView {
    EventView {
        number: event.number,
        time: event.at.text(),
        until: event.until.map(|until| if until.date() == event.at.date() { until.clock() } else { until.text() }),
        uncertain: event.is_uncertain,
        what: event.what.clone(),
    }
}

/// How long it hurt until it was detected, mitigated, resolved, as far as the moments are known.
fn bands(site: &Site<'_>, incident: &Incident) -> Vec<Band> {
    let record = &site.handbook.records[incident.record];
    let moment = |name: &str| record.moment(name).filter(Moment::has_clock);
    let Some(started) = moment("started") else { return Vec::new() };
    let ends = [
        ("detected", "until-detected", "until_detected", "until it was detected"),
        ("mitigated", "until-mitigated", "until_mitigated", "until it stopped hurting"),
        ("resolved", "until-resolved", "until_resolved", "until it was over"),
    ];
    let band = |(field, class, key, otherwise): (&str, &'static str, &str, &str)| {
        let end = moment(field).filter(|end| started.minutes_until(*end) >= 0)?;
        let name = format!("{} {}", text_of_minutes(started.minutes_until(end)), frame::string(site, key, otherwise));
        Some(Band { name, class, span: (started, end) })
    };
    ends.into_iter().filter_map(band).collect()
}

fn similar_view<'a>(site: &Site<'a>, similar: &Similar) -> SimilarView<'a> {
    let pending = site.ledger.actions.iter().filter(|action| action.record == similar.record && action.state.is_pending());
    let words = |shared: &Shared| match shared {
        Shared::Title(_) => frame::string(site, "same_title", "the name"),
        Shared::Trigger(text) | Shared::Service(text) | Shared::Factor(text) => text.clone(),
        Shared::Cause(record) => site.handbook.records[*record].title.clone(),
    };
    SimilarView {
        link: view::link(site, similar.record),
        shared: similar.shared.iter().map(words).collect(),
        actions: pending.map(|action| action_view(site, action)).collect(),
    }
}
