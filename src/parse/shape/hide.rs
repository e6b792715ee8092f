//! What of the text need not be on the page, since its facts say it; and what looks like metadata and was not understood.

use std::collections::HashSet;
use std::ops::Range;

use crate::config::vocabulary::fold;
use crate::model::reading::{Form, Unread};
use crate::parse::shape::builder::Builder;
use crate::parse::shape::entry::{Entry, STANDING};
use crate::parse::shape::inline;
use crate::parse::shape::lines::{self, Layout, Line, Sort};
use crate::parse::unread::shortened;

impl Builder<'_> {
    /// Entries beside others that are understood, and which are not themselves.
    pub fn unread(&mut self) {
        let entries = &self.text.entries.entries;
        let blocks: HashSet<usize> = entries.iter().filter(|entry| entry.name.is_some()).map(|entry| entry.block).collect();
        for (index, entry) in entries.iter().enumerate() {
            // Some write whole sections as lines: `**Context:** ...`
            let is_section = self.kind.shape.contains(&fold(&entry.key));
            let is_read = entry.name.is_some() || entry.key == STANDING || self.used.contains(&index);
            if is_read || !blocks.contains(&entry.block) || entry.form == Form::SideCar || is_section {
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
    pub fn hide(&mut self) {
        if self.kind.free || self.used.is_empty() {
            return;
        }
        let text = self.text;
        let entries = &text.entries.entries;
        let mut hidden: Vec<Range<usize>> = Vec::new();
        let left = entries.iter().enumerate().filter(|(index, _)| !self.used.contains(index));
        let with_rest: HashSet<usize> = left.map(|(_, entry)| entry.block).collect();
        let is_used = |block: usize| !with_rest.contains(&block);
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
            } else if is_used(entry.block) || entry.form != Form::Quote && entry.form != Form::BoldPairs && self.is_apart(entry) {
                hidden.push(entry.whole.clone());
            }
        }
        let left = self.left();
        // Of a preamble nothing is shown as it stands there: the marks around it go with its first and its last line.
        hidden.extend(left.iter().filter(|entry| self.is_in_preamble(entry)).map(|entry| entry.whole.clone()));
        self.reading.left = left.iter().map(|entry| entry.whole.clone()).collect();
        let first_block = entries.iter().position(|entry| entry.name.is_some()).map(|index| entries[index].block);
        if first_block.is_some_and(is_used) && !hidden.is_empty() {
            hidden.extend(text.entries.rules.iter().cloned());
        }
        let mut hidden = joined(hidden, &text.layout);
        let mut headings = Vec::new();
        let is_hidden = |line: &Line| {
            let after = hidden.partition_point(|range| range.start <= line.whole.start);
            after > 0 && line.whole.end <= hidden[after - 1].end
        };
        for part in &text.layout.parts {
            let Some((_, _, heading)) = &part.heading else { continue };
            let said = || text.layout.lines_of(part).iter().filter(|line| line.sort != Sort::Blank);
            let is_gone = said().all(is_hidden);
            let is_title = part.lines.start <= 1 || text.layout.parts.get(1).is_some_and(|first| first.lines.start == part.lines.start);
            if is_gone && said().next().is_some() && !is_title {
                headings.push(heading.clone());
            }
        }
        hidden.extend(headings);
        self.reading.hidden = joined(hidden, &text.layout);
    }
}

impl<'a> Builder<'a> {
    /// Lines with a key that stand beside lines that are hidden, and are none of them.
    fn left(&self) -> Vec<&'a Entry> {
        let entries = &self.text.entries.entries;
        let hidden = self.used.iter().map(|index| &entries[*index]).filter(|entry| entry.form == Form::Line && self.is_apart(entry));
        let with_hidden: HashSet<usize> = hidden.map(|entry| entry.block).collect();
        let is_left =
            |(index, entry): &(usize, &Entry)| entry.form == Form::Line && with_hidden.contains(&entry.block) && !self.used.contains(index);
        entries.iter().enumerate().filter(is_left).map(|(_, entry)| entry).collect()
    }

    /// Whether an entry can be taken out from among the others of its block: of a preamble, where every line belongs to one.
    fn is_apart(&self, entry: &Entry) -> bool {
        if !self.is_in_preamble(entry) {
            return true;
        }
        let of_block = || self.text.entries.entries.iter().filter(|other| other.block == entry.block);
        let start = of_block().map(|entry| entry.whole.start).min().unwrap_or(0);
        let end = of_block().map(|entry| entry.whole.end).max().unwrap_or(0);
        let lines = self.text.layout.lines.iter().filter(|line| start <= line.whole.start && line.whole.end <= end);
        lines.into_iter().all(|line| of_block().any(|entry| entry.whole.start <= line.whole.start && line.whole.end <= entry.whole.end))
    }

    fn is_in_preamble(&self, entry: &Entry) -> bool {
        let first = self.text.entries.entries.iter().find(|other| other.block == entry.block);
        entry.form == Form::Line && first.is_some_and(|first| lines::is_preamble(&self.text.layout.text[first.whole.clone()]))
    }
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
