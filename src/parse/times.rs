//! Times as they stand in a timeline: uncertain, in ranges, with zones, with unknown parts.

use std::ops::Range;

use crate::calendar::{Date, DayOrder, Moment, UnreadDate, clock_at_start, dates_in, day_without_year};
use crate::config::vocabulary::Vocabulary;

/// A time as far as it is known.
#[derive(Debug, Default)]
pub struct WrittenTime {
    /// When; `None` where no day is known.
    pub at: Option<Moment>,
    /// The end of a range.
    pub until: Option<Moment>,
    /// It is a guess, or parts of it are unknown.
    pub is_approximate: bool,
    /// The text is a time, even where nothing of it is known for sure.
    pub is_time: bool,
    /// The text is left from a template.
    pub is_template: bool,
    /// What is wrong with its day.
    pub problem: Option<UnreadDate>,
    /// The day it names, for the rows that name only a time.
    pub day: Option<Date>,
    /// Bytes of the text that the time takes.
    pub end: usize,
}

/// What holds for all rows of a timeline.
#[derive(Clone, Copy)]
pub struct Clockwork<'a> {
    /// Names of zones.
    pub vocabulary: &'a Vocabulary,
    /// Which number comes first in a date of numbers.
    pub order: DayOrder,
    /// Minutes from UTC, where the text says them for all rows.
    pub zone: Option<i32>,
    /// The day of rows that name only a time.
    pub day: Option<Date>,
}

/// Letters and digits that may stand between a time of day and its day: `14:05 UTC on 3 March 2024`.
const NEAR_CHARS_MAX: usize = 7;

impl Clockwork<'_> {
    /// Reads `text` as a time. `whole` wants nothing behind it.
    pub fn read(&self, text: &str) -> WrittenTime {
        let mut time = WrittenTime { is_approximate: is_guess(text), ..WrittenTime::default() };
        let lower = text.to_lowercase();
        if lower.contains("yyyy") || lower.contains("mm-dd") || lower.contains("xx-") {
            return WrittenTime { is_template: true, is_time: true, ..time };
        }
        let first_clock = clocks(text, 0).last().map(|clock| clock.span.end);
        // Far behind a time of day it is a day that the text is about: `17:25 rolled back to v20190125`.
        let is_near = |at: usize| {
            first_clock.is_none_or(|end| at < end || text[end..at].chars().filter(|c| c.is_alphanumeric()).count() <= NEAR_CHARS_MAX)
        };
        let found = dates_in(text, self.order).into_iter().enumerate();
        let mut found = found.take_while(|(index, found)| *index > 0 || is_near(found.span.start)).map(|(_, found)| found);
        let (mut rest, mut day_start) = (0, 0);
        match found.next() {
            Some(first) => {
                (day_start, rest) = (first.span.start, first.span.end);
                match first.date {
                    Ok(date) => time.day = Some(date),
                    Err(problem) => {
                        time.day = problem.known;
                        time.problem = Some(problem);
                    }
                }
                time.is_time = true;
            }
            None => {
                if let Some((day, until, end)) = unknown_parts(text) {
                    (time.day, rest) = (Some(day), end);
                    time.until = until.map(Moment::of_date);
                    time.is_approximate = true;
                    time.is_time = true;
                } else if let Some((day, until, end)) = self.day.and_then(|near| day_near(text, near)) {
                    (time.day, rest) = (Some(day), end);
                    time.until = until.map(Moment::of_date);
                    time.is_time = true;
                }
            }
        }
        if let Some(end) = relative(text).filter(|_| !time.is_time) {
            return WrittenTime { is_time: true, end, ..time };
        }
        let own_day = time.day;
        let day = own_day.or(self.day);
        let mut clocks = clocks(text, rest);
        if clocks.is_empty() {
            // `11:10 6th Nov 2023`
            clocks = self::clocks(&text[..day_start], 0);
        }
        let zone = zone_after(text, clocks.last().map_or(rest, |clock| clock.span.end), self.vocabulary);
        let offset = zone.as_ref().map(|(offset, _)| *offset).or(self.zone);
        time.is_approximate |= clocks.iter().any(|clock| clock.is_partial);
        time.is_time |= !clocks.is_empty() || has_unknown_clock(text);
        let moment = |clock: &Clock| match day {
            Some(day) if is_day(&day) && !clock.is_unknown => Moment::of(day, clock.hour, clock.minute, offset),
            Some(day) => Some(Moment::of_date(day)),
            None => None,
        };
        if time.problem.as_ref().is_none_or(|problem| problem.known.is_some()) {
            time.at = clocks.first().map_or_else(|| own_day.map(Moment::of_date), moment);
            let second_day = found.find_map(|found| found.date.ok());
            time.until = time.until.or_else(|| match (clocks.get(1), second_day) {
                (Some(clock), Some(day)) => Moment::of(day, clock.hour, clock.minute, offset),
                (Some(clock), None) => moment(clock),
                (None, Some(day)) => Some(Moment::of_date(day)),
                (None, None) => None,
            });
        }
        time.end = zone.map(|(_, end)| end).unwrap_or(0).max(clocks.last().map_or(rest, |clock| clock.span.end)).max(rest);
        time
    }
}

fn is_day(date: &Date) -> bool {
    date.precision() == crate::calendar::Precision::Day
}

/// A time of day.
struct Clock {
    hour: u8,
    minute: u8,
    /// The minute is not known: `09:??`.
    is_partial: bool,
    is_unknown: bool,
    span: Range<usize>,
}

/// The time of day, or the two of a range, in what follows byte `from` of `text`.
fn clocks(text: &str, from: usize) -> Vec<Clock> {
    let mut clocks: Vec<Clock> = Vec::new();
    let mut at = from;
    // What stands before a time, between two, and around them: separators, marks of guesses, brackets, another date.
    while at < text.len() && clocks.len() < 2 {
        let rest = &text[at..];
        if let Some((hour, minute, n)) = clock_at_start(rest) {
            clocks.push(Clock { hour, minute, is_partial: false, is_unknown: false, span: at..at + n });
            at += n;
        } else if let Some(n) = partial_clock(rest) {
            let hour = rest[..n - 3].parse().unwrap_or(0);
            clocks.push(Clock { hour, minute: 0, is_partial: true, is_unknown: hour > 23, span: at..at + n });
            at += n;
        } else {
            let c = rest.chars().next().expect("there is more text");
            let is_between = c.is_whitespace() || matches!(c, '~' | '≈' | '-' | '–' | '—' | '>' | '(' | '[' | '@' | ',' | 'T' | '*' | '→');
            let is_date = !clocks.is_empty()
                && (c.is_ascii_digit() && dates_in(rest, DayOrder::Unknown).first().is_some_and(|date| date.span.start == 0));
            let is_word =
                ["to", "at", "until", "and", "ca.", "ca", "approx.", "approximately", "approx", "about", "around", "um", "kl", "à", "à"]
                    .iter()
                    .find(|word| {
                        rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
                            && rest[word.len()..].starts_with([' ', '~'])
                    });
            match (is_between, is_date, is_word) {
                (true, ..) => at += c.len_utf8(),
                (_, true, _) => at += dates_in(rest, DayOrder::Unknown)[0].span.end,
                (_, _, Some(word)) => at += word.len(),
                _ => break,
            }
        }
    }
    clocks
}

/// `09:??`: its length.
fn partial_clock(text: &str) -> Option<usize> {
    let n_hour = text.bytes().take_while(u8::is_ascii_digit).count();
    ((1..=2).contains(&n_hour) && matches!(text.get(n_hour..n_hour + 3), Some(":??" | ":xx" | ":XX" | ":mm" | ":--"))).then_some(n_hour + 3)
}

fn has_unknown_clock(text: &str) -> bool {
    ["??:??", "--:--", "hh:mm", "xx:xx"].iter().any(|unknown| text.to_lowercase().contains(unknown))
}

fn is_guess(text: &str) -> bool {
    let lower = text.to_lowercase();
    text.contains(['~', '≈', '?'])
        || ["approx", "about ", "around ", "ca.", "circa"].iter().any(|word| lower.contains(word))
        || has_unknown_clock(text)
}

/// `2022-05-??`, `2021/22-??-??`: what is known of the day, the end of the range, and how many bytes that takes.
fn unknown_parts(text: &str) -> Option<(Date, Option<Date>, usize)> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let year: i16 = text.get(start..start + 4)?.parse().ok().filter(|year| (1950..=2100).contains(year))?;
    let rest = &text[start + 4..];
    if let Some(month) = rest.strip_prefix('-').and_then(|rest| rest.get(..5)).filter(|rest| matches!(&rest[2..], "-??" | "-xx" | "-XX")) {
        let month: i8 = month[..2].parse().ok()?;
        return Some((Date::of_month(year, month)?, None, start + 4 + 6));
    }
    if let Some(second) = rest.strip_prefix('/').and_then(|rest| rest.get(..2)) {
        let until = year / 100 * 100 + second.parse::<i16>().ok()?;
        let tail = rest.get(3..9).filter(|tail| matches!(*tail, "-??-??" | "-xx-xx")).map_or(0, str::len);
        return Some((Date::of_year(year)?, Date::of_year(until), start + 4 + 3 + tail));
    }
    matches!(rest.get(..6), Some("-??-??" | "-xx-xx")).then(|| Some((Date::of_year(year)?, None, start + 10))).flatten()
}

/// The day without a year with which `text` begins, in the year that brings it nearest to `near`; the last one of a range, and where
/// it ends.
fn day_near(text: &str, near: Date) -> Option<(Date, Option<Date>, usize)> {
    let found = day_without_year(text)?;
    let distance = |day: &Date| near.days_until(*day).abs();
    let of_year = |year: i16| Date::of_day(year, found.month, found.day);
    let day = (near.year() - 1..=near.year() + 1).filter_map(of_year).min_by_key(distance)?;
    let until = found.until.and_then(|until| Date::of_day(day.year(), found.month, until));
    Some((day, until, found.span.end))
}

/// The length of a time that is told from that of the incident: `T+5m`, `T-1h`, `T-0`.
fn relative(text: &str) -> Option<usize> {
    let rest = text.strip_prefix(['T', 't'])?.strip_prefix(['+', '-', '−'])?;
    let n_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let unit = rest[n_digits..].split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let is_unit = matches!(unit, "" | "s" | "m" | "min" | "h" | "d" | "w");
    (n_digits > 0 && is_unit).then(|| text.len() - rest.len() + n_digits + unit.len())
}

/// Minutes that stand behind the name of a zone, and the bytes that they take: `+1`, `-7`, `+05:30`.
pub fn offset_at_start(text: &str) -> Option<(i32, usize)> {
    let rest = text.strip_prefix(['+', '-', '−'])?;
    let sign = if text.starts_with('+') { 1 } else { -1 };
    let n_hours = rest.bytes().take_while(u8::is_ascii_digit).count();
    let hours: i32 = rest[..n_hours].parse().ok().filter(|hours| n_hours <= 2 && *hours <= 14)?;
    let minutes = rest[n_hours..].strip_prefix(':').and_then(|rest| rest.get(..2)).and_then(|minutes| minutes.parse::<i32>().ok());
    let n_minutes = if minutes.is_some() { 3 } else { 0 };
    Some((sign * (60 * hours + minutes.unwrap_or(0)), text.len() - rest.len() + n_hours + n_minutes))
}

/// The zone that is named right behind a time: its distance from UTC, and where it ends.
fn zone_after(text: &str, at: usize, vocabulary: &Vocabulary) -> Option<(i32, usize)> {
    let rest = &text[at..];
    let start = at + rest.len() - rest.trim_start_matches([' ', '(', '[']).len();
    let word: &str = text[start..].split(|c: char| !c.is_ascii_alphabetic()).next().filter(|word| !word.is_empty())?;
    let end = start + word.len();
    let offset = vocabulary.zone(word)?;
    let (more, n) = offset_at_start(&text[end..]).unwrap_or_default();
    let end = end + n;
    let end = end + text[end..].len() - text[end..].trim_start_matches([')', ']']).len();
    Some((offset + more, end))
}
