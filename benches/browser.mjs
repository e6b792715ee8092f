#!/usr/bin/env node
/**
 * What a reader's browser loads and waits for when it searches, beside Pagefind and MiniSearch in the same run.
 *
 * usage: node benches/browser.mjs HANDBOOK [QUERIES]
 *
 * Builds the folder HANDBOOK with `target/release/handbook`, indexes the same site with Pagefind, and its sections with MiniSearch
 * as VitePress sets it; serves all three without compression, and asks QUERIES (100) two-word questions in headless Chromium. What
 * a host that compresses would send (gzip, level 6) is reckoned beside it. Then it types questions into the search box of a page,
 * letter by letter, on a processor slowed down four times: with the engine in the page, and in a worker, which Chromium does not slow.
 * Needs `npm install --no-save puppeteer-core pagefind minisearch` somewhere on NODE_PATH's way, and Chromium (CHROMIUM, default
 * /usr/bin/chromium); what is missing is said, and not measured. Nothing of this is part of the product.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { gzipSync } from "node:zlib";

const root = resolve(import.meta.dirname, "..");
const modules = createRequire(join(process.cwd(), "x.js"));
const [content, nQueries = "100"] = process.argv.slice(2);
if (!content) throw new Error("usage: node benches/browser.mjs HANDBOOK [QUERIES]");

/** @param {string} name */
function need(name) {
  try {
    return modules(name);
  } catch {
    console.log(`not measured: ${name} is not installed (npm install --no-save ${name})`);
    return undefined;
  }
}

const filesIn = (folder) => readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

const site = mkdtempSync(join(tmpdir(), "handbook-bench-"));
const puppeteer = need("puppeteer-core");
if (!puppeteer) process.exit(1);

const seconds = (run) => {
  const started = performance.now();
  run();
  return ((performance.now() - started) / 1000).toFixed(1);
};
const program = process.env.HANDBOOK ?? join(root, "target/release/handbook");
const built = seconds(() => execFileSync(program, ["build", "--dir", resolve(content), "--out", site, "--lenient"], { stdio: ["ignore", "ignore", "ignore"] }));
console.log(`handbook: whole site with search data in ${built} s`);

// ---- The pages' sections, for questions and for MiniSearch ---------------------------------------------------------------

const decode = (html) => html.replace(/<[^>]*>/g, " ").replace(/&(amp|lt|gt|quot|#\d+|#x[\da-f]+);/gi, " ").replace(/\s+/g, " ").trim();
const pages = filesIn(site).filter((file) => file.endsWith(".html"));
const sections = [];
for (const file of pages) {
  const html = readFileSync(file, "utf8");
  const main = /<main[^]*?<\/main>/.exec(html)?.[0] ?? "";
  if (!/class="page-record"/.test(html)) continue;
  const titles = [];
  for (const [, level, id, heading, text] of main.matchAll(/<h([1-6])(?: id="([^"]*)")?[^>]*>([^]*?)<\/h\1>([^]*?)(?=<h[1-6]|<\/main>)/g)) {
    titles.length = Number(level) - 1;
    titles[Number(level) - 1] = decode(heading);
    sections.push({ id: `${relative(site, file)}#${id ?? ""}-${sections.length}`, title: decode(heading), titles: titles.filter(Boolean).slice(0, -1), text: decode(text) });
  }
}
let seed = 7;
const below = (limit) => (seed = (seed * 1103515245 + 12345) % 2147483648) % limit;
const questions = [];
while (questions.length < Number(nQueries)) {
  const words = sections[below(sections.length)].title.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 3);
  if (words.length >= 2) questions.push(words.slice(0, 2).join(" "));
}

// ---- A host that counts ---------------------------------------------------------------------------------------------------

const NOTHING = { bytes: 0, zipped: 0, requests: 0 };
let counted = NOTHING;
const types = { ".html": "text/html", ".js": "text/javascript", ".json": "application/json", ".css": "text/css", ".wasm": "application/wasm", ".svg": "image/svg+xml" };
const host = createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
  try {
    const body = path === "/blank.html" ? Buffer.from("<!doctype html><title>x</title>") : readFileSync(join(site, path));
    const zipped = Math.min(body.length, gzipSync(body).length);
    counted = { bytes: counted.bytes + body.length, zipped: counted.zipped + zipped, requests: counted.requests + 1 };
    response.writeHead(200, { "content-type": types[/\.\w+$/.exec(path)?.[0]] ?? "application/octet-stream", "cache-control": "max-age=3600" });
    response.end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((done) => host.listen(0, "127.0.0.1", done));
const address = `http://127.0.0.1:${host.address().port}`;

// ---- The engines, each as `open` and `ask` in a page ----------------------------------------------------------------------

const engine = readdirSync(join(site, "assets")).find((name) => name.startsWith("search-engine."));
const engines = [{
  name: "handbook",
  folders: [join(site, "search")],
  open: `const worker = new Worker("/assets/${engine}"); let last = 0; const asked = new Map();
    worker.onmessage = ({ data }) => asked.get(data.id)(data);
    window.ask = (text) => new Promise((done) => { asked.set(++last, done);
      worker.postMessage({ id: last, root: location.origin + "/", question: { text, chosen: new Map(), limit: 5, withFacets: false } }); })
      .then(({ found }) => found.results.length);`,
}];
const pagefind = join(process.cwd(), "node_modules/.bin/pagefind");
if (!existsSync(pagefind)) console.log("not measured: pagefind is not installed here (npm install --no-save pagefind)");
else {
  const took = seconds(() => execFileSync(pagefind, ["--site", site], { stdio: "ignore" }));
  console.log(`Pagefind: index of the finished site in ${took} s`);
  engines.push({
    name: "Pagefind",
    folders: [join(site, "pagefind")],
    open: `window.ask = async (text) => {
      const pagefind = (window.pagefind ??= await import("/pagefind/pagefind.js"));
      const found = await pagefind.search(text);
      return (await Promise.all(found.results.slice(0, 5).map((result) => result.data()))).length; };`,
  });
}
const MiniSearch = need("minisearch");
if (MiniSearch) {
  const options = { fields: ["title", "titles", "text"], storeFields: ["title", "titles"] };
  const took = seconds(() => {
    const index = new (MiniSearch.default ?? MiniSearch)(options);
    index.addAll(sections);
    writeFileSync(join(site, "minisearch.json"), JSON.stringify(index));
  });
  writeFileSync(join(site, "minisearch.js"), readFileSync(join(modules.resolve("minisearch"), "../../umd/index.js")));
  console.log(`MiniSearch: index of the finished site in ${took} s`);
  engines.push({
    name: "MiniSearch",
    folders: [join(site, "minisearch.json")],
    open: `window.ask = async (text) => {
      if (!window.mini) {
        await new Promise((done) => { const script = document.createElement("script"); script.src = "/minisearch.js"; script.onload = done; document.head.append(script); });
        window.mini = MiniSearch.loadJSON(await (await fetch("/minisearch.json")).text(), ${JSON.stringify(options)});
      }
      return window.mini.search(text, { fuzzy: 0.2, prefix: true, boost: { title: 4, text: 2, titles: 1 } }).slice(0, 5).length; };`,
  });
}

// ---- The run --------------------------------------------------------------------------------------------------------------

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  protocolTimeout: 600000,
});
const ask = (page, text) => page.evaluate(async (text) => {
  const started = performance.now();
  const count = await window.ask(text);
  return { count, ms: performance.now() - started };
}, text);
console.log("\n| engine | cold to five results | compressed | requests | further query, median | p95 | cached, p50 | p95 | data on disk | files |\n|---|---|---|---|---|---|---|---|---|---|");
for (const { name, folders, open } of engines) {
  const cold = [];
  for (const question of questions.slice(0, 5)) {
    const page = await (await browser.createBrowserContext()).newPage();
    await page.goto(`${address}/blank.html`);
    counted = NOTHING;
    await page.evaluate(open);
    await ask(page, question);
    cold.push(counted);
    await page.close();
  }
  const page = await (await browser.createBrowserContext()).newPage();
  await page.goto(`${address}/blank.html`);
  await page.evaluate(open);
  const [further, cached] = [[], []];
  let nFound = 0;
  for (const question of questions) {
    counted = NOTHING;
    nFound += (await ask(page, question)).count > 0;
    further.push(counted.bytes);
    cached.push((await ask(page, question)).ms);
  }
  await page.close();
  const files = folders.flatMap((folder) => (statSync(folder).isDirectory() ? filesIn(folder) : [folder]));
  const size = files.reduce((sum, file) => sum + statSync(file).size, 0);
  console.log(`| ${[name, kilobytes(quantile(cold.map(({ bytes }) => bytes), 0.5)), kilobytes(quantile(cold.map(({ zipped }) => zipped), 0.5)), quantile(cold.map(({ requests }) => requests), 0.5),
    kilobytes(quantile(further.slice(1), 0.5)), kilobytes(quantile(further.slice(1), 0.95)), `${quantile(cached, 0.5).toFixed(1)} ms`,
    `${quantile(cached, 0.95).toFixed(1)} ms`, `${(size / 1e6).toFixed(1)} MB`, files.length].join(" | ")} |`);
  if (nFound < questions.length / 2) console.log(`(${name} answered only ${nFound} of ${questions.length} questions)`);
}

// ---- From a letter to the results on the screen ---------------------------------------------------------------------------

const SLOWED = 4;

/** Milliseconds for each letter of some questions. @param {boolean} isInWorker whether the engine may run in a worker */
async function typed(isInWorker) {
  const page = await (await browser.createBrowserContext()).newPage();
  if (!isInWorker) await page.evaluateOnNewDocument(() => delete window.Worker);
  await page.goto(`${address}/index.html`);
  await (await page.createCDPSession()).send("Emulation.setCPUThrottlingRate", { rate: SLOWED });
  await page.focus("#handbook-search");
  const painted = [];
  for (const question of questions.slice(0, 30)) {
    for (let length = 1; length <= question.length; length++) {
      painted.push(await page.evaluate((text) => new Promise((done) => {
        const [input, panel] = [document.getElementById("handbook-search"), document.getElementById("handbook-search-panel")];
        const started = performance.now();
        const watcher = new MutationObserver(() => {
          if (panel.querySelector(".search-message")?.textContent === panel.dataset.loading) return;
          watcher.disconnect();
          requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)));
        });
        watcher.observe(panel, { childList: true, subtree: true });
        input.value = text;
        input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      }), question.slice(0, length)));
    }
  }
  await page.close();
  return painted;
}

for (const [where, isInWorker] of [["in the page, slowed, too", false], ["in a worker, as readers have it, which is not slowed", true]]) {
  const painted = await typed(isInWorker);
  console.log(`\nhandbook: from a letter to painted results, processor slowed ${SLOWED} times, data loaded as needed, engine ${where}: p50 ${
    quantile(painted, 0.5).toFixed(0)} ms, p95 ${quantile(painted, 0.95).toFixed(0)} ms (${painted.length} letters)`);
}
await browser.close();
host.close();
rmSync(site, { recursive: true });
