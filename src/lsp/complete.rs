//! What an author may mean: fields, their values, records, sections, people, tags.

use std::collections::BTreeMap;
use std::ops::Range;

use lsp_types::{
    CompletionItem, CompletionItemKind, CompletionList, CompletionTextEdit, Documentation, MarkupContent, MarkupKind, TextEdit,
};

use super::context::{Context, context};
use super::position::Encoding;
use super::target;
use super::workspace::Workspace;
use crate::config::Config;
use crate::link::resolve::{Resolved, Resolver};
use crate::model::field::{Field, Value};
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::kind::{FieldDeclaration, FieldType, Kind};
use crate::model::name::{KindName, OutputPath};
use crate::model::record::Record;

/// Entries that an editor is sent at most; it asks again when more is typed.
const ENTRIES_MAX: usize = 200;

/// What can be written at byte `at` of a record.
pub fn complete(workspace: &Workspace, index: RecordIndex, at: usize, encoding: Encoding) -> CompletionList {
    let assembled = workspace.assembled();
    let handbook = &assembled.handbook;
    let record = &handbook.records[index];
    let offers = Offers { handbook, config: &assembled.input.config, record };
    let text = &record.source.text;
    let found = match context(text, head(text), at) {
        Some(Context::Key(path, typed)) => (offers.keys(&path), typed),
        Some(Context::Value(path, typed)) => (offers.values(&path), typed),
        Some(Context::Wiki(typed)) => (offers.records(&[], Form::Wiki), typed),
        Some(Context::Link(typed)) => (offers.records(&[], Form::Path), typed),
        Some(Context::Anchor(of, typed)) => (offers.sections(index, &text[of]), typed),
        None => (Vec::new(), at..at),
    };
    listed(found.0, text, found.1, encoding)
}

/// Where the front matter stands, also while it is no YAML: from a first line `---` to the next.
fn head(text: &str) -> Range<usize> {
    if !text.starts_with("---\n") {
        return 0..0;
    }
    let ends = ["\n---", "\n..."].iter().filter_map(|end| text[3..].find(end));
    0..ends.min().map_or(text.len(), |end| 3 + end + 1)
}

/// Those of `offers` that have what was typed.
fn listed(offers: Vec<CompletionItem>, text: &str, typed: Range<usize>, encoding: Encoding) -> CompletionList {
    let range = encoding.range(text, typed.clone());
    let wanted = text[typed].trim().to_lowercase();
    let fits = |offer: &CompletionItem| {
        let has = |text: &str| text.to_lowercase().contains(&wanted);
        has(&offer.label) || offer.insert_text.as_deref().is_some_and(has) || offer.filter_text.as_deref().is_some_and(has)
    };
    let mut items: Vec<CompletionItem> = offers.into_iter().filter(fits).collect();
    let is_incomplete = items.len() > ENTRIES_MAX;
    items.truncate(ENTRIES_MAX);
    for item in &mut items {
        let new_text = item.insert_text.take().unwrap_or_else(|| item.label.clone());
        item.filter_text = Some(format!("{new_text} {} {}", item.label, item.filter_text.as_deref().unwrap_or_default()));
        item.text_edit = Some(CompletionTextEdit::Edit(TextEdit { range, new_text }));
    }
    CompletionList { is_incomplete, items }
}

/// How a record is named.
#[derive(Clone, Copy)]
enum Form {
    /// In `[[...]]` and in front matter: by its number or its slug, where those are enough.
    Wiki,
    /// By its path, seen from the record that is written.
    Path,
}

struct Offers<'a> {
    handbook: &'a Handbook,
    config: &'a Config,
    record: &'a Record,
}

impl Offers<'_> {
    fn kind(&self) -> &Kind {
        self.config.kind(&self.record.kind)
    }

    /// The fields that the field at `path` has, or the record, without those that are written.
    fn keys(&self, path: &[String]) -> Vec<CompletionItem> {
        let fields = match self.field_type(path) {
            _ if path.is_empty() => &self.kind().fields,
            Some(FieldType::Map(fields)) => fields,
            Some(FieldType::List(of)) => match of.as_ref() {
                FieldType::Map(fields) => fields,
                _ => return Vec::new(),
            },
            _ => return Vec::new(),
        };
        let is_new = |name: &str| !path.is_empty() || !self.record.fields.contains_key(name);
        let field = |(name, declaration): (&String, &FieldDeclaration)| {
            let about = [declaration.kind.name(), declaration.about.as_str()].join(": ");
            item(name, CompletionItemKind::FIELD, Some(format!("{name}: ")), Some(about))
        };
        let mut offers: Vec<CompletionItem> = fields.iter().filter(|(name, _)| is_new(name)).map(field).collect();
        if path.is_empty() {
            let relations = self.kind().relations.iter();
            offers.extend(relations.map(|relation| {
                item(&relation.name, CompletionItemKind::REFERENCE, Some(format!("{}: ", relation.name)), Some(relation.label.clone()))
            }));
            offers.push(item("kind", CompletionItemKind::FIELD, Some("kind: ".to_owned()), Some("What this record is".to_owned())));
        }
        offers
    }

    /// The values that the field at `path` may have.
    fn values(&self, path: &[String]) -> Vec<CompletionItem> {
        let relation =
            self.kind().relations.iter().find(|relation| path == [relation.name.as_str()] || path == [relation.inverse.as_str()]);
        if let Some(relation) = relation {
            let to = if path == [relation.name.as_str()] { relation.to.clone() } else { vec![self.record.kind.clone()] };
            return self.records(&to, Form::Wiki);
        }
        match path {
            [only] if only == "kind" => self
                .config
                .kinds
                .iter()
                .map(|kind| item(kind.name.as_str(), CompletionItemKind::CLASS, None, Some(kind.about.clone())))
                .collect(),
            [only] if only == "status" => {
                let status = |status: &crate::model::kind::StatusType| {
                    item(&status.name, CompletionItemKind::ENUM_MEMBER, None, Some(status.meaning.as_str().to_owned()))
                };
                self.kind().statuses.iter().map(status).collect()
            }
            [only] if only == "audience" => {
                self.config.audiences.iter().map(|name| item(name, CompletionItemKind::ENUM_MEMBER, None, None)).collect()
            }
            [only] if only == "tags" => counted(self.handbook.tags.iter().map(|tag| (tag.name.clone(), tag.records.len())), "records"),
            [only] if only == "topic" => self.said("topic"),
            _ => self.field_type(path).map(|kind| self.of_type(kind)).unwrap_or_default(),
        }
    }

    fn of_type(&self, field: &FieldType) -> Vec<CompletionItem> {
        match field {
            FieldType::Enum(words) => words.iter().map(|word| item(word, CompletionItemKind::ENUM_MEMBER, None, None)).collect(),
            FieldType::Boolean => ["true", "false"].map(|word| item(word, CompletionItemKind::VALUE, None, None)).into(),
            FieldType::Reference(kinds) => self.records(kinds, Form::Wiki),
            FieldType::Person => self.people(),
            FieldType::List(of) => match of.as_ref() {
                FieldType::Map(fields) => {
                    fields.keys().map(|name| item(name, CompletionItemKind::FIELD, Some(format!("{name}: ")), None)).collect()
                }
                of => self.of_type(of),
            },
            _ => Vec::new(),
        }
    }

    /// The type of the field at `path`.
    fn field_type(&self, path: &[String]) -> Option<&FieldType> {
        let (first, rest) = path.split_first()?;
        let mut found = &self.kind().field(first)?.1.kind;
        for name in rest {
            let inner = if let FieldType::List(of) = found { of } else { found };
            let FieldType::Map(fields) = inner else { return None };
            found = &fields.get(name)?.kind;
        }
        Some(found)
    }

    /// Records of one of `kinds`; of any, when there are none. What is in force comes first, and the newest of that.
    fn records(&self, kinds: &[KindName], form: Form) -> Vec<CompletionItem> {
        let resolver = Resolver::new(&self.handbook.records, &self.config.sources);
        let offer = |(index, other): (usize, &std::sync::Arc<Record>)| {
            let is_wanted = (kinds.is_empty() || kinds.contains(&other.kind)) && other.id != self.record.id;
            is_wanted.then(|| {
                let name = match form {
                    Form::Path => OutputPath::new(self.record.path().as_str()).relative(other.path().as_str()),
                    Form::Wiki => self.short_name(index, other, &resolver, kinds),
                };
                let standing = &self.handbook.linked[index].standing;
                let status = standing.status.as_ref().map_or_else(String::new, |status| format!(" · {}", status.label));
                let mut offer = item(&other.title, CompletionItemKind::FILE, Some(name.clone()), Some(format!("{}{status}", other.kind)));
                offer.documentation = Some(Documentation::MarkupContent(MarkupContent {
                    kind: MarkupKind::Markdown,
                    value: target::about(self.handbook, index),
                }));
                let age = other.date.map_or(99_999_999, |date| 99_999_999 - date.first_day().iso().replace('-', "").parse().unwrap_or(0));
                offer.sort_text = Some(format!("{}{age:08}", u8::from(!standing.superseded_by.is_empty())));
                offer.filter_text = Some(format!("{} {}", other.path(), other.number.unwrap_or_default()));
                offer
            })
        };
        self.handbook.records.iter().enumerate().filter_map(offer).collect()
    }

    /// The shortest of a record's names that means it and no other.
    fn short_name(&self, index: RecordIndex, other: &Record, resolver: &Resolver<'_>, kinds: &[KindName]) -> String {
        let number = other.number.map(|number| if kinds.is_empty() { format!("{}/{number}", other.kind) } else { number.to_string() });
        let names = number.into_iter().chain([other.slug().to_owned(), other.id.to_string()]);
        let means_it = |name: &String| matches!(resolver.reference(self.record, name, kinds), Resolved::One(found) if found == index);
        names.into_iter().find(means_it).unwrap_or_else(|| other.path().to_string())
    }

    /// The sections of the record that `written` means; of this one, when nothing is written.
    fn sections(&self, index: RecordIndex, written: &str) -> Vec<CompletionItem> {
        let resolver = Resolver::new(&self.handbook.records, &self.config.sources);
        let meant = match resolver.reference(self.record, written, &[]) {
            _ if written.is_empty() => index,
            Resolved::One(found) | Resolved::WrongKind(found) => found,
            Resolved::Many(_) | Resolved::None => return Vec::new(),
        };
        let section = |section: &crate::model::section::Section| {
            Some(item(&section.title, CompletionItemKind::REFERENCE, Some(section.anchor.as_ref()?.to_string()), None))
        };
        self.handbook.records[meant].outline.sections.iter().filter_map(section).collect()
    }

    /// Everybody who is named where a person belongs.
    fn people(&self) -> Vec<CompletionItem> {
        let mut people: BTreeMap<String, usize> = BTreeMap::new();
        for record in &self.handbook.records {
            let kind = self.config.kind(&record.kind);
            for (name, field) in &record.fields {
                if let Some(declaration) = kind.fields.get(name) {
                    add_people(&declaration.kind, field, &mut people);
                }
            }
        }
        counted(people.into_iter(), "times")
    }

    /// What other records say in a field.
    fn said(&self, name: &str) -> Vec<CompletionItem> {
        let mut said: BTreeMap<String, usize> = BTreeMap::new();
        for text in self.handbook.records.iter().filter_map(|record| record.text(name)) {
            *said.entry(text.to_owned()).or_default() += 1;
        }
        counted(said.into_iter(), "records")
    }
}

fn add_people(kind: &FieldType, field: &Field, people: &mut BTreeMap<String, usize>) {
    match (kind, &field.value) {
        (FieldType::Person, Value::Text(name)) => *people.entry(name.clone()).or_default() += 1,
        (FieldType::List(of), _) => field.entries().iter().for_each(|entry| add_people(of, entry, people)),
        (FieldType::Map(fields), Value::Map(entries)) => {
            for (name, entry) in entries {
                if let Some(declaration) = fields.get(name) {
                    add_people(&declaration.kind, entry, people);
                }
            }
        }
        _ => {}
    }
}

fn counted(names: impl Iterator<Item = (String, usize)>, unit: &str) -> Vec<CompletionItem> {
    names.map(|(name, count)| item(&name, CompletionItemKind::VALUE, None, Some(format!("{count} {unit}")))).collect()
}

fn item(label: &str, kind: CompletionItemKind, insert_text: Option<String>, detail: Option<String>) -> CompletionItem {
    CompletionItem { label: label.to_owned(), kind: Some(kind), insert_text, detail, ..CompletionItem::default() }
}
