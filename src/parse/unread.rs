//! What is told of a text that was not understood.

use std::ops::Range;

use crate::calendar::UnreadDate;
use crate::diagnostic::{self, Diagnostic};
use crate::model::source::SourceFile;

/// Characters of a text that was not understood, as reports show it.
const UNREAD_CHARS_MAX: usize = 120;

/// A finding about a date that can not be read, with what was probably meant.
pub fn unread_date(source: &SourceFile, problem: &UnreadDate, name: &str, written: &str, span: Range<usize>) -> Diagnostic {
    let is_ambiguous = problem.message.starts_with("it may be");
    let rule = if is_ambiguous { &diagnostic::DATE_AMBIGUOUS } else { &diagnostic::DATE_UNREAD };
    let message = match is_ambiguous {
        true => format!("`{name}`: `{}` can be read in two ways: {}", shortened(written), problem.message),
        false => format!("`{name}`: `{}` is no date: {}", shortened(written), problem.message),
    };
    let hint = match (is_ambiguous, problem.mend) {
        (true, _) => "write YYYY-MM-DD, or set `dates: day first` or `dates: month first` in handbook.yaml".to_owned(),
        (false, Some(date)) => format!("did you mean {}?", date.iso()),
        (false, None) => "write YYYY-MM-DD, as in 2022-03-14".to_owned(),
    };
    source.finding(rule, span, message).hint(hint)
}

/// `text` on one line.
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` on one line, cut when it is long.
pub fn shortened(text: &str) -> String {
    let line = one_line(text);
    match line.char_indices().nth(UNREAD_CHARS_MAX) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
