//! Rules about the code itself: which module may use which, and that tables are complete.

use std::fs;
use std::path::Path;

use crate::support::files;

/// The modules of each layer, from the ground up. A module may use those of its own layer and below.
const LAYERS: [&[&str]; 9] = [
    &["calendar", "slug", "yaml", "toml", "scheme", "disk", "glob"],
    &["diagnostic", "model", "style"],
    &["config", "git", "highlight", "markdown"],
    &["parse"],
    &["link"],
    &["ledger"],
    &["check"],
    &["cache", "load", "index", "render", "write"],
    &["pipeline", "progress", "watch", "serve", "lsp", "cli", "command"],
];

fn layer(module: &str) -> usize {
    LAYERS.iter().position(|modules| modules.contains(&module)).unwrap_or_else(|| panic!("the module {module} has no layer"))
}

#[test]
fn modules_use_only_what_is_below_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (path, file) in files(&root) {
        let module = path.split(['/', '.']).next().expect("a path has a first part");
        if !path.ends_with(".rs") || matches!(module, "main" | "lib") {
            continue;
        }
        let text = fs::read_to_string(file).expect("source is text");
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for used in line.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
                // The paths within the content folder are the one thing of `link` that the ground knows.
                let is_path = line.contains("crate::link::path")
                    || (line.contains("crate::link::asset") || line.contains("crate::link::navigation")) && module == "load";
                if !used.is_empty() && used != "link" || used == "link" && !is_path {
                    assert!(layer(&used) <= layer(module), "src/{path} is in layer {} and uses {used}: {line}", layer(module));
                }
            }
        }
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, file) in files(&root.join("src")).into_iter().chain(files(&root.join("tests"))) {
        if path.ends_with(".rs") {
            assert!(fs::read_to_string(file).expect("source is text").starts_with("//! "), "{path} does not say what it is for");
        }
    }
}

#[test]
fn dependencies_have_one_home() {
    let homes = [
        ("serde_yaml::", "yaml.rs"),
        ("toml::", "toml.rs"),
        ("tantivy::", "index/native.rs"),
        ("tera::", "render"),
        ("pulldown_cmark::", "markdown"),
        ("pulldown_latex::", "markdown/math.rs"),
        ("syntect::", "highlight.rs"),
        ("notify::", "watch.rs"),
        ("hyper", "serve.rs"),
        ("tokio::", "serve.rs"),
        ("clap::", "cli.rs"),
        ("jiff::", "calendar.rs"),
        ("postcard::", "cache"),
        ("lsp_server::", "lsp"),
        ("lsp_types::", "lsp"),
        ("frostem::", "index/stem.rs"),
        ("indicatif::", "progress.rs"),
        ("anstyle::", "style.rs"),
        ("similar::", "command/diff.rs"),
        ("ignore::gitignore", "glob.rs"),
        ("std::process::Command", "git/command.rs"),
        ("std::process::{Command", "command/serve/editor.rs"),
        ("getrandom::", "command/serve.rs"),
        ("mimalloc::", "main.rs"),
    ];
    for (path, file) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(file).unwrap_or_default();
        for (dependency, home) in homes {
            let uses = text.lines().any(|line| line.trim_start().starts_with(&format!("use {dependency}")));
            let is_home = |home: &str| path.starts_with(home) || path.trim_end_matches(".rs").starts_with(home);
            assert!(!uses || home.split('|').any(is_home), "{path} uses {dependency}, whose home is {home}");
        }
    }
}

#[test]
fn the_embedded_theme_is_the_folder() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/default");
    let on_disk: Vec<(String, Vec<u8>)> =
        files(&root).into_iter().map(|(path, file)| (path, fs::read(file).expect("a file of the theme"))).collect();
    let embedded: Vec<(String, Vec<u8>)> =
        handbook::load::DEFAULT_THEME.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect();
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|(path, _)| path.clone()).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(names(&on_disk), names(&embedded), "the list in src/load/theme.rs and the folder differ");
    for (path, bytes) in &on_disk {
        let (_, ours) = embedded.iter().find(|(name, _)| name == path).expect("the names are the same");
        assert!(ours == bytes, "{path} changed since the program was built");
    }
}

#[test]
fn scripts_of_the_theme_write_no_html() {
    for (path, file) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/default")) {
        let text = fs::read_to_string(file).unwrap_or_default();
        let is_script = path.ends_with(".js");
        for forbidden in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
            assert!(!is_script || !text.contains(forbidden), "{path} uses {forbidden}");
        }
        let is_page = path.ends_with(".html");
        assert!(
            !is_page || !(text.contains("<style") || text.contains(" style=") || text.contains(" onclick=") || text.contains("<script>")),
            "{path} holds an inline script or style"
        );
    }
}

#[test]
fn only_one_module_changes_the_disk() {
    let steps = ["fs::write(", "fs::rename(", "fs::remove", "fs::create", "fs::copy(", "File::create", "File::options", "OpenOptions"];
    for (path, file) in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(file).unwrap_or_default();
        for step in steps.iter().filter(|_| path != "disk.rs") {
            assert!(!text.contains(step), "{path} calls {step}, which is for src/disk.rs");
        }
    }
}
