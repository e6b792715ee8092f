//! People: what each does where, and the records that name them.

use serde::Serialize;

use crate::ledger::people::{Person, Role};
use crate::model::handbook::RecordIndex;
use crate::render::Site;
use crate::render::overview::Rows;
use crate::render::view::{self, DateView, LinkView, PlaceView};

/// All people, by name.
#[derive(Serialize)]
pub struct PeopleView<'a> {
    rows: Vec<PersonView<'a>>,
}

#[derive(Serialize)]
struct PersonView<'a> {
    name: &'a str,
    left: bool,
    roles: Vec<RoleView<'a>>,
    named: Vec<NamedView<'a>>,
}

#[derive(Serialize)]
struct RoleView<'a> {
    team: PlaceView,
    role: Option<&'a str>,
    left: Option<DateView>,
}

#[derive(Serialize)]
struct NamedView<'a> {
    label: &'a str,
    count: usize,
    /// The latest first.
    records: Vec<LinkView<'a>>,
    more: usize,
}

/// Records that a row names.
const RECORDS_MAX: usize = 15;

/// The view of all people.
pub fn view<'a>(site: &Site<'a>, rows: Rows) -> PeopleView<'a> {
    PeopleView { rows: site.ledger.people.iter().skip(rows.start).take(rows.len()).map(|person| person_view(site, person)).collect() }
}

fn person_view<'a>(site: &Site<'a>, person: &'a Person) -> PersonView<'a> {
    let role = |role: &'a Role| RoleView {
        team: PlaceView { title: site.handbook.records[role.team].title.clone(), url: site.handbook.output(role.team).to_string() },
        role: role.role.as_deref(),
        left: role.left.map(DateView::new),
    };
    let named = |(label, records): (&'a String, &Vec<RecordIndex>)| {
        let mut latest = records.clone();
        latest.sort_by_key(|index| std::cmp::Reverse(site.handbook.records[*index].date));
        latest.truncate(RECORDS_MAX);
        NamedView { label, count: records.len(), records: view::links(site, &latest), more: records.len() - latest.len() }
    };
    PersonView {
        name: &person.name,
        left: person.has_left(site.setting.today),
        roles: person.roles.iter().map(role).collect(),
        named: person.named.iter().map(named).collect(),
    }
}
