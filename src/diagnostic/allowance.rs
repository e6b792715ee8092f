//! Findings that an author allows, in the text, with a reason: `<!-- handbook: allow RULE because ... -->` on the line or the
//! line before it; in front matter `# handbook: allow RULE because ...`.

use std::collections::HashMap;
use std::ops::Range;

use super::{Diagnostic, RULES, did_you_mean, nearest};

/// What an allowance begins with.
const MARK: &str = "handbook: allow ";

/// One allowance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The name of the rule.
    pub code: String,
    /// Whether it says why.
    pub has_reason: bool,
    /// The line that it stands in, from 1.
    pub line: u32,
    /// The line that it is about, from 1: the next one that says something where it stands alone, else its own.
    pub reach: u32,
    /// Where it stands, in bytes of the text.
    pub span: Range<usize>,
    /// Whether there was something to allow.
    pub is_used: bool,
}

/// The allowances of all files.
#[derive(Clone, Debug, Default)]
pub struct Allowances {
    by_path: HashMap<String, Vec<Allowance>>,
}

impl Allowances {
    /// Adds those in the file at `path`.
    pub fn add(&mut self, path: &str, text: &str) {
        let found = allowances(text);
        if !found.is_empty() {
            self.by_path.insert(path.to_owned(), found);
        }
    }

    /// Whether `diagnostic` is allowed; notes that the allowance was needed.
    pub fn allows(&mut self, diagnostic: &Diagnostic) -> bool {
        let Some(allowances) = self.by_path.get_mut(&diagnostic.path) else { return false };
        let line = diagnostic.place.as_ref().map(|place| place.line);
        let covers = |allowance: &&mut Allowance| {
            let is_near = line.is_none_or(|line| line == allowance.line || line == allowance.reach);
            allowance.code == diagnostic.rule.code && allowance.has_reason && is_near
        };
        allowances.iter_mut().find(covers).map(|allowance| allowance.is_used = true).is_some()
    }

    /// Whether nothing is allowed anywhere.
    pub fn is_empty(&self) -> bool {
        self.by_path.is_empty()
    }

    /// Those that say nothing: of no rule, without a reason, or with nothing to allow, by the paths of their files.
    pub fn idle(&self) -> impl Iterator<Item = (&str, &Allowance)> {
        self.by_path.iter().flat_map(|(path, allowances)| {
            allowances.iter().filter(|allowance| !allowance.is_used).map(move |allowance| (path.as_str(), allowance))
        })
    }
}

impl Allowance {
    /// What is wrong with one that allowed nothing: the fact, and the mend.
    pub fn complaint(&self) -> (String, String) {
        let code = &self.code;
        if !RULES.iter().any(|rule| rule.code == code) {
            let near = did_you_mean(&nearest(code, RULES.iter().map(|rule| rule.code), 1));
            return (format!("no rule is called `{code}`"), near.unwrap_or_else(|| "`handbook check --rules` lists them".to_owned()));
        }
        if !self.has_reason {
            return (format!("`{code}` is allowed without a reason"), format!("say why: `{MARK}{code} because ...`"));
        }
        (
            format!("there is no `{code}` here or in the next line to allow"),
            "remove it, or put it on the line before the one that it is about".to_owned(),
        )
    }
}

/// The allowances in `text`. What stands in code is an example of one.
fn allowances(text: &str) -> Vec<Allowance> {
    if !text.contains(MARK) {
        return Vec::new();
    }
    let mut found: Vec<Allowance> = Vec::new();
    let (mut at, mut fence) = (0, None);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let (start, line_number) = (at, index as u32 + 1);
        at += line.len();
        for allowance in found.iter_mut().filter(|allowance| allowance.reach == 0 && !line.trim().is_empty()) {
            allowance.reach = line_number;
        }
        let trimmed = line.trim_start();
        if let Some(mark) = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark)) {
            fence = match fence {
                None => Some(mark),
                Some(open) if open == mark => None,
                open => open,
            };
            continue;
        }
        let Some(mark) = line.find(MARK).filter(|_| fence.is_none()) else { continue };
        let before = line[..mark].trim_end();
        let is_comment = before.ends_with("<!--") || before.ends_with('#');
        if !is_comment || before.matches('`').count() % 2 == 1 {
            continue;
        }
        let is_alone = before.trim_start().trim_start_matches("<!--").trim_start_matches('#').is_empty();
        let words = line[mark + MARK.len()..].split("-->").next().unwrap_or_default().trim();
        let (code, reason) = words.split_once(char::is_whitespace).unwrap_or((words, ""));
        let reason = reason.trim_start().strip_prefix("because").unwrap_or_default();
        found.push(Allowance {
            code: code.to_owned(),
            has_reason: reason.chars().any(char::is_alphanumeric),
            line: line_number,
            // A comment behind other words is about its own line.
            reach: if is_alone { 0 } else { line_number },
            span: start + mark..start + mark + MARK.len() + words.len(),
            is_used: false,
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_allowance_reaches_the_next_line_that_says_something() {
        let text = "a <!-- handbook: allow blame because a quotation -->\n<!-- handbook: allow blame because two -->\n\n\nb\n`<!-- handbook: allow x because y -->`\n```\n<!-- handbook: allow x because y -->\n```\n<!-- handbook: allow blame -->\n";
        let found = allowances(text);
        let seen: Vec<(u32, u32, &str, bool)> =
            found.iter().map(|allowance| (allowance.line, allowance.reach, allowance.code.as_str(), allowance.has_reason)).collect();
        assert_eq!(seen, [(1, 1, "blame", true), (2, 5, "blame", true), (10, 0, "blame", false)]);
    }
}
