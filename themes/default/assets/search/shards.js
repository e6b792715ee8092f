/**
 * The bytes of the index. The format is documented in `src/index/browser/shards.rs` and `postings.rs`, which write it.
 *
 * @typedef {object} Postings columns, not objects: a search goes through thousands of sections with each letter
 * @property {number} nRecords that have it
 * @property {number} nDocuments
 * @property {number[]} records the best of them, in order
 * @property {number[]} impacts by record
 * @property {number[]} titleLengths by record, where it is in the title
 * @property {number[][]} titles by record: positions in the title
 * @property {number[]} ends by record: where its sections end among all of them
 * @property {number[]} sections
 * @property {number[]} sectionImpacts
 * @property {number[][]} headings by section: positions in the heading
 * @typedef {{ nWritten: number, bytes: Uint8Array, postings?: Postings }} Value of a key; `postings` once they were read
 */

/** Reads numbers one after the other. */
class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  byte() {
    if (this.at >= this.bytes.length) throw new Error("a shard that ends early");
    return this.bytes[this.at++];
  }

  number() {
    let [number, factor, byte] = [0, 1, 0];
    do {
      byte = this.byte();
      number += (byte & 0x7f) * factor;
      factor *= 128;
    } while (byte & 0x80);
    return number;
  }

  ascending() {
    const numbers = new Array(this.number());
    for (let at = 0, before = 0; at < numbers.length; at++) numbers[at] = before += this.number();
    return numbers;
  }
}

/** The keys of a shard with their values, in order. @param {Uint8Array} bytes @returns {Map<string, Value>} */
export function keysOf(bytes) {
  const reader = new Reader(bytes);
  const nKeys = reader.number();
  /** @type {[string, number, number][]} */
  const keys = [];
  let name = new Uint8Array(0);
  for (let at = 0; at < nKeys; at++) {
    const [nShared, nOwn] = [reader.number(), reader.number()];
    const next = new Uint8Array(nShared + nOwn);
    next.set(name.subarray(0, nShared));
    next.set(bytes.subarray(reader.at, reader.at + nOwn), nShared);
    reader.at += nOwn;
    name = next;
    keys.push([utf8(name), reader.number(), reader.number()]);
  }
  const values = new Map();
  for (const [key, nWritten, length] of keys) {
    values.set(key, { nWritten, bytes: bytes.subarray(reader.at, reader.at + length) });
    reader.at += length;
  }
  if (reader.at !== bytes.length) throw new Error("a shard of another length");
  return values;
}

/** @type {number[]} */
const NOWHERE = [];

/** @returns {Postings} */
export const noPostings = () =>
  ({ nRecords: 0, nDocuments: 0, records: [], impacts: [], titleLengths: [], titles: [], ends: [], sections: [], sectionImpacts: [], headings: [] });

/** @param {Uint8Array} bytes @returns {Postings} */
export function postingsOf(bytes) {
  const reader = new Reader(bytes);
  const postings = noPostings();
  const { records, impacts, titleLengths, titles, ends, sections, sectionImpacts, headings } = postings;
  postings.nRecords = reader.number();
  postings.nDocuments = reader.number();
  for (let left = reader.number(), record = 0; left > 0; left--) {
    const head = reader.number();
    records.push((record += head >>> 1));
    const byte = reader.byte();
    impacts.push(byte >>> 3);
    const nSections = (byte & 7) + ((byte & 7) === 7 ? reader.number() : 0);
    titleLengths.push(head & 1 ? reader.number() : 0);
    titles.push(head & 1 ? reader.ascending() : NOWHERE);
    for (let at = 0, section = 0; at < nSections; at++) {
      const head = reader.number();
      sections.push((section += head >>> 1));
      sectionImpacts.push(reader.byte());
      headings.push(head & 1 ? reader.ascending() : NOWHERE);
    }
    ends.push(sections.length);
  }
  return postings;
}

/** The records that have a name. @param {Uint8Array} bytes */
export const recordsOf = (bytes) => new Reader(bytes).ascending();

/**
 * Where a word stands: `record`, `section` and position · 4 + field, one place after the other.
 * @param {Uint8Array} bytes @param {(record: number, section: number, places: number[]) => void} visit
 */
export function placesOf(bytes, visit) {
  const reader = new Reader(bytes);
  for (let left = reader.number(), record = 0; left > 0; left--) {
    record += reader.number();
    for (let inRecord = reader.number(), section = 0; inRecord > 0; inRecord--) {
      section += reader.number();
      visit(record, section, reader.ascending());
    }
  }
}

/** @param {Uint8Array} bytes */
function utf8(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at];
    const length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    let code = length === 1 ? byte : byte & (0xff >> (length + 1));
    for (let more = 1; more < length; more++) code = (code << 6) | (bytes[at + more] & 0x3f);
    text += String.fromCodePoint(code);
    at += length;
  }
  return text;
}
