//! What a link or a reference under the cursor means, and what means this record.

use std::ops::Range;

use lsp_types::{DocumentSymbol, Hover, HoverContents, Location, MarkupContent, MarkupKind, SymbolInformation, SymbolKind};

use super::position::Encoding;
use super::workspace::Workspace;
use crate::link::resolve::{Resolved, Resolver};
use crate::model::field::{Field, Value};
use crate::model::handbook::{Destination, Handbook, RecordIndex};
use crate::model::name::Anchor;
use crate::model::record::Record;
use crate::pipeline::Assembled;

/// Records that an editor is shown at most for a name.
const RECORDS_MAX: usize = 200;

/// A record, or a section of it, that something means.
pub struct Target {
    /// The record.
    pub record: RecordIndex,
    /// The section.
    pub anchor: Option<Anchor>,
    /// Where that is written, in bytes of the text that was asked about.
    pub written: Range<usize>,
}

impl Target {
    /// Where the target is.
    pub fn location(&self, workspace: &Workspace, encoding: Encoding) -> Option<Location> {
        let record = &workspace.assembled().handbook.records[self.record];
        Some(Location::new(workspace.uri(record.file().as_str())?, in_file(record, self.span(record), encoding)))
    }

    /// Where the target begins in its own text: the heading of the section, else the title.
    fn span(&self, record: &Record) -> Range<usize> {
        let named = record.outline.sections.iter().find(|section| self.anchor.is_some() && section.anchor == self.anchor);
        let start = named.map_or(record.body.start, |section| section.span.start);
        let line_end = record.source.text[start..].find('\n').map_or(record.source.text.len(), |end| start + end);
        start..line_end
    }
}

/// Where bytes of a record stand in its file.
fn in_file(record: &Record, span: Range<usize>, encoding: Encoding) -> lsp_types::Range {
    let (whole, start) = record.source.in_file();
    encoding.range(&whole.text, span.start + start..span.end + start)
}

/// What the link or the reference at byte `at` of a record means.
pub fn at(assembled: &Assembled, index: RecordIndex, at: usize) -> Option<Target> {
    let handbook = &assembled.handbook;
    let (record, linked) = (&handbook.records[index], &handbook.linked[index]);
    let is_here = |span: &Range<usize>| span.start <= at && at <= span.end;
    if let Some(number) = record.outline.links.iter().position(|link| is_here(&link.span)) {
        return match linked.links.get(number)? {
            Destination::Record(target, anchor) => {
                Some(Target { record: *target, anchor: anchor.clone(), written: record.outline.links[number].span.clone() })
            }
            _ => None,
        };
    }
    let written = record.relations.iter().find(|relation| is_here(&relation.span)).map(|relation| (&relation.target, &relation.span));
    let written = written.or_else(|| record.fields.values().find_map(|field| reference_at(field, at)))?;
    let resolver = Resolver::new(&handbook.records, &assembled.input.config.sources);
    match resolver.reference(record, written.0, &[]) {
        Resolved::One(target) | Resolved::WrongKind(target) => Some(Target { record: target, anchor: None, written: written.1.clone() }),
        Resolved::Many(_) | Resolved::None => None,
    }
}

/// The reference in a field that stands at byte `at`.
fn reference_at(field: &Field, at: usize) -> Option<(&String, &Range<usize>)> {
    match &field.value {
        Value::Reference(target) if field.span.start <= at && at <= field.span.end => Some((target, &field.span)),
        Value::List(entries) => entries.iter().find_map(|entry| reference_at(entry, at)),
        Value::Map(entries) => entries.iter().find_map(|(_, entry)| reference_at(entry, at)),
        _ => None,
    }
}

/// All links to a record, in the order of the records.
pub fn links_to(workspace: &Workspace, target: RecordIndex, encoding: Encoding) -> Vec<Location> {
    let handbook = &workspace.assembled().handbook;
    let mut found = Vec::new();
    for (record, linked) in handbook.records.iter().zip(handbook.linked.iter()) {
        let leads_here = |destination: &Destination| matches!(destination, Destination::Record(to, _) if *to == target);
        let links = linked.links.iter().zip(&record.outline.links).filter(|(destination, _)| leads_here(destination));
        for (_, link) in links {
            let range = in_file(record, link.span.clone(), encoding);
            found.extend(workspace.uri(record.file().as_str()).map(|uri| Location::new(uri, range)));
        }
    }
    found
}

/// What there is to say of the record under the cursor.
pub fn hover(workspace: &Workspace, record: RecordIndex, at_byte: usize, encoding: Encoding) -> Option<Hover> {
    let target = at(workspace.assembled(), record, at_byte)?;
    let text = &workspace.assembled().handbook.records[record].source.text;
    let value = about(&workspace.assembled().handbook, target.record);
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value });
    Some(Hover { contents, range: Some(encoding.range(text, target.written)) })
}

/// Title, kind, status, date and summary of a record, in Markdown; of one that was replaced, by what.
pub fn about(handbook: &Handbook, index: RecordIndex) -> String {
    let (record, standing) = (&handbook.records[index], &handbook.linked[index].standing);
    let number = record.number.map_or_else(String::new, |number| format!(" {number}"));
    let mut facts = vec![format!("{}{number}", record.kind)];
    facts.extend(standing.status.as_ref().map(|status| status.label.clone()));
    facts.extend(record.date.map(|date| date.text()));
    let mut text = format!("**{}**\n\n{}", record.title, facts.join(" · "));
    for newer in &standing.successors {
        text.push_str(&format!("\n\nReplaced by **{}**", handbook.records[*newer].title));
    }
    if !record.summary().is_empty() {
        text.push_str(&format!("\n\n{}", record.summary()));
    }
    text
}

/// The headings of a record.
pub fn headings(workspace: &Workspace, record: RecordIndex, encoding: Encoding) -> Vec<DocumentSymbol> {
    let record = &workspace.assembled().handbook.records[record];
    let symbol = |section: &crate::model::section::Section| {
        let range = encoding.range(&record.source.text, section.span.clone());
        let heading = Target { record: 0, anchor: section.anchor.clone(), written: 0..0 }.span(record);
        let selection_range = encoding.range(&record.source.text, heading);
        #[expect(deprecated, reason = "the type has no other way to be made")]
        DocumentSymbol {
            name: section.title.clone(),
            detail: None,
            kind: SymbolKind::STRING,
            tags: None,
            deprecated: None,
            range,
            selection_range,
            children: None,
        }
    };
    record.outline.sections.iter().filter(|section| !section.title.trim().is_empty() && section.anchor.is_some()).map(symbol).collect()
}

/// The records that have `query` in their title, their number or their path.
pub fn records(workspace: &Workspace, query: &str, encoding: Encoding) -> Vec<SymbolInformation> {
    let handbook = &workspace.assembled().handbook;
    let query = query.to_lowercase();
    let fits = |record: &Record| {
        record.title.to_lowercase().contains(&query)
            || record.path().as_str().to_lowercase().contains(&query)
            || record.number.is_some_and(|number| number.to_string() == query)
    };
    let symbol = |(index, record): (usize, &std::sync::Arc<Record>)| {
        let location = Target { record: index, anchor: None, written: 0..0 }.location(workspace, encoding)?;
        let container_name = Some(record.kind.to_string());
        #[expect(deprecated, reason = "the type has no other way to be made")]
        Some(SymbolInformation {
            name: record.title.clone(),
            kind: SymbolKind::FILE,
            tags: None,
            deprecated: None,
            location,
            container_name,
        })
    };
    handbook.records.iter().enumerate().filter(|(_, record)| fits(record)).filter_map(symbol).take(RECORDS_MAX).collect()
}
