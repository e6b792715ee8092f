//! The lists on disk, between two runs.
//!
//! ```text
//! file = part part part
//! part = (16 bytes of hash) piece
//! ```
//!
//! The first part is what every search reads, the second what phrases and exclusions are looked up in, the third what an update
//! reads beside. A file that is damaged or half written is told by its hashes and not taken, so it can be lost, and costs time
//! only.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::disk;
use crate::index::lists::Lists;
use crate::index::stem::Language;
use crate::index::table::{Table, read_piece};
use crate::model::source::ContentHash;

/// Changes whenever what an earlier program kept can not be used.
const VERSION: &str = "lists-2";

/// How much is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// What every search reads.
    Words,
    /// Where words stand, too.
    Places,
    /// What an update reads, too.
    All,
}

/// The file in the folder `cache` that holds the lists of a handbook in a language.
pub fn file(cache: &Path, language: Language) -> PathBuf {
    cache.join(format!("{VERSION}-{}", language.file_name()))
}

/// The lists that were kept last, if they can be read.
pub fn read(cache: &Path, language: Language, extent: Extent) -> Option<Lists> {
    let mut file = File::open(file(cache, language)).ok()?;
    let mut lists = Lists::default();
    lists.read_words(&mut read_part(&mut file).ok()?.as_slice()).ok()?;
    if extent >= Extent::Places {
        lists.places = Table::read(&mut read_part(&mut file).ok()?.as_slice()).ok()?;
    }
    if extent >= Extent::All {
        lists.read_updated(&mut read_part(&mut file).ok()?.as_slice()).ok()?;
    }
    Some(lists)
}

/// Keeps lists. Those that can not be kept are made anew by the next run.
pub fn write(cache: &Path, language: Language, lists: &Lists) -> io::Result<()> {
    let file = file(cache, language);
    let unfinished = file.with_extension("unfinished");
    disk::write(&unfinished, &[])?;
    let mut end = disk::open_to_append(&unfinished)?;
    append_part(&mut end, |part| lists.write_words(part))?;
    append_part(&mut end, |part| lists.places.write(part))?;
    append_part(&mut end, |part| lists.write_updated(part))?;
    disk::rename(&unfinished, &file)
}

fn append_part(file: &mut File, write: impl Fn(&mut Vec<u8>) -> io::Result<()>) -> io::Result<()> {
    let mut part = Vec::new();
    write(&mut part)?;
    let head = [ContentHash::of(&part).0.as_slice(), &(part.len() as u64).to_le_bytes()].concat();
    disk::append(file, &head)?;
    disk::append(file, &part)
}

fn read_part(file: &mut File) -> io::Result<Vec<u8>> {
    let mut hash = [0; 16];
    file.read_exact(&mut hash)?;
    let part = read_piece(file)?;
    if ContentHash::of(&part).0 == hash { Ok(part) } else { Err(io::ErrorKind::InvalidData.into()) }
}
