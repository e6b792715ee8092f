//! An element as the event that Markdown has for the same, or as a tag without attributes.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Tag};

use super::element::Element;
use crate::markdown::headings::safe_id;

/// The level of a heading of that name.
pub fn level(name: &str) -> Option<HeadingLevel> {
    let digit = name.strip_prefix('h')?.parse::<usize>().ok()?;
    HeadingLevel::try_from(digit).ok()
}

/// The event that an element begins with.
pub fn begin(name: &'static str, element: &Element) -> Event<'static> {
    let span = |span: &str| Some(format!(" {span}=\"{}\"", number(element, span)?));
    match (tag(name, Some(element)), name) {
        (Some(tag), _) => Event::Start(tag),
        (None, "table") => html("<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>"),
        (None, "td" | "th") => html(&format!("<{name}{}>", ["colspan", "rowspan"].into_iter().filter_map(span).collect::<String>())),
        (None, _) => html(&format!("<{name}>")),
    }
}

/// The event that an element of that name ends with.
pub fn finish(name: &'static str) -> Event<'static> {
    match (tag(name, None), name) {
        (Some(tag), _) => Event::End(tag.to_end()),
        (None, "table") => html("</table></div>"),
        (None, _) => html(&format!("</{name}>")),
    }
}

/// What Markdown has for elements of that name, with what this one says of it.
fn tag(name: &str, element: Option<&Element>) -> Option<Tag<'static>> {
    if let Some(level) = level(name) {
        let id = element.and_then(|element| element.attribute("id")).and_then(safe_id).map(CowStr::from);
        return Some(Tag::Heading { level, id, classes: Vec::new(), attrs: Vec::new() });
    }
    Some(match name {
        "b" | "strong" => Tag::Strong,
        "i" | "em" => Tag::Emphasis,
        "s" | "strike" | "del" => Tag::Strikethrough,
        "sub" => Tag::Subscript,
        "sup" => Tag::Superscript,
        "a" => {
            let dest_url = element.and_then(|element| element.attribute("href")).unwrap_or_default().to_owned().into();
            Tag::Link { link_type: LinkType::Inline, dest_url, title: "".into(), id: "".into() }
        }
        "ul" => Tag::List(None),
        "ol" => Tag::List(Some(element.and_then(|element| number(element, "start")).unwrap_or(1).into())),
        "li" => Tag::Item,
        "blockquote" => Tag::BlockQuote(None),
        "dl" => Tag::DefinitionList,
        "dt" => Tag::DefinitionListTitle,
        "dd" => Tag::DefinitionListDefinition,
        "pre" => Tag::CodeBlock(CodeBlockKind::Indented),
        _ => return None,
    })
}

fn number(element: &Element, name: &str) -> Option<u16> {
    element.attribute(name)?.parse().ok()
}

fn html(html: &str) -> Event<'static> {
    Event::InlineHtml(CowStr::from(html.to_owned()))
}
