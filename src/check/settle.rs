//! Which findings are told, and how much each matters: as the settings say, and as authors allow.

use std::collections::HashMap;
use std::sync::Arc;

use crate::config::Config;
use crate::diagnostic::allowance::Allowances;
use crate::diagnostic::{self, Diagnostic};
use crate::model::name::SourcePath;
use crate::model::source::SourceFile;

/// What the authors of `sources` allow.
pub fn allowances(sources: &[Arc<SourceFile>]) -> Allowances {
    let mut allowances = Allowances::default();
    for source in sources.iter().filter(|source| !source.is_in_file_of_others()) {
        allowances.add(source.path.as_str(), &source.whole().text);
    }
    allowances
}

/// Those of `diagnostics` that are told, in order, each as much as the settings say that it matters.
pub fn settled(diagnostics: Vec<Diagnostic>, allowances: &mut Allowances, config: &Config) -> Vec<Diagnostic> {
    let settle = |mut diagnostic: Diagnostic| {
        diagnostic.severity = config.checks.level(diagnostic.rule, &diagnostic.path)?;
        (!allowances.allows(&diagnostic)).then_some(diagnostic)
    };
    let mut settled: Vec<Diagnostic> = diagnostics.into_iter().filter_map(settle).collect();
    diagnostic::sort(&mut settled);
    settled
}

/// What is wrong with `allowances`, once everything that they may allow was looked for, and with levels for files of which
/// there are none among `sources` and what lies beside them.
pub fn idle<'a>(
    allowances: &Allowances,
    sources: &'a [Arc<SourceFile>],
    beside: impl Iterator<Item = &'a SourcePath> + Clone,
    config: &Config,
) -> Vec<Diagnostic> {
    let paths = sources.iter().map(|source| source.path.as_str()).chain(beside.map(SourcePath::as_str));
    let unfit = config.checks.idle(paths);
    let sources: HashMap<&str, &Arc<SourceFile>> = sources.iter().map(|source| (source.path.as_str(), source)).collect();
    let finding = |(path, allowance): (&str, &diagnostic::allowance::Allowance)| {
        let (message, hint) = allowance.complaint();
        Some(sources.get(path)?.finding(&diagnostic::ALLOWANCE, allowance.span.clone(), message).hint(hint))
    };
    settled(allowances.idle().filter_map(finding).chain(unfit).collect(), &mut Allowances::default(), config)
}
