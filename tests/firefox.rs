//! The site in Firefox, over HTTP and from disk: the search box with a worker and without, the marks on the page that it leads to,
//! the search page with its facets, the log on a day.
//!
//! A script that is added to the pages uses them as a reader does, and reports by asking for pictures, so that no driver is needed.
//! Where there is no Firefox this test says so and passes; CI sets `HANDBOOK_REQUIRE_FIREFOX` and installs it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use percent_encoding::percent_decode_str;

use crate::browser::{program, reply};
use crate::support::{Folder, files, handbook, sample};

/// What the pages are asked to do, one after the other.
const PROBE: &str = r#"
(async () => {
  const root = document.documentElement.dataset.root;
  const report = (said) => new Promise((done) => {
    const picture = new Image();
    picture.onload = picture.onerror = done;
    picture.src = `REPORTS?${encodeURIComponent(said)}`;
  });
  const until = async (holds) => {
    for (let left = 300; left > 0; left--, await new Promise((done) => setTimeout(done, 50))) if (holds()) return holds();
    throw new Error(`never ${holds}`);
  };
  const titles = () => [...document.querySelectorAll(".search-results .search-result-title")].map((title) => title.textContent);
  const box = async () => {
    const input = document.getElementById("handbook-search");
    input.focus();
    input.value = "cute names";
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await until(() => titles().length > 0);
    await report(`box ${typeof handbookEngine === "undefined" ? "with a worker" : "in the page"}: ${titles()}`);
    for (const key of ["ArrowDown", "Enter"]) input.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  };
  const page = async () => {
    await until(() => titles().length > 0);
    const [nBefore, facet] = [titles().length, await until(() => document.querySelector("button.facet[data-facet='kind=decision']"))];
    facet.click();
    await until(() => document.querySelector("button.facet[aria-pressed='true']") && titles().length < nBefore);
    await report(`page ${titles()}`);
    location.assign(`${root}ledger/log-of-decisions.html?as-of=2021-06-01`);
  };
  try {
    const [marks, day] = [document.querySelectorAll("mark.search-mark"), document.querySelector("form.as-of output")];
    if (day) return void (await report(`log ${day.textContent}`));
    if (document.getElementById("handbook-search-page")) return void (await page());
    if (marks.length === 0) return void (await box());
    await report(`marked ${[...marks].map((mark) => mark.textContent)}`);
    location.assign(`${root}search.html?q=cute+names`);
  } catch (error) {
    await report(`failed: ${error}`);
  }
})();
"#;

#[test]
fn a_reader_finds_the_same_in_firefox() {
    let Some(firefox) = program(&["firefox", "firefox-esr"], "HANDBOOK_REQUIRE_FIREFOX", "Firefox (Debian: apt-get install firefox-esr)")
    else {
        return;
    };
    let folder = Folder::with(&[]);
    let content = sample();
    let built = handbook(folder.path(), &["build", content.to_str().expect("a path in UTF-8"), "--out", "site", "--today", "2026-11-21"]);
    assert!(built.status.success());
    let site = folder.path().join("site");
    let (port, reports) = host(site.clone());
    add_probe(&site, &format!("http://localhost:{port}/report"));
    for (how, address) in
        [("with a worker", format!("http://localhost:{port}/index.html")), ("in the page", format!("file://{}/index.html", site.display()))]
    {
        let said = used(&firefox, &address, &reports);
        let is_said = |begin: &str, part: &str| said.iter().any(|said| said.starts_with(begin) && said.contains(part));
        assert!(is_said(&format!("box {how}"), "Names say what a service does"), "{address}: {said:#?}");
        assert!(is_said("marked", "names"), "{address}: {said:#?}");
        assert!(is_said("page", "Names say what a service does"), "{address}: {said:#?}");
        assert!(is_said("log", "were in force on 2021-06-01"), "{address}: {said:#?}");
    }
}

/// What the pages report, from `address` on, up to the last of them or to what failed.
fn used(firefox: &Path, address: &str, reports: &Receiver<String>) -> Vec<String> {
    let profile = tempfile::tempdir().expect("a folder for the browser");
    let mut browser = Command::new(firefox)
        .args(["--headless", "--no-remote", "--profile"])
        .arg(profile.path())
        .arg(address)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the browser can be run");
    let mut said = Vec::new();
    while let Ok(report) = reports.recv_timeout(Duration::from_secs(60)) {
        let is_last = report.starts_with("log ") || report.starts_with("failed");
        said.push(report);
        if is_last {
            break;
        }
    }
    browser.kill().and_then(|()| browser.wait()).expect("it runs until it is ended");
    said
}

/// Puts the probe on every page.
fn add_probe(site: &Path, reports: &str) {
    std::fs::write(site.join("probe.js"), PROBE.replace("REPORTS", reports)).expect("a file can be written");
    for (name, path) in files(site) {
        if name.ends_with(".html") {
            let up = "../".repeat(name.matches('/').count());
            let page = std::fs::read_to_string(&path).expect("a page");
            std::fs::write(&path, format!("{page}<script src=\"{up}probe.js\" defer></script>")).expect("a file can be written");
        }
    }
}

/// A host of files that passes on what is reported.
fn host(root: PathBuf) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (sender, reports) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (root, sender) = (root.clone(), sender.clone());
            std::thread::spawn(move || answer(&root, stream, &sender));
        }
    });
    (port, reports)
}

fn answer(root: &Path, mut stream: TcpStream, reports: &Sender<String>) {
    let mut request = [0; 8192];
    let length = stream.read(&mut request).unwrap_or(0);
    let request = String::from_utf8_lossy(&request[..length]).into_owned();
    let address = request.split(' ').nth(1).unwrap_or("/");
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    if path == "/report" {
        let _ = reports.send(percent_decode_str(query).decode_utf8_lossy().into_owned());
    }
    // A browser that has gone is none of our concern.
    let _ = stream.write_all(&reply(root, path.trim_start_matches('/'), b""));
}
