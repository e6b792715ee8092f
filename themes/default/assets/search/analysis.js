/**
 * Text to tokens: the one definition of what a word is, for queries and for the passages of a result.
 *
 * Twin of `src/index/analysis.rs`, function by function: a change here is a change there, and the cases in
 * `tests/cases/tokens` hold for both. Everything goes code point by code point and in linear time; a lone surrogate
 * separates words. Nothing here knows about stems, stop words or typos.
 *
 * A text is a row of *compounds* (`std::mem::swap`), these of *words* joined by one sign, a word of *runs* of one
 * writing (`Windowsアプリ`), and a run of the *parts* that take a position each (`get`, `User`; or pairs such as `アプ`).
 */

/**
 * A term and its place in the text.
 *
 * @typedef {object} Token
 * @property {string} term what is looked up: folded, not yet stemmed
 * @property {number} position which part of the text this is, from 0; a whole has the position of its first part
 * @property {number} start the first UTF-16 unit in the text
 * @property {number} end the unit after the last one
 * @property {"word" | "whole"} kind one part; or several as one, or a name with its signs, on top of its words
 */

/**
 * The work on one text, and how far it has come.
 *
 * @typedef {{ text: string, position: number, tokens: Token[] }} Analysis
 */

/**
 * A stretch of text that may become a whole.
 *
 * @typedef {{ start: number, end: number, position: number, partCount: number }} Stretch
 */

/** Bytes of UTF-8 that a term may have; a longer one is dropped, and its position stays empty. */
const TERM_BYTES_MAX = 200;

/** Code points that a whole may have. */
const WHOLE_CHARACTERS_MAX = 60;

/** Parts that a whole may have. */
const WHOLE_PARTS_MAX = 8;

/**
 * The signs in front of a name that belong to it, the longer ones first. They take the whole compound with them, or
 * its words up to the first joiner that is neither `_` nor `-`: the `$HOME` of `$HOME/bin`.
 */
const LEADING_SIGNS = [
  { sign: "#![", reach: "name", closing: "]" },
  { sign: "#[", reach: "name", closing: "]" },
  { sign: "--", reach: "compound", closing: "" },
  { sign: "-", reach: "compound", closing: "" },
  { sign: ".", reach: "compound", closing: "" },
  { sign: "$", reach: "name", closing: "" },
  { sign: "@", reach: "name", closing: "" },
];

/** What may stand in front of a leading sign. */
const OPENERS = /[\p{White_Space}([{`"'=,;:]/u;

/** Classes of code points; 0 in the table below stands for "not asked yet". */
const SEPARATOR = 1;
/** Belongs to what it follows; begins no word. */
const MARK = 2;
/** Han, kana, Hangul: written without spaces, so searched by pairs. */
const CJK = 3;
const UPPER = 4;
const LOWER = 5;
/** A digit, or a letter without case. */
const CASELESS = 6;

/** The class of each code point below 0x10000 that has been asked for. */
const knownClasses = new Uint8Array(0x10000);

/** The soft hyphen and the two joiners of width zero stand within a word and are no part of it. */
const MARKS = /[\p{M}\u00ad\u200c\u200d]/u;

const WORD_CHARACTERS = /[\p{Alphabetic}\p{N}]/u;

/** Blocks of Han, kana and Hangul, not scripts: the prolonged sound mark and others belong to no script. */
const CJK_CHARACTERS =
  /[\u1100-\u11ff\u3005-\u3007\u3021-\u302f\u3031-\u3035\u3038-\u303c\u3041-\u30ff\u3131-\u318e\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc\u{1aff0}-\u{1b16f}\u{20000}-\u{3ffff}]/u;

/**
 * What a reader may leave out: accents, Hebrew points, Arabic vowels, invisible signs. The marks of other scripts, such
 * as the vowels of Hindi and Thai and the voiced marks of kana, make other words and stay.
 */
const IGNORABLE =
  /[\u00ad\u200c\u200d\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\u{e0100}-\u{e01ef}]/gu;

/** Letters that no accent makes, as they are written without them. */
const SPELLED_OUT = new Map([
  ["ß", "ss"],
  ["æ", "ae"],
  ["œ", "oe"],
  ["ø", "o"],
  ["đ", "d"],
  ["ð", "d"],
  ["þ", "th"],
  ["ł", "l"],
  ["ı", "i"],
  ["ς", "σ"],
  ["’", "'"],
]);

/**
 * All tokens of a text. Words come in order; a whole comes right after its last word.
 *
 * @param {string} text
 * @returns {Token[]}
 */
export function tokens(text) {
  /** @type {Analysis} */
  const analysis = { text, position: 0, tokens: [] };
  let at = nextWord(text, 0);
  while (at < text.length) {
    at = nextWord(text, addCompound(analysis, at));
  }
  return analysis.tokens;
}

/** The words of a text, not stemmed. @param {string} text */
export const wordsIn = (text) => tokens(text).filter(({ kind }) => kind === "word").map(({ term }) => term);

/**
 * What two spellings share: compatibility forms resolved, accents dropped, lower case, `ß` as `ss`, `’` as `'`. Marks
 * that make another letter stay, as those of kana do, and are composed with it.
 *
 * @param {string} text
 * @returns {string}
 */
export function fold(text) {
  if (!/[^\x00-\x7f]/.test(text)) return text.toLowerCase();
  let folded = "";
  // Code point by code point: a string in lower case would get another sigma at the end of a Greek word.
  for (const character of text.normalize("NFKD").replace(IGNORABLE, "")) {
    const lower = character.toLowerCase();
    folded += SPELLED_OUT.get(lower) ?? lower;
  }
  return folded.normalize("NFC");
}

/**
 * Adds the tokens of the compound that starts here. Returns its end.
 *
 * @type {(analysis: Analysis, start: number) => number}
 */
function addCompound(analysis, start) {
  const { text, position } = analysis;
  /** @type {Stretch | undefined} */
  let name;
  let wordStart = start;
  let end = addWord(analysis, start);
  for (let next = joinedWord(text, end); next >= 0; next = joinedWord(text, end)) {
    if (text[end] !== "_" && text[end] !== "-") name ??= stretchOf(analysis, start, end, position);
    wordStart = next;
    end = addWord(analysis, wordStart);
  }
  const compound = stretchOf(analysis, start, end, position);
  if (wordStart > start) addWhole(analysis, compound, "");
  addSigned(analysis, name ?? compound, compound);
  return end;
}

/**
 * Adds the whole with the signs in front of a compound, if there are any.
 *
 * @type {(analysis: Analysis, name: Stretch, compound: Stretch) => void}
 */
function addSigned(analysis, name, compound) {
  const leading = leadingSign(analysis.text, compound.start);
  if (leading === undefined) return;
  const bare = leading.reach === "name" ? name : compound;
  addWhole(analysis, { ...bare, start: bare.start - leading.sign.length }, leading.closing);
}

/**
 * Adds the tokens of the word that starts here. Returns its end, behind the signs of `C++` and `C#`.
 *
 * @type {(analysis: Analysis, start: number) => number}
 */
function addWord(analysis, start) {
  const { text, position } = analysis;
  let end = start;
  for (let next = runEnd(text, end); next > end; next = runEnd(text, end)) {
    if (classAt(text, end) === CJK) addPairs(analysis, end, next);
    else addCased(analysis, end, next);
    end = next;
  }
  const signedEnd = end + trailingSign(text, start, end);
  if (signedEnd > end) addWhole(analysis, stretchOf(analysis, start, signedEnd, position), "");
  return signedEnd;
}

/**
 * Adds the parts of a run with case, `get` and `User`, and the whole of them.
 *
 * @type {(analysis: Analysis, start: number, end: number) => void}
 */
function addCased(analysis, start, end) {
  const { text, position } = analysis;
  for (let from = start; from < end; ) {
    const to = partEnd(text, from, end);
    addPart(analysis, from, to);
    from = to;
  }
  const run = stretchOf(analysis, start, end, position);
  if (run.partCount > 1) addWhole(analysis, run, "");
}

/**
 * Adds a run without spaces as pairs of characters that overlap; a single character alone.
 *
 * @type {(analysis: Analysis, start: number, end: number) => void}
 */
function addPairs(analysis, start, end) {
  const { text } = analysis;
  let before = -1;
  let current = start;
  for (let at = start + unitsAt(text, start); at < end; at += unitsAt(text, at)) {
    if (continuesCharacter(text, at)) continue;
    if (before >= 0) addPart(analysis, before, at);
    before = current;
    current = at;
  }
  addPart(analysis, before >= 0 ? before : current, end);
}

/** @type {(analysis: Analysis, start: number, end: number) => void} */
function addPart(analysis, start, end) {
  const position = analysis.position;
  analysis.position += 1;
  addToken(analysis, { term: fold(analysis.text.slice(start, end)), position, start, end, kind: "word" });
}

/**
 * Adds a stretch as one, if it is not too long; `closing` is what its term ends with on top of the text.
 *
 * @type {(analysis: Analysis, stretch: Stretch, closing: string) => void}
 */
function addWhole(analysis, { start, end, position, partCount }, closing) {
  if (partCount > WHOLE_PARTS_MAX) return;
  const term = fold(analysis.text.slice(start, end)) + closing;
  if (hasAtMost(term, WHOLE_CHARACTERS_MAX)) addToken(analysis, { term, position, start, end, kind: "whole" });
}

/** @type {(analysis: Analysis, token: Token) => void} */
function addToken(analysis, token) {
  const { term } = token;
  // A UTF-16 unit has at most three bytes.
  const isShort = term.length * 3 <= TERM_BYTES_MAX || utf8Length(term) <= TERM_BYTES_MAX;
  // A few Arabic ligatures unfold to several words; no term has a space.
  if (isShort && !term.includes(" ")) analysis.tokens.push(token);
}

/** @type {(analysis: Analysis, start: number, end: number, position: number) => Stretch} */
function stretchOf(analysis, start, end, position) {
  return { start, end, position, partCount: analysis.position - position };
}

/**
 * Where the next word begins, at `from` or later; the text's end if there is none.
 *
 * @type {(text: string, from: number) => number}
 */
function nextWord(text, from) {
  let at = from;
  while (at < text.length && !beginsWord(text, at)) at += unitsAt(text, at);
  return at;
}

/**
 * The end of the run at `start`; `start` itself where the word is over.
 *
 * @type {(text: string, start: number) => number}
 */
function runEnd(text, start) {
  if (!beginsWord(text, start)) return start;
  const isCjk = classAt(text, start) === CJK;
  let at = start + unitsAt(text, start);
  for (; at < text.length; at += unitsAt(text, at)) {
    const found = classAt(text, at);
    if (found !== MARK && (found === SEPARATOR || (found === CJK) !== isCjk)) break;
  }
  return at;
}

/**
 * The end of the first part of a run with case. A part ends before a capital that follows a small letter, and before
 * the last of several capitals when a small letter follows it: `get|User`, `HTTP|Server`. Digits and marks side with
 * what precedes them: `JSON2`, `utf8|Decode`, `MP3|Player`.
 *
 * @type {(text: string, start: number, end: number) => number}
 */
function partEnd(text, start, end) {
  let caseBefore = CASELESS;
  let lastCapital = -1;
  for (let at = start; at < end; at += unitsAt(text, at)) {
    const found = classAt(text, at);
    if (found === UPPER) {
      if (caseBefore === LOWER) return at;
      lastCapital = caseBefore === UPPER ? at : -1;
      caseBefore = UPPER;
    } else if (found === LOWER) {
      if (lastCapital >= 0 && !isPlural(text, at)) return lastCapital;
      lastCapital = -1;
      caseBefore = LOWER;
    } else if (found === CASELESS) {
      lastCapital = -1;
    }
  }
  return end;
}

/**
 * A lone `s` after capitals makes no new part: `APIs`, `URLsOf`.
 *
 * @type {(text: string, at: number) => boolean}
 */
function isPlural(text, at) {
  return text[at] === "s" && classAt(text, at + 1) !== LOWER;
}

/**
 * Where the word joined to the one that ends here begins; -1 if there is none.
 *
 * @type {(text: string, end: number) => number}
 */
function joinedWord(text, end) {
  if (end >= text.length || !"_-./:'’+@#".includes(text[end])) return -1;
  const next = text.startsWith("::", end) ? end + 2 : end + 1;
  return beginsWord(text, next) ? next : -1;
}

/**
 * The number of signs that belong to the word before them: `C++` and `C#`, for each single letter from A to Z.
 *
 * @type {(text: string, start: number, end: number) => number}
 */
function trailingSign(text, start, end) {
  if (end - start !== 1 || !/[A-Za-z]/.test(text[start])) return 0;
  if (text.startsWith("++", end)) return 2;
  // In `c#8`, the sign joins.
  return text[end] === "#" && !beginsWord(text, end + 1) ? 1 : 0;
}

/**
 * The sign in front of a compound, if nothing but a start, a space, a bracket or a quote is in front of the sign.
 *
 * @type {(text: string, start: number) => (typeof LEADING_SIGNS)[number] | undefined}
 */
function leadingSign(text, start) {
  const found = LEADING_SIGNS.find(({ sign }) => text.endsWith(sign, start));
  if (found === undefined) return undefined;
  const at = start - found.sign.length;
  return at === 0 || OPENERS.test(text[at - 1]) ? found : undefined;
}

/** @type {(text: string, at: number) => boolean} */
function beginsWord(text, at) {
  return classAt(text, at) > MARK;
}

/**
 * The class of the code point at `at`; behind the end there are separators.
 *
 * @type {(text: string, at: number) => number}
 */
function classAt(text, at) {
  const code = text.codePointAt(at) ?? 0;
  if (code >= knownClasses.length) return classOf(code);
  return knownClasses[code] || (knownClasses[code] = classOf(code));
}

/** @type {(code: number) => number} */
function classOf(code) {
  const character = String.fromCodePoint(code);
  // Some marks count as alphabetic, so they come first.
  if (MARKS.test(character)) return MARK;
  if (!WORD_CHARACTERS.test(character)) return SEPARATOR;
  if (CJK_CHARACTERS.test(character)) return CJK;
  if (/\p{Uppercase}/u.test(character)) return UPPER;
  return /\p{Lowercase}/u.test(character) ? LOWER : CASELESS;
}

/**
 * Marks, the halfwidth voiced marks and the later letters of a Hangul syllable make one character with what they
 * follow.
 *
 * @type {(text: string, at: number) => boolean}
 */
function continuesCharacter(text, at) {
  return /[\uff9e\uff9f\u1160-\u11ff]/.test(text[at]) || classAt(text, at) === MARK;
}

/**
 * The UTF-16 units of the code point at `at`.
 *
 * @type {(text: string, at: number) => number}
 */
function unitsAt(text, at) {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

/**
 * Whether a text has no more code points than that.
 *
 * @type {(text: string, count: number) => boolean}
 */
function hasAtMost(text, count) {
  return text.length <= count || (text.length <= 2 * count && [...text].length <= count);
}

/** @type {(text: string) => number} */
function utf8Length(text) {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}
