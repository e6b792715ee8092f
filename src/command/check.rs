//! `handbook check`.

use std::io::Write;
use std::sync::Arc;

use crate::cli::{CheckArguments, ReportFormat};
use crate::command::report::baseline::{self, Baseline};
use crate::command::{Failure, Outcome, folder, formats, open, report, rules};
use crate::diagnostic::Severity;
use crate::load::Project;
use crate::pipeline::examine;

/// Says what is wrong with the records, one by one and together.
pub fn run(arguments: &CheckArguments) -> Result<Outcome, Failure> {
    let dir = folder(arguments.folder.as_ref(), &arguments.place);
    let format = if arguments.json { ReportFormat::Json } else { arguments.format };
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    if arguments.rules || arguments.explain.is_some() {
        let (config, _) = Project::open(dir)?.config()?;
        match (&arguments.explain, format) {
            (Some(code), _) => rules::explain(code, &config, &mut out)?,
            (None, ReportFormat::Json) => rules::print_json(&config, &mut out)?,
            (None, _) => rules::print(&config, &mut out)?,
        }
        return Ok(Outcome::Fine);
    }
    let (mut assembled, occasion) = open(dir, &arguments.place.occasion)?;
    if arguments.formats {
        match format {
            ReportFormat::Json => formats::print_json(&assembled, &mut out)?,
            _ => formats::print(&assembled, &mut out)?,
        }
        return Ok(Outcome::Fine);
    }
    examine(&mut assembled, occasion.today);
    let mut findings = Arc::unwrap_or_clone(std::mem::take(&mut assembled.diagnostics));
    let n_records = assembled.handbook.records.len();
    if let Some(file) = &arguments.baseline {
        if arguments.write_baseline {
            baseline::write(file, &findings)?;
            writeln!(out, "wrote {}: {}", file.display(), report::summary(&findings))?;
            return Ok(Outcome::Fine);
        }
        findings = Baseline::read(file)?.new_ones(findings);
    }
    let located = || report::located(&findings, &assembled.input.roots);
    match format {
        ReportFormat::Json => report::print_json(&findings, &mut out)?,
        ReportFormat::Sarif => report::sarif::print(&located(), &mut out)?,
        ReportFormat::Github => report::github::print(&located(), &mut out)?,
        ReportFormat::Text => {
            report::print(&findings, arguments.all, &mut out)?;
            let what = if arguments.baseline.is_some() { "new since the baseline: " } else { "" };
            writeln!(out, "{n_records} records: {what}{}", report::summary(&findings))?;
        }
    }
    Ok(report::outcome(&findings, Severity::Warning))
}
