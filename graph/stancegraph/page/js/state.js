// The state of the page, and its address: IRIs and ISO days, so that a link holds in a page built from more data.
import { data, entities, numberOf, documents } from "./data.js";
import { FILTERS, filterBy, isDay } from "./filters.js";
import { byId } from "./make.js";

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
