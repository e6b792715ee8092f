//! The owners of records that do not name one: the teams that the repository's host knows as owners of their files.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::config::Config;
use crate::model::handbook::RecordIndex;
use crate::model::kind::FieldType;
use crate::model::name::{KindName, SourcePath};
use crate::model::record::Record;
use crate::slug;

/// Adds the owner of each record that names none, when `owners` has the path of a team of the handbook among them:
/// `org/platform` is the team whose file or title is called platform, or platform team.
pub fn add(
    records: &[Arc<Record>],
    owners: &BTreeMap<SourcePath, Vec<String>>,
    config: &Config,
    references: &mut [BTreeMap<String, RecordIndex>],
) {
    if owners.is_empty() {
        return;
    }
    let mut teams: HashMap<KindName, HashMap<String, RecordIndex>> = HashMap::new();
    for (record, references) in records.iter().zip(references) {
        let Some(named) = owners.get(record.path()).filter(|_| !record.fields.contains_key("owner")) else { continue };
        let Some(FieldType::Reference(kinds)) = config.kind(&record.kind).fields.get("owner").map(|field| &field.kind) else { continue };
        for kind in kinds {
            let of_kind = teams.entry(kind.clone()).or_insert_with(|| names(records, kind));
            let team = |owner: &String| of_kind.get(&bare(owner.rsplit('/').next().unwrap_or(owner))).copied();
            if let Some(team) = named.iter().find_map(team) {
                references.insert("owner".to_owned(), team);
            }
        }
    }
}

/// The records of `kind` by what they are called; what two are called names none.
fn names(records: &[Arc<Record>], kind: &KindName) -> HashMap<String, RecordIndex> {
    let mut names: HashMap<String, Option<RecordIndex>> = HashMap::new();
    for (index, record) in records.iter().enumerate().filter(|(_, record)| record.kind == *kind) {
        for name in [bare(record.slug()), bare(&record.title)] {
            let known = names.entry(name).or_insert(Some(index));
            *known = known.filter(|other| *other == index);
        }
    }
    names.into_iter().filter_map(|(name, index)| Some((name, index?))).collect()
}

/// A name without the word team.
fn bare(name: &str) -> String {
    let slug = slug::name(name);
    slug.trim_start_matches("team-").trim_end_matches("-team").to_owned()
}
