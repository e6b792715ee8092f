//! The site in a real browser (Chromium): the search box over HTTP and from disk, under the site's own content policy; and the
//! preview, while its content changes.
//!
//! Where there is no Chromium these tests say so and pass; CI sets `HANDBOOK_REQUIRE_BROWSER` and installs it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::serve::Server;
use crate::support::{Folder, handbook, sample};

/// The first of some programs that is installed. Where there is none, a test has to be asked for by a variable of the environment
/// to fail.
pub fn program(names: &[&str], required: &str, what: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).flat_map(|folder| names.iter().map(move |name| folder.join(name))).find(|file| file.is_file());
    if found.is_none() {
        assert!(std::env::var_os(required).is_none(), "{required} is set, and there is no {what}");
        eprintln!("\n*** NOT TESTED: this test needs {what} ***\n");
    }
    found
}

fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    program(&names, "HANDBOOK_REQUIRE_BROWSER", "Chromium (Debian: apt-get install chromium)")
}

/// The page at `url` after its scripts have run.
fn page(chromium: &Path, url: &str) -> String {
    let profile = tempfile::tempdir().expect("a folder for the browser");
    let output = Command::new(chromium)
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        // Over HTTP the engine runs in a worker, which the virtual clock does not wait for; there, the host delays the load.
        .args(url.starts_with("file:").then_some("--virtual-time-budget=6000"))
        .args(["--dump-dom", url])
        .output()
        .expect("the browser can be run");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// How long the host holds back the end of a page, so that its scripts have done their work when it has loaded.
const HELD_BACK: Duration = Duration::from_secs(12);

/// A host of files, as dumb as they come: the preview's own server keeps a stream open, for which the browser would wait
/// for ever. Each page gets a picture that is long in coming.
fn serve_files(root: PathBuf) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let root = root.clone();
            std::thread::spawn(move || answer(&root, stream));
        }
    });
    port
}

fn answer(root: &Path, mut stream: TcpStream) {
    let mut request = [0; 4096];
    let length = stream.read(&mut request).unwrap_or(0);
    let request = String::from_utf8_lossy(&request[..length]).into_owned();
    let path = request.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or_default().trim_start_matches('/').to_owned();
    if path == "held-back.png" {
        std::thread::sleep(HELD_BACK);
    }
    let picture = b"<img src=\"/held-back.png\" alt=\"\">";
    let reply = reply(root, &path, if path.ends_with(".html") { picture } else { b"" });
    // A browser that has gone is none of our concern.
    let _ = stream.write_all(&reply);
}

/// What a host answers who is asked for a file, with something behind it.
pub fn reply(root: &Path, path: &str, added: &[u8]) -> Vec<u8> {
    let kind = [(".html", "text/html; charset=utf-8"), (".js", "text/javascript"), (".css", "text/css"), (".svg", "image/svg+xml")];
    let kind = kind.iter().find(|(ending, _)| path.ends_with(ending)).map_or("text/plain", |(_, kind)| kind);
    let Ok(body) = std::fs::read(root.join(path)) else {
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec();
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nContent-Security-Policy: {POLICY}\r\nConnection: close\r\n\r\n",
        body.len() + added.len()
    );
    [head.as_bytes(), &body, added].concat()
}

/// The policy under which every page must work.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

#[test]
fn the_search_page_answers_from_disk_and_over_http() {
    let Some(chromium) = chromium() else { return };
    let folder = Folder::with(&[]);
    let content = sample();
    let built = handbook(folder.path(), &["build", content.to_str().expect("a path in UTF-8"), "--out", "site"]);
    assert!(built.status.success());
    let from_disk = page(&chromium, &format!("file://{}/site/search.html?q=cute+names", folder.path().display()));
    let port = serve_files(folder.path().join("site"));
    let over_http = page(&chromium, &format!("http://localhost:{port}/search.html?q=cute+names"));
    for (how, page) in [("from disk", from_disk), ("over HTTP", over_http)] {
        let results = page.split("class=\"search-results\"").nth(1).unwrap_or_else(|| panic!("there are no results {how}: {page}"));
        assert!(results.contains("decisions/0026-names-say-what-a-service-does.html"), "{how}: {results}");
        assert!(results.contains("<mark>"), "{how}: matches are marked");
    }
}

/// A module of the first script and one of the second: both searches of a theme go by them.
#[test]
fn modules_of_a_team_are_what_a_browser_runs() {
    let Some(chromium) = chromium() else { return };
    let ours = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/default/assets/search").join(name);
        std::fs::read_to_string(path).expect("the theme has the module")
    };
    let rank = ours("rank.js").replace("best[place - 1] < score", "best[place - 1] > score");
    let facts = ours("facts.js").replace("const VALUES_SHOWN = ", "const VALUES_SHOWN = 1; // ");
    assert!(rank != ours("rank.js") && facts != ours("facts.js"), "they are others");
    let folder = Folder::with(&[
        ("handbook.yaml", "theme: own\n"),
        ("themes/own/assets/search/rank.js", &rank),
        ("themes/own/assets/search/facts.js", &facts),
        ("guides/first.md", "---\ntags: [one]\n---\n# Our brakes\n\nHow brakes are tried.\n"),
        ("guides/second.md", "---\ntags: [two]\n---\n# Wheels\n\nThey have no brakes, and turn as long as nobody holds them.\n"),
    ]);
    let built = handbook(folder.path(), &["build", "--out", "site"]);
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let port = serve_files(folder.path().join("site"));
    for site in [format!("file://{}/site", folder.path().display()), format!("http://localhost:{port}")] {
        let page = page(&chromium, &format!("{site}/search.html?q=brakes"));
        let results = page.split("class=\"search-results\"").nth(1).unwrap_or_else(|| panic!("there are no results of {site}: {page}"));
        let place = |address: &str| results.find(address).unwrap_or_else(|| panic!("no {address} in {results}"));
        assert!(place("guides/second.html") < place("guides/first.html"), "the worst is first: {results}");
        assert_eq!(page.matches("data-facet=\"tag=").count(), 1, "one value of a facet is shown: {page}");
    }
}

#[test]
fn hostile_content_runs_nothing() {
    let Some(chromium) = chromium() else { return };
    let attack = "<img src=x onerror=document.title=1><script>document.title=1</script>";
    let text = format!(
        "---\ntitle: '{attack}'\ntags: ['{attack}']\nsummary: '{attack}'\n---\n# {attack} {{#x onclick=document.title=1}}\n\n[a](javascript:document.title=1) {attack}\n\n```\"><script>document.title=1</script>\nx\n```\n"
    );
    let folder = Folder::with(&[("content/a.md", &text)]);
    handbook(folder.path(), &["build", "content", "--out", "site", "--lenient"]);
    for target in ["a.html", "index.html", "tags/index.html", "search.html?q=%3Cimg%20src%3Dx%20onerror%3Ddocument.title%3D'owned'%3E"] {
        let page = page(&chromium, &format!("file://{}/site/{target}", folder.path().display()));
        assert!(page.contains("</html>") && !page.contains("<title>1</title>"), "{target} ran a script");
    }
}

#[test]
fn a_log_shows_what_was_in_force_on_the_day_of_its_address() {
    let Some(chromium) = chromium() else { return };
    let folder = Folder::with(&[]);
    let content = sample();
    let output = handbook(folder.path(), &["build", content.to_str().expect("a path in UTF-8"), "--out", "site", "--today", "2026-11-21"]);
    assert!(output.status.success());
    let day = "2021-06-01";
    let data: serde_json::Value =
        serde_json::from_str(&folder.read("site/ledger/log-of-decisions.json")).expect("the data of the log is JSON");
    let rows = data["data"]["rows"].as_array().expect("rows").clone();
    let held = |row: &&serde_json::Value| {
        let is_past = |name: &str| row[name].as_str().is_some_and(|other| other <= day);
        is_past("from_day") && !is_past("until_day") && (row["over"] == false || row["until_day"].is_string())
    };
    let n_held = rows.iter().filter(held).count();
    assert!(n_held > 5 && n_held < rows.len() - 5, "the sample has records that began later and that ended before: {n_held}");
    let url = format!("file://{}/site/ledger/log-of-decisions.html?as-of={day}", folder.path().display());
    let page = page(&chromium, &url);
    assert!(page.contains(&format!("{n_held} of {} were in force on {day}", rows.len())), "{n_held}");
    let tags = page.split("<tr class=\"held-").skip(1).filter_map(|row| row.split('>').next());
    let n_hidden = tags.filter(|tag| tag.contains("hidden")).count();
    assert_eq!(n_hidden, rows.len() - n_held, "the others are hidden");
}

/// Stands between a browser and the preview. Each page that the browser opens gets a picture that comes when it is told to, so
/// that the page has loaded, for the browser, when the test is done with it.
#[derive(Default)]
struct Relay {
    n_opened: AtomicUsize,
    /// Everything that was passed on but pages that were opened.
    passed_on: Mutex<String>,
    picture_may_come: AtomicBool,
}

impl Relay {
    /// Passes requests on to the server at `to`, which answers to its own name only.
    fn start(to: u16) -> (u16, Arc<Self>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let relay = Arc::new(Self::default());
        let of_thread = relay.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let relay = of_thread.clone();
                std::thread::spawn(move || relay.pass_on(stream, to));
            }
        });
        (port, relay)
    }

    fn pass_on(&self, mut stream: TcpStream, to: u16) {
        let mut request = [0; 8192];
        let length = stream.read(&mut request).unwrap_or(0);
        let request = String::from_utf8_lossy(&request[..length]).into_owned();
        if request.starts_with("GET /held-back.png") {
            return self.wait_for("the end of the test", || self.picture_may_come.load(Ordering::Relaxed));
        }
        let lines = request.split("\r\n").filter(|line| !line.starts_with("Host:") && !line.starts_with("Connection:"));
        let asked =
            lines.collect::<Vec<_>>().join("\r\n").replacen("\r\n", &format!("\r\nHost: localhost:{to}\r\nConnection: close\r\n"), 1);
        let mut server = TcpStream::connect(("127.0.0.1", to)).expect("it listens");
        server.write_all(asked.as_bytes()).expect("it takes a request");
        if !request.contains("Sec-Fetch-Dest: document") {
            // Events come one by one, as long as the page is there.
            let mut part = [0; 8192];
            while let Ok(length @ 1..) = server.read(&mut part) {
                if stream.write_all(&part[..length]).is_err() {
                    return;
                }
                self.passed_on.lock().expect("no reader fails").push_str(&String::from_utf8_lossy(&part[..length]));
            }
            return;
        }
        self.n_opened.fetch_add(1, Ordering::Relaxed);
        let mut answer = Vec::new();
        let _ = server.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        let head: Vec<&str> = head.split("\r\n").filter(|line| !line.to_lowercase().starts_with("content-length")).collect();
        let _ = write!(stream, "{}\r\n\r\n{body}<img src=\"/held-back.png\" alt=\"\">", head.join("\r\n"));
    }

    /// Waits until the browser was sent these words.
    fn wait_for_words(&self, words: &str) {
        self.wait_for(words, || self.passed_on.lock().expect("no writer fails").contains(words));
    }

    fn wait_for(&self, what: &str, is_there: impl Fn() -> bool) {
        let begun = Instant::now();
        while !is_there() {
            assert!(begun.elapsed() < Duration::from_secs(60), "waited a minute for {what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

#[test]
fn a_page_follows_what_is_saved_without_being_opened_anew() {
    let Some(chromium) = chromium() else { return };
    let text = |words: &str| format!("# Page\n\nUntouched.\n\n{words}\n\n## Further\n\nMore.\n");
    let folder = Folder::with(&[("README.md", "# Home"), ("page.md", &text("First words."))]);
    let server = Server::start(&folder);
    let (port, relay) = Relay::start(server.port);
    let shown = std::thread::scope(|scope| {
        let shown = scope.spawn(|| page(&chromium, &format!("http://localhost:{port}/page.html")));
        // From now on the page is told of everything.
        relay.wait_for_words("text/event-stream");
        folder.write("page.md", text("Second words.").as_bytes());
        relay.wait_for_words("Second words.");
        folder.write("page.md", text("Third words.\n\nAnd a new paragraph.").replace("# Page", "---\ntitle: [\n---\n# Page").as_bytes());
        relay.wait_for_words("front-matter-syntax");
        // The page has been sent everything, and shows it in the next moment.
        std::thread::sleep(Duration::from_secs(1));
        relay.picture_may_come.store(true, Ordering::Relaxed);
        shown.join().expect("the browser was run")
    });
    assert!(shown.contains("<p>Untouched.</p>") && shown.contains("Second words.") && !shown.contains("First words."), "{shown}");
    assert!(!shown.contains("Third words."), "the last good page stays: {shown}");
    assert!(shown.contains("class=\"trouble\"") && shown.contains("front-matter-syntax"), "with the reason above it: {shown}");
    assert_eq!(relay.n_opened.load(Ordering::Relaxed), 1, "the page was opened once");
}
