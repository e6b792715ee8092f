/**
 * The second script of the engine: what few queries need. In place of `import("./facts.js")`, a bundle has a call of `part`: see
 * `src/render/bundle.rs`.
 */

/** The folder that the first script was loaded from: the second lies beside it. */
const folder = (typeof document === "undefined" ? self.location.href : /** @type {HTMLScriptElement} */ (document.currentScript).src).replace(/[^/]*$/, "");

/** @type {Promise<any> | undefined} */
let opened;
let nFailed = 0;

/** Loads the script once; one that failed is tried again the next time. @param {string} name @param {(make: any) => any} open */
export function part(name, open) {
  opened ??= loaded(folder + name).then(() => open(/** @type {any} */ (globalThis).handbookPart)).catch((error) => {
    opened = undefined;
    nFailed++;
    throw error;
  });
  return opened;
}

/** @param {string} address @returns {Promise<unknown>} */
function loaded(address) {
  // An import that has failed is not tried again under its name.
  if (!address.startsWith("file:")) return import(nFailed > 0 ? `${address}?${nFailed}` : address);
  // From disk, a module may not be loaded.
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(`no ${address}`)));
    document.head.append(script);
  });
}
