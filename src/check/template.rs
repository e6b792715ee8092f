//! Text that a template left to be replaced, and that nobody did.

use crate::check::Subject;
use crate::diagnostic::{self, Diagnostic};
use crate::model::kind::Meaning;
use crate::parse::is_template;

/// Sentences of templates in use elsewhere, as they begin, in small letters: adr-tools, MADR, log4brains.
const ELSEWHERE: [&str; 14] = [
    "the issue motivating this decision, and any context that influences or constrains the decision",
    "the change that we're proposing or have agreed to implement",
    "what becomes easier or more difficult to do and any risks introduced by the change that will need to be mitigated",
    "what is the issue that we're seeing that is motivating this decision or change",
    "what is the change that we're proposing and/or doing",
    "what becomes easier or more difficult to do because of this change",
    "what is the status, such as proposed, accepted, rejected, deprecated, superseded",
    "[describe the context and problem statement, e.g., in free form using two to three sentences",
    "{describe the context and problem statement, e.g., in free form using two to three sentences",
    "chosen option: \"[option 1]\", because",
    "chosen option: \"{title of option 1}\", because",
    "[short title of solved problem and solution]",
    "{short title, representative of solved problem and found solution}",
    "[example | description | pointer to more information",
];

/// Shorter lines are headings and words that anybody may write.
const LINE_CHARS_MIN: usize = 12;

/// Findings about the text of a record: its first line that a template left.
pub fn findings(subject: &Subject<'_>) -> Option<Diagnostic> {
    let record = subject.record;
    // One that is not settled is still being written.
    if is_template(&record.path().stem().to_lowercase()) || subject.kind.free || subject.is(Meaning::Open) {
        return None;
    }
    let own = || subject.kind.template.lines().map(str::trim).filter(|line| line.len() >= LINE_CHARS_MIN && !line.starts_with('#'));
    let mut at = record.body.start;
    for line in record.source.text[record.body.clone()].split_inclusive('\n') {
        let start = at;
        at += line.len();
        let words = line.trim().trim_start_matches(['*', '-', '>', '#', ' ', '_']);
        if words.len() < LINE_CHARS_MIN {
            continue;
        }
        let begins =
            |template: &&str| words.as_bytes().get(..template.len()).is_some_and(|start| start.eq_ignore_ascii_case(template.as_bytes()));
        if own().any(|template| template == line.trim()) || ELSEWHERE.iter().any(begins) {
            let span = start..start + line.trim_end().len();
            let found = record.source.finding(&diagnostic::TEMPLATE_LEFT, span, "this is what the template says");
            return Some(found.hint("write what is so here, or remove the line"));
        }
    }
    None
}
