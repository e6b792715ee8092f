/**
 * What a typed word may stand for: itself, what begins with it, what it may have been meant as (`corrections.js`).
 *
 * Twin of `src/index/spelling.rs`, function by function.
 *
 * @import { Query } from "./query.js"
 * @import { Postings } from "./shards.js"
 * @import { Store } from "./store.js"
 * @typedef {{ term: string, weight: number, postings: Postings }} Spelling
 * @typedef {{ spellings: Spelling[], isWord: boolean }} Group the spellings of one word, or of several taken as one
 */
import { tokens, wordsIn } from "./analysis.js";
import { rankedText } from "./plain.js";
import { mostFrequent } from "./shards.js";

/** Between the words of a term that is made of several. */
export const PHRASE_MARK = "\u0004";
const COMPLETIONS_MAX = 16;
const BEGINNING_MIN = 2;
const COMPLETION_WEIGHT = 0.9;
const COMPLETION_OF_KNOWN_WEIGHT = 0.4;
const SYNONYM_WEIGHT = 0.8;
const CORRECTION_WEIGHT = 0.85;
const PAIR_WEIGHT = 0.25;

/** What a word is indexed as: where it is written, that is said there. @param {Store} store @param {string} word @returns {Promise<string[]>} */
export async function stemsOf(store, word) {
  return (await store.frequency(word)) > 0 ? store.knownStems(word) : [await stemOfTyped(store, word)];
}

/** The stem of a word as it is typed, which nobody writes so. @param {Store} store @param {string} word */
async function stemOfTyped(store, word) {
  if (store.directory.language !== "en") return word;
  return orPartial(store, word, async () => (await import("./stem-english.js")).stemEnglish(word));
}

/** What a part of the engine makes; something else, and that noted, where it can not be loaded. @template T @param {Store} store @param {T} otherwise @param {() => Promise<T>} make */
async function orPartial(store, otherwise, make) {
  try {
    return await make();
  } catch {
    store.isPartial = true;
    return otherwise;
  }
}

/** The words of a query, each with its spellings. @param {Store} store @param {Query} query @returns {Promise<Group[]>} */
export async function groupsOf(store, query) {
  const text = rankedText(query);
  const all = tokens(text);
  const lastWord = all.findLastIndex(({ kind }) => kind === "word");
  const words = all.filter(({ kind }) => kind === "word").map(({ term }) => term);
  const hasSynonyms = store.directory.synonyms.length > 0;
  const synonyms = hasSynonyms ? synonymsOf(store, await Promise.all(words.map((word) => stemsOf(store, word)))) : [];
  const groups = all.map(async ({ term, kind }, at) => {
    const isWord = kind === "word";
    const isOpen = query.isLastWordOpen && at === lastWord;
    const spellings = isWord ? spellingsOf(store, term, isOpen, synonyms.shift() ?? []) : spellingsOfWhole(store, term);
    return { spellings: await Promise.all(await spellings), isWord };
  });
  const pairs = words.slice(1).map(async (word, at) => {
    return { spellings: [await spelling(store, `${words[at]} ${word}`, PAIR_WEIGHT)], isWord: false };
  });
  const found = await Promise.all(pairs);
  return [...(await Promise.all(groups)), ...found.filter(({ spellings: [{ postings }] }) => postings.nRecords > 0)];
}

/**
 * @param {Store} store @param {string} word @param {boolean} isOpen @param {string[]} synonyms
 * @returns {Promise<(Spelling | Promise<Spelling>)[]>}
 */
async function spellingsOf(store, word, isOpen, synonyms) {
  const terms = new Terms();
  const add = async (/** @type {string} */ word, /** @type {number} */ weight) => {
    for (const stem of await stemsOf(store, word)) terms.add(stem, weight);
  };
  const isKnown = (await store.frequency(word)) > 0;
  if (isKnown) await add(word, 1);
  else terms.add(word, 1);
  const weight = isKnown ? COMPLETION_OF_KNOWN_WEIGHT : COMPLETION_WEIGHT;
  let [crowd, isCompleted] = [/** @type {Postings | undefined} */ (undefined), false];
  if (isOpen && Array.from(word).length >= BEGINNING_MIN) {
    const beginning = await store.beginning(word);
    crowd = beginning.crowd;
    isCompleted = !!crowd || beginning.words.length > 0;
    for (const longer of mostFrequent(beginning.words, COMPLETIONS_MAX)) await add(longer, weight * share(word, longer));
  }
  // A stem of what is still typed is hardly ever meant: what makes one is not loaded for it.
  if (!isKnown && !isCompleted) {
    terms.add(await stemOfTyped(store, word), 1);
    for (const meant of await correctionsOf(store, word)) await add(meant, CORRECTION_WEIGHT);
  }
  for (const synonym of synonyms) terms.add(synonym, SYNONYM_WEIGHT);
  const spellings = [...terms.weights].map(([term, weight]) => spelling(store, term, weight));
  return crowd ? [...spellings, { term: `${word}…`, weight, postings: crowd }] : spellings;
}

/** @param {Store} store @param {string} word */
const correctionsOf = (store, word) =>
  orPartial(store, /** @type {string[]} */ ([]), async () => (await import("./corrections.js")).correctionsOf(store, word));

/** @param {Store} store @param {string} whole */
function spellingsOfWhole(store, whole) {
  const synonyms = synonymsOf(store, [[whole]]).flat().map((synonym) => spelling(store, synonym, SYNONYM_WEIGHT));
  return [spelling(store, whole, 1), ...synonyms];
}

/** @param {Store} store @param {string} term @param {number} weight @returns {Promise<Spelling>} */
const spelling = async (store, term, weight) => ({ term, weight, postings: await store.postings(term) });

/** Terms with their weights; of two that are the same, the larger weight counts. */
class Terms {
  /** @type {Map<string, number>} */
  weights = new Map();

  /** @param {string} term @param {number} weight */
  add(term, weight) {
    this.weights.set(term, Math.max(this.weights.get(term) ?? 0, weight));
  }
}

/**
 * For each of some words in a row, given by its stems, the terms that the team has declared to mean the same as it, or as a
 * name that it is part of. Twin of `src/index/dictionary.rs`.
 * @param {Store} store @param {string[][]} words
 */
function synonymsOf({ directory }, words) {
  const found = words.map(() => /** @type {string[]} */ ([]));
  for (const names of directory.synonyms) {
    for (const name of names) {
      const parts = name.split(PHRASE_MARK);
      const others = names.filter((other) => other !== name);
      for (let begin = 0; begin + parts.length <= words.length; begin++) {
        if (!parts.every((part, at) => words[begin + at].includes(part))) continue;
        for (let at = begin; at < begin + parts.length; at++) found[at].push(...others);
      }
    }
  }
  return found;
}

/** A beginning counts the more, the more of the word is there. @param {string} typed @param {string} longer */
const share = (typed, longer) => Math.sqrt(Math.sqrt(Array.from(typed).length / Array.from(longer).length));
