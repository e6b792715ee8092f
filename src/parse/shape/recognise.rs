//! What a file is: the kind whose signs its text shows, and the family of layouts that it is written in.

use std::collections::HashSet;

use crate::config::families::{Family, families};
use crate::config::vocabulary::{Vocabulary, fold};
use crate::model::kind::Kind;
use crate::model::reading::{Form, Reading};
use crate::model::source::SourceFile;
use crate::parse::address;
use crate::parse::shape::Text;
use crate::yaml::Node;

/// Headings of a kind's `outline` that count in a file whose name has no number.
const OUTLINE_MIN: usize = 4;

/// What stands in a title behind the words that say what the file is.
const TITLE_ENDS: [&str; 5] = [": ", " - ", " – ", " — ", " for "];

/// Whether the text looks like that of `kind`: enough of its headings, its marks, a status, a word in the file's name.
pub fn fits(text: &Text<'_>, root: Option<&Node>, source: &SourceFile, kind: &Kind, vocabulary: &Vocabulary) -> bool {
    if kind.shape.is_empty() {
        return false;
    }
    let keys: Vec<String> = written_keys(text, root);
    let has_status = !kind.statuses.is_empty() && (text.has_status() || keys.iter().any(|key| key == "status"));
    let n_marks = kind.marks.iter().filter(|mark| keys.contains(mark)).count();
    // What is a folder's page has the folder's name.
    let named = source.path.as_str().to_lowercase();
    let name = named.rsplit('/').nth(usize::from(source.path.is_index())).unwrap_or_default();
    let is_named = name.split(|c: char| !c.is_alphabetic()).any(|word| kind.names.iter().any(|known| known == word));
    // Where the name says what it is, labels in bold stand for headings.
    let labels = if is_named { text.labels() } else { Vec::new() };
    let titles: HashSet<String> = text.headings().map(fold).chain(labels.iter().map(|label| fold(label))).collect();
    let n_headings = titles.iter().filter(|title| kind.shape.contains(*title)).count();
    // `Detailed Timeline`: the timeline by another name.
    let has_timeline = || text.headings().any(|title| vocabulary.section(title) == Some("timeline"));
    let is_told = kind.fields.contains_key("timeline")
        && !kind.shape.iter().any(|title| titles.contains(title) && vocabulary.section(title) == Some("timeline"));
    let n_headings = n_headings + usize::from(is_told && has_timeline());
    // Headings that other texts have too tell something together, or beside a number or a mark.
    let n_common = titles.iter().filter(|title| kind.outline.contains(*title)).count();
    let is_numbered = n_marks > 0 || address::number_of_file(&source.path).is_some() || address::date_of_file(&source.path).is_some();
    let n_outline = if is_numbered || n_common >= OUTLINE_MIN { n_common / 2 } else { 0 };
    // `Postmortem: uploads failed`, `Incident report for the uploads`, `Core Services Team`
    let is_name = |word: &str| kind.names.contains(&word.to_lowercase());
    let is_titled = text.headings().next().is_some_and(|title| {
        let front = TITLE_ENDS.iter().find_map(|end| title.split_once(end)).map(|(front, _)| front);
        let front = front.filter(|front| front.split_whitespace().count() <= 3);
        let ends = || !is_named && title.split_whitespace().skip(1).last().is_some_and(is_name);
        front.is_some_and(|front| front.split_whitespace().any(is_name)) || ends()
    });
    let n_signs = n_headings + n_outline + usize::from(has_status) + 2 * n_marks + usize::from(is_named) + usize::from(is_titled);
    // `adr-001-texts.md` that begins "ADR 001: Texts".
    let of_title = || text.headings().next().and_then(address::number_of_title);
    let is_of_series = || is_named && is_titled && of_title().is_some_and(|number| address::number_of_file(&source.path) == Some(number));
    // A word in a name alone makes no record of a page, nor does a status.
    n_signs >= kind.shape_min && (n_headings + n_outline + n_marks + usize::from(has_status && is_named) > 0 || is_of_series())
}

/// The family that `reading`, of a record of `kind`, is in: the first in the table that fits.
pub fn family(text: &Text<'_>, root: Option<&Node>, source: &SourceFile, kind: &Kind, reading: &Reading) -> Option<&'static Family> {
    let keys = written_keys(text, root);
    let headings: Vec<String> = text.headings().map(fold).collect();
    let form = deciding_form(reading);
    let begins_with = |what: &str| match what {
        "number" => address::number_of_file(&source.path).is_some(),
        _ => address::date_of_file(&source.path).is_some(),
    };
    families().iter().find(|family| {
        family.kind.as_deref().is_none_or(|name| name == kind.name.as_str())
            && family.form.as_deref().is_none_or(|wanted| form.is_some_and(|form| form.as_str() == wanted))
            && (family.keys.is_empty() || family.keys.iter().any(|key| keys.contains(key)))
            && (family.headings.is_empty() || family.headings.iter().filter(|title| headings.contains(title)).count() >= family.least)
            && family.file.as_deref().is_none_or(begins_with)
            && (!family.is_ruled || (text.entries.is_ruled && matches!(form, Some(Form::Bullet | Form::Line))))
    })
}

/// Where the status stands; without one, the date; without that, anything else that the record says of itself.
fn deciding_form(reading: &Reading) -> Option<Form> {
    let of = |wanted: &str| reading.origins.iter().find(|origin| origin.name == wanted).map(|origin| origin.form);
    let is_said = |form: &Form| !matches!(form, Form::Status | Form::FileName | Form::Settings | Form::Changelog);
    let any = || {
        let said = reading
            .origins
            .iter()
            .filter(|origin| !matches!(origin.name.as_str(), "title" | "timeline" | "actions" | "options" | "weight" | "nav_parent"));
        said.map(|origin| origin.form).find(is_said)
    };
    // The date of an incident is often that of a row of its timeline.
    of("status").filter(is_said).or_else(|| of("date").filter(|form| is_said(form) && *form != Form::Section)).or_else(any)
}

fn written_keys(text: &Text<'_>, root: Option<&Node>) -> Vec<String> {
    let head = root.and_then(Node::entries).unwrap_or_default().iter().filter_map(|(key, _)| key.text());
    head.chain(text.entries.entries.iter().map(|entry| entry.key.as_str())).map(fold).collect()
}
