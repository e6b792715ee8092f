/**
 * Filters, dates and facets.
 *
 * Twin of `src/index/facts.rs`, as far as filters go. The table is documented in `src/index/browser.rs`.
 *
 * @import { Complaint, Filter, Query } from "./query.js"
 * @import { Store } from "./store.js"
 * @typedef {{ values: string[][], of: number[][] }} Column values: label, then keys, the first its own
 * @typedef {{ columns: Column[], dates: string[], reviews: string[], dues: string[], debts: number[] }} Facts
 * @typedef {Map<string, Set<string>>} Chosen facets, and the values that were chosen of them
 * @typedef {{ name: string, values: { value: string, label: string, count: number }[] }} Facet
 */
import { fold, wordsIn } from "./analysis.js";
import { nearest } from "./query.js";

const COLUMNS = ["kind", "status", "team", "tag", "topic", "author", "service"];
const STATES = ["overdue", "stale", "debt"];
/** What results can be narrowed by on the search page. */
export const FACETS = ["kind", "status", "team", "tag", "year"];
const VALUES_SHOWN = 10;

/** The form in which values are compared. @param {string} text */
function keyOf(text) {
  const words = wordsIn(text);
  return words.length > 0 ? words.join("-") : fold(text);
}

/** @param {string} filter */
const columnOf = (filter) => COLUMNS.indexOf(filter === "owner" ? "team" : filter);

/** Whether a record is what the filters and dates of a query ask for. @param {Facts} facts @param {Query} query @param {string} today */
export function passing(facts, { filters, after, before }, today) {
  const isPast = (/** @type {string} */ date) => date !== "" && date < today;
  const debts = new Set(facts.debts);
  /** @returns {(record: number) => boolean} */
  const holds = (/** @type {Filter} */ { name, value }) => {
    const wanted = keyOf(value);
    const column = facts.columns[columnOf(name)];
    if (column) {
      const matching = new Set(column.values.flatMap(([, ...keys], at) => (keys.includes(wanted) ? [at] : [])));
      return (record) => column.of[record].some((value) => matching.has(value));
    }
    if (wanted === "debt") return (record) => debts.has(record);
    if (wanted === "stale") return (record) => isPast(facts.reviews[record]);
    return (record) => wanted === "overdue" && (isPast(facts.reviews[record]) || isPast(facts.dues[record]));
  };
  /** @type {Map<number, ((record: number) => boolean)[]>} */
  const wanted = new Map();
  for (const filter of filters.filter(({ isExcluded }) => !isExcluded)) {
    const column = columnOf(filter.name);
    wanted.set(column, [...(wanted.get(column) ?? []), holds(filter)]);
  }
  const unwanted = filters.filter(({ isExcluded }) => isExcluded).map(holds);
  return (/** @type {number} */ record) => {
    const date = facts.dates[record];
    if ((after && !(date && date >= after)) || (before && !(date && date < before))) return false;
    for (const alternatives of wanted.values()) if (!alternatives.some((holds) => holds(record))) return false;
    return !unwanted.some((holds) => holds(record));
  };
}

/** Filters that ask for what no record has, with the nearest that there is. @param {Facts} facts @param {Query} query @returns {Complaint[]} */
export function complaintsOf(facts, { filters }) {
  return filters.flatMap(({ name, value }) => {
    const column = facts.columns[columnOf(name)];
    const known = column ? column.values.flatMap(([, ...keys]) => keys) : STATES;
    const wanted = keyOf(value);
    if (known.includes(wanted)) return [];
    const meant = nearest(wanted, known);
    return [{ problem: "unknown-value", written: `${name}:${value}`, meant: meant && `${name}:${meant}` }];
  });
}

/**
 * Counts the values of facets; those of one facet as if none of it was chosen.
 * @param {Facts} facts @param {Chosen} chosen
 */
export function facetCounter(facts, chosen) {
  /** @returns {{ value: string, label: string }[]} */
  const valuesOf = (/** @type {string} */ name, /** @type {number} */ record) => {
    if (name === "year") return facts.dates[record] ? [{ value: facts.dates[record].slice(0, 4), label: facts.dates[record].slice(0, 4) }] : [];
    const column = facts.columns[columnOf(name)];
    return column.of[record].map((value) => ({ value: column.values[value][1], label: column.values[value][0] }));
  };
  /** @type {Map<string, Facet["values"][0]>[]} */
  const counts = FACETS.map(() => new Map());
  const wanted = FACETS.map((name, at) => ({ name, at, values: chosen.get(name) ?? new Set() })).filter(({ values }) => values.size > 0);
  /** Counts a record, and tells whether it has what was chosen. */
  const take = (/** @type {number} */ record) => {
    const failing = wanted.filter(({ name, values }) => !valuesOf(name, record).some(({ value }) => values.has(value)));
    for (const [at, name] of FACETS.entries()) {
      if (failing.length > 1 || (failing.length === 1 && failing[0].at !== at)) continue;
      for (const { value, label } of valuesOf(name, record)) {
        const known = counts[at].get(value);
        if (known) known.count++;
        else counts[at].set(value, { value, label, count: 1 });
      }
    }
    return failing.length === 0;
  };
  /** @returns {Facet[]} */
  const facets = () => FACETS.map((name, at) => {
    const own = chosen.get(name) ?? new Set();
    for (const value of own) if (!counts[at].has(value)) counts[at].set(value, { value, label: value, count: 0 });
    const values = [...counts[at].values()].sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
    if (name === "year") values.sort((a, b) => Number(b.value) - Number(a.value));
    return { name, values: values.filter(({ value }, place) => place < VALUES_SHOWN || own.has(value)) };
  });
  return { take, facets };
}

/**
 * All wanted records, the newest first: what a query of filters alone finds.
 * @param {Store} store @param {(record: number) => boolean} isWanted
 */
export async function newest(store, isWanted) {
  const { dates } = await store.facts();
  const records = Array.from({ length: store.directory.records }, (_, record) => record).filter(isWanted);
  records.sort((a, b) => (dates[a] === dates[b] ? a - b : dates[a] < dates[b] ? 1 : -1));
  const scores = records.map(() => 0);
  return { records, scores, orders: scores, sectionsOf: () => [0] };
}
