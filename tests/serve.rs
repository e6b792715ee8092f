//! The server, asked over a socket as browsers and others would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::Folder;

/// A server that runs until it is dropped.
pub struct Server {
    child: Child,
    pub port: u16,
    said: Arc<Mutex<String>>,
}

impl Server {
    pub fn start(folder: &Folder) -> Self {
        Self::start_with(folder, &[])
    }

    /// A server that has read everything.
    pub fn start_with(folder: &Folder, arguments: &[&str]) -> Self {
        let server = Self::start_as(folder, arguments, Command::new(env!("CARGO_BIN_EXE_handbook")).stderr(Stdio::null()));
        server.get("/", "");
        server
    }

    /// A server that `command` starts.
    pub fn start_as(folder: &Folder, arguments: &[&str], command: &mut Command) -> Self {
        let mut child = command
            .current_dir(folder.path())
            .arg("serve")
            .args(arguments)
            .args(if arguments.contains(&"--port") { &[][..] } else { &["--port", "0"] })
            .env("HANDBOOK_EDITOR", "touch {file}.opened-at-{line}")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the binary can be run");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let line = lines
            .by_ref()
            .map_while(Result::ok)
            .find(|line| line.starts_with("serving http://127.0.0.1:"))
            .expect("it says where it listens");
        let port = line["serving http://127.0.0.1:".len()..].split('/').next().and_then(|port| port.parse().ok()).expect("a port");
        let said = Arc::new(Mutex::new(String::new()));
        let heard = said.clone();
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| *heard.lock().expect("no panic") += &format!("{line}\n")));
        Self { child, port, said }
    }

    /// Sends it a signal (signal(7)), by its name.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "the signal is sent");
    }

    /// What it printed since it listens.
    pub fn said(&self) -> String {
        self.said.lock().expect("no panic").clone()
    }

    /// Sends `request` as it is, and gives the status and the whole answer.
    pub fn raw(&self, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
        stream.write_all(request.as_bytes()).expect("it takes a request");
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        (status, answer)
    }

    pub fn get(&self, target: &str, headers: &str) -> (u16, String) {
        self.raw(&format!("GET {target} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n{headers}\r\n", self.port))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Two records, a picture that one of them shows, and files that are not to be served.
pub fn site() -> Folder {
    Folder::with(&[
        ("README.md", "# Home"),
        ("docs/a b.md", "# A B\n\n![p](p.png)"),
        ("docs/p.png", "picture"),
        ("docs/secret.txt", "not linked"),
        (".env", "TOKEN=1"),
        ("handbook.yaml", "title: Served\n"),
    ])
}

/// Addresses of nothing that a site has.
pub const NOT_OURS: [&str; 22] = [
    "/../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/..%2f..%2fetc/passwd",
    "/..%5c..%5cetc",
    "/%252e%252e/etc/passwd",
    "//etc/passwd",
    "/./README.md",
    "/.env",
    "/.env/.",
    "/handbook.yaml",
    "/README.md",
    "/docs/secret.txt",
    "/.git/config",
    "/.handbook/",
    "/c:/windows/win.ini",
    "/c%3A/windows",
    "/README.md::$DATA",
    "/DOCS~1",
    "/%00",
    "/%c0%af",
    "/%ff",
    "http://evil.example/",
];

#[test]
fn pages_and_pictures_are_served_and_nothing_else() {
    let folder = site();
    let server = Server::start(&folder);
    for (target, status) in [
        ("/", 200),
        ("/docs/a-b.html", 200),
        ("/docs/a-b", 200),
        ("/docs/p.png", 200),
        ("/docs", 301),
        ("/docs/", 200),
        ("/search.html", 200),
        ("/feed.xml", 200),
        ("/nothing", 404),
    ] {
        assert_eq!(server.get(target, "").0, status, "{target}");
    }
    for target in NOT_OURS {
        let (status, answer) = server.get(target, "");
        assert!(matches!(status, 400 | 403 | 404), "{target}: {status}");
        assert!(!answer.contains("root:") && !answer.contains("TOKEN") && !answer.contains("not linked"), "{target} tells");
    }
    let (_, page) = server.get("/", "");
    for header in [
        "content-security-policy: default-src 'none'",
        "x-content-type-options: nosniff",
        "x-frame-options: DENY",
        "cross-origin-resource-policy: same-origin",
    ] {
        assert!(page.contains(header), "{header} is missing");
    }
    assert!(!page.to_lowercase().contains("access-control"), "no other site may read");
}

#[test]
fn it_answers_to_its_own_name_only() {
    let folder = site();
    let server = Server::start(&folder);
    let port = server.port;
    let ask = |host: &str| server.raw(&format!("GET / HTTP/1.1\r\n{host}Connection: close\r\n\r\n")).0;
    for host in [
        format!("Host: localhost:{port}\r\n"),
        format!("Host: 127.0.0.1:{port}\r\n"),
        format!("Host: LOCALHOST:{port}\r\n"),
        format!("Host: [::1]:{port}\r\n"),
    ] {
        assert_eq!(ask(&host), 200, "{host}");
    }
    for host in [
        "Host: evil.example\r\n".to_owned(),
        format!("Host: 127.0.0.1.evil.example:{port}\r\n"),
        format!("Host: localhost.evil.example:{port}\r\n"),
        "Host: localhost:1\r\n".to_owned(),
        "Host: \r\n".to_owned(),
        String::new(),
        format!("Host: localhost:{port}\r\nHost: evil.example\r\n"),
        format!("Host: localhost.:{port}\r\n"),
        format!("Host: 0.0.0.0:{port}\r\n"),
    ] {
        assert!(matches!(ask(&host), 400 | 403), "{host}");
    }
    for origin in ["https://evil.example", "null", "http://localhost:1", "http://192.168.1.1"] {
        assert_eq!(server.get("/_handbook/events", &format!("Origin: {origin}\r\n")).0, 403, "{origin}");
        assert_eq!(server.get("/", &format!("Origin: {origin}\r\n")).0, 403, "{origin}");
    }
    for method in ["POST", "PUT", "DELETE", "TRACE", "OPTIONS"] {
        let (status, _) =
            server.raw(&format!("{method} / HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
        assert_eq!(status, 405, "{method}");
    }
    let long = "x".repeat(1 << 20);
    assert!(matches!(server.get(&format!("/{long}"), "").0, 0 | 400 | 404 | 414 | 431));
    assert!(matches!(server.get("/", &format!("X: {long}\r\n")).0, 0 | 400 | 431));
    assert_eq!(server.get("/", "").0, 200, "it goes on");
}

#[test]
fn an_etag_saves_the_second_answer_and_head_has_no_body() {
    let folder = site();
    let server = Server::start(&folder);
    let (_, first) = server.get("/", "");
    let tag = first.lines().find_map(|line| line.strip_prefix("etag: ")).expect("a tag").trim().to_owned();
    let (status, answer) = server.get("/", &format!("If-None-Match: {tag}\r\n"));
    assert_eq!(status, 304);
    assert!(answer.ends_with("\r\n\r\n"));
    let (status, answer) = server.raw(&format!("HEAD / HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", server.port));
    assert_eq!(status, 200);
    assert!(answer.ends_with("\r\n\r\n") && answer.contains("content-length: "));
}

#[test]
fn both_of_the_machines_own_addresses_answer() {
    let folder = site();
    let server = Server::start(&folder);
    if std::net::TcpListener::bind(("::1", 0)).is_err() {
        eprintln!("*** NOT TESTED: this machine has no address ::1 ***");
        return;
    }
    let mut stream = TcpStream::connect(("::1", server.port)).expect("it listens");
    write!(stream, "GET / HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", server.port).expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn a_part_of_a_file_is_sent_alone() {
    let folder = site();
    let server = Server::start(&folder);
    let (_, first) = server.get("/docs/p.png", "");
    let tag = first.lines().find_map(|line| line.strip_prefix("etag: ")).expect("a tag").trim().to_owned();
    for (asked, status, range, body) in [
        ("Range: bytes=0-2\r\n", 206, "content-range: bytes 0-2/7", "pic"),
        ("Range: bytes=-2\r\n", 206, "content-range: bytes 5-6/7", "re"),
        ("Range: bytes=4-\r\n", 206, "content-range: bytes 4-6/7", "ure"),
        ("Range: bytes=9-\r\n", 416, "content-range: bytes */7", ""),
        ("Range: bytes=0-1,3-4\r\n", 200, "", "picture"),
        ("Range: lines=1\r\n", 200, "", "picture"),
        ("Range: bytes=0-2\r\nIf-Range: \"other\"\r\n", 200, "", "picture"),
    ] {
        let (found, answer) = server.get("/docs/p.png", asked);
        assert!(found == status && answer.contains(range) && answer.ends_with(&format!("\r\n\r\n{body}")), "{asked}: {answer}");
    }
    let (status, _) = server.get("/docs/p.png", &format!("Range: bytes=0-2\r\nIf-Range: {tag}\r\n"));
    assert_eq!(status, 206);
    assert_eq!(server.get("/docs/p.png", &format!("If-None-Match: \"x\", W/{tag}\r\n")).0, 304);
}

#[test]
fn many_pages_may_listen_and_there_is_room_for_one_more_answer() {
    let folder = site();
    let server = Server::start(&folder);
    let listen = |_| {
        let mut events = TcpStream::connect(("127.0.0.1", server.port)).expect("it listens");
        write!(events, "GET /_handbook/events HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", server.port).expect("a request");
        let mut status = [0; 12];
        events.read_exact(&mut status).expect("an answer");
        (events, String::from_utf8_lossy(&status).into_owned())
    };
    let listening: Vec<_> = (0..230).map(listen).collect();
    let n_refused = listening.iter().filter(|(_, status)| status.ends_with("503")).count();
    assert!(n_refused > 0 && n_refused < 100, "{n_refused} of 230 were refused");
    assert_eq!(server.get("/", "").0, 200);
    drop(listening);
    std::thread::sleep(Duration::from_millis(300));
    folder.write("docs/a b.md", b"# Anew\n");
    std::thread::sleep(Duration::from_millis(300));
    assert!(events(&server).next().is_some(), "places are given back");
}

#[test]
fn a_page_of_ours_opens_its_file_in_the_editor_and_nobody_else_does() {
    let folder = site();
    folder.write("docs/long.md", b"# Long\n\nOne.\n\n## Second part\n\nTwo.\n");
    let server = Server::start(&folder);
    let mut lines = TcpStream::connect(("127.0.0.1", server.port)).map(BufReader::new).expect("it listens");
    write!(lines.get_mut(), "GET /_handbook/events HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", server.port).expect("a request");
    let mut lines = lines.lines().map_while(Result::ok).skip_while(|line| line != "event: token");
    let token = lines.nth(1).and_then(|line| line.strip_prefix("data: ").map(str::to_owned)).expect("a token");
    let own = format!("Origin: http://localhost:{}\r\n", server.port);
    let ask = |query: &str, headers: &str| {
        let host = format!("Host: localhost:{}\r\nConnection: close\r\nContent-Length: 0\r\n", server.port);
        server.raw(&format!("POST /_handbook/edit?{query} HTTP/1.1\r\n{host}{headers}\r\n"))
    };
    let proof = format!("X-Handbook-Token: {token}\r\n");
    for headers in [
        String::new(),
        own.clone(),
        proof.clone(),
        format!("{own}X-Handbook-Token: guessed\r\n"),
        format!("Origin: https://evil.example\r\n{proof}"),
    ] {
        assert_eq!(ask("page=/docs/long.html", &headers).0, 403, "{headers}");
    }
    let (headers, opened) = (format!("{own}{proof}"), |name: &str| folder.has(&format!("docs/{name}")));
    assert!(!opened("long.md.opened-at-1"));
    assert_eq!(ask("page=%2Fdocs%2Flong.html&section=second-part", &headers).0, 200);
    assert_eq!(ask("page=/docs/a-b.html", &headers).0, 200);
    for page in ["/nothing.html", "/tags/index.html", "/../../etc/passwd", "/docs/p.png"] {
        assert_eq!(ask(&format!("page={page}"), &headers).0, 409, "{page}");
    }
    let started = std::time::Instant::now();
    while !(opened("long.md.opened-at-5") && opened("a b.md.opened-at-1")) {
        assert!(started.elapsed() < Duration::from_secs(5), "the editor is started");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(server.get("/_handbook/edit?page=/docs/long.html", "").0, 404);
}

/// The events that a page is told, line by line.
pub fn events(server: &Server) -> impl Iterator<Item = String> + Send + use<> {
    let mut events = TcpStream::connect(("127.0.0.1", server.port)).expect("it listens");
    events.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    write!(events, "GET /_handbook/events HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", server.port).expect("a request");
    let mut lines = BufReader::new(events).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("retry")), "the stream begins");
    lines
}

#[test]
fn what_can_not_be_read_is_told_over_the_last_good_site_until_it_is_mended() {
    let folder = site();
    let server = Server::start(&folder);
    let mut lines = events(&server);
    folder.write("handbook.yaml", b"title: [open\n");
    assert!(lines.any(|line| line == "event: trouble"), "pages are told");
    assert!(lines.any(|line| line.starts_with("data:") && line.contains("handbook.yaml:1:")), "with the place");
    assert_eq!(server.get("/", "").0, 200, "the last good site is shown");
    assert!(events(&server).any(|line| line == "event: trouble"), "a page that is opened now is told too");
    folder.write("handbook.yaml", b"title: Mended\n");
    // A file that is written is empty for a moment, which may be seen.
    let mut reloads = lines.by_ref().filter(|line| line == "data: reload");
    assert!(reloads.any(|_| server.get("/", "").1.contains("Mended")), "what is mended appears");
    folder.write("handbook.yaml", b"title: [open\n");
    assert!(lines.any(|line| line == "event: trouble"));
    folder.write("handbook.yaml", b"title: Mended\n");
    assert!(lines.any(|line| line == "data: reload"), "so does what is as it was");
}

#[test]
fn a_theme_that_comes_later_is_followed_and_a_page_that_fails_says_why() {
    let folder = site();
    let server = Server::start(&folder);
    let mut lines = events(&server);
    folder.write("themes/default/templates/tags.html", b"none");
    folder.write("themes/default/templates/not-found.html", b"<p>Own {{ page.title }}</p>");
    // Of two files that are written, the first may be seen alone.
    let mut reloads = lines.by_ref().filter(|line| line == "data: reload");
    assert!(reloads.any(|_| server.get("/nothing", "").1.contains("<p>Own ")), "a folder of themes is seen");
    folder.write("themes/default/templates/not-found.html", b"{{ nobody.said.that }}");
    let mut reloads = lines.by_ref().filter(|line| line == "data: reload");
    assert!(reloads.any(|_| server.get("/nothing", "").0 == 500), "what lies in it is watched");
    let (_, page) = server.get("/nothing", "");
    assert!(page.contains("can not be rendered") && page.contains("not-found.html") && page.contains("assets/live."), "{page}");
    folder.write("themes/default/templates/not-found.html", b"{% if %}");
    assert!(lines.any(|line| line == "event: trouble"), "a template that is none is told");
    assert!(lines.any(|line| line.starts_with("data:") && line.contains("not-found.html")), "with its name");
}

#[test]
fn an_audience_is_the_one_of_its_name_when_the_settings_change() {
    let folder = Folder::with(&[
        ("handbook.yaml", "audiences: [public, internal]\ndefault_audience: internal\n"),
        ("README.md", "---\naudience: public\n---\n# Home"),
        ("a.md", "---\naudience: internal\n---\n# A"),
    ]);
    let server = Server::start_with(&folder, &["--audience", "public"]);
    assert_eq!(server.get("/a.html", "").0, 404);
    let mut lines = events(&server);
    folder.write("handbook.yaml", b"audiences: [partners, internal, public]\ndefault_audience: internal\n");
    // A file that is written is empty for a moment, which may be seen.
    let mut reloads = lines.by_ref().filter(|line| line == "data: reload");
    assert!(reloads.any(|_| server.get("/a.html", "").0 == 200), "public is the widest now");
    folder.write("handbook.yaml", b"audiences: [internal]\n");
    assert!(lines.any(|line| line.contains("no audience is called `public`")), "an audience that is gone is told");
}

#[test]
fn answers_say_what_they_are() {
    let folder = Folder::with(&[("README.md", "![p](P.PNG)"), ("P.PNG", "picture")]);
    let server = Server::start(&folder);
    assert!(server.get("/P.PNG", "").1.contains("content-type: image/png"));
    let request = format!("POST / HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", server.port);
    assert!(server.raw(&request).1.contains("allow: GET, HEAD"));
}

#[test]
fn what_is_written_appears_and_readers_are_told() {
    let folder = site();
    let server = Server::start(&folder);
    let mut events = TcpStream::connect(("127.0.0.1", server.port)).expect("it listens");
    events.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    write!(events, "GET /_handbook/events HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", server.port).expect("a request");
    let mut lines = BufReader::new(events).lines();
    assert!(lines.by_ref().map_while(Result::ok).any(|line| line.contains("retry")), "the stream begins");
    folder.write("docs/a b.md", b"# Changed\n");
    // A file that is written is empty for a moment, which may be seen.
    let mut reloads = lines.by_ref().map_while(Result::ok).filter(|line| line == "data: reload");
    assert!(reloads.any(|_| server.get("/docs/a-b.html", "").1.contains("<h1>Changed</h1>")), "readers are told");
    // A head that is broken hides nothing; a folder that is made at once is seen.
    folder.write("docs/a b.md", b"---\ntitle: [x\n---\nStill here\n");
    folder.write("new/deep/er/x.md", b"# Deep\n");
    assert!(lines.by_ref().map_while(Result::ok).any(|line| line == "data: reload"));
    std::thread::sleep(Duration::from_millis(700));
    assert!(server.get("/docs/a-b.html", "").1.contains("Still here"));
    assert_eq!(server.get("/new/deep/er/x.html", "").0, 200);
}

#[test]
fn what_each_file_was_read_as_is_shown_and_what_was_not_understood_comes_first() {
    let folder = Folder::with(&[
        ("README.md", "# Home"),
        ("adr/0001-a.md", "# 1. A\n\nDate: 2024-01-02\n\n## Status\n\nAccepted\n\n## Context\n\nIt is <late>.\n"),
        ("adr/0002-b.md", "# B\n\n* Status: acepted\n* Deciders: Ada\n\n## Context and Problem Statement\n\nWhy?\n"),
    ]);
    let server = Server::start(&folder);
    assert!(server.get("/problems.html", "").1.contains("href=\"ledger/formats.html\""));
    let (status, first) = server.get("/ledger/formats.html", "");
    assert!(status == 200 && first.contains("adr/0002-b.md") && first.contains("unknown (acepted)"), "{first}");
    assert!(!first.contains(">adr/0001-a.md<"), "what was understood is on the page of its layout: {first}");
    let (status, nygard) = server.get("/ledger/formats/decision-a-nygard-adr-tools-section-status.html", "");
    assert_eq!(status, 200);
    assert!(nygard.contains("<th scope=\"row\">date</th><td>2024-01-02</td><td>line, line 3</td>"), "{nygard}");
    assert!(nygard.contains("<th scope=\"row\">status</th><td>accepted</td><td>section, line 7</td>"), "{nygard}");
}

#[test]
fn a_port_that_is_taken_makes_way_for_the_next() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let folder = site();
    let server = Server::start_with(&folder, &["--port", &port.to_string()]);
    assert!(server.port > port && server.port < port.saturating_add(50), "{port} is taken: {}", server.port);
    assert_eq!(server.get("/", "").0, 200);
}

#[test]
fn html_in_addresses_names_and_findings_is_text() {
    let attack = "<img src=x onerror=alert(1)>";
    let folder = site();
    folder.write("docs/<img src=x onerror=alert(1)>.md", format!("---\ntitle: [{attack}\n---\n{attack}\n").as_bytes());
    folder.write("docs/links.md", format!("# {attack}\n\n[[{attack}]] [x]({attack}.md)\n").as_bytes());
    let server = Server::start(&folder);
    for target in ["/problems.html", "/docs/links.html", "/docs/", "/%3Cimg%20src=x%20onerror=alert(1)%3E", "/"] {
        let (_, answer) = server.get(target, "");
        assert!(!answer.contains("<img src=x"), "{target}: {answer}");
        assert!(answer.contains("content-security-policy: default-src 'none'; script-src 'self'"), "{target}");
    }
    assert!(server.get("/problems.html", "").1.contains("&lt;img src"), "it is shown as it is written");
    let mut told = events(&server);
    folder.write("handbook.yaml", format!("title: [{attack}\n").as_bytes());
    assert!(told.any(|line| line.starts_with("data: ") && line.contains(attack)), "pages are told text, which they show as such");
    drop(server);
    let server = Server::start(&folder);
    let (_, answer) = server.get("/", "Accept: text/html\r\n");
    assert!(answer.contains("&lt;img src") && !answer.contains("<img src=x"), "so is what is wrong at the start: {answer}");
}

#[test]
fn the_terminal_tells_what_is_new_after_each_save() {
    let folder = site();
    folder.write("docs/old.md", b"# Old\n\n[x](nowhere.md)\n");
    let server = Server::start(&folder);
    let until = |words: &str| {
        let started = std::time::Instant::now();
        while !server.said().contains(words) {
            assert!(started.elapsed() < Duration::from_secs(10), "`{words}` is not told: {}", server.said());
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    until("3 records: 1 warning");
    // Words alone, and a link.
    folder.write("docs/old.md", b"# Old\n\nOther words.\n\n[x](nowhere.md)\n");
    let started = std::time::Instant::now();
    while server.said().matches("3 records: 1 warning").count() < 2 {
        assert!(started.elapsed() < Duration::from_secs(10), "a save of words is told: {}", server.said());
        std::thread::sleep(Duration::from_millis(20));
    }
    folder.write("docs/a b.md", b"# A B\n\n[y](elsewhere.md)\n");
    until("3 records: 2 warnings");
    assert_eq!(server.said().matches("nowhere.md`").count(), 1, "what was told is not told again: {}", server.said());
    assert_eq!(server.said().matches("elsewhere.md`").count(), 1, "{}", server.said());
}
