//! Text to tokens: the one definition of what a word is, for documents and for queries alike.
//!
//! Twin of `themes/default/assets/search/analysis.js`, function by function: a change here is a change there, and the
//! cases in `tests/cases/tokens` hold for both. Everything goes code point by code point and in linear time; nothing
//! here knows about stems, stop words or typos.
//!
//! A text is a row of *compounds* (`std::mem::swap`), these of *words* joined by one sign, a word of *runs* of one
//! writing (`Windowsアプリ`), and a run of the *parts* that take a position each (`get`, `User`; or pairs such as `アプ`).

use std::iter;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Bytes that a term may have; a longer one is dropped, and its position stays empty.
const TERM_BYTES_MAX: usize = 200;

/// Code points that a whole may have. Addresses would flood the index otherwise.
const WHOLE_CHARS_MAX: usize = 60;

/// Parts that a whole may have.
const WHOLE_PARTS_MAX: u32 = 8;

/// The signs in front of a name that belong to it, the longer ones first.
const LEADING_SIGNS: [LeadingSign; 7] = [
    LeadingSign { text: "#![", reach: Reach::Name, closing: "]" },
    LeadingSign { text: "#[", reach: Reach::Name, closing: "]" },
    LeadingSign { text: "--", reach: Reach::Compound, closing: "" },
    LeadingSign { text: "-", reach: Reach::Compound, closing: "" },
    LeadingSign { text: ".", reach: Reach::Compound, closing: "" },
    LeadingSign { text: "$", reach: Reach::Name, closing: "" },
    LeadingSign { text: "@", reach: Reach::Name, closing: "" },
];

/// A term and its place in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What is looked up: folded, not yet stemmed.
    pub term: &'a str,
    /// Which part of the text this is, counted from 0. A whole has the position of its first part.
    pub position: u32,
    /// The first byte in the text.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
    /// Part or whole.
    pub kind: TokenKind,
}

/// Whether a token counts as a word of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// One part with a position of its own.
    Word,
    /// Several parts as one, or a name with its signs: comes on top of its words, after them.
    Whole,
}

/// A [`Token`] that owns its term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedToken {
    /// See [`Token::term`].
    pub term: String,
    /// See [`Token::position`].
    pub position: u32,
    /// See [`Token::start`].
    pub start: usize,
    /// See [`Token::end`].
    pub end: usize,
    /// See [`Token::kind`].
    pub kind: TokenKind,
}

/// All tokens of a text; see [`for_each_token`].
///
/// ```
/// use handbook::index::analysis::tokens;
///
/// let terms: Vec<String> = tokens("Call getUser").into_iter().map(|token| token.term).collect();
/// assert_eq!(terms, ["call", "get", "user", "getuser"]);
/// ```
pub fn tokens(text: &str) -> Vec<OwnedToken> {
    let mut tokens = Vec::new();
    for_each_token(text, |Token { term, position, start, end, kind }| {
        tokens.push(OwnedToken { term: term.to_owned(), position, start, end, kind });
    });
    tokens
}

/// Shows each token of a text to `visit`, without an allocation for each. Words come in order; a whole comes right
/// after its last word.
pub fn for_each_token(text: &str, visit: impl FnMut(Token<'_>)) {
    let mut analysis = Analysis { text, position: 0, term: String::new(), visit };
    let mut at = 0;
    while let Some(start) = next_word(text, at) {
        at = analysis.compound(start);
    }
}

/// What two spellings share: compatibility forms resolved, accents dropped, lower case, `ß` as `ss`, `’` as `'`. Marks
/// that make another letter stay, as those of kana do, and are composed with it.
///
/// ```
/// use handbook::index::analysis::fold;
///
/// assert_eq!(fold("Ærøskøbing CAFÉ ﬁn"), "aeroskobing cafe fin");
/// assert_eq!(fold("ｶﾞ"), "ガ");
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(&mut folded, text);
    folded
}

/// A text as a stemmer takes it: lower case, compatibility forms resolved, its accents kept.
pub fn lower(text: &str) -> String {
    text.nfkc().filter(|c| !is_invisible(*c)).flat_map(char::to_lowercase).collect()
}

/// The work on one text: how far it has come, and a buffer for the term at hand.
struct Analysis<'t, V> {
    text: &'t str,
    position: u32,
    term: String,
    visit: V,
}

/// A stretch of text that may become a whole: its bytes, the position of its first part, the number of its parts.
struct Stretch {
    span: Range<usize>,
    position: u32,
    n_parts: u32,
}

/// A sign in front of a name, how much it takes with it, and what closes the term.
struct LeadingSign {
    text: &'static str,
    reach: Reach,
    closing: &'static str,
}

/// How much of a compound goes with a leading sign.
enum Reach {
    /// All of it: `--log-level`, `.github/workflows`.
    Compound,
    /// Its words up to the first joiner that is neither `_` nor `-`: the `$HOME` of `$HOME/bin`.
    Name,
}

/// What the analysis wants to know of a code point.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    /// Between words.
    Separator,
    /// Belongs to what it follows; begins no word.
    Mark,
    /// Han, kana, Hangul: written without spaces, so searched by pairs.
    Cjk,
    /// A letter in upper case.
    Upper,
    /// A letter in lower case.
    Lower,
    /// A digit, or a letter without case.
    Caseless,
}

impl<V: FnMut(Token<'_>)> Analysis<'_, V> {
    /// The tokens of the compound that starts here. Returns its end.
    fn compound(&mut self, start: usize) -> usize {
        let position = self.position;
        let mut name = None;
        let mut word_start = start;
        let mut end = self.word(start);
        while let Some((joiner, next)) = joint(self.text, end) {
            if name.is_none() && !matches!(joiner, b'_' | b'-') {
                name = Some(self.stretch(start..end, position));
            }
            word_start = next;
            end = self.word(word_start);
        }
        let compound = self.stretch(start..end, position);
        if word_start > start {
            self.whole(&compound, "");
        }
        self.signed(name.as_ref().unwrap_or(&compound), &compound);
        end
    }

    /// The whole with the signs in front of a compound, if there are any.
    fn signed(&mut self, name: &Stretch, compound: &Stretch) {
        let Some(sign) = leading_sign(self.text, compound.span.start) else { return };
        let bare = match sign.reach {
            Reach::Compound => compound,
            Reach::Name => name,
        };
        let span = bare.span.start - sign.text.len()..bare.span.end;
        self.whole(&Stretch { span, ..*bare }, sign.closing);
    }

    /// The tokens of the word that starts here. Returns its end, behind the signs of `C++` and `C#`.
    fn word(&mut self, start: usize) -> usize {
        let position = self.position;
        let mut end = start;
        while let Some((run_end, is_cjk)) = run(self.text, end) {
            if is_cjk {
                self.pairs(end..run_end);
            } else {
                self.cased(end..run_end);
            }
            end = run_end;
        }
        let signed_end = end + trailing_sign(self.text, start..end);
        if signed_end > end {
            let letter = self.stretch(start..signed_end, position);
            self.whole(&letter, "");
        }
        signed_end
    }

    /// The parts of a run with case, `get` and `User`, and the whole of them.
    fn cased(&mut self, run: Range<usize>) {
        let position = self.position;
        let mut start = run.start;
        while start < run.end {
            let end = start + part_length(&self.text[start..run.end]);
            self.part(start..end);
            start = end;
        }
        let run = self.stretch(run, position);
        if run.n_parts > 1 {
            self.whole(&run, "");
        }
    }

    /// A run without spaces as pairs of characters that overlap; a single character alone.
    fn pairs(&mut self, run: Range<usize>) {
        let text = self.text;
        let (mut before, mut current) = (None, run.start);
        for (offset, c) in text[run.clone()].char_indices().skip(1) {
            if continues_character(c) {
                continue;
            }
            let next = run.start + offset;
            if let Some(first) = before {
                self.part(first..next);
            }
            (before, current) = (Some(current), next);
        }
        self.part(before.unwrap_or(current)..run.end);
    }

    fn part(&mut self, span: Range<usize>) {
        let position = self.position;
        self.position += 1;
        self.term.clear();
        fold_into(&mut self.term, &self.text[span.clone()]);
        self.show(span, position, TokenKind::Word);
    }

    fn whole(&mut self, stretch: &Stretch, closing: &str) {
        if stretch.n_parts > WHOLE_PARTS_MAX {
            return;
        }
        self.term.clear();
        fold_into(&mut self.term, &self.text[stretch.span.clone()]);
        self.term.push_str(closing);
        if self.term.chars().count() <= WHOLE_CHARS_MAX {
            self.show(stretch.span.clone(), stretch.position, TokenKind::Whole);
        }
    }

    fn show(&mut self, span: Range<usize>, position: u32, kind: TokenKind) {
        // A few Arabic ligatures unfold to several words; no term has a space.
        if self.term.len() <= TERM_BYTES_MAX && !self.term.contains(' ') {
            (self.visit)(Token { term: &self.term, position, start: span.start, end: span.end, kind });
        }
    }

    fn stretch(&self, span: Range<usize>, position: u32) -> Stretch {
        Stretch { span, position, n_parts: self.position - position }
    }
}

/// Where the next word begins, at `from` or later.
fn next_word(text: &str, from: usize) -> Option<usize> {
    let at = from + text.as_bytes()[from..].iter().position(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())?;
    text[at..].char_indices().find(|&(_, c)| begins_word(c)).map(|(offset, _)| at + offset)
}

/// The end of the run at `start`, and whether it is written without spaces; nothing where the word is over.
fn run(text: &str, start: usize) -> Option<(usize, bool)> {
    // Most words are plain, and their letters are told by their bytes.
    let plain = text.as_bytes()[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    if plain > 0 && text.as_bytes().get(start + plain).is_none_or(u8::is_ascii) {
        return Some((start + plain, false));
    }
    let rest = &text[start..];
    let first = rest.chars().next().filter(|&c| begins_word(c))?;
    let is_cjk = class(first) == Class::Cjk;
    let goes_on = |c: char| match class(c) {
        Class::Separator => false,
        Class::Mark => true,
        Class::Cjk => is_cjk,
        Class::Upper | Class::Lower | Class::Caseless => !is_cjk,
    };
    Some((start + rest.find(|c| !goes_on(c)).unwrap_or(rest.len()), is_cjk))
}

/// The length of the first part of a run with case. A part ends before a capital that follows a small letter, and
/// before the last of several capitals when a small letter follows it: `get|User`, `HTTP|Server`. Digits and marks
/// side with what precedes them: `JSON2`, `utf8|Decode`, `MP3|Player`.
fn part_length(run: &str) -> usize {
    // One capital at most, and nothing but small letters behind it: no part ends within.
    if run.bytes().skip(1).all(|byte| byte.is_ascii_lowercase()) && run.as_bytes()[0].is_ascii() {
        return run.len();
    }
    let mut case = Class::Caseless;
    let mut last_capital = None;
    for (offset, c) in run.char_indices() {
        match class(c) {
            Class::Upper if case == Class::Lower => return offset,
            Class::Upper => {
                last_capital = (case == Class::Upper).then_some(offset);
                case = Class::Upper;
            }
            Class::Lower => match last_capital.take() {
                Some(capital) if !is_plural(&run[offset..]) => return capital,
                _ => case = Class::Lower,
            },
            Class::Caseless => last_capital = None,
            Class::Mark | Class::Separator | Class::Cjk => {}
        }
    }
    run.len()
}

/// A lone `s` after capitals makes no new part: `APIs`, `URLsOf`.
fn is_plural(rest: &str) -> bool {
    rest.strip_prefix('s').is_some_and(|behind| behind.chars().next().is_none_or(|c| class(c) != Class::Lower))
}

/// The joiner at `end`, and where the next word of the compound begins.
fn joint(text: &str, end: usize) -> Option<(u8, usize)> {
    let rest = &text[end..];
    let (joiner, length) = match rest.as_bytes() {
        [b':', b':', ..] => (b':', 2),
        [sign @ (b'_' | b'-' | b'.' | b'/' | b':' | b'\'' | b'+' | b'@' | b'#'), ..] => (*sign, 1),
        _ if rest.starts_with('’') => (b'\'', '’'.len_utf8()),
        _ => return None,
    };
    rest[length..].starts_with(begins_word).then_some((joiner, end + length))
}

/// The number of signs that belong to the word before them: `C++` and `C#`, for each single letter from A to Z.
fn trailing_sign(text: &str, word: Range<usize>) -> usize {
    let rest = &text[word.end..];
    let [letter] = text.as_bytes()[word] else { return 0 };
    if !letter.is_ascii_alphabetic() {
        0
    } else if rest.starts_with("++") {
        2
    } else {
        // In `c#8`, the sign joins.
        rest.strip_prefix('#').map_or(0, |behind| usize::from(!behind.starts_with(begins_word)))
    }
}

/// The sign in front of a compound, if nothing but a start, a space, a bracket or a quote is in front of the sign.
fn leading_sign(text: &str, start: usize) -> Option<&'static LeadingSign> {
    let before = &text[..start];
    if !before.ends_with(['[', '-', '.', '$', '@']) {
        return None;
    }
    let sign = LEADING_SIGNS.iter().find(|sign| before.ends_with(sign.text))?;
    let opener = before[..start - sign.text.len()].chars().next_back();
    opener.is_none_or(opens).then_some(sign)
}

fn opens(c: char) -> bool {
    matches!(c, '(' | '[' | '{' | '`' | '"' | '\'' | '=' | ',' | ';' | ':') || c.is_whitespace()
}

fn begins_word(c: char) -> bool {
    !matches!(class(c), Class::Separator | Class::Mark)
}

fn class(c: char) -> Class {
    match c {
        'a'..='z' => Class::Lower,
        'A'..='Z' => Class::Upper,
        '0'..='9' => Class::Caseless,
        '\0'..='\x7F' => Class::Separator,
        // Some marks count as alphabetic, so this comes first.
        c if is_combining_mark(c) || is_invisible(c) => Class::Mark,
        c if !c.is_alphanumeric() => Class::Separator,
        c if is_cjk(c) => Class::Cjk,
        c if c.is_uppercase() => Class::Upper,
        c if c.is_lowercase() => Class::Lower,
        _ => Class::Caseless,
    }
}

/// Blocks of Han, kana and Hangul. Ranges rather than scripts: the prolonged sound mark and the halfwidth voiced marks
/// belong to no script, and the twin must not depend on what its browser knows.
fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{11FF}' // Hangul letters
        | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{302F}' | '\u{3031}'..='\u{3035}' | '\u{3038}'..='\u{303C}'
        | '\u{3041}'..='\u{30FF}' // Hiragana, Katakana
        | '\u{3131}'..='\u{318E}' // Hangul letters, standing alone
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' // Han
        | '\u{A960}'..='\u{A97F}'
        | '\u{AC00}'..='\u{D7FF}' // Hangul syllables
        | '\u{F900}'..='\u{FAFF}'
        | '\u{FF66}'..='\u{FFDC}' // halfwidth
        | '\u{1AFF0}'..='\u{1B16F}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Marks, the halfwidth voiced marks and the later letters of a Hangul syllable make one character with what they
/// follow.
fn continues_character(c: char) -> bool {
    matches!(c, '\u{FF9E}' | '\u{FF9F}' | '\u{1160}'..='\u{11FF}') || class(c) == Class::Mark
}

/// What a reader may leave out: accents, Hebrew points, Arabic vowels, invisible signs. The marks of other scripts, such
/// as the vowels of Hindi and Thai and the voiced marks of kana, make other words and stay.
fn is_ignorable(c: char) -> bool {
    is_invisible(c)
        || matches!(c,
        '\u{300}'..='\u{36F}'
        | '\u{483}'..='\u{489}'
        | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}' | '\u{5C2}' | '\u{5C4}' | '\u{5C5}' | '\u{5C7}'
        | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}'
        | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}'
        | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}'
        | '\u{E0100}'..='\u{E01EF}')
}

/// The soft hyphen and the two joiners of width zero: they stand within a word and are no part of it.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200C}' | '\u{200D}')
}

/// Appends the folded text.
fn fold_into(folded: &mut String, text: &str) {
    if text.is_ascii() {
        let start = folded.len();
        folded.push_str(text);
        folded[start..].make_ascii_lowercase();
        return;
    }
    let bare = text.nfkd().filter(|&c| !is_ignorable(c));
    // Code point by code point: a string in lower case would get another sigma at the end of a Greek word.
    let lower = bare.flat_map(char::to_lowercase).flat_map(spelled_out);
    // Together again what is left of the marks: `か` and its voiced mark are one letter.
    folded.extend(lower.nfc());
}

/// Letters that no accent makes, as they are written without them.
fn spelled_out(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'ø' => ('o', None),
        'đ' | 'ð' => ('d', None),
        'þ' => ('t', Some('h')),
        'ł' => ('l', None),
        'ı' => ('i', None),
        'ς' => ('σ', None),
        '’' => ('\'', None),
        _ => (c, None),
    };
    iter::once(first).chain(second)
}
