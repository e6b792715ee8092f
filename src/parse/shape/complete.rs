//! Keys and values of the text to fields, relations and a status, where the front matter is silent.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::calendar::{Date, UnreadDate, read_date};
use crate::config::Config;
use crate::diagnostic::{self, Diagnostic, did_you_mean, nearest};
use crate::model::field::{Field, Value};
use crate::model::kind::{FieldType, Kind};
use crate::model::reading::{Form, Origin, Reading, Unread};
use crate::model::record::{WrittenRelation, WrittenStatus};
use crate::model::source::SourceFile;
use crate::parse::shape::entry::{Entry, STANDING};
use crate::parse::shape::lines::{Layout, Sort};
use crate::parse::shape::status::{self, StatusReading};
use crate::parse::shape::times::Clockwork;
use crate::parse::shape::{Text, incident, inline, reference};
use crate::parse::{ReadFields, address, fields};

/// Fields that front matter alone may set: they say who may see a record, and where it is.
const HEAD_ONLY: [&str; 7] = ["kind", "slug", "audience", "draft", "math", "aliases", "weight"];
/// Characters of a text that was not understood, as reports show it.
const UNREAD_CHARS_MAX: usize = 120;

/// What was found, beside the fields and relations that were added.
pub struct Completed {
    /// How the file was read.
    pub reading: Reading,
    /// Where the record stands, in its author's words.
    pub status: Option<WrittenStatus>,
}

/// Adds to `read` what `text` says. `head` tells where each field of the front matter stands.
pub fn complete(
    text: &Text<'_>,
    source: &SourceFile,
    kind: &Kind,
    config: &Config,
    read: &mut ReadFields,
    diagnostics: &mut Vec<Diagnostic>,
) -> Completed {
    let mut builder = Builder {
        text,
        source,
        kind,
        config,
        read,
        diagnostics,
        reading: Reading::default(),
        used: BTreeSet::new(),
        status: None,
        spoken: None,
    };
    builder.head();
    if !kind.free {
        builder.entries();
        builder.standing();
        incident::complete(&mut builder);
        builder.dates();
    }
    builder.assumed();
    builder.unread();
    builder.hide();
    Completed { reading: builder.reading, status: builder.status }
}

/// Collects what is read.
pub struct Builder<'a> {
    pub text: &'a Text<'a>,
    pub source: &'a SourceFile,
    pub kind: &'a Kind,
    pub config: &'a Config,
    pub read: &'a mut ReadFields,
    pub diagnostics: &'a mut Vec<Diagnostic>,
    pub reading: Reading,
    /// Entries that are understood: nothing of them need stay on the page.
    used: BTreeSet<usize>,
    status: Option<WrittenStatus>,
    /// The day that the status names.
    spoken: Option<(Date, Range<usize>)>,
}

impl Builder<'_> {
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
            let reading = status::read(&written, self.kind, &self.config.vocabulary, self.config.day_order);
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

    fn relation_name(&self, name: &str) -> Option<&str> {
        fields::relation_name(self.kind, self.config, name)
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
            let reading = status::read(&entry.value, self.kind, vocabulary, self.config.day_order);
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
        if vocabulary.is_placeholder(&plain) || is_left_over(&plain) {
            self.leave(entry, "this is what the template leaves to be filled in");
            return false;
        }
        if let Some(relation) = self.relation_name(name).map(str::to_owned) {
            return self.relation(entry, &relation);
        }
        let Some(declaration) = self.kind.fields.get(name) else { return false };
        let is_prose = entry.form == Form::Section && !is_value(&declaration.kind, &plain);
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
            let reading = status::read(&entry.value, self.kind, &self.config.vocabulary, self.config.day_order);
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
            self.read.relations.iter().any(|known| known.name == relation && known.target == written)
        };
        if targets.iter().all(in_head) {
            return entry.form != Form::Section;
        }
        let is_plain = targets.iter().all(|target| !target.is_phrase);
        let span = self.place(entry);
        for target in targets {
            let is_phrase = target.is_phrase || entry.form == Form::SideCar || relation == "related";
            self.read.relations.push(WrittenRelation { name: relation.to_owned(), target: target.text, span: span.clone(), is_phrase });
        }
        self.origin(relation, entry);
        is_plain && entry.form != Form::Section
    }

    /// The value of an entry as `kind`.
    fn value(&mut self, kind: &FieldType, name: &str, entry: &Entry) -> Result<Value, String> {
        let plain = inline::plain(&entry.value);
        match kind {
            FieldType::Date => self.date(&plain, name, self.place(entry)).map(Value::Date),
            FieldType::DateTime => {
                let clockwork =
                    Clockwork { vocabulary: &self.config.vocabulary, order: self.config.day_order, zone: None, day: self.day() };
                clockwork.read(&plain).at.map(Value::Moment).ok_or_else(|| "this is no time on a day that is known".to_owned())
            }
            FieldType::Integer => {
                let digits = plain.rsplit(|c: char| !c.is_ascii_digit()).find(|digits| !digits.is_empty());
                digits.and_then(|digits| digits.parse().ok()).map(Value::Integer).ok_or_else(|| "this is no number".to_owned())
            }
            FieldType::List(of) => match &**of {
                FieldType::Person => Ok(Value::List(texts(people(&entry.value), &entry.span))),
                FieldType::String => Ok(Value::List(texts(words(&entry.value, name), &entry.span))),
                _ => Err("this is read from front matter only".to_owned()),
            },
            FieldType::String | FieldType::Text | FieldType::Url => Ok(Value::Text(one_line(&plain))),
            FieldType::Person => Ok(Value::Text(people(&entry.value).into_iter().next().unwrap_or(plain))),
            FieldType::Reference(_) => Ok(Value::Text(one_line(&plain))),
            _ => Err("this is read from front matter only".to_owned()),
        }
    }

    /// A date; one that is wrong or ambiguous is a finding, and what is known of it all the same is kept.
    fn date(&mut self, text: &str, name: &str, span: Range<usize>) -> Result<Date, String> {
        match read_date(text, self.config.day_order).map(|found| found.date) {
            Some(Ok(date)) => Ok(date),
            Some(Err(problem)) => {
                self.diagnostics.push(unread_date(self.source, &problem, name, text, span));
                problem.known.filter(|_| problem.message.starts_with("it may be")).ok_or(problem.message)
            }
            None if !text.contains(|c: char| c.is_ascii_digit()) => Err("these words name no day".to_owned()),
            None => {
                let message = format!("`{name}`: `{}` is no date", shortened(text));
                let found = self.source.finding(&diagnostic::DATE_UNREAD, span, message);
                self.diagnostics.push(found.hint("write YYYY-MM-DD, as in 2022-03-14; a month or a year alone is fine"));
                Err("this is no date".to_owned())
            }
        }
    }

    fn take_status(&mut self, reading: StatusReading, written: &str, span: Range<usize>, form: Form) {
        if self.config.vocabulary.is_nothing(written) {
            return;
        }
        if reading.is_template {
            let message = format!("the status is what the template leaves to be chosen: `{}`", shortened(&reading.written));
            let found = self.source.finding(&diagnostic::TEMPLATE_LEFT, span, message);
            self.diagnostics.push(found.hint("write the one that holds"));
            return;
        }
        for (name, target) in &reading.relations {
            let known = self.read.relations.iter().any(|known| known.name == *name && known.target == target.text);
            if !known && self.relation_name(name).is_some() {
                let relation =
                    WrittenRelation { name: name.clone(), target: target.text.clone(), span: span.clone(), is_phrase: target.is_phrase };
                self.read.relations.push(relation);
                if !self.reading.origins.iter().any(|origin| origin.name == *name && origin.form == Form::Status) {
                    self.reading.origins.push(Origin { name: name.clone(), form: Form::Status, span: span.clone(), beside: None });
                }
            }
        }
        if let Some(delivery) = reading.delivery.filter(|_| !self.read.fields.contains_key("delivery")) {
            self.add("delivery", Value::Text(delivery), span.clone(), Form::Status);
        }
        if let Some(date) = reading.review_by.filter(|_| !self.read.fields.contains_key("review_by")) {
            self.add("review_by", Value::Date(date), span.clone(), Form::Status);
        }
        self.spoken = reading.date.map(|date| (date, span.clone()));
        let statuses = &self.kind.statuses;
        if reading.name.is_none() && !statuses.is_empty() && form != Form::Section {
            self.diagnostics.push(unknown_status(self.source, self.kind, &reading.written, span.clone()));
        } else if reading.name.is_none() && !statuses.is_empty() {
            let message = format!("no status of a {} is meant by `{}`", self.kind.name, shortened(&reading.written));
            let found = self.source.finding(&diagnostic::STATUS_UNKNOWN, span.clone(), message);
            self.diagnostics.push(found.hint(statuses_hint(self.kind)));
        }
        if !self.read.fields.contains_key("status") {
            let value = Value::Text(one_line(&inline::plain(written)));
            self.read.fields.insert("status".to_owned(), Field { value, span: span.clone() });
        }
        self.status = Some(WrittenStatus { name: reading.name, written: diagnostic::visible(one_line(&reading.written).trim()), span });
    }

    /// A line under the title that says that the record is superseded goes before a status that says otherwise.
    fn standing(&mut self) {
        let text = self.text;
        let standing = text.entries.entries.iter().enumerate().filter(|(_, entry)| entry.key == STANDING);
        for (index, entry) in standing.take(3) {
            let reading = status::read(&entry.value, self.kind, &self.config.vocabulary, self.config.day_order);
            let is_closed = reading
                .name
                .as_deref()
                .and_then(|name| self.kind.status(name))
                .is_some_and(|status| status.meaning == crate::model::kind::Meaning::Closed);
            if !is_closed && reading.relations.is_empty() {
                continue;
            }
            let span = self.place(entry);
            for (name, target) in &reading.relations {
                if self.relation_name(name).is_some() && !self.read.relations.iter().any(|known| known.name == *name) {
                    let relation = WrittenRelation {
                        name: name.clone(),
                        target: target.text.clone(),
                        span: span.clone(),
                        is_phrase: target.is_phrase,
                    };
                    self.read.relations.push(relation);
                    self.origin(name, entry);
                }
            }
            if is_closed {
                self.origin("status", entry);
                self.status = Some(WrittenStatus { name: reading.name, written: diagnostic::visible(&reading.written), span });
            }
            let _ = index;
        }
    }

    /// The date, where nothing says it as such: the list of changes, the status, the name of the file.
    fn dates(&mut self) {
        if self.read.fields.contains_key("date") || !self.kind.fields.contains_key("date") {
            return;
        }
        let is_decided = self.kind.superseded_status().is_some();
        let changes = if is_decided { self.first_change() } else { None };
        let spoken = self.spoken.clone().map(|(date, span)| (date, span, Form::Status));
        let named = || address::date_of_file(&self.source.path).map(|date| (date, 0..0, Form::FileName));
        let of_title = || {
            let (_, title, span) = self.text.layout.parts.get(1)?.heading.as_ref()?;
            let date = read_date(title, self.config.day_order)?.date.ok()?;
            (date.precision() != crate::calendar::Precision::Year).then(|| (date, span.clone(), Form::Heading))
        };
        let of_rows = || self.first_row().filter(|_| !is_decided);
        let found = changes.or(spoken).or_else(named).or_else(|| of_title().filter(|_| !is_decided)).or_else(of_rows);
        if let Some((date, span, form)) = found {
            self.add("date", Value::Date(date), span, form);
        }
    }

    /// The day of the first row of the timeline; of those in the year that the file's name tells, where it tells one.
    fn first_row(&self) -> Option<(Date, Range<usize>, Form)> {
        let year = address::year_of_file(&self.source.path);
        let rows = self.read.fields.get("timeline")?.entries();
        let days = rows.iter().filter_map(|row| match row.get("at")?.value {
            Value::Moment(at) => Some((at.date(), row.span.clone())),
            _ => None,
        });
        let known = || days.clone().filter(|(date, _)| date.precision() == crate::calendar::Precision::Day);
        let of_year = known().find(|(date, _)| year == Some(date.year()));
        of_year.or_else(|| known().next()).map(|(date, span)| (date, span, Form::Section))
    }

    /// The first day in the list of changes.
    fn first_change(&self) -> Option<(Date, Range<usize>, Form)> {
        let layout = &self.text.layout;
        let is_changes = |title: &str| self.config.vocabulary.section(title) == Some("changelog");
        let at = layout.parts.iter().position(|part| part.heading.as_ref().is_some_and(|(_, title, _)| is_changes(title)))?;
        let level = layout.parts[at].heading.as_ref()?.0;
        let below = layout.parts[at + 1..].iter().take_while(|part| part.heading.as_ref().is_some_and(|(other, _, _)| *other > level));
        let titles = below.clone().filter_map(|part| part.heading.as_ref()).map(|(_, title, span)| (title.as_str(), span.clone()));
        let lines = std::iter::once(&layout.parts[at]).chain(below.clone()).flat_map(|part| layout.lines_of(part));
        let lines = lines
            .filter(|line| matches!(line.sort, Sort::Bullet | Sort::Text | Sort::Row))
            .map(|line| (layout.content(line), line.content.clone()));
        let dated = lines.chain(titles).filter_map(|(text, span)| Some((read_date(text, self.config.day_order)?.date.ok()?, span)));
        let (date, span) = dated.min_by_key(|(date, _)| *date)?;
        Some((date, span, Form::Changelog))
    }

    /// The status that the settings give to records of a folder that say none.
    fn assumed(&mut self) {
        if self.status.is_some() || self.kind.statuses.is_empty() {
            return;
        }
        let folder = self.source.path.folder();
        let is_above =
            |above: &str| above.is_empty() || folder == above || folder.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
        let Some((_, word)) = self.config.assume.iter().filter(|(above, _)| is_above(above)).max_by_key(|(above, _)| above.len()) else {
            return;
        };
        if let Some(status) = self.kind.status(word) {
            self.status = Some(WrittenStatus { name: Some(status.name.clone()), written: status.name.clone(), span: 0..0 });
            self.reading.origins.push(Origin { name: "status".to_owned(), form: Form::Settings, span: 0..0, beside: None });
        }
    }

    /// Entries beside others that are understood, and which are not themselves.
    fn unread(&mut self) {
        let entries = &self.text.entries.entries;
        let blocks: BTreeSet<usize> = entries.iter().filter(|entry| entry.name.is_some()).map(|entry| entry.block).collect();
        for (index, entry) in entries.iter().enumerate() {
            if entry.name.is_some() || !blocks.contains(&entry.block) || entry.form == Form::SideCar {
                continue;
            }
            if self.config.vocabulary.is_nothing(&inline::plain(&entry.value)) {
                self.used.insert(index);
            } else if !self.kind.free {
                let reason = format!("no field is called `{}`", entry.key);
                self.reading.unread.push(Unread { text: shortened(&entry.key), reason, span: entry.span.clone() });
            }
        }
    }

    /// What the page need not say twice: whole lists, tables and lines; rules and headings that have nothing left to stand over.
    fn hide(&mut self) {
        if self.kind.free || self.used.is_empty() {
            return;
        }
        let text = self.text;
        let entries = &text.entries.entries;
        let mut hidden: Vec<Range<usize>> = Vec::new();
        let is_used = |block: usize| {
            entries.iter().enumerate().filter(|(_, entry)| entry.block == block).all(|(index, _)| self.used.contains(&index))
        };
        for index in &self.used {
            let entry = &entries[*index];
            if entry.form == Form::SideCar {
                continue;
            }
            let in_table = matches!(entry.form, Form::KeyTable | Form::Grid | Form::HeaderTable);
            if in_table && is_used(entry.block) {
                hidden.push(entry.frame.clone());
            } else if in_table {
                let is_head = entry.whole.start == entry.frame.start;
                hidden.extend((!is_head && entry.form == Form::KeyTable).then(|| entry.whole.clone()));
            } else if !matches!(entry.form, Form::Line | Form::BoldPairs | Form::Quote) || is_used(entry.block) {
                hidden.push(entry.whole.clone());
            }
        }
        let first_block = entries.iter().position(|entry| entry.name.is_some()).map(|index| entries[index].block);
        if first_block.is_some_and(is_used) && !hidden.is_empty() {
            hidden.extend(text.entries.rules.iter().cloned());
        }
        let mut hidden = joined(hidden, &text.layout);
        for part in &text.layout.parts {
            let Some((_, _, heading)) = &part.heading else { continue };
            let said = || text.layout.lines_of(part).iter().filter(|line| line.sort != Sort::Blank);
            let is_gone = said().all(|line| hidden.iter().any(|range| range.start <= line.whole.start && line.whole.end <= range.end));
            let is_title = part.lines.start <= 1 || text.layout.parts.get(1).is_some_and(|first| first.lines.start == part.lines.start);
            if is_gone && said().next().is_some() && !is_title {
                hidden.push(heading.clone());
            }
        }
        self.reading.hidden = joined(hidden, &text.layout);
    }

    /// Adds a field that was read from the text.
    pub fn add(&mut self, name: &str, value: Value, span: Range<usize>, form: Form) {
        self.read.fields.insert(name.to_owned(), Field { value, span: span.clone() });
        self.reading.origins.push(Origin { name: name.to_owned(), form, span, beside: None });
    }

    /// The day of the record, as far as it has been read.
    pub fn day(&self) -> Option<Date> {
        let of = |name: &str| match self.read.fields.get(name)?.value {
            Value::Date(date) => Some(date),
            Value::Moment(moment) => Some(moment.date()),
            _ => None,
        };
        let title = || read_date(&self.text.layout.parts.get(1)?.heading.as_ref()?.1, self.config.day_order)?.date.ok();
        of("date").or_else(|| of("started")).or_else(|| address::date_of_file(&self.source.path)).or_else(title)
    }

    fn origin(&mut self, name: &str, entry: &Entry) {
        let beside = self.source.side_car.as_ref().filter(|_| entry.form == Form::SideCar);
        let beside = beside.map(|side_car| (side_car.path.clone(), side_car.place(entry.span.clone()).line));
        self.reading.origins.push(Origin { name: name.to_owned(), form: entry.form, span: self.place(entry), beside });
    }

    /// Where an entry stands in the record's own file; a side-car's entry stands nowhere in it.
    fn place(&self, entry: &Entry) -> Range<usize> {
        if entry.form == Form::SideCar { 0..0 } else { entry.span.clone() }
    }

    fn leave(&mut self, entry: &Entry, reason: &str) {
        let text = format!("{}: {}", entry.key, shortened(&inline::plain(&entry.value)));
        self.reading.unread.push(Unread { text, reason: reason.to_owned(), span: self.place(entry) });
    }
}

/// A finding about a date that can not be read, with what was probably meant.
pub fn unread_date(source: &SourceFile, problem: &UnreadDate, name: &str, written: &str, span: Range<usize>) -> Diagnostic {
    let is_ambiguous = problem.message.starts_with("it may be");
    let rule = if is_ambiguous { &diagnostic::DATE_AMBIGUOUS } else { &diagnostic::DATE_UNREAD };
    let message = match is_ambiguous {
        true => format!("`{name}`: `{}` can be read in two ways: {}", shortened(written), problem.message),
        false => format!("`{name}`: `{}` is no date: {}", shortened(written), problem.message),
    };
    let hint = match (is_ambiguous, problem.mend) {
        (true, _) => "write YYYY-MM-DD, or set `dates: day first` or `dates: month first` in handbook.yaml".to_owned(),
        (false, Some(date)) => format!("did you mean {}?", date.iso()),
        (false, None) => "write YYYY-MM-DD, as in 2022-03-14".to_owned(),
    };
    source.finding(rule, span, message).hint(hint)
}

fn unknown_status(source: &SourceFile, kind: &Kind, written: &str, span: Range<usize>) -> Diagnostic {
    let first_word = written.split_whitespace().next().unwrap_or_default().trim_matches(|c: char| !c.is_alphanumeric());
    let names = kind.statuses.iter().map(|status| status.name.as_str());
    let hint = did_you_mean(&nearest(first_word, names, 1)).unwrap_or_else(|| statuses_hint(kind));
    let message = format!("a {} has no status `{}`", kind.name, shortened(written));
    source.finding(&diagnostic::STATUS_UNKNOWN, span, message).hint(hint)
}

fn statuses_hint(kind: &Kind) -> String {
    let names: Vec<&str> = kind.statuses.iter().map(|status| status.name.as_str()).collect();
    format!("statuses of a {} are {}", kind.name, names.join(", "))
}

/// Fields that are lists of maps, or maps: sections of their own are read for those that text can hold.
fn is_structured(kind: &FieldType) -> bool {
    match kind {
        FieldType::Map(_) => true,
        FieldType::List(of) => matches!(**of, FieldType::Map(_) | FieldType::Text | FieldType::Url | FieldType::Reference(_)),
        _ => false,
    }
}

fn holds_people(kind: &FieldType) -> bool {
    match kind {
        FieldType::Person => true,
        FieldType::List(of) => matches!(**of, FieldType::Person),
        _ => false,
    }
}

/// Whether what stands under a heading is a value for a field of that type, and not a text about it.
fn is_value(kind: &FieldType, plain: &str) -> bool {
    let n_words = plain.split_whitespace().count();
    match kind {
        FieldType::Date | FieldType::DateTime => n_words <= 12 && plain.contains(|c: char| c.is_ascii_digit()),
        FieldType::List(_) => n_words <= 80 && plain.lines().all(|line| line.split_whitespace().count() <= 14),
        FieldType::Text => false,
        _ => n_words <= 16,
    }
}

/// Text in braces that a template leaves among an author's own: `**TODO** {list everyone involved}`.
fn is_left_over(plain: &str) -> bool {
    plain.starts_with("TODO") || (plain.starts_with('{') && plain.trim_end().ends_with('}'))
}

/// Ranges in order, joined where nothing but white space is between them, each up to where text goes on.
fn joined(mut ranges: Vec<Range<usize>>, layout: &Layout<'_>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        let rest = &layout.text[range.end..];
        let end = range.end + rest.len() - rest.trim_start_matches(['\n', ' ', '\t']).len();
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(end),
            _ => joined.push(range.start..end),
        }
    }
    joined
}

/// The names in a value: between commas, semicolons and lines; links by their words, addresses of mail without their brackets.
fn people(value: &str) -> Vec<String> {
    let lines = value.lines().map(|line| line.trim().trim_start_matches(['-', '*', '+', '•']).trim());
    let names = lines.flat_map(|line| {
        let plain = inline::plain(&line.replace("<br>", ", ").replace("<br/>", ", "));
        let mut names: Vec<String> = Vec::new();
        let (mut name, mut depth) = (String::new(), 0usize);
        for c in plain.chars() {
            match c {
                '(' | '[' => depth += 1,
                ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if matches!(c, ',' | ';' | '\n') && depth == 0 {
                names.push(std::mem::take(&mut name));
            } else {
                name.push(c);
            }
        }
        names.push(name);
        names
    });
    let names = names.flat_map(|name| name.split(" and ").map(|name| name.trim().trim_matches('.').trim().to_owned()).collect::<Vec<_>>());
    names.filter(|name| name.chars().any(char::is_alphanumeric)).collect()
}

/// The words of a value that is a list: between commas and lines; tags between spaces, too.
fn words(value: &str, name: &str) -> Vec<String> {
    let lines = value.lines().map(|line| inline::plain(line.trim().trim_start_matches(['-', '*', '+']).trim()));
    let parts: Vec<String> =
        lines.flat_map(|line| line.split([',', ';', '\n']).map(|part| part.trim().to_owned()).collect::<Vec<_>>()).collect();
    let is_spaced = name == "tags" && parts.len() == 1 && parts[0].split_whitespace().all(|word| !word.starts_with(char::is_uppercase));
    let parts = if is_spaced { parts[0].split_whitespace().map(str::to_owned).collect() } else { parts };
    parts.into_iter().filter(|part| part.chars().any(char::is_alphanumeric)).collect()
}

fn texts(texts: Vec<String>, span: &Range<usize>) -> Vec<Field> {
    texts.into_iter().map(|text| Field { value: Value::Text(text), span: span.clone() }).collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` on one line, cut when it is long.
fn shortened(text: &str) -> String {
    let line = one_line(text);
    match line.char_indices().nth(UNREAD_CHARS_MAX) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
