//! The words that a handbook uses in a sense of its own: from the record that the settings name, else from the one whose
//! file is called `glossary.md`.

use crate::config::Config;
use crate::markdown::{Document, Terms};
use crate::model::handbook::{Handbook, RecordIndex};

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

/// The record that defines words; of several, the one that is nearest to the root.
pub fn record(handbook: &Handbook, config: &Config) -> Option<RecordIndex> {
    let is_it = |path: &str, stem: &str| match &config.glossary {
        Some(chosen) => path == chosen,
        None => stem.eq_ignore_ascii_case("glossary"),
    };
    let candidates = (0..handbook.records.len()).filter(|index| {
        let path = handbook.records[*index].path();
        is_it(path.as_str(), path.stem())
    });
    candidates.min_by_key(|index| handbook.records[*index].path().as_str().matches('/').count())
}
