//! Metadata that stands in the text: keys and values, in every form in which people write them there.
//!
//! Only places are looked at that hold metadata: above the first heading, under the title, in a section called
//! "Metadata" or the like, and sections that are themselves a key ("Status", "Deciders").

use std::ops::Range;

use crate::config::vocabulary::Vocabulary;
use crate::model::reading::Form;
use crate::parse::shape::lines::{Layout, Line, Part, Sort, is_preamble, trimmed};
use crate::parse::shape::table::{self, Table};
use crate::parse::shape::{html, inline, pair};

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key as it is written, without marks.
    pub key: String,
    /// The field or relation that it means, and the rank of the word among those for it; `None` when it means nothing known.
    pub name: Option<(String, usize)>,
    /// The value, Markdown, without comments; lines divided by `\n`.
    pub value: String,
    /// Where the value stands, in bytes of the source.
    pub span: Range<usize>,
    /// The passage that says nothing but this.
    pub whole: Range<usize>,
    /// The table that it stands in; else the same.
    pub frame: Range<usize>,
    /// How it is written.
    pub form: Form,
    /// Entries with the same number stand in one block: a list, a table, a paragraph.
    pub block: usize,
}

/// The key of a line that tells without one that the record no longer stands.
pub const STANDING: &str = "standing";
/// Lines of one place that may begin a table in HTML: of one that has no end, all that follows is looked at.
const HTML_TABLES_MAX: usize = 20;
/// Fields that lines below a status may tell, in the section of it. Relations are part of the status.
const BELOW_STATUS: [&str; 6] = ["date", "deciders", "consulted", "informed", "authors", "tags"];
/// Lines under a heading that is itself a key; longer sections are text.
const SECTION_LINES_MAX: usize = 24;

/// The entries of a text, in order.
#[derive(Default)]
pub struct Entries {
    /// All of them, those that mean nothing known included.
    pub entries: Vec<Entry>,
    /// The thematic breaks next to the entries, above and below them, in bytes of the source.
    pub rules: Vec<Range<usize>>,
    /// One of them is above.
    pub is_ruled: bool,
}

/// Reads the entries of `layout`.
pub fn entries(layout: &Layout<'_>, vocabulary: &Vocabulary) -> Entries {
    let mut reader = Reader { layout, vocabulary, entries: Vec::new(), block: 0 };
    let title = layout.parts.get(1).and_then(|part| part.heading.as_ref());
    let first_is_key = title.is_some_and(|(_, title, _)| reader.name(title).is_some() || vocabulary.section(title).is_some());
    // A level-one heading that follows is a second title, as templates leave it: the block above it has been read.
    for (index, part) in layout.parts.iter().enumerate() {
        let title = part.heading.as_ref().map(|(_, title, _)| title.as_str());
        match (index, title) {
            (0, _) => reader.zone(part),
            (1, _) if !first_is_key => reader.zone(part),
            (_, Some(title)) if vocabulary.section(title) == Some("metadata") || reader.holds_days(part, title) => reader.zone(part),
            (_, Some(title)) => reader.section(part, title),
            _ => {}
        }
    }
    let rules = rules_around(layout, &reader.entries);
    let is_ruled = rules[0].is_some();
    Entries { entries: reader.entries, rules: rules.into_iter().flatten().collect(), is_ruled }
}

/// The thematic breaks next to the first entries: above them, and below.
fn rules_around(layout: &Layout<'_>, entries: &[Entry]) -> [Option<Range<usize>>; 2] {
    let is_listed = |entry: &&Entry| entry.name.is_some() && matches!(entry.form, Form::Bullet | Form::Line | Form::BoldBullet);
    let Some(first) = entries.iter().find(is_listed) else { return [None, None] };
    let of_block = || entries.iter().filter(|entry| entry.block == first.block);
    let start = of_block().next().map_or(first.whole.start, |entry| entry.whole.start);
    let end = of_block().next_back().map_or(first.whole.end, |entry| entry.whole.end);
    let is_said = |line: &&Line| line.sort != Sort::Blank;
    let above = layout.lines.iter().rev().filter(is_said).find(|line| line.whole.end <= start);
    let below = layout.lines.iter().filter(is_said).find(|line| line.whole.start >= end);
    [above, below].map(|line| line.filter(|line| line.sort == Sort::Rule).map(|line| line.whole.clone()))
}

struct Reader<'a> {
    layout: &'a Layout<'a>,
    vocabulary: &'a Vocabulary,
    entries: Vec<Entry>,
    block: usize,
}

impl Reader<'_> {
    fn name(&self, key: &str) -> Option<(String, usize)> {
        self.vocabulary.key(key).map(|(name, rank)| (name.to_owned(), rank))
    }

    fn push(&mut self, key: &str, value: &str, span: Range<usize>, whole: Range<usize>, form: Form) {
        let entry = Entry {
            key: key.to_owned(),
            name: self.name(key),
            value: inline::without_comments(value).trim().to_owned(),
            span,
            frame: whole.clone(),
            whole,
            form,
            block: self.block,
        };
        self.entries.push(entry);
    }

    /// Whether a "Timeline" tells the days of the record itself, by names that are those of its date: `- Date accepted: 2023-06-26`.
    fn holds_days(&self, part: &Part, title: &str) -> bool {
        if self.vocabulary.section(title) != Some("timeline") {
            return false;
        }
        let said = || self.layout.lines_of(part).iter().filter(|line| line.sort != Sort::Blank);
        let key = |line: &Line| pair::split(self.layout.content(line), self.vocabulary).map(|(key, ..)| key);
        let is_day = |key: &String| self.name(key).is_some_and(|(name, _)| name == "date");
        said().all(|line| line.sort == Sort::Bullet && key(line).is_some()) && said().filter_map(key).filter(is_day).count() > 1
    }

    /// Lines among which metadata may stand in any form.
    fn zone(&mut self, part: &Part) {
        self.facts(self.layout.lines_of(part));
    }

    fn facts(&mut self, lines: &[Line]) {
        let (mut at, mut n_tried) = (0, 0);
        while at < lines.len() {
            let mut html = || {
                let is_open = n_tried < HTML_TABLES_MAX && self.layout.content(&lines[at]).starts_with('<');
                n_tried += usize::from(is_open);
                is_open.then(|| html::read(self.layout, &lines[at..])).flatten()
            };
            let n = match lines[at].sort {
                Sort::Row => self.rows(&lines[at..]),
                Sort::Text if is_table_head(self.layout, &lines[at..]) => self.rows(&lines[at..]),
                Sort::Text => match html() {
                    Some((table, n)) => self.table(&table, n),
                    None => self.paragraph(&lines[at..]),
                },
                Sort::Bullet => self.boxes(&lines[at..]).unwrap_or_else(|| self.list(&lines[at..])),
                Sort::Quote => self.paragraph(&lines[at..]),
                Sort::Blank | Sort::Rule | Sort::Heading(_) => 1,
            };
            at += n.max(1);
        }
    }

    fn rows(&mut self, lines: &[Line]) -> usize {
        let (table, n) = table::read(self.layout, lines);
        self.table(&table, n)
    }

    /// A table that takes `n` lines.
    fn table(&mut self, table: &Table, n: usize) -> usize {
        self.block += 1;
        let is_status = |word: &str| self.vocabulary.statuses(word).next().is_some();
        for pair in table::pairs(table, |key| self.vocabulary.key(key).is_some(), is_status) {
            self.push(&pair.key, &pair.value, pair.span, pair.whole, pair.form);
            self.entries.last_mut().expect("it was pushed").frame = table.whole.clone();
        }
        n
    }

    /// A list of boxes, one for each status that there is: `- [ ] Proposed`, `- [x] Accepted`.
    fn boxes(&mut self, lines: &[Line]) -> Option<usize> {
        let n = lines.iter().take_while(|line| line.sort == Sort::Bullet).count();
        let (items, content) = (&lines[..n], |line: &Line| self.layout.content(line));
        let is_status = |word: &str| self.vocabulary.statuses(word.split(" by ").next().unwrap_or(word)).next().is_some();
        if n < 2 || !items.iter().all(|line| boxed(content(line)).is_some_and(is_status)) {
            return None;
        }
        let is_ticked = |content: &&str| !content.starts_with("[ ]");
        let ticked: Vec<&str> = items.iter().map(content).filter(is_ticked).collect();
        // Where nothing is chosen, the whole choice is what is left of the template.
        let text = if ticked.is_empty() { items.iter().map(content).collect() } else { ticked }.join("\n");
        self.block += 1;
        let (first, last) = (&items[0], &items[n - 1]);
        self.push("status", &text, first.content.start..last.content.end, first.whole.start..last.whole.end, Form::Bullet);
        Some(n)
    }

    /// A list: each item with a key is an entry; what is indented under it belongs to it.
    fn list(&mut self, lines: &[Line]) -> usize {
        self.block += 1;
        let indent = lines[0].indent;
        let mut at = 0;
        while let Some(line) = lines.get(at).filter(|line| line.sort == Sort::Bullet && line.indent <= indent + 1) {
            let belongs = |next: &Line| match next.sort {
                Sort::Bullet | Sort::Row | Sort::Quote => next.indent > indent + 1,
                Sort::Text => true,
                _ => false,
            };
            let mut n = 1 + lines[at + 1..].iter().take_while(|next| belongs(next)).count();
            let item = &lines[at..at + n];
            let content = self.layout.content(line);
            let pairs = if n == 1 { pair::pairs_in_line(content, self.vocabulary) } else { Vec::new() };
            if pairs.len() > 1 {
                for (key, value) in pairs {
                    let span = line.content.start + value.start..line.content.start + value.end;
                    self.push(&key, &content[value], span, line.whole.clone(), Form::BoldPairs);
                }
            } else if let Some((key, value, is_bold)) = pair::split(content, self.vocabulary) {
                let span = line.content.start + value.start..item[n - 1].content.end;
                let mut text = content[value].to_owned();
                for line in &item[1..] {
                    text.push('\n');
                    text.push_str(self.layout.content(line));
                }
                let form = if is_bold { Form::BoldBullet } else { Form::Bullet };
                self.push(&key, &text, span, line.whole.start..item[n - 1].whole.end, form);
            }
            // Items of one list may stand apart.
            let n_blank = lines[at + n..].iter().take_while(|line| line.sort == Sort::Blank).count();
            if lines.get(at + n + n_blank).is_some_and(|next| next.sort == Sort::Bullet && next.indent <= indent + 1) {
                n += n_blank;
            }
            at += n;
        }
        at
    }

    /// A paragraph: each line with a key is an entry; a line without one goes on with the entry before.
    fn paragraph(&mut self, lines: &[Line]) -> usize {
        self.block += 1;
        let sort = lines[0].sort;
        let n = lines.iter().take_while(|line| line.sort == sort).count();
        let in_preamble = is_preamble(&self.layout.text[lines[0].whole.clone()]);
        let (mut is_first, mut is_prose) = (true, false);
        for (index, line) in lines[..n].iter().enumerate() {
            let content = self.layout.content(line);
            // A term and its definition: `Status`, then `: accepted`.
            if let Some(value) = content.strip_prefix(": ").filter(|_| index > 0) {
                let term = inline::plain(self.layout.content(&lines[index - 1]));
                let start = line.content.end - value.trim_start().len();
                if pair::is_key(&term) {
                    self.push(&term, value, start..line.content.end, lines[index - 1].whole.start..line.whole.end, Form::Line);
                }
                continue;
            }
            let form = if sort == Sort::Quote { Form::Quote } else { Form::Line };
            let pairs = pair::pairs_in_line(content, self.vocabulary);
            if pairs.len() > 1 {
                for (key, value) in pairs {
                    let span = line.content.start + value.start..line.content.start + value.end;
                    self.push(&key, &content[value], span, line.whole.clone(), Form::BoldPairs);
                }
            } else if pair::is_standing(content, self.vocabulary) {
                self.push(STANDING, content, line.content.clone(), line.whole.clone(), form);
            } else if let Some((key, value, _)) = pair::split(content, self.vocabulary)
                // Words in bold at the beginning of a line, in the midst of a sentence.
                .filter(|(_, value, is_bold)| !(is_prose && *is_bold && !content[..value.start].contains([':', '：'])))
            {
                let span = line.content.start + value.start..line.content.end;
                self.push(&key, &content[value], span, line.whole.clone(), form);
            } else if let Some(last) = self.entries.last_mut().filter(|last| {
                // An indented line goes on with any key, as in preambles.
                let is_indented = self.layout.text[line.whole.clone()].starts_with([' ', '\t']);
                !is_first && last.block == self.block && (is_indented || (last.name.is_some() && !in_preamble))
            }) {
                last.value.push('\n');
                last.value.push_str(&inline::without_comments(content));
                last.span.end = line.content.end;
                last.whole.end = line.whole.end;
            } else {
                is_prose = true;
            }
            is_first = false;
        }
        n + self.value_below(&lines[..n], &lines[n..])
    }

    /// A label alone, and its value in the next paragraph: `**Status**`, then `Accepted`.
    fn value_below(&mut self, label: &[Line], rest: &[Line]) -> usize {
        let [line] = label else { return 0 };
        let content = self.layout.content(line);
        let is_bold = content.starts_with("**") && content.trim_end_matches(':').ends_with("**") && content.matches("**").count() == 2;
        let key = inline::plain(content);
        let key = key.trim_end_matches(':').trim();
        if !is_bold || self.name(key).is_none() {
            return 0;
        }
        if let Some(last) = self.entries.last().filter(|last| last.block == self.block) {
            if !last.value.is_empty() {
                return 0;
            }
            self.entries.pop();
        }
        let n_blank = rest.iter().take_while(|line| line.sort == Sort::Blank).count();
        let value: Vec<&Line> = rest[n_blank..].iter().take_while(|line| matches!(line.sort, Sort::Text | Sort::Bullet)).collect();
        let (Some(first), Some(last)) = (value.first(), value.last()) else { return 0 };
        if self.layout.content(first).starts_with("**") {
            return 0;
        }
        let text = value.iter().map(|line| self.layout.content(line)).collect::<Vec<_>>().join("\n");
        self.push(key, &text, first.content.start..last.content.end, line.whole.start..last.whole.end, Form::Line);
        n_blank + value.len()
    }

    /// A section whose title is a key, or holds one with its value: `## Status`, `## Status: accepted`.
    fn section(&mut self, part: &Part, title: &str) {
        let Some((_, _, heading)) = &part.heading else { return };
        if let Some((key, value)) = title.split_once(" - ").or_else(|| title.split_once(':')).or_else(|| title.split_once(" – "))
            && matches!(self.name(key), Some((name, _)) if name == "status" || name == "date")
            && !value.trim().is_empty()
        {
            self.block += 1;
            let (key, value) = (key.to_owned(), value.trim().to_owned());
            return self.push(&key, &value, heading.start..heading.end, heading.clone(), Form::Heading);
        }
        self.headless_table(part);
        if self.name(title).is_none() {
            return;
        }
        let lines = self.layout.lines_of(part);
        let (lines, facts) = lines.split_at(self.n_before_facts(lines));
        self.facts(facts);
        let said: Vec<&Line> = lines.iter().filter(|line| !matches!(line.sort, Sort::Blank | Sort::Rule)).collect();
        let (Some(first), Some(last)) = (said.first(), said.last()) else { return };
        if said.len() > SECTION_LINES_MAX {
            return;
        }
        // Paragraphs stay apart, since each may say a thing of its own.
        let mut text = said.iter().map(|line| self.layout.content(line)).collect::<Vec<_>>().join("\n");
        let mut start = first.content.start;
        // `4. Mai 2024` alone is no list of one item.
        let line = trimmed(self.layout.text, first.whole.clone());
        if said.len() == 1 && self.layout.text[line.clone()].starts_with(|c: char| c.is_ascii_digit()) {
            (text, start) = (self.layout.text[line.clone()].to_owned(), line.start);
        }
        self.block += 1;
        self.push(title, &text, start..last.content.end, heading.start..last.whole.end, Form::Section);
    }

    /// How many lines of a section stand before those with which it ends that are keys and values: `**Date:** ...` below "Accepted".
    fn n_before_facts(&self, lines: &[Line]) -> usize {
        let is_fact = |line: &Line| {
            let key = pair::split(self.layout.content(line), self.vocabulary).map(|(key, ..)| key);
            key.and_then(|key| self.name(&key)).is_some_and(|(name, _)| BELOW_STATUS.contains(&name.as_str()))
        };
        let is_told = |line: &Line| !matches!(line.sort, Sort::Blank | Sort::Rule);
        let last = lines.iter().rposition(|line| is_told(line) && !is_fact(line));
        last.map_or(lines.len(), |last| last + 1)
    }

    /// A table of keys and values with an empty head, which tells facts in whatever section it stands first.
    fn headless_table(&mut self, part: &Part) {
        let lines = self.layout.lines_of(part);
        let Some(at) = lines.iter().position(|line| line.sort != Sort::Blank) else { return };
        let is_bare = |line: &Line| line.sort == Sort::Row && self.layout.content(line).chars().all(|c| matches!(c, '|' | ' ' | '\t'));
        if is_bare(&lines[at]) {
            self.rows(&lines[at..]);
        }
    }
}

/// What stands behind a box, ticked or not: `[x] Accepted`.
fn boxed(content: &str) -> Option<&str> {
    ["[ ]", "[x]", "[X]"].iter().find_map(|mark| content.strip_prefix(mark)).map(str::trim)
}

/// Whether a table begins here that has no bar in front of its lines.
fn is_table_head(layout: &Layout<'_>, lines: &[Line]) -> bool {
    let [head, rule, ..] = lines else { return false };
    layout.content(head).contains('|') && table::is_delimiter(layout.content(rule))
}
