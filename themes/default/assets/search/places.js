/**
 * Where words stand: for phrases that must be there, and words that must not.
 *
 * The format is documented in `src/index/browser/shards.rs` and `src/index/places.rs`, which write it.
 *
 * @import { Query } from "./query.js"
 * @import { Store } from "./store.js"
 */
import { wordsIn } from "./analysis.js";
import { utf8 } from "./shards.js";
import { stemsOf } from "./spelling.js";
import { shardOf } from "./store.js";

/** Phrases that must be there, words that must not. @param {Store} store @param {Query} query */
export async function conditionsOf(store, { conditions }) {
  const tests = conditions.map(async ({ text, isTitle, isExcluded }) => {
    const stems = await Promise.all(wordsIn(text).map((word) => stemsOf(store, word)));
    const found = await withPhrase(store, stems, isTitle);
    return (/** @type {number} */ record) => found.has(record) !== isExcluded;
  });
  return Promise.all(tests);
}

/**
 * The records that have words one after the other in one field; of each word, its stems.
 * @param {Store} store @param {string[][]} words @param {boolean} isTitle
 */
async function withPhrase(store, words, isTitle) {
  /** @type {Map<string, Set<number>>} where the phrase so far ends, by record and section */
  let ends = new Map();
  /** @type {Set<number>} */
  let records = new Set();
  for (const [at, stems] of words.entries()) {
    const before = ends;
    ends = new Map();
    records = new Set();
    for (const stem of stems) {
      await visitPlaces(store, stem, (record, section, places) => {
        const key = `${record} ${section}`;
        const known = before.get(key);
        const here = places.filter((place) => (!isTitle || place % 4 === 0) && (at === 0 || known?.has(place - 4)));
        if (here.length === 0) return;
        ends.set(key, new Set([...(ends.get(key) ?? []), ...here]));
        records.add(record);
      });
    }
  }
  return records;
}

/**
 * Where a word stands; fails where that can not be told.
 * @param {Store} store @param {string} term @param {Parameters<typeof placesOf>[1]} visit
 */
async function visitPlaces(store, term, visit) {
  const at = shardOf(store.directory.places, term);
  const places = at < 0 ? undefined : (await store.file(`p${at}`, wordsOf)).get(term);
  if (places) placesOf(places, visit);
}

/**
 * Where a word stands: `record`, `section` and position · 4 + field, one place after the other.
 * @param {Uint8Array} bytes @param {(record: number, section: number, places: number[]) => void} visit
 */
function placesOf(bytes, visit) {
  const reader = new Reader(bytes);
  for (let left = reader.number(), record = 0; left > 0; left--) {
    record += reader.number();
    for (let inRecord = reader.number(), section = 0; inRecord > 0; inRecord--) {
      section += reader.number();
      visit(record, section, reader.ascending());
    }
  }
}

/** The words of a shard of places, with the bytes of these. @param {Uint8Array} bytes @returns {Map<string, Uint8Array>} */
function wordsOf(bytes) {
  const reader = new Reader(bytes);
  const nKeys = reader.number();
  /** @type {[string, number][]} */
  const keys = [];
  let name = new Uint8Array(0);
  for (let at = 0; at < nKeys; at++) {
    const [nShared, nOwn] = [reader.number(), reader.number()];
    const next = new Uint8Array(nShared + nOwn);
    next.set(name.subarray(0, nShared));
    next.set(bytes.subarray(reader.at, reader.at + nOwn), nShared);
    reader.at += nOwn;
    name = next;
    reader.number(); // Of words that are not written, which all of these are.
    keys.push([utf8(name), reader.number()]);
  }
  const values = new Map();
  for (const [key, length] of keys) {
    values.set(key, bytes.subarray(reader.at, reader.at + length));
    reader.at += length;
  }
  if (reader.at !== bytes.length) throw new Error("a shard of another length");
  return values;
}

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
