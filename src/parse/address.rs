//! What a file's name says: where its page is, its number, its title when nothing else gives one.

use crate::calendar::{Date, DayOrder, Precision, dates_in};
use crate::diagnostic::{self, Diagnostic};
use crate::model::field::Field;
use crate::model::name::{OutputPath, SourcePath};
use crate::model::source::{ContentHash, SourceFile};
use crate::slug;

/// Bytes that one part of an address may have; a longer one is cut, and told from others by a hash.
const PART_BYTES_MAX: usize = 200;

/// Where the page of a record wants to be: beside its neighbours as its file is beside theirs, `README.md` as `index.html`.
/// Characters that an address or a file system gives a meaning of its own become hyphens.
pub fn output(source: &SourceFile, slug: Option<&Field>, diagnostics: &mut Vec<Diagnostic>) -> OutputPath {
    address(&source.path, slug.and_then(|field| chosen(source, field, diagnostics)))
}

/// Where the page of the file at `path` wants to be, as long as the file does not say otherwise.
pub fn output_of_path(path: &SourcePath) -> OutputPath {
    address(path, None)
}

fn address(path: &SourcePath, slug: Option<String>) -> OutputPath {
    let folder = path.folder().split('/').filter(|part| !part.is_empty()).map(part);
    let name = match slug {
        Some(slug) => slug,
        None if path.is_index() => "index".to_owned(),
        None => part(path.stem()),
    };
    let parts: Vec<String> = folder.chain([format!("{name}.html")]).collect();
    OutputPath::new(parts.join("/"))
}

fn chosen(source: &SourceFile, field: &Field, diagnostics: &mut Vec<Diagnostic>) -> Option<String> {
    let written = field.display();
    if written.eq_ignore_ascii_case("index") && !source.path.is_index() {
        let found = source.finding(&diagnostic::SLUG_REFUSED, field.span.clone(), "`index` is the address of the folder's own page");
        diagnostics.push(found.hint("name the file README.md, or choose another slug"));
        return None;
    }
    if !written.is_empty() && part(&written) == written && slug::name(&written) == written.to_lowercase() {
        return Some(written);
    }
    let message = format!("`{written}` can not be the last part of an address");
    diagnostics.push(
        source.finding(&diagnostic::SLUG_REFUSED, field.span.clone(), message).hint("use letters, digits and hyphens, at most 200 bytes"),
    );
    None
}

/// One part of a path as one part of an address.
pub fn part(name: &str) -> String {
    let mut part = String::with_capacity(name.len());
    for c in slug::composed(name).chars() {
        match c {
            c if c.is_alphanumeric() || matches!(c, '.' | '_' | '~' | '(' | ')' | '@' | '!' | ',') || is_kept(c) => part.push(c),
            _ if part.ends_with('-') || part.is_empty() => {}
            _ => part.push('-'),
        }
    }
    part.truncate(part.trim_end_matches(['-', '.']).len());
    if part.is_empty() || part.chars().all(|c| c == '.') {
        part = format!("page-{}", &ContentHash::of(name.as_bytes()).hex()[..8]);
    }
    let folded = part.to_ascii_lowercase();
    if ["con", "prn", "aux", "nul", "com1", "com2", "lpt1", "lpt2"].contains(&folded.split('.').next().unwrap_or_default()) {
        part.push_str("-page");
    }
    if part.len() > PART_BYTES_MAX {
        let end = (0..=PART_BYTES_MAX - 9).rev().find(|&index| part.is_char_boundary(index)).unwrap_or(0);
        part = format!("{}-{}", &part[..end], &ContentHash::of(name.as_bytes()).hex()[..8]);
    }
    part
}

/// Marks and emoji: no letters, and no trouble.
fn is_kept(c: char) -> bool {
    !c.is_ascii()
        && !c.is_whitespace()
        && !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{2010}'..='\u{2027}')
}

/// Words before the number in the names of files: `adr-013-x`, `RFC 12`, `ODH-ADR-EH-0003`.
const SERIES: [&str; 23] = [
    "adr", "rfc", "kep", "dr", "edr", "madr", "decision", "pep", "proposal", "eip", "bip", "cip", "cap", "tip", "tep", "simd", "xls",
    "tzip", "fip", "nep", "ensip", "aip", "rfd",
];

/// The number in a file's name: in front, `0012-rancher.md`, or behind the name of a series, `adr-013-x.md`,
/// `ODH-ADR-EH-0003-artifact.md`, `cells_001_routing.md`. A date is none. Of a record that is a folder's page, the folder has the number.
pub fn number_of_file(path: &SourcePath) -> Option<i64> {
    number_of_name(path.stem()).map(|(number, _)| number)
}

/// The number in a title behind the name of its series: `ADR 001: Editing texts`.
pub fn number_of_title(title: &str) -> Option<i64> {
    number_of_name(title).filter(|(_, at)| *at > 0).map(|(number, _)| number)
}

/// Whether a file's name has nothing before its number: `00_methodology.md`.
pub fn begins_with_number(path: &SourcePath) -> bool {
    number_in_front(path.stem()).is_some()
}

/// The series, in small letters, of the folder at `path`, if it is called as a record of one is: `CIP-0001`, `adr012-queue`.
pub fn series_of_folder(path: &SourcePath) -> Option<String> {
    let name = path.folder().rsplit('/').next().unwrap_or_default();
    let word = &name[..name.len() - name.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len()];
    (is_series(word) && number_of_name(name).is_some()).then(|| word.to_lowercase())
}

/// Whether the folder at `path` is called by a number or a day, and more: `2019-config`, `2024-03-05-outage`.
pub fn is_folder_of_one(path: &SourcePath) -> bool {
    let name = path.folder().rsplit('/').next().unwrap_or_default();
    let n_digits = name.bytes().take_while(u8::is_ascii_digit).count();
    n_digits > 0 && name[n_digits..].starts_with(['-', '_', ' ', '.']) && name.contains(char::is_alphabetic)
}

/// The number in the name of the folder whose page this is: `1287-in-place-update/README.md`.
pub fn number_of_folder(path: &SourcePath) -> Option<i64> {
    number_of_name(path.folder().rsplit('/').next()?).map(|(number, _)| number)
}

/// What stands before the number in a file's name, in small letters: records are numbered within their series.
pub fn series_of_file(path: &SourcePath) -> String {
    number_of_name(path.stem()).map_or_else(String::new, |(_, at)| path.stem()[..at].to_lowercase())
}

/// The date in front of a file's name: `2020-01-02-outage.md`, `20200924-slug.md`.
pub fn date_of_file(path: &SourcePath) -> Option<Date> {
    day_in_front(path.stem())
}

/// The date in front of a file's name, or of the folder whose page the file is: `2022-06-09-shared-clock/README.md`.
pub fn date_of_path(path: &SourcePath) -> Option<Date> {
    let of_folder = || day_in_front(path.folder().rsplit('/').next()?);
    date_of_file(path).or_else(|| of_folder().filter(|_| path.is_index()))
}

fn day_in_front(name: &str) -> Option<Date> {
    let found = dates_in(name, DayOrder::Unknown).into_iter().next().filter(|found| found.span.start == 0)?;
    found.date.ok().filter(|date| date.precision() == Precision::Day)
}

/// A year anywhere in a file's name: `PM2022-006 - Errors.md`.
pub fn year_of_file(path: &SourcePath) -> Option<i16> {
    let mut numbers = path.stem().split(|c: char| !c.is_ascii_digit()).filter(|digits| digits.len() == 4);
    numbers.find_map(|digits| digits.parse().ok().filter(|year| (1990..=2100).contains(year)))
}

/// Whether `word` names a series of records.
pub fn is_series(word: &str) -> bool {
    SERIES.iter().any(|series| word.eq_ignore_ascii_case(series))
}

/// The number, and where it begins.
fn number_of_name(name: &str) -> Option<(i64, usize)> {
    if let Some(number) = number_in_front(name) {
        return Some((number, 0));
    }
    let (mut at, mut in_series) = (0, false);
    for part in name.split_inclusive(['-', '_', ' ', '.']) {
        let word = part.trim_end_matches(['-', '_', ' ', '.']);
        let n_letters = word.len() - word.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
        in_series |= is_series(&word[..n_letters]);
        let rest = &name[at + n_letters..];
        // `cells_001_routing.md`: zeros are put in front of numbers only.
        let is_padded = at > 0 && n_letters == 0 && rest.starts_with("00") && word.len() >= 3;
        if (in_series || is_padded) && rest.starts_with(|c: char| c.is_ascii_digit()) {
            return number_in_front(rest).map(|number| (number, at + n_letters));
        }
        if n_letters != word.len() {
            return None;
        }
        at += part.len();
    }
    None
}

/// The number with which `name` begins.
pub fn number_in_front(name: &str) -> Option<i64> {
    let digits: &str = &name[..name.bytes().take_while(u8::is_ascii_digit).count()];
    let is_number =
        (1..=5).contains(&digits.len()) && matches!(name[digits.len()..].chars().next(), None | Some('-' | '_' | ' ' | '.' | ':'));
    let is_year =
        digits.len() == 4 && name[digits.len()..].starts_with('-') && name[digits.len() + 1..].starts_with(|c: char| c.is_ascii_digit());
    if is_number && !is_year { digits.parse().ok() } else { None }
}

/// A title out of a file's name: `0012-use-rancher.md` is "Use rancher".
pub fn title_of_file(path: &SourcePath, site: &str) -> String {
    let name = match (path.is_index(), path.folder()) {
        (true, "") => return site.to_owned(),
        (true, folder) => folder.rsplit('/').next().unwrap_or(folder),
        _ => path.stem(),
    };
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let rest = name[digits..].trim_start_matches(['-', '_', ' ', '.']);
    let words = if number_of_file(path).is_some() && !rest.is_empty() { rest } else { name };
    let words = words.replace(['-', '_'], " ");
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut characters = words.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => name.to_owned(),
    }
}

/// A title without the day in front: `2024-03-05: Use one queue`.
pub fn without_day(title: &str) -> &str {
    let day = dates_in(title, DayOrder::Unknown).into_iter().next().filter(|found| found.span.start == 0);
    let rest = day.map_or(title, |day| title[day.span.end..].trim_start_matches([' ', ':', '：', '-', '–', '—', '|']));
    if rest.is_empty() { title } else { rest }
}

/// A title without the record's own number in front: `5. Help comments`, `ADR 009: Release standards`, `0001 - Title`.
pub fn without_own_number(title: &str, number: Option<i64>) -> &str {
    // `[ADR-0002] Queues`: in brackets it stands before a text of its own.
    if let Some((inside, rest)) = title.strip_prefix('[').and_then(|inside| inside.split_once(']'))
        && let rest = rest.trim_start_matches([' ', ':', '-', '–', '—'])
        && number.is_some()
        && !rest.is_empty()
        && inside.rsplit(['-', ' ', '#', '_']).next().and_then(|digits| digits.parse().ok()) == number
    {
        // Some leave the brackets of the template around the text, too: `[002]: [Commands]`.
        let bare = rest.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).filter(|rest| !rest.contains(['[', ']']));
        return bare.unwrap_or(rest);
    }
    let series = SERIES.iter().find(|series| title.get(..series.len()).is_some_and(|start| start.eq_ignore_ascii_case(series)));
    // `D-001 Git is the source of truth`: a series of the log's own.
    let code = || title.find('-').filter(|at| (1..=8).contains(at) && title[..*at].bytes().all(|byte| byte.is_ascii_uppercase()));
    let series = series.map(|series| series.len()).or_else(code);
    let bare = series.map_or(title, |length| title[length..].trim_start_matches(['-', ' ', '#', '_']));
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let is_own = number.is_some() && bare[..digits].parse().ok() == number;
    let behind = &bare[digits..];
    let rest = behind.trim_start();
    let parted = rest.strip_prefix(['.', ':', ')', '-', '–', '—', '·', '|']).filter(|rest| rest.starts_with(' '));
    // Nobody counts things as `0003`: what looks like this is a number of the log, whatever follows.
    let is_padded = bare.starts_with('0');
    let joined = || behind.strip_prefix(['-', '_', ' ']).filter(|_| series.is_some() || is_padded);
    // `9 Naming` in a log that numbers so; `3 ways to fail` is said of three ways.
    let counted =
        || Some(rest).filter(|rest| behind.starts_with(' ') && rest.starts_with(|c: char| c.is_alphabetic() && !c.is_lowercase()));
    let rest = parted.or_else(|| rest.strip_prefix('：')).or_else(joined).or_else(counted).map(str::trim_start);
    rest.filter(|rest| is_own && !rest.is_empty()).unwrap_or(title)
}
