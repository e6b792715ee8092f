//! Places in texts as editors name them: line and character from 0, in bytes or in units of UTF-16.

use std::ops::Range;
use std::path::{Path, PathBuf};

use lsp_types::{Position, Uri};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// In what the characters of a line are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Units of UTF-16: what all editors know.
    Utf16,
}

/// What a path in an address does not hold as it is.
const ADDRESS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}').add(b'[').add(b']');

impl Encoding {
    /// As the protocol names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
        }
    }

    fn length(self, text: &str) -> u32 {
        match self {
            Self::Utf8 => text.len() as u32,
            Self::Utf16 => text.encode_utf16().count() as u32,
        }
    }

    /// The place of byte `at` of `text`.
    pub fn position(self, text: &str, at: usize) -> Position {
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        let before = &text[..at];
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        Position::new(before.matches('\n').count() as u32, self.length(&before[line_start..]))
    }

    /// The places of both ends of `range`.
    pub fn range(self, text: &str, range: Range<usize>) -> lsp_types::Range {
        lsp_types::Range::new(self.position(text, range.start), self.position(text, range.end))
    }

    /// The byte of `text` at a place; the end of the line where that is shorter.
    pub fn offset(self, text: &str, position: Position) -> usize {
        let mut lines = text.split_inclusive('\n');
        let before: usize = lines.by_ref().take(position.line as usize).map(str::len).sum();
        let line = lines.next().unwrap_or_default().trim_end_matches('\n');
        let within = line.char_indices().find(|(at, _)| self.length(&line[..*at]) >= position.character);
        before + within.map_or(line.len(), |(at, _)| at)
    }
}

/// The file that an address means, if it is one on this machine.
pub fn path_of(uri: &Uri) -> Option<PathBuf> {
    let path = uri.as_str().strip_prefix("file://")?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    // `file:///c:/x` has one stroke more than the path.
    let is_drive = path.as_bytes().get(2) == Some(&b':');
    let path = PathBuf::from(if is_drive { &path[1..] } else { &path });
    Some(path.canonicalize().unwrap_or(path))
}

/// The address of a file.
pub fn uri_of(path: &Path) -> Option<Uri> {
    let path = path.to_str()?.replace('\\', "/");
    let stroke = if path.starts_with('/') { "" } else { "/" };
    format!("file://{stroke}{}", utf8_percent_encode(&path, ADDRESS)).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_lead_back_to_bytes() {
        let text = "a\nβ𝄞c\n\nend";
        for (at, _) in text.char_indices() {
            for encoding in [Encoding::Utf8, Encoding::Utf16] {
                assert_eq!(encoding.offset(text, encoding.position(text, at)), at);
            }
        }
        assert_eq!(Encoding::Utf16.position(text, text.find('c').expect("it is there")), Position::new(1, 3));
        assert_eq!(Encoding::Utf16.offset(text, Position::new(1, 99)), text.find("\n\n").expect("it is there"));
    }

    #[test]
    fn addresses_lead_back_to_files() {
        let file = Path::new("/no such/größe #1?.md");
        assert_eq!(path_of(&uri_of(file).expect("an address")), Some(file.to_owned()));
        assert_eq!(path_of(&"https://example.com/x".parse().expect("an address")), None);
    }
}
