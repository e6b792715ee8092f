//! `handbook list`.

use std::collections::{BTreeSet, HashSet};
use std::io::Write;

use serde_json::{Value, json};

use crate::calendar::Date;
use crate::cli::ListArguments;
use crate::command::{Failure, Outcome, open};
use crate::diagnostic::{did_you_mean, nearest, visible};
use crate::index::card::Card;
use crate::ledger::Ledger;
use crate::ledger::actions::{State, is_past};
use crate::ledger::party::Party;
use crate::ledger::tenure::Held;
use crate::link::tag_slug;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::kind::{Kind, Meaning};
use crate::pipeline::Assembled;
use crate::slug;
use crate::style;

/// Lists the records of a kind, or the kinds.
pub fn run(arguments: &ListArguments) -> Result<Outcome, Failure> {
    let (assembled, occasion) = open(&arguments.place.dir, &arguments.place.occasion)?;
    let mut out = anstream::AutoStream::auto(std::io::stdout().lock());
    let Some(word) = &arguments.kind else { return kinds(&assembled, arguments.json, &mut out) };
    let (config, handbook) = (&assembled.input.config, &assembled.handbook);
    let kind = config.kind_called(word).ok_or_else(|| {
        let names = config.kinds.iter().map(|kind| kind.name.as_str());
        let hint =
            did_you_mean(&nearest(word, names.clone(), 1)).unwrap_or_else(|| format!("kinds are {}", names.collect::<Vec<_>>().join(", ")));
        Failure::Usage(format!("no kind is called `{word}`; {hint}"))
    })?;
    let ledger = Ledger::of(handbook, config, occasion.today);
    let filter = Filter::of(arguments, kind, handbook, &ledger)?;
    let of_kind = handbook.collections.iter().find(|collection| config.kinds[collection.kind].name == kind.name);
    let of_kind = of_kind.map(|collection| collection.records.as_slice()).unwrap_or_default();
    let records: Vec<RecordIndex> = of_kind.iter().copied().filter(|index| filter.passes(*index)).collect();
    let held_on = |index: RecordIndex| arguments.as_of.map(|day| ledger.tenures[index].on(day, occasion.today));
    let (held, unknown): (Vec<RecordIndex>, Vec<RecordIndex>) =
        records.into_iter().filter(|index| held_on(*index) != Some(Held::No)).partition(|index| held_on(*index) != Some(Held::Unknown));
    if arguments.json {
        let records: Vec<Value> = held.iter().map(|index| summary(handbook, *index)).collect();
        let mut value = json!({"version": 1, "kind": kind.name.as_str(), "records": records});
        if let Some(day) = arguments.as_of {
            value["as_of"] = day.iso().into();
            value["unknown"] = unknown.iter().map(|index| Value::from(handbook.records[*index].id.as_str())).collect();
        }
        writeln!(out, "{value}")?;
        return Ok(Outcome::Fine);
    }
    for index in held {
        match arguments.as_of {
            Some(_) => print_tenure(handbook, &ledger, index, &mut out)?,
            None => print_line(handbook, index, &mut out)?,
        }
    }
    if !unknown.is_empty() {
        let paths: Vec<&str> = unknown.iter().map(|index| handbook.records[*index].path().as_str()).collect();
        writeln!(std::io::stderr(), "{} more do not tell since when or until when they held: {}", paths.len(), paths.join(", "))?;
    }
    Ok(Outcome::Fine)
}

/// Which records are asked for.
struct Filter<'a> {
    arguments: &'a ListArguments,
    handbook: &'a Handbook,
    today: Date,
    status: Option<&'a str>,
    /// Records with something to be done, and with something that is late.
    pending: HashSet<RecordIndex>,
    overdue: HashSet<RecordIndex>,
}

impl<'a> Filter<'a> {
    fn of(arguments: &'a ListArguments, kind: &'a Kind, handbook: &'a Handbook, ledger: &Ledger) -> Result<Self, Failure> {
        if let Some(status) = arguments.status.as_ref().filter(|status| kind.status(status).is_none()) {
            let names: Vec<&str> = kind.statuses.iter().map(|status| status.name.as_str()).collect();
            return Err(Failure::Usage(format!("a {} has no status `{status}`; statuses are {}", kind.name, names.join(", "))));
        }
        let topics = handbook.records.iter().filter_map(|record| record.text("topic"));
        let owners: Vec<Party> = (0..handbook.records.len()).filter_map(|index| Party::owner(handbook, index)).collect();
        let slugs = owners.iter().filter_map(|party| party.record).map(|team| handbook.records[team].slug());
        known("tag", arguments.tag.as_deref(), handbook.tags.iter().map(|tag| tag.name.as_str()))?;
        known("topic", arguments.topic.as_deref(), topics)?;
        known("owner", arguments.owner.as_deref(), owners.iter().map(|party| party.name.as_str()).chain(slugs))?;
        let status = arguments.status.as_ref().and_then(|status| kind.status(status)).map(|status| status.name.as_str());
        let actions = ledger.actions.iter().filter(|action| action.state.is_pending());
        let debts = ledger.debts.iter().filter(|debt| debt.paid.is_none());
        let late_actions = actions.clone().filter(|action| action.state == State::Overdue).map(|action| action.record);
        let late_debts = debts.clone().filter(|debt| debt.due.is_some_and(|due| is_past(due, ledger.today))).map(|debt| debt.record);
        Ok(Self {
            arguments,
            handbook,
            today: ledger.today,
            status,
            overdue: late_actions.chain(late_debts).collect(),
            pending: actions.map(|action| action.record).chain(debts.map(|debt| debt.record)).collect(),
        })
    }

    fn passes(&self, index: RecordIndex) -> bool {
        let (record, arguments) = (&self.handbook.records[index], self.arguments);
        let meaning = self.handbook.linked[index].standing.status.as_ref().map(|status| status.meaning);
        let is_reviewed = || record.date_field("review_by").is_none_or(|day| meaning == Some(Meaning::Closed) || !is_past(day, self.today));
        let is_tagged = |tag: &String| record.tags.iter().any(|other| tag_slug(other) == tag_slug(tag));
        let is_on = |topic: &String| record.text("topic").is_some_and(|other| slug::fold(other) == slug::fold(topic));
        (self.status.is_none() || status_name(self.handbook, index) == self.status)
            && arguments.tag.as_ref().is_none_or(is_tagged)
            && arguments.topic.as_ref().is_none_or(is_on)
            && arguments.owner.as_ref().is_none_or(|owner| self.is_kept_by(index, owner))
            && (!arguments.open || meaning == Some(Meaning::Open) || self.pending.contains(&index))
            && (!arguments.overdue || self.overdue.contains(&index) || !is_reviewed())
    }

    /// Whether the record is kept by the team called `owner`: by its title, the name of its file, or as it is written.
    fn is_kept_by(&self, index: RecordIndex, owner: &str) -> bool {
        let Some(party) = Party::owner(self.handbook, index) else { return false };
        let of_file = party.record.map(|team| self.handbook.records[team].slug());
        let names = [Some(party.name.as_str()), of_file, self.handbook.records[index].text("owner")];
        names.into_iter().flatten().any(|name| slug::fold(name) == slug::fold(owner))
    }
}

/// Whether what is asked for is called by any of `names`; else the nearest are told.
fn known<'a>(what: &str, wanted: Option<&str>, names: impl Iterator<Item = &'a str>) -> Result<(), Failure> {
    let Some(wanted) = wanted else { return Ok(()) };
    let names: BTreeSet<&str> = names.collect();
    if names.iter().any(|name| slug::fold(name) == slug::fold(wanted) || tag_slug(name) == tag_slug(wanted)) {
        return Ok(());
    }
    let hint = did_you_mean(&nearest(wanted, names, 2)).map_or_else(String::new, |hint| format!("; {hint}"));
    Err(Failure::Usage(format!("no record has the {what} `{wanted}`{hint}")))
}

/// One record in a line: number, since when and until when it was in force, title, path.
fn print_tenure(handbook: &Handbook, ledger: &Ledger, index: RecordIndex, out: &mut impl Write) -> std::io::Result<()> {
    let (record, tenure) = (&handbook.records[index], &ledger.tenures[index]);
    let number = record.number.map_or_else(String::new, |number| format!("{number:>4}  "));
    let day = |date: Option<Date>| date.map_or_else(String::new, |date| date.iso());
    let until = if tenure.is_over { day(tenure.until) } else { "today".to_owned() };
    let title = visible(&record.title);
    writeln!(out, "{number}{:<10} to {until:<10}  {title}  {}{}{}", day(tenure.from), style::FAINT, record.path(), style::RESET)
}

fn kinds(assembled: &Assembled, as_json: bool, out: &mut impl Write) -> Result<Outcome, Failure> {
    let collections =
        assembled.handbook.collections.iter().map(|collection| (&assembled.input.config.kinds[collection.kind], collection.records.len()));
    if as_json {
        let kinds: Vec<Value> =
            collections.map(|(kind, count)| json!({"name": kind.name.as_str(), "plural": kind.plural, "count": count})).collect();
        writeln!(out, "{}", json!({"version": 1, "kinds": kinds}))?;
        return Ok(Outcome::Fine);
    }
    for (kind, count) in collections {
        writeln!(out, "{count:>5}  {}{}{}  {}{}{}", style::STRONG, kind.name, style::RESET, style::FAINT, kind.about, style::RESET)?;
    }
    Ok(Outcome::Fine)
}

fn status_name(handbook: &Handbook, index: RecordIndex) -> Option<&str> {
    handbook.linked[index].standing.status.as_ref().map(|status| status.name.as_str())
}

/// One record in a line: number, date, status, title, path.
fn print_line(handbook: &Handbook, index: RecordIndex, out: &mut impl Write) -> std::io::Result<()> {
    let record = &handbook.records[index];
    let standing = &handbook.linked[index].standing;
    let number = record.number.map_or_else(String::new, |number| format!("{number:>4}  "));
    let date = record.date.map_or_else(|| " ".repeat(10), |date| format!("{:<10}", date.iso()));
    let (colour, status) =
        standing.status.as_ref().map_or((style::FAINT, ""), |status| (style::of_status(&status.colour), status.name.as_str()));
    let title = visible(&record.title);
    writeln!(out, "{number}{date}  {colour}{status:<11}{}  {title}  {}{}{}", style::RESET, style::FAINT, record.path(), style::RESET)
}

/// A record as JSON, in short.
pub fn summary(handbook: &Handbook, index: RecordIndex) -> Value {
    card_json(&Card::of(handbook, index))
}

/// The same, of a card.
pub fn card_json(card: &Card) -> Value {
    json!({
        "id": card.id,
        "path": card.path,
        "url": card.url,
        "kind": card.kind,
        "title": card.title,
        "number": card.number,
        "status": card.status.as_ref().map(|status| &status.name),
        "status_note": card.status_note,
        "date": card.date,
        "summary": card.summary,
        "tags": card.tags,
        "superseded_by": card.superseded_by,
        "successors": card.successors.iter().map(|(id, _)| id).collect::<Vec<_>>(),
    })
}
