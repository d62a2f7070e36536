// An actor's own page: whom it is for and against, what it says, denies, undertakes, who speaks of it, who agrees.
import { data, entities, stances, isActor, ofNode, distinct, byId, count, make, sentence } from "./data.js";
import { entries, nameOf, verb } from "./rows.js";

const AT_ONCE = 6;
const NOBODY = "nobody here, on one thing surely in one period";
const SHORT = 160;
const linked = (number, before = "") => make("a", { href: `#${isActor(number) ? "actor" : "about"}=${encodeURIComponent(entities[number].iri)}` }, before, make("bdi", { text: sentence(entities[number].label) }));

function foldedBox(summary, parts, open = false) {
  const box = make("details", open ? { open: "" } : {}, make("summary", {}, ...summary), ...parts);
  return box;
}

// The first words said, or what they come to.
function short(list) {
  const quoted = list.find((stance) => stance.quotes.length);
  const [text, language] = quoted ? quoted.quotes[0] : [list[0].gist || ""];
  const cut = text.length > SHORT ? `${text.slice(0, SHORT)}…` : text;
  return make("span", { class: "short", dir: "auto", ...(language ? { lang: language } : {}), text: quoted ? `“${cut}”` : cut });
}

// Stances under their words: for, against, says, denies, calls for, rejects, undertakes, refuses, leaves open.
function taken(list, other) {
  const byWord = new Map();
  for (const stance of list) {
    if (!byWord.has(stance.word)) byWord.set(stance.word, new Map());
    const things = byWord.get(stance.word);
    if (!things.has(stance[other])) things.set(stance[other], []);
    things.get(stance[other]).push(stance);
  }
  const words = [...byWord].sort(([, [...a]], [, [...b]]) => b[0][1][0].sign - a[0][1][0].sign || b.length - a.length);
  return words.map(([, things]) => {
    const [first] = things.values();
    const items = [...things].map(([number, own]) => make("li", {},
      foldedBox([make("bdi", { text: sentence(entities[number].label) }), make("span", { class: "count", text: own.every((s) => s.said) ? "" : ` · ${[...new Set(own.map((s) => s.basis))].join(", ")}` }), short(own)], [...entries(own), make("p", { class: "facts" }, linked(number, "All of "))])));
    return make("div", { class: "taken" }, make("h3", {}, verb({ ...first[0], said: true })), make("ul", {}, ...items));
  });
}

// Those an actor agrees with, or is contradicted by, each with the words of both.
function others(node, sign, passes) {
  const found = [];
  for (const { from, to, weight, on } of ofNode[node].pairs) {
    const shared = on.filter(([, agree, mine, theirs]) => agree === sign && [...mine, ...theirs].every((i) => i < stances.length)
      && mine.some((i) => passes(stances[i])) && theirs.some((i) => passes(stances[i])));
    if (shared.length && (sign < 0 || weight > 0)) found.push([from === node ? to : from, weight, shared]);
  }
  found.sort((a, b) => sign * (b[1] - a[1]) || a[0] - b[0]);
  const items = found.map(([other, , shared]) => {
    const parts = shared.flatMap(([target, , mine, theirs]) => [make("p", { class: "shared" }, "on ", linked(target)),
      ...entries([...mine, ...theirs].map((i) => stances[i]).filter(passes), true)]);
    return make("li", {}, foldedBox([nameOf(other), make("span", { class: "count", text: ` · on ${count(shared.length, "thing")}` })], [...parts, make("p", { class: "facts" }, linked(other, "All of "))]));
  });
  if (items.length <= AT_ONCE) return items;
  return [...items.slice(0, AT_ONCE), make("li", {}, foldedBox([`${items.length - AT_ONCE} more`], [make("ul", {}, ...items.slice(AT_ONCE))]))];
}

function section(title, parts, none) {
  return parts.length ? [make("h2", { text: title }), ...parts] : none ? [make("h2", { text: title }), make("p", { class: "quiet", text: none })] : [];
}

export function fillActor(node, passes) {
  const { label, arabic, kind, aliases } = entities[node];
  const [said, spokenOf] = [ofNode[node].said.filter(passes), ofNode[node].spokenOf.filter(passes)];
  const box = byId("actor");
  const facts = [kind, said.length && `${count(distinct(said), "statement")} by it`, spokenOf.length && `${count(distinct(spokenOf), "statement")} about it`];
  const back = make("a", { href: "#", class: "back", text: "← Who stands where" });
  const head = [back, make("h1", { dir: "auto", text: label, tabindex: "-1" }), ...(arabic ? [make("p", { lang: "ar", dir: "rtl", class: "arabic", text: arabic })] : []),
    make("p", { class: "facts", text: facts.filter(Boolean).join(" · ") })];
  if (aliases.length) head.push(make("p", { class: "facts", dir: "auto", text: `also: ${aliases.join(", ")}` }));
  const agree = others(node, 1, passes);
  const against = others(node, -1, passes);
  const list = (items) => (items.length ? [make("ul", { class: "others" }, ...items)] : []);
  box.replaceChildren(...head, make("div", { class: "columns" },
    make("div", {}, ...section("Where it stands", taken(said, "target"), isActor(node) ? "No stance of it passes the filters." : "")),
    make("div", {}, ...section("Who speaks of it", taken(spokenOf, "speaker"), ""), ...section("Agrees most with", list(agree), data.agreement.length && said.length ? NOBODY : ""),
      ...section("Contradicted by", list(against), data.agreement.length && said.length ? NOBODY : ""))));
}
