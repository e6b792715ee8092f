//! Several records in one file: each has an address, its place in the file, and the file's past.

use crate::support::{Folder, files, handbook, stderr, stdout};

fn folder() -> Folder {
    Folder::with(&[
        ("handbook.yaml", "repository: https://example.org/edit/\n"),
        (
            "README.md",
            "# Home\n\n[All](docs/DECISIONS.md) and [push](docs/DECISIONS.md#adr-003--push), and [the context](docs/DECISIONS.md#context).\n",
        ),
        ("docs/pic.png", "a picture"),
        (
            "docs/DECISIONS.md",
            "# Decision log\n\nSee [the first](#adr-001-use-one-queue).\n\n## ADR-001: Use one queue\n\n**Status:** Accepted\n\n### Context\n\nTwo are hard. [One][queue] [Home](../README.md) ![A queue](pic.png)\n\n---\n\n## ADR-002: Poll\n\nStatus: Superseded by ADR-003\n\nWe poll.\n\n## ADR-003 — Push\n\nStatus: accepted (2024-04-01)\n\nWe push, not [polling](#adr-002-poll). A [broken](gone.md) link.\n\n## About this log\n\nIt is short.\n\n[queue]: ../README.md\n",
        ),
    ])
}

#[test]
fn each_is_a_page_and_links_lead_from_one_to_the_other() {
    let folder = folder();
    let output = handbook(folder.path(), &["build", "--out", "out", "--lenient"]);
    let finding = "docs/DECISIONS.md:25:42\n25 | We push, not [polling](#adr-002-poll). A [broken](gone.md) link.\n";
    assert!(stderr(&output).contains(finding), "{}", stderr(&output));
    assert_eq!(stderr(&output).matches("warning[").count(), 1, "{}", stderr(&output));
    let page = folder.read("out/docs/DECISIONS.html");
    assert!(page.contains("<a href=\"DECISIONS/adr-003-push.html\">ADR-003 — Push</a>") && page.contains("It is short."), "{page}");
    assert!(!page.contains("We poll."), "what a record says is on its page");
    let first = folder.read("out/docs/DECISIONS/adr-001-use-one-queue.html");
    assert!(first.contains("<h1>Use one queue</h1>") && first.contains("<h2 id=\"context\">"), "{first}");
    assert!(
        first.contains("href=\"../../index.html\">One")
            && first.contains("href=\"../../index.html\">Home")
            && first.contains("src=\"../pic.png\""),
        "{first}"
    );
    assert!(first.contains("https://example.org/edit/docs/DECISIONS.md"), "{first}");
    assert!(folder.read("out/docs/DECISIONS/adr-003-push.html").contains("href=\"adr-002-poll.html\">polling"));
    let home = folder.read("out/index.html");
    for target in ["docs/DECISIONS.html", "docs/DECISIONS/adr-003-push.html", "docs/DECISIONS/adr-001-use-one-queue.html#context"] {
        assert!(home.contains(&format!("href=\"{target}\"")), "{target}: {home}");
    }
}

#[test]
fn they_are_listed_and_found_and_not_changed_behind_an_authors_back() {
    let folder = folder();
    for _ in 0..2 {
        let found = handbook(folder.path(), &["search", "push"]);
        assert!(stdout(&found).starts_with("Push  decision 3  2024-04-01"), "{}", stdout(&found));
    }
    let list = handbook(folder.path(), &["list", "decision", "--status", "superseded"]);
    assert!(stdout(&list).contains("docs/DECISIONS/adr-002-poll.md"), "{}", stdout(&list));
    for arguments in
        [&["supersede", "1", "3"][..], &["renumber", "1", "7"], &["confirm", "1", "--until", "2027-01-01", "--because", "It holds"]]
    {
        let output = handbook(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stdout(&output));
        assert!(stderr(&output).contains("docs/DECISIONS.md holds several records"), "{}", stderr(&output));
    }
    let import = handbook(folder.path(), &["import", "--to", "front-matter"]);
    assert!(stderr(&import).contains("nothing to change"), "{}", stderr(&import));
}

#[test]
fn an_allowance_holds_where_it_stands_and_an_audience_sees_them_as_the_file_is_seen() {
    let folder = folder();
    let text = folder.read("docs/DECISIONS.md").replace("We push,", "<!-- handbook: allow broken-link because it comes -->\nWe push,");
    folder.write("docs/DECISIONS.md", text.as_bytes());
    let output = handbook(folder.path(), &["check"]);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    folder.write("handbook.yaml", b"audiences: [public, internal]\ndefault_audience: internal\n");
    assert!(handbook(folder.path(), &["build", "--out", "out", "--audience", "public", "--lenient"]).status.success());
    assert!(!folder.has("out/docs/DECISIONS.html") && !folder.has("out/docs/DECISIONS/adr-003-push.html"));
}

#[test]
fn an_audience_reads_in_them_nothing_of_what_is_withheld() {
    let folder = folder();
    folder.write("handbook.yaml", b"audiences: [public, internal]\ndefault_audience: public\n");
    folder.write("plans/falcon.md", b"---\naudience: internal\n---\n# Falcon\n");
    let log = folder.read("docs/DECISIONS.md");
    let log = log.replace("We poll.", "We poll, see [our plan](../plans/falcon.md), [[Falcon]] and [there][plan].")
        + "[plan]: ../plans/falcon.md\n";
    folder.write("docs/DECISIONS.md", log.as_bytes());
    let output = handbook(folder.path(), &["build", "--out", "out", "--audience", "public", "--lenient"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(folder.read("out/docs/DECISIONS/adr-002-poll.html").contains("We poll, see"));
    for (path, file) in files(&folder.path().join("out")) {
        let text = String::from_utf8_lossy(&std::fs::read(file).expect("a file of the site")).to_lowercase();
        assert!(!text.contains("falcon") && !path.contains("falcon"), "{path} tells");
    }
}
