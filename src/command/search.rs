//! `handbook search`.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::cache::{Answers, Cards};
use crate::cli::SearchArguments;
use crate::command::{Failure, Outcome, exam, list, occasion};
use crate::config::Config;
use crate::diagnostic::visible;
use crate::index::card::Card;
use crate::index::dictionary::PHRASE_MARK;
use crate::index::kept::Extent;
use crate::index::query;
use crate::index::rank::{CLOSENESS_WEIGHT, Group, Parts, RECORD_WEIGHT, Spelling, TITLE_WEIGHT};
use crate::index::search::{Found, Nearest, Passage, SearchResult, Searcher, Shelf};
use crate::load::{Project, Roots};
use crate::model::handbook::RecordIndex;
use crate::model::name::SourcePath;
use crate::model::record::Record;
use crate::parse::parse;
use crate::pipeline::{Memo, Occasion, assemble, index_cache, keep_answers};
use crate::style;

/// Searches the records.
pub fn run(arguments: &SearchArguments) -> Result<Outcome, Failure> {
    let project = Project::open(&arguments.place.dir)?;
    project.make_cache();
    let (config, _) = project.config()?;
    let occasion = occasion(&arguments.place.occasion, &config)?;
    let cache = index_cache(&arguments.place.dir, &occasion);
    if let Some(found) = cache.as_deref().and_then(|cache| kept(arguments, &project, &config, &occasion, cache)) {
        return found;
    }
    let input = project.load(&[arguments.place.dir.join("public")])?;
    let assembled = assemble(input, &mut Memo::of(&project), occasion.scope);
    let (handbook, config) = (&assembled.handbook, &assembled.input.config);
    let searcher = Searcher::new(handbook, config, occasion.today, cache.as_deref());
    let searcher = searcher.map_err(|error| Failure::System(error.to_string()))?;
    keep_answers(&project, &assembled, searcher.lists(), cache.as_deref());
    Ok(answer(&searcher, arguments)?.expect("the texts of all records were read"))
}

/// Searches what an earlier search kept, where nothing has changed since. A record that turns out to have changed in this very
/// moment is a reason to read everything anew.
fn kept(
    arguments: &SearchArguments,
    project: &Project,
    config: &Config,
    occasion: &Occasion,
    cache: &Path,
) -> Option<Result<Outcome, Failure>> {
    let has_conditions = arguments.exam.is_some() || !query::parse(&arguments.query.join(" ")).conditions.is_empty();
    let wanted = if has_conditions { Extent::Places } else { Extent::Words };
    let (answers, lists) = Answers::find(cache, config, wanted)?;
    let roots = project.roots(config).ok()?.0;
    let shelf = KeptRecords { cards: answers.cards, project, roots, config };
    let searcher = Searcher::of(Arc::new(lists), answers.facts, config, occasion.today, shelf);
    answer(&searcher, arguments).transpose()
}

/// Records of which only those are read that are shown.
struct KeptRecords<'a> {
    cards: Cards,
    project: &'a Project,
    roots: Roots,
    config: &'a Config,
}

impl Shelf for KeptRecords<'_> {
    fn card(&self, record: RecordIndex) -> Option<Card> {
        self.cards.get(record)
    }

    fn record(&self, record: RecordIndex) -> Option<Arc<Record>> {
        let card = self.card(record)?;
        let source = self.project.source(&self.roots, &SourcePath::new(card.path), self.config)?;
        Some(parse(&Arc::new(source), self.config).record).filter(|record| record.id.as_str() == card.id)
    }
}

/// Answers what was asked; says nothing, if the text of a record is missing.
fn answer(searcher: &Searcher<'_>, arguments: &SearchArguments) -> Result<Option<Outcome>, Failure> {
    let mut out = anstream::AutoStream::auto(io::stdout().lock());
    if let Some(file) = &arguments.exam {
        return exam::run(searcher, file, arguments.at_least, arguments.json, &mut out).map(Some);
    }
    let text = arguments.query.join(" ");
    let found = searcher.search(&text, arguments.limit);
    if !found.is_whole {
        return Ok(None);
    }
    if arguments.json {
        writeln!(out, "{}", as_json(&text, &found, arguments.explain))?;
    } else {
        if arguments.explain {
            explain_words(&found.groups, &mut out)?;
        }
        print(&found, arguments.explain, &mut out)?;
    }
    Ok(Some(if found.n_total == 0 { Outcome::Findings } else { Outcome::Fine }))
}

fn print(found: &Found, is_explained: bool, out: &mut impl Write) -> io::Result<()> {
    for complaint in &found.complaints {
        writeln!(out, "{}note{}: {}", style::NOTE, style::RESET, visible(&complaint.to_string()))?;
    }
    for result in &found.results {
        print_result(result, out)?;
        if is_explained {
            writeln!(out, "  {}{}{}", style::FAINT, explanation(result), style::RESET)?;
        }
        writeln!(out)?;
    }
    match (found.results.len(), found.n_total) {
        (0, 0) => print_nearest(&found.nearest, out),
        (0, total) => writeln!(out, "{total} {}", if total == 1 { "record" } else { "records" }),
        (shown, total) if total > shown => writeln!(out, "{}{shown} of {total} records; -n shows more{}", style::FAINT, style::RESET),
        _ => Ok(()),
    }
}

fn print_nearest(nearest: &Nearest, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "nothing was found")?;
    if !nearest.words.is_empty() {
        writeln!(out, "nearest words: {}", visible(&nearest.words.join(", ")))?;
    }
    if !nearest.results.is_empty() {
        writeln!(out, "nearest records:")?;
    }
    for result in &nearest.results {
        writeln!(out, "  {}  {}{}{}", visible(&result.card.title), style::FAINT, result.card.path, style::RESET)?;
    }
    Ok(())
}

fn print_result(result: &SearchResult, out: &mut impl Write) -> io::Result<()> {
    let card = &result.card;
    let status = card
        .status
        .as_ref()
        .map_or_else(String::new, |status| format!("  {}{}{}", style::of_status(&status.colour), status.name, style::RESET));
    let number = card.number.map_or_else(String::new, |number| format!(" {number}"));
    let date = card.date.as_ref().map_or_else(String::new, |date| format!("  {date}"));
    writeln!(
        out,
        "{}{}{}  {}{}{number}{date}{}{status}",
        style::STRONG,
        visible(&card.title),
        style::RESET,
        style::FAINT,
        card.kind,
        style::RESET
    )?;
    for (_, newer) in &card.successors {
        writeln!(out, "  {}replaced by{} {}", style::WARNING, style::RESET, visible(newer))?;
    }
    if let Some(passage) = result.passages.first() {
        if let Some(heading) = &passage.heading {
            writeln!(out, "  {}§ {}{}", style::FAINT, visible(heading), style::RESET)?;
        }
        write!(out, "  ")?;
        for (piece, is_match) in &passage.pieces {
            let piece = visible(&piece.replace('\n', " "));
            if *is_match { write!(out, "{}{piece}{}", style::MATCH, style::RESET)? } else { write!(out, "{piece}")? }
        }
        writeln!(out)?;
    }
    writeln!(out, "  {}{}{}", style::FAINT, card.path, style::RESET)
}

/// What each word was taken for.
fn explain_words(groups: &[Group], out: &mut impl Write) -> io::Result<()> {
    for group in groups {
        let spelling = |spelling: &Spelling| {
            let weight = if spelling.weight < 1.0 { format!(" × {:.2}", spelling.weight) } else { String::new() };
            format!("{}{weight} ({})", visible(&spelling.term.replace(PHRASE_MARK, " ")), spelling.postings.n_records)
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

fn as_json(query: &str, found: &Found, is_explained: bool) -> Value {
    let result = |result: &SearchResult| {
        let mut value = list::card_json(&result.card);
        value["score"] = result.score.into();
        if is_explained {
            let Parts { record, section, closeness, title_fit, standing } = &result.parts;
            value["explanation"] =
                json!({"record": record, "section": section, "closeness": closeness, "title_fit": title_fit, "standing": standing});
        }
        value["passages"] = result.passages.iter().map(passage_json).collect();
        value
    };
    let results: Vec<Value> = found.results.iter().map(result).collect();
    let nearest = json!({"words": found.nearest.words, "results": found.nearest.results.iter().map(|result| list::card_json(&result.card)).collect::<Vec<_>>()});
    json!({"version": 1, "query": query, "nearest": nearest, "total": found.n_total, "complaints": found.complaints.iter().map(ToString::to_string).collect::<Vec<_>>(), "results": results})
}

fn passage_json(passage: &Passage) -> Value {
    json!({
        "anchor": passage.anchor,
        "heading": passage.heading,
        "pieces": passage.pieces.iter().map(|(text, is_match)| json!({"text": text, "match": is_match})).collect::<Vec<_>>(),
    })
}
