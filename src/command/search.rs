//! `handbook search`.

use std::io::{self, Write};
use std::time::Instant;

use serde_json::{Value, json};

use crate::cli::SearchArguments;
use crate::command::{Failure, Outcome, list, open};
use crate::diagnostic::visible;
use crate::index::search::{Found, Passage, SearchResult, Searcher};
use crate::model::handbook::Handbook;
use crate::pipeline::index_cache;
use crate::style;

/// Searches the records.
pub fn run(arguments: &SearchArguments) -> Result<Outcome, Failure> {
    let (assembled, occasion) = open(&arguments.place.dir, &arguments.place.occasion)?;
    let handbook = &assembled.handbook;
    let cache = index_cache(&arguments.place.dir, &occasion);
    let searcher = Searcher::new(handbook, &assembled.input.config, occasion.today, cache.as_deref());
    let searcher = searcher.map_err(|error| Failure::System(error.to_string()))?;
    let mut out = anstream::AutoStream::auto(io::stdout().lock());
    if let Some(file) = &arguments.exam {
        return exam(&searcher, handbook, file, arguments.json, &mut out);
    }
    let text = arguments.query.join(" ");
    let found = searcher.search(&text, arguments.limit).map_err(|error| Failure::System(error.to_string()))?;
    if arguments.json {
        writeln!(out, "{}", as_json(handbook, &text, &found))?;
    } else {
        print(handbook, &found, &mut out)?;
    }
    Ok(if found.results.is_empty() { Outcome::Findings } else { Outcome::Fine })
}

fn print(handbook: &Handbook, found: &Found, out: &mut impl Write) -> io::Result<()> {
    for complaint in &found.complaints {
        writeln!(out, "{}note{}: {}", style::NOTE, style::RESET, visible(&complaint.to_string()))?;
    }
    for result in &found.results {
        print_result(handbook, result, out)?;
    }
    match (found.results.len(), found.n_total) {
        (0, _) => writeln!(out, "nothing was found"),
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
    writeln!(out, "  {}{}{}\n", style::FAINT, record.path(), style::RESET)
}

fn as_json(handbook: &Handbook, query: &str, found: &Found) -> Value {
    let result = |result: &SearchResult| {
        let mut value = list::summary(handbook, result.record);
        value["score"] = result.score.into();
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

/// A question of an exam.
struct Question {
    text: String,
    expected: Vec<String>,
}

/// Asks the questions in `file`, one JSON object a line: `{"q": ..., "expect": ["path/of/record" or "path#anchor"]}`.
fn exam(
    searcher: &Searcher<'_>,
    handbook: &Handbook,
    file: &std::path::Path,
    is_json: bool,
    out: &mut impl Write,
) -> Result<Outcome, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::System(format!("{}: {error}", file.display())))?;
    let (mut reciprocal, mut n_first, mut n_ten, mut n_questions) = (0.0, 0, 0, 0);
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let question = question(line)
            .ok_or_else(|| Failure::Usage(format!("{}, line {}: write {{\"q\": ..., \"expect\": [...]}}", file.display(), number + 1)))?;
        let started = Instant::now();
        let found = searcher.search(&question.text, 10).map_err(|error| Failure::System(error.to_string()))?;
        let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
        let names: Vec<String> = found.results.iter().map(|result| result_name(handbook, result)).collect();
        let is_expected = |name: &String| {
            question
                .expected
                .iter()
                .any(|wanted| wanted == name || !wanted.contains('#') && name.split('#').next() == Some(wanted.as_str()))
        };
        let rank = names.iter().position(is_expected).map(|position| position + 1);
        n_questions += 1;
        reciprocal += rank.map_or(0.0, |rank| 1.0 / rank as f64);
        n_first += usize::from(rank == Some(1));
        n_ten += usize::from(rank.is_some());
        if is_json {
            writeln!(out, "{}", json!({"q": question.text, "results": names, "rank": rank, "ms": milliseconds}))?;
        } else if rank != Some(1) {
            let place = rank.map_or_else(|| "not found".to_owned(), |rank| format!("rank {rank}"));
            writeln!(
                out,
                "{place:>9}  {}  {}expected {}, first is {}{}",
                visible(&question.text),
                style::FAINT,
                question.expected.join(" or "),
                names.first().map_or("nothing", String::as_str),
                style::RESET
            )?;
        }
    }
    if !is_json {
        let share = |n: usize| n as f64 / f64::from(n_questions.max(1));
        writeln!(
            out,
            "{n_questions} questions: MRR@10 {:.3}, success@1 {:.3}, success@10 {:.3}",
            reciprocal / f64::from(n_questions.max(1)),
            share(n_first),
            share(n_ten)
        )?;
    }
    Ok(Outcome::Fine)
}

fn question(line: &str) -> Option<Question> {
    let value: Value = serde_json::from_str(line).ok()?;
    let expected = value["expect"].as_array()?.iter().filter_map(|path| path.as_str().map(str::to_owned)).collect();
    Some(Question { text: value["q"].as_str()?.to_owned(), expected })
}

/// `path#anchor` of a result: its record, and its best section.
fn result_name(handbook: &Handbook, result: &SearchResult) -> String {
    let record = &handbook.records[result.record];
    let section = result.passages.first().and_then(|passage| record.outline.sections.get(passage.section));
    match section.filter(|section| section.level > 1).and_then(|section| section.anchor.as_ref()) {
        Some(anchor) => format!("{}#{anchor}", record.id),
        None => record.id.to_string(),
    }
}
