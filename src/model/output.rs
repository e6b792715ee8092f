//! What the site is made of.

use crate::model::name::OutputPath;

/// One file of the site, ready to be written or served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputFile {
    /// Where it goes, and its address.
    pub path: OutputPath,
    /// What is in it.
    pub bytes: Vec<u8>,
    /// When it is put in place, relative to the others.
    pub turn: Turn,
}

/// The order of writing: what is named by others comes before what names it, so that at every instant
/// of a build no page names a file that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turn {
    /// Of the theme, and named by content hash: never overwritten, and kept for one more build when no page names it any
    /// more, since readers have pages open that do.
    Asset,
    /// Made of records, and named by content hash: gone with the build that no longer names it, so that nothing stays of
    /// a record that was taken back.
    Data,
    /// Names files of data: written when all of them are there.
    Directory,
    /// Pictures and other files that lie beside the records.
    File,
    /// Pages and feeds.
    Page,
}
