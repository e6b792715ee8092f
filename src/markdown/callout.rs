//! Callouts as other programs write them, shown as such: `:::tip` (Docusaurus), `!!! note` (MkDocs), `{% hint %}` (GitBook),
//! `{{% alert %}}` (Hugo); and what MDX imports and Hugo's shortcodes put in, which no page here can show, as a note.
//!
//! It is a pass over events, before all others: what an indented body holds is parsed as Markdown of its own, and
//! carries the place of the callout.

use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, CowStr, Event, Tag, TagEnd};

use crate::markdown::shortcode::Shortcode;
use crate::markdown::{self, MarkdownOptions, shortcode};
use crate::model::source::SourceFile;

type Events<'a> = Vec<(Event<'a>, Range<usize>)>;

/// Events with callouts in place of the marks of other programs.
pub fn callouts<'a>(events: Events<'a>, source: &'a SourceFile, options: MarkdownOptions) -> Events<'a> {
    let text = source.text.as_str();
    let is_mdx = source.path.file_name().to_ascii_lowercase().ends_with(".mdx");
    if !is_mdx
        && !text.contains(":::")
        && !text.contains("!!! ")
        && !text.contains("??? ")
        && !text.contains("???+ ")
        && !text.contains("{% hint")
        && !shortcode::MARKS.iter().any(|mark| text.contains(mark))
    {
        return events;
    }
    let last_close = |is_close: fn(&str) -> bool| {
        let mut at = text.len();
        text.rsplit('\n').find_map(|line| {
            at -= line.len();
            let start = at;
            at = at.saturating_sub(1);
            is_close(line.trim().trim_start_matches(['>', ' '])).then_some(start)
        })
    };
    let closes = [last_close(is_colons), last_close(ends_hint)];
    let ends = text.lines().filter_map(|line| shortcode::of_line(line.trim())?.name.strip_prefix('/'));
    let mut pass = Pass {
        text,
        options,
        is_mdx,
        closes,
        around: ends.map(str::trim).collect(),
        out: Vec::with_capacity(events.len()),
        open: Vec::new(),
        depth: 0,
    };
    pass.run(events);
    pass.out
}

struct Pass<'a> {
    text: &'a str,
    options: MarkdownOptions,
    is_mdx: bool,
    /// Where the last line stands that closes a callout of colons, and of GitBook: none is opened behind it.
    closes: [Option<usize>; 2],
    /// The names of shortcodes that are put around text.
    around: HashSet<&'a str>,
    out: Events<'a>,
    open: Vec<Open>,
    /// Containers that are open around the place.
    depth: usize,
}

/// A callout that waits for its end.
struct Open {
    kind: BlockQuoteKind,
    /// Colons of its mark; 0 for GitBook and Hugo.
    n_colons: usize,
    depth: usize,
    /// Its end was written as if it went on with a list: it ends with the list.
    ends_with_list: bool,
}

/// The line that begins a callout.
struct Opening<'t> {
    kind: BlockQuoteKind,
    title: &'t str,
    /// Colons of its mark; `None` for one whose body is indented.
    n_colons: Option<usize>,
}

impl<'a> Pass<'a> {
    fn run(&mut self, events: Events<'a>) {
        let mut events = events.into_iter().peekable();
        while let Some((event, range)) = events.next() {
            match event {
                Event::Start(Tag::Paragraph) => {
                    let mut inside = Vec::new();
                    for (event, range) in events.by_ref() {
                        if matches!(event, Event::End(TagEnd::Paragraph)) {
                            break;
                        }
                        inside.push((event, range));
                    }
                    let written = self.text.get(range.clone()).unwrap_or_default();
                    let first = written.lines().next().unwrap_or_default();
                    if let Some(opening) = indented_opening(first) {
                        let mut body = Dedented::default();
                        body.push(self.text, (range.start + first.len() + 1).min(range.end)..range.end);
                        let mut whole = range.clone();
                        while let Some((Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)), code)) = events.peek() {
                            body.push(self.text, code.clone());
                            whole.end = whole.end.max(code.end);
                            while events.next().is_some_and(|(event, _)| !matches!(event, Event::End(TagEnd::CodeBlock))) {}
                        }
                        self.indented(&opening, &body, &whole);
                    } else if self.is_mdx && (first.starts_with("import ") || first.starts_with("export ")) {
                        self.note("What this file imports is shown by the program that it was written for, and not here.", &range);
                    } else if let Some(code) = shortcode::of_line(written.trim()).filter(|code| !is_mark(code)) {
                        // What one is put around is shown.
                        if !code.name.starts_with('/') && !self.around.contains(code.name) {
                            self.note(&format!("The shortcode {} is not shown here.", code.name), &range);
                        }
                    } else {
                        let n_events = inside.len();
                        inside.retain(|(event, _)| !(self.is_mdx && matches!(event, Event::InlineHtml(html) if component(html).is_some())));
                        if inside.is_empty() && n_events > 0 {
                            self.not_shown(component(first).unwrap_or_default(), &range);
                        } else {
                            self.paragraph(inside, &range);
                        }
                    }
                }
                Event::Start(Tag::HtmlBlock) if self.is_mdx => {
                    let mut lines = Vec::new();
                    for (event, range) in events.by_ref() {
                        match event {
                            Event::End(TagEnd::HtmlBlock) => break,
                            other => lines.push((other, range)),
                        }
                    }
                    self.html_block(lines, &range);
                }
                Event::InlineHtml(html) if self.is_mdx && component(&html).is_some() => {}
                Event::Start(tag) => {
                    self.depth += usize::from(is_container(&tag));
                    self.out.push((Event::Start(tag), range));
                }
                Event::End(end) => {
                    let is_container = is_container_end(end);
                    if is_container {
                        self.close_deeper(&range);
                        self.depth = self.depth.saturating_sub(1);
                    }
                    self.out.push((Event::End(end), range.clone()));
                    let depth = self.depth;
                    if is_container && let Some(open) = self.open.pop_if(|open| open.ends_with_list && open.depth == depth) {
                        self.end(&open, &range);
                    }
                }
                // An item without paragraphs takes the line that closes the callout for one of its own.
                Event::SoftBreak if self.is_close_in_item(events.peek()) => {
                    events.next();
                    self.open.iter_mut().next_back().into_iter().for_each(|open| open.ends_with_list = true);
                }
                other => self.out.push((other, range)),
            }
        }
        let end = self.text.len()..self.text.len();
        while let Some(open) = self.open.pop() {
            self.end(&open, &end);
        }
    }

    fn is_close_in_item(&self, next: Option<&(Event<'a>, Range<usize>)>) -> bool {
        matches!(next, Some((Event::Text(text), _)) if self.closes_here(text.trim()))
    }

    /// Closes the callouts that were opened within the container that ends.
    fn close_deeper(&mut self, at: &Range<usize>) {
        while let Some(open) = self.open.pop_if(|open| open.depth >= self.depth) {
            self.end(&open, at);
        }
    }

    fn end(&mut self, open: &Open, at: &Range<usize>) {
        self.out.push((Event::End(TagEnd::BlockQuote(Some(open.kind))), at.clone()));
    }

    /// A paragraph, line by line: lines that open or close a callout divide it.
    fn paragraph(&mut self, inside: Events<'a>, whole: &Range<usize>) {
        let mut line: Events<'a> = Vec::new();
        let mut kept: Events<'a> = Vec::new();
        let mut breaks: Option<(Event<'a>, Range<usize>)> = None;
        let end = (Event::SoftBreak, whole.end..whole.end);
        for (event, range) in inside.into_iter().chain([end]) {
            if !matches!(event, Event::SoftBreak | Event::HardBreak) {
                line.push((event, range));
                continue;
            }
            let span = line.first().map_or(0, |(_, range)| range.start)..line.last().map_or(0, |(_, range)| range.end);
            let written = self.text.get(span.clone()).unwrap_or_default().trim();
            if self.closes_here(written) {
                self.flush(&mut kept, whole);
                let depth = self.depth;
                match self.open.pop_if(|open| open.depth == depth) {
                    Some(open) => self.end(&open, &span),
                    None => self.open.iter_mut().next_back().into_iter().for_each(|open| open.ends_with_list = true),
                }
                line.clear();
            } else if let Some(opening) = opening(written).filter(|opening| self.has_end(opening, span.end)) {
                self.flush(&mut kept, whole);
                self.begin(&opening, &span);
                let n_colons = opening.n_colons.unwrap_or(0);
                self.open.push(Open { kind: opening.kind, n_colons, depth: self.depth, ends_with_list: false });
                line.clear();
            } else {
                kept.extend(breaks.take().filter(|_| !kept.is_empty()));
                kept.append(&mut line);
            }
            breaks = Some((event, range));
        }
        self.flush(&mut kept, whole);
    }

    fn flush(&mut self, kept: &mut Events<'a>, whole: &Range<usize>) {
        let (Some((_, first)), Some((_, last))) = (kept.first(), kept.last()) else { return };
        // A paragraph that is left whole keeps its place.
        let span = if self.open.is_empty() { whole.clone() } else { first.start..last.end };
        self.out.push((Event::Start(Tag::Paragraph), span.clone()));
        self.out.append(kept);
        self.out.push((Event::End(TagEnd::Paragraph), span));
    }

    fn has_end(&self, opening: &Opening<'_>, at: usize) -> bool {
        let close = if opening.n_colons == Some(0) { self.closes[1] } else { self.closes[0] };
        close.is_some_and(|close| close >= at)
    }

    fn closes_here(&self, line: &str) -> bool {
        match self.open.last() {
            Some(Open { n_colons: 0, .. }) => ends_hint(line),
            Some(Open { n_colons, .. }) => is_colons(line) && line.len() >= *n_colons,
            None => false,
        }
    }

    fn begin(&mut self, opening: &Opening<'a>, at: &Range<usize>) {
        self.out.push((Event::Start(Tag::BlockQuote(Some(opening.kind))), at.clone()));
        if !opening.title.is_empty() {
            self.words(opening.title.to_owned(), true, at);
        }
    }

    /// A callout with its body, which is Markdown of its own.
    fn indented(&mut self, opening: &Opening<'a>, body: &Dedented, at: &Range<usize>) {
        self.begin(opening, at);
        let events = markdown::events(&body.text, self.options).into_iter();
        self.out.extend(events.map(|(event, range)| (event.into_static(), body.place(range))));
        self.out.push((Event::End(TagEnd::BlockQuote(Some(opening.kind))), at.clone()));
    }

    /// A block of HTML without the tags of components: what they are put around stays.
    fn html_block(&mut self, lines: Events<'a>, at: &Range<usize>) {
        let (mut kept, mut in_tag, mut name) = (Vec::new(), false, None);
        for (event, range) in lines {
            let Event::Html(html) = &event else {
                kept.push((event, range));
                continue;
            };
            let begins = component(html).map(str::to_owned);
            if begins.is_none() && !in_tag {
                kept.push((event, range));
                continue;
            }
            in_tag = !html.contains('>');
            name = name.or(begins);
        }
        match name {
            Some(name) if kept.is_empty() => self.not_shown(&name, at),
            _ => {
                self.out.push((Event::Start(Tag::HtmlBlock), at.clone()));
                self.out.extend(kept);
                self.out.push((Event::End(TagEnd::HtmlBlock), at.clone()));
            }
        }
    }

    /// A component that stands alone is missing on the page, and is named. The tags around Markdown are not missed.
    fn not_shown(&mut self, name: &str, at: &Range<usize>) {
        let written = self.text.get(at.clone()).unwrap_or_default();
        let stands_alone = written.contains("/>") || written.contains("</") && !written.trim_start().starts_with("</");
        if stands_alone {
            self.note(&format!("The component {name} is not shown here."), at);
        }
    }

    fn note(&mut self, words: &str, at: &Range<usize>) {
        self.out.push((Event::Start(Tag::BlockQuote(Some(BlockQuoteKind::Note))), at.clone()));
        self.words(words.to_owned(), false, at);
        self.out.push((Event::End(TagEnd::BlockQuote(Some(BlockQuoteKind::Note))), at.clone()));
    }

    fn words(&mut self, words: String, is_strong: bool, at: &Range<usize>) {
        let event = |event: Event<'a>| (event, at.clone());
        self.out.push(event(Event::Start(Tag::Paragraph)));
        self.out.extend(is_strong.then(|| event(Event::Start(Tag::Strong))));
        self.out.push(event(Event::Text(CowStr::from(words))));
        self.out.extend(is_strong.then(|| event(Event::End(TagEnd::Strong))));
        self.out.push(event(Event::End(TagEnd::Paragraph)));
    }
}

/// `:::tip Title`, `:::note[Title]`, `{% hint style="info" %}`, `{{% alert title="Title" color="warning" %}}`.
fn opening(line: &str) -> Option<Opening<'_>> {
    if let Some(code) = shortcode::of_line(line).filter(|code| is_mark(code) && !code.name.starts_with('/')) {
        let said = || code.argument("color").or_else(|| code.argument("type")).or_else(|| code.first());
        let kind = kind(code.name).filter(|_| code.name != "hint").or_else(|| said().and_then(kind)).unwrap_or(BlockQuoteKind::Note);
        return Some(Opening { kind, title: code.argument("title").unwrap_or_default(), n_colons: Some(0) });
    }
    if let Some(rest) = line.strip_prefix("{% hint") {
        let style = rest.split(['"', '\'']).nth(1).unwrap_or("info");
        return line.ends_with("%}").then(|| Opening { kind: kind(style).unwrap_or(BlockQuoteKind::Note), title: "", n_colons: Some(0) });
    }
    let n_colons = line.bytes().take_while(|byte| *byte == b':').count();
    let rest = line[n_colons..].trim_start();
    let word = &rest[..rest.bytes().take_while(u8::is_ascii_alphabetic).count()];
    let title = rest[word.len()..].split('{').next().unwrap_or_default().trim().trim_start_matches('[').trim_end_matches(']');
    (n_colons >= 3).then(|| kind(word)).flatten().map(|kind| Opening { kind, title, n_colons: Some(n_colons) })
}

/// `!!! note "Title"`, `??? warning`.
fn indented_opening(line: &str) -> Option<Opening<'_>> {
    let rest = ["!!! ", "???+ ", "??? "].iter().find_map(|mark| line.strip_prefix(mark))?;
    let word = &rest[..rest.bytes().take_while(u8::is_ascii_alphabetic).count()];
    let title = rest.split_once('"').and_then(|(_, rest)| rest.rsplit_once('"')).map_or("", |(title, _)| title);
    (!word.is_empty()).then(|| Opening { kind: kind(word).unwrap_or(BlockQuoteKind::Note), title, n_colons: None })
}

/// Whether a shortcode begins or ends a callout: `{{% alert %}}`, `{{< hint warning >}}`, `{{% /note %}}`.
pub fn is_mark(code: &Shortcode<'_>) -> bool {
    let name = code.name.trim_start_matches('/').trim();
    let name = name.strip_prefix("end").unwrap_or(name);
    ["alert", "hint", "callout", "notice", "admonition", "note", "info", "tip", "important", "warning", "caution", "danger"].contains(&name)
}

/// The callout that `word` names in any of these programs.
pub fn kind(word: &str) -> Option<BlockQuoteKind> {
    Some(match word.to_ascii_lowercase().as_str() {
        "note" | "info" | "abstract" | "summary" | "tldr" | "example" | "quote" | "cite" | "question" | "help" | "faq" | "seealso"
        | "details" => BlockQuoteKind::Note,
        "tip" | "hint" | "success" | "check" | "done" => BlockQuoteKind::Tip,
        "important" => BlockQuoteKind::Important,
        "warning" | "attention" | "caution" => BlockQuoteKind::Warning,
        "danger" | "error" | "failure" | "fail" | "missing" | "bug" => BlockQuoteKind::Caution,
        _ => return None,
    })
}

fn ends_hint(line: &str) -> bool {
    line.starts_with("{% endhint") || shortcode::of_line(line).is_some_and(|code| code.name.starts_with('/') && is_mark(&code))
}

fn is_colons(line: &str) -> bool {
    line.len() >= 3 && line.bytes().all(|byte| byte == b':')
}

/// The name of the component whose tag `html` is: components begin with a capital letter.
fn component(html: &str) -> Option<&str> {
    let name = html.trim_start().strip_prefix('<')?.trim_start_matches('/');
    let length = name.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'.').count();
    name.starts_with(|c: char| c.is_ascii_uppercase()).then_some(&name[..length])
}

/// Passages of a text with four columns less in front of each line.
#[derive(Default)]
struct Dedented {
    text: String,
    /// Of each line: where it begins here, where in the text that it is from, and its length.
    lines: Vec<(usize, usize, usize)>,
    /// Where the last passage ends.
    end: usize,
}

impl Dedented {
    /// Adds a passage, apart from what is there.
    fn push(&mut self, text: &str, passage: Range<usize>) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let mut at = passage.start;
        self.end = passage.end;
        for line in text.get(passage).unwrap_or_default().split_inclusive('\n') {
            let written = line.trim_end_matches('\n');
            let bare = written.strip_prefix('\t').or_else(|| written.strip_prefix("    ")).unwrap_or(written.trim_start());
            self.lines.push((self.text.len(), at + written.len() - bare.len(), bare.len()));
            self.text.push_str(bare);
            self.text.push('\n');
            at += line.len();
        }
    }

    /// Where `range` of this text stands in the text that it is from.
    fn place(&self, range: Range<usize>) -> Range<usize> {
        let start = self.at(range.start);
        let end = if range.is_empty() { start } else { (self.at(range.end - 1) + 1).min(self.end) };
        start..end.max(start)
    }

    fn at(&self, at: usize) -> usize {
        let index = self.lines.partition_point(|(begin, _, _)| *begin <= at).saturating_sub(1);
        self.lines.get(index).map_or(0, |(begin, source, length)| source + (at - begin).min(*length))
    }
}

fn is_container(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::List(_) | Tag::Item | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) | Tag::DefinitionListDefinition)
}

fn is_container_end(end: TagEnd) -> bool {
    matches!(end, TagEnd::List(_) | TagEnd::Item | TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition | TagEnd::DefinitionListDefinition)
}
