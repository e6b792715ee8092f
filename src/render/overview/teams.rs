//! Teams side by side: what each means to reach and how fresh that is, what it owes and has promised, what it holds next.

use serde::Serialize;

use crate::ledger::party::Party;
use crate::ledger::teams::{Goal, GoalState, Ritual};
use crate::ledger::{debts, party, reviews};
use crate::model::handbook::RecordIndex;
use crate::render::overview::Rows;
use crate::render::view::{self, DateView, LinkView};
use crate::render::{Site, calendar};

/// All teams.
#[derive(Serialize)]
pub struct TeamsView<'a> {
    rows: Vec<TeamRow<'a>>,
    goals: Vec<GoalRow<'a>>,
    /// What is held next, the first first.
    rituals: Vec<RitualRow<'a>>,
    calendar_url: Option<String>,
}

#[derive(Serialize)]
struct TeamRow<'a> {
    link: LinkView<'a>,
    owns: usize,
    incidents: usize,
    actions: usize,
    overdue_actions: usize,
    debts: usize,
    reviews: usize,
    stale_goals: usize,
}

#[derive(Serialize)]
struct GoalRow<'a> {
    team: LinkView<'a>,
    objective: String,
    period: Option<String>,
    state: &'static str,
    checked: Option<DateView>,
    progress: Option<f64>,
    /// The same in hundredths.
    percent: Option<i64>,
}

#[derive(Serialize)]
struct RitualRow<'a> {
    team: LinkView<'a>,
    name: String,
    written: Option<String>,
    next: Option<DateView>,
}

/// Goals and rituals that the page names; each team's page names all of its own.
const NAMED_MAX: usize = 150;

/// The view of all teams.
pub fn view<'a>(site: &Site<'a>, rows: Rows) -> TeamsView<'a> {
    let teams = party::teams(site.handbook, site.config);
    let mut goals: Vec<&Goal> = site.ledger.goals.iter().filter(|goal| goal.state != GoalState::Past).collect();
    goals.sort_by_key(|goal| (goal.state == GoalState::Current, goal.checked));
    let mut rituals: Vec<&Ritual> = site.ledger.rituals.iter().collect();
    rituals.sort_by_key(|ritual| (ritual.next.is_none(), ritual.next, ritual.schedule.as_ref().and_then(|schedule| schedule.time)));
    TeamsView {
        rows: teams.into_iter().skip(rows.start).take(rows.len()).map(|team| row(site, team)).collect(),
        goals: goals.into_iter().take(NAMED_MAX).map(|goal| goal_row(site, goal)).collect(),
        rituals: rituals.into_iter().take(NAMED_MAX).map(|ritual| ritual_row(site, ritual)).collect(),
        calendar_url: (!calendar::teams(site).is_empty()).then(|| calendar::path(site, None).to_string()),
    }
}

fn row<'a>(site: &Site<'a>, team: RecordIndex) -> TeamRow<'a> {
    let ledger = site.ledger;
    let is_its = |party: &Option<Party>| party.as_ref().is_some_and(|party| party.record == Some(team));
    let is_owned = |index: &RecordIndex| site.handbook.linked[*index].references.get("owner") == Some(&team) && *index != team;
    let pending = || ledger.actions.iter().filter(|action| action.state.is_pending() && is_its(&action.owner));
    TeamRow {
        link: view::link(site, team),
        owns: (0..site.handbook.records.len()).filter(is_owned).count(),
        incidents: ledger.incidents.iter().filter(|incident| is_owned(&incident.record)).count(),
        actions: pending().count(),
        overdue_actions: pending().filter(|action| action.state == crate::ledger::actions::State::Overdue).count(),
        debts: ledger.debts.iter().filter(|debt| debt.state != debts::State::Paid && is_its(&debt.owner)).count(),
        reviews: ledger.reviews.iter().filter(|review| review.state == reviews::State::Overdue && is_its(&review.owner)).count(),
        stale_goals: ledger.goals.iter().filter(|goal| goal.record == team && goal.state == GoalState::Stale).count(),
    }
}

fn goal_row<'a>(site: &Site<'a>, goal: &Goal) -> GoalRow<'a> {
    GoalRow {
        team: view::link(site, goal.record),
        objective: goal.objective.clone(),
        period: goal.period.clone(),
        state: goal.state.as_str(),
        checked: goal.checked.map(DateView::new),
        progress: goal.progress,
        percent: goal.progress.map(|progress| (progress * 100.0).round() as i64),
    }
}

fn ritual_row<'a>(site: &Site<'a>, ritual: &Ritual) -> RitualRow<'a> {
    RitualRow {
        team: view::link(site, ritual.record),
        name: ritual.name.clone(),
        written: ritual.written.clone(),
        next: ritual.next.map(DateView::new),
    }
}
