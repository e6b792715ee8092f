//! People and teams that are named: whether anybody knows them, and whether they are still there.
//!
//! A handbook has a roster where its teams list their people; one that has none is asked nothing.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::check::{Scene, Subject};
use crate::diagnostic::{self, Diagnostic};
use crate::ledger::actions::is_past;
use crate::model::field::{Field, Value};
use crate::model::handbook::RecordIndex;
use crate::model::kind::{FieldType, Kind, Meaning};
use crate::model::shape::{Shape, shaped};
use crate::slug;

/// Who is known, and whether they left.
#[derive(Default)]
struct Roster {
    /// By their folded names; `true` for those who left.
    people: HashMap<String, bool>,
}

impl Roster {
    fn of(scene: &Scene<'_>) -> Option<Self> {
        let mut roster = Self::default();
        for index in 0..scene.handbook.records.len() {
            let subject = scene.subject(index);
            // A section of a page that lists people need not list all of them.
            let is_listed = |(name, _): &(&str, &Field)| !subject.record.reading.in_body.iter().any(|known| known == name);
            for (_, field) in shaped(subject.record, subject.kind, Shape::People).filter(is_listed) {
                for entry in field.entries() {
                    let has_left = entry.get("left").is_some_and(|left| left.date().is_some_and(|day| is_past(day, scene.today)));
                    roster.add(entry.said("name").unwrap_or_default().as_str(), has_left || subject.is(Meaning::Closed));
                }
            }
        }
        if roster.people.is_empty() {
            return None;
        }
        for name in &scene.config.people {
            roster.add(name, false);
        }
        Some(roster)
    }

    /// Whoever is in one team and left another is there.
    fn add(&mut self, name: &str, has_left: bool) {
        let known = self.people.entry(folded(name)).or_insert(has_left);
        *known &= has_left;
    }

    /// Whether `name` has left; `None` for one who is not known.
    fn has_left(&self, name: &str) -> Option<bool> {
        self.people.get(&folded(name)).copied()
    }
}

/// A name without what is put behind it: a role, an address.
fn folded(name: &str) -> String {
    slug::fold(name.split(['(', '<', ',']).next().unwrap_or_default().trim().trim_start_matches('@'))
}

/// A place where somebody is named.
struct Named<'a> {
    index: RecordIndex,
    name: &'a str,
    span: Range<usize>,
    /// Whether it says who does something now, and not who did once.
    is_current: bool,
    /// Whether it names a person, and not perhaps a group, or all.
    is_person: bool,
}

/// Findings about people and teams.
pub fn findings(scene: &Scene<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = (0..scene.handbook.records.len()).flat_map(|index| gone_teams(&scene.subject(index))).collect();
    let Some(roster) = Roster::of(scene) else { return found };
    let mut unknown: BTreeMap<String, Vec<Named<'_>>> = BTreeMap::new();
    for named in (0..scene.handbook.records.len()).flat_map(|index| named(scene, index)) {
        if folded(named.name).is_empty() {
            continue;
        }
        let source = &scene.handbook.records[named.index].source;
        match roster.has_left(named.name) {
            Some(true) if named.is_current => {
                let message = format!("{} is named here, and left", named.name.trim());
                let finding = source.finding(&diagnostic::OWNER_GONE, named.span.clone(), message);
                found.push(finding.hint("name who does it now"));
            }
            None if named.is_person => unknown.entry(folded(named.name)).or_default().push(named),
            _ => {}
        }
    }
    found.extend(unknown.values().map(|named| stranger(scene, named)));
    found
}

/// Somebody whom no team lists, told once.
fn stranger(scene: &Scene<'_>, named: &[Named<'_>]) -> Diagnostic {
    let first = &named[0];
    let name = first.name.trim();
    let elsewhere = match named.len() {
        1 => String::new(),
        2 => ", who is named once more".to_owned(),
        n => format!(", who is named {} more times", n - 1),
    };
    let message = format!("no team lists {name}{elsewhere}");
    let found = scene.handbook.records[first.index].source.finding(&diagnostic::PERSON_UNKNOWN, first.span.clone(), message);
    found.hint("mend the name, add it to a team's `people`, or to `people` in `handbook.yaml`")
}

/// Teams that are no more, and still keep a record, or are to do something in it.
fn gone_teams(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let gone = |(path, target): (&String, &RecordIndex)| {
        let (team, (field, is_current)) = (subject.scene.subject(*target), at_path(subject, path)?);
        if !is_current || !has_people(team.kind) || !team.is(Meaning::Closed) {
            return None;
        }
        let status = team.linked.standing.status.as_ref().map_or("closed", |status| status.name.as_str());
        let does = if path == "owner" { "this is kept by" } else { "this names" };
        let message = format!("{does} `{}`, which is {status}", team.record.path());
        let hint = if path == "owner" { "name the team that keeps it now" } else { "name the team that does it now" };
        Some(subject.record.source.finding(&diagnostic::OWNER_GONE, field.span.clone(), message).hint(hint))
    };
    subject.linked.references.iter().filter_map(gone).collect()
}

/// The field at `path` (`owner`, `actions[2].owner`), and whether it says who does something now.
fn at_path<'a>(subject: &Subject<'a>, path: &str) -> Option<(&'a Field, bool)> {
    let Some((list, rest)) = path.split_once('[') else {
        return Some((subject.record.fields.get(path)?, subject.is_alive()));
    };
    let (position, name) = rest.split_once(']')?;
    let entry = subject.record.fields.get(list)?.entries().get(position.parse::<usize>().ok()?)?;
    match name.strip_prefix('.') {
        Some(name) => Some((entry.get(name)?, is_pending(entry))),
        None => Some((entry, subject.is_alive())),
    }
}

/// Whether an entry, such as an action, is still to be done.
fn is_pending(entry: &Field) -> bool {
    !matches!(entry.said("state").as_deref(), Some("done" | "dropped")) && entry.get("done").is_none()
}

/// Whether records of a kind list people, as teams do.
fn has_people(kind: &Kind) -> bool {
    kind.fields.iter().any(|(name, field)| Shape::of(name, &field.kind) == Some(Shape::People))
}

/// The people whom fields of a record name.
fn named<'a>(scene: &'a Scene<'a>, index: RecordIndex) -> Vec<Named<'a>> {
    let subject = scene.subject(index);
    let mut found = Vec::new();
    for (name, field) in &subject.record.fields {
        let Some(declared) = subject.kind.fields.get(name) else { continue };
        let mut add = |field: &'a Field, is_current: bool, is_person: bool| {
            found.extend(field.text().map(|name| Named { index, name, span: field.span.clone(), is_current, is_person }));
        };
        match &declared.kind {
            // Whoever leads a team leads it now; whoever led a response did so once.
            FieldType::Person => add(field, has_people(subject.kind) && subject.is_alive(), true),
            FieldType::List(of) if **of == FieldType::Person => {
                // Whoever decided did so once; what is open is yet to be decided by those who are there.
                let is_current = name == "deciders" && subject.is(Meaning::Open);
                field.entries().iter().for_each(|field| add(field, is_current, true));
            }
            FieldType::Reference(_) if !subject.linked.references.contains_key(name) => add(field, subject.is_alive(), false),
            FieldType::List(of) => {
                let FieldType::Map(fields) = &**of else { continue };
                for entry in field.entries().iter().filter(|entry| matches!(entry.value, Value::Map(_))) {
                    for (name, declared) in fields {
                        let Some(field) = entry.get(name) else { continue };
                        match declared.kind {
                            FieldType::Person => add(field, is_pending(entry), true),
                            FieldType::Reference(_) => add(field, is_pending(entry) && subject.is_alive(), false),
                            _ => {}
                        }
                    }
                }
            }
            _ => {}
        }
    }
    found.extend(at_rituals(&subject));
    // A span that is empty stands in a file beside the record.
    found.retain(|named| !named.span.is_empty());
    found
}

/// Whom rituals are held with: names between commas, or words for a group.
fn at_rituals<'a>(subject: &Subject<'a>) -> Vec<Named<'a>> {
    let rituals = shaped(subject.record, subject.kind, Shape::Rituals).filter(|_| subject.is_alive());
    let with = rituals.flat_map(|(_, field)| field.entries()).filter_map(|entry| entry.get("with"));
    let names = with.filter_map(|field| Some((field, field.text()?))).flat_map(|(field, text)| {
        let names = text.split([',', ';', '&']).flat_map(|part| part.split(" and "));
        names.map(move |name| Named { index: subject.index, name, span: field.span.clone(), is_current: true, is_person: false })
    });
    names.collect()
}
