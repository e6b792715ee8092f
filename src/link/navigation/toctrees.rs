//! Tables of contents within pages, as Sphinx has them: each page orders those below it, which may do the same.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::config::Sources;
use crate::link::navigation::{Outlined, contents};
use crate::link::resolve::Resolver;
use crate::markdown;
use crate::model::handbook::RecordIndex;
use crate::model::record::Record;
use crate::model::section::LinkForm;

/// Pages below one another that are followed; what is deeper is ordered as if nobody had said anything.
const DEPTH_MAX: usize = 32;

/// The tables of one page: their titles, often empty, and the pages that they name.
type Tables = Vec<(String, Vec<RecordIndex>)>;

/// What the tables of contents in `records` say, for each page that begins one and is named in none.
pub fn read(records: &[Arc<Record>], resolver: &Resolver<'_>, sources: &Sources) -> Vec<Outlined> {
    let tables = records.iter().enumerate().map(|(index, record)| (index, tables(record, resolver, sources)));
    let tables: BTreeMap<RecordIndex, Tables> = tables.filter(|(_, tables)| !tables.is_empty()).collect();
    let below = |(index, tables): (&RecordIndex, &Tables)| {
        let index = *index;
        tables.iter().flat_map(|(_, pages)| pages.clone()).filter(move |page| *page != index).collect::<Vec<_>>()
    };
    let named: HashSet<RecordIndex> = tables.iter().flat_map(below).collect();
    let roots = tables.keys().filter(|index| !named.contains(index));
    let mut walk = Walk { tables: &tables, seen: HashSet::new(), outlined: Outlined::default() };
    let outlined = roots.map(|root| {
        walk.page(*root, 0);
        std::mem::take(&mut walk.outlined)
    });
    outlined.collect()
}

/// The tables of contents in the text of `record`.
fn tables(record: &Record, resolver: &Resolver<'_>, sources: &Sources) -> Tables {
    let mut entries = record.outline.links.iter().filter(|link| link.form == LinkForm::Entry).peekable();
    if entries.peek().is_none() {
        return Tables::new();
    }
    let mut tables = vec![(String::new(), Vec::new())];
    let mut at = record.body.start;
    for line in record.source.text[record.body.clone()].split_inclusive('\n') {
        at += line.len();
        if line.contains(markdown::TOCTREE) {
            tables.push((String::new(), Vec::new()));
        }
        let (title, pages) = tables.last_mut().expect("it has a first one");
        if let Some(caption) = markdown::caption(line).filter(|_| pages.is_empty()) {
            caption.clone_into(title);
        }
        while let Some(link) = entries.next_if(|link| link.span.start < at) {
            pages.extend(contents::page(link, record, resolver, sources));
        }
    }
    tables.retain(|(_, pages)| !pages.is_empty());
    tables
}

struct Walk<'t> {
    tables: &'t BTreeMap<RecordIndex, Tables>,
    /// A page that several name lies below the first of them.
    seen: HashSet<RecordIndex>,
    outlined: Outlined,
}

impl Walk<'_> {
    /// A page, and then what lies below it.
    fn page(&mut self, index: RecordIndex, depth: usize) {
        if !self.seen.insert(index) {
            return;
        }
        self.outlined.order.push(index);
        for (title, pages) in self.tables.get(&index).filter(|_| depth < DEPTH_MAX).into_iter().flatten() {
            let (part, start) = (self.outlined.parts.len(), self.outlined.order.len());
            self.outlined.parts.push((title.clone(), Vec::new()));
            pages.iter().for_each(|page| self.page(*page, depth + 1));
            self.outlined.parts[part].1 = self.outlined.order[start..].to_vec();
        }
        if depth == 0 {
            self.outlined.parts.retain(|(title, _)| !title.is_empty());
        }
    }
}
