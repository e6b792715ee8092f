//! Where a record was put to use by records of other kinds: a principle that was applied or bent, an incident that led to a
//! decision, each with the sentence that says so. And the records that it tells to read, in order.

use serde::Serialize;

use crate::model::handbook::RecordIndex;
use crate::model::kind::RelationType;
use crate::render::Site;
use crate::render::overview::topics::sentence;
use crate::render::view::{self, LinkView};

/// Uses of one sort: applied by, bent by.
#[derive(Serialize)]
pub struct UsesView<'a> {
    name: &'a str,
    label: &'a str,
    count: usize,
    /// The latest first.
    uses: Vec<UseView<'a>>,
}

#[derive(Serialize)]
struct UseView<'a> {
    link: LinkView<'a>,
    /// The sentence in which it speaks of this record.
    sentence: Option<String>,
}

/// Records to read, in order.
#[derive(Serialize)]
pub struct PathView<'a> {
    name: &'a str,
    label: &'a str,
    records: Vec<LinkView<'a>>,
}

impl<'a> UsesView<'a> {
    /// The relation, seen from the record that is used.
    pub fn name(&self) -> &'a str {
        self.name
    }
}

impl<'a> PathView<'a> {
    /// The relation.
    pub fn name(&self) -> &'a str {
        self.name
    }
}

/// Uses of one sort that a page names.
const USES_MAX: usize = 60;

/// How records of other kinds used the one at `index`, through relations that are made for its kind.
pub fn uses<'a>(site: &Site<'a>, index: RecordIndex) -> Vec<UsesView<'a>> {
    let own = &site.handbook.records[index].kind;
    let is_use = |relation: &&RelationType| relation.to.contains(own) && !relation.supersedes;
    let kinds = site.config.kinds.iter().filter(|kind| kind.name != *own);
    let mut found: Vec<UsesView<'a>> = Vec::new();
    for relation in kinds.flat_map(|kind| &kind.relations).filter(is_use) {
        if found.iter().any(|uses| uses.name == relation.inverse) {
            continue;
        }
        let mut users: Vec<RecordIndex> = through(site, index, &relation.inverse).collect();
        users.sort_by_key(|user| std::cmp::Reverse(site.handbook.records[*user].date));
        let count = users.len();
        let use_view = |user: RecordIndex| UseView { link: view::link(site, user), sentence: sentence(site, user, index) };
        let uses = users.into_iter().take(USES_MAX).map(use_view).collect();
        if count > 0 {
            found.push(UsesView { name: &relation.inverse, label: &relation.inverse_label, count, uses });
        }
    }
    found
}

/// The reading paths of the record at `index`: relations whose order its author chose.
pub fn paths<'a>(site: &Site<'a>, index: RecordIndex) -> Vec<PathView<'a>> {
    let ordered = view::kind_of(site, index).relations.iter().filter(|relation| relation.ordered);
    let path = |relation: &'a RelationType| {
        let records: Vec<RecordIndex> = through(site, index, &relation.name).collect();
        (!records.is_empty()).then(|| PathView { name: &relation.name, label: &relation.label, records: view::links(site, &records) })
    };
    ordered.filter_map(path).collect()
}

fn through(site: &Site<'_>, index: RecordIndex, name: &str) -> impl Iterator<Item = RecordIndex> {
    site.handbook.linked[index].relations.iter().filter(move |relation| relation.name == name).map(|relation| relation.target)
}
