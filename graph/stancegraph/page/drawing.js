// The drawing: what is in each view, how it looks, and what a choice highlights.
"use strict";
const graph = byId("graph");
const dark = matchMedia("(prefers-color-scheme: dark)");
const face = getComputedStyle(document.body).fontFamily;
const colour = {};
const READABLE = 0.6;
const MOST_ON_HOVER = 1500;
const DASHES = data.dashes;
const shown = { view: "", nodes: [], ties: [], positions: [] };

function readColours() {
  const css = getComputedStyle(document.documentElement);
  for (const key of ["paper", "ink", "quiet", "rule", "soft", "actor", "box", "edge", "focus", ...Object.values(SIGN)]) {
    colour[key] = css.getPropertyValue("--" + key).trim();
  }
}

function nodeLook(node, lit) {
  const box = node.shape === "box";
  const background = box ? colour.box : colour.actor;
  const border = box ? colour.edge : colour.paper;
  const strong = { background, border: colour.focus };
  return {
    color: { background, border: lit ? border : colour.rule, highlight: strong, hover: strong },
    opacity: lit || box ? 1 : 0.25,
    font: { size: node.font.size, face, color: lit ? colour.ink : colour.edge, strokeWidth: box ? 0 : 4, strokeColor: colour.paper },
  };
}

function tieLook(tie, lit) {
  const shade = colour[SIGN[tie.sign]];
  const opacity = !lit ? 0.1 : tie.weight === undefined ? 1 : 0.75;
  return { color: { color: shade, highlight: shade, hover: shade, opacity }, width: tie.width };
}

readColours();
const nodes = new vis.DataSet([]);
const ties = new vis.DataSet([]);
const network = new vis.Network(graph, { nodes, edges: ties }, JSON.parse(data.options));
const tips = new Map();
const tip = (key) => tips.get(key) || tips.set(key, make("div")).get(key);

// The lines of a view that `passes` leaves, with their width; `wanted` holds the state of the controls.
function linesOf(view, wanted, passes) {
  if (view === "agreement" || view === "blocs") {
    const bloc = (i) => entities[i].bloc;
    return data.agreement.filter((tie) => (wanted.all || tie.first) &&
      (view === "agreement" || (bloc(tie.from) !== null && bloc(tie.from) === bloc(tie.to)) || tie.sign > 0) &&
      tie.on.some(([, , mine, theirs]) => mine.some((i) => passes(stances[i])) && theirs.some((i) => passes(stances[i]))))
      .map((tie) => ({ ...tie, width: 1 + 3 * Math.abs(tie.weight), smooth: false, arrows: { to: { enabled: false } } }));
  }
  const ego = view === "ego" ? Number(wanted.ego) : null;
  const found = [];
  for (const tie of data.edges) {
    if (ego !== null ? tie.from !== ego && tie.to !== ego : !(wanted.all || tie.first)) continue;
    const behind = stancesOfTie[tie.id].filter(passes);
    if (!behind.length) continue;
    const papers = new Set(behind.flatMap((stance) => stance.documents)).size;
    found.push({ ...tie, width: Math.min(1.4 + 1.3 * (Math.max(papers, 1) - 1), 8) });
  }
  return found;
}

function positionsOf(view, wanted) {
  const { positions } = data;
  if (view === "agreement" || view === "blocs") return positions[view] || [];
  if (view === "ego") return wanted.ego === "" ? [] : ringAround(Number(wanted.ego));
  return (wanted.all && positions.all) || positions.stances;
}

// One node in the middle, those it is tied to in a ring about it: no line runs under another's shape.
function ringAround(centre) {
  const near = new Set(data.edges.flatMap((tie) => (tie.from === centre ? [tie.to] : tie.to === centre ? [tie.from] : [])));
  near.delete(centre);
  const at = data.positions.all || data.positions.stances;
  const [x, y] = at[centre] || [0, 0];
  const turn = (id) => (at[id] ? Math.atan2(at[id][1] - y, at[id][0] - x) : 0);
  const ring = [...near].sort((a, b) => turn(a) - turn(b) || a - b);
  const radius = Math.max(230, ring.length * 30);
  const placed = data.nodes.map((node) => (node.id === centre ? [0, 0] : null));
  ring.forEach((id, i) => {
    const angle = (2 * Math.PI * (i + 0.5)) / ring.length;
    placed[id] = [Math.round(1.35 * radius * Math.cos(angle)), Math.round(0.8 * radius * Math.sin(angle))];
  });
  return placed;
}

// Draws the view anew from the filters; returns whether the view itself is another one than before.
function draw(view, wanted, passes, narrowed) {
  const key = [view, view === "ego" ? wanted.ego : "", wanted.all].join(" ");
  const other = shown.view !== key;
  shown.view = key;
  shown.blocs = view === "blocs";
  shown.ties = linesOf(view, wanted, passes);
  shown.positions = positionsOf(view, wanted);
  const met = new Set(shown.ties.flatMap((tie) => [tie.from, tie.to]));
  if (view === "ego" && wanted.ego !== "") met.add(Number(wanted.ego));
  const alone = (id) => !wanted.isolates && view !== "ego" && (!narrowed || ofNode[id].said.concat(ofNode[id].spokenOf).some(passes));
  shown.nodes = data.nodes.filter((node) => shown.positions[node.id] && (met.has(node.id) || alone(node.id)));
  const present = new Set(shown.nodes.map((node) => node.id));
  shown.ties = shown.ties.filter((tie) => present.has(tie.from) && present.has(tie.to));
  if (other) { ties.clear(); nodes.clear(); }
  const kept = new Set(shown.ties.map((tie) => tie.id));
  ties.remove(ties.getIds().filter((id) => !kept.has(id)));
  nodes.remove(nodes.getIds().filter((id) => !present.has(id)));
  nodes.update(shown.nodes.map((node) => {
    const [x, y] = shown.positions[node.id];
    return { ...node, x, y, ...nodeLook(node, true), title: tip(`node ${node.id}`) };
  }));
  ties.update(shown.ties.map(({ id, from, to, smooth, arrows, ...tie }) => ({
    id, from, to, smooth, ...(arrows ? { arrows } : {}), dashes: DASHES[tie.sign], ...tieLook(tie, true),
    title: tip(tie.weight === undefined ? `tie ${id}` : `pair ${id}`),
  })));
  return other;
}

// Highlights a choice, its lines and their ends; dims the rest. Nothing chosen: all are lit.
function highlight(choice) {
  const isLine = choice && (choice.tie ?? choice.pair) !== undefined;
  const litNodes = new Set();
  const litLines = new Set();
  const node = choice && choice.node;
  const members = choice && choice.bloc !== undefined ? new Set(data.blocs[choice.bloc].members) : null;
  for (const tie of shown.ties) {
    const lit = isLine ? tie.id === (choice.tie ?? choice.pair)
      : node !== undefined ? tie.from === node || tie.to === node : members && members.has(tie.from) && members.has(tie.to);
    if (lit) { litLines.add(tie.id); litNodes.add(tie.from).add(tie.to); }
  }
  if (node !== undefined) litNodes.add(node);
  if (members) for (const member of members) litNodes.add(member);
  const all = !choice || !litNodes.size;
  nodes.update(shown.nodes.map((node) => ({ id: node.id, ...nodeLook(node, all || litNodes.has(node.id)) })));
  ties.update(shown.ties.map((tie) => ({ id: tie.id, ...tieLook(tie, all || litLines.has(tie.id)) })));
}

// What the boxes of the shown entities cover: left, top, right, bottom.
function bounds() {
  if (shown.blocs && shown.nodes.length) {
    const boxes = data.positions.regions.map((region) => region.box);
    return [Math.min(...boxes.map((b) => b[0])), Math.min(...boxes.map((b) => b[1])),
      Math.max(...boxes.map((b) => b[0] + b[2])), Math.max(...boxes.map((b) => b[1] + b[3]))];
  }
  const all = shown.nodes.map((node) => shown.positions[node.id]);
  const [xs, ys] = [all.map((at) => at[0]), all.map((at) => at[1])];
  const least = (list) => list.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (list) => list.reduce((a, b) => Math.max(a, b), -Infinity);
  return all.length ? [least(xs) - 90, least(ys) - 40, most(xs) + 90, most(ys) + 60] : [-100, -100, 100, 100];
}

// All of it where it can be read so, else the middle, or on a phone the busiest node.
function overview(all) {
  if (!graph.clientWidth) return;
  const [left, top, right, bottom] = bounds();
  const whole = Math.min(graph.clientWidth / (right - left + 20), graph.clientHeight / (bottom - top + 20), 1.25);
  const scale = all ? whole : Math.max(whole, Math.min(READABLE, 1.25));
  let position = { x: (left + right) / 2, y: (top + bottom) / 2 };
  if (scale > whole && graph.clientWidth < 600 && shown.nodes.length) {
    const busiest = shown.nodes.reduce((a, b) => (b.size > a.size ? b : a));
    position = { x: shown.positions[busiest.id][0], y: shown.positions[busiest.id][1] };
  }
  network.moveTo({ scale, position, animation: false });
}

// Moves the view so that the entities are in its middle.
function centre(ids) {
  const at = ids.filter((id) => nodes.get(id)).map((id) => shown.positions[id]);
  if (!at.length) return;
  const mean = (axis) => at.reduce((sum, point) => sum + point[axis], 0) / at.length;
  network.moveTo({ position: { x: mean(0), y: mean(1) }, scale: Math.max(network.getScale(), 0.9), animation: false });
}

// Blocs are places: each has its ground, with its name above.
network.on("beforeDrawing", (canvas) => {
  if (!shown.blocs) return;
  for (const { bloc, box: [x, y, wide, high], actors } of data.positions.regions) {
    canvas.beginPath();
    canvas.roundRect(x, y, wide, high, 16);
    canvas.fillStyle = colour.soft;
    canvas.fill();
    canvas.strokeStyle = colour.rule;
    canvas.lineWidth = 1;
    canvas.stroke();
    canvas.fillStyle = colour.quiet;
    canvas.font = `bold 16px ${face}`;
    canvas.textAlign = "left";
    canvas.textBaseline = "top";
    canvas.fillText(regionName(bloc, actors), x + 14, y + 12);
  }
});
const regionName = (bloc, actors) => (bloc === null ? `In no bloc · ${actors}` : `Bloc ${bloc + 1} · ${count(actors, "actor")}`);
const regionAt = ({ x, y }) => shown.blocs && data.positions.regions.find(({ bloc, box }) =>
  bloc !== null && x >= box[0] && x <= box[0] + box[2] && y >= box[1] && y <= box[1] + box[3]);
