//! The search contract: the engine in JavaScript, on the data that a browser is sent, finds what the engine in Rust finds on
//! the index: the same records in the same order, for a thousand generated queries on each of three handbooks.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use handbook::calendar::Date;
use handbook::index::query;
use handbook::index::search::Searcher;
use handbook::link::audience::Scope;
use handbook::load::Project;
use handbook::pipeline::{Assembled, KnownLists, Memo, assemble, search_contents};
use handbook::render::bundle::{self, bundle};
use rquickjs::{Context, Function, Module, Object, Promise, Runtime, TypedArray};

use crate::support::{Folder, inflated, sample, search_quoted};
use crate::tokens::Random;

const QUERIES: usize = 1000;
const RESULTS: usize = 50;
/// Where the engine is loaded from.
const FOLDER: &str = "http://localhost/assets/";
/// Its second script.
const SECOND: &str = "second.js";
const GLUE: &str = r#"
import { answersTo, find } from "./engine.js";
import { plainQuery } from "./plain.js";
import { foremost } from "./rank.js";
import { Store } from "./store.js";

let store;
globalThis.search = async (text, today, limit) => {
  store ??= new Store(JSON.parse(files.directory), async (name) => files[name], (text) => text);
  const { query, hits } = await answersTo(store, text, false, today);
  const said = query.complaints.map(({ problem, written, meant }) => [problem, written, meant ?? ""].join(" "));
  const { nearest } = await find(store, { text, chosen: new Map(), limit, withFacets: false }, today);
  const titles = nearest.results.map(({ title }) => title.map(({ text }) => text).join(""));
  said.push(...[...nearest.words, ...titles].map((text) => `nearest ${text}`));
  const { records, scores, orders } = hits;
  return [records.length, ...said, ...foremost(orders, limit).map((at) => `${records[at]} ${scores[at].toFixed(3)}`)].join("\n");
};
globalThis.partial = async (text, today) => {
  try {
    const { total, isPartial } = await find(store, { text, chosen: new Map(), limit: 5, withFacets: false }, today);
    return `${total} ${isPartial ? "partial" : "whole"}`;
  } catch {
    return "failed";
  }
};
globalThis.anchors = async (text, today) => {
  const opened = new Store(JSON.parse(files.directory), async (name) => files[name], (text) => text);
  const { results } = await find(opened, { text, chosen: new Map(), limit: 5, withFacets: true }, today);
  return results.flatMap(({ passages }) => passages.map(({ anchor }) => anchor)).join(" ");
};
globalThis.withoutShards = async (text, today) => {
  const load = async (name) => {
    if (/\/t\d+$/.test(name)) throw new Error("404");
    return files[name];
  };
  const broken = new Store(JSON.parse(files.directory), load, (content) => content);
  const { total, isPartial, nearest } = await find(broken, { text, chosen: new Map(), limit: 5, withFacets: true }, today);
  return JSON.stringify([total, isPartial, nearest]);
};
globalThis.parsed = async (text) => {
  const { parse } = await import("./query.js");
  const plain = plainQuery(text);
  if (plain && JSON.stringify(plain) !== JSON.stringify(parse(text))) throw new Error(`${text} is no plain query`);
  const { words, isLastWordOpen, conditions, filters, after, before, complaints } = parse(text);
  const minus = (isExcluded) => (isExcluded ? "-" : "");
  return [
    ...words.map((word) => `word ${word}`),
    ...(isLastWordOpen ? ["open"] : []),
    ...conditions.map(({ text, isTitle, isExcluded }) => `${minus(isExcluded)}${isTitle ? "title" : "phrase"} ${text}`),
    ...filters.map(({ name, value, isExcluded }) => `${minus(isExcluded)}${name} ${value}`),
    ...(after ? [`after ${after}`] : []),
    ...(before ? [`before ${before}`] : []),
    ...complaints.map(({ problem, written, meant }) => `${problem} ${written} ${meant ?? ""}`.trimEnd()),
  ].join("\n");
};
"#;

/// The engine of the browser, in QuickJS, on the data of one handbook.
struct Browser {
    context: Context,
}

impl Browser {
    fn open(assembled: &Assembled) -> Self {
        let browser = Self::without_second_script(assembled);
        browser.declare_second_script(SECOND);
        browser
    }

    /// Puts the second script where the first looks for it.
    fn declare_second_script(&self, name: &str) {
        self.context.with(|ctx| {
            Module::declare(ctx, format!("{FOLDER}{name}"), scripts().second).expect("the second script is one");
        });
    }

    fn without_second_script(assembled: &Assembled) -> Self {
        let runtime = Runtime::new().expect("QuickJS starts");
        let context = Context::full(&runtime).expect("QuickJS has a context");
        let contents = search_contents(assembled, &KnownLists::default().next(assembled, None).expect("the index can be made"));
        context.with(|ctx| {
            let loaded = Object::new(ctx.clone()).expect("an object");
            for file in contents.iter().map(|content| content.file()) {
                let name = file.path.as_str().trim_start_matches("search/").trim_end_matches(".js");
                let is_of = |first: char| name.split('/').nth(1).is_some_and(|name| name.starts_with(first));
                let quoted = search_quoted(&file.bytes);
                let bytes = if is_of('t') { quoted } else { inflated(&quoted) };
                if is_of('t') || is_of('p') {
                    loaded.set(name, TypedArray::new(ctx.clone(), bytes).expect("an array")).expect("set");
                } else {
                    loaded.set(name, String::from_utf8(bytes).expect("text")).expect("set");
                }
            }
            ctx.globals().set("files", loaded).expect("set");
            let first = scripts().first;
            ctx.eval::<(), _>(format!("globalThis.self = {{ location: {{ href: \"{FOLDER}first.js\" }} }};\n{first}"))
                .expect("the script runs");
        });
        Self { context }
    }

    fn parse(&self, text: &str) -> String {
        self.context.with(|ctx| {
            let parsed: Function = ctx.globals().get("parsed").expect("the glue has set it");
            let parsed: Promise = parsed.call((text,)).expect("a promise");
            parsed.finish().unwrap_or_else(|_| panic!("{text:?}: {:?}", ctx.catch().as_exception()))
        })
    }

    fn search(&self, text: &str, today: Date) -> String {
        self.context.with(|ctx| {
            let search: Function = ctx.globals().get("search").expect("the glue has set it");
            let answer: Promise = search.call((text, today.iso(), RESULTS)).expect("a promise");
            let answer = answer.finish::<String>();
            answer.unwrap_or_else(|_| panic!("{text:?}: {:?}", ctx.catch().as_exception()))
        })
    }
}

/// The engine as a browser is sent it.
struct Scripts {
    /// The glue, and what it needs at once.
    first: String,
    /// What few queries need.
    second: String,
}

fn scripts() -> Scripts {
    let sources: Vec<(String, String)> = files_in(&theme());
    let ours = sources.iter().map(|(name, text)| (name.as_str(), bundle::Module { text, is_ours: true }));
    let glue = ("glue.js", bundle::Module { text: GLUE, is_ours: false });
    let mut second = String::new();
    let first = bundle(&ours.chain([glue]).collect(), "glue.js", |script| {
        second = script;
        SECOND.to_owned()
    });
    Scripts { first: first.expect("all modules are there"), second }
}

/// Names and texts of the files in a folder.
fn files_in(folder: &Path) -> Vec<(String, String)> {
    let files = fs::read_dir(folder).expect("the theme has its search engine").map(|file| file.expect("a file").path());
    let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
    files.map(|path| (name(&path), fs::read_to_string(&path).expect("text"))).collect()
}

fn theme() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("themes/default/assets/search")
}

fn assembled(folder: &Path) -> Assembled {
    let input = Project::open(folder).expect("a folder").load(&[]).expect("a handbook");
    assemble(input, &mut Memo::default(), Scope::default())
}

/// What the engine in Rust finds, written as the glue writes it.
fn found(searcher: &Searcher<'_>, text: &str) -> String {
    let found = searcher.search(text, RESULTS);
    let mut answer = found.n_total.to_string();
    for complaint in &found.complaints {
        write!(answer, "\n{} {} {}", complaint.problem.as_str(), complaint.written, complaint.meant.as_deref().unwrap_or_default())
            .expect("a string");
    }
    let titles = found.nearest.results.iter().map(|result| &result.card.title);
    for near in found.nearest.words.iter().chain(titles) {
        write!(answer, "\nnearest {near}").expect("a string");
    }
    for result in &found.results {
        write!(answer, "\n{} {:.3}", result.record, result.score).expect("a string");
    }
    answer
}

/// A query as Rust reads it, written as the glue writes it.
fn parsed(text: &str) -> String {
    let query = query::parse(text);
    let minus = |is_excluded: bool| if is_excluded { "-" } else { "" };
    let mut lines: Vec<String> = query.words.iter().map(|word| format!("word {word}")).collect();
    lines.extend(query.is_last_word_open.then(|| "open".to_owned()));
    lines.extend(query.conditions.iter().map(|condition| {
        let what = if condition.is_title { "title" } else { "phrase" };
        format!("{}{what} {}", minus(condition.is_excluded), condition.text)
    }));
    lines.extend(query.filters.iter().map(|filter| format!("{}{} {}", minus(filter.is_excluded), filter.name, filter.value)));
    lines.extend(query.after.map(|day| format!("after {}", day.first_day().iso())));
    lines.extend(query.before.map(|day| format!("before {}", day.first_day().iso())));
    lines.extend(query.complaints.iter().map(|complaint| {
        let meant = complaint.meant.as_deref().unwrap_or_default();
        format!("{} {} {meant}", complaint.problem.as_str(), complaint.written).trim_end().to_owned()
    }));
    lines.join("\n")
}

/// Each query of `tests/cases/queries.txt` (a line `> query`, and how it is read below), in Rust and in JavaScript.
#[test]
fn queries_are_read_alike() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/queries.txt");
    let file = fs::read_to_string(&path).expect("the cases are there");
    let browser = Browser::open(&assembled(&sample()));
    let queries: Vec<&str> = file.lines().filter_map(|line| line.strip_prefix("> ")).collect();
    assert!(queries.len() > 40, "only {} cases", queries.len());
    let mut expected = String::new();
    for query in queries {
        assert_eq!(parsed(query), browser.parse(query), "{query:?}");
        write!(expected, "> {query}\n{}\n\n", parsed(query)).expect("a string");
    }
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&path, &expected).expect("the cases can be written");
    }
    assert_eq!(file.trim_end(), expected.trim_end(), "UPDATE_CASES=1 cargo test writes what is read now");
}

/// What no tool should fall over: each is answered alike and soon.
#[test]
fn hostile_queries_are_answered_alike() {
    let folder = Folder::with(&[
        ("guides/a.md", "# constructor and __proto__\n\ntoString hasOwnProperty (a+)+$ 100% of C:\\temp\n"),
        ("guides/b.md", "# Another guide\n\nvalueOf constructor\n"),
    ]);
    let assembled = assembled(folder.path());
    let today = Date::parse("2026-03-01").expect("a date");
    let searcher = Searcher::new(&assembled.handbook, &assembled.input.config, today, None).expect("the index can be made");
    let browser = Browser::open(&assembled);
    let long = ["a".repeat(10_000), "OR ".repeat(1000), "\"".repeat(1000), "-x ".repeat(500), "title:a ".repeat(400), "é".repeat(3000)];
    let short = [
        "constructor",
        "__proto__",
        "toString",
        "hasOwnProperty",
        "valueOf",
        "(a+)+$",
        "%",
        "\\",
        "*",
        "-x",
        "-",
        "--",
        "\"",
        "\"\"",
        ":",
        "kind:",
        "title:",
        "after:2021-13",
        "is:",
        "a:b:c",
        "\u{0}",
        "\u{feff}",
        "\u{2028}",
        "..",
        "con",
        "/",
        "",
        "   ",
        "OR",
        "\u{1}",
        "debt\u{1}",
    ];
    for query in long.iter().map(String::as_str).chain(short) {
        assert_eq!(found(&searcher, query), browser.search(query, today), "{query:.40?}");
    }
    assert!(found(&searcher, "constructor \"%\"").starts_with("0\nnearest"), "a phrase is taken literally, and no word says that");
    for word in ["constructor", "__proto__", "toString", "hasOwnProperty", "(a+)+$"] {
        assert!(!found(&searcher, word).starts_with('0'), "{word} is found like any word");
    }
}

/// What can not be loaded is said, and nothing is made up in its place.
#[test]
fn missing_shards_are_said() {
    let browser = Browser::open(&assembled(&sample()));
    let answer: String = browser.context.with(|ctx| {
        let search: Function = ctx.globals().get("withoutShards").expect("the glue has set it");
        let answer: Promise = search.call(("rancher heroku", "2026-03-01")).expect("a promise");
        answer.finish().expect("it is answered")
    });
    assert_eq!(answer, "[0,true,{\"words\":[],\"results\":[]}]");
}

/// A card does not say what can be told: the anchors of headings that come again.
#[test]
fn results_lead_to_the_heading_that_answers() {
    let text = "# Steps\n\n## Steps\n\n## Steps\n\n### Undo\n\n## Undo {#back}\n\n## Undo\n";
    let browser = Browser::open(&assembled(Folder::with(&[("guides/steps.md", text)]).path()));
    let anchors = |text: &str| -> String {
        browser.context.with(|ctx| {
            let anchors: Function = ctx.globals().get("anchors").expect("the glue has set it");
            let answer: Promise = anchors.call((text, "2026-03-01")).expect("a promise");
            answer.finish().expect("it is answered")
        })
    };
    assert_eq!(anchors("undo "), "undo back undo-1");
    assert_eq!(anchors("steps "), "steps-1 steps-2");
}

/// Plain words are found without it, what needs it is not answered wrongly, and it is asked for again.
#[test]
fn a_missing_second_script_is_said() {
    let assembled = assembled(&sample());
    let today = Date::parse("2026-03-01").expect("a date");
    let searcher = Searcher::new(&assembled.handbook, &assembled.input.config, today, None).expect("the index can be made");
    let browser = Browser::without_second_script(&assembled);
    assert_eq!(browser.search("cute names", today), found(&searcher, "cute names"));
    let answer: String = browser.context.with(|ctx| {
        let partial: Function = ctx.globals().get("partial").expect("the glue has set it");
        let answers = ["cuet", "kind:decision", "\"cute names\""].map(|text| {
            let answer: Promise = partial.call((text, "2026-03-01")).expect("a promise");
            answer.finish::<String>().expect("it is answered")
        });
        answers.join(", ")
    });
    assert_eq!(answer, "0 partial, failed, failed");
    for n_failed in 1..9 {
        browser.declare_second_script(&format!("{SECOND}?{n_failed}"));
    }
    for query in ["kind:decision", "cuet names"] {
        assert_eq!(browser.search(query, today), found(&searcher, query));
    }
}

/// Queries of all kinds from the words of a handbook.
struct Queries {
    random: Random,
    titles: Vec<String>,
    words: Vec<String>,
    facts: Vec<String>,
}

impl Queries {
    fn of(assembled: &Assembled, seed: u64) -> Self {
        let records = &assembled.handbook.records;
        let sections = records.iter().flat_map(|record| &record.outline.sections);
        let texts = sections.flat_map(|section| [section.title.as_str(), section.text.as_str()]);
        let mut words: Vec<String> = texts.flat_map(str::split_whitespace).map(str::to_owned).collect();
        words.sort();
        words.dedup();
        let facts = records.iter().flat_map(|record| {
            let tags = record.tags.iter().map(|tag| format!("tag:\"{tag}\""));
            tags.chain([format!("kind:{}", record.kind), format!("-kind:{}", record.kind)]).collect::<Vec<_>>()
        });
        let mut facts: Vec<String> = facts.collect();
        facts.extend(
            [
                "status:accepted",
                "status:acepted",
                "is:overdue",
                "is:stale",
                "is:det",
                "-is:debt",
                "after:2021",
                "before:2022-06",
                "after:2021-13",
                "knd:decision",
            ]
            .map(str::to_owned),
        );
        Self { random: Random::new(seed), titles: records.iter().map(|record| record.title.clone()).collect(), words, facts }
    }

    fn one_of(random: &mut Random, texts: &[String]) -> String {
        texts[random.below(texts.len())].clone()
    }

    fn word(&mut self) -> String {
        Self::one_of(&mut self.random, &self.words)
    }

    fn next(&mut self) -> String {
        let title = Self::one_of(&mut self.random, &self.titles);
        match self.random.below(14) {
            0 => title,
            1 => title.chars().take(self.random.below(title.chars().count() + 1)).collect(),
            2 => self.slipped(&title),
            3 | 4 => [self.word(), self.word()].join(" "),
            5 => [self.word(), self.word(), self.word()].join(" "),
            6 => {
                let word = self.word();
                let n_letters = 1 + self.random.below(5);
                format!("{} {}", self.word(), word.chars().take(n_letters).collect::<String>())
            }
            7 => {
                let word = self.word();
                self.slipped(&word)
            }
            8 => format!("\"{} {}\"", self.word(), self.word()),
            9 => {
                let words: Vec<&str> = title.split_whitespace().take(2).collect();
                format!("{} \"{}\"", self.word(), words.join(" "))
            }
            10 => format!("{title} -{}", self.word()),
            11 => format!("title:{} {}", self.word(), self.word()),
            12 => format!("{} {}", self.word(), Self::one_of(&mut self.random, &self.facts)),
            _ => [Self::one_of(&mut self.random, &self.facts), Self::one_of(&mut self.random, &self.facts)].join(" "),
        }
    }

    /// A text with one letter left out, doubled or swapped with the next.
    fn slipped(&mut self, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        let at = self.random.below(letters.len().max(2) - 1);
        match self.random.below(3) {
            0 if at < letters.len() => drop(letters.remove(at)),
            1 if at < letters.len() => letters.insert(at, letters[at]),
            _ if at + 1 < letters.len() => letters.swap(at, at + 1),
            _ => {}
        }
        letters.into_iter().collect()
    }
}

fn contract(folder: &Path, n_queries: usize, seed: u64) {
    let assembled = assembled(folder);
    let today = Date::parse("2026-03-01").expect("a date");
    let searcher = Searcher::new(&assembled.handbook, &assembled.input.config, today, None).expect("the index can be made");
    let browser = Browser::open(&assembled);
    let mut queries = Queries::of(&assembled, seed);
    let mut n_found = 0;
    for _ in 0..n_queries {
        let query = queries.next();
        let (ours, theirs) = (found(&searcher, &query), browser.search(&query, today));
        assert_eq!(ours, theirs, "{query:?}");
        n_found += usize::from(ours != "0" && !ours.starts_with("0\n"));
    }
    assert!(n_found > n_queries / 2, "only {n_found} queries found anything: the comparison would prove nothing");
}

#[test]
fn the_browser_finds_what_the_command_line_finds_in_the_sample() {
    contract(&sample(), QUERIES, 11);
}

/// Names, flags, code, scripts without spaces, accents, numbers: what makes terms that are no words.
#[test]
fn the_browser_finds_what_the_command_line_finds_among_names_and_scripts() {
    let folder = Folder::with(&[]);
    let texts = [
        "The `--dry-run` flag of `cargo build` and `std::mem::swap`, see E0308 and v1.2.3 and #[non_exhaustive].",
        "設計の記録を残す。データベースの選択とキャッシュ。",
        "Größe und Straße, café, naïve, ﬁn, Ærøskøbing; constructor __proto__ toString hasOwnProperty",
        "getUserById HTTPServer snake_case_name kebab-case-name $HOME/bin @types/node 10.0.0.1 100% a+b=c",
        "emoji 🎉 and 👩‍👩‍👧 and \u{200f}rtl שלום عربى",
    ];
    let mut random = Random::new(5);
    for number in 1..=60 {
        let mut body = String::new();
        for section in 0..3 {
            let text = |random: &mut Random| texts[random.below(texts.len())];
            write!(
                body,
                "\n## {}\n\n{} {}\n\n[see {section}](https://example.com/pull/{number})\n",
                text(&mut random),
                text(&mut random),
                text(&mut random)
            )
            .expect("a string");
        }
        let title = texts[random.below(texts.len())].split_whitespace().take(3).collect::<Vec<_>>().join(" ").replace(['"', '`'], "");
        folder.write(
            &format!("decisions/{number:04}-x.md"),
            format!(
                "---\ntitle: \"{title} {number}\"\nstatus: accepted\ndate: 2021-0{}-10\ntags: [c++, \"日本語\", rust]\n---\n{body}",
                1 + number % 9
            )
            .as_bytes(),
        );
    }
    folder.write(
        "handbook.yaml",
        "synonyms:\n  - [flag, switch]\n  - [café, bistro, snake case name]\n  - [cargo build, see, a+b]\n  - [c++, mem]\n".as_bytes(),
    );
    contract(folder.path(), QUERIES, 23);
}

/// A handbook of sentences of `words`, in a language.
fn in_language(language: &str, words: &[String], settings: &str, seed: u64) -> Folder {
    let folder = Folder::with(&[("handbook.yaml", &format!("language: {language}\n{settings}"))]);
    let mut random = Random::new(seed);
    for number in 1..=80 {
        let mut sentence = |length: usize| (0..length).map(|_| words[random.below(words.len())].as_str()).collect::<Vec<_>>().join(" ");
        let mut text = format!("---\ntitle: {}\nstatus: accepted\ntags: [{}]\n---\n{}.\n", sentence(3), sentence(1), sentence(25));
        for _ in 0..3 {
            write!(text, "\n## {}\n\n{}. [{}](0001-x.md)\n", sentence(2), sentence(20), sentence(2)).expect("a string");
        }
        folder.write(&format!("decisions/{number:04}-x.md"), text.as_bytes());
    }
    folder
}

/// Each of some words with each of some endings.
fn forms(words: &str, endings: &str) -> Vec<String> {
    words.split(' ').flat_map(|word| endings.split(' ').map(move |ending| format!("{word}{}", ending.trim_matches('-')))).collect()
}

/// Words whose stems a browser can not tell by itself, and accents that tell endings apart.
#[test]
fn the_browser_finds_what_the_command_line_finds_in_other_languages() {
    let languages = [
        (
            "de",
            "entscheid Größ Prüf sicher Zeit Änder Dienst Straß fäh lauf klär richt Einschränk",
            "- ung ungen e en er es lich liche keit keiten est bar isch",
        ),
        (
            "fr-CA",
            "décid march déploi valid équip précis requêt activ général échou méthod",
            "- e é ée és ées er ation ations ion ions ement ements eux euse ité ités",
        ),
        ("pt", "migra decis confi aplic situa versõ", "- ção ções ão ões ar ado ada ados mente dade dades o os"),
        ("ru", "решен сервис обнов ошибк настро", "- а ы ие ия ий ой ый ая ого ость ости ами ить ение"),
    ];
    for (number, (language, words, endings)) in languages.into_iter().enumerate() {
        let words = forms(words, endings);
        let settings = format!("synonyms:\n  - [{}, {}]\n  - [{} {}, {}]\n", words[3], words[40], words[1], words[2], words[5]);
        contract(in_language(language, &words, &settings, 41 + number as u64).path(), QUERIES / 10, 51 + number as u64);
    }
}

/// What is in the same class is found, as long as anybody writes it.
#[test]
fn words_of_other_languages_are_found_in_all_their_forms() {
    for (language, text, questions) in [
        (
            "de",
            ["Die Entscheidung", "Alle Entscheidungen", "Größere Dienste", "Nach der Prüfung"],
            &[("Entscheidungen", 2), ("entscheidung", 2), ("ENTSCHEIDUNGEN", 2), ("grössere", 1), ("\"alle entscheidung\"", 1)][..],
        ),
        (
            "fr",
            ["La décision", "Les décisions", "Une méthode validée", "Les méthodes validées"],
            &[("decisions", 2), ("décision", 2), ("validees", 2)],
        ),
        (
            "pt-BR",
            ["A configuração", "As configurações", "O serviço", "Os serviços"],
            &[("configurações", 2), ("configuracao", 2), ("serviços", 2)],
        ),
        ("ru", ["Новый сервис", "Нового сервиса", "Решение", "Решения"], &[("сервис", 2), ("новый", 2), ("решения", 2)]),
    ] {
        let records = text.iter().enumerate().map(|(number, title)| (format!("guides/{number}.md"), format!("# {title}\n")));
        let folder = Folder::with(&[("handbook.yaml", &format!("language: {language}\n"))]);
        records.for_each(|(path, text)| folder.write(&path, text.as_bytes()));
        let assembled = assembled(folder.path());
        let today = Date::parse("2026-03-01").expect("a date");
        let searcher = Searcher::new(&assembled.handbook, &assembled.input.config, today, None).expect("the index can be made");
        let browser = Browser::open(&assembled);
        for (query, n_found) in questions {
            let ours = found(&searcher, query);
            assert_eq!(ours.split('\n').next(), Some(n_found.to_string().as_str()), "{language}: {query}");
            assert_eq!(ours, browser.search(query, today), "{language}: {query}");
        }
    }
}

/// A word finds the phrase that means the same, and the phrase the word.
#[test]
fn synonyms_may_have_several_words() {
    let folder = Folder::with(&[
        ("handbook.yaml", "synonyms:\n  - [continuous integration, CI, build server]\n  - [C++, cpp]\n"),
        ("guides/phrase.md", "# One\n\nAll of it is about Continuous Integrations.\n"),
        ("guides/word.md", "# Two\n\nAll of it is about CI.\n"),
        ("guides/apart.md", "# Three\n\nIntegration of the continuous kind.\n"),
        ("guides/sign.md", "# Four\n\nWritten in C++ by hand.\n"),
    ]);
    let assembled = assembled(folder.path());
    let today = Date::parse("2026-03-01").expect("a date");
    let searcher = Searcher::new(&assembled.handbook, &assembled.input.config, today, None).expect("the index can be made");
    let browser = Browser::open(&assembled);
    let titles = |query: &str| -> Vec<String> {
        assert_eq!(found(&searcher, query), browser.search(query, today), "{query}");
        searcher.search(query, RESULTS).results.into_iter().map(|result| result.card.title).collect()
    };
    assert_eq!(titles("CI "), ["Two", "One"]);
    assert_eq!(titles("build server "), ["Two", "One"]);
    assert_eq!(titles("continuous integration "), ["Three", "One", "Two"]);
    assert_eq!(titles("continuous "), ["Three", "One"], "half a phrase is none");
    assert_eq!(titles("cpp "), ["Four"]);
    assert_eq!(titles("server build "), [""; 0]);
}

/// More records with a word than a list holds, more words with a beginning than are looked at one by one.
#[test]
fn the_browser_finds_what_the_command_line_finds_in_a_large_handbook() {
    let folder = Folder::with(&[]);
    let mut random = Random::new(9);
    let syllables = ["con", "de", "re", "ta", "ment", "ing", "er", "qua", "li", "ser", "vice", "log", "s", "y", "ly"];
    let words: Vec<String> =
        (0..3000).map(|_| (0..2 + random.below(3)).map(|_| syllables[random.below(syllables.len())]).collect()).collect();
    // Some words are in nearly all records, most in a few.
    let word = |random: &mut Random| {
        let most = 1 + random.below(words.len());
        words[random.below(most).min(random.below(most))].clone()
    };
    for number in 1..=700 {
        let sentence = |random: &mut Random, length: usize| (0..length).map(|_| word(random)).collect::<Vec<_>>().join(" ");
        let title = sentence(&mut random, 3);
        let mut body = format!("{}.\n", sentence(&mut random, 30));
        for _ in 0..random.below(12) {
            write!(
                body,
                "\n## {}\n\nThe debt of {}. See `{}`.\n",
                sentence(&mut random, 2),
                sentence(&mut random, 25),
                sentence(&mut random, 2)
            )
            .expect("a string");
        }
        let (folder_name, status) = [("decisions", "accepted"), ("decisions", "rejected"), ("guides", "draft")][random.below(3)];
        let head =
            format!("---\ntitle: {title}\nstatus: {status}\ndate: 20{:02}-01-01\ntags: [{}]\n---\n", 10 + number % 15, word(&mut random));
        folder.write(&format!("{folder_name}/{number:04}-{}.md", title.replace(' ', "-")), format!("{head}{body}").as_bytes());
    }
    contract(folder.path(), QUERIES, 31);
}
