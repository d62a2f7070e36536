// What passes: search over names and words, and every filter; dates by overlap, as everywhere in stancegraph.
import { entities, stances, documents, dayNumber, SIGN } from "./data.js";

export const FILTERS = ["q", "stance", "basis", "target", "kind", "act", "document", "quoted", "since", "until"];

// Case, marks of vowels and accents, and the ways one Arabic letter is typed are folded together.
export function fold(text) {
  return text.normalize("NFKD").toLowerCase().replace(/\p{M}+/gu, "").replace(/[\u0640\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff'’‘ʿʾ`´]/g, "")
    .replace(/\u0671/g, "\u0627").replace(/[\u0649\u06cc\u06d2\u06d0]/g, "\u064a").replace(/[\u0629\u06d5\u06c1\u06be\u06c3]/g, "\u0647")
    .replace(/[\u06a9\u06aa\u06af]/g, "\u0643").replace(/ı/g, "i").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

const folded = new Map();
function once(key, text) {
  if (!folded.has(key)) folded.set(key, fold(text()));
  return folded.get(key);
}
export const namesOf = (i) => once(`n${i}`, () => [entities[i].label, entities[i].arabic || "", ...entities[i].aliases].join(" | "));
const wordsOf = (stance) => once(`s${stance.id}`, () => [stance.gist || "", ...stance.quotes.map((quote) => quote[0])].join(" | "));
const ISO = /^\d{4}-\d\d-\d\d$/;
export const isDay = (text) => ISO.test(text) && !Number.isNaN(dayNumber(text));

// Whether any day of a stance may fall into a span; one that nobody dates falls into none.
export const within = (stance, [since, until]) => (stance.since ?? stance.until) !== null
  && (stance.since ?? -Infinity) <= until && (stance.until ?? Infinity) >= since;

export function filterBy(wanted) {
  const asked = fold(wanted.q || "").split(" ").filter(Boolean);
  const said = asked.length && ((stance) => {
    const text = `${namesOf(stance.speaker)} | ${namesOf(stance.target)} | ${wordsOf(stance)}`;
    return asked.every((word) => text.includes(word));
  });
  const range = wanted.since || wanted.until
    ? [wanted.since ? dayNumber(wanted.since) : -Infinity, wanted.until ? dayNumber(wanted.until) : Infinity] : null;
  return (stance) =>
    (!said || said(stance)) &&
    (!wanted.stance || SIGN[stance.sign] === wanted.stance) &&
    (!wanted.basis || stance.basis === wanted.basis) &&
    (!wanted.target || entities[stance.target].iri === wanted.target) &&
    (!wanted.kind || entities[stance.speaker].kind === wanted.kind) &&
    (!wanted.act || stance.act === wanted.act) &&
    (!wanted.document || stance.documents.some((i) => documents[i].iri === wanted.document)) &&
    (!wanted.quoted || stance.quotes.length > 0) &&
    (!range || within(stance, range));
}

export const passing = (wanted) => stances.filter(filterBy(wanted));
