//! People and teams that are named: whether anybody knows them, and whether they are still there.
//!
//! A handbook has a roster where its teams list their people; one that has none is asked nothing.

use std::collections::{BTreeMap, HashMap};

use crate::check::{Scene, Subject};
use crate::diagnostic::{self, Diagnostic};
use crate::ledger::actions::is_past;
use crate::model::field::{Field, Value};
use crate::model::handbook::RecordIndex;
use crate::model::kind::{FieldType, Meaning};
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
    field: &'a Field,
    /// Whether it says who does something now, and not who did once.
    is_current: bool,
}

/// Findings about people and teams.
pub fn findings(scene: &Scene<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = (0..scene.handbook.records.len()).filter_map(|index| gone_team(&scene.subject(index))).collect();
    let Some(roster) = Roster::of(scene) else { return found };
    let mut unknown: BTreeMap<String, Vec<Named<'_>>> = BTreeMap::new();
    for named in (0..scene.handbook.records.len()).flat_map(|index| named(scene, index)) {
        let Some(name) = named.field.text().filter(|name| !folded(name).is_empty()) else { continue };
        let source = &scene.handbook.records[named.index].source;
        match roster.has_left(name) {
            Some(true) if named.is_current => {
                let message = format!("{} is named here, and left", name.trim());
                let finding = source.finding(&diagnostic::OWNER_GONE, named.field.span.clone(), message);
                found.push(finding.hint("name who does it now"));
            }
            Some(_) => {}
            None => unknown.entry(folded(name)).or_default().push(named),
        }
    }
    found.extend(unknown.values().map(|named| stranger(scene, named)));
    found
}

/// Somebody whom no team lists, told once.
fn stranger(scene: &Scene<'_>, named: &[Named<'_>]) -> Diagnostic {
    let first = &named[0];
    let name = first.field.text().unwrap_or_default().trim();
    let elsewhere = match named.len() {
        1 => String::new(),
        2 => ", who is named once more".to_owned(),
        n => format!(", who is named {} more times", n - 1),
    };
    let message = format!("no team lists {name}{elsewhere}");
    let found = scene.handbook.records[first.index].source.finding(&diagnostic::PERSON_UNKNOWN, first.field.span.clone(), message);
    found.hint("mend the name, add it to a team's `people`, or to `people` in `handbook.yaml`")
}

/// A team that is no more, and still keeps a record.
fn gone_team(subject: &Subject<'_>) -> Option<Diagnostic> {
    let owner = subject.linked.references.get("owner").filter(|_| subject.is_alive())?;
    let team = subject.scene.subject(*owner);
    let field = subject.record.fields.get("owner").filter(|_| team.is(Meaning::Closed))?;
    let status = team.linked.standing.status.as_ref().map_or("closed", |status| status.name.as_str());
    let message = format!("this is kept by `{}`, which is {status}", team.record.path());
    Some(subject.record.source.finding(&diagnostic::OWNER_GONE, field.span.clone(), message).hint("name the team that keeps it now"))
}

/// The people whom fields of a record name.
fn named<'a>(scene: &'a Scene<'a>, index: RecordIndex) -> Vec<Named<'a>> {
    let subject = scene.subject(index);
    let has_people = subject.kind.fields.iter().any(|(name, field)| Shape::of(name, &field.kind) == Some(Shape::People));
    let mut found = Vec::new();
    for (name, field) in &subject.record.fields {
        let Some(declared) = subject.kind.fields.get(name) else { continue };
        match &declared.kind {
            // Whoever leads a team leads it now; whoever led a response did so once.
            FieldType::Person => found.push(Named { index, field, is_current: has_people && subject.is_alive() }),
            FieldType::List(of) if **of == FieldType::Person => {
                found.extend(field.entries().iter().map(|field| Named { index, field, is_current: false }));
            }
            FieldType::List(of) => {
                let FieldType::Map(fields) = &**of else { continue };
                let people = fields.iter().filter(|(_, declared)| declared.kind == FieldType::Person).map(|(name, _)| name);
                for (name, entry) in people.flat_map(|name| field.entries().iter().map(move |entry| (name, entry))) {
                    let is_pending = !matches!(entry.said("state").as_deref(), Some("done" | "dropped")) && entry.get("done").is_none();
                    let is_map = matches!(entry.value, Value::Map(_));
                    found.extend(entry.get(name).filter(|_| is_map).map(|field| Named { index, field, is_current: is_pending }));
                }
            }
            _ => {}
        }
    }
    // A span that is empty stands in a file beside the record.
    found.retain(|named| !named.field.span.is_empty());
    found
}
