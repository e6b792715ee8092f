//! What pages tell of a repository: the history of each file, where it can be edited, and nothing that is not known.

use std::path::Path;
use std::process::Command;

use crate::support::{Folder, files, handbook, stderr};

/// Runs git in `dir` as somebody with no settings of their own.
fn git(dir: &Path, arguments: &[&str], day: &str, author: &str) {
    let mut command = Command::new("git");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GIT_")) {
        command.env_remove(name);
    }
    let moment = format!("{day}T12:00:00+00:00");
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    command.env("GIT_AUTHOR_DATE", &moment).env("GIT_COMMITTER_DATE", &moment);
    command.env("GIT_AUTHOR_NAME", author).env("GIT_AUTHOR_EMAIL", "a@example.org");
    command.env("GIT_COMMITTER_NAME", "Committer").env("GIT_COMMITTER_EMAIL", "c@example.org");
    let output = command.current_dir(dir).args(arguments).output().expect("git can be run");
    assert!(output.status.success(), "git {arguments:?}: {}", stderr(&output));
}

fn commit(dir: &Path, day: &str, author: &str, subject: &str) {
    git(dir, &["add", "-A"], day, author);
    git(dir, &["commit", "-q", "--allow-empty", "-m", subject], day, author);
}

fn repository(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::with(files);
    git(folder.path(), &["init", "-q", "-b", "trunk"], "2022-01-01", "A");
    folder
}

fn text(n_lines: usize) -> String {
    (0..n_lines).map(|line| format!("The line {line} of the text.\n")).collect()
}

/// Builds `dir` into `out` beside it; what was said of it.
fn build(dir: &Path, out: &Folder, arguments: &[&str]) -> String {
    let out = out.path().join("site");
    let arguments = [&["build", "--today", "2026-11-21", "--out", out.to_str().expect("a path in UTF-8")], arguments].concat();
    let output = handbook(dir, &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stderr(&output)
}

fn page(out: &Folder, path: &str) -> String {
    out.read(&format!("site/{path}"))
}

/// Two records: one that was renamed, edited and reformatted, one that came later.
fn with_history() -> Folder {
    let folder = repository(&[("doc/old name.md", &format!("# Queues\n{}", text(20)))]);
    let dir = folder.path();
    commit(dir, "2022-01-01", "Ada & Co", "Begin");
    std::fs::create_dir(dir.join("decisions")).expect("a folder");
    std::fs::rename(dir.join("doc/old name.md"), dir.join("decisions/0001-queues.md")).expect("a rename");
    commit(dir, "2022-02-01", "Mover", "Move it");
    folder.write("decisions/0001-queues.md", format!("# Queues\n{}More.\n", text(20)).as_bytes());
    commit(dir, "2022-03-01", "Bob", "Say <i>more</i>\u{202e}");
    folder.write("decisions/0001-queues.md", format!("# Queues\n\n{}More.\n", text(20)).as_bytes());
    commit(dir, "2022-04-01", "Robot", "Reformat everything");
    let head = Command::new("git").current_dir(dir).args(["rev-parse", "HEAD"]).output().expect("git can be run").stdout;
    folder.write(".git-blame-ignore-revs", &[b"# whitespace\n", head.as_slice()].concat());
    folder.write("decisions/0002-later.md", b"# Later\n");
    commit(dir, "2022-05-01", "Cy", "Add a later one");
    folder
}

#[test]
fn a_page_tells_its_files_history_through_renames_and_without_ignored_commits() {
    let (folder, out) = (with_history(), Folder::with(&[]));
    assert_eq!(build(folder.path(), &out, &[]), "");
    let queues = page(&out, "decisions/0001-queues.html");
    for told in [
        "Written <time datetime=\"2022-01-01\">",
        "Changed <time datetime=\"2022-03-01\">",
        "<bdi>Bob</bdi>, <bdi>Ada &amp; Co</bdi>",
        "2 changes",
        "Say &lt;i&gt;more&lt;/i&gt;",
    ] {
        assert!(queues.contains(told), "{told} is missing: {queues}");
    }
    for untold in ["Robot", "Mover", "Committer", "example.org", "\u{202e}"] {
        assert!(!queues.contains(untold), "{untold} is told: {queues}");
    }
    let home = page(&out, "index.html");
    assert!(home.find(">Later<").expect("it is recent") < home.find(">Queues<").expect("it is recent"), "{home}");
    assert!(home.contains("datetime=\"2022-05-01\""), "{home}");
}

#[test]
fn a_record_without_a_day_says_when_it_was_first_committed_and_not_that_it_was_decided_then() {
    let folder = repository(&[("decisions/a.md", "# Early\n\n## Status\n\nAccepted\n")]);
    let dir = folder.path();
    commit(dir, "2022-01-01", "A", "Begin");
    folder.write("decisions/b.md", b"# Late\n\n## Status\n\nAccepted\n");
    folder.write("decisions/c.md", b"# Dated\n\nDate: 2021-05-05\n\n## Status\n\nAccepted\n");
    folder.write("guide.md", b"# Guide\n");
    commit(dir, "2022-02-02", "A", "Go on");
    let out = Folder::with(&[]);
    assert_eq!(build(dir, &out, &[]), "");
    let early = page(&out, "decisions/a.html");
    assert!(early.contains("<span class=\"meta\">first committed 1 January 2022</span>"), "{early}");
    for told in ["decisions/c.html", "guide.html"] {
        assert!(!page(&out, told).contains("first committed"), "{told}");
    }
    let list = page(&out, "decisions/index.html");
    assert!(list.contains(">first committed 2022-01-01</td>") && list.contains(">2021-05-05</td>"), "{list}");
    assert!(list.find(">Late</a>").expect("listed") < list.find(">Early</a>").expect("listed"), "the newest first: {list}");
    // What holds when is not told from it.
    assert!(page(&out, "ledger/log-of-decisions.html").contains("unknown"), "{}", page(&out, "ledger/log-of-decisions.html"));
}

#[test]
fn the_second_run_reads_no_log_and_writes_the_same() {
    let (folder, first, second) = (with_history(), Folder::with(&[]), Folder::with(&[]));
    build(folder.path(), &first, &[]);
    let kept: Vec<_> = files(&folder.path().join(".handbook")).into_iter().filter(|(name, _)| name.starts_with("history-")).collect();
    assert_eq!(kept.len(), 1);
    build(folder.path(), &second, &[]);
    for (path, file) in files(&first.path().join("site")) {
        assert_eq!(std::fs::read(&file).ok(), std::fs::read(second.path().join("site").join(&path)).ok(), "{path} differs");
    }
    // What is kept is what is told, until there is another commit.
    std::fs::write(&kept[0].1, std::fs::read_to_string(&kept[0].1).expect("JSON").replace("Bob", "Kept")).expect("it can be written");
    let third = Folder::with(&[]);
    build(folder.path(), &third, &[]);
    assert!(page(&third, "decisions/0001-queues.html").contains("Kept"));
    commit(folder.path(), "2022-06-01", "Di", "Nothing");
    build(folder.path(), &second, &[]);
    assert!(page(&second, "decisions/0001-queues.html").contains("Bob"));
    // Nor does a broken one do harm.
    std::fs::write(&kept[0].1, "{").expect("it can be written");
    build(folder.path(), &second, &[]);
    assert!(page(&second, "decisions/0001-queues.html").contains("Bob"));
}

#[test]
fn a_build_for_an_audience_tells_days_and_numbers() {
    let (folder, out) = (with_history(), Folder::with(&[]));
    folder.write("handbook.yaml", b"default_audience: public\n");
    git(folder.path(), &["remote", "add", "origin", "https://github.com/acme/secret.git"], "2022-06-01", "A");
    build(folder.path(), &out, &["--audience", "public"]);
    let queues = page(&out, "decisions/0001-queues.html");
    assert!(queues.contains("2 changes") && queues.contains("2022-03-01"), "{queues}");
    for (path, file) in files(&out.path().join("site")) {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        for untold in ["Bob", "Ada", "Cy<", "Reformat", "Add a later one", "acme/secret", "old name"] {
            assert!(!text.contains(untold), "{path} tells {untold}");
        }
    }
    folder.write("handbook.yaml", b"default_audience: public\nhistory: authors\n");
    build(folder.path(), &out, &["--audience", "public"]);
    let queues = page(&out, "decisions/0001-queues.html");
    assert!(queues.contains("Bob") && !queues.contains("more&lt;"), "{queues}");
    folder.write("handbook.yaml", b"history: none\n");
    build(folder.path(), &out, &[]);
    assert!(!page(&out, "decisions/0001-queues.html").contains("2 changes"));
}

#[test]
fn a_shallow_clone_is_said_and_nothing_is_claimed() {
    let (folder, clones, out) = (with_history(), Folder::with(&[]), Folder::with(&[]));
    let url = format!("file://{}", folder.path().display());
    git(clones.path(), &["clone", "-q", "--depth", "1", &url, "clone"], "2022-06-01", "A");
    let said = build(&clones.path().join("clone"), &out, &[]);
    assert!(said.contains("warning[history-cut]") && said.contains("fetch --unshallow"), "{said}");
    let unknown = stderr(&handbook(&clones.path().join("clone"), &["changes", "--since", "HEAD~1"]));
    assert!(unknown.contains("git knows no commit of that name; this clone is shallow"), "{unknown}");
    for record in ["decisions/0001-queues.html", "decisions/0002-later.html"] {
        let text = page(&out, record);
        assert!(!text.contains("strings.created") && !text.contains("2022-05-01") && !text.contains("2026-11-21"), "{text}");
    }
}

#[test]
fn without_git_nothing_is_said() {
    let plain = Folder::with(&[("a.md", "# A\n")]);
    let out = Folder::with(&[]);
    assert_eq!(build(plain.path(), &out, &[]), "");
    let unborn = repository(&[("a.md", "# A\n")]);
    assert_eq!(build(unborn.path(), &out, &[]), "");
    let new = with_history();
    new.write("decisions/0003-not-yet-committed.md", b"# New\n");
    assert_eq!(build(new.path(), &out, &[]), "");
    assert!(!page(&out, "decisions/0003-not-yet-committed.html").contains("Changed <time"));
    let output = Command::new(env!("CARGO_BIN_EXE_handbook"))
        .args(["build", "--out"])
        .arg(out.path().join("site"))
        .current_dir(new.path())
        .env("PATH", "")
        .output()
        .expect("the binary can be run");
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
    assert!(!page(&out, "decisions/0001-queues.html").contains("2 changes"));
}

#[test]
fn the_environment_does_not_lead_to_another_repository_and_settings_run_nothing() {
    let (folder, other, out) = (with_history(), repository(&[("a.md", "# A\n")]), Folder::with(&[]));
    commit(other.path(), "2020-01-01", "Mallory", "Other");
    let trap = folder.path().join("trap");
    folder.write("trap.sh", format!("#!/bin/sh\ntouch {}\n", trap.display()).as_bytes());
    let script = folder.path().join("trap.sh");
    let script = script.to_str().expect("a path in UTF-8");
    git(folder.path(), &["config", "core.fsmonitor", script], "2022-06-01", "A");
    git(folder.path(), &["config", "core.pager", script], "2022-06-01", "A");
    git(folder.path(), &["config", "diff.external", script], "2022-06-01", "A");
    git(folder.path(), &["config", "gpg.program", script], "2022-06-01", "A");
    git(folder.path(), &["config", "log.showSignature", "true"], "2022-06-01", "A");
    git(folder.path(), &["config", "diff.renames", "false"], "2022-06-01", "A");
    git(folder.path(), &["config", "core.quotePath", "true"], "2022-06-01", "A");
    #[cfg(unix)]
    std::fs::set_permissions(folder.path().join("trap.sh"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("a mode");
    let output = Command::new(env!("CARGO_BIN_EXE_handbook"))
        .args(["build", "--out"])
        .arg(out.path().join("site"))
        .current_dir(folder.path())
        .env("GIT_DIR", other.path().join(".git"))
        .env("GIT_EXTERNAL_DIFF", script)
        .output()
        .expect("the binary can be run");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(page(&out, "decisions/0001-queues.html").contains("2 changes"));
    assert!(!trap.exists(), "a program of the repository's settings was run");
}

#[test]
fn edit_links_and_links_to_the_repositorys_host_follow_from_the_remote() {
    let folder = repository(&[
        (
            "docs/a.md",
            "# A\n\nSee [B](https://github.com/acme/hb/blob/trunk/docs/deep/b%20c.md#why), [its folder](https://github.com/acme/hb/tree/trunk/docs/deep) and [an old B](https://github.com/acme/hb/blob/v1/docs/deep/b%20c.md).\n",
        ),
        ("docs/deep/b c.md", "# B\n\n## Why\n"),
    ]);
    commit(folder.path(), "2022-01-01", "Ada", "Begin");
    git(folder.path(), &["remote", "add", "origin", "https://bot:hunter2@github.com/acme/hb.git"], "2022-06-01", "A");
    let out = Folder::with(&[]);
    assert_eq!(build(&folder.path().join("docs"), &out, &[]), "");
    let a = page(&out, "a.html");
    assert!(a.contains("href=\"https://github.com/acme/hb/edit/trunk/docs/a.md\""), "{a}");
    assert!(a.contains("href=\"deep/b-c.html#why\""), "{a}");
    assert!(a.contains("href=\"deep/index.html\""), "{a}");
    assert!(a.contains("href=\"https://github.com/acme/hb/blob/v1/docs/deep/b%20c.md\""), "{a}");
    assert!(!a.contains("hunter2"), "{a}");
    assert!(page(&out, "deep/b-c.html").contains("edit/trunk/docs/deep/b%20c.md"));
}

#[test]
fn a_link_to_the_web_page_of_a_withheld_record_does_not_name_it() {
    let folder = repository(&[
        ("a.md", "---\naudience: public\n---\n# A\n\nSee [what we did](https://github.com/acme/hb/blob/trunk/merger-with-apple.md).\n"),
        ("merger-with-apple.md", "# Merger\n"),
    ]);
    commit(folder.path(), "2022-01-01", "Ada", "Begin");
    git(folder.path(), &["remote", "add", "origin", "git@github.com:acme/hb.git"], "2022-06-01", "A");
    let out = Folder::with(&[]);
    build(folder.path(), &out, &["--audience", "public"]);
    let a = page(&out, "a.html");
    assert!(a.contains("what we did") && !a.contains("merger-with-apple"), "{a}");
}

#[test]
fn each_source_has_its_own_history_and_host() {
    let folder = Folder::with(&[
        ("hb/handbook.yaml", "sources:\n  - {folder: ../pay/docs, at: payments}\n  - {folder: ../plain}\n"),
        ("hb/a.md", "# A\n\nSee [queues](https://gitlab.com/acme/pay/-/blob/trunk/docs/queues.md).\n"),
        ("pay/docs/queues.md", "# Queues\n"),
        ("plain/p.md", "# P\n"),
    ]);
    for (name, day, remote) in [("hb", "2022-01-01", "git@github.com:acme/hb.git"), ("pay", "2022-02-02", "git@gitlab.com:acme/pay.git")] {
        let dir = folder.path().join(name);
        git(&dir, &["init", "-q", "-b", "trunk"], day, "A");
        git(&dir, &["remote", "add", "origin", remote], day, "A");
        commit(&dir, day, "Ada", "Begin");
    }
    let out = Folder::with(&[]);
    assert_eq!(build(&folder.path().join("hb"), &out, &[]), "");
    let (a, queues, plain) = (page(&out, "a.html"), page(&out, "payments/queues.html"), page(&out, "plain/p.html"));
    assert!(a.contains("https://github.com/acme/hb/edit/trunk/a.md") && a.contains("2022-01-01"), "{a}");
    assert!(a.contains("href=\"payments/queues.html\""), "{a}");
    assert!(queues.contains("https://gitlab.com/acme/pay/-/edit/trunk/docs/queues.md") && queues.contains("2022-02-02"), "{queues}");
    assert!(!plain.contains("acme") && !plain.contains("<time"), "{plain}");
}

#[test]
fn a_record_without_an_owner_has_the_one_that_codeowners_names() {
    let folder = repository(&[
        (".github/CODEOWNERS", "* @org/everybody\n/docs/decisions/ @ada @org/platform-team\n"),
        ("docs/teams/platform.md", "# Platform team\n"),
        ("docs/teams/sre.md", "# SRE\n"),
        ("docs/decisions/0001-a.md", "# Without an owner\n"),
        ("docs/decisions/0002-b.md", "---\nowner: sre\n---\n# With an owner\n"),
        ("docs/guides/c.md", "# Nobody's\n"),
    ]);
    commit(folder.path(), "2022-01-01", "Ada", "Begin");
    let out = Folder::with(&[]);
    build(&folder.path().join("docs"), &out, &["--lenient"]);
    let platform = page(&out, "teams/platform.html");
    assert!(platform.contains("decisions/0001-a.html") && !platform.contains("decisions/0002-b.html"), "{platform}");
    assert!(page(&out, "decisions/0001-a.html").contains(">Platform team</a>"));
    assert!(page(&out, "teams/sre.html").contains("decisions/0002-b.html"));
    assert!(!page(&out, "guides/c.html").contains("Platform team</a></dd>"));
}
