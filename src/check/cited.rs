//! Records that no longer hold, cited as if they did.
//!
//! A log is not written anew when a decision falls: what was true on its day may stand. So a record of a kind whose records
//! replace each other is asked only what it cites that had fallen before; every other one, which is kept true, is asked always.

use crate::check::Subject;
use crate::diagnostic::{self, Diagnostic};
use crate::ledger::tenure::Held;
use crate::model::handbook::{Destination, RecordIndex};
use crate::model::kind::Meaning;
use crate::model::section::{Link, LinkForm};
use crate::slug;

/// Words of a sentence that tell a reader that what it cites is of the past, or stands beside something that came after.
const PAST: [&str; 65] = [
    "abandoned",
    "abolished",
    "already",
    "alternative",
    "alternatives",
    "amended",
    "amends",
    "and then",
    "before",
    "changed",
    "declined",
    "deprecated",
    "discarded",
    "dropped",
    "earlier",
    "ended",
    "evolved",
    "first",
    "former",
    "formerly",
    "gave up",
    "had",
    "historical",
    "history",
    "initial",
    "initially",
    "instead",
    "invalid",
    "later",
    "learned",
    "learnt",
    "legacy",
    "lesson",
    "lessons",
    "moved",
    "no longer",
    "obsolete",
    "obsoleted",
    "old",
    "older",
    "once",
    "original",
    "originally",
    "outdated",
    "predecessor",
    "previous",
    "previously",
    "prior",
    "refused",
    "rejected",
    "replaced",
    "replaces",
    "retired",
    "reversed",
    "revised",
    "showed",
    "superseded",
    "supersedes",
    "taught",
    "tried",
    "turned down",
    "until",
    "used to",
    "was",
    "were",
];

/// Findings about what a record cites.
pub fn findings(subject: &Subject<'_>) -> Vec<Diagnostic> {
    if !subject.is_alive() || subject.is(Meaning::Open) || subject.record.path().is_index() {
        return Vec::new();
    }
    let links = subject.record.outline.links.iter().zip(&subject.linked.links);
    let mut cited: Vec<RecordIndex> = Vec::new();
    let mut found = Vec::new();
    for (link, destination) in links {
        let Destination::Record(target, _) = destination else { continue };
        if cited.contains(target) || link.form == LinkForm::Image || !is_dead(subject, *target) || is_told(subject, link, *target) {
            continue;
        }
        cited.push(*target);
        found.push(finding(subject, link, *target));
    }
    found
}

/// Whether the record `target` is closed, and was when this one was written.
fn is_dead(subject: &Subject<'_>, target: RecordIndex) -> bool {
    let scene = subject.scene;
    let other = scene.subject(target);
    let is_logged = subject.kind.relations.iter().any(|relation| relation.supersedes);
    if target == subject.index || !other.is(Meaning::Closed) {
        return false;
    }
    match subject.record.date {
        _ if !is_logged => true,
        Some(date) => scene.tenures[target].on(date, scene.today) == Held::No && other.record.date.is_some_and(|day| !date.is_before(day)),
        None => false,
    }
}

/// Whether the reader is told: by a relation, by the section, by the words of the sentence or of the link itself.
fn is_told(subject: &Subject<'_>, link: &Link, target: RecordIndex) -> bool {
    let is_related = subject.linked.relations.iter().any(|relation| relation.target == target);
    let is_hidden = subject.record.reading.hidden.iter().any(|hidden| hidden.contains(&link.span.start));
    let section = subject.record.outline.sections.get(link.section);
    let of_section = section.and_then(|section| subject.scene.config.vocabulary.section(&section.title));
    let is_reference = matches!(of_section, Some("links" | "changelog" | "metadata"));
    // What stands alone in its line is an entry of a list of records, not a sentence that rests on one.
    let is_listed = link.sentence.0.trim().is_empty() && link.sentence.1.trim().is_empty();
    let words = |text: &str| {
        text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let of_author = if slug::fold(&link.text) == slug::fold(&subject.scene.handbook.records[target].title) { "" } else { &link.text };
    let sentence = format!(" {} {} {} ", words(&link.sentence.0), words(of_author), words(&link.sentence.1));
    let says = || PAST.iter().any(|word| sentence.contains(&format!(" {word} ")));
    is_related || is_hidden || is_reference || is_listed || names_successor(subject, link, target) || says()
}

/// Whether the same section names the record that holds instead, so that both are told of.
fn names_successor(subject: &Subject<'_>, link: &Link, target: RecordIndex) -> bool {
    let successors = &subject.scene.handbook.linked[target].standing.successors;
    let beside = subject.record.outline.links.iter().zip(&subject.linked.links).filter(|(other, _)| other.section == link.section);
    beside.into_iter().any(|(_, leads)| matches!(leads, Destination::Record(other, _) if successors.contains(other)))
}

fn finding(subject: &Subject<'_>, link: &Link, target: RecordIndex) -> Diagnostic {
    let other = subject.scene.subject(target);
    let status = other.linked.standing.status.as_ref().map_or("closed", |status| status.name.as_str());
    let message = format!("this cites `{}`, which is {status}, as if it held", other.record.path());
    let found = subject.record.source.finding(&diagnostic::DEAD_CITATION, link.span.clone(), message);
    match other.linked.standing.successors.first() {
        Some(newer) => found
            .hint(format!("cite `{}`, which replaced it, or say that it no longer holds", subject.scene.handbook.records[*newer].path())),
        None => found.hint("say that it no longer holds, or cite what holds now"),
    }
}
