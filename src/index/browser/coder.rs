//! Bits in as little room as what came before lets expect: an adaptive binary arithmetic coder (Martin, Range encoding, 1979).
//!
//! Each bit is written in a *slot*, whose bits are likely to be alike. A slot begins without a guess, and learns from each bit,
//! first quickly, then slowly. What is likely then takes a fraction of a bit. Everything goes in whole numbers, so that the twin,
//! `themes/default/assets/search/coder.js`, learns the same.

/// Slots that a number takes, from its first one on.
pub const SLOTS_OF_NUMBER: usize = 256;
/// Where the bits behind the length of a number begin.
const MANTISSA: usize = 32;
/// Bits of a number that are worth a guess, behind its first.
const GUESSED_BITS: u32 = 3;
/// How slowly a slot learns in the end, beyond 2.
const SEEN_MAX: usize = 18;
/// Below, the range has to be widened.
const RANGE_MIN: u32 = 1 << 24;

/// For a slot that has learnt from so many bits, by what a number is multiplied to be divided by that many and 2: a division takes
/// longer than all else that is done for a bit. What is beyond 32 bits of the product is the quotient, exactly, of numbers up to 2¹⁶.
const SHARES: [u64; SEEN_MAX + 1] = {
    let (mut shares, mut n_seen) = ([0; SEEN_MAX + 1], 0);
    while n_seen <= SEEN_MAX {
        shares[n_seen] = (1_u64 << 32) / (n_seen as u64 + 2) + 1;
        n_seen += 1;
    }
    shares
};

/// What is known of the bits that go alike.
#[derive(Clone, Copy)]
struct Slot {
    /// How likely a 0 is, of 65,536.
    chance: u16,
    /// How many bits it has learnt from, up to a limit.
    n_seen: u16,
}

/// Writes bits.
pub struct Encoder {
    slots: Vec<Slot>,
    /// The interval of all that may follow: where it begins, with a carry above 32 bits, and how large it is.
    low: u64,
    range: u32,
    /// Bytes that a carry may still change: one, and so many of 255 behind it.
    held: u8,
    n_held: usize,
    bytes: Vec<u8>,
}

impl Encoder {
    /// Writes in `n_slots` slots.
    pub fn new(n_slots: usize) -> Self {
        let slots = vec![Slot { chance: 1 << 15, n_seen: 0 }; n_slots];
        Self { slots, low: 0, range: u32::MAX, held: 0, n_held: 0, bytes: Vec::new() }
    }

    /// One bit.
    #[inline]
    pub fn bit(&mut self, slot: usize, is_set: bool) {
        let Slot { chance, n_seen } = &mut self.slots[slot];
        let bound = (self.range >> 16) * u32::from(*chance);
        // Which bit comes is what nobody can foresee, a processor neither: no branch hangs on it.
        let mask = u32::from(is_set).wrapping_neg();
        self.low += u64::from(bound & mask);
        self.range = (bound & !mask) | ((self.range - bound) & mask);
        let away = if is_set { u32::from(*chance) } else { (1 << 16) - u32::from(*chance) };
        let step = ((u64::from(away) * SHARES[usize::from(*n_seen)]) >> 32) as u16;
        *chance = chance.wrapping_add((step ^ mask as u16).wrapping_sub(mask as u16));
        *n_seen += u16::from(usize::from(*n_seen) < SEEN_MAX);
        self.widen();
    }

    /// A number of `n_bits` bits, in `1 << n_bits` slots: each bit in one of those before it.
    pub fn tree(&mut self, first: usize, number: u32, n_bits: u32) {
        let mut node = 1;
        for bit in (0..n_bits).rev().map(|at| number >> at & 1) {
            self.bit(first + node, bit == 1);
            node = node << 1 | bit as usize;
        }
    }

    /// A number below 2²⁸ - 1: its length in bits, then its bits; those that come last are as likely 0 as 1.
    pub fn number(&mut self, first: usize, number: u32) {
        debug_assert!(number < (1 << 28) - 1, "{number} has no slots");
        let n_bits = (number + 1).ilog2();
        for length in 0..n_bits {
            self.bit(first + length as usize, true);
        }
        self.bit(first + n_bits as usize, false);
        let slots = first + MANTISSA + 8 * n_bits as usize;
        let mut node = 1;
        for (place, bit) in (0..n_bits).rev().map(|at| (number + 1) >> at & 1).enumerate() {
            if place < GUESSED_BITS as usize {
                self.bit(slots + node, bit == 1);
                node = node << 1 | bit as usize;
            } else {
                self.range >>= 1;
                self.low += u64::from(self.range) * u64::from(bit);
                self.widen();
            }
        }
    }

    /// The bytes of all that was written; zeros at their end are left out.
    pub fn finish(mut self) -> Vec<u8> {
        (0..5).for_each(|_| self.shift());
        let n_bytes = self.bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        self.bytes.truncate(n_bytes);
        // Nothing can carry into the first byte.
        self.bytes.split_off(n_bytes.min(1))
    }

    fn widen(&mut self) {
        while self.range < RANGE_MIN {
            self.range <<= 8;
            self.shift();
        }
    }

    /// Moves the first byte of `low` out, as soon as no carry can change it.
    fn shift(&mut self) {
        if self.low >> 24 != 0xff {
            let carry = (self.low >> 32) as u8;
            self.bytes.push(self.held.wrapping_add(carry));
            self.bytes.extend(std::iter::repeat_n(0xff_u8.wrapping_add(carry), self.n_held));
            self.held = (self.low >> 24) as u8;
            self.n_held = 0;
        } else {
            self.n_held += 1;
        }
        self.low = (self.low & 0x00ff_ffff) << 8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_what_a_division_gives() {
        for (n_seen, share) in SHARES.iter().enumerate() {
            for number in 0..=1_u64 << 16 {
                assert_eq!((number * share) >> 32, number / (n_seen as u64 + 2), "{number} / {}", n_seen + 2);
            }
        }
    }
}
