//! The board of actions: what was promised by all records, overdue first, by state and by team.

use serde::Serialize;

use crate::ledger::actions::{Action, State};
use crate::ledger::log::median;
use crate::ledger::party::Party;
use crate::render::Site;
use crate::render::overview::PartyView;
use crate::render::overview::Rows;
use crate::render::view::{self, DateView, LinkView};

/// All actions.
#[derive(Serialize)]
pub struct ActionsView<'a> {
    n_overdue: usize,
    n_open: usize,
    n_done: usize,
    n_dropped: usize,
    /// Days that open actions have waited, at the median.
    age_days: Option<i64>,
    teams: Vec<TeamRow>,
    rows: Vec<ActionView<'a>>,
}

/// How the actions of a team stand.
#[derive(Serialize)]
struct TeamRow {
    /// `None`: actions that nobody has.
    owner: Option<PartyView>,
    overdue: usize,
    open: usize,
    done: usize,
    dropped: usize,
}

/// An action.
#[derive(Serialize)]
pub struct ActionView<'a> {
    title: String,
    state: &'static str,
    kind: Option<String>,
    owner: Option<PartyView>,
    assignee: Option<String>,
    ticket: Option<String>,
    due: Option<DateView>,
    done: Option<DateView>,
    /// Days since the record, or from it until it was done.
    age_days: Option<i64>,
    record: LinkView<'a>,
    led_to: Option<LinkView<'a>>,
}

/// Teams that the table names.
const TEAMS_MAX: usize = 100;

/// The view of all actions.
pub fn view<'a>(site: &Site<'a>, rows: Rows) -> ActionsView<'a> {
    let actions = &site.ledger.actions;
    let count = |state: State| actions.iter().filter(|action| action.state == state).count();
    let ages = actions.iter().filter(|action| action.state.is_pending()).filter_map(|action| action.age_days(site.setting.today));
    ActionsView {
        n_overdue: count(State::Overdue),
        n_open: count(State::Open),
        n_done: count(State::Done),
        n_dropped: count(State::Dropped),
        age_days: median(ages.collect()),
        teams: teams(site),
        rows: actions.iter().skip(rows.start).take(rows.len()).map(|action| action_view(site, action)).collect(),
    }
}

/// The view of one action.
pub fn action_view<'a>(site: &Site<'a>, action: &Action) -> ActionView<'a> {
    ActionView {
        title: action.title.clone(),
        state: action.state.as_str(),
        kind: action.kind.clone(),
        owner: action.owner.as_ref().map(|owner| PartyView::new(site, owner)),
        assignee: action.assignee.clone(),
        ticket: action.ticket.clone(),
        due: action.due.map(DateView::new),
        done: action.done.map(DateView::new),
        age_days: action.age_days(site.setting.today),
        record: view::link(site, action.record),
        led_to: action.led_to.map(|record| view::link(site, record)),
    }
}

fn teams(site: &Site<'_>) -> Vec<TeamRow> {
    let counted = Party::count(site.ledger.actions.iter().map(|action| (action.owner.as_ref(), action.state as usize)));
    let row = |(owner, [overdue, open, done, dropped]): (Option<&Party>, [usize; 4])| TeamRow {
        owner: owner.map(|owner| PartyView::new(site, owner)),
        overdue,
        open,
        done,
        dropped,
    };
    counted.into_iter().take(TEAMS_MAX).map(row).collect()
}
