//! The cases in `tests/cases`: records in memory, through the stages, compared with what is written down.

use handbook::calendar::Date;

use crate::support::{case, dump};

fn run(folder: &str) {
    case::run(folder, |case, section| {
        let audience = case.about.lines().find_map(|line| line.strip_prefix("# audience: "));
        let drafts = case.about.lines().any(|line| line == "# drafts");
        let assembled = dump::assembled(&case.inputs, audience, drafts);
        dump::section(&assembled, dump::scope(&assembled.input.config, audience, drafts), section)
    });
}

#[test]
fn parse() {
    run("parse");
}

#[test]
fn markdown() {
    run("markdown");
}

/// With what is found on a day, and with what authors allow.
#[test]
fn check() {
    case::run("check", |case, section| {
        let mut assembled = dump::assembled(&case.inputs, None, false);
        let today = Date::parse("2026-11-21").expect("a date");
        handbook::pipeline::examine(&mut assembled, today);
        dump::section(&assembled, dump::scope(&assembled.input.config, None, false), section)
    });
}

#[test]
fn link() {
    run("link");
}

#[test]
fn audience() {
    run("audience");
}

#[test]
fn sources() {
    run("sources");
}

#[test]
fn navigation() {
    run("navigation");
}

#[test]
fn ledger() {
    run("ledger");
}
