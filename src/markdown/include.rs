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
    splicer.splice(events, &source.path, 0);
    spliced
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
        let mut events = events.into_iter().peekable();
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
                    if let Some((Event::Text(text), _)) = events.peek()
                        && let [(whole, target)] = directives(text).as_slice()
                        && whole.len() == text.trim().len()
                        && let Some((path, text)) = self.included(path, target)
                    {
                        let rest = events.by_ref().take_while(|(event, _)| !matches!(event, Event::End(TagEnd::Paragraph)));
                        rest.for_each(drop);
                        self.include(path, text, range, depth);
                        continue;
                    }
                }
                _ => {}
            }
            self.out.push((event, range));
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
