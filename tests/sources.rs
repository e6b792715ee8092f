//! Folders from elsewhere, mounted in one handbook.

use crate::support::{Folder, handbook, stderr, stdout};

const SETTINGS: &str = "sources:\n  - {folder: ../pay/docs, at: payments, kind: decision, owner: pay}\n  - {folder: ../ops}\n";

fn folders() -> Folder {
    Folder::with(&[
        ("hb/handbook.yaml", SETTINGS),
        ("hb/README.md", "# All\n\nSee [queues](payments/0001-queues.md).\n"),
        ("pay/docs/0001-queues.md", "# Queues\n\n![A queue](queue.png)\n\n{{#include part.txt}}\n\nSee [Restart](../../ops/restart.md).\n"),
        ("pay/docs/queue.png", "a picture"),
        ("pay/docs/part.txt", "A part of it."),
        ("pay/secret.md", "# Not mounted\n"),
        ("ops/restart.md", "# Restart\n"),
        ("ops/.gitignore", "ignored.md\n"),
        ("ops/ignored.md", "# Ignored\n"),
    ])
}

#[test]
fn what_is_mounted_is_one_site() {
    let folder = folders();
    let output = handbook(&folder.path().join("hb"), &["build", "--out", "../out", "--today", "2026-11-21"]);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""), "{}", stdout(&output));
    let queues = folder.read("out/payments/0001-queues.html");
    assert!(queues.contains("A part of it.") && queues.contains("href=\"../ops/restart.html\""), "{queues}");
    assert_eq!(folder.read("out/payments/queue.png"), "a picture");
    assert!(folder.read("out/index.html").contains("payments/0001-queues.html"));
    assert!(!folder.has("out/ops/ignored.html") && !folder.has("out/secret.html"));
}

#[test]
fn a_source_that_is_not_there_is_told_and_hides_no_other() {
    let folder = folders();
    std::fs::remove_dir_all(folder.path().join("ops")).expect("it is there");
    let output = handbook(&folder.path().join("hb"), &["build", "--out", "../out"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("error[source-missing]: there is no folder `../ops`"), "{}", stderr(&output));
    assert!(folder.has("out/payments/0001-queues.html"));
}

#[test]
fn what_lies_in_the_content_too_is_there_once() {
    let folder = folders();
    folder.write("handbook.yaml", b"sources:\n  - {folder: pay/docs, at: payments}\n  - {folder: ops, at: pay}\n");
    folder.write("pay/restart.md", b"# Another one\n");
    let output = handbook(folder.path(), &["build", "--out", "out"]);
    assert!(stderr(&output).contains("error[duplicate-url]: another source has a file with this path"), "{}", stderr(&output));
    assert!(folder.has("out/payments/0001-queues.html") && !folder.has("out/pay/docs/0001-queues.html"));
    assert!(folder.read("out/pay/restart.html").contains("Another one"));
}

#[test]
fn what_the_first_folder_ignores_does_not_hide_what_is_mounted() {
    let folder = folders();
    folder.write("hb/.gitignore", b"payments/\n");
    for (path, text) in [("0001-queues.md", "# A copy\n"), ("part.txt", "A part of the copy."), ("queue.png", "a copy")] {
        folder.write(&format!("hb/payments/{path}"), text.as_bytes());
    }
    let book = folder.path().join("hb");
    for _ in 0..2 {
        let output = handbook(&book, &["search", "queues", "--json"]);
        assert!(stdout(&output).contains("\"Queues\"") && !stdout(&output).contains("copy"), "{}", stdout(&output));
    }
    let output = handbook(&book, &["build", "--out", "../out", "--today", "2026-11-21"]);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""), "{}", stdout(&output));
    assert!(folder.read("out/payments/0001-queues.html").contains("A part of it."));
    assert_eq!(folder.read("out/payments/queue.png"), "a picture");
    let output = handbook(&book, &["new", "decision", "Topics", "--supersedes", "1", "--today", "2026-11-21"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(folder.read("pay/docs/0001-queues.md").contains("status: superseded"));
    assert_eq!(folder.read("hb/payments/0001-queues.md"), "# A copy\n");
}

#[test]
fn the_output_is_not_put_over_a_source_and_new_records_go_where_theirs_are() {
    let folder = folders();
    let output = handbook(&folder.path().join("hb"), &["build", "--out", "../ops"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let output = handbook(&folder.path().join("hb"), &["new", "decision", "Topics", "--supersedes", "1", "--today", "2026-11-21"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(folder.read("pay/docs/0002-topics.md").contains("supersedes: [1]"));
    assert!(folder.read("pay/docs/0001-queues.md").contains("status: superseded"));
}

#[test]
fn an_order_that_lies_beside_the_content_is_kept() {
    let folder =
        Folder::with(&[("mkdocs.yml", "docs_dir: docs\nnav:\n  - z.md\n  - a.md\n"), ("docs/a.md", "# A\n"), ("docs/z.md", "# Z\n")]);
    let output = handbook(&folder.path().join("docs"), &["build", "--out", "../out"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(folder.read("out/z.html").contains("class=\"next\" rel=\"next\" href=\"a.html\""), "{}", folder.read("out/z.html"));
}

#[test]
fn a_repository_that_is_called_as_a_folder_of_records_is_one() {
    let record = "# Custom fonts\n\n- **Status:** WIP draft\n\n## Suggested solution\n\nUnicode only.\n";
    let folder = Folder::with(&[
        ("decision-records/DR_0009_fonts.md", record),
        ("decision-records/about.md", "# About these records\n\nHow to write one.\n"),
        ("team-rfcs/rfc-057-secrets.md", "## Problem\n\nTwo files.\n\n## Proposal\n\nOne.\n"),
        ("team-rfcs/rfc-058-moved.md", "Moved to [57](rfc-057-secrets.md).\n"),
        ("team-rfcs/process.md", "# How we write RFCs\n\nIn Markdown.\n"),
        ("notes/DR_0009_fonts.md", record),
    ]);
    let kinds = |name: &str| {
        let output = stdout(&handbook(&folder.path().join(name), &["check", "--formats", "--json"]));
        let lines = output.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("each line is an object"));
        lines.map(|file| format!("{}: {}", file["path"].as_str().unwrap_or_default(), file["kind"])).collect::<Vec<_>>()
    };
    assert_eq!(kinds("decision-records"), ["DR_0009_fonts.md: \"decision\"", "about.md: \"page\""]);
    let of_team = ["process.md: \"page\"", "rfc-057-secrets.md: \"decision\"", "rfc-058-moved.md: \"page\""];
    assert_eq!(kinds("team-rfcs"), of_team);
    assert_eq!(kinds("notes"), ["DR_0009_fonts.md: \"page\""]);
}
