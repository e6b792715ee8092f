#!/usr/bin/env node
/**
 * How soon an author sees what was saved: `handbook serve` on a copy of a handbook, in headless Chromium, and peers in the same run.
 *
 * usage: node benches/watch.mjs HANDBOOK [--edits N] [--minutes N] [--bound SECONDS]
 *
 * Tells: start to the first page in the browser, and to the whole one, without and with a cache; save to changed page over N (100)
 * edits of a record whose page is open, p50 and p95; saved word found in the search box; memory of the server. With --minutes the
 * record is then edited once a second for so long, and the memory told each minute. Nothing is waited for longer than the bound
 * (120 s); what takes longer is told as such.
 *
 * Peers follow the same edits of the same files, each as far as it is there: `hugo server` (/usr/bin/hugo) with a theme that only
 * prints the text, and `vitepress dev` (`npm install --no-save vitepress`). PEERS=no leaves them out. Needs
 * `npm install --no-save puppeteer-core` in the current folder, and Chromium (CHROMIUM, default /usr/bin/chromium). Nothing of this
 * is part of the product.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";

const root = resolve(import.meta.dirname, "..");
const { values: given, positionals: [content] } = parseArgs({
  allowPositionals: true,
  options: { edits: { type: "string", default: "100" }, minutes: { type: "string", default: "0" }, bound: { type: "string", default: "120" } },
});
if (!content) throw new Error("usage: node benches/watch.mjs HANDBOOK [--edits N] [--minutes N] [--bound SECONDS]");
const [nEdits, nMinutes, bound] = [Number(given.edits), Number(given.minutes), Number(given.bound) * 1000];
const here = createRequire(join(process.cwd(), "x.js"));
const puppeteer = here("puppeteer-core");
const program = process.env.HANDBOOK ?? join(root, "target/release/handbook");
const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;
const late = `not within ${bound / 1000} s, which was the bound`;

const work = mkdtempSync(join(tmpdir(), "handbook-watch-"));
const copy = join(work, "content");
cpSync(resolve(content), copy, { recursive: true, filter: (path) => !/[\\/](\.handbook|public|\.git)$/.test(path) });
const records = readdirSync(copy, { recursive: true }).filter((path) => path.endsWith(".md") && !/readme|index/i.test(path)).sort();
const edited = records[Math.min(500, records.length - 1)];
const original = readFileSync(join(copy, edited), "utf8");
const stem = edited.replace(/\.md$/, "").toLowerCase();
const mark = `aardvark${Date.now()}`;
const save = (words) => writeFileSync(join(copy, edited), `${original}\n\nHere is ${mark}. ${words}\n`);

/** Starts a server, and opens the page of the record that is edited, at `path`, in `page`; gives the time until its text is there. */
async function open(page, { command, options, port, path }) {
  save("");
  const started = performance.now();
  const server = spawn(command, options, { stdio: "ignore" });
  while (performance.now() - started < bound) {
    if (server.exitCode !== null) throw new Error(`${command} ended with status ${server.exitCode}`);
    const shown = await page.goto(`http://127.0.0.1:${port}${path}`, { waitUntil: "domcontentloaded", timeout: bound }).catch(() => undefined);
    // A page that is made in the browser, or while somebody waits, comes by itself; one that is not there has to be asked for again.
    const limit = shown && shown.status() !== 404 ? Math.max(1, started + bound - performance.now()) : 50;
    const has = (words) => document.body?.textContent.includes(words);
    if (shown && (await page.waitForFunction(has, { polling: 5, timeout: limit }, mark).then(() => true, () => false))) {
      return { server, ms: performance.now() - started, started };
    }
    await sleep(5);
  }
  return { server };
}

const memory = (server) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]) / 1024;

async function end(server) {
  const ended = new Promise((done) => server.once("exit", done));
  server.kill();
  await Promise.race([ended, sleep(5000).then(() => server.kill("SIGKILL"))]);
}

/** Saves small changes, one after the other, with a `pause` in milliseconds between them; tells how long each took to be in the page,
 * up to the first that was not. */
async function follow(page, edits, pause = 50) {
  await page.bringToFront();
  const took = [];
  for (let edit = 0; edit < edits; edit++) {
    const word = `zebra${edit}x`;
    const seen = page.evaluate((word, bound) => new Promise((done) => {
      const look = () => document.body.textContent.includes(word) && done(performance.timeOrigin + performance.now());
      new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
      setTimeout(done, bound);
    }), word, bound).catch(async (error) => {
      // The page was loaded anew.
      if (!/context|navigat/i.test(error.message)) throw error;
      const found = page.waitForFunction((word) => document.body?.textContent.includes(word), { polling: 5, timeout: bound }, word);
      return found.then(() => Date.now(), () => undefined);
    });
    await sleep(pause + (edit % 7) * 30);
    const saved = performance.timeOrigin + performance.now();
    save(`The word of this edit is ${word}.`);
    const at = await seen;
    if (!at) break;
    took.push(at - saved);
  }
  return took;
}

function show(name, took, edits) {
  if (took.length < edits) console.log(`${name}: edit ${took.length + 1} was in the page ${late}`);
  if (took.length === 0) return;
  const figures = [["p50", quantile(took, 0.5)], ["p95", quantile(took, 0.95)], ["worst", Math.max(...took)]];
  console.log(`${name}: save to changed page ${figures.map(([label, ms]) => `${label} ${ms.toFixed(0)} ms`).join(", ")}, ${took.length} edits`);
}

/** The saved word in the search box. */
async function find(page) {
  const word = `quagga${Date.now()}`;
  await page.click("#handbook-search");
  await sleep(10_000);
  const saved = performance.now();
  save(`Now it is ${word}.`);
  await page.waitForFunction((word) => document.body.textContent.includes(word), { timeout: bound }, word);
  await page.evaluate(() => (document.querySelector("#handbook-search").value = ""));
  await page.type("#handbook-search", word);
  await page.waitForSelector("#handbook-search-panel [role=option]", { timeout: bound });
  console.log(`handbook: saved word found by the search box after ${(performance.now() - saved).toFixed(0)} ms`);
}

/** One edit a second, and the memory each minute. */
async function endure(name, server) {
  for (let minute = 1; minute <= nMinutes; minute++) {
    for (const until = performance.now() + 60_000; performance.now() < until; await sleep(1000)) save(`It is ${new Date().toISOString()}.`);
    console.log(`${name}: memory ${memory(server).toFixed(0)} MiB after ${minute} min of an edit a second`);
  }
}

/** How each peer is started, of those that are there; what it needs besides the content is made in `site`. */
function peers() {
  const peers = [];
  if (existsSync("/usr/bin/hugo")) {
    const site = join(work, "hugo");
    mkdirSync(join(site, "layouts/_default"), { recursive: true });
    writeFileSync(join(site, "hugo.toml"), 'baseURL = "/"\ntitle = "Peer"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap"]\n');
    const layout = "<!DOCTYPE html><html><head><title>{{ .Title }}</title></head><body>{{ .Content }}</body></html>";
    for (const name of ["single", "list"]) writeFileSync(join(site, `layouts/_default/${name}.html`), layout);
    const options = ["server", "--source", site, "--contentDir", copy, "--port", "4777", "--bind", "127.0.0.1", "--watch"];
    peers.push({ name: "hugo server", command: "/usr/bin/hugo", options, port: 4777, path: `/${stem}/` });
  } else {
    console.log("not measured: hugo is not installed");
  }
  try {
    const vitepress = join(dirname(here.resolve("vitepress/package.json")), "bin/vitepress.js");
    const site = join(work, "vitepress");
    mkdirSync(join(site, ".vitepress"), { recursive: true });
    // Text between brackets is HTML and Vue to it: in a page without either, there is nothing to escape.
    writeFileSync(join(site, ".vitepress/config.mjs"), `export default { title: "Peer", srcDir: ${JSON.stringify(copy)}, ignoreDeadLinks: true, markdown: { html: false } };\n`);
    const options = [vitepress, "dev", site, "--port", "4776", "--host", "127.0.0.1", "--strictPort"];
    peers.push({ name: "vitepress dev", command: process.execPath, options, port: 4776, path: `/${stem}.html` });
  } catch {
    console.log("not measured: vitepress is not installed");
  }
  return peers;
}

const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"], protocolTimeout: bound + 60_000 });
let running;
try {
  console.log(`${records.length} records; nothing is waited for longer than ${bound / 1000} s`);
  for (const cache of ["without cache", "with cache"]) {
    const page = await browser.newPage();
    const serve = { command: program, options: ["serve", copy, "--port", "4775"], port: 4775, path: `/${stem}.html` };
    const { server, ms, started } = await open(page, serve);
    running = server;
    await page.waitForFunction(() => document.body && !document.querySelector(".unread, .page-waiting"), { polling: 5, timeout: bound });
    console.log(`handbook, ${cache}: start to first page ${ms ? seconds(ms) : late}, to the whole one ${seconds(performance.now() - started)}`);
    if (cache === "without cache") {
      await sleep(2000);
    } else {
      const before = memory(server);
      show("handbook", await follow(page, nEdits), nEdits);
      await sleep(2000);
      await find(page);
      console.log(`handbook: memory ${before.toFixed(0)} MiB at start, ${memory(server).toFixed(0)} MiB after the edits and a search`);
      await endure("handbook", server);
    }
    await page.close();
    await end(server);
  }
  for (const peer of process.env.PEERS === "no" ? [] : peers()) {
    const page = await browser.newPage();
    const { server, ms } = await open(page, peer);
    running = server;
    console.log(`${peer.name}: start to first page ${ms ? seconds(ms) : late}`);
    // Where one takes long, three tell as much as a hundred.
    const edits = Math.min(nEdits, peer.name.startsWith("hugo") ? 3 : 30);
    // A page that was loaded anew needs a moment to listen again.
    if (ms) show(peer.name, await follow(page, edits, 1500), edits);
    console.log(`${peer.name}: memory ${memory(server).toFixed(0)} MiB`);
    await page.close();
    await end(server);
  }
} finally {
  running?.kill();
  await browser.close();
  rmSync(work, { recursive: true, force: true });
}
