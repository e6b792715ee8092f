//! An element as the event that Markdown has for the same, or as a tag without attributes.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Tag, TagEnd};

use super::element::Element;
use crate::markdown::headings::safe_id;

/// The level of a heading of that name.
pub fn level(name: &str) -> Option<HeadingLevel> {
    let digit = name.strip_prefix('h')?.parse::<usize>().ok()?;
    HeadingLevel::try_from(digit).ok()
}

/// The event that an element begins with.
pub fn begin(name: &'static str, element: &Element) -> Event<'static> {
    if let Some(level) = level(name) {
        let id = element.attribute("id").and_then(safe_id).map(CowStr::from);
        return Event::Start(Tag::Heading { level, id, classes: Vec::new(), attrs: Vec::new() });
    }
    let number = |name: &str| element.attribute(name).and_then(|number| number.parse::<u16>().ok());
    Event::Start(match name {
        "b" | "strong" => Tag::Strong,
        "i" | "em" => Tag::Emphasis,
        "s" | "strike" | "del" => Tag::Strikethrough,
        "sub" => Tag::Subscript,
        "sup" => Tag::Superscript,
        "a" => {
            let dest_url = element.attribute("href").unwrap_or_default().to_owned().into();
            Tag::Link { link_type: LinkType::Inline, dest_url, title: "".into(), id: "".into() }
        }
        "ul" => Tag::List(None),
        "ol" => Tag::List(Some(number("start").unwrap_or(1).into())),
        "li" => Tag::Item,
        "blockquote" => Tag::BlockQuote(None),
        "dl" => Tag::DefinitionList,
        "dt" => Tag::DefinitionListTitle,
        "dd" => Tag::DefinitionListDefinition,
        "pre" => Tag::CodeBlock(CodeBlockKind::Indented),
        "table" => return html("<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>"),
        "td" | "th" => {
            let spans = ["colspan", "rowspan"].into_iter().filter_map(|span| Some(format!(" {span}=\"{}\"", number(span)?)));
            return html(&format!("<{name}{}>", spans.collect::<String>()));
        }
        other => return html(&format!("<{other}>")),
    })
}

/// The event that an element of that name ends with.
pub fn finish(name: &'static str) -> Event<'static> {
    if let Some(level) = level(name) {
        return Event::End(TagEnd::Heading(level));
    }
    Event::End(match name {
        "b" | "strong" => TagEnd::Strong,
        "i" | "em" => TagEnd::Emphasis,
        "s" | "strike" | "del" => TagEnd::Strikethrough,
        "sub" => TagEnd::Subscript,
        "sup" => TagEnd::Superscript,
        "a" => TagEnd::Link,
        "ul" => TagEnd::List(false),
        "ol" => TagEnd::List(true),
        "li" => TagEnd::Item,
        "blockquote" => TagEnd::BlockQuote(None),
        "dl" => TagEnd::DefinitionList,
        "dt" => TagEnd::DefinitionListTitle,
        "dd" => TagEnd::DefinitionListDefinition,
        "pre" => TagEnd::CodeBlock,
        "table" => return html("</table></div>"),
        other => return html(&format!("</{other}>")),
    })
}

fn html(html: &str) -> Event<'static> {
    Event::InlineHtml(CowStr::from(html.to_owned()))
}
