//! The ledger of debts: what was borrowed, when, by which record, and how it is paid back; the balance over time.

use serde::Serialize;

use crate::ledger::debts::{Debt, State, balance};
use crate::ledger::party::Party;
use crate::render::draw::{self, Drawing};
use crate::render::overview::PartyView;
use crate::render::overview::Rows;
use crate::render::view::{self, DateView, LinkView};
use crate::render::{Site, frame};

/// All debts.
#[derive(Serialize)]
pub struct DebtsView<'a> {
    n_overdue: usize,
    n_due: usize,
    n_open: usize,
    n_paid: usize,
    drawing: Option<Drawing>,
    balance: Vec<BalanceView>,
    more_balance: usize,
    teams: Vec<TeamRow>,
    rows: Vec<DebtView<'a>>,
}

#[derive(Serialize)]
struct BalanceView {
    day: DateView,
    owed: usize,
}

#[derive(Serialize)]
struct TeamRow {
    owner: Option<PartyView>,
    overdue: usize,
    due: usize,
    open: usize,
    paid: usize,
}

/// A debt.
#[derive(Serialize)]
pub struct DebtView<'a> {
    what: String,
    state: &'static str,
    payback: Option<String>,
    taken: Option<DateView>,
    due: Option<DateView>,
    paid: Option<DateView>,
    /// Days from the day it was taken until it was paid, or until today.
    age_days: Option<i64>,
    owner: Option<PartyView>,
    record: LinkView<'a>,
}

/// Days of the balance, and teams, that the tables name.
const TABLE_MAX: usize = 100;

/// The view of all debts.
pub fn view<'a>(site: &Site<'a>, rows: Rows) -> DebtsView<'a> {
    let debts = &site.ledger.debts;
    let count = |state: State| debts.iter().filter(|debt| debt.state == state).count();
    let balance = balance(debts, site.setting.today);
    let title = frame::string(site, "debts_drawing", "Debts that were owed");
    let latest = &balance[balance.len().saturating_sub(TABLE_MAX)..];
    DebtsView {
        n_overdue: count(State::Overdue),
        n_due: count(State::Due),
        n_open: count(State::Open),
        n_paid: count(State::Paid),
        drawing: draw::balance::drawing(title, &balance),
        more_balance: balance.len() - latest.len(),
        balance: latest.iter().map(|at| BalanceView { day: DateView::new(at.day), owed: at.n_owed }).collect(),
        teams: teams(site),
        rows: debts.iter().skip(rows.start).take(rows.len()).map(|debt| debt_view(site, debt)).collect(),
    }
}

/// The view of one debt.
pub fn debt_view<'a>(site: &Site<'a>, debt: &Debt) -> DebtView<'a> {
    let until = debt.paid.unwrap_or(site.setting.today);
    DebtView {
        what: debt.what.clone(),
        state: debt.state.as_str(),
        payback: debt.payback.clone(),
        taken: debt.taken.map(DateView::new),
        due: debt.due.map(DateView::new),
        paid: debt.paid.map(DateView::new),
        age_days: debt.taken.map(|taken| taken.days_until(until)).filter(|days| *days >= 0),
        owner: debt.owner.as_ref().map(|owner| PartyView::new(site, owner)),
        record: view::link(site, debt.record),
    }
}

fn teams(site: &Site<'_>) -> Vec<TeamRow> {
    let counted = Party::count(site.ledger.debts.iter().map(|debt| (debt.owner.as_ref(), debt.state as usize)));
    let row = |(owner, [overdue, due, open, paid]): (Option<&Party>, [usize; 4])| TeamRow {
        owner: owner.map(|owner| PartyView::new(site, owner)),
        overdue,
        due,
        open,
        paid,
    };
    counted.into_iter().take(TABLE_MAX).map(row).collect()
}
