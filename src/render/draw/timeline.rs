//! The course of an incident, to scale: numbered events along a line, ranges as bars, uncertain times hollow, and above them
//! the time that hurt, until it was detected, mitigated, resolved.

use crate::calendar::Moment;
use crate::render::draw::Drawing;

const WIDTH: i64 = 760;
const LEFT: i64 = 20;
const RIGHT: i64 = 740;
/// Where bands of the incident begin, and how high one is.
const BANDS: i64 = 8;
const BAND: i64 = 24;
/// Pixels that the number of an event takes, and rows of them above each other.
const NUMBER: i64 = 20;
const ROWS_MAX: usize = 8;
/// Minutes between two names of the axis.
const STEPS: [i64; 14] = [1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1440, 2880, 10_080, 43_200];

/// An event of a timeline.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its place in the timeline, from 1.
    pub number: usize,
    /// When.
    pub at: Moment,
    /// The end, of a range.
    pub until: Option<Moment>,
    /// Whether the time is a guess.
    pub is_uncertain: bool,
    /// What happened.
    pub what: String,
}

/// A stretch of the incident that has a name: until it was detected.
#[derive(Clone, Debug)]
pub struct Band {
    /// For readers, with its length.
    pub name: String,
    /// Its class.
    pub class: &'static str,
    /// When it begins and ends.
    pub span: (Moment, Moment),
}

/// The drawing; `None` where nothing is apart from anything else.
pub fn drawing(title: String, events: &[Event], bands: &[Band]) -> Option<Drawing> {
    let moments = || {
        let of_events = events.iter().flat_map(|event| [Some(event.at), event.until]).flatten();
        of_events.chain(bands.iter().flat_map(|band| [band.span.0, band.span.1]))
    };
    let origin = moments().next()?;
    let offset = |at: Moment| origin.minutes_until(at);
    let (first, last) = (moments().map(offset).min()?, moments().map(offset).max()?);
    let minutes = last - first;
    if minutes < 1 {
        return None;
    }
    let x = |at: Moment| LEFT + (offset(at) - first) * (RIGHT - LEFT) / minutes;
    let line = BANDS + BAND * bands.len() as i64 + 12;
    let rows = rows(&events.iter().map(|event| x(event.at)).collect::<Vec<_>>());
    let height = line + 44 + NUMBER * (rows.iter().max().copied().unwrap_or(0) as i64 + 1);
    let mut drawing = Drawing::new(title, WIDTH, height);
    for (position, band) in bands.iter().enumerate() {
        let y = BANDS + BAND * position as i64;
        let (from, until) = (x(band.span.0), x(band.span.1));
        drawing.rect(band.class, (from, y), ((until - from).max(2), BAND - 6), &band.name);
        // The name stands behind the band where there is room, else in front of it.
        match until {
            until if until < WIDTH - 240 => drawing.text("label", (until + 8, y + 13), band.name.clone()),
            _ if from > 240 => drawing.ending("label", (from - 8, y + 13), band.name.clone()),
            _ => drawing.text("label-on", (from + 8, y + 13), band.name.clone()),
        }
    }
    draw_axis(&mut drawing, origin, first, minutes, line);
    for (event, row) in events.iter().zip(rows) {
        draw_event(&mut drawing, event, x(event.at), event.until.map(x), line, row as i64);
    }
    Some(drawing)
}

fn draw_axis(drawing: &mut Drawing, origin: Moment, first: i64, minutes: i64, line: i64) {
    drawing.line("line", (LEFT, line), (RIGHT, line));
    let step = STEPS.into_iter().find(|step| minutes / step <= 8).unwrap_or(minutes / 8 + 1);
    // Names stand at whole steps of the clock, not of the incident.
    let since_midnight = Moment::of_date(origin.date()).minutes_until(Moment::local(origin)) + first;
    let begin = (step - since_midnight.rem_euclid(step)) % step;
    let mut at = begin;
    while at <= minutes {
        let x = LEFT + at * (RIGHT - LEFT) / minutes;
        let clock = (since_midnight + at).rem_euclid(1440);
        let name = if step < 1440 {
            format!("{:02}:{:02}", clock / 60, clock % 60)
        } else {
            origin.date().days_later((since_midnight + at).div_euclid(1440)).map(|day| day.iso()).unwrap_or_default()
        };
        drawing.line("tick", (x, line - 4), (x, line + 4));
        drawing.centred("axis", (x.clamp(LEFT + 14, RIGHT - 14), line + 18), name);
        at += step;
    }
}

fn draw_event(drawing: &mut Drawing, event: &Event, x: i64, until: Option<i64>, line: i64, row: i64) {
    let y = line + 36 + NUMBER * row;
    let class = if event.is_uncertain { "event draw-uncertain" } else { "event" };
    if let Some(until) = until.filter(|until| *until > x) {
        drawing.rect("range", (x, line - 4), (until - x, 8), &event.what);
    }
    drawing.line("stem", (x, line), (x, y - 9));
    drawing.circle(class, (x, y), 9, &event.what);
    drawing.centred(if event.is_uncertain { "number-uncertain" } else { "number" }, (x, y + 4), event.number.to_string());
}

/// The row of each event, so that no two numbers lie on each other: the first row that is free at its place.
fn rows(places: &[i64]) -> Vec<usize> {
    let mut taken: Vec<Vec<i64>> = vec![Vec::new(); ROWS_MAX];
    let mut rows = Vec::with_capacity(places.len());
    for x in places {
        let is_free = |row: &usize| taken[*row].iter().all(|other| (other - x).abs() >= NUMBER);
        let row = (0..ROWS_MAX).find(is_free).unwrap_or(ROWS_MAX - 1);
        taken[row].push(*x);
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_do_not_lie_on_each_other() {
        assert_eq!(rows(&[20, 25, 60, 62, 200]), [0, 1, 0, 1, 0]);
    }

    #[test]
    fn a_single_moment_is_not_drawn() {
        let at = Moment::parse("2019-02-11T14:03:00Z").expect("a moment");
        let event = Event { number: 1, at, until: None, is_uncertain: false, what: String::new() };
        assert!(drawing(String::new(), &[event], &[]).is_none());
    }
}
