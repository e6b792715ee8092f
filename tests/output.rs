//! Whole builds: what is in the output folder afterwards, and what is not.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Folder, files, handbook, sample, stderr, stdout};

fn build(dir: &Path, content: &str, more: &[&str]) -> std::process::Output {
    handbook(dir, &[&["build", content, "--out", "site", "--today", "2026-11-21"], more].concat())
}

fn site(folder: &Folder) -> BTreeMap<String, Vec<u8>> {
    let all = files(&folder.path().join("site"));
    all.into_iter()
        .filter(|(path, _)| !path.starts_with(".handbook"))
        .map(|(path, file)| (path, fs::read(file).expect("a file of the site")))
        .collect()
}

/// The values of an attribute in a page.
fn attributes<'a>(page: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    page.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn the_sample_builds_without_a_finding_and_all_its_links_lead_somewhere() {
    let folder = Folder::with(&[]);
    let output = build(folder.path(), sample().to_str().expect("a path in UTF-8"), &[]);
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("nothing to mend"), "{}", stdout(&output));
    let site = site(&folder);
    for (path, bytes) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
        let page = String::from_utf8(bytes.clone()).expect("pages are text");
        let depth = path.matches('/').count();
        for target in attributes(&page, "href").into_iter().chain(attributes(&page, "src")) {
            let is_elsewhere = target.contains("://") || target.starts_with("mailto:") || (path == "404.html" && target.starts_with('/'));
            let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
            let file = file.split('?').next().unwrap_or_default();
            if is_elsewhere {
                continue;
            }
            let up = target.matches("../").count();
            assert!(up <= depth, "{path} links out of the site: {target}");
            let folders: Vec<&str> = path.split('/').collect();
            let base = folders[..folders.len() - 1 - up].join("/");
            let file = file.trim_start_matches("../");
            let found = if file.is_empty() && up == 0 {
                path.clone()
            } else if base.is_empty() {
                file.to_owned()
            } else {
                format!("{base}/{file}")
            };
            let found = percent_decoded(&found);
            let there = site.get(&found).unwrap_or_else(|| panic!("{path} links to {target}, and there is no {found}"));
            if !fragment.is_empty() && found.ends_with(".html") {
                let there = String::from_utf8_lossy(there);
                assert!(
                    there.contains(&format!(" id=\"{}\"", percent_decoded(fragment))),
                    "{path} links to {target}, which has no such place"
                );
            }
        }
        assert_eq!(page.matches("<h1").count(), 1, "{path} has one title");
        assert!(!page.contains(" style=\"") && !page.contains("<style") && !page.contains("<script>"), "{path} has inline code");
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        match (first, after) {
            (b'%', [a, b, tail @ ..]) => {
                bytes.push(u8::from_str_radix(std::str::from_utf8(&[*a, *b]).expect("hexadecimal"), 16).expect("hexadecimal"));
                rest = tail;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).expect("an address in UTF-8")
}

#[test]
fn the_number_of_threads_changes_no_byte() {
    let (one, two) = (Folder::with(&[]), Folder::with(&[]));
    let content = sample();
    let content = content.to_str().expect("a path in UTF-8");
    assert!(build(one.path(), content, &["--threads", "1"]).status.success());
    assert!(build(two.path(), content, &["--threads", "2"]).status.success());
    let (one, two) = (site(&one), site(&two));
    assert!(one.len() > 100);
    assert_eq!(one.keys().collect::<Vec<_>>(), two.keys().collect::<Vec<_>>());
    for (path, bytes) in &one {
        assert!(two[path] == *bytes, "{path} differs");
    }
}

#[test]
fn a_second_build_writes_nothing() {
    let folder = Folder::with(&[("a.md", "# A"), ("b.md", "[a](a.md)")]);
    assert!(build(folder.path(), ".", &[]).status.success());
    let before = fs::metadata(folder.path().join("site/a.html")).expect("a page").modified().expect("a time");
    let output = build(folder.path(), ".", &[]);
    assert!(stdout(&output).contains("(0 written,"), "{}", stdout(&output));
    assert_eq!(fs::metadata(folder.path().join("site/a.html")).expect("a page").modified().expect("a time"), before);
}

#[test]
fn a_build_with_nothing_to_do_sees_what_was_changed_all_the_same() {
    let folder = Folder::with(&[("docs/README.md", "# Home\n\n![p](p.png) [x](none.md)\n"), ("docs/p.png", "first")]);
    let built = |more: &[&str]| {
        let output = build(folder.path(), "docs", more);
        (stdout(&output), stderr(&output))
    };
    let first = built(&[]);
    let again = built(&[]);
    assert!(again.0.contains("(0 written, "), "{}", again.0);
    assert_eq!(again.1, first.1, "what is wrong is said again");
    // A page of the same length and time, edited by hand.
    let page = folder.path().join("site/index.html");
    let (text, time) = (fs::read_to_string(&page).expect("the page"), page.metadata().and_then(|data| data.modified()).expect("its time"));
    fs::write(&page, text.replace("Home", "Hone")).expect("it can be edited");
    fs::File::options().write(true).open(&page).and_then(|file| file.set_modified(time)).expect("its time can be set");
    assert!(built(&[]).1.contains("edited by hand"));
    assert_eq!(fs::read_to_string(&page).expect("the page"), text);
    folder.write("docs/p.png", b"other");
    assert!(built(&[]).0.contains("(1 written, "));
    fs::remove_file(&page).expect("it can be removed");
    assert!(built(&[]).0.contains("(1 written, "));
    folder.write("docs/new.md", b"# New");
    assert!(folder.has("site/index.html") && !built(&[]).0.contains("(0 written, ") && folder.has("site/new.html"));
    assert!(built(&["--drafts"]).0.contains("unchanged"));
}

#[test]
fn search_data_that_say_what_they_said_are_not_made_again() {
    let folder = Folder::with(&[("docs/a.md", "# A\n\nFirst words.\n"), ("docs/b.md", "# B\n")]);
    let facts = || {
        let found = files(&folder.path().join("site/search")).into_iter().find(|(path, _)| path.ends_with("facts.js"));
        found.expect("facts of records").1
    };
    let time = |file: &Path| file.metadata().and_then(|data| data.modified()).expect("a time");
    assert!(build(folder.path(), "docs", &[]).status.success());
    let before = (facts(), time(&facts()), fs::read(facts()).expect("facts"));
    folder.write("docs/a.md", b"# A\n\nOther words.\n");
    assert!(build(folder.path(), "docs", &[]).status.success());
    assert!(facts() != before.0 && !before.0.exists(), "another index has another folder");
    assert_eq!((time(&facts()), fs::read(facts()).expect("facts")), (before.1, before.2.clone()));
    // What is not as it was written is not taken over.
    let damaged = facts();
    fs::write(&damaged, "something else").expect("it can be damaged");
    folder.write("docs/a.md", b"# A\n\nYet other words.\n");
    assert!(build(folder.path(), "docs", &[]).status.success());
    fs::remove_file(&damaged).expect("what was edited by hand stays");
    assert_eq!(fs::read(facts()).expect("facts"), before.2);
}

#[test]
fn a_cache_that_is_damaged_changes_nothing() {
    let folder = Folder::with(&[("docs/a.md", "---\ntags: [x]\nwrong: [\n---\n# A\n"), ("docs/b.md", "# B\n\n[a](a.md)\n")]);
    let first = build(folder.path(), "docs", &[]);
    let expected = (site(&folder), stderr(&first));
    let cache = folder.path().join("docs/.handbook");
    let kept: Vec<_> = files(&cache).into_iter().filter(|(path, _)| path.starts_with("parsed") || path.starts_with("built")).collect();
    assert_eq!(kept.len(), 2, "{kept:?}");
    for (name, file) in kept {
        let whole = fs::read(&file).expect("the cache");
        type Damage = fn(&[u8]) -> Vec<u8>;
        let damages: [Damage; 4] = [
            |_| Vec::new(),
            |whole| whole[..whole.len() / 2].to_vec(),
            |whole| [whole, b"rest"].concat(),
            |whole| whole.iter().enumerate().map(|(at, byte)| if at % 97 == 40 { byte ^ 0x55 } else { *byte }).collect(),
        ];
        for (number, damage) in damages.iter().enumerate() {
            for entry in
                files(&cache).into_iter().filter(|(path, _)| path.starts_with("built") && number % 2 == 0 && name.starts_with("parsed"))
            {
                fs::remove_file(entry.1).expect("it can be removed");
            }
            fs::write(&file, damage(&whole)).expect("it can be damaged");
            fs::remove_dir_all(folder.path().join("site")).expect("the site can be removed");
            let output = build(folder.path(), "docs", &[]);
            assert_eq!((site(&folder), stderr(&output)), expected, "{name} with damage {number}");
        }
    }
}

#[test]
fn each_fault_has_one_finding_and_all_other_pages_appear() {
    let folder = Folder::with(&[
        ("good.md", "# Good"),
        ("broken.md", "---\ntitle: Why: because\n---\nStill here.\n"),
        ("missing.md", "[gone](gone.md)\n"),
        ("README.md", "# Home"),
        ("index.md", "# Home too"),
        ("empty.md", ""),
        ("bom.md", "\u{feff}---\ntitle: Marked\n---\n"),
        ("crlf.md", "---\r\ntitle: Ends\r\n---\r\n# Ends\r\n\r\nText.\r\n"),
    ]);
    folder.write("binary.md", &[0x89, b'P', b'N', b'G', 0, 0, 0, 1, 0xff]);
    folder.write("latin.md", b"# caf\xe9\n");
    folder.write("wide.md", &[0xff, 0xfe, b'#', 0, b' ', 0, b'W', 0]);
    folder.write("huge.md", &vec![b'a'; 5 * 1024 * 1024]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(".", folder.path().join("loop")).expect("a link");
        std::os::unix::fs::symlink("nowhere.md", folder.path().join("dangling.md")).expect("a link");
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("out.md")).expect("a link");
        std::os::unix::fs::symlink("nobody@host.1", folder.path().join(".#good.md")).expect("a link");
    }
    let output = build(folder.path(), ".", &["--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let mut found: Vec<(String, String)> = report["diagnostics"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (one["path"].as_str().expect("a path").to_owned(), one["code"].as_str().expect("a code").to_owned()))
        .collect();
    found.sort();
    let mut wanted = vec![
        ("binary.md", "not-text"),
        ("broken.md", "front-matter-syntax"),
        ("huge.md", "too-large"),
        ("latin.md", "encoding"),
        ("missing.md", "broken-link"),
        ("wide.md", "encoding"),
    ];
    if cfg!(unix) {
        wanted.extend([("dangling.md", "symlink"), ("loop", "symlink"), ("out.md", "symlink")]);
    }
    wanted.retain(|(path, _)| *path != "loop");
    wanted.sort_unstable();
    let wanted: Vec<(String, String)> = wanted.into_iter().map(|(path, code)| (path.to_owned(), code.to_owned())).collect();
    assert_eq!(found, wanted);
    for page in ["good", "broken", "missing", "index", "readme", "empty", "bom", "crlf", "latin", "wide"] {
        assert!(folder.has(&format!("site/{page}.html")), "{page} has no page");
    }
    assert!(folder.read("site/bom.html").contains("<h1>Marked</h1>"));
}

#[cfg(unix)]
#[test]
fn a_file_that_can_not_be_read_is_said_and_hides_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with(&[("a.md", "# A"), ("b.md", "# B")]);
    fs::set_permissions(folder.path().join("b.md"), fs::Permissions::from_mode(0o000)).expect("permissions");
    if fs::read(folder.path().join("b.md")).is_ok() {
        eprintln!("NOTE: the tests run as root, who can read everything; a missing target of a link stands in for an unreadable file");
        fs::remove_file(folder.path().join("b.md")).expect("it is ours");
        fs::create_dir(folder.path().join("b.md")).expect("a folder");
        let output = build(folder.path(), ".", &[]);
        assert!(folder.has("site/a.html"), "{}", stderr(&output));
        return;
    }
    let output = build(folder.path(), ".", &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("error[unreadable]") && stderr(&output).contains("b.md"), "{}", stderr(&output));
    assert!(folder.has("site/a.html"));
}

#[test]
fn an_output_folder_that_is_not_ours_is_refused() {
    let folder = Folder::with(&[("content/a.md", "# A"), ("site/notes.txt", "mine")]);
    let output = build(folder.path(), "content", &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("handbook did not make it"), "{}", stderr(&output));
    assert_eq!(files(&folder.path().join("site")).len(), 1);
    for out in ["content", ".", "/"] {
        let output = handbook(folder.path(), &["build", "content", "--out", out]);
        assert_eq!(output.status.code(), Some(2), "{out}: {}", stderr(&output));
        assert_eq!(files(&folder.path().join("content")).len(), 1);
    }
}

#[test]
fn only_what_was_written_is_ever_overwritten_or_deleted() {
    let folder = Folder::with(&[("content/a.md", "# A"), ("content/b.md", "# B"), ("content/c.md", "# C")]);
    assert!(build(folder.path(), "content", &[]).status.success());
    folder.write("site/CNAME", b"example.org");
    folder.write("site/.git/config", b"[core]");
    folder.write("site/b.html", b"edited by hand");
    folder.write("site/d.html", b"somebody's own");
    fs::remove_file(folder.path().join("content/a.md")).expect("it is ours");
    folder.write("content/d.md", b"# D");
    let output = build(folder.path(), "content", &[]);
    assert_eq!(output.status.code(), Some(1), "{}", stdout(&output));
    assert!(stderr(&output).contains("error[output-taken]") && stderr(&output).contains("warning[output-edited]"), "{}", stderr(&output));
    assert!(!folder.has("site/a.html"), "the page of a record that is gone goes");
    assert_eq!(folder.read("site/CNAME"), "example.org");
    assert_eq!(folder.read("site/.git/config"), "[core]");
    assert_eq!(folder.read("site/d.html"), "somebody's own");
    assert_eq!(folder.read("site/b.html.edited-by-hand"), "edited by hand");
    assert!(folder.read("site/b.html").contains("<h1>B</h1>"));
}

#[test]
fn a_manifest_that_was_tampered_with_deletes_nothing_outside() {
    let folder = Folder::with(&[("content/a.md", "# A"), ("precious.txt", "keep")]);
    assert!(build(folder.path(), "content", &[]).status.success());
    let hash = folder.read("site/.handbook-manifest").lines().nth(1).expect("an entry").split(' ').nth(1).expect("a hash").to_owned();
    let manifest = folder.read("site/.handbook-manifest") + &format!("+ {hash} ../precious.txt\n+ {hash} /etc/hostname\n+ nonsense\n");
    folder.write("site/.handbook-manifest", manifest.as_bytes());
    folder.write("content/b.md", b"# B");
    assert!(build(folder.path(), "content", &[]).status.success());
    assert_eq!(folder.read("precious.txt"), "keep");
}

#[test]
fn a_page_can_become_a_folder_and_back() {
    let folder = Folder::with(&[("content/x.md", "# X"), ("content/pic.png", "not really"), ("content/use.md", "![p](pic.png)")]);
    assert!(build(folder.path(), "content", &[]).status.success());
    assert!(folder.has("site/x.html") && folder.has("site/pic.png"));
    fs::rename(folder.path().join("content/x.md"), folder.path().join("content/y.md")).expect("a rename");
    folder.write("content/x.html/z.md", b"# Z");
    fs::remove_file(folder.path().join("content/use.md")).expect("it is ours");
    assert!(build(folder.path(), "content", &[]).status.success());
    assert!(folder.has("site/x.html/z.html") && !folder.has("site/pic.png"));
    fs::remove_dir_all(folder.path().join("content/x.html")).expect("it is ours");
    fs::rename(folder.path().join("content/y.md"), folder.path().join("content/x.md")).expect("a rename");
    assert!(build(folder.path(), "content", &[]).status.success());
    assert!(folder.path().join("site/x.html").is_file());
}

#[test]
fn a_build_that_is_killed_leaves_whole_pages_and_the_next_one_ends_it() {
    let files_of =
        |text: &str| (0..300).map(|number| (format!("content/r{number}.md"), format!("# R{number}\n\n{text}\n"))).collect::<Vec<_>>();
    let folder = Folder::with(&[]);
    for (path, text) in files_of("old") {
        folder.write(&path, text.as_bytes());
    }
    assert!(build(folder.path(), "content", &[]).status.success());
    for round in 0..12_u64 {
        for (path, text) in files_of(&format!("new {round}")) {
            folder.write(&path, text.as_bytes());
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_handbook"))
            .current_dir(folder.path())
            .args(["build", "content", "--out", "site"])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("the binary can be run");
        std::thread::sleep(std::time::Duration::from_millis(20 + round * 25));
        child.kill().expect("it can be killed, or has ended");
        child.wait().expect("it ends");
        for (path, file) in files(&folder.path().join("site")) {
            if path.ends_with(".html") {
                let page = fs::read_to_string(file).expect("a page is text");
                assert!(page.ends_with("</html>\n") || page.trim_end().ends_with("</html>"), "{path} is not whole");
                for asset in attributes(&page, "src").into_iter().chain(attributes(&page, "data-engine")) {
                    let asset = asset.trim_start_matches("../");
                    assert!(folder.has(&format!("site/{asset}")), "{path} names {asset}, which is not there");
                }
            }
        }
    }
    let output = build(folder.path(), "content", &[]);
    assert!(output.status.success() && !stderr(&output).contains("edited"), "{}", stderr(&output));
    let clean = Folder::with(&[]);
    for (path, text) in files_of("new 11") {
        clean.write(&path, text.as_bytes());
    }
    assert!(build(clean.path(), "content", &[]).status.success());
    let (found, wanted) = (site(&folder), site(&clean));
    for (path, bytes) in &wanted {
        assert!(found[path] == *bytes, "{path} is not what a clean build gives");
    }
}

#[test]
fn a_public_build_holds_no_byte_of_what_is_not_public() {
    let marker = "xyzzy-7731";
    let secret = format!(
        "---\ntitle: Title {marker}\naudience: internal\ntags: [tag-{marker}]\ntopic: topic {marker}\nowner: team-{marker}\nsummary: s {marker}\ndate: 2020-01-01\nstatus: accepted\n---\n## Heading {marker}\n\nBody {marker} [broken {marker}](gone-{marker}.md) [a](../a.md) ![{marker}](pic-{marker}.png)\n"
    );
    let public = format!(
        "---\naudience: public\nsupersedes: [title-{marker}]\nrelated: [title-{marker}]\n---\n# A\n\nSee [our plan](decisions/title-{marker}.md), [[title-{marker}]] and [that](decisions/title-{marker}.md#heading).\n"
    );
    let folder = Folder::with(&[
        ("content/a.md", &public),
        (&format!("content/decisions/title-{marker}.md"), &secret),
        (&format!("content/decisions/pic-{marker}.png"), "picture"),
        (&format!("content/teams/team-{marker}.md"), "# Team"),
        ("content/b.md", "---\naudience: public\n---\n# B\n"),
    ]);
    let output = build(folder.path(), "content", &["--audience", "public"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(!stdout(&output).contains(marker) && !stderr(&output).contains(marker), "the build's own words tell");
    for (path, file) in files(&folder.path().join("site")) {
        assert!(!path.contains(marker), "{path}");
        let bytes = fs::read(file).expect("a file of the site");
        assert!(!String::from_utf8_lossy(&bytes).contains(marker), "{path} tells");
    }
    // What was public yesterday, or is built for others into the same folder, leaves nothing behind either.
    assert!(build(folder.path(), "content", &["--lenient"]).status.success());
    assert!(build(folder.path(), "content", &["--audience", "public"]).status.success());
    for (path, file) in files(&folder.path().join("site")) {
        let bytes = fs::read(file).expect("a file of the site");
        assert!(!path.contains(marker) && !String::from_utf8_lossy(&bytes).contains(marker), "{path} still tells");
    }
    let unknown = build(folder.path(), "content", &["--audience", "pubic"]);
    assert_eq!(unknown.status.code(), Some(2));
}

#[test]
fn a_head_that_can_not_be_read_makes_no_record_public() {
    let folder = Folder::with(&[
        ("content/handbook.yaml", "audiences: [public, internal]\ndefault_audience: public\n"),
        ("content/a.md", "# A"),
        ("content/b.md", "---\naudience: internal\ntitle: Why: because\n---\nsecret\n"),
    ]);
    assert!(build(folder.path(), "content", &["--audience", "public", "--lenient"]).status.success());
    assert!(folder.has("site/a.html") && !folder.has("site/b.html"));
}

#[test]
fn broken_templates_are_named_and_the_last_good_pages_stay() {
    let folder = Folder::with(&[("content/a.md", "# A"), ("content/handbook.yaml", "title: T\n")]);
    assert!(build(folder.path(), "content", &[]).status.success());
    folder.write(
        "content/themes/default/templates/record.html",
        b"{% extends \"base.html\" %}{% block main %}{{ record.nothing.more }}{% endblock %}",
    );
    let output = build(folder.path(), "content", &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("error[template]") && stderr(&output).contains("record.html"), "{}", stderr(&output));
    assert!(folder.read("site/a.html").contains("<h1>A</h1>"));
    folder.write("content/themes/default/templates/record.html", b"{% if %}");
    let output = build(folder.path(), "content", &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("record.html"), "{}", stderr(&output));
    folder.write(
        "content/themes/default/templates/record.html",
        b"{% extends \"base.html\" %}{% block main %}<h1>Ours: {{ record.title }}</h1>{% endblock %}",
    );
    assert!(build(folder.path(), "content", &[]).status.success());
    assert!(folder.read("site/a.html").contains("<h1>Ours: A</h1>"));
}

#[test]
fn a_disk_that_is_full_at_any_step_leaves_a_whole_site() {
    let folder = Folder::with(&[("content/a.md", "# A old"), ("content/b.md", "# B"), ("content/gone.md", "# Gone")]);
    assert!(build(folder.path(), "content", &[]).status.success());
    folder.write("content/sub/c.md", b"# C");
    std::fs::remove_file(folder.path().join("content/gone.md")).expect("it is ours");
    let mut n_failed = 0;
    for step in 1..200 {
        // There is always something to do: a search index that can not be kept is made in memory, and the build succeeds.
        let title = format!("A new {step}");
        folder.write("content/a.md", format!("# {title}").as_bytes());
        let output = Command::new(env!("CARGO_BIN_EXE_handbook"))
            .current_dir(folder.path())
            .args(["build", "content", "--out", "site", "--today", "2026-11-21"])
            .env("HANDBOOK_FAIL_AT", step.to_string())
            .output()
            .expect("the binary can be run");
        for (path, file) in files(&folder.path().join("site")).into_iter().filter(|(path, _)| path.ends_with(".html")) {
            let page = fs::read_to_string(file).expect("a page is text");
            assert!(page.trim_end().ends_with("</html>"), "step {step}: {path} is not whole");
            for asset in attributes(&page, "src").into_iter().chain(attributes(&page, "data-engine")) {
                assert!(
                    folder.has(&format!("site/{}", asset.trim_start_matches("../"))),
                    "step {step}: {path} names {asset}, which is not there"
                );
            }
        }
        if output.status.success() {
            assert!(
                folder.read("site/a.html").contains(&format!("<h1>{title}</h1>"))
                    && folder.has("site/sub/c.html")
                    && !folder.has("site/gone.html")
            );
            assert!(!stderr(&output).contains("edited"), "{}", stderr(&output));
            if n_failed > 10 {
                return;
            }
            continue;
        }
        n_failed += 1;
        assert_eq!(output.status.code(), Some(3), "step {step}: {}", stderr(&output));
        assert!(stderr(&output).contains("no space left"), "step {step}: {}", stderr(&output));
    }
    panic!("the build never ends");
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link_in_the_output_and_no_pipe_is_waited_for() {
    let folder = Folder::with(&[("README.md", "# Home"), ("docs/a.md", "# A"), ("elsewhere/a.txt", "mine"), ("pipe.md", "# Pipe")]);
    let build = || handbook(folder.path(), &["build", "--lenient"]);
    assert_eq!(build().status.code(), Some(0));
    let (out, elsewhere) = (folder.path().join("public"), folder.path().join("elsewhere"));
    std::fs::remove_dir_all(out.join("docs")).expect("it can be removed");
    std::os::unix::fs::symlink(&elsewhere, out.join("docs")).expect("a link");
    std::fs::remove_file(out.join("pipe.html")).expect("it can be removed");
    let made = std::process::Command::new("mkfifo").arg(out.join("pipe.html")).status();
    assert!(made.is_ok_and(|status| status.success()), "a pipe can be made");
    folder.write("docs/a.md", b"# Changed");
    let output = build();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let printed = format!("{}{}", stdout(&output), stderr(&output));
    assert!(printed.contains("is a symbolic link, and nothing is written through it"), "{printed}");
    assert_eq!(std::fs::read_dir(&elsewhere).expect("the folder").count(), 1, "nothing came into it");
    assert!(folder.read("public/pipe.html").contains("Pipe"), "the pipe made way for the page");
}

#[test]
fn what_a_relation_names_that_is_no_record_is_told_unless_it_is_withheld() {
    let folder = Folder::with(&[
        ("handbook.yaml", "audiences: [public, internal]\n"),
        (
            "docs/adr/0001-trace.md",
            "---\naudience: public\n---\n# 1. Trace\n\nStatus: Superseded by M14\nRefines: ADR 9 (the order of the spans)\n",
        ),
        (
            "docs/adr/0002-budget.md",
            "---\naudience: public\n---\n# 2. Budget\n\nStatus: Superseded by [the change](https://example.org/pull/7)\n",
        ),
        ("docs/adr/0003-plan.md", "---\naudience: public\n---\n# 3. Plan\n\nStatus: Superseded by ADR-0004\n"),
        ("docs/adr/0004-secret.md", "# 4. Secret\n\nStatus: accepted\n"),
    ]);
    let output = build(folder.path(), ".", &["--audience", "public"]);
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    let page = |name: &str| fs::read_to_string(folder.path().join("site/docs/adr").join(name)).expect("a page");
    assert!(page("0001-trace.html").contains("<li>M14</li>"));
    assert!(page("0001-trace.html").contains("Refines: ADR 9 (the order of the spans)"), "a note is left in the text");
    assert!(page("0002-budget.html").contains(r#"href="https://example.org/pull/7" rel="noopener">the change</a>"#));
    assert!(!page("0003-plan.html").contains("<li>ADR-0004"), "{}", page("0003-plan.html"));
}
