//! The table of rules: everything that `handbook check` can find.

use super::{Rule, Severity};

macro_rules! rules {
    ($($name:ident $code:literal $severity:ident $meaning:literal $mend:literal;)*) => {
        $(#[doc = $meaning] pub static $name: Rule =
            Rule { code: $code, severity: Severity::$severity, meaning: $meaning, mend: $mend };)*
        /// All rules, in the order of the stages that apply them.
        pub static RULES: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    UNREADABLE "unreadable" Error "A file or folder can not be read." "Mend its permissions, or leave it out with `ignore`.";
    NOT_TEXT "not-text" Error "A Markdown file is no text." "Rename it, or leave it out with `ignore`.";
    ENCODING "encoding" Error "A file is not in UTF-8." "Save it as UTF-8.";
    TOO_LARGE "too-large" Warning "A file is larger than a record may be." "Split it, or leave it out with `ignore`.";
    SYMLINK "symlink" Warning "A symbolic link is broken, or leads out of the content folder." "Put the file itself there, or remove the link.";
    NOT_A_FILE "not-a-file" Note "Something with the name of a record is no file." "Rename it.";
    FILE_NAME "file-name" Warning "A file name that some systems can not keep." "Rename the file.";
    INCLUDE "include" Error "An include names no file that may be included." "Name a file in the content folder.";
    FRONT_MATTER_OPEN "front-matter-open" Error "The front matter has no end." "Close it with a line `---`.";
    FRONT_MATTER_SYNTAX "front-matter-syntax" Error "The front matter is no YAML." "Put the value in quotes, or mend the indentation.";
    FRONT_MATTER_FORMAT "front-matter-format" Warning "The front matter is in a format that is not read, or its keys lack the space behind their colon." "Write it as YAML between two lines `---`: `key: value`.";
    DUPLICATE_KEY "duplicate-key" Error "A key stands twice." "Remove one of the two.";
    FIELD_TYPE "field-type" Error "A value is not what its field holds." "Write a value of the field's type.";
    FIELD_MISSING "field-missing" Warning "A required field is missing." "Add it.";
    FIELD_UNKNOWN "field-unknown" Warning "A field that the kind does not know." "Mend its name, or declare it in the kind.";
    KIND_UNKNOWN "kind-unknown" Error "No kind has that name." "Name one of the kinds.";
    STATUS_UNKNOWN "status-unknown" Warning "No status of the kind has that name." "Name one of the kind's statuses.";
    FIELD_UNDECLARED "field-undeclared" Note "A field that the kind does not declare." "Declare it in the kind.";
    DATE_FAR "date-far" Warning "A date lies far in the past or the future." "Mend the year.";
    DATE_UNREAD "date-unread" Warning "A date in the text can not be read." "Write YYYY-MM-DD.";
    DATE_AMBIGUOUS "date-ambiguous" Warning "Day and month of a date could change places; its year alone is used." "Write YYYY-MM-DD, or set `dates` in `handbook.yaml`.";
    TEMPLATE_LEFT "template-left" Warning "A value or a line is what the template leaves to be filled in." "Fill it in.";
    TIMELINE_ORDER "timeline-order" Warning "A row of a timeline is earlier than the one above it." "Mend the time, or move the row.";
    DURATION_CONTRADICTS "duration-contradicts" Warning "A duration is stated that the times of the record contradict." "Mend one of the two.";
    AUDIENCE_UNKNOWN "audience-unknown" Error "No audience has that name; the record is kept from all but the last one." "Name one of the audiences in `handbook.yaml`.";
    DRAFT_UNCLEAR "draft-unclear" Warning "`draft` is neither true nor false: a record whose draft has a number is kept for the last audience, any other is left out." "Write `true` or `false`.";
    ALIAS_REFUSED "alias-refused" Error "An alias that is no place in the site, or is taken." "Write a path within the site that no page has.";
    SLUG_REFUSED "slug-refused" Error "A slug that can not be part of an address." "Use letters, digits and hyphens.";
    NESTING "nesting" Warning "Text is nested deeper than is shown." "Nest it less deeply.";
    MATH "math" Warning "A formula can not be read; it is shown as it is written." "Mend the formula.";
    LINK_SCHEME "link-scheme" Warning "A link with a scheme that is not followed; it is shown as text." "Link with https, http, mailto, tel or a path.";
    BROKEN_LINK "broken-link" Warning "A link leads to no record and no file." "Mend the path.";
    BROKEN_ANCHOR "broken-anchor" Warning "A link leads to no section of its target." "Mend the part after `#`.";
    LINK_CASE "link-case" Warning "A link differs from the file's name in case; it works on some systems only." "Write the name as the file has it.";
    LINK_OUTSIDE "link-outside" Note "A link leads out of the content folder, where nothing is published." "Link to where that file can be read.";
    LINK_TO_HOST "link-to-host" Note "A link begins with `/` and leads to no record: it means another part of the host." "Write a relative path, or the whole address.";
    REFERENCE_UNKNOWN "reference-unknown" Warning "A reference names no record." "Mend it.";
    REFERENCE_AMBIGUOUS "reference-ambiguous" Warning "A reference fits several records." "Name one of them by its path.";
    REFERENCE_KIND "reference-kind" Warning "A reference names a record of a kind that does not fit." "Name a record of the right kind.";
    DUPLICATE_URL "duplicate-url" Error "Two files want the same address." "Rename one of them.";
    DUPLICATE_NUMBER "duplicate-number" Warning "Two records of a folder have the same number." "Give one of them the next free number.";
    NUMBER_DIFFERS "number-differs" Warning "A record's number is not that of its file's name." "Rename the file, or mend the number.";
    TAG_SPELLING "tag-spelling" Note "A tag is spelt in two ways." "Choose one.";
    SUPERSEDES_CYCLE "supersedes-cycle" Error "Records supersede each other in a circle." "Remove one of the relations.";
    SUPERSEDED_TWICE "superseded-twice" Warning "Two records supersede the same one." "Let the later one supersede the earlier.";
    SUPERSEDES_CONTRADICTION "supersedes-contradiction" Warning "A record supersedes another, and their statuses or dates say that it can not." "Remove the relation, or mend the status or the date.";
    SUPERSEDES_EARLY "supersedes-early" Note "A record that is not decided yet says that it replaces another, which holds until it is." "Decide it, or let it say so when it is decided.";
    SUPERSEDES_ONE_SIDED "supersedes-one-sided" Note "One of two records says that it replaces the other, or was replaced by it; the other does not." "Say it in the other record, too.";
    STATUS_CONTRADICTS "status-contradicts" Warning "A record says that it holds, and names the record that replaced it." "Write as its status that it is superseded, or remove the relation.";
    DEAD_CITATION "dead-citation" Note "A record that no longer holds is cited as if it did." "Cite what replaced it, or say that it no longer holds.";
    REVIEW_OVERDUE "review-overdue" Warning "A record was to be looked at again, and the day has passed." "Look at it: `handbook confirm` if it holds, else change it.";
    PROVISIONAL_EXPIRED "provisional-expired" Warning "A record holds for a time that has ended." "Decide what holds now, and write it as the status.";
    ACTION_OVERDUE "action-overdue" Warning "An action is not done, and its day has passed." "Do it and say so, drop it, or move the day.";
    ACTION_INCOMPLETE "action-incomplete" Note "An action has nobody who does it, or no day." "Add `owner` and `due`.";
    DEBT_OVERDUE "debt-overdue" Warning "A debt is not paid back, and its day has passed." "Pay it back and write the day as `paid`, or move `due` and say why.";
    DEBT_OPEN_ENDED "debt-open-ended" Warning "Nothing says when a debt is paid back." "Add `payback`, the condition, or `due`, the day.";
    ORPHAN "orphan" Note "No record links to a page, and no table of contents names it." "Link to it from where its readers are.";
    PERSON_UNKNOWN "person-unknown" Note "A person is named whom no team lists." "Mend the name, or add it to a team's `people` or to `people` in `handbook.yaml`.";
    OWNER_GONE "owner-gone" Warning "A person or a team that is no longer there is named for something that is to be done or kept." "Name who does it now.";
    ALT_TEXT "alt-text" Note "A picture has no words for those who do not see it." "Say between the brackets what it shows.";
    HEADING_SKIP "heading-skip" Note "A heading is more than one level below the one above it." "Give it the next level.";
    BLAME "blame" Warning "Words that make a cause of a person, or judge what people did by what is known now." "Say what happened and what made it easy to happen.";
    ASSET_REFUSED "asset-refused" Warning "A file that could run in a reader's browser is not published." "Link to it elsewhere, or remove its script.";
    SOURCE_MISSING "source-missing" Error "A folder under `sources` is not there." "Check it out, or remove the entry.";
    HISTORY_CUT "history-cut" Warning "Git has only the later part of the history." "Fetch the rest: `git fetch --unshallow`.";
    HISTORY_DISTRUSTED "history-distrusted" Warning "Git does not read the repository, since another user owns it." "Name it in git's `safe.directory`.";
    ALLOWANCE "allowance" Warning "A finding is allowed without a reason, or there is nothing to allow." "Write `handbook: allow RULE because ...`, or remove it.";
    CONFIGURATION "configuration" Error "handbook.yaml does not say what it means." "Mend the entry.";
    OUTPUT_TAKEN "output-taken" Error "A file in the output folder that handbook did not write has the name of a page." "Move that file, or rename the record.";
    OUTPUT_EDITED "output-edited" Warning "A file in the output folder was edited by hand since it was written." "Move the edit to the source, then remove the copy that was kept.";
    TEMPLATE "template" Error "A page can not be rendered with its template." "Mend the template.";
}
