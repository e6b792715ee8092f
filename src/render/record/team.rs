//! What the page of a team shows by itself: what it looks after, decided and owes, its incidents, what it has promised, what is
//! due for review. A record is a team when others name it as their owner, or its kind declares what a team has.

use serde::Serialize;

use crate::ledger::party::{Party, is_team};
use crate::ledger::reviews;
use crate::model::handbook::RecordIndex;
use crate::render::overview::actions::{ActionView, action_view};
use crate::render::overview::debts::{DebtView, debt_view};
use crate::render::overview::reviews::{ReviewView, review_view};
use crate::render::view::{self, LinkView};
use crate::render::{News, Site, calendar, feed};

/// What a team has.
#[derive(Serialize)]
pub struct TeamView<'a> {
    /// By kind: the records that it keeps true.
    owns: Vec<OwnedView<'a>>,
    /// What it has promised and not done.
    actions: Vec<ActionView<'a>>,
    /// What it owes.
    debts: Vec<DebtView<'a>>,
    /// What is overdue for review, or soon will be.
    reviews: Vec<ReviewView<'a>>,
    calendar_url: Option<String>,
    feed_url: Option<String>,
}

#[derive(Serialize)]
struct OwnedView<'a> {
    kind_label: &'a str,
    count: usize,
    /// The latest first.
    records: Vec<LinkView<'a>>,
    more: usize,
}

/// Records of a kind that are named.
const NAMED_MAX: usize = 12;
/// Actions, debts and reviews that are named.
const DUE_MAX: usize = 50;

/// The record at `index` as a team, when it is one.
pub fn view<'a>(site: &Site<'a>, index: RecordIndex) -> Option<TeamView<'a>> {
    if !is_team(site.handbook, site.config, index) {
        return None;
    }
    let is_its = |party: &Option<Party>| party.as_ref().is_some_and(|party| party.record == Some(index));
    let ledger = site.ledger;
    let actions = ledger.actions.iter().filter(|action| action.state.is_pending() && is_its(&action.owner));
    let debts = ledger.debts.iter().filter(|debt| debt.state != crate::ledger::debts::State::Paid && is_its(&debt.owner));
    let reviews = ledger.reviews.iter().filter(|review| review.state != reviews::State::Later && is_its(&review.owner));
    Some(TeamView {
        owns: owns(site, index),
        actions: actions.take(DUE_MAX).map(|action| action_view(site, action)).collect(),
        debts: debts.take(DUE_MAX).map(|debt| debt_view(site, debt)).collect(),
        reviews: reviews.take(DUE_MAX).map(|review| review_view(site, review)).collect(),
        calendar_url: calendar::teams(site).contains(&index).then(|| calendar::path(site, Some(index)).to_string()),
        feed_url: feed::teams(site).contains(&index).then(|| feed::path(site, News::Team(index)).to_string()),
    })
}

fn owns<'a>(site: &Site<'a>, team: RecordIndex) -> Vec<OwnedView<'a>> {
    let is_owned = |index: &RecordIndex| *index != team && site.handbook.linked[*index].references.get("owner") == Some(&team);
    let of_kind = |collection: &'a crate::model::handbook::Collection| {
        let mut owned: Vec<RecordIndex> = collection.records.iter().copied().filter(is_owned).collect();
        owned.sort_by_key(|index| std::cmp::Reverse(site.handbook.records[*index].date));
        let named = &owned[..owned.len().min(NAMED_MAX)];
        (!owned.is_empty()).then(|| OwnedView {
            kind_label: &site.config.kinds[collection.kind].label_plural,
            count: owned.len(),
            records: view::links(site, named),
            more: owned.len() - named.len(),
        })
    };
    site.handbook.collections.iter().filter_map(of_kind).collect()
}
