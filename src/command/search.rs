//! `handbook search`.

use crate::cli::SearchArguments;
use crate::command::{Failure, Outcome};

/// Searches.
pub fn run(_arguments: &SearchArguments) -> Result<Outcome, Failure> {
    Err(Failure::Usage("not there yet".to_owned()))
}
