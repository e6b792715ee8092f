//! Metadata in a YAML file beside the text: `kep.yaml`, `team.yaml`.

use crate::config::vocabulary::Vocabulary;
use crate::model::field::{Field, Value};
use crate::model::kind::{FieldType, fold_key};
use crate::model::reading::{Form, Origin, Unread};
use crate::model::source::SourceFile;
use crate::parse::fields;
use crate::parse::shape::builder::Builder;
use crate::parse::shape::entry::Entry;
use crate::parse::shape::value::is_structured;
use crate::yaml::{self, Node, NodeValue};

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

impl Builder<'_> {
    /// Lists of maps, such as the people of a team, and other values that entries of one line can not hold.
    pub fn beside(&mut self) {
        let Some(side_car) = &self.source.side_car else { return };
        let (root, _) = yaml::parse(&side_car.text);
        for (key, node) in root.as_ref().and_then(Node::entries).unwrap_or_default() {
            let Some(written) = key.text() else { continue };
            let in_other_words = || self.kind.field(self.config.vocabulary.key(written)?.0);
            let Some((name, declaration)) = self.kind.field(written).or_else(in_other_words) else { continue };
            if node.is_null() || !is_structured(&declaration.kind) || self.read.fields.contains_key(name) {
                continue;
            }
            let mut unknown = Vec::new();
            let node = as_declared(node, &declaration.kind, &self.config.vocabulary, &mut unknown);
            let Some(mut field) = fields::value(side_car, &node, name, &declaration.kind, self.config, self.diagnostics) else {
                continue;
            };
            let line = side_car.place(key.span.clone()).line;
            if !unknown.is_empty() {
                let (text, reason) = (format!("{written}: {}", unknown.join(", ")), format!("`{name}` has no such entries"));
                self.reading.unread.push(Unread { text, reason, span: 0..0 });
            }
            displaced(&mut field);
            self.read.fields.insert(name.to_owned(), field);
            let beside = Some((side_car.path.clone(), line));
            self.reading.origins.push(Origin { name: name.to_owned(), form: Form::SideCar, span: 0..0, beside });
        }
    }
}

/// `node` under the names that a list of maps declares: a text alone is the entry that has to be there, keys in other words
/// are called by their columns, and those that mean nothing here go to `unknown`.
fn as_declared(node: &Node, kind: &FieldType, vocabulary: &Vocabulary, unknown: &mut Vec<String>) -> Node {
    let FieldType::List(of) = kind else { return node.clone() };
    let FieldType::Map(declared) = &**of else { return node.clone() };
    let required = declared.iter().find(|(_, declaration)| declaration.required).map(|(name, _)| name);
    let scalar =
        |text: &str, node: &Node| Node { span: node.span.clone(), value: NodeValue::Scalar { text: text.to_owned(), plain: true } };
    let member = |member: &Node| {
        let entries = match (member.entries(), required) {
            (Some(entries), _) => entries,
            (None, Some(required)) => {
                let entry = (scalar(required, member), member.clone());
                return Node { span: member.span.clone(), value: NodeValue::Mapping(vec![entry]) };
            }
            (None, None) => return member.clone(),
        };
        let mut named: Vec<(Node, Node)> = Vec::new();
        for (key, value) in entries {
            let written = key.text().unwrap_or_default();
            let is_it = |name: &&String| fold_key(name) == fold_key(written) || vocabulary.column(written, name).is_some();
            match declared.keys().find(is_it) {
                Some(name) if named.iter().all(|(key, _)| key.text() != Some(name)) => named.push((scalar(name, key), value.clone())),
                Some(_) => {}
                None if unknown.iter().any(|known| known == written) => {}
                None => unknown.push(written.to_owned()),
            }
        }
        Node { span: member.span.clone(), value: NodeValue::Mapping(named) }
    };
    Node { span: node.span.clone(), value: NodeValue::Sequence(node.members().iter().map(member).collect()) }
}

/// Takes from `field`, and all in it, its places: they are not in the record's own file.
fn displaced(field: &mut Field) {
    field.span = 0..0;
    match &mut field.value {
        Value::List(entries) => entries.iter_mut().for_each(displaced),
        Value::Map(entries) => entries.iter_mut().for_each(|(_, entry)| displaced(entry)),
        _ => {}
    }
}
