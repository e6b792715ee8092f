//! The words that a handbook uses in a sense of its own: from the record that the settings name, else from the one whose
//! file is called `glossary.md`.

use crate::config::Config;
use crate::markdown::{Document, Terms};
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::name::SourcePath;

/// The glossary.
#[derive(Debug, Default)]
pub struct Glossary {
    /// The record that defines the words.
    pub record: Option<RecordIndex>,
    /// The words.
    pub terms: Terms,
}

/// The glossary of `handbook`; empty where there is none.
pub fn glossary(handbook: &Handbook, config: &Config) -> Glossary {
    let Some(index) = record(handbook, config) else { return Glossary::default() };
    let record = &handbook.records[index];
    let document = Document::parse(&record.source, record.body.clone(), record.markdown);
    Glossary { record: Some(index), terms: Terms::new(document.defined()) }
}

/// Whether the record at `path` defines words, unless another does.
pub fn may_be(path: &SourcePath, config: &Config) -> bool {
    match &config.glossary {
        Some(chosen) => path.as_str() == chosen,
        None => path.stem().eq_ignore_ascii_case("glossary"),
    }
}

/// The record that defines words; of several, the one that is nearest to the root.
pub fn record(handbook: &Handbook, config: &Config) -> Option<RecordIndex> {
    let candidates = (0..handbook.records.len()).filter(|index| may_be(handbook.records[*index].path(), config));
    candidates.min_by_key(|index| handbook.records[*index].path().as_str().matches('/').count())
}
