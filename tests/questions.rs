//! What `new` and `init` ask on a terminal: a pseudo-terminal stands for one.

#![cfg(unix)]

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::support::{Folder, handbook, stderr, stdout};

/// Runs the binary in `dir` on a terminal where `answers` are typed; its exit status, and what was shown.
fn on_terminal(dir: &Path, arguments: &[&str], answers: &str, is_ci: bool) -> (Option<i32>, String) {
    let controller: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&controller).and_then(|()| unlockpt(&controller)).expect("it can be used");
    let name = ptsname(&controller, Vec::new()).expect("it has a name").into_string().expect("a path in UTF-8");
    let terminal = File::options().read(true).write(true).open(name).expect("it opens");
    let mut controller = File::from(controller);
    let mut command = Command::new(env!("CARGO_BIN_EXE_handbook"));
    command.current_dir(dir).args(arguments).env("NO_COLOR", "1").env_remove("CI").env("GIT_CONFIG_GLOBAL", dir.join("gitconfig"));
    if is_ci {
        command.env("CI", "true");
    }
    command.stdin(terminal.try_clone().expect("its input")).stdout(terminal.try_clone().expect("its output")).stderr(terminal);
    let mut child = command.spawn().expect("the binary can be run");
    // The terminal is closed when nobody has it any more.
    drop(command);
    controller.write_all(answers.as_bytes()).expect("it is typed");
    let mut shown = Vec::new();
    let mut part = [0; 4096];
    while let Ok(n_read @ 1..) = controller.read(&mut part) {
        shown.extend(&part[..n_read]);
    }
    (child.wait().expect("it ends").code(), String::from_utf8_lossy(&shown).replace('\r', ""))
}

fn team() -> Folder {
    Folder::with(&[
        ("decisions/0007-earlier.md", "# Earlier\n"),
        ("decisions/0009-draft.md", "---\ndraft: true\n---\n# Draft\n"),
        ("teams/platform.md", "---\ntitle: Platform\npeople:\n  - {name: Ada Lovelace}\n---\n"),
        ("teams/web.md", "---\ntitle: Web\n---\n"),
        ("gitconfig", "[user]\nname = Ada Lovelace\n"),
    ])
}

#[test]
fn what_new_is_not_told_it_asks() {
    let folder = team();
    let (status, shown) = on_terminal(folder.path(), &["new", "--today", "2026-01-02"], "decisoin\n\n\nKeep it simple\n\n\n", false);
    assert_eq!(status, Some(0), "{shown}");
    for words in [
        "Kind [decision]: ",
        "did you mean `decision`?",
        "the title needs a letter or a digit",
        "   1  platform  Platform",
        "   3  nobody    the record has no owner",
        "Owner [platform]: ",
        "[Ada Lovelace]: ",
    ] {
        assert!(shown.contains(words), "`{words}` is not shown: {shown}");
    }
    let written = folder.read("decisions/0010-keep-it-simple.md");
    let head =
        "---\nnumber: 10\ntitle: Keep it simple\nstatus: proposed\ndate: 2026-01-02\nowner: platform\nauthors: [Ada Lovelace]\n---\n";
    assert!(written.starts_with(head), "{written}");
    let (status, shown) = on_terminal(folder.path(), &["new", "principle", "--owner", "web"], "Say why\nGrace Hopper, 1\n", false);
    assert!(status == Some(0) && !shown.contains("Kind") && !shown.contains("Owner"), "{shown}");
    let written = folder.read("principles/0001-say-why.md");
    assert!(written.contains("owner: web\nauthors: [Grace Hopper, Ada Lovelace]\n"), "{written}");
    let found = stdout(&handbook(folder.path(), &["check", "--json"]));
    assert!(!found.contains("reference-unknown") && !found.contains("\"error\""), "{found}");
}

#[test]
fn questions_that_are_not_answered_write_nothing() {
    let folder = team();
    // The end of the input, as typed.
    let (status, shown) = on_terminal(folder.path(), &["new", "decision"], "\u{4}", false);
    assert!(status == Some(2) && shown.contains("nothing was written"), "{shown}");
    for (arguments, is_ci) in [(&["new"][..], true), (&["new", "--yes"], false), (&["new", "decision", "-y"], false)] {
        let (status, shown) = on_terminal(folder.path(), arguments, "", is_ci);
        assert!(status == Some(2) && shown.contains("missing: `handbook new decision"), "{shown}");
    }
    let piped = handbook(folder.path(), &["new"]);
    assert!(piped.status.code() == Some(2) && stderr(&piped).contains("the kind and the title are missing"), "{}", stderr(&piped));
    assert!(!folder.has("decisions/0010-keep-it-simple.md"));
    let unknown = handbook(folder.path(), &["new", "decision", "X", "--owner", "platfrom"]);
    assert!(unknown.status.code() == Some(2) && stderr(&unknown).contains("platform"), "{}", stderr(&unknown));
}

#[test]
fn init_asks_for_names_and_flags_make_it_silent() {
    let folder = Folder::with(&[("gitconfig", "[user]\nname = Ada Lovelace\n")]);
    let (status, shown) = on_terminal(folder.path(), &["init", "ours"], "How: we work\nPlatform\n", false);
    assert!(status == Some(0) && shown.contains("What is the handbook called? [ours]: "), "{shown}");
    assert!(folder.read("ours/handbook.yaml").contains("title: \"How: we work\"\n"));
    assert_eq!(folder.read("ours/teams/platform.md").lines().nth(4), Some("  - {name: Ada Lovelace}"));
    assert!(folder.read("ours/decisions/0001-keep-a-decision-log.md").contains("\nowner: platform\n"));
    let check = handbook(&folder.path().join("ours"), &["check"]);
    assert_eq!(check.status.code(), Some(0), "{}", stdout(&check));
    for (dir, arguments, is_ci) in [("a", &["--yes"][..], false), ("b", &["--title", "B"], false), ("c", &[], true)] {
        let (status, shown) = on_terminal(folder.path(), &[&["init", dir], arguments].concat(), "", is_ci);
        assert!(status == Some(0) && !shown.contains('?') && !folder.has(&format!("{dir}/teams")), "{shown}");
        assert!(!folder.read(&format!("{dir}/principles/write-it-down.md")).contains("OWNER"));
    }
}

#[test]
fn a_number_that_another_branch_has_is_not_given_again() {
    let folder = team();
    let git = |arguments: &[&str]| {
        let named = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"];
        let output = Command::new("git").current_dir(folder.path()).args(named).args(arguments).stdin(Stdio::null()).output();
        let output = output.expect("git is there");
        assert!(output.status.success(), "{}", stderr(&output));
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "first"]);
    git(&["switch", "-qc", "other"]);
    folder.write("decisions/0031-elsewhere.md", b"# Elsewhere\n");
    git(&["add", "."]);
    git(&["commit", "-qm", "other"]);
    git(&["switch", "-q", "main"]);
    assert!(handbook(folder.path(), &["new", "decision", "Here"]).status.success());
    assert!(folder.has("decisions/0032-here.md"), "31 is taken on the other branch");
    // What is no record has its number, too.
    folder.write("decisions/.gitignore", b"0050-*\n");
    folder.write("decisions/0050-ignored.md", b"# Ignored\n");
    assert!(handbook(folder.path(), &["new", "decision", "There"]).status.success());
    assert!(folder.has("decisions/0051-there.md"));
}
