//! Records that say in their text what others say in front matter, in whatever layout their authors chose.
//!
//! 1. [`lines`] and [`inline`] take the text apart; [`table`] and [`html`] read tables.
//! 2. [`entry`] finds keys and values, [`pair`] those in one line; [`sidecar`] finds those in a YAML file beside the text.
//! 3. [`recognise`] tells from them what kind of record it is, and in which family of layouts.
//! 4. [`complete`] makes fields, relations and a status of them, in a [`builder`]; [`status`], [`reference`], [`value`],
//!    [`date`] and [`order`], [`incident`], [`options`] and [`people`] know what the words mean there. Everything that is read leaves its origin in a
//!    [`Reading`](crate::model::reading::Reading), and [`hide`] says what the page need not say twice.
//!
//! Nothing here knows a kind by name: what is read is what the record's kind declares.

mod actions;
mod builder;
mod complete;
mod date;
mod entry;
mod hide;
mod html;
mod incident;
mod inline;
pub mod lines;
mod options;
mod order;
mod pair;
mod people;
mod recognise;
mod reference;
mod sidecar;
mod standing;
mod status;
mod table;
mod timeline;
mod value;
mod weighed;
mod y_statement;

use std::ops::Range;

use crate::calendar::{DayOrder, dates_in};
use crate::config::Config;
use crate::config::vocabulary::{Vocabulary, in_two_languages};
use crate::model::kind::Kind;
use crate::model::source::SourceFile;

pub use complete::{Completed, complete};
pub use recognise::{family, fits};

/// The text of a file, as far as metadata may stand in it.
pub struct Text<'a> {
    layout: lines::Layout<'a>,
    entries: entry::Entries,
    days: order::Days,
    /// The records that it holds, by their headings, where there are several.
    several: Vec<Heading>,
}

/// A heading: its level, its words, and the whole line.
pub type Heading = (u8, String, Range<usize>);

/// The headings of one level that have each a section which is a status of its own: several records in one file.
fn several(layout: &lines::Layout<'_>, vocabulary: &Vocabulary) -> Vec<Heading> {
    let headings: Vec<&Heading> = layout.parts.iter().filter_map(|part| part.heading.as_ref()).collect();
    let is_status = |at: &usize| vocabulary.key(&headings[*at].1).is_some_and(|(name, _)| name == "status");
    let above = |at: usize| headings[..at].iter().rposition(|heading| heading.0 < headings[at].0);
    let mut holders: Vec<usize> = (0..headings.len()).filter(is_status).filter_map(above).collect();
    holders.dedup();
    holders.retain({
        let level = holders.first().map(|at| headings[*at].0);
        let headings = &headings;
        move |at| Some(headings[*at].0) == level
    });
    if holders.len() < 2 { Vec::new() } else { holders.into_iter().map(|at| headings[at].clone()).collect() }
}

impl<'a> Text<'a> {
    /// Reads `body`, bytes of `source`, and the side-car beside it.
    pub fn of(source: &'a SourceFile, body: Range<usize>, config: &Config) -> Self {
        let layout = lines::Layout::of(&source.text, body);
        let mut entries = entry::entries(&layout, &config.vocabulary);
        entries.entries.extend(sidecar::entries(source, &config.vocabulary));
        let several = several(&layout, &config.vocabulary);
        let days = order::days(&layout, &entries, &source.text, config);
        Self { layout, entries, days, several }
    }

    /// The titles of its headings; one in two languages is two.
    fn headings(&self) -> impl Iterator<Item = &str> {
        self.layout.parts.iter().filter_map(|part| part.heading.as_ref()).flat_map(|(_, title, _)| in_two_languages(title))
    }

    /// Whether it has a heading.
    pub fn has_heading(&self) -> bool {
        self.headings().next().is_some()
    }

    /// Whether the first of its headings has a name of `kind` in it, and when that was: `Outage post mortem, August 2026`.
    pub fn is_titled_as(&self, kind: &Kind) -> bool {
        let title = self.headings().next().unwrap_or_default().to_lowercase();
        let is_named = title.split(|c: char| !c.is_alphabetic()).any(|word| kind.names.iter().any(|name| name == word));
        is_named && !dates_in(&title, self.days.order).is_empty()
    }

    /// The lines that are a label in bold and nothing else.
    fn labels(&self) -> Vec<String> {
        let texts = self.layout.lines.iter().filter(|line| line.sort == lines::Sort::Text);
        texts.filter_map(|line| inline::bold_label(self.layout.content(line))).collect()
    }

    /// Which number comes first in its dates of numbers.
    pub fn day_order(&self) -> DayOrder {
        self.days.order
    }

    /// Whether more than one heading is of the level of titles.
    pub fn has_several_titles(&self) -> bool {
        self.layout.parts.iter().filter(|part| matches!(part.heading, Some((1, ..)))).nth(1).is_some()
    }

    /// Whether it holds several records, none of which the file as a whole is.
    pub fn holds_several(&self) -> bool {
        !self.several.is_empty()
    }

    /// Whether a status is written in it, as a field or as a section.
    pub fn has_status(&self) -> bool {
        self.statuses().next().is_some()
    }

    /// Whether a date is written in it, as a field or as a section.
    pub fn has_date(&self) -> bool {
        self.entries.entries.iter().any(|entry| matches!(&entry.name, Some((name, _)) if name == "date"))
    }

    /// Whether a status of `kind` is written in it, or a relation in the place of one.
    pub fn tells_status_of(&self, kind: &Kind, config: &Config) -> bool {
        let read = |entry: &entry::Entry| status::read(&entry.value, kind, &config.vocabulary, self.days.order);
        self.statuses().map(read).any(|reading| reading.name.is_some() || !reading.relations.is_empty())
    }

    fn statuses(&self) -> impl Iterator<Item = &entry::Entry> {
        let is_status = |entry: &&entry::Entry| matches!(&entry.name, Some((name, _)) if name == "status");
        self.entries.entries.iter().filter(is_status).filter(|entry| !entry.value.is_empty())
    }
}
