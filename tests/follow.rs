//! The law of following: after any series of edits the site is, byte for byte, what a clean build would give.
//!
//! `HANDBOOK_SERIES=1000 cargo test --release follow::` runs more of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use handbook::calendar::Date;
use handbook::link::audience::Scope;
use handbook::load::{LoadError, Project};
use handbook::model::name::OutputPath;
use handbook::pipeline::{Assembled, KnownLists, Memo, Occasion, Revision, assemble, build, revise, search_contents, setting, site};
use handbook::render::{Theme, pages, render};

use crate::support::{Folder, files, handbook, stdout};

/// Numbers by chance, the same in each run (Knuth, MMIX).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

/// Everything that a site consists of, search data included; or why there is none.
fn whole(assembled: &Assembled, known: &KnownLists) -> Result<Vec<(OutputPath, Vec<u8>)>, String> {
    let theme = Theme::compile(&assembled.input.theme).map_err(|error| error.to_string())?;
    let memo = Memo::default();
    let highlighter = memo.highlighter();
    let occasion = Occasion { today: Date::parse("2022-03-14").expect("a day"), scope: Scope::default() };
    let site = site(assembled, &theme, &highlighter, setting(assembled, &occasion, false));
    let mut whole = Vec::new();
    for (path, page) in pages(&site) {
        whole.push((path.clone(), render(&site, &path, &page).map_err(|error| error.to_string())?.bytes));
    }
    let contents = search_contents(assembled, &known.next(assembled, None).map_err(|error| error.to_string())?);
    whole.extend(contents.into_iter().map(|content| (content.path.clone(), content.script())));
    Ok(whole)
}

fn clean(folder: &Path) -> Result<Assembled, LoadError> {
    Ok(assemble(Project::open(folder)?.load(&[])?, &mut Memo::default(), Scope::default()))
}

/// One edit by chance; gives the paths that a watcher would name.
fn edit(folder: &Folder, chance: &mut Chance, step: usize) -> BTreeSet<PathBuf> {
    let root = folder.path().canonicalize().expect("the folder is there");
    let records: Vec<PathBuf> =
        files(&root).into_iter().map(|(_, file)| file).filter(|file| file.extension().is_some_and(|e| e == "md")).collect();
    let record = records[chance.below(records.len())].clone();
    let text = fs::read_to_string(&record).expect("a record can be read");
    let word = chance.pick(&[
        "fresh",
        "TUP",
        "größer",
        "`cargo --lock`",
        "[x](none.md)",
        "[[1]]",
        "[home](/README.md)",
        "",
        "## Context\n\nTwice",
        "on 30/11/2020",
        "on 11/30/2020",
    ]);
    let mut changed = BTreeSet::from([record.clone()]);
    let write = |file: &Path, text: String| fs::write(file, text).expect("a record can be written");
    match chance.below(22) {
        // Words where other pages may show them: sentences, first paragraphs, headings that keep their anchor, code, lists.
        12 => write(&record, text.replace("](", &format!(" {word}](")).replacen("See", &format!("See {step} {word}, as"), 1)),
        13 => write(&record, text.replace("See ", &format!("Word {step}. See ")).replace(".\n", &format!(", as in {step}.\n"))),
        14 => write(&record, text.replace("## Context", &format!("## Context{}", ["!", "?", ":", " "][step % 4]))),
        15 => write(&record, text.replace(" {#part}", &format!(" {step} {{#part}}"))),
        16 => write(&record, format!("{text}\n```rust\nfn step_{step}() {{}}\n```\n\n```mermaid\ngraph TD\n  A{step} --> B\n```\n")),
        17 => write(&record, text.replacen("\n\n", &format!("\n\nLead {step} {word}.\n\n"), 1)),
        18 => write(&record, format!("{text}\n- [ ] Step {step} (@ana, 2022-04-0{})\n\n*[TUP]: Step {step}\n\n: {word}\n", step + 1)),
        19 => write(&record, text.replacen("What:", &format!("What {step}:"), 1).replacen("learned", &format!("learned {step}"), 1)),
        20 => {
            let (file, text) = [
                ("_drafts/note.md", format!("# Draft {step}\n")),
                ("node_modules/part.txt", format!("Part {step}, see [[1]].\n")),
                (
                    "guides/toml.md",
                    format!("+++\ntitle = \"In TOML\"\ntags = [\"a\"]\n+++\nWord {step}. See [one](../decisions/0001-one.md).\n"),
                ),
                ("keps/1-first/kep.yaml", format!("title: First\nstatus: implementable\nsummary: Step {step}\n")),
                (
                    "guides/log.md",
                    [
                        format!(
                            "# Log\n\n## ADR-8: Eight {step}\n\nStatus: accepted\n\n## ADR-9: Nine\n\nStatus: rejected\n\nSee [[8]].\n"
                        ),
                        format!("# Log\n\n## ADR-8: Eight {step}\n\nNo status.\n"),
                    ][step % 2]
                        .clone(),
                ),
                ("decisions/about.md", format!("---\nurl: decisions/\n---\n# All\n\nStep {step}.\n")),
                (
                    "SUMMARY.md",
                    format!("# Summary\n\n## Part {}\n\n- [One](decisions/0001-one.md)\n", ["one", "one!", "One", "two"][step % 4]),
                ),
                ("mkdocs.yml", format!("nav:\n  - Part {step}: decisions/0002-two.md\n")),
                // Whether the day comes first is told by a file, or by its neighbours.
                ("decisions/0004-doubtful.md", format!("# 4. Doubtful {step}\n\nDate: 02/09/2020\n\n## Status\n\nAccepted\n")),
                (
                    "decisions/0005-telling.md",
                    format!("# 5. Telling\n\nDate: {}\n\n## Status\n\nAccepted\n", ["30/11/2020", "11/30/2020", "01/02/2020"][step % 3]),
                ),
            ][chance.below(10)]
            .clone();
            folder.write(file, text.as_bytes());
            changed = BTreeSet::from([root.join(file)]);
        }
        21 => write(&record, text.replace("  role: lead", "  role: Lead").replace("Goal", &format!("Goal{step}"))),
        0..=4 => write(&record, format!("{text}\n\nStep {step}: {word}.\n")),
        5 => write(&record, text.replacen("title:", "title: New", 1)),
        6 => write(&record, text.replacen("---\n", "---\nbroken: [\n", 1)),
        7 => write(&record, text.replace("broken: [\n", "").replace("title: New", "title:")),
        8 => {
            let to = root.join(chance.pick(&["decisions", "guides", "moved/deep"])).join(format!("n{step}.md"));
            fs::create_dir_all(to.parent().expect("a file has a folder")).expect("a folder can be made");
            fs::rename(&record, &to).expect("a record can be moved");
            changed.insert(to);
        }
        9 if records.len() > 3 => fs::remove_file(&record).expect("a record can be removed"),
        10 => {
            let new = root.join(format!("guides/new-{step}.md"));
            folder.write(&format!("guides/new-{step}.md"), format!("# New {step}\n\n{word} [r](../README.md) #new\n").as_bytes());
            changed = BTreeSet::from([new]);
        }
        11 => {
            let (file, text) = [
                ("handbook.yaml", format!("title: Title {step}\n")),
                ("themes/default/strings.yaml", format!("tags: Tags {step}\n")),
                ("handbook.yaml", "title: [\n".to_owned()),
                ("part.md", format!("Part {step}")),
            ][chance.below(4)]
            .clone();
            folder.write(file, text.as_bytes());
            changed = BTreeSet::from([root.join(file)]);
        }
        _ => changed.clear(),
    }
    changed
}

/// A small handbook with something of everything.
fn team() -> Folder {
    Folder::with(&[
        ("handbook.yaml", "title: Team\n"),
        ("README.md", "# Home\n\n[one](decisions/0001-one.md), [two](decisions/0002-two.md#context)\n"),
        (
            "decisions/0001-one.md",
            "---\ntitle: One\nstatus: accepted\ndate: 2020-01-02\ntopic: way\ntags: [a]\n---\n## Context\n\nFirst.\n",
        ),
        (
            "decisions/0002-two.md",
            "---\ntitle: Two\nstatus: accepted\ndate: 2021-01-02\ntopic: way\nsupersedes: [1]\ntags: [a, b]\n---\n## Context\n\nSee [[1]].\n",
        ),
        ("guides/include.md", "# Including\n\n{{#include ../part.md}}\n"),
        ("decisions/0003-three.md", "---\ntitle: Three\nstatus: rejected\ndate: 2021-03-02\n---\n## Reason\n\nToo dear.\n"),
        ("glossary.md", "# Glossary\n\nTUP\n: Transfer under pressure.\n"),
        ("part.md", "Part of another.\n"),
        (
            "guides/drafted.md",
            "# Drafted\n\n{{#include ../node_modules/part.txt}}\n\n## Piece {#part}\n\nSee [two](../decisions/0002-two.md#context). See [kinds](../decisions/).\n",
        ),
        ("keps/1-first/README.md", "# First\n\nSee [one](../../decisions/0001-one.md).\n"),
        (
            "postmortems/2021-05-06-down.md",
            "---\ntitle: Down\nseverity: high\nstarted: 2021-05-06 10:00\nresolved: 2021-05-06 11:00\nservices: [shop]\n---\n## Summary\n\nWhat: it was down.\n\n## Action items\n\n- [ ] Mend it (@ana, 2022-05-01)\n\n## What we learned\n\nSee [two](../decisions/0002-two.md).\n",
        ),
        (
            "teams/pay.md",
            "---\ntitle: Pay\nmembers:\n  - {name: Ana, role: lead}\n---\nThe team. See [one](../decisions/0001-one.md).\n\n## Goals\n\nGoal: fewer.\n",
        ),
        (
            "several/DECISIONS.md",
            "# Log\n\n## ADR-1: First\n\nStatus: accepted\n\nSee [two](../decisions/0002-two.md#context).\n\n## ADR-2: Second\n\nStatus: proposed\n\nSee [first](#adr-1-first).\n\n## Context\n\nOf both.\n",
        ),
        ("teams/README.md", "# Teams\n\n## Ours {#part}\n\n- [Pay](pay.md)\n"),
        ("SUMMARY.md", "# Summary\n\n## Part one\n\n- [One](decisions/0001-one.md)\n"),
    ])
}

#[test]
fn the_site_after_any_edits_is_that_of_a_clean_build() {
    let n_series = std::env::var("HANDBOOK_SERIES").ok().and_then(|number| number.parse().ok()).unwrap_or(25);
    let mut n_reworded = 0;
    for series in 0..n_series {
        let mut chance = Chance(series);
        let folder = team();
        let project = Project::open(folder.path()).expect("a handbook");
        let mut memo = Memo::default();
        let mut shown = assemble(project.load(&[]).expect("it can be read"), &mut memo, Scope::default());
        for step in 0..8 {
            let paths = edit(&folder, &mut chance, step);
            let expected = clean(folder.path());
            match revise(&shown, &paths, &mut memo) {
                Revision::Same => {}
                Revision::Words(assembled) => {
                    n_reworded += 1;
                    shown = *assembled;
                }
                Revision::More => match Project::open(folder.path()).and_then(|project| project.load(&[])) {
                    Ok(input) => {
                        shown = assemble(input, &mut memo, Scope::default());
                        let expected = expected.as_ref().map(|expected| &expected.diagnostics);
                        assert_eq!(Some(&shown.diagnostics), expected.ok(), "series {series}, step {step}");
                    }
                    // The last good site is shown.
                    Err(_) => continue,
                },
            }
            let Ok(expected) = expected else { continue };
            let (ours, theirs) =
                (whole(&shown, &memo.lists).expect("it is rendered"), whole(&expected, &KnownLists::default()).expect("it is rendered"));
            let differing = ours.iter().zip(&theirs).find(|(our, their)| our != their).map(|((path, _), _)| path);
            assert_eq!((differing, ours.len()), (None, theirs.len()), "series {series}, step {step}: {paths:?}");
        }
    }
    assert!(n_reworded > n_series as usize / 2, "words alone changed {n_reworded} times, so that the short way was tried");
}

/// The files of a site, but for the list of them, which tells of earlier builds, too.
fn built(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = files(out).into_iter().filter(|(path, _)| !path.starts_with(".handbook"));
    files.map(|(path, file)| (path, fs::read(file).expect("a page can be read"))).collect()
}

#[test]
fn a_build_after_any_edits_leaves_what_a_clean_build_does() {
    let n_series = std::env::var("HANDBOOK_SERIES").ok().and_then(|number| number.parse().ok()).unwrap_or(12);
    let occasion = Occasion { today: Date::parse("2022-03-14").expect("a day"), scope: Scope::default() };
    let mut n_mended = 0;
    for series in 0..n_series {
        let mut chance = Chance(series + 1_000_000);
        let (folder, site) = (team(), Folder::with(&[]));
        for step in 0..8 {
            edit(&folder, &mut chance, step);
            let fresh = copied(&folder);
            let built_from = |folder: &Folder, out: &str| {
                let project = Project::open(folder.path()).map_err(|error| error.to_string())?;
                build(&project, &site.path().join(out), &occasion, |_| {}).map_err(|error| error.to_string())
            };
            let clean = format!("clean-{step}");
            match (built_from(&folder, "site"), built_from(&fresh, &clean)) {
                (Ok(ours), Ok(theirs)) => {
                    assert_eq!(ours.diagnostics, theirs.diagnostics, "series {series}, step {step}");
                    n_mended += usize::from(ours.n_rendered > 0 && ours.n_rendered < theirs.n_rendered);
                    let (ours, theirs) = (built(&site.path().join("site")), built(&site.path().join(clean)));
                    let differing = |path: &&String| ours.get(*path) != theirs.get(*path);
                    let paths: Vec<_> = ours.keys().chain(theirs.keys()).filter(differing).collect();
                    assert!(paths.is_empty(), "series {series}, step {step}: {paths:?}");
                }
                (ours, theirs) => assert_eq!(ours.err(), theirs.err(), "series {series}, step {step}"),
            }
        }
    }
    assert!(n_mended > n_series as usize / 2, "a site was mended {n_mended} times, so that the short way was tried");
}

/// The same handbook, where nothing of it was built before.
fn copied(folder: &Folder) -> Folder {
    let fresh = Folder::with(&[]);
    for (path, file) in files(folder.path()).into_iter().filter(|(path, _)| !path.starts_with(".handbook")) {
        fresh.write(&path, &fs::read(file).expect("a record can be read"));
    }
    fresh
}

/// Where, for whom and for when a site is built, as the command line says it.
fn arguments(chance: &mut Chance, out: &Path) -> Vec<String> {
    let mut arguments = vec!["build".to_owned(), ".".to_owned(), "--lenient".to_owned(), "--out".to_owned()];
    arguments.push(out.to_string_lossy().into_owned());
    let day = chance.pick(&["2022-03-14", "2022-03-14", "2022-03-14", "2022-04-05"]);
    arguments.extend(["--today".to_owned(), day.to_owned()]);
    match chance.below(6) {
        0 => arguments.push("--drafts".to_owned()),
        1 => arguments.extend(["--audience".to_owned(), "public".to_owned()]),
        2 => arguments.extend(["--threads".to_owned(), "1".to_owned()]),
        _ => {}
    }
    arguments
}

/// Changes who may read a record, and whether it is a draft.
fn withhold(folder: &Folder, chance: &mut Chance) {
    let path = chance.pick(&["decisions/0001-one.md", "decisions/0003-three.md", "postmortems/2021-05-06-down.md"]);
    let Ok(text) = fs::read_to_string(folder.path().join(path)) else { return };
    let kept: String = text.split_inclusive('\n').filter(|line| !line.starts_with("draft:") && !line.starts_with("audience:")).collect();
    let word = chance.pick(&["draft: true\n", "audience: public\n", "audience: internal\n", ""]);
    folder.write(path, kept.replacen("---\n", &format!("---\n{word}"), 1).as_bytes());
}

fn run(folder: &Folder, arguments: &[String]) -> std::process::Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_handbook"));
    command.current_dir(folder.path()).args(arguments).stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().expect("the binary can be run")
}

/// One folder for what is kept, sites for several readers and days, and builds that are killed at any moment.
#[test]
fn builds_of_all_sorts_that_share_a_cache_leave_what_clean_builds_do() {
    let n_series = std::env::var("HANDBOOK_SERIES").ok().and_then(|number| number.parse().ok()).unwrap_or(3);
    let (mut n_killed, mut n_compared) = (0, 0);
    for series in 0..n_series {
        let mut chance = Chance(series + 2_000_000);
        let (folder, site) = (team(), Folder::with(&[]));
        // A clean build tells how long one takes.
        let mut longest = Duration::from_millis(50);
        for step in 0..10 {
            match chance.below(5) {
                0 => withhold(&folder, &mut chance),
                1 => {}
                _ => drop(edit(&folder, &mut chance, step)),
            }
            let out = site.path().join(chance.pick(&["one", "two"]));
            let asked = arguments(&mut chance, &out);
            if chance.below(2) == 0 {
                let mut child = run(&folder, &asked);
                std::thread::sleep(longest.mul_f64(chance.below(1000) as f64 / 1000.0));
                child.kill().expect("it can be killed, or has ended");
                n_killed += usize::from(child.wait().expect("it ends").code().is_none());
                continue;
            }
            let clean = site.path().join(format!("clean-{step}"));
            let mut asked_anew = asked.clone();
            asked_anew[4] = clean.to_string_lossy().into_owned();
            let ours = run(&folder, &asked).wait_with_output().expect("it ends");
            let (fresh, begun) = (copied(&folder), Instant::now());
            let theirs = run(&fresh, &asked_anew).wait_with_output().expect("it ends");
            longest = begun.elapsed();
            let said = |output: &std::process::Output| String::from_utf8_lossy(&output.stderr).into_owned();
            let (ours, theirs) = ((ours.status.code(), said(&ours)), (theirs.status.code(), said(&theirs)));
            assert_eq!(ours, theirs, "series {series}, step {step}: {asked:?}");
            if theirs.0 != Some(0) {
                continue;
            }
            n_compared += 1;
            let query = chance.pick(&["step", "two context", "is:overdue", "status:accepted one"]);
            let answers =
                [&folder, &fresh].map(|folder| stdout(&handbook(folder.path(), &["search", query, "--json", "--today", "2022-03-14"])));
            assert_eq!(answers[0], answers[1], "series {series}, step {step}: {query}");
            let (ours, theirs) = (built(&out), built(&clean));
            let differing: Vec<_> = ours.keys().chain(theirs.keys()).filter(|path| ours.get(*path) != theirs.get(*path)).collect();
            assert!(differing.is_empty(), "series {series}, step {step}: {asked:?}: {differing:?}");
        }
    }
    assert!(n_killed > 0 && n_compared > 0, "{n_killed} builds were killed, {n_compared} compared");
}

/// A build that has only some pages to render looks again at the others once it may write.
#[test]
fn what_another_build_writes_is_not_taken_for_what_was_there() {
    let (folder, site) = (team(), Folder::with(&[]));
    let occasion = Occasion { today: Date::parse("2022-03-14").expect("a day"), scope: Scope::default() };
    let build_into = |out: &Path| {
        let project = Project::open(folder.path()).expect("a handbook");
        build(&project, out, &occasion, |_| {}).expect("it can be built").n_rendered
    };
    let out = site.path().join("site");
    let n_all = build_into(&out);
    let edit = |word: &str| folder.write("guides/include.md", format!("# Including\n\nPart of another.\n\n{word}.\n").as_bytes());
    edit("First");
    build_into(&out);
    edit("Second");
    assert!(build_into(&out) < n_all, "words alone changed");
    edit("Third");
    let lock = fs::File::options().write(true).open(out.join(".handbook-lock")).expect("it is there");
    lock.lock().expect("nobody else builds");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| build_into(&out));
        // Time to read everything; what is written before that is found by the first look.
        std::thread::sleep(std::time::Duration::from_secs(3));
        fs::write(out.join("decisions/0001-one.html"), "What another build wrote").expect("a page can be written");
        lock.unlock().expect("it was locked");
        assert_eq!(waiting.join().expect("it is built"), n_all);
    });
    assert!(!fs::read_to_string(out.join("decisions/0001-one.html")).expect("a page").starts_with("What another"));
}
