//! One file to one record. Pure: nothing but the file and the settings is looked at, so files are parsed in parallel.
//!
//! Parsing never fails. Whatever is wrong with a file, a record comes out of it, with diagnostics beside it.

mod address;
mod defaults;
mod fields;
mod front_matter;
mod shape;

pub use address::number_of_file;
pub use address::part as address_part;
pub use address::without_own_number;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::calendar::Date;
use crate::config::Config;
use crate::diagnostic::{self, Diagnostic, did_you_mean, nearest};
use crate::markdown::{Document, MarkdownOptions};
use crate::model::field::{Field, Value};
use crate::model::kind::{Kind, fold_key};
use crate::model::record::{Record, WrittenRelation, WrittenStatus};
use crate::model::source::SourceFile;

/// A record, and what is wrong with its file.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The record.
    pub record: Arc<Record>,
    /// What was found on the way.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads one file.
pub fn parse(source: &Arc<SourceFile>, config: &Config) -> Parsed {
    let head = front_matter::split(source);
    let mut diagnostics = head.diagnostics;
    let markdown = MarkdownOptions { raw_html: config.raw_html, math: !is_math_off(head.root.as_ref()) };
    let (outline, found) = Document::parse(source, head.body.clone(), markdown).outline();
    diagnostics.extend(found);

    let kind = kind(source, head.root.as_ref(), &outline, config, &mut diagnostics);
    let mut read = fields::read(source, head.root.as_ref(), head.yaml_start, kind, config, &mut diagnostics);
    if kind.superseded_status().is_some() {
        shape::complete(&mut read.fields, &outline, source, &head.body);
    }
    defaults::complete(&mut read.fields, kind, config.sources.of(source.path.as_str()));
    let status = read.fields.get("status").and_then(|field| status(field, kind, source, &mut diagnostics));
    let number = number(&read.fields, kind, source, &mut diagnostics);
    let title = title(&read.fields, outline.title.as_deref(), number, source, config);
    let record = Record {
        id: source.path.record_id(),
        kind: kind.name.clone(),
        output: address::output(source, read.fields.get("slug"), &mut diagnostics),
        title,
        number,
        status,
        date: date(&read.fields),
        tags: tags(&read.fields),
        audience: if head.is_broken || is_audience_unread(head.root.as_ref()) {
            config.audiences.len() - 1
        } else {
            audience(&read.fields, source, config, &mut diagnostics)
        },
        // A value that is neither true nor false is an error; until it is mended, nothing is shown that may be a draft.
        draft: !matches!(read.fields.get("draft").map(|field| &field.value), None | Some(Value::Boolean(false))),
        weight: integer(&read.fields, "weight"),
        fields: read.fields,
        relations: read.relations,
        body: head.body,
        markdown,
        outline,
        is_broken: head.is_broken,
        source: source.clone(),
    };
    Parsed { record: Arc::new(record), diagnostics }
}

/// Whether the head says `math: false`, under any spelling of the key; asked before the kind, and with it the fields, are known.
fn is_math_off(root: Option<&crate::yaml::Node>) -> bool {
    let entries = root.and_then(crate::yaml::Node::entries).unwrap_or_default();
    entries.iter().any(|(key, node)| fold_key(key.text().unwrap_or_default()) == "math" && node.text() == Some("false"))
}

/// The typed part of the front matter.
struct ReadFields {
    fields: BTreeMap<String, Field>,
    relations: Vec<WrittenRelation>,
}

/// The record's kind: its own word, else the nearest folder's, else what the text looks like, else a page.
fn kind<'a>(
    source: &SourceFile,
    root: Option<&crate::yaml::Node>,
    outline: &crate::model::section::Outline,
    config: &'a Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> &'a Kind {
    let page = config.kinds.iter().find(|kind| kind.name.as_str() == "page").expect("the kind `page` is built in");
    if let Some(node) = root.and_then(|root| root.get("kind"))
        && let Some(word) = node.text()
    {
        if let Some(kind) = config.kind_called(word) {
            return kind;
        }
        let names = config.kinds.iter().map(|kind| kind.name.as_str());
        let hint =
            did_you_mean(&nearest(word, names.clone(), 1)).unwrap_or_else(|| format!("kinds are {}", names.collect::<Vec<_>>().join(", ")));
        let unknown = source.finding(&diagnostic::KIND_UNKNOWN, node.span.clone(), format!("no kind is called `{word}`"));
        diagnostics.push(unknown.hint(hint));
    }
    let stem = source.path.stem().to_lowercase();
    if source.path.is_index() || stem == "summary" || stem.ends_with("template") {
        return page;
    }
    let of_folder = |folder: &str| config.kinds.iter().find(|kind| kind.folders.iter().any(|name| name.eq_ignore_ascii_case(folder)));
    if let Some(kind) = source.path.folder().rsplit('/').find_map(of_folder) {
        return kind;
    }
    let of_source = config.sources.of(source.path.as_str()).and_then(|source| source.kind.as_ref());
    if let Some(kind) = of_source {
        return config.kind(kind);
    }
    config.kinds.iter().find(|kind| shape::fits(outline, &kind.shape)).unwrap_or(page)
}

fn title(fields: &BTreeMap<String, Field>, heading: Option<&str>, number: Option<i64>, source: &SourceFile, config: &Config) -> String {
    let written = fields.get("title").map(Field::display).filter(|title| !title.trim().is_empty());
    let heading = || heading.map(str::trim).filter(|title| !title.is_empty()).map(str::to_owned);
    let title = written.or_else(heading).unwrap_or_else(|| address::title_of_file(&source.path, &config.title));
    diagnostic::visible(address::without_own_number(title.trim(), number))
}

fn number(fields: &BTreeMap<String, Field>, kind: &Kind, source: &SourceFile, diagnostics: &mut Vec<Diagnostic>) -> Option<i64> {
    if !kind.numbered {
        return None;
    }
    let (written, of_file) = (integer(fields, "number"), address::number_of_file(&source.path));
    if let (Some(written), Some(of_file), Some(field)) = (written, of_file, fields.get("number"))
        && written != of_file
    {
        let message = format!("the number is {written}, and the file's name says {of_file}");
        diagnostics
            .push(source.finding(&diagnostic::NUMBER_DIFFERS, field.span.clone(), message).hint("rename the file, or mend the number"));
    }
    written.or(of_file)
}

fn integer(fields: &BTreeMap<String, Field>, name: &str) -> Option<i64> {
    match fields.get(name)?.value {
        Value::Integer(number) => Some(number),
        _ => None,
    }
}

/// The day the record is about: its own word, else the day on which what it tells began.
fn date(fields: &BTreeMap<String, Field>) -> Option<Date> {
    let of = |name: &str| match fields.get(name)?.value {
        Value::Date(date) => Some(date),
        Value::Moment(moment) => Some(moment.date()),
        _ => None,
    };
    of("date").or_else(|| of("started")).or_else(|| of("detected"))
}

fn tags(fields: &BTreeMap<String, Field>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in fields.get("tags").map(Field::entries).unwrap_or_default().iter().filter_map(Field::text) {
        let tag = diagnostic::visible(tag.trim());
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// Whether an audience is written and is no word, so that the record must be kept for the narrowest.
fn is_audience_unread(root: Option<&crate::yaml::Node>) -> bool {
    let entries = root.and_then(crate::yaml::Node::entries).unwrap_or_default();
    entries.iter().any(|(key, node)| fold_key(key.text().unwrap_or_default()) == "audience" && !node.is_null() && node.text().is_none())
}

/// The record's audience; one that is misspelt is the narrowest, so that nothing is shown to too many.
fn audience(fields: &BTreeMap<String, Field>, source: &SourceFile, config: &Config, diagnostics: &mut Vec<Diagnostic>) -> usize {
    let Some(field) = fields.get("audience") else {
        let of_source = config.sources.of(source.path.as_str()).and_then(|source| source.audience);
        return of_source.unwrap_or(config.default_audience);
    };
    let narrowest = config.audiences.len() - 1;
    let word = field.display();
    config.audience(&word).unwrap_or_else(|| {
        let names = config.audiences.iter().map(String::as_str);
        let message = format!("no audience is called `{word}`; the record is kept for `{}`", config.audiences[narrowest]);
        let hint = did_you_mean(&nearest(&word, names, 1)).unwrap_or_else(|| format!("audiences are {}", config.audiences.join(", ")));
        diagnostics.push(source.finding(&diagnostic::AUDIENCE_UNKNOWN, field.span.clone(), message).hint(hint));
        narrowest
    })
}

/// The status of the kind that the author's words mean; a first clause is enough: "Accepted, see below".
fn status(field: &Field, kind: &Kind, source: &SourceFile, diagnostics: &mut Vec<Diagnostic>) -> Option<WrittenStatus> {
    let written = field.display();
    let clause = written.split([',', ';', '.', '(', '—', '–', '\n']).next().unwrap_or_default();
    let clause = clause.trim_matches(|c: char| !c.is_alphanumeric());
    let first_word = clause.split_whitespace().next().unwrap_or_default();
    if written.trim().is_empty() {
        return None;
    }
    let found = kind.status(clause).or_else(|| kind.status(first_word));
    if found.is_none() && !kind.statuses.is_empty() {
        let names: Vec<&str> = kind.statuses.iter().map(|status| status.name.as_str()).collect();
        let hint = did_you_mean(&nearest(first_word, names.iter().copied(), 1))
            .unwrap_or_else(|| format!("statuses of a {} are {}", kind.name, names.join(", ")));
        let message = format!("a {} has no status `{}`", kind.name, written.trim());
        diagnostics.push(source.finding(&diagnostic::STATUS_UNKNOWN, field.span.clone(), message).hint(hint));
    }
    Some(WrittenStatus {
        name: found.map(|status| status.name.clone()),
        written: diagnostic::visible(written.trim()),
        span: field.span.clone(),
    })
}
