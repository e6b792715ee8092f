//! Tables of contents that are pages: `SUMMARY.md` (mdBook, GitBook, literate-nav) and `_sidebar.md` (docsify). The pages are those
//! to which they link. Titles over pages are their headings, and the items of their lists that link to nothing.

use crate::config::Sources;
use crate::link::meant::meant;
use crate::link::navigation::{Outlined, exact};
use crate::link::resolve::{Resolver, decoded};
use crate::model::handbook::RecordIndex;
use crate::model::record::Record;
use crate::model::section::{Link, LinkForm};

/// Whether a record is there to say in which order the others are read.
pub fn is_contents(record: &Record) -> bool {
    ["summary", "_sidebar"].iter().any(|name| record.path().stem().eq_ignore_ascii_case(name))
}

/// What the table of contents `record` says.
pub fn read(record: &Record, resolver: &Resolver<'_>, sources: &Sources) -> Outlined {
    let mut outlined = Outlined::default();
    let is_within = |link: &&Link| link.form == LinkForm::Markdown && !link.target.contains("://");
    let links = record.outline.links.iter().filter(is_within);
    let pages: Vec<(&Link, RecordIndex)> = links.filter_map(|link| Some((link, page(link, record, resolver, sources)?))).collect();
    let mut section = None;
    for (link, index) in &pages {
        outlined.order.push(*index);
        if section != Some(link.section) {
            section = Some(link.section);
            let title = record.outline.sections.get(link.section).map(|section| section.title.clone()).unwrap_or_default();
            outlined.parts.push((title, Vec::new()));
        }
        outlined.parts.last_mut().expect("it was pushed").1.push(*index);
    }
    outlined.parts.extend(labelled(record, &pages));
    outlined.parts.retain(|(title, pages)| !title.is_empty() && *title != record.title && !pages.is_empty());
    outlined
}

/// The page to which `link` leads.
pub fn page(link: &Link, record: &Record, resolver: &Resolver<'_>, sources: &Sources) -> Option<RecordIndex> {
    let target = decoded(link.target.split(['#', '?']).next().unwrap_or_default());
    if target.is_empty() {
        return None;
    }
    meant(sources, record.path().folder(), &target).into_iter().find_map(|path| exact(resolver, &path))
}

/// Items of lists that link to nothing, `- Getting started`, and the pages in the lists below them.
fn labelled(record: &Record, pages: &[(&Link, RecordIndex)]) -> Vec<(String, Vec<RecordIndex>)> {
    let mut parts: Vec<(String, Vec<RecordIndex>)> = Vec::new();
    // Columns and parts of the labels that are open, the outermost first.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let (mut pages, mut at) = (pages.iter().peekable(), record.body.start);
    for line in record.source.text[record.body.clone()].split_inclusive('\n') {
        at += line.len();
        let text = line.trim_start();
        let indent = line.len() - text.len();
        let item = ["- ", "* ", "+ "].iter().find_map(|mark| text.strip_prefix(mark));
        if item.is_some() {
            open.retain(|(column, _)| *column < indent);
        } else if text.starts_with('#') {
            open.clear();
        }
        if let Some(label) = item.filter(|item| !item.contains("](")) {
            open.push((indent, parts.len()));
            parts.push((label.trim().trim_matches(['*', '_', ':']).to_owned(), Vec::new()));
        }
        while let Some((_, index)) = pages.next_if(|(link, _)| link.span.start < at) {
            open.iter().for_each(|(_, part)| parts[*part].1.push(*index));
        }
    }
    parts
}
