//! What a text tells of an incident: its timeline, the actions that follow, and how long it took, stated and reckoned.

use std::ops::Range;

use crate::calendar::{Moment, minutes_as_stated};
use crate::diagnostic;
use crate::model::field::{Field, Value};
use crate::model::kind::FieldType;
use crate::model::reading::Form;
use crate::parse::shape::actions::{self, WrittenAction};
use crate::parse::shape::builder::Builder;
use crate::parse::shape::inline::{self, bold_lead};
use crate::parse::shape::lines::{Line, Sort};
use crate::parse::shape::timeline::{self, TimelineRow};
use crate::parse::unread::unread_date;

/// What is stated and what is reckoned may differ by so many minutes, or by a tenth.
const SLACK_MINUTES: i64 = 15;
/// Rows of a timeline that are compared with each other.
const ROWS_COMPARED_MAX: usize = 100;

/// Adds timeline, actions and times, where the record's kind declares such fields and its front matter is silent.
pub fn complete(builder: &mut Builder<'_>) {
    if builder.declares("timeline", "at") {
        let parts = builder.parts_of("timeline");
        // "All times are of 2026-08-02": what stands above the rows is about them.
        let lead = parts.first().map(|part| builder.text.layout.lines_of(part)).unwrap_or_default();
        let lead = lead.iter().take_while(|line| matches!(line.sort, Sort::Blank | Sort::Text)).filter(|line| line.sort == Sort::Text);
        let day = builder.one_day_in(lead).map(|(day, _)| day).or_else(|| builder.day());
        let rows = timeline::rows(&builder.text.layout, &parts, day, &builder.config.vocabulary, builder.text.days.order);
        let rows: Vec<TimelineRow> = rows.into_iter().filter(|row| !row.time.is_template).collect();
        if !rows.is_empty() {
            add_timeline(builder, &rows);
            add_marks(builder, &rows);
            check_order(builder, &rows);
        }
        check_durations(builder, &rows);
    }
    add_factors(builder);
    if builder.declares("actions", "title") {
        let read = |what: &str| {
            let parts = builder.parts_of(what);
            actions::actions(&builder.text.layout, &parts, &builder.config.vocabulary, builder.text.days.order, builder.day())
        };
        let written = Some(read("actions")).filter(|actions| !actions.is_empty()).unwrap_or_else(|| read("prevention"));
        if let (Some(first), Some(last)) = (written.first(), written.last()) {
            let span = first.span.start..last.span.end;
            let list = written.iter().map(action).collect();
            builder.add("actions", Value::List(list), span, Form::Section);
            builder.reading.in_body.push("actions".to_owned());
        }
    }
}

/// What contributed, from the items of the section that tells it: of each the words in bold in front, or the first sentence, so
/// that incidents which name the same factor are found.
fn add_factors(builder: &mut Builder<'_>) {
    let is_declared = matches!(&builder.kind.fields.get("factors").map(|declared| &declared.kind), Some(FieldType::List(of)) if **of == FieldType::String);
    if !is_declared || builder.read.fields.contains_key("factors") {
        return;
    }
    let layout = &builder.text.layout;
    let factor = |line: &Line| {
        let markdown = layout.content(line);
        let plain = inline::plain(markdown);
        let lead = bold_lead(markdown).unwrap_or_else(|| plain.split(". ").next().unwrap_or_default().to_owned());
        let text = lead.trim().trim_end_matches(['.', ':']).to_owned();
        let is_told = !text.is_empty() && !builder.config.vocabulary.is_nothing(&text) && !builder.config.vocabulary.is_placeholder(&text);
        is_told.then(|| Field { value: Value::Text(text), span: line.content.clone() })
    };
    let parts = builder.parts_of("factors");
    let items = parts.iter().flat_map(|part| layout.lines_of(part)).filter(|line| line.sort == Sort::Bullet && line.indent < 2);
    let factors: Vec<Field> = items.filter_map(factor).collect();
    if let (Some(first), Some(last)) = (factors.first(), factors.last()) {
        let span = first.span.start..last.span.end;
        builder.add("factors", Value::List(factors), span, Form::Section);
        builder.reading.in_body.push("factors".to_owned());
    }
}

fn add_timeline(builder: &mut Builder<'_>, rows: &[TimelineRow]) {
    for row in rows {
        if let Some(problem) = &row.time.problem {
            builder.diagnostics.push(unread_date(builder.source, problem, "timeline", &row.written, row.time_span.clone()));
        }
    }
    let field = |value: Value, span: &Range<usize>| Field { value, span: span.clone() };
    let entry = |row: &TimelineRow| {
        let mut map = Vec::new();
        map.extend(row.time.at.map(|at| ("at".to_owned(), field(Value::Moment(at), &row.time_span))));
        map.extend(row.time.until.map(|until| ("until".to_owned(), field(Value::Moment(until), &row.time_span))));
        if row.time.is_approximate {
            map.push(("approximate".to_owned(), field(Value::Boolean(true), &row.time_span)));
        }
        if !row.written.is_empty() && (row.time.at.is_none() || row.time.is_approximate) {
            map.push(("written".to_owned(), field(Value::Text(row.written.clone()), &row.time_span)));
        }
        map.push(("what".to_owned(), field(Value::Text(row.what.clone()), &row.span)));
        field(Value::Map(map), &row.span)
    };
    let unread = rows.iter().filter(|row| !row.time.is_time && !row.written.is_empty()).map(|row| crate::model::reading::Unread {
        text: row.written.clone(),
        reason: "this is no time".to_owned(),
        span: row.time_span.clone(),
    });
    builder.reading.unread.extend(unread);
    let span = rows[0].span.start..rows[rows.len() - 1].span.end;
    builder.add("timeline", Value::List(rows.iter().map(entry).collect()), span, Form::Section);
    builder.reading.in_body.push("timeline".to_owned());
}

/// Rows that mark the beginning, the detection or the end in so many words.
fn add_marks(builder: &mut Builder<'_>, rows: &[TimelineRow]) {
    for name in ["started", "detected", "resolved"] {
        if builder.read.fields.contains_key(name) || !builder.kind.fields.contains_key(name) {
            continue;
        }
        let phrases: Vec<&str> =
            builder.config.vocabulary.marks.iter().filter(|(_, mark)| mark == name).map(|(phrase, _)| phrase.as_str()).collect();
        let is_marked = |row: &&TimelineRow| {
            let what = row.what.to_lowercase();
            row.time.at.is_some_and(|at| at.has_clock()) && !row.time.is_approximate && phrases.iter().any(|phrase| what.contains(phrase))
        };
        let found = rows.iter().find(is_marked).and_then(|row| Some((row.time.at?, row.time_span.clone())));
        if let Some((at, span)) = found {
            builder.add(name, Value::Moment(at), span, Form::Section);
        }
    }
}

/// A row that is earlier than the one before it.
fn check_order(builder: &mut Builder<'_>, rows: &[TimelineRow]) {
    let exact = |row: &TimelineRow| row.time.at.filter(|at| at.has_clock() && !row.time.is_approximate && row.time.until.is_none());
    let mut latest: Option<Moment> = None;
    for row in rows {
        let Some(at) = exact(row) else { continue };
        if let Some(before) = latest.filter(|before| before.minutes_until(at) < 0) {
            let message = format!("this row, {}, stands after one of {}", at.text(), before.text());
            let found = builder.source.finding(&diagnostic::TIMELINE_ORDER, row.time_span.clone(), message);
            builder.diagnostics.push(found.hint("mend the time, or move the row"));
        }
        latest = Some(at);
    }
}

/// Durations as stated, beside those that follow from times: a statement that can not be true is a finding.
fn check_durations(builder: &mut Builder<'_>, rows: &[TimelineRow]) {
    let moment = |builder: &Builder<'_>, name: &str| match builder.read.fields.get(name)?.value {
        Value::Moment(moment) if moment.has_clock() => Some(moment),
        _ => None,
    };
    let started = moment(builder, "started");
    for (name, end) in
        [("time_to_detect", "detected"), ("time_to_mitigate", "mitigated"), ("time_to_recover", "resolved"), ("duration", "resolved")]
    {
        let Some(field) = builder.read.fields.get(name).cloned() else { continue };
        let written = field.display();
        let Some(stated) = minutes_as_stated(&written) else { continue };
        let reckoned = started.zip(moment(builder, end)).map(|(from, to)| from.minutes_until(to)).filter(|minutes| *minutes >= 0);
        let span_of_all = whole_span(rows);
        let slack = |minutes: i64| SLACK_MINUTES.max(minutes / 10);
        let from_rows = if started.is_none() && moment(builder, end).is_some() { distances(rows) } else { Vec::new() };
        let is_between_rows = from_rows.iter().any(|minutes| (minutes - stated).abs() <= slack(*minutes));
        let message = match (reckoned, span_of_all) {
            (None, _) if !from_rows.is_empty() && !is_between_rows => {
                format!("`{name}` is stated as {stated} minutes, and no two rows of the timeline are so far apart")
            }
            (Some(minutes), _) if (minutes - stated).abs() > slack(minutes) => {
                format!("`{name}` is stated as {stated} minutes, and is {minutes} by the times of the record")
            }
            (None, Some(all)) if stated > all + slack(all) => {
                format!("`{name}` is stated as {stated} minutes, and the whole timeline has {all}")
            }
            _ => continue,
        };
        let found = builder.source.finding(&diagnostic::DURATION_CONTRADICTS, field.span.clone(), message);
        builder.diagnostics.push(found.hint("mend one of the two"));
    }
}

/// Minutes between any two rows; nothing when a row does not tell its time, or there are too many.
fn distances(rows: &[TimelineRow]) -> Vec<i64> {
    let times: Vec<Moment> =
        rows.iter().filter(|row| !row.time.is_approximate).filter_map(|row| row.time.at).filter(Moment::has_clock).collect();
    if times.len() != rows.len() || rows.len() > ROWS_COMPARED_MAX {
        return Vec::new();
    }
    times.iter().flat_map(|from| times.iter().map(|to| from.minutes_until(*to))).filter(|minutes| *minutes >= 0).collect()
}

/// Minutes between the earliest and the latest row, when all rows tell their time.
fn whole_span(rows: &[TimelineRow]) -> Option<i64> {
    if rows.len() < 2 || rows.iter().any(|row| row.time.is_approximate || row.time.at.is_none_or(|at| !at.has_clock())) {
        return None;
    }
    let ends = rows.iter().flat_map(|row| [row.time.at, row.time.until]).flatten();
    let first = rows[0].time.at?;
    let distances: Vec<i64> = ends.map(|at| first.minutes_until(at)).collect();
    Some(distances.iter().max()? - distances.iter().min()?)
}

fn action(action: &WrittenAction) -> Field {
    let field = |value: Value| Field { value, span: action.span.clone() };
    let mut map = vec![("title".to_owned(), field(Value::Text(action.title.clone())))];
    let texts = [("kind", &action.kind), ("assignee", &action.assignee), ("ticket", &action.ticket)];
    map.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), field(Value::Text(text.clone()?))))));
    map.extend(action.due.map(|due| ("due".to_owned(), field(Value::Date(due)))));
    map.extend(action.state.map(|state| ("state".to_owned(), field(Value::Text(state.to_owned())))));
    field(Value::Map(map))
}
