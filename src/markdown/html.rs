//! Events to HTML that is safe under a strict content policy: no inline script, no inline style, no foreign picture.

use std::collections::{HashMap, HashSet};

use pulldown_cmark::{Alignment, BlockQuoteKind, CodeBlockKind, Event, HeadingLevel, LinkType, Tag, TagEnd};
use pulldown_cmark_escape::{escape_href, escape_html, escape_html_body_text};

use crate::highlight::Highlighter;
use crate::markdown::{Document, Href, Shown, Terms, left, math};

/// See [`Document::html`].
pub fn html(document: &Document<'_>, shown: Shown<'_>, highlighter: &Highlighter, href: impl Fn(usize) -> Href) -> String {
    let mut writer = Writer {
        highlighter,
        href: &href,
        out: vec![String::with_capacity(document.source.text.len() * 3 / 2)],
        n_links: 0,
        links: Vec::new(),
        images: Vec::new(),
        code: None,
        heading: HeadingLevel::H2,
        columns: Vec::new(),
        column: 0,
        in_table_head: false,
        footnotes: Footnotes::default(),
        terms: shown.terms,
        mentioned: HashSet::new(),
        in_heading: false,
        is_titled: false,
    };
    let title_ends = |(event, _): &(Event<'_>, _)| matches!(event, Event::End(TagEnd::Heading(HeadingLevel::H1)));
    let title_starts = |(event, _): &(Event<'_>, _)| matches!(event, Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }));
    let events = left::on_lines(&document.events, shown, &document.source.text);
    let title = (document.has_title && !shown.title).then(|| (events.iter().position(title_starts), events.iter().position(title_ends)));
    let mut hidden = shown.hidden.iter().peekable();
    for (index, (event, range)) in events.iter().enumerate() {
        // Events come in the order of the text, but for those that end what began before.
        while hidden.peek().is_some_and(|passage| passage.end <= range.start) {
            hidden.next();
        }
        let is_hidden = hidden.peek().is_some_and(|passage| passage.start <= range.start && range.end <= passage.end);
        match title {
            Some((Some(start), Some(end))) if (start..=end).contains(&index) => writer.pass_over(event),
            _ if is_hidden => writer.pass_over(event),
            _ => writer.event(event),
        }
    }
    writer.finish()
}

struct Writer<'a> {
    highlighter: &'a Highlighter,
    href: &'a dyn Fn(usize) -> Href,
    /// What is written to: the page, and on top of it what is collected until its end is seen.
    out: Vec<String>,
    n_links: usize,
    /// What closes the links that are open.
    links: Vec<&'static str>,
    /// The pictures that are open: their words become the alternative text.
    images: Vec<Href>,
    /// The language of the code block that is open.
    code: Option<String>,
    /// The level of the heading that is open.
    heading: HeadingLevel,
    columns: Vec<Alignment>,
    column: usize,
    in_table_head: bool,
    footnotes: Footnotes,
    /// Words whose first mention carries its definition, and those that were mentioned.
    terms: Option<&'a Terms>,
    mentioned: HashSet<usize>,
    in_heading: bool,
    /// The link that is open shows a title in place of its words.
    is_titled: bool,
}

/// Footnotes, numbered in the order in which they are first named.
#[derive(Default)]
struct Footnotes {
    numbers: HashMap<String, usize>,
    n_references: HashMap<String, usize>,
    open: Option<String>,
    definitions: Vec<(String, String)>,
}

impl Footnotes {
    fn number(&mut self, name: &str) -> usize {
        let next = self.numbers.len() + 1;
        *self.numbers.entry(name.to_owned()).or_insert(next)
    }
}

impl Writer<'_> {
    fn push(&mut self, html: &str) {
        self.out.last_mut().expect("the page is never taken off").push_str(html);
    }

    fn text(&mut self, text: &str) {
        let out = self.out.last_mut().expect("the page is never taken off");
        escape_html_body_text(out, text).expect("a string takes everything");
    }

    /// Text, in which the first mention of a term is an abbreviation with its definition; not in headings and links, which
    /// are read by themselves.
    fn text_with_terms(&mut self, text: &str) {
        let Some(terms) = self.terms.filter(|_| !self.in_heading && self.links.is_empty()) else { return self.text(text) };
        let mut at = 0;
        for (range, term) in terms.mentions(text, &mut self.mentioned) {
            self.text(&text[at..range.start]);
            self.push("<abbr");
            self.attribute("title", &term.definition);
            self.push(">");
            self.text(&text[range.clone()]);
            self.push("</abbr>");
            at = range.end;
        }
        self.text(&text[at..]);
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.push(&format!(" {name}=\""));
        let out = self.out.last_mut().expect("the page is never taken off");
        escape_html(out, value).expect("a string takes everything");
        self.push("\"");
    }

    /// An event that is not shown. Its links are counted, so that those after it keep their numbers.
    fn pass_over(&mut self, event: &Event<'_>) {
        if matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. })) {
            self.n_links += 1;
        }
    }

    fn event(&mut self, event: &Event<'_>) {
        match event {
            _ if !self.images.is_empty() => self.alternative(event),
            Event::Start(tag) => {
                self.in_heading |= matches!(tag, Tag::Heading { .. });
                self.start(tag);
            }
            Event::End(end) => {
                self.in_heading &= !matches!(end, TagEnd::Heading(_));
                self.end(end);
            }
            Event::Text(_) if self.is_titled => {}
            Event::Text(text) if self.code.is_some() => self.push(text),
            Event::Text(text) => self.text_with_terms(text),
            Event::Code(text) => {
                self.push("<code>");
                self.text(text);
                self.push("</code>");
            }
            Event::InlineMath(formula) => self.math(formula, false),
            Event::DisplayMath(formula) => self.math(formula, true),
            Event::Html(html) | Event::InlineHtml(html) => self.push(html),
            Event::SoftBreak => self.push("\n"),
            Event::HardBreak => self.push("<br>\n"),
            Event::Rule => self.push("<hr>\n"),
            Event::TaskListMarker(done) => {
                let state = if *done { "checked aria-label=\"done\"" } else { "aria-label=\"to do\"" };
                self.push(&format!("<input type=\"checkbox\" disabled {state}> "));
            }
            Event::FootnoteReference(name) => self.footnote_reference(name),
        }
    }

    /// What stands for a picture is text and nothing else.
    fn alternative(&mut self, event: &Event<'_>) {
        match event {
            Event::Start(tag @ Tag::Image { .. }) => self.start(tag),
            Event::Start(Tag::Link { .. }) => self.n_links += 1,
            Event::End(end @ TagEnd::Image) => self.end(end),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => self.text(text),
            Event::SoftBreak | Event::HardBreak => self.push(" "),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Paragraph => self.push("<p>"),
            Tag::Heading { level, id, classes, .. } => {
                // The page has its title already: a first heading that is shown beside it is one of the text's.
                self.heading = if *level == HeadingLevel::H1 { HeadingLevel::H2 } else { *level };
                self.push(&format!("<{}", self.heading));
                self.attribute("id", id.as_deref().unwrap_or_default());
                if !classes.is_empty() {
                    self.attribute("class", &classes.join(" "));
                }
                self.push(">");
                self.out.push(id.as_deref().unwrap_or_default().to_owned());
                self.out.push(String::new());
            }
            Tag::BlockQuote(kind) => match kind.map(callout) {
                None => self.push("<blockquote>\n"),
                Some((class, title)) => {
                    self.push(&format!(
                        "<aside class=\"callout callout-{class}\" aria-label=\"{title}\"><p class=\"callout-title\">{title}</p>\n"
                    ));
                }
            },
            Tag::CodeBlock(kind) => {
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split([' ', ',', '{', '\t']).next().unwrap_or_default(),
                    CodeBlockKind::Indented => "",
                };
                self.code = Some(
                    language.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '_' | '.')).take(40).collect(),
                );
                self.out.push(String::new());
            }
            Tag::HtmlBlock => {}
            Tag::List(None) => self.push("<ul>\n"),
            Tag::List(Some(1)) => self.push("<ol>\n"),
            Tag::List(Some(start)) => self.push(&format!("<ol start=\"{start}\">\n")),
            Tag::Item => self.out.push(String::new()),
            Tag::FootnoteDefinition(name) => {
                self.footnotes.open = Some(name.to_string());
                self.out.push(String::new());
            }
            Tag::DefinitionList => self.push("<dl>\n"),
            Tag::DefinitionListTitle => self.push("<dt>"),
            Tag::DefinitionListDefinition => self.push("<dd>"),
            Tag::Table(columns) => {
                self.columns = columns.clone();
                self.push("<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>");
            }
            Tag::TableHead => {
                self.in_table_head = true;
                self.column = 0;
                self.push("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.push("<tr>");
            }
            Tag::TableCell => {
                let name = if self.in_table_head { "th scope=\"col\"" } else { "td" };
                let class = match self.columns.get(self.column) {
                    Some(Alignment::Right) => " class=\"right\"",
                    Some(Alignment::Center) => " class=\"centre\"",
                    _ => "",
                };
                self.push(&format!("<{name}{class}>"));
            }
            Tag::Emphasis => self.push("<em>"),
            Tag::Strong => self.push("<strong>"),
            Tag::Strikethrough => self.push("<del>"),
            Tag::Superscript => self.push("<sup>"),
            Tag::Subscript => self.push("<sub>"),
            Tag::Link { link_type, title, .. } => self.open_link(*link_type, title),
            Tag::Image { .. } => {
                let target = (self.href)(self.n_links);
                self.n_links += 1;
                self.images.push(target);
                self.out.push(String::new());
            }
            Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, end: &TagEnd) {
        match end {
            TagEnd::Paragraph => self.push("</p>\n"),
            TagEnd::Heading(_) => {
                let level = self.heading;
                let words = self.taken();
                let id = self.taken();
                self.push(&words);
                self.push("<a class=\"anchor\"");
                self.attribute("href", &format!("#{id}"));
                self.push(&format!(" aria-label=\"Link to this section\">#</a></{level}>\n"));
            }
            TagEnd::BlockQuote(Some(_)) => self.push("</aside>\n"),
            TagEnd::BlockQuote(None) => self.push("</blockquote>\n"),
            TagEnd::CodeBlock => self.close_code(),
            TagEnd::HtmlBlock => self.push("\n"),
            TagEnd::List(true) => self.push("</ol>\n"),
            TagEnd::List(false) => self.push("</ul>\n"),
            TagEnd::Item => {
                let item = self.taken();
                let is_task = item.trim_start_matches("<p>").starts_with("<input type=\"checkbox\"");
                self.push(if is_task { "<li class=\"task\">" } else { "<li>" });
                self.push(&item);
                self.push("</li>\n");
            }
            TagEnd::FootnoteDefinition => {
                let text = self.taken();
                let name = self.footnotes.open.take().unwrap_or_default();
                self.footnotes.definitions.push((name, text));
            }
            TagEnd::DefinitionList => self.push("</dl>\n"),
            TagEnd::DefinitionListTitle => self.push("</dt>\n"),
            TagEnd::DefinitionListDefinition => self.push("</dd>\n"),
            TagEnd::Table => self.push("</tbody></table></div>\n"),
            TagEnd::TableHead => {
                self.in_table_head = false;
                self.push("</tr></thead><tbody>\n");
            }
            TagEnd::TableRow => self.push("</tr>\n"),
            TagEnd::TableCell => {
                self.push(if self.in_table_head { "</th>" } else { "</td>" });
                self.column += 1;
            }
            TagEnd::Emphasis => self.push("</em>"),
            TagEnd::Strong => self.push("</strong>"),
            TagEnd::Strikethrough => self.push("</del>"),
            TagEnd::Superscript => self.push("</sup>"),
            TagEnd::Subscript => self.push("</sub>"),
            TagEnd::Link => {
                let close = self.links.pop().unwrap_or_default();
                self.is_titled = false;
                self.push(close);
            }
            TagEnd::Image => self.close_image(),
            TagEnd::MetadataBlock(_) => {}
        }
    }

    fn taken(&mut self) -> String {
        if self.out.len() > 1 { self.out.pop().unwrap_or_default() } else { String::new() }
    }

    fn open_link(&mut self, link_type: LinkType, title: &str) {
        let target = (self.href)(self.n_links);
        self.n_links += 1;
        match target {
            Href::Nowhere(reason) => {
                self.push("<span class=\"broken-link\"");
                self.reason(reason.as_deref());
                self.links.push("</span>");
            }
            Href::Titled(url, title) => {
                self.open_anchor(&url);
                self.push(">");
                self.text(&title);
                self.links.push("</a>");
                self.is_titled = true;
                return;
            }
            Href::Within(url) | Href::Picture(url) => {
                self.open_anchor(&url);
                if matches!(link_type, LinkType::WikiLink { .. }) {
                    self.attribute("class", "wiki");
                }
                self.links.push("</a>");
            }
            Href::External(url) => {
                self.open_anchor(&url);
                self.push(" class=\"external\" rel=\"noopener\"");
                self.links.push("</a>");
            }
        }
        if !title.is_empty() && self.links.last() == Some(&"</a>") {
            self.attribute("title", title);
        }
        self.push(">");
    }

    fn reason(&mut self, reason: Option<&str>) {
        if let Some(reason) = reason {
            self.attribute("title", reason);
        }
    }

    fn open_anchor(&mut self, url: &str) {
        self.push("<a href=\"");
        let out = self.out.last_mut().expect("the page is never taken off");
        escape_href(out, url).expect("a string takes everything");
        self.push("\"");
    }

    /// A picture of the site is shown; one elsewhere is linked to, since pages ask other hosts for nothing.
    fn close_image(&mut self) {
        let alternative = self.taken();
        let Some(target) = self.images.pop() else { return };
        if !self.images.is_empty() {
            return self.push(&alternative);
        }
        match target {
            Href::Picture(url) => {
                self.push("<img src=\"");
                let out = self.out.last_mut().expect("the page is never taken off");
                escape_href(out, &url).expect("a string takes everything");
                self.push(&format!("\" alt=\"{}\" loading=\"lazy\">", alternative.replace('"', "&quot;")));
            }
            Href::External(_) | Href::Within(_) | Href::Titled(..) if !self.links.is_empty() => self.push(&alternative),
            // A record is no picture: its words lead to it.
            Href::Within(url) | Href::Titled(url, _) => {
                self.open_anchor(&url);
                self.push(">");
                if alternative.is_empty() {
                    self.text(&url)
                } else {
                    self.push(&alternative)
                }
                self.push("</a>");
            }
            Href::External(url) => {
                self.open_anchor(&url);
                let words = if alternative.is_empty() { "picture" } else { &alternative };
                self.push(&format!(" class=\"external\" rel=\"noopener\">{words}</a>"));
            }
            Href::Nowhere(reason) => {
                self.push("<span class=\"broken-link\"");
                self.reason(reason.as_deref());
                self.push(&format!(">{alternative}</span>"));
            }
        }
    }

    fn close_code(&mut self) {
        let code = self.taken();
        let language = self.code.take().unwrap_or_default();
        self.push("<div class=\"code\"");
        if !language.is_empty() {
            self.attribute("data-language", &language);
        }
        self.push("><pre tabindex=\"0\"><code>");
        match self.highlighter.highlight(&language, &code) {
            Some(html) => self.push(&html),
            None => self.text(&code),
        }
        self.push("</code></pre></div>\n");
    }

    fn math(&mut self, formula: &str, is_block: bool) {
        match math::mathml(formula, is_block) {
            Ok(mathml) => self.push(&mathml),
            Err(_) => {
                self.push("<code>");
                self.text(formula);
                self.push("</code>");
            }
        }
    }

    fn footnote_reference(&mut self, name: &str) {
        let number = self.footnotes.number(name);
        let n_references = self.footnotes.n_references.entry(name.to_owned()).or_insert(0);
        *n_references += 1;
        let suffix = if *n_references == 1 { String::new() } else { format!("-{n_references}") };
        self.push(&format!(
            "<sup class=\"footnote-reference\" id=\"footnote-reference-{number}{suffix}\"><a href=\"#footnote-{number}\">{number}</a></sup>"
        ));
    }

    /// The page's HTML, footnotes at its end. A note that nothing refers to is kept, without a way back.
    fn finish(mut self) -> String {
        let mut definitions = std::mem::take(&mut self.footnotes.definitions);
        if definitions.is_empty() {
            return self.out.swap_remove(0);
        }
        for (name, _) in &definitions {
            self.footnotes.number(name);
        }
        definitions.sort_by_key(|(name, _)| self.footnotes.numbers[name]);
        self.push("<section class=\"footnotes\" aria-label=\"Footnotes\"><ol>\n");
        for (name, text) in definitions {
            let number = self.footnotes.numbers[&name];
            let back = if self.footnotes.n_references.contains_key(&name) {
                format!(" <a class=\"footnote-back\" href=\"#footnote-reference-{number}\" aria-label=\"Back to the text\">↩</a>")
            } else {
                String::new()
            };
            let text = text.trim_end();
            let note = match text.strip_suffix("</p>") {
                Some(open) => format!("{open}{back}</p>"),
                None => format!("{text}{back}"),
            };
            self.push(&format!("<li id=\"footnote-{number}\">{note}</li>\n"));
        }
        self.push("</ol></section>\n");
        self.out.swap_remove(0)
    }
}

fn callout(kind: BlockQuoteKind) -> (&'static str, &'static str) {
    match kind {
        BlockQuoteKind::Note => ("note", "Note"),
        BlockQuoteKind::Tip => ("tip", "Tip"),
        BlockQuoteKind::Important => ("important", "Important"),
        BlockQuoteKind::Warning => ("warning", "Warning"),
        BlockQuoteKind::Caution => ("caution", "Caution"),
    }
}
