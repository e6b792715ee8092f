/*
 * While the site is served to its author: listens for changes and shows the page anew.
 * Left out of what is published.
 */
(() => {
  "use strict";
  const root = document.documentElement.dataset.root ?? "";
  const events = new EventSource(`${root}_handbook/events`);
  let wasLost = false;
  events.addEventListener("message", (event) => {
    if (event.data === "reload") location.reload();
  });
  events.addEventListener("error", () => {
    wasLost = true;
  });
  // The server was started again: what it shows may be new.
  events.addEventListener("open", () => {
    if (wasLost) location.reload();
  });
})();
