//! What is searchable, and how it is found. [`documents`] is the one definition of what a search sees; [`native`] holds
//! it in a tantivy index on disk; [`rank`] scores it.
//!
//! Sections are indexed, records are ranked: a result is a record with its best passages.

pub mod analysis;
pub mod browser;
pub mod native;
pub mod query;
pub mod rank;
pub mod search;
pub mod stem;

use crate::model::handbook::{Destination, Handbook, RecordIndex};
use crate::model::section::LinkForm;

/// One section of one record, as search sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchDocument {
    /// The record.
    pub record: RecordIndex,
    /// Which of its sections: an index into its outline; 0 is there for every record.
    pub section: usize,
    /// The record's title; in its first document only.
    pub title: String,
    /// The section's heading.
    pub heading: String,
    /// The section's text; in the first document, the record's sentences from the front matter too.
    pub body: String,
    /// Tags, topic, number, names; in the first document only.
    pub keywords: String,
    /// The words of links that lead to the record; in the first document only.
    pub links: String,
}

/// Words of links to one record that are indexed, at most.
const LINK_TEXTS_MAX: usize = 40;

/// The documents of a record, in the order of its sections.
pub fn documents(handbook: &Handbook, record: RecordIndex) -> Vec<SearchDocument> {
    let outline = &handbook.records[record].outline;
    let mut documents: Vec<SearchDocument> = outline
        .sections
        .iter()
        .enumerate()
        .map(|(section, content)| SearchDocument {
            record,
            section,
            heading: if content.level > 1 { content.title.clone() } else { String::new() },
            body: content.text.clone(),
            ..SearchDocument::default()
        })
        .collect();
    if documents.is_empty() {
        documents.push(SearchDocument { record, ..SearchDocument::default() });
    }
    let first = &mut documents[0];
    first.title = handbook.records[record].title.clone();
    first.keywords = keywords(handbook, record);
    first.links = link_texts(handbook, record);
    first.body = [sentences(handbook, record), std::mem::take(&mut first.body)].join("\n");
    documents
}

/// What the front matter says in sentences.
fn sentences(handbook: &Handbook, record: RecordIndex) -> String {
    let record = &handbook.records[record];
    let spoken = ["summary", "statement", "mission", "problem", "impact", "in_systems", "in_teams"];
    spoken.iter().filter_map(|name| record.text(name)).collect::<Vec<_>>().join("\n")
}

fn keywords(handbook: &Handbook, index: RecordIndex) -> String {
    let record = &handbook.records[index];
    let mut words: Vec<String> = record.tags.clone();
    words.extend(["topic", "pattern", "owner", "severity"].iter().filter_map(|name| record.text(name)).map(str::to_owned));
    words.extend(["services", "areas"].iter().flat_map(|name| record.texts(name)).map(str::to_owned));
    if let Some(number) = record.number {
        words.extend([number.to_string(), format!("{} {number}", record.kind), format!("ADR-{number}")]);
    }
    words.push(record.path().stem().to_owned());
    words.join("\n")
}

/// The different words of links to a record, in the order of the records that link.
fn link_texts(handbook: &Handbook, index: RecordIndex) -> String {
    let mut texts: Vec<&str> = Vec::new();
    for backlink in &handbook.linked[index].backlinks {
        let from = &handbook.records[backlink.from];
        let leads_here = handbook.linked[backlink.from].links.iter().zip(&from.outline.links);
        for (destination, link) in leads_here {
            let is_here = matches!(destination, Destination::Record(target, _) if *target == index);
            if is_here && link.form != LinkForm::Image && !link.text.trim().is_empty() && !texts.contains(&link.text.trim()) {
                texts.push(link.text.trim());
            }
        }
        if texts.len() >= LINK_TEXTS_MAX {
            break;
        }
    }
    texts.join("\n")
}
