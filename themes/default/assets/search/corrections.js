/**
 * What words that nobody writes may have been meant as.
 *
 * Twin of that part of `src/index/spelling.rs`, function by function.
 *
 * @import { Query } from "./query.js"
 * @import { Store } from "./store.js"
 */
import { wordsIn } from "./analysis.js";
import { distance } from "./query.js";
import { compare, mostFrequent } from "./shards.js";
import { LAST, shardOf } from "./store.js";

const CORRECTIONS_MAX = 4;
/** Of a query that finds nothing: so many words, each with so many that are so many letters away. */
const [NEAREST_WORDS, NEAREST_OF_WORD, NEAREST_AWAY] = [4, 3, 3];

/**
 * The words that `typed`, which nobody writes so, may have been meant as: one slip away, or two for long words. They begin
 * with its first letter; only if there are none, with its second, since two may be swapped or one added.
 * @param {Store} store @param {string} typed
 */
export async function correctionsOf(store, typed) {
  const letters = Array.from(typed);
  if (letters.length < 4 || !/^\p{Alphabetic}*$/u.test(typed)) return [];
  const limit = letters.length >= 8 ? 2 : 1;
  for (const letter of letters.slice(0, 2)) {
    let [near, least] = [/** @type {[string, number][]} */ ([]), limit];
    for (const entry of await wordsWith(store, letter)) {
      const away = distance(typed, entry[0], least);
      if (away > least) continue;
      if (away < least) near = [];
      least = away;
      near.push(entry);
    }
    if (near.length > 0) return mostFrequent(near, CORRECTIONS_MAX);
  }
  return [];
}

/**
 * Where nothing was found: the nearest words, and what may be asked instead: the same without conditions and filters, or these words.
 * @param {Store} store @param {Query} query
 */
export async function nearestOf(store, query) {
  const words = await nearestWords(store, query);
  const isNarrowed = query.filters.length + query.conditions.length > 0 || query.after || query.before;
  return { words, text: (isNarrowed ? query.words : words).join(" ") };
}

/**
 * Words that the unknown ones of a query are nearest to, however far that is: for a query that found nothing.
 * @param {Store} store @param {Query} query
 */
async function nearestWords(store, { words }) {
  /** @type {Set<string>} */
  const found = new Set();
  for (const word of wordsIn(words.join(" ")).slice(0, NEAREST_WORDS)) {
    const letters = Array.from(word);
    if (letters.length < 3 || (await store.frequency(word)) > 0) continue;
    const near = (await wordsWith(store, letters[0])).map(([other, count]) => ({ other, count, away: distance(word, other, NEAREST_AWAY) }));
    near.sort((a, b) => a.away - b.away || b.count - a.count || compare(a.other, b.other));
    for (const { other, away } of near.slice(0, NEAREST_OF_WORD)) if (away < letters.length - 1 && away <= NEAREST_AWAY) found.add(other);
  }
  return [...found];
}

/** The words that begin with a letter, with the documents that have them. @param {Store} store @param {string} letter @returns {Promise<[string, number][]>} */
async function wordsWith(store, letter) {
  // The list that begins at the letter, or holds it after another one.
  const at = shardOf(store.directory.words, letter + LAST);
  if (at < 0) return [];
  try {
    const words = await store.file(`w${at}`, (content) => linesOf(store.decode(content)));
    return words.filter(([word]) => word.startsWith(letter));
  } catch {
    store.isPartial = true;
    return [];
  }
}

/** @param {string} lines @returns {[string, number][]} */
function linesOf(lines) {
  return lines.split("\n").filter(Boolean).map((line) => {
    const [word, count] = line.split(" ");
    return [word, Number(count ?? 1)];
  });
}
