//! Typed relations between records, seen from both ends, and the records that fields name.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::{self, Diagnostic, did_you_mean};
use crate::link::resolve::{Resolved, Resolver};
use crate::model::field::{Field, Value};
use crate::model::handbook::{RecordIndex, Relation, Unresolved};
use crate::model::kind::{FieldDeclaration, FieldType, RelationType};
use crate::model::name::KindName;
use crate::model::record::{Record, WrittenRelation};
use crate::scheme::{self, Scheme};

/// References without a target for which the nearest names are looked up; it takes a look at every record.
const SUGGESTIONS_MAX: usize = 100;

/// All relations.
#[derive(Debug)]
pub struct Relations {
    /// Of each record, each seen from its side.
    pub by_record: Vec<Vec<Relation>>,
    /// Of each record, what its relations name that is no record.
    pub unresolved: Vec<Vec<Unresolved>>,
    /// Which record replaces which: newer, older, and where that is written.
    pub supersedes: Vec<Supersession>,
}

/// One record replaces another.
#[derive(Clone, Debug)]
pub struct Supersession {
    /// The record that holds now.
    pub newer: RecordIndex,
    /// The record that it replaces.
    pub older: RecordIndex,
    /// The record in which it is written, and where.
    pub written: (RecordIndex, Range<usize>),
}

/// Resolves the relations that `records` write.
pub fn relations(
    records: &[Arc<Record>],
    resolver: &Resolver<'_>,
    drafts: &Resolver<'_>,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Relations {
    let mut found =
        Relations { by_record: vec![Vec::new(); records.len()], unresolved: vec![Vec::new(); records.len()], supersedes: Vec::new() };
    let mut complaints = Complaints { resolver, drafts, records, diagnostics, n_suggestions: 0 };
    for (from, record) in records.iter().enumerate() {
        for written in &record.relations {
            let Some((relation, is_inverse)) = relation_type(config, record, &written.name) else { continue };
            let kinds = kinds_of(config, relation, is_inverse);
            let Some(target) = complaints.resolve(record, written, &kinds) else {
                // A phrase is left where it stands in the text; what replaces a record is told by its status, which is not.
                let is_told = !written.is_phrase || relation.supersedes;
                if is_told && drafts.reference(record, &written.target, &kinds) == Resolved::None {
                    let label = if is_inverse { &relation.inverse_label } else { &relation.label };
                    found.unresolved[from].push(unresolved(written, label));
                }
                continue;
            };
            let (subject, object) = if is_inverse { (target, from) } else { (from, target) };
            found.add(relation, subject, object);
            if relation.supersedes {
                found.supersedes.push(Supersession { newer: subject, older: object, written: (from, written.span.clone()) });
            }
        }
    }
    for relations in &mut found.by_record {
        // Records stay in the order in which an author names them.
        let mut seen = HashSet::new();
        relations.retain(|relation| seen.insert((relation.name.clone(), relation.target)));
        relations.sort_by(|a, b| a.name.cmp(&b.name));
    }
    found
}

/// What `written` names, without the marks of a link.
fn unresolved(written: &WrittenRelation, label: &str) -> Unresolved {
    let linked = written.target.strip_prefix('[').and_then(|target| target.strip_suffix(')')).and_then(|target| target.rsplit_once("]("));
    let (text, address) = linked.map_or((written.target.as_str(), None), |(text, address)| (text, Some(address)));
    let is_elsewhere = |address: &&str| address.contains("://") && scheme::of(address) == Scheme::Followed;
    let address = address.or(Some(text)).filter(is_elsewhere).map(str::to_owned);
    Unresolved { name: written.name.clone(), label: label.to_owned(), text: text.replace('`', ""), address }
}

impl Relations {
    fn add(&mut self, relation: &RelationType, subject: RecordIndex, object: RecordIndex) {
        let seen = |name: &str, label: &str, target| Relation { name: name.to_owned(), label: label.to_owned(), target };
        self.by_record[subject].push(seen(&relation.name, &relation.label, object));
        self.by_record[object].push(seen(&relation.inverse, &relation.inverse_label, subject));
    }
}

/// The relation that `name` means in a record of its kind, and whether it is written at its far end.
fn relation_type<'a>(config: &'a Config, record: &Record, name: &str) -> Option<(&'a RelationType, bool)> {
    let own = config.kind(&record.kind).relations.iter().find(|relation| relation.name == name);
    let far = || config.kinds.iter().flat_map(|kind| &kind.relations).find(|relation| relation.inverse == name);
    own.map(|relation| (relation, false)).or_else(|| far().map(|relation| (relation, true)))
}

/// The kinds that a record may be of which `record` names under `name`; any, when there are none.
pub fn relation_kinds(config: &Config, record: &Record, name: &str) -> Vec<KindName> {
    relation_type(config, record, name).map(|(relation, is_inverse)| kinds_of(config, relation, is_inverse)).unwrap_or_default()
}

fn kinds_of(config: &Config, relation: &RelationType, is_inverse: bool) -> Vec<KindName> {
    if is_inverse { declaring_kinds(config, &relation.name) } else { relation.to.clone() }
}

fn declaring_kinds(config: &Config, relation: &str) -> Vec<KindName> {
    let declares = |kind: &&crate::model::kind::Kind| kind.relations.iter().any(|declared| declared.name == relation);
    config.kinds.iter().filter(declares).map(|kind| kind.name.clone()).collect()
}

/// The records that reference fields name, by the path of the field, for each record.
pub fn references(
    records: &[Arc<Record>],
    resolver: &Resolver<'_>,
    drafts: &Resolver<'_>,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<BTreeMap<String, RecordIndex>> {
    let mut complaints = Complaints { resolver, drafts, records, diagnostics, n_suggestions: 0 };
    let of_record = |record: &Arc<Record>| {
        let declared = &config.kind(&record.kind).fields;
        let mut named = Vec::new();
        for (name, field) in &record.fields {
            if let Some(FieldDeclaration { kind, .. }) = declared.get(name) {
                walk(name.clone(), field, kind, &mut named);
            }
        }
        let resolve = |(path, written, kinds): (String, WrittenRelation, &[KindName])| {
            let is_used = kinds.is_empty() || resolver.has_kind(kinds);
            let resolved = if is_used { complaints.resolve(record, &written, kinds) } else { None };
            resolved.map(|index| (path, index))
        };
        named.into_iter().filter_map(resolve).collect()
    };
    records.iter().map(of_record).collect()
}

/// Collects the references in `field`. The depth is bounded by that of the kind's declaration.
fn walk<'k>(path: String, field: &Field, kind: &'k FieldType, named: &mut Vec<(String, WrittenRelation, &'k [KindName])>) {
    match (&field.value, kind) {
        (Value::Reference(target), FieldType::Reference(kinds)) => {
            let written = WrittenRelation { name: path.clone(), target: target.clone(), span: field.span.clone(), is_phrase: false };
            named.push((path, written, kinds));
        }
        (Value::List(entries), FieldType::List(of)) => {
            for (index, entry) in entries.iter().enumerate() {
                walk(format!("{path}[{index}]"), entry, of, named);
            }
        }
        (Value::Map(entries), FieldType::Map(fields)) => {
            for (name, entry) in entries {
                if let Some(declaration) = fields.get(name) {
                    walk(format!("{path}.{name}"), entry, &declaration.kind, named);
                }
            }
        }
        _ => {}
    }
}

/// Resolves references, and says what is wrong with those that do not resolve.
struct Complaints<'a> {
    resolver: &'a Resolver<'a>,
    drafts: &'a Resolver<'a>,
    records: &'a [Arc<Record>],
    diagnostics: &'a mut Vec<Diagnostic>,
    n_suggestions: usize,
}

impl Complaints<'_> {
    fn resolve(&mut self, record: &Record, written: &WrittenRelation, kinds: &[KindName]) -> Option<RecordIndex> {
        let (name, target) = (&written.name, &written.target);
        let path = |index: RecordIndex| self.records[index].path().as_str();
        let (rule, message, hint) = match self.resolver.reference(record, target, kinds) {
            Resolved::One(index) => return Some(index),
            _ if written.is_phrase => return None,
            Resolved::WrongKind(index) => {
                let wanted: Vec<&str> = kinds.iter().map(KindName::as_str).collect();
                let message = format!("`{name}` names `{}`, which is a {}", path(index), self.records[index].kind);
                (&diagnostic::REFERENCE_KIND, message, Some(format!("name a {}", wanted.join(" or a "))))
            }
            Resolved::Many(several) => {
                let paths: Vec<&str> = several.iter().take(4).map(|index| path(*index)).collect();
                let message = format!("`{name}`: `{target}` fits {} records", several.len());
                (&diagnostic::REFERENCE_AMBIGUOUS, message, Some(format!("name one of them by its path: {}", paths.join(", "))))
            }
            Resolved::None if self.drafts.reference(record, target, kinds) != Resolved::None => {
                let hint = "publish it, or build with --drafts".to_owned();
                (&diagnostic::REFERENCE_UNKNOWN, format!("`{name}`: `{target}` is a draft, and is left out"), Some(hint))
            }
            Resolved::None => {
                self.n_suggestions += 1;
                let near = if self.n_suggestions <= SUGGESTIONS_MAX { self.resolver.nearest(target) } else { Vec::new() };
                (&diagnostic::REFERENCE_UNKNOWN, format!("`{name}`: no record is called `{target}`"), did_you_mean(&near))
            }
        };
        let found = record.source.finding(rule, written.span.clone(), message);
        self.diagnostics.push(Diagnostic { hint, ..found });
        None
    }
}
