//! Records as boxes and their relations as lines: those around one record, and those of the whole handbook.
//!
//! Around a record, what it builds on stands to its left and what came of it to its right, each box with the relation that
//! leads to it. In the map of the whole, each kind is a column.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::ledger::network::{Edge, Side, around};
use crate::model::handbook::RecordIndex;
use crate::render::Site;
use crate::render::draw::{Drawing, fitting};

const WIDTH: i64 = 960;
const GAP: i64 = 28;
const BOX_WIDTH_MAX: i64 = 260;
const BOX: i64 = 36;
const ROW: i64 = 46;
const TOP: i64 = 8;
/// Boxes in a column around a record.
const COLUMN_MAX: usize = 9;
/// Boxes on the map of the whole, and in a column of it.
const WHOLE_MAX: usize = 100;
const WHOLE_COLUMN_MAX: usize = 36;
const WHOLE_ROW: i64 = 24;
const WHOLE_BOX_WIDTH: i64 = 190;
const WHOLE_GAP: i64 = 64;

/// The records around the one at `index`, at most two relations away; `None` where there are fewer than two. Also says how
/// many there was no room for.
pub fn around_record(site: &Site<'_>, title: String, index: RecordIndex) -> Option<(Drawing, usize)> {
    let found = around(site.handbook, site.config, index);
    let mut columns: BTreeMap<i64, Vec<&Edge>> = BTreeMap::new();
    let mut n_hidden = 0;
    let mut shown: BTreeSet<RecordIndex> = BTreeSet::from([index]);
    for edge in &found {
        let column = columns.entry(edge.column()).or_default();
        if column.len() < COLUMN_MAX && shown.contains(&edge.from) {
            shown.insert(edge.to);
            column.push(edge);
        } else {
            n_hidden += 1;
        }
    }
    columns.retain(|_, edges| !edges.is_empty());
    if shown.len() < 3 {
        return None;
    }
    columns.entry(0).or_default();
    let n_rows = columns.values().map(Vec::len).max().unwrap_or(1).max(1) as i64;
    let n_columns = columns.len() as i64;
    let width = ((WIDTH - GAP * (n_columns - 1)) / n_columns).min(BOX_WIDTH_MAX);
    let height = TOP * 2 + n_rows * ROW - (ROW - BOX);
    let mut drawing = Drawing::new(title, n_columns * width + GAP * (n_columns - 1), height);
    let mut places: HashMap<RecordIndex, (i64, i64)> = HashMap::new();
    for (position, edges) in columns.values().enumerate() {
        let x = position as i64 * (width + GAP);
        let top = TOP + (n_rows - edges.len().max(1) as i64) * ROW / 2;
        let records = if edges.is_empty() { vec![index] } else { edges.iter().map(|edge| edge.to).collect() };
        places.extend(records.into_iter().enumerate().map(|(row, record)| (record, (x, top + row as i64 * ROW))));
    }
    for edge in columns.values().flatten() {
        let (from, to) = (places[&edge.from], places[&edge.to]);
        let (left, right) = if edge.side == Side::Left { (to, from) } else { (from, to) };
        drawing.path("edge", curve((left.0 + width, left.1 + BOX / 2), (right.0, right.1 + BOX / 2)));
    }
    draw_box(site, &mut drawing, index, places[&index], width, None);
    for edge in columns.values().flatten() {
        draw_box(site, &mut drawing, edge.to, places[&edge.to], width, Some(&edge.label));
    }
    Some((drawing, n_hidden))
}

fn draw_box(site: &Site<'_>, drawing: &mut Drawing, index: RecordIndex, (x, y): (i64, i64), width: i64, label: Option<&str>) {
    let name = name(site, index);
    let Some(label) = label else {
        drawing.rect("node draw-node-own", (x, y), (width, BOX), &name);
        return drawing.text("node-label", (x + 8, y + 23), fitting(&name, width - 12));
    };
    drawing.link(site.handbook.output(index), &name, |drawing| {
        drawing.rect(&class(site, index), (x, y), (width, BOX), &name);
        drawing.text("node-relation", (x + 8, y + 13), fitting(label, width - 12));
        drawing.text("node-label", (x + 8, y + 29), fitting(&name, width - 12));
    });
}

/// The map of the whole, and how many records are on it; `None` where hardly anything is related.
pub fn whole(site: &Site<'_>, title: String, edges: &[Edge]) -> Option<(Drawing, usize)> {
    let mut degree: BTreeMap<RecordIndex, usize> = BTreeMap::new();
    for edge in edges {
        *degree.entry(edge.from).or_default() += 1;
        *degree.entry(edge.to).or_default() += 1;
    }
    let mut records: Vec<RecordIndex> = degree.keys().copied().collect();
    records.sort_by_key(|index| (std::cmp::Reverse(degree[index]), *index));
    records.truncate(WHOLE_MAX);
    let place_of_kind = |index: &RecordIndex| site.config.kinds.iter().position(|kind| kind.name == site.handbook.records[*index].kind);
    let mut columns: BTreeMap<Option<usize>, Vec<RecordIndex>> = BTreeMap::new();
    for index in records {
        let column = columns.entry(place_of_kind(&index)).or_default();
        if column.len() < WHOLE_COLUMN_MAX {
            column.push(index);
        }
    }
    let n_records: usize = columns.values().map(Vec::len).sum();
    if n_records < 3 {
        return None;
    }
    let n_rows = columns.values().map(Vec::len).max().unwrap_or(0) as i64;
    let n_columns = columns.len() as i64;
    let mut drawing =
        Drawing::new(title, n_columns * WHOLE_BOX_WIDTH + (n_columns - 1) * WHOLE_GAP + WHOLE_GAP, TOP * 2 + 24 + n_rows * WHOLE_ROW);
    let mut places: HashMap<RecordIndex, (i64, i64)> = HashMap::new();
    for (position, (kind, records)) in columns.iter_mut().enumerate() {
        records.sort_unstable();
        let x = position as i64 * (WHOLE_BOX_WIDTH + WHOLE_GAP);
        let label = kind.map_or("", |kind| site.config.kinds[kind].label_plural.as_str());
        drawing.text("node-kind", (x, TOP + 12), label);
        // Short columns are spread over the height of the longest, so that lines stay short.
        let room = n_rows * WHOLE_ROW / records.len() as i64;
        let y = |row: usize| TOP + 24 + row as i64 * room + (room - WHOLE_ROW) / 2;
        places.extend(records.iter().enumerate().map(|(row, record)| (*record, (x, y(row)))));
    }
    for edge in edges {
        if let (Some(from), Some(to)) = (places.get(&edge.from), places.get(&edge.to)) {
            let class = if edge.replaces { "edge draw-edge-replaces" } else { "edge" };
            drawing.path(class, between(*from, *to));
        }
    }
    for (index, (x, y)) in columns.values().flatten().map(|index| (*index, places[index])) {
        let name = name(site, index);
        drawing.link(site.handbook.output(index), &name, |drawing| {
            drawing.rect(&class(site, index), (x, y), (WHOLE_BOX_WIDTH, WHOLE_ROW - 4), &name);
            drawing.text("node-label", (x + 6, y + 14), fitting(&name, WHOLE_BOX_WIDTH - 10));
        });
    }
    Some((drawing, n_records))
}

/// A line from box to box of the whole: across the gap, or out to the right and back in one column.
fn between(from: (i64, i64), to: (i64, i64)) -> String {
    let middle = |y: i64| y + (WHOLE_ROW - 4) / 2;
    if from.0 == to.0 {
        let x = from.0 + WHOLE_BOX_WIDTH;
        let out = x + (14 + (from.1 - to.1).abs() / 8).min(WHOLE_GAP - 16);
        return format!("M{x} {}C{out} {} {out} {} {x} {}", middle(from.1), middle(from.1), middle(to.1), middle(to.1));
    }
    let (left, right) = if from.0 < to.0 { (from, to) } else { (to, from) };
    curve((left.0 + WHOLE_BOX_WIDTH, middle(left.1)), (right.0, middle(right.1)))
}

fn curve(from: (i64, i64), to: (i64, i64)) -> String {
    let middle = (from.0 + to.0) / 2;
    format!("M{} {}C{middle} {} {middle} {} {} {}", from.0, from.1, from.1, to.1, to.0, to.1)
}

fn name(site: &Site<'_>, index: RecordIndex) -> String {
    let record = &site.handbook.records[index];
    record.number.map_or_else(|| record.title.clone(), |number| format!("{number} {}", record.title))
}

fn class(site: &Site<'_>, index: RecordIndex) -> String {
    let colour = site.handbook.linked[index].standing.status.as_ref().map_or("none", |status| status.colour.as_str());
    format!("node draw-node-{colour}")
}
