//! The commands: each takes its arguments, calls the library, and prints.

mod ask;
mod build;
mod change;
mod changes;
mod check;
mod confirm;
mod diff;
mod exam;
mod formats;
mod import;
mod init;
mod list;
mod lsp;
mod new;
mod relate;
mod renumber;
mod report;
pub mod rules;
mod schema;
mod search;
mod serve;
mod show;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::{Command, OccasionArguments, Place};
use crate::config::Config;
use crate::link::audience::Scope;
use crate::load::{LoadError, Project};
use crate::pipeline::{Assembled, BuildError, Memo, Occasion, assemble};
use crate::write::WriteError;

/// How a command ended, when nothing kept it from ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Exit status 0.
    Fine,
    /// Exit status 1: there are findings.
    Findings,
}

/// What kept a command from ending.
#[derive(Debug)]
pub enum Failure {
    /// Exit status 2: the command can not mean what it says.
    Usage(String),
    /// Exit status 3: the system refused.
    System(String),
    /// The reader of the output went away, as `head` does. Nothing is wrong.
    OutputClosed,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(message) | Self::System(message) => f.write_str(message),
            Self::OutputClosed => f.write_str("the output was closed"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::OutputClosed } else { Self::System(error.to_string()) }
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Io(..) => Self::System(error.to_string()),
            LoadError::NoFolder(_) | LoadError::Config(_) => Self::Usage(error.to_string()),
        }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Io(..) => Self::System(error.to_string()),
            WriteError::Refused(..) => Self::Usage(error.to_string()),
        }
    }
}

impl From<BuildError> for Failure {
    fn from(error: BuildError) -> Self {
        match error {
            BuildError::Load(error) => error.into(),
            BuildError::Write(error) => error.into(),
            BuildError::Theme(error) => Self::Usage(error.to_string()),
            BuildError::Index(_) => Self::System(error.to_string()),
        }
    }
}

/// Does what `command` says.
pub fn run(command: Command) -> Result<Outcome, Failure> {
    match command {
        Command::Init(arguments) => init::run(&arguments),
        Command::New(arguments) => new::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Build(arguments) => build::run(&arguments),
        Command::Search(arguments) => search::run(&arguments),
        Command::List(arguments) => list::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Changes(arguments) => changes::run(&arguments),
        Command::Supersede(arguments) => relate::run(&arguments, relate::Relationship::Supersedes),
        Command::Amend(arguments) => relate::run(&arguments, relate::Relationship::Amends),
        Command::Confirm(arguments) => confirm::run(&arguments),
        Command::Renumber(arguments) => renumber::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Schema(arguments) => schema::run(&arguments),
        Command::Lsp(arguments) => lsp::run(&arguments),
    }
}

/// The folder that a command was given: by name, else by `--dir`.
fn folder<'a>(named: Option<&'a PathBuf>, place: &'a Place) -> &'a Path {
    named.map_or(&place.dir, PathBuf::as_path)
}

/// For whom and for when: `--today`, else `SOURCE_DATE_EPOCH` (reproducible-builds.org), else the day it is.
fn occasion(arguments: &OccasionArguments, config: &Config) -> Result<Occasion, Failure> {
    use crate::calendar::Date;
    let epoch = std::env::var("SOURCE_DATE_EPOCH").ok();
    let of_epoch = match epoch.as_deref().map(|text| text.trim().parse().ok().and_then(Date::from_timestamp)) {
        Some(None) => return Err(Failure::Usage("SOURCE_DATE_EPOCH should be seconds since 1970".to_owned())),
        Some(date) => date,
        None => None,
    };
    let audience = match &arguments.audience {
        None => None,
        Some(name) => Some(
            config
                .audience(name)
                .ok_or_else(|| Failure::Usage(format!("no audience is called `{name}`; audiences are {}", config.audiences.join(", "))))?,
        ),
    };
    let today = arguments.today.or(of_epoch).unwrap_or_else(Date::today);
    Ok(Occasion { today, scope: Scope { audience, drafts: arguments.drafts } })
}

/// Reads and links the handbook in `dir`, for the commands that only look at it.
fn open(dir: &Path, arguments: &OccasionArguments) -> Result<(Assembled, Occasion), Failure> {
    let project = Project::open(dir)?;
    let input = project.load(&[dir.join("public")])?;
    let occasion = occasion(arguments, &input.config)?;
    let assembled = assemble(input, &mut Memo::of(&project), occasion.scope);
    Ok((assembled, occasion))
}
