//! The passes over the parser's events, each a function from events to events.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Tag, TagEnd};

use crate::diagnostic::{self, Diagnostic};
use crate::model::source::SourceFile;

/// Containers (quotes, lists, list entries, definitions) within one another that are shown as such.
const NESTING_MAX: usize = 100;
/// Beginnings of tags of a piece of HTML that may open its first heading.
const HTML_HEADINGS_MAX: usize = 8;

type Events<'a> = Vec<(Event<'a>, Range<usize>)>;

/// HTML as text, unless it is passed on. Comments are dropped, `<br>` is a line break, a heading (`<h1 align="center">`) and the
/// target of a link (`<a name="x">`) stay ones. After this pass, HTML in the events may be trusted.
pub fn raw_html(events: Events<'_>, pass_on: bool) -> Events<'_> {
    if pass_on {
        return events;
    }
    let mut shown = Vec::with_capacity(events.len());
    let mut block: Option<(String, Range<usize>)> = None;
    // Targets of links that are open: their end is no text either.
    let mut n_spans = 0_usize;
    for (event, range) in events {
        match event {
            Event::Start(Tag::HtmlBlock) => block = Some((String::new(), range)),
            Event::End(TagEnd::HtmlBlock) => {
                let (html, range) = block.take().unwrap_or_default();
                shown.extend(html_block(&html, range));
            }
            Event::Html(html) => match &mut block {
                Some((collected, _)) => collected.push_str(&html),
                None => shown.push((Event::Text(html), range)),
            },
            Event::Text(text) if block.is_some() => block.as_mut().expect("just asked").0.push_str(&text),
            Event::InlineHtml(html) if n_spans > 0 && html.eq_ignore_ascii_case("</span>") => n_spans -= 1,
            Event::InlineHtml(html) => {
                let is_span = html.starts_with("<span");
                let event = inline_html(html);
                n_spans += usize::from(is_span && matches!(event, Some(Event::InlineHtml(_))));
                shown.extend(event.map(|event| (event, range)));
            }
            other => shown.push((other, range)),
        }
    }
    shown
}

fn html_block(html: &str, range: Range<usize>) -> Events<'static> {
    let text = without_comments(html);
    let mut events = Vec::new();
    if text.trim().is_empty() || is_placement(text.trim()) {
        return events;
    }
    if let Some(anchor) = anchor(text.trim()) {
        return vec![(anchor, range)];
    }
    if let Some(heading) = Heading::within(text.trim()) {
        let Heading { level, words, before, after } = heading;
        events.extend(html_block(before, range.clone()));
        let (id, classes, attrs) = (None, Vec::new(), Vec::new());
        events.push((Event::Start(Tag::Heading { level, id, classes, attrs }), range.clone()));
        events.push((Event::Text(CowStr::from(words)), range.clone()));
        events.push((Event::End(TagEnd::Heading(level)), range.clone()));
        events.extend(html_block(after, range));
        return events;
    }
    events.push((Event::Start(Tag::Paragraph), range.clone()));
    for (index, line) in text.trim().lines().enumerate() {
        if index > 0 {
            events.push((Event::SoftBreak, range.clone()));
        }
        events.push((Event::Text(CowStr::from(line.to_owned())), range.clone()));
    }
    events.push((Event::End(TagEnd::Paragraph), range));
    events
}

/// The first heading in a piece of HTML: `<h1 align="center">Handbook</h1>`.
struct Heading<'a> {
    level: HeadingLevel,
    words: String,
    before: &'a str,
    after: &'a str,
}

impl<'a> Heading<'a> {
    fn within(html: &'a str) -> Option<Self> {
        let lower = html.to_ascii_lowercase();
        let starts = lower.match_indices("<h").map(|(start, _)| start);
        starts.take(HTML_HEADINGS_MAX).find_map(|start| {
            let digit = lower[start + 2..].chars().next()?.to_digit(10)?;
            let level = HeadingLevel::try_from(digit as usize).ok()?;
            let closer = format!("</h{digit}>");
            let end = start + lower[start..].find(&closer)?;
            let words = without_tags(&html[start..end]).split_whitespace().collect::<Vec<_>>().join(" ");
            let is_tag = lower[start + 3..].starts_with(['>', ' ', '\n']);
            (is_tag && !words.is_empty()).then_some(Self { level, words, before: &html[..start], after: &html[end + closer.len()..] })
        })
    }
}

/// What stands between the tags of `html`.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for piece in html.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
        text.push(' ');
    }
    text
}

/// Whether it is a tag that only places what stands in it: `<div align="center">`, `</p>`.
fn is_placement(html: &str) -> bool {
    let name: String = html.trim_start_matches(['<', '/']).chars().take_while(char::is_ascii_alphanumeric).collect();
    let is_one = html.starts_with('<') && html.find('>') == Some(html.len() - 1);
    is_one && ["div", "p", "center"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn inline_html(html: CowStr<'_>) -> Option<Event<'_>> {
    let folded: String = html.to_ascii_lowercase().split_whitespace().collect();
    match folded.as_str() {
        "<br>" | "<br/>" => Some(Event::HardBreak),
        "</a>" => None,
        _ if html.starts_with("<!--") => None,
        _ => anchor(&html).or(Some(Event::Text(html))),
    }
}

fn without_comments(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find("<!--") {
        text.push_str(&rest[..start]);
        rest = rest[start..].find("-->").map_or("", |end| &rest[start + end + 3..]);
    }
    text + rest
}

/// `<a name="x">`, `<span id="x">` with nothing in it: a place to link to.
fn anchor(html: &str) -> Option<Event<'static>> {
    let inside = html.strip_prefix("<a ").or_else(|| html.strip_prefix("<span "))?;
    let inside = inside.strip_suffix("</a>").or_else(|| inside.strip_suffix("</span>")).unwrap_or(inside);
    let attributes = inside.trim().strip_suffix('>').filter(|inside| !inside.contains(['<', '>']))?.trim_end_matches('/');
    let mut values =
        attributes.split_whitespace().filter_map(|attribute| attribute.strip_prefix("id=").or_else(|| attribute.strip_prefix("name=")));
    let id = values.next().filter(|_| !attributes.contains("href"))?.trim_matches(['"', '\'']);
    super::headings::safe_id(id).map(|id| Event::InlineHtml(CowStr::from(format!("<a id=\"{id}\"></a>"))))
}

/// A formula only where the dollars stand as such: `$x$` between spaces or punctuation, never `$a,$b` or `$5-$10`.
pub fn math_or_dollars<'a>(events: Events<'a>, text: &str) -> Events<'a> {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$' | '\\'));
    let stands_alone = |range: &Range<usize>| {
        let before = text.get(..range.start).and_then(|before| before.chars().next_back());
        let after = text.get(range.end..).and_then(|after| after.chars().next());
        !is_word(before) && !is_word(after)
    };
    let checked = |(event, range): (Event<'a>, Range<usize>)| match event {
        Event::InlineMath(formula) if !stands_alone(&range) => (Event::Text(CowStr::from(format!("${formula}$"))), range),
        other => (other, range),
    };
    events.into_iter().map(checked).collect()
}

/// Containers nested deeper than [`NESTING_MAX`] are shown as the text in them.
pub fn shallow<'a>(events: Events<'a>, source: &SourceFile, diagnostics: &mut Vec<Diagnostic>) -> Events<'a> {
    let mut depth = 0_usize;
    let mut deepest: Option<Range<usize>> = None;
    let mut kept = Vec::with_capacity(events.len());
    for (event, range) in events {
        match &event {
            Event::Start(tag) if is_container(&tag.to_end()) => {
                depth += 1;
                if depth > NESTING_MAX {
                    deepest.get_or_insert(range);
                    continue;
                }
            }
            Event::End(end) if is_container(end) => {
                depth -= 1;
                if depth >= NESTING_MAX {
                    continue;
                }
            }
            _ => {}
        }
        kept.push((event, range));
    }
    if let Some(range) = deepest {
        let message = format!("text is nested more than {NESTING_MAX} levels deep; what is deeper is shown without its frame");
        diagnostics.push(source.finding(&diagnostic::NESTING, range.start..range.start + 1, message));
    }
    kept
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
