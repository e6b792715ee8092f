/**
 * While the site is served to its author: listens for changes, and brings this page up to date in place, so that scroll
 * position, focus, selection, open details and the search box stay as they are. Left out of what is published.
 *
 * `handbook:changed` is dispatched on the document after each change: scripts that add to a page do so again, and search
 * forgets what it knows.
 */
(() => {
  "use strict";
  const root = document.documentElement.dataset.root ?? "";
  /** The parts of a page that follow; the search box beside them is the author's. */
  const PARTS = [".brand", ".frame", ".site-footer"];
  /** Attributes that scripts and browsers set; what the page says of them holds for a new page only. */
  const KEPT_ATTRIBUTES = new Set(["open", "hidden", "aria-current", "aria-expanded"]);
  /** Elements that are marked when something in them changed. */
  const BLOCKS = "p, li, h1, h2, h3, h4, h5, h6, pre, tr, dt, dd, blockquote, figure, svg";
  /** Nodes that are looked through for the one that a node has become. */
  const REACH = 200;

  /** Milliseconds until a page that is not known yet is asked for again, should nothing be told. */
  const AGAIN = 1000;

  const LAST_GOOD = "This is the last good page. It follows as soon as that is mended. ";

  // ---- What the server says ----------------------------------------------------------------------------------------

  /** @type {EventSource | undefined} */
  let events;
  let wasLost = false;

  function listen() {
    events = new EventSource(`${root}_handbook/events`);
    // What was written last can not be shown: the last good page stays, with the reason above it.
    events.addEventListener("trouble", (event) => {
      const reason = document.createElement("pre");
      reason.textContent = event.data;
      overlay(LAST_GOOD, reason);
    });
    events.addEventListener("message", follow);
    events.addEventListener("read", (event) => tellProgress(event.data));
    events.addEventListener("token", (event) => offerEditor(event.data));
    events.addEventListener("error", () => (wasLost = true));
    events.addEventListener("open", () => {
      // The server was started again, or this page was not looked at, or it was made before all was read: there may be more.
      if (wasLost || unread()) void follow();
      wasLost = false;
    });
  }

  // A browser has few connections for one host: pages that nobody sees give theirs back.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      events?.close();
      events = undefined;
      wasLost = true;
    } else if (!events) {
      listen();
    }
  });

  // ---- What is done about it ---------------------------------------------------------------------------------------

  let asked = 0;

  /** Fetches this page and takes over what is different. */
  async function follow() {
    const own = ++asked;
    let answer;
    let page;
    try {
      answer = await fetch(location.href.split("#")[0], { cache: "no-store", headers: { Accept: "text/html" } });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      return; // The server is away; the events begin anew when it is back.
    }
    if (own !== asked) return;
    if (page.querySelector(".unread")) {
      // Not all records are read. The server tells when they are; a page that was whole stays until then.
      setTimeout(follow, AGAIN);
      if (!unread()) return;
    }
    // The record has another name now.
    if (answer.redirected) return location.replace(answer.url + location.hash);
    if (page.body?.className !== document.body.className || scripts(page) !== scripts(document)) return location.reload();
    const errors = page.querySelectorAll(".problem-error");
    if (errors.length > 0 && document.querySelector(".frame .problem-error") === null) {
      return void overlay(LAST_GOOD, ...[...errors].map((error) => document.importNode(error, true)));
    }
    document.querySelector(".trouble")?.remove();
    await restyle(page);
    document.title = page.title;
    for (const mark of document.querySelectorAll("mark.search-mark")) {
      mark.replaceWith(...mark.childNodes);
    }
    for (const part of PARTS) {
      const [old, now] = [document.querySelector(part), page.querySelector(part)];
      if (old && now) {
        old.normalize();
        become(old, now);
      }
    }
    document.dispatchEvent(new CustomEvent("handbook:changed"));
  }

  /** What says that this page was made before all records were read. */
  function unread() {
    const notice = document.querySelector(".unread");
    return notice instanceof HTMLElement ? notice : undefined;
  }

  /** Shows how far reading is. @param {string} counts records that are read, and all of them */
  function tellProgress(counts) {
    const notice = unread();
    const [words, bar] = [notice?.querySelector("span"), notice?.querySelector("progress")];
    if (!notice || !words || !bar) return;
    const [read, all] = counts.split(" ");
    words.textContent = (notice.dataset.words ?? "").replace("{}", read).replace("{}", all);
    [bar.max, bar.value] = [Number(all), Number(read)];
  }

  /** Shows reasons above the page, and what follows from them. @param {string} words @param {Node[]} reasons */
  function overlay(words, ...reasons) {
    document.querySelector(".trouble")?.remove();
    const notice = document.createElement("aside");
    notice.className = "trouble";
    notice.setAttribute("role", "alert");
    const all = document.createElement("a");
    all.href = `${root}problems.html`;
    all.textContent = "All problems";
    const rest = document.createElement("p");
    rest.append(words, all);
    notice.append(...reasons, ...(words ? [rest] : []));
    document.body.prepend(notice);
    return notice;
  }

  /** The scripts of a page, and what they are told. @param {Document} page */
  function scripts(page) {
    const sources = [...page.querySelectorAll("script[src]")].map((script) => script.getAttribute("src"));
    return JSON.stringify([sources.filter((source) => !source?.includes("search-engine")), page.documentElement.dataset.engine]);
  }

  /** Takes over the style sheets; the old ones go when the new ones are there. @param {Document} page */
  async function restyle(page) {
    const links = (/** @type {Document} */ of) => [...of.querySelectorAll("link[rel=stylesheet]")];
    const addresses = new Set(links(page).map((link) => link.getAttribute("href")));
    const outdated = links(document).filter((link) => !addresses.delete(link.getAttribute("href")));
    const loaded = [...addresses].map((address) => new Promise((resolve) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = address ?? "";
      link.addEventListener("load", resolve);
      link.addEventListener("error", resolve);
      document.head.append(link);
    }));
    await Promise.all(loaded);
    outdated.forEach((link) => link.remove());
  }

  // ---- The author's editor -----------------------------------------------------------------------------------------

  /** A button, and the key `e`, that open the section which is being read. @param {string} token */
  function offerEditor(token) {
    if (!document.body.classList.contains("page-record")) return;
    document.querySelector(".live-edit")?.remove();
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button live-edit";
    button.dataset.made = "";
    button.textContent = "Edit";
    button.title = "Open this section in your editor (e)";
    button.addEventListener("click", () => void edit(token));
    document.body.append(button);
  }

  document.addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey, target }) => {
    const isTyping = target instanceof HTMLElement && (target.isContentEditable || target.matches("input, textarea, select"));
    if (key !== "e" || ctrlKey || metaKey || altKey || isTyping) return;
    const button = document.querySelector(".live-edit");
    if (button instanceof HTMLButtonElement) button.click();
  });

  /** @param {string} token */
  async function edit(token) {
    const line = window.innerHeight / 4;
    const read = [...document.querySelectorAll("main :is(h2, h3, h4, h5, h6)[id]")].filter((heading) => heading.getBoundingClientRect().top <= line).at(-1);
    const site = new URL(root || "./", location.href).pathname;
    const asked = new URLSearchParams({ page: location.pathname.slice(site.length - 1) });
    if (read) asked.set("section", read.id);
    // A space is `%20` in a path; `+` is itself.
    const query = asked.toString().replaceAll("+", "%20");
    const answer = await fetch(`${root}_handbook/edit?${query}`, { method: "POST", headers: { "X-Handbook-Token": token } });
    if (answer.ok) return;
    const reason = document.createElement("p");
    reason.textContent = await answer.text();
    const notice = overlay("", reason);
    setTimeout(() => notice.remove(), 10_000);
  }

  // ---- One tree to another -----------------------------------------------------------------------------------------

  /** Makes `old` what `now` is, leaving alone what is the same in both. @param {Element} old @param {Element} now */
  function become(old, now) {
    for (const { name } of [...old.attributes]) {
      if (!now.hasAttribute(name) && !KEPT_ATTRIBUTES.has(name)) old.removeAttribute(name);
    }
    for (const { name, value } of now.attributes) {
      if (old.getAttribute(name) !== value && !KEPT_ATTRIBUTES.has(name)) old.setAttribute(name, value);
    }
    /** @type {ChildNode | null} */
    let next = own(old.firstChild);
    const children = [...now.childNodes];
    for (const [place, child] of children.entries()) {
      const same = find(next, (node) => node.isEqualNode(child));
      if (same) {
        while (next && next !== same) next = removed(next);
        next = own(same.nextSibling);
      } else if (next && isAlike(next, child) && !stays(next, children, place)) {
        if (next instanceof Element && child instanceof Element) become(next, child);
        else if (next.nodeValue !== child.nodeValue) {
          next.nodeValue = child.nodeValue;
          show(next.parentElement);
        }
        next = own(next.nextSibling);
      } else {
        const made = document.importNode(child, true);
        if (next) next.before(made);
        else old.append(made);
        if (made.nodeType !== Node.TEXT_NODE || made.nodeValue?.trim()) show(made);
      }
    }
    while (next) next = removed(next);
  }

  /** The first node from `node` on that is as is wished for. @param {ChildNode | null} node @param {(node: Node) => boolean} isWished */
  function find(node, isWished) {
    for (let steps = 0; node && steps < REACH; steps++, node = own(node.nextSibling)) if (isWished(node)) return node;
    return undefined;
  }

  /** Whether a node is still there, further down. @param {Node} old @param {Node[]} children @param {number} place */
  function stays(old, children, place) {
    return children.slice(place + 1, place + REACH).some((child) => child.isEqualNode(old));
  }

  /** `node`, or the next one that is not a script's doing. @param {ChildNode | null} node */
  function own(node) {
    while (node instanceof Element && node.matches("[data-made]")) node = node.nextSibling;
    return node;
  }

  /** Removes a node, and gives the next. @param {ChildNode} node */
  function removed(node) {
    const next = own(node.nextSibling);
    node.remove();
    return next;
  }

  /** Whether one can become the other. @param {Node} old @param {Node} now */
  function isAlike(old, now) {
    return old.nodeName === now.nodeName && (!(old instanceof Element && now instanceof Element) || old.id === now.id);
  }

  /** Marks what changed for a moment. @param {Node | null} node */
  function show(node) {
    const element = node instanceof Element ? node : node?.parentElement;
    const block = element?.closest(BLOCKS);
    if (!block?.closest("main")) return;
    block.classList.add("changed");
    block.addEventListener("animationend", () => block.classList.remove("changed"), { once: true });
  }

  listen();
})();
