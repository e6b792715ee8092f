//! Who a build is for. What they may not see is gone before anything is linked, counted or indexed.

mod named;

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::{self, Diagnostic};
use crate::link::audience::named::{attributed, bracketed, defined, linked};
use crate::link::meant::meant;
use crate::link::path;
use crate::link::resolve::{PathMatch, Resolved, Resolver, decoded};
use crate::markdown::{self, Document};
use crate::model::field::{Field, Value};
use crate::model::forge::Origin;
use crate::model::handbook::RecordIndex;
use crate::model::name::SourcePath;
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

/// What a build shows.
pub struct Visible {
    /// The records, ordered by path.
    pub records: Vec<Arc<Record>>,
    /// The drafts that are left out, where it is no secret that they are there.
    pub drafts: Vec<Arc<Record>>,
    /// What is wrong with what the records include.
    pub diagnostics: Vec<Diagnostic>,
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

/// The records that `scope` shows, and what is wrong with what they include. What the text of one of them tells about a
/// record that is withheld, beyond words that its author chose, is taken out, and so are its relations to it.
pub fn visible(records: Vec<Arc<Record>>, scope: Scope, origins: &[Origin], config: &Config) -> Visible {
    let shown =
        |record: &Arc<Record>| scope.may_see(record) && (scope.audience.is_none() || may_see_included(scope, record, &records, config));
    let withheld: HashSet<RecordIndex> = (0..records.len()).filter(|index| !shown(&records[*index])).collect();
    let kept = || records.iter().enumerate().filter(|(index, _)| !withheld.contains(index)).map(|(_, record)| record);
    let mut diagnostics = Vec::new();
    if scope.audience.is_none() {
        let kept = kept().map(|record| without_drafts(record, scope, &records, config, &mut diagnostics)).collect();
        let drafts = records.iter().enumerate().filter(|(index, _)| withheld.contains(index)).map(|(_, record)| record.clone());
        return Visible { records: kept, drafts: drafts.collect(), diagnostics };
    }
    let drafts = Vec::new();
    if withheld.is_empty() {
        return Visible { records, drafts, diagnostics };
    }
    let folders = private_folders(&records, &withheld);
    let redaction = Redaction { resolver: Resolver::new(&records, &config.sources), withheld: &withheld, folders, origins, config };
    Visible { records: kept().map(|record| redaction.apply(record)).collect(), drafts, diagnostics }
}

/// A record is as private as the most private record that it includes.
fn may_see_included(scope: Scope, record: &Record, records: &[Arc<Record>], config: &Config) -> bool {
    included(record, records, config).iter().all(|(_, included)| scope.may_see(included))
}

/// The records that `record` includes, directly or through others. A Markdown file that is no record of the handbook
/// (one that is ignored, one behind a link) says in its own head who may see it.
fn included(record: &Record, records: &[Arc<Record>], config: &Config) -> Vec<(SourcePath, Arc<Record>)> {
    let read = |(path, text): (&SourcePath, &Arc<str>)| {
        let known = records.binary_search_by(|other| other.path().cmp(path)).ok().map(|index| records[index].clone());
        let unknown = || parse(&Arc::new(SourceFile::new(path.clone(), text.to_string())), config).record;
        let found = known.or_else(|| path.is_markdown().then(unknown))?;
        Some((path.clone(), found))
    };
    record.source.includes.iter().filter_map(read).collect()
}

/// `record` without the drafts that it includes: what is not yet meant to be read is not read through another record.
fn without_drafts(
    record: &Arc<Record>,
    scope: Scope,
    records: &[Arc<Record>],
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Arc<Record> {
    let included = included(record, records, config);
    let drafts: Vec<&SourcePath> = included.iter().filter(|(_, included)| !scope.may_see(included)).map(|(path, _)| path).collect();
    if drafts.is_empty() {
        return record.clone();
    }
    let source = &record.source;
    let directives = markdown::directives(&source.text);
    for draft in &drafts {
        let names_it = |(_, target): &&(Range<usize>, &str)| markdown::is_directive_target(source.file(), target).as_ref() == Some(*draft);
        let place = directives.iter().find(names_it).map_or(0..1, |(range, _)| range.clone());
        let message = format!("`{draft}` is a draft, and is not included");
        diagnostics.push(source.finding(&diagnostic::INCLUDE, place, message).hint("publish it, or build with --drafts"));
    }
    let includes = source.includes.iter().filter(|(path, _)| !drafts.contains(path)).map(|(path, text)| (path.clone(), text.clone()));
    let source = source.changed(source.text.clone(), includes.collect());
    parse(&Arc::new(source), config).record
}

/// Folders in which everything is withheld.
fn private_folders(records: &[Arc<Record>], withheld: &HashSet<RecordIndex>) -> HashSet<String> {
    let above = |index: RecordIndex| {
        let folder = records[index].path().folder();
        std::iter::successors(Some(folder), |folder| folder.rsplit_once('/').map(|(parent, _)| parent)).map(str::to_owned)
    };
    let open: HashSet<String> = (0..records.len()).filter(|index| !withheld.contains(index)).flat_map(above).collect();
    withheld.iter().copied().flat_map(above).filter(|folder| !folder.is_empty() && !open.contains(folder)).collect()
}

struct Redaction<'a> {
    resolver: Resolver<'a>,
    withheld: &'a HashSet<RecordIndex>,
    folders: HashSet<String>,
    origins: &'a [Origin],
    config: &'a Config,
}

impl Redaction<'_> {
    fn apply(&self, record: &Arc<Record>) -> Arc<Record> {
        let mut redacted = match self.redacted_source(record) {
            Some(source) => Record::clone(&parse(&Arc::new(source), self.config).record),
            None => Record::clone(record),
        };
        // A relation that the text tells may be written as a link.
        let is_kept = |target: &str| !self.names_withheld(record, target) && self.without_names(record, target) == target;
        redacted.relations.retain(|relation| is_kept(&relation.target));
        redacted.fields = redacted
            .fields
            .into_iter()
            .filter(|(name, field)| name != "topic" || !field.text().is_some_and(|topic| self.names_withheld(record, topic)))
            .filter_map(|(name, field)| Some((name, self.kept(record, field)?)))
            .collect();
        redacted.title = self.without_names(record, &redacted.title);
        redacted.tags.retain(|tag| self.without_names(record, tag) == *tag);
        if let Some(status) = &mut redacted.status {
            status.written = self.without_names(record, &status.written);
        }
        Arc::new(redacted)
    }

    /// The file of `record` and what it includes without the names of withheld records; nothing when there are none.
    fn redacted_source(&self, record: &Record) -> Option<SourceFile> {
        let source = &record.source;
        let text = self.redacted_text(record, &source.text, record.body.clone(), record.body.clone());
        let mut is_changed = text.is_some();
        let mut includes = source.includes.clone();
        for included in includes.values_mut() {
            // A code block shows the head of what it includes too.
            if let Some(text) = self.redacted_text(record, included, markdown::body(included), 0..included.len()) {
                *included = Arc::from(text);
                is_changed = true;
            }
        }
        let text = text.unwrap_or_else(|| source.text.clone());
        is_changed.then(|| source.changed(text, includes))
    }

    /// `text`, part of `record`, without the names that its `body` links to, and those in brackets in all that is `shown`
    /// of it; nothing when it holds none.
    fn redacted_text(&self, record: &Record, text: &str, body: Range<usize>, shown: Range<usize>) -> Option<String> {
        let attributes = attributed(&text[shown.clone()]);
        if !text.contains('[') && !text.contains("://") && !text.contains(markdown::TOCTREE) && attributes.is_empty() {
            return None;
        }
        let alone = SourceFile::new(record.path().clone(), text.to_owned());
        let outline = Document::parse(&alone, body, record.markdown).outline().0;
        let mut spans: Vec<(Range<usize>, String)> = Vec::new();
        // The address of one of HTML goes with the attributes below.
        let is_written = |link: &Link| !markdown::is_link_of_html(&text[link.span.clone()]);
        for link in outline.links.iter().filter(|link| is_written(link) && self.leads_to_withheld(record, link)) {
            let words = match link.form {
                // Its words, left alone in their line, would be taken for a path.
                LinkForm::Entry => String::new(),
                _ if says_no_more_than_name(link) => UNNAMED.to_owned(),
                _ => self.without_names(record, &link.text),
            };
            spans.extend(places(text, link).into_iter().map(|place| (place, words.clone())));
        }
        for (span, target, words) in bracketed(&text[shown.clone()]).into_iter().chain(defined(&text[shown.clone()])) {
            if self.names_withheld(record, &target) {
                spans.push((span.start + shown.start..span.end + shown.start, words.unwrap_or_else(|| UNNAMED.to_owned())));
            }
        }
        let attributes = attributes.into_iter().filter(|(_, target)| self.is_path_of_withheld(record, target));
        spans.extend(attributes.map(|(span, _)| (span.start + shown.start..span.end + shown.start, String::new())));
        (!spans.is_empty()).then(|| replaced(text, spans))
    }

    /// `text` of a field without the names of withheld records: it is shown as it is written, so its links are too.
    fn without_names(&self, record: &Record, text: &str) -> String {
        let spans = bracketed(text).into_iter().chain(linked(text)).filter(|(_, target, _)| self.names_withheld(record, target));
        let mut spans: Vec<_> = spans.map(|(span, _, words)| (span, words.unwrap_or_else(|| UNNAMED.to_owned()))).collect();
        let attributes = attributed(text).into_iter().filter(|(_, target)| self.is_path_of_withheld(record, target));
        spans.extend(attributes.map(|(span, _)| (span, String::new())));
        if spans.is_empty() { text.to_owned() } else { replaced(text, spans) }
    }

    fn leads_to_withheld(&self, record: &Record, link: &Link) -> bool {
        match link.form {
            LinkForm::Wiki | LinkForm::Embed => self.names_withheld(record, &link.target),
            LinkForm::Markdown | LinkForm::Image | LinkForm::Entry => self.is_path_of_withheld(record, &link.target),
        }
    }

    /// Whether `target`, as a reference or a path, means a record that is withheld, or a folder of such.
    fn names_withheld(&self, record: &Record, target: &str) -> bool {
        let is_reference = match self.resolver.reference(record, target, &[]) {
            Resolved::One(index) | Resolved::WrongKind(index) => self.withheld.contains(&index),
            Resolved::Many(several) => several.iter().any(|index| self.withheld.contains(index)),
            Resolved::None => false,
        };
        is_reference || self.is_path_of_withheld(record, target)
    }

    fn is_path_of_withheld(&self, record: &Record, target: &str) -> bool {
        if let Some(path) = self.origins.iter().find_map(|origin| origin.path_of(target)) {
            return self.is_withheld_at(&path);
        }
        if let Some(path) = self.config.base_url.as_deref().and_then(|site| target.strip_prefix(site)) {
            return self.is_withheld_at(&decoded(path.split(['#', '?']).next().unwrap_or_default()));
        }
        let written = target.split(['#', '?']).next().unwrap_or_default().trim();
        if written.is_empty() || scheme::of(target) != Scheme::Relative {
            return false;
        }
        let written = decoded(written);
        let paths = meant(&self.config.sources, record.file().folder(), &written).into_iter().chain(path::join("", &written));
        paths.into_iter().any(|path| self.is_withheld_at(&path))
    }

    fn is_withheld_at(&self, path: &str) -> bool {
        let found = self.resolver.path(path);
        self.folders.contains(path)
            || matches!(found, Some(PathMatch::Exact(index) | PathMatch::OtherCase(index)) if self.withheld.contains(&index))
    }

    /// `field` without what tells of withheld records; nothing when it is a reference to one.
    fn kept(&self, record: &Record, field: Field) -> Option<Field> {
        let value = match field.value {
            Value::Reference(target) if self.names_withheld(record, &target) => return None,
            Value::Reference(target) => Value::Reference(self.without_names(record, &target)),
            Value::Text(text) => Value::Text(self.without_names(record, &text)),
            Value::List(entries) => Value::List(entries.into_iter().filter_map(|entry| self.kept(record, entry)).collect()),
            Value::Map(entries) => {
                Value::Map(entries.into_iter().filter_map(|(name, entry)| Some((name, self.kept(record, entry)?))).collect())
            }
            other => other,
        };
        Some(Field { value, span: field.span })
    }
}

/// Where `link` stands in `text`. A bare address is known by the passage that it stands in, as often as it does.
fn places(text: &str, link: &Link) -> Vec<Range<usize>> {
    let passage = &text[link.span.clone()];
    let is_bare = link.text == link.target && link.form == LinkForm::Markdown && !passage.starts_with(['[', '<']);
    let bare = passage.match_indices(&link.target).filter(|_| is_bare);
    let places: Vec<Range<usize>> = bare.map(|(at, target)| link.span.start + at..link.span.start + at + target.len()).collect();
    if places.is_empty() { vec![link.span.clone()] } else { places }
}

fn says_no_more_than_name(link: &Link) -> bool {
    let is_wiki = matches!(link.form, LinkForm::Wiki | LinkForm::Embed);
    link.text == link.target || is_wiki && link.text.trim().is_empty()
}

/// `text` with each span replaced by its words. Spans may be nested: the outer one wins.
fn replaced(text: &str, mut spans: Vec<(Range<usize>, String)>) -> String {
    spans.sort_by_key(|(span, _)| (span.start, usize::MAX - span.end));
    let mut kept = String::with_capacity(text.len());
    let mut end = 0;
    for (span, words) in spans {
        if span.start >= end {
            kept.push_str(&text[end..span.start]);
            kept.push_str(&words);
            end = span.end;
        }
    }
    kept + &text[end..]
}
