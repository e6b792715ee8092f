//! The passes over the parser's events, each a function from events to events.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use crate::diagnostic::{self, Diagnostic};
use crate::model::source::SourceFile;

/// Containers (quotes, lists, list entries, definitions) within one another that are shown as such.
const NESTING_MAX: usize = 100;

type Events<'a> = Vec<(Event<'a>, Range<usize>)>;

/// A formula only where the dollars stand as such: `$x$` between spaces or punctuation, never `$a,$b` or `$5-$10`.
pub fn math_or_dollars<'a>(mut events: Events<'a>, text: &str) -> Events<'a> {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '\\'));
    let stands_alone = |range: &Range<usize>| {
        let before = text.get(..range.start).and_then(|before| before.chars().next_back());
        let after = text.get(range.end..).and_then(|after| after.chars().next());
        !is_word(before) && !is_word(after)
    };
    for (event, range) in &mut events {
        if let Event::InlineMath(formula) = event
            && !stands_alone(range)
        {
            *event = Event::Text(CowStr::from(format!("${formula}$")));
        }
    }
    events
}

/// Containers nested deeper than [`NESTING_MAX`] are shown as the text in them.
pub fn shallow<'a>(mut events: Events<'a>, source: &SourceFile, diagnostics: &mut Vec<Diagnostic>) -> Events<'a> {
    let mut depth = 0_usize;
    let mut deepest: Option<Range<usize>> = None;
    events.retain(|(event, range)| match event {
        Event::Start(tag) if is_container(&tag.to_end()) => {
            depth += 1;
            if depth > NESTING_MAX {
                deepest.get_or_insert(range.clone());
            }
            depth <= NESTING_MAX
        }
        Event::End(end) if is_container(end) => {
            depth -= 1;
            depth < NESTING_MAX
        }
        _ => true,
    });
    if let Some(range) = deepest {
        let message = format!("text is nested more than {NESTING_MAX} levels deep; what is deeper is shown without its frame");
        diagnostics.push(source.finding(&diagnostic::NESTING, range.start..range.start + 1, message));
    }
    events
}

fn is_container(end: &TagEnd) -> bool {
    matches!(end, TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item | TagEnd::DefinitionListDefinition)
}

/// Addresses in running text as links, as on GitHub.
pub fn autolink(events: Events<'_>) -> Events<'_> {
    let mut finder = linkify::LinkFinder::new();
    finder.kinds(&[linkify::LinkKind::Url]);
    let mut linked = Vec::with_capacity(events.len());
    let mut inside = 0_usize;
    for (event, range) in events {
        match &event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_)) => inside += 1,
            Event::End(TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock) => inside -= 1,
            Event::Text(text) if inside == 0 && text.contains("://") => {
                let text = text.to_string();
                linked.extend(linked_text(&finder, &text, range));
                continue;
            }
            _ => {}
        }
        linked.push((event, range));
    }
    linked
}

fn linked_text(finder: &linkify::LinkFinder, text: &str, range: Range<usize>) -> Events<'static> {
    let mut events = Vec::new();
    for span in finder.spans(text) {
        let shown = Event::Text(CowStr::from(span.as_str().to_owned()));
        let is_web = span.as_str().starts_with("https://") || span.as_str().starts_with("http://");
        if span.kind().is_none() || !is_web {
            events.push((shown, range.clone()));
            continue;
        }
        let (title, id) = (CowStr::Borrowed(""), CowStr::Borrowed(""));
        let dest_url = CowStr::from(span.as_str().to_owned());
        let link = Tag::Link { link_type: LinkType::Autolink, dest_url, title, id };
        events.push((Event::Start(link), range.clone()));
        events.push((shown, range.clone()));
        events.push((Event::End(TagEnd::Link), range.clone()));
    }
    events
}

/// Neighbouring texts as one, so that later stages see whole words.
pub fn joined_text(events: Events<'_>) -> Events<'_> {
    let mut joined: Events<'_> = Vec::with_capacity(events.len());
    let mut run = String::new();
    for (event, range) in events {
        match (event, joined.last_mut()) {
            (Event::Text(text), Some((Event::Text(before), before_range))) => {
                if run.is_empty() {
                    run.push_str(before);
                }
                run.push_str(&text);
                before_range.end = range.end.max(before_range.end);
            }
            (event, last) => {
                end_run(last, &mut run);
                joined.push((event, range));
            }
        }
    }
    end_run(joined.last_mut(), &mut run);
    joined
}

/// Puts the text of several into the first of them.
fn end_run(last: Option<&mut (Event<'_>, Range<usize>)>, run: &mut String) {
    if let Some((event @ Event::Text(_), _)) = last
        && !run.is_empty()
    {
        *event = Event::Text(CowStr::from(std::mem::take(run)));
    }
}
