#!/usr/bin/env node
/**
 * How soon an author sees what was saved: `handbook serve` on a copy of a handbook, in headless Chromium.
 *
 * usage: node benches/watch.mjs HANDBOOK [EDITS]
 *
 * Starts the server without and with a cache, saves EDITS (100) small changes to a record whose page is open, and tells: start to
 * the first page; save to changed page, p50 and p95; saved word found in the search box; memory of the server before and after.
 * Where `hugo` is installed, `hugo server` follows the same edits of the same files, with a theme that only prints the text, in the
 * same run. Needs `npm install --no-save puppeteer-core` somewhere on NODE_PATH's way, and Chromium (CHROMIUM, default
 * /usr/bin/chromium). Nothing of this is part of the product.
 */
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const [content, nEdits = "100"] = process.argv.slice(2);
if (!content) throw new Error("usage: node benches/watch.mjs HANDBOOK [EDITS]");
const puppeteer = createRequire(join(process.cwd(), "x.js"))("puppeteer-core");
const program = process.env.HANDBOOK ?? join(root, "target/release/handbook");
const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const work = mkdtempSync(join(tmpdir(), "handbook-watch-"));
const copy = join(work, "content");
cpSync(resolve(content), copy, { recursive: true, filter: (path) => !/[\\/](\.handbook|public)$/.test(path) });
const edited = readdirSync(copy, { recursive: true }).filter((path) => path.endsWith(".md") && !/readme|index/i.test(path)).sort()[500 % 2000] ?? "README.md";
const original = readFileSync(join(copy, edited), "utf8");

/** Starts a server, and waits until it has answered with a page. */
async function start(command, options, address) {
  const started = performance.now();
  const server = spawn(command, options, { stdio: ["ignore", "pipe", "ignore"] });
  let said = "";
  server.stdout.on("data", (text) => (said += text));
  for (let base = address; ; await sleep(5)) {
    base ??= /http:\/\/127\.0\.0\.1:\d+\//.exec(said)?.[0];
    if (server.exitCode !== null) throw new Error(`${command} ended`);
    const answer = base && (await fetch(base).then((answer) => answer.text()).catch(() => undefined));
    if (answer) return { server, base, ms: performance.now() - started };
  }
}

const memory = (server) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]) / 1024;

/** Saves small changes, one after the other; tells how long each took to be in the page. */
async function follow(browser, url, edits = Number(nEdits)) {
  const page = await browser.newPage();
  await page.goto(url, { waitUntil: "load" });
  await page.bringToFront();
  const took = [];
  for (let edit = 0; edit < edits; edit++) {
    const word = `zebra${edit}x`;
    const seen = page.evaluate((word) => new Promise((done, fail) => {
      const look = () => document.body.textContent.includes(word) && done(performance.timeOrigin + performance.now());
      new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true, characterData: true });
      setTimeout(() => fail(new Error("not seen")), 60_000);
    }), word).catch(async (error) => {
      // The page was loaded anew.
      if (!/context|navigat/i.test(error.message)) throw error;
      await page.waitForFunction((word) => document.body?.textContent.includes(word), { polling: 5, timeout: 60_000 }, word);
      return Date.now();
    });
    await sleep(50 + (edit % 7) * 30);
    const saved = performance.timeOrigin + performance.now();
    writeFileSync(join(copy, edited), `${original}\n\nThe word of this edit is ${word}.\n`);
    took.push((await seen) - saved);
  }
  return { page, took };
}

const show = (name, took) => console.log(`${name}: save to changed page p50 ${quantile(took, 0.5).toFixed(0)} ms, p95 ${quantile(took, 0.95).toFixed(0)} ms, worst ${Math.max(...took).toFixed(0)} ms, ${took.length} edits`);
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-dev-shm-usage"], protocolTimeout: 300_000 });
try {
  for (const cache of ["without cache", "with cache"]) {
    const { server, base, ms } = await start(program, ["serve", copy, "--port", "0"]);
    console.log(`handbook, ${cache}: start to first page ${(ms / 1000).toFixed(2)} s`);
    if (cache === "without cache") {
      await sleep(2000);
      server.kill();
      continue;
    }
    const before = memory(server);
    const url = base + edited.replace(/\.md$/, ".html").toLowerCase();
    const { page, took } = await follow(browser, url);
    show("handbook", took);
    await sleep(2000);
    const word = `quagga${Date.now()}`;
    await page.click("#handbook-search");
    await sleep(10_000);
    const saved = performance.now();
    writeFileSync(join(copy, edited), `${original}\n\nNow it is ${word}.\n`);
    await page.waitForFunction((word) => document.body.textContent.includes(word), { timeout: 60_000 }, word);
    await page.evaluate(() => (document.querySelector("#handbook-search").value = ""));
    await page.type("#handbook-search", word);
    await page.waitForSelector("#handbook-search-panel [role=option]", { timeout: 60_000 });
    console.log(`handbook: saved word found by the search box after ${(performance.now() - saved).toFixed(0)} ms`);
    console.log(`handbook: memory ${before.toFixed(0)} MiB at start, ${memory(server).toFixed(0)} MiB after the edits and a search`);
    await page.close();
    server.kill();
  }
  if (process.env.HUGO !== "no" && existsSync("/usr/bin/hugo")) {
    const site = join(work, "hugo");
    mkdirSync(join(site, "layouts/_default"), { recursive: true });
    writeFileSync(join(site, "hugo.toml"), 'baseURL = "/"\ntitle = "Peer"\ndisableKinds = ["taxonomy", "term", "RSS", "sitemap"]\n');
    for (const layout of ["single", "list"]) writeFileSync(join(site, `layouts/_default/${layout}.html`), "<!DOCTYPE html><html><head><title>{{ .Title }}</title></head><body>{{ .Content }}</body></html>");
    const { server, base, ms } = await start("/usr/bin/hugo", ["server", "--source", site, "--contentDir", copy, "--port", "4777", "--bind", "127.0.0.1", "--watch"], "http://127.0.0.1:4777/");
    console.log(`hugo server: start to first page ${(ms / 1000).toFixed(2)} s`);
    const { took } = await follow(browser, base + edited.replace(/\.md$/, "/").toLowerCase(), 3).catch((error) => ({ took: [], error }));
    if (took.length > 0) show("hugo server", took);
    else console.log("hugo server: what was saved was not in the page within 60 s");
    console.log(`hugo server: memory ${memory(server).toFixed(0)} MiB`);
    server.kill();
  } else {
    console.log("not measured: hugo is not installed");
  }
} finally {
  writeFileSync(join(copy, edited), original);
  await browser.close();
  rmSync(work, { recursive: true, force: true });
}
