//! The commands that change records that are there: both ends, every other byte kept, all files or none.

use std::collections::BTreeMap;

use crate::support::{Folder, files, handbook, stderr, stdout};

/// The files of `folder` and their texts.
fn texts(folder: &Folder) -> BTreeMap<String, String> {
    let is_ours = |path: &str| !path.starts_with(".handbook/") && !path.starts_with(".git/");
    let read = |(path, file): (String, std::path::PathBuf)| (path, std::fs::read_to_string(file).expect("text"));
    files(folder.path()).into_iter().filter(|(path, _)| is_ours(path)).map(read).collect()
}

/// Runs a command that must succeed, and returns what it printed.
fn done(folder: &Folder, arguments: &[&str]) -> String {
    let output = handbook(folder.path(), &[arguments, &["--today", "2026-01-02"]].concat());
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
    stdout(&output)
}

/// Runs a command that must refuse, and returns why; no file has changed.
fn refused(folder: &Folder, arguments: &[&str]) -> String {
    let before = texts(folder);
    let output = handbook(folder.path(), &[arguments, &["--today", "2026-01-02"]].concat());
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}{}", stdout(&output), stderr(&output));
    assert_eq!(texts(folder), before, "{arguments:?}");
    stderr(&output)
}

const NYGARD_OLD: &str = "# 1. Use AWS\r\n\r\nDate: 2016-02-12\r\n\r\n## Status\r\n\r\nAccepted\r\n\r\n## Context\r\n\r\nWhy.  \r\n";
const NYGARD_NEW: &str = "# 2. Use Hetzner\n\nDate: 2017-02-12\n\n## Status\n\nAccepted\n\n## Context\n\nCheaper.\n";

#[test]
fn nygard_records_supersede_each_other_under_their_status() {
    let folder = Folder::with(&[("doc/adr/0001-use-aws.md", NYGARD_OLD), ("doc/adr/0002-use-hetzner.md", NYGARD_NEW)]);
    let printed = done(&folder, &["supersede", "1", "2"]);
    assert_eq!(printed, "changed doc/adr/0001-use-aws.md\nchanged doc/adr/0002-use-hetzner.md\n");
    let old = NYGARD_OLD.replace("Accepted\r\n", "Superseded by [2. Use Hetzner](0002-use-hetzner.md)\r\n");
    assert_eq!(folder.read("doc/adr/0001-use-aws.md"), old);
    let new = NYGARD_NEW.replace("Accepted\n", "Accepted\n\nSupersedes [1. Use AWS](0001-use-aws.md)\n");
    assert_eq!(folder.read("doc/adr/0002-use-hetzner.md"), new);
    let check = handbook(folder.path(), &["check", "--all"]);
    assert!(stdout(&check).ends_with("nothing to mend\n"), "{}", stdout(&check));
    assert!(refused(&folder, &["supersede", "1", "2"]).contains("says so already"));
    assert!(refused(&folder, &["supersede", "2", "1"]).contains("is superseded itself"));
}

#[test]
fn a_dry_run_prints_a_patch_and_changes_nothing() {
    let folder = Folder::with(&[("adr/0001-a.md", NYGARD_OLD), ("adr/0002-b.md", NYGARD_NEW)]);
    let before = texts(&folder);
    let printed = done(&folder, &["supersede", "1", "2", "--dry-run"]);
    assert!(printed.contains("--- a/adr/0001-a.md\n+++ b/adr/0001-a.md\n"), "{printed}");
    assert!(printed.contains("-Accepted\r\n+Superseded by [2. Use Hetzner](0002-b.md)\r\n"), "{printed}");
    assert_eq!(texts(&folder), before);
}

#[test]
fn bullets_of_madr_get_a_bullet() {
    let old = "# Use Markdown\n\n* Status: accepted\n* Deciders: Ann\n* Date: 2019-01-01\n\n## Context and Problem Statement\n\nText\n";
    let new =
        "# Use reST\n\n* Status: Accepted\n* Date: 2020-01-01\n\n## Context and Problem Statement\n\nText\n\n## Decision Outcome\n\nreST\n";
    let folder = Folder::with(&[("adr/0001-md.md", old), ("adr/0002-rest (v2).md", new)]);
    done(&folder, &["supersede", "adr/0001-md.md", "decision/2"]);
    assert_eq!(
        folder.read("adr/0001-md.md"),
        old.replace("Status: accepted", "Status: superseded by [2. Use reST](0002-rest%20%28v2%29.md)")
    );
    let wanted = new.replace("* Status: Accepted\n", "* Status: Accepted\n* Supersedes: [1. Use Markdown](0001-md.md)\n");
    assert_eq!(folder.read("adr/0002-rest (v2).md"), wanted);
}

#[test]
fn lines_that_are_there_are_filled() {
    let old = "# Old\n\n---\n\n- status: accepted\n- date: 2019-01-01\n- supersedes: -\n- superseded by: -\n\n---\n\n## Context\n\nText\n";
    let new = "# New\n\n|                |            |\n| -------------- | ---------- |\n| Date           | 2020-01-01 |\n| Status         | Approved   |\n| Supersedes     | N/A        |\n\n## Context\n\nText\n";
    let table = new.replace("# New", "# Newer").replace("| Supersedes     | N/A        |\n", "");
    let folder = Folder::with(&[("decisions/0001-o.md", old), ("decisions/0002-n.md", new), ("decisions/0003-m.md", &table)]);
    done(&folder, &["supersede", "1", "2"]);
    let marked = old.replace("status: accepted", "status: superseded").replace("superseded by: -", "superseded by: [2. New](0002-n.md)");
    assert_eq!(folder.read("decisions/0001-o.md"), marked);
    assert_eq!(folder.read("decisions/0002-n.md"), new.replace("N/A        |", "[1. Old](0001-o.md)        |"));
    done(&folder, &["amend", "2", "3"]);
    let row = "| Status         | Approved   |\n| Amends         | [2. New](0002-n.md) |\n";
    assert_eq!(folder.read("decisions/0003-m.md"), table.replace("| Status         | Approved   |\n", row));
}

#[test]
fn relations_beside_the_status_stay() {
    let old = NYGARD_OLD.replace("Accepted\r\n", "Accepted\r\n\r\nAmended by [3. C](0003-c.md)\r\n");
    let third = NYGARD_NEW.replace("# 2. ", "# 3. ").replace("Accepted\n", "Accepted\n\nAmends [1. Use AWS](0001-a.md)\n");
    let folder = Folder::with(&[("adr/0001-a.md", old.as_str()), ("adr/0002-b.md", NYGARD_NEW), ("adr/0003-c.md", &third)]);
    done(&folder, &["supersede", "1", "2"]);
    assert_eq!(folder.read("adr/0001-a.md"), old.replace("Accepted\r\n", "Superseded by [2. Use Hetzner](0002-b.md)\r\n"));
}

#[test]
fn front_matter_keeps_its_comments_and_the_form_of_its_lists() {
    let old = "---\r\nstatus: accepted # since May\r\ndate: 2019-01-01\r\n---\r\n# A\r\n";
    let new = "---\nstatus: accepted\nsupersedes:\n  - 3  # the first\ndate: 2020-01-01\n---\n# B\n";
    let other = "---\nstatus: superseded\n---\n# C\n";
    let folder = Folder::with(&[("decisions/0001-a.md", old), ("decisions/0002-b.md", new), ("decisions/0003-c.md", other)]);
    done(&folder, &["supersede", "1", "2"]);
    assert_eq!(folder.read("decisions/0001-a.md"), old.replace("accepted", "superseded"));
    assert_eq!(folder.read("decisions/0002-b.md"), new.replace("  - 3  # the first\n", "  - 3  # the first\n  - 1\n"));
}

#[test]
fn amend_says_it_where_readers_of_the_file_look() {
    let folder = Folder::with(&[
        ("adr/0001-a.md", NYGARD_OLD),
        ("adr/0002-b.md", NYGARD_NEW),
        ("log/decisions/0001-x.md", "---\nstatus: accepted\n---\n# X\n"),
        ("log/decisions/0002-y.md", "---\nstatus: accepted\namends: [x]\n---\n# Y\n"),
        ("log/decisions/0003-z.md", "---\nstatus: proposed\n---\n# Z\n"),
    ]);
    done(&folder, &["amend", "adr/0001-a.md", "adr/0002-b.md"]);
    assert!(folder.read("adr/0001-a.md").contains("Accepted\r\n\r\nAmended by [2. Use Hetzner](0002-b.md)\r\n"));
    assert!(folder.read("adr/0002-b.md").contains("Accepted\n\nAmends [1. Use AWS](0001-a.md)\n"));
    assert!(refused(&folder, &["amend", "x", "y"]).contains("says so already"));
    done(&folder, &["amend", "z", "y"]);
    assert!(folder.read("log/decisions/0002-y.md").contains("amends: [x, 3]\n"));
    assert_eq!(folder.read("log/decisions/0003-z.md"), "---\nstatus: proposed\n---\n# Z\n");
}

#[test]
fn what_can_not_be_meant_or_written_is_refused() {
    let folder = Folder::with(&[
        ("decisions/0001-a.md", "---\nstatus: accepted\n---\n# Alpha\n"),
        ("decisions/0002-b.md", "---\nstatus: proposed\n---\n# Beta\n"),
        ("decisions/0003-c.md", "---\nstatus: accepted\n---\n# Gamma\n"),
        ("decisions/0004-d.md", "# Delta\n\n## Status\n\nAccepted on 2016-02-12 by all of us\n\n## Context\n\nText\n"),
        ("decisions/0005-e.md", "---\nstatus: [open\n---\n# Epsilon\n"),
        ("teams/sre.md", "# SRE\n"),
        ("x/decisions/0001-a.md", "---\nstatus: accepted\n---\n# Alpha again\n"),
    ]);
    assert!(refused(&folder, &["supersede", "decisions/0001-a.md", "2"]).contains("is only proposed"));
    assert!(refused(&folder, &["supersede", "gama", "2"]).contains("no record is called `gama`; did you mean"));
    assert!(refused(&folder, &["supersede", "1", "3"]).contains("fits 2 records; name one of them"));
    assert!(refused(&folder, &["supersede", "3", "3"]).contains("both references mean"));
    assert!(refused(&folder, &["supersede", "3", "sre"]).contains("a team supersedes nothing"));
    assert!(refused(&folder, &["supersede", "sre", "3"]).contains("is a team"));
    assert!(refused(&folder, &["supersede", "4", "3"]).contains("says more than where it stands"));
    assert!(refused(&folder, &["supersede", "5", "3"]).contains("can not be read"));
    assert!(refused(&folder, &["confirm", "3", "--until", "2025-01-01", "--because", "x"]).contains("is not after today"));
    assert!(refused(&folder, &["confirm", "3", "--until", "2027-01-01", "--because", " "]).contains("say why"));
    assert!(refused(&folder, &["renumber", "sre", "4"]).contains("has no number"));
    assert!(refused(&folder, &["renumber", "3", "4"]).contains("is that of decisions/0004-d.md"));
}

#[test]
fn a_date_that_contradicts_is_told_before_anything_is_written() {
    let folder = Folder::with(&[
        ("decisions/0001-a.md", "---\nstatus: accepted\ndate: 2020-01-01\n---\n# A\n"),
        ("decisions/0002-b.md", "---\nstatus: accepted\ndate: 2019-01-01\n---\n# B\n"),
    ]);
    let message = refused(&folder, &["supersede", "1", "2"]);
    assert!(message.contains("nothing was changed") && message.contains("has the later date"), "{message}");
}

#[test]
fn confirm_moves_the_review_and_keeps_the_reason() {
    let with_head = "---\r\nstatus: accepted\r\nreview_by: 2025-12-01 # yearly\r\n---\r\n# A\r\n";
    let folder = Folder::with(&[("decisions/0001-a.md", with_head), ("adr/0001-use-aws.md", NYGARD_OLD)]);
    done(&folder, &["confirm", "a", "--until", "2027-01-01", "--because", "still true, we looked"]);
    let head = "---\r\nstatus: accepted\r\nreview_by: 2027-01-01 # yearly\r\nconfirmed: [{date: 2026-01-02, because: \"still true, we looked\"}]\r\n---\r\n# A\r\n";
    assert_eq!(folder.read("decisions/0001-a.md"), head);
    done(&folder, &["confirm", "a", "--until", "2028-01-01", "--because", "again: yes"]);
    let twice = "because: \"still true, we looked\"}, {date: 2026-01-02, because: \"again: yes\"}]\r\n";
    assert!(folder.read("decisions/0001-a.md").contains(twice), "{}", folder.read("decisions/0001-a.md"));
    done(&folder, &["confirm", "use-aws", "--until", "2027-01-01", "--because", "cheap"]);
    let wanted = "---\r\nreview_by: 2027-01-01\r\nconfirmed: [{date: 2026-01-02, because: cheap}]\r\n---\r\n\r\n";
    assert_eq!(folder.read("adr/0001-use-aws.md"), format!("{wanted}{NYGARD_OLD}"));
}

const NAMES_IT: &str = "---\nstatus: accepted\nsupersedes: [1, other]\nrelated: decision/2\n---\n# 3. C\n\nSee [2. Use Hetzner](0002-use-hetzner.md#context), [ADR-0002](./0002-use-hetzner.md), [[2]], [[decision/2|words]], [[0002-use-hetzner]],\n[a reference][ref], [[adr/0002-use-hetzner#context]] and [21](0021-x.md). Decision 2 is meant.\n\n[ref]: 0002-use-hetzner.md \"Title\"\n";

#[test]
fn renumber_changes_every_name_and_keeps_the_old_one() {
    let folder = Folder::with(&[
        ("adr/0001-use-aws.md", NYGARD_OLD),
        ("adr/0002-use-hetzner.md", NYGARD_NEW),
        ("adr/0003-c.md", NAMES_IT),
        ("adr/0004-other.md", "---\nstatus: superseded\n---\n# 4. Other\n"),
        ("adr/0021-x.md", "# 21. X\n"),
        ("guides/a.md", "# A\n\n[Two](../adr/0002-use-hetzner.md)\n"),
    ]);
    let printed = done(&folder, &["renumber", "2", "17"]);
    assert!(printed.contains("renamed adr/0002-use-hetzner.md to adr/0017-use-hetzner.md"), "{printed}");
    assert!(!folder.has("adr/0002-use-hetzner.md"));
    let text = folder.read("adr/0017-use-hetzner.md");
    assert_eq!(text, format!("---\naliases: [adr/0002-use-hetzner]\n---\n\n{}", NYGARD_NEW.replace("# 2. ", "# 17. ")));
    let wanted = NAMES_IT.replace("0002", "0017").replace("decision/2", "decision/17").replace("[[2]]", "[[17]]").replace("[2. ", "[17. ");
    assert_eq!(folder.read("adr/0003-c.md"), wanted);
    assert_eq!(folder.read("guides/a.md"), "# A\n\n[Two](../adr/0017-use-hetzner.md)\n");
    assert_eq!(folder.read("adr/0001-use-aws.md"), NYGARD_OLD);
    let built = handbook(folder.path(), &["build"]);
    assert!(folder.has("public/adr/0002-use-hetzner.html"), "{}", stderr(&built));
}

#[test]
fn renumber_changes_plain_words_where_they_can_mean_nothing_else() {
    let words = "# Notes\n\nAs ADR-0002 says, **ADR 2** holds; see `ADR-2`, RFC 2, ADR-20, ADR-2.1 and [ADR 2](https://example.org).\n\n```\nADR-0002\n```\n";
    let folder = Folder::with(&[
        ("adr/0001-a.md", "# ADR-0001: A\n\n## Status\n\nSuperseded by ADR-0002\n"),
        ("adr/0002-b.md", "# ADR-0002: B\n\n## Status\n\nAccepted\n\n## Context\n\nADR-0002 is this one.\n"),
        ("notes.md", words),
    ]);
    let printed = done(&folder, &["renumber", "adr/0002-b.md", "17", "--dry-run"]);
    assert!(
        printed.contains("+As ADR-0017 says, **ADR 17** holds; see `ADR-2`, RFC 2, ADR-20, ADR-2.1 and [ADR 2](https://example.org)."),
        "{printed}"
    );
    assert_eq!(folder.read("notes.md"), words);
    done(&folder, &["renumber", "adr/0002-b.md", "17"]);
    assert_eq!(folder.read("notes.md"), words.replacen("ADR-0002", "ADR-0017", 1).replacen("**ADR 2**", "**ADR 17**", 1));
    assert!(folder.read("adr/0001-a.md").contains("Superseded by ADR-0017"));
    let own = folder.read("adr/0017-b.md");
    assert!(own.contains("# ADR-0017: B\n") && own.contains("ADR-0017 is this one."), "{own}");
    // Where two have the number, words may mean the other.
    folder.write("other/0017-c.md", b"# ADR-0017: C\n\n## Status\n\nAccepted\n\n## Context\n\nC.\n\n## Decision\n\nC.\n");
    done(&folder, &["renumber", "adr/0017-b.md", "3"]);
    assert!(folder.read("notes.md").contains("As ADR-0017 says"));
}

#[test]
fn renumber_ends_a_quarrel_about_a_number() {
    let folder = Folder::with(&[
        ("decisions/0002-a.md", "---\nnumber: 2\ntitle: A\n---\n"),
        ("decisions/0002-b.md", "---\nnumber: 2 # taken\ntitle: B\n---\n[[a]], [nowhere](#nowhere)\n"),
        ("decisions/0003-c.md", "---\namends: [0002-b]\n---\n# C\n\n[B](0002-b.md)\n"),
    ]);
    done(&folder, &["renumber", "b", "4"]);
    assert_eq!(
        folder.read("decisions/0004-b.md"),
        "---\nnumber: 4 # taken\ntitle: B\naliases: [decisions/0002-b]\n---\n[[a]], [nowhere](#nowhere)\n"
    );
    assert_eq!(folder.read("decisions/0003-c.md"), "---\namends: [0004-b]\n---\n# C\n\n[B](0004-b.md)\n");
    let check = stdout(&handbook(folder.path(), &["check"]));
    assert!(check.ends_with("3 records: 1 warning\n"), "{check}");
}

const NAMES_A: &str = "---\namends: [2]\n---\n# B\n\n[2. A](0002-a.md), [ADR-0002](0002-a.md), [[0002-a]]\n";

#[test]
fn renumber_can_be_undone() {
    let before = "---\nnumber: 2\naliases: [adr/0001-a] # moved once\n---\n# A\n";
    let folder = Folder::with(&[("adr/0002-a.md", before), ("adr/0003-b.md", NAMES_A)]);
    done(&folder, &["renumber", "2", "17"]);
    done(&folder, &["renumber", "17", "2"]);
    let after = before.replace("[adr/0001-a]", "[adr/0001-a, adr/0017-a]");
    assert_eq!(folder.read("adr/0002-a.md"), after);
    assert_eq!(folder.read("adr/0003-b.md"), NAMES_A);
}

/// A reference that says a kind never means a record of another.
#[test]
fn a_number_with_its_kind_is_that_of_no_other_kind() {
    let folder = Folder::with(&[
        ("decisions/0001-a.md", "---\nnumber: 1\nstatus: accepted\n---\n# A\n"),
        ("decisions/0006-b.md", "---\nnumber: 6\nstatus: accepted\n---\n# B\n"),
        ("principles/plain.md", "---\nnumber: 6\n---\n# Plain\n"),
    ]);
    done(&folder, &["renumber", "decision/6", "9"]);
    let message = refused(&folder, &["renumber", "decision/6", "9"]);
    assert!(message.contains("no record is called `decision/6`; principles/plain.md is a principle"), "{message}");
    assert!(refused(&folder, &["confirm", "decision/6", "--until", "2027-01-01", "--because", "x"]).contains("no record is called"));
    done(&folder, &["renumber", "decision/9", "6"]);
    done(&folder, &["supersede", "1", "6"]);
    assert!(folder.read("decisions/0006-b.md").contains("supersedes: [1]"), "a number is that of a record that can say it");
}

#[test]
fn titles_with_signs_of_markdown_are_named_by_their_words() {
    let new = NYGARD_NEW.replace("Use Hetzner", "Use `<b>` & \\*");
    let folder = Folder::with(&[("adr/0001-use-aws.md", NYGARD_OLD), ("adr/0002-b.md", &new)]);
    done(&folder, &["supersede", "1", "2"]);
    let told = "Superseded by [2. Use \\<b> & \\*](0002-b.md)\r\n";
    assert!(folder.read("adr/0001-use-aws.md").contains(told), "{}", folder.read("adr/0001-use-aws.md"));
}

/// Whichever step fails, all files are as they were, or all as they shall be, and nothing else is left.
#[cfg(debug_assertions)]
#[test]
fn a_step_that_fails_leaves_all_files_as_they_were() {
    let inputs = [
        ("adr/0001-use-aws.md", NYGARD_OLD),
        ("adr/0002-use-hetzner.md", NYGARD_NEW),
        ("adr/0003-c.md", NAMES_IT),
        ("adr/other.md", "# Other\n"),
        ("adr/0021-x.md", "# X\n"),
    ];
    let inputs = inputs.map(|(path, text)| (path, text.replace("supersedes: [1, other]", "related: [other]")));
    let inputs: Vec<(&str, &str)> = inputs.iter().map(|(path, text)| (*path, text.as_str())).collect();
    for arguments in [&["supersede", "1", "2"][..], &["renumber", "2", "17"]] {
        let mut n_failed = 0;
        for step in 1.. {
            let folder = Folder::with(&inputs);
            let before = texts(&folder);
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_handbook"));
            command.current_dir(folder.path()).args(arguments).env("HANDBOOK_FAIL_AT", step.to_string());
            let output = command.output().expect("the binary can be run");
            if output.status.success() {
                break;
            }
            n_failed += 1;
            assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
            assert!(stderr(&output).contains("nothing was changed"), "{}", stderr(&output));
            assert_eq!(texts(&folder), before, "{arguments:?} after step {step} failed");
        }
        assert!(n_failed >= 10, "{arguments:?}: {n_failed} steps were tried");
    }
}

fn git(folder: &Folder, day: &str, arguments: &[&str]) {
    let mut command = std::process::Command::new("git");
    command.current_dir(folder.path()).args(["-c", "user.name=Ann", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"]);
    let date = format!("{day}T12:00:00Z");
    let output = command.args(arguments).env("GIT_COMMITTER_DATE", &date).env("GIT_AUTHOR_DATE", &date).output().expect("git");
    assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
}

fn commit(folder: &Folder, day: &str) {
    git(folder, day, &["add", "-A"]);
    git(folder, day, &["commit", "-q", "-m", "Some change"]);
}

/// A log: 1 was replaced by 2 in 2021; 3 is proposed; 4 was rejected; 5 does not say since when it holds.
fn log() -> Folder {
    Folder::with(&[
        ("decisions/0001-a.md", "---\nstatus: accepted\ndate: 2019-03-01\ntopic: Cloud\nowner: sre\ntags: [aws]\n---\n# A\n"),
        ("decisions/0002-b.md", "---\nstatus: accepted\ndate: 2021-02-03\nsupersedes: 1\ntopic: cloud\nreview_by: 2025-12-01\n---\n# B\n"),
        ("decisions/0003-c.md", "---\nstatus: proposed\ndate: 2020-01-01\n---\n# C\n"),
        ("decisions/0004-d.md", "---\nstatus: rejected\ndate: 2020-01-01\n---\n# D\n"),
        ("decisions/0005-e.md", "---\nstatus: accepted\n---\n# E\n"),
        ("decisions/0006-f.md", "---\nstatus: accepted\ndate: 2025-06-01\ndebt: {what: No tests, due: 2025-09-01}\n---\n# F\n"),
        (
            "postmortems/2025-07-01-p.md",
            "---\nstatus: reviewed\ndate: 2025-07-01\nactions:\n  - {title: Alert, due: 2025-08-01}\n  - {title: Limit, due: 2025-08-01, state: done, done: 2025-07-20}\n---\n# P\n",
        ),
        ("teams/sre.md", "# Reliability\n"),
    ])
}

/// The numbers of the decisions that `list` tells with `filters`.
fn listed(folder: &Folder, filters: &[&str]) -> Vec<i64> {
    let printed = done(folder, &[&["list", "decision", "--json"], filters].concat());
    let value: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    let mut numbers: Vec<i64> =
        value["records"].as_array().expect("records").iter().filter_map(|record| record["number"].as_i64()).collect();
    numbers.sort_unstable();
    numbers
}

#[test]
fn list_tells_what_was_in_force_on_a_day() {
    let folder = log();
    assert_eq!(listed(&folder, &["--as-of", "2019-02-28"]), [0; 0]);
    assert_eq!(listed(&folder, &["--as-of", "2021-02-02"]), [1]);
    assert_eq!(listed(&folder, &["--as-of", "2021-02-03"]), [2]);
    assert_eq!(listed(&folder, &["--as-of", "2026-01-02"]), [2, 5, 6]);
    let output = handbook(folder.path(), &["list", "decision", "--as-of", "2020-05-05", "--today", "2026-01-02"]);
    assert_eq!(stdout(&output), "   1  2019-03-01 to 2021-02-03  A  decisions/0001-a.md\n");
    assert!(stderr(&output).contains("do not tell since when or until when they held: decisions/0005-e.md"), "{}", stderr(&output));
}

#[test]
fn list_filters() {
    let folder = log();
    assert_eq!(listed(&folder, &["--topic", "cloud"]), [1, 2]);
    assert_eq!(listed(&folder, &["--tag", "AWS"]), [1]);
    assert_eq!(listed(&folder, &["--owner", "Reliability"]), [1]);
    assert_eq!(listed(&folder, &["--owner", "sre"]), [1]);
    assert_eq!(listed(&folder, &["--open"]), [3, 6]);
    assert_eq!(listed(&folder, &["--overdue"]), [2, 6]);
    assert_eq!(listed(&folder, &["--overdue", "--topic", "cloud"]), [2]);
    let unknown = handbook(folder.path(), &["list", "decisions", "--topic", "clouds"]);
    assert!(unknown.status.code() == Some(2) && stderr(&unknown).contains("no record has the topic `clouds`; did you mean `Cloud`"));
}

/// What `changes` tells: its turn, its subject, the record or what it is about.
fn told(folder: &Folder, since: &str) -> Vec<String> {
    let value: serde_json::Value = serde_json::from_str(&done(folder, &["changes", "--since", since, "--json"])).expect("JSON");
    let line = |change: &serde_json::Value| {
        let what = change["what"].as_str().or(change["record"]["title"].as_str()).unwrap_or_default();
        format!("{} {} {what}", change["change"].as_str().unwrap_or_default(), change["subject"].as_str().unwrap_or_default())
    };
    value["changes"].as_array().expect("changes").iter().map(line).collect()
}

#[test]
fn changes_go_by_the_days_of_the_records_where_there_is_no_git() {
    let folder = log();
    let expected =
        ["new record P", "new record F", "closed action Limit", "overdue review B", "overdue debt No tests", "overdue action Alert"];
    assert_eq!(told(&folder, "2025-01-01"), expected);
    assert_eq!(told(&folder, "2021-01-01")[3], "reversed record A", "{:?}", told(&folder, "2021-01-01"));
    assert_eq!(told(&folder, "2025-12-31"), [""; 0]);
    assert!(refused(&folder, &["changes", "--since", "2026-01-03"]).contains("is after today"));
    assert!(refused(&folder, &["changes", "--since", "HEAD~1"]).contains("lie in no git repository"));
}

#[test]
fn changes_compare_with_a_commit() {
    let folder = log();
    git(&folder, "2025-06-15", &["init", "-q"]);
    commit(&folder, "2025-06-15");
    git(&folder, "2025-06-15", &["tag", "v1"]);
    // A decision is withdrawn, one is renumbered, one is written with an old date; a debt is paid, an action dropped.
    folder.write("decisions/0005-e.md", b"---\nstatus: deprecated\n---\n# E\n");
    done(&folder, &["renumber", "2", "22"]);
    folder.write("decisions/0007-g.md", b"---\nstatus: accepted\ndate: 2018-01-01\n---\n# G\n");
    folder.write(
        "decisions/0006-f.md",
        b"---\nstatus: accepted\ndate: 2025-06-01\ndebt: {what: No tests, due: 2025-09-01, paid: 2025-08-08}\n---\n# F\n",
    );
    let postmortem = folder.read("postmortems/2025-07-01-p.md").replace("Alert, due", "Alert, state: dropped, due");
    folder.write("postmortems/2025-07-01-p.md", postmortem.as_bytes());
    let expected = ["new record G", "reversed record E", "closed debt No tests", "closed action Alert", "overdue review B"];
    assert_eq!(told(&folder, "v1"), expected);
    commit(&folder, "2025-11-01");
    assert_eq!(told(&folder, "HEAD~1"), expected, "what is committed and what is not are one");
    assert_eq!(told(&folder, "2025-06-20"), expected, "the last commit before the day");
    assert_eq!(told(&folder, "HEAD"), ["overdue review B"]);
    assert!(refused(&folder, &["changes", "--since=--upload-pack=x"]).contains("git knows no commit of that name"));
    let printed = done(&folder, &["changes", "--since", "v1"]);
    assert!(printed.starts_with("Since 2025-06-15, compared with commit ") && printed.contains("\nreversed (1)\n"), "{printed}");
}

#[test]
fn changes_tell_what_was_deleted_and_an_audience_nothing_of_it() {
    let folder = log();
    folder.write("handbook.yaml", b"audiences: [public, internal]\ndefault_audience: public\n");
    folder.write("decisions/0008-h.md", b"---\nstatus: accepted\n---\n# H\n");
    folder.write("decisions/0009-i.md", b"---\nstatus: accepted\n---\n# I\n");
    folder.write("page.md", b"# A page\n");
    git(&folder, "2025-06-15", &["init", "-q"]);
    commit(&folder, "2025-06-15");
    for path in ["decisions/0008-h.md", "page.md"] {
        std::fs::remove_file(folder.path().join(path)).expect("it can be deleted");
    }
    // One that was renamed, and one that is a draft now, are not deleted.
    done(&folder, &["renumber", "2", "22"]);
    folder.write("decisions/0009-i.md", b"---\nstatus: accepted\ndraft: true\n---\n# I\n");
    let deleted = |more: &[&str]| {
        let arguments = [&["changes", "--since", "HEAD", "--json"], more].concat();
        let value: serde_json::Value = serde_json::from_str(&done(&folder, &arguments)).expect("JSON");
        value["deleted"].clone()
    };
    let h = serde_json::json!([{"path": "decisions/0008-h.md", "kind": "decision", "number": 8, "title": "H"}]);
    assert_eq!(deleted(&[]), h);
    assert_eq!(deleted(&["--audience", "public"]), serde_json::json!([]));
    let printed = done(&folder, &["changes", "--since", "HEAD"]);
    assert!(printed.contains("\ndeleted (1)\n") && printed.contains("H  decisions/0008-h.md"), "{printed}");
}
