//! The axis of time of a drawing: where a day is, and which days are named.

use crate::calendar::Date;
use crate::render::draw::Drawing;

/// Names along an axis.
const TICKS_MAX: i64 = 9;

/// Pixels that a digit takes.
const LETTER: i64 = 7;

/// A stretch of days along a stretch of pixels.
pub struct Axis {
    from: Date,
    days: i64,
    left: i64,
    right: i64,
}

impl Axis {
    /// The days from `from` until `until` between the pixels `left` and `right`.
    pub fn new(from: Date, until: Date, left: i64, right: i64) -> Self {
        Self { from: from.first_day(), days: from.days_until(until).max(1), left, right }
    }

    /// Where `day` is; days outside of the axis are at its ends.
    pub fn x(&self, day: Date) -> i64 {
        let days = self.from.days_until(day).clamp(0, self.days);
        self.left + days * (self.right - self.left) / self.days
    }

    /// The day at the end of the axis.
    fn last(&self) -> Date {
        self.from.days_later(self.days).unwrap_or(self.from)
    }

    /// Draws lines and names of years, or of months where there are few, between the heights `top` and `bottom`.
    pub fn draw(&self, drawing: &mut Drawing, top: i64, bottom: i64) {
        let months = self.days / 30;
        let step = [1, 2, 3, 6, 12, 24, 60, 120, 240].into_iter().find(|step| months / step <= TICKS_MAX).unwrap_or(600);
        let first = Date::of_day(self.from.year(), 1, 1).unwrap_or(self.from);
        for n in 0.. {
            let Some(day) =
                i32::try_from(n * step).ok().and_then(|months| first.months_later(months)).filter(|day| !self.last().is_before(*day))
            else {
                break;
            };
            if day.is_before(self.from) {
                continue;
            }
            let x = self.x(day);
            drawing.line("grid", (x, top), (x, bottom));
            let name = if step < 12 { day.iso()[..7].to_owned() } else { day.year().to_string() };
            if x + 4 + name.len() as i64 * LETTER <= self.right + 8 {
                drawing.text("axis", (x + 4, bottom + 14), name);
            }
        }
    }
}
