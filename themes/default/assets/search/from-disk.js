/**
 * Files of a page that was opened from disk: only scripts can be had there, which call `handbookSearch`.
 */

const SECONDS_MAX = 20;

/** @type {Map<string, (content: string) => void>} files that are waited for, by address: a name stands for one in each build */
const waiting = new Map();

/** @param {string} address @returns {Promise<Uint8Array<ArrayBuffer>>} */
export function fromScript(address) {
  // Only now: a worker, which has this file, too, has no window.
  Object.assign(window, { handbookSearch: take });
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    // Each byte is a character, whose lower half it is.
    script.charset = "x-user-defined";
    script.src = address;
    waiting.set(script.src, (content) => resolve(Uint8Array.from(content, (character) => character.charCodeAt(0))));
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

/** @param {string} _name @param {string} content */
function take(_name, content) {
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  waiting.get(script?.src ?? "")?.(content);
}
