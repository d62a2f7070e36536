// The first screen: who is against and who is for each thing. Python writes it once; filters have it made anew here,
// by the same rules (stancegraph.network.relations) and in the same words (stancegraph.page.overview).
import { entities, documents, spell, SIGN, make, sentence, data, periods, spans, isActor, distinct, cellKey, ofCell, byId, button, count, rove } from "./data.js";
import { within } from "./state.js";

// The words behind a stance, with their day, document, link, basis and confidence.
const RTL = /^(ar|fa|he|ur|ckb|ps|sd|ug|yi)\b/i;
const LINK = /^https?:\/\/[^\s\\]+$/i;
const INFERRED = { implied: "implied: the coder’s inference", attributed: "attributed by the document’s author" };

export const nameOf = (number) => make("bdi", { text: entities[number].label });
export const verb = (stance) => make("span", { class: `sign ${SIGN[stance.sign]}${stance.said ? "" : " inferred"}`, text: stance.word });

function quotation([text, language]) {
  const direction = language && RTL.test(language) ? "rtl" : "auto";
  return make("blockquote", { dir: direction, ...(language ? { lang: language } : {}), text: `“${text}”` });
}

export function words(stance) {
  const parts = stance.quotes.map(quotation);
  if (stance.gist) parts.push(make("p", { class: "gist" }, make("span", { class: "of", text: "in the coder’s words: " }), make("bdi", { text: stance.gist })));
  return parts;
}

export function source(number) {
  const { title, publisher, issued, url } = documents[number];
  const text = make("bdi", { text: title || "untitled document" });
  const linked = url && LINK.test(url) ? make("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, text) : text;
  const rest = [publisher, issued && `reported ${spell(issued)}`].filter(Boolean).join(", ");
  return make("p", { class: "source" }, linked, rest && " · ", make("bdi", { text: rest }));
}

export function headline(stance) {
  return make("p", { class: "head" }, nameOf(stance.speaker), " ", verb(stance), " ", make("bdi", { text: sentence(entities[stance.target].label) }));
}

export function entry(stance, headed = false) {
  const basis = INFERRED[stance.basis] || stance.basis;
  const facts = [stance.day && spell(stance.day), stance.act, stance.medium, basis, stance.confidence !== null && `confidence ${stance.confidence}`];
  return make("div", { class: "stance" }, headed ? headline(stance) : "", ...words(stance),
    make("p", { class: "facts", text: facts.filter(Boolean).join(" · ") }), ...stance.documents.map(source),
    make("code", { text: stance.iri }));
}

const byDay = (a, b) => (a.since ?? a.until ?? 0) - (b.since ?? b.until ?? 0) || a.id - b.id;
export const entries = (list, headed = false) => [...list].sort(byDay).map((stance) => entry(stance, headed));

// ---- the rows --------------------------------------------------------------------------------------------------------

const { chips: CHIPS, open: OPEN, rows: ROWS, named: NAMED } = data.limits;
const GROUPS = ["actors", "disputed", "undisputed"];
const several = spans.length > 1;

// ---- who stands where --------------------------------------------------------------------------------------------

function stand(list) {
  const held = new Map();
  for (const stance of list) {
    if (!held.has(stance.speaker)) held.set(stance.speaker, []);
    held.get(stance.speaker).push(stance);
  }
  const found = [...held].map(([actor, own]) => ({ actor, own, said: own.some((stance) => stance.said), key: entities[actor].label.toLowerCase() }));
  return found.sort((a, b) => b.said - a.said || (a.key < b.key ? -1 : a.key > b.key ? 1 : a.actor - b.actor));
}

function sidesOf(target, list) {
  const side = (sign) => stand(list.filter((stance) => stance.sign === sign));
  const speakers = (own, sign) => new Set(own.filter((stance) => stance.sign === sign).map((stance) => stance.speaker));
  const met = (several ? spans : [null]).map((span, i) => {
    const own = span ? list.filter((stance) => within(stance, span)) : list;
    return { period: i, own: own.length, against: speakers(own, -1), supporting: speakers(own, 1) };
  }).filter(({ own }) => own);
  const disputed = met.some(({ against, supporting }) => against.size && supporting.size && new Set([...against, ...supporting]).size > 1);
  return { target, against: side(-1), supporting: side(1), open: side(0), met, disputed };
}

export function arrange(list) {
  const behind = new Map();
  for (const stance of list) {
    if (!behind.has(stance.target)) behind.set(stance.target, []);
    behind.get(stance.target).push(stance);
  }
  const rows = [...behind].map(([target, own]) => sidesOf(target, own));
  const even = ({ against: { length: a }, supporting: { length: b } }) => (a || b ? Math.min(a, b) / Math.max(a, b) : 0);
  const size = (row) => row.against.length + row.supporting.length;
  const label = (row) => entities[row.target].label;
  return rows.sort((a, b) => even(b) - even(a) || size(b) - size(a) || (label(a) < label(b) ? -1 : label(a) > label(b) ? 1 : a.target - b.target));
}

export function joinNames(names) {
  if (names.length > NAMED) return `${names[0]} to ${names.at(-1)}`;
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names.join("");
}

// As Python says it (stancegraph.vocabulary.plural).
const plural = (word) => word.replace(/^(\w+?)(ies|s)?\b/, (_, verb, end) => (end === "ies" ? `${verb}y` : verb));

function tellBoth(row) {
  const both = row.against.filter(({ actor }) => row.supporting.some((held) => held.actor === actor));
  return both.length ? ` · ${both.length === 1 ? entities[both[0].actor].label : `${both.length} actors`} on both sides` : "";
}

function tellWhen(row) {
  const [against, supporting] = [row.against.length, row.supporting.length];
  const known = row.met.filter(({ period }) => periods[period]);
  if (!(against && supporting)) return joinNames(known.map(({ period }) => periods[period].name));
  if (known.length < 2) return `${known.length ? `${periods[known[0].period].name} · ` : ""}${against} against ${supporting}`;
  const told = known.slice(0, NAMED).map((met) => `${periods[met.period].name}: ${met.against.size} against ${met.supporting.size}`);
  return [...told, ...(known.length > NAMED ? [`${known.length - NAMED} more periods`] : [])].join(" · ");
}

// ---- the sentence ------------------------------------------------------------------------------------------------

export function phrase(list, rows) {
  const n = distinct(list);
  const sure = periods.filter((_, i) => list.some(({ since, until }) => since !== null && until !== null && spans[i][0] <= since && until <= spans[i][1]));
  const when = joinNames(sure.map((period) => period.name));
  const papers = new Set(list.flatMap((stance) => stance.documents)).size;
  const first = `${count(n, "statement")} that ${n === 1 ? "takes" : "take"} a stance, by ${count(new Set(list.map((s) => s.speaker)).size, "speaker")}${papers ? ` in ${count(papers, "document")}` : ""}${when ? `, ${when}` : ""}.`;
  const propositions = rows.filter((row) => !isActor(row.target));
  const disputed = propositions.filter((row) => row.disputed).length;
  if (!propositions.length || new Set(list.map((s) => s.speaker)).size < 2) return first;
  const of = count(propositions.length, "proposition");
  return disputed ? `${first} On ${disputed} of ${of} they contradict each other.` : `${first} They dispute none of ${of}.`;
}

// ---- rows --------------------------------------------------------------------------------------------------------

function chip(held, sign) {
  const element = make("button", { type: "button", class: `chip ${sign}${held.said ? "" : " inferred"}`, "data-actor": held.actor, "aria-expanded": "false" }, nameOf(held.actor));
  if (!held.said) element.append(make("span", { class: "unseen", text: " (not in its own words)" }));
  return element;
}

const most = (name) => (name === "open" ? OPEN : CHIPS);

function side(name, label, stands, all) {
  const box = make("div", { class: `side ${name}`, role: "group", "aria-label": label });
  const verbs = new Map();
  for (const held of all ? stands : stands.slice(0, most(name))) {
    const word = held.own[0].word;
    if (!verbs.has(word)) verbs.set(word, []);
    verbs.get(word).push(held);
  }
  for (const [word, helds] of verbs) {
    const names = helds.map((held) => chip(held, name));
    const last = names.pop();
    box.append(make("div", { class: "group" }, ...names, make("span", { class: "last" }, last, make("span", { class: "verb", text: names.length ? plural(word) : word }))));
  }
  const more = stands.length - most(name);
  if (!all && more > 0) box.lastChild.append(make("button", { type: "button", class: "unfold", text: `${more} more`, "data-side": name }));
  return box;
}

const LABELS = { against: "against", for: "for", open: "left open" };
function rowOf(row) {
  const { label, iri } = entities[row.target];
  const title = make("bdi", { text: sentence(label) });
  const name = isActor(row.target) ? make("a", { href: `#actor=${encodeURIComponent(iri)}` }, title) : title;
  const thing = make("div", { class: "thing" }, make("h3", { id: `t${row.target}` }, name), make("p", { class: "when", text: tellWhen(row) + tellBoth(row) }));
  const ways = { open: row.open, against: row.against, for: row.supporting };
  const [open, against, supporting] = Object.entries(ways).map(([name, stands]) => (stands.length ? side(name, LABELS[name], stands) : ""));
  if (open) thing.append(open);
  const box = make("div", { class: "row", role: "toolbar", "aria-labelledby": `t${row.target}`, "data-target": row.target },
    thing, against, supporting);
  return make("li", {}, box);
}

const shown = { rows: null, list: [] };
let opened = null;
let tell = () => {};
export const onOpen = (told) => { tell = told; };

function fill(name, rows, all = false) {
  const list = byId(`${name}-rows`);
  list.replaceChildren(...(all ? rows : rows.slice(0, ROWS)).map(rowOf));
  settle(name, rows.length);
}

function settle(name, total) {
  const list = byId(`${name}-rows`);
  for (const box of list.querySelectorAll(".row")) rove(box, "button, a");
  byId(`${name}-more`).hidden = list.children.length >= total;
  byId(`${name}-more`).textContent = `Show all ${total}`;
}

export const group = (name) => shown.rows.filter((row) => (isActor(row.target) ? "actors" : row.disputed ? "disputed" : "undisputed") === name);

// The rows of a list of stances; untouched, what Python wrote stands.
export function fillRows(list, fresh) {
  Object.assign(shown, { list, rows: arrange(list) });
  for (const name of GROUPS) {
    const rows = group(name);
    if (fresh) fill(name, rows, name === "undisputed"); else settle(name, rows.length);
    byId(`${name}-group`).hidden = !rows.length;
  }
  byId("undisputed-count").textContent = `${count(group("undisputed").length, "proposition")} nobody disputes here`;
  byId("sentence").textContent = phrase(list, shown.rows);
  if (fresh && !group("actors").length && !group("disputed").length) byId("undisputed-group").open = true;
  opened = null;
}

// ---- opening -----------------------------------------------------------------------------------------------------

export function close() {
  if (!opened) return;
  opened.chip.setAttribute("aria-expanded", "false");
  opened.box.remove();
  opened.chip.focus({ preventScroll: true });
  opened = null;
  tell(null);
}

export function openChip(element) {
  const again = opened && opened.chip === element;
  if (opened) { opened.chip.setAttribute("aria-expanded", "false"); opened.box.remove(); opened = null; }
  if (again) { tell(null); return; }
  const target = Number(element.closest(".row").dataset.target);
  const actor = Number(element.dataset.actor);
  const own = (ofCell.get(cellKey(actor, target)) || []).filter((stance) => shown.list.includes(stance));
  const signed = own.filter((stance) => element.classList.contains({ 1: "for", "-1": "against", 0: "open" }[stance.sign]));
  const head = make("h4", {}, nameOf(actor), " ", verb(signed[0]), " ", make("bdi", { text: sentence(entities[target].label) }));
  const page = make("a", { href: `#actor=${encodeURIComponent(entities[actor].iri)}`, text: `All by and about ${entities[actor].label}` });
  const box = make("div", { class: "words", role: "region", "aria-label": head.textContent },
    button("Close", close, { class: "close" }), head, ...entries(signed), make("p", { class: "facts" }, page));
  element.setAttribute("aria-expanded", "true");
  element.closest("li").append(box);
  opened = { chip: element, box };
  tell({ about: entities[target].iri, by: entities[actor].iri });
}

// Opens what a link names: a row, and in it an actor's words.
export function openNamed(target, actor) {
  const name = isActor(target) ? "actors" : group("disputed").some((row) => row.target === target) ? "disputed" : "undisputed";
  if (!byId(`${name}-rows`).querySelector(`[data-target="${target}"]`)) fill(name, group(name), true);
  const row = byId(`${name}-rows`).querySelector(`[data-target="${target}"]`);
  if (!row) return;
  if (name === "undisputed") byId("undisputed-group").open = true;
  if (actor !== undefined && !row.querySelector(`[data-actor="${actor}"]`)) for (const each of row.querySelectorAll(".unfold")) unfold(each);
  const found = actor !== undefined && row.querySelector(`[data-actor="${actor}"]`);
  if (found && !(opened && opened.chip === found)) openChip(found);
  row.scrollIntoView({ block: "center" });
}

function unfold(element) {
  const row = element.closest(".row");
  const sides = shown.rows.find(({ target }) => target === Number(row.dataset.target));
  const name = element.dataset.side;
  const whole = side(name, LABELS[name], sides[name === "for" ? "supporting" : name], true);
  element.closest(".side").replaceWith(whole);
  rove(row, "button, a");
  return whole;
}

byId("positions").addEventListener("click", ({ target }) => {
  const found = target.closest(".chip, .unfold");
  if (!found) return;
  if (found.matches(".chip")) openChip(found);
  else unfold(found).querySelectorAll(".chip")[most(found.dataset.side)].focus();
});
for (const name of GROUPS) byId(`${name}-more`).addEventListener("click", () => fill(name, group(name), true));
