// The page: what each control does, what each view needs, and when it is made.
import { fillActor } from "./actor.js";
import { data, entities, numberOf, ofNode, periods, stances, distinct, SIGN, byId, button, count, make, sentence } from "./data.js";
import { link, svgOf } from "./downloads.js";
import { colour, draw, drawn, entityOf, fit, highlight, both, legendOf, linesThere, MODES, onChoice, readColours } from "./drawing.js";
import { FILTERS, fold, namesOf, addressOf, initial, narrowed, passes, readAddress, state, VIEWS, writeAddress } from "./state.js";
import { fillMatrix } from "./matrix.js";
import { entries, headline, nameOf, verb, close, fillRows, group, onOpen, openNamed } from "./rows.js";
import { fillStatements, onSort } from "./statements.js";
import { fillTimeline } from "./timeline.js";

const body = document.body;
const embedded = data.embed || new URLSearchParams(location.search).has("embed");
const modes = MODES.filter((mode) => mode === "ego" || data.pictures[mode === "agreement" ? "blocs" : mode]);
let mode = modes[0];
let pass = passes();
const later = { matrix: () => fillMatrix(pass), timeline: () => fillTimeline(pass) };
const due = new Set();

// ---- what is shown -----------------------------------------------------------------------------------------------

function showControls() {
  for (const key of FILTERS) {
    const control = byId(key);
    if (!control) continue;
    if (control.type === "checkbox") control.checked = Boolean(state[key]);
    else if (document.activeElement !== control) control.value = state[key] || "";
  }
  const i = periods.findIndex(({ since, until }) => since === state.since && until === state.until);
  const period = byId(`period-${i < 0 ? (state.since || state.until ? "other" : "all") : i}`);
  for (const radio of document.getElementsByName("period")) radio.checked = radio === period;
  const used = FILTERS.filter((key) => !["q", "since", "until"].includes(key) && state[key]).length;
  byId("filters-used").textContent = used ? ` (${used})` : "";
  byId("reset").hidden = !narrowed();
}

function showMode() {
  if (MODES.includes(state.view) && modes.includes(state.view)) mode = state.view;
  byId(`mode-${mode}`).checked = true;
  drawn.centre = numberOf.get(state.centre) ?? busiest();
  byId("centre").value = entities[drawn.centre].iri;
  byId("centred").hidden = mode !== "ego";
  byId("how").hidden = mode !== "blocs" && mode !== "agreement";
}
const busiest = () => ofNode.reduce((best, { said }, i) => (said.length > ofNode[best].said.length ? i : best), 0);

function showLegend() {
  byId("lines").replaceChildren(...legendOf(mode).filter(([sign]) => drawn.lines.some((line) => SIGN[line.sign] === sign))
    .map(([sign, text]) => make("li", {}, make("span", { class: `key ${sign}` }), text)),
  ...(both(mode) ? [make("li", { text: "left and right mean nothing" })] : []),
  ...(drawn.lines.some((line) => !line.said) ? [make("li", {}, make("span", { class: "key inferred" }), "dashed: not the speaker’s own words")] : []));
  const whole = drawn.whole;
  const notes = [];
  const lines = linesThere(mode, pass);
  if (lines > drawn.lines.length) notes.push(`${drawn.lines.length} of ${count(lines, "line")} are drawn: the strongest, between ${mode === "stances" || mode === "ego" ? "the names that stand here" : "names of the largest blocs"}.`);
  if (mode === "blocs" && drawn.lines.length && drawn.lines.every(({ fuller }) => fuller)) notes.push("No bloc contradicts another here: the lines are what holds each together.");
  if (whole && whole.alone.length && mode !== "stances") {
    const shown = whole.alone.filter((i) => ofNode[i].said.some(pass));
    const few = shown.length <= 12 ? `: ${shown.map((i) => entities[i].label).join(", ")}` : "";
    if (shown.length) notes.push(`Not drawn: ${count(shown.length, "actor")} who share nothing with anybody; what counts falls surely into one period and binds not the speaker${few}.`);
  }
  if (both(mode)) {
    const disputed = group("disputed").map(({ target }) => target);
    const unmet = new Set(data.unmet.map((i) => stances[i]).filter(pass).map(({ target }) => target));
    const some = disputed.filter((target) => unmet.has(target)).length;
    if (some) notes.push(`In ${some} of ${count(disputed.length, "dispute")} above somebody undertakes or refuses what binds itself, or may have spoken in either period: no line stands for that.`);
  }
  byId("left").textContent = notes.join(" ");
  byId("graph").setAttribute("aria-label", `Drawing of ${count(drawn.nodes.length, "name")} and ${count(drawn.lines.length, "line")}. The rows above say who stands where in words.`);
}

function showNetwork() {
  showMode();
  draw(mode, pass);
  showLegend();
  tellChoice({ none: true });
}

let made = false;
function refresh() {
  pass = passes();
  const list = stances.filter(pass);
  showControls();
  byId("nothing").hidden = list.length > 0;
  byId("nothing").textContent = list.length ? "" : `Nothing found${state.q ? ` for “${state.q}”` : " under these filters"}.`;
  byId("positions").hidden = !list.length;
  fillRows(list, made || narrowed());
  made = made || narrowed();
  fillStatements(list);
  showNetwork();
  for (const name of Object.keys(later)) { due.add(name); if (visible.has(name)) fillLater(name); }
  byId("status").textContent = narrowed() ? `${count(distinct(list), "statement")} of ${distinct(stances)} shown` : "";
  byId("under").textContent = narrowed() ? ` Under the filters of this page: ${distinct(list)} of ${count(distinct(stances), "statement")}.` : "";
  showActor();
}

function fillLater(name) {
  if (due.delete(name)) later[name]();
}
const visible = new Set();
const watch = new IntersectionObserver((found) => found.forEach(({ target, isIntersecting }) => {
  visible[isIntersecting ? "add" : "delete"](target.id);
  if (isIntersecting) fillLater(target.id);
}), { rootMargin: "300px" });
for (const name of Object.keys(later)) watch.observe(byId(name));

function showActor() {
  const node = numberOf.get(state.actor);
  const was = body.classList.contains("one");
  body.classList.toggle("one", node !== undefined);
  byId("actor").hidden = node === undefined;
  byId("all").hidden = node !== undefined;
  if (node !== undefined) {
    fillActor(node, pass);
    if (!was) scrollTo(0, 0);
    byId("actor").querySelector("h1").focus({ preventScroll: true });
  } else if (was) fit();
}

function follow() {
  readAddress();
  refresh();
  if (state.about && !state.actor) openNamed(numberOf.get(state.about), numberOf.get(state.by));
  else if (state.view !== "positions" && !state.actor && !embedded) {
    for (const name of Object.keys(later)) fillLater(name);
    byId(MODES.includes(state.view) ? "network" : state.view).scrollIntoView();
  }
}

// ---- the words behind the network --------------------------------------------------------------------------------

const told = byId("told");
function lineHead(line) {
  if (line.own) return [headline(line.own[0])];
  const { from, to, sign } = data.agreement[line.id];
  return [make("p", { class: "head" }, nameOf(from), " ", make("span", { class: `sign ${sign > 0 ? "for" : "against"}`, text: data.words.agreement[sign] }), " ", nameOf(to))];
}

function tellChoice(choice) {
  if (choice.none) { told.replaceChildren(); return; }
  if (choice.line !== undefined) {
    const line = drawn.lines[choice.line];
    const parts = line.own ? entries(line.own) : line.pairs.flatMap(([target, agree, mine, theirs]) => [
      make("h4", {}, agree > 0 ? "They share: " : "They contradict each other: ", make("bdi", { text: sentence(entities[target].label) })), ...entries([...mine, ...theirs], true)]);
    told.replaceChildren(shut(), ...lineHead(line), ...parts);
  } else if (choice.card) {
    const { members, holds } = data.blocs[choice.card.bloc];
    const parts = holds.map((hold) => {
      const own = hold.stances.map((i) => stances[i]).filter(pass);
      return own.length ? make("details", {}, make("summary", {}, verb({ ...own[0], said: true }), " ", make("bdi", { text: sentence(entities[hold.target].label) }), ` · ${count(new Set(own.map((s) => s.speaker)).size, "actor")}`), ...entries(own, true)) : "";
    });
    told.replaceChildren(shut(), make("p", { class: "head", text: `Bloc ${choice.card.bloc + 1}: what its members share` }), make("p", { class: "facts" }, members.map((i) => entities[i].label).join(", ")), ...parts);
  } else {
    const node = entityOf(choice.node);
    const list = stances.filter((stance) => (stance.speaker === node || stance.target === node) && pass(stance));
    told.replaceChildren(shut(), make("p", { class: "head" }, nameOf(node)),
      make("p", { class: "offers" }, make("a", { href: `#${entities[node].kind === "proposition" ? "about" : "actor"}=${encodeURIComponent(entities[node].iri)}`, text: "All of it" }), " ",
        button("Its neighbourhood", () => { state.centre = entities[node].iri; setView("ego"); })),
      ...entries(list.slice(0, 12), true), ...(list.length > 12 ? [make("p", { class: "quiet", text: `and ${list.length - 12} more` })] : []));
  }
}
const shut = () => button("Close", () => { highlight({ none: true }); tellChoice({ none: true }); }, { class: "close" });

function nameChoice(choice) {
  const line = choice.line !== undefined && drawn.lines[choice.line];
  byId("passing").textContent = choice.none ? "Point at a name or a line; click to read the words behind it."
    : line ? lineHead(line)[0].textContent : `${entities[entityOf(choice.node)].label}: ${count(drawn.lines.filter(({ tail, head }) => tail === choice.node || head === choice.node).length, "line")}`;
}
let kept = { none: true };
onChoice((choice) => { kept = choice; highlight(choice); tellChoice(choice); }, (choice) => { highlight(choice.none ? kept : choice); nameChoice(choice); });

// ---- controls ----------------------------------------------------------------------------------------------------

function change(key, value) {
  if (value) state[key] = value; else delete state[key];
}
function changed() {
  delete state.about;
  delete state.by;
  writeAddress();
  refresh();
}
function setView(view) {
  state.view = view;
  writeAddress();
  kept = { none: true };
  showNetwork();
}

let pending = 0;
for (const key of FILTERS) {
  const control = byId(key);
  if (!control) continue;
  control.addEventListener(control.tagName === "SELECT" || control.type === "date" ? "change" : "input", () => {
    change(key, control.type === "checkbox" ? (control.checked ? "1" : "") : control.value.trim());
    cancelAnimationFrame(pending);
    pending = requestAnimationFrame(changed);
  });
}
// A name chosen from the suggestions opens its own page; anything else typed is searched for.
const named = new Map(entities.flatMap(({ label, arabic, aliases }, i) => [label, arabic, ...aliases].filter(Boolean).map((name) => [name, i])));
byId("q").addEventListener("change", ({ target }) => {
  const node = named.get(target.value) ?? only(target.value);
  if (node === undefined) return;
  target.value = "";
  delete state.q;
  if (entities[node].kind === "proposition") { state.about = entities[node].iri; delete state.actor; } else state.actor = entities[node].iri;
  writeAddress(true);
  follow();
});
function only(text) {
  const asked = fold(text);
  const found = asked ? entities.map((_, i) => i).filter((i) => namesOf(i).split(" ").join(" ") === asked) : [];
  return found.length === 1 ? found[0] : undefined;
}
for (const radio of document.getElementsByName("period")) {
  radio.addEventListener("change", () => {
    const period = periods[radio.value];
    change("since", period && period.since);
    change("until", period && period.until);
    changed();
  });
}
for (const each of MODES) {
  byId(`mode-${each}`).disabled = !modes.includes(each);
  byId(`mode-${each}`).addEventListener("change", () => setView(each));
}
byId("centre").addEventListener("change", ({ target }) => { state.centre = target.value; setView("ego"); });
byId("filters").addEventListener("submit", (event) => event.preventDefault());
byId("reset").addEventListener("click", () => { for (const key of FILTERS) delete state[key]; changed(); byId("q").focus(); });
onSort(() => { writeAddress(); fillStatements(stances.filter(pass)); });
onOpen((place) => { change("about", place && place.about); change("by", place && place.by); writeAddress(); });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  close();
  kept = { none: true };
  highlight(kept);
  tellChoice(kept);
});
byId("copy").addEventListener("click", async () => {
  const address = byId("address");
  address.value = location.href;
  try {
    await navigator.clipboard.writeText(location.href);
    byId("status").textContent = "Link copied";
  } catch {
    address.hidden = false;
    address.select();
    byId("status").textContent = "Link shown: copy it";
  }
});
addEventListener("hashchange", () => {
  const place = document.getElementById(location.hash.slice(1));
  if (place) { writeAddress(); place.focus(); } else if (location.hash.slice(1) !== addressOf()) follow();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); showNetwork(); due.add("timeline"); if (visible.has("timeline")) fillLater("timeline"); });
let width = innerWidth;
addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; showNetwork(); due.add("timeline"); } });

// ---- print -------------------------------------------------------------------------------------------------------

function prepareToPrint() {
  const light = { ...colour };
  Object.assign(colour, { paper: "#fff", ink: "#000", quiet: "#444", rule: "#bbb", soft: "#f2f3f4", actor: "#4a5560", for: "#0072b2", against: "#c04f00", open: "#666" });
  byId("printed").replaceChildren(svgOf("network"));
  if (byId("appendix").checked) { for (const name of Object.keys(later)) fillLater(name); fillStatements(stances.filter(pass), true); }
  Object.assign(colour, light);
}
addEventListener("beforeprint", prepareToPrint);
addEventListener("afterprint", () => { byId("printed").replaceChildren(); if (byId("appendix").checked) fillStatements(stances.filter(pass)); });
byId("appendix").addEventListener("change", ({ target }) => body.classList.toggle("appendix", target.checked));
byId("print").addEventListener("click", () => print());

// ---- beginning ---------------------------------------------------------------------------------------------------

if (embedded) {
  body.classList.add("embed");
  byId("whole").href = location.pathname + location.hash;
}
for (const { label, iri } of entities.filter(({ kind }) => kind !== "proposition")) byId("centre").append(make("option", { value: iri, text: label }));
// The rows stand already; they are painted before the rest is made.
requestAnimationFrame(() => setTimeout(() => {
  follow();
  if (embedded) showPart();
  performance.mark("drawn");
  body.dataset.ready = "true";
}));

function showPart() {
  const part = MODES.includes(state.view) ? "network" : VIEWS.includes(state.view) ? state.view : "positions";
  for (const section of byId("all").children) section.hidden = section.id !== part;
  if (part === "network") fit(); else if (later[part]) fillLater(part);
}
