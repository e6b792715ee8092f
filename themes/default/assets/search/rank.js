/**
 * How well a record answers a query: the formula of `docs/search.md`.
 *
 * Twin of `src/index/rank.rs`. It is reckoned anew with each letter that is typed, for thousands of records: so the lists are read
 * side by side, record by record, and what is told of a record is kept only where somebody sees it.
 *
 * @import { Postings } from "./shards.js"
 * @import { Group } from "./spelling.js"
 */

const IMPACT_STEPS = 31;
const RERANKED = 40;
const RECORD_WEIGHT = 0.8;
const CLOSENESS_WEIGHT = 0.8;
const TITLE_WEIGHT = 0.6;
/** More positions than any heading has. */
const POSITIONS = 2 ** 24;
/** Comes after all records. */
const END = Infinity;

/**
 * All records that have a word of `groups` and are wanted, in order, each with its score; and, for who shows one, its sections
 * that answer, best first, or the first one where none does.
 * @param {{ records: number, documents: number }} sizes @param {Group[]} groups @param {(record: number) => boolean} isWanted
 */
export function rank(sizes, groups, isWanted) {
  const readers = groups.map((group) => readerOf(sizes, group));
  const lists = readers.flatMap(({ lists }) => lists);
  const scoreOf = scorer(readers);
  const goTo = (/** @type {number} */ record) => lists.forEach((list) => step(list, placeOf(list.postings.records, record)));
  const [records, scores] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  for (let record = next(lists, -1); record < END; record = next(lists, record)) {
    if (!isWanted(record)) continue;
    records.push(record);
    scores.push(scoreOf(record));
  }
  const words = readers.filter(({ isWord }) => isWord);
  for (const at of words.length > 0 ? foremost(scores, RERANKED) : []) {
    goTo(records[at]);
    const { closeness, titleFit } = fitOf(words, records[at]);
    scores[at] *= 1 + CLOSENESS_WEIGHT * closeness + TITLE_WEIGHT * titleFit;
  }
  const sectionsOf = (/** @type {number} */ record) => {
    /** @type {[number, number][]} */
    const sections = [];
    goTo(record);
    scoreOf(record, (section, score) => sections.push([section, score]));
    return sections.length > 0 ? sections.sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([section]) => section) : [0];
  };
  return { records, scores, sectionsOf };
}

/**
 * Where the best scores stand, best first; of those that are equally good, the first. Scores are compared rounded.
 * @param {number[]} scores @param {number} limit
 */
export function foremost(scores, limit) {
  /** @type {number[]} */
  const places = [];
  /** @type {number[]} */
  const best = [];
  for (let at = 0; at < scores.length; at++) {
    const score = Math.round(scores[at] * 1e6);
    let place = best.length;
    while (place > 0 && best[place - 1] < score) place--;
    if (place === limit) continue;
    best.splice(place, 0, score);
    places.splice(place, 0, at);
    if (best.length > limit) best.length = places.length = limit;
  }
  return places;
}

/** Where one is in the list of a spelling. @typedef {{ weight: number, postings: Postings, at: number, record: number }} List */

/**
 * The lists of a word, all at the same record or behind it.
 * @typedef {{ isWord: boolean, lists: List[], idfOfRecords: number, idfOfSections: number }} Reader
 */

/** @param {{ records: number, documents: number }} sizes @param {Group} group @returns {Reader} */
const readerOf = (sizes, { spellings, isWord }) => ({
  isWord,
  lists: spellings.map(({ weight, postings }) => ({ weight, postings, at: -1, record: -1 })),
  idfOfRecords: idf(sizes.records, total(spellings, ({ nRecords }) => nRecords)),
  idfOfSections: idf(sizes.documents, total(spellings, ({ nDocuments }) => nDocuments)),
});

/** @param {List} list @param {number} at */
function step(list, at) {
  list.at = at;
  list.record = list.postings.records[at] ?? END;
}

/** Goes on from a record to the next that any list has, and says which. @param {List[]} lists @param {number} record */
function next(lists, record) {
  let next = END;
  for (let at = 0; at < lists.length; at++) {
    const list = lists[at];
    if (list.record === record) step(list, list.at + 1);
    if (list.record < next) next = list.record;
  }
  return next;
}

/** Where the sections of the record begin that a list is at. @param {List} list */
const begin = ({ postings, at }) => (at > 0 ? postings.ends[at - 1] : 0);

/**
 * What the record that lists are at, and its best section, come to together; `tell` is told what each section comes to.
 * @param {Reader[]} readers @returns {(record: number, tell?: (section: number, score: number) => void) => number}
 */
function scorer(readers) {
  const nSections = Math.max(0, ...readers.flatMap(({ lists }) => lists.map(({ postings }) => postings.nSections)));
  // By section of a record: its score, and the answer of a word's best spelling. All are 0 again when they are done with.
  const [sums, best] = [new Float64Array(nSections), new Float64Array(nSections)];
  return (record, tell) => {
    let [own, top, end] = [0, 0, 0];
    for (let word = 0; word < readers.length; word++) {
      const { lists, idfOfRecords, idfOfSections } = readers[word];
      let answer = 0;
      for (let at = 0; at < lists.length; at++) {
        const list = lists[at];
        if (list.record !== record) continue;
        const { weight, postings: { impacts, ends, sections, sectionImpacts } } = list;
        answer = Math.max(answer, (weight * impacts[list.at]) / IMPACT_STEPS);
        for (let place = begin(list); place < ends[list.at]; place++) {
          const section = sections[place];
          end = Math.max(end, section + 1);
          best[section] = Math.max(best[section], (weight * sectionImpacts[place]) / IMPACT_STEPS);
        }
      }
      own += idfOfRecords * answer;
      for (let section = 0; section < end; section++) {
        sums[section] += idfOfSections * best[section];
        best[section] = 0;
      }
    }
    for (let section = 0; section < end; section++) {
      if (tell && sums[section] > 0) tell(section, sums[section]);
      top = Math.max(top, sums[section]);
      sums[section] = 0;
    }
    return RECORD_WEIGHT * own + top;
  };
}

/** Units that have any of some spellings; those that have two are counted twice. @param {Group["spellings"]} spellings @param {(postings: Postings) => number} count */
const total = (spellings, count) => spellings.reduce((sum, { postings }) => sum + count(postings), 0);

/** @param {number} all @param {number} found */
function idf(all, found) {
  const n = Math.min(found, all);
  return Math.log(1 + (all - n + 0.5) / (n + 0.5));
}

/**
 * How close the words stand in title and headings of the record that their lists are at, and how fully they make up the title.
 * @param {Reader[]} words @param {number} record
 */
function fitOf(words, record) {
  /** @type {number[][]} by word: positions in the title */
  const title = words.map(() => []);
  /** @type {number[][]} by word: section and position in its heading, as one number */
  const headings = words.map(() => []);
  let titleLength = 0;
  for (const [word, { lists }] of words.entries()) {
    for (const list of lists) {
      if (list.record !== record) continue;
      const { titleLengths, titles, sections, headings: positions, ends } = list.postings;
      titleLength = Math.max(titleLength, titleLengths[list.at]);
      title[word].push(...titles[list.at]);
      for (let place = begin(list); place < ends[list.at]; place++) {
        for (const position of positions[place]) headings[word].push(sections[place] * POSITIONS + position);
      }
    }
  }
  const isFollowed = (/** @type {number[][]} */ places, /** @type {number} */ word) =>
    places[word].some((at) => places[word + 1].includes(at + 1) || places[word + 1].includes(at + 2));
  let nClose = 0;
  for (let word = 0; word + 1 < words.length; word++) {
    if (isFollowed(title, word) || isFollowed(headings, word)) nClose++;
  }
  const nMatched = title.filter((positions) => positions.length > 0).length;
  return {
    closeness: words.length > 1 ? nClose / (words.length - 1) : 0,
    titleFit: titleLength === 0 ? 0 : (Math.min(new Set(title.flat()).size / titleLength, 1) * nMatched) / words.length,
  };
}

/** The first place of a record, or of one behind it. @param {number[]} records @param {number} record */
function placeOf(records, record) {
  let [low, high] = [0, records.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (records[middle] < record) low = middle + 1;
    else high = middle;
  }
  return low;
}
