//! A server before all records are read: what is shown then, and what is kept back.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::serve::{NOT_OURS, Server, events, site};
use crate::support::Folder;

/// A server that reads no record until [`Held::let_go`].
struct Held {
    server: Server,
    hold: tempfile::NamedTempFile,
}

impl Held {
    fn start(folder: &Folder, arguments: &[&str]) -> Self {
        let hold = tempfile::NamedTempFile::new().expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_handbook"));
        let server = Server::start_as(folder, arguments, command.env("HANDBOOK_HOLD", hold.path()).stderr(Stdio::null()));
        Self { server, hold }
    }

    /// What a browser is given that goes to `target`.
    fn visit(&self, target: &str) -> (u16, String) {
        self.server.get(target, "Accept: text/html,application/xhtml+xml\r\n")
    }

    fn let_go(self) -> Server {
        self.hold.close().expect("the file goes");
        self.server
    }
}

#[test]
fn before_all_records_are_read_a_page_is_its_own_record_or_says_how_far_it_is() {
    let folder = site();
    folder.write("decisions/0001-one.md", b"---\nstatus: accepted\n---\n# One\n\nSee [two](0002-two.md) and ![p](p.png).\n");
    folder.write("decisions/0002-two.md", b"---\nstatus: accepted\nsupersedes: [1]\nslug: elsewhere\n---\n# Two\n");
    folder.write("decisions/p.png", b"picture");
    folder.write("decisions/draft.md", b"---\ndraft: true\n---\n# Draft\n\nNot to be seen.\n");
    folder.write("decisions/hidden.md", b"# Hidden\n\nNot to be seen.\n");
    folder.write("same/README.md", b"# Both\n");
    folder.write("same/index.md", b"# Both\n");
    folder.write(".gitignore", b"hidden.md\n");
    let held = Held::start(&folder, &[]);
    let (status, page) = held.visit("/decisions/0001-one.html");
    assert_eq!(status, 503);
    for header in
        ["retry-after: 1\r", "cache-control: no-store\r", "content-type: text/html", "content-security-policy: default-src 'none'"]
    {
        assert!(page.contains(header), "{header} is missing: {page}");
    }
    assert!(page.contains("<h1>") && page.contains("One") && page.contains("class=\"unread\""), "its own record is shown: {page}");
    assert!(page.contains("<noscript><meta http-equiv=\"refresh\"") && page.contains("0 of 7 records read"), "{page}");
    assert!(page.contains("<span class=\"broken-link\">two</span>"), "a link is text, and nothing is said against it: {page}");
    assert!(page.contains("<img src=\"p.png\""), "{page}");
    assert!(held.visit("/decisions/0001-one").1.contains("class=\"page-record\""), "without its ending too");
    for target in ["/decisions/0002-two.html", "/decisions/draft.html", "/decisions/hidden.html", "/decisions/", "/same/", "/tags/", "/x"] {
        let (status, page) = held.visit(target);
        assert_eq!(status, 503, "{target}");
        assert!(page.contains("class=\"page-waiting\"") && page.contains("class=\"unread\""), "{target}: {page}");
        assert!(!page.contains("Not to be seen"), "{target}");
    }
    assert!(held.visit("/").1.contains("class=\"page-home\""), "the front page has its own words");
    let style = page.split('"').find(|part| part.contains("assets/style.")).expect("a style sheet").trim_start_matches("../");
    assert_eq!(held.server.get(&format!("/{style}"), "").0, 200, "style comes at once");
    let mut told = events(&held.server);
    let server = held.let_go();
    assert!(told.any(|line| line == "event: read"), "pages are told how far it is");
    assert!(told.any(|line| line == "data: 7 7"));
    assert!(told.any(|line| line == "data: reload"), "and that it is done");
    let (status, page) = server.get("/decisions/0001-one.html", "Accept: text/html\r\n");
    assert!(status == 200 && page.contains("elsewhere.html") && !page.contains("class=\"unread\""), "{page}");
    assert_eq!(server.get("/decisions/0002-two.html", "").0, 404);
}

#[test]
fn before_all_records_are_read_nothing_is_given_that_the_site_will_not_have() {
    let folder = site();
    let held = Held::start(&folder, &[]);
    let is_safe = |answer: &str| !["root:", "TOKEN", "not linked", "title: Served"].iter().any(|words| answer.contains(words));
    for target in NOT_OURS {
        let (status, answer) = held.visit(target);
        assert!(matches!(status, 400 | 403 | 503) && is_safe(&answer), "{target}: {status}: {answer}");
    }
    let (status, answer) = held.server.raw("GET / HTTP/1.1\r\nHost: evil.example\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
    assert!(status == 403 && !answer.contains("Served"), "{answer}");
    assert_eq!(held.visit("/_handbook/nothing").0, 503);
    let post = |target: &str| format!("POST {target} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", held.server.port);
    assert_eq!(held.server.raw(&post("/_handbook/edit?page=index.html")).0, 403);
    assert_eq!(held.server.raw(&post("/")).0, 405);
    // Whatever is asked for while it is being read, and in the moment in which it is: a part at a time, or the whole at last.
    let targets = ["/docs/a-b.html", "/", "/docs/p.png", "/search/directory.js", "/tags/", "/feed.xml", "/nothing"];
    let body = |answer: String| answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    std::thread::scope(|scope| {
        let mut asked = Vec::new();
        for (round, target) in (0..6).flat_map(|round| targets.map(|target| (round, target))) {
            let (held, accept) = (&held, ["*/*", "text/html"][round % 2]);
            let visit = move || {
                std::thread::sleep(Duration::from_millis(round as u64 * 60));
                held.server.get(target, &format!("Accept: {accept}\r\n"))
            };
            asked.push((target, accept, scope.spawn(visit)));
        }
        std::thread::sleep(Duration::from_millis(200));
        std::fs::remove_file(held.hold.path()).expect("the file goes");
        for (target, accept, answer) in asked {
            let (status, answer) = answer.join().expect("an answer");
            let (last_status, last) = held.server.get(target, "");
            let is_early = accept == "text/html" && status == 503;
            assert!(is_early || (status, body(answer)) == (last_status, body(last)), "{target} for {accept}: {status}");
        }
    });
}

#[test]
fn programs_wait_until_all_records_are_read() {
    let folder = site();
    let held = Held::start(&folder, &[]);
    let asked = std::time::Instant::now();
    std::thread::scope(|scope| {
        let answers = ["/", "/docs/p.png", "/search.html", "/nothing"].map(|target| {
            let server = &held.server;
            scope.spawn(move || server.get(target, "Accept: */*\r\n").0)
        });
        std::thread::sleep(Duration::from_millis(500));
        assert!(answers.iter().all(|answer| !answer.is_finished()), "nothing half is given to a program");
        std::fs::remove_file(held.hold.path()).expect("the file goes");
        assert_eq!(answers.map(|answer| answer.join().expect("an answer")), [200, 200, 200, 404]);
    });
    assert!(asked.elapsed() >= Duration::from_millis(500));
}

#[test]
fn before_all_records_are_read_an_audience_sees_none() {
    let folder = Folder::with(&[
        ("handbook.yaml", "audiences: [public, internal]\ndefault_audience: internal\n"),
        ("README.md", "---\naudience: public\n---\n# Home\n\nOf [Project Falcon](falcon.md)."),
        ("falcon.md", "---\naudience: internal\n---\n# Falcon"),
        ("plans/README.md", "---\naudience: internal\n---\n# Plans of Falcon"),
    ]);
    let held = Held::start(&folder, &["--audience", "public"]);
    for target in ["/", "/falcon.html", "/falcon", "/plans", "/plans/"] {
        let (status, page) = held.visit(target);
        assert!(status == 503 && page.contains("class=\"page-waiting\"") && !page.contains("Falcon"), "{target}: {page}");
    }
    let server = held.let_go();
    assert_eq!(server.get("/falcon.html", "").0, 404);
}

#[test]
fn a_site_that_can_not_be_read_at_the_start_says_why_and_comes_when_that_is_mended() {
    let folder = site();
    folder.write("handbook.yaml", b"title: [open\n");
    let server = Server::start(&folder);
    let visit = || server.get("/docs/a-b.html", "Accept: text/html\r\n");
    let started = std::time::Instant::now();
    while !visit().1.contains("handbook.yaml:1:") {
        assert!(started.elapsed() < Duration::from_secs(5), "the page says why: {}", visit().1);
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(server.get("/docs/p.png", "").0, 503, "programs need not wait for what may never come");
    let mut told = events(&server);
    folder.write("handbook.yaml", b"title: Mended\n");
    assert!(told.any(|line| line == "data: reload"));
    // A file that is written is empty for a moment, which may be seen.
    let is_mended = |(status, page): (u16, String)| status == 200 && page.contains("Mended");
    while !is_mended(visit()) {
        assert!(started.elapsed() < Duration::from_secs(10), "{}", visit().1);
        std::thread::sleep(Duration::from_millis(20));
    }
}
