//! The queue of reviews: what somebody is to look at again, by owner, overdue first.

use serde::Serialize;

use crate::ledger::party::Party;
use crate::ledger::reviews::{Review, State};
use crate::render::Site;
use crate::render::overview::PartyView;
use crate::render::overview::Rows;
use crate::render::view::{self, DateView, LinkView};

/// All reviews.
#[derive(Serialize)]
pub struct ReviewsView<'a> {
    n_overdue: usize,
    n_soon: usize,
    n_later: usize,
    owners: Vec<OwnerRow>,
    rows: Vec<ReviewView<'a>>,
}

#[derive(Serialize)]
struct OwnerRow {
    owner: Option<PartyView>,
    overdue: usize,
    soon: usize,
    later: usize,
}

/// A review.
#[derive(Serialize)]
pub struct ReviewView<'a> {
    link: LinkView<'a>,
    due: DateView,
    state: &'static str,
    /// Days from its day until today; negative while there is time.
    days: i64,
    owner: Option<PartyView>,
}

/// Owners that the table names.
const OWNERS_MAX: usize = 100;

/// The view of all reviews.
pub fn view<'a>(site: &Site<'a>, rows: Rows) -> ReviewsView<'a> {
    let reviews = &site.ledger.reviews;
    let count = |state: State| reviews.iter().filter(|review| review.state == state).count();
    let counted = Party::count(reviews.iter().map(|review| (review.owner.as_ref(), review.state as usize)));
    let row = |(owner, [overdue, soon, later, _]): (Option<&Party>, [usize; 4])| OwnerRow {
        owner: owner.map(|owner| PartyView::new(site, owner)),
        overdue,
        soon,
        later,
    };
    ReviewsView {
        n_overdue: count(State::Overdue),
        n_soon: count(State::Soon),
        n_later: count(State::Later),
        owners: counted.into_iter().take(OWNERS_MAX).map(row).collect(),
        rows: reviews.iter().skip(rows.start).take(rows.len()).map(|review| review_view(site, review)).collect(),
    }
}

/// The view of one review.
pub fn review_view<'a>(site: &Site<'a>, review: &Review) -> ReviewView<'a> {
    ReviewView {
        link: view::link(site, review.record),
        due: DateView::new(review.due),
        state: review.state.as_str(),
        days: review.due.last_day().days_until(site.setting.today),
        owner: review.owner.as_ref().map(|owner| PartyView::new(site, owner)),
    }
}
