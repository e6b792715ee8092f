//! Dates: read where an entry says one, and found elsewhere where none does.

use std::ops::Range;

use crate::calendar::{Date, Precision, dates_in, read_date};
use crate::diagnostic;
use crate::model::field::Value;
use crate::model::kind::Meaning;
use crate::model::reading::Form;
use crate::parse::address;
use crate::parse::shape::builder::Builder;
use crate::parse::shape::inline;
use crate::parse::shape::lines::{Line, Sort};
use crate::parse::unread::{shortened, unread_date};

impl Builder<'_> {
    /// A date; one that is wrong or ambiguous is a finding, and what is known of it all the same is kept.
    pub fn date(&mut self, text: &str, name: &str, span: Range<usize>) -> Result<Date, String> {
        match read_date(text, self.text.days.order).map(|found| found.date) {
            Some(Ok(date)) => Ok(date),
            Some(Err(problem)) => {
                self.diagnostics.push(unread_date(self.source, &problem, name, text, span));
                problem.known.filter(|_| problem.message.starts_with("it may be")).ok_or(problem.message)
            }
            None if !text.contains(|c: char| c.is_ascii_digit()) => Err("these words name no day".to_owned()),
            None => {
                let message = format!("`{name}`: `{}` is no date", shortened(text));
                let found = self.source.finding(&diagnostic::DATE_UNREAD, span, message);
                self.diagnostics.push(found.hint("write YYYY-MM-DD, as in 2022-03-14; a month or a year alone is fine"));
                Err("this is no date".to_owned())
            }
        }
    }

    /// The date, where nothing says it as such: the list of changes, the status, the name of the file.
    pub fn dates(&mut self) {
        if self.read.fields.contains_key("date") || !self.kind.fields.contains_key("date") {
            return;
        }
        let is_decided = self.kind.superseded_status().is_some();
        let stated = self.day_in_force();
        let changes = if is_decided { self.first_change() } else { None };
        let spoken = self.spoken.clone().map(|(date, span)| (date, span, Form::Status));
        let named = || address::date_of_path(&self.source.path).map(|date| (date, 0..0, Form::FileName));
        let of_title = || {
            let (_, title, span) = self.text.layout.parts.get(1)?.heading.as_ref()?;
            let date = read_date(title, self.text.days.order)?.date.ok()?;
            (date.precision() != Precision::Year).then(|| (date, span.clone(), Form::Heading))
        };
        // What led to an incident may stand in the rows, in front of the beginning that its head tells.
        let has_begun = self.reading.origins.iter().any(|origin| origin.name == "started" && origin.form != Form::Section);
        let of_rows = || self.first_row().filter(|_| !is_decided && !has_begun);
        let told = || self.told_day().filter(|_| !is_decided && !has_begun).map(|(date, span)| (date, span, Form::Section));
        let changed = || {
            let field = self.read.fields.get("updated").filter(|_| is_decided)?;
            let origin = self.reading.origins.iter().find(|origin| origin.name == "updated")?;
            let Value::Date(date) = field.value else { return None };
            Some((date, field.span.clone(), origin.form))
        };
        let of_title = || of_title().filter(|_| !is_decided);
        let alone = || self.day_alone().map(|(date, span)| (date, span, Form::Line));
        let found =
            changes.or(spoken).or(stated).or_else(alone).or_else(named).or_else(of_title).or_else(of_rows).or_else(told).or_else(changed);
        if let Some((date, span, form)) = found {
            self.add("date", Value::Date(date), span, form);
        }
    }

    /// The day beside the name of a status that holds: `**Accepted:** 2026-08-12`.
    fn day_in_force(&mut self) -> Option<(Date, Range<usize>, Form)> {
        let (text, vocabulary) = (self.text, &self.config.vocabulary);
        let is_in_force = |word: &str| self.kind.status(word).is_some_and(|status| status.meaning == Meaning::InForce);
        let named = text.entries.entries.iter().enumerate().filter(|(_, entry)| entry.name.is_none());
        let mut named =
            named.filter(|(_, entry)| is_in_force(&entry.key.to_lowercase()) || vocabulary.statuses(&entry.key).any(is_in_force));
        let (index, entry, date) = named.find_map(|(index, entry)| {
            let found = read_date(&inline::plain(&entry.value), text.days.order)?.date.ok()?;
            Some((index, entry, found))
        })?;
        self.used.insert(index);
        Some((date, self.place(entry), entry.form))
    }

    /// The day, or the month, that stands by itself between the title and the next heading.
    fn day_alone(&self) -> Option<(Date, Range<usize>)> {
        let layout = &self.text.layout;
        let lines = layout.parts.iter().take(2).flat_map(|part| layout.lines_of(part)).filter(|line| line.sort == Sort::Text);
        let day = |line: &Line| {
            let plain = inline::plain(layout.content(line));
            let [found] = dates_in(&plain, self.text.days.order).try_into().ok()?;
            let date = found.date.ok().filter(|date| date.precision() != Precision::Year)?;
            let is_all =
                !plain[..found.span.start].contains(char::is_alphanumeric) && !plain[found.span.end..].contains(char::is_alphanumeric);
            is_all.then(|| (date, line.content.clone()))
        };
        let mut days = lines.filter_map(day);
        days.next().filter(|_| days.next().is_none())
    }

    /// The one day that the text above the timeline names: "Between 09:12 and 11:48 UTC on 14 July 2025, uploads failed." Of several,
    /// none is it. Where its sentences name none, lists about an incident may: `- **Duration**: 2 hours (10:00 to 12:00, 15 August 2024)`.
    pub fn told_day(&self) -> Option<(Date, Range<usize>)> {
        let layout = &self.text.layout;
        let is_timeline = |title: &str| self.config.vocabulary.section(title) == Some("timeline");
        let above = layout.parts.iter().take_while(|part| part.heading.as_ref().is_none_or(|(_, title, _)| !is_timeline(title)));
        let lines = above.flat_map(|part| layout.lines_of(part));
        let with_lists = lines.clone().filter(|line| matches!(line.sort, Sort::Text | Sort::Bullet));
        let in_lists = || self.one_day_in(with_lists).filter(|_| self.kind.fields.contains_key("timeline"));
        self.one_day_in(lines.filter(|line| line.sort == Sort::Text)).or_else(in_lists)
    }

    /// The one day that `lines` name, apart from the addresses of their links.
    pub fn one_day_in<'l>(&self, lines: impl Iterator<Item = &'l Line>) -> Option<(Date, Range<usize>)> {
        let layout = &self.text.layout;
        let mut days = lines.flat_map(|line| {
            let known =
                dates_in(&inline::plain(layout.content(line)), self.text.days.order).into_iter().filter_map(|found| found.date.ok());
            known.filter(|date| date.precision() == Precision::Day).map(|date| (date, line.content.clone()))
        });
        let first = days.next()?;
        days.all(|(date, _)| date == first.0).then_some(first)
    }

    /// The day of the first row of the timeline; of those in the year that the file's name tells, where it tells one.
    fn first_row(&self) -> Option<(Date, Range<usize>, Form)> {
        let year = address::year_of_file(&self.source.path);
        let rows = self.read.fields.get("timeline")?.entries();
        let days = rows.iter().filter_map(|row| match row.get("at")?.value {
            Value::Moment(at) => Some((at.date(), row.span.clone())),
            _ => None,
        });
        let known = || days.clone().filter(|(date, _)| date.precision() == Precision::Day);
        let of_year = known().find(|(date, _)| year == Some(date.year()));
        of_year.or_else(|| known().next()).map(|(date, span)| (date, span, Form::Section))
    }

    /// The first day in the list of changes.
    fn first_change(&self) -> Option<(Date, Range<usize>, Form)> {
        let layout = &self.text.layout;
        let is_changes = |title: &str| self.config.vocabulary.section(title) == Some("changelog");
        let at = layout.parts.iter().position(|part| part.heading.as_ref().is_some_and(|(_, title, _)| is_changes(title)))?;
        let level = layout.parts[at].heading.as_ref()?.0;
        let below = layout.parts[at + 1..].iter().take_while(|part| part.heading.as_ref().is_some_and(|(other, _, _)| *other > level));
        let titles = below.clone().filter_map(|part| part.heading.as_ref()).map(|(_, title, span)| (title.as_str(), span.clone()));
        let lines = std::iter::once(&layout.parts[at]).chain(below.clone()).flat_map(|part| layout.lines_of(part));
        let lines = lines
            .filter(|line| matches!(line.sort, Sort::Bullet | Sort::Text | Sort::Row))
            .map(|line| (layout.content(line), line.content.clone()));
        let dated = lines.chain(titles).filter_map(|(text, span)| Some((read_date(text, self.text.days.order)?.date.ok()?, span)));
        let (date, span) = dated.min_by_key(|(date, _)| *date)?;
        Some((date, span, Form::Changelog))
    }
}
