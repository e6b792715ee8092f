//! Where each record stands, everything considered: its own word, and the records that replace it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::{self, Diagnostic};
use crate::link::relation::{Relations, Supersession};
use crate::model::handbook::{RecordIndex, Standing};
use crate::model::kind::{Meaning, StatusType};
use crate::model::record::{Record, WrittenStatus};

/// Names of a circle that a message lists; a longer one is cut.
const CYCLE_NAMES_MAX: usize = 12;

/// The standing of each record.
pub fn standings(records: &[Arc<Record>], relations: &Relations, config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Vec<Standing> {
    let in_cycle = report_cycles(records, &relations.supersedes, diagnostics);
    let mut replaced_by: Vec<Vec<RecordIndex>> = vec![Vec::new(); records.len()];
    for supersession in &relations.supersedes {
        let is_settled = !in_cycle.contains(&(supersession.newer, supersession.older));
        if is_settled && has_held(&records[supersession.newer], config) && !replaced_by[supersession.older].contains(&supersession.newer) {
            replaced_by[supersession.older].push(supersession.newer);
        }
    }
    report_twice(records, &replaced_by, &relations.supersedes, diagnostics);
    let successors = successors(&replaced_by);
    let standing = |(index, record): (usize, &Arc<Record>)| {
        let superseded_by = std::mem::take(&mut replaced_by[index]);
        standing(record, superseded_by, successors[index].clone(), config)
    };
    records.iter().enumerate().map(standing).collect()
}

/// The status of its kind that the author of `record` wrote.
pub fn written_status<'a>(record: &Record, config: &'a Config) -> Option<&'a StatusType> {
    let name = record.status.as_ref()?.name.as_ref()?;
    config.kind(&record.kind).statuses.iter().find(|status| status.name == *name)
}

/// Whether a record holds, or held before it was replaced in turn: one that is only proposed, or was rejected, replaces nothing.
pub fn has_held(record: &Record, config: &Config) -> bool {
    written_status(record, config).is_none_or(|status| status.meaning != Meaning::Open && !status.never_held)
}

fn standing(record: &Record, superseded_by: Vec<RecordIndex>, successors: Vec<RecordIndex>, config: &Config) -> Standing {
    let kind = config.kind(&record.kind);
    let status = match kind.superseded_status() {
        Some(superseded) if !superseded_by.is_empty() => Some(superseded),
        _ => written_status(record, config),
    };
    let says_more = |status: &&WrittenStatus| status.name.as_ref().is_none_or(|name| !name.eq_ignore_ascii_case(&status.written));
    let note = record.status.as_ref().filter(says_more).map(|status| status.written.clone());
    Standing { status: status.cloned(), note, superseded_by, successors }
}

/// The living ends of each record's chain of replacements. Without recursion: chains may be long.
fn successors(replaced_by: &[Vec<RecordIndex>]) -> Vec<Vec<RecordIndex>> {
    let mut ends: Vec<Option<Vec<RecordIndex>>> = vec![None; replaced_by.len()];
    for start in 0..replaced_by.len() {
        let mut pending = vec![start];
        while let Some(&index) = pending.last() {
            let unknown: Vec<RecordIndex> = replaced_by[index].iter().copied().filter(|newer| ends[*newer].is_none()).collect();
            if unknown.is_empty() || ends[index].is_some() {
                let mut found = BTreeSet::new();
                for newer in &replaced_by[index] {
                    match ends[*newer].as_deref() {
                        Some([]) | None => {
                            found.insert(*newer);
                        }
                        Some(further) => found.extend(further),
                    }
                }
                ends[index].get_or_insert_with(|| found.into_iter().collect());
                pending.pop();
            } else {
                pending.extend(unknown);
            }
        }
    }
    ends.into_iter().map(Option::unwrap_or_default).collect()
}

/// Reports each circle once, and returns the pairs (newer, older) that are part of one: nothing follows from them.
fn report_cycles(
    records: &[Arc<Record>],
    supersedes: &[Supersession],
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeSet<(RecordIndex, RecordIndex)> {
    let mut older: HashMap<RecordIndex, Vec<RecordIndex>> = HashMap::new();
    for supersession in supersedes {
        older.entry(supersession.newer).or_default().push(supersession.older);
    }
    let mut in_cycle = BTreeSet::new();
    let mut state = vec![Visit::New; records.len()];
    let mut starts: Vec<RecordIndex> = older.keys().copied().collect();
    starts.sort_unstable();
    for start in starts {
        if state[start] != Visit::New {
            continue;
        }
        let mut path: Vec<(RecordIndex, usize)> = vec![(start, 0)];
        state[start] = Visit::Open;
        while let Some((index, next)) = path.last_mut() {
            let Some(&target) = older.get(index).and_then(|targets| targets.get(*next)) else {
                state[*index] = Visit::Done;
                path.pop();
                continue;
            };
            *next += 1;
            match state[target] {
                Visit::New => {
                    state[target] = Visit::Open;
                    path.push((target, 0));
                }
                Visit::Done => {}
                Visit::Open => {
                    let begin = path.iter().position(|(index, _)| *index == target).expect("an open record is on the path");
                    let cycle: Vec<RecordIndex> = path[begin..].iter().map(|(index, _)| *index).collect();
                    in_cycle.extend(cycle.iter().zip(cycle.iter().cycle().skip(1)).map(|(newer, older)| (*newer, *older)));
                    diagnostics.push(cycle_found(records, supersedes, &cycle));
                }
            }
        }
    }
    in_cycle
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    New,
    Open,
    Done,
}

fn cycle_found(records: &[Arc<Record>], supersedes: &[Supersession], cycle: &[RecordIndex]) -> Diagnostic {
    let names = cycle.iter().chain(cycle.first()).map(|index| records[*index].path().as_str());
    let mut shown: Vec<&str> = names.collect();
    if shown.len() > CYCLE_NAMES_MAX {
        shown.splice(CYCLE_NAMES_MAX / 2..shown.len() - CYCLE_NAMES_MAX / 2, ["…"]);
    }
    let first = supersedes.iter().find(|supersession| supersession.newer == cycle[0] && cycle.contains(&supersession.older));
    let (record, span) = first.map_or((cycle[0], 0..1), |supersession| supersession.written.clone());
    let (message, hint) = match cycle {
        [_] => ("this record supersedes itself".to_owned(), "name the record that it takes the place of"),
        _ => {
            let circle = shown.join(" → ");
            (format!("{} records supersede each other in a circle: {circle}", cycle.len()), "remove one of these relations")
        }
    };
    records[record].source.finding(&diagnostic::SUPERSEDES_CYCLE, span, message).hint(hint)
}

fn report_twice(records: &[Arc<Record>], replaced_by: &[Vec<RecordIndex>], supersedes: &[Supersession], diagnostics: &mut Vec<Diagnostic>) {
    for supersession in supersedes {
        let newer = &replaced_by[supersession.older];
        if newer.len() > 1 && newer.first() != Some(&supersession.newer) && newer.contains(&supersession.newer) {
            let message =
                format!("`{}` is superseded twice: here, and by `{}`", records[supersession.older].path(), records[newer[0]].path());
            let (record, span) = supersession.written.clone();
            let found = records[record].source.finding(&diagnostic::SUPERSEDED_TWICE, span, message);
            diagnostics.push(found.hint("let the later of the two supersede the earlier"));
        }
    }
}
