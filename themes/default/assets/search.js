/**
 * Search as you type: in the box of every page, and on the search page; and the words that led to a page marked on it.
 *
 * It shows what the engine finds (`search/engine.js`), and knows nothing of words and scores; text comes on the page as text
 * nodes only. The engine is the file that `data-engine` of <html> names; it is loaded when the box is first used, into a worker
 * where one is allowed, so that typing never waits. Strings come from the `data-` attributes of the panel.
 *
 * @import { Facet, Chosen } from "./search/facts.js"
 * @import { Found, Passage, Pieces, Question, Result } from "./search/engine.js"
 */
(function () {
  "use strict";

  /** Results in the box: those in view, and as many as there are once typing rests. */
  const [BOX_FIRST, BOX_LIMIT] = [5, 8];
  const REST_MS = 250;
  const PAGE_LIMIT = 50;
  const MARKS_MAX = 200;
  const FACETS = ["kind", "status", "team", "tag", "year"];

  const page = document.documentElement;
  const siteRoot = page.dataset.root || "./";
  const input = document.getElementById("handbook-search");
  const panel = document.getElementById("handbook-search-panel");
  const area = panel?.parentElement;
  if (!(input instanceof HTMLInputElement) || !panel || !area || !page.dataset.engine) return;

  // ---- The engine, wherever it runs --------------------------------------------------------------------------------

  /** @typedef {{ prepare: () => Promise<unknown>, search: (question: Question, isAsked: () => boolean) => Promise<Found | undefined> }} Engine
   *   nothing is found for what is asked no more, because something else is */

  /** @returns {Promise<Engine>} */
  async function startEngine() {
    const address = new URL(siteRoot + page.dataset.engine, location.href).href;
    const root = new URL(siteRoot, location.href).href;
    if (location.protocol !== "file:" && typeof Worker === "function") {
      try {
        return await inWorker(address, root);
      } catch {
        // Not allowed here: it runs in the page.
      }
    }
    await new Promise((resolve, reject) => {
      const script = element("script", { src: address });
      script.addEventListener("load", resolve);
      script.addEventListener("error", () => reject(new Error("no engine")));
      document.head.append(script);
    });
    return /** @type {any} */ (window).handbookEngine(root);
  }

  /** @param {string} address @param {string} root @returns {Promise<Engine>} */
  function inWorker(address, root) {
    const worker = new Worker(address);
    /** @type {Map<number, { resolve: (found: any) => void, reject: (error: unknown) => void }>} */
    const asked = new Map();
    let last = 0;
    // While the handbook is being written, what can be searched changes: the next search starts anew.
    document.addEventListener("handbook:changed", () => {
      worker.terminate();
      started = undefined;
      for (const { reject } of asked.values()) reject(new Error("changed"));
    }, { once: true });
    worker.addEventListener("message", ({ data: { id, found, error } }) => {
      const { resolve, reject } = asked.get(id) ?? {};
      asked.delete(id);
      if (error) reject?.(new Error(error));
      else resolve?.(found);
    });
    const ask = (/** @type {Question | undefined} */ question, /** @type {ArrayBuffer | undefined} */ directory = undefined) =>
      new Promise((resolve, reject) => {
        asked.set(++last, { resolve, reject });
        worker.postMessage({ id: last, root, question, directory });
      });
    // What there is to search is loaded while the engine is.
    const loaded = fetch(`${root}search/directory.js`, { cache: "no-cache", signal: AbortSignal.timeout(20_000) })
      .then((reply) => (reply.ok ? reply.arrayBuffer() : undefined));
    return new Promise((resolve, reject) => {
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        for (const { reject } of asked.values()) reject(new Error("the worker failed"));
        asked.clear();
        reject(new Error("no worker"));
      });
      // What can be searched may be missing; that is for the search to say.
      const ready = () => resolve({ prepare: () => ask(undefined), search: (question) => ask(question) });
      loaded.catch(() => undefined).then((directory) => ask(undefined, directory))
        .then(ready, (error) => (error.message === "the worker failed" ? reject(error) : ready()));
    });
  }

  /** @type {Promise<Engine> | undefined} */
  let started;
  function engine() {
    started ??= startEngine().catch((error) => {
      started = undefined; // The next search tries again.
      throw error;
    });
    return started;
  }

  // ---- The interface -----------------------------------------------------------------------------------------------

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
  /** Where a result is read, with the words to mark there. @param {Result} result @param {Passage} [passage] */
  const addressOf = ({ url, words }, passage) => {
    const marks = words.length > 0 ? `?${new URLSearchParams(words.slice(0, 12).map((word) => ["mark", word]))}` : "";
    return siteRoot + url + marks + (passage?.anchor ? `#${passage.anchor}` : "");
  };
  /** @param {number} count */
  const countText = (count) => (count === 1 ? say("one") : say("many", String(count)));

  /** @type {Map<number, Intl.DateTimeFormat>} of a year, a month, a day: to make one takes longer than all else of a result */
  const dateFormats = new Map();

  /** A date in the page's language. @param {string} iso */
  function dateText(iso) {
    const precision = iso.split("-").length;
    try {
      const format = dateFormats.get(precision) ?? new Intl.DateTimeFormat(page.lang === "en" ? "en-GB" : page.lang, {
        timeZone: "UTC", year: "numeric", month: precision > 1 ? "long" : undefined, day: precision > 2 ? "numeric" : undefined,
      });
      dateFormats.set(precision, format);
      return format.format(new Date(iso));
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
    const newer = replacedBy.map(({ title }) => title).join(", ");
    if (newer) head.push(element("span", { class: "search-note" }, say("replacedBy", newer)));
    return head.flatMap((part) => [part, " "]);
  }

  /** Heading and text of a passage. @param {Passage} passage @param {Result} result */
  function passageOf({ heading, text }, { summary }) {
    const said = text.length > 0 ? text : summary;
    const parts = heading.length > 0 ? [element("strong", {}, ...marked(heading))] : [];
    return [...parts, ...(parts.length > 0 && said.length > 0 ? [" "] : []), ...marked(said)];
  }

  /** What is said above results, or instead of them. @param {Found} found @param {string} text */
  function messagesOf({ total, complaints, isPartial, nearest }, text) {
    const messages = complaints.map(({ problem, written, meant }) => {
      const said = say(problem.replace(/-(\w)/g, (_, letter) => letter.toUpperCase()), written);
      return message(said, ...(meant ? [" ", say("meaning"), " ", element("a", { href: searchPageFor(text.replace(written, meant)) }, meant)] : []));
    });
    if (isPartial) messages.push(message(say("partial")));
    if (total > 0 || text.trim() === "") return messages;
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
    const region = element("p", { class: "visually-hidden", role: "status", "data-made": "" });
    area?.append(region);
    let [newest, announcing] = [0, 0];
    /** Says how many there are to those who do not see it, once typing rests. @param {string} text */
    const announce = (text) => {
      clearTimeout(announcing);
      announcing = setTimeout(() => (region.textContent = text), 400);
    };
    const ask = async (/** @type {Question} */ question, isMore = false) => {
      const own = ++newest;
      const isAsked = () => own === newest;
      // Who waits for more of what is shown sees that.
      const waiting = isMore ? 0 : setTimeout(() => isAsked() && show([message(say("loading"))]), 200);
      try {
        const known = await engine();
        const found = isAsked() ? await known.search(question, isAsked) : undefined;
        if (!found || !isAsked()) return;
        show(messagesOf(found, question.text), found, question.text);
        announce(found.total > 0 ? countText(found.total) : say("none", question.text.trim().slice(0, 100)));
      } catch (error) {
        if (!isAsked() || isMore) return;
        if (error instanceof Error && error.message === "changed") return void ask(question);
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
    let [selected, resting] = [-1, 0];
    /** @type {string | undefined} whose results the list shows */
    let shownText;
    /** @type {string[]} where the options lead */
    let addresses = [];
    /** @type {Map<string, HTMLElement>} the options that are shown, by what they say */
    let options = new Map();

    const { ask, forget } = asker((messages, found, text) => {
      const results = (found?.total ? found.results : found?.nearest.results) ?? [];
      const all = found?.total ? element("a", { href: searchPageFor(text ?? "") }, say("all", countText(found.total))) : "";
      above.replaceChildren(...messages);
      showOptions(results);
      below.replaceChildren(...(all ? [message(all)] : []));
      addresses = results.map(placeOf);
      panel.hidden = false;
      list.hidden = results.length === 0;
      input.setAttribute("aria-expanded", String(!list.hidden));
      const isMore = found !== undefined && text === shownText;
      select(isMore ? selected : -1);
      shownText = text;
      if (found && found.total > results.length && !isMore) resting = setTimeout(() => askFor(BOX_LIMIT, true), REST_MS);
    });
    const askFor = (/** @type {number} */ limit, /** @type {boolean} */ isMore) => {
      clearTimeout(resting);
      shownText = isMore ? shownText : undefined;
      void ask({ text: input.value, chosen: new Map(), limit, withFacets: false }, isMore);
    };
    const search = () => (input.value.trim() ? askFor(BOX_FIRST, false) : close());
    const close = () => {
      clearTimeout(resting);
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
    /** A record is opened where it answers: at its heading, unless its title does. @param {Result} result */
    const placeOf = (result) => addressOf(result, result.isTitleMarked ? undefined : result.passages[0]);
    /** Most results of a letter are those of the letter before: what they say is not laid out anew. @param {Result[]} results */
    const showOptions = (results) => {
      const before = options;
      options = new Map(results.map((result) => [JSON.stringify(result), result]).map(([key, result]) => [key, before.get(key) ?? option(result)]));
      for (const [key, old] of before) if (!options.has(key)) old.remove();
      for (const [at, made] of [...options.values()].entries()) {
        made.id = `handbook-search-${at}`;
        if (list.children[at] !== made) list.insertBefore(made, list.children[at] ?? null);
      }
    };
    const option = (/** @type {Result} */ result) => {
      const [passage] = result.passages;
      const state = { role: "option", "aria-selected": "false" };
      const made = element("li", { class: "search-result", ...state }, ...headOf(result));
      const text = passage ? passageOf(passage, result) : marked(result.summary);
      if (text.length > 0) made.append(element("div", { class: "search-passage" }, ...text));
      made.addEventListener("click", ({ target, ctrlKey, metaKey }) => {
        const isPassage = passage && target instanceof Element && target.closest(".search-passage");
        open(isPassage ? addressOf(result, passage) : placeOf(result), ctrlKey || metaKey);
      });
      return made;
    };
    const select = (/** @type {number} */ at) => {
      for (const old of list.querySelectorAll('[aria-selected="true"]')) old.setAttribute("aria-selected", "false");
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
    input.addEventListener("focus", () => void engine().then((engine) => engine.prepare()).catch(() => {}));
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
    const [facets, results] = [element("div", { class: "search-facets", "data-made": "" }), element("div", { "data-made": "" })];
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
      ...(result.passages.length === 0 && result.summary.length > 0 ? [element("p", {}, ...marked(result.summary))] : []),
      ...result.passages.map((passage) =>
        element("a", { class: "search-passage", href: addressOf(result, passage) }, ...passageOf(passage, result))));
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
      void ask({ text: input.value, chosen, limit: PAGE_LIMIT, withFacets: true });
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
    document.addEventListener("handbook:changed", search);
    search();
  }

  /** Marks the words that led here, once, and brings the first of them into view. */
  function markWords() {
    const address = new URL(location.href);
    const words = new Set(address.searchParams.getAll("mark").map((word) => word.toLowerCase()));
    const content = document.getElementById("handbook-content");
    if (words.size === 0 || !content) return;
    address.searchParams.delete("mark");
    try {
      history.replaceState(null, "", address);
    } catch {
      // From disk, some browsers keep the address as it is.
    }
    const walker = document.createTreeWalker(content, NodeFilter.SHOW_TEXT);
    /** @type {Text[]} */
    const texts = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node instanceof Text && !node.parentElement?.closest("script, style, math, svg, button, .search-area")) texts.push(node);
    }
    /** @type {HTMLElement[]} */
    const marks = [];
    for (const text of texts) {
      const parts = (text.nodeValue ?? "").split(/([\p{L}\p{N}\p{M}_]+)/u);
      if (marks.length >= MARKS_MAX || !parts.some((part) => words.has(part.toLowerCase()))) continue;
      const nodes = parts.map((part) => (words.has(part.toLowerCase()) ? element("mark", { class: "search-mark" }, part) : part));
      marks.push(...nodes.filter((node) => node instanceof HTMLElement));
      text.replaceWith(...nodes);
    }
    const target = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
    const isAfter = (/** @type {HTMLElement} */ mark) =>
      !target || target.contains(mark) || (target.compareDocumentPosition(mark) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
    const first = marks.find(isAfter);
    const place = first?.getBoundingClientRect();
    // A heading that was asked for stays where it is, if the word is in view below it.
    if (first && place && (place.top < 0 || place.bottom > innerHeight)) first.scrollIntoView({ block: "center" });
  }

  const place = document.getElementById("handbook-search-page");
  shortcuts(input);
  markWords();
  if (place) searchPage(input, place);
  else searchBox(input, panel, area);
})();
