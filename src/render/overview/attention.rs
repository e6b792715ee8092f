//! What needs attention, for the front page and a page of its own.

use serde::Serialize;

use crate::ledger::attention::{Matter, Sort};
use crate::render::overview::{Overview, Rows, path};
use crate::render::view::{self, DateView, LinkView};
use crate::render::{Site, frame};

/// What needs attention.
#[derive(Serialize)]
pub struct AttentionView<'a> {
    counts: Vec<Count>,
    rows: Vec<MatterView<'a>>,
    more: usize,
    /// Where all of it is.
    url: String,
}

#[derive(Serialize)]
struct Count {
    sort: &'static str,
    label: String,
    count: usize,
}

#[derive(Serialize)]
struct MatterView<'a> {
    sort: &'static str,
    label: String,
    since: Option<DateView>,
    link: LinkView<'a>,
    what: Option<String>,
}

/// The view of what needs attention, as much of it as `rows` says; `None` where nothing does.
pub fn view<'a>(site: &Site<'a>, rows: Rows) -> Option<AttentionView<'a>> {
    let matters = &site.ledger.matters;
    let count = |sort: &Sort| Count {
        sort: sort.as_str(),
        label: label(site, *sort),
        count: matters.iter().filter(|matter| matter.sort == *sort).count(),
    };
    let matter_view = |matter: &Matter| MatterView {
        sort: matter.sort.as_str(),
        label: label(site, matter.sort),
        since: matter.since.map(DateView::new),
        link: view::link(site, matter.record),
        what: matter.what.clone(),
    };
    (!matters.is_empty()).then(|| AttentionView {
        counts: Sort::ALL.iter().map(count).filter(|count| count.count > 0).collect(),
        rows: matters.iter().skip(rows.start).take(rows.len()).map(matter_view).collect(),
        more: matters.len().saturating_sub(rows.end),
        url: path(site, &Overview::Attention, 1).to_string(),
    })
}

fn label(site: &Site<'_>, sort: Sort) -> String {
    frame::string(site, &format!("attention_{}", sort.as_str()), sort.as_str())
}
