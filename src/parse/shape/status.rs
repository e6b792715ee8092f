//! What an author's words about a status mean: the state, relations, a date, how far it is carried out.
//!
//! Nothing is guessed: words that begin with no known status are kept as they are, and mean none.

use std::borrow::Cow;

use crate::calendar::{Date, DayOrder, dates_in};
use crate::config::vocabulary::{Vocabulary, fold};
use crate::model::kind::{Kind, Meaning};
use crate::parse::shape::inline;
use crate::parse::shape::reference::{self, Target};

/// What the words mean.
#[derive(Debug, Default)]
pub struct StatusReading {
    /// The name of one of the kind's statuses.
    pub name: Option<String>,
    /// The words, without marks, and without lines that tell a relation and nothing else.
    pub written: String,
    /// The text is what the template leaves to be chosen from.
    pub is_template: bool,
    /// Each line is a state or a relation, so nothing is lost when the page shows those elsewhere.
    pub is_plain: bool,
    /// Relations that the words tell.
    pub relations: Vec<(String, Target)>,
    /// The day that the words name.
    pub date: Option<Date>,
    /// The end of a window: `PROVISIONAL (2026-01-03 to 2026-01-17)`.
    pub review_by: Option<Date>,
    /// How far the decision is carried out.
    pub delivery: Option<String>,
}

/// Words of a clause that is short enough to be a state of its own, behind another.
const LATER_STATE_WORDS_MAX: usize = 4;
/// Bytes of a status that are read; what comes after them is text.
const BYTES_MAX: usize = 4000;

/// Reads `text`, Markdown, as a status of `kind`.
pub fn read(text: &str, kind: &Kind, vocabulary: &Vocabulary, order: DayOrder) -> StatusReading {
    let end = (0..=text.len().min(BYTES_MAX)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let words = Words { kind, vocabulary };
    let sentences = words.sentences(emphasised(&text[..end]).unwrap_or(&text[..end]));
    let lines = chosen_lines(&sentences);
    let mut reading = StatusReading { is_plain: !lines.is_empty(), ..StatusReading::default() };
    if lines.is_empty() || words.is_template(&lines) {
        reading.written = inline::plain(text);
        reading.is_template = !text.trim().is_empty();
        return reading;
    }
    let mut states: Vec<(String, Option<Date>)> = Vec::new();
    let mut shown: Vec<String> = Vec::new();
    for line in &lines {
        let (n_relations, n_states) = (reading.relations.len(), states.len());
        words.line(line, order, &mut reading, &mut states);
        let tells_relation = reading.relations.len() > n_relations;
        // What is struck out leaves the dash behind it.
        let plain = inline::plain(line).trim_start_matches(['—', '–', '→', ' ']).to_owned();
        // The facts name records, and what replaces this one; what else a relation names stands in the text alone.
        let is_told = |(name, target): &(String, Target)| !target.is_phrase || name == "superseded_by" || name == "supersedes";
        let are_told = reading.relations[n_relations..].iter().all(is_told);
        reading.is_plain &= (tells_relation || states.len() > n_states) && are_told && plain.split_whitespace().count() <= 16;
        if !(tells_relation && states.len() == n_states && lines.len() > 1) {
            shown.push(plain);
        }
    }
    let is_dated = states.len() > 1 && states.iter().all(|(_, date)| date.is_some());
    let newest = if is_dated { states.iter().max_by_key(|(_, date)| *date) } else { states.first() };
    reading.name = newest.map(|(name, _)| name.clone());
    reading.date = newest.and_then(|(_, date)| *date);
    let superseded = kind.superseded_status().map(|status| status.name.as_str());
    let is_superseded = reading.relations.iter().any(|(name, _)| name == "superseded_by")
        || states.iter().any(|(name, _)| Some(name.as_str()) == superseded);
    if let Some(superseded) = superseded.filter(|_| is_superseded) {
        reading.name = Some(superseded.to_owned());
        reading.date = None;
    }
    // What is replaced in part holds for the rest.
    if reading.name.is_none() && reading.relations.iter().any(|(name, _)| name == "superseded_in_part_by") {
        let in_force = kind.statuses.iter().find(|status| status.meaning == Meaning::InForce);
        reading.name = in_force.map(|status| status.name.clone());
    }
    if shown.is_empty() {
        shown = lines.iter().map(|line| inline::plain(line)).collect();
    }
    reading.written = shown.join("; ");
    reading
}

/// The one of several states in a line that is emphasised: `NOT STARTED / IN PROGRESS / **DECIDED**`.
fn emphasised(text: &str) -> Option<&str> {
    let states: Vec<&str> = text.split(['/', '|']).map(|state| state.trim().trim_matches('`')).collect();
    let is_bold = |state: &&&str| state.len() > 4 && state.starts_with("**") && state.ends_with("**");
    let is_word = |state: &&str| !state.is_empty() && state.split_whitespace().count() <= 3 && !state.contains(['(', '\n']);
    let mut bold = states.iter().filter(is_bold);
    let chosen = bold.next().filter(|_| states.len() > 1 && states.iter().all(is_word) && bold.next().is_none());
    chosen.map(|state| state.trim_matches('*'))
}

/// The lines that say something, without bullets; of a list of boxes only those that are ticked.
fn chosen_lines(text: &str) -> Vec<&str> {
    let lines = text.lines().map(|line| line.trim().trim_start_matches(['>', ' ']));
    let lines = lines.map(|line| line.strip_prefix(['-', '*', '+']).filter(|rest| rest.starts_with(' ')).unwrap_or(line).trim());
    let lines: Vec<&str> = lines.filter(|line| line.chars().any(char::is_alphanumeric)).collect();
    let boxed = |mark: &'static str| move |line: &&str| line.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    if !lines.iter().any(boxed("[x]")) && !lines.iter().any(boxed("[ ]")) {
        return lines;
    }
    lines.into_iter().filter(boxed("[x]")).map(|line| line[3..].trim()).collect()
}

struct Words<'a> {
    kind: &'a Kind,
    vocabulary: &'a Vocabulary,
}

impl Words<'_> {
    /// The status of the kind that `word` means.
    fn status(&self, word: &str) -> Option<&str> {
        let own = self.kind.status(word).map(|status| status.name.as_str());
        own.or_else(|| self.vocabulary.statuses(word).find_map(|name| self.kind.status(name)).map(|status| status.name.as_str()))
    }

    /// The status with which `words` begin, the longest first, and how many words it takes.
    fn status_at_start(&self, words: &[String]) -> Option<(&str, usize)> {
        (1..=words.len().min(4)).rev().find_map(|n| Some((self.status(&words[..n].join(" "))?, n)))
    }

    /// `text` with those lines in one that are one sentence: the next begins with a small letter or in brackets and says no state of
    /// its own, or the one before ends with a comma, with "and", or with the verb of a relation.
    fn sentences(&self, text: &str) -> String {
        let mut sentences: Vec<String> = Vec::new();
        for line in text.lines() {
            let words = folded_words(line);
            let says_own = || self.status_at_start(&words).is_some() || self.verb(&words).is_some();
            let goes_on = line.starts_with(|c: char| c == '(' || c.is_lowercase()) && !says_own();
            match sentences.last_mut().filter(|last| !last.is_empty()) {
                Some(last) if !words.is_empty() && (goes_on || last.ends_with(',') || self.is_open(last)) => {
                    last.push(' ');
                    last.push_str(line.trim_end());
                }
                _ => sentences.push(line.trim_end().to_owned()),
            }
        }
        sentences.join("\n")
    }

    /// Whether a line ends with a word that wants more: "and", or "superseded by".
    fn is_open(&self, line: &str) -> bool {
        let words = folded_words(line);
        let is_verb = |at: usize| self.verb(&words[at..]).is_some_and(|(_, n)| at + n == words.len());
        words.last().is_some_and(|word| self.is_joint(word)) || (words.len().saturating_sub(4)..words.len()).any(is_verb)
    }

    /// Whether the text offers a choice instead of making one.
    fn is_template(&self, lines: &[&str]) -> bool {
        let first = lines[0];
        if lines.len() == 1
            && self.vocabulary.is_placeholder(first)
            && self.status(&first.replace(['[', ']', '{', '}', '<', '>'], "")).is_none()
            && (first.starts_with(['[', '{', '<']) || self.status_at_start(&folded_words(&inline::plain(first))).is_none())
        {
            return true;
        }
        let is_open = first.starts_with('{')
            || first.starts_with('<')
            || (first.starts_with('[') && inline::links(first).first().is_none_or(|link| link.span.start > 0));
        if is_open && first.contains(['|', '/', ',']) {
            return true;
        }
        let plain = inline::plain(first);
        let mut named: Vec<&str> = folded_words(&plain).iter().filter_map(|word| self.status(word)).collect();
        named.sort_unstable();
        named.dedup();
        named.len() >= 3 || (named.len() == 2 && plain.contains('|'))
    }

    fn line(&self, line: &str, order: DayOrder, reading: &mut StatusReading, states: &mut Vec<(String, Option<Date>)>) {
        let whole = inline::plain(line);
        let dates = dates_in(&whole, order);
        let known: Vec<Date> = dates.iter().filter_map(|found| found.date.clone().ok()).collect();
        let mut date = known.first().copied();
        let mut relation: Option<String> = None;
        let (n_relations, has_state) = (reading.relations.len(), !states.is_empty());
        let mut subject: Option<String> = None;
        let undated = without_bracketed_days(line, order);
        for (index, Clause { text: clause, is_listed, is_behind_colon }) in clauses(&undated).into_iter().enumerate() {
            let plain = inline::plain(clause);
            let all = folded_words(&plain);
            let n_lead = all.iter().take_while(|word| self.is_lead_in(word) || word.bytes().all(|byte| byte.is_ascii_digit())).count();
            let n_lead = if self.status_at_start(&all).is_some() { 0 } else { n_lead };
            let words = &all[n_lead.min(all.len())..];
            let subject = subject.replace(plain.clone()).filter(|_| is_behind_colon && !states.is_empty());
            if self.is_replaced_behind_link(clause) {
                reading.relations.extend(reference::targets(clause).into_iter().map(|target| ("superseded_by".to_owned(), target)));
                continue;
            }
            // Without its accent, `remplacé` is the verb, too.
            let is_said = |targets: &[Target]| !targets.is_empty() || self.status_at_start(words).is_none();
            if let Some((mut names, targets)) = self.relations(clause, words).filter(|(_, targets)| is_said(targets)) {
                // `accepted (the list view: superseded by [5](5.md))`
                if subject.is_some_and(|subject| self.is_subject(&folded_words(&subject))) {
                    names = names.iter().map(|name| in_part(name).to_owned()).collect();
                }
                for name in &names {
                    reading.relations.extend(targets.iter().map(|target| (name.clone(), target.clone())));
                }
                relation = names.into_iter().next_back();
                continue;
            }
            if let Some((name, n)) = self.status_at_start(words) {
                let name = name.to_owned();
                self.delivery(words, reading);
                let links = inline::links(clause);
                if self.kind.status(&name).is_some_and(|status| status.replaced) && !links.is_empty() {
                    let targets = reference::targets(clause).into_iter().map(|target| ("superseded_by".to_owned(), target));
                    reading.relations.extend(targets);
                }
                let is_later = index > 0 || !states.is_empty();
                // `Amended by [19](19.md) on 3 May: what was rejected for now is back` is about that record.
                let is_about_relation = has_state && reading.relations.len() > n_relations;
                if is_about_relation {
                    continue;
                }
                if !is_later || date.is_some() || (words.len() <= LATER_STATE_WORDS_MAX && n > 0) {
                    states.push((name, date.take()));
                }
                relation = None;
                continue;
            }
            // A list of targets goes on behind a comma; a new sentence tells something else.
            relation = relation.filter(|_| is_listed);
            if let Some(name) = relation.as_ref().filter(|_| !inline::links(clause).is_empty()) {
                let targets = reference::targets(clause).into_iter().map(|target| (name.clone(), target));
                reading.relations.extend(targets);
            }
        }
        if let ([_, end], [first, last]) = (known.as_slice(), dates.as_slice())
            && self.is_range(&whole[first.span.end..last.span.start])
            && reading.review_by.is_none()
            && states.len() == 1
        {
            reading.review_by = Some(*end);
        }
    }

    /// The relations that a clause tells: their verb at the beginning ("updates and supersedes" are two), or "superseded by" behind a
    /// subject, which makes it partial.
    fn relations(&self, clause: &str, words: &[String]) -> Option<(Vec<String>, Vec<Target>)> {
        let (at, name, n) = (0..words.len().min(16)).find_map(|at| {
            let (name, n) = self.verb(&words[at..])?;
            let is_here = at == 0 || self.is_in_part(&words[at - 1]) || name.starts_with("superseded_");
            is_here.then_some((at, name, n))
        })?;
        let subject = &words[..at];
        let has_subject = self.is_subject(subject);
        let mut end = at + n;
        let mut names = vec![name];
        while let Some((also, n)) = words.get(end).filter(|word| self.is_joint(word)).and_then(|_| self.verb(&words[end + 1..])) {
            names.push(also);
            end += 1 + n;
        }
        let targets = match inline::links(clause).is_empty() {
            false => reference::targets(clause),
            true => reference::targets(&after_words(&inline::plain(clause), &words[end - 1])),
        };
        let is_in_part = has_subject || subject.iter().any(|word| self.is_in_part(word)) || self.ends_in_part(clause);
        let name = |name: &str| if is_in_part { in_part(name).to_owned() } else { name.to_owned() };
        Some((names.into_iter().map(name).collect(), targets))
    }

    /// Whether words in front of a verb tell what it is about, beside the record as a whole.
    fn is_subject(&self, words: &[String]) -> bool {
        words.iter().any(|word| !self.is_lead_in(word) && self.status(word).is_none() && !self.is_joint(word))
    }

    /// The relation of the kind whose verb `words` begin with, and how many words it takes.
    fn verb(&self, words: &[String]) -> Option<(&str, usize)> {
        self.vocabulary.verb(words).filter(|(name, _)| self.is_relation(name))
    }

    /// Whether what a clause says behind its last link is for a part only: `superseded by [16](16.md) for the budget only`.
    fn ends_in_part(&self, clause: &str) -> bool {
        let behind = inline::links(clause).last().map(|link| link.span.end);
        let words = folded_words(behind.map_or("", |at| clause.get(at..).unwrap_or_default()));
        words.last().is_some_and(|word| self.vocabulary.is_word(word, "only"))
    }

    fn is_in_part(&self, word: &str) -> bool {
        self.vocabulary.is_word(word, "in_part")
    }

    fn is_joint(&self, word: &str) -> bool {
        self.vocabulary.is_word(word, "joint")
    }

    fn is_lead_in(&self, word: &str) -> bool {
        self.vocabulary.is_word(word, "lead_in")
    }

    /// Whether what stands between two days makes them the ends of a window. Two days in one status may be those of two events.
    fn is_range(&self, between: &str) -> bool {
        let between = between.trim();
        matches!(between, "-" | "–" | "—" | "→" | ".." | "…") || self.vocabulary.is_word(between, "range")
    }

    /// Whether a clause tells the successor first, and then that it replaced this one: `被 [2. 二](0002.md) 取代`.
    fn is_replaced_behind_link(&self, clause: &str) -> bool {
        let links = inline::links(clause);
        let Some(superseded) = self.kind.superseded_status().filter(|_| !links.is_empty()) else { return false };
        let mut rest = clause.to_owned();
        links.iter().rev().for_each(|link| rest.replace_range(link.span.clone(), ""));
        self.vocabulary.is_within(&rest, &superseded.name)
    }

    fn is_relation(&self, name: &str) -> bool {
        self.kind.relations.iter().any(|relation| relation.name == name || relation.inverse == name)
    }

    fn delivery(&self, words: &[String], reading: &mut StatusReading) {
        let Some(at) = words.iter().take(4).position(|word| self.vocabulary.is_delivery(word)) else { return };
        if reading.delivery.is_some() || !self.kind.fields.contains_key("delivery") {
            return;
        }
        let is_denied = at > 0 && (self.vocabulary.is_word(&words[at - 1], "denial") || self.is_in_part(&words[at - 1]));
        reading.delivery = Some(if is_denied { format!("{} {}", words[at - 1], words[at]) } else { words[at].clone() });
    }
}

/// The relation called `name`, of a part of a record.
fn in_part(name: &str) -> &str {
    match name {
        "superseded_by" => "superseded_in_part_by",
        "supersedes" => "supersedes_in_part",
        name => name,
    }
}

/// The words of `text`, in small letters, without marks.
fn folded_words(text: &str) -> Vec<String> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '/' | '|')).map(fold).filter(|word| !word.is_empty()).collect()
}

/// What follows the last word of a verb.
fn after_words(plain: &str, last: &str) -> String {
    let mut rest = plain;
    while let Some(word) = rest.split_whitespace().next() {
        let start = rest.find(word).unwrap_or(0) + word.len();
        rest = &rest[start..];
        if fold(word) == last {
            break;
        }
    }
    rest.trim_start_matches([':', ' ']).to_owned()
}

/// A line without the days in brackets of their own, which would part a verb from what it is about: `Superseded [2021-03-04] by ADR 5`.
fn without_bracketed_days(line: &str, order: DayOrder) -> Cow<'_, str> {
    let mut undated = Cow::Borrowed(line);
    for found in dates_in(line, order).iter().rev() {
        let (before, after) = (&line[..found.span.start], &line[found.span.end..]);
        let is_round = before.ends_with('(') && after.starts_with(')') && !before.ends_with("](");
        let is_square = before.ends_with('[') && after.starts_with(']') && !after[1..].starts_with(['(', '[', ':']);
        if is_round || is_square {
            undated.to_mut().replace_range(before.len() - 1..found.span.end + 1, "");
        }
    }
    undated
}

/// A part of a line that says one thing.
struct Clause<'a> {
    text: &'a str,
    /// It goes on with the sentence of the clause before.
    is_listed: bool,
    /// The clause before ends with a colon.
    is_behind_colon: bool,
}

/// The parts of a line, divided by dashes, semicolons, commas, full stops and brackets, but not within links.
fn clauses(line: &str) -> Vec<Clause<'_>> {
    let links = inline::links(line);
    let is_in_link = |at: usize| links.iter().any(|link| link.span.contains(&at));
    let (mut clauses, mut start, mut is_listed, mut is_behind_colon) = (Vec::new(), 0, false, false);
    for (at, c) in line.char_indices() {
        let after = &line[at + c.len_utf8()..];
        let is_border = match c {
            '—' | ';' | ',' | '(' | ')' | '。' | '、' | '，' | '（' | '）' => true,
            '–' | '-' => line[..at].ends_with(' ') && after.starts_with(' '),
            '.' | ':' | '!' => after.is_empty() || after.starts_with(' ') || after.starts_with('*'),
            _ => false,
        };
        if is_border && !is_in_link(at) && !is_in_code(line, at) {
            clauses.push(Clause { text: &line[start..at], is_listed, is_behind_colon });
            (start, is_listed, is_behind_colon) = (at + c.len_utf8(), !matches!(c, '.' | '。' | '!'), c == ':');
        }
    }
    clauses.push(Clause { text: &line[start..], is_listed, is_behind_colon });
    clauses.retain(|clause| clause.text.chars().any(char::is_alphanumeric));
    clauses
}

fn is_in_code(line: &str, at: usize) -> bool {
    line[..at].matches('`').count() % 2 == 1
}
