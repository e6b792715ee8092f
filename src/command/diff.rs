//! What a command would change, line by line. The one home of `similar`.

use std::io::{self, Write};

use similar::TextDiff;

/// Lines around a change that are shown with it.
const CONTEXT_LINES: usize = 2;

/// Prints how `after`, which will be at `path`, differs from `before`, which is at `old_path`: a patch in the unified format.
pub fn print(old_path: &str, before: &str, path: &str, after: &str, out: &mut impl Write) -> io::Result<()> {
    let diff = TextDiff::from_lines(before, after);
    if old_path != path {
        writeln!(out, "rename from {old_path}\nrename to {path}")?;
    }
    write!(out, "{}", diff.unified_diff().context_radius(CONTEXT_LINES).header(&format!("a/{old_path}"), &format!("b/{path}")))
}
