//! Folders from elsewhere that are part of the handbook: other repositories' checkouts, packages of a monorepo. Each is
//! mounted under a name of its own, and says what holds for its records where they are silent.

use crate::config::reader::Reader;
use crate::diagnostic::{Diagnostic, Place, did_you_mean, nearest};
use crate::model::kind::Kind;
use crate::model::name::KindName;
use crate::yaml;

/// A folder that is mounted in the handbook.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it lies, relative to the folder of `handbook.yaml`.
    pub folder: String,
    /// Its path in the handbook, without `/` at its ends.
    pub at: String,
    /// What its records are, when neither they nor their folder say so.
    pub kind: Option<KindName>,
    /// The team that keeps those that name none.
    pub owner: Option<String>,
    /// Who may read those that do not say so: an index into the configured audiences.
    pub audience: Option<usize>,
    /// Where those stand that do not say so.
    pub status: Option<String>,
    /// Where the settings name it.
    pub place: Place,
}

/// Everything that a handbook is made of: its own content, and what is mounted in it.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The content folder's place, relative to that of `handbook.yaml`.
    content: Vec<String>,
    /// The others.
    pub mounted: Vec<Source>,
}

/// The keys of a source, for "did you mean".
const KEYS: [&str; 6] = ["folder", "at", "kind", "owner", "audience", "status"];

impl Sources {
    /// Reads `sources:`; `content` is the content folder's place.
    pub fn read(reader: &mut Reader<'_>, node: Option<&yaml::Node>, content: &str, audiences: &[String], kinds: &[Kind]) -> Self {
        let mut sources = Self { content: located(&[], content), mounted: Vec::new() };
        for entry in node.map(yaml::Node::members).unwrap_or_default() {
            let Some(source) = Source::read(reader, entry, audiences, kinds) else { continue };
            match sources.mounted.iter().find(|other| other.at.eq_ignore_ascii_case(&source.at)) {
                Some(other) => {
                    reader.complain(entry, format!("`{}` is mounted at `{}` already; name another place with `at`", other.folder, other.at))
                }
                None => sources.mounted.push(source),
            }
        }
        sources
    }

    /// The source, the innermost, in which the file at `path` of the handbook lies; none for the content of its own.
    pub fn of(&self, path: &str) -> Option<&Source> {
        let holds = |source: &&Source| path.strip_prefix(source.at.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        self.mounted.iter().filter(holds).max_by_key(|source| source.at.len())
    }

    /// Whether `path` lies in the same source as `folder`; what is in the handbook's own content lies there in any case.
    pub fn is_beside(&self, folder: &str, path: &str) -> bool {
        let at = |path: &str| self.of(path).map(|source| source.at.as_str());
        at(folder).is_none() || at(folder) == at(path)
    }

    /// The path in the handbook of the file that `target` means on disk, when it is written in a file of `folder` of the
    /// handbook: `../../payments/docs/a.md`, as it leads from one package of a monorepo to another.
    pub fn on_disk(&self, folder: &str, target: &str) -> Option<String> {
        let from = self.of(folder);
        let below = folder.strip_prefix(from.map_or("", |source| &source.at)).unwrap_or(folder);
        let root = from.map_or_else(|| self.content.clone(), |source| located(&[], &source.folder));
        let place = located(&located(&root, below.trim_start_matches('/')), target);
        let roots = self.mounted.iter().map(|source| (located(&[], &source.folder), source.at.as_str()));
        let (root, at) =
            roots.chain([(self.content.clone(), "")]).filter(|(root, _)| place.starts_with(root)).max_by_key(|(root, _)| root.len())?;
        let rest = &place[root.len()..];
        let is_within = !rest.iter().any(|part| part == "..");
        let parts: Vec<&str> = [at].into_iter().filter(|at| !at.is_empty()).chain(rest.iter().map(String::as_str)).collect();
        is_within.then(|| parts.join("/"))
    }
}

impl Source {
    fn read(reader: &mut Reader<'_>, node: &yaml::Node, audiences: &[String], kinds: &[Kind]) -> Option<Self> {
        let (mut folder, mut at, mut source) = (
            None,
            None,
            Self {
                folder: String::new(),
                at: String::new(),
                kind: None,
                owner: None,
                audience: None,
                status: None,
                place: reader.finding(node, String::new()).place?,
            },
        );
        for (key, value) in reader.mapping(node, "sources")? {
            let text = |reader: &mut Reader<'_>, name: &str| reader.text(value, name).map(str::to_owned);
            match key.text().unwrap_or_default() {
                "folder" => folder = text(reader, "folder"),
                "at" => at = text(reader, "at"),
                "owner" => source.owner = text(reader, "owner"),
                "status" => source.status = text(reader, "status").and_then(|word| status(reader, value, word, kinds)),
                "kind" => source.kind = text(reader, "kind").and_then(|word| kind(reader, value, &word, kinds)),
                // A misspelt audience is the narrowest, so that nothing is shown to too many.
                "audience" => {
                    let narrowest = audiences.len() - 1;
                    source.audience =
                        Some(text(reader, "audience").and_then(|word| audience(reader, value, &word, audiences)).unwrap_or(narrowest));
                }
                name => {
                    let unknown = reader.finding(key, format!("a source has no key `{name}`"));
                    reader.diagnostics.push(Diagnostic { hint: did_you_mean(&nearest(name, KEYS, 1)), ..unknown });
                }
            }
        }
        let Some(folder) = folder.filter(|folder| !folder.trim().is_empty()) else {
            reader.complain(node, "a source needs its `folder`".to_owned());
            return None;
        };
        let last = || located(&[], &folder).pop().filter(|part| part != "..").unwrap_or_default();
        let at = at.unwrap_or_else(last).replace('\\', "/");
        let parts: Vec<&str> = at.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        if parts.is_empty() || parts.iter().any(|part| part.starts_with('.')) {
            reader.complain(node, format!("`{at}` is no place in the handbook; name one with `at`, such as `payments`"));
            return None;
        }
        Some(Self { at: parts.join("/"), folder, ..source })
    }
}

fn kind(reader: &mut Reader<'_>, node: &yaml::Node, word: &str, kinds: &[Kind]) -> Option<KindName> {
    let found = kinds.iter().find(|kind| kind.name.as_str().eq_ignore_ascii_case(word) || kind.plural.eq_ignore_ascii_case(word));
    if found.is_none() {
        let unknown = reader.finding(node, format!("no kind is called `{word}`"));
        let hint = did_you_mean(&nearest(word, kinds.iter().map(|kind| kind.name.as_str()), 1));
        reader.diagnostics.push(Diagnostic { hint, ..unknown });
    }
    found.map(|kind| kind.name.clone())
}

fn status(reader: &mut Reader<'_>, node: &yaml::Node, word: String, kinds: &[Kind]) -> Option<String> {
    let is_known = kinds.iter().any(|kind| kind.status(&word).is_some());
    if !is_known {
        let names = kinds.iter().flat_map(|kind| &kind.statuses).map(|status| status.name.as_str());
        let unknown = reader.finding(node, format!("no kind has a status `{word}`"));
        reader.diagnostics.push(Diagnostic { hint: did_you_mean(&nearest(&word, names, 1)), ..unknown });
    }
    is_known.then_some(word)
}

fn audience(reader: &mut Reader<'_>, node: &yaml::Node, word: &str, audiences: &[String]) -> Option<usize> {
    let found = audiences.iter().position(|audience| audience == word);
    if found.is_none() {
        reader.complain(node, format!("`{word}` is none of the audiences {}", audiences.join(", ")));
    }
    found
}

/// The parts of the path `target` as seen from `base`, without `.` and with `..` only where it leads out above the start.
fn located(base: &[String], target: &str) -> Vec<String> {
    let is_absolute = target.starts_with('/') && base.is_empty();
    let mut parts: Vec<String> = if is_absolute { vec!["/".to_owned()] } else { base.to_vec() };
    for part in target.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| last != "..") => {
                parts.pop();
            }
            part => parts.push(part.to_owned()),
        }
    }
    parts
}
