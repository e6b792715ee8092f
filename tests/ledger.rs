//! The pages about many records, end to end: what the sample handbook shows on them, what an audience does not see, and that a
//! handbook without such records has none.

use serde_json::Value;

use crate::support::{Folder, files, handbook, sample, stderr};

fn built(content: &str, arguments: &[&str]) -> Folder {
    let folder = Folder::with(&[]);
    let arguments = [&["build", content, "--out", "site", "--today", "2026-11-21"], arguments].concat();
    let output = handbook(folder.path(), &arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    folder
}

fn page(folder: &Folder, name: &str) -> String {
    folder.read(&format!("site/{name}"))
}

fn data(folder: &Folder, name: &str) -> Value {
    let data: Value = serde_json::from_str(&page(folder, &format!("ledger/{name}.json"))).expect("the data is JSON");
    assert_eq!((&data["version"], &data["today"]), (&Value::from(1), &Value::from("2026-11-21")), "{name}");
    data["data"].clone()
}

#[test]
fn the_sample_shows_every_overview() {
    let folder = built(sample().to_str().expect("a path in UTF-8"), &[]);
    let log = page(&folder, "ledger/log-of-decisions.html");
    assert!(
        log.contains("<svg role=\"group\"") && log.contains("data-from=\"2021-02-16\" data-until=\""),
        "the log is drawn and has its days"
    );
    assert!(log.contains("It solves a problem that we do not have"), "the reason of the rejected one is told");
    assert!(data(&folder, "log-of-decisions")["days_to_decide"].is_i64());
    let drawn = |name: &str| {
        page(&folder, name).split_once("<svg role=\"group\"").expect("it is drawn").1.split("</svg>").next().map(str::to_owned)
    };
    for (name, target) in [
        ("ledger/log-of-decisions.html", "../decisions/0031-timeouts-on-every-migration.html"),
        ("ledger/map.html", "../teams/platform.html"),
        ("ledger/incidents.html", "../postmortems/2019-02-12-messenger-replies-stopped.html"),
        ("decisions/0009-terraform.html", "../decisions/0020-terragrunt-and-atlantis.html"),
    ] {
        let link = format!("<a href=\"{target}\"><title>");
        assert!(drawn(name).is_some_and(|drawing| drawing.contains(&link)), "{name} draws no link to {target}");
    }
    let topic = page(&folder, "ledger/topic/source-control.html");
    let (older, newer) = (topic.find("0008-github").expect("the older"), topic.find("0022-gitlab").expect("the newer"));
    assert!(older < newer, "a chain is told from the oldest to the newest");
    assert!(page(&folder, "decisions/0008-github-and-concourse.html").contains("It was replaced by"));

    assert!(page(&folder, "decisions/feed.xml").contains("<summary>Superseded, replaced by Leave Heroku within six months. "));

    assert_eq!(data(&folder, "actions")["n_overdue"], 1);
    assert_eq!(data(&folder, "debts")["n_overdue"], 1);
    assert_eq!(data(&folder, "reviews")["n_overdue"], 2);
    let incidents = data(&folder, "incidents");
    assert_eq!(incidents["whole"]["resolve"]["median"]["minutes"], 128);
    assert_eq!(incidents["by_severity"][0]["records"].as_array().map(Vec::len), Some(2), "a figure names its records");
    let postmortem = page(&folder, "postmortems/2019-02-12-messenger-replies-stopped.html");
    assert!(postmortem.contains("until it stopped hurting") && postmortem.contains("id=\"handbook-similar\""));

    let team = page(&folder, "teams/platform.html");
    assert!(team.contains("next on <time datetime=\"2026-11-25\">") && team.contains("id=\"handbook-team-owns\""));
    let calendar = page(&folder, "ledger/calendar/teams/platform.ics");
    assert!(calendar.contains("\r\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=WE\r\n") && calendar.lines().all(|line| line.len() <= 76));
    assert!(page(&folder, "principles/continuous-delivery.html").contains("id=\"handbook-uses-bent_by\""));
    let role = page(&folder, "roles/back-end-engineer.html");
    let path = role.split("reading-path").nth(1).expect("there is a reading path");
    assert!(path.find("Optimise for speed").expect("the first") < path.find("How to write a decision").unwrap_or(usize::MAX));

    let home = page(&folder, "index.html");
    assert!(home.contains("id=\"handbook-attention-title\"") && home.contains("ledger/map.html"));
    assert!(page(&folder, "ledger/digest.xml").contains("<title>October 2026</title>"));
    assert!(page(&folder, "ledger/feed/teams/sre.xml").contains("SRE team"));
    assert!(page(&folder, "ledger/people.html").contains("Henrik"));
    assert!(page(&folder, "decisions/0034-no-heroku.html").contains("id=\"handbook-around\""));
    assert!(page(&folder, "decisions/0033-relay-postgres-on-heroku.html").contains("<abbr title="));
}

#[test]
fn a_handbook_of_guides_has_no_overviews() {
    let folder = Folder::with(&[("content/guides/a.md", "# A\n"), ("content/b.md", "# B\n")]);
    let output = handbook(folder.path(), &["build", "content", "--out", "site", "--today", "2026-11-21"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let found: Vec<String> =
        files(&folder.path().join("site")).into_iter().map(|(path, _)| path).filter(|path| path.starts_with("ledger/")).collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn overviews_for_an_audience_tell_nothing_of_what_is_withheld() {
    let secret = "---\naudience: internal\ndate: 2026-01-01\nowner: a\ndeciders: [Secret Person]\ntopic: secret topic\nreview_by: 2026-02-02\n\
                  debt: {what: secret debt, due: 2026-02-01}\n---\n# Secret decision\n";
    let incident = "---\naudience: internal\ndate: 2026-01-01\nservices: [secret service]\nactions: [{title: secret action, owner: a, due: 2026-02-01}]\n---\n# Secret outage\n";
    let folder = Folder::with(&[
        ("content/decisions/0001-secret.md", secret),
        ("content/decisions/0002-public.md", "---\naudience: public\ndate: 2026-02-01\nstatus: accepted\nsupersedes: [1]\n---\n# Public\n"),
        ("content/postmortems/one.md", incident),
        ("content/teams/a.md", "---\naudience: public\nrituals: [{name: Stand-up, schedule: Mon 9:00}]\n---\n# A\n"),
    ]);
    let arguments = ["build", "content", "--out", "site", "--today", "2026-11-21", "--audience", "public", "--lenient"];
    let output = handbook(folder.path(), &arguments);
    assert!(output.status.success(), "{}", stderr(&output));
    for (path, file) in files(&folder.path().join("site")) {
        let text = String::from_utf8_lossy(&std::fs::read(file).expect("a file of the site")).to_lowercase();
        assert!(!text.contains("secret"), "{path} tells of what is withheld");
    }
}
