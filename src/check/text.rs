//! What a reader who hears the page, or jumps from heading to heading, does not get: words for pictures, an order of headings.

use crate::check::Subject;
use crate::diagnostic::{self, Diagnostic};
use crate::model::section::LinkForm;

/// Findings of one rule that are told in one file.
const FINDINGS_MAX: usize = 20;

/// Findings about the pictures and headings of a record.
pub fn findings(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = pictures(subject).take(FINDINGS_MAX).collect();
    found.extend(headings(subject).into_iter().take(FINDINGS_MAX));
    found
}

fn pictures<'a>(subject: &'a Subject<'_>) -> impl Iterator<Item = Diagnostic> + 'a {
    let silent = subject.record.outline.links.iter().filter(|link| link.form == LinkForm::Image && link.text.trim().is_empty());
    silent.map(|link| {
        let found = subject.record.source.finding(
            &diagnostic::ALT_TEXT,
            link.span.clone(),
            "this picture has no words for those who do not see it",
        );
        found.hint("say between the brackets what it shows: `![...](...)`")
    })
}

/// Headings that are more than one level below the one before. The title of a page is of the first level.
fn headings(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut above = 1;
    for section in subject.record.outline.sections.iter().filter(|section| section.level > 0) {
        if section.level > above + 1 {
            let message = format!("this heading is of level {}, and what is above it of level {above}", section.level);
            let finding = subject.record.source.finding(&diagnostic::HEADING_SKIP, section.span.clone(), message);
            found.push(finding.hint(format!("begin it with `{}`", "#".repeat(usize::from(above) + 1))));
        }
        above = section.level;
    }
    found
}
