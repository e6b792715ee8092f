//! What a handbook amounts to, as text, for cases. The day of all cases is 2026-11-21.

use handbook::calendar::{Date, text_of_minutes};
use handbook::ledger::Ledger;
use handbook::ledger::incidents::{Group, Incident, Summary, Time, by_month, by_service, by_severity, on_this_day, whole};
use handbook::ledger::party::Party;
use handbook::model::handbook::{Handbook, RecordIndex};
use handbook::pipeline::Assembled;

/// The part `name` of the ledger, `None` when there is no such part.
pub fn section(assembled: &Assembled, name: &str, of: &str) -> Option<String> {
    let today = Date::parse("2026-11-21").expect("a date");
    let ledger = Ledger::of(&assembled.handbook, &assembled.input.config, today);
    let handbook = &assembled.handbook;
    Some(match name {
        "tenures" => tenures(handbook, &ledger),
        "log" => log(handbook, &ledger),
        "chains" => chains(handbook, &ledger),
        "actions" => actions(handbook, &ledger),
        "debts" => debts(handbook, &ledger),
        "incidents" => incidents(handbook, &ledger),
        "figures" => figures(handbook, &ledger),
        "similar" => similar(handbook, &ledger),
        "goals" => goals(handbook, &ledger),
        "rituals" => rituals(handbook, &ledger),
        "reviews" => reviews(handbook, &ledger),
        "attention" => attention(handbook, &ledger),
        "events" => events(handbook, &ledger),
        "people" => people(handbook, &ledger),
        "network" => ledger.edges.iter().map(|edge| edge_line(handbook, edge)).collect(),
        "around" => {
            let index = (0..handbook.records.len()).find(|index| id(handbook, *index) == of).expect("the case names a record");
            let edges = handbook::ledger::network::around(handbook, &assembled.input.config, index);
            edges.iter().map(|edge| format!("{}: {}", edge.column(), edge_line(handbook, edge))).collect()
        }
        _ => return None,
    })
}

pub fn id(handbook: &Handbook, index: RecordIndex) -> &str {
    handbook.records[index].id.as_str()
}

pub fn day(date: Option<Date>) -> String {
    date.map_or_else(|| "?".to_owned(), |date| date.iso())
}

pub fn party(handbook: &Handbook, party: Option<&Party>) -> String {
    match party {
        None => "nobody".to_owned(),
        Some(Party { name, record: None }) => format!("\"{name}\""),
        Some(Party { record: Some(record), .. }) => id(handbook, *record).to_owned(),
    }
}

fn tenures(handbook: &Handbook, ledger: &Ledger) -> String {
    let line = |(index, tenure): (usize, &handbook::ledger::tenure::Tenure)| {
        let (from, until) = (day(tenure.from), if tenure.is_over { day(tenure.until) } else { String::new() });
        let span = if tenure.has_held { format!("{from} to {until}").trim_end().to_owned() } else { "never".to_owned() };
        format!("{}: {span}, today {:?}\n", id(handbook, index), tenure.on(ledger.today, ledger.today))
    };
    ledger.tenures.iter().enumerate().map(line).collect()
}

fn log(handbook: &Handbook, ledger: &Ledger) -> String {
    let mut text = String::new();
    for log in &ledger.logs {
        text.push_str(&format!("{} in force\n", log.n_in_force));
        for entry in &log.entries {
            let days = entry.days_to_decide.map_or_else(String::new, |days| format!(", decided after {days} days"));
            let open = if entry.is_open { ", open" } else { "" };
            let reason = entry.reason.as_ref().map_or_else(String::new, |reason| format!(", rejected: {reason}"));
            text.push_str(&format!("{}: {:?}{open}{days}{reason}\n", id(handbook, entry.record), entry.held));
        }
    }
    text
}

fn chains(handbook: &Handbook, ledger: &Ledger) -> String {
    let mut text = String::new();
    for chain in &ledger.chains {
        let name = chain.topic.as_ref().map_or_else(|| "(no topic)".to_owned(), |topic| format!("{} ({})", topic.name, topic.slug));
        text.push_str(&format!("{name}\n"));
        for step in &chain.steps {
            let changes: Vec<String> = step.changes.iter().map(|(label, older)| format!(" {label} {}", id(handbook, *older))).collect();
            text.push_str(&format!("  {}{}\n", id(handbook, step.record), changes.join(",")));
        }
    }
    text
}

fn actions(handbook: &Handbook, ledger: &Ledger) -> String {
    let line = |action: &handbook::ledger::actions::Action| {
        let age = action.age_days(ledger.today).map_or_else(String::new, |days| format!(", {days} days"));
        let due = action.due.map_or_else(String::new, |due| format!(", due {due}"));
        let led_to = action.led_to.map_or_else(String::new, |record| format!(" → {}", id(handbook, record)));
        let (state, owner) = (action.state.as_str(), party(handbook, action.owner.as_ref()));
        format!("{state}: {}, {owner}{due}{age} ({}{led_to})\n", action.title, id(handbook, action.record))
    };
    ledger.actions.iter().map(line).collect()
}

fn debts(handbook: &Handbook, ledger: &Ledger) -> String {
    let line = |debt: &handbook::ledger::debts::Debt| {
        let (state, owner) = (debt.state.as_str(), party(handbook, debt.owner.as_ref()));
        let days = format!("taken {}, due {}, paid {}", day(debt.taken), day(debt.due), day(debt.paid));
        format!("{state}: {}, {owner}, {days} ({})\n", debt.what, id(handbook, debt.record))
    };
    let balance = handbook::ledger::debts::balance(&ledger.debts, ledger.today);
    let balance = balance.iter().map(|at| format!("{} owed from {}\n", at.n_owed, at.day));
    ledger.debts.iter().map(line).chain(balance).collect()
}

fn time(time: Option<Time>) -> String {
    let stated = |time: &Time| if time.is_stated { " as stated" } else { "" };
    time.as_ref().map_or_else(|| "?".to_owned(), |time| text_of_minutes(time.minutes) + stated(time))
}

fn incidents(handbook: &Handbook, ledger: &Ledger) -> String {
    let line = |incident: &Incident| {
        let times = [incident.detect, incident.mitigate, incident.resolve].map(time).join(" / ");
        let (severity, services) = (incident.severity.as_deref().unwrap_or("?"), incident.services.join(", "));
        format!("{} {}: {severity}, [{services}], {times}\n", day(incident.day), id(handbook, incident.record))
    };
    let years_ago = on_this_day(&ledger.incidents, ledger.today);
    let years_ago = years_ago.iter().map(|position| format!("on this day: {}\n", id(handbook, ledger.incidents[*position].record)));
    ledger.incidents.iter().map(line).chain(years_ago).collect()
}

fn figures(handbook: &Handbook, ledger: &Ledger) -> String {
    let minutes = |minutes: Option<i64>| minutes.map_or_else(|| "?".to_owned(), |minutes| minutes.to_string());
    let summary = |summary: Summary| format!("{} of {} (mean {})", minutes(summary.median), summary.n, minutes(summary.mean));
    let line = |group: &Group| {
        let records: Vec<&str> = group.incidents.iter().map(|position| id(handbook, ledger.incidents[*position].record)).collect();
        format!("{}: detect {}, resolve {}: {}\n", group.name, summary(group.detect), summary(group.resolve), records.join(" "))
    };
    let groups =
        [vec![whole(&ledger.incidents)], by_month(&ledger.incidents), by_severity(&ledger.incidents), by_service(&ledger.incidents)];
    groups.iter().flatten().map(line).collect()
}

fn similar(handbook: &Handbook, ledger: &Ledger) -> String {
    let mut text = String::new();
    for (index, others) in &ledger.similar {
        for other in others {
            text.push_str(&format!("{} like {}: {:?}\n", id(handbook, *index), id(handbook, other.record), other.shared));
        }
    }
    text
}

fn goals(handbook: &Handbook, ledger: &Ledger) -> String {
    let line = |goal: &handbook::ledger::teams::Goal| {
        let progress = goal.progress.map_or_else(String::new, |progress| format!(", {progress}"));
        format!("{}: {} is {}{progress}\n", id(handbook, goal.record), goal.objective, goal.state.as_str())
    };
    ledger.goals.iter().map(line).collect()
}

fn rituals(handbook: &Handbook, ledger: &Ledger) -> String {
    let line = |ritual: &handbook::ledger::teams::Ritual| {
        let rule = ritual.schedule.as_ref().map_or_else(|| "?".to_owned(), |schedule| schedule.rule());
        let minutes = ritual.minutes.map_or_else(String::new, |minutes| format!(", {minutes} minutes"));
        format!("{}: {}, {rule}, next {}{minutes}\n", id(handbook, ritual.record), ritual.name, day(ritual.next))
    };
    ledger.rituals.iter().map(line).collect()
}

fn reviews(handbook: &Handbook, ledger: &Ledger) -> String {
    let line = |review: &handbook::ledger::reviews::Review| {
        format!("{}: {} {}, {}\n", review.state.as_str(), review.due, id(handbook, review.record), party(handbook, review.owner.as_ref()))
    };
    ledger.reviews.iter().map(line).collect()
}

fn attention(handbook: &Handbook, ledger: &Ledger) -> String {
    let line = |matter: &handbook::ledger::attention::Matter| {
        let what = matter.what.as_ref().map_or_else(String::new, |what| format!(": {what}"));
        format!("{} since {}: {}{what}\n", matter.sort.as_str(), day(matter.since), id(handbook, matter.record))
    };
    ledger.matters.iter().map(line).collect()
}

fn events(handbook: &Handbook, ledger: &Ledger) -> String {
    let line = |event: &handbook::ledger::events::Event| {
        let what = event.what.as_ref().map_or_else(String::new, |what| format!(": {what}"));
        format!("{} {}: {}{what}\n", event.day, event.sort.as_str(), id(handbook, event.record))
    };
    ledger.events.iter().map(line).collect()
}

fn people(handbook: &Handbook, ledger: &Ledger) -> String {
    let line = |person: &handbook::ledger::people::Person| {
        let left = if person.has_left(ledger.today) { ", left" } else { "" };
        let roles: Vec<String> = person.roles.iter().map(|role| format!(", in {}", id(handbook, role.team))).collect();
        let records = |records: &Vec<RecordIndex>| records.iter().map(|index| id(handbook, *index)).collect::<Vec<_>>().join(" ");
        let named: Vec<String> = person.named.iter().map(|(label, named)| format!(", {label} of {}", records(named))).collect();
        format!("{}{left}{}{}\n", person.name, roles.concat(), named.concat())
    };
    ledger.people.iter().map(line).collect()
}

fn edge_line(handbook: &Handbook, edge: &handbook::ledger::network::Edge) -> String {
    let replaces = if edge.replaces { " (replaces)" } else { "" };
    format!("{} {} {}{replaces}\n", id(handbook, edge.from), edge.label, id(handbook, edge.to))
}
