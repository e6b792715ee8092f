/**
 * The bytes of the lists that ranking reads. The format is documented in `src/index/browser/shards.rs`, `packed.rs` and
 * `postings.rs`, which write it. Where words stand is for `places.js`.
 *
 * @typedef {object} Postings columns, not objects: a search goes through thousands of sections with each letter
 * @property {number} nRecords that have it
 * @property {number} nDocuments
 * @property {number} nSections of the record that has most, as far as they have it
 * @property {number[]} records the best of them, in order
 * @property {number[]} impacts by record
 * @property {number[]} titleLengths by record, where it is in the title
 * @property {number[][]} titles by record: positions in the title
 * @property {number[]} ends by record: where its sections end among all of them
 * @property {number[]} sections
 * @property {number[]} sectionImpacts
 * @property {number[][]} headings by section: positions in the heading
 * @typedef {{ nWritten: number, postings?: Postings, records?: number[] }} Value of a key: of a term, of a name; or of a word only
 */
import { Decoder, SLOTS_OF_NUMBER } from "./coder.js";

// Slots of numbers; of two in a row, the second is for all but the first.
const COUNT = 0;
const SHARED = SLOTS_OF_NUMBER;
const WRITTEN = 2 * SLOTS_OF_NUMBER;
const NAMED = 3 * SLOTS_OF_NUMBER;
const RECORDS = 4 * SLOTS_OF_NUMBER;
const DOCUMENTS = 5 * SLOTS_OF_NUMBER;
const TITLE_LENGTH = 6 * SLOTS_OF_NUMBER;
const POSITIONS = 7 * SLOTS_OF_NUMBER;
const HEADING_POSITIONS = 9 * SLOTS_OF_NUMBER;
const N_POSITIONS = 11 * SLOTS_OF_NUMBER;
const MORE_SECTIONS = 12 * SLOTS_OF_NUMBER;
const SECTIONS = 13 * SLOTS_OF_NUMBER;
const RECORD = 16 * SLOTS_OF_NUMBER;
// Slots of others.
const IMPACT = 24 * SLOTS_OF_NUMBER;
const N_SECTIONS = IMPACT + 64;
const SECTION_IMPACT = N_SECTIONS + 64;
const HAS_VALUE = SECTION_IMPACT + 512;
const IS_WHOLE = HAS_VALUE + 1;
const HAS_TITLE = HAS_VALUE + 2;
const HAS_HEADING = HAS_VALUE + 10;
const END = HAS_VALUE + 16;
const LETTER = 28 * SLOTS_OF_NUMBER;
const N_SLOTS = LETTER + 256 * 256;

/** Says that all was read. */
const END_SIGN = 0x5a;
/** Ends each word of a name. */
export const NAME_MARK = "\u0003";

/** The keys of a shard of terms with their values, in order. @param {Uint8Array} bytes @returns {Map<string, Value>} */
export function termsOf(bytes) {
  const decoder = new Decoder(bytes, N_SLOTS);
  /** @type {number[]} */
  const name = [];
  /** @type {[string, Value, boolean][]} */
  const keys = Array.from({ length: decoder.number(COUNT) }, () => {
    name.length = decoder.number(SHARED);
    for (let letter = -1; letter !== 0; ) {
      letter = decoder.tree(LETTER + 256 * (name[name.length - 1] ?? 0), 8);
      if (letter > 0) name.push(letter);
    }
    return [utf8(name), { nWritten: decoder.number(WRITTEN) }, decoder.bit(HAS_VALUE) === 1];
  });
  for (const [key, value, hasValue] of keys) {
    if (hasValue && key.endsWith(NAME_MARK)) value.records = decoder.ascending(COUNT, NAMED, NAMED);
    else if (hasValue) value.postings = postingsIn(decoder);
  }
  if (decoder.tree(END, 8) !== END_SIGN) throw new Error("no shard of terms");
  return new Map(keys.map(([key, value]) => [key, value]));
}

/** @type {number[]} */
const NOWHERE = [];

/** @returns {Postings} */
export const noPostings = () =>
  ({ nRecords: 0, nDocuments: 0, nSections: 0, records: [], impacts: [], titleLengths: [], titles: [], ends: [], sections: [], sectionImpacts: [], headings: [] });

/** @param {Decoder} decoder */
function postingsIn(decoder) {
  const postings = noPostings();
  const { records, impacts, titleLengths, titles, ends, sections, sectionImpacts, headings } = postings;
  postings.nRecords = decoder.number(RECORDS);
  postings.nDocuments = postings.nRecords + decoder.number(DOCUMENTS);
  const nEntries = decoder.bit(IS_WHOLE) ? postings.nRecords : decoder.number(COUNT);
  const size = Math.min(31 - Math.clz32(nEntries || 1), 7);
  for (let left = nEntries, record = 0; left > 0; left--) {
    records.push((record += decoder.number(RECORD + size * SLOTS_OF_NUMBER)));
    const hasTitle = decoder.bit(HAS_TITLE + size);
    const impact = decoder.tree(IMPACT + 32 * hasTitle, 5);
    impacts.push(impact);
    const step = impact >> 2;
    const nInline = decoder.tree(N_SECTIONS + 8 * step, 3);
    const nSections = nInline + (nInline === 7 ? decoder.number(MORE_SECTIONS) : 0);
    titleLengths.push(hasTitle ? decoder.number(TITLE_LENGTH) : 0);
    titles.push(hasTitle ? decoder.ascending(N_POSITIONS, POSITIONS, POSITIONS + SLOTS_OF_NUMBER) : NOWHERE);
    for (let at = 0, section = 0, hasHeading = 0; at < nSections; at++) {
      sections.push((section += decoder.number(at === 0 ? SECTIONS : SECTIONS + SLOTS_OF_NUMBER)));
      hasHeading = decoder.bit(HAS_HEADING + hasHeading);
      sectionImpacts.push(decoder.tree(SECTION_IMPACT + 32 * (8 * hasHeading + step), 5));
      headings.push(hasHeading ? decoder.ascending(N_POSITIONS, HEADING_POSITIONS, HEADING_POSITIONS + SLOTS_OF_NUMBER) : NOWHERE);
    }
    postings.nSections = Math.max(postings.nSections, nSections && sections[sections.length - 1] + 1);
    ends.push(sections.length);
  }
  return postings;
}

/** @param {Uint8Array | number[]} bytes */
export function utf8(bytes) {
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

/** Compares by code points, as the bytes of UTF-8 do. @param {string} a @param {string} b */
export function compare(a, b) {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x === y) continue;
    const isApart = (x & 0xf800) === 0xd800 !== ((y & 0xf800) === 0xd800);
    return isApart ? ((x & 0xf800) === 0xd800 ? 1 : -1) : x - y;
  }
  return a.length - b.length;
}

/** The most frequent words, ordered by frequency and alphabet. @param {[string, number][]} words @param {number} limit */
export function mostFrequent(words, limit) {
  return words.sort((a, b) => b[1] - a[1] || compare(a[0], b[0])).slice(0, limit).map(([word]) => word);
}
