//! The names nearest to one that is not there: for "did you mean".
//!
//! Near is what Jaro and Winkler call so (Winkler, String Comparator Metrics and Enhanced Decision Rules, 1990). To compare two names
//! letter by letter takes a microsecond, and a large handbook has ten thousand names and may have as many broken links. So counts
//! of letters are compared first: they tell of most names that they can not be near.

/// How near a name has to be to be meant.
const NEAR_MIN: f64 = 0.87;
/// Letters of a name beyond which nobody mistypes it.
const LETTERS_MAX: usize = 255;
/// Letters of the beginning that count more than others.
const BEGINNING: usize = 4;

/// How often the letters of a name are in it, some of them counted together.
#[derive(Clone, Debug, Default)]
pub struct Letters {
    counts: [u8; 32],
    length: usize,
}

impl Letters {
    /// Those of a name.
    pub fn of(name: &str) -> Self {
        let mut letters = Self::default();
        for letter in name.to_lowercase().chars() {
            letters.length += 1;
            let count = &mut letters.counts[letter as usize % 32];
            *count = count.saturating_add(1);
        }
        letters
    }

    /// How near names with these letters are at most, if so many letters of their beginnings are alike.
    fn at_most(&self, other: &Self, n_alike: usize) -> f64 {
        if self.length == 0 || other.length == 0 || self.length.max(other.length) > LETTERS_MAX {
            return 0.0;
        }
        let n_common: u32 = self.counts.iter().zip(other.counts).map(|(count, of_other)| u32::from(of_other.min(*count))).sum();
        // As if all that are in both were in the same order; a little more, since sums of fractions are rounded.
        let jaro = (f64::from(n_common) / self.length as f64 + f64::from(n_common) / other.length as f64 + 1.0) / 3.0 + 1e-9;
        jaro + 0.1 * n_alike as f64 * (1.0 - jaro)
    }
}

/// The names nearest to `wanted`, nearest first, at most `limit`.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>, limit: usize) -> Vec<&'a str> {
    let names: Vec<(&str, Letters)> = names.into_iter().map(|name| (name, Letters::of(name))).collect();
    nearest_of(wanted, names.iter().map(|(name, letters)| (*name, letters)), limit)
}

/// The same, of names whose letters are counted already.
pub fn nearest_of<'a, 'l>(wanted: &str, names: impl Iterator<Item = (&'a str, &'l Letters)>, limit: usize) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase();
    let letters = Letters::of(&wanted);
    // The best so far, in order.
    let mut best: Vec<(f64, &str)> = Vec::with_capacity(limit + 1);
    for (name, of_name) in names {
        let least = if best.len() < limit { NEAR_MIN } else { best.last().map_or(f64::INFINITY, |(score, _)| *score) };
        if letters.at_most(of_name, BEGINNING) < least {
            continue;
        }
        let folded = name.to_lowercase();
        if letters.at_most(of_name, n_alike(&wanted, &folded)) < least {
            continue;
        }
        let score = strsim::jaro_winkler(&wanted, &folded);
        let place = best.partition_point(|(other, known)| score.total_cmp(other).then(known.cmp(&name)).is_lt());
        if score > NEAR_MIN && best.get(place).is_none_or(|(_, known)| *known != name) {
            best.insert(place, (score, name));
            best.truncate(limit);
        }
    }
    best.into_iter().map(|(_, name)| name).collect()
}

fn n_alike(wanted: &str, name: &str) -> usize {
    wanted.chars().zip(name.chars()).take(BEGINNING).take_while(|(a, b)| a == b).count()
}
