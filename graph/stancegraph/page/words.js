// The data, the filters, and the words behind a line, a thing, a cell or a bloc. Text enters by textContent alone.
"use strict";
const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const { things, stances, documents } = data;
const SIGN = { "1": "supports", "-1": "opposes", "0": "neutral" };
const CODED = { "1": "coded as supporting", "-1": "coded as opposing", "0": "coded as neutral on" };
const AGREES = { "1": "agrees with", "-1": "disagrees with" };
const MARK = { "1": "+", "-1": "−", "0": "○" };
const IN_TIP = 3;
const RTL = /^(ar|fa|he|ur|ckb|ps|sd|ug|yi)\b/i;

const behindTie = data.edges.map(() => []);
const behindCell = new Map();
const ofThing = things.map(() => ({ said: [], spokenOf: [], ties: [], pairs: [] }));
const cellKey = (actor, target) => actor * things.length + target;
stances.forEach((stance, id) => {
  stance.id = id;
  behindTie[stance.tie].push(stance);
  ofThing[stance.speaker].said.push(stance);
  ofThing[stance.target].spokenOf.push(stance);
  const key = cellKey(stance.speaker, stance.target);
  behindCell.set(key, [...(behindCell.get(key) || []), stance]);
});
for (const tie of data.edges) for (const end of new Set([tie.from, tie.to])) ofThing[end].ties.push(tie.id);
for (const tie of data.agreement) for (const end of [tie.from, tie.to]) ofThing[end].pairs.push(tie.id);

// ---- making ------------------------------------------------------------------------------------------------------

function make(tag, { text, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

function button(text, pressed, more = {}) {
  const element = make("button", { type: "button", text, ...more });
  element.addEventListener("click", () => pressed(element));
  return element;
}

const named = (thing) => make("bdi", { text: things[thing].label });
const signed = (sign, text) => make("span", { class: `sign ${SIGN[sign]}`, text });
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
const folded = things.map((thing) => fold([thing.label, thing.arabic || "", ...thing.aliases].join(" | ")));
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
    (!wanted.kind || things[stance.speaker].kind === wanted.kind) &&
    (!wanted.target || stance.target === Number(wanted.target)) &&
    (!wanted.document || stance.documents.includes(Number(wanted.document))) &&
    (!wanted.act || stance.act === wanted.act) &&
    (!wanted.quoted || stance.quotes.length > 0) &&
    (whole || (stance.until !== null && stance.since <= wanted.until && stance.until >= wanted.since));
}

// ---- words -------------------------------------------------------------------------------------------------------

function quoted([text, language]) {
  const direction = language && RTL.test(language) ? "rtl" : "auto";
  return make("blockquote", { dir: direction, ...(language ? { lang: language } : {}), text: `“${text}”` });
}

function words(stance) {
  const parts = stance.quotes.map(quoted);
  if (stance.gist) parts.push(make("p", { dir: "auto", class: "gist" + (parts.length ? " quiet" : ""), text: stance.gist }));
  return parts;
}

function source(number) {
  const { title, publisher, issued, url } = documents[number];
  const text = make("bdi", { text: title || "untitled document" });
  const link = url && /^https?:\/\/[^\s\\]+$/i.test(url);
  const rest = [publisher, issued && `reported ${days(issued)}`].filter(Boolean).join(", ");
  const linked = link ? make("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, text) : text;
  return make("p", { class: "source" }, linked, rest && " · ", make("bdi", { text: rest }));
}

function headline(stance) {
  return make("p", { class: "tie" }, named(stance.speaker), " ", signed(stance.sign, CODED[stance.sign]), " ", named(stance.target));
}

function account(stance, full, headed) {
  const element = make("div", { class: "stance" }, ...(headed ? [headline(stance)] : []), ...words(stance));
  const facts = [stance.day && `said ${days(stance.day)}`, stance.act, stance.medium].filter(Boolean).join(" · ");
  element.append(make("p", { class: "facts", text: facts }), ...stance.documents.map(source));
  if (full) {
    const coded = `basis: ${stance.basis} · confidence ${stance.confidence}`;
    element.append(make("p", { class: "facts", text: coded }), make("code", { text: stance.iri }));
  }
  return element;
}

function accounts(list, full, headed) {
  const shown = full ? list : list.slice(0, IN_TIP);
  const parts = shown.map((stance) => account(stance, full, headed));
  if (shown.length < list.length) parts.push(make("p", { class: "quiet", text: `and ${list.length - shown.length} more: click to read all` }));
  return parts;
}

const headed = (text, list) => (list.length ? [make("h3", { text }), ...accounts(list, true, true)] : []);

function aboutThing(thing, full, passes, offer) {
  const { label, arabic, kind, aliases, bloc } = things[thing];
  const [said, spokenOf] = [ofThing[thing].said.filter(passes), ofThing[thing].spokenOf.filter(passes)];
  const parts = [make("h2", { dir: "auto", text: label })];
  if (arabic) parts.push(make("p", { lang: "ar", dir: "rtl", class: "arabic", text: arabic }));
  const facts = [kind, said.length && count(said.length, "stance") + " taken", spokenOf.length && count(spokenOf.length, "stance") + " on it"];
  parts.push(make("p", { class: "facts", text: facts.filter(Boolean).join(" · ") }));
  if (!full) return [...parts, ...accounts([...said, ...spokenOf], false, true)];
  if (aliases.length) parts.push(make("p", { class: "facts", dir: "auto", text: `also: ${aliases.join(", ")}` }));
  parts.push(make("p", { class: "offers" }, ...offer(thing, bloc)));
  return [...parts, ...headed("What it said", said), ...headed("What is said about it", spokenOf)];
}

function aboutTie(tie, full, passes) {
  const list = behindTie[tie].filter(passes);
  return [headline(behindTie[tie][0]), ...accounts(list, full, false)];
}

// What two actors agree and disagree on, each with the words of both.
function aboutPair(id, full, passes) {
  const { from, to, weight, sign, on } = data.agreement[id];
  const verb = make("span", { class: `sign ${SIGN[sign]}`, text: AGREES[sign] });
  const parts = [make("p", { class: "tie" }, named(from), " ", verb, " ", named(to)), make("p", { class: "facts", text: `weight ${weight}, from −1 to 1` })];
  for (const [agree, text] of [[1, "They share"], [-1, "They oppose each other on"]]) {
    const rows = on.filter((row) => row[1] === agree);
    if (!rows.length) continue;
    parts.push(make("h3", { text }));
    for (const [target, , mine, theirs] of rows) {
      parts.push(make("p", { class: "shared" }, named(target)));
      if (full) parts.push(...accounts([...mine, ...theirs].map((i) => stances[i]).filter(passes), true, true));
    }
  }
  return parts;
}

function aboutCell(key, passes) {
  const list = (behindCell.get(key) || []).filter(passes);
  const [actor, target] = [Math.floor(key / things.length), key % things.length];
  return [make("p", { class: "tie" }, named(actor), " on ", named(target)), ...accounts(list, true, true)];
}

function aboutBloc(id, passes) {
  const { members, holds } = data.blocs[id];
  const list = make("ul", {}, ...members.map((member) => make("li", {}, named(member))));
  const parts = [make("h2", { text: `Bloc ${id + 1}` }), make("p", { class: "facts", text: count(members.length, "actor") }), list];
  if (holds.length) parts.push(make("h3", { text: "What its members share" }));
  for (const hold of holds) {
    const line = make("p", { class: "shared" }, signed(hold.sign, SIGN[hold.sign]), " ", named(hold.target), ` · ${count(hold.actors, "actor")}`);
    const box = make("details", {}, make("summary", {}, line));
    box.append(...accounts(hold.stances.map((i) => stances[i]).filter(passes), true, true));
    parts.push(box);
  }
  return parts;
}
