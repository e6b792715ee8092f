/**
 * Search as you type: in the box of every page, and on the search page.
 *
 * Two halves with one interface between them. The *engine* (`searchEngine`) takes a `Question` and gives a `Found`; it
 * knows nothing of pages. The *interface* below it shows what was found; it knows nothing of words and scores, and puts
 * text on the page as text nodes only. Its strings come from the `data-` attributes of the panel.
 *
 * The engine reads one script file, named by `data-search` of <html>, from the site's root (`data-root`); a script,
 * since a page opened from disk may fetch nothing. It is loaded when the box is first used, and calls
 * `handbookRecords(data)`:
 *
 *     data = {
 *       kinds: [{ name, plural, label, icon }],
 *       statuses: [{ name, label, colour, meaning: "open" | "in force" | "closed" }],
 *       records: [[
 *         title, url from the site's root, index of its kind | null, number | null, index of its status | null,
 *         date "YYYY[-MM[-DD]]" | "", title of its owner | "", [tag], topic | "", summary, [[heading, anchor]],
 *         [index of a record that replaced it], [slug of its owner if it has one, ...authors]
 *       ]]
 *     }
 *
 * Queries are those of `handbook search`, as far as this data goes: words (the more of them the better, the last one a
 * beginning while it is typed), `"a phrase"`, `-not`, `title:word`, `kind: status: tag: topic: owner: team: author:`,
 * `after:` and `before:`. Not here: the text of records, stems, `is:`, `service:`.
 */
(function () {
  "use strict";

  /**
   * @typedef {{ name: string, plural: string, label: string, icon: string }} Kind
   * @typedef {{ name: string, label: string, colour: string, meaning: string }} Status
   * @typedef {[string, string, number | null, number | null, number | null, string, string, string[], string, string,
   *   [string, string][], number[], string[]]} Row
   * @typedef {{ kinds: Kind[], statuses: Status[], records: Row[] }} Data
   *
   * @typedef {Map<string, Set<string>>} Chosen facets, and the values that were chosen of them
   * @typedef {{ text: string, chosen: Chosen, limit: number }} Question
   * @typedef {{ text: string, isMarked: boolean }[]} Pieces of a text, marked where they answer the question
   * @typedef {{ heading: Pieces, anchor: string }} Passage
   * @typedef {{ url: string, title: Pieces, isTitleMarked: boolean, icon: string, kind: string, date: string,
   *   status: Status | undefined, replacedBy: string[], summary: Pieces, passages: Passage[] }} Result
   *   one record; `kind` with its number, `replacedBy` titles, at most three passages, the best first
   * @typedef {{ name: string, values: { value: string, label: string, count: number }[] }} Facet
   * @typedef {{ string: string, value: string }} Note what was not understood: the string that says so
   * @typedef {{ results: Result[], total: number, facets: Facet[], notes: Note[],
   *   nearest: { words: string[], results: Result[] } }} Found the best results; `nearest` where there are none
   * @typedef {{ prepare: () => Promise<unknown>, search: (question: Question) => Promise<Found> }} Engine
   */

  // ---- Words -------------------------------------------------------------------------------------------------------

  /** Writings without spaces, where one character says as much as a word. */
  const DENSE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;

  /** @param {string} text */
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();
  /** @param {string} text @returns {string[]} */
  const wordsOf = (text) => fold(text).match(/[\p{L}\p{N}]+|\p{So}/gu) ?? [];

  /**
   * How many letters are added, lost, replaced or swapped with their neighbour between two words.
   * @param {string} a @param {string} b @param {number} limit what lies beyond is not measured
   */
  function distance(a, b, limit) {
    if (Math.abs(a.length - b.length) > limit) return Infinity;
    /** @type {number[]} */
    let before = [];
    let last = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      let least = i;
      for (let j = 1; j <= b.length; j++) {
        row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        if (i > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
        if (row[j] < least) least = row[j];
      }
      if (least > limit) return Infinity;
      [before, last] = [last, row];
    }
    return last[b.length];
  }

  // ---- Queries -----------------------------------------------------------------------------------------------------

  const CHARACTERS_MAX = 1000;
  const WORDS_MAX = 64;
  /** A dash, a name and a colon; then what stands in quotes, or up to a space. */
  const PIECES =
    /(-(?![-\s]|$))?(?:(kind|status|tag|topic|owner|team|author|title|after|before):(?=\S))?(?:"([^"]*)("?)|([^\s"]+))/g;

  /** @param {string} text */
  function parse(text) {
    const cut = text.slice(0, CHARACTERS_MAX);
    const query = {
      /** To rank by. */
      words: /** @type {string[]} */ ([]),
      /** The last word is still being typed. */
      isOpen: false,
      /** The plain words as they stand: a title, a path, `ADR-12`. */
      typed: "",
      required: /** @type {string[]} */ ([]),
      excluded: /** @type {string[]} */ ([]),
      title: /** @type {string[]} */ ([]),
      filters: /** @type {{ name: string, value: string, isExcluded: boolean }[]} */ ([]),
      after: "",
      before: "",
      notes: /** @type {Note[]} */ ([]),
    };
    const typed = [];
    for (const [, dash, name, quoted, endQuote, plain] of cut.matchAll(PIECES)) {
      const value = (quoted ?? plain).trim();
      const words = wordsOf(value);
      const phrase = ` ${words.join(" ")}${endQuote === "" ? "" : " "}`;
      query.isOpen = false;
      if (name === "after" || name === "before") {
        query[name] = dateOf(value);
        if (!query[name]) query.notes.push({ string: "badDate", value: `${name}:${value}` });
      } else if (name && name !== "title") {
        if (value) query.filters.push({ name: name === "team" ? "owner" : name, value: fold(value), isExcluded: !!dash });
      } else if (words.length === 0 || plain === "OR") {
        continue;
      } else if (dash) {
        query.excluded.push(phrase);
      } else {
        query.words.push(...words);
        if (name) query.title.push(phrase.trimEnd());
        else if (plain === undefined) query.required.push(phrase);
        else typed.push(value);
        query.isOpen = plain !== undefined && /[\p{L}\p{N}\p{M}]$/u.test(cut);
      }
    }
    if (cut.length < text.length || query.words.length > WORDS_MAX) query.notes.push({ string: "tooLong", value: "" });
    query.words = [...new Set(query.words.slice(0, WORDS_MAX))];
    query.typed = fold(typed.join(" "));
    return query;
  }

  /** The first day of a day, month or year; nothing of what is none. @param {string} text */
  function dateOf(text) {
    const [, year, month = "01", day = "01"] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text) ?? [];
    const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
    // Some browsers take the 31st of February for a day in March.
    return !Number.isNaN(+date) && date.getUTCDate() === Number(day) ? `${year}-${month}-${day}` : "";
  }

  // ---- The engine --------------------------------------------------------------------------------------------------

  const [IN_TITLE, IN_HEADING, IN_FACTS, IN_SUMMARY] = [1, 2, 4, 8];
  /** What a word is worth, by the set of places where it stands. */
  const WEIGHTS = Array.from({ length: 16 }, (_, places) =>
    [5, 3, 2, 1].reduce((sum, weight, bit) => sum + (places & (1 << bit) ? weight : 0), 0));
  const [WHOLE, BEGINNING, MEANT, INSIDE] = [1, 0.7, 0.6, 0.3];
  const CLOSED_FACTOR = 0.85;
  const EXACT_BONUS = 1e6;
  const FACETS = ["kind", "status", "tag", "year"];
  const TAGS_MAX = 10;
  /** Words of a query that are held against the whole vocabulary. */
  const CORRECTIONS_MAX = 8;
  const SLICE_MILLISECONDS = 5;
  const NO_KIND = { name: "", plural: "", label: "", icon: "" };

  /** @param {Data} data @param {Row} row */
  function recordOf(data, row) {
    const [title, url, kind, number, status, date, owner, tags, topic, summary, headings, successors, people] = row;
    return {
      title, url, number, date, tags, topic, summary, headings, successors,
      kind: data.kinds[kind ?? -1] ?? NO_KIND,
      status: data.statuses[status ?? -1],
      owners: owner ? [owner, people[0] ?? ""] : [],
      authors: owner ? people.slice(1) : people,
      /** Its values of each of `FACETS`. */
      facets: [
        kind === null ? [] : [{ value: data.kinds[kind].name, label: data.kinds[kind].label }],
        status === null ? [] : [{ value: data.statuses[status].name, label: data.statuses[status].label }],
        tags.map((value) => ({ value, label: value })),
        date ? [{ value: date.slice(0, 4), label: date.slice(0, 4) }] : [],
      ],
      /** Its words, a line for each text, the title first. */
      text: "",
      titleLength: 0,
      /** Less than 1e-6, more for newer records: decides between equal scores. */
      newness: 0,
    };
  }

  /** @typedef {ReturnType<typeof recordOf>} Entry */
  /** @typedef {ReturnType<typeof parse>} Query */

  /**
   * A posting is the index of a record times 16, plus the places where the word stands.
   * @typedef {object} Index
   * @property {Entry[]} records
   * @property {Map<string, number[]>} postings of words
   * @property {string} vocabulary all words, a line each
   * @property {Map<string, number[]>} exact titles and paths to records
   */

  /** What a record is, by the name of a filter. */
  const VALUES = /** @type {Record<string, (record: Entry) => string[]>} */ ({
    kind: ({ kind }) => [kind.name, kind.plural, kind.label],
    status: ({ status }) => (status ? [status.name, status.label] : []),
    tag: ({ tags }) => tags,
    topic: ({ topic }) => [topic],
    owner: ({ owners }) => owners,
    author: ({ authors }) => authors,
  });

  /** @param {() => Promise<Data>} load @returns {Engine} */
  function searchEngine(load) {
    /** @type {Promise<Index> | undefined} */
    let index;
    const prepare = () => {
      index ??= load().then(indexOf).catch((error) => {
        index = undefined; // The next search tries again.
        throw error;
      });
      return index;
    };
    return { prepare, search: async (question) => find(await prepare(), question) };
  }

  /** Reads all records, a few milliseconds at a time, so that typing is not held up. @param {Data} data */
  async function indexOf(data) {
    /** @type {Index} */
    const index = { records: [], postings: new Map(), vocabulary: "", exact: new Map() };
    let pause = performance.now() + SLICE_MILLISECONDS;
    for (const row of data.records) {
      addRecord(index, recordOf(data, row));
      if (performance.now() < pause) continue;
      await new Promise((resolve) => setTimeout(resolve));
      pause = performance.now() + SLICE_MILLISECONDS;
    }
    index.vocabulary = `\n${[...index.postings.keys()].join("\n")}\n`;
    const oldestFirst = index.records.toReversed().sort((a, b) => Number(a.date > b.date) - Number(a.date < b.date));
    oldestFirst.forEach((record, place) => (record.newness = (1e-6 * place) / oldestFirst.length));
    return index;
  }

  /** @param {Index} index @param {Entry} record */
  function addRecord({ records, postings, exact }, record) {
    /** @type {Map<string, number>} */
    const places = new Map();
    const add = (/** @type {string} */ text, /** @type {number} */ place) => {
      const words = wordsOf(text);
      for (const word of words) places.set(word, (places.get(word) ?? 0) | place);
      record.text += ` ${words.join(" ")} \n`;
      return words.length;
    };
    record.titleLength = add(record.title, IN_TITLE);
    for (const [heading] of record.headings) add(heading, IN_HEADING);
    for (const fact of [...record.tags, record.topic, ...VALUES.kind(record)]) add(fact, IN_FACTS);
    add(record.summary, IN_SUMMARY);
    const own = records.push(record) - 1;
    const put = (/** @type {Map<string, number[]>} */ map, /** @type {string} */ key, /** @type {number} */ value) => {
      const known = map.get(key);
      if (known) known.push(value);
      else map.set(key, [value]);
    };
    for (const [word, place] of places) put(postings, word, own * 16 + place);
    const path = record.url.replace(/(\/index)?\.html$/, "");
    for (const key of new Set([record.title, path, path.split("/").at(-1) ?? ""])) put(exact, fold(key), own);
  }

  /** The words that answer a word, and how well. @param {Index} index @param {string} word @param {boolean} isOpen */
  function spellings({ vocabulary, postings }, word, isOpen) {
    /** @type {Map<string, number>} */
    const found = new Map();
    const isLong = word.length > 2 || DENSE.test(word);
    const needle = isLong ? word : isOpen ? `\n${word}` : `\n${word}\n`;
    for (let at = vocabulary.indexOf(needle), end = 0; at >= 0; at = vocabulary.indexOf(needle, end)) {
      const start = vocabulary.lastIndexOf("\n", at) + 1;
      end = vocabulary.indexOf("\n", start);
      const whole = vocabulary.slice(start, end);
      found.set(whole, whole === word ? WHOLE : start <= at + 1 && whole.startsWith(word) ? BEGINNING : INSIDE);
    }
    for (const ending of ["s", "es", "d", "ed", "ing"]) {
      const stem = word.endsWith(ending) ? word.slice(0, -ending.length) : "";
      if (stem.length > 2 && postings.has(stem)) found.set(stem, MEANT);
    }
    return found;
  }

  /** The nearest words, those of most records first. @param {Index} index @param {string} word @param {number} limit */
  function nearestWords({ postings }, word, limit) {
    /** @type {string[]} */
    let near = [];
    for (const other of limit > 0 ? postings.keys() : []) {
      const away = distance(word, other, limit);
      if (away > limit) continue;
      if (away < limit) near = [];
      limit = away;
      near.push(other);
    }
    const frequency = (/** @type {string} */ one) => postings.get(one)?.length ?? 0;
    return near.sort((a, b) => frequency(b) - frequency(a)).slice(0, 3);
  }

  /** How well each record answers one word. @param {Index} index @param {Map<string, number>} found */
  function answersTo({ records, postings }, found) {
    const [best, isInTitle] = [new Float32Array(records.length), new Uint8Array(records.length)];
    for (const [word, closeness] of found) {
      for (const posting of postings.get(word) ?? []) {
        best[posting >>> 4] = Math.max(best[posting >>> 4], closeness * WEIGHTS[posting & 15]);
        isInTitle[posting >>> 4] |= posting & IN_TITLE;
      }
    }
    const rarity = Math.log(1 + records.length / best.reduce((count, value) => (value > 0 ? count + 1 : count), 1));
    return { best, isInTitle, rarity };
  }

  /** The scores of all records, and what the words of the vocabulary were worth. @param {Index} index @param {Query} query */
  function score(index, query) {
    const { records } = index;
    const [scores, covered, inTitle] = [records, records, records].map(({ length }) => new Float64Array(length));
    /** @type {Map<string, number>} */
    const worth = new Map();
    /** @type {string[][]} */
    const [meant, unknown] = [[], []];
    let whole = 0;
    for (const [at, word] of query.words.entries()) {
      let found = spellings(index, word, query.isOpen && at === query.words.length - 1);
      if (found.size === 0 && unknown.push(word) <= CORRECTIONS_MAX && /^\p{L}+$/u.test(word)) {
        const edits = word.length < 4 ? 0 : word.length < 8 ? 1 : 2;
        found = new Map(nearestWords(index, word, edits).map((other) => [other, MEANT]));
        meant.push(...found.keys());
      }
      const { best, isInTitle, rarity } = answersTo(index, found);
      for (const [other, closeness] of found) worth.set(other, Math.max(worth.get(other) ?? 0, closeness * rarity));
      if (found.size > 0) whole += rarity;
      for (let at = 0; at < records.length; at++) {
        if (best[at] === 0) continue;
        scores[at] += best[at] * rarity;
        covered[at] += rarity;
        inTitle[at] += isInTitle[at];
      }
    }
    records.forEach(({ titleLength, status, newness }, at) => {
      const titleFit = inTitle[at] / Math.max(titleLength, query.words.length, 1);
      scores[at] *= (covered[at] / (whole || 1)) * (1 + titleFit / 2) * (status?.meaning === "closed" ? CLOSED_FACTOR : 1);
      if (scores[at] > 0 || query.words.length === 0) scores[at] += newness;
    });
    for (const at of exactRecords(index, query.typed)) scores[at] += EXACT_BONUS;
    return { scores, worth, meant, unknown };
  }

  /** Records whose title, path or number was typed. @param {Index} index @param {string} typed */
  function exactRecords({ records, exact }, typed) {
    const found = new Set(exact.get(typed.replace(/\.(html|md)$/, "")));
    const [, name, digits] = /^(?:(\D*[^\d\s\-/#])?[\s\-/#]*)?0*(\d{1,9})$/u.exec(typed) ?? [];
    for (const [at, record] of digits ? records.entries() : []) {
      if (record.number !== Number(digits)) continue;
      if (!name || ["adr", ...VALUES.kind(record).map(fold)].includes(name)) found.add(at);
    }
    return found;
  }

  /** Whether a record is what the query asks for, words aside. @param {Query} query @returns {(record: Entry) => boolean} */
  function filterOf({ filters, after, before, required, excluded, title }) {
    /** @type {Map<string, string[]>} a value to what it goes by */
    const names = new Map();
    const namesOf = (/** @type {string} */ value) => {
      const known = names.get(value) ?? [fold(value), wordsOf(value).join("-")];
      names.set(value, known);
      return known;
    };
    const groups = Map.groupBy(filters.filter(({ isExcluded }) => !isExcluded), ({ name }) => name);
    const isOne = (/** @type {Entry} */ record, /** @type {string} */ name, /** @type {string[]} */ wanted) =>
      VALUES[name](record).some((value) => value && namesOf(value).some((own) => wanted.includes(own)));
    return (record) => {
      const date = record.date && record.date + "-01-01".slice(record.date.length - 4);
      if ((after && date < after) || (before && (!date || date >= before))) return false;
      for (const [name, group] of groups) if (!isOne(record, name, group.map(({ value }) => value))) return false;
      if (filters.some(({ name, value, isExcluded }) => isExcluded && isOne(record, name, [value]))) return false;
      return required.every((words) => record.text.includes(words))
        && !excluded.some((words) => record.text.includes(words))
        && title.every((words) => record.text.slice(0, record.text.indexOf("\n")).includes(words));
    };
  }

  /** Counts the values of facets; those of one facet as if none of it was chosen. @param {Chosen} chosen */
  function facetCounter(chosen) {
    /** @type {Map<string, Facet["values"][0]>[]} */
    const counts = FACETS.map(() => new Map());
    const wanted = FACETS.map((name, at) => ({ at, values: chosen.get(name) ?? new Set() })).filter(({ values }) => values.size > 0);
    const take = (/** @type {Entry} */ record) => {
      const failing = wanted.filter(({ at, values }) => !record.facets[at].some(({ value }) => values.has(value)));
      for (let at = 0; at < FACETS.length; at++) {
        if (failing.length > 1 || (failing.length === 1 && failing[0].at !== at)) continue;
        for (const { value, label } of record.facets[at]) {
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
      return { name, values: values.filter(({ value }, place) => name !== "tag" || place < TAGS_MAX || own.has(value)) };
    });
    return { take, facets };
  }

  /** @param {Index} index @param {Question} question @returns {Found} */
  function find(index, { text, chosen, limit }) {
    const { records } = index;
    const query = parse(text);
    const { scores, worth, meant, unknown } = score(index, query);
    const passes = filterOf(query);
    const counter = facetCounter(chosen);
    const asks = [query.words, query.filters, query.excluded, query.after, query.before].some(({ length }) => length > 0);
    const candidates = asks || !text.trim() ? [...records.keys()].filter((at) => scores[at] > 0 || query.words.length === 0) : [];
    const answers = candidates.filter((at) => passes(records[at]) && counter.take(records[at]));
    const best = (/** @type {number[]} */ of, /** @type {number} */ count) => {
      const sorted = new Float64Array(of.length);
      of.forEach((at, place) => (sorted[place] = scores[at]));
      const least = sorted.sort().at(-count) ?? -Infinity;
      const top = of.filter((at) => scores[at] >= least).sort((a, b) => scores[b] - scores[a]);
      return top.slice(0, count).map((at) => resultOf(records, records[at], worth));
    };
    if (meant.length > 0) query.notes.push({ string: "meant", value: meant.join(", ") });
    const isNothing = answers.length === 0 && query.words.length > 0;
    const nearest = {
      words: isNothing ? unknown.slice(0, 3).flatMap((word) => nearestWords(index, word, word.length < 5 ? 1 : 3)) : [],
      results: isNothing ? best(candidates, 3) : [],
    };
    return { results: best(answers, limit), total: answers.length, facets: counter.facets(), notes: query.notes, nearest };
  }

  /** @param {Entry[]} records @param {Entry} record @param {Map<string, number>} worth of words @returns {Result} */
  function resultOf(records, { title, url, kind, number, status, date, summary, headings, successors }, worth) {
    const value = (/** @type {string} */ text) =>
      [...new Set(wordsOf(text))].reduce((sum, word) => sum + (worth.get(word) ?? 0), 0);
    const passages = headings.map(([heading, anchor]) => ({ heading, anchor, value: value(heading) }));
    const best = passages.filter((passage) => passage.value > 0).sort((a, b) => b.value - a.value).slice(0, 3);
    return {
      url, date, status,
      title: piecesOf(title, worth),
      isTitleMarked: value(title) > 0,
      icon: kind.icon,
      kind: number === null ? kind.label : `${kind.label} ${number}`,
      replacedBy: successors.map((successor) => records[successor]?.title).filter(Boolean),
      summary: piecesOf(summary, worth),
      passages: best.map(({ heading, anchor }) => ({ heading: piecesOf(heading, worth), anchor })),
    };
  }

  /** Cuts a text at its words that answer. @param {string} text @param {Map<string, number>} worth @returns {Pieces} */
  function piecesOf(text, worth) {
    const pieces = [];
    let end = 0;
    for (const { 0: word, index } of text.matchAll(/[\p{L}\p{N}\p{M}]+|\p{So}[\p{So}\p{Sk}\p{M}\u200d]*/gu)) {
      if (!wordsOf(word).some((part) => worth.has(part))) continue;
      pieces.push({ text: text.slice(end, index), isMarked: false }, { text: word, isMarked: true });
      end = index + word.length;
    }
    pieces.push({ text: text.slice(end), isMarked: false });
    return pieces.filter((piece) => piece.text !== "");
  }

  /** Runs the script file with the data. @returns {Promise<Data>} */
  function loadData() {
    return new Promise((resolve, reject) => {
      Object.assign(window, { handbookRecords: resolve });
      const script = element("script", { src: siteRoot + page.dataset.search });
      // Once the data has arrived these do nothing; before, the file is cut off, missing, or too slow.
      script.addEventListener("load", () => reject(new Error("a file without data")));
      script.addEventListener("error", () => reject(new Error("no file")));
      setTimeout(() => reject(new Error("no answer")), LOAD_SECONDS_MAX * 1000);
      document.head.append(script);
    });
  }

  // ---- The interface -----------------------------------------------------------------------------------------------

  const LOAD_SECONDS_MAX = 30;
  const BOX_LIMIT = 8;
  const PAGE_LIMIT = 50;

  const page = document.documentElement;
  const siteRoot = page.dataset.root || "./";
  const input = document.getElementById("handbook-search");
  const panel = document.getElementById("handbook-search-panel");
  const area = panel?.parentElement;
  if (!(input instanceof HTMLInputElement) || !panel || !area || !page.dataset.search) return;

  /** A string of the interface, with `{}` filled in. @param {string} name @param {string} value */
  const say = (name, value = "") => (panel.dataset[name] ?? "").split("{}").join(value);

  /** @param {string} name @param {Record<string, string>} attributes @param {(Node | string)[]} children */
  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  /** @param {(Node | string)[]} content */
  const message = (...content) => element("p", { class: "search-message" }, ...content);
  /** @param {Pieces} pieces */
  const marked = (pieces) => pieces.map(({ text, isMarked }) => (isMarked ? element("mark", {}, text) : text));
  /** @param {string} text */
  const searchPageFor = (text) => `${siteRoot}search.html?${new URLSearchParams({ q: text })}`;
  /** @param {Result} result @param {Passage} [passage] */
  const addressOf = ({ url }, passage) => siteRoot + url + (passage ? `#${passage.anchor}` : "");
  /** @param {number} count */
  const countText = (count) => (count === 1 ? say("one") : say("many", String(count)));

  /** A date in the page's language. @param {string} iso */
  function dateText(iso) {
    const [, month, day] = iso.split("-");
    try {
      return new Intl.DateTimeFormat(page.lang === "en" ? "en-GB" : page.lang, {
        timeZone: "UTC", year: "numeric", month: month ? "long" : undefined, day: day ? "numeric" : undefined,
      }).format(new Date(iso));
    } catch {
      return iso;
    }
  }

  /** Icon, title, status and facts of a result. @param {Result} result */
  function headOf({ icon, title, status, kind, date, replacedBy }) {
    const head = [
      element("span", { class: "icon", "aria-hidden": "true" }, icon),
      element("span", { class: "search-result-title" }, ...marked(title)),
    ];
    if (status) head.push(element("span", { class: `badge badge-${status.colour}` }, status.label));
    head.push(element("span", { class: "search-result-meta" }, [kind, date && dateText(date)].filter(Boolean).join(" · ")));
    if (replacedBy.length > 0) head.push(element("span", { class: "search-note" }, say("replacedBy", replacedBy.join(", "))));
    return head.flatMap((part) => [part, " "]);
  }

  /** What is said above results, or instead of them. @param {Found} found @param {string} text */
  function messagesOf({ total, notes, nearest }, text) {
    const messages = notes.map(({ string, value }) => message(say(string, value)));
    if (total > 0) return messages;
    messages.push(message(say("none", text.trim().slice(0, 100))));
    const words = nearest.words.flatMap((word) => [" ", element("a", { href: searchPageFor(word) }, word)]);
    if (words.length > 0) messages.push(message(say("meaning"), ...words));
    if (nearest.results.length > 0) messages.push(message(say("nearest")));
    return messages;
  }

  /**
   * Asks the engine, and shows the answer to the newest question only.
   * @param {(messages: Node[], found?: Found, text?: string) => void} show
   */
  function asker(show) {
    const region = element("p", { class: "visually-hidden", role: "status" });
    area?.append(region);
    let [newest, announcing] = [0, 0];
    /** Says how many there are to those who do not see it, once typing rests. @param {string} text */
    const announce = (text) => {
      clearTimeout(announcing);
      announcing = setTimeout(() => (region.textContent = text), 400);
    };
    const ask = async (/** @type {Question} */ question) => {
      const own = ++newest;
      const waiting = setTimeout(() => own === newest && show([message(say("loading"))]), 200);
      try {
        await new Promise((resolve) => setTimeout(resolve)); // What was typed is on the screen first.
        const found = own === newest ? await engine.search(question) : undefined;
        if (!found || own !== newest) return;
        show(messagesOf(found, question.text), found, question.text);
        announce(found.total > 0 ? countText(found.total) : say("none", question.text.trim().slice(0, 100)));
      } catch {
        if (own !== newest) return;
        show([message(say("failed"))]);
        announce(say("failed"));
      } finally {
        clearTimeout(waiting);
      }
    };
    const forget = () => {
      newest++;
      clearTimeout(announcing);
    };
    return { ask, forget };
  }

  /** `/` and Ctrl-K lead to the box. @param {HTMLInputElement} input */
  function shortcuts(input) {
    document.addEventListener("keydown", (event) => {
      const { key, ctrlKey, metaKey, altKey, target } = event;
      const isOurs = key === "/" ? !ctrlKey && !metaKey && !altKey : key.toLowerCase() === "k" && ctrlKey !== metaKey && !altKey;
      const isTyping = target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
      if (!isOurs || isTyping) return;
      event.preventDefault();
      input.focus();
      input.select();
    });
  }

  /**
   * The box with its panel: a combobox, whose options are the results.
   * @param {HTMLInputElement} input @param {HTMLElement} panel @param {HTMLElement} area
   */
  function searchBox(input, panel, area) {
    const name = { id: "handbook-search-list", role: "listbox", "aria-label": say("results") };
    const list = element("ul", { class: "search-results", ...name });
    const [above, below] = [element("div", {}), element("div", {})];
    panel.append(above, list, below);
    let selected = -1;
    /** @type {string[]} where the options lead */
    let addresses = [];

    const { ask, forget } = asker((messages, found, text = "") => {
      const results = (found?.total ? found.results : found?.nearest.results) ?? [];
      const all = found?.total ? element("a", { href: searchPageFor(text) }, say("all", countText(found.total))) : "";
      above.replaceChildren(...messages);
      list.replaceChildren(...results.map(option));
      below.replaceChildren(...(all ? [message(all)] : []));
      // A record is opened where it answers: at its heading, unless its title does.
      addresses = results.map((result) => addressOf(result, result.isTitleMarked ? undefined : result.passages[0]));
      panel.hidden = false;
      list.hidden = results.length === 0;
      input.setAttribute("aria-expanded", String(!list.hidden));
      select(-1);
    });
    const search = () => (input.value.trim() ? void ask({ text: input.value, chosen: new Map(), limit: BOX_LIMIT }) : close());
    const close = () => {
      forget();
      select(-1);
      panel.hidden = true;
      input.setAttribute("aria-expanded", "false");
    };
    const open = (/** @type {string} */ address, /** @type {boolean} */ isApart) => {
      if (isApart) return void window.open(address, "_blank", "noopener");
      close();
      location.assign(address);
    };
    const option = (/** @type {Result} */ result, /** @type {number} */ at) => {
      const [passage] = result.passages;
      const state = { role: "option", id: `handbook-search-${at}`, "aria-selected": "false" };
      const made = element("li", { class: "search-result", ...state }, ...headOf(result));
      const text = passage ? [element("strong", {}, ...marked(passage.heading))] : marked(result.summary);
      if (text.length > 0) made.append(element("div", { class: "search-passage" }, ...text));
      made.addEventListener("click", ({ target, ctrlKey, metaKey }) => {
        const isPassage = passage && target instanceof Element && target.closest(".search-passage");
        open(isPassage ? addressOf(result, passage) : addresses[at], ctrlKey || metaKey);
      });
      return made;
    };
    const select = (/** @type {number} */ at) => {
      list.children[selected]?.setAttribute("aria-selected", "false");
      selected = at;
      const chosen = list.children[at];
      input.removeAttribute("aria-activedescendant");
      if (!chosen) return;
      input.setAttribute("aria-activedescendant", chosen.id);
      chosen.setAttribute("aria-selected", "true");
      chosen.scrollIntoView({ block: "nearest" });
    };
    const move = (/** @type {number} */ step) => {
      if (panel.hidden) return search();
      const places = addresses.length + 1; // One is the box itself: the words as typed.
      select(((selected + 1 + step + places) % places) - 1);
    };

    const role = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
    for (const [name, value] of Object.entries(role)) input.setAttribute(name, value);
    input.addEventListener("focus", () => void engine.prepare().catch(() => {}));
    input.addEventListener("input", search);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown") move(1);
      else if (event.key === "ArrowUp") move(-1);
      else if (event.key === "Escape" && !panel.hidden) close();
      else if (event.key === "Escape") input.value = "";
      else if (event.key === "Enter" && selected >= 0) open(addresses[selected], event.ctrlKey || event.metaKey);
      else return;
      event.preventDefault();
    });
    const isOutside = (/** @type {EventTarget | null} */ target) => target instanceof Node && !area.contains(target);
    list.addEventListener("mousedown", (event) => event.preventDefault()); // The box keeps the focus.
    document.addEventListener("pointerdown", ({ target }) => isOutside(target) && close());
    area.addEventListener("focusout", ({ relatedTarget }) => isOutside(relatedTarget) && close());
  }

  /**
   * The search page: words and facets in its address, results with their headings below.
   * @param {HTMLInputElement} input @param {HTMLElement} place
   */
  function searchPage(input, place) {
    const [facets, results] = [element("div", { class: "search-facets" }), element("div", {})];
    place.append(facets, results);
    const address = new URLSearchParams(location.search);
    /** @type {Chosen} */
    const chosen = new Map(FACETS.map((name) => [name, new Set(address.getAll(name))]));
    let writing = 0;

    const { ask } = asker((messages, found) => {
      const count = countText(found?.total ?? 0);
      const shown = found?.total ? found.results : found?.nearest.results ?? [];
      const heading = found?.total ? message(found.total > PAGE_LIMIT ? say("best", count) : count) : "";
      results.replaceChildren(...messages, heading, element("ul", { class: "search-results" }, ...shown.map(entry)));
      if (found) showFacets(found.facets);
    });
    const entry = (/** @type {Result} */ result) => element("li", { class: "search-result" },
      element("a", { href: addressOf(result) }, ...headOf(result)),
      ...(result.summary.length > 0 ? [element("p", {}, ...marked(result.summary))] : []),
      ...result.passages.map((passage) => element("a", { class: "search-passage", href: addressOf(result, passage) },
        element("strong", {}, ...marked(passage.heading)))));
    const showFacets = (/** @type {Facet[]} */ groups) => {
      const focused = document.activeElement?.getAttribute("data-facet");
      facets.replaceChildren(...groups.filter(({ values }) => values.length > 0).map(({ name, values }) =>
        element("fieldset", { class: "facet-group" }, element("legend", {}, say(name)), ...values.map((value) => facet(name, value)))));
      for (const button of facets.querySelectorAll("button")) if (button.dataset.facet === focused) button.focus();
    };
    const facet = (/** @type {string} */ name, /** @type {Facet["values"][0]} */ { value, label, count }) => {
      const values = chosen.get(name) ?? new Set();
      const state = { "aria-pressed": String(values.has(value)), "data-facet": `${name}=${value}` };
      const number = element("span", { class: "count" }, String(count));
      const button = element("button", { type: "button", class: "facet", ...state }, label, " ", number);
      button.addEventListener("click", () => {
        if (!values.delete(value)) values.add(value);
        search();
      });
      return button;
    };
    const search = () => {
      void ask({ text: input.value, chosen, limit: PAGE_LIMIT });
      clearTimeout(writing);
      writing = setTimeout(writeAddress, 250); // Browsers allow few changes of the address in a short time.
    };
    const writeAddress = () => {
      const pairs = [...chosen].flatMap(([name, values]) => [...values].map((value) => [name, value]));
      const query = new URLSearchParams(input.value ? [["q", input.value], ...pairs] : pairs);
      try {
        history.replaceState(null, "", query.size > 0 ? `?${query}` : location.pathname);
      } catch {
        // From disk, some browsers keep the address as it is.
      }
    };

    input.value = address.get("q") ?? "";
    input.addEventListener("input", search);
    input.form?.addEventListener("submit", (event) => {
      event.preventDefault();
      search();
    });
    search();
  }

  const engine = searchEngine(loadData);
  const place = document.getElementById("handbook-search-page");
  shortcuts(input);
  if (place) searchPage(input, place);
  else searchBox(input, panel, area);
})();
