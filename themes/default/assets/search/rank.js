/**
 * How well a record answers a query: the formula of `docs/search.md`.
 *
 * Twin of `src/index/rank.rs`, function by function.
 *
 * @import { Entry, Postings } from "./shards.js"
 * @import { Group } from "./spelling.js"
 * @typedef {{ record: number, score: number, own: number, sections: [number, number][] }} Hit
 *   a record, with its sections that answer, best first, each with its score
 */

const IMPACT_STEPS = 31;
const RERANKED = 40;
const RECORD_WEIGHT = 0.8;
const CLOSENESS_WEIGHT = 0.8;
const TITLE_WEIGHT = 0.6;
/** More sections than any record has. */
const SECTIONS = 2 ** 24;

/**
 * Scores every record that has a word of `groups` and is wanted, best first.
 * @param {{ records: number, documents: number }} sizes @param {Group[]} groups @param {(record: number) => boolean} isWanted
 * @returns {Hit[]}
 */
export function rank(sizes, groups, isWanted) {
  /** @type {Map<number, Hit>} */
  const hits = new Map();
  /** @type {Map<number, number>} by record and section */
  const sections = new Map();
  for (const group of groups) {
    const found = bestSpellings(group);
    const idfOfRecords = idf(sizes.records, total(group, ({ nRecords }) => nRecords));
    const idfOfSections = idf(sizes.documents, total(group, ({ nDocuments }) => nDocuments));
    for (const [record, answer] of found.records) {
      const hit = hits.get(record) ?? { record, score: 0, own: 0, sections: [] };
      hit.own += idfOfRecords * answer;
      hits.set(record, hit);
    }
    for (const [section, answer] of found.sections) {
      sections.set(section, (sections.get(section) ?? 0) + idfOfSections * answer);
    }
  }
  for (const [section, score] of sections) hits.get(Math.floor(section / SECTIONS))?.sections.push([section % SECTIONS, score]);
  const wanted = [...hits.values()].filter(({ record }) => isWanted(record));
  for (const hit of wanted) {
    hit.sections.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    hit.score = RECORD_WEIGHT * hit.own + (hit.sections[0]?.[1] ?? 0);
  }
  sortHits(wanted);
  const words = groups.filter(({ isWord }) => isWord);
  for (const hit of words.length > 0 ? wanted.slice(0, RERANKED) : []) {
    const { closeness, titleFit } = fitOf(hit.record, words);
    hit.score *= 1 + CLOSENESS_WEIGHT * closeness + TITLE_WEIGHT * titleFit;
  }
  return sortHits(wanted);
}

/** Best first; what is equally good in the order of the records. Scores are compared rounded. @param {Hit[]} hits */
export function sortHits(hits) {
  const rounded = (/** @type {Hit} */ { score }) => Math.round(score * 1e6);
  return hits.sort((a, b) => rounded(b) - rounded(a) || a.record - b.record);
}

/** For each record, and each section of one, the answer of the group's best spelling. @param {Group} group */
function bestSpellings({ spellings }) {
  /** @type {[Map<number, number>, Map<number, number>]} */
  const [records, sections] = [new Map(), new Map()];
  const raise = (/** @type {Map<number, number>} */ best, /** @type {number} */ key, /** @type {number} */ answer) => {
    if (answer > (best.get(key) ?? 0)) best.set(key, answer);
  };
  for (const { weight, postings } of spellings) {
    for (const entry of postings.entries) {
      raise(records, entry.record, (weight * entry.impact) / IMPACT_STEPS);
      for (const { section, impact } of entry.sections) {
        raise(sections, entry.record * SECTIONS + section, (weight * impact) / IMPACT_STEPS);
      }
    }
  }
  return { records, sections };
}

/** Units that have any spelling of a group; those that have two are counted twice. @param {Group} group @param {(postings: Postings) => number} count */
const total = ({ spellings }, count) => spellings.reduce((sum, { postings }) => sum + count(postings), 0);

/** @param {number} all @param {number} found */
function idf(all, found) {
  const n = Math.min(found, all);
  return Math.log(1 + (all - n + 0.5) / (n + 0.5));
}

/**
 * How close the words stand in title and headings, and how fully they make up the title.
 * @param {number} record @param {Group[]} words
 */
function fitOf(record, words) {
  /** @type {Set<number>[]} by word: positions in the title */
  const title = words.map(() => new Set());
  /** @type {Set<number>[]} by word: section and position in its heading, as one number */
  const headings = words.map(() => new Set());
  let titleLength = 0;
  for (const [word, { spellings }] of words.entries()) {
    for (const { postings } of spellings) {
      const entry = entryOf(postings, record);
      if (!entry) continue;
      titleLength = Math.max(titleLength, entry.titleLength);
      for (const position of entry.title) title[word].add(position);
      for (const { section, heading } of entry.sections) {
        for (const position of heading) headings[word].add(section * SECTIONS + position);
      }
    }
  }
  const isFollowed = (/** @type {Set<number>[]} */ places, /** @type {number} */ word) =>
    [...places[word]].some((at) => places[word + 1].has(at + 1) || places[word + 1].has(at + 2));
  let nClose = 0;
  for (let word = 0; word + 1 < words.length; word++) {
    if (isFollowed(title, word) || isFollowed(headings, word)) nClose++;
  }
  const positions = new Set(title.flatMap((positions) => [...positions]));
  const nMatched = title.filter(({ size }) => size > 0).length;
  return {
    closeness: words.length > 1 ? nClose / (words.length - 1) : 0,
    titleFit: titleLength === 0 ? 0 : (Math.min(positions.size / titleLength, 1) * nMatched) / words.length,
  };
}

/** @param {Postings} postings @param {number} record */
function entryOf({ entries }, record) {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle].record < record) low = middle + 1;
    else high = middle;
  }
  return entries[low]?.record === record ? entries[low] : undefined;
}
