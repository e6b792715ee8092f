//! The site in a real browser (Chromium): the search box over HTTP and from disk, under the site's own content policy.
//!
//! Where there is no Chromium these tests say so and pass; CI sets `HANDBOOK_REQUIRE_BROWSER` and installs it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Folder, handbook, sample};

fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name))).find(|file| file.is_file());
    if found.is_none() {
        assert!(std::env::var_os("HANDBOOK_REQUIRE_BROWSER").is_none(), "HANDBOOK_REQUIRE_BROWSER is set, and there is no Chromium");
        eprintln!("\n*** NOT TESTED: this test needs Chromium (Debian: apt-get install chromium) ***\n");
    }
    found
}

/// The page at `url` after its scripts have run.
fn page(chromium: &Path, url: &str) -> String {
    let profile = tempfile::tempdir().expect("a folder for the browser");
    let output = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(["--timeout=3000", "--dump-dom", url])
        .output()
        .expect("the browser can be run");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_search_page_answers_from_disk_and_over_http() {
    let Some(chromium) = chromium() else { return };
    let folder = Folder::with(&[]);
    let content = sample();
    let built = handbook(folder.path(), &["build", content.to_str().expect("a path in UTF-8"), "--out", "site"]);
    assert!(built.status.success());
    let from_disk = page(&chromium, &format!("file://{}/site/search.html?q=cute+names", folder.path().display()));
    let server = crate::serve::Server::start_in(&content);
    let over_http = page(&chromium, &format!("http://localhost:{}/search.html?q=cute+names", server.port));
    for (how, page) in [("from disk", from_disk), ("over HTTP", over_http)] {
        let results = page.split("class=\"search-results\"").nth(1).unwrap_or_else(|| panic!("there are no results {how}: {page}"));
        assert!(results.contains("decisions/0026-names-say-what-a-service-does.html"), "{how}: {results}");
        assert!(results.contains("<mark>"), "{how}: matches are marked");
    }
}

#[test]
fn hostile_content_runs_nothing() {
    let Some(chromium) = chromium() else { return };
    let attack = "<img src=x onerror=document.title=1><script>document.title=1</script>";
    let text = format!("---\ntitle: '{attack}'\ntags: ['{attack}']\nsummary: '{attack}'\n---\n# {attack} {{#x onclick=document.title=1}}\n\n[a](javascript:document.title=1) {attack}\n\n```\"><script>document.title=1</script>\nx\n```\n");
    let folder = Folder::with(&[("content/a.md", &text)]);
    handbook(folder.path(), &["build", "content", "--out", "site", "--lenient"]);
    for target in ["a.html", "index.html", "tags/index.html", "search.html?q=%3Cimg%20src%3Dx%20onerror%3Ddocument.title%3D'owned'%3E"] {
        let page = page(&chromium, &format!("file://{}/site/{target}", folder.path().display()));
        assert!(page.contains("</html>") && !page.contains("<title>1</title>"), "{target} ran a script");
    }
}
