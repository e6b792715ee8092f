//! `{{#include path}}`: the events of a record, those of the files that it includes put in their place.
//!
//! An included text is parsed by itself, so it can not open what the page closes. Its events carry the place of the
//! directive in the record, which is where its author can do something about them.

use std::ops::Range;
use std::sync::Arc;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use crate::diagnostic::{self, Diagnostic};
use crate::markdown::{self, MarkdownOptions, body};
use crate::model::name::SourcePath;
use crate::model::source::SourceFile;

/// Includes within includes that are followed.
const DEPTH_MAX: usize = 8;
/// Bytes that the includes of one record may come to, each counted as often as it is included.
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes that an include counts for at least: a small one costs its parsing too.
const INCLUDE_BYTES_MIN: usize = 1024;

const OPENING: &str = "{{#include ";

/// The paths named by the include directives of `text`, with their places, in order.
pub fn directives(text: &str) -> Vec<(Range<usize>, &str)> {
    let (mut found, mut end) = (Vec::new(), 0);
    while let Some(at) = text[end..].find(OPENING).map(|at| at + end) {
        let start = at + OPENING.len();
        let line = text[start..].split('\n').next().unwrap_or_default();
        // Where nothing closes this directive, nothing closes a later one of its line.
        end = start + line.len();
        if let Some(length) = line.find("}}") {
            end = start + length + 2;
            found.push((at..end, line[..length].trim()));
        }
    }
    found
}

/// The file that `target`, written in `from`, means: a path within the content folder, or nothing.
pub fn is_directive_target(from: &SourcePath, target: &str) -> Option<SourcePath> {
    crate::link::path::join(from.folder(), target).map(SourcePath::new)
}

/// The events of `body` with includes in place.
pub fn events<'a>(
    source: &'a SourceFile,
    body: Range<usize>,
    options: MarkdownOptions,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<(Event<'a>, Range<usize>)> {
    let text = &source.text[body.clone()];
    let shifted = |(event, range): (Event<'a>, Range<usize>)| (event, range.start + body.start..range.end + body.start);
    let events: Vec<_> = markdown::events(text, options).into_iter().map(shifted).collect();
    if source.includes.is_empty() {
        return events;
    }
    let mut spliced = Vec::with_capacity(events.len());
    let mut splicer = Splicer { source, options, diagnostics, out: &mut spliced, left: BYTES_MAX };
    splicer.splice(events, source.file(), 0);
    spliced
}

/// An event and its place in the source.
type Spanned<'a> = (Event<'a>, Range<usize>);

fn is_break(event: &Event<'_>) -> bool {
    matches!(event, Event::SoftBreak | Event::HardBreak)
}

/// The lines of a paragraph, each but the first with the break before it. What goes over several lines, such as a link, is not
/// cut.
fn lines(inside: Vec<Spanned<'_>>) -> Vec<Vec<Spanned<'_>>> {
    let (mut lines, mut depth) = (vec![Vec::new()], 0);
    for (event, range) in inside {
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            event if depth == 0 && is_break(event) => lines.push(Vec::new()),
            _ => {}
        }
        lines.last_mut().expect("there is a first line").push((event, range));
    }
    lines
}

struct Splicer<'a, 'd> {
    source: &'a SourceFile,
    options: MarkdownOptions,
    diagnostics: &'d mut Vec<Diagnostic>,
    out: &'d mut Vec<(Event<'a>, Range<usize>)>,
    /// Bytes that may still be included.
    left: usize,
}

impl<'a> Splicer<'a, '_> {
    fn splice(&mut self, events: Vec<(Event<'a>, Range<usize>)>, path: &SourcePath, depth: usize) {
        let mut in_code = false;
        let mut events = events.into_iter();
        while let Some((event, range)) = events.next() {
            match event {
                Event::Start(Tag::CodeBlock(_)) => in_code = true,
                Event::End(TagEnd::CodeBlock) => in_code = false,
                Event::Text(text) if in_code && text.contains(OPENING) => {
                    let text = self.filled(&text, path);
                    self.out.push((Event::Text(CowStr::from(text)), range));
                    continue;
                }
                Event::Start(Tag::Paragraph) => {
                    let inside = events.by_ref().take_while(|(event, _)| !matches!(event, Event::End(TagEnd::Paragraph)));
                    let lines = lines(inside.collect());
                    self.paragraph(lines, &range, path, depth);
                    continue;
                }
                _ => {}
            }
            self.out.push((event, range));
        }
    }

    /// A paragraph, in which each line that is a directive ends what stands before it.
    fn paragraph(&mut self, lines: Vec<Vec<Spanned<'a>>>, range: &Range<usize>, path: &SourcePath, depth: usize) {
        let mut waiting: Vec<Spanned<'a>> = Vec::new();
        for line in lines {
            match self.included_by(&line, path) {
                Some((included, text)) => {
                    self.close_paragraph(&mut waiting, range);
                    self.include(included, text, range.clone(), depth);
                }
                None => waiting.extend(line),
            }
        }
        self.close_paragraph(&mut waiting, range);
    }

    /// Puts out a paragraph of what is waiting, if anything is.
    fn close_paragraph(&mut self, waiting: &mut Vec<Spanned<'a>>, range: &Range<usize>) {
        let begins_with_break = waiting.first().is_some_and(|(event, _)| is_break(event));
        let inside: Vec<Spanned<'a>> = waiting.drain(..).skip(usize::from(begins_with_break)).collect();
        if !inside.is_empty() {
            self.out.push((Event::Start(Tag::Paragraph), range.clone()));
            self.out.extend(inside);
            self.out.push((Event::End(TagEnd::Paragraph), range.clone()));
        }
    }

    /// The file that a line names, which is a directive and nothing else.
    fn included_by(&self, line: &[Spanned<'a>], path: &SourcePath) -> Option<(&'a SourcePath, &'a Arc<str>)> {
        let mut text = String::new();
        for (event, _) in line.iter().filter(|(event, _)| !is_break(event)) {
            let Event::Text(piece) = event else { return None };
            text.push_str(piece);
        }
        match directives(&text).as_slice() {
            [(whole, target)] if whole.len() == text.trim().len() => self.included(path, target),
            _ => None,
        }
    }

    fn include(&mut self, path: &'a SourcePath, text: &'a Arc<str>, range: Range<usize>, depth: usize) {
        if depth == DEPTH_MAX {
            let message = format!("`{path}` is included {} levels deep, and {DEPTH_MAX} are followed", depth + 1);
            self.diagnostics.push(self.source.finding(&diagnostic::INCLUDE, range, message));
            return;
        }
        let Some(left) = self.left.checked_sub(text.len().max(INCLUDE_BYTES_MIN)) else {
            let message = format!("includes come to more than {} MiB; the rest is left out", BYTES_MAX >> 20);
            let is_told = self.diagnostics.iter().any(|told| told.message == message);
            if !is_told {
                self.diagnostics.push(self.source.finding(&diagnostic::INCLUDE, range, message));
            }
            return;
        };
        self.left = left;
        let events = markdown::events(&text[body(text)], self.options).into_iter();
        let events = events.map(|(event, _)| (event, range.clone())).collect();
        self.splice(events, path, depth + 1);
    }

    /// `text` of a code block with the directives in it replaced by the files' text.
    fn filled(&self, text: &str, path: &SourcePath) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut end = 0;
        for (range, target) in directives(text) {
            if let Some((_, included)) = self.included(path, target) {
                filled.push_str(&text[end..range.start]);
                filled.push_str(included.trim_end_matches('\n'));
                end = range.end;
            }
        }
        filled + &text[end..]
    }

    fn included(&self, from: &SourcePath, target: &str) -> Option<(&'a SourcePath, &'a Arc<str>)> {
        self.source.includes.get_key_value(&is_directive_target(from, target)?)
    }
}
