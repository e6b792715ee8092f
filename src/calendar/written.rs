//! Dates as people write them: `11-April-2023`, `Sep 5th, 2023`, `01.06.2020`, `January, 2026`, `2018-Oct-03`.
//!
//! A date whose day and month could change places is not guessed: without a setting, its year is all that is known.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Date;

/// Which of two numbers comes first in `9/12/22`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum DayOrder {
    /// Not said; such a date is ambiguous.
    #[default]
    Unknown,
    /// The day.
    DayFirst,
    /// The month.
    MonthFirst,
}

/// A date within a text, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundDate {
    /// Bytes of the text.
    pub span: Range<usize>,
    /// The date, or why it is none.
    pub date: Result<Date, UnreadDate>,
}

/// Why something that looks like a date is none.
#[derive(Clone, Debug, PartialEq)]
pub struct UnreadDate {
    /// The fact.
    pub message: String,
    /// What was probably meant.
    pub mend: Option<Date>,
    /// What is known all the same: the year.
    pub known: Option<Date>,
}

/// The names of the months in the languages in which records were seen, each line one month. A name is known by any of
/// these words, and an English one by its first three letters.
const MONTH_WORDS: [&[&str]; 12] = [
    &[
        "jan",
        "january",
        "januar",
        "jänner",
        "janvier",
        "janv",
        "enero",
        "ene",
        "janeiro",
        "gennaio",
        "januari",
        "ionawr",
        "ledna",
        "январь",
        "января",
        "січня",
        "tammikuuta",
        "ocak",
        "styczeń",
        "stycznia",
    ],
    &[
        "feb",
        "february",
        "februar",
        "février",
        "févr",
        "fev",
        "febrero",
        "fevereiro",
        "febbraio",
        "februari",
        "chwefror",
        "února",
        "февраль",
        "февраля",
        "лютого",
        "helmikuuta",
        "şubat",
        "luty",
        "lutego",
    ],
    &[
        "mar",
        "march",
        "märz",
        "mär",
        "mars",
        "marzo",
        "março",
        "maart",
        "mrt",
        "mawrth",
        "března",
        "март",
        "марта",
        "березня",
        "maaliskuuta",
        "mart",
        "marzec",
        "marca",
    ],
    &[
        "apr",
        "april",
        "avril",
        "avr",
        "abril",
        "abr",
        "aprile",
        "ebrill",
        "dubna",
        "апрель",
        "апреля",
        "квітня",
        "huhtikuuta",
        "nisan",
        "kwiecień",
        "kwietnia",
    ],
    &["may", "mai", "mayo", "maio", "maggio", "mei", "maj", "května", "май", "мая", "травня", "toukokuuta", "mayıs", "maja"],
    &[
        "jun",
        "june",
        "juni",
        "juin",
        "junio",
        "junho",
        "giugno",
        "mehefin",
        "června",
        "июнь",
        "июня",
        "червня",
        "kesäkuuta",
        "haziran",
        "czerwiec",
        "czerwca",
    ],
    &[
        "jul",
        "july",
        "juli",
        "juillet",
        "juil",
        "julio",
        "julho",
        "luglio",
        "gorffennaf",
        "července",
        "июль",
        "июля",
        "липня",
        "heinäkuuta",
        "temmuz",
        "lipiec",
        "lipca",
    ],
    &[
        "aug",
        "august",
        "août",
        "aout",
        "agosto",
        "ago",
        "augustus",
        "augusti",
        "awst",
        "srpna",
        "август",
        "августа",
        "серпня",
        "elokuuta",
        "ağustos",
        "sierpień",
        "sierpnia",
    ],
    &[
        "sep",
        "sept",
        "september",
        "septembre",
        "septiembre",
        "setembro",
        "settembre",
        "medi",
        "září",
        "сентябрь",
        "сентября",
        "вересня",
        "syyskuuta",
        "eylül",
        "wrzesień",
        "września",
    ],
    &[
        "oct",
        "october",
        "oktober",
        "okt",
        "octobre",
        "octubre",
        "outubro",
        "out",
        "ottobre",
        "hydref",
        "října",
        "октябрь",
        "октября",
        "жовтня",
        "lokakuuta",
        "ekim",
        "październik",
        "października",
    ],
    &[
        "nov",
        "november",
        "novembre",
        "noviembre",
        "novembro",
        "tachwedd",
        "listopadu",
        "ноябрь",
        "ноября",
        "marraskuuta",
        "kasım",
        "listopad",
        "listopada",
    ],
    &[
        "dec",
        "december",
        "dezember",
        "dez",
        "décembre",
        "déc",
        "diciembre",
        "dic",
        "dezembro",
        "dicembre",
        "rhagfyr",
        "prosince",
        "декабрь",
        "декабря",
        "грудня",
        "joulukuuta",
        "aralık",
        "grudzień",
        "grudnia",
    ],
];
/// Years that a date may have in running text; other numbers are no years.
const YEARS: std::ops::RangeInclusive<u32> = 1950..=2100;

/// The first date in `text`; a year counts when hardly anything else is there: `2019`, `Q3 2024`, `early 2021`.
pub fn read_date(text: &str, order: DayOrder) -> Option<FoundDate> {
    dates_in(text, order).into_iter().next().or_else(|| year_alone(text))
}

fn year_alone(text: &str) -> Option<FoundDate> {
    let mut years = tokens(text).into_iter().filter(|token| token.is_number && token.span.len() == 4);
    let (token, others) = (years.next()?, years.next());
    let year = text[token.span.clone()].parse().ok().filter(|year| YEARS.contains(year))?;
    let is_alone = others.is_none() && text.split_whitespace().count() <= 3;
    let year = Date::of_year(year as i16).filter(|_| is_alone)?;
    Some(FoundDate { span: token.span, date: Ok(year) })
}

/// All dates in `text`, in order.
pub fn dates_in(text: &str, order: DayOrder) -> Vec<FoundDate> {
    let tokens = tokens(text);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let window = Window { text, tokens: &tokens[at..], order };
        match window.date() {
            Some((n_tokens, date)) => {
                let end = tokens[at + n_tokens - 1].span.end;
                found.push(FoundDate { span: tokens[at].span.start..end, date });
                at += n_tokens;
            }
            None => at += 1,
        }
    }
    found
}

/// The time of day with which `text` begins, `9:05`, `14h30`, `09:00:12`, `2:30 PM`, and how many bytes it takes.
pub fn clock_at_start(text: &str) -> Option<(u8, u8, usize)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let n_hour = digits(text);
    let (hour, rest) = (text[..n_hour].parse::<u8>().ok().filter(|_| n_hour <= 2)?, &text[n_hour..]);
    let rest = rest.strip_prefix([':', 'h', '.'])?;
    let n_minute = digits(rest);
    let minute = rest[..n_minute].parse::<u8>().ok().filter(|_| n_minute == 2)?;
    let mut end = n_hour + 1 + n_minute;
    if let Some(seconds) = text[end..].strip_prefix(':')
        && digits(seconds) == 2
    {
        end += 3;
    }
    let after = text[end..].trim_start();
    let half = after.get(..2).map(str::to_ascii_lowercase).filter(|_| !after[2..].starts_with(char::is_alphanumeric));
    let hour = match half.as_deref() {
        Some("am") if hour <= 12 => hour % 12,
        Some("pm") if hour <= 12 => hour % 12 + 12,
        _ => hour,
    };
    if matches!(half.as_deref(), Some("am" | "pm")) {
        end = text.len() - after.len() + 2;
    }
    (hour < 24 && minute < 60).then_some((hour, minute, end))
}

/// A day of some year, or some days in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearlessDay {
    /// The month, from 1.
    pub month: i8,
    /// The day, from 1.
    pub day: i8,
    /// The last day of several: `7-13th Nov`.
    pub until: Option<i8>,
    /// Bytes of the text.
    pub span: Range<usize>,
}

/// The day with which `text` begins, where no year is written beside it: `12-05 16:21`, `7th Nov - ...`, `7-13th Nov`, `Nov 7: ...`.
pub fn day_without_year(text: &str) -> Option<YearlessDay> {
    let tokens = tokens(text);
    let start = tokens.first()?.span.start;
    let is_first = text[..start].chars().all(|c| c.is_whitespace() || matches!(c, '[' | '(' | '*'));
    let window = Window { text, tokens: &tokens, order: DayOrder::Unknown };
    let (n_tokens, month, day, until) = window.without_year().filter(|_| is_first)?;
    let last = &tokens[n_tokens - 1];
    let of = |number: u32, max: u32| i8::try_from(number).ok().filter(|_| (1..=max).contains(&number));
    let until = until.and_then(|until| of(until, 31));
    Some(YearlessDay { month: of(month, 12)?, day: of(day, 31)?, until, span: start..last.span.end })
}

/// A run of digits or of letters.
struct Token {
    span: Range<usize>,
    is_number: bool,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        let is_number = c.is_ascii_digit();
        if !is_number && !c.is_alphabetic() {
            continue;
        }
        match tokens.last_mut() {
            Some(last) if last.span.end == at && last.is_number == is_number => last.span.end = end,
            _ => tokens.push(Token { span: at..end, is_number }),
        }
    }
    tokens
}

/// The tokens from one place on: does a date begin here?
struct Window<'a> {
    text: &'a str,
    tokens: &'a [Token],
    order: DayOrder,
}

impl Window<'_> {
    fn date(&self) -> Option<(usize, Result<Date, UnreadDate>)> {
        self.year_first().or_else(|| self.day_first()).or_else(|| self.month_word_first()).or_else(|| self.compact())
    }

    fn word(&self, index: usize) -> &str {
        self.tokens.get(index).map_or("", |token| &self.text[token.span.clone()])
    }

    /// What stands between token `index` and the next.
    fn gap(&self, index: usize) -> &str {
        match (self.tokens.get(index), self.tokens.get(index + 1)) {
            (Some(token), Some(next)) => &self.text[token.span.end..next.span.start],
            _ => "\0",
        }
    }

    fn number(&self, index: usize, digits: Range<usize>) -> Option<u32> {
        let token = self.tokens.get(index).filter(|token| token.is_number && digits.contains(&token.span.len()))?;
        self.text[token.span.clone()].parse().ok()
    }

    fn year(&self, index: usize) -> Option<u32> {
        self.number(index, 4..5).filter(|year| YEARS.contains(year))
    }

    fn month_word(&self, index: usize) -> Option<u32> {
        let word = self.word(index);
        if self.tokens.get(index).is_none_or(|token| token.is_number) || word.len() > 16 {
            return None;
        }
        let word = word.to_lowercase();
        MONTH_WORDS.iter().position(|words| words.contains(&word.as_str())).map(|month| month as u32 + 1)
    }

    /// `2016-02-12`, `2024.06.17`, `2018-Oct-03`, `2026-02-9`, `2024年6月17日`, `2023-05`.
    fn year_first(&self) -> Option<(usize, Result<Date, UnreadDate>)> {
        let token = self.tokens.first().filter(|token| token.is_number)?;
        let (n_digits, gap) = (token.span.len(), self.gap(0));
        if !matches!(gap, "-" | "." | "/" | "–" | "‑" | "_") {
            return self.year_in_chinese();
        }
        let month = self.number(1, 1..3).or_else(|| self.month_word(1))?;
        if n_digits == 5 && self.gap(1) == gap && self.number(2, 1..3).is_some() {
            return Some((3, Err(self.five_digits(month))));
        }
        let year = self.year(0)?;
        match self.number(2, 1..3).filter(|_| self.gap(1) == gap) {
            Some(day) => Some((3, day_of(year, month, day))),
            None if self.word(1).len() == 2 && matches!(gap, "-" | "/" | ".") && (1..=12).contains(&month) && self.ends_after(1) => {
                Some((2, Date::of_month(year as i16, month as i8).ok_or_else(|| unread("there is no such month", None, year))))
            }
            None => None,
        }
    }

    fn year_in_chinese(&self) -> Option<(usize, Result<Date, UnreadDate>)> {
        let is_marked = self.word(1) == "年" && self.word(3) == "月";
        let (year, month, day) = (self.year(0)?, self.number(2, 1..3)?, self.number(4, 1..3)?);
        is_marked.then(|| (6.min(self.tokens.len()), day_of(year, month, day)))
    }

    /// `18-12-2018`, `01.06.2020`, `9/12/22`, `11-April-2023`, `3 Jun 2026`, `5th of May, 2020`, `3 de junho de 2023`.
    fn day_first(&self) -> Option<(usize, Result<Date, UnreadDate>)> {
        let day = self.number(0, 1..3)?;
        let mut at = 1;
        if self.gap(0).is_empty() && matches!(self.word(1).to_lowercase().as_str(), "st" | "nd" | "rd" | "th" | "er" | "º") {
            at = 2;
        }
        while matches!(self.word(at), "of" | "de" | "del") {
            at += 1;
        }
        if let Some(month) = self.month_word(at) {
            let mut year_at = at + 1;
            while matches!(self.word(year_at), "of" | "de" | "del") {
                year_at += 1;
            }
            let is_near = (0..year_at).all(|index| is_date_gap(self.gap(index)));
            let year = self.year(year_at).or_else(|| self.number(year_at, 2..3).filter(|_| self.gap(at) == "-").map(|year| 2000 + year));
            return year.filter(|_| is_near).map(|year| (year_at + 1, day_of(year, month, day)));
        }
        let gap = self.gap(0);
        let second = self.number(1, 1..3).filter(|_| matches!(gap, "-" | "." | "/") && self.gap(1) == gap)?;
        let year = self.year(2).or_else(|| self.number(2, 2..3).map(|year| 2000 + year).filter(|_| self.ends_after(2)))?;
        Some((3, self.in_order(day, second, year, gap)))
    }

    /// Day and month as two numbers: dots mean that the day comes first; else a number above 12 tells, else the setting.
    fn in_order(&self, first: u32, second: u32, year: u32, gap: &str) -> Result<Date, UnreadDate> {
        match (first, second, self.order) {
            _ if gap == "." => day_of(year, second, first),
            (13.., _, _) => day_of(year, second, first),
            (_, 13.., _) => day_of(year, first, second),
            _ if first == second => day_of(year, second, first),
            (_, _, DayOrder::DayFirst) => day_of(year, second, first),
            (_, _, DayOrder::MonthFirst) => day_of(year, first, second),
            (_, _, DayOrder::Unknown) => {
                let day = |month: u32, day: u32| format!("{year:04}-{month:02}-{day:02}");
                Err(unread(&format!("it may be {} or {}", day(second, first), day(first, second)), None, year))
            }
        }
    }

    /// `December 11, 2025`, `Sep 5th, 2023`, `January , 2026`, `May 2026`.
    fn month_word_first(&self) -> Option<(usize, Result<Date, UnreadDate>)> {
        let month = self.month_word(0)?;
        let mut year_at = 1;
        let mut day = None;
        if let Some(number) = self.number(1, 1..3) {
            day = Some(number);
            year_at = 2;
            if matches!(self.word(2).to_lowercase().as_str(), "st" | "nd" | "rd" | "th") {
                year_at = 3;
            }
        }
        let is_near = (0..year_at).all(|index| is_date_gap(self.gap(index)));
        let year = self.year(year_at).filter(|_| is_near)?;
        let date = match day {
            Some(day) => day_of(year, month, day),
            None => Date::of_month(year as i16, month as i8).ok_or_else(|| unread("there is no such month", None, year)),
        };
        Some((year_at + 1, date))
    }

    /// `20200924`, at the beginning of a file's name.
    fn compact(&self) -> Option<(usize, Result<Date, UnreadDate>)> {
        let digits = self.number(0, 8..9)?;
        let (year, month, day) = (digits / 10_000, digits / 100 % 100, digits % 100);
        let is_date = YEARS.contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
        is_date.then(|| (1, day_of(year, month, day)))
    }

    /// A day without a year: how many tokens it takes, the month, the day, and the last day of several.
    fn without_year(&self) -> Option<(usize, u32, u32, Option<u32>)> {
        if let (Some(month), "-", Some(day)) = (self.number(0, 2..3), self.gap(0), self.number(1, 2..3))
            && self.gap(1).trim().is_empty()
            && self.gap(2) == ":"
        {
            return Some((2, month, day, None));
        }
        let is_ordinal =
            |at: usize| matches!(self.word(at).to_lowercase().as_str(), "st" | "nd" | "rd" | "th") && self.gap(at - 1).is_empty();
        if let Some(month) = self.month_word(0) {
            let (day, at) = (self.number(1, 1..3).filter(|_| is_date_gap(self.gap(0)))?, if is_ordinal(2) { 3 } else { 2 });
            return self.is_closed(at - 1).then_some((at, month, day, None));
        }
        let day = self.number(0, 1..3)?;
        let second = self.number(1, 1..3).filter(|_| matches!(self.gap(0), "-" | "–" | " - " | " – "));
        let at = if second.is_some() { 2 } else { 1 };
        let at = if is_ordinal(at) { at + 1 } else { at };
        let month = self.month_word(at).filter(|_| is_date_gap(self.gap(at - 1)))?;
        self.is_closed(at).then_some((at + 1, month, day, second))
    }

    /// Whether a mark, a time of day or nothing follows token `index`: `May 5 users` names no day.
    fn is_closed(&self, index: usize) -> bool {
        let Some(next) = self.tokens.get(index + 1) else { return true };
        let is_clock = next.is_number && matches!(self.gap(index + 1), ":" | "");
        is_clock || self.gap(index).contains(['-', '–', '—', ':', ',', '|', ')', ']'])
    }

    /// Whether nothing that belongs to a date follows token `index`.
    fn ends_after(&self, index: usize) -> bool {
        self.tokens.get(index + 1).is_none_or(|_| !matches!(self.gap(index), "" | "-" | "/" | "."))
    }

    /// `20200-10-06`: a digit too many.
    fn five_digits(&self, month: u32) -> UnreadDate {
        let written = self.word(0);
        let day = self.number(2, 1..3).unwrap_or(1);
        // The digit that stands twice, else the last one, is the slip.
        let doubled = written.as_bytes().windows(2).position(|pair| pair[0] == pair[1]);
        let without = |at: usize| format!("{}{}", &written[..at], &written[at + 1..]);
        let candidates = [doubled.map(without), Some(without(4)), Some(without(2))];
        let years = candidates.into_iter().flatten().filter_map(|year| year.parse::<u32>().ok());
        let mend = years.filter(|year| (1990..=2050).contains(year)).find_map(|year| day_of(year, month, day).ok());
        UnreadDate { message: "the year has five digits".to_owned(), mend, known: None }
    }
}

fn is_date_gap(gap: &str) -> bool {
    gap.len() <= 3 && gap.chars().all(|c| c.is_whitespace() || matches!(c, ',' | '.' | '-' | '\''))
}

fn day_of(year: u32, month: u32, day: u32) -> Result<Date, UnreadDate> {
    let date = |month: u32, day: u32| Date::of_day(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    date(month, day).ok_or_else(|| match month {
        1..=12 => unread(&format!("that month has no day {day}"), None, year),
        _ => unread(&format!("there is no month {month}"), date(day, month), year),
    })
}

fn unread(message: &str, mend: Option<Date>, year: u32) -> UnreadDate {
    UnreadDate { message: message.to_owned(), mend, known: i16::try_from(year).ok().and_then(Date::of_year) }
}
