//! What parsing found, kept on disk between two runs: a file is parsed once for each of its versions.
//!
//! One file, `.handbook/parsed`: a heading with the hash of the settings and of the program, then entries, each with the hash
//! of its source and a checksum. New ones are added at the end. Whatever does not fit, a wrong byte or a cut end, is not
//! taken, so the file can be lost, damaged or half written, and costs time only. [`Built`] keeps what a whole build came to,
//! [`Answers`] what a search tells.
//! The one home of postcard.

mod answers;
mod built;

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::diagnostic::{Diagnostic, Place, RULES, Severity};
use crate::disk;
use crate::model::record::Record;
use crate::model::source::{ContentHash, SourceFile};
use crate::parse::Parsed;

pub use answers::{Answers, Cards};
pub use built::{Built, Finished, Ingredients, Reusable};

/// The name of the file; another form of entries gets another name.
const NAME: &str = "parsed-1";
/// Bytes of the heading: the hash of what all entries depend on.
const HEADING_BYTES: usize = 16;
/// Bytes before the content of an entry: the hash of its source, a checksum, the length of its content.
const ENTRY_BYTES: usize = 16 + 8 + 4;
/// Entries that are held in memory while they are written.
const ENTRIES_AT_ONCE: usize = 256;

/// The entries that an earlier run kept.
#[derive(Default)]
pub struct ParsedCache {
    bytes: Vec<u8>,
    entries: HashMap<ContentHash, Range<usize>>,
    /// Whether the file ends with something that is no entry, so that what is added there would not be found.
    is_cut: bool,
}

/// What is kept of a finding.
type KeptDiagnostic = (String, Severity, String, Option<Place>, String, Option<String>);

#[derive(Deserialize)]
struct Kept {
    record: Record,
    diagnostics: Vec<KeptDiagnostic>,
}

#[derive(Serialize)]
struct ToKeep<'a> {
    record: &'a Record,
    diagnostics: Vec<KeptDiagnostic>,
}

impl ParsedCache {
    /// Reads what was kept in `folder` under the same `settings`.
    pub fn open(folder: &Path, settings: ContentHash) -> Self {
        let bytes = fs::read(folder.join(NAME)).unwrap_or_default();
        if bytes.get(..HEADING_BYTES) != Some(settings.0.as_slice()) {
            return Self::default();
        }
        let mut entries = HashMap::new();
        let mut at = HEADING_BYTES;
        while let Some((hash, content)) = entry(&bytes, at) {
            at = content.end;
            entries.insert(hash, content);
        }
        Self { is_cut: at < bytes.len(), bytes, entries }
    }

    /// What a version of a file that may be no more was parsed to; its source is not known.
    pub fn earlier(&self, version: ContentHash) -> Option<Record> {
        Some(self.kept(version)?.record)
    }

    fn kept(&self, version: ContentHash) -> Option<Kept> {
        let content = self.entries.get(&version)?;
        if checksum(&self.bytes[content.clone()]) != self.bytes[content.start - 12..content.start - 4] {
            return None;
        }
        postcard::from_bytes(&self.bytes[content.clone()]).ok()
    }

    /// What `source` was parsed to.
    pub fn get(&self, source: &Arc<SourceFile>) -> Option<Parsed> {
        let mut kept = self.kept(source.hash)?;
        kept.record.source = source.clone();
        let diagnostics = kept.diagnostics.into_iter().map(diagnostic).collect::<Option<_>>()?;
        Some(Parsed { record: Arc::new(kept.record), diagnostics })
    }

    /// Keeps what `all` sources were parsed to in `folder`, for a run under the same `settings`. Entries of which none of
    /// them has need go when they are more than the others. A cache that can not be written is written by the next run, or
    /// never.
    pub fn keep(&self, folder: &Path, settings: ContentHash, all: &[(ContentHash, &Parsed)]) {
        let missing: Vec<_> = all.iter().filter(|(hash, _)| !self.entries.contains_key(hash)).copied().collect();
        let n_live = all.len() - missing.len();
        let is_outworn = self.entries.len() > 2 * n_live + 100;
        if self.bytes.is_empty() || self.is_cut || is_outworn {
            let _ = write(folder, settings, all);
        } else if !missing.is_empty() {
            let _ = add(folder, settings, &missing);
        }
    }
}

/// Adds entries to the file in `folder`, if it is there, was written under `settings`, and nobody else adds to it.
pub fn add(folder: &Path, settings: ContentHash, new: &[(ContentHash, &Parsed)]) -> io::Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let mut file = disk::open_to_append(&folder.join(NAME))?;
    let mut heading = [0; HEADING_BYTES];
    if file.try_lock().is_ok() && file.read_exact(&mut heading).is_ok() && heading == settings.0 {
        append(&mut file, new)?;
    }
    Ok(())
}

/// Writes the file anew, beside the old one, which is there until the new one is whole.
fn write(folder: &Path, settings: ContentHash, all: &[(ContentHash, &Parsed)]) -> io::Result<()> {
    // One name for all: what a run that was killed left behind is taken away by the next.
    let unfinished: PathBuf = folder.join(format!("{NAME}.unfinished"));
    // A cache that a crash leaves half written is told by its checksums: nobody has to wait for the disk.
    disk::write(&unfinished, &settings.0)?;
    append(&mut disk::open_to_append(&unfinished)?, all)?;
    disk::rename(&unfinished, &folder.join(NAME))
}

/// The entry at `at`: the hash of its source, and where its content is.
fn entry(bytes: &[u8], at: usize) -> Option<(ContentHash, Range<usize>)> {
    let head = bytes.get(at..at + ENTRY_BYTES)?;
    let hash = ContentHash(head[..16].try_into().ok()?);
    let length = u32::from_le_bytes(head[24..].try_into().ok()?) as usize;
    let content = at + ENTRY_BYTES..(at + ENTRY_BYTES).checked_add(length)?;
    (content.end <= bytes.len()).then_some((hash, content))
}

fn append(file: &mut File, new: &[(ContentHash, &Parsed)]) -> io::Result<()> {
    new.chunks(ENTRIES_AT_ONCE).try_for_each(|new| {
        let entries: Vec<Vec<u8>> = new.par_iter().filter_map(|(hash, parsed)| packed_entry(*hash, parsed)).collect();
        disk::append(file, &entries.concat())
    })
}

fn packed_entry(hash: ContentHash, parsed: &Parsed) -> Option<Vec<u8>> {
    let diagnostics = parsed.diagnostics.iter().cloned().map(kept).collect();
    let content = postcard::to_stdvec(&ToKeep { record: &parsed.record, diagnostics }).ok()?;
    let mut entry = Vec::with_capacity(ENTRY_BYTES + content.len());
    entry.extend(hash.0);
    entry.extend(checksum(&content));
    entry.extend(u32::try_from(content.len()).ok()?.to_le_bytes());
    entry.extend(content);
    Some(entry)
}

fn checksum(content: &[u8]) -> [u8; 8] {
    ContentHash::of(content).0[..8].try_into().expect("a hash has 16 bytes")
}

fn kept(diagnostic: Diagnostic) -> KeptDiagnostic {
    (diagnostic.rule.code.to_owned(), diagnostic.severity, diagnostic.path, diagnostic.place, diagnostic.message, diagnostic.hint)
}

fn diagnostic((code, severity, path, place, message, hint): KeptDiagnostic) -> Option<Diagnostic> {
    let rule = RULES.iter().find(|rule| rule.code == code)?;
    Some(Diagnostic { rule, severity, path, place, message, hint })
}
