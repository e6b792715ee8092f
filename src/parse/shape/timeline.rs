//! The timeline of an incident: tables, lists and lines of times and what happened then.

use std::ops::Range;

use crate::calendar::{Date, DayOrder, dates_in};
use crate::config::vocabulary::{Vocabulary, fold};
use crate::parse::shape::inline;
use crate::parse::shape::lines::{Layout, Line, Part, Sort};
use crate::parse::shape::table::{self, Table};
use crate::parse::times::{Clockwork, WrittenTime, offset_at_start};

/// One row: when, and what.
#[derive(Debug)]
pub struct TimelineRow {
    /// When.
    pub time: WrittenTime,
    /// The time as it is written.
    pub written: String,
    /// What happened.
    pub what: String,
    /// Where it stands, in bytes of the source.
    pub span: Range<usize>,
    /// Where the time stands.
    pub time_span: Range<usize>,
}

/// Letters and digits that may stand before the first digit of a row: `Sep 29 2017 08:59`, `Around 12:30`.
const LEAD_CHARS_MAX: usize = 7;

/// Bytes of a time at the end of a heading: `5 September 2024, 23:50 UTC - 6 September 2024, 00:20 UTC`.
const END_BYTES_MAX: usize = 80;

/// The rows of the timeline in `parts`. `day` is the day of rows that name only a time, until a line names another.
pub fn rows(layout: &Layout<'_>, parts: &[Part], day: Option<Date>, vocabulary: &Vocabulary, order: DayOrder) -> Vec<TimelineRow> {
    let mut reader = Reader { layout, clockwork: Clockwork { vocabulary, order, zone: None, day }, rows: Vec::new() };
    for part in parts {
        if let Some((_, title, span)) = &part.heading {
            if reader.heading(title, span, layout.lines_of(part)) {
                continue;
            }
            reader.setting(title);
        }
        reader.part(layout.lines_of(part));
    }
    reader.rows
}

struct Reader<'a> {
    layout: &'a Layout<'a>,
    clockwork: Clockwork<'a>,
    rows: Vec<TimelineRow>,
}

impl Reader<'_> {
    fn part(&mut self, lines: &[Line]) {
        let mut at = 0;
        let of_rows = self.indent_of_rows(lines);
        while at < lines.len() {
            let line = &lines[at];
            let n = match line.sort {
                Sort::Row => self.table(&lines[at..]),
                Sort::Text
                    if self.layout.content(line).contains('|')
                        && lines.get(at + 1).is_some_and(|next| table::is_delimiter(self.layout.content(next))) =>
                {
                    self.table(&lines[at..])
                }
                Sort::Bullet | Sort::Text | Sort::Quote => {
                    let goes_on = |next: &&Line| next.sort == Sort::Text && (line.sort == Sort::Bullet || self.continues(line, next));
                    let n = 1 + lines[at + 1..].iter().take_while(goes_on).count();
                    self.line(&lines[at..at + n], line.sort == Sort::Bullet && of_rows == Some(line.indent));
                    n
                }
                _ => 1,
            };
            at += n;
        }
    }

    /// How far the items of a list are indented that are rows: most of them begin with a time, or each that does not with words in
    /// bold that say what happened, `**Cause found**: ...`.
    fn indent_of_rows(&self, lines: &[Line]) -> Option<usize> {
        let items = || lines.iter().filter(|line| line.sort == Sort::Bullet);
        let indent = items().map(|line| line.indent).min()?;
        let items: Vec<&str> = items().filter(|line| line.indent == indent).map(|line| self.layout.content(line)).collect();
        let is_timed = |item: &str| self.at_start(&inline::plain(item)).is_some();
        let n_timed = items.iter().filter(|item| is_timed(item)).count();
        let are_steps = || items.len() > 1 && items.iter().all(|item| is_timed(item) || self.is_step(item));
        (n_timed * 2 > items.len() || are_steps()).then_some(indent)
    }

    /// Whether an item begins with words in bold that are no name of a field, and no time behind them.
    fn is_step(&self, item: &str) -> bool {
        let Some(lead) = inline::bold_lead(item) else { return false };
        let plain = inline::plain(item);
        let said = plain.strip_prefix(lead.as_str()).unwrap_or_default().trim_start_matches([':', ' ']);
        !said.is_empty() && self.clockwork.vocabulary.key(&lead).is_none() && self.at_start(said).is_none()
    }

    /// Whether the line `next` goes on with the row that `line` begins, and begins none itself.
    fn continues(&self, line: &Line, next: &Line) -> bool {
        let begins = |line: &Line| self.at_start(&inline::plain(self.layout.content(line)));
        line.sort == Sort::Text && begins(line).is_some_and(|(time, _)| time.is_time) && begins(next).is_none()
    }

    /// A line that is no row may name the day or the zone of those that follow.
    fn setting(&mut self, text: &str) {
        let time = self.clockwork.read(text);
        if let Some(day) = time.day.filter(|_| text.split_whitespace().count() <= 6) {
            self.clockwork.day = Some(day);
        }
        let vocabulary = self.clockwork.vocabulary;
        let tells_time = |word: &str| vocabulary.is_word(word, "time") || vocabulary.zone(word) == Some(0);
        if text.split(|c: char| !c.is_alphabetic()).any(tells_time) {
            let is_name = |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_uppercase());
            let zone = |word: &str| {
                // `UTC+1 (Zurich time)`
                let behind = text.split_once(word).and_then(|(_, behind)| offset_at_start(behind));
                Some(self.clockwork.vocabulary.zone(word)? + behind.map_or(0, |(minutes, _)| minutes))
            };
            let words = text.split(|c: char| !c.is_alphanumeric()).filter(is_name);
            self.clockwork.zone = words.filter_map(zone).next_back().or(self.clockwork.zone);
        }
    }

    /// A heading that is a time, `### 2018-01-18 4:19`, `### 21:06 - Logger error` or `### Rollback 14:05 UTC`, and the `lines` under
    /// it that tell what happened: whether it is one.
    fn heading(&mut self, title: &str, span: &Range<usize>, lines: &[Line]) -> bool {
        let at_start = self.at_start(title).filter(|(time, _)| has_clock(&title[..time.end]));
        let at_start = at_start.map(|(time, what)| (title[..time.end].to_owned(), time, what));
        let Some((written, time, what)) = at_start.or_else(|| self.at_end(title, lines)) else { return false };
        let said = lines.iter().skip_while(|line| line.sort == Sort::Blank);
        let said = said.take_while(|line| matches!(line.sort, Sort::Text | Sort::Bullet | Sort::Quote));
        let (mut below, mut end) = (Vec::new(), span.end);
        for (at, line) in said.enumerate() {
            if at > 0 && line.sort == Sort::Bullet && what.is_empty() {
                break;
            }
            below.push(self.layout.content(line));
            end = line.content.end;
        }
        let (what, end) = if what.is_empty() { (inline::plain(&below.join(" ")), end) } else { (what, span.end) };
        self.push(time, written, what, span.start..end, span.clone());
        true
    }

    /// The time with which a heading ends, as it is written and as it is read, and what is said before it. A heading over `lines`
    /// that have times of their own says when all of them were.
    fn at_end(&self, title: &str, lines: &[Line]) -> Option<(String, WrittenTime, String)> {
        let has_own = |line: &Line| line.sort == Sort::Row || self.at_start(&inline::plain(self.layout.content(line))).is_some();
        let starts = title.match_indices([' ', '(', '[']).map(|(at, _)| at + 1).filter(|at| title.len() - at <= END_BYTES_MAX);
        let mut starts = starts.filter(|at| title[*at..].starts_with(|c: char| c.is_ascii_digit()));
        let (at, time) = starts.find_map(|at| {
            let time = self.clockwork.read(&title[at..]);
            let is_last = title[at + time.end..].chars().all(|c| matches!(c, ')' | ']' | '.' | ':' | ' '));
            (time.is_time && is_last && has_clock(&title[at..at + time.end])).then_some((at, time))
        })?;
        let what = title[..at].trim_end_matches([' ', '(', '[', '-', '–', '—', ':', ',', '@', '~', '|']);
        let is_lead = |word: &str| self.clockwork.vocabulary.is_word(word, "time_lead");
        let what = what.rsplit_once(' ').filter(|(_, last)| is_lead(last)).map_or(what, |(what, _)| what).trim_end();
        let is_told = what.chars().any(char::is_alphabetic) && !lines.iter().any(has_own);
        is_told.then(|| (title[at..at + time.end].trim_end_matches([')', ']']).to_owned(), time, what.to_owned()))
    }

    /// The time with which `plain` begins, and what is said behind it.
    fn at_start(&self, plain: &str) -> Option<(WrittenTime, String)> {
        let time = self.clockwork.read(plain);
        let before = plain.find(|c: char| c.is_ascii_digit()).map_or(&plain[..0], |at| &plain[..at]);
        let is_short = before.chars().filter(|c| c.is_alphanumeric()).count() <= LEAD_CHARS_MAX;
        // `September 27, 2025`
        let is_month = || dates_in(plain, self.clockwork.order).first().is_some_and(|found| found.span.start == 0);
        let begins = time.is_time && time.end > 0 && (is_short || is_month());
        let what = plain.get(time.end..)?;
        let what = what.trim_start_matches([' ', '-', '–', '—', ':', '|', ',', '.', ')', ']', '~', '>', '=']).trim();
        begins.then(|| (time, what.to_owned()))
    }

    /// A row, or what holds for those that follow. `is_among_rows`: without a time it is a row nevertheless.
    fn line(&mut self, lines: &[Line], is_among_rows: bool) {
        let content: Vec<&str> = lines.iter().map(|line| self.layout.content(line)).collect();
        let plain = inline::plain(&content.join(" "));
        let is_row = |(time, what): &(WrittenTime, String)| {
            let has_clock = time.at.is_some_and(|at| at.has_clock()) || time.is_approximate || has_clock(&plain[..time.end]);
            !what.is_empty() && (has_clock || lines[0].sort == Sort::Bullet)
        };
        let span = lines[0].content.start..lines[lines.len() - 1].content.end;
        match self.at_start(&plain).filter(is_row) {
            Some((time, what)) => {
                let written = plain[..time.end].to_owned();
                self.push(time, written, what, span.clone(), span);
            }
            // `Unknown date: uploads began to fail`
            None if is_among_rows && self.clockwork.read(&plain).day.is_none() && !self.clockwork.vocabulary.is_placeholder(&plain) => {
                let (written, what) = plain.split_once(": ").unwrap_or(("", &plain));
                self.push(WrittenTime::default(), written.to_owned(), what.to_owned(), span.clone(), span);
            }
            None => self.setting(&plain),
        }
    }

    fn push(&mut self, mut time: WrittenTime, written: String, what: String, span: Range<usize>, time_span: Range<usize>) {
        if let Some(day) = time.day.filter(|_| time.problem.is_none()) {
            self.clockwork.day = Some(day);
        } else if let (Some(at), Some(last)) = (time.at, self.rows.last().and_then(|row| row.time.at))
            && at.has_clock()
            && last.has_clock()
            && last.date() == at.date()
            && last.minutes_until(at) < -12 * 60
        {
            // Past midnight the day is not written again.
            self.clockwork.day = at.date().tomorrow();
            time = self.clockwork.read(&written);
        }
        self.rows.push(TimelineRow { time, written, what, span, time_span });
    }

    fn table(&mut self, lines: &[Line]) -> usize {
        let (table, n) = table::read(self.layout, lines);
        let (columns, n_head) = self.columns(&table);
        for row in &table.rows[n_head..] {
            let cell = |column: usize| row.cells.get(column);
            let Some(first) = columns.at.first().and_then(|column| cell(*column)) else { continue };
            let written: Vec<String> = columns.at.iter().filter_map(|column| cell(*column)).map(|cell| inline::plain(&cell.text)).collect();
            let written = written.join(" ").trim().to_owned();
            let what: Vec<String> = columns.what.iter().filter_map(|column| cell(*column)).map(|cell| inline::plain(&cell.text)).collect();
            let what = what.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join(" · ");
            if written.is_empty() && what.is_empty() {
                continue;
            }
            let time = self.clockwork.read(&written);
            let span = row.cells[0].span.start..row.cells[row.cells.len() - 1].span.end;
            let time_span = first.span.clone();
            self.push(time, written, what, span, time_span);
        }
        n
    }

    /// Which columns hold the time and the event, and whether the first row is a head.
    fn columns(&mut self, table: &Table) -> (Columns, usize) {
        let Some(head) = table.rows.first().filter(|head| !head.cells.is_empty()) else { return (Columns::default(), 0) };
        let titles: Vec<String> = head.cells.iter().map(|cell| inline::plain(&cell.text)).collect();
        let vocabulary = self.clockwork.vocabulary;
        let is_at = |title: &String| {
            let is_zone = |word: &str| vocabulary.zone(word.trim_matches(['(', ')'])).is_some();
            let bare = title.rsplit_once(' ').filter(|(_, last)| is_zone(last)).map_or(title.as_str(), |(bare, _)| bare);
            let bare = bare.rsplit_once(' ').filter(|(_, last)| vocabulary.is_word(last, "zone_lead")).map_or(bare, |(bare, _)| bare);
            vocabulary.column(bare, "at").is_some() || fold(title).is_empty()
        };
        let at: Vec<usize> = (0..titles.len()).filter(|column| is_at(&titles[*column]) && !fold(&titles[*column]).is_empty()).collect();
        let is_head = !at.is_empty() && !self.clockwork.read(&titles[0]).is_time;
        if is_head {
            for column in &at {
                self.setting(&format!("time {}", titles[*column].replace(['(', ')'], " ")));
            }
        }
        let at = if at.is_empty() { vec![0] } else { at };
        let what: Vec<usize> = (0..titles.len().max(2)).filter(|column| !at.contains(column)).collect();
        (Columns { at, what }, usize::from(is_head || !self.clockwork.read(&titles[0]).is_time))
    }
}

#[derive(Default)]
struct Columns {
    at: Vec<usize>,
    what: Vec<usize>,
}

/// Whether a time of day is in `text`, known or not: `09:??`, `14h30`, `7 PM`.
fn has_clock(text: &str) -> bool {
    let is_hours = |(at, _): (usize, &str)| text[..at].ends_with(|c: char| c.is_ascii_digit());
    let lower = text.to_ascii_lowercase();
    text.contains(':') || lower.match_indices('h').any(is_hours) || lower.ends_with("am") || lower.ends_with("pm")
}
