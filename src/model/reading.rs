//! How a file was read: as what, which field came from where, and what was not understood.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::calendar::DayOrder;
use crate::model::name::SourcePath;

/// What reading a file found out about its layout.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Reading {
    /// The layout, by its name in `src/kinds/families.yaml`; empty for a page without one.
    pub family: String,
    /// What that layout is.
    pub about: String,
    /// Where each field comes from, in the order in which they were read.
    pub origins: Vec<Origin>,
    /// Which number comes first in dates of the file that leave no doubt: `30/11/2020`.
    pub day_order: DayOrder,
    /// It has dates whose day and month could change places, and nothing in it tells.
    pub has_doubtful_days: bool,
    /// What looks like metadata and was not understood.
    pub unread: Vec<Unread>,
    /// Passages of the body that say what the page shows elsewhere: bytes of the source, in order, apart from each other.
    pub hidden: Vec<Range<usize>>,
    /// Lines of metadata that were not understood and stand beside hidden ones, in the same order: each is shown on a line of its own.
    pub left: Vec<Range<usize>>,
    /// Fields that were read from passages that stay in the body, and so need no second place on the page.
    pub in_body: Vec<String>,
}

/// Where a field comes from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Origin {
    /// The field or relation.
    pub name: String,
    /// In which form it is written.
    pub form: Form,
    /// Where, in bytes of the file.
    pub span: Range<usize>,
    /// The file, when it is not the record's own: a side-car, with the line.
    pub beside: Option<(SourcePath, u32)>,
}

/// Something that was not understood.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Unread {
    /// As it is written.
    pub text: String,
    /// Why.
    pub reason: String,
    /// Where, in bytes of the file.
    pub span: Range<usize>,
}

/// The forms in which people write metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Form {
    /// YAML, TOML or JSON at the head of the file.
    FrontMatter,
    /// `- Status: accepted`.
    Bullet,
    /// `- **Status:** accepted`.
    BoldBullet,
    /// `Date: 2016-02-12`, `**Date:** 2016-02-12`.
    Line,
    /// `**Status:** accepted | **Date:** 2016-02-12`.
    BoldPairs,
    /// A table with a key and its value in each row.
    KeyTable,
    /// A table with labels and values side by side.
    Grid,
    /// A table with keys in its head and values in its one row.
    HeaderTable,
    /// A heading, and the value under it.
    Section,
    /// A heading that holds the value itself: `## Status: accepted`.
    Heading,
    /// A quotation under the title.
    Quote,
    /// The list of changes.
    Changelog,
    /// YAML in a file of its own.
    SideCar,
    /// The name of the file.
    FileName,
    /// Words within the status.
    Status,
    /// The settings of the handbook.
    Settings,
}

impl Form {
    /// As in `families.yaml`, reports and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FrontMatter => "front-matter",
            Self::Bullet => "bullet",
            Self::BoldBullet => "bold-bullet",
            Self::Line => "line",
            Self::BoldPairs => "bold-pairs",
            Self::KeyTable => "key-table",
            Self::Grid => "grid",
            Self::HeaderTable => "header-table",
            Self::Section => "section",
            Self::Heading => "heading",
            Self::Quote => "quote",
            Self::Changelog => "changelog",
            Self::SideCar => "side-car",
            Self::FileName => "file-name",
            Self::Status => "status",
            Self::Settings => "settings",
        }
    }
}

impl Reading {
    /// Whether reports tell of both in the same place, whatever they tell, and neighbours learn the same of their dates.
    pub fn is_alike(&self, other: &Self) -> bool {
        (&self.family, &self.about, self.unread.is_empty()) == (&other.family, &other.about, other.unread.is_empty())
            && (self.day_order, self.has_doubtful_days) == (other.day_order, other.has_doubtful_days)
    }

    /// Whether `name` was read from text of the body, and not from front matter.
    pub fn is_from_text(&self, name: &str) -> bool {
        self.origins.iter().any(|origin| origin.name == name && !matches!(origin.form, Form::FrontMatter))
    }
}
