//! `handbook init`.

use std::io::{self, Write};
use std::path::Path;

use crate::calendar::Date;
use crate::cli::InitArguments;
use crate::command::{Failure, Outcome, ask};
use crate::disk;
use crate::git;
use crate::load::CONFIG_FILE;
use crate::model::name::SourcePath;
use crate::parse::number_of_file;
use crate::slug;

/// Starts a handbook: settings, a front page, a first decision and a first principle. Files that are there stay as they are.
pub fn run(arguments: &InitArguments) -> Result<Outcome, Failure> {
    let dir = &arguments.dir;
    disk::make_folders(dir).map_err(|error| Failure::System(format!("{}: {error}", dir.display())))?;
    let names = names(arguments)?;
    let today = Date::today().iso();
    let team = names.team.as_ref().map(|team| (slug::name(team), team)).filter(|(slug, _)| !slug.is_empty());
    let owner = team.as_ref().map_or_else(String::new, |(slug, _)| format!("owner: {}\n", quoted(slug)));
    let people = names.user.as_ref().map_or_else(String::new, |name| format!("people:\n  - {{name: {}}}\n", listed(name)));
    let mut files = vec![
        (CONFIG_FILE.to_owned(), include_str!("init/handbook.yaml"), &names.title),
        ("README.md".to_owned(), include_str!("init/README.md"), &names.title),
        ("decisions/0001-keep-a-decision-log.md".to_owned(), include_str!("init/decision.md"), &names.title),
        ("principles/write-it-down.md".to_owned(), include_str!("init/principle.md"), &names.title),
    ];
    files.extend(team.as_ref().map(|(slug, team)| (format!("teams/{slug}.md"), include_str!("init/team.md"), *team)));
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    for (path, text, name) in &files {
        // The name comes last: what it says is not looked through for other gaps.
        let text = text.replace("OWNER\n", &owner).replace("PEOPLE\n", &people).replace("TODAY", &today).replace("NAME", &quoted(name));
        if let Some(other) = in_the_way(dir, path) {
            writeln!(out, "kept  {other}, which stands for {path}")?;
            continue;
        }
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

/// What the first files tell.
struct Names {
    title: String,
    team: Option<String>,
    /// Who starts the handbook, as git knows them.
    user: Option<String>,
}

/// The names that `arguments` give, and the answers to what they leave out.
fn names(arguments: &InitArguments) -> Result<Names, Failure> {
    let of_folder =
        arguments.dir.canonicalize()?.file_name().map_or_else(|| "Handbook".to_owned(), |name| name.to_string_lossy().into_owned());
    let user = git::user_name(&arguments.dir);
    if arguments.yes || arguments.title.is_some() || arguments.team.is_some() || !ask::is_possible() {
        return Ok(Names { title: arguments.title.clone().unwrap_or(of_folder), team: arguments.team.clone(), user });
    }
    let mut questions = ask::on_terminal();
    let title = questions.text("What is the handbook called?", &of_folder, |_| Ok(()))?;
    let team = questions.text("Which team keeps its first records? Empty for none", "", |_| Ok(()))?;
    Ok(Names { title, team: Some(team).filter(|team| !team.is_empty()), user })
}

/// A record that would clash with a new one at `path`: another page of its folder, another record with its number.
fn in_the_way(dir: &Path, path: &str) -> Option<SourcePath> {
    let new = SourcePath::new(path);
    let names = std::fs::read_dir(dir.join(new.folder())).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let beside = names.map(|name| SourcePath::new(if new.folder().is_empty() { name } else { format!("{}/{name}", new.folder()) }));
    let mut clashing: Vec<SourcePath> = beside
        .filter(|other| *other != new && other.is_markdown() && new.is_markdown())
        .filter(|other| {
            other.is_index() && new.is_index() || number_of_file(&new).is_some() && number_of_file(other) == number_of_file(&new)
        })
        .collect();
    clashing.sort();
    clashing.into_iter().next()
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

/// `text` as an entry of a YAML list or map in brackets, where a comma ends an entry.
pub fn listed(text: &str) -> String {
    if text.contains(',') { serde_json::Value::from(text).to_string() } else { quoted(text) }
}
