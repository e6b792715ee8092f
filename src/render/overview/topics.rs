//! Topics: what was decided on each in turn, told from the oldest to the newest with what changed.

use serde::Serialize;

use crate::ledger::chains::{Chain, Step, topic_slug};
use crate::ledger::tenure::Held;
use crate::model::handbook::RecordIndex;
use crate::render::Site;
use crate::render::overview::{Overview, Rows, path};
use crate::render::view::{self, LinkView, TagView};

/// All topics.
#[derive(Serialize)]
pub struct TopicsView<'a> {
    rows: Vec<TopicRow<'a>>,
}

#[derive(Serialize)]
struct TopicRow<'a> {
    topic: TagView,
    /// What holds on it today.
    in_force: Vec<LinkView<'a>>,
}

/// A chain of records.
#[derive(Serialize)]
pub struct ChainView<'a> {
    topic: Option<TagView>,
    n_in_force: usize,
    rows: Vec<StepView<'a>>,
}

#[derive(Serialize)]
struct StepView<'a> {
    link: LinkView<'a>,
    held: bool,
    /// What it did to earlier ones.
    changes: Vec<ChangeView<'a>>,
}

#[derive(Serialize)]
struct ChangeView<'a> {
    label: String,
    link: LinkView<'a>,
    /// The sentence in which the record speaks of the earlier one.
    sentence: Option<String>,
}

/// Records in force that a row names.
const IN_FORCE_MAX: usize = 6;

/// The view of all topics.
pub fn view<'a>(site: &Site<'a>, rows: Rows) -> TopicsView<'a> {
    let topics = site.ledger.chains.iter().filter(|chain| chain.topic.is_some());
    let row = |chain: &Chain| {
        let in_force: Vec<RecordIndex> = chain.steps.iter().map(|step| step.record).filter(|record| holds(site, *record)).collect();
        let newest = &in_force[in_force.len().saturating_sub(IN_FORCE_MAX)..];
        TopicRow { topic: tag(site, chain).expect("only chains with a topic are listed"), in_force: view::links(site, newest) }
    };
    TopicsView { rows: topics.skip(rows.start).take(rows.len()).map(row).collect() }
}

/// The view of one chain.
pub fn chain<'a>(site: &Site<'a>, chain: &Chain, rows: Rows) -> ChainView<'a> {
    let n_in_force = chain.steps.iter().filter(|step| holds(site, step.record)).count();
    ChainView {
        topic: tag(site, chain),
        n_in_force,
        rows: chain.steps.iter().skip(rows.start).take(rows.len()).map(|step| self::step(site, step)).collect(),
    }
}

/// The topic of a record, with its page.
pub fn of(site: &Site<'_>, index: RecordIndex) -> Option<TagView> {
    let slug = topic_slug(site.handbook.records[index].text("topic")?);
    let chains = &site.ledger.chains;
    // Topics come first, ordered by their addresses.
    let topics = &chains[..chains.partition_point(|chain| chain.topic.is_some())];
    let chain = topics.binary_search_by(|chain| chain.topic.as_ref().map(|topic| topic.slug.as_str()).cmp(&Some(&slug))).ok()?;
    let topic = site.ledger.chains[chain].topic.as_ref()?;
    Some(TagView { name: topic.name.clone(), url: path(site, &Overview::Topic(chain), 1).to_string(), count: None })
}

/// The topic of a chain, with its page and how many records are in it.
pub fn tag(site: &Site<'_>, chain: &Chain) -> Option<TagView> {
    let first = chain.steps.first().filter(|_| chain.topic.is_some())?;
    Some(TagView { count: Some(chain.steps.len()), ..of(site, first.record)? })
}

fn holds(site: &Site<'_>, record: RecordIndex) -> bool {
    site.ledger.tenures[record].on(site.setting.today, site.setting.today) == Held::Yes
}

fn step<'a>(site: &Site<'a>, step: &Step) -> StepView<'a> {
    let change = |(label, earlier): &(String, RecordIndex)| ChangeView {
        label: label.clone(),
        link: view::link(site, *earlier),
        sentence: sentence(site, step.record, *earlier),
    };
    StepView { link: view::link(site, step.record), held: holds(site, step.record), changes: step.changes.iter().map(change).collect() }
}

/// The sentence in which `from` links to `to`.
pub fn sentence(site: &Site<'_>, from: RecordIndex, to: RecordIndex) -> Option<String> {
    let backlink = site.handbook.linked[to].backlinks.iter().find(|backlink| backlink.from == from)?;
    let link = &site.handbook.records[from].outline.links[backlink.link];
    let text = format!("{}{}{}", link.sentence.0, link.text, link.sentence.1);
    Some(text).filter(|text| text.trim() != link.text.trim() && !text.trim().is_empty())
}
