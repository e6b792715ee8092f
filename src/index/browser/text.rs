//! Bytes as text that can stand in quotes in a script.
//!
//! Each byte is a character. The four that can not stand in a string of JavaScript are escaped as JavaScript does, which makes
//! 1.02 bytes of one; base64 would take 1.33. The file is no UTF-8, and whoever reads it says so: a browser takes it as bytes, or,
//! from disk, where only a script can be had, as one in the encoding `x-user-defined`, which leaves each byte in the lower half
//! of a character.
//!
//! Read by `themes/default/assets/search/main.js`.

/// The text of some bytes.
///
/// ```
/// assert_eq!(handbook::index::browser::text::encode(b"a\"\xff\n"), b"a\\\"\xff\\n");
/// ```
pub fn encode(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len() + bytes.len() / 32);
    for byte in bytes {
        match byte {
            b'"' => text.extend(b"\\\""),
            b'\\' => text.extend(b"\\\\"),
            b'\n' => text.extend(b"\\n"),
            b'\r' => text.extend(b"\\r"),
            plain => text.push(*plain),
        }
    }
    text
}
