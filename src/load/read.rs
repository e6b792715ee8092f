//! One Markdown file to a [`SourceFile`]: its text, whatever its encoding and line ends, and the files that it includes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic};
use crate::load::includes;
use crate::load::roots::Roots;
use crate::model::name::SourcePath;
use crate::model::source::SourceFile;

/// Bytes that a record may have.
const RECORD_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Bytes that YAML beside a record may have.
const SIDE_CAR_BYTES_MAX: u64 = 64 * 1024;

/// Reads `file`, and the `side_car` beside it; a file that can not be a record is a diagnostic.
pub fn read(path: &SourcePath, file: &Path, roots: &Roots, side_car: Option<(SourcePath, &PathBuf)>) -> Result<SourceFile, Diagnostic> {
    let unreadable =
        |error: std::io::Error| Diagnostic::new(&diagnostic::UNREADABLE, path.as_str(), format!("this file can not be read: {error}"));
    let size = file.metadata().map_err(unreadable)?.len();
    if size > RECORD_BYTES_MAX {
        let message = format!("this file has {} MiB; a record may have {} MiB", size >> 20, RECORD_BYTES_MAX >> 20);
        return Err(Diagnostic::new(&diagnostic::TOO_LARGE, path.as_str(), message).hint("split it, or leave it out with `ignore:`"));
    }
    let bytes = std::fs::read(file).map_err(unreadable)?;
    let decoded = decode(path, bytes)?;
    let text = normalised(decoded.text);
    let (included, mut diagnostics) = includes::collect(path, &text, roots);
    let wrong_byte = decoded.wrong_byte;
    diagnostics.extend(wrong_byte.map(|(at, message)| {
        let source = SourceFile::new(path.clone(), text.clone());
        source.finding(&diagnostic::ENCODING, at..at + 1, message).hint("save the file as UTF-8")
    }));
    let source = SourceFile::with_includes(path.clone(), text, included, diagnostics);
    let beside = side_car.filter(|(_, file)| file.metadata().is_ok_and(|data| data.len() <= SIDE_CAR_BYTES_MAX));
    Ok(match beside.and_then(|(path, file)| Some(SourceFile::new(path, normalised(std::fs::read_to_string(file).ok()?)))) {
        Some(side_car) => source.beside(Arc::new(side_car)),
        None => source,
    })
}

struct Decoded {
    text: String,
    wrong_byte: Option<(usize, String)>,
}

fn decode(path: &SourcePath, bytes: Vec<u8>) -> Result<Decoded, Diagnostic> {
    let utf16 = |units: Vec<u16>, name: &str| Decoded {
        text: String::from_utf16_lossy(&units),
        wrong_byte: Some((0, format!("this file is in {name}"))),
    };
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => {
            return Ok(utf16(rest.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect(), "UTF-16"));
        }
        [0xfe, 0xff, rest @ ..] => {
            return Ok(utf16(rest.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect(), "UTF-16"));
        }
        _ => {}
    }
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Decoded { text, wrong_byte: None }),
        Err(error) if error.as_bytes().iter().take(8192).any(|byte| *byte == 0) => {
            Err(Diagnostic::new(&diagnostic::NOT_TEXT, path.as_str(), "this file has the name of a record and is no text")
                .hint("rename it, or leave it out with `ignore:`"))
        }
        Err(error) => {
            let (at, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
            let message = format!("byte 0x{:02x} is no UTF-8; the file may be in Latin-1 or Windows-1252", bytes[at]);
            Ok(Decoded { text: String::from_utf8_lossy(bytes).into_owned(), wrong_byte: Some((at, message)) })
        }
    }
}

/// Lines ended by `\n`, no byte-order mark, no NUL: so that every later stage sees one kind of text.
pub fn normalised(text: String) -> String {
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    // One character is looked for many bytes at a time, one of two is not.
    if text.contains('\r') || text.contains('\0') { text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}") } else { text }
}
