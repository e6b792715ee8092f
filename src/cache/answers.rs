//! What a search tells of records, kept so that the next one need not read them.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::checksum;
use crate::config::Config;
use crate::disk;
use crate::index::card::Card;
use crate::index::facts::Facts;
use crate::index::kept::{self, Extent};
use crate::index::lists::Lists;
use crate::index::stem::Language;
use crate::load::Witness;
use crate::model::handbook::{Handbook, RecordIndex};
use crate::model::source::ContentHash;

/// Changes whenever what an earlier program kept can not be used.
const NAME: &str = "answers-2";

/// What was kept.
#[derive(Deserialize)]
pub struct Answers {
    /// The hash of the settings, and of the program.
    settings: [u8; 16],
    /// The hash of the versions of the records that the lists must be of: another run may have kept others since.
    versions: [u8; 16],
    witness: Witness,
    /// What filters ask of records.
    pub facts: Facts,
    /// What is shown of records.
    pub cards: Cards,
}

/// What is shown of records, each in JSON: only few of them are ever looked at.
#[derive(Serialize, Deserialize)]
pub struct Cards {
    texts: String,
    ends: Vec<usize>,
}

/// The same, lent.
#[derive(Serialize)]
struct ToKeep<'a> {
    settings: [u8; 16],
    versions: [u8; 16],
    witness: Witness,
    facts: &'a Facts,
    cards: Cards,
}

impl Answers {
    /// What was kept in the folder `cache` under the same settings, and as much as is wanted of the lists that go with it, if
    /// nothing has changed since.
    pub fn find(cache: &Path, config: &Config, wanted: Extent) -> Option<(Self, Lists)> {
        let bytes = std::fs::read(cache.join(NAME)).ok()?;
        let (sum, content) = bytes.split_at_checked(8)?;
        let answers: Self = (checksum(content) == sum).then(|| postcard::from_bytes(content).ok()).flatten()?;
        if answers.settings != config.hash.0 {
            return None;
        }
        let (holds, lists) = rayon::join(|| answers.witness.holds(), || kept::read(cache, Language::from_tag(&config.language), wanted));
        let lists = lists.filter(|lists| holds && hash_of_versions(lists) == answers.versions)?;
        Some((answers, lists))
    }

    /// Keeps what searches tell of the records that `witness` saw, and whose `lists` are in the folder, too.
    pub fn keep(cache: &Path, config: &Config, witness: Witness, lists: &Lists, facts: &Facts, handbook: &Handbook) -> io::Result<()> {
        let cards = Cards::of(handbook);
        let answers = ToKeep { settings: config.hash.0, versions: hash_of_versions(lists), witness, facts, cards };
        let Ok(content) = postcard::to_stdvec(&answers) else { return Ok(()) };
        let unfinished = cache.join(format!("{NAME}.unfinished"));
        disk::write(&unfinished, &[checksum(&content).as_slice(), &content].concat())?;
        disk::rename(&unfinished, &cache.join(NAME))
    }
}

impl Cards {
    fn of(handbook: &Handbook) -> Self {
        let mut cards = Self { texts: String::new(), ends: Vec::with_capacity(handbook.records.len()) };
        for record in 0..handbook.records.len() {
            let text = serde_json::to_string(&Card::of(handbook, record)).expect("a card has no key that is no text");
            cards.texts.push_str(&text);
            cards.ends.push(cards.texts.len());
        }
        cards
    }

    /// The card of a record.
    pub fn get(&self, record: RecordIndex) -> Option<Card> {
        let begin = record.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        serde_json::from_str(self.texts.get(begin..*self.ends.get(record)?)?).ok()
    }
}

fn hash_of_versions(lists: &Lists) -> [u8; 16] {
    let bytes: Vec<u8> = lists.versions().iter().flat_map(|version| [version.key, version.hash]).flat_map(u64::to_le_bytes).collect();
    ContentHash::of(&bytes).0
}
