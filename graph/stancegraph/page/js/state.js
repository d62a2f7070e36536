// What passes the filters, and the state of the page with its address.
import { entities, stances, documents, dayNumber, SIGN, data, numberOf, byId } from "./data.js";

// Search over names and words, and every filter; dates by overlap, as everywhere in stancegraph.
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

// The state and its address: IRIs and ISO days, so that a link holds in a page built from more data.
const KEYS = [...FILTERS, "view", "centre", "actor", "about", "by", "sort"];
export const VIEWS = ["positions", "blocs", "agreement", "stances", "ego", "matrix", "timeline", "statements"];
const SORTS = /^(speaker|word|target|day|words|document)-?$/;
const LONGEST = 400;
const offered = (id) => new Set([...byId(id).options].map((option) => option.value));

// A value from an address is taken only where it means something here.
const CHECKS = {
  q: () => true,
  stance: (value) => offered("stance").has(value),
  basis: (value) => offered("basis").has(value),
  kind: (value) => offered("kind").has(value),
  act: (value) => offered("act").has(value),
  target: (value) => offered("target").has(value),
  document: (value) => documents.some((document) => document.iri === value),
  quoted: (value) => value === "1",
  since: isDay,
  until: isDay,
  view: (value) => VIEWS.includes(value),
  centre: (value) => numberOf.has(value),
  actor: (value) => numberOf.has(value),
  about: (value) => numberOf.has(value),
  by: (value) => numberOf.has(value),
  sort: (value) => SORTS.test(value),
};

export const state = {};
export const initial = { view: data.view };
if (data.ego !== null) initial.centre = entities[data.ego].iri;

export function addressOf(wanted = state) {
  const address = new URLSearchParams();
  for (const key of KEYS) if (wanted[key] && wanted[key] !== initial[key]) address.set(key, wanted[key]);
  return address.toString().replace(/%3A/g, ":").replace(/%2F/g, "/");
}

export function readAddress() {
  const address = new URLSearchParams(location.hash.slice(1));
  for (const key of KEYS) {
    const value = address.has(key) ? address.get(key).slice(0, LONGEST) : initial[key];
    if (value && CHECKS[key](value)) state[key] = value;
    else delete state[key];
  }
  if (!state.view) state.view = initial.view;
}

export function writeAddress(before = false) {
  const address = "#" + addressOf();
  if (address === location.hash || (address === "#" && !location.hash)) return;
  if (before) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}

export const narrowed = () => FILTERS.some((key) => state[key]);
export const passes = () => filterBy(state);

// The filters in force in words: those of the page, and those it was written with.
export function filtersInWords() {
  const labels = { q: "search", quoted: "direct quotes only", target: "on" };
  const told = FILTERS.filter((key) => state[key]).map((key) => {
    const value = key === "target" ? entities[numberOf.get(state.target)].label
      : key === "document" ? documents.find((document) => document.iri === state.document).title : state[key];
    return key === "quoted" ? labels.quoted : `${labels[key] || key} ${value}`;
  });
  return [data.filters, ...told].filter(Boolean).join("; ");
}
