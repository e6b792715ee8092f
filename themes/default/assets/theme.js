// Runs before the page is painted: the colours that the reader chose, else the style sheet follows the system.
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");
  try {
    var theme = localStorage.getItem("handbook-theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage is closed to us (private window, file://): follow the system.
  }
})();
