//! What was weighed, as records tell it: MADR's considered options with their pros and cons and the outcome, and the
//! Y-statement, which says all of it in one sentence ([`super::y_statement`]).

use std::ops::Range;

use crate::config::vocabulary::Vocabulary;
use crate::model::field::{Field, Value};
use crate::model::reading::Form;
use crate::parse::shape::builder::Builder;
use crate::parse::shape::inline::{self, bold_lead};
use crate::parse::shape::lines::{Layout, Line, Part, Sort};
use crate::parse::shape::y_statement;

/// Options that are read of one record.
const OPTIONS_MAX: usize = 40;
/// Characters of an option's name; what is longer is a text about it.
const TITLE_CHARS_MAX: usize = 200;
/// Words that open a reason, behind the word for its side: `Good, because ...`.
const BECAUSE: [&str; 9] = ["because", "since", "as", "weil", "da", "parce que", "car", "porque", "perché"];
/// Ways in which the option that was taken is marked in its name.
const CHOSEN_MARKS: [&str; 6] = ["(chosen)", "(selected)", "(accepted)", "(preferred)", "✅", "✔"];

/// An option, as it is written.
#[derive(Debug, Default)]
pub struct WrittenOption {
    /// Its name.
    pub title: String,
    /// Whether it was taken.
    pub is_chosen: bool,
    /// What speaks for it.
    pub pros: Vec<String>,
    /// What speaks against it.
    pub cons: Vec<String>,
    /// Why it was taken.
    pub why: Option<String>,
    /// Where it stands, in bytes of the source.
    pub span: Range<usize>,
}

/// The side on which a reason is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Pro,
    Con,
    Neither,
}

/// Adds the options, where the record's kind declares such a field and its front matter is silent. The text about them stays
/// where it is, and is all that a page shows of them.
pub fn complete(builder: &mut Builder<'_>) {
    if !builder.declares("options", "pros") {
        return;
    }
    let (listed, argued, outcome) = (builder.parts_of("options"), builder.parts_of("arguments"), builder.parts_of("outcome"));
    let layout = &builder.text.layout;
    let mut reader = Reader { layout, vocabulary: &builder.config.vocabulary, options: Vec::new() };
    reader.listed(&listed);
    reader.argued(&argued);
    reader.chosen(&outcome);
    let mut options = reader.options;
    if options.len() < 2 && options.iter().all(|option| !option.is_chosen) {
        options = y_statement::options(layout);
    }
    let (Some(start), Some(end)) =
        (options.iter().map(|option| option.span.start).min(), options.iter().map(|option| option.span.end).max())
    else {
        return;
    };
    let list = options.iter().map(field).collect();
    builder.add("options", Value::List(list), start..end, Form::Section);
    builder.reading.in_body.push("options".to_owned());
}

fn field(option: &WrittenOption) -> Field {
    let field = |value: Value| Field { value, span: option.span.clone() };
    let texts = |texts: &[String]| field(Value::List(texts.iter().map(|text| field(Value::Text(text.clone()))).collect()));
    let mut map = vec![("title".to_owned(), field(Value::Text(option.title.clone())))];
    map.extend(option.is_chosen.then(|| ("chosen".to_owned(), field(Value::Boolean(true)))));
    map.extend((!option.pros.is_empty()).then(|| ("pros".to_owned(), texts(&option.pros))));
    map.extend((!option.cons.is_empty()).then(|| ("cons".to_owned(), texts(&option.cons))));
    map.extend(option.why.as_ref().map(|why| ("why".to_owned(), field(Value::Text(why.clone())))));
    field(Value::Map(map))
}

struct Reader<'a> {
    layout: &'a Layout<'a>,
    vocabulary: &'a Vocabulary,
    options: Vec<WrittenOption>,
}

impl Reader<'_> {
    /// The section that lists the options: a bullet each, with reasons under it, or a heading each.
    fn listed(&mut self, parts: &[Part]) {
        let Some((first, below)) = parts.split_first() else { return };
        let items = items(self.layout, self.layout.lines_of(first));
        let indent = items.iter().filter(|item| item.is_bullet).map(|item| item.indent).min().unwrap_or(0);
        let mut side = None;
        for item in items.iter().filter(|item| item.is_bullet) {
            if item.indent <= indent + 1 {
                self.add(&item.title, item.span.clone());
                side = None;
            } else if let Some(option) = self.options.last_mut() {
                reason(self.vocabulary, option, item, &mut side);
            }
        }
        self.headed(below);
    }

    /// The section that argues for and against each of them, under headings.
    fn argued(&mut self, parts: &[Part]) {
        self.headed(parts.get(1..).unwrap_or_default());
    }

    /// Options under headings of the highest level among `parts`; headings below them may name a side.
    fn headed(&mut self, parts: &[Part]) {
        let level_of = |part: &Part| part.heading.as_ref().map_or(0, |(level, _, _)| *level);
        let Some(level) = parts.iter().map(level_of).min() else { return };
        let n_headed = parts.iter().filter(|part| level_of(part) == level).count();
        let n_listed = self.options.len();
        let (mut at, mut nth) = (None, 0);
        for part in parts {
            let Some((_, title, span)) = &part.heading else { continue };
            let mut side = None;
            if level_of(part) == level {
                // A heading in other words than the list has is the option in its place, if there are as many of both.
                let in_place = (n_listed == n_headed).then_some(nth).filter(|nth| self.options[*nth].pros.is_empty());
                at = named(&self.options, title).or(in_place).or_else(|| self.add(title, span.clone()));
                nth += 1;
            } else {
                side = side_of(self.vocabulary, title);
            }
            let Some(option) = at else { continue };
            let lines = self.layout.lines_of(part);
            let is_signed = ['+', '-'].iter().all(|sign| lines.iter().any(|line| sign_of(self.layout, line) == Some(*sign)));
            for item in items(self.layout, lines) {
                let mut item = item;
                item.sign = item.sign.filter(|_| is_signed);
                reason(self.vocabulary, &mut self.options[option], &item, &mut side);
            }
        }
    }

    /// Adds an option called `title`, if that is a name; its place.
    fn add(&mut self, title: &str, span: Range<usize>) -> Option<usize> {
        let mark = CHOSEN_MARKS.iter().find(|mark| title.to_lowercase().contains(**mark));
        let bare = mark.map_or_else(|| title.to_owned(), |mark| without(title, mark));
        let bare = bare.trim().trim_end_matches([':', '.']).trim();
        // `[Bazel]` is a link whose address stands elsewhere.
        let bare = bare.strip_prefix('[').and_then(|inside| inside.strip_suffix(']')).unwrap_or(bare);
        let is_name = !bare.is_empty() && bare.chars().count() <= TITLE_CHARS_MAX && !bare.starts_with(['{', '[', '<']);
        if !is_name || self.options.len() == OPTIONS_MAX || self.vocabulary.is_nothing(bare) || self.vocabulary.is_placeholder(bare) {
            return None;
        }
        self.options.push(WrittenOption { title: bare.to_owned(), is_chosen: mark.is_some(), span, ..WrittenOption::default() });
        Some(self.options.len() - 1)
    }

    /// `Chosen option: "Nx", because ...`: marks the option that is meant; or those in the list under such a line.
    fn chosen(&mut self, outcome: &[Part]) {
        let items: Vec<Item> = outcome.iter().take(1).flat_map(|part| items(self.layout, self.layout.lines_of(part))).collect();
        let values = items.iter().map(|item| item.text.split_once([':', '：']));
        let is_chosen = |label: &str| self.vocabulary.section(label) == Some("chosen");
        let found =
            values.enumerate().find_map(|(at, pair)| pair.filter(|(label, _)| is_chosen(label)).map(|(_, value)| (at, value.trim())));
        match found {
            Some((at, "")) => {
                for item in items[at + 1..].iter().take_while(|item| item.is_bullet) {
                    self.choose(&item.text);
                }
            }
            Some((_, value)) => self.choose(value),
            None => {}
        }
    }

    fn choose(&mut self, value: &str) {
        let (names, why) = outcome_of(value);
        for at in names.into_iter().filter_map(|name| named(&self.options, name)).collect::<Vec<_>>() {
            self.options[at].is_chosen = true;
            self.options[at].why = why.map(str::to_owned);
        }
    }
}

/// A bullet or a paragraph.
struct Item {
    text: String,
    /// The bold words in front of a colon, else all of it.
    title: String,
    is_bullet: bool,
    indent: usize,
    /// `+` or `-`, where that is its marker.
    sign: Option<char>,
    span: Range<usize>,
}

/// The bullets and paragraphs among `lines`, each with the lines that go on with it, without marks.
fn items(layout: &Layout<'_>, lines: &[Line]) -> Vec<Item> {
    let mut items: Vec<(Vec<&str>, Item)> = Vec::new();
    let mut is_open = false;
    for line in lines {
        match line.sort {
            Sort::Bullet => {
                let sign = sign_of(layout, line);
                let item = Item {
                    text: String::new(),
                    title: String::new(),
                    is_bullet: true,
                    indent: line.indent,
                    sign,
                    span: line.content.clone(),
                };
                items.push((vec![layout.content(line)], item));
            }
            Sort::Text if is_open => {
                let (texts, item) = items.last_mut().expect("an open item is there");
                texts.push(layout.content(line));
                item.span.end = line.content.end;
            }
            Sort::Text => {
                let item = Item {
                    text: String::new(),
                    title: String::new(),
                    is_bullet: false,
                    indent: line.indent,
                    sign: None,
                    span: line.content.clone(),
                };
                items.push((vec![layout.content(line)], item));
            }
            _ => {}
        }
        is_open = matches!(line.sort, Sort::Bullet | Sort::Text);
    }
    let finished = |(texts, item): (Vec<&str>, Item)| {
        let markdown = texts.join(" ");
        let text = inline::plain(&markdown);
        Item { title: bold_lead(&markdown).unwrap_or_else(|| text.clone()), text, ..item }
    };
    items.into_iter().map(finished).collect()
}

fn sign_of(layout: &Layout<'_>, line: &Line) -> Option<char> {
    let marker = layout.text[line.whole.start..line.content.start].trim().chars().next()?;
    (line.sort == Sort::Bullet && matches!(marker, '+' | '-')).then_some(marker)
}

/// Takes `item` as a reason for or against `option`: by its first word, its marker, or the label that it stands under.
fn reason(vocabulary: &Vocabulary, option: &mut WrittenOption, item: &Item, side: &mut Option<Side>) {
    let label = item.text.trim_end_matches([':', '：']);
    if let Some(named) = side_of(vocabulary, label) {
        *side = Some(named);
        return;
    }
    if !item.is_bullet {
        *side = None;
    }
    let own = sided(vocabulary, &item.text);
    let by_sign = item.sign.map(|sign| if sign == '+' { Side::Pro } else { Side::Con });
    let (side, text) = match own {
        Some(own) => own,
        None if item.is_bullet => (side.or(by_sign).unwrap_or(Side::Neither), item.text.as_str()),
        None => return,
    };
    match side {
        Side::Pro => option.pros.push(text.to_owned()),
        Side::Con => option.cons.push(text.to_owned()),
        Side::Neither => {}
    }
}

fn side_of(vocabulary: &Vocabulary, word: &str) -> Option<Side> {
    match vocabulary.section(word)? {
        "pros" => Some(Side::Pro),
        "cons" => Some(Side::Con),
        "neutral" => Some(Side::Neither),
        _ => None,
    }
}

/// A reason with the word for its side in front: `Good, because it is fast`, `Con: slow`, `Bad since it is slow`.
fn sided<'t>(vocabulary: &Vocabulary, text: &'t str) -> Option<(Side, &'t str)> {
    let (word, rest) = text.split_once([',', ':', '：', ' '])?;
    let rest = rest.trim_start();
    let reason = BECAUSE.iter().find_map(|because| rest.strip_prefix(because)?.strip_prefix([' ', ',', ':']));
    let is_divided = text[word.len()..].starts_with([',', ':', '：']);
    let side = side_of(vocabulary, word).filter(|_| is_divided || reason.is_some())?;
    Some((side, reason.unwrap_or(rest).trim()))
}

/// The options that an outcome names, and why: `"Nx", because it fits`.
fn outcome_of(value: &str) -> (Vec<&str>, Option<&str>) {
    let because = value.find("because").filter(|at| *at > 0);
    let (named, why) = because.map_or((value, ""), |at| (&value[..at], &value[at + "because".len()..]));
    let quoted: Vec<&str> = named.split(['"', '“', '”', '„', '«', '»', '`']).skip(1).step_by(2).collect();
    let names = if quoted.is_empty() { vec![named.trim().trim_end_matches([',', '.', ';'])] } else { quoted };
    let why = why.trim_start_matches([':', ',']).trim();
    (names, Some(why).filter(|why| !why.is_empty()))
}

/// The one option that `name` means: the one that is called so, else the only one whose name it holds, or that holds it.
fn named(options: &[WrittenOption], name: &str) -> Option<usize> {
    let wanted = words(name);
    let titles: Vec<Vec<String>> = options.iter().map(|option| words(&option.title)).collect();
    if let Some(at) = titles.iter().position(|title| *title == wanted) {
        return Some(at);
    }
    let holds = |all: &[String], some: &[String]| !some.is_empty() && all.windows(some.len()).any(|window| window == some);
    let mut fitting = (0..titles.len()).filter(|at| holds(&titles[*at], &wanted) || holds(&wanted, &titles[*at]));
    fitting.next().filter(|_| fitting.next().is_none())
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// `text` without `mark`, in whatever case it stands there.
fn without(text: &str, mark: &str) -> String {
    let at =
        text.char_indices().map(|(at, _)| at).find(|at| text.get(*at..at + mark.len()).is_some_and(|part| part.to_lowercase() == mark));
    at.map_or_else(|| text.to_owned(), |at| format!("{}{}", &text[..at], &text[at + mark.len()..]))
}
