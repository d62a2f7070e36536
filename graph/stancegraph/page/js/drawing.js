// The network: names on two banks as Python placed them, the lines that pass the filters, and what is pointed at.
import { data, entities, stances, ofTie, periods, SIGN, byId, count, sentence } from "./data.js";
import { state } from "./state.js";

export const MODES = ["blocs", "agreement", "stances", "ego"];
const WIDE = { wide: 1000, middle: 640 };
export const DOT = 5;
const GAP = 7;
const DASH = [5, 4];
const EGO = 40;
export const colour = {};
export const face = getComputedStyle(document.body).fontFamily;
const graph = byId("graph");
const N = entities.length;
export const drawn = { mode: "", nodes: [], lines: [], cards: [], width: 1, height: 1, font: 13, scale: 1, lit: null, centre: 0 };
graph.drawn = drawn; // for whoever scripts a page from outside
export const entityOf = (number) => number % N;

export function readColours() {
  const css = getComputedStyle(document.documentElement);
  for (const key of ["paper", "ink", "quiet", "rule", "soft", "actor", "focus", "for", "against", "open"]) colour[key] = css.getPropertyValue("--" + key).trim();
}
readColours();

const points = new vis.DataSet([]);
const edges = new vis.DataSet([]);
const network = new vis.Network(graph, { nodes: points, edges }, JSON.parse(data.options));

// ---- what is drawn -----------------------------------------------------------------------------------------------

const format = () => (graph.clientWidth >= WIDE.wide ? "wide" : graph.clientWidth >= WIDE.middle ? "middle" : "narrow");
function periodKey(pictures) {
  const i = periods.findIndex(({ since, until }) => since === state.since && until === state.until);
  return i >= 0 && pictures[i] ? String(i) : "all";
}

function behind(mode, id) {
  if (mode !== "stances" && mode !== "ego") return data.agreement[id];
  return data.ties[id];
}

// What stands behind a line under the filters: how many stances, and whether words say it on both sides.
function evidenceOf(mode, id, passes) {
  if (mode === "stances" || mode === "ego") {
    const own = ofTie[id].filter(passes);
    return own.length ? { said: own.some((stance) => stance.said), own } : null;
  }
  const pairs = data.agreement[id].on.map(([target, agree, mine, theirs]) => [target, agree, mine.map((i) => stances[i]).filter(passes), theirs.map((i) => stances[i]).filter(passes)])
    .filter(([, , mine, theirs]) => mine.length && theirs.length);
  if (!pairs.length) return null;
  return { said: pairs.some(([, , mine, theirs]) => mine.some((s) => s.said) && theirs.some((s) => s.said)), pairs };
}

// Those an actor speaks of, and who speaks of it, on either side of it.
function egoPicture(node, passes) {
  const [width, bank, font] = { wide: [1080, 330, 13], middle: [690, 230, 12], narrow: [340, 122, 13] }[format()];
  const letters = Math.floor((bank - DOT - GAP - 10) / (font * 0.6));
  const own = (end) => data.ties.filter((tie) => tie[end] === node && ofTie[tie.id].some(passes));
  const sides = [[-1, own("to"), "from"], [1, own("from"), "to"]];
  const nodes = [];
  const lines = [];
  const heights = [0, 0];
  sides.forEach(([side, ties, end], k) => {
    for (const tie of ties.slice(0, 2 * EGO)) {
      const number = tie[end] + (side > 0 ? N : 0);
      if (!nodes.some((each) => each[0] === number)) {
        if (nodes.filter((each) => each[3] === side).length >= EGO) continue;
        const label = wrapped(sentence(entities[tie[end]].label), letters);
        const high = label.split("\n").length * font * 1.2 + 6;
        nodes.push([number, side < 0 ? bank - DOT : width - bank + DOT, heights[k] + high / 2, side, label]);
        heights[k] += high;
      }
      const twice = lines.filter((line) => line[4] === number).length;
      lines.push([tie.id, "cubicBezier", twice ? 0.75 : 0.5, false, number]);
    }
  });
  // With nobody on one side, the one in the centre moves there, and the room is not left empty.
  const empty = sides.findIndex(([side]) => !nodes.some((each) => each[3] === side));
  const middle = sides.every(([side]) => !nodes.some((each) => each[3] === side)) ? 0 : { 0: -1, 1: 1 }[empty] || 0;
  const height = Math.max(...heights, 60);
  for (const each of nodes) each[2] = Math.round(each[2] + (height - heights[each[3] < 0 ? 0 : 1]) / 2);
  nodes.push([node + 2 * N, width / 2 + (middle * (width - bank)) / 2, height / 2, 0, wrapped(entities[node].label, Math.floor((width - 2 * bank) / (font * 0.6)))]);
  const left = own("to").length + own("from").length - lines.length;
  return { width, height, font, cards: [], nodes, lines, left_out: left };
}

function hyphenate(word, letters) {
  const parts = word.length > letters ? word.match(new RegExp(`.{1,${letters - 1}}`, "gu")) : [word];
  return parts.map((part, i) => (i < parts.length - 1 ? `${part}-` : part));
}

function wrapped(text, letters) {
  const rows = [""];
  for (const word of text.split(" ").flatMap((each) => hyphenate(each, letters))) {
    const longer = `${rows.at(-1)} ${word}`.trim();
    if (longer.length <= letters || !rows.at(-1)) rows[rows.length - 1] = longer;
    else if (rows.length === 3) { rows[2] = rows[2].slice(0, letters - 1) + "…"; break; } else rows.push(word);
  }
  return rows.join("\n");
}

function pictureOf(mode, passes) {
  if (mode === "ego") return { picture: egoPicture(drawn.centre, passes), whole: null };
  const pictures = data.pictures[mode === "agreement" ? "blocs" : mode];
  const whole = pictures[periodKey(pictures)];
  return { picture: whole.formats[format()], whole };
}

// Draws a mode anew under the filters.
export function draw(mode, passes) {
  const { picture, whole } = pictureOf(mode, passes);
  const ends = (id, number) => {
    const tie = behind(mode, id);
    if (mode === "ego") return number < N ? [number, drawn.centre + 2 * N] : [drawn.centre + 2 * N, number];
    return mode === "stances" ? [tie.from, tie.to + N] : [tie.from, tie.to];
  };
  const every = [];
  for (const [id, kind, roundness, fuller, number] of picture.lines) {
    const evidence = evidenceOf(mode, id, passes);
    if (!evidence) continue;
    const [tail, head] = ends(id, number);
    every.push({ id, tail, head, kind, roundness, fuller, sign: behind(mode, id).sign, ...evidence });
  }
  // Between blocs alone; where nothing runs between them, what holds them together.
  const outer = mode === "blocs" ? every.filter(({ fuller }) => !fuller) : every;
  const lines = outer.length ? outer : every;
  const kept = picture.nodes.filter(([number]) => mode === "ego" || speaks(entityOf(number), number, mode, passes));
  const at = new Map(kept.map((node) => [node[0], node]));
  const cards = picture.cards.map((card) => ({ ...card, shown: card.members.filter((number) => at.has(number)).length })).filter((card) => card.shown)
    .map((card) => ({ ...card, subtitle: caption(card, passes) }));
  Object.assign(drawn, { mode, at, cards, lines: lines.filter((line) => at.has(line.tail) && at.has(line.head)), lit: null,
    nodes: kept, width: picture.width, height: picture.height, font: picture.font, whole, picture });
  fit();
  const known = new Set(kept.map(([number]) => number));
  points.remove(points.getIds().filter((id) => !known.has(id)));
  edges.clear();
  points.update(kept.map(([id, x, y]) => ({ id, x, y, ...pointLook(id) })));
  edges.add(drawn.lines.map((line, id) => ({ id, from: line.tail, to: line.head, smooth: { enabled: true, type: line.kind, forceDirection: "horizontal", roundness: line.roundness },
    arrows: arrowsOf(line), arrowStrikethrough: line.sign < 0, dashes: line.said ? false : DASH, ...lineLook(line, true) })));
}

// What most in a card share, counted anew under the filters; nothing where no more than half do.
function caption({ bloc, subtitle, members }, passes) {
  if (bloc === null || !subtitle.length) return subtitle;
  const held = new Set(data.blocs[bloc].holds[0].stances.map((i) => stances[i]).filter(passes).map(({ speaker }) => speaker));
  const shown = new Set(stances.filter((stance) => members.includes(stance.speaker) && passes(stance)).map(({ speaker }) => speaker));
  const every = data.blocs[bloc].members.filter((number) => !members.includes(number)).length;
  return 2 * held.size > every + shown.size ? [subtitle[0].replace(/^\d+ of \d+/, `${held.size} of ${every + shown.size}`), ...subtitle.slice(1)] : [];
}

// How many lines a mode would have in all under the filters.
export function linesThere(mode, passes) {
  if (mode === "stances") return data.ties.filter(({ id }) => ofTie[id].some(passes)).length;
  if (mode === "ego") return data.ties.filter(({ id, from, to }) => (from === drawn.centre || to === drawn.centre) && ofTie[id].some(passes)).length;
  const inner = ({ from, to, sign }) => sign > 0 && entities[from].bloc !== null && entities[from].bloc === entities[to].bloc;
  const found = data.agreement.filter((tie) => evidenceOf(mode, tie.id, passes));
  return (mode === "blocs" && found.filter((tie) => !inner(tie)).length) || found.length;
}

export const both = (mode) => mode === "blocs" || mode === "agreement";
const speaksOf = new Map();
function speaks(entity, number, mode, passes) {
  if (!speaksOf.has(passes)) { speaksOf.clear(); const [a, b] = [new Set(), new Set()]; for (const s of stances) if (passes(s)) { a.add(s.speaker); b.add(s.target); } speaksOf.set(passes, [a, b]); }
  return speaksOf.get(passes)[mode === "stances" && number >= N ? 1 : 0].has(entity);
}

// For ends in an arrow, against in a bar: the sign is read without colour too.
function arrowsOf(line) {
  const against = { enabled: true, type: "bar", scaleFactor: 0.5 };
  if (both(drawn.mode)) return line.sign < 0 ? { to: against, from: against } : { to: { enabled: false } };
  return { to: line.sign < 0 ? against : { enabled: line.sign > 0, type: "arrow", scaleFactor: 0.45 } };
}

const shapeOf = (entity) => ({ box: "square", undefined: "hexagon" })[data.shapes[entities[entity].kind]] || data.shapes[entities[entity].kind];
function pointLook(number, lit = true) {
  const thing = data.shapes[entities[entityOf(number)].kind] === "box";
  const background = thing ? colour.paper : colour.actor;
  const look = { background, border: thing ? colour.quiet : colour.actor };
  return { shape: thing ? "dot" : shapeOf(entityOf(number)), size: number >= 2 * N ? 9 : DOT, borderWidth: 1, opacity: lit ? 1 : 0.25, color: { ...look, highlight: look, hover: look } };
}

function lineLook(line, lit) {
  const shade = colour[SIGN[line.sign]];
  const quiet = both(drawn.mode) && line.sign > 0 ? 0.6 : 1;
  return { width: 1.5, color: { color: shade, highlight: shade, hover: shade, opacity: lit ? quiet : 0.08 } };
}

// The picture as wide as there is room, and no letter smaller than it was set.
export function fit() {
  const room = graph.clientWidth;
  if (!room) return;
  drawn.scale = Math.min(room / (drawn.width + 4), 1.25);
  const high = Math.ceil(drawn.height * drawn.scale) + 24;
  if (graph.dataset.high !== String(high)) { graph.dataset.high = high; graph.style.height = `${high}px`; network.setSize("100%", `${high}px`); }
  network.moveTo({ scale: drawn.scale, position: { x: drawn.width / 2, y: drawn.height / 2 }, animation: false });
}

// ---- names and cards ---------------------------------------------------------------------------------------------

export function cardTitle(card) {
  const of = card.total > card.members.length ? `${card.shown} of ${card.total.toLocaleString("en")}` : String(card.shown);
  return `${card.title} · ${of}${drawn.mode === "stances" || card.box[2] < 200 ? "" : of === "1" ? " actor" : " actors"}`;
}
const litNode = (number) => !drawn.lit || drawn.lit.nodes.has(number);

function drawNames(canvas) {
  canvas.textBaseline = "middle";
  for (const [number, x, y, side, label] of drawn.nodes) {
    const rows = label.split("\n");
    const lead = drawn.font * 1.2;
    canvas.font = `${side ? "" : "bold "}${drawn.font}px ${face}`;
    canvas.textAlign = side > 0 ? "left" : side < 0 ? "right" : "center";
    canvas.globalAlpha = litNode(number) ? 1 : 0.35;
    canvas.fillStyle = colour.ink;
    const from = side ? y - ((rows.length - 1) * lead) / 2 : y - 14 - (rows.length - 0.5) * lead;
    rows.forEach((row, i) => {
      if (!side) { canvas.strokeStyle = colour.paper; canvas.lineWidth = 4; canvas.strokeText(row, x, from + i * lead); }
      canvas.fillText(row, x + side * (DOT + GAP), from + i * lead);
    });
  }
  canvas.globalAlpha = 1;
}

network.on("beforeDrawing", (canvas) => {
  for (const card of drawn.cards) {
    const [x, y, wide, high] = card.box;
    canvas.beginPath();
    canvas.roundRect(x, y, wide, high, 8);
    canvas.fillStyle = colour.soft;
    canvas.fill();
    canvas.textAlign = "left";
    canvas.textBaseline = "alphabetic";
    canvas.fillStyle = colour.quiet;
    canvas.font = `bold 12px ${face}`;
    canvas.fillText(cardTitle(card), x + 10, y + 19);
    canvas.font = `11px ${face}`;
    card.subtitle.forEach((row, i) => canvas.fillText(row, x + 10, y + 33 + i * 13.75));
  }
});
network.on("afterDrawing", drawNames);

// ---- pointing ----------------------------------------------------------------------------------------------------

export function nameAt({ x, y }) {
  const high = (label) => (label.split("\n").length * drawn.font * 1.2) / 2 + 2;
  const reach = (label) => Math.max(...label.split("\n").map((row) => row.length)) * drawn.font * 0.6 + DOT + GAP;
  return drawn.nodes.find(([, nx, ny, side, label]) => Math.abs(y - ny) < high(label)
    && (side ? (x - nx) * side > -DOT - 3 && (x - nx) * side < reach(label) : Math.abs(x - nx) < 20))?.[0];
}
const cardAt = ({ x, y }) => drawn.cards.find(({ bloc, box: [left, top, wide, high] }) => bloc !== null && x > left && x < left + wide && y > top && y < top + high);

export function highlight(choice) {
  const lines = new Set();
  const nodes = new Set();
  drawn.lines.forEach((line, id) => {
    const lit = choice.line !== undefined ? id === choice.line : choice.card ? choice.card.members.includes(line.tail) || choice.card.members.includes(line.head)
      : line.tail === choice.node || line.head === choice.node;
    if (lit) { lines.add(id); nodes.add(line.tail).add(line.head); }
  });
  if (choice.node !== undefined) nodes.add(choice.node);
  for (const member of choice.card ? choice.card.members : []) nodes.add(member);
  drawn.lit = choice.none ? null : { lines, nodes };
  edges.update(drawn.lines.map((line, id) => ({ id, ...lineLook(line, !drawn.lit || lines.has(id)) })));
  points.update(drawn.nodes.map(([id]) => ({ id, opacity: litNode(id) ? 1 : 0.25 })));
}

export function onChoice(choose, pass) {
  const at = (event) => network.DOMtoCanvas({ x: event.offsetX, y: event.offsetY });
  let over = "";
  const hover = (choice) => {
    const key = JSON.stringify([choice.node, choice.line]);
    if (key === over) return;
    over = key;
    pass(choice);
  };
  graph.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch" || event.buttons) return;
    const node = nameAt(at(event));
    const line = node === undefined ? network.getEdgeAt({ x: event.offsetX, y: event.offsetY }) : undefined;
    graph.style.cursor = node !== undefined || line !== undefined ? "pointer" : "";
    hover(node !== undefined ? { node } : line !== undefined ? { line } : { none: true });
  });
  graph.addEventListener("pointerleave", () => hover({ none: true }));
  network.on("click", ({ pointer }) => {
    const node = nameAt(pointer.canvas);
    const line = node === undefined ? network.getEdgeAt(pointer.DOM) : undefined;
    const card = node === undefined && line === undefined ? cardAt(pointer.canvas) : undefined;
    choose(node !== undefined ? { node } : line !== undefined ? { line } : card ? { card } : { none: true });
  });
}

// The wheel and one finger scroll the page, as everywhere; Ctrl and wheel, two fingers or a button move the picture.
graph.addEventListener("wheel", (event) => { if (!event.ctrlKey) event.stopPropagation(); }, { capture: true });
const zoom = (factor) => network.moveTo({ scale: network.getScale() * factor, animation: false });
byId("closer").addEventListener("click", () => zoom(1.3));
byId("farther").addEventListener("click", () => zoom(1 / 1.3));
byId("fit").addEventListener("click", fit);
export const legendOf = (mode) => ({
  blocs: [["against", "disagree"], ["for", drawn.lines.every(({ fuller }) => fuller) ? "agree" : "agree across blocs"]],
  agreement: [["against", "disagree"], ["for", "agree"]],
  stances: [["against", "against, denies, rejects"], ["for", "for, says, calls for"], ["open", "leaves open"]],
  ego: [["against", "against, denies, rejects"], ["for", "for, says, calls for"], ["open", "leaves open"]],
})[mode];
