/*
 * While the site is served to its author: listens for changes and shows the page anew.
 * Left out of what is published.
 */
(() => {
  "use strict";
  const root = document.documentElement.dataset.root ?? "";
  const events = new EventSource(`${root}_handbook/events`);
  let wasLost = false;
  // What was written last can not be shown: the last good page stays, with the reason above it.
  events.addEventListener("trouble", (event) => {
    document.querySelector(".trouble")?.remove();
    const reason = document.createElement("pre");
    reason.textContent = event.data;
    const notice = document.createElement("aside");
    notice.className = "trouble";
    notice.setAttribute("role", "alert");
    notice.append(reason, "This is the last good page. It follows as soon as that is mended.");
    document.body.prepend(notice);
  });
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
