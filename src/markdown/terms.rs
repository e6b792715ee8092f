//! The words of a glossary: read from the text that defines them, and found in other texts, where the first mention of each is
//! marked with its definition.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

/// Characters of a definition.
const DEFINITION_CHARS_MAX: usize = 300;
/// Words of a term; a longer heading is no term.
const WORDS_MAX: usize = 6;

/// Words with their definitions.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    terms: Vec<Term>,
    /// By their first word in small letters.
    by_first: HashMap<String, Vec<usize>>,
}

/// A word or several, and what they mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// As the glossary writes it.
    pub name: String,
    /// In a sentence or two, as plain text.
    pub definition: String,
}

impl Terms {
    /// Terms that can be found. Of two that are called the same, the first counts; a letter alone is an article or the
    /// beginning of a list more often than what it is defined as.
    pub fn new(terms: Vec<Term>) -> Self {
        let mut by_first: HashMap<String, Vec<usize>> = HashMap::new();
        let mut known: HashSet<&str> = HashSet::new();
        for (index, term) in terms.iter().enumerate() {
            if is_letter(&term.name) || !known.insert(&term.name) {
                continue;
            }
            if let Some(first) = words(&term.name).next() {
                by_first.entry(term.name[first].to_lowercase()).or_default().push(index);
            }
        }
        // Of terms that begin alike, the longest is tried first.
        by_first.values_mut().for_each(|same| same.sort_by_key(|index| std::cmp::Reverse(terms[*index].name.len())));
        Self { terms, by_first }
    }

    /// All of them, in the order of the glossary.
    pub fn all(&self) -> &[Term] {
        &self.terms
    }

    /// The mentions in `text` of terms that are not in `used`, which they are afterwards.
    pub fn mentions(&self, text: &str, used: &mut HashSet<usize>) -> Vec<(Range<usize>, &Term)> {
        let mut found: Vec<(Range<usize>, &Term)> = Vec::new();
        if self.terms.is_empty() {
            return found;
        }
        for word in words(text) {
            if found.last().is_some_and(|(range, _)| word.start < range.end) {
                continue;
            }
            let Some(candidates) = self.by_first.get(&text[word.clone()].to_lowercase()) else { continue };
            let fits = |index: &&usize| !used.contains(*index) && is_mention(&text[word.start..], &self.terms[**index].name);
            if let Some(index) = candidates.iter().find(fits) {
                used.insert(*index);
                found.push((word.start..word.start + self.terms[*index].name.len(), &self.terms[*index]));
            }
        }
        found
    }
}

/// Whether `name` is one letter of an alphabet; where a sign is a word, it is none.
fn is_letter(name: &str) -> bool {
    let mut signs = name.chars();
    signs.next().is_some_and(|c| c.is_lowercase() || c.is_uppercase()) && signs.next().is_none()
}

/// Whether `text` begins with `name` as a word of its own. The first letter may be small where the glossary writes it large
/// because it begins a line there.
fn is_mention(text: &str, name: &str) -> bool {
    let Some(start) = text.get(..name.len()) else { return false };
    let is_whole = !text[name.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let after_first = |text: &str| text.chars().next().map_or(0, char::len_utf8);
    let is_sentence_case = name.starts_with(char::is_uppercase) && !name[after_first(name)..].contains(char::is_uppercase);
    let is_same = start == name
        || is_sentence_case && start.to_lowercase() == name.to_lowercase() && start[after_first(start)..] == name[after_first(name)..];
    is_whole && is_same
}

/// The words of `text`, in bytes.
fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text[at..].find(is_word)?;
        let end = text[start..].find(|c: char| !is_word(c)).map_or(text.len(), |length| start + length);
        at = end;
        Some(start..end)
    })
}

/// What `events` define: the entries of definition lists and of tables, else headings with the paragraph under each.
pub fn defined(events: &[(Event<'_>, Range<usize>)]) -> Vec<Term> {
    let listed = pairs(events, |tag| matches!(tag, Tag::DefinitionListTitle), |tag| matches!(tag, Tag::DefinitionListDefinition));
    let in_tables = rows(events);
    let terms: Vec<Term> = listed.into_iter().chain(in_tables).collect();
    if !terms.is_empty() {
        return terms;
    }
    pairs(events, |tag| matches!(tag, Tag::Heading { .. }), |tag| matches!(tag, Tag::Paragraph))
}

/// Each text in a `is_name`, with that in the first `is_meaning` after it.
fn pairs(events: &[(Event<'_>, Range<usize>)], is_name: impl Fn(&Tag<'_>) -> bool, is_meaning: impl Fn(&Tag<'_>) -> bool) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut name: Option<String> = None;
    for (position, (event, _)) in events.iter().enumerate() {
        let Event::Start(tag) = event else { continue };
        if is_name(tag) {
            name = Some(text_of(&events[position..], tag));
        } else if is_meaning(tag)
            && let Some(name) = name.take()
        {
            terms.extend(term(&name, &text_of(&events[position..], tag)));
        }
    }
    terms
}

/// The rows of tables with at least two columns: the first cell is the term, the second its meaning.
fn rows(events: &[(Event<'_>, Range<usize>)]) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut cells: Vec<String> = Vec::new();
    for (position, (event, _)) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::TableRow) => cells.clear(),
            Event::Start(tag @ Tag::TableCell) => cells.push(text_of(&events[position..], tag)),
            Event::End(TagEnd::TableRow) => terms.extend(cells.get(1).and_then(|meaning| term(&cells[0], meaning))),
            _ => {}
        }
    }
    terms
}

fn term(name: &str, meaning: &str) -> Option<Term> {
    let (name, meaning) = (name.trim(), meaning.trim());
    let is_term = !name.is_empty() && !meaning.is_empty() && words(name).count().clamp(1, WORDS_MAX) == words(name).count();
    let definition: String = meaning.chars().take(DEFINITION_CHARS_MAX).collect();
    let cut = if definition.len() < meaning.len() { "…" } else { "" };
    is_term.then(|| Term { name: name.to_owned(), definition: format!("{}{cut}", definition.trim_end()) })
}

/// The text between the tag with which `events` begin and its end.
fn text_of(events: &[(Event<'_>, Range<usize>)], tag: &Tag<'_>) -> String {
    let end = tag.to_end();
    let mut text = String::new();
    for (event, _) in &events[1..] {
        match event {
            Event::End(found) if *found == end => break,
            Event::Text(part) | Event::Code(part) => text.push_str(part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::Start(Tag::Paragraph) if !text.is_empty() => text.push(' '),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let term = |name: &str| Term { name: name.to_owned(), definition: "...".to_owned() };
        let names = ["Debt", "SLO", "Lock timeout", "Lock", "EU cloud", "Ärger", "A", "SLO", "道"];
        let terms = Terms::new(names.into_iter().map(term).collect());
        let mut used = HashSet::new();
        terms.mentions(text, &mut used).into_iter().map(|(range, _)| text[range].to_owned()).collect()
    }

    #[test]
    fn the_first_mention_of_each_term_is_found_as_a_word_of_its_own() {
        assert_eq!(found("A debt is a Debt; a lock timeout, a lock."), ["debt", "lock timeout", "lock"]);
        assert_eq!(found("ärger und Ärger"), ["ärger"]);
        assert_eq!(found("Our SLO, not a slo, in the EU cloud"), ["SLO", "EU cloud"]);
        assert_eq!(found("A SLO is no a SLO: 道"), ["SLO", "道"]);
        assert!(found("indebted debts SLOs eu cloud DEBT Débt").is_empty());
    }
}
