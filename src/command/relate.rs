//! `handbook supersede` and `handbook amend`: one record takes the place of another, or changes a part of it.

use crate::cli::RelateArguments;
use crate::command::change::metadata::{is_told_in_text, mark_replaced, relate};
use crate::command::change::named::Named;
use crate::command::change::{Plan, Workplace};
use crate::command::{Failure, Outcome, show};
use crate::model::handbook::RecordIndex;
use crate::model::kind::{Meaning, RelationType};
use crate::model::name::{KindName, SourcePath};
use crate::pipeline::Assembled;

/// What a record can say about another that came before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relationship {
    /// It takes its place.
    Supersedes,
    /// It changes a part of it, and both hold.
    Amends,
}

impl Relationship {
    fn is_said_by(self, relation: &RelationType) -> bool {
        match self {
            Self::Supersedes => relation.supersedes,
            Self::Amends => relation.name == "amends",
        }
    }
}

/// Writes at both ends that the newer record replaces or amends the older one.
pub fn run(arguments: &RelateArguments, relationship: Relationship) -> Result<Outcome, Failure> {
    let place = Workplace::open(&arguments.place)?;
    let newer = find(&place, &arguments.new, &kinds_that(&place, relationship))?;
    let relation = declared(&place, newer, relationship)?;
    let older = find(&place, &arguments.old, &relation.to)?;
    may_relate(&place, older, newer, relation)?;
    let mut plan = Plan::default();
    let (refused, config) = (Failure::Usage, &place.assembled.input.config);
    plan.edit(newer, relate(&place, newer, relation, false, older).map_err(refused)?);
    if relation.supersedes {
        plan.edit(older, mark_replaced(place.record(older), &Named::from(place.record(newer)), relation, config).map_err(refused)?);
    } else if is_told_in_text(place.record(older)) {
        plan.edit(older, relate(&place, older, relation, true, newer).map_err(refused)?);
    }
    let (old_path, new_path) = (place.record(older).path(), place.record(newer).path());
    let is_done = |outcome: &Assembled| is_related(outcome, new_path, old_path, relation);
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    place.carry_out(&plan, arguments.dry_run, is_done, &mut out)
}

/// The record that `reference` means; where it fits several, that of one of `kinds`.
fn find(place: &Workplace, reference: &str, kinds: &[KindName]) -> Result<RecordIndex, Failure> {
    show::find(&place.assembled.handbook, reference, kinds)
}

/// The kinds whose records can say this of others.
fn kinds_that(place: &Workplace, relationship: Relationship) -> Vec<KindName> {
    let kinds = place.assembled.input.config.kinds.iter();
    kinds.filter(|kind| kind.relations.iter().any(|relation| relationship.is_said_by(relation))).map(|kind| kind.name.clone()).collect()
}

/// The relation that the kind of the newer record declares for this.
fn declared(place: &Workplace, newer: RecordIndex, relationship: Relationship) -> Result<&RelationType, Failure> {
    let kind = place.assembled.input.config.kind(&place.record(newer).kind);
    let verb = if relationship == Relationship::Supersedes { "supersedes" } else { "amends" };
    let refusal = || Failure::Usage(format!("a {} {verb} nothing: its kind declares no such relation", kind.name));
    kind.relations.iter().find(|relation| relationship.is_said_by(relation)).ok_or_else(refusal)
}

/// Whether both are there to be related, and are not yet.
fn may_relate(place: &Workplace, older: RecordIndex, newer: RecordIndex, relation: &RelationType) -> Result<(), Failure> {
    let refuse = |message: String| Err(Failure::Usage(message));
    let handbook = &place.assembled.handbook;
    let (old, new) = (place.record(older), place.record(newer));
    if older == newer {
        return refuse(format!("both references mean {}", old.path()));
    }
    if !relation.to.is_empty() && !relation.to.contains(&old.kind) {
        return refuse(format!("{} is a {}, which `{}` can not name", old.path(), old.kind, relation.name));
    }
    if handbook.linked[newer].relations.iter().any(|known| known.name == relation.name && known.target == older) {
        return refuse(format!("{} says so already: {} {}", new.path(), relation.label.to_lowercase(), old.path()));
    }
    if !relation.supersedes {
        return Ok(());
    }
    if let Some(other) = handbook.linked[older].standing.superseded_by.first() {
        return refuse(format!("{} is superseded by {} already", old.path(), handbook.records[*other].path()));
    }
    let standing = &handbook.linked[newer].standing;
    match &standing.status {
        Some(status) if status.meaning == Meaning::Open => {
            refuse(format!("{} is only {}, so it replaces nothing yet; decide it first", new.path(), status.name))
        }
        Some(status) if status.meaning == Meaning::Closed => {
            refuse(format!("{} is {} itself, so it can replace nothing", new.path(), status.name))
        }
        _ => Ok(()),
    }
}

/// Whether the handbook says that the record at `newer` has `relation` to that at `older`, and what follows from it.
fn is_related(outcome: &Assembled, newer: &SourcePath, older: &SourcePath, relation: &RelationType) -> bool {
    let handbook = &outcome.handbook;
    let index = |path: &SourcePath| handbook.records.iter().position(|record| record.path() == path);
    let Some((newer, older)) = index(newer).zip(index(older)) else { return false };
    let says_so = handbook.linked[newer].relations.iter().any(|known| known.name == relation.name && known.target == older);
    let standing = &handbook.linked[older].standing;
    let is_replaced = standing.superseded_by.contains(&newer) && handbook.records[older].status.is_some();
    says_so && (!relation.supersedes || is_replaced)
}
