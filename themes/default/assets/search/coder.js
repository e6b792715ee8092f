/**
 * Reads what `src/index/browser/coder.rs` writes: bits in as little room as what came before lets expect. Its twin; a change here
 * is a change there.
 */

/** Slots that a number takes. */
export const SLOTS_OF_NUMBER = 256;
const MANTISSA = 32;
const GUESSED_BITS = 3;
const SEEN_MAX = 18;
const RANGE_MIN = 2 ** 24;

export class Decoder {
  /** @param {Uint8Array} bytes @param {number} nSlots */
  constructor(bytes, nSlots) {
    this.bytes = bytes;
    this.at = 0;
    this.range = 2 ** 32 - 1;
    this.code = 0;
    for (let left = 4; left > 0; left--) this.code = this.code * 256 + this.byte();
    this.chances = new Uint16Array(nSlots).fill(2 ** 15);
    this.seen = new Uint8Array(nSlots);
  }

  /** Zeros at the end are left out. */
  byte() {
    return this.at < this.bytes.length ? this.bytes[this.at++] : 0;
  }

  widen() {
    while (this.range < RANGE_MIN) {
      this.range *= 256;
      this.code = this.code * 256 + this.byte();
    }
  }

  /** @param {number} slot */
  bit(slot) {
    const chance = this.chances[slot];
    const seen = this.seen[slot];
    const bound = (this.range >>> 16) * chance;
    const bit = this.code < bound ? 0 : 1;
    if (bit) {
      this.code -= bound;
      this.range -= bound;
      this.chances[slot] = chance - ((chance / (seen + 2)) | 0);
    } else {
      this.range = bound;
      this.chances[slot] = chance + (((65536 - chance) / (seen + 2)) | 0);
    }
    if (seen < SEEN_MAX) this.seen[slot] = seen + 1;
    if (this.range < RANGE_MIN) this.widen();
    return bit;
  }

  /** @param {number} first @param {number} nBits */
  tree(first, nBits) {
    let node = 1;
    for (let left = nBits; left > 0; left--) node = node * 2 + this.bit(first + node);
    return node - (1 << nBits);
  }

  /** @param {number} first */
  number(first) {
    let nBits = 0;
    while (this.bit(first + nBits)) nBits++;
    let node = 1;
    const slots = first + MANTISSA + 8 * nBits;
    for (let place = 0; place < nBits; place++) {
      if (place < GUESSED_BITS) {
        node = node * 2 + this.bit(slots + node);
      } else {
        this.range = this.range >>> 1;
        const bit = this.code < this.range ? 0 : 1;
        if (bit) this.code -= this.range;
        node = node * 2 + bit;
        this.widen();
      }
    }
    return node - 1;
  }

  /** How many numbers there are, and the difference of each to the one before. @param {number} count @param {number} first @param {number} further */
  ascending(count, first, further) {
    const numbers = new Array(this.number(count));
    for (let at = 0, before = 0; at < numbers.length; at++) numbers[at] = before += this.number(at === 0 ? first : further);
    return numbers;
  }
}
