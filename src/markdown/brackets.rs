//! What stands in double brackets: a wiki link, a link whose words are in brackets, a table of contents, or shell.
//!
//! These passes look at the text that the events were read from, so they run on each text by itself, before includes.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

type Events<'a> = Vec<(Event<'a>, Range<usize>)>;

/// `[[_TOC_]]` is where GitLab puts the table of contents; a page has its own, beside the text.
const TABLE_OF_CONTENTS: &str = "_TOC_";

/// The events of `text` with every double bracket as what it is.
pub fn brackets<'a>(events: Events<'a>, text: &'a str) -> Events<'a> {
    wiki_names(wiki_or_brackets(links_in_brackets(events, text), text))
}

/// `[[words]](address)` is a link whose words stand in brackets, which the parser takes for a wiki link and a remark.
fn links_in_brackets<'a>(events: Events<'a>, text: &'a str) -> Events<'a> {
    let mut shown: Events<'a> = Vec::with_capacity(events.len());
    let mut events = events.into_iter().peekable();
    while let Some((event, range)) = events.next() {
        let Event::Start(Tag::Link { link_type: LinkType::WikiLink { has_pothole: false }, dest_url, .. }) = &event else {
            shown.push((event, range));
            continue;
        };
        let words = format!("[{dest_url}]");
        let Some((address, title, length)) = address(&text[range.end..]) else {
            shown.push((event, range));
            continue;
        };
        // The words, and the end of the link.
        events.by_ref().take_while(|(event, _)| !matches!(event, Event::End(TagEnd::Link))).for_each(drop);
        let end = range.end + length;
        let mut rest = None;
        while let Some((event, inside)) = events.next_if(|(_, inside)| inside.start < end && inside.start >= range.end) {
            if let Event::Text(remark) = event
                && inside.end > end
            {
                rest = remark.get(end - inside.start..).map(|rest| (Event::Text(CowStr::from(rest.to_owned())), end..inside.end));
            }
        }
        let whole = range.start..end;
        let tag = Tag::Link { link_type: LinkType::Inline, dest_url: address.into(), title: title.into(), id: CowStr::Borrowed("") };
        shown.push((Event::Start(tag), whole.clone()));
        shown.push((Event::Text(CowStr::from(words)), whole.clone()));
        shown.push((Event::End(TagEnd::Link), whole));
        shown.extend(rest);
    }
    shown
}

/// The address and the title in parentheses at the beginning of `text`, and their length; on one line, without anything
/// that Markdown gives a meaning of its own, so that what follows is text and nothing else.
fn address(text: &str) -> Option<(&str, &str, usize)> {
    let inside = text.strip_prefix('(')?;
    let end = inside.find([')', '\n', '(', '*', '`', '<', '[', '\\', '~', '$']).filter(|end| inside[*end..].starts_with(')'))?;
    let written = inside[..end].trim();
    let (address, title) = match written.split_once(char::is_whitespace) {
        None => (written, ""),
        Some((address, title)) => (address, title.trim().strip_prefix('"')?.strip_suffix('"')?),
    };
    (!address.contains("__")).then_some((address, title, end + 2))
}

/// `[[ -f file ]]` is shell and no wiki link; nor is `[[` without a name.
fn wiki_or_brackets<'a>(events: Events<'a>, text: &'a str) -> Events<'a> {
    let mut shown: Events<'a> = Vec::with_capacity(events.len());
    let mut plain: Option<usize> = None;
    let mut depth = 0_usize;
    for (event, range) in events {
        match &event {
            Event::Start(Tag::Link { link_type: LinkType::WikiLink { .. }, dest_url, .. }) if plain.is_none() => {
                depth += 1;
                let is_contents = &**dest_url == TABLE_OF_CONTENTS;
                // `[[words]] (https://...)`: what is meant is a link to the address behind it.
                let after = text[range.end..].trim_start_matches(' ');
                let is_before_address = ["(http", "（http"].iter().any(|address| after.starts_with(address));
                if is_contents || is_before_address || dest_url.trim().is_empty() || dest_url.starts_with(char::is_whitespace) {
                    plain = Some(depth);
                    if !is_contents {
                        shown.push((Event::Text(CowStr::from(&text[range.clone()])), range));
                    }
                    continue;
                }
            }
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => depth += 1,
            Event::End(TagEnd::Link | TagEnd::Image) => {
                depth -= 1;
                if plain.is_some_and(|level| level == depth + 1) {
                    plain = None;
                    continue;
                }
            }
            Event::End(TagEnd::Paragraph) if matches!(shown.last(), Some((Event::Start(Tag::Paragraph), _))) => {
                shown.pop();
                continue;
            }
            _ => {}
        }
        if plain.is_none() {
            shown.push((event, range));
        }
    }
    shown
}

/// The names of wiki links as they are meant: on one line, without the marks of a quote that goes on within them, without
/// the `\` that a table needs in front of a bar. A link without words shows its name.
fn wiki_names(events: Events<'_>) -> Events<'_> {
    let mut named = Vec::with_capacity(events.len());
    let mut open: Option<(String, bool)> = None;
    for (event, range) in events {
        let event = match event {
            Event::Start(Tag::Link { link_type: link_type @ LinkType::WikiLink { has_pothole }, dest_url, title, id }) => {
                let name = name(&dest_url);
                open = Some((name.clone(), has_pothole));
                Event::Start(Tag::Link { link_type, dest_url: name.into(), title, id })
            }
            Event::Start(Tag::Image { link_type: link_type @ LinkType::WikiLink { has_pothole }, dest_url, title, id }) => {
                let name = name(&dest_url);
                open = Some((name.clone(), has_pothole));
                Event::Start(Tag::Image { link_type, dest_url: name.into(), title, id })
            }
            Event::Text(words) => match open.take() {
                Some((name, has_words)) if !has_words || words.trim().is_empty() => Event::Text(name.into()),
                _ => Event::Text(words),
            },
            Event::End(TagEnd::Link | TagEnd::Image) => {
                named.extend(open.take().map(|(name, _)| (Event::Text(name.into()), range.clone())));
                event
            }
            other => {
                open = None;
                other
            }
        };
        named.push((event, range));
    }
    named
}

fn name(written: &str) -> String {
    let lines: Vec<&str> = written.lines().map(|line| line.trim_start_matches(['>', ' ', '\t']).trim_end()).collect();
    lines.join(" ").trim_end_matches('\\').to_owned()
}
