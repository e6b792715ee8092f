//! The value of a field, as a page shows it.

use serde::Serialize;

use crate::ledger::actions::is_past;
use crate::model::field::{Field, Value};
use crate::model::handbook::RecordIndex;
use crate::render::Site;
use crate::scheme::{self, Scheme};

/// A text, with the page that it leads to.
#[derive(Serialize)]
pub struct TextView {
    /// The text.
    pub text: String,
    /// Where it leads.
    pub url: Option<String>,
    /// Whether that is another site.
    pub external: bool,
}

/// A day by which something is due.
#[derive(Serialize)]
pub struct DueView {
    iso: String,
    text: String,
    overdue: bool,
}

/// The view of a day by which something is due.
pub fn due(site: &Site<'_>, date: crate::calendar::Date) -> DueView {
    DueView { iso: date.iso(), text: date.text(), overdue: is_past(date, site.setting.today) }
}

/// A value, with the page that it leads to.
pub fn text(site: &Site<'_>, index: RecordIndex, path: &str, field: &Field) -> TextView {
    if let Some(target) = site.handbook.linked[index].references.get(path) {
        let (text, url) = (site.handbook.records[*target].title.clone(), site.handbook.output(*target).to_string());
        return TextView { text, url: Some(url), external: false };
    }
    let text = match &field.value {
        Value::Date(date) => date.text(),
        _ => field.display(),
    };
    let is_address = text.contains("://") && scheme::of(&text) == Scheme::Followed;
    TextView { url: is_address.then(|| text.clone()), external: is_address, text }
}
