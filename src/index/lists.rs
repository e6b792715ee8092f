//! Everything that a search reads, as tables of lists: kept between two edits, and between two runs.
//!
//! The lists are made of a tantivy index by [`Corpus`]. After an edit, what changed records put into them is taken out, and
//! what they put in now, read from an index of these records alone, is put in its place: that takes time for what the
//! records say, and little for what the others do. Either way gives the same bytes.

use std::collections::{HashMap, HashSet};
use std::io::{self, Read, Write};
use std::ops::Range;

use rayon::prelude::*;

use crate::index::completion::{self, Changes};
use crate::index::corpus::{Averages, Corpus, Lengths, Shares};
use crate::index::list::{self, Renumbering};
use crate::index::native::IndexError;
use crate::index::numbers::{self, Reader};
use crate::index::postings::{self, Postings};
use crate::index::stem::Language;
use crate::index::table::{Table, numbers_from_bytes, numbers_to_bytes, read_piece, write_piece};
use crate::index::{Version, places, written};

/// So many records may have changed, and one in so many, for the lists to be mended rather than made anew.
const CHANGED_MAX: usize = 16;
const CHANGED_SHARE: usize = 8;

/// The lists. Records are known by their number in the order of the handbook.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lists {
    /// By term: [`Postings`], as a browser is sent them.
    pub best: Table,
    /// By crowded beginning: the same.
    pub crowds: Table,
    /// By name of a record: a [`list`] of the records that are called so.
    pub names: Table,
    /// By word as it is [`written`]: how many documents have it.
    pub words: Table,
    /// By word: [`places`].
    pub places: Table,
    /// The number of sections.
    n_documents: usize,
    versions: Vec<Version>,
    of_update: OfUpdate,
}

/// What only an update reads.
#[derive(Clone, Debug, Default, PartialEq)]
struct OfUpdate {
    /// By term: the full list of which the best are sent.
    scores: Table,
    /// By word as it is written: see [`Shares::spoken`].
    spoken: Table,
    /// By record.
    lengths: Vec<Vec<Lengths>>,
    averages: Averages,
}

impl Lists {
    /// The lists of all records of an index, which are there in these versions.
    pub fn of(corpus: &Corpus, versions: Vec<Version>, language: Language) -> Result<Self, IndexError> {
        let mut lengths = vec![Vec::new(); versions.len()];
        for (record, sections) in corpus.lengths() {
            lengths[record as usize] = sections.to_vec();
        }
        let averages = Averages::of(lengths.iter().map(Vec::as_slice));
        let of_update = OfUpdate { lengths, averages, ..OfUpdate::default() };
        Ok(Self::default().merged(&Renumbering::default(), corpus.shares(&averages)?, versions, of_update, language))
    }

    /// The lists after some records changed, came or went; `index` gives an index of those that it is asked for, under the
    /// keys and numbers of `versions`. Nothing, if so much changed that the lists have to be made anew.
    pub fn updated(
        &self,
        versions: Vec<Version>,
        language: Language,
        index: impl FnOnce(&[usize]) -> Result<Corpus, IndexError>,
    ) -> Result<Option<Self>, IndexError> {
        let by_key: HashMap<u64, usize> = versions.iter().enumerate().map(|(record, version)| (version.key, record)).collect();
        let stays = |version: &Version| by_key.get(&version.key).copied().filter(|record| versions[*record] == *version);
        let new_numbers: Vec<Option<usize>> = self.versions.iter().map(stays).collect();
        let mut lengths = vec![Vec::new(); versions.len()];
        let mut is_changed = vec![true; versions.len()];
        for (old, new) in new_numbers.iter().enumerate() {
            if let Some(new) = new {
                lengths[*new].clone_from(&self.of_update.lengths[old]);
                is_changed[*new] = false;
            }
        }
        let changed: Vec<usize> = (0..versions.len()).filter(|record| is_changed[*record]).collect();
        if changed.len() > CHANGED_MAX + versions.len() / CHANGED_SHARE {
            return Ok(None);
        }
        let corpus = index(&changed)?;
        for (record, sections) in corpus.lengths() {
            lengths[record as usize] = sections.to_vec();
        }
        let averages = Averages::of(lengths.iter().map(Vec::as_slice));
        if averages != self.of_update.averages {
            return Ok(None);
        }
        let renumbering = Renumbering::new(new_numbers.into_iter().map(|number| number.map(|number| number as u32)).collect());
        let of_update = OfUpdate { lengths, averages, ..OfUpdate::default() };
        Ok(Some(self.merged(&renumbering, corpus.shares(&averages)?, versions, of_update, language)))
    }

    /// These lists with other numbers, and what some records put in.
    fn merged(&self, numbers: &Renumbering, shares: Shares, versions: Vec<Version>, of_update: OfUpdate, language: Language) -> Self {
        let ((scores, spoken), (places, names)) = rayon::join(
            || {
                let (scores, spoken) = (&self.of_update.scores, &self.of_update.spoken);
                rayon::join(|| Merged::of(scores, numbers, shares.scores), || Merged::of(spoken, numbers, shares.spoken))
            },
            || rayon::join(|| Merged::of(&self.places, numbers, shares.places), || Merged::of(&self.names, numbers, shares.names)),
        );
        let best = scores.derived(&self.best, postings::best_of);
        let words = spoken.derived(&self.words, |list| {
            let mut count = Vec::new();
            numbers::push(&mut count, list::items(list).map(|item| Reader::new(item.bytes).number()).sum());
            count
        });
        let changes = Changes {
            known: &self.crowds,
            words: spoken.keys_with_others(&self.words, &words),
            terms: scores.keys_with_others(&self.best, &best),
        };
        let crowds = completion::crowds(&words, &best, language, &changes);
        let n_documents = of_update.lengths.iter().map(Vec::len).sum();
        let of_update = OfUpdate { scores: scores.table, spoken: spoken.table, ..of_update };
        Self { best, crowds, names: names.table, words, places: places.table, n_documents, versions, of_update }
    }

    /// Writes what every search reads.
    pub fn write_words(&self, out: &mut impl Write) -> io::Result<()> {
        let tables = [&self.best, &self.crowds, &self.names, &self.words];
        tables.into_iter().try_for_each(|table| table.write(out))?;
        let versions: Vec<u8> = self.versions.iter().flat_map(|version| [version.key, version.hash]).flat_map(u64::to_le_bytes).collect();
        write_piece(out, &versions)?;
        write_piece(out, &numbers_to_bytes(&[self.n_documents as u32]))
    }

    /// Reads what [`Lists::write_words`] wrote.
    pub fn read_words(&mut self, from: &mut impl Read) -> io::Result<()> {
        for table in [&mut self.best, &mut self.crowds, &mut self.names, &mut self.words] {
            *table = Table::read(from)?;
        }
        let versions = read_piece(from)?;
        let eight = |bytes: &[u8]| u64::from_le_bytes(std::array::from_fn(|at| bytes[at]));
        self.versions = versions.chunks_exact(16).map(|bytes| Version { key: eight(bytes), hash: eight(&bytes[8..]) }).collect();
        self.n_documents = numbers_from_bytes(&read_piece(from)?).first().copied().unwrap_or_default() as usize;
        Ok(())
    }

    /// Writes what an update reads beside.
    pub fn write_updated(&self, out: &mut impl Write) -> io::Result<()> {
        let OfUpdate { scores, spoken, lengths, .. } = &self.of_update;
        scores.write(out)?;
        spoken.write(out)?;
        let n_sections: Vec<u32> = lengths.iter().map(|sections| sections.len() as u32).collect();
        write_piece(out, &numbers_to_bytes(&n_sections))?;
        write_piece(out, lengths.concat().as_flattened())
    }

    /// Reads what [`Lists::write_updated`] wrote.
    pub fn read_updated(&mut self, from: &mut impl Read) -> io::Result<()> {
        let (scores, spoken) = (Table::read(from)?, Table::read(from)?);
        let n_sections = numbers_from_bytes(&read_piece(from)?);
        let all = read_piece(from)?;
        let mut all = all.as_chunks().0;
        let of_record = |n_sections: &u32| {
            let (sections, left) = all.split_at((*n_sections as usize).min(all.len()));
            all = left;
            sections.to_vec()
        };
        let lengths: Vec<Vec<Lengths>> = n_sections.iter().map(of_record).collect();
        let averages = Averages::of(lengths.iter().map(Vec::as_slice));
        self.of_update = OfUpdate { scores, spoken, lengths, averages };
        Ok(())
    }

    /// What is in the lists, record by record.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// The number of records.
    pub fn n_records(&self) -> usize {
        self.versions.len()
    }

    /// The number of sections.
    pub fn n_documents(&self) -> usize {
        self.n_documents
    }

    /// Where a term occurs, and how much that counts.
    pub fn postings(&self, term: &str) -> Postings {
        self.best.get(term).map(Postings::from_bytes).unwrap_or_default()
    }

    /// What the words of a crowded beginning find together; nothing, if it is not crowded.
    pub fn crowd(&self, beginning: &str) -> Option<Postings> {
        self.crowds.get(beginning).map(Postings::from_bytes)
    }

    /// How many documents have a word as it is written.
    pub fn frequency(&self, word: &str) -> u32 {
        self.forms(word).map(|(_, value)| completion::frequency(value)).sum()
    }

    /// The stems that a word has where it is written, in a language that has classes of words; none, if nobody writes it.
    pub fn stems(&self, word: &str) -> Vec<String> {
        self.forms(word).map(|(key, _)| written::stem(key).into_owned()).collect()
    }

    /// The entries of a word: one for each of its stems.
    fn forms<'a>(&'a self, word: &'a str) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        self.words.beginning_with(word).take_while(move |(key, _)| written::word(key) == word)
    }

    /// The words, as they are written, that begin with `prefix`, each with how many documents have it.
    pub fn words<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, u32)> {
        let mut forms = self.words.beginning_with(prefix).peekable();
        std::iter::from_fn(move || {
            let (key, value) = forms.next()?;
            let (word, mut count) = (written::word(key), completion::frequency(value));
            while let Some((_, other)) = forms.next_if(|(other, _)| written::word(other) == word) {
                count += completion::frequency(other);
            }
            Some((word, count))
        })
    }

    /// The records that `name` calls, in order; see [`crate::index::name_key`].
    pub fn named(&self, name: &str) -> Vec<u32> {
        self.names.get(name).map(|list| list::items(list).map(|item| item.record).collect()).unwrap_or_default()
    }

    /// The records that have words one after the other in one field: in the title, or in any that the record has itself. Of each
    /// word, its `stems`.
    pub fn with_phrase(&self, stems: &[Vec<String>], is_title: bool) -> HashSet<u32> {
        let mut ends = HashSet::new();
        for (number, stems) in stems.iter().enumerate() {
            let follows = |place: &places::Place| {
                let before = place.position.checked_sub(1).map(|position| places::Place { position, ..*place });
                number == 0 || before.is_some_and(|before| ends.contains(&before))
            };
            let places = stems.iter().filter_map(|stem| self.places.get(stem)).flat_map(places::of_list);
            ends = places.filter(|place| (!is_title || place.field == 0) && follows(place)).collect();
        }
        ends.into_iter().map(|place| place.record).collect()
    }
}

/// A table after some records were taken out of its lists and others put in.
struct Merged {
    table: Table,
    /// How it is put together, in order.
    pieces: Vec<Piece>,
    /// The places of keys whose list is another.
    changed: Vec<usize>,
    /// Keys that are no more.
    gone: Vec<String>,
}

/// A row of keys.
enum Piece {
    /// Those at these places of the earlier table, with the lists that they had.
    Kept(Range<usize>),
    /// So many with another list.
    Made(usize),
}

impl Merged {
    fn of(old: &Table, numbers: &Renumbering, fresh: Table) -> Self {
        if old.is_empty() {
            return Self { pieces: vec![Piece::Made(fresh.len())], changed: (0..fresh.len()).collect(), table: fresh, gone: Vec::new() };
        }
        let touched: Vec<usize> = (0..old.len()).into_par_iter().filter(|at| numbers.touches(old.value(*at))).collect();
        let mut keys: Vec<&str> = touched.iter().map(|at| old.key(*at)).chain(fresh.iter().map(|(key, _)| key)).collect();
        keys.sort_unstable();
        keys.dedup();
        let mut merged = Self { table: Table::with_room_of(old), pieces: Vec::new(), changed: Vec::new(), gone: Vec::new() };
        let mut done = 0;
        for key in keys {
            let at = old.first_from(key, done);
            merged.keep(old, done..at);
            let before = Some(at).filter(|at| *at < old.len() && old.key(*at) == key);
            done = at + usize::from(before.is_some());
            let before = before.map_or(&[][..], |at| old.value(at));
            let list = list::spliced(before, numbers, fresh.get(key).unwrap_or_default());
            if list.is_empty() {
                merged.gone.push(key.to_owned());
            } else if list == before {
                merged.keep(old, at..done);
            } else {
                merged.changed.push(merged.table.len());
                merged.pieces.push(Piece::Made(1));
                merged.table.push(key, &list);
            }
        }
        merged.keep(old, done..old.len());
        merged
    }

    fn keep(&mut self, old: &Table, places: Range<usize>) {
        if !places.is_empty() {
            self.table.extend(old, places.clone());
            self.pieces.push(Piece::Kept(places));
        }
    }

    /// The keys of which something else was made than before.
    fn keys_with_others(&self, before: &Table, now: &Table) -> HashSet<&str> {
        let changed = self.changed.iter().map(|index| self.table.key(*index)).chain(self.gone.iter().map(String::as_str));
        changed.filter(|key| before.get(key) != now.get(key)).collect()
    }

    /// What is made of each list; of those that are as they were, what is `known` to have been made of them.
    fn derived(&self, known: &Table, make: impl Fn(&[u8]) -> Vec<u8> + Sync) -> Table {
        let made: Vec<Vec<u8>> = self.changed.par_iter().map(|index| make(self.table.value(*index))).collect();
        let mut made = made.iter();
        let mut table = Table::with_room_of(known);
        for piece in &self.pieces {
            match piece {
                Piece::Kept(places) => table.extend(known, places.clone()),
                Piece::Made(n_keys) => made.by_ref().take(*n_keys).for_each(|value| table.push(self.table.key(table.len()), value)),
            }
        }
        table
    }
}
