//! Markdown to an [`Outline`], and Markdown with resolved links to HTML. The one home of pulldown-cmark.
//!
//! Both start from the same [`Document`]: the parser's events after a chain of passes, one for each thing that we
//! do differently. What is written is never lost: what can not be shown as meant is shown as text.

mod brackets;
mod callout;
mod harmless;
mod head;
mod headings;
mod html;
mod include;
mod left;
mod math;
mod outline;
mod passes;
mod quoted;
mod shortcode;
mod tags;
mod templated;
mod terms;
mod toctree;

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::diagnostic::Diagnostic;
use crate::highlight::Highlighter;
use crate::model::section::Outline;
use crate::model::source::SourceFile;

pub use crate::model::record::MarkdownOptions;
pub use harmless::is_link as is_link_of_html;
pub use head::{Format, Head, Lines, body, glued_colon, head};
pub use include::{directives, is_directive_target};
pub use terms::{Term, Terms};
pub use toctree::{MARK as TOCTREE, caption};

/// The Markdown of one record, as events with their places in the source.
pub struct Document<'a> {
    source: &'a SourceFile,
    events: Vec<(Event<'a>, Range<usize>)>,
    headings: Vec<headings::Heading>,
    /// What was found wrong on the way.
    diagnostics: Vec<Diagnostic>,
    /// The heading that serves as title: an index into `headings`, always the first.
    has_title: bool,
}

/// What of a body is shown.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The heading that serves as title.
    pub title: bool,
    /// Passages that are left out, in bytes of the source: in order, and apart from each other.
    pub hidden: &'a [Range<usize>],
    /// Lines that are shown each on a line of its own, in the same way; those in a passage that is left out, as plain text in its place.
    pub left: &'a [Range<usize>],
    /// Words whose first mention carries its definition.
    pub terms: Option<&'a Terms>,
}

/// Where a link leads, as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Href {
    /// To an address within the site, relative to the page.
    Within(String),
    /// The same, shown with the title of what is there: the words are no more than a path.
    Titled(String, String),
    /// To a picture of the site, relative to the page.
    Picture(String),
    /// Out of the site.
    External(String),
    /// Nowhere: the words are shown as text, with the reason where it may be told.
    Nowhere(Option<String>),
}

impl<'a> Document<'a> {
    /// Reads the Markdown in `body`, bytes of `source`.
    pub fn parse(source: &'a SourceFile, body: Range<usize>, options: MarkdownOptions) -> Self {
        let mut diagnostics = Vec::new();
        let events = include::events(source, body, options, &mut diagnostics);
        let events = toctree::toctrees(events, source);
        let events = tags::without_tags(events, &source.text);
        let events = quoted::callouts(events, &source.text);
        let events = callout::callouts(events, source, options);
        let events = if options.raw_html { events } else { harmless::harmless(events, &source.text) };
        let events = passes::shallow(events, source, &mut diagnostics);
        let events = passes::joined_text(events);
        let mut events = passes::autolink(events);
        let (headings, has_title) = headings::assign(&mut events);
        Self { source, events, headings, diagnostics, has_title }
    }

    /// What is searched, listed and linked; and what was found wrong.
    pub fn outline(self) -> (Outline, Vec<Diagnostic>) {
        outline::outline(self)
    }

    /// Running text outside code and links: bytes of the source.
    pub fn passages(&self) -> Vec<Range<usize>> {
        let (mut passages, mut n_around) = (Vec::new(), 0_usize);
        for (event, range) in &self.events {
            match event {
                Event::Start(Tag::CodeBlock(_) | Tag::Link { .. } | Tag::Image { .. }) => n_around += 1,
                Event::End(TagEnd::CodeBlock | TagEnd::Link | TagEnd::Image) => n_around = n_around.saturating_sub(1),
                Event::Text(_) if n_around == 0 => passages.push(range.clone()),
                _ => {}
            }
        }
        passages
    }

    /// The words that it defines, as a glossary does.
    pub fn defined(&self) -> Vec<Term> {
        terms::defined(&self.events)
    }

    /// The body of the page. `href` says where the n-th link of the outline leads.
    pub fn html(&self, shown: Shown<'_>, highlighter: &Highlighter, href: impl Fn(usize) -> Href) -> String {
        html::html(self, shown, highlighter, href)
    }
}

/// The events of one text, after the passes that look at the text itself.
fn events(text: &str, options: MarkdownOptions) -> Vec<(Event<'_>, Range<usize>)> {
    let is_code =
        |event: &Event<'_>| matches!(event, Event::Start(Tag::CodeBlock(_)) | Event::Code(_) | Event::Html(_) | Event::InlineHtml(_));
    let all = || parser(text, options.math).into_offset_iter();
    let code = || all().filter(|(event, _)| is_code(event)).map(|(_, range)| range).collect();
    match templated::addresses(text, code) {
        Cow::Borrowed(text) => events_of(text, options),
        Cow::Owned(text) => events_of(&text, options).into_iter().map(|(event, range)| (event.into_static(), range)).collect(),
    }
}

fn events_of(text: &str, options: MarkdownOptions) -> Vec<(Event<'_>, Range<usize>)> {
    let events = parser(text, options.math).into_offset_iter().collect();
    let events = passes::math_or_dollars(events, text);
    if text.contains("[[") { brackets::brackets(events, text) } else { events }
}

/// The parser, set as we need it. The metadata options are never on: they are quadratic on hostile input
/// (`docs/decisions/0004`), and our own code splits off the front matter.
fn parser(text: &str, math: bool) -> Parser<'_> {
    let mut options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_WIKILINKS;
    // Below a line of text, the three colons of a callout would be taken for a definition.
    options.set(Options::ENABLE_DEFINITION_LIST, !text.contains(":::"));
    options.set(Options::ENABLE_MATH, math);
    Parser::new_ext(text, options)
}
