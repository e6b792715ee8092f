//! `handbook renumber`: a record gets another number, in its file's name, its head and its heading; whatever names it follows,
//! and its old address leads to it.

mod words;

use std::ops::Range;

use crate::cli::RenumberArguments;
use crate::command::change::metadata::{Change, write_fields};
use crate::command::change::{Edit, Plan, Workplace};
use crate::command::init::quoted;
use crate::command::{Failure, Outcome, show};
use crate::link::relation_kinds;
use crate::link::resolve::{Resolved, Resolver};
use crate::markdown::{Document, is_link_of_html};
use crate::model::field::{Field, Value};
use crate::model::handbook::{Destination, RecordIndex};
use crate::model::name::SourcePath;
use crate::model::record::Record;
use crate::model::section::{Link, LinkForm};
use crate::parse::number_of_file;
use crate::pipeline::Assembled;

/// A record that gets another number.
struct Renumbering<'a> {
    place: &'a Workplace,
    resolver: Resolver<'a>,
    index: RecordIndex,
    old: i64,
    new: i64,
    /// The names of its file, without folder and ending.
    old_stem: String,
    new_stem: String,
    /// What stands before its number where plain words name it.
    prefixes: Vec<String>,
}

/// Gives a record another number.
pub fn run(arguments: &RenumberArguments) -> Result<Outcome, Failure> {
    let place = Workplace::open(&arguments.place)?;
    let index = show::find(&place.assembled.handbook, &arguments.reference, &[])?;
    let renumbering = Renumbering::of(&place, index, i64::from(arguments.number))?;
    let mut plan = Plan::default();
    renumbering.own(&mut plan)?;
    for from in 0..place.assembled.handbook.records.len() {
        let edits = renumbering.references(from);
        if !edits.is_empty() {
            plan.edit(from, edits);
        }
    }
    let path = renumbering.path();
    let known = n_named(&place.assembled, place.record(index).path());
    let is_done = |outcome: &Assembled| {
        n_named(outcome, &path) == known && {
            let record = outcome.handbook.records.iter().find(|record| *record.path() == path);
            record.is_some_and(|record| record.number == Some(renumbering.new))
        }
    };
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    let outcome = place.carry_out(&plan, arguments.dry_run, is_done, &mut out)?;
    renumbering.tell_what_is_left(&plan)?;
    Ok(outcome)
}

/// How many links, relations and fields lead to the record at `path`.
fn n_named(assembled: &Assembled, path: &SourcePath) -> Option<(usize, usize, usize)> {
    let handbook = &assembled.handbook;
    let index = handbook.records.iter().position(|record| record.path() == path)?;
    let leads_here = |destination: &&Destination| matches!(destination, Destination::Record(target, _) if *target == index);
    let n_links = handbook.linked.iter().flat_map(|linked| &linked.links).filter(leads_here).count();
    let n_fields = handbook.linked.iter().flat_map(|linked| linked.references.values()).filter(|target| **target == index).count();
    Some((n_links, handbook.linked[index].relations.len(), n_fields))
}

impl<'a> Renumbering<'a> {
    fn of(place: &'a Workplace, index: RecordIndex, new: i64) -> Result<Self, Failure> {
        let refuse = |message: String| Err(Failure::Usage(message));
        let record = place.record(index);
        let path = record.path();
        let Some(old) = record.number else { return refuse(format!("{path} has no number")) };
        if old == new {
            return refuse(format!("{path} has the number {new} already"));
        }
        let config = &place.assembled.input.config;
        let is_taken = |other: &Record| {
            let is_near = config.are_numbers_global || other.path().folder() == path.folder();
            other.kind == record.kind && other.number == Some(new) && is_near
        };
        if let Some(other) = place.assembled.handbook.records.iter().find(|other| is_taken(other)) {
            return refuse(format!("the number {new} is that of {}", other.path()));
        }
        if number_of_file(path).is_none() && !record.fields.contains_key("number") || record.source.side_car.is_some() {
            return refuse(format!("the number of {path} is that of its folder or stands in a file beside it; rename that by hand"));
        }
        let old_stem = path.stem().to_owned();
        let in_name = number_of_file(path) == Some(old);
        let new_stem = in_name.then(|| renumbered(&old_stem, old, new)).flatten().unwrap_or_else(|| old_stem.clone());
        let prefixes = words::prefixes(&place.assembled.handbook, config.kind(&record.kind), record);
        Ok(Self { place, resolver: place.resolver(), index, old, new, old_stem, new_stem, prefixes })
    }

    fn record(&self) -> &'a Record {
        self.place.record(self.index)
    }

    /// The path of its file from now on.
    fn path(&self) -> SourcePath {
        let path = self.record().path();
        let ending = &path.file_name()[self.old_stem.len()..];
        let name = format!("{}{ending}", self.new_stem);
        SourcePath::new(if path.folder().is_empty() { name } else { format!("{}/{name}", path.folder()) })
    }

    /// What changes in the record itself: its name, the number in its head and in its heading, its aliases.
    fn own(&self, plan: &mut Plan) -> Result<(), Failure> {
        let record = self.record();
        if let Some(field) = record.fields.get("number").filter(|field| !field.span.is_empty()) {
            plan.edit(self.index, self.within(record, &field.span));
        }
        if let Some(heading) = record.outline.sections.iter().find(|section| section.level == 1) {
            let line = &record.source.text[heading.span.clone()];
            let start = heading.span.start + line.len() - line.trim_start_matches(['#', ' ']).len();
            plan.edit(self.index, self.within(record, &(start..heading.span.end)));
        }
        if let Some(title) = record.fields.get("title").filter(|field| !field.span.is_empty()) {
            plan.edit(self.index, self.within(record, &title.span));
        }
        if self.new_stem != self.old_stem {
            plan.rename(self.index, self.path());
            plan.edit(self.index, self.alias()?);
        }
        Ok(())
    }

    /// The edits by which the record keeps its old name. A name that it had before and gets again is no alias any more.
    fn alias(&self) -> Result<Vec<Edit>, Failure> {
        let (record, id) = (self.record(), self.path().record_id());
        let alias = quoted(record.id.as_str());
        let aliases = record.fields.get("aliases").map(Field::entries).unwrap_or_default();
        let had = aliases.iter().find(|entry| entry.text() == Some(id.as_str()) && !entry.span.is_empty());
        match had {
            Some(entry) => Ok(vec![Edit::replace(entry.span.clone(), alias)]),
            None => write_fields(record, &[("aliases", Change::Append(alias))]).map_err(Failure::Usage),
        }
    }

    /// What changes in the record `from`, since it names this one.
    fn references(&self, from: RecordIndex) -> Vec<Edit> {
        let handbook = &self.place.assembled.handbook;
        let (record, linked) = (&handbook.records[from], &handbook.linked[from]);
        let mut spans: Vec<(Range<usize>, Option<&Link>)> = Vec::new();
        for (link, destination) in record.outline.links.iter().zip(&linked.links) {
            if matches!(destination, Destination::Record(target, _) if *target == self.index) {
                spans.push((link.span.clone(), Some(link)));
            }
        }
        let config = &self.place.assembled.input.config;
        let relations = record.relations.iter().filter(|relation| {
            let kinds = relation_kinds(config, record, &relation.name);
            self.resolver.reference(record, &relation.target, &kinds) == Resolved::One(self.index)
        });
        spans.extend(relations.map(|relation| (relation.span.clone(), None)));
        let named = linked.references.iter().filter(|(_, target)| **target == self.index);
        spans.extend(named.filter_map(|(path, _)| Some((field_at(record, path)?.span.clone(), None))));
        let mut changes: Vec<Vec<Edit>> = Vec::new();
        for (span, link) in spans {
            changes.push(match link {
                Some(link) => self.in_link(record, link),
                None => self.within(record, &span),
            });
        }
        changes.push(self.in_words(record));
        let mut edits: Vec<Edit> = Vec::new();
        for new in changes {
            // A relation that the text tells is a link as well.
            let is_new = |edit: &Edit| edits.iter().all(|known| known.span.end <= edit.span.start || edit.span.end <= known.span.start);
            let new: Vec<Edit> = new.into_iter().filter(is_new).collect();
            edits.extend(new);
        }
        edits
    }

    /// The edits of plain words that name the record. Its own heading is changed with the record.
    fn in_words(&self, record: &Record) -> Vec<Edit> {
        let text = &record.source.text;
        let own = record.outline.sections.iter().find(|section| section.level == 1).filter(|_| record.id == self.record().id);
        let is_own = |passage: &Range<usize>| own.is_some_and(|heading| heading.span.contains(&passage.start));
        let passages = Document::parse(&record.source, record.body.clone(), record.markdown).passages();
        let numbers = passages.into_iter().filter(|passage| !is_own(passage)).flat_map(|passage| {
            let found = words::numbers(&text[passage.clone()], &self.prefixes, self.old);
            found.into_iter().map(move |number| passage.start + number.start..passage.start + number.end)
        });
        numbers.map(|place| Edit::replace(place.clone(), self.like(&text[place]))).collect()
    }

    /// The new number with as many digits as `written`, where that has zeros in front.
    fn like(&self, written: &str) -> String {
        padded(self.new, if written.starts_with('0') { written.len() } else { 1 })
    }

    /// The edits of a link: in its target, or in the definition of that, and in its words when they begin with the number.
    fn in_link(&self, record: &Record, link: &Link) -> Vec<Edit> {
        let text = &record.source.text;
        let written = &text[link.span.clone()];
        if matches!(link.form, LinkForm::Wiki | LinkForm::Embed | LinkForm::Entry) {
            return self.within(record, &link.span);
        }
        let mut edits = Vec::new();
        if let Some(words) = written.strip_prefix('[').and_then(|rest| rest.split("](").next()).filter(|_| written.contains("](")) {
            edits.extend(self.number_at(words, link.span.start + 1));
        }
        let of_html = || is_link_of_html(written).then(|| link.span.clone());
        let inline = written.rfind("](").map(|at| link.span.start + at..link.span.end).or_else(of_html);
        let definition = || {
            let label = text.find(&format!("]: {}", link.target)).or_else(|| text.find(&format!("]: <{}", link.target)))?;
            Some(label..label + text[label..].find('\n').unwrap_or(text.len() - label))
        };
        edits.extend(inline.or_else(definition).and_then(|target| self.name_in(text, target)));
        edits
    }

    /// The edits within `span`: the name of the file, else the number with which the passage begins.
    fn within(&self, record: &Record, span: &Range<usize>) -> Vec<Edit> {
        let text = &record.source.text;
        let mut edits: Vec<Edit> = self.name_in(text, span.clone()).into_iter().collect();
        let words = &text[span.clone()];
        let begins = words.find(|c: char| c.is_alphanumeric()).unwrap_or(0);
        let after_kind = words[begins..].find('/').filter(|_| edits.is_empty()).map_or(begins, |at| begins + at + 1);
        edits.extend(self.number_at(&words[after_kind..], span.start + after_kind));
        edits.dedup();
        let is_apart = |edit: &Edit, others: &[Edit]| {
            others.iter().all(|other| other.span.end <= edit.span.start || edit.span.end <= other.span.start)
        };
        let mut apart: Vec<Edit> = Vec::new();
        for edit in edits {
            if is_apart(&edit, &apart) {
                apart.push(edit);
            }
        }
        apart
    }

    /// The file's name in `span` of `text`, as it will be.
    fn name_in(&self, text: &str, span: Range<usize>) -> Option<Edit> {
        if self.new_stem == self.old_stem {
            return None;
        }
        let written = &text[span.clone()];
        let encoded = crate::command::change::named::encoded(&self.old_stem);
        let (at, old) = [self.old_stem.as_str(), &encoded].into_iter().find_map(|name| Some((written.rfind(name)?, name)))?;
        let start = span.start + at;
        let number = renumbered(old, self.old, self.new)?;
        Some(Edit::replace(start..start + old.len(), number))
    }

    /// The number with which `words`, which stand at `at`, begin, as it will be.
    fn number_at(&self, words: &str, at: usize) -> Option<Edit> {
        let place = number_place(words, self.old)?;
        Some(Edit::replace(at + place.start..at + place.end, self.like(&words[place])))
    }

    /// Says which files beside the records name the old file, too: they are not Markdown, and are left alone.
    fn tell_what_is_left(&self, plan: &Plan) -> Result<(), Failure> {
        use std::io::Write;
        let name = self.record().path().file_name();
        let outlines = self.place.assembled.input.outlines.iter();
        let changed: Vec<&SourcePath> = plan.records().map(|index| self.place.record(index).path()).collect();
        for (path, _) in outlines.filter(|(path, text)| self.old_stem != self.new_stem && !changed.contains(path) && text.contains(name)) {
            writeln!(std::io::stderr(), "{path} names {name}, too; mend it by hand")?;
        }
        Ok(())
    }
}

/// `name` with the number `old`, with which it begins, as `new`; as many digits as before, where that is enough.
fn renumbered(name: &str, old: i64, new: i64) -> Option<String> {
    let place = number_place(name, old)?;
    Some(format!("{}{}{}", &name[..place.start], padded(new, place.len()), &name[place.end..]))
}

fn padded(number: i64, n_digits: usize) -> String {
    format!("{number:0n_digits$}")
}

/// Where `words` have the number `number` in front, behind the letters of its series at most: `9. Queues`, `ADR-0009`, `#9`.
fn number_place(words: &str, number: i64) -> Option<Range<usize>> {
    let start = words.find(|c: char| c.is_ascii_digit())?;
    let is_series = words[..start].chars().all(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | '-' | '_' | '#' | '.' | '['));
    let n_digits = words[start..].bytes().take_while(u8::is_ascii_digit).count();
    let is_number = words[start..start + n_digits].parse() == Ok(number);
    (is_series && is_number).then(|| start..start + n_digits)
}

/// The field of `record` at `path`, as references are named: `owner`, `actions[2].record`.
fn field_at<'r>(record: &'r Record, path: &str) -> Option<&'r Field> {
    let mut steps = path.split(['.', '[']).map(|step| step.trim_end_matches(']'));
    let mut field = record.fields.get(steps.next()?)?;
    for step in steps {
        field = match &field.value {
            Value::List(entries) => entries.get(step.parse::<usize>().ok()?)?,
            _ => field.get(step)?,
        };
    }
    Some(field)
}
