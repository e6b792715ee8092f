/**
 * The search data, loaded as it is asked for. What there is, and in which form, is documented in `src/index/browser.rs`.
 *
 * @import { Postings, Value } from "./shards.js"
 * @typedef {(name: string) => Promise<string | Uint8Array>} Load the content of a file: text or bytes, inflated, those of terms as they are
 * @typedef {object} Directory
 * @property {string} folder
 * @property {string} language whose words have their stems with them; "" of one that is not stemmed
 * @property {number} records
 * @property {number} documents
 * @property {number} cardsPerFile
 * @property {string[]} terms for each shard, what its first key begins with and the last of the shard before comes before
 * @property {string[]} places the same
 * @property {string[]} words first of each list
 * @property {number[]} factors
 * @property {number[]} factorOf
 * @property {string[][]} synonyms lists of terms that mean the same
 * @property {{ name: string, label: string, icon: string }[]} kinds
 * @property {{ name: string, label: string, colour: string, meaning: string }[]} statuses
 */
import { tokens } from "./analysis.js";
import { compare, noPostings, termsOf } from "./shards.js";

/** Ends a beginning that many words have. */
const CROWD_MARK = "\u0002";
/** Between a word and what makes its stem of it: see `src/index/written.rs`. */
const STEM_MARK = "\u0001";
/** Comes after all digits. */
const AFTER_DIGITS = ":";
/** Comes after all letters. */
export const LAST = "\u{10ffff}";
/** Texts whose tokens are kept. */
const TEXTS_MAX = 500;
/** More words with one beginning than this are indexed together. */
const CROWD = 40;

export class Store {
  /** @param {Directory} directory @param {Load} load @param {(bytes: string | Uint8Array) => string} decode */
  constructor(directory, load, decode) {
    this.directory = directory;
    this.load = load;
    this.decode = decode;
    /** @type {Map<string, Promise<any>>} files that were asked for */
    this.files = new Map();
    /** @type {Map<string, Map<string, number>>} by word that was loaded: its stems, with the documents */
    this.written = new Map();
    /** @type {Map<string, import("./analysis.js").Token[]>} by text of a card that was shown */
    this.analysed = new Map();
    /** A part of the index could not be loaded since this was last set to false. */
    this.isPartial = false;
    /** @type {Uint8Array} by record: index of its factor */
    this.factorOf = new Uint8Array(directory.records);
    let record = 0;
    for (let at = 0; at < directory.factorOf.length; at += 2) {
      this.factorOf.fill(directory.factorOf[at], record, (record += directory.factorOf[at + 1]));
    }
  }

  /** Reads a file once; one that failed is tried again the next time. @template T @param {string} name @param {(content: any) => T} read */
  file(name, read) {
    let file = this.files.get(name);
    if (!file) {
      file = this.load(`${this.directory.folder}/${name}`).then(read);
      this.files.set(name, file);
      file.catch(() => this.files.delete(name));
    }
    return /** @type {Promise<T>} */ (file);
  }

  /** The shard that a key falls in; empty where it can not be loaded. @param {string} key */
  shard(key) {
    return this.shardAt(shardOf(this.directory.terms, key));
  }

  /** The shards that the keys between two fall in, and no more than a few. @param {string} from @param {string} to */
  shards(from, to) {
    const { terms } = this.directory;
    const first = Math.max(shardOf(terms, from), 0);
    const end = Math.min(shardOf(terms, to), first + CROWD) + 1;
    return Promise.all(Array.from({ length: Math.max(end - first, 0) }, (_, at) => this.shardAt(first + at)));
  }

  /** A shard of terms; empty, and noted, where it can not be loaded; empty before all. @param {number} at @returns {Promise<Map<string, Value>>} */
  async shardAt(at) {
    if (at < 0) return new Map();
    try {
      return await this.file(`t${at}`, (bytes) => {
        const keys = termsOf(bytes);
        for (const [key, { nWritten }] of keys) if (nWritten > 0) this.learn(key, nWritten);
        return keys;
      });
    } catch {
      this.isPartial = true;
      return new Map();
    }
  }

  /** Notes the stem of a word. @param {string} key @param {number} nWritten */
  learn(key, nWritten) {
    const [word, ending] = key.split(STEM_MARK);
    let stem = word;
    if (ending) {
      const nCut = parseInt(ending);
      stem = [...word].slice(0, nCut > 0 ? -nCut : undefined).join("") + ending.replace(/^\d+/, "");
    }
    const stems = this.written.get(word) ?? new Map();
    this.written.set(word, stems.set(stem, nWritten));
  }

  /** What a word is indexed as, as far as that was loaded: itself where it was not. @param {string} word @returns {string[]} */
  knownStems(word) {
    return [...(this.written.get(word)?.keys() ?? [word])];
  }

  /** Whether a word is indexed as one of some terms, as far as that was loaded. @param {string} word @param {Set<string>} terms */
  isKnownAs(word, terms) {
    for (const stem of this.written.get(word)?.keys() ?? []) if (terms.has(stem)) return true;
    return false;
  }

  /** The tokens of what a card says: most results of a letter are those of the letter before. @param {string} text */
  tokens(text) {
    const known = this.analysed.get(text) ?? tokens(text);
    if (this.analysed.size === TEXTS_MAX) this.analysed.clear();
    this.analysed.set(text, known);
    return known;
  }

  /** @param {string} term @returns {Promise<Postings>} */
  async postings(term) {
    return (await this.shard(term)).get(term)?.postings ?? noPostings();
  }

  /** How many documents have a word as it is written. @param {string} word */
  async frequency(word) {
    // Its stems stand behind it: with it, or in what follows.
    await this.shards(word, word + STEM_MARK + AFTER_DIGITS);
    return sumOf(this.written.get(word)?.values() ?? []);
  }

  /**
   * The words that begin with `typed`, itself aside; of a crowd, what they find together.
   * @param {string} typed @returns {Promise<{ words: [string, number][], crowd?: Postings }>}
   */
  async beginning(typed) {
    const crowd = (await this.shard(typed + CROWD_MARK)).get(typed + CROWD_MARK)?.postings;
    if (crowd) return { words: [], crowd };
    /** @type {Map<string, number>} */
    const words = new Map();
    // A beginning that is no crowd has few words, and these stand side by side.
    for (const shard of await this.shards(typed, typed + LAST)) {
      for (const [key, { nWritten }] of shard) {
        if (nWritten === 0 || !key.startsWith(typed)) continue;
        const [word] = key.split(STEM_MARK);
        if (word !== typed) words.set(word, (words.get(word) ?? 0) + nWritten);
      }
    }
    return { words: [...words] };
  }

  /** Records by name: see `name_key` in `src/index.rs`. @param {string} name @returns {Promise<number[]>} */
  async named(name) {
    return (await this.shard(name)).get(name)?.records ?? [];
  }

  /** @param {number} record @returns {Promise<any[]>} see `src/index/browser/cards.rs` */
  async card(record) {
    const { cardsPerFile } = this.directory;
    const cards = await this.file(`c${Math.floor(record / cardsPerFile)}`, (content) => JSON.parse(this.decode(content)));
    return cards[record % cardsPerFile];
  }

  /** @returns {Promise<any>} see `src/index/browser.rs` */
  facts() {
    return this.file("facts", (content) => JSON.parse(this.decode(content)));
  }

  /** The factor of a record's kind and standing. @param {number} record */
  factor(record) {
    return this.directory.factors[this.factorOf[record]];
  }
}

/** The last shard that begins at or before a key; -1 before all. @param {string[]} firsts @param {string} key */
export function shardOf(firsts, key) {
  let [low, high] = [0, firsts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(firsts[middle], key) <= 0) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** @param {Iterable<number>} numbers */
const sumOf = (numbers) => [...numbers].reduce((sum, number) => sum + number, 0);
