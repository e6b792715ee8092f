//! What has a day and passed it, or should have one: reviews, windows, actions, debts.

use crate::check::Subject;
use crate::diagnostic::{self, Diagnostic, Rule};
use crate::ledger::actions::is_past;
use crate::model::field::Field;
use crate::model::reading::Form;
use crate::model::shape::{Shape, shaped};

/// Characters of a title that a message repeats.
const TITLE_CHARS: usize = 60;

/// Findings about the days of a record.
pub fn findings(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = review(subject).into_iter().collect();
    for (_, field) in shaped(subject.record, subject.kind, Shape::Actions) {
        found.extend(field.entries().iter().filter_map(|entry| action(subject, entry)));
    }
    for (_, field) in shaped(subject.record, subject.kind, Shape::Debt) {
        found.extend(field.entries().iter().filter_map(|entry| debt(subject, entry)));
    }
    found
}

/// The day of a review has passed, or the end of the time for which the record holds.
fn review(subject: &Subject<'_>) -> Option<Diagnostic> {
    let record = subject.record;
    let field = record.fields.get("review_by").filter(|_| subject.is_alive())?;
    let day = field.date().filter(|day| is_past(*day, subject.scene.today))?;
    let is_window = record.reading.origins.iter().any(|origin| origin.name == "review_by" && origin.form == Form::Status);
    if is_window {
        let message = format!("this holds for a time that ended on {}", day.text());
        let found = record.source.finding(&diagnostic::PROVISIONAL_EXPIRED, field.span.clone(), message);
        return Some(found.hint("decide what holds now, and write it as the status"));
    }
    let message = format!("this was to be looked at again by {}", day.text());
    let found = record.source.finding(&diagnostic::REVIEW_OVERDUE, field.span.clone(), message);
    Some(found.hint(format!("if it holds: handbook confirm {} --until DATE --because TEXT", record.path())))
}

/// An action that is to be done is late, or nobody's, or without a day.
fn action(subject: &Subject<'_>, entry: &Field) -> Option<Diagnostic> {
    let is_closed = matches!(entry.said("state").as_deref(), Some("done" | "dropped")) || entry.get("done").is_some();
    let title = entry.said("title").filter(|title| !is_closed && !title.trim().is_empty())?;
    let due = entry.get("due");
    if let Some(day) = due.and_then(Field::date).filter(|day| is_past(*day, subject.scene.today)) {
        let message = format!("`{}` was to be done by {}", shortened(&title), day.text());
        let span = due.map(|due| due.span.clone()).filter(|span| !span.is_empty()).unwrap_or_else(|| entry.span.clone());
        let found = subject.record.source.finding(&diagnostic::ACTION_OVERDUE, span, message);
        return Some(found.hint("set its `state` to done or dropped, or move the day"));
    }
    let has_owner = ["owner", "assignee"].iter().any(|name| entry.said(name).is_some_and(|name| !name.trim().is_empty()));
    let missing = match (has_owner, due.is_some()) {
        (true, true) => return None,
        (false, true) => "nobody who does it",
        (true, false) => "no day by which it is done",
        (false, false) => "nobody who does it, and no day",
    };
    let span = entry.get("title").map_or_else(|| entry.span.clone(), |title| title.span.clone());
    let message = format!("`{}` has {missing}", shortened(&title));
    Some(subject.record.source.finding(&diagnostic::ACTION_INCOMPLETE, span, message).hint("add `owner` and `due`"))
}

/// A debt that is not paid back is late, or has no way back.
fn debt(subject: &Subject<'_>, entry: &Field) -> Option<Diagnostic> {
    let what = entry.said("what").filter(|_| entry.get("paid").is_none())?;
    let finding = |rule: &'static Rule, field: &Field, message: String| subject.record.source.finding(rule, field.span.clone(), message);
    if let Some((field, day)) = entry.get("due").and_then(|field| Some((field, field.date()?))) {
        let message = format!("`{}` was to be paid back by {}", shortened(&what), day.text());
        let found = is_past(day, subject.scene.today).then(|| finding(&diagnostic::DEBT_OVERDUE, field, message));
        return found.map(|found| found.hint("pay it back and write the day as `paid`, or move `due` and say why"));
    }
    let message = format!("nothing says when `{}` is paid back", shortened(&what));
    let field = entry.get("what").unwrap_or(entry);
    let found = entry.get("payback").is_none().then(|| finding(&diagnostic::DEBT_OPEN_ENDED, field, message));
    found.map(|found| found.hint("add `payback`, the condition, or `due`, the day"))
}

fn shortened(title: &str) -> String {
    match title.char_indices().nth(TITLE_CHARS) {
        None => title.trim().to_owned(),
        Some((at, _)) => format!("{}…", title[..at].trim_end()),
    }
}
