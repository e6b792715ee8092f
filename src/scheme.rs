//! Which addresses are followed. Content can not run script in a reader's browser, so schemes come from a short list.

/// What an address begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// No scheme: a path, a fragment.
    Relative,
    /// `https:`, `http:`, `mailto:`, `tel:`, and `//host`.
    Followed,
    /// Anything else, in lower case.
    Refused(String),
}

const FOLLOWED: [&str; 7] = ["https", "http", "mailto", "tel", "irc", "ftp", "xmpp"];

/// The scheme of `address`, read as a browser would: white space and control characters count for nothing.
///
/// ```
/// use handbook::scheme::{Scheme, of};
/// assert_eq!(of("java\nScript:alert(1)"), Scheme::Refused("javascript".into()));
/// assert_eq!(of("teams/sre.md#a:b"), Scheme::Relative);
/// ```
pub fn of(address: &str) -> Scheme {
    let seen: String = address.chars().filter(|c| !c.is_whitespace() && !c.is_control()).take(64).collect();
    if seen.starts_with("//") {
        return Scheme::Followed;
    }
    let Some((scheme, _)) = seen.split_once(':') else { return Scheme::Relative };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    match scheme.to_ascii_lowercase() {
        _ if !is_scheme => Scheme::Relative,
        scheme if FOLLOWED.contains(&scheme.as_str()) => Scheme::Followed,
        scheme => Scheme::Refused(scheme),
    }
}
