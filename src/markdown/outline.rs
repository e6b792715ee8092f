//! Events to [`Outline`]: sections with plain text, links with the sentence around them.

use std::collections::HashSet;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use crate::diagnostic::{self, Diagnostic};
use crate::markdown::{Document, math, toctree};
use crate::model::name::Anchor;
use crate::model::section::{Lead, Link, LinkForm, Outline, Section};

/// Characters of a sentence that are kept on each side of a link.
const SENTENCE_CHARS_MAX: usize = 160;
/// Pieces of code of a section that are kept as such, and the bytes of the longest.
const CODE_MAX: usize = 200;
const CODE_BYTES_MAX: usize = 60;
/// Characters of the first paragraph that are kept.
const LEAD_CHARS_MAX: usize = 320;
/// Paragraphs that are kept to choose the lead from.
const LEADS_MAX: usize = 8;

/// Formulas of one record that can not be read and are told one by one; the rest is counted.
const MATH_FINDINGS_MAX: usize = 200;

/// See [`Document::outline`].
pub fn outline(document: Document<'_>) -> (Outline, Vec<Diagnostic>) {
    let Document { source, events, headings, mut diagnostics, has_title, .. } = document;
    let mut walk = Walk::default();
    let mut n_unread = 0_usize;
    let mut next_heading = headings.iter().enumerate();
    for (event, range) in events {
        match event {
            Event::Start(tag) => walk.start(&tag, range),
            Event::End(TagEnd::Heading(_)) => {
                let (index, heading) = next_heading.next().expect("each heading was found before");
                walk.close_heading(heading.level, &heading.anchor, &heading.text, range);
                if index == 0 && has_title {
                    walk.outline.title = Some(heading.text.clone());
                }
            }
            Event::End(end) => walk.end(end, range),
            Event::Text(text) => walk.block.push_str(&text),
            Event::Code(code) => walk.code(&code),
            Event::InlineMath(formula) | Event::DisplayMath(formula) => {
                walk.block.push_str(&formula);
                if let Err(reason) = math::mathml(&formula, false) {
                    n_unread += 1;
                    if n_unread <= MATH_FINDINGS_MAX {
                        diagnostics.push(source.finding(&diagnostic::MATH, range, format!("this formula can not be read: {reason}")));
                    }
                }
            }
            Event::SoftBreak | Event::HardBreak => walk.block.push(' '),
            Event::InlineHtml(html) | Event::Html(html) => walk.anchors_in(&html),
            Event::FootnoteReference(_) | Event::Rule | Event::TaskListMarker(_) => {}
        }
    }
    walk.close_block();
    if let Some(rest @ 1..) = n_unread.checked_sub(MATH_FINDINGS_MAX) {
        let message = format!("{rest} more formulas of this file can not be read");
        diagnostics.push(Diagnostic::new(&diagnostic::MATH, source.file().as_str(), message));
    }
    (walk.outline, diagnostics)
}

#[derive(Default)]
struct Walk {
    outline: Outline,
    /// Plain text of the block that is being read.
    block: String,
    /// Links of this block: index, and their words in `block`.
    links: Vec<(usize, Range<usize>)>,
    /// Links that are open.
    open: Vec<usize>,
    in_heading: bool,
    depth: usize,
    ids: HashSet<String>,
}

impl Walk {
    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Heading { .. } => {
                self.close_block();
                self.in_heading = true;
                self.outline.sections.push(Section::default());
            }
            Tag::Link { link_type, dest_url, .. } => {
                let form = match *link_type {
                    LinkType::WikiLink { .. } => LinkForm::Wiki,
                    toctree::ENTRY => LinkForm::Entry,
                    _ => LinkForm::Markdown,
                };
                let target = if *link_type == LinkType::Email { format!("mailto:{dest_url}") } else { dest_url.to_string() };
                self.open_link(form, target, range);
            }
            Tag::Image { link_type, dest_url, .. } => {
                let form = if matches!(link_type, LinkType::WikiLink { .. }) { LinkForm::Embed } else { LinkForm::Image };
                self.open_link(form, dest_url.to_string(), range);
            }
            Tag::Item | Tag::BlockQuote(_) | Tag::FootnoteDefinition(_) | Tag::Table(_) => {
                self.close_block();
                self.depth += 1;
            }
            Tag::TableCell if !self.block.is_empty() => self.block.push_str(" · "),
            Tag::Paragraph | Tag::CodeBlock(_) | Tag::DefinitionListTitle | Tag::DefinitionListDefinition => self.close_block(),
            _ => {}
        }
    }

    fn end(&mut self, end: TagEnd, range: Range<usize>) {
        match end {
            TagEnd::Link | TagEnd::Image => self.close_link(),
            TagEnd::Paragraph => self.close_paragraph(range),
            TagEnd::Item | TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition | TagEnd::Table => {
                self.close_block();
                self.depth -= 1;
            }
            TagEnd::CodeBlock | TagEnd::TableRow | TagEnd::TableHead => self.close_block(),
            TagEnd::DefinitionListTitle | TagEnd::DefinitionListDefinition => self.close_block(),
            _ => {}
        }
    }

    fn code(&mut self, code: &str) {
        self.block.push_str(code);
        let has_words = code.len() <= CODE_BYTES_MAX && code.contains([' ', ':', '.', '_', '/']);
        if let Some(section) = self.outline.sections.last_mut().filter(|section| has_words && section.code.len() < CODE_MAX) {
            section.code.push(code.to_owned());
        }
    }

    fn open_link(&mut self, form: LinkForm, target: String, span: Range<usize>) {
        let section = self.outline.sections.len().saturating_sub(1);
        let (text, sentence) = (String::new(), (String::new(), String::new()));
        self.open.push(self.outline.links.len());
        self.links.push((self.outline.links.len(), self.block.len()..self.block.len()));
        self.outline.links.push(Link { form, target, text, span, section, sentence });
    }

    fn close_link(&mut self) {
        let Some(index) = self.open.pop() else { return };
        if let Some((_, words)) = self.links.iter_mut().rev().find(|(link, _)| *link == index) {
            words.end = self.block.len();
            self.outline.links[index].text = self.block[words.clone()].to_owned();
        }
    }

    fn close_heading(&mut self, level: u8, anchor: &Anchor, text: &str, span: Range<usize>) {
        self.quote_links();
        self.block.clear();
        self.in_heading = false;
        let section = self.outline.sections.last_mut().expect("pushed when the heading began");
        *section = Section { anchor: Some(anchor.clone()), level, title: text.to_owned(), span, ..std::mem::take(section) };
    }

    fn close_paragraph(&mut self, span: Range<usize>) {
        if self.depth == 0 && self.outline.leads.len() < LEADS_MAX && !self.block.trim().is_empty() {
            self.outline.leads.push(Lead { text: shortened(self.block.trim(), LEAD_CHARS_MAX), span });
        }
        self.close_block();
    }

    /// Puts the block's text into its section.
    fn close_block(&mut self) {
        self.quote_links();
        let text = self.block.trim();
        if !text.is_empty() {
            if self.outline.sections.is_empty() {
                self.outline.sections.push(Section::default());
            }
            let section = self.outline.sections.last_mut().expect("there is one");
            if !section.text.is_empty() {
                section.text.push('\n');
            }
            section.text.push_str(text);
        }
        self.block.clear();
    }

    /// Gives each link of the block the sentence around it.
    fn quote_links(&mut self) {
        for (index, words) in self.links.drain(..) {
            self.outline.links[index].sentence = sentence(&self.block, &words);
        }
    }

    fn anchors_in(&mut self, html: &str) {
        for attribute in [" id=\"", " name=\""] {
            for (at, _) in html.match_indices(attribute) {
                let id = html[at + attribute.len()..].split('"').next().unwrap_or_default();
                if self.ids.insert(id.to_owned()) {
                    self.outline.anchors.push(Anchor::new(id));
                }
            }
        }
    }
}

/// What stands before and after `words` in their sentence, shortened to what a reader takes in at a glance.
fn sentence(block: &str, words: &Range<usize>) -> (String, String) {
    let before = &block[..words.start];
    let window = before.char_indices().rev().nth(SENTENCE_CHARS_MAX).map_or(0, |(at, _)| at);
    let before = match sentence_ends(&before[window..]).last() {
        Some(&end) => before[window + end..].trim_start().to_owned(),
        None if window > 0 => format!("…{}", after_first_space(&before[window..])),
        None => before.trim_start().to_owned(),
    };
    let after = &block[words.end..];
    let window = after.char_indices().nth(SENTENCE_CHARS_MAX).map_or(after.len(), |(at, _)| at);
    let after = match sentence_ends(&after[..window]).first() {
        Some(&end) => after[..end].trim_end().to_owned(),
        None if window < after.len() => format!("{}…", before_last_space(&after[..window])),
        None => after.trim_end().to_owned(),
    };
    (before, after)
}

/// The places just after the end of a sentence: a full stop or its like, then a space, then no small letter ("e.g. so").
fn sentence_ends(text: &str) -> Vec<usize> {
    let is_end = |(at, mark): (usize, &str)| {
        let end = at + mark.len();
        let next = text[end..].trim_start().chars().next();
        (text[end..].starts_with(char::is_whitespace) && !next.is_some_and(char::is_lowercase)).then_some(end)
    };
    text.match_indices(['.', '!', '?']).filter_map(is_end).collect()
}

fn after_first_space(text: &str) -> &str {
    text.split_once(' ').map_or(text, |(_, rest)| rest)
}

fn before_last_space(text: &str) -> &str {
    text.rsplit_once(' ').map_or(text, |(rest, _)| rest)
}

/// `text`, cut at a word when it has more than `chars_max` characters.
fn shortened(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", before_last_space(&text[..at])),
    }
}
