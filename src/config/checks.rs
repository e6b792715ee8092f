//! How much each rule of `handbook check` matters: `checks:` in `handbook.yaml`, for all records and by folder.

use std::path::Path;

use crate::config::reader::Reader;
use crate::diagnostic::{ALLOWANCE, Diagnostic, RULES, Rule, Severity, did_you_mean, nearest};
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
    /// Later ones go before earlier ones.
    by_folder: Vec<InFolder>,
}

/// What a team sets for the files that a pattern fits.
#[derive(Clone, Debug)]
struct InFolder {
    patterns: Patterns,
    levels: Vec<(&'static Rule, Level)>,
    /// What there is to say where it fits none.
    idle: Option<Diagnostic>,
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
            let written = key.text().unwrap_or_default();
            if patterns.is_empty() {
                reader.complain(key, format!("`{written}` is no pattern of paths"));
            }
            let idle = reader.finding(key, format!("no file fits `{written}`, so that what is set for it does nothing"));
            let idle = Diagnostic {
                rule: &ALLOWANCE,
                hint: Some("mend the path, which is relative to the content, or remove the entry".to_owned()),
                ..idle
            };
            let entries = value.entries().unwrap_or_default();
            let levels = entries.iter().filter_map(|(rule, level)| entry(reader, rule, level)).collect();
            checks.by_folder.push(InFolder { idle: (!patterns.is_empty()).then_some(idle), patterns, levels });
        }
        checks
    }

    /// How much a finding of `rule` in the file at `path` matters; `None`: it is not told.
    pub fn level(&self, rule: &Rule, path: &str) -> Level {
        let of = |entries: &[(&'static Rule, Level)]| entries.iter().rev().find(|(known, _)| *known == rule).map(|(_, level)| *level);
        let fitting = self.by_folder.iter().rev().filter(|folder| of(&folder.levels).is_some());
        let in_folder = fitting.filter(|folder| folder.patterns.fits_file(path)).find_map(|folder| of(&folder.levels));
        in_folder.or_else(|| of(&self.everywhere)).unwrap_or(Some(rule.severity))
    }

    /// What is wrong with what is set by folder, where all files of the handbook lie at `paths`.
    pub fn idle<'a>(&self, paths: impl Iterator<Item = &'a str> + Clone) -> Vec<Diagnostic> {
        let is_idle = |folder: &&InFolder| !paths.clone().any(|path| folder.patterns.fits_file(path));
        self.by_folder.iter().filter(is_idle).filter_map(|folder| folder.idle.clone()).collect()
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
