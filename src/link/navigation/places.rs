//! Files that order what lies in their own folder: `.pages` (awesome-pages for MkDocs), `meta.json` (Fumadocs), `_meta.json`
//! (Nextra). They name files and folders beside them; `...` stands for all that they do not name.

use crate::link::path;
use crate::model::name::SourcePath;
use crate::yaml::{self, Node};

/// What one of them says about its folder.
#[derive(Debug, Default)]
pub struct Places {
    /// The folder's name.
    pub title: Option<String>,
    /// Paths of pages, with or without an ending, and of folders, in order, before all that is not named.
    pub first: Vec<Place>,
    /// The same, after all that is not named.
    pub last: Vec<Place>,
}

/// A page or a folder that is named.
#[derive(Debug)]
pub struct Place {
    /// Its path in the handbook.
    pub path: String,
    /// What it is called there.
    pub label: Option<String>,
}

/// Reads `text`, the file `path`.
pub fn read(path: &SourcePath, text: &str) -> Places {
    let mut places = Places::default();
    let (Some(root), _) = yaml::parse(text) else { return places };
    let mut reader = Reader { folder: path.folder(), places: &mut places, is_after_rest: false };
    if path.file_name() == "_meta.json" {
        for (key, value) in root.entries().unwrap_or_default() {
            let label = value.text().or_else(|| value.get("title")?.text());
            reader.name(key.text().unwrap_or_default(), label);
        }
        return places;
    }
    let list = ["nav", "arrange", "pages"].iter().find_map(|key| root.get(key));
    list.map(Node::members).unwrap_or_default().iter().for_each(|member| reader.member(member));
    // A `meta.json` without pages may be any file.
    places.title = root.get("title").and_then(Node::text).filter(|_| list.is_some() || path.file_name() == ".pages").map(str::to_owned);
    places
}

struct Reader<'a> {
    folder: &'a str,
    places: &'a mut Places,
    is_after_rest: bool,
}

impl Reader<'_> {
    /// An entry: a name, `Label: name`, or `Title: [...]` over several. The depth is bounded by that of the YAML that is read.
    fn member(&mut self, member: &Node) {
        if let Some(name) = member.text() {
            return self.name(name, None);
        }
        for (key, value) in member.entries().unwrap_or_default() {
            match value.text() {
                Some(name) => self.name(name, key.text()),
                None => value.members().iter().for_each(|member| self.member(member)),
            }
        }
    }

    fn name(&mut self, name: &str, label: Option<&str>) {
        // `... | guides/*.md`: the pattern says which of the rest, and what it does not fit is hidden there.
        if name.starts_with("...") && !name.starts_with(".../") && !name[3..].starts_with(char::is_alphanumeric) {
            self.is_after_rest = true;
            return;
        }
        // `...guides` of Fumadocs: what lies in that folder, as if it lay here.
        let name = name.trim_start_matches("...").trim_end_matches('/');
        let is_name = !name.is_empty() && !name.starts_with(['!', '[', '-', '*', '/']) && !name.contains("://");
        let Some(path) = path::join(self.folder, name).filter(|_| is_name) else { return };
        let place = Place { path, label: label.map(str::to_owned) };
        if self.is_after_rest { self.places.last.push(place) } else { self.places.first.push(place) }
    }
}
