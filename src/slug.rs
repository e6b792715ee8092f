//! Text as part of an address: lower-case letters and digits of any script, with hyphens between.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Bytes that a slug may have; a longer one is cut at a character.
const SLUG_BYTES_MAX: usize = 200;

/// The slug of a heading, as GitHub makes it, so that links written for GitHub work: lower case, spaces to hyphens,
/// punctuation dropped. Never empty.
///
/// ```
/// assert_eq!(handbook::slug::heading("What we do, and why"), "what-we-do-and-why");
/// assert_eq!(handbook::slug::heading("`snake_case` & C++"), "snake_case--c");
/// assert_eq!(handbook::slug::heading("!!!"), "section");
/// ```
pub fn heading(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            ' ' | '-' => slug.push('-'),
            '_' => slug.push('_'),
            c if c.is_alphanumeric() || is_mark(c) => slug.extend(c.to_lowercase()),
            _ => {}
        }
    }
    cut(&mut slug);
    if slug.chars().all(|c| c == '-') { "section".to_owned() } else { slug }
}

/// The slug of a name (a tag, a title): words with single hyphens between. Empty when nothing is left.
///
/// ```
/// assert_eq!(handbook::slug::name("CI/CD  pipelines"), "ci-cd-pipelines");
/// ```
pub fn name(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    for c in composed(text).chars() {
        if c.is_alphanumeric() || is_mark(c) {
            slug.extend(c.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    cut(&mut slug);
    slug.truncate(slug.trim_end_matches('-').len());
    slug
}

/// What two names share when a reader would take them for the same: composed, lower case, one space between words.
pub fn fold(text: &str) -> String {
    let lower: String = composed(text).chars().flat_map(char::to_lowercase).collect();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` in Unicode's composed form (NFC), the form of all addresses.
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// A Latin letter without its accent: `é` is `e`; any other character as it is.
pub fn without_accent(c: char) -> char {
    if !('\u{c0}'..='\u{24f}').contains(&c) {
        return c;
    }
    let mut base = c;
    unicode_normalization::char::decompose_canonical(c, |part| {
        if part.is_ascii_alphabetic() {
            base = part;
        }
    });
    base
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn cut(slug: &mut String) {
    if slug.len() > SLUG_BYTES_MAX {
        let end = (0..=SLUG_BYTES_MAX).rev().find(|&index| slug.is_char_boundary(index)).unwrap_or(0);
        slug.truncate(end);
    }
}
