//! Which records somebody looks at again, and by when: the queue of reviews.

use crate::calendar::Date;
use crate::ledger::actions::is_past;
use crate::ledger::party::Party;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::kind::Meaning;

/// Days before its day on which a review is soon.
pub const SOON_DAYS: i64 = 90;

/// A review.
#[derive(Clone, Debug)]
pub struct Review {
    /// The record.
    pub record: RecordIndex,
    /// By when.
    pub due: Date,
    /// Whether that has passed.
    pub state: State,
    /// Who keeps the record true.
    pub owner: Option<Party>,
}

/// How a review stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Its day has passed.
    Overdue,
    /// Its day is near.
    Soon,
    /// There is time.
    Later,
}

impl State {
    /// In templates and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Soon => "soon",
            Self::Later => "later",
        }
    }
}

/// All reviews, the first due first. What is no longer in force needs none.
pub fn reviews(handbook: &Handbook, today: Date) -> Vec<Review> {
    let is_closed =
        |index: &RecordIndex| handbook.linked[*index].standing.status.as_ref().is_some_and(|status| status.meaning == Meaning::Closed);
    let review = |index: RecordIndex| {
        let due = handbook.records[index].date_field("review_by")?;
        let state = match due {
            due if is_past(due, today) => State::Overdue,
            due if today.days_until(due.last_day()) <= SOON_DAYS => State::Soon,
            _ => State::Later,
        };
        Some(Review { record: index, due, state, owner: Party::owner(handbook, index) })
    };
    let mut reviews: Vec<Review> = (0..handbook.records.len()).filter(|index| !is_closed(index)).filter_map(review).collect();
    reviews.sort_by_key(|review| (review.due.last_day(), handbook.records[review.record].id.clone()));
    reviews
}
