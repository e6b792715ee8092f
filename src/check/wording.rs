//! Words that blame, in records of kinds that declare themselves blameless.
//!
//! A team keeps this on only while it is right: what is quoted, code, or turned round ("without blame") is left alone, and
//! words that may be about a machine are not looked for. The phrases are data, in `wording.yaml`.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use crate::check::Subject;
use crate::config::Config;
use crate::diagnostic::{self, Diagnostic};
use crate::model::field::Field;
use crate::model::kind::FieldType;
use crate::yaml::{self, Node};

/// Words on each side of a phrase among which one may turn it round.
const TURN_WORDS: usize = 3;

/// The phrases, ready to be looked for.
pub struct Lists {
    groups: Vec<Group>,
    classes: HashMap<String, HashSet<String>>,
    turned: HashSet<String>,
    asked: HashSet<String>,
    being: HashSet<String>,
    /// By their first word that is none of a class: the group, the phrase, and the place of the word in it.
    by_word: HashMap<String, Vec<(usize, usize, usize)>>,
}

/// Phrases that are wrong for one reason.
struct Group {
    phrases: Vec<Vec<Part>>,
    fact: String,
    instead: String,
}

/// One word of a phrase.
enum Part {
    Word(String),
    /// A word of a class.
    Class(String),
    /// The name of somebody, with what is put behind it (`'s`).
    Name(String),
}

impl Lists {
    /// Those for the language of the handbook; there are none but for English.
    pub fn of(config: &Config) -> Option<&'static Self> {
        static LISTS: LazyLock<Lists> = LazyLock::new(Lists::built_in);
        let is_english = config.language.split('-').next().is_some_and(|language| language.eq_ignore_ascii_case("en"));
        let is_used = config.kinds.iter().any(|kind| kind.blameless);
        (is_english && is_used).then(|| &*LISTS)
    }

    fn built_in() -> Self {
        let (root, errors) = yaml::parse(include_str!("wording.yaml"));
        assert!(errors.is_empty(), "wording.yaml: {errors:?}");
        let root = root.expect("wording.yaml is a mapping");
        let texts = |node: Option<&Node>| -> Vec<String> {
            node.map(Node::members).unwrap_or_default().iter().filter_map(|member| member.text().map(str::to_owned)).collect()
        };
        let set = |key: &str| texts(root.get(key)).into_iter().collect();
        let entries = root.get("classes").and_then(Node::entries).unwrap_or_default();
        let class = |(name, words): &(Node, Node)| (name.text().unwrap_or_default().to_owned(), texts(Some(words)).into_iter().collect());
        let mut lists = Self {
            groups: Vec::new(),
            classes: entries.iter().map(class).collect(),
            turned: set("turned"),
            asked: set("asked"),
            being: set("being"),
            by_word: HashMap::new(),
        };
        for node in root.get("groups").map(Node::members).unwrap_or_default() {
            let text = |key: &str| node.get(key).and_then(Node::text).expect("a group has a fact and a mend").to_owned();
            let phrases: Vec<Vec<Part>> = texts(node.get("find")).iter().map(|phrase| parts(phrase)).collect();
            for (index, phrase) in phrases.iter().enumerate() {
                let anchor = phrase.iter().enumerate().find_map(|(at, part)| match part {
                    Part::Word(word) => Some((at, word.clone())),
                    _ => None,
                });
                // `{name}'s fault`: every phrase has a word of its own.
                let (at, word) = anchor.expect("a phrase has a word");
                lists.by_word.entry(word).or_default().push((lists.groups.len(), index, at));
            }
            lists.groups.push(Group { phrases, fact: text("fact"), instead: text("instead") });
        }
        lists
    }
}

fn parts(phrase: &str) -> Vec<Part> {
    let part = |word: &str| match word.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
        Some(("name", behind)) => Part::Name(behind.to_owned()),
        Some((class, _)) => Part::Class(class.to_owned()),
        None => Part::Word(word.to_owned()),
    };
    phrase.split(' ').map(part).collect()
}

/// Findings about the words of a record.
pub fn findings(subject: &Subject<'_>, lists: &Option<&'static Lists>) -> Vec<Diagnostic> {
    let Some(lists) = lists.filter(|_| subject.kind.blameless) else { return Vec::new() };
    let text = subject.record.source.text.as_str();
    let words = words(text);
    let search = Search { lists, words: &words, names: names(subject) };
    let mut found: Vec<(Range<usize>, &Group)> = Vec::new();
    for at in 0..words.len() {
        let Some((span, group)) = search.phrase_at(at) else { continue };
        // "someone should have noticed" is one finding, though two phrases fit.
        if found.last().is_none_or(|(last, _)| last.end <= span.start) {
            found.push((span, group));
        }
    }
    let finding = |(span, group): (Range<usize>, &Group)| {
        let said = text[span.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
        subject.record.source.finding(&diagnostic::BLAME, span, format!("`{said}`: {}", group.fact)).hint(group.instead.clone())
    };
    found.into_iter().map(finding).collect()
}

/// The names of the people whom a record names, in small letters: each whole, and the first alone.
fn names(subject: &Subject<'_>) -> HashSet<String> {
    let mut names = HashSet::new();
    for (name, field) in &subject.record.fields {
        let declared = subject.kind.fields.get(name).map(|declared| &declared.kind);
        let is_person = |kind: &FieldType| *kind == FieldType::Person;
        if declared.is_some_and(|kind| is_person(kind) || matches!(kind, FieldType::List(of) if is_person(of))) {
            for person in field.entries().iter().filter_map(Field::text) {
                let first = person.trim_start_matches('@').split([' ', '(', ',']).next().unwrap_or_default();
                let is_name = first.chars().count() > 2 && first.chars().all(char::is_alphabetic) && !first.chars().all(char::is_lowercase);
                names.extend(is_name.then(|| first.to_lowercase()));
            }
        }
    }
    names
}

/// A word of a text.
struct Word<'t> {
    /// In small letters.
    text: Cow<'t, str>,
    /// Where it stands.
    span: Range<usize>,
    /// Whether a sentence, a cell or a paragraph ends between it and the word before.
    is_first: bool,
}

struct Search<'a> {
    lists: &'a Lists,
    words: &'a [Word<'a>],
    names: HashSet<String>,
}

impl<'a> Search<'a> {
    /// The phrase whose own first word stands at `at`.
    fn phrase_at(&self, at: usize) -> Option<(Range<usize>, &'a Group)> {
        let candidates = self.lists.by_word.get(self.words[at].text.as_ref())?;
        candidates.iter().find_map(|&(group, phrase, anchor)| {
            let group = &self.lists.groups[group];
            let (first, last) = self.fits(&group.phrases[phrase], anchor, at)?;
            (!self.is_turned(first, last)).then(|| (self.words[first].span.start..self.words[last].span.end, group))
        })
    }

    /// The first and the last word of `phrase`, when it fits with its part `anchor` at the word `at`.
    fn fits(&self, phrase: &[Part], anchor: usize, at: usize) -> Option<(usize, usize)> {
        let (mut first, mut last) = (at, at);
        for part in phrase[..anchor].iter().rev() {
            first = self.step(first, part, |index| if self.words[index].is_first { None } else { index.checked_sub(1) })?;
        }
        for part in &phrase[anchor + 1..] {
            last =
                self.step(last, part, |index| Some(index + 1).filter(|next| self.words.get(*next).is_some_and(|word| !word.is_first)))?;
        }
        Some((first, last))
    }

    /// The word next to `from` that is `part`, behind one adverb at most.
    fn step(&self, from: usize, part: &Part, next: impl Fn(usize) -> Option<usize>) -> Option<usize> {
        let near = next(from)?;
        if self.is(near, part) {
            return Some(near);
        }
        let is_adverb =
            self.words[near].text.ends_with("ly") || matches!(self.words[near].text.as_ref(), "also" | "just" | "then" | "still");
        next(near).filter(|further| is_adverb && self.is(*further, part))
    }

    fn is(&self, index: usize, part: &Part) -> bool {
        let text = self.words[index].text.as_ref();
        match part {
            Part::Word(word) => text == word,
            Part::Class(class) if class == "participle" && text.ends_with("ed") => true,
            Part::Class(class) => self.lists.classes.get(class).is_some_and(|words| words.contains(text)),
            Part::Name(behind) => text.strip_suffix(behind.as_str()).is_some_and(|name| self.names.contains(name)),
        }
    }

    /// Whether a word near by turns the phrase from `first` to `last` round.
    fn is_turned(&self, first: usize, last: usize) -> bool {
        let turns = |word: &&Word| self.lists.turned.contains(word.text.as_ref());
        let before = || (0..first).rev().take_while(|index| !self.words[index + 1].is_first).map(|index| &self.words[index]);
        let mut after = self.words[last + 1..].iter().take(TURN_WORDS).take_while(|word| !word.is_first).peekable();
        let is_denied = after.peek().is_some_and(|word| self.lists.being.contains(word.text.as_ref())) && after.any(|word| turns(&word));
        let is_asked = before().any(|word| self.lists.asked.contains(word.text.as_ref()));
        before().take(TURN_WORDS).any(|word| turns(&word)) || is_asked || is_denied
    }
}

/// The words of a Markdown text, without those in code, in quotations and in comments.
fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let (mut at, mut fence, mut is_first) = (0, None, true);
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim_start();
        if let Some(mark) = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark)) {
            fence = if fence.is_none() { Some(mark) } else { fence.filter(|open| *open != mark) };
            is_first = true;
            continue;
        }
        if fence.is_some() || trimmed.is_empty() || trimmed.starts_with('>') || trimmed.starts_with("<!--") {
            is_first = true;
            continue;
        }
        let is_block = trimmed.starts_with(['#', '|', '-', '*', '+']) || trimmed.starts_with(|c: char| c.is_ascii_digit());
        is_first = words_of_line(line, start, is_first || is_block, &mut words);
    }
    words
}

/// A word in small letters; most are written so.
fn folded(word: &str) -> Cow<'_, str> {
    let is_small = word.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
    if is_small { Cow::Borrowed(word) } else { Cow::Owned(word.to_lowercase().replace('’', "'")) }
}

/// Adds the words of `line`, which begins at `start`; whether a sentence ends with it.
fn words_of_line<'t>(line: &'t str, start: usize, mut is_first: bool, words: &mut Vec<Word<'t>>) -> bool {
    let mut closing: Option<char> = None;
    let mut word: Option<usize> = None;
    for (at, c) in line.char_indices().chain([(line.len(), '\n')]) {
        if let Some(mark) = closing {
            if c == mark {
                closing = None;
                is_first = true;
            }
            continue;
        }
        if c.is_alphanumeric() || (matches!(c, '\'' | '’' | '-') && word.is_some()) {
            word.get_or_insert(at);
            continue;
        }
        if let Some(begin) = word.take() {
            let text = line[begin..at].trim_end_matches(['\'', '’', '-']);
            words.push(Word { text: folded(text), span: start + begin..start + begin + text.len(), is_first });
            is_first = false;
        }
        closing = match c {
            '`' if line[at + 1..].contains('`') => Some('`'),
            '"' if line[at + 1..].contains('"') => Some('"'),
            '“' if line[at..].contains('”') => Some('”'),
            _ => None,
        };
        is_first |= matches!(c, '.' | '!' | '?' | ';' | ':' | '|' | '(' | ')');
    }
    is_first
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let words = words(text);
        let lists = Lists::built_in();
        let search = Search { lists: &lists, words: &words, names: HashSet::from(["ann".to_owned()]) };
        (0..words.len()).filter_map(|at| search.phrase_at(at)).map(|(span, _)| text[span].to_owned()).collect()
    }

    #[test]
    fn people_are_found_and_machines_are_not() {
        for (text, expected) in [
            ("The cause was human error.", "human error"),
            ("Unfortunately we simply failed to\nverify this.", "we simply failed to"),
            ("It was caused by Ann.", "caused by Ann"),
            ("Ann's mistake took us down.", "Ann's mistake"),
            ("The operator should have looked.", "operator should have looked"),
            ("Human error in not knowing the account.", "Human error"),
            ("This should have been tested.", "should have been tested"),
            ("| 12:00 | Obviously the limit was too low |", "Obviously"),
        ] {
            assert_eq!(found(text), [expected], "{text}");
        }
        for text in [
            "The upgrade failed to complete.",
            "The alert should have fired.",
            "Human error is never a cause.",
            "This is written without anyone to blame: not to blame, no blame.",
            "He said \"we should have known\".",
            "> someone forgot the key",
            "`we failed to` and ```code```",
            "We should have a talk.",
            "Reflect if this should have been tested.",
            "We. Failed to start.",
            "Due to the announcement by Ann",
            "| we | failed to start |",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }
}
