//! What must hold for any text at all: nothing panics, nothing is lost, places are within the text.

use std::sync::Arc;

use handbook::config::Config;
use handbook::highlight::Highlighter;
use handbook::index::query;
use handbook::link::path::join;
use handbook::markdown::{Document, Href, MarkdownOptions, Shown};
use handbook::model::name::{OutputPath, SourcePath};
use handbook::model::source::SourceFile;
use handbook::parse::{parse, records_of};
use handbook::{calendar, diagnostic, slug, yaml};
use proptest::prelude::*;

/// Pieces of which hostile texts are made.
const PIECES: [&str; 62] = [
    "---\n",
    "...\n",
    "title: ",
    "a: [",
    "- ",
    "? ",
    "&x ",
    "*x",
    "!!t ",
    "'",
    "\"",
    "# ",
    "## H {#i .c}\n",
    "[a](b.md)",
    "[[a|b",
    "]]",
    "](",
    "![",
    "`",
    "```\n",
    "$",
    "$$",
    "|",
    "| a | b |\n|---|---|\n",
    "> ",
    "> [!NOTE]\n",
    "[^1]",
    "[^1]: n\n",
    ": d\n",
    "<b>",
    "<!-- ",
    "-->",
    "<a name=\"x\">",
    "{{#include x}}",
    "\t",
    "    ",
    "\n",
    "\n\n",
    "é",
    "日本",
    "\u{202e}",
    "\u{301}",
    "😀",
    "&lt;",
    "## Status\n",
    "## Timeline\n",
    "## Action items\n",
    "## Changelog\n",
    "- Status: ",
    "* **Date:** ",
    "Superseded by ",
    "2020-01-02 ",
    "12/11/",
    "10:05",
    "~09:??",
    "| Date | x |\n",
    ":::tip\n",
    ":::\n",
    "!!! note \"x\"\n",
    "{% hint style=\"info\" %}\n",
    "{% endhint %}\n",
    "> Status: ",
];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop_oneof![3 => prop::sample::select(PIECES.to_vec()).prop_map(str::to_owned), 1 => "[a-z ]{0,6}"], 0..40)
        .prop_map(|pieces| pieces.concat())
}

/// Pieces of files that hold several records, or nearly do.
const SEVERAL: [&str; 30] = [
    "# Log\n",
    "## ADR-1: One\n",
    "## ADR-2: Zwei \u{1f600}\n",
    "### D-003 — Tres\n",
    "## 2024-01-02: Día\n",
    "ADR 4: Four\n------\n",
    "## [5] (x)\n",
    "## Decision: \u{301}\n",
    "## 1.2.3\n",
    "  ## ADR-6\n",
    "--> ## ADR-7: Seven\n",
    "Status: accepted\n",
    "- **Status:** Rejected\n",
    "### Status\n\nAccepted\n",
    "| Status |\n|---|\n| Proposed |\n",
    "<table><tr><td>Status</td><td>Ja \u{e9}</td></tr></table>\n",
    "<dl><dt>Status<dd>accepted</dl>\n",
    "<table><tr><th><td",
    "<a href=\"x\">y</a>",
    "- [x] Accepted\n- [ ] Proposed\n",
    "```\n",
    "<!-- ",
    "---\n",
    "\n",
    "\n\n",
    "日本\n",
    "[a]: b.md\n",
    "![status: x](y)\n",
    "被 [二](x.md) 取代\n",
    "#### Deep\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_file_of_several_holds_stands_where_it_stood(pieces in prop::collection::vec(0..SEVERAL.len(), 0..40)) {
        let text: String = pieces.into_iter().map(|piece| SEVERAL[piece]).collect();
        let config = Config::built_in("Handbook");
        let source = SourceFile::new("docs/DECISIONS.md".into(), text.clone());
        for record in records_of(vec![source], &config) {
            let parsed = parse(&record, &config);
            let (whole, start) = record.in_file();
            prop_assert_eq!(&whole.text, &text);
            if record.is_in_file_of_others() {
                // Signs of headings may have moved, and definitions from elsewhere follow; words stand where they stood.
                let same = record.text.bytes().zip(text[start..].bytes()).take_while(|(ours, theirs)| ours == theirs || b"#- =".contains(theirs) && b"# =".contains(ours));
                prop_assert!(same.count() >= record.text.trim_end().len().min(record.text.find("\n\n[a]: ").unwrap_or(usize::MAX)));
            } else {
                prop_assert_eq!(record.text.len(), text.len());
            }
            for found in parsed.diagnostics {
                prop_assert!(found.place.is_none_or(|place| place.line as usize <= text.lines().count() + 1));
            }
        }
    }

    #[test]
    fn the_nearest_names_are_those_of_jaro_and_winkler(wanted in "[abéΣ]{1,8}", names in prop::collection::btree_set("[abAéΣ]{1,8}", 0..8)) {
        let score = |name: &str| strsim::jaro_winkler(&wanted.to_lowercase(), &name.to_lowercase());
        let mut expected: Vec<&str> = names.iter().map(String::as_str).filter(|name| score(name) > 0.87).collect();
        expected.sort_by(|a, b| score(b).total_cmp(&score(a)).then(a.cmp(b)));
        expected.truncate(2);
        prop_assert_eq!(diagnostic::nearest(&wanted, names.iter().map(String::as_str), 2), expected);
    }

    #[test]
    fn any_text_is_a_record(text in text()) {
        let config = Config::built_in("H");
        for path in ["postmortems/2020-01-02-a.md", "decisions/0001-a.md"] {
            let source = Arc::new(SourceFile::new(path.into(), text.clone()));
            for hidden in &parse(&source, &config).record.reading.hidden {
                prop_assert!(text.get(hidden.clone()).is_some());
            }
        }
        let source = Arc::new(SourceFile::new("decisions/0001-a.md".into(), text.clone()));
        let parsed = parse(&source, &config);
        prop_assert!(parsed.record.body.end <= text.len());
        prop_assert!(!parsed.record.title.is_empty());
        let n_lines = text.split('\n').count() as u32;
        for diagnostic in &parsed.diagnostics {
            let place = diagnostic.place.as_ref().expect("findings of a record have a place");
            prop_assert!((1..=n_lines).contains(&place.line) && place.column >= 1);
            prop_assert!(!diagnostic.to_string().is_empty());
        }
        let anchors: Vec<_> = parsed.record.outline.sections.iter().filter_map(|section| section.anchor.clone()).collect();
        let mut unique = anchors.clone();
        unique.sort();
        unique.dedup();
        prop_assert_eq!(unique.len(), anchors.len());
        for link in &parsed.record.outline.links {
            prop_assert!(link.span.end <= text.len() && link.section <= parsed.record.outline.sections.len());
        }
    }

    #[test]
    fn any_text_is_some_yaml(text in text()) {
        let (_, errors) = yaml::parse(&text);
        for error in errors {
            prop_assert!(error.span.start <= text.len());
        }
    }

    #[test]
    fn any_text_is_a_query(text in ".{0,200}") {
        let query = query::parse(&text);
        prop_assert!(query.words.len() <= 64);
    }

    #[test]
    fn any_text_is_a_date_or_none(text in "[0-9T:Z+-]{0,22}") {
        if let Ok(date) = calendar::Date::parse(&text) {
            prop_assert_eq!(calendar::Date::parse(&date.iso()).expect("what is written can be read"), date);
        }
        let _ = calendar::Moment::parse(&text);
    }

    #[test]
    fn slugs_are_stable(text in ".{0,80}") {
        let once = slug::name(&text);
        prop_assert_eq!(slug::name(&once), once.clone());
        prop_assert!(!slug::heading(&text).is_empty());
    }

    #[test]
    fn paths_never_leave_the_folder(folder in "([a-c]/){0,3}", target in "(\\.\\./|\\./|[a-c]/|/){0,8}[a-c]?") {
        if let Some(path) = join(folder.trim_end_matches('/'), &target) {
            prop_assert!(!path.split('/').any(|part| part == ".."));
        }
    }

    #[test]
    fn relative_addresses_lead_back(here in "([a-c]/){0,3}[a-c]\\.html", there in "([a-c]/){0,3}[a-c]\\.html") {
        let relative = OutputPath::new(&here).relative(&there);
        let folder = here.rsplit_once('/').map_or("", |(folder, _)| folder);
        prop_assert_eq!(join(folder, &relative), Some(there));
    }
}

proptest! {
    // A whole site takes as long as a thousand records.
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_site_can_be_rendered(first in text(), second in text()) {
        let files = [("a.md".to_owned(), first), ("decisions/b.md".to_owned(), second)];
        let assembled = crate::support::dump::assembled(&files, None, true);
        for (path, page) in crate::support::dump::site_files(&assembled, Default::default()) {
            prop_assert!(!page.contains("<script>") && !page.contains(" onclick="), "{path}");
        }
    }
}

/// Pieces of HTML and Markdown that may be put together in any order.
const MARKS: [&str; 40] = [
    "<b>",
    "</b>",
    "<i>",
    "</i>",
    "<a href=\"a.md\">",
    "</a>",
    "<a id=\"x\">",
    "<kbd>",
    "</kbd>",
    "<ul>",
    "</ul>",
    "<li>",
    "</li>",
    "<ol>",
    "</ol>",
    "<table>",
    "</table>",
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<details>",
    "</details>",
    "<summary>",
    "</summary>",
    "<h2>",
    "</h2>",
    "<p>",
    "</p>",
    "<div>",
    "<pre>",
    "</pre>",
    "<br>",
    "<img src=\"x.png\">",
    "words",
    " *",
    "\n",
    "\n\n",
    "\n- ",
    "\n> | a |\n| - |\n| ",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn html_is_closed_where_it_is_opened(pieces in prop::collection::vec(prop::sample::select(&MARKS[..]), 0..30)) {
        let source = SourceFile::new(SourcePath::new("a.md"), format!("{}\n\nThe end.", pieces.concat()));
        let document = Document::parse(&source, 0..source.text.len(), MarkdownOptions { raw_html: false, math: false });
        let shown = Shown { title: true, hidden: &[], left: &[], terms: None };
        let page = document.html(shown, &Highlighter::default(), |_| Href::Nowhere(None));
        let body = page.rsplit_once("The end.").map(|(body, _)| body).expect("what comes last is shown");
        let mut open = Vec::new();
        for tag in body.split('<').skip(1) {
            let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
            if tag.starts_with('/') {
                prop_assert_eq!(open.pop(), Some(name), "{}", body);
            } else if !["br", "hr", "img", "input"].contains(&name) {
                open.push(name);
            }
        }
    }
}
