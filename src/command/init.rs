//! `handbook init`.

use std::io::{self, Write};
use std::path::Path;

use crate::calendar::Date;
use crate::cli::InitArguments;
use crate::command::{Failure, Outcome};
use crate::disk;
use crate::load::CONFIG_FILE;

/// Starts a handbook: settings, a front page, a first decision and a first principle. Files that are there stay as they are.
pub fn run(arguments: &InitArguments) -> Result<Outcome, Failure> {
    let dir = &arguments.dir;
    disk::make_folders(dir).map_err(|error| Failure::System(format!("{}: {error}", dir.display())))?;
    let name = dir.canonicalize()?.file_name().map_or_else(|| "Handbook".to_owned(), |name| name.to_string_lossy().into_owned());
    let today = Date::today().iso();
    let files = [
        (CONFIG_FILE, include_str!("init/handbook.yaml").to_owned()),
        ("README.md", include_str!("init/README.md").to_owned()),
        ("decisions/0001-keep-a-decision-log.md", include_str!("init/decision.md").to_owned()),
        ("principles/write-it-down.md", include_str!("init/principle.md").to_owned()),
    ];
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    for (path, text) in files {
        let text = text.replace("TODAY", &today).replace("NAME", &quoted(&name));
        match create(&dir.join(path), &text) {
            Ok(()) => writeln!(out, "wrote {path}")?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => writeln!(out, "kept  {path}, which was there")?,
            Err(error) => return Err(Failure::System(format!("{path}: {error}"))),
        }
    }
    let dir = if dir == Path::new(".") { String::new() } else { format!(" {}", dir.display()) };
    writeln!(out, "\nhandbook serve{dir} --open    shows it, and follows what you write")?;
    Ok(Outcome::Fine)
}

/// Writes a new file; one that is there is an error.
pub fn create(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        disk::make_folders(folder)?;
    }
    disk::create(path, text.as_bytes())
}

/// `text` as a YAML value: plain where it can be, else in double quotes, which YAML reads as JSON does.
pub fn quoted(text: &str) -> String {
    let is_plain = !text.is_empty()
        && text.starts_with(|c: char| c.is_alphabetic())
        && text.trim() == text
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | ',' | '/' | '(' | ')' | '\''))
        && !matches!(text.to_lowercase().as_str(), "null" | "true" | "false" | "yes" | "no");
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}
