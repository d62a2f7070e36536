// The controls, their state in the address, the evidence, the matrix and the table.
"use strict";
const PORTION = 200;
const CONTROLS = ["q", "polarity", "kind", "target", "document", "act", "quoted", "isolates", "all", "since", "until", "ego", "sort"];
const VIEWS = ["stances", "agreement", "blocs", "matrix", "ego"];
const controls = Object.fromEntries(CONTROLS.map((key) => [key, byId(key)]).filter(([, control]) => control));
const evidence = byId("evidence");
const hint = [...evidence.childNodes];
const find = byId("find");
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let view = data.view;
let chosen = null;
let opener = null;
let passing = 0;
let passes = () => true;
let listed = [];
let reading = false;
const sorting = { column: 0, down: false };

// ---- state -------------------------------------------------------------------------------------------------------

for (const range of [controls.since, controls.until]) Object.assign(range, { min: FIRST_DAY, max: LAST_DAY, step: 1 });
controls.since.value = FIRST_DAY;
controls.until.value = LAST_DAY;

function options(select, list) {
  select.append(...list.map(([value, text]) => make("option", { value, text })));
}
const byLabel = (a, b) => (entities[a.id].label < entities[b.id].label ? -1 : 1);
for (const [label, wanted] of [["Actors", false], ["Propositions", true]]) {
  const found = data.nodes.filter((node) => (node.shape === "box") === wanted).sort(byLabel);
  for (const select of [find, controls.ego]) {
    const group = make("optgroup", { label });
    options(group, found.map((node) => [node.id, entities[node.id].label]));
    if (found.length) select.append(group);
  }
}
const busiest = entities.reduce((best, _, i) => (ofNode[i].said.length > ofNode[best].said.length ? i : best), 0);
controls.ego.value = String(data.ego ?? busiest);
const initial = Object.fromEntries(Object.entries(controls).map(([key, control]) => [key, valueOf(control)]));
if (!data.positions.agreement) for (const name of ["agreement", "blocs"]) byId("view-" + name).disabled = true;
const available = (name) => VIEWS.includes(name) && !byId("view-" + name).disabled;
if (!available(view)) view = "stances";

function valueOf(control) {
  return control.type === "checkbox" ? control.checked : control.type === "range" ? Number(control.value) : control.value;
}

// A value from an address is taken only where the control has it.
function setControl(control, value) {
  if (control.type === "checkbox") control.checked = value === true || value === "1";
  else if (control.type === "range") control.value = /^-?\d{1,7}$/.test(value) ? value : control.value;
  else if (control.tagName !== "SELECT") control.value = String(value).slice(0, 200);
  else if ([...control.options].some((option) => option.value === String(value))) control.value = value;
}

function addressOf() {
  const address = new URLSearchParams();
  if (view !== data.view) address.set("view", view);
  for (const [key, control] of Object.entries(controls)) {
    const value = valueOf(control);
    if (value !== initial[key]) address.set(key, value === true ? "1" : value === false ? "0" : value);
  }
  if (chosen) { const [[kind, id]] = Object.entries(chosen); address.set("show", `${kind}-${id}`); }
  return address.toString();
}

function writeAddress() {
  if (reading) return;
  const address = addressOf();
  if (address !== location.hash.slice(1)) history.replaceState(null, "", "#" + address);
}

function readAddress() {
  reading = true;
  const address = new URLSearchParams(location.hash.slice(1));
  view = available(address.get("view")) ? address.get("view") : data.view;
  if (!available(view)) view = "stances";
  for (const [key, control] of Object.entries(controls)) {
    setControl(control, initial[key]);
    if (address.has(key)) setControl(control, address.get(key));
  }
  const [, kind, id] = /^(node|tie|pair|cell|bloc)-(\d{1,9})$/.exec(address.get("show") || "") || [];
  const known = { node: entities, tie: data.edges, pair: data.agreement, bloc: data.blocs }[kind];
  const there = known ? Number(id) < known.length : kind === "cell" && stancesOfCell.has(Number(id));
  recount();
  choose(there ? { [kind]: Number(id) } : null);
  reading = false;
}

// ---- counting ----------------------------------------------------------------------------------------------------

function recount() {
  const wanted = Object.fromEntries(Object.entries(controls).map(([key, control]) => [key, valueOf(control)]));
  if (wanted.since > wanted.until) [wanted.since, wanted.until] = [wanted.until, wanted.since];
  const narrowed = ["q", "polarity", "kind", "target", "document", "act", "quoted", "since", "until"].some((key) => wanted[key] !== initial[key]);
  passes = filter(wanted);
  const ego = view === "ego" ? Number(wanted.ego) : null;
  listed = stances.filter((stance) => passes(stance) && (ego === null || stance.speaker === ego || stance.target === ego));
  byId("view-" + view).checked = true;
  byId("centre").hidden = view !== "ego";
  byId("matrix").hidden = view !== "matrix";
  byId("drawn").hidden = view === "matrix";
  byId("how").hidden = !["agreement", "blocs"].includes(view);
  if (view === "matrix") fillMatrix(wanted);
  else if (draw(view, wanted, passes, narrowed)) overview(view === "ego");
  const actors = new Set(listed.flatMap((stance) => [stance.speaker, stance.target]).filter((i) => data.nodes[i].shape !== "box"));
  const lone = narrowed || ego !== null ? 0 : data.nodes.filter((node) => node.shape !== "box" && !ofNode[node.id].said.length && !ofNode[node.id].spokenOf.length).length;
  byId("status").textContent = `${distinct(listed)} of ${count(distinct(stances), "statement")}, ${count(actors.size + lone, "actor")}`;
  for (const name of Object.values(SIGN)) {
    document.querySelector(`[data-sign=${name}]`).textContent = listed.filter((stance) => SIGN[stance.sign] === name).length;
  }
  const range = `${day(wanted.since)} to ${day(wanted.until)}`;
  byId("range").textContent = dated.length ? range : "no dates";
  for (const key of ["since", "until"]) controls[key].setAttribute("aria-valuetext", dated.length ? day(valueOf(controls[key])) : "none");
  fillHistogram(wanted);
  sortRows();
  writeAddress();
}

const BARS = 48;
function fillHistogram(wanted) {
  const span = Math.max(LAST_DAY - FIRST_DAY + 1, 1);
  const bars = Array.from({ length: BARS }, () => [0, 0]);
  const everyDay = filter({ ...wanted, since: FIRST_DAY, until: LAST_DAY });
  for (const stance of dated) {
    const bar = bars[Math.min(Math.floor(((stance.until - FIRST_DAY) * BARS) / span), BARS - 1)];
    if (everyDay(stance)) bar[0] += 1;
    if (passes(stance)) bar[1] += 1;
  }
  const most = Math.max(1, ...bars.map((bar) => bar[0]));
  byId("histogram").replaceChildren(...bars.flatMap(([all, some], i) => [[all, "all"], [some, "some"]].map(([n, name]) =>
    makeSvg("rect", { class: name, x: i * 5, width: 4, y: 30 - (30 * n) / most, height: (30 * n) / most }))));
}

// ---- evidence ----------------------------------------------------------------------------------------------------

function offer(node, bloc) {
  const offers = [];
  if (!(view === "ego" && Number(controls.ego.value) === node)) {
    offers.push(button("Show its neighbourhood", () => { controls.ego.value = String(node); show("ego"); }));
  }
  if (bloc !== null) offers.push(button(`Show bloc ${bloc + 1}`, () => { show("blocs"); choose({ bloc }, null, true); }));
  return offers;
}

function evidenceOf(choice, full) {
  if (choice.tie !== undefined) return aboutTie(choice.tie, full, passes);
  if (choice.pair !== undefined) return aboutPair(choice.pair, full, passes);
  if (choice.cell !== undefined) return aboutCell(choice.cell, passes);
  if (choice.bloc !== undefined) return aboutBloc(choice.bloc, passes);
  return aboutNode(choice.node, full, passes, offer);
}

function choose(choice, from, read) {
  clearTimeout(passing);
  chosen = choice;
  opener = from || null;
  network.unselectAll();
  if (view !== "matrix") highlight(choice);
  find.value = choice && choice.node !== undefined ? String(choice.node) : "";
  if (choice) {
    const parts = evidenceOf(choice, true);
    evidence.replaceChildren(button("Close", leave, { class: "close" }), ...parts);
    evidence.scrollTop = 0;
    byId("announced").textContent = `Evidence shown: ${parts[0].textContent}`;
    const line = choice.tie ?? choice.pair;
    if (choice.node !== undefined && nodes.get(choice.node)) network.selectNodes([choice.node], false);
    if (line !== undefined && ties.get(line)) network.selectEdges([line]);
  } else {
    evidence.replaceChildren(...hint);
    byId("announced").textContent = "";
  }
  if (read) evidence.focus({ preventScroll: true });
  if (read) evidence.scrollIntoView({ block: "nearest" });
  writeAddress();
}

function leave() {
  const back = opener;
  choose(null);
  if (back) back.focus();
}

function show(name) {
  view = name;
  recount();
  choose(null);
}

// ---- pointing ----------------------------------------------------------------------------------------------------

// A pointer that only passes by changes nothing.
function highlightSoon(choice) {
  clearTimeout(passing);
  if (shown.ties.length <= MOST_ON_HOVER) passing = setTimeout(highlight, 90, choice);
}
const lineChoice = (id) => (view === "agreement" || view === "blocs" ? { pair: id } : { tie: id });
function showTip(choice) {
  const [[kind, id]] = Object.entries(choice);
  tip(`${kind} ${id}`).replaceChildren(...evidenceOf(choice, false));
  highlightSoon(choice);
}
network.on("hoverNode", ({ node }) => showTip({ node }));
network.on("hoverEdge", ({ edge }) => showTip(lineChoice(edge)));
network.on("blurNode", () => highlightSoon(chosen));
network.on("blurEdge", () => highlightSoon(chosen));
network.on("click", ({ nodes: [node], edges: [line], pointer }) => {
  const region = regionAt(pointer.canvas);
  if (node !== undefined) choose({ node });
  else if (line !== undefined) choose(lineChoice(line));
  else choose(region ? { bloc: region.bloc } : null);
  if (chosen) evidence.scrollIntoView({ block: "nearest" });
});
dark.addEventListener("change", () => { readColours(); highlight(chosen); });
// The wheel scrolls the page, as everywhere; with Ctrl it zooms the graph.
graph.addEventListener("wheel", (event) => { if (!event.ctrlKey) event.stopPropagation(); }, { capture: true });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const bubble of graph.querySelectorAll(".vis-tooltip")) bubble.style.visibility = "hidden";
  if (chosen) leave();
});
const zoom = (factor) => network.moveTo({ scale: network.getScale() * factor, animation: false });
byId("closer").addEventListener("click", () => zoom(1.3));
byId("farther").addEventListener("click", () => zoom(1 / 1.3));
byId("fit").addEventListener("click", () => overview(true));
find.addEventListener("change", () => {
  if (find.value === "") { choose(null); return; }
  const node = Number(find.value);
  choose({ node }, find);
  centre([node]);
});

// ---- matrix ------------------------------------------------------------------------------------------------------

// The columns and, by bloc, the rows of the matrix that the filters leave.
function matrixShown() {
  const columns = data.matrix.columns.filter((target) => listed.some((stance) => stance.target === target));
  const inColumns = new Set(columns);
  const groups = [];
  for (const actor of data.matrix.rows) {
    if (!ofNode[actor].said.some((stance) => passes(stance) && inColumns.has(stance.target))) continue;
    const { bloc } = entities[actor];
    const heading = !data.blocs.length ? "" : bloc === null ? "In no bloc" : `Bloc ${bloc + 1}`;
    if (!groups.length || groups[groups.length - 1][0] !== heading) groups.push([heading, []]);
    groups[groups.length - 1][1].push(actor);
  }
  return { columns, groups };
}

// The stances of an actor on a target that pass, the sign they come to, and its mark; none: no mark.
function position(actor, target) {
  const list = (stancesOfCell.get(cellKey(actor, target)) || []).filter(passes);
  const signs = [...new Set(list.map((stance) => stance.sign))].sort((a, b) => b - a);
  const sign = signs.includes(1) && signs.includes(-1) ? "both" : signs[0];
  return { list, signs, sign, mark: WORDS.mark[sign] };
}

function fillMatrix() {
  const { columns, groups } = matrixShown();
  const head = make("tr", {}, make("td"), ...columns.map((target) => make("th", { scope: "col" }, make("span", { dir: "auto", text: entities[target].label }))));
  const body = [];
  for (const [heading, actors] of groups) {
    if (heading) body.push(make("tr", { class: "bloc" }, make("th", { scope: "rowgroup", colspan: columns.length + 1, text: heading })));
    for (const actor of actors) body.push(make("tr", {}, make("th", { scope: "row" }, nameOf(actor)), ...columns.map((target) => cell(actor, target))));
  }
  const table = make("table", {}, make("caption", { class: "unseen", text: "Positions: actors by bloc, propositions by how many spoke of them" }));
  table.append(make("thead", {}, head), make("tbody", {}, ...body));
  byId("cells").replaceChildren(body.length ? table : make("p", { text: "No statement on a proposition passes the filters." }));
}

function cell(actor, target) {
  const { list, signs, sign, mark } = position(actor, target);
  if (!list.length) return make("td");
  const label = `${mark} ${entities[actor].label} ${signs.map((each) => WORDS.stance[each]).join(" and ")}: ${entities[target].label} (${count(distinct(list), "statement")})`;
  return make("td", {}, button(mark, (from) => choose({ cell: cellKey(actor, target) }, from, true), { class: `cell ${SIGN[sign] || sign}`, "aria-label": label }));
}

// ---- table -------------------------------------------------------------------------------------------------------

const made = new Map();
const COLUMNS = [(s) => entities[s.speaker].label, (s) => -s.sign, (s) => entities[s.target].label, (s) => s.day,
  (s) => (s.quotes[0] || [s.gist || ""])[0], (s) => (s.documents.length ? documents[s.documents[0]].title || "" : "")];

function row(stance) {
  if (made.has(stance.id)) return made.get(stance.id);
  const purpose = make("span", { class: "unseen", text: ": show the evidence" });
  const opens = button("", (from) => {
    choose(data.edges[stance.tie] && view !== "matrix" ? { tie: stance.tie } : { cell: cellKey(stance.speaker, stance.target) }, from, true);
    if (view !== "matrix") centre([stance.speaker, stance.target]);
  });
  opens.append(signLabel(stance.sign), purpose);
  const cells = [[opens], [nameOf(stance.target)], [days(stance.day)], words(stance), stance.documents.map(source)];
  const element_ = make("tr", { role: "row" }, make("th", { role: "rowheader", scope: "row" }, nameOf(stance.speaker)),
    ...cells.map((parts) => make("td", { role: "cell" }, ...parts)));
  made.set(stance.id, element_);
  return element_;
}

function sortRows() {
  const [, column, way] = /^([0-5])(d?)$/.exec(controls.sort.value) || [0, "0", ""];
  Object.assign(sorting, { column: Number(column), down: way === "d" });
  const keys = new Map(listed.map((stance) => [stance, COLUMNS[sorting.column](stance)]));
  listed.sort((a, b) => {
    const [x, y] = [keys.get(a), keys.get(b)];
    return (x < y ? -1 : x > y ? 1 : a.id - b.id) * (sorting.down ? -1 : 1);
  });
  document.querySelectorAll("#statements thead th").forEach((head, i) => {
    if (i === sorting.column) head.setAttribute("aria-sort", sorting.down ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  });
  byId("rows").replaceChildren();
  setTimeout(fillRows, 0, PORTION);
}

function fillRows(to) {
  const body = byId("rows");
  body.replaceChildren(...listed.slice(0, to).map(row));
  byId("more").hidden = to >= listed.length;
  byId("more").textContent = `Show more of ${listed.length} rows`;
  byId("statements").dataset.filled = "true";
}
byId("more").addEventListener("click", () => {
  const from = byId("rows").children.length;
  fillRows(from + PORTION);
  const next = byId("rows").children[from];
  if (next) next.querySelector("button").focus();
});
document.querySelectorAll("#statements thead button").forEach((head, i) => head.addEventListener("click", () => {
  controls.sort.value = `${i}${sorting.column === i && !sorting.down ? "d" : ""}`;
  recount();
}));

// ---- controls ----------------------------------------------------------------------------------------------------

byId("copy").addEventListener("click", async () => {
  const address = byId("address");
  address.value = location.href;
  try {
    await navigator.clipboard.writeText(location.href);
    byId("announced").textContent = "Link copied";
    byId("copy").textContent = "Link copied";
  } catch {
    address.hidden = false;
    address.select();
    byId("announced").textContent = "Link shown: copy it";
  }
});

const play = byId("play");
let playing = 0;
function stop() {
  clearInterval(playing);
  playing = 0;
  play.textContent = "Play";
}
play.addEventListener("click", () => {
  if (playing) { stop(); return; }
  if (calm.matches) return;
  const span = LAST_DAY - FIRST_DAY;
  const wide = Math.max(valueOf(controls.until) - valueOf(controls.since), 0) >= span ? Math.ceil(span / 5) : valueOf(controls.until) - valueOf(controls.since);
  if (valueOf(controls.until) >= LAST_DAY) { controls.since.value = FIRST_DAY; controls.until.value = FIRST_DAY + wide; }
  play.textContent = "Stop";
  recount();
  playing = setInterval(() => {
    const to = Math.min(valueOf(controls.until) + Math.max(Math.ceil(span / 30), 1), LAST_DAY);
    controls.until.value = to;
    controls.since.value = to - wide;
    recount();
    if (to >= LAST_DAY) stop();
  }, 600);
});
calm.addEventListener("change", stop);
let pending = 0;
for (const [key, control] of Object.entries(controls)) {
  control.addEventListener(control.tagName === "SELECT" ? "change" : "input", () => {
    if (["since", "until"].includes(key) && playing) stop();
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(() => { recount(); if (chosen) choose(chosen, opener); });
  });
}
for (const name of VIEWS) byId("view-" + name).addEventListener("change", () => show(name));
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("reset").addEventListener("click", () => {
  stop();
  for (const [key, control] of Object.entries(controls)) setControl(control, initial[key]);
  recount();
  choose(null);
});
addEventListener("hashchange", () => {
  if (document.getElementById(location.hash.slice(1))) writeAddress(); // the skip link is no state
  else if (location.hash.slice(1) !== addressOf()) readAddress();
});

network.once("afterDrawing", () => {
  performance.mark("drawn");
  graph.dataset.drawn = "true";
});
readAddress();
