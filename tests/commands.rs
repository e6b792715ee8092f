//! The commands as a user runs them: what they print, and their exit status.

use serde_json::Value;

use handbook::cache::Answers;
use handbook::index::kept::Extent;
use handbook::load::Project;

use crate::support::{Folder, files, handbook, sample, stderr, stdout};

fn in_sample(arguments: &[&str]) -> std::process::Output {
    handbook(&sample(), &[arguments, &["--today", "2026-11-21"]].concat())
}

fn json(output: &std::process::Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stdout(output)))
}

#[test]
fn the_sample_has_no_findings() {
    let output = in_sample(&["check"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let notes = stdout(&in_sample(&["check", "--json"]));
    let is_meant = |line: &str| ["review-overdue", "action-overdue", "debt-overdue"].iter().any(|code| line.contains(code));
    assert!(notes.lines().all(is_meant), "{notes}");
}

/// The table in the guide is the one that the program has.
#[test]
fn the_guide_lists_every_rule() {
    let guide = sample().join("guides/checks.md");
    let text = std::fs::read_to_string(&guide).expect("the guide");
    let (above, _) = text.split_once("## All rules\n\n").expect("a section for the rules");
    let wanted = format!("{above}## All rules\n\n{}", handbook::command::rules::markdown());
    if std::env::var_os("UPDATE_CASES").is_some() {
        std::fs::write(&guide, &wanted).expect("the guide can be written");
    }
    assert!(
        std::env::var_os("UPDATE_CASES").is_some() || text == wanted,
        "guides/checks.md is not what `handbook check --rules` says; run UPDATE_CASES=1 cargo test"
    );
}

#[test]
fn rules_can_be_listed_and_explained() {
    let folder = Folder::with(&[("a.md", "# A"), ("handbook.yaml", "checks: {blame: off}\n")]);
    let rules = stdout(&handbook(folder.path(), &["check", "--rules"]));
    assert!(rules.contains("off     blame  ") && rules.contains("warning broken-link  "), "{rules}");
    let one = stdout(&handbook(folder.path(), &["check", "--explain", "blame"]));
    assert!(one.starts_with("blame (warning, off here)\n"), "{one}");
    let unknown = handbook(folder.path(), &["check", "--explain", "broken-lnk"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(stderr(&unknown).contains("did you mean `broken-link`"), "{}", stderr(&unknown));
    let line: Value =
        serde_json::from_str(stdout(&handbook(folder.path(), &["check", "--rules", "--json"])).lines().next().expect("a line"))
            .expect("JSON");
    assert!(["code", "severity", "default", "meaning", "mend"].iter().all(|key| line[key].is_string()));
}

#[test]
fn findings_are_printed_for_other_programs() {
    let folder = Folder::with(&[("docs/a, b: 100%.md", "# A\n\nüü [x](x.md)\n"), ("docs/b.md", "---\nslug: a/b\n---\n### B\n")]);
    let github = stdout(&handbook(folder.path(), &["check", "docs", "--format", "github"]));
    let wanted = "::warning file=docs/a%2C b%3A 100%25.md,line=3,col=4,endColumn=13,title=broken-link::there is no file `x.md`\n";
    assert!(github.contains(wanted) && github.contains("::notice file=docs/b.md,line=4"), "{github}");
    let sarif = json(&handbook(folder.path(), &["check", "docs", "--format", "sarif"]));
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    assert!(rules.iter().all(|rule| rule["help"]["text"].is_string() && rule["shortDescription"]["text"].is_string()));
    let results = run["results"].as_array().expect("results");
    let broken = results.iter().find(|result| result["ruleId"] == "broken-link").expect("a result");
    assert_eq!(rules[broken["ruleIndex"].as_u64().expect("an index") as usize]["id"], "broken-link");
    let place = &broken["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "docs/a%2C%20b%3A%20100%25.md");
    assert_eq!(
        (&place["region"]["startLine"], &place["region"]["startColumn"], &place["region"]["endColumn"]),
        (&3.into(), &4.into(), &13.into())
    );
}

#[test]
fn a_baseline_silences_what_was_there_and_nothing_else() {
    let folder = Folder::with(&[("a.md", "# A\n\n[x](x.md)\n")]);
    let check = |arguments: &[&str]| handbook(folder.path(), &[&["check", "--baseline", "base.json"], arguments].concat());
    let missing = check(&[]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(stderr(&missing).contains("--write-baseline"), "{}", stderr(&missing));
    assert_eq!(check(&["--write-baseline"]).status.code(), Some(0));
    assert_eq!(check(&[]).status.code(), Some(0));
    folder.write("a.md", b"# A\n\nNew words above.\n\n[x](x.md)\n");
    assert_eq!(check(&[]).status.code(), Some(0), "{}", stdout(&check(&[])));
    folder.write("a.md", b"# A\n\n[x](x.md)\n\n[x](x.md)\n");
    assert!(stdout(&check(&[])).ends_with("1 records: new since the baseline: 1 warning\n"), "{}", stdout(&check(&[])));
    folder.write("base.json", b"{\"version\": 9, \"findings\": []}");
    assert_eq!(check(&[]).status.code(), Some(2));
}

#[test]
fn check_ends_with_1_and_shows_the_line() {
    let folder =
        Folder::with(&[("decisions/a.md", "# A\n\nSee [Terraform](terrafrom.md).\n"), ("decisions/terraform.md", "# Terraform\n")]);
    let output = handbook(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(1));
    let wanted = "warning[broken-link]: there is no file `decisions/terrafrom.md`\n  decisions/a.md:3:5\n3 | See [Terraform](terrafrom.md).\n  |     ^^^^^^^^^^^^^^^^^^^^^^^^^\n  hint: did you mean `terraform.md`?\n";
    assert!(stdout(&output).starts_with(wanted), "{}", stdout(&output));
    let line: Value =
        serde_json::from_str(stdout(&handbook(folder.path(), &["check", "--json"])).lines().next().expect("a line")).expect("JSON");
    assert_eq!(
        (&line["code"], &line["line"], &line["column"], &line["severity"]),
        (&"broken-link".into(), &3.into(), &5.into(), &"warning".into())
    );
}

#[test]
fn findings_about_includes_are_bounded_and_a_line_of_them_is_read_in_linear_time() {
    let (missing, open) = ("{{#include no.md}} ".repeat(2_000), "{{#include a ".repeat(100_000));
    let folder = Folder::with(&[("a.md", &missing), ("b.md", &open)]);
    let started = std::time::Instant::now();
    let output = handbook(folder.path(), &["check", "--json"]);
    let printed = stdout(&output);
    assert_eq!(printed.lines().count(), 101, "{}", stderr(&output));
    assert!(printed.contains("those after here are not looked at"));
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn a_record_of_fifty_thousand_lines_of_a_sort_is_read_in_linear_time() {
    let bullets = |line: &dyn Fn(usize) -> String| format!("# X\n\n{}\n## Context\n", (0..50_000).map(line).collect::<String>());
    let related = bullets(&|n| format!("- Supersedes: ADR-{n:05}\n"));
    let options = bullets(&|n| format!("- Status: {n}\n")).replace("# X\n", "# X\n\n## Considered Options\n");
    let (blank, headings) = ("\n".repeat(100_000) + "# C\n", "# D\n".repeat(50_000));
    let records = [related, options, blank, headings];
    let names = ["decisions/0001-a.md", "decisions/0002-b.md", "decisions/0003-c.md", "decisions/0004-d.md"];
    let files: Vec<(&str, &str)> = names.into_iter().zip(records.iter().map(String::as_str)).collect();
    let folder = Folder::with(&files);
    let started = std::time::Instant::now();
    let output = handbook(folder.path(), &["check", "--formats", "--json"]);
    assert_eq!(stdout(&output).lines().count(), 4, "{}", stderr(&output));
    assert!(started.elapsed().as_secs() < 40, "{:?}", started.elapsed());
}

#[test]
fn findings_are_bounded_in_number_and_length() {
    let formulas = "$\\nothing$ ".repeat(203);
    let long = format!("---\ntitle: @{}\n---\n", "x".repeat(40_000));
    let aliases = format!("---\na: &a \"{}\"\nb: [{}]\n---\n", "x".repeat(30_000), ["*a"; 60].join(", "));
    let folder = Folder::with(&[("a.md", &formulas), ("b.md", &long), ("c.md", &aliases)]);
    let printed = stdout(&handbook(folder.path(), &["check", "--json"]));
    assert_eq!(printed.lines().filter(|line| line.contains("\"math\"")).count(), 201);
    assert!(printed.contains("3 more formulas of this file can not be read"));
    assert!(printed.contains("aliases come to more than 1 MiB"));
    assert!(printed.lines().all(|line| line.len() < 4000), "a finding repeats a long line");
}

#[test]
fn records_that_are_made_at_the_same_time_have_numbers_of_their_own() {
    let folder = Folder::with(&[("decisions/0001-a.md", "# A")]);
    let make = |index: usize| handbook(folder.path(), &["new", "decision", &format!("Title {}", ["b", "c", "d", "e", "f", "g"][index])]);
    std::thread::scope(|scope| {
        for index in 0..6 {
            scope.spawn(move || assert_eq!(make(index).status.code(), Some(0)));
        }
    });
    let names = std::fs::read_dir(folder.path().join("decisions")).expect("the folder");
    let mut numbers: Vec<String> = names.map(|name| name.expect("a file").file_name().to_string_lossy()[..4].to_owned()).collect();
    numbers.sort();
    assert_eq!(numbers, ["0001", "0002", "0003", "0004", "0005", "0006", "0007"]);
}

#[test]
fn init_beside_records_that_are_there_makes_no_findings() {
    let folder = Folder::with(&[("index.md", "# Ours"), ("decisions/0001-first.md", "---\nstatus: accepted\n---\n# First\n")]);
    let output = handbook(folder.path(), &["init"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("kept  index.md, which stands for README.md"), "{}", stdout(&output));
    assert!(!folder.has("README.md") && !folder.has("decisions/0001-keep-a-decision-log.md") && folder.has("handbook.yaml"));
    let check = handbook(folder.path(), &["check"]);
    assert_eq!(check.status.code(), Some(0), "{}", stdout(&check));
}

#[test]
fn exit_status_2_is_for_what_can_not_be_meant() {
    let folder = Folder::with(&[("a.md", "# A")]);
    for arguments in [
        &["nonsense"][..],
        &["list", "decisoin"],
        &["show", "nothing"],
        &["check", "--dir", "missing"],
        &["build", "missing"],
        &["check", "--today", "2024-02-30"],
        &["check", "--audience", "nobody"],
        &["new", "decision", "!!!"],
    ] {
        let output = handbook(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
        assert!(!stderr(&output).is_empty(), "{arguments:?} says nothing");
    }
    let folder = Folder::with(&[("a.md", "# A"), ("handbook.yaml", "title: [open\n")]);
    let output = handbook(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("handbook.yaml:"), "{}", stderr(&output));
}

#[test]
fn list_and_show_speak_json() {
    let list = json(&in_sample(&["list", "decisions", "--json"]));
    let records = list["records"].as_array().expect("records");
    assert!(records.len() >= 30 && list["version"] == 1);
    let superseded = records.iter().find(|record| record["number"] == 13).expect("decision 13");
    assert_eq!(superseded["status"], "superseded");
    assert_eq!(superseded["successors"][0], "decisions/0026-names-say-what-a-service-does");
    let show = json(&in_sample(&["show", "decision/26", "--json"]));
    assert!(show["markdown"].as_str().expect("text").contains("## Decision"));
    assert!(show["backlinks"].as_array().expect("backlinks").len() > 1);
    assert!(stdout(&in_sample(&["list"])).contains("postmortem"));
    assert!(stdout(&in_sample(&["list", "decision", "--status", "rejected"])).lines().count() >= 1);
}

#[test]
fn search_finds_what_is_meant() {
    for (query, first) in [
        ("no cute names", "principles/lessons-of-the-first-nine-months"),
        ("Names say what a service does", "decisions/0026-names-say-what-a-service-does"),
        ("terragrnt", "decisions/0020-terragrunt-and-atlantis"),
        ("ADR-12", "decisions/0012-no-serverless"),
        ("\"lock timeout\" kind:decision", "decisions/0031-timeouts-on-every-migration"),
        ("status:rejected", "decisions/0016-go-for-the-calculation-service"),
        ("heroku -postgres kind:decision", "decisions/0034-no-heroku"),
    ] {
        let folder = Folder::with(&[]);
        let content = sample();
        let output = handbook(folder.path(), &["search", "--json", "--dir", content.to_str().expect("a path in UTF-8"), "--", query]);
        let found = json(&output);
        let ids: Vec<&str> = found["results"].as_array().expect("results").iter().filter_map(|result| result["id"].as_str()).collect();
        if query == "heroku -postgres kind:decision" {
            assert!(!ids.contains(&"decisions/0033-relay-postgres-on-heroku"), "{ids:?}");
            continue;
        }
        assert_eq!(ids.first(), Some(&first), "{query}: {ids:?}");
    }
}

/// A hyphen excludes a word wherever it stands; what has two is an option, before the words or behind.
#[test]
fn search_takes_words_with_hyphens() {
    let folder = Folder::with(&[("a.md", "# Heroku\n\nqueue\n"), ("b.md", "# Other\n\nqueue\n"), ("c.md", "# Flag\n\nUse `-heroku`.\n")]);
    let titles = |arguments: &[&str]| -> Vec<String> {
        let found = json(&handbook(folder.path(), &[&["search", "--json"], arguments].concat()));
        let titles = found["results"].as_array().expect("results").iter().filter_map(|result| result["title"].as_str());
        titles.map(str::to_owned).collect()
    };
    assert_eq!(titles(&["queue"]).len(), 2);
    for arguments in [
        &["queue", "-heroku"][..],
        &["-heroku", "queue"],
        &["queue -heroku"],
        &["-n", "5", "queue", "-heroku"],
        &["queue", "-heroku", "-n5"],
        &["queue", "-heroku", "--limit", "5"],
        &["--dir", ".", "--", "queue", "-heroku"],
    ] {
        assert_eq!(titles(arguments), ["Other"], "{arguments:?}");
    }
    assert!(titles(&["-heroku"]).contains(&"Flag".to_owned()), "the only word is a flag");
    for help in [&["search", "--help"][..], &["search", "-h"], &["search", "queue", "-h"]] {
        assert!(stdout(&handbook(folder.path(), help)).contains("Usage: handbook search"), "{help:?}");
    }
    let wrong = handbook(folder.path(), &["search", "queue", "--jsn"]);
    assert!(stderr(&wrong).contains("--json"), "{}", stderr(&wrong));
    let count = handbook(folder.path(), &["search", "-n", "0", "queue"]);
    assert_eq!((stdout(&count).as_str(), count.status.code()), ("2 records\n", Some(0)));
}

#[test]
fn search_that_finds_nothing_says_what_comes_near() {
    let folder = Folder::with(&[("a.md", "# Terraform\n\nmodules\n"), ("b.md", "# Queues\n\nmodules\n")]);
    let none = handbook(folder.path(), &["search", "terrafrmo"]);
    assert_eq!(none.status.code(), Some(0), "one slip is forgiven");
    let none = handbook(folder.path(), &["search", "tirraferm"]);
    assert_eq!(none.status.code(), Some(0), "two slips are");
    let none = handbook(folder.path(), &["search", "tirrafemr"]);
    assert_eq!(none.status.code(), Some(1));
    assert_eq!(stdout(&none), "nothing was found\nnearest words: terraform\nnearest records:\n  Terraform  a.md\n");
    let narrowed = json(&handbook(folder.path(), &["search", "--json", "modules", "kind:decision"]));
    assert_eq!((narrowed["total"].as_u64(), narrowed["nearest"]["results"].as_array().map(Vec::len)), (Some(0), Some(2)), "{narrowed}");
}

#[test]
fn hostile_queries_behave() {
    let folder = Folder::with(&[("a.md", "# constructor\n\n__proto__ and (a+)+$ here\n"), ("b.md", "# B")]);
    let long = "x".repeat(10_000);
    let quotes = "\"".repeat(1000);
    let alternatives = "a OR ".repeat(1000);
    for query in [
        "constructor",
        "__proto__",
        "(a+)+$",
        "",
        " ",
        "-x",
        "*",
        "after:2021-13",
        "kindd:x",
        "is:ovrdue",
        &long,
        &quotes,
        &alternatives,
        "\\",
        "%",
        "a:b:c",
    ] {
        let output = handbook(folder.path(), &["search", "--json", "--", query]);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{query:.40}: {}", stderr(&output));
        let found = json(&output);
        if matches!(query, "constructor" | "__proto__" | "(a+)+$") {
            assert_eq!(found["results"][0]["id"], "a", "{query}");
        }
        if matches!(query, "after:2021-13" | "is:ovrdue") {
            assert_eq!(found["complaints"].as_array().map(Vec::len), Some(1), "{query}");
        }
    }
}

#[test]
fn the_index_follows_what_is_written_and_survives_what_breaks_it() {
    let folder = Folder::with(&[("a.md", "# One\n\nalpha\n"), ("b.md", "# Two\n\nbeta\n")]);
    let first =
        |query: &str| json(&handbook(folder.path(), &["search", "--json", "--", query]))["results"][0]["id"].as_str().map(str::to_owned);
    assert_eq!(first("alpha"), Some("a".to_owned()));
    folder.write("a.md", b"# One\n\ngamma\n");
    folder.write("c.md", b"# Three\n\nalpha\n");
    assert_eq!(first("alpha"), Some("c".to_owned()));
    assert_eq!(first("gamma"), Some("a".to_owned()));
    std::fs::remove_file(folder.path().join("c.md")).expect("it is ours");
    assert_eq!(first("alpha"), None);
    for (path, file) in crate::support::files(&folder.path().join(".handbook")) {
        if !path.ends_with(".lock") {
            std::fs::write(file, b"garbage").expect("it is ours");
        }
    }
    assert_eq!(first("gamma"), Some("a".to_owned()));
}

#[test]
fn an_exam_reports_ranks() {
    let folder = Folder::with(&[(
        "exam.jsonl",
        "{\"q\": \"heroku\", \"expect\": [\"decisions/0034-no-heroku\"]}\n{\"q\": \"nothing like it zzz\", \"expect\": [\"x\"]}\n",
    )]);
    let content = sample();
    let output = handbook(folder.path(), &["search", "--exam", "exam.jsonl", "--dir", content.to_str().expect("a path in UTF-8")]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("2 questions: MRR@10 0.500"), "{}", stdout(&output));
}

#[test]
fn new_takes_the_next_number_and_sets_both_ends() {
    let folder = Folder::with(&[
        ("decisions/0001-aws.md", "---\r\nnumber: 1\r\ntitle: Use AWS\r\nstatus: accepted # since May\r\n---\r\nBody.\r\n"),
        ("decisions/0007-other.md", "# Other\n"),
        ("handbook.yaml", "kinds:\n  - name: runbook\n    template: |\n      ## Steps\n"),
    ]);
    let output = handbook(folder.path(), &["new", "decision", "Leave: the \"cloud\"", "--supersedes", "1", "--today", "2026-01-02"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let written = folder.read("decisions/0008-leave-the-cloud.md");
    assert!(
        written.starts_with(
            "---\nnumber: 8\ntitle: \"Leave: the \\\"cloud\\\"\"\nstatus: accepted\ndate: 2026-01-02\nsupersedes: [1]\n---\n\n## Context\n"
        ),
        "{written}"
    );
    assert_eq!(
        folder.read("decisions/0001-aws.md"),
        "---\r\nnumber: 1\r\ntitle: Use AWS\r\nstatus: superseded # since May\r\n---\r\nBody.\r\n"
    );
    let found = stdout(&handbook(folder.path(), &["check", "--json"]));
    assert!(found.lines().all(|line| line.contains("template-left")), "{found}");
    let again = handbook(folder.path(), &["new", "decision", "Leave: the \"cloud\"", "--supersedes", "99"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(handbook(folder.path(), &["new", "runbook", "Restart it"]).status.success());
    assert!(folder.read("runbooks/restart-it.md").ends_with("## Steps\n"));
    let twice = handbook(folder.path(), &["new", "runbook", "Restart it"]);
    assert_eq!(twice.status.code(), Some(2), "nothing is overwritten");
    let outside = handbook(folder.path(), &["new", "runbook", "../../x"]);
    assert!(outside.status.success() && folder.has("runbooks/x.md"));
}

#[test]
fn init_starts_a_handbook_that_checks_and_touches_nothing() {
    let folder = Folder::with(&[("README.md", "mine")]);
    let output = handbook(folder.path(), &["init"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(folder.read("README.md"), "mine");
    assert!(folder.has("handbook.yaml") && folder.has("decisions/0001-keep-a-decision-log.md"));
    let check = handbook(folder.path(), &["check"]);
    assert_eq!(check.status.code(), Some(0), "{}", stdout(&check));
}

#[test]
fn control_characters_of_titles_do_not_reach_a_terminal() {
    let folder = Folder::with(&[("a.md", "---\ntitle: \"x\\e]0;owned\\a \\u202e\"\n---\nalpha\n")]);
    for arguments in [&["list", "page"][..], &["show", "a"], &["search", "alpha"]] {
        let text = stdout(&handbook(folder.path(), arguments));
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{arguments:?}: {text:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_closed_output_is_no_error() {
    let binary = env!("CARGO_BIN_EXE_handbook");
    let content = sample();
    let script = format!("{binary} list decision --dir {} | head -1", content.display());
    let output = std::process::Command::new("bash").args(["-o", "pipefail", "-c", &script]).output().expect("a shell");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).is_empty(), "{}", stderr(&output));
}

#[test]
fn check_tells_how_files_were_read() {
    let folder = Folder::with(&[("log/0001-a.md", "# 1. A\n\nDate: 2020-01-02\n\n## Status\n\nAccepted\n\n## Context\n")]);
    let output = handbook(folder.path(), &["check", "--formats"]);
    let wanted = "log/0001-a.md\n  decision, A (Nygard, adr-tools: section Status)\n  date: 2020-01-02  [line 3 line]\n  status: accepted  [line 7 section]\n";
    assert!(stdout(&output).starts_with(wanted), "{}", stdout(&output));
    let reading = json(&handbook(folder.path(), &["check", "--formats", "--json"]));
    assert_eq!((&reading["family"], &reading["fields"][1]["line"]), (&"A".into(), &7.into()));
}

#[test]
fn import_proposes_then_writes_and_leaves_bodies_alone() {
    let body = "# A\r\n\r\n---\r\n\r\n- status: superseded by [2](0002-b.md)\r\n- date: 1 May 2020\r\n- deciders: Ann Lee (Acme, Inc), Bo\r\n\r\n---\r\n\r\n## Context\r\n";
    let newer = "---\ntags: [x]\n---\n# B\n\n## Status\n\nAccepted\n";
    let folder = Folder::with(&[("decisions/0001-a.md", body), ("decisions/0002-b.md", newer)]);
    let read = |name: &str| std::fs::read_to_string(folder.path().join("decisions").join(name)).expect("it is there");
    let output = handbook(folder.path(), &["import", "--to", "front-matter"]);
    assert!(stdout(&output).contains("+status: superseded\r\n"), "{}", stdout(&output));
    assert_eq!(read("0001-a.md"), body, "a proposal changes nothing");

    let before = stdout(&handbook(folder.path(), &["list", "decision", "--json"]));
    assert_eq!(handbook(folder.path(), &["import", "--to", "front-matter", "--write"]).status.code(), Some(0));
    let head = "---\r\nsuperseded_by: [\"0002-b.md\"]\r\nstatus: superseded\r\ndate: 2020-05-01\r\ndeciders: [\"Ann Lee (Acme, Inc)\", Bo]\r\n---\r\n\r\n";
    assert_eq!(read("0001-a.md"), format!("{head}{body}"));
    assert_eq!(read("0002-b.md"), newer.replace("tags: [x]\n", "tags: [x]\nstatus: accepted\n"));
    let after = stdout(&handbook(folder.path(), &["list", "decision", "--json"]));
    assert_eq!(after, before.replace("\"superseded by 2\"", "null"), "the words of the status are the relation's now");
    assert!(stdout(&handbook(folder.path(), &["import", "--to", "front-matter"])).is_empty(), "a second run changes nothing");
}

/// Whatever happens to what is kept for searches, the next one answers as before.
#[test]
fn a_damaged_index_is_made_anew() {
    let folder = Folder::with(&[
        ("decisions/0001-a.md", "# Use a queue\n\n## Context\n\nOrders are lost.\n"),
        ("decisions/0002-b.md", "# Drop the queue\n\nNothing is lost any more.\n"),
    ]);
    let search = || handbook(folder.path(), &["search", "--dir", ".", "--json", "queue lost"]);
    let answer = stdout(&search());
    assert!(answer.contains("Drop the queue"), "{answer}");
    let names: Vec<String> = files(&folder.path().join(".handbook")).into_iter().map(|(name, _)| name).collect();
    assert!(names.iter().any(|name| name.ends_with(".term")), "{names:?}");
    let derived = ["lists-1-en", "answers-2"];
    for ending in ["term", "idx", "pos", "fieldnorm", "fast", "store", "meta.json", ".managed.json"].into_iter().chain(derived) {
        let damages: [fn(&mut Vec<u8>); 3] =
            [Vec::clear, |bytes| bytes.truncate(bytes.len() / 2), |bytes| bytes.iter_mut().step_by(9).for_each(|byte| *byte ^= 0x55)];
        for damage in damages {
            for (_, file) in files(&folder.path().join(".handbook")).into_iter().filter(|(name, _)| name.ends_with(ending)) {
                let mut bytes = std::fs::read(&file).expect("it can be read");
                damage(&mut bytes);
                std::fs::write(&file, bytes).expect("it can be written");
            }
            // The index is read only where nothing that was made of it is there.
            for name in derived.into_iter().filter(|name| !derived.contains(&ending) || *name == "answers-2" && ending != *name) {
                let _ = std::fs::remove_file(folder.path().join(".handbook").join(name));
            }
            let output = search();
            assert_eq!(stdout(&output), answer, "{ending}: {}", stderr(&output));
        }
    }
}

/// A search that reads what the last one kept finds what is there now.
#[test]
fn what_is_kept_for_searches_follows_every_change() {
    let folder = Folder::with(&[
        ("handbook.yaml", "title: Team\n"),
        ("decisions/0001-queue.md", "# Use a queue\n\n## Context\n\nOrders are lost.\n"),
        ("guides/note.md", "# Note\n\n{{#include ../parts/part.md}}\n"),
        ("parts/part.md", "Zucchini.\n"),
    ]);
    // A change within the tick of a clock in which a file was read would not show: nothing so fresh is kept.
    let settle = || std::thread::sleep(std::time::Duration::from_millis(60));
    let found = |words: &[&str]| {
        settle();
        let output = handbook(folder.path(), &[&["search", "--json", "--"], words].concat());
        let answer = json(&output);
        let ids = answer["results"].as_array().expect("a list").iter().map(|result| result["id"].as_str().expect("an id").to_owned());
        ids.collect::<Vec<_>>().join(" ")
    };
    let is_kept = || {
        let config = Project::open(folder.path()).and_then(|project| project.config()).expect("settings").0;
        Answers::find(&folder.path().join(".handbook"), &config, Extent::Words).is_some()
    };
    assert_eq!(found(&["orders"]), "decisions/0001-queue");
    assert!(is_kept(), "the first search keeps what it read");
    assert_eq!(found(&["\"are lost\""]), "decisions/0001-queue");
    folder.write("decisions/0001-queue.md", b"# Use a queue\n\n## Context\n\nPotato.\n");
    assert!(!is_kept(), "a file was written");
    assert_eq!(found(&["orders"]), "");
    assert_eq!(found(&["potato"]), "decisions/0001-queue");
    assert!(is_kept());
    folder.write("decisions/0002-new.md", b"# New potato\n");
    assert_eq!(found(&["new"]), "decisions/0002-new");
    std::fs::remove_file(folder.path().join("decisions/0001-queue.md")).expect("it can be removed");
    assert_eq!(found(&["potato"]), "decisions/0002-new");
    folder.write("parts/part.md", b"Aubergine.\n");
    assert_eq!(found(&["aubergine"]), "guides/note parts/part");
    folder.write(".gitignore", b"decisions/\n");
    assert_eq!(found(&["potato"]), "");
    folder.write("handbook.yaml", b"title: Team\nsynonyms:\n  - [eggplant, aubergine]\n");
    assert_eq!(found(&["eggplant"]), "guides/note parts/part");
    assert_eq!(found(&["eggplant"]), "guides/note parts/part");
    assert!(is_kept());
}

/// A number means a record of the kind that can be replaced, whatever else has it.
#[test]
fn a_number_to_supersede_is_that_of_a_decision() {
    let folder = Folder::with(&[
        ("decisions/0009-terraform.md", "---\ntitle: Terraform\nstatus: accepted\ndate: 2021-01-01\n---\n"),
        ("principles/plain.md", "---\ntitle: Plain\nnumber: 9\n---\n"),
    ]);
    let output = handbook(folder.path(), &["new", "decision", "OpenTofu", "--supersedes", "9", "--today", "2026-01-02"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(folder.read("decisions/0009-terraform.md").contains("status: superseded"));
}

/// Whether `value` fits `schema`, as far as our schemas go.
fn fits(schema: &serde_json::Value, value: &serde_json::Value) -> bool {
    let of_type = |name: &str| match name {
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    };
    let names = |types: &serde_json::Value| match types {
        serde_json::Value::Array(all) => all.iter().filter_map(|one| one.as_str()).any(of_type),
        one => one.as_str().is_some_and(of_type),
    };
    let all = |key: &str, check: &dyn Fn(&serde_json::Value) -> bool| schema.get(key).is_none_or(check);
    all("type", &names)
        && all("enum", &|words| words.as_array().is_some_and(|words| words.contains(value)))
        && all("anyOf", &|several| several.as_array().is_some_and(|several| several.iter().any(|one| fits(one, value))))
        && all("items", &|one| value.as_array().is_none_or(|entries| entries.iter().all(|entry| fits(one, entry))))
        && all("required", &|names| {
            let has = |name: &serde_json::Value| name.as_str().is_some_and(|name| value.get(name).is_some());
            names.as_array().is_some_and(|names| names.iter().all(has))
        })
        && all("properties", &|properties| {
            let known = properties.as_object().expect("properties are named");
            known.iter().all(|(name, property)| value.get(name).is_none_or(|value| fits(property, value)))
        })
}

#[test]
fn the_schema_of_a_kind_fits_what_records_say() {
    let folder = Folder::with(&[("handbook.yaml", "kinds:\n  - name: runbook\n    fields: {service: {type: string, required: true}}\n")]);
    let schema = |kind: &str| -> serde_json::Value {
        serde_json::from_str(&stdout(&handbook(folder.path(), &["schema", kind]))).expect("it is JSON")
    };
    let decision = schema("decision");
    let good =
        serde_json::json!({"title": "T", "status": "accepted", "supersedes": [9], "debt": {"what": "x", "due": "2022-01"}, "tags": ["a"]});
    assert!(fits(&decision, &good), "{decision:#}");
    for bad in [
        serde_json::json!({"debt": {"due": "2022-01"}}),
        serde_json::json!({"options": [{"chosen": true}]}),
        serde_json::json!({"number": "nine"}),
        serde_json::json!({"audience": "nobody"}),
    ] {
        assert!(!fits(&decision, &bad), "{bad}");
    }
    assert!(!fits(&schema("runbook"), &serde_json::json!({"title": "T"})), "a field that a team requires");
    let whole: serde_json::Value = serde_json::from_str(&stdout(&handbook(folder.path(), &["schema"]))).expect("it is JSON");
    assert!(whole["$defs"]["runbook"].is_object() && whole["$defs"]["postmortem"]["properties"]["timeline"].is_object());
    let unknown = handbook(folder.path(), &["schema", "decisoin"]);
    assert!(unknown.status.code() == Some(2) && stderr(&unknown).contains("did you mean `decision`?"));
}
