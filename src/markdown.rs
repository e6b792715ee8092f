//! Markdown to an [`Outline`], and Markdown with resolved links to HTML. The one home of pulldown-cmark.
//!
//! Both start from the same [`Document`]: the parser's events after a chain of passes, one for each thing that we
//! do differently. What is written is never lost: what can not be shown as meant is shown as text.

mod callout;
mod headings;
mod html;
mod include;
mod math;
mod outline;
mod passes;

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser};

use crate::diagnostic::Diagnostic;
use crate::highlight::Highlighter;
use crate::model::section::Outline;
use crate::model::source::SourceFile;

pub use include::{directives, is_directive_target};

/// How the Markdown of a handbook is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkdownOptions {
    /// HTML is passed on; else it is shown as text.
    pub raw_html: bool,
    /// `$...$` is a formula.
    pub math: bool,
}

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
}

/// Where a link leads, as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Href {
    /// To an address within the site, relative to the page.
    Within(String),
    /// Out of the site.
    External(String),
    /// Nowhere: the words are shown as text, with the reason.
    Nowhere(String),
}

impl<'a> Document<'a> {
    /// Reads the Markdown in `body`, bytes of `source`.
    pub fn parse(source: &'a SourceFile, body: Range<usize>, options: MarkdownOptions) -> Self {
        let mut diagnostics = Vec::new();
        let events = include::events(source, body, options, &mut diagnostics);
        let events = callout::callouts(events, source, options);
        let events = passes::raw_html(events, options.raw_html);
        let events = passes::math_or_dollars(events, source);
        let events = passes::wiki_or_brackets(events, source);
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

    /// The body of the page. `href` says where the n-th link of the outline leads.
    pub fn html(&self, shown: Shown<'_>, highlighter: &Highlighter, href: impl Fn(usize) -> Href) -> String {
        html::html(self, shown, highlighter, href)
    }
}

/// The parser, set as we need it. The metadata options are never on: they are quadratic on hostile input
/// (`docs/decisions/0004`), and our own code splits off the front matter.
fn parser(text: &str, math: bool) -> Parser<'_> {
    let mut options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM;
    // Below a line of text, the three colons of a callout would be taken for a definition.
    options.set(Options::ENABLE_DEFINITION_LIST, !text.contains(":::"));
    options.set(Options::ENABLE_MATH, math);
    // `[[text]](address)` is a link whose words stand in brackets, and the wiki extension would tear it apart.
    options.set(Options::ENABLE_WIKILINKS, !has_bracketed_link(text));
    Parser::new_ext(text, options)
}

/// Whether the text holds `[[words]](address)`: nothing but words between the brackets.
fn has_bracketed_link(text: &str) -> bool {
    let is_link = |(at, _): (usize, &str)| {
        let before = &text[..at];
        before.rfind(['[', ']', '\n']).is_some_and(|open| before[..=open].ends_with("[["))
    };
    text.match_indices("]](").any(is_link)
}
