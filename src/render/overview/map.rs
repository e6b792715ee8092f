//! The map: records and their typed relations, drawn as far as there is room, and as a table.

use serde::Serialize;

use crate::ledger::network::Edge;
use crate::model::handbook::RecordIndex;
use crate::render::draw::{Drawing, network};
use crate::render::overview::Rows;
use crate::render::view::PlaceView;
use crate::render::{Site, frame};

/// The whole map.
#[derive(Serialize)]
pub struct MapView {
    drawing: Option<Drawing>,
    n_drawn: usize,
    n_records: usize,
    n_relations: usize,
    rows: Vec<RelationView>,
}

#[derive(Serialize)]
struct RelationView {
    from: PlaceView,
    label: String,
    to: PlaceView,
}

/// Relations that the table names.
pub const ROWS_MAX: usize = 1500;

/// The view of the map.
pub fn view(site: &Site<'_>, rows: Rows) -> MapView {
    let edges = &site.ledger.edges;
    let title = frame::string(site, "map_drawing", "Records and how they relate");
    let (drawing, n_drawn) = network::whole(site, title, edges).unzip();
    let records: std::collections::BTreeSet<RecordIndex> = edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
    MapView {
        drawing,
        n_drawn: n_drawn.unwrap_or(0),
        n_records: records.len(),
        n_relations: edges.len(),
        rows: edges.iter().take(ROWS_MAX).skip(rows.start).take(rows.len()).map(|edge| relation_view(site, edge)).collect(),
    }
}

fn relation_view(site: &Site<'_>, edge: &Edge) -> RelationView {
    let place =
        |index: RecordIndex| PlaceView { title: site.handbook.records[index].title.clone(), url: site.handbook.output(index).to_string() };
    RelationView { from: place(edge.from), label: edge.label.clone(), to: place(edge.to) }
}

/// What is around one record.
#[derive(Serialize)]
pub struct AroundView {
    drawing: Drawing,
    /// Records for which there was no room.
    hidden: usize,
}

/// The map around the record at `index`, where there is something to see.
pub fn around(site: &Site<'_>, index: RecordIndex) -> Option<AroundView> {
    let title = frame::string(site, "around", "What is around it");
    let (drawing, hidden) = network::around_record(site, title, index)?;
    Some(AroundView { drawing, hidden })
}
