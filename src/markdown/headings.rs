//! Headings: which one is the title, at which level the others stand, and the anchor of each.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, HeadingLevel, Tag, TagEnd};

use crate::model::name::Anchor;
use crate::slug;

/// A heading, in the order of the text.
#[derive(Clone, Debug)]
pub struct Heading {
    /// Leads to it; unique in its record.
    pub anchor: Anchor,
    /// Its words.
    pub text: String,
    /// As shown: 1 for the title, 2 and more for the others.
    pub level: u8,
}

/// Gives each heading of `events` its anchor and level, and says whether the first of them is the title:
/// a level-one heading before anything else, or the only one of its level. A level-one heading beside the title
/// moves down by one level, with all that follows, so that a page has one; what stands before it is under the title already.
pub fn assign(events: &mut [(Event<'_>, Range<usize>)]) -> (Vec<Heading>, bool) {
    let found = find(events);
    let opens = |first: &Found| events[..first.start].iter().all(|(event, _)| is_unseen(event));
    let n_top = found.iter().filter(|heading| heading.level == 1).count();
    let has_title = found.first().is_some_and(|first| first.level == 1 && (opens(first) || n_top == 1));
    let second = found.iter().skip(usize::from(has_title)).find(|heading| heading.level == 1).map_or(usize::MAX, |heading| heading.start);
    let mut anchors = Anchors::reserve(&found);
    let mut headings = Vec::with_capacity(found.len());
    for (index, heading) in found.iter().enumerate() {
        let is_title = index == 0 && has_title;
        let anchor = anchors.take(heading);
        let level = if is_title { 1 } else { (heading.level + u8::from(heading.start >= second)).clamp(2, 6) };
        if let Event::Start(Tag::Heading { level: shown, id, classes, attrs }) = &mut events[heading.start].0 {
            *shown = HeadingLevel::try_from(usize::from(level)).expect("clamped to 1..=6");
            *id = Some(CowStr::from(anchor.clone()));
            classes.retain(|class| class.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')));
            attrs.clear();
        }
        headings.push(Heading { anchor: Anchor::new(anchor), text: heading.text.clone(), level });
    }
    (headings, has_title)
}

/// A heading as it is written.
struct Found {
    start: usize,
    level: u8,
    text: String,
    wanted: Option<String>,
}

fn find(events: &[(Event<'_>, Range<usize>)]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let mut inside = false;
    for (index, (event, _)) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { level, id, .. }) => {
                inside = true;
                let wanted = id.as_deref().and_then(safe_id);
                found.push(Found { start: index, level: *level as u8, text: String::new(), wanted });
            }
            Event::End(TagEnd::Heading(_)) => inside = false,
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) if inside => {
                found.last_mut().expect("inside a heading").text.push_str(text);
            }
            Event::SoftBreak | Event::HardBreak if inside => found.last_mut().expect("inside a heading").text.push(' '),
            _ => {}
        }
    }
    found
}

/// Whether a reader sees nothing of it, so that a heading after it still opens the text.
fn is_unseen(event: &Event<'_>) -> bool {
    matches!(event, Event::InlineHtml(_) | Event::Html(_))
}

/// Anchors that are taken, so that each is given once, in linear time.
struct Anchors {
    taken: HashSet<String>,
    /// Chosen ids that were given to their heading.
    given: HashSet<String>,
    next: HashMap<String, usize>,
}

impl Anchors {
    /// Anchors that authors chose (`{#id}`) come first: nothing that is made up takes them.
    fn reserve(found: &[Found]) -> Self {
        let taken = found.iter().filter_map(|heading| heading.wanted.clone()).collect();
        Self { taken, given: HashSet::new(), next: HashMap::new() }
    }

    fn take(&mut self, heading: &Found) -> String {
        if let Some(wanted) = &heading.wanted
            && self.given.insert(wanted.clone())
        {
            return wanted.clone();
        }
        let base = kept_apart(slug::heading(&heading.text));
        let mut number = self.next.get(&base).copied().unwrap_or(0);
        loop {
            let candidate = if number == 0 { base.clone() } else { format!("{base}-{number}") };
            number += 1;
            if self.taken.insert(candidate.clone()) {
                self.next.insert(base, number);
                return candidate;
            }
        }
    }
}

/// An id that an author chose, if it is made of harmless characters.
pub fn safe_id(id: &str) -> Option<String> {
    let is_safe = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    (!id.is_empty() && id.len() <= 200 && id.chars().all(is_safe)).then(|| kept_apart(id.to_owned()))
}

/// Ids that begin with `handbook-` belong to the page itself.
fn kept_apart(id: String) -> String {
    if id.starts_with("handbook-") { format!("section-{id}") } else { id }
}
