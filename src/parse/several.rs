//! Several records in one file, each under a heading of its own: `DECISIONS.md` with `## ADR-1: Use one queue` and so on.
//!
//! Only where headings unmistakably are those of records: most of one level have a number or a day in front, and most of those
//! stand over a status of their kind, in a file that is no record itself. In a file that is called as a log is (`decisions.md`),
//! the status is enough. Each becomes a file of its own, as far as later stages
//! see: the passage, with its headings moved up so that its own is the title, and every byte where it was. What is left of the
//! file is a page that leads to them.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use crate::calendar::{DayOrder, Precision, dates_in};
use crate::config::Config;
use crate::model::kind::{Kind, fold_key};
use crate::model::name::SourcePath;
use crate::model::source::SourceFile;
use crate::parse::shape::lines::Layout;
use crate::parse::shape::{Heading, Text, fits};
use crate::parse::{address, front_matter, is_named_as_record, is_template, kind_of_folder};
use crate::slug;
use crate::yaml::Node;

/// Records that one file may hold; of more, none is told from the others.
const RECORDS_MAX: usize = 2000;
/// Characters of a heading's words that become part of a record's name.
const NAME_CHARS_MAX: usize = 80;
/// Keys of a head that are about one record, or about who may see it.
const KEYS_OF_ONE: [&str; 9] = ["kind", "status", "date", "number", "slug", "audience", "draft", "math", "aliases"];

/// A record in a file.
struct Found {
    /// Its name, as a file would have it.
    name: String,
    /// Level of its heading.
    level: u8,
    /// Bytes of the file.
    range: Range<usize>,
}

/// A file for each record in `sources`, ordered by path.
pub fn records_of(sources: Vec<SourceFile>, config: &Config) -> Vec<Arc<SourceFile>> {
    let known: Vec<SourcePath> = sources.iter().map(|source| source.path.clone()).collect();
    let mut records: Vec<Arc<SourceFile>> =
        sources.into_par_iter().flat_map_iter(|source| split(source, config, &known)).map(Arc::new).collect();
    records.sort_by(|a, b| a.path.cmp(&b.path));
    records
}

/// The records in `source`, where there are several, and the page that is left; else the file as it is. `known` are the paths of
/// all files: a record takes none of theirs, and one that has a file of its own is only mentioned here.
pub fn split(source: SourceFile, config: &Config, known: &[SourcePath]) -> Vec<SourceFile> {
    let Some((kind, found)) = found(&source, config) else { return vec![source] };
    let (_, ending) = source.path.file_name().rsplit_once('.').unwrap_or_default();
    // As seen from the file: in a folder of its name, unless it is the page of the folder that they are in.
    let folder = if source.path.is_index() { String::new() } else { format!("{}/", source.path.stem()) };
    let targets: Vec<String> = found.iter().map(|found| format!("{folder}{}.{ending}", found.name)).collect();
    let path = |target: &String| match source.path.folder() {
        "" => SourcePath::new(target),
        above => SourcePath::new(format!("{above}/{target}")),
    };
    let paths: Vec<SourcePath> = targets.iter().map(path).collect();
    if paths.iter().any(|path| known.contains(path)) {
        return vec![source];
    }
    let is_index = is_index(&source, &paths, known);
    let whole = Arc::new(source);
    if is_index {
        return vec![SourceFile::part_of(whole.clone(), 0, whole.path.clone(), whole.text.clone(), None)];
    }
    let definitions: Vec<&str> = whole.text.lines().filter(|line| is_definition(line)).collect();
    let mut page = whole.text.clone().into_bytes();
    let mut files = Vec::with_capacity(found.len() + 1);
    for ((found, path), target) in found.into_iter().zip(paths).zip(targets) {
        leave_link(&mut page, &found, &whole.text, &target);
        let text = promoted(without_rule(&whole.text[found.range.clone()]), found.level - 1);
        let text = with_definitions(text, &definitions);
        files.push(SourceFile::part_of(whole.clone(), found.range.start, path, text, Some(kind.name.clone())));
    }
    let page = String::from_utf8(page).expect("whole passages were replaced");
    files.push(SourceFile::part_of(whole.clone(), 0, whole.path.clone(), page, None));
    files
}

/// The records in `source` and their kind, where there are several and the file is no record itself.
fn found<'a>(source: &SourceFile, config: &'a Config) -> Option<(&'a Kind, Vec<Found>)> {
    if source.side_car.is_some() || is_template(&source.path.stem().to_lowercase()) {
        return None;
    }
    let (has_names, is_log) = (has_several_names(&source.text), is_called_as_log(source, config));
    if !has_names && !is_log {
        return None;
    }
    let head = front_matter::split(source);
    let keys = head.root.as_ref().and_then(Node::entries).unwrap_or_default().iter().filter_map(|(key, _)| key.text());
    if head.is_broken || keys.map(fold_key).any(|key| KEYS_OF_ONE.contains(&key.as_str())) {
        return None;
    }
    let layout = Layout::of(&source.text, head.body.clone());
    let named = (1..=4).map(|level| of_level(&layout, level, head.body.end, name)).max_by_key(Vec::len)?;
    let found = if named.len() < 2 && is_log {
        Some(with_status(source, &layout, head.body.end, config)).filter(|found| !found.is_empty()).unwrap_or(named)
    } else {
        named
    };
    // A log may have begun with one.
    let n_min = if is_log && found.iter().all(|found| is_coded(source, found)) { 1 } else { 2 };
    let first = found.first().filter(|_| (n_min..=RECORDS_MAX).contains(&found.len()))?;
    // A file with a number of its own is a record, or a chapter that holds some: `09_architecture_decisions.md` with `## ADR-1: ...`
    if is_named_as_record(source) && found.iter().any(|found| found.name.starts_with(|c: char| c.is_ascii_digit())) {
        return None;
    }
    if Text::of(source, head.body.start..first.range.start, config).has_status() {
        return None;
    }
    let texts: Vec<Text<'_>> = found.iter().map(|found| Text::of(source, found.range.clone(), config)).collect();
    let kind = kind(source, &found, &texts, config)?;
    let n_with_status = texts.iter().filter(|text| text.tells_status_of(kind, config)).count();
    // In a log, names such as `DEC-001` are enough.
    let is_told = n_with_status * 2 > found.len() || (is_log && found.len() > 1 && found.iter().all(|found| is_coded(source, found)));
    is_told.then_some((kind, found))
}

/// Whether the heading of a record begins with the letters of a series and a number: `DEC-001: Keep it in docs`.
fn is_coded(source: &SourceFile, found: &Found) -> bool {
    let heading = source.text[found.range.clone()].trim_start_matches(['#', ' ', '[']);
    let behind = heading.trim_start_matches(|c: char| c.is_ascii_uppercase() || c == '-');
    let is_parted = behind.len() + 1 < heading.len() && heading[..heading.len() - behind.len()].ends_with('-');
    is_parted && behind.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether more than one line may be a heading that is named as a record is. Of ten thousand files few have such, and the others
/// cost no more than a look at their lines.
fn has_several_names(text: &str) -> bool {
    let is_of = |mark: char, line: &str| line.len() > 1 && line.starts_with(mark) && line.chars().all(|c| c == mark);
    let is_under = |line: &str| is_of('-', line) || is_of('=', line);
    let mut above = "";
    let headings = text.lines().filter_map(|line| {
        let heading = if line.starts_with('#') { Some(line) } else { is_under(line).then_some(above) };
        above = line;
        heading
    });
    headings.filter(|line| name(line.trim_start_matches(['#', ' '])).is_some()).nth(1).is_some()
}

/// The kind of the records in `source`: as the name of the file or of a folder above says, else as their own names and texts do.
fn kind<'a>(source: &SourceFile, found: &[Found], texts: &[Text<'_>], config: &'a Config) -> Option<&'a Kind> {
    let words = |name: &str| name.to_lowercase().split(|c: char| !c.is_alphabetic()).map(str::to_owned).collect::<Vec<_>>();
    let is_named = |name: &str, kind: &Kind| words(name).iter().any(|word| kind.names.contains(word));
    let is_shaped = |kind: &Kind| texts.iter().filter(|text| fits(text, None, source, kind, &config.vocabulary)).count() * 2 > found.len();
    let folders = source.path.folder().rsplit('/').find_map(|folder| kind_of_folder(folder, config));
    let of_names = || config.kinds.iter().find(|kind| is_named(source.path.stem(), kind));
    let of_headings = || config.kinds.iter().find(|kind| found.iter().all(|found| is_named(&found.name, kind)));
    let of_texts = || config.kinds.iter().find(|kind| is_shaped(kind));
    let told = kind_of_folder(source.path.stem(), config).or(folders).or_else(of_names).or_else(of_headings).or_else(of_texts);
    told.filter(|kind| !kind.statuses.is_empty())
}

/// Whether a file is called as a log of records of some kind is, and not as one of them: `decisions.md`, `ADR.md`.
fn is_called_as_log(source: &SourceFile, config: &Config) -> bool {
    let stem = source.path.stem().to_lowercase();
    let mut words = stem.split(|c: char| !c.is_alphanumeric());
    let is_log_word = |word: &str| config.vocabulary.is_word(word, "log");
    let kinds = || config.kinds.iter().filter(|kind| !kind.statuses.is_empty());
    kind_of_folder(&stem, config).is_some_and(|kind| !kind.statuses.is_empty())
        || kinds().any(|kind| words.clone().any(|word| kind.names.iter().any(|name| name == word)))
            && words.all(|word| is_log_word(word) || kinds().any(|kind| kind.names.iter().any(|name| name == word)))
}

/// What stands under the headings of the first level of which most are over a status of their own, whatever they are called.
fn with_status(source: &SourceFile, layout: &Layout<'_>, end: usize, config: &Config) -> Vec<Found> {
    let words = |title: &str| Some(shortened(&slug::name(title)).to_owned()).filter(|name| !name.is_empty());
    let of_level = |level| {
        let all = of_level(layout, level, end, words);
        let n_all = all.len();
        let stated: Vec<Found> = all.into_iter().filter(|found| Text::of(source, found.range.clone(), config).has_status()).collect();
        if stated.len() >= 2 && stated.len() * 2 > n_all { stated } else { Vec::new() }
    };
    (1..=4).map(of_level).find(|found| !found.is_empty()).unwrap_or_default()
}

/// The characters of `words` that become part of a name.
fn shortened(words: &str) -> &str {
    let end = words.char_indices().nth(NAME_CHARS_MAX).map_or(words.len(), |(at, _)| at);
    words[..end].trim_matches('-')
}

/// What stands under headings of `level` that `name` gives a name; nothing, where as many others are of that level.
fn of_level(layout: &Layout<'_>, level: u8, end: usize, name: impl Fn(&str) -> Option<String>) -> Vec<Found> {
    let headings: Vec<&Heading> = layout.parts.iter().filter_map(|part| part.heading.as_ref()).collect();
    let n_of_level = headings.iter().filter(|heading| heading.0 == level).count();
    let (mut names, mut found) = (HashSet::new(), Vec::new());
    for (at, (_, title, line)) in headings.iter().enumerate().filter(|(_, heading)| heading.0 == level) {
        // A heading that leads elsewhere is an entry of an index.
        let is_link = layout.text[line.clone()].contains("](");
        let Some(name) = name(title).filter(|_| !is_link) else { continue };
        let end = headings[at + 1..].iter().find(|next| next.0 <= level).map_or(end, |next| next.2.start);
        let numbered = (1..).map(|number| if number == 1 { name.clone() } else { format!("{name}-{number}") });
        let name = numbered.into_iter().find(|name| names.insert(name.clone())).expect("numbers do not end");
        found.push(Found { name, level, range: line.start..end });
    }
    if found.len() * 2 > n_of_level { found } else { Vec::new() }
}

/// The name that the file of a record with this heading would have: its day or its number, and its words. Nothing, if it has
/// neither in front, and does not begin like `Decision: Use one queue`.
fn name(title: &str) -> Option<String> {
    // Most headings end here.
    if !title.contains(|c: char| c.is_ascii_digit() || c == ':') {
        return None;
    }
    let title = title.trim_start_matches(['[', '#', ' ']);
    let joined = |front: &str, rest: &str| {
        let words = slug::name(rest);
        let words = shortened(&words);
        if words.is_empty() { front.to_owned() } else { format!("{front}-{words}") }
    };
    let day = dates_in(title, DayOrder::Unknown).into_iter().next().filter(|found| found.span.start == 0);
    if let Some(day) = day {
        let date = day.date.ok().filter(|date| date.precision() == Precision::Day)?;
        return Some(joined(&date.iso(), &title[day.span.end..]));
    }
    if let Some((_, words)) = title.split_once(": ").filter(|(word, _)| address::is_series(word)) {
        return Some(shortened(&slug::name(words)).to_owned()).filter(|name| !name.is_empty());
    }
    let at = title.find(|c: char| c.is_ascii_digit())?;
    let n_digits = title[at..].bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = (&title[at..at + n_digits], &title[at + n_digits..]);
    let series = title[..at].trim_end_matches(['-', '_', ' ', '#', '.']);
    let is_version = rest.starts_with(['.', ',']) && rest[1..].starts_with(|c: char| c.is_ascii_digit());
    let is_closed = rest.trim_start().starts_with(['.', ':', '：', ')', ']', '-', '–', '—', '|']);
    if n_digits > 5 || is_version || rest.starts_with(char::is_alphanumeric) {
        return None;
    }
    if address::is_series(series.rsplit(['-', '_', ' ']).next().unwrap_or_default()) {
        return Some(joined(&format!("{}-{digits}", address::part(&series.to_lowercase())), rest));
    }
    let is_code = series.len() <= 8 && series.chars().all(|c| c.is_ascii_uppercase() || c == '-');
    let is_padded = digits.len() >= 3 && title[..at].ends_with('-') && !series.is_empty() && rest.starts_with(' ');
    (is_code && (is_closed || is_padded)).then(|| joined(&format!("{digits:0>4}"), rest))
}

/// Whether most of the records at `paths` have files of their own beside or below `source`, by number and words, or by all words
/// where they have no number; it is then a list of them.
fn is_index(source: &SourceFile, paths: &[SourcePath], known: &[SourcePath]) -> bool {
    let folder = source.path.folder();
    let is_near = |path: &&SourcePath| folder.is_empty() || path.as_str().strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    let named = |path: &SourcePath| {
        let behind_number = |c: char| !c.is_ascii_digit();
        let words = path.stem().trim_start_matches(behind_number).trim_start_matches(|c: char| c.is_ascii_digit());
        let number = address::number_of_file(path);
        (number, slug::name(if number.is_some() { words } else { path.stem() }))
    };
    let mut files: HashMap<Option<i64>, Vec<String>> = HashMap::new();
    known.iter().filter(is_near).map(named).for_each(|(number, words)| files.entry(number).or_default().push(words));
    let has_file = |(number, words): &(Option<i64>, String)| {
        let is_same = |file: &String| if number.is_some() { file.starts_with(words) || words.starts_with(file) } else { file == words };
        files.get(number).is_some_and(|files| files.iter().any(is_same))
    };
    paths.iter().map(named).filter(has_file).count() * 2 >= paths.len()
}

/// Puts a link to a record into its place in the `page` of a file with `text`; the page keeps its length.
fn leave_link(page: &mut [u8], found: &Found, text: &str, target: &str) {
    let heading = text[found.range.clone()].lines().next().unwrap_or_default().trim_matches(['#', ' ', '\t']);
    let link = format!("- [{heading}](<{target}>)");
    let place = &mut page[found.range.clone()];
    place.fill(b' ');
    if let Some((last, _)) = place.split_last_mut() {
        *last = b'\n';
    }
    // A record that has no room for its link has less to tell than its name.
    if link.len() < place.len() {
        place[..link.len()].copy_from_slice(link.as_bytes());
    }
}

/// Whether a line defines where the links of that name lead: `[queue]: https://...`.
fn is_definition(line: &str) -> bool {
    let inside = line.strip_prefix('[').filter(|inside| !inside.starts_with('^'));
    inside.and_then(|inside| inside.split_once("]: ")).is_some_and(|(name, target)| !name.contains(['[', ']']) && !target.trim().is_empty())
}

/// `text` with those `definitions` behind it that stand elsewhere in the file: they are good for all of it.
fn with_definitions(text: String, definitions: &[&str]) -> String {
    let missing: Vec<&str> = definitions.iter().copied().filter(|line| !text.contains(line)).collect();
    if missing.is_empty() || !text.contains('[') { text } else { format!("{}\n\n{}\n", text.trim_end(), missing.join("\n")) }
}

/// `text` without the thematic break at its end, which parts it from the next record.
fn without_rule(text: &str) -> &str {
    let trimmed = text.trim_end();
    let (above, last) = trimmed.rsplit_once('\n').unwrap_or(("", trimmed));
    let is_rule = last.len() >= 3 && ["-", "*", "_"].iter().any(|mark| last.replace([' ', '\t'], "").chars().all(|c| mark.starts_with(c)));
    if is_rule && above.ends_with('\n') { above } else { text }
}

/// `text` with its headings moved up by `n_levels`, and all its bytes in their places.
fn promoted(text: &str, n_levels: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let n_levels = usize::from(n_levels);
    for (level, _, line) in Layout::of(text, 0..text.len()).parts.iter().filter_map(|part| part.heading.as_ref()) {
        let level = usize::from(*level);
        let start = line.start + text[line.clone()].find(|c: char| !c.is_whitespace()).unwrap_or(0);
        if level <= n_levels {
            continue;
        }
        if bytes[start] == b'#' {
            bytes[start + level - n_levels..start + level].fill(b' ');
        } else if level - n_levels == 1 {
            let underline = text[line.clone()].trim_end().rfind('\n').map_or(line.end, |at| line.start + at);
            bytes[underline..line.end].iter_mut().filter(|byte| **byte == b'-').for_each(|byte| *byte = b'=');
        }
    }
    String::from_utf8(bytes).expect("only ASCII was replaced, by ASCII")
}
