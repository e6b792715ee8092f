//! What a page tells of a record's past, as version control knows it.
//!
//! For an audience that is days and numbers: a name is a person's own to give, and what somebody says of a change may tell
//! of records that are withheld. A team may show the names too, never the words.

use std::borrow::Cow;
use std::cmp::Reverse;

use serde::Serialize;

use crate::calendar::Date;
use crate::model::forge::Origin;
use crate::model::handbook::RecordIndex;
use crate::model::history::{Change, FileHistory, HistoryDetail};
use crate::render::view::{self, DateView};
use crate::render::{Site, frame};

/// Authors who are named.
const AUTHORS_MAX: usize = 8;

/// The past of a record.
#[derive(Serialize)]
pub struct HistoryView<'a> {
    created: Option<DateView>,
    changed: Option<DateView>,
    /// "12 changes", "at least 3 changes".
    changes: String,
    authors: Vec<&'a str>,
    more_authors: usize,
    latest: Vec<ChangeView<'a>>,
}

#[derive(Serialize)]
struct ChangeView<'a> {
    date: Option<DateView>,
    author: &'a str,
    subject: &'a str,
    url: Option<String>,
}

/// How much the pages of this site tell.
fn detail(site: &Site<'_>) -> HistoryDetail {
    let (default, most) = match site.setting.audience {
        None => (HistoryDetail::Full, HistoryDetail::Full),
        Some(_) => (HistoryDetail::Dates, HistoryDetail::Authors),
    };
    match site.config.history {
        None => default,
        // A team that shows all to its own people has not said that it names them to others.
        Some(HistoryDetail::Full) => default,
        Some(chosen) => chosen.min(most),
    }
}

fn of<'a>(site: &Site<'a>, index: RecordIndex) -> Option<&'a FileHistory> {
    site.past.history.files.get(site.handbook.records[index].file()).filter(|_| detail(site) > HistoryDetail::None)
}

/// The day on which a record was changed last.
pub fn changed(site: &Site<'_>, index: RecordIndex) -> Option<Date> {
    of(site, index)?.changed
}

/// "first committed 2024-03-01", in the form that `written` gives a day, where a record does not say its day itself.
pub fn first_committed(site: &Site<'_>, index: RecordIndex, written: impl Fn(Date) -> String) -> Option<String> {
    let words = || frame::string(site, "first_committed", "first committed {}");
    stands_in(site, index).map(|day| words().replace("{}", &written(day)))
}

/// The day on which a record was first committed, where it ought to say a day itself, and says none: when it was written down
/// is then the nearest that is known to when it was decided, or happened.
fn stands_in(site: &Site<'_>, index: RecordIndex) -> Option<Date> {
    let wants_day = || view::kind_of(site, index).columns.iter().any(|column| column == "date");
    let is_untold = site.handbook.records[index].date.is_none() && wants_day();
    of(site, index).filter(|_| is_untold)?.created
}

/// The records of a list in its order; those at its end of which neither day nor number is told from the newest file to the
/// oldest.
pub fn ordered<'a>(site: &Site<'a>, records: &'a [RecordIndex]) -> Cow<'a, [RecordIndex]> {
    let is_told = |index: &RecordIndex| {
        let record = &site.handbook.records[*index];
        record.date.is_some() || record.number.is_some() || record.weight.is_some()
    };
    let n_told = records.iter().rposition(is_told).map_or(0, |last| last + 1);
    let first_committed = |index: &RecordIndex| stands_in(site, *index);
    if records[n_told..].iter().filter_map(first_committed).next().is_none() {
        return Cow::Borrowed(records);
    }
    let mut ordered = records.to_vec();
    ordered[n_told..].sort_by_key(|index| Reverse(first_committed(index)));
    Cow::Owned(ordered)
}

/// The past of a record; nothing where nothing is known of it.
pub fn view<'a>(site: &Site<'a>, index: RecordIndex) -> Option<HistoryView<'a>> {
    let file = of(site, index).filter(|file| file.n_changes > 0)?;
    let detail = detail(site);
    let (authors, latest) = match detail {
        HistoryDetail::Full => (file.authors.as_slice(), file.latest.as_slice()),
        HistoryDetail::Authors => (file.authors.as_slice(), [].as_slice()),
        HistoryDetail::Dates | HistoryDetail::None => ([].as_slice(), [].as_slice()),
    };
    let origin = Origin::of(&site.past.origins, site.handbook.records[index].file().as_str());
    let change = |change: &'a Change| ChangeView {
        date: change.date.map(DateView::new),
        author: &change.author,
        subject: &change.subject,
        url: origin.map(|origin| origin.forge.commit(&change.commit)),
    };
    Some(HistoryView {
        created: file.created.map(DateView::new),
        changed: file.changed.map(DateView::new),
        changes: changes(site, file),
        authors: authors.iter().take(AUTHORS_MAX).map(String::as_str).collect(),
        more_authors: authors.len().saturating_sub(AUTHORS_MAX),
        latest: latest.iter().map(change).collect(),
    })
}

fn changes(site: &Site<'_>, file: &FileHistory) -> String {
    let words = match (file.is_cut, file.n_changes) {
        (true, _) => frame::string(site, "changed_at_least", "at least {} changes"),
        (false, 1) => frame::string(site, "changed_once", "1 change"),
        (false, _) => frame::string(site, "changed_often", "{} changes"),
    };
    words.replace("{}", &file.n_changes.to_string())
}
