//! `handbook check`.

use std::io::Write;

use crate::cli::CheckArguments;
use crate::command::{Failure, Outcome, folder, formats, open, report};
use crate::diagnostic::Severity;

/// Says what is wrong with the records, one by one and together.
pub fn run(arguments: &CheckArguments) -> Result<Outcome, Failure> {
    let (assembled, _) = open(folder(arguments.folder.as_ref(), &arguments.place), &arguments.place.occasion)?;
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    if arguments.formats {
        match arguments.json {
            true => formats::print_json(&assembled, &mut out)?,
            false => formats::print(&assembled, &mut out)?,
        }
        return Ok(Outcome::Fine);
    }
    if arguments.json {
        report::print_json(&assembled.diagnostics, &mut out)?;
    } else {
        report::print(&assembled.diagnostics, arguments.all, &mut out)?;
        writeln!(out, "{} records: {}", assembled.handbook.records.len(), report::summary(&assembled.diagnostics))?;
    }
    Ok(report::outcome(&assembled.diagnostics, Severity::Warning))
}
