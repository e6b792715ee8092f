//! What collects the fields, relations and the status of a record while its text is read.

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;

use crate::calendar::{Date, read_date};
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::model::field::{Field, Value};
use crate::model::kind::{FieldDeclaration, FieldType, Kind};
use crate::model::reading::{Form, Origin, Reading, Unread};
use crate::model::record::{WrittenRelation, WrittenStatus};
use crate::model::source::SourceFile;
use crate::parse::shape::entry::Entry;
use crate::parse::shape::inline::bold_label;
use crate::parse::shape::lines::{Line, Part, Sort};
use crate::parse::shape::{Text, inline};
use crate::parse::unread::shortened;
use crate::parse::{ReadFields, address, fields};

/// What was read so far, and what it is read from.
pub struct Builder<'a> {
    pub text: &'a Text<'a>,
    pub source: &'a SourceFile,
    pub kind: &'a Kind,
    pub config: &'a Config,
    pub read: &'a mut ReadFields,
    pub diagnostics: &'a mut Vec<Diagnostic>,
    pub reading: Reading,
    /// Entries that are understood: nothing of them need stay on the page.
    pub used: BTreeSet<usize>,
    pub status: Option<WrittenStatus>,
    /// The day that the status names.
    pub spoken: Option<(Date, Range<usize>)>,
    /// Names and targets of the relations that are known.
    told: HashSet<(String, String)>,
}

impl<'a> Builder<'a> {
    /// A builder that goes on from what the front matter gave.
    pub fn new(
        text: &'a Text<'a>,
        source: &'a SourceFile,
        kind: &'a Kind,
        config: &'a Config,
        read: &'a mut ReadFields,
        diagnostics: &'a mut Vec<Diagnostic>,
    ) -> Self {
        let told = read.relations.iter().map(|relation| (relation.name.clone(), relation.target.clone())).collect();
        let (reading, used) = (Reading::default(), BTreeSet::new());
        Self { text, source, kind, config, read, diagnostics, reading, used, status: None, spoken: None, told }
    }

    /// Adds a field that was read from the text.
    pub fn add(&mut self, name: &str, value: Value, span: Range<usize>, form: Form) {
        self.read.fields.insert(name.to_owned(), Field { value, span: span.clone() });
        self.reading.origins.push(Origin { name: name.to_owned(), form, span, beside: None });
    }

    /// Adds a relation that was read from the text.
    pub fn relate(&mut self, name: &str, target: String, span: Range<usize>, is_phrase: bool) {
        self.told.insert((name.to_owned(), target.clone()));
        self.read.relations.push(WrittenRelation { name: name.to_owned(), target, span, is_phrase });
    }

    /// Whether the relation `name` to `target` is known.
    pub fn is_told(&self, name: &str, target: &str) -> bool {
        self.told.contains(&(name.to_owned(), target.to_owned()))
    }

    /// The day of the record, as far as it has been read.
    pub fn day(&self) -> Option<Date> {
        let of = |name: &str| match self.read.fields.get(name)?.value {
            Value::Date(date) => Some(date),
            Value::Moment(moment) => Some(moment.date()),
            _ => None,
        };
        let title = || read_date(&self.text.layout.parts.get(1)?.heading.as_ref()?.1, self.text.days.order)?.date.ok();
        of("date")
            .or_else(|| of("started"))
            .or_else(|| address::date_of_path(&self.source.path))
            .or_else(title)
            .or_else(|| Some(self.told_day()?.0))
    }

    /// Says where what `entry` gave comes from.
    pub fn origin(&mut self, name: &str, entry: &Entry) {
        let beside = self.source.side_car.as_ref().filter(|_| entry.form == Form::SideCar);
        let beside = beside.map(|side_car| (side_car.path.clone(), side_car.place(entry.span.clone()).line));
        self.reading.origins.push(Origin { name: name.to_owned(), form: entry.form, span: self.place(entry), beside });
    }

    /// Where an entry stands in the record's own file; a side-car's entry stands nowhere in it.
    pub fn place(&self, entry: &Entry) -> Range<usize> {
        if entry.form == Form::SideCar { 0..0 } else { entry.span.clone() }
    }

    /// Says that an entry was not understood.
    pub fn leave(&mut self, entry: &Entry, reason: &str) {
        let text = format!("{}: {}", entry.key, shortened(&inline::plain(&entry.value)));
        self.reading.unread.push(Unread { text, reason: reason.to_owned(), span: self.place(entry) });
    }

    /// The relation, or inverse of one, that `name` means in this record.
    pub fn relation_name(&self, name: &str) -> Option<&str> {
        fields::relation_name(self.kind, self.config, name)
    }

    /// Whether the kind declares `name` as a list of maps with `entry`, and nothing has filled it yet.
    pub fn declares(&self, name: &str, entry: &str) -> bool {
        let has = |declaration: &FieldDeclaration| match &declaration.kind {
            FieldType::List(of) => matches!(&**of, FieldType::Map(fields) if fields.contains_key(entry)),
            _ => false,
        };
        self.kind.fields.get(name).is_some_and(has) && !self.read.fields.contains_key(name)
    }

    /// The sections that hold `what`, each with what stands below it.
    pub fn parts_of(&self, what: &str) -> Vec<Part> {
        let mut parts = Vec::new();
        let mut within: Option<u8> = None;
        for part in &self.text.layout.parts {
            let Some((level, title, _)) = &part.heading else {
                parts.extend(self.labelled(part, what));
                continue;
            };
            if within.is_some_and(|above| *level > above) {
                parts.push(part.clone());
                continue;
            }
            // `Timeline (UTC)`; a section about two things is one of the first: `Timeline & Detection`.
            let bare = title.split(['(', ':', '–', '&']).next().unwrap_or(title);
            let first = bare.split(" and ").next().unwrap_or(bare);
            let is_wanted = [title.as_str(), bare, first].iter().any(|title| self.config.vocabulary.section(title) == Some(what));
            if !is_wanted {
                parts.extend(self.labelled(part, what));
            }
            within = is_wanted.then_some(*level);
            if is_wanted {
                parts.push(part.clone());
            }
        }
        parts
    }

    /// What stands in `part` under a label that means `what`: `**Action Items:**`, then a list or a table; or a table whose first
    /// column is called so.
    fn labelled(&self, part: &Part, what: &str) -> Option<Part> {
        let layout = &self.text.layout;
        let lines = layout.lines_of(part);
        let means = |title: &str| self.config.vocabulary.section(title) == Some(what);
        let is_table = |(at, line): (usize, &Line)| {
            line.sort == Sort::Row
                && (at == 0 || lines[at - 1].sort != Sort::Row)
                && means(&inline::plain(layout.content(line).trim_start_matches('|').split('|').next().unwrap_or_default()))
        };
        if let Some(at) = lines.iter().enumerate().position(is_table) {
            let n = lines[at..].iter().take_while(|line| line.sort == Sort::Row).count();
            let start = part.lines.start + at;
            return Some(Part { heading: None, lines: start..start + n });
        }
        // Without marks a label is one where its list follows at once.
        let is_above_list = |at: usize| lines.get(at + 1).is_some_and(|next| next.sort == Sort::Bullet);
        let label = |line: &Line| bold_label(layout.content(line)).filter(|_| line.sort == Sort::Text);
        let is_plain_label = |at: usize, line: &Line| {
            let title = layout.content(line).trim_end_matches(':');
            line.sort == Sort::Text && line.indent == 0 && is_above_list(at) && title.contains(' ') && means(title)
        };
        let is_wanted = |(at, line): (usize, &Line)| label(line).is_some_and(|label| means(&label)) || is_plain_label(at, line);
        let at = lines.iter().enumerate().position(is_wanted)?;
        let below = &lines[at + 1..];
        let first = below.iter().find(|line| line.sort != Sort::Blank)?;
        if !matches!(first.sort, Sort::Bullet | Sort::Row) {
            return None;
        }
        let start = part.lines.start + at + 1;
        let length = below.iter().position(|line| label(line).is_some()).unwrap_or(below.len());
        Some(Part { heading: part.heading.clone(), lines: start..start + length })
    }
}
