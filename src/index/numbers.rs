//! Numbers as few bytes: little-endian base 128, 7 bits a byte, the last without its high bit (as in LEB128).

/// Appends a number.
pub fn push(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Appends how many numbers there are, and the difference of each to the one before.
pub fn push_ascending(bytes: &mut Vec<u8>, numbers: &[u32]) {
    push(bytes, numbers.len() as u32);
    let mut before = 0;
    for number in numbers {
        push(bytes, number - before);
        before = *number;
    }
}

/// Reads what was appended. What is missing at the end reads as zeros: what comes from the disk is checked as a whole.
#[derive(Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads from the beginning of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Whether nothing is left.
    pub fn is_at_end(&self) -> bool {
        self.bytes.is_empty()
    }

    /// What was not read yet.
    pub fn left(&self) -> &'a [u8] {
        self.bytes
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        self.take(1).first().copied().unwrap_or_default()
    }

    /// The next number.
    pub fn number(&mut self) -> u32 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            number |= u32::from(byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 || shift > 28 {
                return number;
            }
        }
    }

    /// Numbers that [`push_ascending`] appended.
    pub fn ascending(&mut self) -> Vec<u32> {
        let n_numbers = self.number();
        let mut before = 0;
        let next = |_| {
            before += self.number();
            before
        };
        (0..n_numbers).map(next).collect()
    }

    /// The next `n_bytes` bytes.
    pub fn take(&mut self, n_bytes: usize) -> &'a [u8] {
        let (taken, left) = self.bytes.split_at(n_bytes.min(self.bytes.len()));
        self.bytes = left;
        taken
    }
}
