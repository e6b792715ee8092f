//! An option that a record weighed, before it is a field.

use std::ops::Range;

/// An option, as it is written.
#[derive(Debug, Default)]
pub struct WrittenOption {
    /// Its name.
    pub title: String,
    /// Whether it was taken.
    pub is_chosen: bool,
    /// What speaks for it.
    pub pros: Vec<String>,
    /// What speaks against it.
    pub cons: Vec<String>,
    /// Why it was taken.
    pub why: Option<String>,
    /// Where it stands, in bytes of the source.
    pub span: Range<usize>,
}
