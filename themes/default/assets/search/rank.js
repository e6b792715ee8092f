/**
 * How well a record answers a query: the formula of `docs/search.md`.
 *
 * Twin of `src/index/rank.rs`. What is added up for records and sections stands in arrays by their number: it is done anew with
 * each letter that is typed, for thousands of them.
 *
 * @import { Postings } from "./shards.js"
 * @import { Group } from "./spelling.js"
 * @typedef {{ record: number, score: number, sections: [number, number][], order?: number }} Hit
 *   a record, with its sections that answer, best first, each with its score; `order` is the score as it is compared
 */

const IMPACT_STEPS = 31;
const RERANKED = 40;
const RECORD_WEIGHT = 0.8;
const CLOSENESS_WEIGHT = 0.8;
const TITLE_WEIGHT = 0.6;
/** More positions than any heading has. */
const POSITIONS = 2 ** 24;

/**
 * Scores every record that has a word of `groups` and is wanted. The order is for who knows what else counts.
 * @param {{ records: number, documents: number }} sizes @param {Group[]} groups @param {(record: number) => boolean} isWanted
 * @returns {Hit[]}
 */
export function rank(sizes, groups, isWanted) {
  const { found, begins } = layoutOf(sizes.records, groups);
  const [records, sections] = [new Float64Array(sizes.records), new Float64Array(begins[sizes.records])];
  for (const group of groups) {
    const best = bestSpellings(group, begins);
    const idfOfRecords = idf(sizes.records, total(group, ({ nRecords }) => nRecords));
    const idfOfSections = idf(sizes.documents, total(group, ({ nDocuments }) => nDocuments));
    for (const record of found) records[record] += idfOfRecords * best.records[record];
    for (let place = 0; place < sections.length; place++) sections[place] += idfOfSections * best.sections[place];
  }
  const hits = found.filter(isWanted).map((record) => new Scored(record, records[record], sections, begins[record], begins[record + 1]));
  const words = groups.filter(({ isWord }) => isWord);
  for (const hit of words.length > 0 ? foremost(hits, RERANKED) : []) {
    const { closeness, titleFit } = fitOf(hit.record, words);
    hit.score *= 1 + CLOSENESS_WEIGHT * closeness + TITLE_WEIGHT * titleFit;
  }
  return hits;
}

/** A hit that tells its sections when it is asked for them, which of most nobody does. */
class Scored {
  /**
   * @param {number} record @param {number} own @param {Float64Array} scores of all sections; 0 of those that do not answer
   * @param {number} begin where those of the record are @param {number} end
   */
  constructor(record, own, scores, begin, end) {
    this.record = record;
    this.scores = scores;
    this.begin = begin;
    this.end = end;
    let best = 0;
    for (let place = begin; place < end; place++) if (scores[place] > best) best = scores[place];
    this.score = RECORD_WEIGHT * own + best;
    this.order = 0;
  }

  /** @returns {[number, number][]} */
  get sections() {
    /** @type {[number, number][]} */
    const sections = Array.from(this.scores.subarray(this.begin, this.end), (score, section) => [section, score]);
    return sections.filter(([, score]) => score > 0).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  }
}

/** As scores are compared. @param {Hit} hit */
const rounded = ({ score }) => Math.round(score * 1e6);

/** Best first; what is equally good in the order of the records. Scores are compared rounded. @param {Hit[]} hits */
export function sortHits(hits) {
  for (const hit of hits) hit.order = rounded(hit);
  return hits.sort((a, b) => Number(b.order) - Number(a.order) || a.record - b.record);
}

/** The first `limit`, best first. @param {Hit[]} hits @param {number} limit */
function foremost(hits, limit) {
  const scores = Float64Array.from(hits, rounded).sort();
  const least = scores[Math.max(scores.length - limit, 0)];
  return sortHits(hits.filter((hit) => rounded(hit) >= least)).slice(0, limit);
}

/**
 * Which records are found at all, in order, and a place for each of their sections: those of a record stand side by side,
 * from its number in `begins` on.
 * @param {number} nRecords @param {Group[]} groups
 */
function layoutOf(nRecords, groups) {
  const counts = new Uint32Array(nRecords);
  for (const { spellings } of groups) {
    for (const { postings: { records, ends, sections } } of spellings) {
      for (let at = 0, begin = 0; at < records.length; begin = ends[at++]) {
        const count = ends[at] > begin ? sections[ends[at] - 1] + 1 : 1;
        if (count > counts[records[at]]) counts[records[at]] = count;
      }
    }
  }
  const [found, begins] = [/** @type {number[]} */ ([]), new Uint32Array(nRecords + 1)];
  for (let record = 0; record < nRecords; record++) {
    if (counts[record] > 0) found.push(record);
    begins[record + 1] = begins[record] + counts[record];
  }
  return { found, begins };
}

/** For each record, and each section of one, the answer of the group's best spelling. @param {Group} group @param {Uint32Array} begins */
function bestSpellings({ spellings }, begins) {
  const [best, bestOfSections] = [new Float64Array(begins.length - 1), new Float64Array(begins[begins.length - 1])];
  for (const { weight, postings: { records, impacts, ends, sections, sectionImpacts } } of spellings) {
    for (let at = 0, section = 0; at < records.length; at++) {
      const record = records[at];
      const answer = (weight * impacts[at]) / IMPACT_STEPS;
      if (answer > best[record]) best[record] = answer;
      for (; section < ends[at]; section++) {
        const place = begins[record] + sections[section];
        const answer = (weight * sectionImpacts[section]) / IMPACT_STEPS;
        if (answer > bestOfSections[place]) bestOfSections[place] = answer;
      }
    }
  }
  return { records: best, sections: bestOfSections };
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
      const at = placeOf(postings.records, record);
      if (at < 0) continue;
      titleLength = Math.max(titleLength, postings.titleLengths[at]);
      for (const position of postings.titles[at]) title[word].add(position);
      for (let section = at > 0 ? postings.ends[at - 1] : 0; section < postings.ends[at]; section++) {
        for (const position of postings.headings[section]) headings[word].add(postings.sections[section] * POSITIONS + position);
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

/** Where a record stands among `records`; -1 if it does not. @param {number[]} records @param {number} record */
function placeOf(records, record) {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (records[middle] < record) low = middle + 1;
    else high = middle;
  }
  return records[low] === record ? low : -1;
}
