/**
 * Queries that are words and nothing else, as most are. What may have a phrase, a condition or a filter is for `query.js`, which
 * takes plain words for the same.
 *
 * @import { Query } from "./query.js"
 */

export const CHARACTERS_MAX = 1000;
export const WORDS_MAX = 64;

/** A quote, a minus in front of a word, or a name in front of a colon. */
const NOT_PLAIN = /"|(?:^|\p{White_Space})(?:-(?!-|\p{White_Space}|$)|[a-z]+:\P{White_Space})/u;

/** What a text of plain words asks for; nothing of one that may say more. @param {string} text @returns {Query | undefined} */
export function plainQuery(text) {
  const pieces = text.split(/\p{White_Space}+/u).filter(Boolean);
  if (text.length > CHARACTERS_MAX || pieces.length > WORDS_MAX || NOT_PLAIN.test(text)) return undefined;
  const [words, isLastWordOpen] = [pieces.filter((piece) => piece !== "OR"), /[\p{Alphabetic}\p{N}]$/u.test(text)];
  return { words, isLastWordOpen, conditions: [], filters: [], after: "", before: "", complaints: [] };
}

/** Everything that records are ranked by. @param {Query} query */
export function rankedText({ words, conditions }) {
  return [...words, ...conditions.filter(({ isExcluded }) => !isExcluded).map(({ text }) => text)].join(" ");
}
