//! Tables of contents within a page, as Sphinx has them in Markdown (MyST): the fence ```` ```{toctree} ````, or one of colons, is shown
//! as the list of links that it is.
//!
//! It is a pass over events, before callouts, which have fences of colons too.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Tag, TagEnd};

use crate::model::source::SourceFile;

/// What the line that begins one has behind its backticks or colons.
pub const MARK: &str = "{toctree}";
/// The links of its entries. The parser gives this type to nothing: it would stand for a name that a callback explains, and we have none.
pub const ENTRY: LinkType = LinkType::ShortcutUnknown;
/// Names of pages that Sphinx makes itself, or that stand for the page.
const NO_PAGES: [&str; 4] = ["self", "genindex", "modindex", "search"];

/// Lines among which the end of a fence of colons is looked for.
const LINES_MAX: usize = 500;

type Events<'a> = Vec<(Event<'a>, Range<usize>)>;

/// The title that a line in such a fence gives to all of it: `:caption: Guides`, or `caption: Guides` in a head.
pub fn caption(line: &str) -> Option<&str> {
    let line = line.trim();
    let caption = line.strip_prefix(":caption:").or_else(|| line.strip_prefix("caption:"))?;
    Some(caption.trim().trim_matches(['"', '\''])).filter(|caption| !caption.is_empty())
}

/// Events with lists of links in place of tables of contents.
pub fn toctrees<'a>(events: Events<'a>, source: &'a SourceFile) -> Events<'a> {
    let text = source.text.as_str();
    if !text.contains(MARK) && !source.includes.values().any(|included| included.contains(MARK)) {
        return events;
    }
    let mut shown = Vec::with_capacity(events.len());
    let mut events = events.into_iter().peekable();
    while let Some((event, range)) = events.next() {
        match &event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) if info.trim_start().starts_with(MARK) => {
                let mut contents = Contents::default();
                for (event, place) in events.by_ref() {
                    match event {
                        Event::Text(lines) => contents.read(&lines, &place, text),
                        Event::End(TagEnd::CodeBlock) => break,
                        _ => {}
                    }
                }
                shown.extend(contents.into_events(range));
            }
            Event::Start(Tag::Paragraph) if let Some(fence) = Colons::at(&range, text) => {
                let mut contents = Contents::default();
                contents.read(&text[fence.inside.clone()], &fence.inside, text);
                let mut depth = 1;
                let is_within = |event: &Event<'_>, place: &Range<usize>, depth: i32| match event {
                    Event::End(_) => depth > 0,
                    _ => place.start < fence.end,
                };
                while let Some((event, _)) = events.next_if(|(event, place)| is_within(event, place, depth)) {
                    depth += i32::from(matches!(event, Event::Start(_))) - i32::from(matches!(event, Event::End(_)));
                }
                shown.extend(contents.into_events(range));
            }
            _ => shown.push((event, range)),
        }
    }
    shown
}

fn is_colons(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3 && line.bytes().all(|byte| byte == b':')
}

/// A fence of colons.
struct Colons {
    /// What stands between its two lines.
    inside: Range<usize>,
    /// Where the second of them ends.
    end: usize,
}

impl Colons {
    /// The fence with which a paragraph begins; none, where text goes on right behind it.
    fn at(paragraph: &Range<usize>, text: &str) -> Option<Self> {
        let first = text.get(paragraph.clone())?.lines().next()?;
        let is_opening = first.starts_with(":::") && first.trim_start_matches(':').trim_start().starts_with(MARK);
        let start = paragraph.start + is_opening.then_some(first.len())?;
        let mut at = start;
        for line in text[start..].split_inclusive('\n').take(LINES_MAX) {
            let end = at + line.len();
            if is_colons(line) {
                let after = text[end..].lines().next().unwrap_or_default();
                return after.trim().is_empty().then_some(Self { inside: start..at, end });
            }
            at = end;
        }
        None
    }
}

/// What such a fence says.
#[derive(Default)]
struct Contents {
    caption: Option<String>,
    /// The words, the target, and the place of each entry.
    entries: Vec<(String, String, Range<usize>)>,
    is_in_head: bool,
}

impl Contents {
    /// Reads `lines`, which stand at `place` of `text`, or come from a file that is included there.
    fn read(&mut self, lines: &str, place: &Range<usize>, text: &str) {
        let is_here = text.get(place.clone()) == Some(lines);
        let mut at = place.start;
        for line in lines.split_inclusive('\n') {
            let written = line.trim();
            let start = at + line.len() - line.trim_start().len();
            self.line(written, if is_here { start..start + written.len() } else { place.clone() });
            at += line.len();
        }
    }

    fn line(&mut self, line: &str, place: Range<usize>) {
        if line == "---" {
            self.is_in_head = !self.is_in_head;
        } else if self.is_in_head || line.starts_with(':') {
            self.caption = self.caption.take().or_else(|| caption(line).map(str::to_owned));
        } else {
            let titled = line.strip_suffix('>').and_then(|line| line.rsplit_once('<'));
            let (words, target) = titled.map_or((line, line), |(words, target)| (words.trim(), target.trim()));
            // A pattern names what is ordered after everything else anyway.
            if !target.is_empty() && !target.contains('*') && !NO_PAGES.contains(&target) {
                self.entries.push((if words.is_empty() { target } else { words }.to_owned(), target.to_owned(), place));
            }
        }
    }

    fn into_events<'a>(self, at: Range<usize>) -> Events<'a> {
        let mut events = Vec::new();
        if let Some(caption) = self.caption.filter(|_| !self.entries.is_empty()) {
            let words = [Event::Start(Tag::Strong), Event::Text(caption.into()), Event::End(TagEnd::Strong)];
            let paragraph = [Event::Start(Tag::Paragraph)].into_iter().chain(words).chain([Event::End(TagEnd::Paragraph)]);
            events.extend(paragraph.map(|event| (event, at.clone())));
        }
        if self.entries.is_empty() {
            return events;
        }
        events.push((Event::Start(Tag::List(None)), at.clone()));
        for (words, target, place) in self.entries {
            let (title, id) = (CowStr::Borrowed(""), CowStr::Borrowed(""));
            let link = Tag::Link { link_type: ENTRY, dest_url: target.into(), title, id };
            let entry = [Event::Start(Tag::Item), Event::Start(link), Event::Text(words.into())];
            let entry = entry.into_iter().chain([Event::End(TagEnd::Link), Event::End(TagEnd::Item)]);
            events.extend(entry.map(|event| (event, place.clone())));
        }
        events.push((Event::End(TagEnd::List(false)), at));
        events
    }
}
