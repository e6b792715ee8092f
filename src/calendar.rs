//! Days, times and durations as people write them. The one home of `jiff`.

mod written;

use std::fmt;

use jiff::civil;
use serde::{Deserialize, Serialize};

pub use written::{DayOrder, FoundDate, UnreadDate, YearlessDay, clock_at_start, dates_in, day_without_year, read_date};

/// A day, or the month or year of which no more is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Date {
    first_day: civil::Date,
    precision: Precision,
}

/// How much of a date is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Precision {
    /// The year.
    Year,
    /// The month.
    Month,
    /// The day.
    Day,
}

/// A day and a time, as far as they are known, with the zone's distance from UTC where it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Moment {
    local: civil::DateTime,
    /// `None`: the minute is known.
    known: Option<Precision>,
    offset_minutes: Option<i32>,
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// Why a text is no date: the sentence for the author, with the nearest valid form.
pub type DateError = String;

impl Date {
    /// Reads `2022-03-14`, `2022-03` or `2022`, and the day of a date with a time.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let day = text.split(['T', ' ']).next().unwrap_or_default();
        let parts: Vec<&str> = day.split('-').collect();
        let is_digits = |part: &str, lengths: std::ops::RangeInclusive<usize>| {
            lengths.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        };
        let shaped = match parts.as_slice() {
            [year] => is_digits(year, 4..=4),
            [year, month] => is_digits(year, 4..=4) && is_digits(month, 2..=2),
            [year, month, day] => is_digits(year, 4..=4) && is_digits(month, 2..=2) && is_digits(day, 2..=2),
            _ => false,
        };
        if !shaped {
            return Err(format!("`{text}` is no date; write YYYY-MM-DD, as in 2022-03-14"));
        }
        let number = |index: usize| parts.get(index).and_then(|part| part.parse::<i16>().ok());
        let (year, month, day) = (number(0).unwrap_or(0), number(1).unwrap_or(1), number(2).unwrap_or(1));
        if year == 0 {
            return Err(format!("`{text}` is no date: there is no year 0"));
        }
        if !(1..=12).contains(&month) {
            let swapped = civil::Date::new(year, day as i8, month as i8).is_ok();
            let advice = if swapped { format!("; did you mean {year:04}-{day:02}-{month:02}?") } else { String::new() };
            return Err(format!("`{text}` is no date: there is no month {month}{advice}"));
        }
        match civil::Date::new(year, month as i8, day as i8) {
            Ok(first_day) => Ok(Self { first_day, precision: [Precision::Year, Precision::Month, Precision::Day][parts.len() - 1] }),
            Err(_) => {
                let last = civil::Date::new(year, month as i8, 1).map_or(31, |first| first.days_in_month());
                Err(format!("`{text}` is no date: that month has {last} days; the nearest is {year:04}-{month:02}-{last:02}"))
            }
        }
    }

    /// The day itself; the first day of a month or year.
    pub fn first_day(&self) -> Self {
        Self { first_day: self.first_day, precision: Precision::Day }
    }

    /// The day itself; the last day of a month or year.
    pub fn last_day(&self) -> Self {
        let first_day = match self.precision {
            Precision::Day => self.first_day,
            Precision::Month => self.first_day.last_of_month(),
            Precision::Year => self.first_day.last_of_year(),
        };
        Self { first_day, precision: Precision::Day }
    }

    /// The day that these numbers name; `None` when there is no such day.
    pub fn of_day(year: i16, month: i8, day: i8) -> Option<Self> {
        civil::Date::new(year, month, day).ok().map(|first_day| Self { first_day, precision: Precision::Day })
    }

    /// A month of which the day is not known.
    pub fn of_month(year: i16, month: i8) -> Option<Self> {
        Some(Self { precision: Precision::Month, ..Self::of_day(year, month, 1)? })
    }

    /// A year of which no more is known.
    pub fn of_year(year: i16) -> Option<Self> {
        Some(Self { precision: Precision::Year, ..Self::of_day(year, 1, 1)? })
    }

    /// How much of it is known.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The day after this one.
    pub fn tomorrow(&self) -> Option<Self> {
        self.first_day.tomorrow().ok().map(|first_day| Self { first_day, precision: Precision::Day })
    }

    /// The same day so many months later, the last one of a month that is too short.
    pub fn months_later(&self, months: i32) -> Option<Self> {
        use jiff::ToSpan;
        self.first_day.checked_add(months.months()).ok().map(|first_day| Self { first_day, ..*self })
    }

    /// The day of `timestamp`, in seconds since 1970, in UTC.
    pub fn from_timestamp(timestamp: i64) -> Option<Self> {
        let instant = jiff::Timestamp::from_second(timestamp).ok()?;
        Some(Self { first_day: jiff::tz::Offset::UTC.to_datetime(instant).date(), precision: Precision::Day })
    }

    /// The day it is now, by the machine's clock, in UTC.
    pub fn today() -> Self {
        Self { first_day: jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date(), precision: Precision::Day }
    }

    /// `2022-03-14`, or as much of it as is known.
    pub fn iso(&self) -> String {
        let (year, month, day) = (self.first_day.year(), self.first_day.month(), self.first_day.day());
        match self.precision {
            Precision::Year => format!("{year:04}"),
            Precision::Month => format!("{year:04}-{month:02}"),
            Precision::Day => format!("{year:04}-{month:02}-{day:02}"),
        }
    }

    /// `14 March 2022`, or as much of it as is known.
    pub fn text(&self) -> String {
        let (year, day) = (self.first_day.year(), self.first_day.day());
        let month = MONTHS[self.first_day.month() as usize - 1];
        match self.precision {
            Precision::Year => year.to_string(),
            Precision::Month => format!("{month} {year}"),
            Precision::Day => format!("{day} {month} {year}"),
        }
    }

    /// `2022-03-14T00:00:00Z`: its first moment, for feeds.
    pub fn rfc3339(&self) -> String {
        format!("{}T00:00:00Z", Self { precision: Precision::Day, ..*self }.iso())
    }

    /// The year.
    pub fn year(&self) -> i16 {
        self.first_day.year()
    }

    /// The month, from 1.
    pub fn month(&self) -> i8 {
        self.first_day.month()
    }

    /// The day of the month, from 1; 1 where it is not known.
    pub fn day(&self) -> i8 {
        self.first_day.day()
    }

    /// Days since the last Monday: 0 is Monday, 6 is Sunday.
    pub fn weekday(&self) -> i8 {
        self.first_day.weekday().to_monday_zero_offset()
    }

    /// The day that many days later, or earlier.
    pub fn days_later(&self, days: i64) -> Option<Self> {
        use jiff::ToSpan;
        let first_day = self.first_day.checked_add(days.days()).ok()?;
        Some(Self { first_day, precision: Precision::Day })
    }

    /// Whether it begins before `other` begins.
    pub fn is_before(&self, other: Date) -> bool {
        self.first_day < other.first_day
    }

    /// Days from this date to `other`; negative when `other` is earlier.
    pub fn days_until(&self, other: Date) -> i64 {
        i64::from((other.first_day - self.first_day).get_days())
    }
}

impl Moment {
    /// Reads `2019-02-11T14:03:00Z`, `2019-02-11 14:03`, `2019-02-11T14:03+01:00`; a day alone is its first moment.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let date = Date::parse(text)?;
        let Some((_, time)) = text.split_once(['T', ' ']) else {
            return Ok(Self::of_date(date));
        };
        let time = time.trim();
        let wrong = || format!("`{text}` is no time; write YYYY-MM-DDTHH:MM:SSZ, as in 2019-02-11T14:03:00Z");
        let (clock, offset_minutes) = match time.find(['Z', 'z', '+', '-']) {
            None => (time, None),
            Some(at) => (time[..at].trim_end(), Some(offset_minutes(&time[at..]).ok_or_else(wrong)?)),
        };
        let clock: civil::Time = clock.parse().map_err(|_| wrong())?;
        Ok(Self { local: date.first_day.to_datetime(clock), known: None, offset_minutes })
    }

    /// A date of which no time is known.
    pub fn of_date(date: Date) -> Self {
        Self { local: date.first_day.at(0, 0, 0, 0), known: Some(date.precision), offset_minutes: None }
    }

    /// A time on `date`; `None` when there is no such time.
    pub fn of(date: Date, hour: u8, minute: u8, offset_minutes: Option<i32>) -> Option<Self> {
        let clock = civil::Time::new(hour as i8, minute as i8, 0, 0).ok()?;
        Some(Self { local: date.first_day.to_datetime(clock), known: None, offset_minutes })
    }

    /// Whether the time is known, and not the date alone.
    pub fn has_clock(&self) -> bool {
        self.known.is_none()
    }

    /// The day, where it was.
    pub fn date(&self) -> Date {
        Date { first_day: self.local.date(), precision: self.known.unwrap_or(Precision::Day) }
    }

    /// `14:03`, where it was; nothing when the time is not known.
    pub fn clock(&self) -> String {
        if self.known.is_some() {
            return String::new();
        }
        format!("{:02}:{:02}", self.local.hour(), self.local.minute())
    }

    /// `2019-02-11T14:03:00Z`, with the zone as far as it is known.
    pub fn iso(&self) -> String {
        if self.known.is_some() {
            return self.date().iso();
        }
        let zone = match self.offset_minutes {
            None => String::new(),
            Some(0) => "Z".to_owned(),
            Some(minutes) => format!("{}{:02}:{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60),
        };
        format!("{}T{}:{:02}{zone}", self.date().iso(), self.clock(), self.local.second())
    }

    /// `11 February 2019, 14:03 UTC`.
    pub fn text(&self) -> String {
        if self.known.is_some() {
            return self.date().text();
        }
        let zone = match self.offset_minutes {
            None => String::new(),
            Some(0) => " UTC".to_owned(),
            Some(minutes) => format!(" UTC{}{}:{:02}", if minutes < 0 { '-' } else { '+' }, minutes.abs() / 60, minutes.abs() % 60),
        };
        format!("{}, {}{zone}", self.date().text(), self.clock())
    }

    /// The same reading of the clock, whatever its zone.
    pub fn local(self) -> Self {
        Self { offset_minutes: None, ..self }
    }

    /// Minutes from this moment to `other`; a moment without a zone counts as UTC.
    pub fn minutes_until(&self, other: Moment) -> i64 {
        let seconds = other.local.duration_since(self.local).as_secs();
        seconds / 60 + i64::from(self.offset_minutes.unwrap_or(0)) - i64::from(other.offset_minutes.unwrap_or(0))
    }
}

fn offset_minutes(text: &str) -> Option<i32> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (hours, minutes) = match digits.len() {
        2 => (digits.parse::<i32>().ok()?, 0),
        4 => (digits[..2].parse::<i32>().ok()?, digits[2..].parse::<i32>().ok()?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// The length of a duration in minutes: `15m`, `1h 30m`, `4 hours 42 minutes`, `PT15M`. A day has 24 hours.
pub fn minutes_of_duration(text: &str) -> Option<i64> {
    let span = text.parse::<jiff::Span>().ok()?;
    let total = span.total((jiff::Unit::Minute, jiff::SpanRelativeTo::days_are_24_hours())).ok()?;
    (0.0..1e9).contains(&total).then_some(total.round() as i64)
}

/// Minutes as people say them: `45 min`, `2 h 5 min`, `3 days 4 h`.
///
/// ```
/// assert_eq!(handbook::calendar::text_of_minutes(125), "2 h 5 min");
/// assert_eq!(handbook::calendar::text_of_minutes(1440), "1 day");
/// ```
pub fn text_of_minutes(minutes: i64) -> String {
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let days = match days {
        0 => String::new(),
        1 => "1 day".to_owned(),
        _ => format!("{days} days"),
    };
    let hours = if hours > 0 { format!("{hours} h") } else { String::new() };
    // Beside days, minutes say nothing.
    let rest = if days.is_empty() && (rest > 0 || hours.is_empty()) { format!("{rest} min") } else { String::new() };
    [days, hours, rest].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The minutes of a duration as it is stated in running text: `19 hours 43 minutes.`, `279 minutes [^3]`, `~ 2h`.
pub fn minutes_as_stated(written: &str) -> Option<i64> {
    let text = written.split(['[', '(']).next().unwrap_or(written).trim().trim_start_matches(['~', '≈', ' ']).trim_end_matches(['.', ' ']);
    minutes_of_duration(&text.to_lowercase().replace(" and ", " "))
}

/// Whether `text` is a duration: `15m`, `1h 30m`, `2 weeks`, `PT15M`.
pub fn is_duration(text: &str) -> bool {
    text.parse::<jiff::Span>().is_ok()
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso())
    }
}
