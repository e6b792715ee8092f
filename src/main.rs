//! Arguments in, exit status out; the only place that prints an error.

use std::process::ExitCode;

use handbook::cli::Cli;
use handbook::command::{self, Failure, Outcome};
use mimalloc::MiMalloc;

/// Gives back what the system's own keeps: see `docs/decisions/0027`.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::from_environment();
    match command::run(cli.command) {
        Ok(Outcome::Fine) | Err(Failure::OutputClosed) => ExitCode::SUCCESS,
        Ok(Outcome::Findings) => ExitCode::from(1),
        Err(failure) => {
            anstream::eprintln!("{}error{}: {failure}", handbook::style::ERROR, handbook::style::RESET);
            ExitCode::from(if matches!(failure, Failure::Usage(_)) { 2 } else { 3 })
        }
    }
}
