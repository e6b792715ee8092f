//! `handbook search`.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::cli::SearchArguments;
use crate::command::{Failure, Outcome, exam, list, open};
use crate::diagnostic::visible;
use crate::index::rank::{CLOSENESS_WEIGHT, Group, Parts, RECORD_WEIGHT, Spelling, TITLE_WEIGHT};
use crate::index::search::{Found, Passage, SearchResult, Searcher};
use crate::load::Project;
use crate::model::handbook::Handbook;
use crate::pipeline::index_cache;
use crate::style;

/// Searches the records.
pub fn run(arguments: &SearchArguments) -> Result<Outcome, Failure> {
    Project::open(&arguments.place.dir)?.make_cache();
    let (assembled, occasion) = open(&arguments.place.dir, &arguments.place.occasion)?;
    let handbook = &assembled.handbook;
    let cache = index_cache(&arguments.place.dir, &occasion);
    let searcher = Searcher::new(handbook, &assembled.input.config, occasion.today, cache.as_deref());
    let searcher = searcher.map_err(|error| Failure::System(error.to_string()))?;
    let mut out = anstream::AutoStream::auto(io::stdout().lock());
    if let Some(file) = &arguments.exam {
        return exam::run(&searcher, handbook, file, arguments.at_least, arguments.json, &mut out);
    }
    let text = arguments.query.join(" ");
    let found = searcher.search(&text, arguments.limit);
    if arguments.json {
        writeln!(out, "{}", as_json(handbook, &text, &found, arguments.explain))?;
    } else {
        if arguments.explain {
            explain_words(&found.groups, &mut out)?;
        }
        print(handbook, &found, arguments.explain, &mut out)?;
    }
    Ok(if found.results.is_empty() { Outcome::Findings } else { Outcome::Fine })
}

fn print(handbook: &Handbook, found: &Found, is_explained: bool, out: &mut impl Write) -> io::Result<()> {
    for complaint in &found.complaints {
        writeln!(out, "{}note{}: {}", style::NOTE, style::RESET, visible(&complaint.to_string()))?;
    }
    for result in &found.results {
        print_result(handbook, result, out)?;
        if is_explained {
            writeln!(out, "  {}{}{}", style::FAINT, explanation(result), style::RESET)?;
        }
        writeln!(out)?;
    }
    match (found.results.len(), found.n_total) {
        (0, 0) => writeln!(out, "nothing was found"),
        (shown, total) if total > shown => writeln!(out, "{}{shown} of {total} records; -n shows more{}", style::FAINT, style::RESET),
        _ => Ok(()),
    }
}

fn print_result(handbook: &Handbook, result: &SearchResult, out: &mut impl Write) -> io::Result<()> {
    let record = &handbook.records[result.record];
    let standing = &handbook.linked[result.record].standing;
    let status = standing
        .status
        .as_ref()
        .map_or_else(String::new, |status| format!("  {}{}{}", style::of_status(status), status.name, style::RESET));
    let number = record.number.map_or_else(String::new, |number| format!(" {number}"));
    let date = record.date.map_or_else(String::new, |date| format!("  {}", date.iso()));
    writeln!(
        out,
        "{}{}{}  {}{}{number}{date}{}{status}",
        style::STRONG,
        visible(&record.title),
        style::RESET,
        style::FAINT,
        record.kind,
        style::RESET
    )?;
    for newer in &standing.successors {
        writeln!(out, "  {}replaced by{} {}", style::WARNING, style::RESET, visible(&handbook.records[*newer].title))?;
    }
    if let Some(passage) = result.passages.first() {
        let section = record.outline.sections.get(passage.section);
        if let Some(section) = section.filter(|section| section.level > 1) {
            writeln!(out, "  {}§ {}{}", style::FAINT, visible(&section.title), style::RESET)?;
        }
        write!(out, "  ")?;
        for (piece, is_match) in &passage.pieces {
            let piece = visible(&piece.replace('\n', " "));
            if *is_match { write!(out, "{}{piece}{}", style::MATCH, style::RESET)? } else { write!(out, "{piece}")? }
        }
        writeln!(out)?;
    }
    writeln!(out, "  {}{}{}", style::FAINT, record.path(), style::RESET)
}

/// What each word was taken for.
fn explain_words(groups: &[Group], out: &mut impl Write) -> io::Result<()> {
    for group in groups {
        let spelling = |spelling: &Spelling| {
            let weight = if spelling.weight < 1.0 { format!(" × {:.2}", spelling.weight) } else { String::new() };
            format!("{}{weight} ({})", visible(&spelling.term), spelling.postings.n_records)
        };
        let spellings: Vec<String> = group.spellings.iter().map(spelling).collect();
        let what = if group.is_word { "word" } else { "name" };
        writeln!(out, "{}{what}{} {}", style::FAINT, style::RESET, spellings.join(", "))?;
    }
    writeln!(out, "{}(in how many records; docs/search.md has the formula){}\n", style::FAINT, style::RESET)
}

/// The score of a record as the product that it is.
fn explanation(result: &SearchResult) -> String {
    let Parts { record, section, closeness, title_fit, standing } = &result.parts;
    if *standing == 0.0 {
        return "called so, or of the kind that was asked for: no score".to_owned();
    }
    format!(
        "score {:.2} = ({RECORD_WEIGHT} × {record:.2} record + {section:.2} best section) × (1 + {CLOSENESS_WEIGHT} × {closeness:.2} closeness + {TITLE_WEIGHT} × {title_fit:.2} title fit) × {standing:.2} standing",
        result.score
    )
}

fn as_json(handbook: &Handbook, query: &str, found: &Found, is_explained: bool) -> Value {
    let result = |result: &SearchResult| {
        let mut value = list::summary(handbook, result.record);
        value["score"] = result.score.into();
        if is_explained {
            let Parts { record, section, closeness, title_fit, standing } = &result.parts;
            value["explanation"] =
                json!({"record": record, "section": section, "closeness": closeness, "title_fit": title_fit, "standing": standing});
        }
        value["passages"] = result.passages.iter().map(|passage| passage_json(handbook, result, passage)).collect();
        value
    };
    let results: Vec<Value> = found.results.iter().map(result).collect();
    json!({"version": 1, "query": query, "total": found.n_total, "complaints": found.complaints.iter().map(ToString::to_string).collect::<Vec<_>>(), "results": results})
}

fn passage_json(handbook: &Handbook, result: &SearchResult, passage: &Passage) -> Value {
    let section = handbook.records[result.record].outline.sections.get(passage.section);
    json!({
        "anchor": section.and_then(|section| section.anchor.as_ref()).map(|anchor| anchor.as_str()),
        "heading": section.map(|section| section.title.as_str()),
        "pieces": passage.pieces.iter().map(|(text, is_match)| json!({"text": text, "match": is_match})).collect::<Vec<_>>(),
    })
}
