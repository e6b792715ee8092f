/**
 * Where the engine runs: in a worker where one is allowed, else in the page. Two files are made of this
 * and all that it imports: see `src/render/bundle.rs`.
 *
 * In a worker it answers messages `{ id, root, question, directory }` with `{ id, found }` or `{ id, error }`; the directory is
 * the file of that name, if the page has loaded it while the worker was. Nothing is found for a question that a newer one has overtaken. In a page it leaves `handbookEngine(root)`, which gives
 * the same `search`.
 *
 * @import { Found, Question } from "./engine.js"
 * @import { Directory } from "./store.js"
 */
import { find } from "./engine.js";
import { Store } from "./store.js";

const SECONDS_MAX = 20;

/** @param {string} root address of the site, ends with `/` */
function engineAt(root) {
  /** @type {Promise<Store> | undefined} */
  let store;
  const isFromDisk = root.startsWith("file:");
  const content = async (/** @type {string} */ name, /** @type {boolean} */ isFresh) => {
    const address = `${root}search/${name}.js`;
    const own = name.slice(name.lastIndexOf("/") + 1);
    const bytes = isFromDisk ? await (await import("./from-disk.js")).fromScript(address) : quoted(await fromServer(address, isFresh), own);
    return own.startsWith("t") ? bytes : inflated(bytes);
  };
  /** @param {Uint8Array<ArrayBuffer>} [file] */
  const open = async (file) => {
    const bytes = file ? await inflated(quoted(file, "directory")) : await content("directory", true);
    return new Store(/** @type {Directory} */ (JSON.parse(decode(bytes))), (name) => content(name, false), decode);
  };
  /** @param {Uint8Array<ArrayBuffer>} [directory] */
  const prepare = (directory) => {
    store ??= open(directory).catch((error) => {
      store = undefined; // The next search tries again.
      throw error;
    });
    return store;
  };
  /** @param {Question} question @param {() => boolean} isAsked @returns {Promise<Found | undefined>} */
  const search = async (question, isAsked) => {
    const known = await prepare();
    const found = await attempt(known, question, isAsked);
    if ((found && !found.isPartial) || !isAsked()) return found;
    // The site may have been built anew since: then its files have other names.
    const fresh = await open();
    if (fresh.directory.folder === known.directory.folder && found) return found;
    store = Promise.resolve(fresh);
    return find(fresh, question, today(), isAsked);
  };
  return { prepare, search };
}

/** @param {Store} store @param {Question} question @param {() => boolean} isAsked */
const attempt = (store, question, isAsked) => find(store, question, today(), isAsked).catch(() => undefined);

function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** @param {string | Uint8Array} bytes */
const decode = (bytes) => (typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes));

/** Without a blob and a response between, which take five times as long. @param {Uint8Array<ArrayBuffer>} deflated */
async function inflated(deflated) {
  const { readable, writable } = new DecompressionStream("deflate-raw");
  const writer = writable.getWriter();
  const written = Promise.all([writer.write(deflated), writer.close()]);
  written.catch(() => undefined); // The reader fails, too, and says so.
  /** @type {Uint8Array[]} */
  const pieces = [];
  const reader = readable.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
  }
  if (pieces.length === 1) return pieces[0];
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  for (let at = 0, begin = 0; at < pieces.length; begin += pieces[at++].length) all.set(pieces[at], begin);
  return all;
}

/** @param {string} address @param {boolean} isFresh */
async function fromServer(address, isFresh) {
  const reply = await fetch(address, { cache: isFresh ? "no-cache" : "default", signal: AbortSignal.timeout(SECONDS_MAX * 1000) });
  if (!reply.ok) throw new Error(`no search data in ${address}`);
  return new Uint8Array(await reply.arrayBuffer());
}

/** What stands in quotes in a file: see `src/index/browser/text.rs`. @param {Uint8Array} file @param {string} name */
function quoted(file, name) {
  const [begin, end] = [`handbookSearch("${name}","`, '");\n'];
  const stop = file.length - end.length;
  if (decode(file.subarray(0, begin.length)) !== begin || decode(file.subarray(stop)) !== end) throw new Error(`${name} is no search data`);
  const content = new Uint8Array(stop - begin.length);
  let length = 0;
  for (let at = begin.length; at < stop; at++) {
    const isEscaped = file[at] === BACKSLASH;
    if (isEscaped) at++;
    content[length++] = (isEscaped && ESCAPES.get(file[at])) || file[at];
  }
  return content.subarray(0, length);
}

const BACKSLASH = 0x5c;
/** `\n` and `\r`, by their letter. */
const ESCAPES = new Map([[0x6e, 0x0a], [0x72, 0x0d]]);

if (typeof document === "undefined") {
  /** @type {Map<string, ReturnType<typeof engineAt>>} */
  const engines = new Map();
  let newest = 0;
  self.addEventListener("message", async ({ data: { id, root, question, directory } }) => {
    const engine = engines.get(root) ?? engineAt(root);
    engines.set(root, engine);
    if (question) newest = id;
    try {
      if (!question) await engine.prepare(directory && new Uint8Array(directory));
      self.postMessage({ id, found: question && (await engine.search(question, () => id === newest)) });
    } catch (error) {
      self.postMessage({ id, error: String(error) });
    }
  });
} else {
  Object.assign(window, { handbookEngine: engineAt });
}
