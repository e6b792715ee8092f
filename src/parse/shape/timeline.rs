//! The timeline of an incident: tables, lists and lines of times and what happened then.

use std::ops::Range;

use crate::calendar::{Date, DayOrder};
use crate::config::vocabulary::{Vocabulary, fold};
use crate::parse::shape::inline;
use crate::parse::shape::lines::{Layout, Line, Part, Sort};
use crate::parse::shape::table::{self, Table};
use crate::parse::times::{Clockwork, WrittenTime};

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

/// The rows of the timeline in `parts`. `day` is the day of rows that name only a time, until a line names another.
pub fn rows(layout: &Layout<'_>, parts: &[Part], day: Option<Date>, vocabulary: &Vocabulary, order: DayOrder) -> Vec<TimelineRow> {
    let mut reader = Reader { layout, clockwork: Clockwork { vocabulary, order, zone: None, day }, rows: Vec::new() };
    for part in parts {
        if let Some((_, title, _)) = &part.heading {
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
                    let n = 1 + lines[at + 1..].iter().take_while(|next| next.sort == Sort::Text && line.sort == Sort::Bullet).count();
                    self.line(&lines[at..at + n]);
                    n
                }
                _ => 1,
            };
            at += n;
        }
    }

    /// A line that is no row may name the day or the zone of those that follow.
    fn setting(&mut self, text: &str) {
        let time = self.clockwork.read(text);
        if let Some(day) = time.day.filter(|_| text.split_whitespace().count() <= 6) {
            self.clockwork.day = Some(day);
        }
        let lower = text.to_lowercase();
        if ["time", "zeit", "heure", "hora", "utc", "gmt"].iter().any(|word| lower.contains(word)) {
            let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1 && word.chars().all(|c| c.is_uppercase()));
            self.clockwork.zone = words.filter_map(|word| self.clockwork.vocabulary.zone(word)).next_back().or(self.clockwork.zone);
        }
    }

    fn line(&mut self, lines: &[Line]) {
        let content: Vec<&str> = lines.iter().map(|line| self.layout.content(line)).collect();
        let plain = inline::plain(&content.join(" "));
        let time = self.clockwork.read(&plain);
        let before = plain.find(|c: char| c.is_ascii_digit()).map_or(&plain[..0], |at| &plain[..at]);
        let begins = time.is_time && before.chars().filter(|c| c.is_alphanumeric()).count() <= 7 && time.end > 0;
        let what = if begins {
            plain[time.end.min(plain.len())..].trim_start_matches([' ', '-', '–', '—', ':', '|', ',', '.', ')', ']', '~', '>', '=']).trim()
        } else {
            ""
        };
        let has_clock = time.at.is_some_and(|at| at.has_clock()) || time.is_approximate || has_clock(&plain[..time.end.min(plain.len())]);
        if begins && !what.is_empty() && (has_clock || lines[0].sort == Sort::Bullet) {
            let span = lines[0].content.start..lines[lines.len() - 1].content.end;
            let written = plain[..time.end].to_owned();
            self.push(time, written, what.to_owned(), span.clone(), span);
        } else {
            self.setting(&plain);
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
            let bare = title
                .rsplit_once(" in ")
                .filter(|(_, zone)| vocabulary.zone(zone.trim_matches(['(', ')'])).is_some())
                .map_or(title.as_str(), |(bare, _)| bare);
            let bare = bare.rsplit_once(' ').filter(|(_, zone)| vocabulary.zone(zone).is_some()).map_or(bare, |(bare, _)| bare);
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

fn has_clock(text: &str) -> bool {
    text.contains(':') || text.contains('h')
}
