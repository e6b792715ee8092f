//! Who a build is for. What they may not see is gone before anything is linked, counted or indexed.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use crate::config::Config;
use crate::link::path;
use crate::link::resolve::{PathMatch, Resolved, Resolver, decoded};
use crate::model::field::{Field, Value};
use crate::model::handbook::RecordIndex;
use crate::model::name::OutputPath;
use crate::model::record::Record;
use crate::model::section::{Link, LinkForm};
use crate::model::source::SourceFile;
use crate::parse::parse;
use crate::scheme::{self, Scheme};

/// Who a build is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// An index into the configured audiences; `None` shows the records of all of them.
    pub audience: Option<usize>,
    /// Drafts are shown too.
    pub drafts: bool,
}

/// What stands where the name of a record would, for those who may not see it.
const UNNAMED: &str = "an internal record";

impl Scope {
    /// Whether the audience may see `record`. Audiences run from the widest to the narrowest: who belongs to a narrow
    /// one sees what is for the wider ones too.
    fn may_see(self, record: &Record) -> bool {
        (self.drafts || !record.draft) && self.audience.is_none_or(|audience| record.audience <= audience)
    }
}

/// The records that `scope` shows. What the text of one of them tells about a record that is withheld, beyond words
/// that its author chose, is taken out, and so are its relations to it.
pub fn visible(records: Vec<Arc<Record>>, scope: Scope, config: &Config) -> Vec<Arc<Record>> {
    if scope.audience.is_none() {
        return records.into_iter().filter(|record| scope.drafts || !record.draft).collect();
    }
    let withheld: HashSet<RecordIndex> = (0..records.len()).filter(|index| !may_see_whole(scope, &records[*index], &records)).collect();
    if withheld.is_empty() {
        return records;
    }
    let outputs: Vec<OutputPath> = records.iter().map(|record| record.output.clone()).collect();
    let redaction = Redaction { resolver: Resolver::new(&records, &outputs), withheld: &withheld, config };
    let kept = records.iter().enumerate().filter(|(index, _)| !withheld.contains(index));
    kept.map(|(_, record)| redaction.apply(record)).collect()
}

/// A record is as private as the most private record that it includes.
fn may_see_whole(scope: Scope, record: &Record, records: &[Arc<Record>]) -> bool {
    let included = |path| records.binary_search_by(|other| other.path().cmp(path)).ok().map(|index| &records[index]);
    scope.may_see(record) && record.source.includes.keys().filter_map(included).all(|included| scope.may_see(included))
}

struct Redaction<'a> {
    resolver: Resolver<'a>,
    withheld: &'a HashSet<RecordIndex>,
    config: &'a Config,
}

impl Redaction<'_> {
    fn apply(&self, record: &Arc<Record>) -> Arc<Record> {
        let spans: Vec<(Range<usize>, String)> = record
            .outline
            .links
            .iter()
            .filter(|link| self.names_withheld(record, link))
            .map(|link| (link.span.clone(), if says_no_more_than_name(link) { UNNAMED.to_owned() } else { link.text.clone() }))
            .collect();
        let redacted = if spans.is_empty() { record.clone() } else { parse(&Arc::new(without(&record.source, spans)), self.config).record };
        let names = |target: &str| self.is_withheld(&self.resolver.reference(record, target, &[]));
        let has_relation = redacted.relations.iter().any(|relation| names(&relation.target));
        let has_field = redacted.fields.values().any(|field| mentions(field, &names));
        if !has_relation && !has_field {
            return redacted;
        }
        let mut redacted = Record::clone(&redacted);
        redacted.relations.retain(|relation| !names(&relation.target));
        redacted.fields = redacted.fields.into_iter().filter_map(|(name, field)| Some((name, keep(field, &names)?))).collect();
        Arc::new(redacted)
    }

    fn is_withheld(&self, resolved: &Resolved) -> bool {
        match resolved {
            Resolved::One(index) | Resolved::WrongKind(index) => self.withheld.contains(index),
            Resolved::Many(several) => several.iter().any(|index| self.withheld.contains(index)),
            Resolved::None => false,
        }
    }

    fn names_withheld(&self, record: &Record, link: &Link) -> bool {
        let ends: &[char] = if link.form == LinkForm::Wiki { &['#'] } else { &['#', '?'] };
        let target = link.target.split(ends).next().unwrap_or_default();
        match link.form {
            LinkForm::Wiki => self.is_withheld(&self.resolver.reference(record, target, &[])),
            _ if scheme::of(&link.target) != Scheme::Relative || target.is_empty() => false,
            _ => {
                let path = path::join(record.path().folder(), &decoded(target));
                let found = path.and_then(|path| self.resolver.path(&path));
                matches!(found, Some(PathMatch::Exact(index) | PathMatch::OtherCase(index)) if self.withheld.contains(&index))
            }
        }
    }
}

fn says_no_more_than_name(link: &Link) -> bool {
    link.form == LinkForm::Wiki && link.text == link.target
}

/// `source` with each span replaced by its text. Spans may be nested: the outer one wins.
fn without(source: &SourceFile, mut spans: Vec<(Range<usize>, String)>) -> SourceFile {
    spans.sort_by_key(|(span, _)| (span.start, usize::MAX - span.end));
    let mut text = String::with_capacity(source.text.len());
    let mut end = 0;
    for (span, replacement) in spans {
        if span.start >= end {
            text.push_str(&source.text[end..span.start]);
            text.push_str(&replacement);
            end = span.end;
        }
    }
    text.push_str(&source.text[end..]);
    SourceFile::with_includes(source.path.clone(), text, source.includes.clone(), source.diagnostics.clone())
}

fn mentions(field: &Field, names: &impl Fn(&str) -> bool) -> bool {
    match &field.value {
        Value::Reference(target) => names(target),
        Value::List(entries) => entries.iter().any(|entry| mentions(entry, names)),
        Value::Map(entries) => entries.iter().any(|(_, entry)| mentions(entry, names)),
        _ => false,
    }
}

/// `field` without the references that `names` tells; nothing when it is one itself.
fn keep(field: Field, names: &impl Fn(&str) -> bool) -> Option<Field> {
    let value = match field.value {
        Value::Reference(target) if names(&target) => return None,
        Value::List(entries) => Value::List(entries.into_iter().filter_map(|entry| keep(entry, names)).collect()),
        Value::Map(entries) => Value::Map(entries.into_iter().filter_map(|(name, entry)| Some((name, keep(entry, names)?))).collect()),
        other => other,
    };
    Some(Field { value, span: field.span })
}
