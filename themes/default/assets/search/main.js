/**
 * Where the engine runs: in a worker where one is allowed, else in the page. One file is made of this and all that it imports.
 *
 * In a worker it answers messages `{ id, root, question }` with `{ id, found }` or `{ id, error }`. In a page it leaves
 * `handbookEngine(root)`, which gives the same `search`; from disk, files come as scripts that call `handbookSearch`.
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
    const text = isFromDisk ? await fromScript(address) : await fromServer(address, isFresh);
    return inflated(text);
  };
  const open = async () => {
    const { folder, ...rest } = JSON.parse(decode(await content("directory", true)));
    return new Store(/** @type {Directory} */ ({ folder, ...rest }), (name) => content(name, false), decode);
  };
  const prepare = () => {
    store ??= open().catch((error) => {
      store = undefined; // The next search tries again.
      throw error;
    });
    return store;
  };
  /** @param {Question} question @returns {Promise<Found>} */
  const search = async (question) => {
    const known = await prepare();
    const found = await attempt(known, question);
    if (found && !found.isPartial) return found;
    // The site may have been built anew since: then its files have other names.
    const fresh = await open();
    if (fresh.directory.folder === known.directory.folder && found) return found;
    store = Promise.resolve(fresh);
    return find(fresh, question, today());
  };
  return { prepare, search };
}

/** @param {Store} store @param {Question} question */
const attempt = (store, question) => find(store, question, today()).catch(() => undefined);

function today() {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** @param {string | Uint8Array} bytes */
const decode = (bytes) => (typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes));

/** @param {string} text what was deflated, seven bits a character: see `src/index/browser/text.rs` */
async function inflated(text) {
  const bytes = new Uint8Array(Math.floor((text.length * 7) / 8));
  let [waiting, nWaiting, end] = [0, 0, 0];
  for (let at = 0; at < text.length; at++) {
    waiting = ((waiting << 7) | text.charCodeAt(at)) & 0x7fff;
    nWaiting += 7;
    if (nWaiting < 8) continue;
    nWaiting -= 8;
    bytes[end++] = waiting >>> nWaiting;
  }
  const stream = new Blob([bytes.subarray(0, end)]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const ESCAPES = { n: "\n", r: "\r" };

/** @param {string} address @param {boolean} isFresh */
async function fromServer(address, isFresh) {
  const reply = await fetch(address, { cache: isFresh ? "no-cache" : "default", signal: AbortSignal.timeout(SECONDS_MAX * 1000) });
  const text = reply.ok ? await reply.text() : "";
  const name = address.slice(address.lastIndexOf("/") + 1, -".js".length);
  const [start, end] = [`handbookSearch("${name}","`, '");\n'];
  if (!text.startsWith(start) || !text.endsWith(end)) throw new Error(`no search data in ${address}`);
  return text.slice(start.length, -end.length).replace(/\\(.)/g, (_, escaped) => ESCAPES[escaped] ?? escaped);
}

/** @type {Map<string, (content: string) => void>} files that are waited for, by address: a name stands for one in each build */
const waiting = new Map();

/** @param {string} address @returns {Promise<string>} */
function fromScript(address) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    waiting.set(script.src, resolve);
    const end = () => {
      waiting.delete(script.src);
      script.remove();
      reject(new Error(`no search data in ${address}`)); // Does nothing once the content has arrived.
    };
    script.addEventListener("load", end);
    script.addEventListener("error", end);
    setTimeout(end, SECONDS_MAX * 1000);
    document.head.append(script);
  });
}

if (typeof document === "undefined") {
  /** @type {Map<string, ReturnType<typeof engineAt>>} */
  const engines = new Map();
  self.addEventListener("message", async ({ data: { id, root, question } }) => {
    const engine = engines.get(root) ?? engineAt(root);
    engines.set(root, engine);
    try {
      self.postMessage({ id, found: question ? await engine.search(question) : await engine.prepare().then(() => undefined) });
    } catch (error) {
      self.postMessage({ id, error: String(error) });
    }
  });
} else {
  Object.assign(window, {
    handbookEngine: engineAt,
    handbookSearch: (/** @type {string} */ _name, /** @type {string} */ content) => {
      const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
      waiting.get(script?.src ?? "")?.(content);
    },
  });
}
