//! One file to one record. Pure: nothing but the file and the settings is looked at, so files are parsed in parallel.
//!
//! Parsing never fails. Whatever is wrong with a file, a record comes out of it, with diagnostics beside it.

mod address;
mod defaults;
mod draft;
mod fields;
mod front_matter;
mod neighbours;
mod nested;
mod several;
mod shape;
mod times;
mod unread;

pub use address::number_of_file;
pub use address::output_of_path;
pub use address::part as address_part;
pub use address::series_of_file;
pub use address::without_own_number;
pub use neighbours::{Settled, settle};
pub use several::{records_of, split};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::calendar::Date;
use crate::config::Config;
use crate::config::vocabulary::fold;
use crate::diagnostic::{self, Diagnostic, did_you_mean, nearest};
use crate::markdown::{Document, MarkdownOptions};
use crate::model::field::{Field, Value};
use crate::model::kind::{Kind, fold_key};
use crate::model::record::{Record, WrittenRelation, slug};
use crate::model::section::Lead;
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
    let mut head = front_matter::split(source);
    if let Some(root) = &mut head.root {
        nested::lift(root, &config.vocabulary);
    }
    // What a template leaves open in its head (`status: {proposed | accepted}`) need be no YAML.
    let mut diagnostics = if is_template(&source.path.stem().to_lowercase()) { Vec::new() } else { head.diagnostics };
    let markdown = MarkdownOptions { raw_html: config.raw_html, math: !is_math_off(head.root.as_ref()) };
    let (mut outline, found) = Document::parse(source, head.body.clone(), markdown).outline();
    diagnostics.extend(found);

    let told = told_kind(source, head.root.as_ref(), config, &mut diagnostics);
    // The text of a page that is known to be no record holds no metadata.
    let body = if told.is_some_and(|kind| kind.free) { head.body.end..head.body.end } else { head.body.clone() };
    let text = shape::Text::of(source, body, config);
    let is_said = head.root.as_ref().is_some_and(|root| root.get("kind").is_some());
    let kind = match told {
        // One file with several records in it is none of them: its page shows them all.
        _ if !is_said && text.holds_several() => page(config),
        Some(kind) => kind,
        None => recognised_kind(source, head.root.as_ref(), &text, config),
    };
    let mut read = fields::read(source, head.root.as_ref(), head.start, kind, config, text.day_order(), &mut diagnostics);
    let shape::Completed { mut reading, status } = shape::complete(&text, source, kind, config, &mut read, &mut diagnostics);
    if let Some(family) = shape::family(&text, head.root.as_ref(), source, kind, &reading) {
        (reading.family, reading.about) = (family.name.clone(), family.about.clone());
    }
    let is_hidden = |lead: &Lead| {
        let is_metadata = |left: &std::ops::Range<usize>| left.start < lead.span.end && lead.span.start < left.end;
        reading.hidden.iter().any(|hidden| hidden.start <= lead.span.start && lead.span.end <= hidden.end)
            || reading.left.iter().any(is_metadata)
    };
    let leads = std::mem::take(&mut outline.leads);
    outline.lead = leads.into_iter().find(|lead| !is_hidden(lead)).map(|lead| lead.text).unwrap_or_default();
    let status = status.or_else(|| defaults::status(kind, config.sources.of(source.path.as_str())));
    defaults::complete(&mut read.fields, kind, config.sources.of(source.path.as_str()));
    let number = number(&read.fields, kind, source, &mut diagnostics);
    let heading = outline.title.as_deref().filter(|title| !(text.has_several_titles() && is_section_of(title, kind, config)));
    let title = title(&read.fields, heading, number, source, config);
    let record = Record {
        id: source.path.record_id(),
        kind: kind.name.clone(),
        output: address::output(source, read.fields.get("slug"), &mut diagnostics),
        title,
        number,
        status,
        date: date(&read.fields),
        tags: tags(&read.fields),
        audience: if head.is_broken || is_unread(head.root.as_ref(), "audience") || draft::is_version(&read.fields) {
            config.audiences.len() - 1
        } else {
            audience(&read.fields, source, config, &mut diagnostics)
        },
        draft: is_unread(head.root.as_ref(), "draft") || draft::may_be_one(&read.fields),
        weight: weight(&read.fields),
        fields: read.fields,
        relations: read.relations,
        body: head.body,
        markdown,
        outline,
        reading,
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

/// The record's kind, where its own word or the folder that it lies in tells; files that go with records are pages.
fn told_kind<'a>(
    source: &SourceFile,
    root: Option<&crate::yaml::Node>,
    config: &'a Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<&'a Kind> {
    if let Some(node) = root.and_then(|root| root.get("kind"))
        && let Some(word) = node.text()
    {
        if let Some(kind) = config.kind_called(word) {
            return Some(kind);
        }
        let names = config.kinds.iter().map(|kind| kind.name.as_str());
        let hint =
            did_you_mean(&nearest(word, names.clone(), 1)).unwrap_or_else(|| format!("kinds are {}", names.collect::<Vec<_>>().join(", ")));
        let unknown = source.finding(&diagnostic::KIND_UNKNOWN, node.span.clone(), format!("no kind is called `{word}`"));
        diagnostics.push(unknown.hint(hint));
    }
    if let Some(part) = &source.part {
        return Some(part.kind.as_ref().map_or_else(|| page(config), |kind| config.kind(kind)));
    }
    let stem = source.path.stem().to_lowercase();
    if is_own_folder(source, config) {
        return None;
    }
    if (source.path.is_index() && source.side_car.is_none())
        || config.vocabulary.is_word(&stem, "no_record")
        || is_template(&stem)
        || is_template(&slug(&source.path).to_lowercase())
    {
        return Some(page(config));
    }
    // What lies beside a folder's page is called by the kind of it, as far as that is a kind: `team.yaml`.
    let beside = source.side_car.as_ref().filter(|_| source.path.is_index());
    if let Some(kind) = beside.and_then(|side_car| config.kind_called(side_car.path.stem())) {
        return Some(kind);
    }
    // What explains the records beside it is none, unless it looks like one.
    if config.vocabulary.is_word(&stem, "beside_records") {
        return None;
    }
    let of_source = || Some(config.kind(config.sources.of(source.path.as_str())?.kind.as_ref()?));
    kind_of_folder(source.path.folder().rsplit('/').next()?, config).or_else(of_source)
}

/// Whether a file is the page of a folder that lies among records, or is called as one is, and may be one of them:
/// `decisions/0001-queue/README.md`, `designs/2019-config/README.md`, `0x19-postmortem/README.md`.
fn is_own_folder(source: &SourceFile, config: &Config) -> bool {
    let above = source.path.folder().rsplit('/').nth(1);
    let is_among_records = || above.is_some_and(|folder| kind_of_folder(folder, config).is_some());
    let folder = source.path.folder().rsplit('/').next().unwrap_or_default().to_lowercase();
    let has_name_of_record = || {
        let mut words = folder.split(|c: char| !c.is_alphabetic());
        let is_of_kind = |kind: &Kind, word: &str| kind.names.iter().any(|name| name == word);
        kind_of_folder(&folder, config).is_none() && words.any(|word| config.kinds.iter().any(|kind| is_of_kind(kind, word)))
    };
    let is_called_as_record =
        || address::series_of_folder(&source.path).is_some() || address::is_folder_of_one(&source.path) || has_name_of_record();
    source.path.is_index() && source.side_car.is_none() && (is_among_records() || is_called_as_record())
}

/// The kind of a record that nothing beside it tells: that of a folder further up, else what the text looks like, else a page.
fn recognised_kind<'a>(source: &SourceFile, root: Option<&crate::yaml::Node>, text: &shape::Text<'_>, config: &'a Config) -> &'a Kind {
    if is_own_folder(source, config) {
        let kind = source.path.folder().rsplit('/').nth(1).and_then(|folder| kind_of_folder(folder, config));
        let is_numbered = address::number_of_folder(&source.path).is_some();
        let kind = kind
            .or_else(|| kind_of_last_word(source, config).filter(|_| is_numbered))
            .or_else(|| address::series_of_folder(&source.path).and_then(|series| kind_of_series(&series, config)))
            .or_else(|| config.kinds.iter().find(|kind| shape::fits(text, root, source, kind, &config.vocabulary)));
        return kind
            .filter(|kind| is_numbered || shape::fits(text, root, source, kind, &config.vocabulary))
            .unwrap_or_else(|| page(config));
    }
    // A folder further up holds records of its kind, and what belongs to them: a sign of a record is wanted.
    let above = source.path.folder().rsplit('/').skip(1).find_map(|folder| kind_of_folder(folder, config));
    let is_record = |kind: &&Kind| {
        kind.shape.is_empty()
            || root.is_some_and(|root| says_something(root, kind, config))
            || is_named_as(kind, source)
            || is_page_of_folder(source)
            || shape::fits(text, root, source, kind, &config.vocabulary)
    };
    // The whole handbook may be a folder of records, and so may one that is called by more words: other pages lie in it, too.
    let of_all = || kind_of_last_word(source, config);
    let is_one_of_all = |kind: &&Kind| {
        // A file without a heading says where another one is.
        (is_named_as(kind, source) && (text.has_heading() || address::date_of_file(&source.path).is_some()))
            // Concepts and plans have a status, too.
            || (text.has_status() && text.has_date())
            || text.is_titled_as(kind)
            || shape::fits(text, root, source, kind, &config.vocabulary)
    };
    above
        .filter(is_record)
        .or_else(|| of_all().filter(is_one_of_all))
        .or_else(|| config.kinds.iter().find(|kind| shape::fits(text, root, source, kind, &config.vocabulary)))
        .unwrap_or_else(|| page(config))
}

fn kind_of_folder<'a>(folder: &str, config: &'a Config) -> Option<&'a Kind> {
    config.kinds.iter().find(|kind| kind.folders.iter().any(|name| name.eq_ignore_ascii_case(folder)))
}

/// The kind whose records are called so.
fn kind_of_series<'a>(series: &str, config: &'a Config) -> Option<&'a Kind> {
    config.kinds.iter().find(|kind| kind.names.iter().any(|name| name == series))
}

/// The kind that the last words in the name of a folder above, or of the whole handbook's, tell: `ios-decision-records`, `platform_adr`.
fn kind_of_last_word<'a>(source: &SourceFile, config: &'a Config) -> Option<&'a Kind> {
    let folders = source.path.folder().rsplit('/').chain(config.folder.as_deref());
    folders.into_iter().find_map(|folder| config.kind_of_last_words(folder))
}

/// Whether front matter says more of a record of `kind` than any page says of itself.
fn says_something(root: &crate::yaml::Node, kind: &Kind, config: &Config) -> bool {
    let is_of_page = |name: &str| page(config).fields.contains_key(name) && (name != "status" || kind.statuses.is_empty());
    root.entries().unwrap_or_default().iter().filter_map(|(key, _)| key.text()).any(|key| {
        let known = config.vocabulary.key(key).map(|(name, _)| name);
        let folded = fold_key(key);
        let named = known.unwrap_or(&folded);
        kind.fields.contains_key(named) && !is_of_page(named)
            || kind.relations.iter().any(|relation| relation.name == named || relation.inverse == named)
    })
}

/// Whether a file is called as the folder is that it lies in, and so tells what the folder is about: `teams/talent/talent.md`.
fn is_page_of_folder(source: &SourceFile) -> bool {
    source.path.folder().rsplit('/').next().is_some_and(|folder| folder.eq_ignore_ascii_case(source.path.stem()))
}

fn page(config: &Config) -> &Kind {
    config.kinds.iter().find(|kind| kind.name.as_str() == "page").expect("the kind `page` is built in")
}

/// Whether a file's name has what records of `kind` have in front: a day, or a number, which else is the place among other pages.
fn is_named_as(kind: &Kind, source: &SourceFile) -> bool {
    let has_number = kind.numbered || !address::begins_with_number(&source.path);
    address::date_of_file(&source.path).is_some() || (has_number && address::number_of_file(&source.path).is_some())
}

/// Whether a file's name has the number or the date that records have in front.
fn is_named_as_record(source: &SourceFile) -> bool {
    address::number_of_file(&source.path).is_some() || address::date_of_file(&source.path).is_some()
}

/// Last words of the names of files that are there to be copied.
const TEMPLATE_WORDS: [&str; 8] = ["vorlage", "gabarit", "plantilla", "sjabloon", "szablon", "шаблон", "模板", "テンプレート"];
/// Words that mean a template in a file with the number 0, and a model elsewhere.
const MODEL_WORDS: [&str; 4] = ["template", "modele", "modèle", "modelo"];

/// Whether a file's name says that it is there to be copied.
pub fn is_template(stem: &str) -> bool {
    let mut words = stem.split(|c: char| !c.is_alphanumeric());
    // `0017-license-follows-its-template`: a record of its own number, about one.
    let is_record = address::number_in_front(stem).is_some_and(|number| number > 0)
        && words.clone().filter(|word| word.chars().all(char::is_alphabetic)).any(|word| word != "template" && !address::is_series(word));
    // `0000-adr-template-de`: what is numbered 0 decides nothing about templates.
    (stem.ends_with("template") && !is_record)
        || stem.starts_with("template")
        || stem.ends_with("template-long")
        || (address::number_in_front(stem) == Some(0) && words.clone().any(|word| MODEL_WORDS.contains(&word)))
        || words.next_back().is_some_and(|word| TEMPLATE_WORDS.contains(&word))
}

/// Whether a heading is one of those that all records of `kind` have, and beside others names none: `# Summary`, `# Meta`.
fn is_section_of(heading: &str, kind: &Kind, config: &Config) -> bool {
    let folded = fold(heading);
    kind.shape.contains(&folded) || kind.outline.contains(&folded) || (!kind.free && config.vocabulary.section(heading) == Some("metadata"))
}

fn title(fields: &BTreeMap<String, Field>, heading: Option<&str>, number: Option<i64>, source: &SourceFile, config: &Config) -> String {
    let written = fields.get("title").map(Field::display).filter(|title| !title.trim().is_empty());
    let heading = || heading.map(str::trim).filter(|title| !title.is_empty());
    // Among several in a file, the day before a name is there to tell them apart.
    let heading = || heading().map(|title| if source.part.is_some() { address::without_day(title) } else { title }.to_owned());
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
    // `designs/2019-config`: of the year 2019, and not the 2019th.
    let is_year = |number: &i64| (1990..=2100).contains(number) && date(fields).is_none_or(|date| i64::from(date.year()) == *number);
    let of_folder = || address::number_of_folder(&source.path).filter(|number| source.path.is_index() && !is_year(number));
    written.or(of_file).or_else(of_folder)
}

fn integer(fields: &BTreeMap<String, Field>, name: &str) -> Option<i64> {
    match fields.get(name)?.value {
        Value::Integer(number) => Some(number),
        _ => None,
    }
}

/// The place among neighbours in thousandths, since halves are in use to put a page between two others.
fn weight(fields: &BTreeMap<String, Field>) -> Option<i64> {
    match fields.get("weight")?.value {
        Value::Number(number) => Some((number * 1000.0) as i64),
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

/// Whether a value is written for `name` that is no word: who may see the record is then not known, and nobody shall see too much.
fn is_unread(root: Option<&crate::yaml::Node>, name: &str) -> bool {
    let entries = root.and_then(crate::yaml::Node::entries).unwrap_or_default();
    entries.iter().any(|(key, node)| fold_key(key.text().unwrap_or_default()) == name && !node.is_null() && node.text().is_none())
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
