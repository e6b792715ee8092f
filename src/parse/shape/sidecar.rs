//! Metadata in a YAML file beside the text: `kep.yaml`.

use crate::config::vocabulary::Vocabulary;
use crate::model::reading::Form;
use crate::model::source::SourceFile;
use crate::parse::shape::entry::Entry;
use crate::yaml::{self, Node};

/// The entries of the side-car of `source`; their places are those of the side-car.
pub fn entries(source: &SourceFile, vocabulary: &Vocabulary) -> Vec<Entry> {
    let Some(side_car) = &source.side_car else { return Vec::new() };
    let (root, _) = yaml::parse(&side_car.text);
    let entry = |(key, value): &(Node, Node)| {
        let key = key.text()?;
        let values: Vec<&str> = value.members().iter().filter_map(Node::text).collect();
        Some(Entry {
            key: key.to_owned(),
            name: vocabulary.key(key).map(|(name, rank)| (name.to_owned(), rank)),
            value: values.join("\n"),
            span: value.span.clone(),
            whole: 0..0,
            frame: 0..0,
            form: Form::SideCar,
            block: usize::MAX,
        })
    };
    root.as_ref().and_then(Node::entries).unwrap_or_default().iter().filter_map(entry).collect()
}
