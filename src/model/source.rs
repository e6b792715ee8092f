//! What `load` read from disk.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::diagnostic::{Diagnostic, Place, Rule};
use crate::model::name::{KindName, SourcePath};

/// Hash of some bytes (BLAKE3, the first 16 bytes): equal hashes mean equal content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentHash(pub [u8; 16]);

impl ContentHash {
    /// Hash of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self::of_parts([bytes])
    }

    /// Hash of several parts, each closed off by its length, so that no two lists share a hash by chance of their borders.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(part);
            hasher.update(&(part.len() as u64).to_le_bytes());
        }
        let mut hash = [0; 16];
        hash.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self(hash)
    }

    /// The hash that [`ContentHash::hex`] wrote.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut hash = [0; 16];
        let is_hex = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if !is_hex {
            return None;
        }
        for (index, byte) in hash.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[index * 2..index * 2 + 2], 16).ok()?;
        }
        Some(Self(hash))
    }

    /// Its first 8 bytes, for where there are no enemies.
    pub fn short(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }

    /// The hash in hexadecimal, 32 characters.
    pub fn hex(&self) -> String {
        format!("{:032x}", u128::from_be_bytes(self.0))
    }
}

/// A passage of a file that is read as a file of its own.
#[derive(Clone, Debug)]
pub struct Part {
    /// The whole file.
    pub whole: Arc<SourceFile>,
    /// Where its text begins in that of the whole, in bytes.
    pub start: usize,
    /// What it is: a record of this kind, or the page that is left of the file.
    pub kind: Option<KindName>,
}

/// Bytes of a line that an excerpt shows on each side of a place.
const EXCERPT_BYTES: usize = 400;

/// One Markdown file as it was read: text in UTF-8, lines ended by `\n`, no byte-order mark, no NUL.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Where it lies.
    pub path: SourcePath,
    /// Its text.
    pub text: String,
    /// Hash of its path, its text and the text of what it includes.
    pub hash: ContentHash,
    /// Texts of the files that it includes, directly or through others, by their path.
    pub includes: BTreeMap<SourcePath, Arc<str>>,
    /// A YAML file beside it that holds what others write in front matter.
    pub side_car: Option<Arc<SourceFile>>,
    /// What was wrong with the file itself: its encoding, its includes.
    pub diagnostics: Vec<Diagnostic>,
    /// The file that it is a part of, where several records stand in one.
    pub part: Option<Part>,
    line_starts: OnceLock<Vec<usize>>,
}

impl SourceFile {
    /// A file without includes.
    pub fn new(path: SourcePath, text: String) -> Self {
        Self::with_includes(path, text, BTreeMap::new(), Vec::new())
    }

    /// A file with everything that `load` found out about it.
    pub fn with_includes(path: SourcePath, text: String, includes: BTreeMap<SourcePath, Arc<str>>, diagnostics: Vec<Diagnostic>) -> Self {
        let parts = [path.as_str().as_bytes(), text.as_bytes()].into_iter();
        let included = includes.iter().flat_map(|(path, text)| [path.as_str().as_bytes(), text.as_bytes()]);
        let hash = ContentHash::of_parts(parts.chain(included));
        Self { path, text, hash, includes, side_car: None, diagnostics, part: None, line_starts: OnceLock::new() }
    }

    /// A file of which nothing is known.
    pub fn absent() -> Arc<Self> {
        Arc::new(Self::new(SourcePath::new(""), String::new()))
    }

    /// The same file with a YAML file beside it.
    pub fn beside(mut self, side_car: Arc<SourceFile>) -> Self {
        self.hash = ContentHash::of_parts([self.hash.0.as_slice(), side_car.hash.0.as_slice()]);
        self.side_car = Some(side_car);
        self
    }

    /// The passage of `whole` that begins at byte `start` and has `text`, as the file at `path`.
    pub fn part_of(whole: Arc<SourceFile>, start: usize, path: SourcePath, text: String, kind: Option<KindName>) -> Self {
        let mut part =
            Self::with_includes(path, text, whole.includes.clone(), if kind.is_none() { whole.diagnostics.clone() } else { Vec::new() });
        // Where it stands in the file, and in which line, is part of what is found in it.
        part.hash = ContentHash::of_parts([part.hash.0.as_slice(), whole.hash.0.as_slice(), &start.to_le_bytes()]);
        part.part = Some(Part { whole, start, kind });
        part
    }

    /// Where it lies on disk: its own path, or that of the file that it is a part of.
    pub fn file(&self) -> &SourcePath {
        &self.whole().path
    }

    /// The file as it lies on disk, and where in its text this one begins, in bytes.
    pub fn in_file(&self) -> (&Self, usize) {
        self.part.as_ref().map_or((self, 0), |part| (&part.whole, part.start))
    }

    /// The file as it lies on disk.
    pub fn whole(&self) -> &Self {
        self.in_file().0
    }

    /// Whether the record stands in a file together with others, among which it is one of several.
    pub fn is_in_file_of_others(&self) -> bool {
        *self.file() != self.path
    }

    /// The same file with another text, and with other texts of what it includes.
    pub fn changed(&self, text: String, includes: BTreeMap<SourcePath, Arc<str>>) -> Self {
        let changed = Self::with_includes(self.path.clone(), text, includes, self.diagnostics.clone());
        match (&self.side_car, &self.part) {
            (Some(side_car), _) => changed.beside(side_car.clone()),
            // Nothing of what was taken out may be shown, and lines keep their numbers.
            (None, Some(part)) => {
                let above = "\n".repeat(part.whole.text[..part.start].matches('\n').count());
                let whole = Self::new(part.whole.path.clone(), format!("{above}{}", changed.text));
                Self::part_of(Arc::new(whole), above.len(), changed.path, changed.text, part.kind.clone())
            }
            (None, None) => changed,
        }
    }

    /// Where `range` (bytes of the text) is, for people: line and column from 1, columns in characters, and the line.
    pub fn place(&self, range: Range<usize>) -> Place {
        if let Some(Part { whole, start, .. }) = &self.part {
            return whole.place(range.start + start..range.end + start);
        }
        let starts = self.line_starts.get_or_init(|| line_starts(&self.text));
        let start = floor_char_boundary(&self.text, range.start);
        let end = floor_char_boundary(&self.text, range.end.max(start));
        let line = starts.partition_point(|&line_start| line_start <= start) - 1;
        let line_end = starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let shown_start = ceil_char_boundary(&self.text, starts[line].max(start.saturating_sub(EXCERPT_BYTES)));
        let shown_end = floor_char_boundary(&self.text, line_end.min(start + EXCERPT_BYTES));
        let column_of = |at: usize| self.text[starts[line]..at].chars().count() as u32 + 1;
        Place {
            line: line as u32 + 1,
            column: column_of(start),
            length: self.text[start..end.min(shown_end).max(start)].chars().count().max(1) as u32,
            excerpt: self.text[shown_start..shown_end].into(),
            excerpt_column: column_of(shown_start),
        }
    }

    /// A finding of `rule` at `range` of this file.
    pub fn finding(&self, rule: &'static Rule, range: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(rule, self.file().as_str(), message).at(self.place(range))
    }
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(index, _)| index + 1)).collect()
}

fn ceil_char_boundary(text: &str, index: usize) -> usize {
    (index..=text.len()).find(|&index| text.is_char_boundary(index)).unwrap_or(text.len())
}

fn floor_char_boundary(text: &str, index: usize) -> usize {
    let index = index.min(text.len());
    (0..=index).rev().find(|&index| text.is_char_boundary(index)).unwrap_or(0)
}
