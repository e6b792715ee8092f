/**
 * What pages do beyond being read: the theme button, the two popovers, the mark in the contents, copying code.
 * Everything here adds to a page that is whole without it.
 */
(function () {
  "use strict";

  const root = document.documentElement;

  /** The theme button goes round: as the system, light, dark. */
  function themeButton() {
    const button = document.querySelector(".theme-button");
    if (!(button instanceof HTMLElement)) return;
    const themes = ["auto", "light", "dark"];

    /** @returns {string} what holds now */
    const current = () => root.dataset.theme ?? "auto";
    const label = () => {
      button.setAttribute("aria-label", button.dataset[current()] ?? "");
      button.title = button.dataset[current()] ?? "";
    };

    button.addEventListener("click", () => {
      const next = themes[(themes.indexOf(current()) + 1) % themes.length];
      if (next === "auto") delete root.dataset.theme;
      else root.dataset.theme = next;
      try {
        if (next === "auto") localStorage.removeItem("handbook-theme");
        else localStorage.setItem("handbook-theme", next);
      } catch {
        // The choice holds for this page only.
      }
      label();
    });
    label();
  }

  /** Popovers open without us; they close when a link in them is followed, or when there is room for the column. */
  function popovers() {
    const columns = [
      { element: document.getElementById("handbook-navigation"), room: "(min-width: 60rem)" },
      { element: document.getElementById("handbook-contents"), room: "(min-width: 80rem)" },
    ];
    for (const { element, room } of columns) {
      if (!element || !("hidePopover" in element)) continue;
      const close = () => {
        if (element.matches(":popover-open")) element.hidePopover();
      };
      element.addEventListener("click", (event) => {
        if (event.target instanceof Element && event.target.closest("a")) close();
      });
      matchMedia(room).addEventListener("change", close);
    }
  }

  /** The neighbour that is read stays in view when the left column is long. */
  function currentNeighbour() {
    const entries = document.querySelector(".nav-entries");
    const entry = entries?.querySelector("[aria-current]");
    if (!entries || !entry) return;
    const below = entry.getBoundingClientRect().bottom - entries.getBoundingClientRect().bottom;
    if (below > 0) entries.scrollTop += below + entries.clientHeight / 2;
  }

  /** Marks the heading that is being read in the contents. */
  function scrollSpy() {
    /** @type {Map<Element, Element>} heading to its link */
    const links = new Map();
    for (const link of document.querySelectorAll(".contents a[href^='#']")) {
      const heading = document.getElementById((link.getAttribute("href") ?? "").slice(1));
      if (heading) links.set(heading, link);
    }
    if (links.size === 0) return;

    const headings = [...links.keys()];
    const mark = () => {
      const line = window.innerHeight / 4;
      const atEnd = window.scrollY > 0 && window.innerHeight + window.scrollY >= root.scrollHeight - 2;
      const passed = headings.filter((heading) => heading.getBoundingClientRect().top <= line);
      const read = atEnd ? headings.at(-1) : passed.at(-1);
      for (const [heading, link] of links) {
        if (heading === read) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    };
    const observer = new IntersectionObserver(mark, { rootMargin: "0px 0px -75% 0px", threshold: [0, 1] });
    headings.forEach((heading) => observer.observe(heading));
    document.addEventListener("scrollend", mark);
    changed(() => {
      observer.disconnect();
      document.removeEventListener("scrollend", mark);
      scrollSpy();
    });
  }

  /** A button on each block of code that copies it. */
  function copyButtons() {
    if (!navigator.clipboard) return;
    const { copy = "Copy", copied = "Copied" } = root.dataset;
    for (const block of document.querySelectorAll(".code:not(:has(.copy))")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "copy";
      button.dataset.made = "";
      button.textContent = copy;
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(block.querySelector("code")?.textContent ?? "");
        } catch {
          return;
        }
        button.textContent = copied;
        setTimeout(() => (button.textContent = copy), 2000);
      });
      block.append(button);
    }
    changed(copyButtons);
  }

  /** While the page is being written, it changes in place: then `again` is called, once. @param {() => void} again */
  function changed(again) {
    document.addEventListener("handbook:changed", again, { once: true });
  }

  themeButton();
  popovers();
  currentNeighbour();
  scrollSpy();
  copyButtons();
})();
