/**
 * English words to their stems, so that `adding` finds `added`: the Snowball English algorithm ("Porter2") as of 2026,
 * https://snowballstem.org/algorithms/english/stemmer.html. Twin of what `src/index/stem.rs` gets from its library. For typed words
 * that nobody writes: those that are written have their stems with them.
 *
 * R1 and R2, below, are where a word may lose an ending: behind its first and its second group of vowels.
 */

/** Words that follow no rule. */
const STEM_EXCEPTIONS = new Map([
  ["skis", "ski"],
  ["skies", "sky"],
  ["idly", "idl"],
  ["gently", "gentl"],
  ["ugly", "ugli"],
  ["early", "earli"],
  ["only", "onli"],
  ["singly", "singl"],
  ["andes", "andes"],
  ["atlas", "atlas"],
  ["bias", "bias"],
  ["cosmos", "cosmos"],
  ["howe", "howe"],
  ["news", "news"],
  ["sky", "sky"],
]);

/** Beginnings that R1 comes right after: they would lose too much otherwise. */
const LONG_BEGINNINGS = /^(?:arsen|commun|emerg|gener|inter|later|organ|past|univers)/;

/** A syllable that needs an `e` behind it, as in `hop(e)`; `Y` is a `y` that sounds as a consonant. */
const SHORT_SYLLABLE = /(?:[^aeiouy][aeiouy][^aeiouywxY]|^[aeiouy][^aeiouy]|past)$/;

/** What comes before `eed` in verbs that keep it. */
const BEFORE_KEPT_EED = new Set(["succ", "proc", "exc"]);

/** What comes before `ing` in nouns that keep it. */
const BEFORE_KEPT_ING = new Set(["even", "cann", "inn", "earr", "herr", "out"]);

const PAST_ENDINGS = new Set(["ed", "edly", "eed", "eedly", "ing", "ingly"]);

/** Step 2: endings and what takes their place in R1; `ogi` and `li` have a condition more. */
const DERIVED_ENDINGS = new Map([
  ["tional", "tion"],
  ["enci", "ence"],
  ["anci", "ance"],
  ["abli", "able"],
  ["entli", "ent"],
  ["izer", "ize"],
  ["ization", "ize"],
  ["ational", "ate"],
  ["ation", "ate"],
  ["ator", "ate"],
  ["alism", "al"],
  ["aliti", "al"],
  ["alli", "al"],
  ["fulness", "ful"],
  ["fulli", "ful"],
  ["ousli", "ous"],
  ["ousness", "ous"],
  ["iveness", "ive"],
  ["iviti", "ive"],
  ["biliti", "ble"],
  ["bli", "ble"],
  ["ogist", "og"],
  ["ogi", "og"],
  ["lessli", "less"],
  ["li", ""],
]);

/** Step 3: the same for what step 2 leaves; `ative` only in R2. */
const REMAINING_ENDINGS = new Map([
  ["tional", "tion"],
  ["ational", "ate"],
  ["alize", "al"],
  ["icate", "ic"],
  ["iciti", "ic"],
  ["ical", "ic"],
  ["ful", ""],
  ["ness", ""],
  ["ative", ""],
]);

/** Step 4: endings that go from R2; `ion` only behind `s` and `t`. */
const LAST_ENDINGS = new Set(
  "al ance ence er ic able ible ant ement ment ent ism ate iti ous ive ize ion".split(" "),
);

/**
 * The stem of a term in lower case. A term with anything beyond `a` to `z` and `'` stays as it is.
 *
 * @param {string} term
 * @returns {string}
 */
export function stemEnglish(term) {
  if (term.length < 3 || !/^[a-z']*$/.test(term)) return term;
  const exception = STEM_EXCEPTIONS.get(term);
  if (exception !== undefined) return exception;

  let word = markConsonants(term.startsWith("'") ? term.slice(1) : term);
  const r1 = LONG_BEGINNINGS.exec(word)?.[0].length ?? behindVowels(word, 0);
  const r2 = behindVowels(word, r1);
  word = withoutPlural(word.replace(/(?:'s'|'s|')$/, ""));
  word = withoutPast(word, r1);
  word = withFinalI(word);
  word = withoutDerived(word, r1);
  word = withoutRemaining(word, r1, r2);
  word = withoutLast(word, r2);
  word = withoutFinalE(word, r1, r2);
  return word.toLowerCase();
}

/**
 * A `y` at the beginning or behind a vowel is a consonant; written `Y` until the end.
 *
 * @type {(word: string) => string}
 */
function markConsonants(word) {
  if (!word.includes("y")) return word;
  let marked = "";
  let before = "";
  for (const letter of word) {
    const isConsonant = letter === "y" && (before === "" || isVowel(before));
    before = isConsonant ? "Y" : letter;
    marked += before;
  }
  return marked;
}

/**
 * The place behind the first consonant that follows a vowel, from `start` on; the word's end if there is none.
 *
 * @type {(word: string, start: number) => number}
 */
function behindVowels(word, start) {
  let at = start;
  while (at < word.length && !isVowel(word[at])) at += 1;
  while (at < word.length && isVowel(word[at])) at += 1;
  return Math.min(at + 1, word.length);
}

/**
 * Step 1a: `classes`, `ties`, `cries`, `gaps`; but `gas`, `bus` and `class` stay.
 *
 * @type {(word: string) => string}
 */
function withoutPlural(word) {
  if (word.endsWith("sses")) return word.slice(0, -2);
  if (word.endsWith("ied") || word.endsWith("ies")) return word.slice(0, word.length > 4 ? -2 : -1);
  if (word.endsWith("us") || word.endsWith("ss") || !word.endsWith("s")) return word;
  return hasVowel(word.slice(0, -2)) ? word.slice(0, -1) : word;
}

/**
 * Step 1b: `agreed`, `hoped`, `hopping`, `dying`.
 *
 * @type {(word: string, r1: number) => string}
 */
function withoutPast(word, r1) {
  const ending = longestEnding(word, PAST_ENDINGS);
  if (ending === "") return word;
  const base = word.slice(0, -ending.length);
  if (ending.startsWith("eed")) {
    return base.length >= r1 && !BEFORE_KEPT_EED.has(base) ? `${base}ee` : word;
  }
  if (ending === "ing") {
    if (/^[^aeiouy]y$/.test(base)) return `${base[0]}ie`;
    if (BEFORE_KEPT_ING.has(base)) return word;
  }
  return hasVowel(base) ? withBaseMended(base, r1) : word;
}

/**
 * What is left of `luxuriat(ed)`, `hopp(ing)` and `hop(ing)` as the word it came from.
 *
 * @type {(base: string, r1: number) => string}
 */
function withBaseMended(base, r1) {
  if (/(?:at|bl|iz)$/.test(base)) return `${base}e`;
  if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(base)) {
    // `add`, `egg` and `off` have their two letters from the beginning.
    return /^[aeo]..$/.test(base) ? base : base.slice(0, -1);
  }
  return base.length === r1 && SHORT_SYLLABLE.test(base) ? `${base}e` : base;
}

/**
 * Step 1c: `cry` to `cri`, as `cries` gives; but `by` and `say` stay.
 *
 * @type {(word: string) => string}
 */
function withFinalI(word) {
  return word.length > 2 && /[^aeiouy][yY]$/.test(word) ? `${word.slice(0, -1)}i` : word;
}

/**
 * Step 2.
 *
 * @type {(word: string, r1: number) => string}
 */
function withoutDerived(word, r1) {
  const ending = longestEnding(word, DERIVED_ENDINGS);
  const base = word.slice(0, word.length - ending.length);
  if (ending === "" || base.length < r1) return word;
  if (ending === "ogi" && !base.endsWith("l")) return word;
  if (ending === "li" && !/[cdeghkmnrt]$/.test(base)) return word;
  return base + DERIVED_ENDINGS.get(ending);
}

/**
 * Step 3.
 *
 * @type {(word: string, r1: number, r2: number) => string}
 */
function withoutRemaining(word, r1, r2) {
  const ending = longestEnding(word, REMAINING_ENDINGS);
  const base = word.slice(0, word.length - ending.length);
  if (ending === "" || base.length < (ending === "ative" ? Math.max(r1, r2) : r1)) return word;
  return base + REMAINING_ENDINGS.get(ending);
}

/**
 * Step 4.
 *
 * @type {(word: string, r2: number) => string}
 */
function withoutLast(word, r2) {
  const ending = longestEnding(word, LAST_ENDINGS);
  const base = word.slice(0, word.length - ending.length);
  if (base.length < r2 || (ending === "ion" && !/[st]$/.test(base))) return word;
  return base;
}

/**
 * Step 5: a final `e`, and the second of two final `l`.
 *
 * @type {(word: string, r1: number, r2: number) => string}
 */
function withoutFinalE(word, r1, r2) {
  const base = word.slice(0, -1);
  if (word.endsWith("e")) {
    return base.length >= r2 || (base.length >= r1 && !SHORT_SYLLABLE.test(base)) ? base : word;
  }
  return word.endsWith("ll") && base.length >= r2 ? base : word;
}

/**
 * The longest of the endings that the word has, or nothing. None of them is longer than 7 letters.
 *
 * @type {(word: string, endings: { has(ending: string): boolean }) => string}
 */
function longestEnding(word, endings) {
  for (let length = Math.min(7, word.length); length > 1; length -= 1) {
    const ending = word.slice(-length);
    if (endings.has(ending)) return ending;
  }
  return "";
}

/** @type {(word: string) => boolean} */
function hasVowel(word) {
  return /[aeiouy]/.test(word);
}

/** @type {(letter: string) => boolean} */
function isVowel(letter) {
  return "aeiouy".includes(letter);
}
