//! Records that say in their text what others say in front matter: `* Status: accepted`, `## Status`, `Date: 2016-02-12`.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::calendar::Date;
use crate::model::field::{Field, Value};
use crate::model::section::{Outline, Section};
use crate::model::source::SourceFile;

/// Whether the text looks like that of a kind: it says a status, under a heading or on top, and has one of the kind's
/// `headings`.
pub fn fits(outline: &Outline, headings: &[String]) -> bool {
    let titles = || outline.sections.iter().map(|section| section.title.trim());
    let has_status = titles().any(|title| title.eq_ignore_ascii_case("status")) || line_value(outline, "status").is_some();
    has_status && titles().any(|title| headings.iter().any(|heading| heading.eq_ignore_ascii_case(title)))
}

/// Adds to `fields` what the text says about status and date, where the front matter is silent.
pub fn complete(fields: &mut BTreeMap<String, Field>, outline: &Outline, source: &SourceFile, body: &Range<usize>) {
    let place = |text: &str| {
        let start = source.text[body.clone()].find(text).map_or(body.start, |at| at + body.start);
        start..start + text.len()
    };
    if !fields.contains_key("status")
        && let Some(text) = line_value(outline, "status").or_else(|| section_value(outline, "status"))
    {
        fields.insert("status".to_owned(), Field { span: place(text), value: Value::Text(text.to_owned()) });
    }
    if !fields.contains_key("date")
        && let Some(text) = line_value(outline, "date")
        && let Ok(date) = Date::parse(text)
    {
        fields.insert("date".to_owned(), Field { span: place(text), value: Value::Date(date) });
    }
}

/// The value of a line `Key: value` before the first heading below the title.
fn line_value<'a>(outline: &'a Outline, key: &str) -> Option<&'a str> {
    let top = outline.sections.iter().take_while(|section| section.level <= 1);
    let mut lines = top.flat_map(|section| section.text.lines());
    lines.find_map(|line| {
        let (name, value) = line.split_once(':')?;
        (name.trim().eq_ignore_ascii_case(key) && !value.trim().is_empty()).then(|| value.trim())
    })
}

/// The first line under the heading `title`.
fn section_value<'a>(outline: &'a Outline, title: &str) -> Option<&'a str> {
    let is_titled = |section: &&Section| section.title.trim().eq_ignore_ascii_case(title);
    outline.sections.iter().find(is_titled)?.text.lines().next().map(str::trim).filter(|line| !line.is_empty())
}
