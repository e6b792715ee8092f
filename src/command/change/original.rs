//! A file as it lies on disk, and edits of it that leave all other bytes alone.

use std::io;
use std::path::Path;

use crate::command::Failure;
use crate::command::change::Edit;
use crate::load::normalised;
use crate::model::source::SourceFile;

/// A file as it lies on disk.
pub struct Original {
    /// Its text, with its own line ends and byte-order mark.
    pub text: String,
}

impl Original {
    /// Reads `file`, which must still be what `source` was read from.
    pub fn read(file: &Path, source: &SourceFile) -> Result<Self, Failure> {
        let path = &source.path;
        let text = std::fs::read_to_string(file).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidData => Failure::Usage(format!("{path} is not in UTF-8; save it so first, nothing was changed")),
            _ => Failure::System(format!("{path}: {error}; nothing was changed")),
        })?;
        if normalised(text.clone()) != source.text {
            return Err(Failure::Usage(format!("{path} was changed by somebody else meanwhile; nothing was changed, run this again")));
        }
        Ok(Self { text })
    }

    /// The text with `edits`, whose places are those of the text as it is read.
    pub fn with(&self, edits: &[Edit]) -> String {
        let mut edits: Vec<&Edit> = edits.iter().collect();
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        let newline = self.newline();
        let mut places = Places::new(&self.text);
        let (mut changed, mut at) = (String::with_capacity(self.text.len()), 0);
        for edit in edits {
            let (start, end) = (places.raw(edit.span.start), places.raw(edit.span.end));
            changed.push_str(&self.text[at..start]);
            changed.push_str(&edit.text.replace('\n', newline));
            at = end;
        }
        changed + &self.text[at..]
    }

    /// What ends the first line.
    fn newline(&self) -> &'static str {
        match self.text.find(['\r', '\n']).map(|at| &self.text[at..]) {
            Some(rest) if rest.starts_with("\r\n") => "\r\n",
            Some(rest) if rest.starts_with('\r') => "\r",
            _ => "\n",
        }
    }
}

/// Places of the text as it is read to places of the file, from its beginning to its end.
struct Places<'a> {
    rest: &'a str,
    read: usize,
    raw: usize,
}

impl<'a> Places<'a> {
    fn new(text: &'a str) -> Self {
        let rest = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { rest, read: 0, raw: text.len() - rest.len() }
    }

    /// The place in the file of `place` in the text as it is read; asked in rising order.
    fn raw(&mut self, place: usize) -> usize {
        while self.read < place {
            let Some(c) = self.rest.chars().next() else { break };
            let n_raw = if self.rest.starts_with("\r\n") { 2 } else { c.len_utf8() };
            self.read += match c {
                '\r' => 1,
                '\0' => '\u{fffd}'.len_utf8(),
                c => c.len_utf8(),
            };
            self.raw += n_raw;
            self.rest = &self.rest[n_raw..];
        }
        self.raw
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_keep_every_other_byte() {
        let text = "\u{feff}a: 1\r\nb: \0 ü # c\r\n\rend";
        let original = Original { text: text.to_owned() };
        let read = normalised(text.to_owned());
        let at = |what: &str| read.find(what).expect("it is there");
        let edits = [Edit::insert(at("b:"), "x: 1\n"), Edit::replace(at("ü")..at("ü") + 2, "o"), Edit::insert(read.len(), "\n!")];
        assert_eq!(original.with(&edits), "\u{feff}a: 1\r\nx: 1\r\nb: \0 o # c\r\n\rend\r\n!");
        assert_eq!(original.with(&[]), text);
    }
}
