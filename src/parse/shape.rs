//! Records that say in their text what others say in front matter, in whatever layout their authors chose.
//!
//! 1. [`lines`] and [`inline`] take the text apart; [`table`] reads tables.
//! 2. [`entry`] finds keys and values; [`sidecar`] finds those in a YAML file beside the text.
//! 3. [`recognise`] tells from them what kind of record it is, and in which family of layouts.
//! 4. [`complete`] makes fields, relations and a status of them, in a [`builder`]; [`status`], [`reference`], [`value`],
//!    [`date`], [`incident`], [`options`] and [`people`] know what the words mean there. Everything that is read leaves its origin in a
//!    [`Reading`](crate::model::reading::Reading), and [`hide`] says what the page need not say twice.
//!
//! Nothing here knows a kind by name: what is read is what the record's kind declares.

mod actions;
mod builder;
mod complete;
mod date;
mod entry;
mod hide;
mod incident;
mod inline;
mod lines;
mod options;
mod people;
mod recognise;
mod reference;
mod sidecar;
mod standing;
mod status;
mod table;
mod timeline;
mod times;
mod value;
mod weighed;
mod y_statement;

use std::ops::Range;

use crate::config::Config;
use crate::model::source::SourceFile;

pub use complete::{Completed, complete};
pub use date::unread_date;
pub use recognise::{family, fits};

/// The text of a file, as far as metadata may stand in it.
pub struct Text<'a> {
    layout: lines::Layout<'a>,
    entries: entry::Entries,
}

impl<'a> Text<'a> {
    /// Reads `body`, bytes of `source`, and the side-car beside it.
    pub fn of(source: &'a SourceFile, body: Range<usize>, config: &Config) -> Self {
        let layout = lines::Layout::of(&source.text, body);
        let mut entries = entry::entries(&layout, &config.vocabulary);
        entries.entries.extend(sidecar::entries(source, &config.vocabulary));
        Self { layout, entries }
    }

    /// The titles of its headings.
    fn headings(&self) -> impl Iterator<Item = &str> {
        self.layout.parts.iter().filter_map(|part| part.heading.as_ref()).map(|(_, title, _)| title.as_str())
    }

    /// Whether a status is written in it, as a field or as a section.
    fn has_status(&self) -> bool {
        self.entries.entries.iter().any(|entry| matches!(&entry.name, Some((name, _)) if name == "status") && !entry.value.is_empty())
    }
}
