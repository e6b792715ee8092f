//! Keys and values of the text to fields, relations and a status, where the front matter is silent.

use crate::calendar::dates_in;
use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::model::field::Field;
use crate::model::kind::{FieldType, Kind};
use crate::model::reading::{Form, Origin, Reading, Unread};
use crate::model::record::WrittenStatus;
use crate::model::source::SourceFile;
use crate::parse::ReadFields;
use crate::parse::shape::builder::Builder;
use crate::parse::shape::entry::{Entry, STANDING};
use crate::parse::shape::value::{holds_people, is_structured, is_value};
use crate::parse::shape::{Text, incident, inline, options, people, reference, status};

/// Fields that front matter alone may set: they say who may see a record, and where it is.
const HEAD_ONLY: [&str; 7] = ["kind", "slug", "audience", "draft", "math", "aliases", "weight"];

/// What was found, beside the fields and relations that were added.
pub struct Completed {
    /// How the file was read.
    pub reading: Reading,
    /// Where the record stands, in its author's words.
    pub status: Option<WrittenStatus>,
}

/// Adds to `read`, what the front matter gave, what `text` says.
pub fn complete(
    text: &Text<'_>,
    source: &SourceFile,
    kind: &Kind,
    config: &Config,
    read: &mut ReadFields,
    diagnostics: &mut Vec<Diagnostic>,
) -> Completed {
    let mut builder = Builder::new(text, source, kind, config, read, diagnostics);
    builder.head();
    if !kind.free {
        builder.entries();
        builder.standing();
        builder.dated();
        builder.beside();
        incident::complete(&mut builder);
        options::complete(&mut builder);
        people::complete(&mut builder);
        builder.dates();
    }
    builder.assumed();
    builder.unread();
    builder.several();
    builder.hide();
    (builder.reading.day_order, builder.reading.has_doubtful_days) = (text.days.told, text.days.are_doubtful);
    Completed { reading: builder.reading, status: builder.status }
}

impl Builder<'_> {
    /// Records that stand together in one file: it is read as one page, and says so.
    fn several(&mut self) {
        let [first, ..] = self.text.several.as_slice() else { return };
        let titles: Vec<&str> = self.text.several.iter().map(|(_, title, _)| title.as_str()).collect();
        let text = format!("{} records: {}", titles.len(), titles.join(", "));
        let reason = "they stand in one file, which is read as a page; a file for each makes them records".to_owned();
        self.reading.unread.push(Unread { text, reason, span: first.2.clone() });
    }

    /// What the front matter gave.
    fn head(&mut self) {
        let mut origins: Vec<Origin> = Vec::new();
        for (name, field) in &self.read.fields {
            origins.push(Origin { name: name.clone(), form: Form::FrontMatter, span: field.span.clone(), beside: None });
        }
        for relation in &self.read.relations {
            origins.push(Origin { name: relation.name.clone(), form: Form::FrontMatter, span: relation.span.clone(), beside: None });
        }
        origins.sort_by_key(|origin| origin.span.start);
        self.reading.origins = origins;
        if let Some(field) = self.read.fields.get("status").cloned() {
            let written = field.display();
            let reading = status::read(&written, self.kind, &self.config.vocabulary, self.text.days.order);
            self.take_status(reading, &written, field.span, Form::FrontMatter);
        }
    }

    /// What the entries of the text give: for each field the entry whose key is the best word for it.
    fn entries(&mut self) {
        let text = self.text;
        let entries = &text.entries.entries;
        let mut chosen: Vec<(usize, &Entry, &str, usize)> = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let Some((name, rank)) = &entry.name else { continue };
            if HEAD_ONLY.contains(&name.as_str()) || entry.key == STANDING {
                continue;
            }
            let is_said = !self.config.vocabulary.is_nothing(&inline::plain(&entry.value));
            match chosen.iter_mut().find(|(_, _, known, _)| known == name) {
                // A relation may be told in several places, a field in one.
                Some(_) if self.relation_name(name).is_some() => chosen.push((index, entry, name, *rank)),
                Some(known) if is_said && (*rank < known.3 || known.1.value.is_empty()) => *known = (index, entry, name, *rank),
                Some(_) => {}
                None => chosen.push((index, entry, name, *rank)),
            }
        }
        for (index, entry, name, _) in chosen {
            if self.entry(entry, name) {
                self.used.insert(index);
            }
        }
    }

    /// Takes one entry; whether all of it is understood.
    fn entry(&mut self, entry: &Entry, name: &str) -> bool {
        let vocabulary = &self.config.vocabulary;
        let plain = inline::plain(&entry.value);
        if vocabulary.is_nothing(&plain) {
            return entry.form != Form::Section;
        }
        if let Some(known) = self.read.fields.get(name).cloned() {
            return self.says_the_same(entry, name, &known);
        }
        if name == "status" && self.kind.fields.contains_key("status") {
            let reading = status::read(&entry.value, self.kind, vocabulary, self.text.days.order);
            // A heading such as "Status quo: ..." is none that tells a status.
            let is_about = reading.name.is_none() && reading.relations.is_empty() && !reading.is_template;
            if is_about && (entry.form == Form::Heading || (entry.form == Form::Section && plain.split_whitespace().count() > 40)) {
                return false;
            }
            let is_plain = reading.is_plain && !reading.is_template;
            let span = self.place(entry);
            let is_template = reading.is_template;
            self.take_status(reading, &entry.value, span.clone(), entry.form);
            if is_template {
                return false;
            }
            self.origin(name, entry);
            return is_plain && self.status.as_ref().is_some_and(|status| status.name.is_some());
        }
        // The braces of a template around a day that was filled in: `date: {2023-12-03}`.
        let is_day = || {
            let is_declared = self.kind.fields.get(name).is_some_and(|declared| declared.kind == FieldType::Date);
            is_declared && dates_in(&plain, self.text.days.order).iter().any(|found| found.date.is_ok())
        };
        if (vocabulary.is_placeholder(&plain) || is_left_over(&plain)) && !is_day() {
            self.leave(entry, "this is what the template leaves to be filled in");
            return false;
        }
        if let Some(relation) = self.relation_name(name).map(str::to_owned) {
            return self.relation(entry, &relation);
        }
        let Some(declaration) = self.kind.fields.get(name) else { return false };
        // Sections of the vocabulary are read item by item elsewhere: the commas of their sentences part nothing.
        let is_read_elsewhere = vocabulary.section(&entry.key) == Some(name);
        let is_without_number = declaration.numbered && !plain.contains(|c: char| c.is_ascii_digit());
        let is_prose = entry.form == Form::Section && (is_read_elsewhere || is_without_number || !is_value(&declaration.kind, &plain));
        if is_prose || is_structured(&declaration.kind) {
            return false;
        }
        match self.value(&declaration.kind, name, entry) {
            Ok(value) => {
                let span = self.place(entry);
                self.read.fields.insert(name.to_owned(), Field { value, span });
                self.origin(name, entry);
                // What is hidden is shown with the facts, which are plain text: links would be lost.
                let has_links = !holds_people(&declaration.kind) && !inline::links(&entry.value).is_empty();
                if has_links || (entry.form == Form::Section && !self.is_short(entry)) {
                    self.reading.in_body.push(name.to_owned());
                    return false;
                }
                true
            }
            Err(reason) => {
                self.leave(entry, &reason);
                false
            }
        }
    }

    /// Whether an entry repeats what the front matter says.
    fn says_the_same(&mut self, entry: &Entry, name: &str, known: &Field) -> bool {
        if name == "status" {
            let reading = status::read(&entry.value, self.kind, &self.config.vocabulary, self.text.days.order);
            self.take_relations(&reading.relations, &self.place(entry));
            return reading.is_plain
                && reading.name.is_some()
                && reading.name == self.status.as_ref().and_then(|status| status.name.clone());
        }
        let Some(declaration) = self.kind.fields.get(name) else { return false };
        // What is wrong with a value that is not used need not be said.
        let n_diagnostics = self.diagnostics.len();
        let value = self.value(&declaration.kind, name, entry);
        self.diagnostics.truncate(n_diagnostics);
        value.is_ok_and(|value| Field { value, span: 0..0 }.display() == known.display())
    }

    /// Whether a section says so little that the facts on the page say all of it.
    fn is_short(&self, entry: &Entry) -> bool {
        entry.value.lines().count() <= 12 && entry.value.len() <= 400 && !entry.value.contains("](")
    }

    fn relation(&mut self, entry: &Entry, relation: &str) -> bool {
        // References to whatever is worth reading are links of the text; what they name need not be a record.
        let is_loose = entry.form == Form::Section && relation == "related";
        let targets = reference::targets(&entry.value);
        if is_loose || targets.is_empty() {
            return false;
        }
        let in_head = |target: &reference::Target| {
            let written = target.text.rsplit_once("](").map_or(target.text.as_str(), |(_, address)| address.trim_end_matches(')'));
            self.is_told(relation, written)
        };
        if targets.iter().all(in_head) {
            return entry.form != Form::Section;
        }
        let is_plain = targets.iter().all(|target| !target.is_phrase);
        let span = self.place(entry);
        for target in targets {
            let is_phrase = target.is_phrase || entry.form == Form::SideCar || relation == "related";
            self.relate(relation, target.text, span.clone(), is_phrase);
        }
        self.origin(relation, entry);
        // `ADR 6 (resume boundary and its leases)`: the facts name the record, and not what it is about.
        let plain = inline::plain(&entry.value);
        let is_noted = plain.split('(').skip(1).any(|note| note.split_whitespace().count() > 2);
        is_plain && !is_noted && entry.form != Form::Section
    }
}

/// Text in braces that a template leaves among an author's own: `**TODO** {list everyone involved}`.
fn is_left_over(plain: &str) -> bool {
    plain.starts_with("TODO") || (plain.starts_with('{') && plain.trim_end().ends_with('}'))
}
