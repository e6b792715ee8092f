//! How long incidents took: each a stem from its day up to the time to resolve, with a dot where it was detected. Time grows
//! by factors, so that minutes and days fit on one drawing.

use crate::calendar::text_of_minutes as minutes;
use crate::ledger::incidents::Incident;
use crate::render::Site;
use crate::render::draw::{Axis, Drawing};

/// Incidents that are drawn; of more, the latest.
pub const SHOWN_MAX: usize = 150;
const WIDTH: i64 = 960;
const LEFT: i64 = 64;
const TOP: i64 = 12;
const BOTTOM: i64 = 260;
/// What is named at the side, in minutes.
const MARKS: [(i64, &str); 8] =
    [(1, "1 min"), (5, "5 min"), (15, "15 min"), (60, "1 h"), (240, "4 h"), (1440, "1 day"), (10_080, "1 week"), (43_200, "30 days")];

/// The drawing, and how many incidents are on it; `None` where fewer than two have a day and a time.
pub fn drawing(site: &Site<'_>, title: String, incidents: &[Incident]) -> Option<(Drawing, usize)> {
    let timed = incidents.iter().filter(|incident| incident.day.is_some() && (incident.resolve.is_some() || incident.detect.is_some()));
    let shown: Vec<&Incident> = timed.take(SHOWN_MAX).collect();
    let days = || shown.iter().filter_map(|incident| incident.day);
    let (first, last) = (days().min().filter(|_| shown.len() > 1)?, days().max()?);
    let longest = shown.iter().flat_map(|incident| [incident.resolve, incident.detect]).flatten().map(|time| time.minutes).max()?.max(15);
    let top = MARKS.iter().map(|(mark, _)| *mark).find(|mark| *mark >= longest).unwrap_or(longest);
    let y = |minutes: i64| BOTTOM - (((minutes.max(1) as f64).ln() / (top as f64).ln()) * (BOTTOM - TOP) as f64).round() as i64;
    let axis = Axis::new(first.days_later(-20).unwrap_or(first), last.days_later(20).unwrap_or(last), LEFT, WIDTH - 8);
    let mut drawing = Drawing::new(title, WIDTH, BOTTOM + 22);
    axis.draw(&mut drawing, TOP, BOTTOM);
    for (mark, name) in MARKS.iter().filter(|(mark, _)| *mark <= top) {
        drawing.line("grid", (LEFT, y(*mark)), (WIDTH - 8, y(*mark)));
        drawing.ending("axis", (LEFT - 8, y(*mark) + 4), *name);
    }
    for incident in &shown {
        let Some(day) = incident.day else { continue };
        let (x, name) = (axis.x(day), &site.handbook.records[incident.record].title);
        drawing.link(site.handbook.output(incident.record), name, |drawing| {
            if let Some(time) = incident.resolve {
                drawing.line("stem", (x, BOTTOM), (x, y(time.minutes)));
                drawing.circle("resolved", (x, y(time.minutes)), 6, &format!("{name}: resolved after {}", minutes(time.minutes)));
            }
            if let Some(time) = incident.detect {
                drawing.circle("detected", (x, y(time.minutes)), 5, &format!("{name}: detected after {}", minutes(time.minutes)));
            }
        });
    }
    Some((drawing, shown.len()))
}
