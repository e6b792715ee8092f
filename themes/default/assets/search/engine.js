/**
 * A query to the records that answer it, with what is shown of them.
 *
 * Twin of `src/index/search.rs` as far as the order of records goes. It knows nothing of pages: `search.js` shows what it
 * finds, in the page or through a worker (`main.js`). What few queries need is imported by those that do: it goes into a second
 * script, which the first result does not wait for (`src/render/bundle.rs`).
 *
 * @import { Chosen, Facet } from "./facts.js"
 * @import { Complaint, Query } from "./query.js"
 * @import { Group } from "./spelling.js"
 * @import { Store } from "./store.js"
 * @typedef {{ records: number[], scores: number[], orders: number[], sectionsOf: (record: number) => number[] }} Hits records
 *   that answer, each with its score, and that as it is compared, by which those that are called what was typed come first; and
 *   the sections to show of one, best first
 * @typedef {{ text: string, chosen: Chosen, limit: number, withFacets: boolean }} Question with facets, results have
 *   several passages, and an empty text finds everything
 * @typedef {{ text: string, isMarked: boolean }[]} Pieces of a text, marked where they answer the question
 * @typedef {{ heading: Pieces, anchor: string, text: Pieces }} Passage
 * @typedef {{ url: string, title: Pieces, isTitleMarked: boolean, icon: string, kind: string, date: string,
 *   status: { label: string, colour: string } | undefined, replacedBy: { title: string, url: string }[], summary: Pieces,
 *   passages: Passage[], words: string[] }} Result one record; `kind` with its number, at most three passages, the best
 *   first; `words` to mark on its page
 * @typedef {{ results: Result[], total: number, facets: Facet[], complaints: Complaint[], isPartial: boolean,
 *   nearest: { words: string[], results: Result[] } }} Found the best results; `nearest` where there are none
 */
import { wordsIn } from "./analysis.js";
import { plainQuery } from "./plain.js";
import { foremost, rank } from "./rank.js";
import { NAME_MARK } from "./shards.js";
import { PHRASE_MARK, groupsOf } from "./spelling.js";

const PASSAGES_MAX = 3;
/** Records that are offered where nothing was found. */
const NEAREST_MAX = 5;
/** Characters of a passage. */
const PASSAGE_LENGTH = 180;
/** More than any record comes to. */
const SCORE_MAX = 1e6;
/** @type {Hits} */
const NOTHING = { records: [], scores: [], orders: [], sectionsOf: () => [] };

/**
 * @param {Store} store @param {Question} question @param {string} today
 * @param {() => boolean} isAsked whether somebody still waits: what is shown of results is loaded for these only
 * @returns {Promise<Found | undefined>}
 */
export async function find(store, question, today, isAsked = () => true) {
  store.isPartial = false;
  const answer = await foundFor(store, question, today, isAsked);
  if (!answer) return undefined;
  const { query, ...found } = answer;
  // Of what could not be loaded, nothing is known to be missing.
  const isNothing = found.total === 0 && !store.isPartial;
  const nearest = isNothing ? await nearestTo(store, query, question.limit, today) : { words: [], results: [] };
  return { ...found, nearest, isPartial: store.isPartial };
}

/** Where nothing was found: what comes nearest. @param {Store} store @param {Query} query @param {number} limit @param {string} today */
async function nearestTo(store, query, limit, today) {
  const { words, text } = await (await import("./corrections.js")).nearestOf(store, query);
  const instead = { text, chosen: new Map(), limit: Math.min(limit, NEAREST_MAX), withFacets: false };
  const found = text ? await foundFor(store, instead, today) : undefined;
  return { words, results: found?.results ?? [] };
}

/** @param {Store} store @param {Question} question @param {string} today @param {() => boolean} isAsked */
async function foundFor(store, { text, chosen, limit, withFacets }, today, isAsked = () => true) {
  // What has to be loaded is loaded beside what is searched in.
  const [{ query, groups, hits }, counter] = await Promise.all([answersTo(store, text, withFacets, today), withFacets || chosen.size > 0 ? counterOf(store, chosen) : undefined]);
  if (!isAsked()) return undefined;
  const { records, orders, sectionsOf } = counter ? kept(hits, counter.take) : hits;
  const marks = marksOf(groups);
  const nPassages = withFacets ? PASSAGES_MAX : 1;
  const best = foremost(orders, limit).map((at) => records[at]);
  const results = await Promise.all(best.map((record) => resultOf(store, record, sectionsOf(record).slice(0, nPassages), marks)));
  return {
    results: results.filter((result) => result !== undefined),
    total: records.length,
    facets: counter ? counter.facets() : [],
    complaints: query.complaints,
    query,
  };
}

/** Those of some records, of which `isKept` is asked once each. @param {Hits} hits @param {(record: number) => boolean} isKept @returns {Hits} */
function kept({ records, scores, orders, sectionsOf }, isKept) {
  const places = [...records.keys()].filter((at) => isKept(records[at]));
  const of = (/** @type {number[]} */ column) => places.map((at) => column[at]);
  return { records: of(records), scores: of(scores), orders: of(orders), sectionsOf };
}

/**
 * All records that answer a text; to an empty one, none or all.
 * @param {Store} store @param {string} text @param {boolean} isAllForNothing @param {string} today
 */
export async function answersTo(store, text, isAllForNothing, today) {
  const query = plainQuery(text) ?? (await import("./query.js")).parse(text);
  const isFiltered = query.filters.length > 0 || query.after !== "" || query.before !== "";
  const isNarrowed = isFiltered || query.conditions.length > 0;
  const [groups, called, passes, tests] = await Promise.all([
    groupsOf(store, query),
    calledAs(store, query),
    isFiltered ? filterOf(store, query, today) : () => true,
    query.conditions.length > 0 ? import("./places.js").then(({ conditionsOf }) => conditionsOf(store, query)) : [],
  ]);
  const isWanted = isNarrowed ? (/** @type {number} */ record) => passes(record) && tests.every((holds) => holds(record)) : () => true;
  const isForAll = text.trim() === "" && isAllForNothing;
  const hits = groups.length > 0 ? ranked(store, groups, isWanted) : isNarrowed || isForAll ? await (await import("./facts.js")).newest(store, isWanted) : NOTHING;
  return { query, groups, hits: exactFirst(hits, new Set(called.filter(isWanted))) };
}

/**
 * Whether a record is what the filters and dates of a query ask for; with complaints of those that ask for what there is not.
 * @param {Store} store @param {Query} query @param {string} today
 */
async function filterOf(store, query, today) {
  const [facts, { complaintsOf, passing }] = await Promise.all([store.facts(), import("./facts.js")]);
  query.complaints.push(...complaintsOf(facts, query));
  return passing(facts, query, today);
}

/** @param {Store} store @param {Chosen} chosen */
async function counterOf(store, chosen) {
  const [facts, { facetCounter }] = await Promise.all([store.facts(), import("./facts.js")]);
  return facetCounter(facts, chosen);
}

/** @param {Store} store @param {Group[]} groups @param {(record: number) => boolean} isWanted @returns {Hits} */
function ranked(store, groups, isWanted) {
  const { records, scores, sectionsOf } = rank(store.directory, groups, isWanted);
  for (let at = 0; at < records.length; at++) scores[at] *= store.factor(records[at]);
  return { records, scores, orders: scores, sectionsOf };
}

/** Records that are called what was typed. @param {Store} store @param {Query} query */
async function calledAs(store, { words }) {
  const name = wordsIn(words.join(" ")).map((word) => word + NAME_MARK).join("");
  return name ? store.named(name) : [];
}

/** Puts some records first. @param {Hits} hits @param {Set<number>} named @returns {Hits} */
function exactFirst(hits, named) {
  if (named.size === 0) return hits;
  const known = new Set(hits.records);
  const others = [...named].filter((record) => !known.has(record));
  const [records, scores] = [[...hits.records, ...others], [...hits.scores, ...others.map(() => 0)]];
  return { ...hits, records, scores, orders: scores.map((score, at) => (named.has(records[at]) ? score + SCORE_MAX : score)) };
}

/** What to mark: terms, and beginnings. @param {Group[]} groups */
function marksOf(groups) {
  const terms = groups.flatMap(({ spellings }) => spellings.flatMap(({ term }) => term.split(PHRASE_MARK)));
  return { terms: new Set(terms), beginnings: terms.filter((term) => term.endsWith("…")).map((term) => term.slice(0, -1)) };
}

/** @typedef {ReturnType<typeof marksOf>} Marks */

/** @param {Store} store @param {number} record @param {number[]} sections @param {Marks} marks @returns {Promise<Result | undefined>} */
async function resultOf(store, record, sections, marks) {
  const { kinds, statuses } = store.directory;
  const card = await store.card(record).catch(() => {
    store.isPartial = true;
  });
  if (!card) return undefined;
  const [title, url, kind, number, status, date, successors, summary, all] = card;
  const titlePieces = piecesOf(store, title, marks);
  const passages = sections.flatMap((section) => {
    const [heading, anchor = nBefore(all, section), text = ""] = [all[section] ?? ""].flat();
    if (!heading && !text) return [];
    return [{
      heading: piecesOf(store, heading, marks),
      anchor: typeof anchor === "string" ? anchor : anchorOf(heading, anchor),
      text: cut(piecesOf(store, text.replaceAll("\n", " "), marks)),
    }];
  });
  const { label: kindLabel = "", icon = "" } = kinds[kind ?? -1] ?? {};
  return {
    url, date, icon, passages,
    title: titlePieces,
    isTitleMarked: titlePieces.some(({ isMarked }) => isMarked),
    kind: number === null ? kindLabel : `${kindLabel} ${number}`,
    status: statuses[status ?? -1],
    replacedBy: successors.map(([title, url]) => ({ title, url })),
    summary: piecesOf(store, summary, marks),
    words: [...new Set([titlePieces, ...passages.flatMap(({ heading, text }) => [heading, text])].flat()
      .filter(({ isMarked }) => isMarked).map(({ text }) => text))],
  };
}

/** Sections that have the heading of one which they come before. @param {any[]} sections @param {number} section */
const nBefore = (sections, section) => {
  const [heading] = [sections[section] ?? ""].flat();
  return heading ? sections.slice(0, section).filter((other) => [other].flat()[0] === heading).length : 0;
};

/** The anchor of the heading that has a number among those that read alike. @param {string} heading @param {number} number */
const anchorOf = (heading, number) =>
  heading.toLowerCase().replace(/[^a-z0-9 _-]/g, "").trim().replaceAll(" ", "-") + (number > 0 ? `-${number}` : "");

/** A text cut at the words that answer. @param {Store} store @param {string} text @param {Marks} marks @returns {Pieces} */
function piecesOf(store, text, { terms, beginnings }) {
  /** @type {Pieces} */
  const pieces = [];
  let end = 0;
  for (const { term, start, end: stop } of store.tokens(text)) {
    const isMarked = terms.has(term) || store.isKnownAs(term, terms) || beginnings.some((beginning) => term.startsWith(beginning));
    if (!isMarked || start < end) continue;
    pieces.push({ text: text.slice(end, start), isMarked: false }, { text: text.slice(start, stop), isMarked: true });
    end = stop;
  }
  pieces.push({ text: text.slice(end), isMarked: false });
  return pieces.filter(({ text }) => text !== "");
}

/** The part of a text where most is marked. @param {Pieces} pieces @returns {Pieces} */
function cut(pieces) {
  const starts = [];
  let length = 0;
  for (const { text } of pieces) {
    starts.push(length);
    length += text.length;
  }
  const marked = pieces.flatMap(({ isMarked }, at) => (isMarked ? [starts[at]] : []));
  const near = (/** @type {number} */ start) => marked.filter((at) => at >= start && at < start + PASSAGE_LENGTH).length;
  const best = marked.reduce((best, start) => (near(start) > near(best) ? start : best), marked[0] ?? 0);
  const all = pieces.map(({ text }) => text).join("");
  const space = all.lastIndexOf(" ", Math.max(best - 50, 0));
  const begin = best < 60 ? 0 : space < 0 ? best : space + 1;
  const rest = all.slice(begin + PASSAGE_LENGTH).search(/\s/);
  const stop = rest < 0 || rest > 30 ? Math.min(begin + PASSAGE_LENGTH, all.length) : begin + PASSAGE_LENGTH + rest;
  /** @type {Pieces} */
  const shown = begin > 0 ? [{ text: "… ", isMarked: false }] : [];
  for (const [at, { text, isMarked }] of pieces.entries()) {
    const part = text.slice(Math.max(begin - starts[at], 0), Math.max(stop - starts[at], 0));
    if (part) shown.push({ text: part, isMarked });
  }
  return stop < all.length ? [...shown, { text: " …", isMarked: false }] : shown;
}
