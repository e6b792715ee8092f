//! Rituals as calendars that other programs subscribe to (iCalendar, RFC 5545): one for each team and one for all.
//!
//! Events begin at the turn of the year, so that a calendar is the same file for a whole year. A time without a zone is that
//! of the place of whoever reads it.

use std::collections::BTreeSet;

use crate::calendar::Date;
use crate::ledger::teams::Ritual;
use crate::link::LEDGER_FOLDER;
use crate::model::handbook::RecordIndex;
use crate::model::name::OutputPath;
use crate::render::{Site, frame};
use crate::slug;

/// Bytes of a line (RFC 5545, 3.1).
const LINE_BYTES_MAX: usize = 75;
/// Minutes of an event whose ritual does not say how long it takes.
const MINUTES: i64 = 30;

/// The records that have rituals of which the days are known.
pub fn teams(site: &Site<'_>) -> BTreeSet<RecordIndex> {
    site.ledger.rituals.iter().filter(|ritual| ritual.next.is_some()).map(|ritual| ritual.record).collect()
}

/// The address of the calendar of a team, or of all.
pub fn path(site: &Site<'_>, team: Option<RecordIndex>) -> OutputPath {
    match team {
        None => OutputPath::new(format!("{LEDGER_FOLDER}/calendar.ics")),
        Some(team) => {
            let page = site.handbook.output(team).as_str();
            OutputPath::new(format!("{LEDGER_FOLDER}/calendar/{}.ics", page.strip_suffix(".html").unwrap_or(page)))
        }
    }
}

/// The calendar of a team, or of all.
pub fn calendar(site: &Site<'_>, team: Option<RecordIndex>) -> String {
    let name = team.map_or_else(|| site.config.title.clone(), |team| site.handbook.records[team].title.clone());
    let mut text = String::new();
    let mut line = |name: &str, value: &str| put_line(&mut text, name, value);
    line("BEGIN", "VCALENDAR");
    line("VERSION", "2.0");
    line("PRODID", concat!("-//handbook//handbook ", env!("CARGO_PKG_VERSION"), "//EN"));
    line("CALSCALE", "GREGORIAN");
    line("X-WR-CALNAME", &escaped(&name));
    let mut taken = BTreeSet::new();
    for ritual in site.ledger.rituals.iter().filter(|ritual| team.is_none_or(|team| ritual.record == team)) {
        let id = uid(site, ritual);
        let uid = (1..).map(|n| if n == 1 { id.clone() } else { format!("{n}-{id}") }).find(|uid| !taken.contains(uid));
        let uid = uid.expect("there are more numbers than rituals");
        if put_event(site, ritual, &uid, &mut line).is_some() {
            taken.insert(uid);
        }
    }
    line("END", "VCALENDAR");
    text
}

/// Writes the event of a ritual; `None` when its days are not known.
fn put_event(site: &Site<'_>, ritual: &Ritual, uid: &str, line: &mut impl FnMut(&str, &str)) -> Option<()> {
    let schedule = ritual.schedule.as_ref()?;
    let new_year = Date::of_day(site.setting.today.year(), 1, 1)?;
    let begin = ritual.known.filter(|known| new_year.is_before(*known)).unwrap_or(new_year);
    let first = schedule.next(begin, ritual.known)?;
    let day = |date: Date| date.iso().replace('-', "");
    line("BEGIN", "VEVENT");
    line("UID", uid);
    line("DTSTAMP", &format!("{}T000000Z", day(new_year)));
    match schedule.time {
        Some((hour, minute)) => {
            let zone = if schedule.is_utc { "Z" } else { "" };
            line("DTSTART", &format!("{}T{hour:02}{minute:02}00{zone}", day(first)));
            line("DURATION", &format!("PT{}M", ritual.minutes.unwrap_or(MINUTES)));
        }
        None => line("DTSTART;VALUE=DATE", &day(first)),
    }
    line("RRULE", &schedule.rule());
    line("SUMMARY", &escaped(&ritual.name));
    let about: Vec<&str> = [ritual.purpose.as_deref(), ritual.with.as_deref()].into_iter().flatten().collect();
    if !about.is_empty() {
        line("DESCRIPTION", &escaped(&about.join("\n")));
    }
    if let Some(base_url) = &site.config.base_url {
        line("URL", &format!("{base_url}{}", frame::encoded(site.handbook.output(ritual.record).as_str())));
    }
    line("END", "VEVENT");
    Some(())
}

/// A name that stays the same as long as the ritual has its name and its team.
fn uid(site: &Site<'_>, ritual: &Ritual) -> String {
    format!("{}.{}@handbook", slug::name(&ritual.name), slug::name(site.handbook.records[ritual.record].id.as_str()))
}

/// A text value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' => escaped.push_str("\\n"),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// Writes a line, folded where it is long: at most 75 bytes each, what goes on begins with a space.
fn put_line(text: &mut String, name: &str, value: &str) {
    let mut n_bytes = 0;
    for c in format!("{name}:{value}").chars() {
        if n_bytes + c.len_utf8() > LINE_BYTES_MAX {
            text.push_str("\r\n ");
            n_bytes = 1;
        }
        text.push(c);
        n_bytes += c.len_utf8();
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_between_characters() {
        let mut text = String::new();
        put_line(&mut text, "SUMMARY", &"ä".repeat(60));
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line.len() <= LINE_BYTES_MAX) && lines[1].starts_with(" ä"), "{lines:?}");
        assert_eq!(text.replace("\r\n ", ""), format!("SUMMARY:{}\r\n", "ä".repeat(60)));
    }

    #[test]
    fn signs_of_the_format_are_escaped() {
        assert_eq!(escaped("plan; draft, then\nbuild \\ ship"), "plan\\; draft\\, then\\nbuild \\\\ ship");
    }
}
