//! What is saved is followed: however an editor writes it, whatever else happens in the folder. The letters are those of the list
//! of faults in `docs/serving.md`.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use crate::serve::{Server, events};
use crate::support::{Folder, files, handbook};

/// What pages are told, as it comes; what they prove themselves with aside, which comes first.
fn told(server: &Server) -> Receiver<String> {
    // This waits until everything is read, which is told, too.
    server.get("/", "");
    let (sender, receiver) = channel();
    let lines = events(server).filter(|line| line.starts_with("data:")).skip(1);
    std::thread::spawn(move || lines.for_each(|line| drop(sender.send(line))));
    receiver
}

/// What was told until it is quiet for `quiet` milliseconds.
fn until_quiet(told: &Receiver<String>, quiet: u64) -> Vec<String> {
    std::iter::from_fn(|| told.recv_timeout(Duration::from_millis(quiet)).ok()).collect()
}

/// Waits until the page at `target` says `words`.
fn wait_for(server: &Server, target: &str, words: &str) {
    let started = Instant::now();
    while !server.get(target, "").1.contains(words) {
        assert!(started.elapsed() < Duration::from_secs(15), "{target} does not say `{words}`: {}", server.get(target, "").1);
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The main part of each page is that of a clean build; the page that stands for all that are not there aside, whose links begin at
/// the root of a host that only a build knows.
fn is_as_built(server: &Server, folder: &Folder) {
    let site = tempfile::tempdir().expect("a folder for the site");
    let out = site.path().join("site");
    handbook(folder.path(), &["build", ".", "--lenient", "--out", out.to_str().expect("a path in UTF-8")]);
    let main = |page: &str| page.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap_or_default().to_owned();
    for (path, file) in files(&out).into_iter().filter(|(path, _)| path.ends_with(".html") && path != "404.html") {
        let built = main(&fs::read_to_string(file).expect("a page"));
        let served = main(&server.get(&format!("/{path}"), "").1);
        assert!(built == served, "{path}\n--- built\n{built}\n--- served\n{served}");
    }
}

fn small() -> Folder {
    Folder::with(&[("README.md", "# Home\n\n[x](docs/x.md)\n"), ("docs/x.md", "# X\n\nFirst.\n"), ("docs/y.md", "# Y\n")])
}

type Save = fn(&Path, &str);

/// The steps by which editors save, as seen with strace.
const SAVES: [(&str, Save); 9] = [
    ("in place: VS Code, nano, Notepad", |file, text| fs::write(file, text).expect("a save")),
    ("vim: old one to a backup, new file, backup removed", |file, text| {
        let probe = file.with_file_name("4913");
        fs::write(&probe, "").and_then(|()| fs::remove_file(&probe)).expect("a save");
        let backup = file.with_file_name("x.md~");
        fs::rename(file, &backup).and_then(|()| fs::write(file, text)).and_then(|()| fs::remove_file(backup)).expect("a save");
    }),
    ("nvim with backupcopy: copy, write in place, copy removed", |file, text| {
        let backup = file.with_file_name("x.md~");
        fs::copy(file, &backup).expect("a save");
        fs::write(file, text).and_then(|()| fs::remove_file(backup)).expect("a save");
    }),
    ("emacs: lock, backup by renaming, write, lock removed", |file, text| {
        let lock = file.with_file_name(".#x.md");
        #[cfg(unix)]
        std::os::unix::fs::symlink("somebody@host.1:2", &lock).expect("a save");
        fs::write(file.with_file_name("#x.md#"), text).expect("a save");
        fs::rename(file, file.with_file_name("x.md~")).and_then(|()| fs::write(file, text)).expect("a save");
        fs::remove_file(file.with_file_name("#x.md#")).expect("a save");
        let _ = fs::remove_file(lock);
    }),
    ("JetBrains: new beside, old away, new in place", |file, text| {
        let (new, old) = (file.with_file_name("x.md___jb_tmp___"), file.with_file_name("x.md___jb_old___"));
        fs::write(&new, text).and_then(|()| fs::rename(file, &old)).and_then(|()| fs::rename(new, file)).expect("a save");
        fs::remove_file(old).expect("a save");
    }),
    ("Kate: new beside, renamed over", |file, text| {
        let new = file.with_file_name("x.md.Kx7aQf");
        fs::write(&new, text).and_then(|()| fs::rename(new, file)).expect("a save");
    }),
    ("Sublime Text, atomic", |file, text| {
        let new = file.with_file_name(".sublf3a.tmp");
        fs::write(&new, text).and_then(|()| fs::rename(new, file)).expect("a save");
    }),
    ("gedit", |file, text| {
        let new = file.with_file_name(".goutputstream-1P2Q3R");
        fs::write(&new, text).and_then(|()| fs::rename(new, file)).expect("a save");
    }),
    ("half, a pause, the rest", |file, text| {
        fs::write(file, "").expect("a save");
        std::thread::sleep(Duration::from_millis(20));
        fs::write(file, text).expect("a save");
    }),
];

#[test]
fn wa01_each_save_of_each_editor_is_one_change() {
    let folder = small();
    let server = Server::start(&folder);
    let told = told(&server);
    until_quiet(&told, 300);
    for (editor, save) in SAVES {
        for round in 0..2 {
            let words = format!("Saved by {} {round}", editor.split(':').next().unwrap_or_default());
            save(&folder.path().join("docs/x.md"), &format!("# X\n\n{words}.\n"));
            let first = told.recv_timeout(Duration::from_secs(15));
            let news: Vec<String> = first.into_iter().chain(until_quiet(&told, 350)).collect();
            assert_eq!(news, ["data: reload"], "{editor}, save {round}");
            assert!(server.get("/docs/x.html", "").1.contains(&words), "{editor}, save {round}");
        }
    }
    let _ = fs::remove_file(folder.path().join("docs/x.md~"));
    is_as_built(&server, &folder);
}

#[test]
fn wa02_wa12_wa13_what_is_no_change_is_none() {
    let folder = small();
    let git = |arguments: &[&str]| drop(Command::new("git").current_dir(folder.path()).args(arguments).output());
    // A folder that becomes a repository has a history, which pages tell.
    git(&["init"]);
    let server = Server::start(&folder);
    let told = told(&server);
    until_quiet(&told, 300);
    for name in ["docs/x.md~", "docs/.x.md.swp", "docs/4913", "docs/#x.md#", "docs/.#y.md"] {
        folder.write(name, b"lock");
    }
    let x = folder.path().join("docs/x.md");
    fs::File::options().write(true).open(&x).and_then(|file| file.set_modified(std::time::SystemTime::now())).expect("its time can be set");
    fs::write(&x, "# X\n\nFirst.\n").expect("the same again");
    handbook(folder.path(), &["build", ".", "--out", "public"]);
    handbook(folder.path(), &["search", "first"]);
    git(&["status", "--short"]);
    git(&["gc"]);
    assert_eq!(until_quiet(&told, 1800), [""; 0], "nobody is told of nothing");
}

#[test]
fn wa03_half_a_file_ends_right() {
    let folder = small();
    let server = Server::start(&folder);
    folder.write("docs/x.md", b"---\ntitle: Ha");
    std::thread::sleep(Duration::from_millis(120));
    folder.write("docs/x.md", b"---\ntitle: Half no more\n---\n");
    wait_for(&server, "/docs/x.html", "Half no more");
    is_as_built(&server, &folder);
}

#[test]
fn wa04_wa05_hundreds_of_files_at_once_end_as_a_clean_build() {
    let folder = small();
    let server = Server::start(&folder);
    let told = told(&server);
    for number in 0..600 {
        folder.write(&format!("many/{}/r{number}.md", number % 7), format!("# Record {number}\n\nSee [[y]].\n").as_bytes());
    }
    wait_for(&server, "/many/4/r599.html", "Record 599");
    until_quiet(&told, 1500);
    fs::rename(folder.path().join("many/3"), folder.path().join("renamed")).expect("a folder can be renamed");
    for number in (0..600).step_by(2).filter(|number| number % 7 != 3) {
        folder.write(&format!("many/{}/r{number}.md", number % 7), format!("# Record {number} anew\n").as_bytes());
    }
    wait_for(&server, "/many/2/r548.html", "Record 548 anew");
    wait_for(&server, "/renamed/r3.html", "Record 3");
    until_quiet(&told, 1500);
    is_as_built(&server, &folder);
}

#[test]
fn wa07_wa08_folders_are_followed() {
    let folder = small();
    let server = Server::start(&folder);
    folder.write("a/b/c/x.md", b"# Deep\n");
    wait_for(&server, "/a/b/c/x.html", "Deep");
    fs::rename(folder.path().join("a"), folder.path().join("z")).expect("a folder can be renamed");
    wait_for(&server, "/z/b/c/x.html", "Deep");
    folder.write("z/b/c/x.md", b"# Edited there\n");
    wait_for(&server, "/z/b/c/x.html", "Edited there");
    fs::remove_dir_all(folder.path().join("z")).expect("a folder can be removed");
    folder.write("z/b/c/x.md", b"# Made anew\n");
    wait_for(&server, "/z/b/c/x.html", "Made anew");
    folder.write("z/b/c/x.md", b"# And edited\n");
    wait_for(&server, "/z/b/c/x.html", "And edited");
    // Two folders change places.
    let at = |name: &str| folder.path().join(name);
    folder.write("one/x.md", b"# One\n");
    folder.write("two/x.md", b"# Two\n");
    wait_for(&server, "/two/x.html", "Two");
    fs::rename(at("one"), at("three"))
        .and_then(|()| fs::rename(at("two"), at("one")))
        .and_then(|()| fs::rename(at("three"), at("two")))
        .expect("they change places");
    wait_for(&server, "/one/x.html", "Two");
    folder.write("one/x.md", b"# Edited after\n");
    wait_for(&server, "/one/x.html", "Edited after");
    is_as_built(&server, &folder);
}

#[test]
fn wa09_a_root_that_goes_and_comes_back_is_waited_for() {
    let folder = Folder::with(&[("handbook.yaml", "content: docs\n"), ("docs/x.md", "# X\n")]);
    let server = Server::start(&folder);
    let told = told(&server);
    let (docs, away) = (folder.path().join("docs"), folder.path().join("away"));
    fs::rename(&docs, &away).expect("it can be renamed");
    // The first site may be told to whoever came before it.
    let trouble = std::iter::from_fn(|| told.recv_timeout(Duration::from_secs(10)).ok()).find(|told| !told.contains("reload"));
    assert!(trouble.as_ref().is_some_and(|told| told.contains("there is no folder")), "{trouble:?}");
    assert_eq!(server.get("/x.html", "").0, 200, "the last good site is shown");
    fs::rename(&away, &docs).expect("it comes back");
    folder.write("docs/x.md", b"# Back\n");
    wait_for(&server, "/x.html", "Back");
    folder.write("docs/x.md", b"# Still followed\n");
    wait_for(&server, "/x.html", "Still followed");
}

#[test]
fn wa11_files_are_looked_at_where_changes_are_not_reported() {
    let folder = small();
    let server = Server::start_with(&folder, &["--poll"]);
    folder.write("docs/x.md", b"# Polled\n");
    wait_for(&server, "/docs/x.html", "Polled");
}

#[test]
fn wa16_of_a_hundred_saves_the_last_is_shown() {
    let folder = small();
    let server = Server::start(&folder);
    for number in 0..100 {
        folder.write("docs/x.md", format!("# X\n\nSave {number}.\n").as_bytes());
        std::thread::sleep(Duration::from_millis(5));
    }
    wait_for(&server, "/docs/x.html", "Save 99.");
    is_as_built(&server, &folder);
}

#[test]
fn wa18_a_page_leads_to_where_its_record_is_now() {
    let folder = small();
    let server = Server::start(&folder);
    let docs = folder.path().join("docs");
    fs::rename(docs.join("x.md"), docs.join("a new name.md")).expect("it can be renamed");
    wait_for(&server, "/docs/a-new-name.html", "First.");
    leads(&server, "/docs/x.html", "/docs/a-new-name.html");
    fs::rename(docs.join("a new name.md"), docs.join("x.md")).expect("it can be renamed back");
    wait_for(&server, "/docs/x.html", "First.");
    leads(&server, "/docs/a-new-name.html", "/docs/x.html");
    // It is gone before it is there again.
    fs::rename(docs.join("x.md"), docs.join("x.txt")).expect("it can be renamed");
    until_gone(&server, "/docs/x.html");
    fs::rename(docs.join("x.txt"), docs.join("later.md")).expect("it can be renamed");
    wait_for(&server, "/docs/later.html", "First.");
    leads(&server, "/docs/x.html", "/docs/later.html");
    fs::rename(docs.join("later.md"), docs.join("x.md")).expect("it can be renamed back");
    wait_for(&server, "/docs/x.html", "First.");
    fs::write(docs.join("x.md"), "---\ndraft: true\n---\n# X\n\nFirst.\n").expect("it can be written");
    until_gone(&server, "/docs/x.html");
}

/// Whoever asks for the page at `from` is sent to that at `to`.
fn leads(server: &Server, from: &str, to: &str) {
    let (status, answer) = server.get(from, "");
    assert!(status == 302 && answer.contains(&format!("location: {to}")), "{answer}");
}

/// Waits until there is no page at `path`.
fn until_gone(server: &Server, path: &str) {
    let started = Instant::now();
    while server.get(path, "").0 != 404 {
        assert!(started.elapsed() < Duration::from_secs(5), "{path} is still there");
    }
}

#[test]
fn wa15_a_fault_of_ours_is_told_and_the_next_save_builds_again() {
    let folder = small();
    let fault = tempfile::NamedTempFile::new().expect("a file");
    fs::remove_file(fault.path()).expect("no fault at first");
    let mut command = Command::new(env!("CARGO_BIN_EXE_handbook"));
    let server = Server::start_as(&folder, &[], command.env("HANDBOOK_PANIC", fault.path()).stderr(Stdio::piped()));
    wait_for(&server, "/docs/x.html", "First.");
    let told = told(&server);
    until_quiet(&told, 300);
    fs::write(fault.path(), "").expect("a fault");
    folder.write("docs/x.md", b"# X\n\nSecond.\n");
    let news = told.recv_timeout(Duration::from_secs(10)).expect("pages are told");
    assert!(news.contains("handbook itself failed"), "{news}");
    assert!(server.get("/docs/x.html", "").1.contains("First."), "the last good site is shown");
    assert_eq!(until_quiet(&told, 2500), [""; 0], "it is told once");
    fs::remove_file(fault.path()).expect("the fault goes");
    folder.write("docs/x.md", b"# X\n\nThird.\n");
    wait_for(&server, "/docs/x.html", "Third.");
    assert!(until_quiet(&told, 500).contains(&"data: reload".to_owned()), "pages follow");
    is_as_built(&server, &folder);
}

/// Our program where a limit of inotify is `value`: in a namespace of its own, so that the machine keeps its own. Nothing where
/// the system does not allow that.
fn limited(limit: &str, value: u32) -> Option<Command> {
    let script = format!("echo {value} > /proc/sys/user/{limit} && exec \"$0\" \"$@\"");
    let limited = |program: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "sh", "-c", &script, program]).stderr(Stdio::null());
        command
    };
    let is_allowed = limited("true").status().is_ok_and(|status| status.success());
    if !is_allowed {
        eprintln!("*** NOT TESTED: this system gives no namespace of one's own (unshare --user) ***");
    }
    is_allowed.then(|| limited(env!("CARGO_BIN_EXE_handbook")))
}

#[test]
fn wa10_a_limit_that_is_reached_is_named_and_files_are_looked_at_instead() {
    let folder = small();
    for name in ["a", "b", "c", "d", "e"] {
        folder.write(&format!("{name}/x.md"), b"# Of many folders\n");
    }
    for (limit, value) in [("max_inotify_watches", 3), ("max_inotify_instances", 0)] {
        let Some(mut command) = limited(limit, value) else { return };
        let server = Server::start_as(&folder, &[], &mut command);
        folder.write("docs/x.md", format!("# X\n\nSeen with {limit}.\n").as_bytes());
        wait_for(&server, "/docs/x.html", &format!("Seen with {limit}."));
        folder.write("e/x.md", format!("# Seen with {limit}, too\n").as_bytes());
        wait_for(&server, "/e/x.html", &format!("Seen with {limit}, too"));
        let said = server.said();
        assert!(said.contains(&format!("the system's limit user.{limit} is {value}; `sudo sysctl user.{limit}=")), "{said}");
        assert!(said.contains("files are looked at once a second"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn wa17_what_was_written_while_it_slept_is_seen_when_it_wakes() {
    let folder = small();
    let server = Server::start(&folder);
    let told = told(&server);
    until_quiet(&told, 300);
    server.signal("STOP");
    folder.write("docs/x.md", b"# X\n\nWritten in its sleep.\n");
    folder.write("docs/new.md", b"# New\n");
    std::thread::sleep(Duration::from_millis(1500));
    server.signal("CONT");
    assert_eq!(told.recv_timeout(Duration::from_secs(10)).as_deref(), Ok("data: reload"), "the open page is still connected");
    wait_for(&server, "/docs/x.html", "Written in its sleep.");
    wait_for(&server, "/docs/new.html", "New");
    is_as_built(&server, &folder);
}

#[test]
fn a_save_is_shown_while_everything_is_looked_at() {
    let (folder, beside) = (small(), Folder::with(&[]));
    let hold = beside.path().join("hold");
    let mut command = Command::new(env!("CARGO_BIN_EXE_handbook"));
    let server = Server::start_as(&folder, &[], command.env("HANDBOOK_HOLD", &hold).stderr(Stdio::null()));
    server.get("/", "");
    // Until it watches, what is saved is shown by a look at everything.
    folder.write("docs/x.md", b"# X\n\nSecond.\n");
    wait_for(&server, "/docs/x.html", "Second");
    std::thread::sleep(Duration::from_secs(2));
    fs::write(&hold, "").expect("a file");
    folder.write("docs/x.md", b"# X\n\nThird.\n");
    wait_for(&server, "/docs/x.html", "Third");
    // By now it is quiet, and the look at everything is held.
    std::thread::sleep(Duration::from_secs(2));
    folder.write("docs/x.md", b"# X\n\nFourth.\n");
    wait_for(&server, "/docs/x.html", "Fourth");
    fs::remove_file(&hold).expect("a file");
    std::thread::sleep(Duration::from_secs(2));
    folder.write("docs/y.md", b"# Why\n\n[x](x.md)\n");
    wait_for(&server, "/docs/x.html", "Why");
    is_as_built(&server, &folder);
}
