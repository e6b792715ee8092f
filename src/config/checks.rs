//! How much each rule of `handbook check` matters: `checks:` in `handbook.yaml`, for all records and by folder.

use std::path::Path;

use crate::config::reader::Reader;
use crate::diagnostic::{Diagnostic, RULES, Rule, Severity, did_you_mean, nearest};
use crate::glob::Patterns;
use crate::yaml::Node;

/// What is set for the findings of a rule: how much they matter, or nothing when it is off.
type Level = Option<Severity>;

/// The words for levels.
const LEVELS: [(&str, Level); 4] =
    [("error", Some(Severity::Error)), ("warning", Some(Severity::Warning)), ("note", Some(Severity::Note)), ("off", None)];

/// What a team sets.
#[derive(Clone, Debug, Default)]
pub struct Checks {
    everywhere: Vec<(&'static Rule, Level)>,
    /// By the pattern of paths for which it holds; later ones go before earlier ones.
    by_folder: Vec<(Patterns, Vec<(&'static Rule, Level)>)>,
}

impl Checks {
    /// Reads `checks:`. An entry is a rule with its level, or a pattern of paths with such entries.
    pub fn read(reader: &mut Reader<'_>, node: &Node) -> Self {
        let mut checks = Self::default();
        for (key, value) in reader.mapping(node, "checks").unwrap_or_default() {
            if value.entries().is_none() {
                checks.everywhere.extend(entry(reader, key, value));
                continue;
            }
            let patterns = Patterns::new(Path::new(""), key.text());
            if patterns.is_empty() {
                reader.complain(key, format!("`{}` is no pattern of paths", key.text().unwrap_or_default()));
            }
            let entries = value.entries().unwrap_or_default();
            let entries = entries.iter().filter_map(|(rule, level)| entry(reader, rule, level)).collect();
            checks.by_folder.push((patterns, entries));
        }
        checks
    }

    /// How much a finding of `rule` in the file at `path` matters; `None`: it is not told.
    pub fn level(&self, rule: &Rule, path: &str) -> Level {
        let of = |entries: &[(&'static Rule, Level)]| entries.iter().rev().find(|(known, _)| *known == rule).map(|(_, level)| *level);
        let fitting = self.by_folder.iter().rev().filter(|(_, entries)| of(entries).is_some());
        let in_folder = fitting.filter(|(patterns, _)| patterns.fits_file(path)).find_map(|(_, entries)| of(entries));
        in_folder.or_else(|| of(&self.everywhere)).unwrap_or(Some(rule.severity))
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.everywhere.is_empty() && self.by_folder.is_empty()
    }
}

fn entry(reader: &mut Reader<'_>, key: &Node, value: &Node) -> Option<(&'static Rule, Level)> {
    let code = key.text().unwrap_or_default();
    let Some(rule) = RULES.iter().find(|rule| rule.code == code) else {
        let unknown = reader.finding(key, format!("no rule is called `{code}`"));
        let hint = did_you_mean(&nearest(code, RULES.iter().map(|rule| rule.code), 1));
        reader.diagnostics.push(Diagnostic { hint: hint.or_else(|| Some("`handbook check --rules` lists them".to_owned())), ..unknown });
        return None;
    };
    // `off` is a truth value to some writers of YAML.
    let level = if value.text() == Some("false") { Some(None) } else { reader.one_of(value, code, &LEVELS) };
    level.map(|level| (*rule, level))
}
