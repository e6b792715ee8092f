//! Where a record says what is known of it, and how one more thing is said there: in front matter, in a line like that of its
//! status, or under the heading that its status stands under.

use std::ops::Range;

use crate::command::change::head::{self, FrontMatter};
use crate::command::change::named::{Named, link};
use crate::command::change::{Edit, Workplace};
use crate::config::Config;
use crate::model::handbook::RecordIndex;
use crate::model::kind::RelationType;
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
    /// Lines such as `- Status: accepted`; the one that tells the status.
    Lines(Line),
    /// Lines under a heading; where the status among them stands.
    Section(Range<usize>),
}

/// A line that tells one thing, in bytes of the text.
struct Line {
    whole: Range<usize>,
    key: Range<usize>,
    value: Range<usize>,
}

impl Line {
    /// The line in which `at` stands: `- **Key:** value`, `Key: value`, `| Key | value |`.
    fn at(text: &str, at: usize) -> Option<Self> {
        let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[at..].find('\n').map_or(text.len(), |newline| at + newline);
        let line = &text[start..end];
        let key = line.find(char::is_alphanumeric)?;
        let is_row = line[..key].contains('|');
        let border = key + line[key..].find(if is_row { '|' } else { ':' })?;
        let rest = &line[border + 1..];
        let rest_end = if is_row { rest.find('|').unwrap_or(rest.len()) } else { rest.len() };
        let value = trimmed(line, &(border + 1..border + 1 + rest_end));
        // What closes the emphasis of the key is no part of the value.
        let marks = line[value.clone()].len() - line[value.clone()].trim_start_matches(['*', '_']).trim_start().len();
        let marks = if line[..key].ends_with(['*', '_']) { marks } else { 0 };
        let shift = |range: Range<usize>| range.start + start..range.end + start;
        let key = key..key + line[key..border].trim_end_matches(['*', '_', ' ']).len();
        (!key.is_empty()).then(|| Self { whole: start..end, key: shift(key), value: shift(value.start + marks..value.end) })
    }

    /// A line like this one that tells `value` under `label`.
    fn like(&self, text: &str, label: &str, value: &str) -> String {
        let is_small = text[self.key.clone()].starts_with(char::is_lowercase);
        let label = if is_small { small(label) } else { label.to_owned() };
        let between = shrunk(&text[self.key.end..self.value.start], self.key.len(), label.len());
        let after = shrunk(&text[self.value.end..self.whole.end], self.value.len(), value.len());
        format!("{}{label}{between}{value}{after}", &text[self.whole.start..self.key.start])
    }

    /// The line among those around this one that tells what `name` means.
    fn sibling(&self, text: &str, name: &str, config: &Config) -> Option<Self> {
        let is_told = |line: &Self| config.vocabulary.key(&text[line.key.clone()]).is_some_and(|(known, _)| known == name);
        let until = text[self.whole.end..].find("\n#").map_or(text.len(), |heading| self.whole.end + heading);
        let from = text[..self.whole.start].rfind("\n#").unwrap_or(0);
        let starts = text[from..until].match_indices('\n').map(|(newline, _)| from + newline + 1);
        starts.filter_map(|start| Self::at(text, start)).find(is_told)
    }
}

/// `padding` without the spaces by which the word before it grew from `old` bytes to `new`; one space stays.
fn shrunk(padding: &str, old: usize, new: usize) -> &str {
    let n_spaces = padding.len() - padding.trim_start_matches(' ').len();
    &padding[new.saturating_sub(old).min(n_spaces.saturating_sub(1))..]
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
                Line::at(text, trimmed(text, &origin.span).start).map(Self::Lines).ok_or_else(|| odd(record))
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
        Layout::Lines(status) => {
            let link = link(record, &Named::from(place.record(to)));
            match status.sibling(text, name, &place.assembled.input.config) {
                Some(line) => fill(text, &line, &link, &place.assembled.input.config),
                None => Edit::insert(status.whole.end, format!("\n{}", status.like(text, label, &link))),
            }
        }
    }])
}

/// The edit by which `line` tells `value`, too; what says that there is none gives way to it.
fn fill(text: &str, line: &Line, value: &str, config: &Config) -> Edit {
    let told = &text[line.value.clone()];
    let is_nothing = config.vocabulary.is_nothing(told) || config.vocabulary.is_placeholder(told);
    if is_nothing { Edit::replace(line.value.clone(), value) } else { Edit::insert(line.value.end, format!(", {value}")) }
}

/// Whether a record tells what is known of it to readers of its file in words, and not to programs in front matter.
pub fn is_told_in_text(record: &Record) -> bool {
    matches!(Layout::of(record), Ok(Layout::Section(_) | Layout::Lines(_)))
}

/// The edits by which `older` says that `newer` replaced it. In front matter its status alone says so, since the relation stands
/// in the newer record; a text tells its reader where to go on.
pub fn mark_replaced(older: &Record, newer: &Named<'_>, relation: &RelationType, config: &Config) -> Result<Vec<Edit>, Refusal> {
    let status = replaced_status(older, config)?;
    let text = older.source.text.as_str();
    if let Ok(Layout::Lines(line)) = Layout::of(older)
        && let Some(line) = line.sibling(text, &relation.inverse, config)
    {
        let mut edits = mark(older, &status, None, config)?;
        edits.push(fill(text, &line, &link(older, newer), config));
        return Ok(edits);
    }
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
            Layout::Section(_) | Layout::Lines(_) => Err(odd(record)),
        };
    };
    let told = told.as_deref().unwrap_or(status);
    let is_status = |word: &str| config.vocabulary.statuses(word).next().is_some() || config.kind(&record.kind).status(word).is_some();
    let span = trimmed(text, &written.span);
    // Under a heading, other lines tell relations; which of several states is meant is for the author to say.
    let mut at = span.start;
    let words = text[span.clone()].split_inclusive('\n').filter_map(|line| {
        let start = at + (line.len() - line.trim_start_matches(MARKS).len());
        at += line.len();
        let word = line.trim_matches(MARKS);
        is_status(word).then_some(start..start + word.len())
    });
    let words: Vec<Range<usize>> = words.collect();
    let [word] = words.as_slice() else {
        let written = text[span].lines().next().unwrap_or_default();
        return Err(format!("the status of {} says more than where it stands (`{written}`); write `{told}` there by hand", record.path()));
    };
    let is_small = text[word.clone()].starts_with(char::is_lowercase);
    Ok(vec![Edit::replace(word.clone(), if is_small { small(told) } else { capital(told) })])
}

/// Marks that may stand around a status: bullets, emphasis, quotes, white space.
const MARKS: [char; 9] = ['*', '_', '`', '"', '\'', '-', ' ', '\t', '\n'];

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
