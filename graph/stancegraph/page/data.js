// The data, what belongs to each line and node, and the filters. Text enters by textContent alone.
"use strict";
const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const { entities, stances, documents } = data;
const WORDS = data.words;
const SIGN = WORDS.key;

const stancesOfTie = data.edges.map(() => []);
const stancesOfCell = new Map();
const ofNode = entities.map(() => ({ said: [], spokenOf: [], ties: [], pairs: [] }));
const cellKey = (actor, target) => actor * entities.length + target;
stances.forEach((stance, id) => {
  stance.id = id;
  stancesOfTie[stance.tie].push(stance);
  ofNode[stance.speaker].said.push(stance);
  ofNode[stance.target].spokenOf.push(stance);
  const key = cellKey(stance.speaker, stance.target);
  stancesOfCell.set(key, [...(stancesOfCell.get(key) || []), stance]);
});
for (const tie of data.edges) for (const end of new Set([tie.from, tie.to])) ofNode[end].ties.push(tie.id);
for (const tie of data.agreement) for (const end of [tie.from, tie.to]) ofNode[end].pairs.push(tie.id);

// ---- making ------------------------------------------------------------------------------------------------------

function make(tag, { text, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

function makeSvg(tag, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

function button(text, pressed, more = {}) {
  const element = make("button", { type: "button", text, ...more });
  element.addEventListener("click", () => pressed(element));
  return element;
}

const nameOf = (node) => make("bdi", { text: entities[node].label });
const signLabel = (sign, text = WORDS.stance[sign]) => make("span", { class: `sign ${SIGN[sign]}`, text });
const days = (text) => text.replace("/", " to ");
const count = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;
const distinct = (list) => new Set(list.map((stance) => stance.statement)).size;
const day = (number) => new Date(number * 86400000).toISOString().slice(0, 10);

// ---- filters -----------------------------------------------------------------------------------------------------

// Case, marks of vowels and accents, and the ways one Arabic letter is typed are folded together.
function fold(text) {
  return text.normalize("NFKD").toLowerCase().replace(/\p{M}+/gu, "").replace(/[\u0640\u00ad\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff'’‘ʿʾ`´]/g, "")
    .replace(/\u0671/g, "\u0627").replace(/[\u0649\u06cc\u06d2\u06d0]/g, "\u064a").replace(/[\u0629\u06d5\u06c1\u06be\u06c3]/g, "\u0647")
    .replace(/[\u06a9\u06aa\u06af]/g, "\u0643").replace(/ı/g, "i").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}
const folded = entities.map(({ label, arabic, aliases }) => fold([label, arabic || "", ...aliases].join(" | ")));
const dated = stances.filter((stance) => stance.until !== null);
// The first day anything may last have been said on: looser dates overlap it.
const FIRST_DAY = dated.length ? Math.min(...new Set(dated.map((stance) => stance.until))) : 0;
const LAST_DAY = dated.length ? Math.max(...new Set(dated.map((stance) => stance.until))) : 0;

// Whether a stance passes: `wanted` holds the state of every control.
function filter(wanted) {
  const asked = fold(wanted.q).split(" ").filter(Boolean);
  const found = asked.length ? folded.map((text) => asked.every((word) => text.includes(word))) : null;
  const whole = wanted.since <= FIRST_DAY && wanted.until >= LAST_DAY;
  return (stance) =>
    (!found || found[stance.speaker] || found[stance.target]) &&
    (!wanted.polarity || SIGN[stance.sign] === wanted.polarity) &&
    (!wanted.kind || entities[stance.speaker].kind === wanted.kind) &&
    (!wanted.target || stance.target === Number(wanted.target)) &&
    (!wanted.document || stance.documents.includes(Number(wanted.document))) &&
    (!wanted.act || stance.act === wanted.act) &&
    (!wanted.quoted || stance.quotes.length > 0) &&
    (whole || ((stance.since ?? stance.until) !== null // an open end overlaps every range
      && (stance.since ?? -Infinity) <= wanted.until && (stance.until ?? Infinity) >= wanted.since));
}
