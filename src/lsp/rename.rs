//! A record gets another file name: the links and references that name the old one follow.
//!
//! An editor either asks to rename what is under the cursor, or tells that files are about to be renamed; both come to the same
//! edits. What names a record by its title or its number stays as it is.

use std::collections::BTreeMap;
use std::ops::Range;

use lsp_types::{
    DocumentChangeOperation, DocumentChanges, FileRename, OneOf, OptionalVersionedTextDocumentIdentifier, Range as Place, RenameFile,
    ResourceOp, TextDocumentEdit, TextEdit, WorkspaceEdit,
};

use super::position::{Encoding, path_of};
use super::workspace::Workspace;
use crate::link::path;
use crate::link::resolve::{Resolved, Resolver, decoded};
use crate::model::field::{Field, Value};
use crate::model::handbook::{Destination, RecordIndex};
use crate::model::name::{OutputPath, SourcePath};
use crate::model::record::Record;
use crate::model::section::{Link, LinkForm};
use crate::pipeline::Assembled;

/// Edits of the files of the handbook, by path.
type Edits = BTreeMap<SourcePath, Vec<(Range<usize>, String)>>;

/// Renames the file of a record to `name`, with or without the ending, in its folder; `None` when that is no name of a file.
pub fn rename(workspace: &Workspace, record: RecordIndex, name: &str, encoding: Encoding) -> Option<WorkspaceEdit> {
    let old = workspace.assembled().handbook.records[record].path();
    let ending = &old.file_name()[old.stem().len()..];
    let name = name.trim();
    let stem = name.strip_suffix(ending).unwrap_or(name);
    if stem.is_empty() || stem.contains(['/', '\\', ':', '\0']) || stem.starts_with('.') {
        return None;
    }
    let new = in_folder(old.folder(), &format!("{stem}{ending}"));
    let file = ResourceOp::Rename(RenameFile {
        old_uri: workspace.uri(old.as_str())?,
        new_uri: workspace.uri_beside(old.as_str(), new.as_str())?,
        options: None,
        annotation_id: None,
    });
    let mut operations = text_edits(workspace, edits(workspace.assembled(), &[(record, new)]), encoding);
    operations.push(DocumentChangeOperation::Op(file));
    Some(WorkspaceEdit { document_changes: Some(DocumentChanges::Operations(operations)), ..WorkspaceEdit::default() })
}

/// What follows from files, or folders of them, that are about to be renamed.
pub fn follow(workspace: &Workspace, files: &[FileRename], encoding: Encoding) -> Option<WorkspaceEdit> {
    let roots = &workspace.assembled().input.roots;
    let inside = |uri: &str| roots.path(&path_of(&uri.parse().ok()?)?);
    let mut renamed = Vec::new();
    for file in files {
        let (Some(old), Some(new)) = (inside(&file.old_uri), inside(&file.new_uri)) else { continue };
        for (index, record) in workspace.assembled().handbook.records.iter().enumerate() {
            match record.path().as_str().strip_prefix(&old) {
                Some("") => renamed.push((index, SourcePath::new(&new))),
                Some(rest) if rest.starts_with('/') => renamed.push((index, SourcePath::new(format!("{new}{rest}")))),
                _ => {}
            }
        }
    }
    let operations = text_edits(workspace, edits(workspace.assembled(), &renamed), encoding);
    Some(WorkspaceEdit { document_changes: Some(DocumentChanges::Operations(operations)), ..WorkspaceEdit::default() })
}

fn text_edits(workspace: &Workspace, edits: Edits, encoding: Encoding) -> Vec<DocumentChangeOperation> {
    let sources = &workspace.assembled().input.sources;
    let of_file = |(path, edits): (SourcePath, Vec<(Range<usize>, String)>)| {
        let source = &sources[sources.binary_search_by(|source| source.path.cmp(&path)).ok()?];
        let edit = |(span, new_text): (Range<usize>, String)| {
            let range: Place = encoding.range(&source.text, span);
            OneOf::Left(TextEdit { range, new_text })
        };
        let text_document = OptionalVersionedTextDocumentIdentifier { uri: workspace.uri(path.as_str())?, version: None };
        Some(DocumentChangeOperation::Edit(TextDocumentEdit { text_document, edits: edits.into_iter().map(edit).collect() }))
    };
    edits.into_iter().filter_map(of_file).collect()
}

/// The edits that let all names of `renamed` records follow them, and the links in them lead where they led.
fn edits(assembled: &Assembled, renamed: &[(RecordIndex, SourcePath)]) -> Edits {
    let handbook = &assembled.handbook;
    let new_path = |index: RecordIndex| renamed.iter().find(|(known, _)| *known == index).map(|(_, path)| path);
    let resolver = Resolver::new(&handbook.records, &assembled.input.config.sources);
    let mut all = Edits::new();
    for (index, (record, linked)) in handbook.records.iter().zip(handbook.linked.iter()).enumerate() {
        let from = new_path(index).unwrap_or(record.path());
        let mut edits: Vec<(Range<usize>, String)> = Vec::new();
        for (link, destination) in record.outline.links.iter().zip(&linked.links) {
            let Destination::Record(target, _) = destination else { continue };
            let (to, target) = (new_path(*target), handbook.records[*target].path());
            let to = to.unwrap_or(target);
            if to != target || from != record.path() {
                edits.extend(in_link(record, link, target, from, to));
            }
        }
        let mut references: Vec<(&str, &Range<usize>)> =
            record.relations.iter().map(|relation| (relation.target.as_str(), &relation.span)).collect();
        record.fields.values().for_each(|field| add_references(field, &mut references));
        for (name, span) in references {
            if let Resolved::One(target) = resolver.reference(record, name, &[])
                && let Some(new) = new_path(target).and_then(|to| in_name(name, record, handbook.records[target].path(), from, to))
                && let Some(at) = record.source.text[span.clone()].find(name)
            {
                edits.push((span.start + at..span.start + at + name.len(), new));
            }
        }
        edits.sort_by_key(|(span, _)| span.start);
        edits.dedup_by(|next, kept| next.0.start < kept.0.end);
        if !edits.is_empty() {
            all.insert(record.path().clone(), edits);
        }
    }
    all
}

/// The references that a field holds, and where they stand.
fn add_references<'a>(field: &'a Field, references: &mut Vec<(&'a str, &'a Range<usize>)>) {
    match &field.value {
        Value::Reference(name) => references.push((name, &field.span)),
        Value::List(entries) => entries.iter().for_each(|entry| add_references(entry, references)),
        Value::Map(entries) => entries.iter().for_each(|(_, entry)| add_references(entry, references)),
        _ => {}
    }
}

/// The edit of a link that led from a record to `old`, and leads from `from` to `to`.
fn in_link(record: &Record, link: &Link, old: &SourcePath, from: &SourcePath, to: &SourcePath) -> Option<(Range<usize>, String)> {
    let text = &record.source.text;
    let written = &text[link.span.clone()];
    let (address, fragment) =
        link.target.split_once('#').map_or((link.target.as_str(), ""), |(address, _)| (address, &link.target[address.len()..]));
    if matches!(link.form, LinkForm::Wiki | LinkForm::Embed) {
        let at = link.span.start + written.find(address).filter(|_| !address.is_empty())?;
        return Some((at..at + address.len(), in_name(address, record, old, from, to)?));
    }
    if address.is_empty() || address.contains("://") {
        return None;
    }
    let new = by_path(&decoded(address), record, old, from, to)?.replace(' ', "%20");
    let in_span = written.rfind(&link.target).map(|at| link.span.start + at);
    let in_definition = || Some(text.find(&format!("]: {}", link.target))? + 3);
    let at = in_span.or_else(in_definition)?;
    (new != address).then(|| (at..at + link.target.len(), format!("{new}{fragment}")))
}

/// A path that leads from a record to `old`, as it is written from `from` to `to`.
fn by_path(named: &str, record: &Record, old: &SourcePath, from: &SourcePath, to: &SourcePath) -> Option<String> {
    let leads_to_old = |path: &str| path == old.as_str() || path == without_ending(old);
    let new = match named.strip_prefix('/') {
        Some(path) if leads_to_old(path) => format!("/{to}"),
        None if path::join(record.path().folder(), named).is_some_and(|path| leads_to_old(&path)) => {
            OutputPath::new(from.as_str()).relative(to.as_str())
        }
        _ => return None,
    };
    let has_ending = named.ends_with(&old.file_name()[old.stem().len()..]);
    let new = if has_ending { new } else { without_ending(&SourcePath::new(&new)).to_owned() };
    Some(if named.starts_with("./") && !new.starts_with('.') { format!("./{new}") } else { new })
}

/// What a name that means the record at `old` is when that is at `to`: a path, an id, or the name of the file. Nothing where it
/// is none of these.
fn in_name(name: &str, record: &Record, old: &SourcePath, from: &SourcePath, to: &SourcePath) -> Option<String> {
    let is_path = name.contains('/');
    let new = match by_path(name, record, old, from, to).filter(|_| is_path) {
        Some(new) => new,
        None if name == without_ending(old) => without_ending(to).to_owned(),
        None if name == old.as_str() => to.to_string(),
        None if name == old.stem() => to.stem().to_owned(),
        None if name == old.file_name() => to.file_name().to_owned(),
        None => return None,
    };
    (new != name).then_some(new)
}

fn without_ending(path: &SourcePath) -> &str {
    let name = path.as_str();
    &name[..name.len() - (path.file_name().len() - path.stem().len())]
}

fn in_folder(folder: &str, name: &str) -> SourcePath {
    SourcePath::new(if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") })
}
