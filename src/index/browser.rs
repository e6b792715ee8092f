//! What the search box of the site reads: titles, headings and facts of all records, in one script file.
//!
//! A script, since a page that is opened from disk may read nothing else. Its shape is documented in
//! `themes/default/assets/search.js`, which reads it. It does not hold the text of the records.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::config::Config;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::name::OutputPath;
use crate::model::output::{OutputFile, Turn};
use crate::model::record::Record;
use crate::model::source::ContentHash;

/// Characters of a summary that are searched in a browser.
const SUMMARY_CHARS_MAX: usize = 200;

/// The script file, under a name that changes with its content.
pub fn file(handbook: &Handbook, config: &Config) -> OutputFile {
    let kinds: Vec<Value> = config
        .kinds
        .iter()
        .map(|kind| json!({"name": kind.name.as_str(), "plural": kind.plural, "label": kind.label, "icon": kind.icon}))
        .collect();
    let mut statuses = Statuses::default();
    let records: Vec<Value> = (0..handbook.records.len()).map(|index| record(handbook, config, &mut statuses, index)).collect();
    let data = json!({"kinds": kinds, "statuses": statuses.known, "records": records});
    let text = format!("handbookRecords({});\n", harmless(&data.to_string()));
    let hash = &ContentHash::of(text.as_bytes()).hex()[..8];
    OutputFile { path: OutputPath::new(format!("search/records.{hash}.js")), bytes: text.into_bytes(), turn: Turn::Data }
}

/// Statuses that occur, numbered as they come.
#[derive(Default)]
struct Statuses {
    known: Vec<Value>,
    numbers: HashMap<(String, String), usize>,
}

fn record(handbook: &Handbook, config: &Config, statuses: &mut Statuses, index: RecordIndex) -> Value {
    let record = &handbook.records[index];
    let linked = &handbook.linked[index];
    let kind = config.kinds.iter().position(|kind| kind.name == record.kind);
    let status = linked.standing.status.as_ref().map(|status| {
        let key = (status.name.clone(), status.meaning.as_str().to_owned());
        *statuses.numbers.entry(key).or_insert_with(|| {
            statuses
                .known
                .push(json!({"name": status.name, "label": status.label, "colour": status.colour, "meaning": status.meaning.as_str()}));
            statuses.known.len() - 1
        })
    });
    let sections = record.outline.sections.iter().filter(|section| section.level > 1);
    let headings: Vec<Value> = sections.filter_map(|section| Some(json!([section.title, section.anchor.as_ref()?.as_str()]))).collect();
    let owner = linked.references.get("owner").map(|team| &handbook.records[*team]);
    let title_of_owner = owner.map(|team| team.title.as_str()).or_else(|| record.text("owner")).unwrap_or_default();
    json!([
        record.title,
        handbook.output(index).as_str(),
        kind,
        record.number,
        status,
        record.date.map_or_else(String::new, |date| date.iso()),
        title_of_owner,
        record.tags,
        record.text("topic").unwrap_or_default(),
        record.summary().chars().take(SUMMARY_CHARS_MAX).collect::<String>(),
        headings,
        linked.standing.successors,
        people(record, owner.map(|team| team.slug())),
    ])
}

/// Names under which a record's keepers are looked for: the team's slug, authors, deciders.
fn people<'a>(record: &'a Record, team: Option<&'a str>) -> Vec<&'a str> {
    let written = record.texts("authors").chain(record.texts("deciders"));
    team.or_else(|| record.text("owner")).into_iter().chain(written).collect()
}

/// JSON that can stand in a script file and in a page alike.
fn harmless(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}
