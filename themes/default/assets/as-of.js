/**
 * What was in force on a day: a field and a slider over the rows of a log. Each row says from when until when it held; the
 * address keeps the day. Without this script the log shows all rows and says what is in force today.
 */
(function () {
  "use strict";

  const DAY = 24 * 60 * 60 * 1000;
  const form = document.querySelector("form.as-of");
  const table = document.querySelector("table.log");
  if (!(form instanceof HTMLFormElement) || !(table instanceof HTMLTableElement)) return;
  const date = form.querySelector("input[type='date']");
  const range = form.querySelector("input[type='range']");
  const output = form.querySelector("output");
  const all = form.querySelector("button");
  if (!(date instanceof HTMLInputElement) || !(range instanceof HTMLInputElement) || !output || !all) return;

  const { today = "", first = "", count = "" } = form.dataset;
  const rows = [...table.tBodies[0].rows];
  const begin = Date.parse(first);
  const nDays = Math.max(1, Math.round((Date.parse(today) - begin) / DAY));

  /** @param {string} day @returns {boolean} whether it is a whole day, written as the field writes it */
  const isDay = (day) => /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day));

  /**
   * The same answer as `Tenure::on` gives. Days compare as texts.
   * @param {HTMLTableRowElement} row
   * @param {string} day
   * @returns {"yes" | "no" | "unknown"}
   */
  function held(row, day) {
    const { from, until, never, over } = row.dataset;
    if (never !== undefined || (from && day < from) || (until && day >= until)) return "no";
    if (over !== undefined && !until) return day >= today ? "no" : "unknown";
    if (from) return "yes";
    return over === undefined && day >= today ? "yes" : "unknown";
  }

  /** @param {string | null} day all rows, when there is none */
  function show(day) {
    const counts = { yes: 0, no: 0, unknown: 0 };
    for (const row of rows) {
      const answer = day ? held(row, day) : "yes";
      counts[answer] += 1;
      row.hidden = answer === "no";
      row.classList.toggle("uncertain", answer === "unknown");
    }
    const words = [counts.yes, rows.length, day, counts.unknown].map(String);
    output.textContent = day ? count.replace(/\{\}/g, () => words.shift() ?? "") : "";
    if (day) {
      date.value = day;
      range.value = String(Math.round((Date.parse(day) - begin) / DAY));
    }
  }

  /** @param {string | null} day */
  function keep(day) {
    const address = new URL(location.href);
    if (day) address.searchParams.set("as-of", day);
    else address.searchParams.delete("as-of");
    history.replaceState(null, "", address);
    show(day);
  }

  form.hidden = false;
  date.min = first;
  range.max = String(nDays);
  range.value = range.max;
  date.addEventListener("input", () => isDay(date.value) && keep(date.value));
  range.addEventListener("input", () => keep(new Date(begin + Number(range.value) * DAY).toISOString().slice(0, 10)));
  all.addEventListener("click", () => keep(null));
  form.addEventListener("submit", (event) => event.preventDefault());
  const asked = new URL(location.href).searchParams.get("as-of");
  if (asked && isDay(asked)) show(asked);
})();
