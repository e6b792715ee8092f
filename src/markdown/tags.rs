//! Lines that are marks of other programs and no text: tags of Liquid and GitBook (`{% tab title="One" %}`), shortcodes of Hugo within a
//! paragraph, attributes of kramdown (`{: .note }`), and the place of a table of contents (`[TOC]`).
//!
//! A tag that is put around text leaves the text; one that has a title leaves the title; one that stands alone puts something in that
//! no page here can show, and is named in a note. Callouts are read by the pass that comes next.

use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, CowStr, Event, LinkType, Tag, TagEnd};

use crate::markdown::callout;
use crate::markdown::shortcode::{self, Shortcode};

/// Bytes of a list of attributes.
const ATTRIBUTES_BYTES_MAX: usize = 200;

type Events<'a> = Vec<(Event<'a>, Range<usize>)>;

/// Events of `text` without the marks of other programs.
pub fn without_tags<'a>(events: Events<'a>, text: &'a str) -> Events<'a> {
    if !["{%", "{{<", "{:", "[TOC]", "[toc]"].iter().any(|mark| text.contains(mark)) {
        return events;
    }
    let ends = text.lines().filter_map(|line| ended(tag(line.trim())?.name));
    let mut pass = Pass { text, around: ends.collect(), out: Vec::with_capacity(events.len()) };
    let mut events = without_attributes(events, text).into_iter();
    while let Some((event, range)) = events.next() {
        match event {
            Event::Start(Tag::Paragraph) => {
                let inside = events.by_ref().take_while(|(event, _)| !matches!(event, Event::End(TagEnd::Paragraph))).collect();
                pass.paragraph(inside, range);
            }
            other => pass.out.push((other, range)),
        }
    }
    pass.out
}

struct Pass<'a> {
    text: &'a str,
    /// The names of tags that are put around text.
    around: HashSet<&'a str>,
    out: Events<'a>,
}

/// What a line of a paragraph is.
enum Line<'a> {
    Words,
    Nothing,
    Title(&'a str),
    Address(&'a str),
    NotShown(&'a str),
}

impl<'a> Pass<'a> {
    /// A paragraph, divided by the lines that are marks.
    fn paragraph(&mut self, inside: Events<'a>, whole: Range<usize>) {
        let written = self.text.get(whole.clone()).unwrap_or_default();
        let is_single = !written.trim_end().contains('\n');
        let (mut kept, mut line): (Events<'a>, Events<'a>) = (Vec::new(), Vec::new());
        let mut is_divided = false;
        for (event, range) in inside.into_iter().chain([(Event::SoftBreak, whole.end..whole.end)]) {
            let is_break = matches!(event, Event::SoftBreak | Event::HardBreak);
            if !is_break {
                line.push((event, range));
                continue;
            }
            // Of a line of attributes nothing is left.
            if line.is_empty() && kept.is_empty() {
                continue;
            }
            let span = line.first().map_or(range.start, |(_, first)| first.start)..line.last().map_or(range.start, |(_, last)| last.end);
            match self.line(self.text.get(span.clone()).unwrap_or_default().trim(), is_single) {
                Line::Words => {
                    kept.append(&mut line);
                    kept.push((event, range));
                    continue;
                }
                found => {
                    is_divided = true;
                    self.flush(&mut kept, &whole, is_divided);
                    line.clear();
                    self.put(found, &span);
                }
            }
        }
        self.flush(&mut kept, &whole, is_divided);
    }

    fn line(&self, line: &'a str, is_single: bool) -> Line<'a> {
        if matches!(line, "[TOC]" | "[toc]") {
            return Line::Nothing;
        }
        // A shortcode that is a paragraph is told from a callout there.
        let Some(tag) = tag(line).filter(|tag| !(callout::is_mark(tag) || is_single && line.starts_with("{{"))) else {
            return Line::Words;
        };
        let title = || tag.argument("title").or_else(|| tag.argument("name")).or_else(|| tag.first()).unwrap_or_default();
        match tag.name {
            "embed" => tag.argument("url").map_or(Line::NotShown(tag.name), Line::Address),
            "tab" if !title().is_empty() => Line::Title(title()),
            name if ended(name).is_some() || self.around.contains(name) || ["else", "elsif", "assign", "comment"].contains(&name) => {
                Line::Nothing
            }
            name => Line::NotShown(name),
        }
    }

    fn put(&mut self, line: Line<'a>, at: &Range<usize>) {
        match line {
            Line::Words | Line::Nothing => {}
            Line::Title(title) => {
                let strong = [Event::Start(Tag::Strong), Event::Text(CowStr::Borrowed(title)), Event::End(TagEnd::Strong)];
                self.words(strong, at);
            }
            Line::Address(address) => {
                let (title, id) = (CowStr::Borrowed(""), CowStr::Borrowed(""));
                let tag = Tag::Link { link_type: LinkType::Autolink, dest_url: CowStr::Borrowed(address), title, id };
                self.words([Event::Start(tag), Event::Text(CowStr::Borrowed(address)), Event::End(TagEnd::Link)], at);
            }
            Line::NotShown(name) => {
                let kind = Some(BlockQuoteKind::Note);
                self.out.push((Event::Start(Tag::BlockQuote(kind)), at.clone()));
                self.words([Event::Text(CowStr::from(format!("What the tag {name} puts in is not shown here.")))], at);
                self.out.push((Event::End(TagEnd::BlockQuote(kind)), at.clone()));
            }
        }
    }

    fn words(&mut self, events: impl IntoIterator<Item = Event<'a>>, at: &Range<usize>) {
        self.out.push((Event::Start(Tag::Paragraph), at.clone()));
        self.out.extend(events.into_iter().map(|event| (event, at.clone())));
        self.out.push((Event::End(TagEnd::Paragraph), at.clone()));
    }

    /// The lines that are left, as a paragraph; one that is whole keeps its place.
    fn flush(&mut self, kept: &mut Events<'a>, whole: &Range<usize>, is_divided: bool) {
        kept.pop_if(|(event, _)| matches!(event, Event::SoftBreak | Event::HardBreak));
        let (Some((_, first)), Some((_, last))) = (kept.first(), kept.last()) else { return };
        let span = if is_divided { first.start..last.end } else { whole.clone() };
        self.out.push((Event::Start(Tag::Paragraph), span.clone()));
        self.out.append(kept);
        self.out.push((Event::End(TagEnd::Paragraph), span));
    }
}

/// The tag or the shortcode that `line` is: `{% include alert.html %}`, `{{< tabs >}}`.
fn tag(line: &str) -> Option<Shortcode<'_>> {
    if let Some(code) = shortcode::of_line(line) {
        return Some(code);
    }
    let inside = line.strip_prefix("{%")?.strip_suffix("%}")?;
    let inside = inside.trim_matches(['-', ' ']);
    (!inside.is_empty() && !inside.contains("{%") && !inside.contains("%}")).then(|| Shortcode::of(inside))
}

/// The name of the tag whose end `name` is: `endtab`, `/tab`.
fn ended(name: &str) -> Option<&str> {
    name.strip_prefix("end").or_else(|| name.strip_prefix('/')).map(str::trim).filter(|name| !name.is_empty())
}

/// Whether a line is a list of attributes, as kramdown has it below what they are for: `{: .note }`, `{:toc}`.
fn is_attributes(line: &str) -> bool {
    line.strip_prefix("{:").and_then(|line| line.strip_suffix('}')).is_some_and(|inside| {
        let words = || inside.trim_start_matches(':').split_whitespace();
        !inside.contains(['{', '}'])
            && words().all(|word| word.starts_with(['.', '#']) || word.contains('=') || ["toc", "no_toc"].contains(&word))
    })
}

/// Events without the attributes that kramdown puts behind a link or below a paragraph, outside code: `{: target="_blank"}`.
fn without_attributes<'a>(events: Events<'a>, text: &str) -> Events<'a> {
    if !text.contains("{:") {
        return events;
    }
    let mut kept: Events<'a> = Vec::with_capacity(events.len());
    let (mut in_code, mut end) = (false, 0);
    for (event, range) in events {
        in_code = match &event {
            Event::Start(Tag::CodeBlock(_)) => true,
            Event::End(TagEnd::CodeBlock) => false,
            _ => in_code,
        };
        let Event::Text(words) = &event else {
            kept.push((event, range));
            continue;
        };
        // What was included stands elsewhere.
        if in_code || text.get(range.clone()) != Some(words) {
            kept.push((event, range));
            continue;
        }
        // Attributes may go on over several events.
        let mut at = range.start.max(end).min(range.end);
        while at < range.end {
            let written = text.get(at..range.end).unwrap_or_default();
            let found = written.find("{:").map(|start| at + start).and_then(|start| {
                let line = text[start..text.floor_char_boundary(start + ATTRIBUTES_BYTES_MAX)].lines().next().unwrap_or_default();
                let length = line.find('}').filter(|length| is_attributes(&line[..=*length]))?;
                Some(start..start + length + 1)
            });
            let stop = found.as_ref().map_or(range.end, |found| found.start);
            if stop > at {
                kept.push((Event::Text(CowStr::from(words[at - range.start..stop - range.start].to_owned())), at..stop));
            }
            end = found.as_ref().map_or(end, |found| found.end);
            at = found.map_or(range.end, |found| found.end);
        }
    }
    kept
}
