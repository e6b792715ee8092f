//! When a ritual is held, from the plain words of its schedule: "Monday, Wednesday and Friday 9:30", "every second Wed 14:00",
//! "first Thu of the month 15:00".
//!
//! Nothing is guessed: a schedule with a word that is not understood is shown as it is written and has no next day. Of one that
//! is held every second week, the weeks are known only from a day on which it was held.

use crate::calendar::{Date, clock_at_start};

/// A rule by which days follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Days of the week, 0 is Monday, in order.
    pub weekdays: Vec<i8>,
    /// Which weeks or months.
    pub rhythm: Rhythm,
    /// Hour and minute.
    pub time: Option<(u8, u8)>,
    /// Whether the time is in UTC; else it is that of the place.
    pub is_utc: bool,
    /// How many minutes it takes, where the words tell an end.
    pub minutes: Option<i64>,
}

/// How often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    /// Every so many weeks.
    Weeks(u8),
    /// The first, second ... of the weekdays of a month; the last is -1.
    Month(i8),
}

/// Days that are looked at for the next one.
const DAYS_AHEAD: i64 = 400;
const WEEKDAYS: [&[&str]; 7] = [
    &["mon", "monday", "mondays"],
    &["tue", "tues", "tuesday", "tuesdays"],
    &["wed", "weds", "wednesday", "wednesdays"],
    &["thu", "thur", "thurs", "thursday", "thursdays"],
    &["fri", "friday", "fridays"],
    &["sat", "saturday", "saturdays"],
    &["sun", "sunday", "sundays"],
];
const ORDINALS: [(&str, i8); 10] =
    [("first", 1), ("1st", 1), ("second", 2), ("2nd", 2), ("third", 3), ("3rd", 3), ("fourth", 4), ("4th", 4), ("last", -1), ("other", 2)];
/// Words that say nothing by themselves.
const FILLERS: [&str; 12] = ["every", "each", "on", "at", "and", "the", "of", "a", "in", "week", "weekly", "from"];

/// Reads the words of a schedule; `None` when not all of them are understood.
pub fn read(written: &str) -> Option<Schedule> {
    let lower = written.to_lowercase().replace(['–', '—'], "-");
    let mut words = Words::default();
    let mut rest = lower.trim();
    while !rest.is_empty() {
        if let Some((hour, minute, length)) = time_at_start(rest) {
            words.time(hour, minute)?;
            rest = rest[length..].trim_start_matches([' ', ',', '.', '(', ')']);
            continue;
        }
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        if end == 0 {
            let sign = rest.chars().next()?;
            words.sign(sign)?;
            rest = rest[sign.len_utf8()..].trim_start();
            continue;
        }
        words.word(&rest[..end])?;
        rest = rest[end..].trim_start_matches([' ', ',', '.', '(', ')', '&', '/', '+']);
    }
    words.schedule()
}

impl Schedule {
    /// The first day on or after `from` on which it is held; `known` is a day on which it was.
    pub fn next(&self, from: Date, known: Option<Date>) -> Option<Date> {
        (0..DAYS_AHEAD).filter_map(|days| from.days_later(days)).find(|day| self.is_held(*day, known))
    }

    /// Whether it is held on `day`. The weeks of a rhythm of several can not be known without a day on which it was held.
    fn is_held(&self, day: Date, known: Option<Date>) -> bool {
        if !self.weekdays.contains(&day.weekday()) {
            return false;
        }
        match (self.rhythm, known) {
            (Rhythm::Weeks(1), _) => true,
            (Rhythm::Weeks(_), None) => false,
            (Rhythm::Weeks(weeks), Some(known)) => {
                // Weeks begin on Monday.
                let monday = |day: Date| day.days_later(-i64::from(day.weekday()));
                let between = monday(known).zip(monday(day)).map(|(known, day)| known.days_until(day) / 7);
                between.is_some_and(|between| between % i64::from(weeks) == 0)
            }
            (Rhythm::Month(-1), _) => day.days_later(7).is_none_or(|later| later.month() != day.month()),
            (Rhythm::Month(nth), _) => (day.day() - 1) / 7 + 1 == nth,
        }
    }

    /// The rule as iCalendar writes it (RFC 5545, 3.3.10), without `RRULE:`.
    pub fn rule(&self) -> String {
        const NAMES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
        let name = |day: &i8| NAMES[*day as usize];
        match self.rhythm {
            Rhythm::Weeks(weeks) => {
                let days: Vec<&str> = self.weekdays.iter().map(name).collect();
                let interval = if weeks > 1 { format!("INTERVAL={weeks};") } else { String::new() };
                format!("FREQ=WEEKLY;{interval}BYDAY={}", days.join(","))
            }
            Rhythm::Month(nth) => {
                let days: Vec<String> = self.weekdays.iter().map(|day| format!("{nth}{}", name(day))).collect();
                format!("FREQ=MONTHLY;BYDAY={}", days.join(","))
            }
        }
    }
}

/// A time with which `text` begins: hour, minute, bytes. A number alone is a time only with `am` or `pm` behind it.
fn time_at_start(text: &str) -> Option<(u8, u8, usize)> {
    if let Some(found) = clock_at_start(text) {
        return Some(found);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let hour: u8 = text[..digits].parse().ok().filter(|hour| (1..=12).contains(hour))?;
    let after = text[digits..].trim_start();
    let skipped = text.len() - after.len();
    let half =
        ["am", "pm"].into_iter().find(|half| after.strip_prefix(half).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))?;
    Some((hour % 12 + if half == "pm" { 12 } else { 0 }, 0, skipped + 2))
}

/// What the words said so far.
#[derive(Default)]
struct Words {
    weekdays: Vec<i8>,
    weeks: Option<u8>,
    nth: Option<i8>,
    is_monthly: bool,
    times: Vec<(u8, u8)>,
    is_utc: bool,
    /// A range was begun: the next weekday or time ends it.
    is_range: bool,
}

impl Words {
    fn word(&mut self, word: &str) -> Option<()> {
        if let Some(day) = WEEKDAYS.iter().position(|names| names.contains(&word)) {
            let begin = if std::mem::take(&mut self.is_range) { self.weekdays.last()? + 1 } else { day as i8 };
            (begin..=day as i8).for_each(|day| self.weekdays.push(day));
            return (begin <= day as i8).then_some(());
        }
        if let Some((_, nth)) = ORDINALS.iter().find(|(name, _)| *name == word) {
            return self.nth.replace(*nth).is_none().then_some(());
        }
        match word {
            "two" | "2" => self.weeks = Some(2),
            "three" | "3" => self.weeks = Some(3),
            "four" | "4" => self.weeks = Some(4),
            "weeks" => _ = self.weeks?,
            "fortnight" | "fortnightly" | "biweekly" => self.weeks = Some(2),
            "daily" | "weekday" | "weekdays" | "workday" | "workdays" => self.weekdays = (0..5).collect(),
            "month" | "monthly" => self.is_monthly = true,
            "to" | "until" | "till" => self.is_range = true,
            "utc" => self.is_utc = true,
            _ if FILLERS.contains(&word) => {}
            _ => return None,
        }
        Some(())
    }

    fn sign(&mut self, sign: char) -> Option<()> {
        match sign {
            '-' => self.is_range = true,
            ',' | '&' | '+' | '/' | '.' | '(' | ')' | ' ' => {}
            _ => return None,
        }
        Some(())
    }

    fn time(&mut self, hour: u8, minute: u8) -> Option<()> {
        let is_end = std::mem::take(&mut self.is_range);
        self.times.push((hour, minute));
        (self.times.len() == 1 || self.times.len() == 2 && is_end).then_some(())
    }

    fn schedule(mut self) -> Option<Schedule> {
        self.weekdays.sort_unstable();
        self.weekdays.dedup();
        let rhythm = match (self.is_monthly, self.nth, self.weeks) {
            (true, Some(nth), None) => Rhythm::Month(nth),
            // "Every second Wednesday" counts weeks; "the first Wednesday" without a month says nothing.
            (false, Some(2), None) => Rhythm::Weeks(2),
            (false, Some(3), None) => Rhythm::Weeks(3),
            (false, None, weeks) => Rhythm::Weeks(weeks.unwrap_or(1)),
            _ => return None,
        };
        let in_day = |(hour, minute): &(u8, u8)| i64::from(*hour) * 60 + i64::from(*minute);
        let minutes = match self.times.as_slice() {
            [from, until] => Some(in_day(until) - in_day(from)).filter(|minutes| *minutes > 0),
            _ => None,
        };
        let is_whole = !self.weekdays.is_empty() && !self.is_range;
        is_whole.then_some(Schedule { weekdays: self.weekdays, rhythm, time: self.times.first().copied(), is_utc: self.is_utc, minutes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(written: &str) -> String {
        match read(written) {
            None => "?".to_owned(),
            Some(schedule) => {
                let time = schedule.time.map_or_else(String::new, |(hour, minute)| format!(" {hour:02}:{minute:02}"));
                let minutes = schedule.minutes.map_or_else(String::new, |minutes| format!(" for {minutes}"));
                format!("{}{time}{}{minutes}", schedule.rule(), if schedule.is_utc { "Z" } else { "" })
            }
        }
    }

    #[test]
    fn plain_words_are_read() {
        let cases = [
            ("Monday, Wednesday and Friday 9:30", "FREQ=WEEKLY;BYDAY=MO,WE,FR 09:30"),
            ("Mon, Wed, Fri 09:30 UTC", "FREQ=WEEKLY;BYDAY=MO,WE,FR 09:30Z"),
            ("every second Wednesday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE"),
            ("Every second Wed 14:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE 14:00"),
            ("every two weeks on Tuesday at 3pm", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU 15:00"),
            ("First Thu of the month 15:00", "FREQ=MONTHLY;BYDAY=1TH 15:00"),
            ("last Friday of each month, 16:00–17:30", "FREQ=MONTHLY;BYDAY=-1FR 16:00 for 90"),
            ("daily at 10:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR 10:00"),
            ("Mon-Thu 9:00", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH 09:00"),
        ];
        for (written, rule) in cases {
            assert_eq!(told(written), rule, "{written}");
        }
    }

    #[test]
    fn what_is_not_understood_is_not_guessed() {
        let unread = [
            "When somebody asks",
            "Wednesdays before a release",
            "the first Wednesday",
            "quarterly",
            "9:30",
            "Mon 9:30 and 14:00",
            "Mon 09:30 CET",
            "",
        ];
        for written in unread {
            assert_eq!(told(written), "?", "{written}");
        }
    }

    #[test]
    fn the_next_day_follows_the_rule() {
        let day = |text: &str| Date::parse(text).expect("a day");
        let next = |written: &str, known: Option<&str>| {
            let schedule = read(written).expect("it is understood");
            schedule.next(day("2026-11-21"), known.map(day)).map(|day| day.iso())
        };
        assert_eq!(next("Mon, Wed 9:30", None).as_deref(), Some("2026-11-23"));
        assert_eq!(next("First Thu of the month", None).as_deref(), Some("2026-12-03"));
        assert_eq!(next("last Friday of the month", None).as_deref(), Some("2026-11-27"));
        assert_eq!(next("every second Wed", None), None);
        assert_eq!(next("every second Wed", Some("2026-11-11")).as_deref(), Some("2026-11-25"));
        assert_eq!(next("every second Wed", Some("2026-11-18")).as_deref(), Some("2026-12-02"));
    }
}
