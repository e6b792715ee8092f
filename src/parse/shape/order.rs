//! Which of the two numbers comes first in a date such as `02/10/2025`: the settings say it, else other dates of the same file
//! that leave no doubt (`30/11/2020`, or the same day in words), else the language of its headings and keys, else the
//! dates of its neighbours ([`settle`](crate::parse::settle)). Without any of these it is not guessed.

use std::ops::Range;

use crate::calendar::{Date, DayOrder, dates_in};
use crate::config::Config;
use crate::parse::shape::entry::Entries;
use crate::parse::shape::lines::Layout;

/// What is known of the dates of a file.
pub struct Days {
    /// Which number comes first.
    pub order: DayOrder,
    /// Which does in those dates that leave no doubt.
    pub told: DayOrder,
    /// There are others, and nothing in the file tells.
    pub are_doubtful: bool,
}

/// The order in the file with `text`, whose body is `layout`, with `entries`.
pub fn days(layout: &Layout<'_>, entries: &Entries, text: &str, config: &Config) -> Days {
    let numbers = numbers(text);
    let told = one_of(numbers.iter().any(|numbers| numbers.first > 12), numbers.iter().any(|numbers| numbers.second > 12));
    let is_open = numbers.iter().any(|numbers| numbers.first <= 12 && numbers.second <= 12 && numbers.first != numbers.second);
    if config.day_order != DayOrder::Unknown || told != DayOrder::Unknown || !is_open {
        return Days { order: if config.day_order == DayOrder::Unknown { told } else { config.day_order }, told, are_doubtful: false };
    }
    // "It expired on 8 January 2026" tells what 08-01-2026 is.
    let days: Vec<Date> = dates_in(text, DayOrder::Unknown).into_iter().filter_map(|found| found.date.ok()).collect();
    let is_said = |date: Option<Date>| date.is_some_and(|date| days.contains(&date));
    let is_day_first = numbers.iter().any(|numbers| is_said(numbers.date(numbers.second, numbers.first)));
    let is_month_first = numbers.iter().any(|numbers| is_said(numbers.date(numbers.first, numbers.second)));
    let titles = layout.parts.iter().filter_map(|part| part.heading.as_ref()).map(|(_, title, _)| title.as_str());
    let mut words = titles.chain(entries.entries.iter().map(|entry| entry.key.as_str()));
    let order = match one_of(is_day_first, is_month_first) {
        DayOrder::Unknown if words.any(|word| config.vocabulary.is_word(word, "day_first")) => DayOrder::DayFirst,
        order => order,
    };
    Days { order, told, are_doubtful: order == DayOrder::Unknown }
}

fn one_of(is_day_first: bool, is_month_first: bool) -> DayOrder {
    match (is_day_first, is_month_first) {
        (true, false) => DayOrder::DayFirst,
        (false, true) => DayOrder::MonthFirst,
        _ => DayOrder::Unknown,
    }
}

/// A date of three numbers, the year last.
struct Numbers {
    first: u32,
    second: u32,
    year: u32,
}

impl Numbers {
    fn date(&self, month: u32, day: u32) -> Option<Date> {
        let is_one = self.first != self.second;
        is_one.then(|| Date::of_day(self.year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?)).flatten()
    }
}

/// The dates of three numbers with slashes or hyphens.
fn numbers(text: &str) -> Vec<Numbers> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let n_digits = |from: usize| bytes[from.min(bytes.len())..].iter().take(5).take_while(|byte| byte.is_ascii_digit()).count();
    let mut found = Vec::new();
    for (at, byte) in bytes.iter().enumerate().filter(|(at, byte)| matches!(byte, b'/' | b'-') && *at > 0 && is_digit(at - 1)) {
        let from = at - bytes[..at].iter().rev().take(3).take_while(|byte| byte.is_ascii_digit()).count();
        let is_begun = from == 0 || !matches!(bytes[from - 1], b'/' | b'-' | b'.' | b'0'..=b'9');
        let second = at + 1..at + 1 + n_digits(at + 1);
        let year = second.end + 1..second.end + 1 + n_digits(second.end + 1);
        if is_begun
            && at - from <= 2
            && (1..=2).contains(&second.len())
            && bytes.get(second.end) == Some(byte)
            && matches!(year.len(), 2 | 4)
        {
            let number = |range: Range<usize>| text[range].parse::<u32>().ok();
            let (Some(first), Some(second), Some(year)) = (number(from..at), number(second), number(year)) else { continue };
            if first > 31 || second > 31 || (first > 12 && second > 12) {
                continue;
            }
            found.push(Numbers { first, second, year: if year < 100 { 2000 + year } else { year } });
        }
    }
    found
}
