// The desk: a document is opened, its words are marked, a form is filled and saved; proposals are taken or skipped.
import { changeEntry, findEntry, makeEntry } from "./entries.js";
import { EntryForm, isReport, wordsFor } from "./form.js";
import { ask, make, send } from "./service.js";
import { Settling } from "./settle.js";
import { TextPane } from "./text.js";

const find = (id) => document.getElementById(id);
const EVERY = 2000; // milliseconds between two looks at the files
let overview, open = null, editing = null, form = null, faults = [], findings = [], checked = "", sending = false;
const pane = new TextPane(find("text"), { onmark: mark, onopen: choose });

const settling = new Settling(find("settling"), { say: (text) => say(text), snippet: (span) => snippet(span), change, onend: () => { find("text").hidden = false; openDocument(open.name, ""); } });

const say = (text) => { find("status").textContent = text; };
const coders = () => open.coders.join(", ").replace(/, ([^,]*)$/, " and $1");
const snippet = ([start, end]) => [...open.text].slice(start, end).join("");
const named = (labels, values) => values.map((each) => labels[each] || each.split("/").pop()).join(", ");
const dirty = () => Boolean(editing && (form.changed || JSON.stringify(editing.marks) !== editing.before));

async function start() {
  overview = await ask("overview");
  document.title = `${overview.title || "Desk"} – desk`;
  find("graph").textContent = overview.title || "Desk";
  listDocuments();
  if (overview.error) warn(overview.error);
  const wanted = decodeURIComponent(location.hash.slice(1));
  const first = overview.documents.find((each) => each.name === wanted) || overview.documents[0];
  if (first) await openDocument(first.name);
  if (wanted && first?.name !== wanted) say(`There is no document ${wanted}.`);
  if (!first) {
    find("text").replaceChildren(
      make("p", {}, "Paste an article. Mark the words that say who is for or against what, or take what is proposed. Choose who said it and about whom, then save: the graph is plain files in the folder you named."),
      make("p", {}, make("button", { type: "button", class: "primary", onclick: newDocument }, "Add the first document")),
    );
  }
}

// A day, or the first and the last of some, none of them broken at the end of a line.
const dates = (issued) => issued.split("/").flatMap((day, i) => [i ? " to " : "", make("span", { class: "day" }, day)]);

function listDocuments() {
  find("documents").replaceChildren(...overview.documents.map((each) => make("li", {}, make("button", {
    type: "button", "aria-current": open?.name === each.name ? "true" : null, onclick: () => leave(() => openDocument(each.name)),
  }, make("bdi", {}, each.title), make("small", {}, `${each.publisher}, `, ...dates(each.issued), ` · ${each.statements} coded${each.text ? "" : each.moved ? " · another text here" : " · no text here"}`)))));
}

async function openDocument(name, then = null) {
  open = await ask("document", [["name", name]]);
  history.replaceState(null, "", `#${encodeURIComponent(name)}`);
  overview.state = open.state;
  if (open.state !== checked) findings = findings.filter((one) => !open.statements.some((each) => each.iri === one.subject)); // they are checked anew
  const listed = overview.documents.find((each) => each.name === name);
  if (listed) listed.statements = open.statements.length;
  find("title").textContent = open.title;
  find("facts").textContent = [open.publisher, open.issued.replace("/", " to "), overview.blind ? `coder ${overview.coder}, blind` : ""].filter(Boolean).join(" · ");
  faults = [];
  close(then);
  listDocuments();
  warn(overview.error || "");
  tellMoved();
  find("settle").hidden = open.coders.length < 2 || open.settled;
  find("settle").textContent = open.settling ? "Settle" : `Settle ${coders()}`;
  ask("faults", [["name", name]]).then((found) => { if (open.name === name) { faults = found; if (!editing) list(); } }, () => {});
}

// What was found of an entry: beside the document that is open, or in the whole graph.
const found = () => [...faults, ...findings.filter((one) => !faults.some((each) => each.subject === one.subject && each.message === one.message))];
const told = (iri) => found().filter((one) => one.subject === iri).map((one) => make("p", { class: "finding" }, `${one.message} (${one.mend})`));

// The text is another than was coded: its words are found again where they are unique, and marked anew where not.
function tellMoved() {
  if (!open.moved) return;
  const lost = open.statements.filter((each) => open.moved.statements[each.iri]?.lost.length && !each.again);
  for (const each of open.statements) if (!each.again) each.spans = open.moved.statements[each.iri]?.spans || [];
  const count = open.statements.length;
  warn(`The text in texts/${open.name}.txt is not the one that was coded. Of ${count} statement${count === 1 ? "" : "s"} the words of ${count - lost.length} are found again once; ${lost.length ? "those below are not, or stand there more than once: choose each, and mark its words." : "nothing is lost."} `,
    lost.length ? "" : make("button", { type: "button", onclick: takeText }, "Use this text"),
    make("ul", {}, ...lost.map((each) => make("li", {}, make("button", { type: "button", onclick: () => choose(each.iri) }, make("bdi", {}, each.values.gist?.[0] || each.name)), ...open.moved.statements[each.iri].lost.map((one) => make("p", { class: "finding" }, one.words == null ? "its words were not stored" : `“${one.words}” ${one.times ? `stands there ${one.times} times` : "is not there any more"}`))))));
  draw();
  list();
}

async function takeText() {
  const spans = Object.fromEntries(open.statements.map((each) => [each.iri, each.spans]));
  try {
    const done = await change("take", { document: open.document, sum: open.moved.sum, spans });
    warn("");
    say(`Done: ${done.what}.`);
    await openDocument(open.name, "");
  } catch (refused) { warn(refused.message); }
}

// What stands in the text: all that is coded and proposed, and what is marked now.
function draw() {
  const spans = [
    ...open.statements.flatMap((each) => each.spans.map(([start, end]) => ({ id: each.iri, kind: "coded", start, end }))),
    ...open.proposals.flatMap((each) => each.spans.map(([start, end]) => ({ id: each.key, kind: "proposed", start, end }))),
    ...(editing ? editing.marks.map(([start, end]) => ({ id: "marked", kind: "marked", start, end })) : []),
  ];
  if (open.text == null) {
    find("text").replaceChildren(make("p", { class: "quiet" }, "The text of this document is not on this machine: put it into the folder’s texts/, under any name."));
  } else pane.show(open.text, spans.filter((span) => span.end <= [...open.text].length));
  pane.choose(editing?.id ?? (editing ? "marked" : null));
}

// Whom and what a statement is for or against, as a line each.
function stances({ values, labels, sorts = {}, reports = [] }) {
  return ["supports", "opposes", "neutral"].flatMap((side) => (values[side] || []).map((iri) => make("span", { class: `stance ${side}` }, make("b", {}, wordsFor(overview, sorts[iri], [...(values.speaker || []), ...(values.on_behalf_of || [])])[side]), " ", make("bdi", {}, labels[iri] || iri.split("/").pop()), ...apart(values.coding, iri, reports))));
}

// What one stance rests on, where that differs from its statement, and whether this document shows it at all.
function apart(coding = [], iri, reports) {
  const parts = coding.filter((text) => text.startsWith(`${iri}=`)).flatMap((text) => text.slice(iri.length + 1).split(","));
  const [differs, shown] = [parts.filter((part) => !isReport(part)), parts.filter(isReport)];
  const [basis, confidence] = [differs.filter((part) => !Number(part)), differs.filter(Number)];
  const elsewhere = shown.length && !shown.some((report) => reports.includes(report));
  return [...(differs.length ? [" · ", ...(basis.length ? rested({ basis, confidence }) : confidence)] : []), ...(elsewhere ? [" · shown by another document"] : [])];
}

// What a statement rests on, or one of its stances: what is not said itself stands out.
function rested({ basis = [], confidence = [] }) {
  const [name = "said"] = basis.map((each) => each.split("/").pop());
  return [name === "said" ? name : make("b", { class: "inferred" }, name), confidence.length ? ` ${confidence[0]}` : ""];
}

function listed(each, kind) {
  const id = each.iri || each.key;
  const values = each.values;
  const who = (values.speaker && named(each.labels, values.speaker)) || (each.said?.antecedent ? `${each.said.speaker} (${each.named})` : each.said?.speaker) || "nobody named";
  const coder = each.coder && each.coder !== overview.coder ? ` · coder ${each.coder}` : "";
  const quotes = (values.quote || []).map((quote) => `“${quote.replace(/^[^:]*:/, "").replace(/^[“"«]|[”"»]$/g, "")}”`).join(" ");
  const gist = values.gist?.[0] || quotes || (open.text == null ? each.name || "" : `“${each.spans.length ? snippet(each.spans[0]) : "…"}”`);
  const facts = [values.date?.[0]?.replace("/", " to "), values.act && named(each.labels, values.act).replaceAll("-", " ")].filter(Boolean).join(" · ");
  const aside = kind === "proposed" ? [each.how] : [facts, facts ? " · " : "", ...rested(values)];
  return make("li", { class: kind }, make("button", { type: "button", "data-id": id, onclick: () => choose(id) }, make("b", {}, make("bdi", {}, who)), " ", make("bdi", {}, gist), ...(quotes && gist !== quotes ? [" ", make("bdi", {}, quotes)] : []), ...stances(each), make("small", {}, ...aside, coder), ...told(each.iri)));
}

function list() {
  const { proposals, statements } = open;
  const key = (name) => make("kbd", {}, name);
  const elsewhere = found().filter((one) => !open.statements.some((each) => each.iri === one.subject));
  find("lists").replaceChildren(
    make("h2", {}, `${proposals.length} to review`),
    make("p", { class: "keys" }, key("N"), " next  ", key("T"), " take, ", key("Ctrl + Enter"), " save  ", key("S"), " skip  ", key("Shift + →"), " ", key("M"), " mark words, as dragging over them does  ", key("U"), " undo  ", key("E"), " entries"),
    make("ul", { class: "items" }, ...proposals.map((each) => listed(each, "proposed"))),
    make("h2", {}, `${statements.length} coded`),
    make("ul", { class: "items" }, ...statements.map((each) => listed(each, "coded"))),
    elsewhere.length ? make("h2", {}, `${elsewhere.length} found elsewhere`) : "",
    make("ul", { class: "items" }, ...elsewhere.slice(0, 20).map((one) => make("li", {}, make("button", { type: "button", onclick: () => changeOne(one.subject) }, make("b", {}, one.subject.split("/").slice(-2).join("/")), make("p", { class: "finding" }, `${one.message} (${one.mend})`))))),
  );
}

function choose(id) {
  if (id === "marked" || editing?.id === id) return;
  leave(() => {
    const statement = open.statements.find((each) => each.iri === id);
    const proposal = open.proposals.find((each) => each.key === id);
    if (statement) edit({ id, statement, marks: statement.spans, values: statement.values, labels: statement.labels, sorts: statement.sorts });
    else if (proposal) edit({ id, proposal, marks: proposal.spans, values: { ...fresh(), ...proposal.values }, labels: proposal.labels, texts: proposal.values.speaker ? {} : { speaker: proposal.named } });
  });
}

const fresh = () => ({ basis: ["said"] });

// Days a statement may be of: a document does not say with its own day on which one it was said.
function days() {
  const [first, last] = [open.issued.split("/")[0], open.issued.split("/").pop()];
  const on = first && first === last ? [[last, `${last}, the document’s day`]] : [];
  return last && last !== ".." ? [...on, [`YYYY-MM-DD/${last}`, `some day up to ${last}: from when?`]] : [];
}

// Words were selected: into the form that is open, or into a new one.
function mark(span, how) {
  if (!span || open?.text == null) return;
  if (open.moved && !editing) { say("Choose a statement whose words are not found again, then mark them."); return; }
  if (editing) {
    if (how === "pointer" && !editing.adding) return;
    editing.marks = [...editing.marks.filter(([start, end]) => start !== span[0] || end !== span[1]), span].sort((a, b) => a[0] - b[0]);
    editing.adding = false;
    getSelection().removeAllRanges();
    words();
    draw();
  } else if (how !== "pointer" || snippet(span).split(/\s+/).length > 1) {
    getSelection().removeAllRanges();
    edit({ id: null, marks: [span], values: fresh(), labels: {} });
  }
}

function edit(what) {
  editing = { marks: [], ...what };
  editing.marks = editing.marks.map((span) => [...span]);
  editing.before = JSON.stringify(what.statement ? editing.marks : []);
  const { statement, proposal } = editing;
  form = new EntryForm("statement", overview, makeOne, days(), Boolean(editing.values.quote?.length));
  const head = statement ? "Statement" : proposal ? "Proposal" : "New statement";
  const facts = proposal ? `Proposed by ${proposal.maker}: ${proposal.how}${proposal.said.speaker ? `; the text says “${proposal.said.speaker}”` : ""}${proposal.said.antecedent ? `, taken to be “${proposal.said.antecedent}”: look whether it is` : ""}.` : "";
  find("form").replaceChildren(
    make("h2", {}, head), facts ? make("p", { class: "quiet" }, facts) : "",
    ...(statement ? told(statement.iri) : []),
    make("ul", { class: "words-list", id: "marks", "aria-label": "Words" }), form.element,
    make("div", { class: "buttons" }, make("p", { class: "wrong", id: "wrong", role: "alert" }), make("button", { class: "primary", title: "Ctrl + Enter" }, "Save"),
      proposal ? make("button", { type: "button", onclick: skip }, "Skip") : "", make("button", { type: "button", onclick: () => leave(() => close()), title: "Escape" }, "Close"),
      statement ? make("button", { type: "button", onclick: remove, "aria-label": "Remove this statement" }, "Remove") : ""),
  );
  form.cue = proposal?.said.cue; // by which verb, and in which words: what is read beyond them is implied
  form.words = () => editing.marks.map(snippet).join(" ");
  form.set(editing.values, editing.labels, editing.texts, editing.sorts);
  if (!statement) form.before = proposal ? form.before : "";
  const gist = form.fields.gist.element;
  const lent = make("p", { class: "finding", role: "status" });
  gist.append(lent);
  gist.addEventListener("input", () => { clearTimeout(gist.wait); gist.wait = setTimeout(() => borrowed(lent), 400); });
  words();
  find("form").hidden = false;
  find("lists").hidden = true;
  draw();
  find("form").parentElement.scrollTop = 0;
  form.focus(Boolean(statement));
}

// Words of the coder's own that stand in the document, told while they are typed.
async function borrowed(lent) {
  const [text = ""] = form?.fields.gist.get() ?? [];
  const { message, mend } = await ask("borrowed", [["name", open.name], ["text", text]]).catch(() => ({}));
  if (lent.isConnected && text === (form.fields.gist.get()[0] ?? "")) lent.textContent = message ? `${message} (${mend})` : "";
}

// How each stretch that is marked will be kept: as a quotation, as it will be saved, or as a place alone.
async function words() {
  const now = editing;
  listWords();
  const kept = await Promise.all(now.marks.map(async (span) => {
    open.places ??= {};
    return (open.places[span] ??= await ask("place", [["name", open.name], ["start", span[0]], ["end", span[1]]]).catch(() => undefined));
  }));
  if (editing !== now || kept.length !== now.marks.length || kept.some((each) => !each)) return;
  form.quote(kept.some((each) => each.quote != null), now.marks.length > 0);
  form.fields.date.offer?.(kept.flatMap((each) => each.days).filter(([day], i, all) => all.findIndex(([other]) => other === day) === i));
  listWords();
}

function shown(span) {
  const place = open.places?.[span];
  if (!place) return make("bdi", {}, snippet(span));
  if (place.quote != null) return make("bdi", {}, `“${place.quote}”`);
  return make("span", {}, make("bdi", { class: "passage" }, snippet(span)), make("small", {}, "not in quotation marks: only the place is kept, and the gist says what is said"));
}

function listWords() {
  find("marks").replaceChildren(...editing.marks.map((span) => make("li", {}, shown(span), make("button", {
    type: "button", "aria-label": "Take these words out", onclick: () => { editing.marks = editing.marks.filter((each) => each !== span); words(); draw(); },
  }, "×"))), make("li", {}, make("button", { type: "button", onclick: () => { const span = pane.selected(); if (span) mark(span, "key"); else { editing.adding = true; say("Select the words in the text."); find("text").focus(); } } }, "+ selected words")));
}

function close(then = null) {
  const last = editing?.id;
  editing = form = null;
  find("form").hidden = true;
  find("form").replaceChildren();
  find("lists").hidden = false;
  draw();
  list();
  const wanted = find("lists").querySelector(then ? `[data-id="${CSS.escape(then)}"]` : last ? `[data-id="${CSS.escape(last)}"]` : "li.proposed button");
  if (then || last) (wanted || find("lists").querySelector("li.proposed button") || find("text")).focus();
}

function leave(then) {
  if (dirty() && editing.touched && !confirm("Leave what is not saved?")) return;
  then();
}

async function save(event) {
  event?.preventDefault();
  wrong("");
  if (!(await form.settle()) || form.wanting) { wrong(form.wanting); form.point(form.wanting); return; }
  const values = form.get();
  const { statement, proposal } = editing;
  if (open.moved) {
    if (!editing.marks.length) { wrong("Mark the words in the text as it is now."); return; }
    Object.assign(statement, { spans: editing.marks, again: true });
    close(statement.iri);
    tellMoved();
    return;
  }
  if (statement) await act("edit", { entry: statement.iri, document: open.document, seen: editing.seen || statement.seen, values, marks: editing.marks });
  else await act("add", { kind: "statement", values: { ...values, document: [open.document] }, marks: editing.marks, draft: proposal?.key });
}

const wrong = (text) => { find("wrong").textContent = text; };

// Send a change: what it does to the files is no other program's doing.
async function change(name, body) {
  sending = true;
  try {
    const done = await send(name, body);
    overview.state = done.state;
    return done;
  } finally { sending = false; }
}

// Send what is in the form; what is refused is told in the form, and nothing typed is lost.
async function act(name, body) {
  find("form").querySelectorAll(".buttons button").forEach((button) => { button.disabled = true; });
  try {
    const done = await change(name, body);
    say(done.changed === false ? "Nothing changes: it is said already." : name === "skip" ? "Skipped." : `Saved: ${done.what}.`);
    const next = editing?.proposal ? following(editing.proposal) : null;
    editing = null;
    await openDocument(open.name, next || done.iri || null);
  } catch (refused) {
    if (!editing) { warn(refused.message); return; }
    wrong(refused.message);
    form.point(refused.message);
    if (refused.now) conflict(refused.now);
  } finally {
    find("form").querySelectorAll(".buttons button").forEach((button) => { button.disabled = false; });
  }
}

const following = (proposal) => open.proposals[open.proposals.indexOf(proposal) + 1]?.key;

// The entry was changed by another program: both are shown, and the coder says which stands.
function conflict(now) {
  const mine = form.get();
  const names = [...new Set([...Object.keys(mine), ...Object.keys(now.values)])].filter((name) => JSON.stringify(mine[name] || []) !== JSON.stringify(now.values[name] || []) && !["document", "quote", "passage"].includes(name));
  find("wrong").replaceChildren(
    "This statement was changed meanwhile by another program. In the file now: ",
    make("ul", {}, ...names.map((name) => make("li", {}, `${name}: ${(now.values[name] || ["–"]).map((each) => each.split("/").pop()).join(", ")}`))),
    make("button", { type: "button", onclick: () => { editing = null; openDocument(open.name, now.iri); } }, "Take what is in the file"), " ",
    make("button", { type: "button", onclick: () => { editing.seen = now.seen; save(); } }, "Save mine over it"),
  );
}

const skip = () => act("skip", { draft: editing.proposal.key, document: open.document });

function remove() {
  if (confirm("Remove this statement? Undo brings it back.")) act("remove", { entry: editing.statement.iri, document: open.document, seen: editing.statement.seen });
}

async function undo() {
  try {
    const done = await change("undo", {});
    say(`Done: ${done.what}.`);
    overview = await ask("overview");
    if (open) await openDocument(open.name, "");
    else listDocuments();
  } catch (refused) { say(refused.message); }
}

// Make, or change, an actor, a proposition, an event or a document in place.
async function makeOne(kind, text, field = "") {
  const hints = field === "publisher" ? { kind: ["media outlet"] } : kind === "proposition" && /\b(should|must|ought)\b/i.test(text) ? { type: ["demand"] } : {};
  const made = await makeEntry(kind, text, { overview, open, change, make: makeOne }, hints);
  if (made) say(`Saved: ${made.what}.`);
  return made;
}

async function changeOne(iri) {
  const done = await changeEntry(iri, { overview, change, make: makeOne }).catch((refused) => { say(refused.message); return null; });
  if (!done) return;
  say(done.changed === false ? "Nothing changes: it is said already." : `Done: ${done.what}.`);
  overview = await ask("overview");
  const name = overview.documents.some((each) => each.name === open?.name) ? open.name : overview.documents[0]?.name;
  if (name) await openDocument(name, "");
}

const entries = () => leave(async () => {
  const iri = await findEntry();
  if (iri) await changeOne(iri);
});

async function settle() {
  if (!open.settling) {
    if (!confirm(`Coders ${coders()} have coded this document. From now on each sees how the others did: are all done with it?`)) return;
    try {
      await change("begin", { document: open.document });
      await openDocument(open.name, "");
    } catch (refused) { say(refused.message); return; }
  }
  close();
  find("text").hidden = true;
  await settling.open(open).catch((refused) => { find("text").hidden = false; say(refused.message); });
}

async function newDocument() {
  const made = await makeOne("document", "");
  if (!made) return;
  overview = await ask("overview");
  await openDocument(made.iri.split("/").pop());
  find("title").focus();
}

function warn(text, ...buttons) {
  find("alert").replaceChildren(text, ...buttons);
  find("alert").hidden = !text;
}

// An edit made meanwhile in a text editor is shown as soon as it is there; a form that is open is not taken away, nor
// are words that are being selected.
async function look() {
  try {
    const before = overview.state;
    const { state, error } = await ask("state");
    if (error) warn(`The files cannot be read as they are now: ${error}`);
    else if (state !== before && overview.state === before && !sending && (editing || !pane.selected())) {
      const reload = async () => { warn(""); overview = await ask("overview"); listDocuments(); if (open) await openDocument(open.name); };
      if (!editing && find("settling").hidden && !document.querySelector("dialog")) { await reload(); say("Files were changed by another program, and are shown as they are now."); }
      else warn("Files were changed by another program. ", make("button", { type: "button", onclick: () => leave(reload) }, "Show them"));
    } else if (find("alert").textContent && !open?.moved) warn("");
  } catch (refused) { warn(refused.message); }
  setTimeout(look, EVERY);
}

async function check() {
  say("Checking …");
  checked = overview.state;
  findings = await ask("findings").catch((refused) => { say(refused.message); return findings; });
  say(findings.length ? `${findings.length} found by check.` : "No faults.");
  if (open && !editing) list();
}

function step(by) {
  const items = [...find("lists").querySelectorAll(".items button")];
  const at = items.indexOf(document.activeElement);
  items[Math.min(items.length - 1, Math.max(0, at + by))]?.focus();
}

const current = () => open?.proposals.find((each) => each.key === document.activeElement?.dataset.id) || open?.proposals[0];
const KEYS = {
  e: entries, n: () => step(1), j: () => step(1), p: () => step(-1), k: () => step(-1), u: undo, m: () => mark(pane.selected(), "key"),
  t: () => current() && choose(current().key),
  s: () => { const proposal = current(); if (proposal) { editing = { proposal }; act("skip", { draft: proposal.key, document: open.document }); } },
};

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog") || !find("settling").hidden) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && editing) save(event);
  else if (event.key === "Escape" && editing) leave(() => close());
  else if (!editing && open && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, textarea, select") && KEYS[event.key.toLowerCase()]) {
    event.preventDefault();
    KEYS[event.key.toLowerCase()]();
  }
});
find("form").addEventListener("submit", save);
find("form").addEventListener("input", () => { if (editing) { editing.touched = true; wrong(""); } });
find("undo").addEventListener("click", undo);
find("check").addEventListener("click", check);
find("entries").addEventListener("click", entries);
find("settle").addEventListener("click", () => leave(settle));
find("new-document").addEventListener("click", () => leave(newDocument));
// Side by side the text goes where the list is; stacked, it would take away what is being pointed at.
find("lists").addEventListener("focusin", (event) => pane.choose(event.target.dataset?.id ?? null, matchMedia("(min-width: 901px)").matches));
addEventListener("beforeunload", (event) => { if (dirty() && editing.touched) event.preventDefault(); });
start().then(() => { document.body.dataset.ready = ""; setTimeout(look, EVERY); }, (refused) => warn(refused.message));
