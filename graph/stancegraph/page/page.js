// Draws the graph, shows the words behind it, and fills the table. Text enters the page by textContent alone.
"use strict";
(() => {
const byId = (id) => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const { things, stances, documents } = data;
const SIGN = { "1": "supports", "-1": "opposes", "0": "neutral" };
const CODED = { "1": "coded as supporting", "-1": "coded as opposing", "0": "coded as neutral on" };
const IN_TIP = 4;
const READABLE = 0.6;
const LIFTED_ON_HOVER = 1500;

const behindTie = data.edges.map(() => []);
const ofThing = things.map(() => ({ said: [], spokenOf: [], ties: [] }));
for (const stance of stances) {
  behindTie[stance.tie].push(stance);
  ofThing[stance.speaker].said.push(stance);
  ofThing[stance.target].spokenOf.push(stance);
}
for (const tie of data.edges) for (const end of new Set([tie.from, tie.to])) ofThing[end].ties.push(tie.id);

// ---- words -------------------------------------------------------------------------------------------------------

function make(tag, { text, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

const name = (thing) => make("bdi", { text: things[thing].label });
const sign = (stance, text) => make("span", { class: `sign ${SIGN[stance.sign]}`, text });
const days = (text) => text.replace("/", " to ");
const count = (n, what) => `${n} ${what}${n === 1 ? "" : "s"}`;
const sentence = (stance) => `${things[stance.speaker].label} ${CODED[stance.sign]} ${things[stance.target].label}`;
const headline = (stance) =>
  make("p", { class: "tie" }, name(stance.speaker), " ", sign(stance, CODED[stance.sign]), " ", name(stance.target));

function words(stance) {
  const parts = stance.quotes.map((quote) => make("blockquote", { dir: "auto", text: `“${quote}”` }));
  if (stance.gist) parts.push(make("p", { dir: "auto", class: "gist" + (parts.length ? " quiet" : ""), text: stance.gist }));
  return parts;
}

function source(number) {
  const { title, publisher, issued, url } = documents[number];
  const named = make("bdi", { text: title || "untitled document" });
  const link = url && /^https?:\/\/\S+$/i.test(url);
  const rest = [publisher, issued && days(issued)].filter(Boolean).join(", ");
  const linked = link ? make("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, named) : named;
  return make("p", { class: "source" }, linked, rest && " · ", make("bdi", { text: rest }));
}

function account(stance, full) {
  const facts = [days(stance.day), stance.act, stance.medium].filter(Boolean).join(" · ");
  const element = make("div", { class: "stance" }, ...words(stance), make("p", { class: "facts", text: facts }));
  element.append(...stance.documents.map(source));
  if (full) {
    const coded = `basis: ${stance.basis} · confidence ${stance.confidence}`;
    element.append(make("p", { class: "facts", text: coded }), make("code", { text: stance.iri }));
  }
  return element;
}

function accounts(list, full, headed) {
  const shown = full ? list : list.slice(0, IN_TIP);
  const parts = shown.map((stance) => {
    const element = account(stance, full);
    if (headed) element.prepend(headline(stance));
    return element;
  });
  if (shown.length < list.length) {
    parts.push(make("p", { class: "quiet", text: `and ${list.length - shown.length} more: click to read all` }));
  }
  return parts;
}

function aboutTie(tie, full) {
  return [headline(behindTie[tie][0]), ...accounts(behindTie[tie], full, false)];
}

function aboutThing(thing, full) {
  const { label, arabic, kind } = things[thing];
  const { said, spokenOf } = ofThing[thing];
  const parts = [make("h2", { dir: "auto", text: label })];
  if (arabic) parts.push(make("p", { lang: "ar", dir: "rtl", text: arabic }));
  const facts = [kind, said.length && count(said.length, "stance") + " taken",
    spokenOf.length && count(spokenOf.length, "stance") + " on it"];
  parts.push(make("p", { class: "facts", text: facts.filter(Boolean).join(" · ") }));
  if (!full) return [...parts, ...accounts([...said, ...spokenOf], false, true)];
  if (said.length) parts.push(make("h3", { text: "What it said" }), ...accounts(said, true, true));
  if (spokenOf.length) parts.push(make("h3", { text: "What is said about it" }), ...accounts(spokenOf, true, true));
  return parts;
}

// ---- drawing -----------------------------------------------------------------------------------------------------

const graph = byId("graph");
const dark = matchMedia("(prefers-color-scheme: dark)");
const face = getComputedStyle(document.body).fontFamily;
const colour = {};

function readColours() {
  const css = getComputedStyle(document.documentElement);
  for (const key of ["paper", "ink", "rule", "supports", "opposes", "neutral", "actor", "box", "edge", "focus"]) {
    colour[key] = css.getPropertyValue("--" + key).trim();
  }
}

function nodeLook(node, lit) {
  const box = node.shape === "box";
  const border = box ? colour.edge : colour.paper;
  const background = box ? colour.box : colour.actor;
  const strong = { background, border: colour.focus };
  return {
    id: node.id,
    color: { background, border: lit ? border : colour.rule, highlight: strong, hover: strong },
    opacity: lit || box ? 1 : 0.25,
    font: {
      size: node.font.size, face, color: lit ? colour.ink : colour.edge,
      strokeWidth: box ? 0 : 4, strokeColor: colour.paper,
    },
  };
}

function tieLook(tie, lit) {
  const shade = colour[SIGN[tie.sign]];
  return { id: tie.id, color: { color: shade, highlight: shade, hover: shade, opacity: lit ? 1 : 0.12 } };
}

readColours();
const tips = { node: things.map(() => make("div")), tie: data.edges.map(() => make("div")) };
const nodes = new vis.DataSet(data.nodes.map((node) => ({ ...node, ...nodeLook(node, true), title: tips.node[node.id] })));
const ties = new vis.DataSet(data.edges.map((tie) => ({ ...tie, ...tieLook(tie, true), title: tips.tie[tie.id] })));
const network = new vis.Network(graph, { nodes, edges: ties }, JSON.parse(data.options));

// Lifts a choice { thing } or { tie }, its ties and their ends; dims the rest. Nothing chosen: all are lit.
function lift(choice) {
  const litTies = new Set(choice ? (choice.tie === undefined ? ofThing[choice.thing].ties : [choice.tie]) : []);
  const litNodes = new Set(choice && choice.thing !== undefined ? [choice.thing] : []);
  for (const tie of litTies) litNodes.add(data.edges[tie].from).add(data.edges[tie].to);
  nodes.update(data.nodes.map((node) => nodeLook(node, !choice || litNodes.has(node.id))));
  ties.update(data.edges.map((tie) => tieLook(tie, !choice || litTies.has(tie.id))));
}

// All of it where it can be read so, else the middle, or on a phone the busiest node.
function overview(all) {
  const [width, height] = data.extent;
  const whole = Math.min(graph.clientWidth / (width + 30), graph.clientHeight / (height + 30), 1.25);
  const scale = all ? whole : Math.max(whole, READABLE);
  const busiest = data.nodes.reduce((a, b) => (ofThing[b.id].ties.length > ofThing[a.id].ties.length ? b : a));
  const position = scale > whole && graph.clientWidth < 600 ? { x: busiest.x, y: busiest.y } : { x: 0, y: 0 };
  network.moveTo({ scale, position, animation: false });
}

network.once("afterDrawing", () => {
  performance.mark("drawn");
  graph.dataset.drawn = "true";
  setTimeout(fillTable, 0, 0);
});
overview(false);

// ---- pointing and choosing ---------------------------------------------------------------------------------------

const evidence = byId("evidence");
const hint = [...evidence.childNodes];
let chosen = null;
let opener = null;
let passing = 0;

function choose(choice, from) {
  clearTimeout(passing);
  chosen = choice;
  opener = from || null;
  network.unselectAll();
  lift(choice);
  if (!choice) {
    byId("find").value = "";
    evidence.replaceChildren(...hint);
    return;
  }
  const close = make("button", { type: "button", class: "close", text: "Close" });
  close.addEventListener("click", leave);
  const isTie = choice.tie !== undefined;
  evidence.replaceChildren(close, ...(isTie ? aboutTie(choice.tie, true) : aboutThing(choice.thing, true)));
  evidence.scrollTop = 0;
  if (isTie) network.selectEdges([choice.tie]); else network.selectNodes([choice.thing], false);
  byId("find").value = isTie ? "" : String(choice.thing);
  const shown = isTie ? sentence(behindTie[choice.tie][0]) : things[choice.thing].label;
  byId("said").textContent = `Evidence shown: ${shown}`;
}

function leave() {
  const back = opener;
  choose(null);
  if (back) back.focus();
}

// Moves the view so that the choice is in its middle.
function centre(choice) {
  const ends = choice.tie === undefined ? [choice.thing] : [data.edges[choice.tie].from, data.edges[choice.tie].to];
  const at = Object.values(network.getPositions(ends));
  const mean = (axis) => at.reduce((sum, point) => sum + point[axis], 0) / at.length;
  network.moveTo({ position: { x: mean("x"), y: mean("y") }, scale: Math.max(network.getScale(), 0.9), animation: false });
}

const fill = (tip, parts) => { if (!tip.firstChild) tip.append(...parts()); };
// A pointer that only passes by changes nothing.
function hovered(choice) {
  clearTimeout(passing);
  if (data.edges.length <= LIFTED_ON_HOVER) passing = setTimeout(lift, 90, choice);
}
network.on("hoverNode", ({ node }) => {
  fill(tips.node[node], () => aboutThing(node, false));
  hovered({ thing: node });
});
network.on("hoverEdge", ({ edge }) => {
  fill(tips.tie[edge], () => aboutTie(edge, false));
  hovered({ tie: edge });
});
network.on("blurNode", () => hovered(chosen));
network.on("blurEdge", () => hovered(chosen));
network.on("click", ({ nodes: [thing], edges: [tie] }) => {
  if (thing !== undefined) choose({ thing });
  else if (tie !== undefined) choose({ tie });
  else choose(null);
  evidence.firstElementChild.scrollIntoView({ block: "nearest" });
});
dark.addEventListener("change", () => { readColours(); lift(chosen); });
// The wheel scrolls the page, as everywhere; with Ctrl it zooms the graph.
graph.addEventListener("wheel", (event) => { if (!event.ctrlKey) event.stopPropagation(); }, { capture: true });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const tip of graph.querySelectorAll(".vis-tooltip")) tip.style.visibility = "hidden";
  if (chosen) leave();
});

const zoom = (factor) => network.moveTo({ scale: network.getScale() * factor, animation: false });
byId("closer").addEventListener("click", () => zoom(1.3));
byId("farther").addEventListener("click", () => zoom(1 / 1.3));
byId("all").addEventListener("click", () => overview(true));

const find = byId("find");
for (const [label, wanted] of [["Actors", false], ["Propositions", true]]) {
  const group = make("optgroup", { label });
  const found = data.nodes.filter((node) => (node.shape === "box") === wanted);
  found.sort((a, b) => (things[a.id].label < things[b.id].label ? -1 : 1));
  group.append(...found.map((node) => make("option", { value: node.id, text: things[node.id].label })));
  if (found.length) find.append(group);
}
find.addEventListener("change", () => {
  if (find.value === "") { choose(null); return; }
  const choice = { thing: Number(find.value) };
  choose(choice, find);
  centre(choice);
});

// ---- table -------------------------------------------------------------------------------------------------------

function row(stance) {
  const purpose = make("span", { class: "unseen", text: ": show the evidence" });
  const button = make("button", { type: "button" }, sign(stance, SIGN[stance.sign]), purpose);
  button.addEventListener("click", () => {
    const choice = { tie: stance.tie };
    choose(choice, button);
    centre(choice);
    evidence.focus();
    graph.scrollIntoView({ block: "nearest" });
  });
  const cell = (...children) => make("td", { role: "cell" }, ...children);
  return make("tr", { role: "row" },
    make("th", { role: "rowheader", scope: "row" }, name(stance.speaker)),
    cell(button), cell(name(stance.target)), cell(days(stance.day)), cell(...words(stance)),
    cell(...stance.documents.map(source)));
}

// In portions, so that a long table does not hold up the graph.
function fillTable(from) {
  const to = Math.max(300, from * 2);
  byId("rows").append(...stances.slice(from, to).map(row));
  if (to < stances.length) setTimeout(fillTable, 0, to);
  else byId("statements").dataset.filled = "true";
}
})();
