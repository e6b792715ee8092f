//! How much was owed at any time: steps that rise with each debt and fall with each payment.

use crate::ledger::debts::Balance;
use crate::render::draw::{Axis, Drawing};

const WIDTH: i64 = 960;
const LEFT: i64 = 36;
const TOP: i64 = 12;
const BOTTOM: i64 = 200;

/// The drawing; `None` where there are fewer than two days.
pub fn drawing(title: String, balance: &[Balance]) -> Option<Drawing> {
    let (first, last) = (balance.first()?, balance.last()?);
    let most = balance.iter().map(|at| at.n_owed).max().filter(|most| *most > 0 && balance.len() > 1)? as i64;
    let axis = Axis::new(first.day, last.day, LEFT, WIDTH - 8);
    let y = |n: usize| BOTTOM - n as i64 * (BOTTOM - TOP) / most;
    let mut drawing = Drawing::new(title, WIDTH, BOTTOM + 22);
    axis.draw(&mut drawing, TOP, BOTTOM);
    let step = (most as usize).div_ceil(5).max(1);
    for n in (0..=most as usize).step_by(step) {
        drawing.line("grid", (LEFT, y(n)), (WIDTH - 8, y(n)));
        drawing.ending("axis", (LEFT - 8, y(n) + 4), n.to_string());
    }
    let mut line = format!("M{} {}", axis.x(first.day), BOTTOM);
    for at in balance {
        line.push_str(&format!("H{}V{}", axis.x(at.day), y(at.n_owed)));
    }
    drawing.path("area", format!("{line}V{BOTTOM}Z"));
    drawing.path("stroke", line);
    Some(drawing)
}
