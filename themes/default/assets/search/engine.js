/**
 * A query to the records that answer it, with what is shown of them.
 *
 * Twin of `src/index/search.rs` as far as the order of records goes. It knows nothing of pages: `search.js` shows what it
 * finds, in the page or through a worker (`main.js`). What few queries need is imported by those that do: it goes into a second
 * script, which the first result does not wait for (`src/render/bundle.rs`).
 *
 * @import { Chosen, Facet } from "./facts.js"
 * @import { Complaint, Query } from "./query.js"
 * @import { Hit } from "./rank.js"
 * @import { Group } from "./spelling.js"
 * @import { Store } from "./store.js"
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
import { tokens, wordsIn } from "./analysis.js";
import { plainQuery } from "./plain.js";
import { rank, sortHits } from "./rank.js";
import { NAME_MARK } from "./shards.js";
import { PHRASE_MARK, groupsOf } from "./spelling.js";

const PASSAGES_MAX = 3;
/** Records that are offered where nothing was found. */
const NEAREST_MAX = 5;
/** Characters of a passage. */
const PASSAGE_LENGTH = 180;

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
  const found = counter ? hits.filter(({ record }) => counter.take(record)) : hits;
  const marks = marksOf(groups);
  const nPassages = withFacets ? PASSAGES_MAX : 1;
  const results = await Promise.all(found.slice(0, limit).map((hit) => resultOf(store, hit, marks, nPassages)));
  return {
    results: results.filter((result) => result !== undefined),
    total: found.length,
    facets: counter ? counter.facets() : [],
    complaints: query.complaints,
    query,
  };
}

/**
 * All records that answer a text, best first; to an empty one, none or all.
 * @param {Store} store @param {string} text @param {boolean} isAllForNothing @param {string} today
 */
export async function answersTo(store, text, isAllForNothing, today) {
  const query = plainQuery(text) ?? (await import("./query.js")).parse(text);
  const isFiltered = query.filters.length > 0 || query.after !== "" || query.before !== "";
  const isNarrowed = isFiltered || query.conditions.length > 0;
  const [groups, passes, tests] = await Promise.all([
    groupsOf(store, query),
    isFiltered ? filterOf(store, query, today) : () => true,
    query.conditions.length > 0 ? import("./places.js").then(({ conditionsOf }) => conditionsOf(store, query)) : [],
  ]);
  const isWanted = (/** @type {number} */ record) => passes(record) && tests.every((holds) => holds(record));
  const isForAll = text.trim() === "" && isAllForNothing;
  const hits = groups.length > 0 ? ranked(store, groups, isWanted) : isNarrowed || isForAll ? await (await import("./facts.js")).newest(store, isWanted) : [];
  return { query, groups, hits: await exactFirst(store, query, hits, isWanted) };
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

/** @param {Store} store @param {Group[]} groups @param {(record: number) => boolean} isWanted */
function ranked(store, groups, isWanted) {
  const hits = rank(store.directory, groups, isWanted);
  for (const hit of hits) hit.score *= store.factor(hit.record);
  return sortHits(hits);
}

/**
 * Records that are called what was typed come first.
 * @param {Store} store @param {Query} query @param {Hit[]} hits @param {(record: number) => boolean} isWanted
 */
async function exactFirst(store, { words }, hits, isWanted) {
  const name = wordsIn(words.join(" ")).map((word) => word + NAME_MARK).join("");
  const named = name ? new Set((await store.named(name)).filter(isWanted)) : new Set();
  if (named.size === 0) return hits;
  const known = new Set(hits.map(({ record }) => record));
  for (const record of named) if (!known.has(record)) hits.push({ record, score: 0, sections: [[0, 0]] });
  return [...hits.filter(({ record }) => named.has(record)), ...hits.filter(({ record }) => !named.has(record))];
}

/** What to mark: terms, and beginnings. @param {Group[]} groups */
function marksOf(groups) {
  const terms = groups.flatMap(({ spellings }) => spellings.flatMap(({ term }) => term.split(PHRASE_MARK)));
  return { terms: new Set(terms), beginnings: terms.filter((term) => term.endsWith("…")).map((term) => term.slice(0, -1)) };
}

/** @typedef {ReturnType<typeof marksOf>} Marks */

/** @param {Store} store @param {Hit} hit @param {Marks} marks @param {number} nPassages @returns {Promise<Result | undefined>} */
async function resultOf(store, { record, sections }, marks, nPassages) {
  const { kinds, statuses } = store.directory;
  const card = await store.card(record).catch(() => {
    store.isPartial = true;
  });
  if (!card) return undefined;
  const [title, url, kind, number, status, date, successors, summary, all] = card;
  const titlePieces = piecesOf(store, title, marks);
  const passages = sections.slice(0, nPassages).flatMap(([section]) => {
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
  for (const { term, start, end: stop } of tokens(text)) {
    const isMarked = terms.has(term) || store.knownStems(term).some((stem) => terms.has(stem)) || beginnings.some((beginning) => term.startsWith(beginning));
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
