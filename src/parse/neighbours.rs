//! What a file alone does not tell and its neighbours do: whether `02/09/2020` is a day of February or of September, where the others
//! of the folder, or of one above it, have dates such as `30/11/2020` and none to the contrary.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::calendar::DayOrder;
use crate::config::Config;
use crate::model::source::ContentHash;
use crate::parse::{Parsed, parse};

/// Records as their neighbours tell them: by the hash of the source, that of the settings, and which number comes first.
pub type Settled = HashMap<(ContentHash, ContentHash, DayOrder), Parsed>;

/// Reads those of `parsed` again whose dates their neighbours tell, unless they are `known`, which has them afterwards and no others.
pub fn settle(parsed: &mut [Parsed], config: &Config, known: &mut Settled) {
    let doubtful: Vec<usize> = (0..parsed.len()).filter(|at| parsed[*at].record.reading.has_doubtful_days).collect();
    if config.day_order != DayOrder::Unknown || doubtful.is_empty() {
        known.clear();
        return;
    }
    let told = told(parsed);
    let with = |day_order| Config { day_order, ..config.clone() };
    let (day_first, month_first) = (with(DayOrder::DayFirst), with(DayOrder::MonthFirst));
    let settled = |at: usize| {
        let source = &parsed[at].record.source;
        let config = match folders(source.path.folder()).find_map(|folder| told.get(folder))? {
            (_, 0) => &day_first,
            (0, _) => &month_first,
            _ => return None,
        };
        let key = (source.hash, config.hash, config.day_order);
        Some((at, key, known.get(&key).cloned().unwrap_or_else(|| parse(source, config))))
    };
    let settled: Vec<_> = doubtful.into_par_iter().filter_map(settled).collect();
    *known = settled.iter().map(|(_, key, record)| (*key, record.clone())).collect();
    settled.into_iter().for_each(|(at, _, record)| parsed[at] = record);
}

/// How many files say that the day comes first, and how many that the month does, by each folder that they lie in.
fn told(parsed: &[Parsed]) -> HashMap<&str, (usize, usize)> {
    let mut told: HashMap<&str, (usize, usize)> = HashMap::new();
    for record in parsed.iter().map(|parsed| &parsed.record) {
        let counted = match record.reading.day_order {
            DayOrder::DayFirst => (1, 0),
            DayOrder::MonthFirst => (0, 1),
            DayOrder::Unknown => continue,
        };
        for folder in folders(record.source.path.folder()) {
            let of_folder = told.entry(folder).or_default();
            *of_folder = (of_folder.0 + counted.0, of_folder.1 + counted.1);
        }
    }
    told
}

/// `folder` and those above it, the outermost without a name.
fn folders(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| match folder.rsplit_once('/') {
        Some((above, _)) => Some(above),
        None if folder.is_empty() => None,
        None => Some(""),
    })
}
