//! Files beside the records: which of them become part of the site.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use crate::diagnostic::{self, Diagnostic};
use crate::model::name::{OutputPath, SourcePath};
use crate::parse::address_part;

/// A file that is no record.
#[derive(Clone, Debug)]
pub struct FileBeside {
    /// Where it lies on disk.
    pub file: PathBuf,
    /// Why it is not published.
    pub refused: Option<&'static str>,
}

/// Endings of files that are shown or handed to a reader. What a browser would run as a page of the site is not among them.
const ENDINGS: [&str; 46] = [
    "png",
    "jpg",
    "jpeg",
    "gif",
    "webp",
    "avif",
    "svg",
    "ico",
    "bmp",
    "pdf",
    "txt",
    "csv",
    "tsv",
    "json",
    "yaml",
    "yml",
    "toml",
    "ini",
    "log",
    "zip",
    "gz",
    "tgz",
    "mp4",
    "webm",
    "mov",
    "mp3",
    "ogg",
    "wav",
    "drawio",
    "excalidraw",
    "puml",
    "plantuml",
    "dot",
    "mmd",
    "odt",
    "ods",
    "odp",
    "doc",
    "docx",
    "xls",
    "xlsx",
    "ppt",
    "pptx",
    "ics",
    "sql",
    "tf",
];

/// Whether a file of this name may be published.
pub fn is_published(path: &SourcePath) -> bool {
    let ending = path.file_name().rsplit_once('.').map_or("", |(_, ending)| ending);
    ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending))
}

/// Whether a browser shows the file within a page.
pub fn is_picture(output: &OutputPath) -> bool {
    let ending = output.as_str().rsplit_once('.').map_or("", |(_, ending)| ending);
    ["png", "jpg", "jpeg", "gif", "webp", "avif", "svg", "ico", "bmp"].iter().any(|known| known.eq_ignore_ascii_case(ending))
}

/// Why a drawing is not published: one that is opened by itself can run script in the site's name.
pub fn refusal_of_svg(bytes: &[u8]) -> Option<&'static str> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Some("this drawing is not in UTF-8") };
    let text = text.to_lowercase();
    // `onload=`, and `onload` with its sign a space away; words of a text that begin so are told from them by the `<`.
    let is_handler =
        |word: &str| word.starts_with("on") && word.len() > 4 && word.chars().take_while(|c| *c != '=').all(char::is_alphabetic);
    let has_handler = text.split('<').filter_map(|rest| rest.split('>').next()).any(|tag| tag.split_whitespace().skip(1).any(is_handler));
    // Character references can spell any of these words, so none are let through.
    let is_active =
        ["<script", ":script", "javascript", "foreignobject", "<!entity", "<?xml-stylesheet", "&#"].iter().any(|word| text.contains(word));
    (is_active || has_handler).then_some("this drawing holds script, or what could be")
}

/// Where files go that did not get the address of their own name.
#[derive(Debug, Default)]
pub struct Places {
    /// The address that each of them got, and who has the one that it wanted.
    moved: HashMap<SourcePath, (OutputPath, String)>,
}

/// Gives files their addresses: beside their neighbours, as they are. Where two want the same one (`a b.png` and
/// `a-b.png`), the first by path has it, and the other gets a number behind its name.
pub fn places(files: &BTreeMap<SourcePath, FileBeside>) -> Places {
    let mut taken: HashMap<String, String> = HashMap::from([("robots.txt".to_owned(), "a file of the site's own has it".to_owned())]);
    let mut places = Places::default();
    for path in files.keys().filter(|path| is_published(path)) {
        let wanted = wanted(path);
        let key = wanted.as_str().to_lowercase();
        if let Some(holder) = taken.get(&key) {
            let (stem, ending) = wanted.as_str().rsplit_once('.').unwrap_or((wanted.as_str(), ""));
            let numbered = (2..).map(|number| format!("{stem}-{number}.{ending}"));
            let free =
                numbered.into_iter().find(|path| !taken.contains_key(&path.to_lowercase())).expect("there are more numbers than files");
            places.moved.insert(path.clone(), (OutputPath::new(&free), holder.clone()));
            taken.insert(free.to_lowercase(), format!("`{path}` has it"));
        } else {
            taken.insert(key, format!("`{path}` has it"));
        }
    }
    places
}

impl Places {
    /// Where the file `path` goes.
    pub fn output(&self, path: &SourcePath) -> OutputPath {
        self.moved.get(path).map_or_else(|| wanted(path), |(output, _)| output.clone())
    }

    /// What there is to say about the place of the file `path`.
    pub fn finding(&self, path: &SourcePath) -> Option<Diagnostic> {
        let (output, holder) = self.moved.get(path)?;
        let message = format!("the address `{}` is taken: {holder}; this file is at `{output}`", wanted(path));
        Some(Diagnostic::new(&diagnostic::DUPLICATE_URL, path.as_str(), message).hint("rename the file"))
    }
}

fn wanted(path: &SourcePath) -> OutputPath {
    let parts: Vec<String> = path.as_str().split('/').map(address_part).collect();
    OutputPath::new(parts.join("/"))
}
