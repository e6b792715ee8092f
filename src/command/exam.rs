//! `handbook search --exam`: a team's own questions with the answers that it expects, so that CI can hold relevance.

use std::io::Write;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

use crate::command::{Failure, Outcome};
use crate::diagnostic::visible;
use crate::index::search::{SearchResult, Searcher};
use crate::style;
use crate::yaml::{self, Node};

/// A question of an exam.
struct Question {
    text: String,
    expected: Vec<String>,
}

/// Asks the questions in `file`, and prints at which rank the expected records come.
pub fn run(searcher: &Searcher<'_>, file: &Path, at_least: Option<f64>, is_json: bool, out: &mut impl Write) -> Result<Outcome, Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| Failure::System(format!("{}: {error}", file.display())))?;
    let (mut reciprocal, mut n_first, mut n_ten, mut n_questions) = (0.0, 0, 0, 0);
    for question in questions(file, &text)? {
        let started = Instant::now();
        let found = searcher.search(&question.text, 10);
        let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
        let names: Vec<String> = found.results.iter().map(result_name).collect();
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
    let mean = reciprocal / f64::from(n_questions.max(1));
    Ok(if at_least.is_some_and(|at_least| mean < at_least) { Outcome::Findings } else { Outcome::Fine })
}

/// Reads questions, one JSON object a line: `{"q": ..., "expect": ["path/of/record" or "path#anchor"]}`; in a file that ends in
/// `.yaml` or `.yml`, the same as a list.
fn questions(file: &Path, text: &str) -> Result<Vec<Question>, Failure> {
    let mistake = |place: String| Failure::Usage(format!("{}, {place}: write {{\"q\": ..., \"expect\": [...]}}", file.display()));
    if file.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
        let (root, errors) = yaml::parse(text);
        if let Some(error) = errors.first() {
            let line = text[..error.span.start.min(text.len())].lines().count().max(1);
            return Err(Failure::Usage(format!("{}, line {line}: {}", file.display(), error.message)));
        }
        let entries = root.as_ref().map_or(&[][..], Node::members);
        let read = |(number, entry): (usize, &Node)| from_yaml(entry).ok_or_else(|| mistake(format!("question {}", number + 1)));
        return entries.iter().enumerate().map(read).collect();
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(number, line)| from_json(line).ok_or_else(|| mistake(format!("line {}", number + 1)))).collect()
}

fn from_json(line: &str) -> Option<Question> {
    let value: Value = serde_json::from_str(line).ok()?;
    let expected = value["expect"].as_array()?.iter().filter_map(|path| path.as_str().map(str::to_owned)).collect();
    Some(Question { text: value["q"].as_str()?.to_owned(), expected })
}

fn from_yaml(entry: &Node) -> Option<Question> {
    let expected = entry.get("expect")?.members().iter().filter_map(|path| path.text().map(str::to_owned)).collect();
    Some(Question { text: entry.get("q")?.text()?.to_owned(), expected })
}

/// `path#anchor` of a result: its record, and its best section.
fn result_name(result: &SearchResult) -> String {
    let id = &result.card.id;
    let passage = result.passages.first().filter(|passage| passage.heading.is_some());
    match passage.and_then(|passage| passage.anchor.as_ref()) {
        Some(anchor) => format!("{id}#{anchor}"),
        None => id.clone(),
    }
}
