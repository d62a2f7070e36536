// The desk: a document is opened, its words are marked, a form is filled and saved; proposals are taken or skipped.
import { EntryForm } from "./form.js";
import { ask, make, send } from "./service.js";
import { TextPane } from "./text.js";

const find = (id) => document.getElementById(id);
const EVERY = 2000; // milliseconds between two looks at the files
let overview, open = null, editing = null, form = null, findings = [], sending = false;
const pane = new TextPane(find("text"), { onmark: mark, onopen: choose });

const say = (text) => { find("status").textContent = text; };
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
  if (overview.documents.some((each) => each.name === wanted)) await openDocument(wanted);
  else if (!overview.documents.length) say("Begin with a document: New, on the left.");
}

function listDocuments() {
  find("documents").replaceChildren(...overview.documents.map((each) => make("li", {}, make("button", {
    type: "button", "aria-current": open?.name === each.name ? "true" : null, onclick: () => leave(() => openDocument(each.name)),
  }, make("bdi", {}, each.title), make("small", {}, `${each.publisher}, ${each.issued} · ${each.statements} coded${each.text ? "" : " · no text here"}`)))));
}

async function openDocument(name, then = null) {
  open = await ask("document", [["name", name]]);
  history.replaceState(null, "", `#${encodeURIComponent(name)}`);
  overview.state = open.state;
  const listed = overview.documents.find((each) => each.name === name);
  if (listed) listed.statements = open.statements.length;
  find("title").textContent = open.title;
  find("facts").textContent = [open.publisher, open.issued.replace("/", " to ")].filter(Boolean).join(" · ");
  close(then);
  listDocuments();
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

function listed(each, kind) {
  const id = each.iri || each.key;
  const values = each.values;
  const who = (values.speaker && named(each.labels, values.speaker)) || each.said?.speaker || "nobody named";
  const told = findings.filter((one) => one.subject === each.iri);
  const gist = values.gist?.[0] || (open.text == null ? "" : `“${snippet(each.spans[0])}”`);
  const aside = kind === "proposed" ? `${each.said.rule}, ${each.said.confidence}` : values.date?.[0]?.replace("/", " to ");
  return make("li", { class: kind }, make("button", { type: "button", "data-id": id, onclick: () => choose(id) }, make("b", {}, make("bdi", {}, who)), " ", make("bdi", {}, gist), make("small", {}, aside || ""), ...told.map((one) => make("p", { class: "finding" }, `${one.message} (${one.mend})`))));
}

function list() {
  const { proposals, statements } = open;
  const key = (name) => make("kbd", {}, name);
  const elsewhere = findings.filter((one) => !open.statements.some((each) => each.iri === one.subject));
  find("lists").replaceChildren(
    make("h2", {}, `${proposals.length} to review`),
    make("p", { class: "keys" }, key("N"), " next  ", key("T"), " take  ", key("S"), " skip  ", key("M"), " mark selected words  ", key("U"), " undo"),
    make("ul", { class: "items" }, ...proposals.map((each) => listed(each, "proposed"))),
    make("h2", {}, `${statements.length} coded`),
    make("ul", { class: "items" }, ...statements.map((each) => listed(each, "coded"))),
    elsewhere.length ? make("h2", {}, `${elsewhere.length} found elsewhere by check`) : "",
    make("ul", { class: "items" }, ...elsewhere.slice(0, 20).map((one) => make("li", { class: "finding" }, `${one.subject.split("/").slice(-2).join("/")}: ${one.message} (${one.mend})`))),
  );
}

function choose(id) {
  if (id === "marked" || editing?.id === id) return;
  leave(() => {
    const statement = open.statements.find((each) => each.iri === id);
    const proposal = open.proposals.find((each) => each.key === id);
    if (statement) edit({ id, statement, marks: statement.spans, values: statement.values, labels: statement.labels });
    else if (proposal) edit({ id, proposal, marks: proposal.spans, values: { ...fresh(), ...proposal.values }, labels: proposal.labels, texts: proposal.values.speaker ? {} : { speaker: proposal.said.antecedent || proposal.said.speaker || "" } });
  });
}

// What a form begins with: the day of the document, until the coder says another.
const fresh = () => ({ basis: ["said"], date: open.issued && !open.issued.includes("..") ? [open.issued] : [] });

// Words were selected: into the form that is open, or into a new one.
function mark(span, how) {
  if (!span || open?.text == null) return;
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
  form = new EntryForm("statement", overview, makeEntry);
  const { statement, proposal } = editing;
  const head = statement ? "Statement" : proposal ? "Proposal" : "New statement";
  const facts = proposal ? `${proposal.maker}: ${proposal.said.rule}, confidence ${proposal.said.confidence}${proposal.said.speaker ? ` · “${proposal.said.speaker}”` : ""}` : "";
  find("form").replaceChildren(
    make("h2", {}, head), facts ? make("p", { class: "quiet" }, facts) : "",
    ...findings.filter((one) => statement && one.subject === statement.iri).map((one) => make("p", { class: "finding" }, `${one.message} (${one.mend})`)),
    make("ul", { class: "words-list", id: "marks", "aria-label": "Words" }), form.element, make("p", { class: "wrong", id: "wrong", role: "alert" }),
    make("div", { class: "buttons" }, make("button", { class: "primary", title: "Ctrl + Enter" }, "Save"),
      proposal ? make("button", { type: "button", onclick: skip }, "Skip") : "", make("button", { type: "button", onclick: () => leave(() => close()), title: "Escape" }, "Close"),
      statement ? make("button", { type: "button", onclick: remove, "aria-label": "Remove this statement" }, "Remove") : ""),
  );
  words();
  form.set(editing.values, editing.labels, editing.texts);
  if (!statement) form.before = proposal ? form.before : "";
  find("form").hidden = false;
  find("lists").hidden = true;
  draw();
  form.focus();
}

function words() {
  find("marks").replaceChildren(...editing.marks.map((span) => make("li", {}, make("bdi", {}, `“${snippet(span)}”`), make("button", {
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
  const untaken = form.untaken;
  if (untaken.length) { wrong(`${untaken[0][0]}: “${untaken[0][1]}” names nobody yet: choose from the list, or make it new.`); return; }
  const values = form.get();
  const { statement, proposal } = editing;
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

// Make an actor, a proposition, an event or a document in place; gives {iri, label}, or null where it is closed.
function makeEntry(kind, text) {
  const dialog = find("dialog");
  const inner = new EntryForm(kind, overview, null);
  const first = overview.kinds[kind][0].name;
  const pasted = kind === "document" ? make("textarea", { rows: 12, dir: "auto", "aria-label": "Text", placeholder: "Paste the text of the article." }) : null;
  return new Promise((resolve) => {
    let made = null;
    const told = make("p", { class: "wrong", role: "alert" });
    const store = async (event, isNew = false) => {
      event.preventDefault();
      if (inner.untaken.length) { told.textContent = `${inner.untaken[0][0]}: choose from the list.`; return; }
      try {
        const values = inner.get();
        const done = await change("add", { kind, values, new: isNew, text: pasted?.value });
        made = { iri: done.iri, label: values[first][0], kind };
        say(`Saved: ${done.what}.`);
        dialog.close();
      } catch (refused) {
        told.replaceChildren(refused.message, " ", / --new|say --new/.test(refused.message) ? make("button", { type: "button", onclick: (again) => store(again, true) }, "It is another") : "");
      }
    };
    dialog.replaceChildren(make("form", { onsubmit: store }, make("h2", { id: "dialog-title" }, `New ${kind}`), inner.element, pasted ? make("label", { class: "field" }, make("span", {}, "Text"), pasted) : "", told, make("div", { class: "buttons" }, make("button", { class: "primary" }, "Save"), make("button", { type: "button", onclick: () => dialog.close() }, "Cancel"))));
    inner.set({ ...(text ? { [first]: [text] } : {}), ...(kind === "event" && open ? { source: [open.document] } : {}) }, open ? { [open.document]: open.title } : {});
    dialog.onclose = () => resolve(made);
    dialog.showModal();
    inner.focus();
  });
}

async function newDocument() {
  const made = await makeEntry("document", "");
  if (!made) return;
  overview = await ask("overview");
  await openDocument(made.iri.split("/").pop());
  find("title").focus();
}

function warn(text, ...buttons) {
  find("alert").replaceChildren(text, ...buttons);
  find("alert").hidden = !text;
}

// An edit made meanwhile in a text editor is shown as soon as it is there; a form that is open is not taken away.
async function look() {
  try {
    const before = overview.state;
    const { state, error } = await ask("state");
    if (error) warn(`The files cannot be read as they are now: ${error}`);
    else if (state !== before && overview.state === before && !sending) {
      const reload = async () => { warn(""); overview = await ask("overview"); listDocuments(); if (open) await openDocument(open.name); };
      if (!editing) { await reload(); say("Files were changed by another program, and are shown as they are now."); }
      else warn("Files were changed by another program. ", make("button", { type: "button", onclick: () => leave(reload) }, "Show them"));
    } else if (find("alert").textContent) warn("");
  } catch (refused) { warn(refused.message); }
  setTimeout(look, EVERY);
}

async function check() {
  say("Checking …");
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
  n: () => step(1), j: () => step(1), p: () => step(-1), k: () => step(-1), u: undo, m: () => mark(pane.selected(), "key"),
  t: () => current() && choose(current().key),
  s: () => { const proposal = current(); if (proposal) { editing = { proposal }; act("skip", { draft: proposal.key, document: open.document }); } },
};

document.addEventListener("keydown", (event) => {
  if (find("dialog").open) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && editing) save(event);
  else if (event.key === "Escape" && editing) leave(() => close());
  else if (!editing && open && !event.ctrlKey && !event.metaKey && !event.altKey && !event.target.closest("input, textarea, select") && KEYS[event.key.toLowerCase()]) {
    event.preventDefault();
    KEYS[event.key.toLowerCase()]();
  }
});
find("form").addEventListener("submit", save);
find("form").addEventListener("input", () => { if (editing) editing.touched = true; });
find("undo").addEventListener("click", undo);
find("check").addEventListener("click", check);
find("new-document").addEventListener("click", () => leave(newDocument));
find("lists").addEventListener("focusin", (event) => pane.choose(event.target.dataset?.id ?? null));
addEventListener("beforeunload", (event) => { if (dirty() && editing.touched) event.preventDefault(); });
start().then(() => { document.body.dataset.ready = ""; setTimeout(look, EVERY); }, (refused) => warn(refused.message));
