//! The analysis chain: the cases of `tests/cases/tokens` in Rust and in JavaScript, and the two against each other on
//! texts and words that nobody thought of.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use handbook::index::analysis::{TokenKind, fold, for_each_token};
use handbook::index::stem::Language;
use rquickjs::{Context, Function, Module, Runtime};

/// What the twin is asked through: it answers with byte offsets, as the cases have them.
const GLUE: &str = r#"
import { fold, tokens } from "analysis.js";
import { stemEnglish } from "stem-english.js";

function byteOffsets(text) {
  const offsets = new Uint32Array(text.length + 1);
  let bytes = 0;
  for (let at = 0; at < text.length; at += 1) {
    offsets[at] = bytes;
    const unit = text.charCodeAt(at);
    const isSurrogate = (unit & 0xf800) === 0xd800;
    bytes += unit < 0x80 ? 1 : unit < 0x800 || isSurrogate ? 2 : 3;
  }
  offsets[text.length] = bytes;
  return offsets;
}

globalThis.dump = (text) => {
  const offsets = byteOffsets(text);
  const line = ({ position, kind, start, end, term }) =>
    `${position} ${kind} ${offsets[start]}..${offsets[end]} ${term}\n`;
  return tokens(text).map(line).join("");
};
globalThis.stems = (words) => words.split("\n").map(stemEnglish).join("\n");
globalThis.fold = fold;
globalThis.loneSurrogates = () => tokens("a\ud800b\udc00").map(({ term }) => term).join(" ");
// Control characters would break the lines; code points that this engine's Unicode does not know yet have no say.
globalThis.folds = (from, to) => {
  let lines = "";
  for (let code = from; code < to; code += 1) {
    const character = String.fromCodePoint(code);
    if (/[\p{Cn}\p{Cs}\p{Cc}]/u.test(character)) continue;
    lines += `${code} ${fold(character)} ${tokens(`a${character}b ${character}C`).length}\n`;
  }
  return lines;
};
"#;

/// The JavaScript twin, in QuickJS.
pub struct Twin {
    context: Context,
}

impl Twin {
    /// Loads the two files of the theme.
    pub fn load() -> Self {
        let runtime = Runtime::new().expect("QuickJS starts");
        let context = Context::full(&runtime).expect("QuickJS has a context");
        context.with(|ctx| {
            for name in ["stem-english.js", "analysis.js"] {
                let path = root().join("themes/default/assets/search").join(name);
                let source = fs::read_to_string(&path).expect("the theme has its search client");
                Module::declare(ctx.clone(), name, source).expect("the file is a module");
            }
            let glue = Module::evaluate(ctx, "glue.js", GLUE).expect("the glue is a module");
            glue.finish::<()>().expect("the glue runs");
        });
        Self { context }
    }

    /// The tokens of a text, one a line.
    pub fn dump(&self, text: &str) -> String {
        self.context.with(|ctx| call(&ctx, "dump").call((text,)).expect("the twin does not throw"))
    }

    /// The stems of words, one a line.
    pub fn stems(&self, words: &str) -> String {
        self.context.with(|ctx| call(&ctx, "stems").call((words,)).expect("the twin does not throw"))
    }

    /// Of each code point that the engine knows: what it folds to, and how many tokens it makes between letters.
    pub fn folds(&self, from: u32, to: u32) -> String {
        self.context.with(|ctx| call(&ctx, "folds").call((from, to)).expect("the twin does not throw"))
    }

    fn lone_surrogates(&self) -> String {
        self.context.with(|ctx| call(&ctx, "loneSurrogates").call(()).expect("the twin does not throw"))
    }
}

fn call<'js>(ctx: &rquickjs::Ctx<'js>, name: &str) -> Function<'js> {
    ctx.globals().get(name).expect("the glue has set it")
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The tokens of a text in Rust, one a line.
pub fn dump(text: &str) -> String {
    let mut lines = String::new();
    for_each_token(text, |token| {
        let kind = match token.kind {
            TokenKind::Word => "word",
            TokenKind::Whole => "whole",
        };
        writeln!(lines, "{} {kind} {}..{} {}", token.position, token.start, token.end, token.term).expect("a string");
    });
    lines
}

/// One text and the tokens that it has.
struct Case {
    name: String,
    text: String,
    expected: String,
}

/// Reads `# comment`, `>>> text`, `===` and the tokens, up to a blank line. A text may go over several lines.
fn cases_in(path: &Path) -> Vec<Case> {
    let file = fs::read_to_string(path).expect("a case file is UTF-8");
    let mut cases = Vec::new();
    let mut rest = file.as_str();
    while let Some((_, from_text)) = rest.split_once(">>> ") {
        let (text, from_tokens) = from_text.split_once("\n===").expect("a text ends with ===");
        let (expected, after) = from_tokens.split_once("\n\n").unwrap_or((from_tokens, ""));
        let name = format!("{}, {text:.60}", path.display());
        cases.push(Case { name, text: text.to_owned(), expected: expected.trim_matches('\n').to_owned() });
        rest = after;
    }
    cases
}

fn cases() -> Vec<Case> {
    let folder = root().join("tests/cases/tokens");
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).expect("the folder is there").map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    let cases: Vec<Case> = paths.iter().flat_map(|path| cases_in(path)).collect();
    assert!(cases.len() > 80, "only {} cases found", cases.len());
    cases
}

#[test]
fn cases_hold_in_rust() {
    for case in cases() {
        assert_eq!(dump(&case.text).trim_end_matches('\n'), case.expected, "{}", case.name);
    }
}

#[test]
fn cases_hold_in_javascript() {
    let twin = Twin::load();
    for case in cases() {
        assert_eq!(twin.dump(&case.text).trim_end_matches('\n'), case.expected, "{}", case.name);
    }
}

#[test]
fn a_lone_surrogate_separates() {
    assert_eq!(Twin::load().lone_surrogates(), "a b");
}

/// Numbers that are the same on every run.
pub struct Random(u64);

impl Random {
    /// Begins with a seed that is not 0.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }
}

/// What random texts are made of: letters of both cases, each sign that joins or leads, and what is odd in Unicode.
const FRAGMENTS: [&str; 98] = [
    "a",
    "b",
    "s",
    "s",
    "x",
    "A",
    "B",
    "C",
    "F",
    "S",
    "1",
    "2",
    "get",
    "User",
    "HTTP",
    "JSON2",
    "iOS",
    "APIs",
    " ",
    " ",
    " ",
    "\n",
    "\t",
    "_",
    "__",
    "-",
    "-",
    "--",
    ".",
    ".",
    "/",
    ":",
    "::",
    ":::",
    "'",
    "’",
    "+",
    "++",
    "@",
    "#",
    "#[",
    "#![",
    "]",
    "$",
    "(",
    ")",
    "[",
    "{",
    "`",
    "\"",
    "=",
    ",",
    ";",
    "!",
    "*",
    "\\",
    "&",
    "é",
    "e\u{301}",
    "É",
    "\u{301}",
    "\u{345}",
    "\u{300}\u{323}",
    "İ",
    "ı",
    "ß",
    "ẞ",
    "Æ",
    "ø",
    "Ł",
    "Σ",
    "ς",
    "ﬁ",
    "ǅ",
    "½",
    "Ⅷ",
    "Ⓐ",
    "ﷺ",
    "ｱ",
    "ﾞ",
    "か",
    "\u{3099}",
    "ア",
    "ー",
    "漢",
    "字",
    "𠀋",
    "한",
    "\u{1112}\u{1161}\u{11AB}",
    "ㄱ",
    "हि",
    "न्दी",
    "\u{5E9}\u{5B8}",
    "👩\u{200D}💻",
    "\u{AD}",
    "\u{FE0F}",
    "\u{85}",
    "\u{FEFF}",
];

/// A text of up to 40 fragments.
pub fn random_text(random: &mut Random) -> String {
    let length = random.below(40);
    (0..length).map(|_| FRAGMENTS[random.below(FRAGMENTS.len())]).collect()
}

#[test]
fn random_texts_have_the_same_tokens() {
    let twin = Twin::load();
    let mut random = Random::new(20_260_821);
    for _ in 0..3_000 {
        let text = random_text(&mut random);
        assert_eq!(dump(&text), twin.dump(&text), "{text:?}");
    }
}

#[test]
fn random_texts_keep_the_promises() {
    let mut random = Random::new(7);
    for _ in 0..3_000 {
        let text = random_text(&mut random);
        let mut next_position = 0;
        for_each_token(&text, |token| {
            assert!(token.start < token.end && text.is_char_boundary(token.start) && text.is_char_boundary(token.end), "{text:?}");
            assert!(!token.term.is_empty() && token.term.len() <= 200, "{text:?}");
            assert!(!token.term.contains(char::is_whitespace), "{text:?}");
            assert_eq!(fold(token.term), token.term, "folding twice, in {text:?}");
            match token.kind {
                TokenKind::Word => {
                    // A dropped term leaves its position empty.
                    assert!(token.position >= next_position, "{text:?}");
                    next_position = token.position + 1;
                }
                TokenKind::Whole => assert!(token.position < next_position, "{text:?}"),
            }
        });
    }
}

#[test]
fn letters_fold_the_same() {
    // Latin, Greek, Cyrillic, Hebrew, Arabic, Indic and Thai; punctuation; kana; Hangul letters; halfwidth and fullwidth.
    for (from, to) in [(0, 0x1200), (0x1D00, 0x2200), (0x3000, 0x3400), (0xFB00, 0x1_0000)] {
        assert_eq!(folds(&Twin::load().folds(from, to)), "");
    }
}

/// Where Rust folds otherwise than these lines of the twin.
pub fn folds(twin: &str) -> String {
    let mut differences = String::new();
    for line in twin.split_inclusive('\n') {
        let code = line.split(' ').next().and_then(|code| code.parse().ok()).unwrap_or(0);
        let character = char::from_u32(code).expect("no surrogate");
        let n_tokens = dump(&format!("a{character}b {character}C")).lines().count();
        let ours = format!("{code} {} {n_tokens}\n", fold(&character.to_string()));
        if ours != line {
            differences.push_str(line);
            differences.push_str(&ours);
        }
    }
    differences
}

const STEMS: [&str; 46] = [
    "", "a", "y", "'", "by", "add", "egg", "hop", "hope", "hopp", "agr", "succ", "proc", "exc", "dy", "cann", "inn", "even", "cr", "ti",
    "say", "youth", "past", "gener", "commun", "organ", "inter", "univers", "depend", "relat", "conform", "analog", "radic", "luxuri",
    "bl", "fall", "log", "wax", "skate", "oper", "later", "emerg", "arsen", "earr", "out", "herr",
];

const ENDINGS: [&str; 70] = [
    "", "'", "'s", "'s'", "s", "ss", "sses", "ies", "ied", "us", "y", "e", "l", "ll", "ed", "edly", "eed", "eedly", "ing", "ingly", "ying",
    "at", "bl", "iz", "tt", "tional", "enci", "anci", "ency", "abli", "ably", "entli", "ently", "izer", "ization", "ational", "ation",
    "ator", "alism", "aliti", "ality", "alli", "ally", "fulness", "fulli", "ously", "ousness", "iveness", "ivity", "biliti", "bly", "ogi",
    "ogist", "lessly", "li", "ly", "alize", "icate", "icity", "ical", "ful", "ness", "ative", "ement", "ment", "sion", "tion", "able",
    "thion", "ant",
];

/// Words that meet every rule of the algorithm: stems with two endings, and letters at random.
pub fn vocabulary(n_random: usize) -> Vec<String> {
    let pairs = ENDINGS.iter().flat_map(|first| ENDINGS.iter().map(move |second| format!("{first}{second}")));
    let built = pairs.flat_map(|ending| STEMS.iter().map(move |stem| format!("{stem}{ending}")));
    let mut random = Random::new(99);
    let letters = b"aeiouyaeiouybcdefghijklmnopqrstuvwxyzssstttllnngdd'";
    let word = |_| (0..1 + random.below(12)).map(|_| char::from(letters[random.below(letters.len())])).collect();
    let scrambled: Vec<String> = (0..n_random).map(word).collect();
    let exceptions = "skis skies sky idly gently ugly early only singly news howe atlas cosmos bias andes dying lying tying \
                      outing inning herring canning earring evening succeed proceed exceed added adding json2 café naïve don't";
    built.chain(scrambled).chain(exceptions.split_whitespace().map(str::to_owned)).collect()
}

/// The words of which the two stems differ, with both.
pub fn stem_differences(twin: &Twin, words: &[String]) -> Vec<String> {
    let theirs = twin.stems(&words.join("\n"));
    let ours = words.iter().map(|word| Language::English.stem(word, word));
    let compared = words.iter().zip(ours).zip(theirs.split('\n'));
    compared.filter(|((_, ours), theirs)| ours != theirs).map(|((word, ours), theirs)| format!("{word}: {ours}, {theirs}")).collect()
}

#[test]
fn stems_are_the_same() {
    let words = vocabulary(20_000);
    assert_eq!(stem_differences(&Twin::load(), &words), [""; 0]);
}
