//! Where a record says what is known of it, and how one more thing is said there: in front matter, in a line like that of its
//! status, or under the heading that its status stands under.

use std::ops::Range;

use crate::command::change::head::{self, FrontMatter};
use crate::command::change::{Edit, Workplace};
use crate::config::Config;
use crate::model::handbook::RecordIndex;
use crate::model::kind::RelationType;
use crate::model::name::{OutputPath, SourcePath};
use crate::model::reading::Form;
use crate::model::record::Record;

/// Why a record can not be written: what is in the way, and what to do by hand.
pub type Refusal = String;

/// How a record tells what is known of it.
enum Layout<'a> {
    /// YAML at its head.
    Head(FrontMatter<'a>),
    /// Nothing is told yet: front matter can be made.
    Bare,
    /// A line such as `- Status: accepted`: where it stands, where its key does, and where its value does.
    Line { line: Range<usize>, key: Range<usize>, value: Range<usize> },
    /// Lines under a heading; where the status among them stands.
    Section(Range<usize>),
}

impl<'a> Layout<'a> {
    fn of(record: &'a Record) -> Result<Self, Refusal> {
        let path = record.path();
        let text = record.source.text.as_str();
        if record.is_broken {
            return Err(format!("the front matter of {path} can not be read; mend it first"));
        }
        if record.body.start > 0 {
            let refusal = || format!("the front matter of {path} is not written as lines `key: value`; change it by hand");
            return FrontMatter::of(text).map(Self::Head).ok_or_else(refusal);
        }
        let Some(origin) = record.reading.origins.iter().find(|origin| origin.name == "status" && origin.form != Form::Settings) else {
            return if record.source.side_car.is_some() { Err(in_side_car(record)) } else { Ok(Self::Bare) };
        };
        match origin.form {
            Form::Section => Ok(Self::Section(trimmed(text, &origin.span))),
            Form::Bullet | Form::BoldBullet | Form::Line | Form::KeyTable | Form::Quote => {
                let value = trimmed(text, &origin.span);
                let start = text[..value.start].rfind('\n').map_or(0, |newline| newline + 1);
                let end = text[value.end..].find('\n').map_or(text.len(), |newline| value.end + newline);
                let key = text[start..value.start].find(char::is_alphanumeric).map(|at| start + at);
                let key = key.map(|at| at..at + text[at..value.start].find([':', '*', '|', '_']).unwrap_or(0));
                let key = key.filter(|key| !key.is_empty()).ok_or_else(|| odd(record))?;
                Ok(Self::Line { line: start..end, key: key.start..key.start + text[key].trim_end().len(), value })
            }
            Form::SideCar => Err(in_side_car(record)),
            _ => Err(odd(record)),
        }
    }
}

fn in_side_car(record: &Record) -> Refusal {
    let beside = record.source.side_car.as_ref().map_or("a file beside it", |side_car| side_car.path.as_str());
    format!("what is known of {} stands in {beside}; change it there by hand", record.path())
}

fn odd(record: &Record) -> Refusal {
    format!("the status of {} stands in a layout that can not be added to; change it by hand", record.path())
}

/// The edits by which `from` says that it has the relation `relation` to `to`, or its inverse.
pub fn relate(
    place: &Workplace,
    from: RecordIndex,
    relation: &RelationType,
    is_inverse: bool,
    to: RecordIndex,
) -> Result<Vec<Edit>, Refusal> {
    let record = place.record(from);
    let (name, label) = if is_inverse { (&relation.inverse, &relation.inverse_label) } else { (&relation.name, &relation.label) };
    let text = record.source.text.as_str();
    Ok(vec![match Layout::of(record)? {
        Layout::Head(head) => head.append(name, &place.reference(from, to, &relation.to)),
        Layout::Bare => head::new(&[format!("{name}: [{}]", place.reference(from, to, &relation.to))]),
        Layout::Section(status) => {
            let end = text[status.end..].find('\n').map_or(text.len(), |newline| status.end + newline);
            Edit::insert(end, format!("\n\n{label} {}", link(record, &Named::from(place.record(to)))))
        }
        Layout::Line { line, key, value } => {
            let new = [
                &text[line.start..key.start],
                label,
                &text[key.end..value.start],
                &link(record, &Named::from(place.record(to))),
                &text[value.end..line.end],
            ];
            Edit::insert(line.end, format!("\n{}", new.concat()))
        }
    }])
}

/// Whether a record tells what is known of it to readers of its file in words, and not to programs in front matter.
pub fn is_told_in_text(record: &Record) -> bool {
    matches!(Layout::of(record), Ok(Layout::Section(_) | Layout::Line { .. }))
}

/// A record as the text of another names it.
pub struct Named<'a> {
    /// Its number, where it has one.
    pub number: Option<i64>,
    /// Its title.
    pub title: &'a str,
    /// Its file.
    pub path: &'a SourcePath,
}

impl<'a> From<&'a Record> for Named<'a> {
    fn from(record: &'a Record) -> Self {
        Self { number: record.number, title: &record.title, path: record.path() }
    }
}

/// The edits by which `older` says that `newer` replaced it. In front matter its status alone says so, since the relation stands
/// in the newer record; a text tells its reader where to go on.
pub fn mark_replaced(older: &Record, newer: &Named<'_>, relation: &RelationType, config: &Config) -> Result<Vec<Edit>, Refusal> {
    let status = replaced_status(older, config)?;
    let told = is_told_in_text(older).then(|| format!("{} {}", relation.inverse_label, link(older, newer)));
    mark(older, &status, told, config)
}

fn replaced_status(record: &Record, config: &Config) -> Result<String, Refusal> {
    let status = config.kind(&record.kind).superseded_status().map(|status| status.name.clone());
    status.ok_or_else(|| format!("a {} can not be superseded: none of its statuses says so", record.kind))
}

/// Writes `told`, else `status`, where the status of `record` stands.
fn mark(record: &Record, status: &str, told: Option<String>, config: &Config) -> Result<Vec<Edit>, Refusal> {
    let text = record.source.text.as_str();
    let Some(written) = record.status.as_ref().filter(|status| !status.span.is_empty()) else {
        // A status that stands in no line of this file, but in the settings, is said here from now on.
        let line = format!("status: {status}");
        return match Layout::of(record)? {
            Layout::Head(head) => Ok(vec![head.set("status", status)]),
            Layout::Bare => Ok(vec![head::new(&[line])]),
            Layout::Section(_) | Layout::Line { .. } => Err(odd(record)),
        };
    };
    let span = trimmed(text, &written.span);
    let words = &text[span.clone()];
    let told = told.as_deref().unwrap_or(status);
    // A block scalar, or a list of states: which of its lines is meant is for its author to say.
    if words.is_empty() || words.contains('\n') || words.starts_with(['>', '|']) {
        return Err(format!("the status of {} is written over several lines; write `{told}` there by hand", record.path()));
    }
    let (start, end) = (words.len() - words.trim_start_matches(MARKS).len(), words.trim_end_matches(MARKS).len());
    let word = &words[start..end.max(start)];
    let is_one_word = config.vocabulary.statuses(word).next().is_some() || config.kind(&record.kind).status(word).is_some();
    if !is_one_word {
        return Err(format!("the status of {} says more than where it stands (`{word}`); write `{told}` there by hand", record.path()));
    }
    let is_small = word.starts_with(char::is_lowercase);
    Ok(vec![Edit::replace(span.start + start..span.start + end, if is_small { small(told) } else { capital(told) })])
}

/// Marks that may stand around a status: emphasis and quotes.
const MARKS: [char; 5] = ['*', '_', '`', '"', '\''];

/// What becomes of a field; values are YAML on one line.
pub enum Change {
    /// It has this value.
    Set(String),
    /// Its list has one more entry.
    Append(String),
}

/// The edits by which fields of `record` change: a value is set where it stands, in the text too; all else is said in front
/// matter, which is made where there is none.
pub fn write_fields(record: &Record, changes: &[(&str, Change)]) -> Result<Vec<Edit>, Refusal> {
    if record.is_broken {
        return Err(format!("the front matter of {} can not be read; mend it first", record.path()));
    }
    let text = record.source.text.as_str();
    let head = FrontMatter::of(text);
    if head.is_none() && record.body.start > 0 {
        return Err(format!("the front matter of {} is not written as lines `key: value`; change it by hand", record.path()));
    }
    let (mut edits, mut lines) = (Vec::new(), Vec::new());
    for (name, change) in changes {
        let in_text = record.fields.get(*name).map(|field| trimmed(text, &field.span));
        let in_text = in_text.filter(|span| span.start >= record.body.start && !span.is_empty());
        match (change, in_text, &head) {
            (Change::Set(value), Some(span), _) => edits.push(Edit::replace(span, value)),
            (Change::Set(value), None, Some(head)) => edits.push(head.set(written_key(record, name), value)),
            (Change::Set(value), None, None) => lines.push(format!("{name}: {value}")),
            (Change::Append(entry), _, Some(head)) => edits.push(head.append(written_key(record, name), entry)),
            (Change::Append(entry), _, None) => lines.push(format!("{name}: [{entry}]")),
        }
    }
    edits.extend((!lines.is_empty()).then(|| head::new(&lines)));
    Ok(edits)
}

/// The key under which the front matter of `record` has field `name`.
fn written_key<'a>(record: &'a Record, name: &'a str) -> &'a str {
    let Some(field) = record.fields.get(name) else { return name };
    let line = record.source.text[..field.span.start].rsplit('\n').next().unwrap_or_default();
    line.split_once(':').map(|(key, _)| key.trim()).filter(|key| !key.is_empty()).unwrap_or(name)
}

/// How the text of `from` names `to`: `[5. Queues](0005-queues.md)`.
fn link(from: &Record, to: &Named<'_>) -> String {
    let number = to.number.map_or_else(String::new, |number| format!("{number}. "));
    let title = to.title.replace('[', "\\[").replace(']', "\\]").replace('|', "\\|");
    let path = OutputPath::new(from.path().as_str()).relative(to.path.as_str());
    format!("[{number}{title}]({})", encoded(&path))
}

/// A path as the target of a link.
pub fn encoded(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            ' ' => encoded.push_str("%20"),
            '(' => encoded.push_str("%28"),
            ')' => encoded.push_str("%29"),
            '<' => encoded.push_str("%3C"),
            '>' => encoded.push_str("%3E"),
            '%' => encoded.push_str("%25"),
            '|' => encoded.push_str("%7C"),
            c => encoded.push(c),
        }
    }
    encoded
}

/// `span` without the white space at its ends. The span of a section or a block scalar ends after its line.
fn trimmed(text: &str, span: &Range<usize>) -> Range<usize> {
    let within = &text[span.clone()];
    let start = span.start + within.len() - within.trim_start().len();
    start..start + within.trim().len()
}

fn small(text: &str) -> String {
    changed_first(text, |c| c.to_lowercase().collect())
}

fn capital(text: &str) -> String {
    changed_first(text, |c| c.to_uppercase().collect())
}

fn changed_first(text: &str, change: impl Fn(char) -> String) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| change(first) + characters.as_str())
}
