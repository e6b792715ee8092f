//! Incidents: how long it took to detect, mitigate and resolve each, and what several have in common.
//!
//! A record is one when its kind declares when it began and when it was over. Times are reckoned from those moments; where
//! one is missing, what the text states counts.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::calendar::{Date, Moment, minutes_as_stated};
use crate::config::Config;
use crate::ledger::log::median;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::kind::FieldType;
use crate::model::record::Record;
use crate::slug;

/// Incidents that are named as similar to one.
const SIMILAR_MAX: usize = 5;
/// A thing that so many incidents share, or more than half of all, tells nothing of any.
const COMMON_MIN: usize = 4;

/// An incident.
#[derive(Clone, Debug)]
pub struct Incident {
    /// The record.
    pub record: RecordIndex,
    /// The day on which it began, else the day of the record.
    pub day: Option<Date>,
    /// How bad it was, in the words of the team.
    pub severity: Option<String>,
    /// What was affected.
    pub services: Vec<String>,
    /// From the beginning until somebody knew.
    pub detect: Option<Time>,
    /// From the beginning until it stopped hurting.
    pub mitigate: Option<Time>,
    /// From the beginning until it was over.
    pub resolve: Option<Time>,
}

/// How long something took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// Minutes.
    pub minutes: i64,
    /// Whether the record states it, rather than the moments from which it follows.
    pub is_stated: bool,
}

/// Figures of the incidents that have something in common: a month, a severity, a service.
#[derive(Debug)]
pub struct Group {
    /// What they have in common.
    pub name: String,
    /// The incidents, by their place in the list of all.
    pub incidents: Vec<usize>,
    /// Time to detect.
    pub detect: Summary,
    /// Time to resolve.
    pub resolve: Summary,
}

/// How long something took in several incidents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// In how many it is known.
    pub n: usize,
    /// Minutes, at the median.
    pub median: Option<i64>,
    /// Minutes, at the mean.
    pub mean: Option<i64>,
}

/// An incident that has something in common with another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Similar {
    /// The other record.
    pub record: RecordIndex,
    /// What both have.
    pub shared: Vec<Shared>,
}

/// Something that two incidents have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shared {
    /// What they are called: it happened again.
    Title(String),
    /// What set them off.
    Trigger(String),
    /// What was affected.
    Service(String),
    /// What contributed to them.
    Factor(String),
    /// The record that led to both.
    Cause(RecordIndex),
}

/// All incidents, the latest first.
pub fn incidents(handbook: &Handbook, config: &Config) -> Vec<Incident> {
    let is_incident = |index: &RecordIndex| {
        let fields = &config.kind(&handbook.records[*index].kind).fields;
        let is_moment = |name: &str| fields.get(name).is_some_and(|field| field.kind == FieldType::DateTime);
        is_moment("started") && is_moment("resolved") && !handbook.records[*index].path().is_index()
    };
    let mut incidents: Vec<Incident> =
        (0..handbook.records.len()).filter(is_incident).map(|index| incident(&handbook.records[index], index)).collect();
    incidents.sort_by_key(|incident| std::cmp::Reverse((incident.day, handbook.records[incident.record].id.clone())));
    incidents
}

fn incident(record: &Record, index: RecordIndex) -> Incident {
    let severity = record.fields.get("severity").map(|severity| severity.display().trim().to_owned());
    Incident {
        record: index,
        day: record.moment("started").map(|started| started.date()).or(record.date),
        severity: severity.filter(|severity| !severity.is_empty()),
        services: record.texts("services").map(|service| service.trim().to_owned()).filter(|service| !service.is_empty()).collect(),
        detect: time(record, "detected", &["time_to_detect"]),
        mitigate: time(record, "mitigated", &["time_to_mitigate"]),
        resolve: time(record, "resolved", &["time_to_recover", "duration"]),
    }
}

/// The time from the beginning to the moment in field `end`, else what one of the fields `stated` says.
fn time(record: &Record, end: &str, stated: &[&str]) -> Option<Time> {
    let clock = |name: &str| record.moment(name).filter(Moment::has_clock);
    let reckoned = clock("started").zip(clock(end)).map(|(from, to)| from.minutes_until(to)).filter(|minutes| *minutes >= 0);
    let as_stated = || stated.iter().find_map(|name| minutes_as_stated(record.text(name)?)).filter(|minutes| *minutes >= 0);
    match reckoned {
        Some(minutes) => Some(Time { minutes, is_stated: false }),
        None => as_stated().map(|minutes| Time { minutes, is_stated: true }),
    }
}

/// Figures by month, the latest first; incidents without a day are left out.
pub fn by_month(incidents: &[Incident]) -> Vec<Group> {
    let month = |incident: &Incident| incident.day.filter(|day| day.precision() != crate::calendar::Precision::Year);
    let mut groups = group(incidents, |incident| month(incident).map(|day| day.iso()[..7].to_owned()).into_iter().collect());
    groups.reverse();
    groups
}

/// Figures by severity, in the order of its words.
pub fn by_severity(incidents: &[Incident]) -> Vec<Group> {
    group(incidents, |incident| incident.severity.clone().into_iter().collect())
}

/// Figures by service, the one with the most incidents first.
pub fn by_service(incidents: &[Incident]) -> Vec<Group> {
    let mut groups = group(incidents, |incident| incident.services.clone());
    groups.sort_by_key(|group| std::cmp::Reverse(group.incidents.len()));
    groups
}

/// Figures of `incidents` as a whole.
pub fn whole(incidents: &[Incident]) -> Group {
    summed(String::new(), (0..incidents.len()).collect(), incidents)
}

fn group(incidents: &[Incident], names: impl Fn(&Incident) -> Vec<String>) -> Vec<Group> {
    let mut groups: BTreeMap<String, (String, Vec<usize>)> = BTreeMap::new();
    for (position, incident) in incidents.iter().enumerate() {
        for name in names(incident) {
            let (_, members) = groups.entry(slug::fold(&name)).or_insert_with(|| (name, Vec::new()));
            if members.last() != Some(&position) {
                members.push(position);
            }
        }
    }
    groups.into_values().map(|(name, members)| summed(name, members, incidents)).collect()
}

fn summed(name: String, members: Vec<usize>, incidents: &[Incident]) -> Group {
    let summary = |time: fn(&Incident) -> Option<Time>| {
        let minutes: Vec<i64> = members.iter().filter_map(|member| time(&incidents[*member])).map(|time| time.minutes).collect();
        let n = minutes.len();
        let mean = (n > 0).then(|| minutes.iter().sum::<i64>() / n as i64);
        Summary { n, mean, median: median(minutes) }
    };
    Group { name, detect: summary(|incident| incident.detect), resolve: summary(|incident| incident.resolve), incidents: members }
}

/// Incidents that share a name, a trigger, a service, a factor or a cause, for each that has such; those that share the most and
/// the rarest first. What most incidents have in common makes none of them similar.
pub fn similar(handbook: &Handbook, config: &Config, incidents: &[Incident]) -> BTreeMap<RecordIndex, Vec<Similar>> {
    let mut holders: HashMap<Shared, Vec<RecordIndex>> = HashMap::new();
    let mut names: HashMap<Shared, Shared> = HashMap::new();
    for incident in incidents {
        for shared in traits(handbook, config, incident) {
            let key = folded(&shared);
            names.entry(key.clone()).or_insert(shared);
            let of_key = holders.entry(key).or_default();
            if !of_key.contains(&incident.record) {
                of_key.push(incident.record);
            }
        }
    }
    let common = COMMON_MIN.max(incidents.len() / 2);
    let mut pairs: BTreeMap<(RecordIndex, RecordIndex), BTreeSet<Shared>> = BTreeMap::new();
    let mut rarity: HashMap<Shared, usize> = HashMap::new();
    for (key, records) in &holders {
        if records.len() < 2 || records.len() > common {
            continue;
        }
        let name = names[key].clone();
        rarity.insert(name.clone(), records.len());
        for one in records {
            for other in records.iter().filter(|other| *other != one) {
                pairs.entry((*one, *other)).or_default().insert(name.clone());
            }
        }
    }
    let mut similar: BTreeMap<RecordIndex, Vec<Similar>> = BTreeMap::new();
    for ((one, other), shared) in pairs {
        similar.entry(one).or_default().push(Similar { record: other, shared: shared.into_iter().collect() });
    }
    for others in similar.values_mut() {
        let weight = |other: &Similar| other.shared.iter().map(|shared| 1000 / rarity[shared]).sum::<usize>();
        others
            .sort_by_key(|other| (std::cmp::Reverse(weight(other)), std::cmp::Reverse(handbook.records[other.record].date), other.record));
        others.truncate(SIMILAR_MAX);
    }
    similar
}

fn traits(handbook: &Handbook, config: &Config, incident: &Incident) -> Vec<Shared> {
    let record = &handbook.records[incident.record];
    let title = Shared::Title(record.title.clone());
    let services = incident.services.iter().cloned().map(Shared::Service);
    let factors = record.texts("factors").map(|factor| Shared::Factor(factor.trim().to_owned()));
    let trigger = record.text("trigger").map(|trigger| Shared::Trigger(trigger.trim().to_owned()));
    let declares_cause = config.kind(&record.kind).relations.iter().any(|relation| relation.name == "caused_by");
    let causes = handbook.linked[incident.record].relations.iter().filter(|relation| declares_cause && relation.name == "caused_by");
    [title].into_iter().chain(services).chain(factors).chain(trigger).chain(causes.map(|relation| Shared::Cause(relation.target))).collect()
}

/// The form in which what is shared is compared.
fn folded(shared: &Shared) -> Shared {
    match shared {
        Shared::Title(text) => Shared::Title(slug::fold(text)),
        Shared::Trigger(text) => Shared::Trigger(slug::fold(text)),
        Shared::Service(text) => Shared::Service(slug::fold(text)),
        Shared::Factor(text) => Shared::Factor(slug::fold(text)),
        Shared::Cause(record) => Shared::Cause(*record),
    }
}

/// Incidents that began on this day of a year before.
pub fn on_this_day(incidents: &[Incident], today: Date) -> Vec<usize> {
    let is_today = |day: Date| {
        day.precision() == crate::calendar::Precision::Day
            && (day.month(), day.day()) == (today.month(), today.day())
            && day.year() < today.year()
    };
    (0..incidents.len()).filter(|position| incidents[*position].day.is_some_and(is_today)).collect()
}
