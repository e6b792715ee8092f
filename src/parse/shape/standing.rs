//! Where a record stands, as its text and the settings say.

use std::ops::Range;

use crate::calendar::read_date;
use crate::diagnostic::{self, Diagnostic, did_you_mean, nearest};
use crate::model::field::{Field, Value};
use crate::model::kind::{Kind, Meaning};
use crate::model::reading::{Form, Origin};
use crate::model::record::WrittenStatus;
use crate::model::source::SourceFile;
use crate::parse::shape::builder::Builder;
use crate::parse::shape::entry::{Entry, STANDING};
use crate::parse::shape::inline;
use crate::parse::shape::reference::Target;
use crate::parse::shape::status::{self, StatusReading};
use crate::parse::unread::{one_line, shortened};

impl Builder<'_> {
    /// Takes a status over, with the relations, days and delivery that it names.
    pub fn take_status(&mut self, reading: StatusReading, written: &str, span: Range<usize>, form: Form) {
        if self.config.vocabulary.is_nothing(written) {
            return;
        }
        if reading.is_template {
            let message = format!("the status is what the template leaves to be chosen: `{}`", shortened(&reading.written));
            let found = self.source.finding(&diagnostic::TEMPLATE_LEFT, span, message);
            self.diagnostics.push(found.hint("write the one that holds"));
            return;
        }
        self.take_relations(&reading.relations, &span);
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

    /// Takes over the relations that a status names, as far as they are not known.
    pub fn take_relations(&mut self, relations: &[(String, Target)], span: &Range<usize>) {
        for (name, target) in relations {
            let is_known = |known: &str| self.is_told(name, known);
            // Front matter names by itself what the text names by a link.
            let address = target.text.rsplit_once("](").map_or("", |(_, address)| address.trim_end_matches(')'));
            let label = target.text.strip_prefix('[').and_then(|text| text.split_once(']')).map_or("", |(label, _)| label);
            if [target.text.as_str(), address, label].into_iter().any(is_known) || self.relation_name(name).is_none() {
                continue;
            }
            self.relate(name, target.text.clone(), span.clone(), target.is_phrase);
            if !self.reading.origins.iter().any(|origin| origin.name == *name && origin.form == Form::Status) {
                self.reading.origins.push(Origin { name: name.clone(), form: Form::Status, span: span.clone(), beside: None });
            }
        }
    }

    /// A line under the title that says that the record is superseded goes before a status that says otherwise.
    pub fn standing(&mut self) {
        let text = self.text;
        let standing = text.entries.entries.iter().filter(|entry| entry.key == STANDING);
        for entry in standing.take(3) {
            let reading = status::read(&entry.value, self.kind, &self.config.vocabulary, self.text.days.order);
            let is_closed =
                reading.name.as_deref().and_then(|name| self.kind.status(name)).is_some_and(|status| status.meaning == Meaning::Closed);
            if !is_closed && reading.relations.is_empty() {
                continue;
            }
            let span = self.place(entry);
            for (name, target) in &reading.relations {
                if self.relation_name(name).is_some() && !self.read.relations.iter().any(|known| known.name == *name) {
                    self.relate(name, target.text.clone(), span.clone(), target.is_phrase);
                    self.origin(name, entry);
                }
            }
            if is_closed {
                self.origin("status", entry);
                self.status = Some(WrittenStatus { name: reading.name, written: diagnostic::visible(&reading.written), span });
            }
        }
    }

    /// The status that a day is called by, where nothing else tells one: `Date accepted: 2023-06-26`.
    pub fn dated(&mut self) {
        if self.status.is_some() || self.kind.superseded_status().is_none() {
            return;
        }
        let text = self.text;
        let named = |entry: &Entry| {
            let day = entry.name.as_ref().filter(|(name, _)| name == "date").and_then(|_| read_date(&entry.value, text.days.order))?;
            let mut statuses = entry.key.split_whitespace().filter_map(|word| self.kind.status(&word.to_lowercase()));
            let status = statuses.rfind(|status| status.meaning != Meaning::Open).filter(|_| day.date.is_ok())?;
            Some(status.name.clone())
        };
        let found = text.entries.entries.iter().rev().find_map(|entry| Some((named(entry)?, entry)));
        let Some((name, entry)) = found else { return };
        self.origin("status", entry);
        let (written, span) = (diagnostic::visible(&entry.key), self.place(entry));
        self.read.fields.insert("status".to_owned(), Field { value: Value::Text(written.clone()), span: span.clone() });
        self.status = Some(WrittenStatus { name: Some(name), written, span });
    }

    /// The status that the settings give to records of a folder that say none.
    pub fn assumed(&mut self) {
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
