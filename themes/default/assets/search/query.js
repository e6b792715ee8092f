/**
 * The language of searches: words, `"a phrase"`, `-not`, `title:word`, filters and dates.
 *
 * Twin of `src/index/query.rs`, function by function: `tests/cases/queries` hold for both. Most queries are plain words, which
 * `plain.js` reads alike.
 *
 * @typedef {{ text: string, isTitle: boolean, isExcluded: boolean }} Condition a phrase, or a word that must not be there
 * @typedef {{ name: string, value: string, isExcluded: boolean }} Filter
 * @typedef {{ problem: string, written: string, meant?: string }} Complaint something that was not understood
 * @typedef {object} Query
 * @property {string[]} words to rank by, as written
 * @property {boolean} isLastWordOpen the last word is still being typed: nothing follows it
 * @property {Condition[]} conditions
 * @property {Filter[]} filters
 * @property {string} after not before this day, `YYYY-MM-DD`, if any
 * @property {string} before before this day
 * @property {Complaint[]} complaints
 */

import { CHARACTERS_MAX, WORDS_MAX } from "./plain.js";

const FILTERS = ["kind", "status", "team", "owner", "tag", "topic", "author", "service", "is"];
const OTHERS = ["title", "after", "before"];

/** Nothing is refused: what is not understood is a complaint beside it, or is taken as words. @param {string} text @returns {Query} */
export function parse(text) {
  /** @type {Query} */
  const query = { words: [], isLastWordOpen: false, conditions: [], filters: [], after: "", before: "", complaints: [] };
  const cut = Array.from(text).slice(0, CHARACTERS_MAX).join("");
  let pieces = piecesOf(cut);
  if (pieces.every(({ isExcluded, name, isQuoted }) => isExcluded && !name && !isQuoted)) {
    // Nothing is left to find: these are flags, such as `-Zscript`.
    pieces = pieces.map((piece) => ({ ...piece, isExcluded: false, text: `-${piece.text}` }));
  }
  for (const piece of pieces) take(query, piece);
  const last = pieces.at(-1);
  if (cut.length < text.length || query.words.length > WORDS_MAX) {
    query.complaints.push({ problem: "too-long", written: "" });
    query.words.length = Math.min(query.words.length, WORDS_MAX);
  }
  const isLastPlain = !!last && !last.name && !last.isQuoted && !last.isExcluded;
  query.isLastWordOpen =
    isLastPlain && /[\p{Alphabetic}\p{N}]$/u.test(cut) && query.conditions.every(({ isExcluded }) => isExcluded);
  return query;
}

/**
 * The name that is nearest, if it is near: one slip away, or two from six letters on.
 * @param {string} written @param {string[]} names
 */
export function nearest(written, names) {
  const limit = Array.from(written).length < 6 ? 1 : 2;
  let [best, least] = [/** @type {string | undefined} */ (undefined), limit + 1];
  for (const name of names) {
    const away = distance(written, name, limit);
    if (away < least) [best, least] = [name, away];
  }
  return best;
}

/**
 * How many letters are added, lost, replaced or swapped with their neighbour between two words (optimal string alignment).
 * @param {string} one @param {string} other @param {number} limit what lies beyond is not measured
 */
export function distance(one, other, limit) {
  const [a, b] = [Array.from(one), Array.from(other)];
  if (Math.abs(a.length - b.length) > limit) return Infinity;
  /** @type {number[]} */
  let before = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let least = i;
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
      if (row[j] < least) least = row[j];
    }
    // A swap can still save one.
    if (least > limit + 1) return Infinity;
    [before, last] = [last, row];
  }
  return last[b.length] > limit ? Infinity : last[b.length];
}

/** @typedef {{ isExcluded: boolean, name: string, text: string, isQuoted: boolean }} Piece */

/** @param {Query} query @param {Piece} piece */
function take(query, { isExcluded, name, text, isQuoted }) {
  if (name === "after" || name === "before") {
    const day = firstDay(text);
    if (day) query[name] = day;
    else query.complaints.push({ problem: "bad-date", written: `${name}:${text}` });
  } else if (name && name !== "title") {
    query.filters.push({ name, value: text, isExcluded });
  } else if (name || isExcluded || isQuoted) {
    query.conditions.push({ text, isTitle: name === "title", isExcluded });
  } else if (text !== "OR") {
    const complaint = unknownFilter(text);
    if (complaint) query.complaints.push(complaint);
    query.words.push(text);
  }
}

/** A name before a colon that is no filter, but near to one. `std::mem` and `10:30` are words. @param {string} text */
function unknownFilter(text) {
  const [, name, value] = /^([a-z]{3,}):([^:/][^]*)$/.exec(text) ?? [];
  const meant = name && nearest(name, [...FILTERS, ...OTHERS]);
  return meant ? { problem: "unknown-filter", written: text, meant: `${meant}:${value}` } : undefined;
}

/** The first day of a day, month or year; nothing of what is none. A time after it is ignored. @param {string} text */
function firstDay(text) {
  const [, year, month = "01", day = "01"] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?(?:[T ][^]*)?$/.exec(text) ?? [];
  if (!year || year === "0000") return "";
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  // Some browsers take the 31st of February for a day in March.
  return !Number.isNaN(+date) && date.getUTCDate() === Number(day) ? `${year}-${month}-${day}` : "";
}

/** Cuts a query at its spaces, quotes aside. A name before a colon that is no filter leaves the piece as it is. @param {string} text */
function piecesOf(text) {
  /** @type {Piece[]} */
  const pieces = [];
  let rest = trimStart(text);
  while (rest !== "") {
    const isExcluded = /^-(?!-|\p{White_Space}|$)/u.test(rest);
    if (isExcluded) rest = rest.slice(1);
    const name = nameBeforeColon(rest);
    if (name) rest = rest.slice(name.length + 1);
    // A quote that is still open is no phrase yet: what follows is words.
    const isOpened = rest.startsWith('"');
    const close = isOpened ? rest.indexOf('"', 1) : -1;
    let piece;
    if (close >= 0) {
      piece = rest.slice(1, close);
      rest = rest.slice(close + 1);
    } else {
      if (isOpened) rest = rest.slice(1);
      const found = rest.search(/[\p{White_Space}"]/u);
      const end = found < 0 ? rest.length : found;
      piece = rest.slice(0, end);
      rest = rest.slice(end);
    }
    const trimmed = trimStart(piece).replace(/\p{White_Space}+$/u, "");
    if (trimmed !== "") pieces.push({ isExcluded, name, text: trimmed, isQuoted: close >= 0 });
    rest = trimStart(rest);
  }
  return pieces;
}

/** @param {string} text */
function nameBeforeColon(text) {
  const [, name] = /^([a-z]+):(?=\P{White_Space})/u.exec(text) ?? [];
  return name && (FILTERS.includes(name) || OTHERS.includes(name)) ? name : "";
}

/** @param {string} text */
const trimStart = (text) => text.replace(/^\p{White_Space}+/u, "");
