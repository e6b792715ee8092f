//! Bytes as text that can stand in quotes in a script.
//!
//! Seven bits a character, the highest first, the last filled up with zeros; the four characters that can not stand in a string
//! of JavaScript are escaped as JavaScript does. That is 1.18 characters a byte, and all of them ASCII, so that no host can
//! misread them; base64 would take 1.33.
//!
//! Read by `themes/default/assets/search/main.js`.

/// The text of some bytes.
///
/// ```
/// assert_eq!(handbook::index::browser::text::encode(b"\xff\x80"), "\x7f`\0");
/// ```
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 6 / 5 + 2);
    let (mut waiting, mut n_waiting) = (0_u32, 0);
    for byte in bytes {
        waiting = waiting << 8 | u32::from(*byte);
        n_waiting += 8;
        while n_waiting >= 7 {
            n_waiting -= 7;
            push(&mut text, (waiting >> n_waiting & 0x7f) as u8);
        }
        waiting &= (1 << n_waiting) - 1;
    }
    if n_waiting > 0 {
        push(&mut text, (waiting << (7 - n_waiting) & 0x7f) as u8);
    }
    text
}

fn push(text: &mut String, seven_bits: u8) {
    match seven_bits {
        b'"' => text.push_str("\\\""),
        b'\\' => text.push_str("\\\\"),
        b'\n' => text.push_str("\\n"),
        b'\r' => text.push_str("\\r"),
        plain => text.push(char::from(plain)),
    }
}
