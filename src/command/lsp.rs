//! `handbook lsp`.

use crate::cli::LspArguments;
use crate::command::{Failure, Outcome, occasion};
use crate::load::Project;
use crate::lsp;

/// Serves an editor over standard input and output.
pub fn run(arguments: &LspArguments) -> Result<Outcome, Failure> {
    let dir = &arguments.place.dir;
    let (config, _) = Project::open(dir)?.config()?;
    let occasion = occasion(&arguments.place.occasion, &config)?;
    lsp::run(dir, &occasion).map_err(|error| Failure::System(error.to_string()))?;
    Ok(Outcome::Fine)
}
