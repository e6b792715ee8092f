//! When each record of a log was in force: a bar a record, oldest on top, with a line that stands for a day.

use crate::calendar::Date;
use crate::ledger::log::Entry;
use crate::render::Site;
use crate::render::draw::{Axis, Drawing, fitting};

/// Records that are drawn; of a longer log the latest.
pub const ROWS_MAX: usize = 60;
const WIDTH: i64 = 960;
const LABELS: i64 = 300;
const ROW: i64 = 20;
const TOP: i64 = 8;

/// The drawing, and how many records are on it; `None` where fewer than two have a day.
pub fn drawing(site: &Site<'_>, title: String, entries: &[Entry], today: Date) -> Option<(Drawing, usize)> {
    let dated: Vec<&Entry> = entries.iter().filter(|entry| site.handbook.records[entry.record].date.is_some()).collect();
    let shown = &dated[dated.len().saturating_sub(ROWS_MAX)..];
    let day = |entry: &Entry| site.handbook.records[entry.record].date.expect("only dated records are shown");
    let first = shown.iter().map(|entry| entry.proposed.unwrap_or(day(entry)).first_day()).min().filter(|_| shown.len() > 1)?;
    let axis = Axis::new(first, today.max(first), LABELS, WIDTH - 8);
    let bottom = TOP + ROW * shown.len() as i64;
    let mut drawing = Drawing::new(title, WIDTH, bottom + 22);
    axis.draw(&mut drawing, TOP, bottom);
    for (row, entry) in shown.iter().enumerate() {
        let y = TOP + ROW * row as i64;
        draw_row(site, &mut drawing, &axis, entry, day(entry), y, today);
    }
    drawing.line("marker", (WIDTH - 8, TOP), (WIDTH - 8, bottom));
    Some((drawing, shown.len()))
}

fn draw_row(site: &Site<'_>, drawing: &mut Drawing, axis: &Axis, entry: &Entry, day: Date, y: i64, today: Date) {
    let record = &site.handbook.records[entry.record];
    let status = site.handbook.linked[entry.record].standing.status.as_ref();
    let name = record.number.map_or_else(|| record.title.clone(), |number| format!("{number} {}", record.title));
    let colour = status.map_or("grey", |status| status.colour.as_str());
    let tip = format!("{name}: {}", status.map_or("", |status| status.label.as_str()));
    drawing.link(site.handbook.output(entry.record), &tip, |drawing| {
        drawing.ending(if entry.tenure.is_over { "label-past" } else { "label" }, (LABELS - 12, y + 14), fitting(&name, LABELS - 20));
        if let Some(proposed) = entry.proposed.filter(|proposed| proposed.is_before(day)) {
            drawing.line("waiting", (axis.x(proposed), y + 10), (axis.x(day), y + 10));
        }
        let from = axis.x(day);
        if !entry.tenure.has_held {
            return drawing.circle(colour, (from, y + 10), 4, &tip);
        }
        match (entry.tenure.until, entry.tenure.is_over) {
            (Some(until), _) => drawing.rect(colour, (from, y + 4), ((axis.x(until) - from).max(3), 12), &tip),
            (None, false) => drawing.rect(colour, (from, y + 4), ((axis.x(today) - from).max(3), 12), &tip),
            // It is over, and nobody wrote down since when.
            (None, true) => drawing.rect(&format!("{colour} draw-open"), (from, y + 4), ((axis.x(today) - from).max(3), 12), &tip),
        }
    });
}
