//! The log of a kind: what is in force, drawn and listed; what was rejected, and why; what is still open.

use serde::Serialize;

use crate::ledger::log::{Entry, median};
use crate::ledger::tenure::Held;
use crate::render::draw::{Drawing, tenures};
use crate::render::overview::Rows;
use crate::render::overview::topics::{self, ChainView};
use crate::render::view::{self, DateView, KindView, LinkView, TagView};
use crate::render::{Site, frame};

/// Rejected records, and lines of replacements, that a page names.
const NAMED_MAX: usize = 100;
/// Records of a line that a page names.
const STEPS_MAX: usize = 50;

/// The view of a log.
#[derive(Serialize)]
pub struct LogView<'a> {
    kind: KindView<'a>,
    n_records: usize,
    n_in_force: usize,
    n_open: usize,
    /// First days of the span that the log covers, for the slider.
    first_day: Option<String>,
    /// Days from proposal to decision, at the median, and in how many records they are known.
    days_to_decide: Option<i64>,
    n_days_to_decide: usize,
    drawing: Option<Drawing>,
    n_drawn: usize,
    /// Whether any record has a topic.
    has_topics: bool,
    /// Newest first; those without a day come last.
    rows: Vec<Row<'a>>,
    rejected: Vec<Rejected<'a>>,
    more_rejected: usize,
    lines: Vec<ChainView<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    link: LinkView<'a>,
    topic: Option<TagView>,
    /// yes, no or unknown: whether it is in force today.
    held: &'static str,
    /// Whether it never was in force.
    never: bool,
    /// Whether it is still to be settled.
    open: bool,
    from: Option<DateView>,
    until: Option<DateView>,
    /// The days from which and until which it was in force, whole days for programs.
    from_day: Option<String>,
    until_day: Option<String>,
    /// Whether it is over, with or without a day.
    over: bool,
    proposed: Option<DateView>,
    days_to_decide: Option<i64>,
}

#[derive(Serialize)]
struct Rejected<'a> {
    link: LinkView<'a>,
    reason: Option<String>,
}

/// The view of the log at `index`.
pub fn view<'a>(site: &Site<'a>, index: usize, rows: Rows) -> LogView<'a> {
    let log = &site.ledger.logs[index];
    let collection = &site.handbook.collections[log.collection];
    let title = frame::string(site, "log_drawing", "When each record was in force");
    let (drawing, n_drawn) = tenures::drawing(site, title, &log.entries, site.setting.today).unzip();
    let days: Vec<i64> = log.entries.iter().filter_map(|entry| entry.days_to_decide).collect();
    let never_held = |entry: &&Entry| site.handbook.linked[entry.record].standing.status.as_ref().is_some_and(|status| status.never_held);
    let rejected: Vec<&Entry> = log.entries.iter().rev().filter(never_held).collect();
    let first_day = log.entries.iter().filter_map(|entry| entry.tenure.from).map(|from| from.first_day()).min();
    let is_line = |chain: &&crate::ledger::chains::Chain| {
        let kind = &site.config.kinds[collection.kind].name;
        chain.topic.is_none() && chain.steps.first().is_some_and(|step| site.handbook.records[step.record].kind == *kind)
    };
    let n_dated = log.entries.partition_point(|entry| site.handbook.records[entry.record].date.is_some());
    let newest_first = log.entries[..n_dated].iter().rev().chain(&log.entries[n_dated..]);
    LogView {
        kind: view::kind(site, collection),
        n_records: log.entries.len(),
        n_in_force: log.n_in_force,
        n_open: log.entries.iter().filter(|entry| entry.is_open).count(),
        first_day: first_day.map(|day| day.iso()),
        n_days_to_decide: days.len(),
        days_to_decide: median(days),
        drawing,
        n_drawn: n_drawn.unwrap_or(0),
        has_topics: log.entries.iter().any(|entry| site.handbook.records[entry.record].text("topic").is_some()),
        rows: newest_first.skip(rows.start).take(rows.len()).map(|entry| row(site, entry)).collect(),
        more_rejected: rejected.len().saturating_sub(NAMED_MAX),
        rejected: rejected
            .into_iter()
            .take(NAMED_MAX)
            .map(|entry| Rejected { link: view::link(site, entry.record), reason: entry.reason.clone() })
            .collect(),
        lines: site.ledger.chains.iter().filter(is_line).take(NAMED_MAX).map(|chain| topics::chain(site, chain, 0..STEPS_MAX)).collect(),
    }
}

fn row<'a>(site: &Site<'a>, entry: &Entry) -> Row<'a> {
    let tenure = entry.tenure;
    Row {
        link: view::link(site, entry.record),
        topic: topics::of(site, entry.record),
        held: match entry.held {
            Held::Yes => "yes",
            Held::No => "no",
            Held::Unknown => "unknown",
        },
        never: !tenure.has_held,
        open: entry.is_open,
        from: tenure.from.map(DateView::new),
        until: tenure.until.map(DateView::new),
        from_day: tenure.from.map(|from| from.first_day().iso()),
        until_day: tenure.until.map(|until| until.first_day().iso()),
        over: tenure.is_over,
        proposed: entry.proposed.map(DateView::new),
        days_to_decide: entry.days_to_decide,
    }
}
