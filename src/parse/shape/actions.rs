//! What is changed after an incident: lists, boxes and tables of actions.

use std::ops::Range;

use crate::calendar::{Date, DayOrder, dates_in, day_without_year, read_date};
use crate::config::vocabulary::{Vocabulary, fold};
use crate::parse::shape::inline::{self, bold_lead};
use crate::parse::shape::lines::{Layout, Line, Part, Sort};
use crate::parse::shape::table;

/// One action, as far as it is told.
#[derive(Debug, Default)]
pub struct WrittenAction {
    /// What is done.
    pub title: String,
    /// Who does it.
    pub assignee: Option<String>,
    /// By when.
    pub due: Option<Date>,
    /// `open`, `done` or `dropped`.
    pub state: Option<&'static str>,
    /// Fix, detect, mitigate, prevent, learn: as written.
    pub kind: Option<String>,
    /// The ticket that stands for it.
    pub ticket: Option<String>,
    /// Where it stands, in bytes of the source.
    pub span: Range<usize>,
}

/// The actions in `parts`. A day without a year is the next one after `day`.
pub fn actions(layout: &Layout<'_>, parts: &[Part], vocabulary: &Vocabulary, order: DayOrder, day: Option<Date>) -> Vec<WrittenAction> {
    let reader = Reader { layout, vocabulary, order, day };
    let of_part = |part: &Part| match &part.heading {
        Some((_, title, _)) if is_about_people(title, vocabulary) => Vec::new(),
        Some((_, title, _)) => reader.under(title, layout.lines_of(part)),
        None => reader.part(layout.lines_of(part)),
    };
    parts.iter().flat_map(of_part).collect()
}

/// Whether a title announces who does something, and not what is done: "Follow-up Owners". "Actions by owner" are actions.
fn is_about_people(title: &str, vocabulary: &Vocabulary) -> bool {
    let words: Vec<&str> = title.trim().trim_end_matches(':').split_whitespace().collect();
    let Some((last, before)) = words.split_last() else { return false };
    let is_person = |word: &str| vocabulary.column(word, "assignee").is_some();
    let is_by = before.last().is_some_and(|word| vocabulary.is_word(word, "actor_lead"));
    (is_person(last) || last.strip_suffix('s').is_some_and(is_person)) && !is_by
}

/// What stands behind a number that lacks the space of a list: `1.Review each change`.
fn glued_item(content: &str) -> Option<&str> {
    let rest = content.trim_start_matches(|c: char| c.is_ascii_digit());
    let text = rest.strip_prefix(['.', ')'])?;
    (rest.len() < content.len() && text.starts_with(|c: char| c.is_alphabetic() || c == '*')).then_some(text)
}

struct Reader<'a> {
    layout: &'a Layout<'a>,
    vocabulary: &'a Vocabulary,
    order: DayOrder,
    day: Option<Date>,
}

impl Reader<'_> {
    /// The actions in `lines`, which stand under `title`: what stands under "Completed" is done.
    fn under(&self, title: &str, lines: &[Line]) -> Vec<WrittenAction> {
        let is_done = self.vocabulary.state(title) == Some("done");
        let state = |action: WrittenAction| if is_done { WrittenAction { state: Some("done"), ..action } } else { action };
        self.part(lines).into_iter().map(state).collect()
    }

    fn part(&self, lines: &[Line]) -> Vec<WrittenAction> {
        let mut actions = Vec::new();
        let mut at = 0;
        let indent = lines.iter().filter(|line| line.sort == Sort::Bullet).map(|line| line.indent).min().unwrap_or(0);
        let all_are_labels = self.are_labels(lines, indent);
        // Under the label `Completed:`.
        let mut is_done = false;
        while at < lines.len() {
            let line = &lines[at];
            let mut n = 1;
            if line.sort == Sort::Text {
                let label = inline::plain(self.layout.content(line));
                is_done = label.strip_suffix(':').is_some_and(|label| self.vocabulary.state(label) == Some("done"));
            }
            if let Some((n_group, group)) = self.group(&lines[at..], indent, all_are_labels) {
                at += n_group;
                actions.extend(group);
                continue;
            }
            if line.sort == Sort::Row {
                let (table, n_lines) = table::read(self.layout, &lines[at..]);
                actions.extend(self.table(&table));
                n = n_lines;
            } else if line.sort == Sort::Bullet && line.indent <= indent + 1 {
                n += lines[at + 1..].iter().take_while(|next| next.sort == Sort::Text && next.indent > 0).count();
                let text: Vec<&str> = lines[at..at + n].iter().map(|line| self.layout.content(line)).collect();
                let span = line.content.start..lines[at + n - 1].content.end;
                let item = self.item(&text.join(" "), span);
                actions.extend(item.map(|item| if is_done { WrittenAction { state: Some("done"), ..item } } else { item }));
            } else if let Some(text) = glued_item(self.layout.content(line)).filter(|_| line.sort == Sort::Text) {
                actions.extend(self.item(text, line.content.clone()));
            }
            at += n;
        }
        actions
    }

    /// Whether each item of a list is a label over items of its own: `- Improvements:`, `- Tasks to address the issue:`.
    fn are_labels(&self, lines: &[Line], indent: usize) -> bool {
        let is_item = |line: &Line| line.sort == Sort::Bullet && line.indent <= indent + 1;
        let mut items = lines.iter().enumerate().filter(|(_, line)| is_item(line)).peekable();
        let is_over_items = |at: usize| lines[at + 1..].iter().find(|line| line.sort == Sort::Bullet).is_some_and(|next| !is_item(next));
        items.peek().is_some() && items.all(|(at, line)| inline::plain(self.layout.content(line)).ends_with(':') && is_over_items(at))
    }

    /// An item that is but a label over items of its own, and the lines that these take: they are actions (`- Prevention:`), or tell
    /// who does some (`- Follow-up Owners`), and it is none.
    /// `all_are_labels`: all items beside it are labels, too.
    fn group(&self, lines: &[Line], indent: usize, all_are_labels: bool) -> Option<(usize, Vec<WrittenAction>)> {
        let (first, rest) = lines.split_first().filter(|(first, _)| first.sort == Sort::Bullet && first.indent <= indent + 1)?;
        let label = inline::plain(self.layout.content(first));
        let label = label.trim_end_matches(':');
        let n = rest.iter().take_while(|line| line.sort == Sort::Blank || line.indent > indent + 1).count();
        if !rest[..n].iter().any(|line| line.sort == Sort::Bullet) {
            return None;
        }
        // "Tell the owners" is something to do.
        let is_title = label.split_whitespace().all(|word| !word.starts_with(char::is_lowercase));
        if is_title && is_about_people(label, self.vocabulary) {
            return Some((1 + n, Vec::new()));
        }
        let has_boxes = || rest[..n].iter().all(|line| line.sort != Sort::Bullet || self.layout.content(line).starts_with('['));
        let is_label = all_are_labels
            || matches!(self.vocabulary.section(label), Some("actions" | "prevention"))
            || self.vocabulary.state(label).is_some()
            || (is_title && has_boxes());
        is_label.then(|| (1 + n, self.under(label, &rest[..n])))
    }

    fn item(&self, markdown: &str, span: Range<usize>) -> Option<WrittenAction> {
        let boxed = |mark: &str| markdown.get(..3).is_some_and(|start| start.eq_ignore_ascii_case(mark));
        let (is_ticked, is_boxed) = (boxed("[x]"), boxed("[ ]"));
        let markdown = if is_ticked || is_boxed { markdown[3..].trim() } else { markdown };
        let is_struck = markdown.starts_with("~~") && markdown.ends_with("~~") && markdown.len() > 4;
        let plain = inline::plain(if is_struck { &markdown[2..markdown.len() - 2] } else { markdown });
        if plain.is_empty() || self.vocabulary.is_nothing(&plain) || self.vocabulary.is_placeholder(&plain) {
            return None;
        }
        let lower = plain.to_lowercase();
        let is_done = is_ticked
            || is_struck
            || ["(done)", "[done]", "- done", ": done", "✅", "(completed)", "(fixed)"]
                .iter()
                .any(|word| lower.ends_with(word) || lower.starts_with(word));
        let due = lower
            .find("due")
            .or_else(|| lower.find("by 20"))
            .and_then(|at| lower.get(at..))
            .and_then(|rest| dates_in(rest, self.order).into_iter().find_map(|found| found.date.ok()));
        Some(WrittenAction {
            title: self.title(markdown, &plain),
            assignee: assignee(&plain),
            due,
            state: Some(if is_done { "done" } else { "open" }),
            kind: None,
            ticket: ticket(markdown),
            span,
        })
    }

    /// The words in bold in front, or all of them; what only says that this is an action is no title: `**Action Item**: Add a test`.
    fn title(&self, markdown: &str, plain: &str) -> String {
        let is_label = |lead: &String| self.vocabulary.section(lead.trim_end_matches(':')) == Some("actions");
        match bold_lead(markdown) {
            Some(lead) if !is_label(&lead) => lead,
            Some(lead) => plain.strip_prefix(lead.as_str()).unwrap_or(plain).trim_start_matches([':', ' ', '-', '–', '—']).to_owned(),
            None => plain.to_owned(),
        }
    }

    fn due(&self, text: &str) -> Option<Date> {
        if let Some(found) = read_date(text, self.order) {
            return found.date.ok();
        }
        let (found, day) = (day_without_year(text)?, self.day?);
        (day.year()..=day.year() + 1).filter_map(|year| Date::of_day(year, found.month, found.day)).find(|due| !due.is_before(day))
    }

    fn state(&self, text: &str) -> &'static str {
        match self.vocabulary.state(text) {
            Some("dropped") => "dropped",
            Some(_) => "done",
            None if text.contains(['✅', '✔', '☑']) => "done",
            None => "open",
        }
    }

    fn table(&self, table: &table::Table) -> Vec<WrittenAction> {
        let Some((head, rows)) = table.rows.split_first() else { return Vec::new() };
        let titles: Vec<String> = head.cells.iter().map(|cell| inline::plain(&cell.text)).collect();
        let column = |name: &str| {
            (0..titles.len()).filter_map(|index| Some((self.vocabulary.column(&titles[index], name)?, index))).min().map(|(_, index)| index)
        };
        // Where no column is called so, it is the one of most words that is nothing else.
        let others = ["assignee", "due", "state", "kind", "ticket"];
        let is_free = |index: &usize| others.iter().all(|name| self.vocabulary.column(&titles[*index], name).is_none());
        let n_chars = |index: &usize| rows.iter().filter_map(|row| row.cells.get(*index)).map(|cell| cell.text.len()).sum::<usize>();
        let widest = || (0..titles.len()).rev().filter(is_free).max_by_key(n_chars);
        let title = column("title").or_else(widest).unwrap_or(0);
        let other = |name: &str| column(name).filter(|index| *index != title);
        let columns = (other("assignee"), other("due"), other("state"), other("kind"), other("ticket"));
        let action = |row: &table::Row| {
            let cell =
                |index: usize| row.cells.get(index).map(|cell| inline::plain(&cell.text)).filter(|text| !self.vocabulary.is_nothing(text));
            let text = cell(title).filter(|text| !self.vocabulary.is_placeholder(text))?;
            Some(WrittenAction {
                title: text,
                assignee: columns.0.and_then(cell),
                due: columns.1.and_then(cell).and_then(|text| self.due(&text)),
                state: Some(match columns.2 {
                    Some(column) => cell(column).map_or("open", |text| self.state(&text)),
                    // The SRE book writes it behind the ticket: `n/a DONE`.
                    None if row.cells.last().is_some_and(|cell| inline::plain(&cell.text).ends_with("DONE")) => "done",
                    None => "open",
                }),
                kind: columns.3.and_then(cell).and_then(|text| kind(&text)),
                ticket: columns.4.and_then(cell),
                span: row.whole.start..row.whole.end,
            })
        };
        rows.iter().filter_map(action).collect()
    }
}

/// `@alice`, `Owner: Alice`, `[owner: Alice]`.
fn assignee(plain: &str) -> Option<String> {
    let lower = plain.to_lowercase();
    for word in ["owner:", "assignee:", "assigned to:", "assigned to "] {
        if let Some(at) = lower.find(word)
            && let Some(rest) = plain.get(at + word.len()..)
        {
            let name = rest.split([',', ')', ']', ';', '.', '|']).next().unwrap_or_default().trim();
            return Some(name.to_owned()).filter(|name| !name.is_empty() && name.len() <= 60);
        }
    }
    let mention = plain
        .split_whitespace()
        .map(|word| word.trim_matches(['(', ')', '[', ']', ',', '.', ':']))
        .find(|word| word.starts_with('@') && word.len() > 1)?;
    Some(mention.to_owned())
}

/// The key of a ticket, `ABC-123` or `#123`, or the address of an issue.
fn ticket(markdown: &str) -> Option<String> {
    let is_issue =
        |target: &String| ["/issues/", "/browse/", "/pull/", "/merge_requests/", "/work_items/"].iter().any(|part| target.contains(part));
    if let Some(target) = inline::links(markdown).into_iter().map(|link| link.target).find(is_issue) {
        return Some(target);
    }
    let words = markdown.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | ',' | ':'));
    let is_key = |word: &&str| {
        let Some((letters, digits)) = word.rsplit_once('-') else { return false };
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number(digits)
            && (2..=10).contains(&letters.len())
            && letters.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
            && letters.starts_with(|c: char| c.is_ascii_uppercase())
    };
    words.into_iter().find(is_key).map(str::to_owned)
}

fn kind(text: &str) -> Option<String> {
    let folded = fold(text);
    let kinds = [
        ("prevent", "prevent"),
        ("mitig", "mitigate"),
        ("detect", "detect"),
        ("fix", "fix"),
        ("repair", "fix"),
        ("learn", "learn"),
        ("process", "learn"),
        ("investigat", "learn"),
    ];
    kinds.iter().find(|(start, _)| folded.starts_with(start)).map(|(_, kind)| (*kind).to_owned())
}
