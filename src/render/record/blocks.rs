//! Structured fields as blocks of a page: each has a shape, and the theme has a part for each shape.
//!
//! The shape follows from what the kind declares: a list of maps with `at` and `what` is a timeline in any kind.

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::calendar::Date;
use crate::model::field::{Field, Value};
use crate::model::handbook::RecordIndex;
use crate::model::kind::{FieldDeclaration, FieldType};
use crate::render::Site;
use crate::render::record::{due, text};
use crate::render::view::{self, DateView};

/// A structured field, ready for the theme.
#[derive(Serialize)]
pub struct Block {
    name: String,
    label: String,
    shape: &'static str,
    value: Json,
}

/// The structured fields of a record, in the order in which its kind would be read: facts first, plans last.
pub fn blocks(site: &Site<'_>, index: RecordIndex) -> Vec<Block> {
    let record = &site.handbook.records[index];
    let declared = &view::kind_of(site, index).fields;
    let elsewhere = record.fields.iter().filter(|(name, _)| !record.reading.in_body.contains(name));
    let structured = elsewhere.filter_map(|(name, field)| Some((name, field, declared.get(name)?)));
    let mut blocks: Vec<Block> = structured
        .filter_map(|(name, field, declaration)| {
            let shape = shape(name, &declaration.kind)?;
            let maker = Maker { site, index, name };
            Some(Block { name: name.clone(), label: declaration.label.clone(), shape, value: maker.value(shape, field, &declaration.kind) })
        })
        .collect();
    let order = ["debt", "options", "timeline", "actions", "goals", "roadmap", "people", "rituals", "texts", "urls"];
    blocks.sort_by_key(|block| order.iter().position(|shape| *shape == block.shape).unwrap_or(order.len()));
    blocks
}

/// The shape of a field, `None` for one that is a fact or a sentence.
fn shape(name: &str, kind: &FieldType) -> Option<&'static str> {
    let has = |fields: &std::collections::BTreeMap<String, FieldDeclaration>, wanted: &[&str]| {
        wanted.iter().all(|name| fields.contains_key(*name))
    };
    match kind {
        FieldType::Map(fields) if has(fields, &["what", "payback"]) => Some("debt"),
        FieldType::Map(_) => Some("pairs"),
        FieldType::List(of) => match &**of {
            FieldType::Map(fields) if has(fields, &["at", "what"]) => Some("timeline"),
            FieldType::Map(fields) if has(fields, &["title", "state", "due"]) => Some("actions"),
            FieldType::Map(fields) if has(fields, &["title", "pros", "cons"]) => Some("options"),
            FieldType::Map(fields) if has(fields, &["objective", "key_results"]) => Some("goals"),
            FieldType::Map(fields) if has(fields, &["horizon", "items"]) => Some("roadmap"),
            FieldType::Map(fields) if has(fields, &["name", "schedule"]) => Some("rituals"),
            FieldType::Map(fields) if has(fields, &["name", "role"]) => Some("people"),
            FieldType::Map(_) => Some("table"),
            FieldType::Text => Some("texts"),
            FieldType::Url => Some("urls"),
            FieldType::String if name == "areas" => Some("texts"),
            _ => None,
        },
        _ => None,
    }
}

struct Maker<'a> {
    site: &'a Site<'a>,
    index: RecordIndex,
    name: &'a str,
}

impl Maker<'_> {
    fn value(&self, shape: &str, field: &Field, kind: &FieldType) -> Json {
        let entries = field.entries();
        match shape {
            "timeline" => entries.iter().map(timeline_row).collect(),
            "actions" => entries.iter().enumerate().map(|(position, entry)| self.action(position, entry)).collect(),
            "options" => entries.iter().map(option).collect(),
            "debt" => self.debt(field),
            "goals" => entries.iter().map(goal).collect(),
            "roadmap" => entries.iter().map(|entry| json!({"horizon": said(entry, "horizon"), "items": list(entry, "items")})).collect(),
            "rituals" => entries.iter().map(ritual).collect(),
            "people" => entries.iter().map(person).collect(),
            "texts" => entries.iter().map(|entry| Json::from(entry.display())).collect(),
            "urls" => entries.iter().map(|entry| json!({"text": entry.display(), "url": entry.display()})).collect(),
            "pairs" => self.pairs(field, kind),
            _ => self.table(entries, kind),
        }
    }

    fn action(&self, position: usize, entry: &Field) -> Json {
        let path = |name: &str| format!("{}[{position}].{name}", self.name);
        let owner = entry.get("owner").map(|owner| text(self.site, self.index, &path("owner"), owner));
        let record = self.site.handbook.linked[self.index].references.get(&path("record"));
        let state = said(entry, "state").unwrap_or_else(|| "open".to_owned());
        let due = entry.get("due").and_then(date_of).map(|date| {
            let mut view = json!(due(self.site, date));
            if state != "open" {
                view["overdue"] = Json::from(false);
            }
            view
        });
        json!({
            "title": said(entry, "title"),
            "kind": said(entry, "kind"),
            "owner": owner,
            "due": due,
            "state": state,
            "done": entry.get("done").and_then(date_of).map(DateView::new),
            "record": record.map(|index| view::link(self.site, *index)),
        })
    }

    fn debt(&self, field: &Field) -> Json {
        let date = |name: &str| field.get(name).and_then(date_of);
        let state = match (date("paid"), date("due")) {
            (Some(_), _) => "paid",
            (None, Some(due)) if due.days_until(self.site.setting.today) > 0 => "overdue",
            _ => "open",
        };
        json!({
            "what": said(field, "what"),
            "payback": said(field, "payback"),
            "taken": date("taken").map(DateView::new),
            "due": date("due").map(DateView::new),
            "paid": date("paid").map(DateView::new),
            "state": state,
        })
    }

    fn pairs(&self, field: &Field, kind: &FieldType) -> Json {
        let (Value::Map(entries), FieldType::Map(fields)) = (&field.value, kind) else { return Json::Array(Vec::new()) };
        let label = |name: &String| fields.get(name).map_or(name.clone(), |declaration| declaration.label.clone());
        entries.iter().map(|(name, entry)| json!({"label": label(name), "text": entry.display()})).collect()
    }

    fn table(&self, entries: &[Field], kind: &FieldType) -> Json {
        let FieldType::List(of) = kind else { return Json::Null };
        let FieldType::Map(fields) = &**of else { return Json::Null };
        let used: Vec<_> = fields.iter().filter(|(name, _)| entries.iter().any(|entry| entry.get(name).is_some())).collect();
        let row = |(position, entry): (usize, &Field)| -> Json {
            let cell = |(name, _): &(&String, &FieldDeclaration)| match entry.get(name) {
                Some(value) => json!(text(self.site, self.index, &format!("{}[{position}].{name}", self.name), value)),
                None => json!({"text": "", "url": null}),
            };
            used.iter().map(cell).collect()
        };
        let columns: Vec<&str> = used.iter().map(|(_, declaration)| declaration.label.as_str()).collect();
        json!({"columns": columns, "rows": entries.iter().enumerate().map(row).collect::<Vec<_>>()})
    }
}

fn said(field: &Field, name: &str) -> Option<String> {
    field.get(name).map(Field::display)
}

fn list(field: &Field, name: &str) -> Vec<String> {
    field.get(name).map(Field::entries).unwrap_or_default().iter().map(Field::display).collect()
}

fn date_of(field: &Field) -> Option<Date> {
    match field.value {
        Value::Date(date) => Some(date),
        _ => None,
    }
}

fn timeline_row(entry: &Field) -> Json {
    let moment = entry.get("at").and_then(|at| match &at.value {
        Value::Moment(moment) => Some(*moment),
        _ => None,
    });
    let written = said(entry, "at").unwrap_or_default();
    let at = match moment {
        Some(moment) => json!({"iso": moment.iso(), "text": moment.text(), "day": moment.date().text(), "time": moment.clock()}),
        None => json!({"iso": null, "text": written, "day": "", "time": written}),
    };
    json!({"at": at, "what": said(entry, "what")})
}

fn option(entry: &Field) -> Json {
    let chosen = matches!(entry.get("chosen").map(|field| &field.value), Some(Value::Boolean(true)));
    json!({"title": said(entry, "title"), "chosen": chosen, "pros": list(entry, "pros"), "cons": list(entry, "cons"), "why": said(entry, "why")})
}

fn goal(entry: &Field) -> Json {
    let results = entry.get("key_results").map(Field::entries).unwrap_or_default();
    let result = |result: &Field| {
        let progress = match result.get("progress").map(|field| &field.value) {
            Some(Value::Number(number)) => Some(number.clamp(0.0, 1.0)),
            _ => None,
        };
        let text = progress.map(|progress| format!("{:.0} %", progress * 100.0));
        json!({"title": said(result, "title"), "progress": progress, "text": text})
    };
    json!({
        "objective": said(entry, "objective"),
        "why": said(entry, "why"),
        "period": said(entry, "period"),
        "checked": entry.get("checked").and_then(date_of).map(DateView::new),
        "key_results": results.iter().map(result).collect::<Vec<_>>(),
    })
}

fn ritual(entry: &Field) -> Json {
    json!({
        "name": said(entry, "name"),
        "schedule": said(entry, "schedule"),
        "duration": said(entry, "duration"),
        "with": said(entry, "with"),
        "purpose": said(entry, "purpose"),
    })
}

fn person(entry: &Field) -> Json {
    json!({"name": said(entry, "name"), "role": said(entry, "role"), "left": entry.get("left").and_then(date_of).map(DateView::new)})
}
