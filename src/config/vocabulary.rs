//! The words under which people write fields, statuses and sections: the embedded table, and what a team adds to it.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use crate::config::reader::Reader;
use crate::model::kind::Kind;
use crate::model::name::SourcePath;
use crate::model::source::SourceFile;
use crate::slug;
use crate::yaml::{self, Node};

const BUILT_IN: &str = include_str!("../kinds/vocabulary.yaml");
/// The parts of the table, for messages.
const PARTS: [&str; 12] =
    ["keys", "statuses", "deliveries", "nothing", "placeholders", "sections", "columns", "states", "words", "marks", "zones", "elsewhere"];

/// Words that the name of a relation may have.
const VERB_WORDS_MAX: usize = 5;

/// Words and what they mean.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    keys: Table,
    statuses: Table,
    sections: Table,
    columns: Table,
    states: Table,
    words: Table,
    /// Phrases of a timeline and the point of the incident that they mark, in the order in which they are tried.
    pub marks: Vec<(String, String)>,
    deliveries: Table,
    nothing: Table,
    placeholders: Table,
    elsewhere: Table,
    zones: HashMap<String, i32>,
}

/// A word's meanings, in the order of the table, each with its rank among the words for that meaning.
type Table = HashMap<String, Vec<(Arc<str>, usize)>>;

impl Vocabulary {
    /// The embedded table.
    pub fn built_in() -> Self {
        static TABLE: LazyLock<Vocabulary> = LazyLock::new(|| {
            let source = SourceFile::new(SourcePath::new("vocabulary.yaml"), BUILT_IN.to_owned());
            let mut reader = Reader::new(&source);
            let (root, errors) = yaml::parse(BUILT_IN);
            let mut vocabulary = Vocabulary::default();
            vocabulary.extend(&mut reader, &root.expect("the built-in vocabulary is a mapping"));
            assert!(errors.is_empty() && reader.diagnostics.is_empty(), "{errors:?} {:?}", reader.diagnostics);
            vocabulary
        });
        TABLE.clone()
    }

    /// Adds the words in `node`.
    pub fn extend(&mut self, reader: &mut Reader<'_>, node: &Node) {
        for (key, value) in reader.mapping(node, "vocabulary").unwrap_or_default() {
            match key.text().unwrap_or_default() {
                "keys" => add_table(&mut self.keys, reader, value),
                "statuses" => add_table(&mut self.statuses, reader, value),
                "sections" => add_table(&mut self.sections, reader, value),
                "columns" => add_table(&mut self.columns, reader, value),
                "states" => add_table(&mut self.states, reader, value),
                "words" => add_table(&mut self.words, reader, value),
                "marks" => {
                    for (name, words) in reader.mapping(value, "marks").unwrap_or_default() {
                        let name = name.text().unwrap_or_default();
                        self.marks.extend(reader.texts(words, name).into_iter().map(|word| (word.to_lowercase(), name.to_owned())));
                    }
                }
                "deliveries" => add_words(&mut self.deliveries, "delivery", &reader.texts(value, "deliveries")),
                "nothing" => add_words(&mut self.nothing, "nothing", &reader.texts(value, "nothing")),
                "placeholders" => add_words(&mut self.placeholders, "placeholder", &reader.texts(value, "placeholders")),
                "elsewhere" => add_words(&mut self.elsewhere, "elsewhere", &reader.texts(value, "elsewhere")),
                "zones" => {
                    for (name, minutes) in reader.mapping(value, "zones").unwrap_or_default() {
                        let minutes = reader.number(minutes, "zones").unwrap_or_default() as i32;
                        self.zones.insert(name.text().unwrap_or_default().to_lowercase(), minutes);
                    }
                }
                other => reader.complain(key, format!("`vocabulary` has no part `{other}`; it has {}", PARTS.join(", "))),
            }
        }
    }

    /// Adds the names of the fields and relations of `kinds`, behind the words that are known.
    pub fn learn(&mut self, kinds: &[Kind]) {
        for kind in kinds {
            for (name, declaration) in &kind.fields {
                add_words(&mut self.keys, name, &[vec![name.clone()], declaration.also.clone()].concat());
            }
            for name in kind.relations.iter().flat_map(|relation| [&relation.name, &relation.inverse]) {
                add_words(&mut self.keys, name, std::slice::from_ref(name));
            }
        }
    }

    /// The relations that a phrase at the beginning of `words` names, the longest first: how many words it takes.
    pub fn verb(&self, words: &[String]) -> Option<(&str, usize)> {
        let longest = words.len().min(VERB_WORDS_MAX);
        (1..=longest).rev().find_map(|n| Some((self.key(&words[..n].concat())?.0, n)))
    }

    /// The field or relation that `key` means, and the rank of that word among the words for it.
    pub fn key(&self, key: &str) -> Option<(&str, usize)> {
        in_two_languages(key).find_map(|key| self.keys.get(&fold(key)).and_then(|found| first(found)))
    }

    /// The statuses that `word` may mean.
    pub fn statuses(&self, word: &str) -> impl Iterator<Item = &str> {
        self.statuses.get(&fold(word)).into_iter().flatten().map(|(name, _)| name.as_ref())
    }

    /// Whether `text` holds a word for the status `name` of a language that puts no spaces between words.
    pub fn is_within(&self, text: &str, name: &str) -> bool {
        let text = fold(text);
        let means = |meanings: &[(Arc<str>, usize)]| meanings.iter().any(|(known, _)| known.as_ref() == name);
        let is_unspaced = |word: &str| word.chars().all(|c| c >= '\u{2e80}');
        !text.is_ascii() && self.statuses.iter().any(|(word, meanings)| is_unspaced(word) && means(meanings) && text.contains(word))
    }

    /// What a section with this title holds.
    pub fn section(&self, title: &str) -> Option<&str> {
        in_two_languages(title).find_map(|title| self.sections.get(&fold(title)).and_then(|found| first(found))).map(|(name, _)| name)
    }

    /// Whether a column with this title may hold `name`, and the rank of its title among those for it.
    pub fn column(&self, title: &str, name: &str) -> Option<usize> {
        let found = self.columns.get(&fold(title))?;
        found.iter().find(|(known, _)| known.as_ref() == name).map(|(_, rank)| *rank)
    }

    /// The state of an action item that `word` means.
    pub fn state(&self, word: &str) -> Option<&str> {
        self.states.get(&fold(word)).and_then(|found| first(found)).map(|(name, _)| name)
    }

    /// Whether `word` has that part in a sentence or a name: `lead_in`, `range`, `log`.
    pub fn is_word(&self, word: &str, part: &str) -> bool {
        self.words.get(&fold(word)).is_some_and(|parts| parts.iter().any(|(known, _)| known.as_ref() == part))
    }

    /// Whether `word` tells how far a decision is carried out.
    pub fn is_delivery(&self, word: &str) -> bool {
        self.deliveries.contains_key(&fold(word))
    }

    /// Whether `key` is one that other programs read, and that says nothing of the record.
    pub fn is_for_other_program(&self, key: &str) -> bool {
        self.elsewhere.contains_key(&fold(key))
    }

    /// Whether `value` says that there is none.
    pub fn is_nothing(&self, value: &str) -> bool {
        let value = value.trim().trim_matches(['*', '_', '`']);
        let folded = fold(value);
        value.is_empty() || if folded.is_empty() { value.chars().count() <= 3 } else { self.nothing.contains_key(&folded) }
    }

    /// Whether `value` is what a template leaves to be filled in.
    pub fn is_placeholder(&self, value: &str) -> bool {
        let value = value.trim().trim_matches(['*', '_', '`', '"', '\'']);
        let is_within = |open: char, close: char| value.starts_with(open) && value.ends_with(close) && value.matches(open).count() == 1;
        let lower = value.to_lowercase();
        if lower.contains("yyyy-mm-dd")
            || lower.contains("yyyy/mm/dd")
            || ["fill me in", "fill in", "leave this empty", "leave empty", "leave blank"].iter().any(|words| lower.contains(words))
        {
            return true;
        }
        let is_address = value.contains('@') || value.contains("://");
        is_within('{', '}') || is_within('[', ']') || (is_within('<', '>') && !is_address) || self.placeholders.contains_key(&fold(value))
    }

    /// Minutes from UTC of the zone called `name`.
    pub fn zone(&self, name: &str) -> Option<i32> {
        self.zones.get(&name.to_lowercase()).copied()
    }
}

/// What is left of a word when case, accents, emphasis, marks, spaces and a number in front (`2. Status`) are gone; a note in brackets
/// is no part of it.
pub fn fold(word: &str) -> String {
    let word = unnumbered(word.trim());
    let word = match word.find(" (").or_else(|| word.find('（')) {
        Some(at) if at > 0 => &word[..at],
        _ => word,
    };
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).map(slug::without_accent).collect()
}

/// The words of a title that says the same in two languages: `背景 / Context`.
pub fn in_two_languages(title: &str) -> impl Iterator<Item = &str> {
    title.split(" / ").map(str::trim)
}

/// `word` without the number that stands before a heading: `2. Status`, `3.1 Context`, `4) Decision`, `5 Consequences`.
fn unnumbered(word: &str) -> &str {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number = &word[..word.len() - rest.len()];
    // `2  Timeline`: a number of up to two digits is none that a heading is about, where a capital letter follows.
    let is_bare = number.len() <= 2 && rest.trim_start().starts_with(char::is_uppercase);
    let is_number = number.starts_with(|c: char| c.is_ascii_digit()) && (number.contains('.') || rest.starts_with(')') || is_bare);
    let rest = rest.strip_prefix(')').unwrap_or(rest);
    if is_number && rest.starts_with(' ') && rest.contains(char::is_alphabetic) { rest.trim_start() } else { word }
}

fn first(found: &[(Arc<str>, usize)]) -> Option<(&str, usize)> {
    found.first().map(|(name, rank)| (name.as_ref(), *rank))
}

fn add_table(table: &mut Table, reader: &mut Reader<'_>, node: &Node) {
    for (name, words) in reader.mapping(node, "vocabulary").unwrap_or_default() {
        let name = name.text().unwrap_or_default();
        let own = name.to_owned();
        add_words(table, name, &[vec![own], reader.texts(words, name)].concat());
    }
}

fn add_words(table: &mut Table, name: &str, words: &[String]) {
    let name: Arc<str> = Arc::from(name);
    for (rank, word) in words.iter().enumerate() {
        let folded = fold(word);
        if folded.is_empty() {
            continue;
        }
        let meanings = table.entry(folded).or_default();
        if meanings.iter().all(|(known, _)| *known != name) {
            meanings.push((name.clone(), rank));
        }
    }
}
