//! Pages that nothing leads to.
//!
//! Every page is in the list of its folder; an orphan is one that the others forgot. Where most pages are reached by their
//! folder alone, that is how its readers come, and no page is forgotten. Records of a log are found in the log.

use crate::check::Scene;
use crate::diagnostic::{self, Diagnostic};
use crate::model::handbook::RecordIndex;

/// At most one page in so many is an exception.
const SHARE: usize = 20;

/// Findings about pages.
pub fn findings(scene: &Scene<'_>) -> Vec<Diagnostic> {
    let handbook = scene.handbook;
    let is_page = |index: &RecordIndex| {
        let subject = scene.subject(*index);
        subject.kind.statuses.is_empty() && !subject.record.path().is_index() && !subject.record.path().folder().is_empty()
    };
    let named: std::collections::HashSet<RecordIndex> =
        handbook.linked.iter().flat_map(|linked| linked.references.values()).copied().collect();
    let is_reached = |index: &RecordIndex| {
        let linked = &handbook.linked[*index];
        !linked.backlinks.is_empty() || !linked.relations.is_empty() || handbook.trails.contains_key(index) || named.contains(index)
    };
    let pages: Vec<RecordIndex> = (0..handbook.records.len()).filter(is_page).collect();
    let orphans: Vec<RecordIndex> = pages.iter().copied().filter(|index| !is_reached(index)).collect();
    if orphans.len() * SHARE > pages.len() {
        return Vec::new();
    }
    let finding = |index: RecordIndex| {
        let message = "no record links to this page, and no table of contents names it";
        Diagnostic::new(&diagnostic::ORPHAN, handbook.records[index].file().as_str(), message).hint("link to it from where its readers are")
    };
    orphans.into_iter().map(finding).collect()
}
