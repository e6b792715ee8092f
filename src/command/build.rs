//! `handbook build`.

use std::io::Write;
use std::time::Instant;

use serde_json::json;

use crate::cli::BuildArguments;
use crate::command::{Failure, Outcome, folder, occasion, report};
use crate::diagnostic::Severity;
use crate::load::Project;
use crate::pipeline;
use crate::progress::Progress;
use crate::write;

/// Builds the site.
pub fn run(arguments: &BuildArguments) -> Result<Outcome, Failure> {
    let started = Instant::now();
    let dir = folder(arguments.folder.as_ref(), &arguments.place);
    let project = Project::open(dir)?;
    let (config, _) = project.config()?;
    let content = project.content(&config)?;
    let (roots, _) = project.roots(&config)?;
    let kept: Vec<_> = roots.iter().map(|(_, folder)| folder.to_owned()).chain([project.themes()]).collect();
    let occasion = occasion(&arguments.place.occasion, &config)?;
    write::check_folder(&arguments.out, &content, &kept)?;
    if let Some(n_threads) = arguments.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build_global();
        pool.map_err(|error| Failure::System(error.to_string()))?;
    }
    let progress = Progress::new("rendering");
    let built = pipeline::build(&project, &arguments.out, &occasion, |n_pages| progress.advance(n_pages))?;
    progress.finish();
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    if arguments.json {
        let summary = json!({
            "version": 1,
            "records": built.n_records,
            "pages": built.n_pages,
            "written": built.written.n_written,
            "kept": built.written.n_kept,
            "removed": built.written.n_removed,
            "seconds": started.elapsed().as_secs_f64(),
            "diagnostics": built.diagnostics,
        });
        writeln!(out, "{summary}")?;
    } else {
        report::print(&built.diagnostics, false, &mut anstream::AutoStream::auto(std::io::stderr().lock()))?;
        let written = &built.written;
        writeln!(
            out,
            "{} records, {} pages in {} ({} written, {} unchanged, {} removed) in {:.1} s: {}",
            built.n_records,
            built.n_pages,
            arguments.out.display(),
            written.n_written,
            written.n_kept,
            written.n_removed,
            started.elapsed().as_secs_f64(),
            report::summary(&built.diagnostics)
        )?;
        if config.base_url.is_none() {
            writeln!(out, "no sitemap.xml: it needs `base_url:` in handbook.yaml")?;
        }
    }
    if arguments.lenient { Ok(Outcome::Fine) } else { Ok(report::outcome(&built.diagnostics, Severity::Error)) }
}
