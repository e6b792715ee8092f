//! Structured fields as blocks of a page: each has a shape, and the theme has a part for each shape.
//!
//! The shape follows from what the kind declares: a list of maps with `at` and `what` is a timeline in any kind.

use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::calendar::Moment;
use crate::ledger::debts::State;
use crate::ledger::teams;
use crate::model::field::{Field, Value};
use crate::model::handbook::RecordIndex;
use crate::model::kind::{FieldDeclaration, FieldType};
use crate::model::shape::Shape;
use crate::render::Site;
use crate::render::record::value::{due, text};
use crate::render::view::{self, DateView};

/// A structured field, ready for the theme.
#[derive(Serialize)]
pub struct Block {
    name: String,
    label: String,
    shape: Shape,
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
            let shape = Shape::of(name, &declaration.kind)?;
            let maker = Maker { site, index, name };
            Some(Block { name: name.clone(), label: declaration.label.clone(), shape, value: maker.value(shape, field, &declaration.kind) })
        })
        .collect();
    blocks.sort_by_key(|block| block.shape);
    blocks
}

struct Maker<'a> {
    site: &'a Site<'a>,
    index: RecordIndex,
    name: &'a str,
}

impl Maker<'_> {
    fn value(&self, shape: Shape, field: &Field, kind: &FieldType) -> Json {
        let entries = field.entries();
        match shape {
            Shape::Timeline => entries.iter().map(timeline_row).collect(),
            Shape::Actions => entries.iter().enumerate().map(|(position, entry)| self.action(position, entry)).collect(),
            Shape::Options => entries.iter().map(option).collect(),
            Shape::Debt => self.debt(field),
            Shape::Goals => entries.iter().map(|entry| self.goal(entry)).collect(),
            Shape::Roadmap => {
                entries.iter().map(|entry| json!({"horizon": entry.said("horizon"), "items": entry.said_list("items")})).collect()
            }
            Shape::Rituals => entries.iter().map(|entry| self.ritual(entry)).collect(),
            Shape::People => entries.iter().map(person).collect(),
            Shape::Texts => entries.iter().map(|entry| Json::from(entry.display())).collect(),
            Shape::Urls => entries.iter().map(|entry| json!({"text": entry.display(), "url": entry.display()})).collect(),
            Shape::Pairs => self.pairs(field, kind),
            Shape::Table => self.table(entries, kind),
        }
    }

    fn action(&self, position: usize, entry: &Field) -> Json {
        let path = |name: &str| format!("{}[{position}].{name}", self.name);
        let owner = entry.get("owner").map(|owner| text(self.site, self.index, &path("owner"), owner));
        let record = self.site.handbook.linked[self.index].references.get(&path("record"));
        let state = entry.said("state").unwrap_or_else(|| "open".to_owned());
        let due = entry.get("due").and_then(Field::date).map(|date| {
            let mut view = json!(due(self.site, date));
            if state != "open" {
                view["overdue"] = Json::from(false);
            }
            view
        });
        json!({
            "title": entry.said("title"),
            "kind": entry.said("kind"),
            "owner": owner,
            "due": due,
            "state": state,
            "done": entry.get("done").and_then(Field::date).map(DateView::new),
            "record": record.map(|index| view::link(self.site, *index)),
        })
    }

    fn debt(&self, field: &Field) -> Json {
        let date = |name: &str| field.get(name).and_then(Field::date);
        let state = State::of(date("due"), date("paid"), self.site.setting.today).as_str();
        json!({
            "what": field.said("what"),
            "payback": field.said("payback"),
            "taken": date("taken").map(DateView::new),
            "due": date("due").map(DateView::new),
            "paid": date("paid").map(DateView::new),
            "state": state,
        })
    }

    fn goal(&self, entry: &Field) -> Json {
        let goal = teams::goal(self.index, entry, self.site.config.check_in_days, self.site.setting.today);
        let results = entry.get("key_results").map(Field::entries).unwrap_or_default();
        let result = |result: &Field| {
            let progress = teams::progress(result);
            let text = progress.map(|progress| format!("{:.0} %", progress * 100.0));
            json!({"title": result.said("title"), "progress": progress, "text": text})
        };
        json!({
            "objective": goal.objective,
            "why": entry.said("why"),
            "period": goal.period,
            "checked": goal.checked.map(DateView::new),
            "state": goal.state.as_str(),
            "key_results": results.iter().map(result).collect::<Vec<_>>(),
        })
    }

    fn ritual(&self, entry: &Field) -> Json {
        let ritual = teams::ritual(self.index, entry, self.site.setting.today);
        json!({
            "name": ritual.name,
            "schedule": ritual.written,
            "duration": entry.said("duration"),
            "with": ritual.with,
            "purpose": ritual.purpose,
            "next": ritual.next.map(DateView::new),
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

fn timeline_row(entry: &Field) -> Json {
    let view = |moment: Moment| json!({"iso": moment.iso(), "text": moment.text(), "day": moment.date().text(), "time": moment.clock()});
    let written = entry.said("at").or(entry.said("written")).unwrap_or_default();
    let at = match entry.get("at").and_then(Field::moment) {
        Some(moment) => view(moment),
        None => json!({"iso": null, "text": written, "day": "", "time": written}),
    };
    json!({
        "at": at,
        "until": entry.get("until").and_then(Field::moment).map(view),
        "uncertain": entry.get("approximate").is_some_and(Field::is_true),
        "what": entry.said("what"),
    })
}

fn option(entry: &Field) -> Json {
    let chosen = entry.get("chosen").is_some_and(Field::is_true);
    json!({"title": entry.said("title"), "chosen": chosen, "pros": entry.said_list("pros"), "cons": entry.said_list("cons"), "why": entry.said("why")})
}

fn person(entry: &Field) -> Json {
    json!({"name": entry.said("name"), "role": entry.said("role"), "left": entry.get("left").and_then(Field::date).map(DateView::new)})
}
