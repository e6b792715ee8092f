//! The page of an overview, and its data.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use tera::Context;

use crate::model::handbook::{ROWS_MAX, n_parts};
use crate::model::name::OutputPath;
use crate::render::overview::{
    Overview, Rows, actions, all, attention, data_path, debts, digest, incidents, log, map, path, people, reviews, teams, title, topics,
};
use crate::render::view::{Pager, PlaceView};
use crate::render::{Page, Site, calendar, frame};

/// What a page shows.
struct Made {
    template: &'static str,
    title: String,
    /// The view; a field `rows` is what the parts of the page divide among them.
    view: Json,
    /// Scripts that the page needs.
    scripts: Vec<&'static str>,
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

/// The context of part `part` of an overview.
pub fn context(site: &Site<'_>, path: &OutputPath, overview: &Overview, part: usize, context: &mut Context) -> &'static str {
    let made = make(site, overview, (part - 1) * ROWS_MAX..part * ROWS_MAX);
    let pager = Pager::new(part, n_rows(site, overview), |number| super::path(site, overview, number));
    let mut page = frame::page_view(site, path, "overview", made.title);
    page.breadcrumbs = vec![frame::home_place(site)];
    if let Overview::Topic(_) = overview {
        page.breadcrumbs
            .push(PlaceView { title: title(site, &Overview::Topics), url: super::path(site, &Overview::Topics, 1).to_string() });
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
