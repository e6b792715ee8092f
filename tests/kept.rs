//! The law of what is kept for searches: after any change the answer is that of a search that finds nothing kept.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use handbook::cache::Answers;
use handbook::index::kept::Extent;
use handbook::load::Project;

use crate::support::{Folder, handbook, stderr, stdout};

/// Longer than a tick of the clocks of file systems: of what is younger nothing is kept.
const SETTLED: Duration = Duration::from_millis(60);

fn search(dir: &Path, words: &str) -> String {
    let output = handbook(dir, &["search", "--json", words]);
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", stderr(&output));
    stdout(&output)
}

fn is_kept(dir: &Path) -> bool {
    let config = Project::open(dir).and_then(|project| project.config()).expect("settings").0;
    Answers::find(&dir.join(".handbook"), &config, Extent::Words).is_some()
}

/// Checks that the answer to `words` in `hb`, a handbook in a folder with `files` that `prepare` made ready, follows an edit.
fn follows(files: &[(&str, &str)], prepare: impl Fn(&Path), words: &str, edit: impl Fn(&Path)) {
    let folder = Folder::with(files);
    let (root, dir) = (folder.path(), folder.path().join("hb"));
    prepare(root);
    std::thread::sleep(SETTLED);
    let before = search(&dir, words);
    assert!(is_kept(&dir), "the first search keeps what it read");
    edit(root);
    std::thread::sleep(SETTLED);
    let after = search(&dir, words);
    fs::remove_dir_all(dir.join(".handbook")).expect("something was kept");
    assert_eq!(after, search(&dir, words));
    assert_ne!(after, before, "the edit counts");
}

fn write(file: impl AsRef<Path>, text: impl AsRef<[u8]>) {
    fs::create_dir_all(file.as_ref().parent().expect("a file has a folder")).expect("a folder can be made");
    fs::write(file, text).expect("a file can be written");
}

/// Runs git in a folder as if nobody had set anything.
fn git(dir: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(dir).args(["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "init.defaultBranch=main"]).args(arguments);
    let output = command.output().expect("git can be run");
    assert!(output.status.success(), "{}", stderr(&output));
}

const NOTE: (&str, &str) = ("hb/note.md", "# Note\n\nA potato.\n");

#[test]
fn a_file_that_could_not_be_a_record_becomes_one() {
    follows(
        &[NOTE],
        |root| write(root.join("hb/other.md"), b"\0\xff\0"),
        "zucchini",
        |root| {
            write(root.join("hb/other.md"), "# Zucchini\n");
        },
    );
    let large = || format!("# Zucchini\n{}", " ".repeat(5 << 20));
    follows(&[NOTE], |root| write(root.join("hb/other.md"), large()), "zucchini", |root| write(root.join("hb/other.md"), "# Zucchini\n"));
}

#[test]
fn a_link_gives_way_to_a_file_or_a_folder() {
    let link = |root: &Path| symlink("note.md", root.join("hb/other.md")).expect("a link");
    follows(&[NOTE], link, "zucchini", |root| {
        fs::remove_file(root.join("hb/other.md")).expect("it is there");
        write(root.join("hb/other.md"), "# Zucchini\n");
    });
    let link = |root: &Path| symlink("..", root.join("hb/more")).expect("a link");
    follows(&[NOTE], link, "zucchini", |root| {
        fs::remove_file(root.join("hb/more")).expect("it is there");
        write(root.join("hb/more/other.md"), "# Zucchini\n");
    });
}

#[test]
fn what_is_left_out_is_written_behind_a_link() {
    let ignored = |root: &Path| symlink("../rules", root.join("hb/.gitignore")).expect("a link");
    follows(&[NOTE, ("rules", "")], ignored, "potato", |root| write(root.join("rules"), "note.md\n"));
}

#[test]
fn what_is_included_comes_from_where_no_record_is_looked_for() {
    let including = ("hb/note.md", "# Note\n\n{{#include node_modules/part.md}}\n");
    let other = ("hb/node_modules/other.md", "Nothing.\n");
    follows(&[including, other], |_| {}, "zucchini", |root| write(root.join("hb/node_modules/part.md"), "Zucchini.\n"));
    let part = ("hb/node_modules/part.md", "{{#include more.md}}\n");
    follows(&[including, part], |_| {}, "zucchini", |root| write(root.join("hb/node_modules/more.md"), "Zucchini.\n"));
    let link = |root: &Path| symlink("other.md", root.join("hb/node_modules/part.md")).expect("a link");
    follows(&[including, other], link, "zucchini", |root| write(root.join("hb/node_modules/other.md"), "Zucchini.\n"));
}

#[test]
fn what_is_mounted_comes_later() {
    let files = [NOTE, ("hb/handbook.yaml", "sources:\n  - {folder: ../more, at: more}\n")];
    let new = |root: &Path| write(root.join("more/other.md"), "# Zucchini\n");
    follows(&files, |_| {}, "zucchini", new);
    follows(&files, |root| fs::create_dir(root.join("more")).expect("a folder"), "zucchini", new);
}

#[test]
fn a_record_lies_where_another_folder_is_mounted() {
    let files = [
        NOTE,
        ("hb/handbook.yaml", "sources:\n  - {folder: ../more, at: more}\n"),
        ("hb/more/README.md", "# More\n"),
        ("more/README.md", "# Another\n"),
        ("more/other.md", "# Other\n"),
    ];
    follows(&files, |_| {}, "zucchini", |root| write(root.join("hb/more/README.md"), "# More\n\nZucchini.\n"));
}

#[test]
fn where_a_repository_lies_is_said_by_a_linked_checkout() {
    let files = [
        ("repo/note.md", "# Note\n\nSee [zucchini](https://github.com/team/handbook/blob/main/other.md).\n"),
        ("repo/other.md", "# Other\n"),
    ];
    let checkout = |root: &Path| {
        let repo = root.join("repo");
        git(&repo, &["init", "-q"]);
        git(&repo, &["add", "."]);
        git(&repo, &["commit", "-qm", "All"]);
        git(&repo, &["worktree", "add", "-q", "../hb", "-b", "main2"]);
    };
    follows(&files, checkout, "zucchini", |root| git(&root.join("repo"), &["remote", "add", "origin", "git@github.com:team/handbook.git"]));
}

#[test]
fn owners_are_written_behind_a_link() {
    let owners = |root: &Path| {
        git(&root.join("hb"), &["init", "-q"]);
        symlink("../owners", root.join("hb/CODEOWNERS")).expect("a link");
    };
    let files = [NOTE, ("hb/teams/pay.md", "---\ntitle: Pay\n---\n"), ("owners", "")];
    follows(&files, owners, "owner:pay", |root| write(root.join("owners"), "*.md @team/pay\n"));
}
