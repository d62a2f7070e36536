// Actors, propositions, events and documents: made, changed and merged in a dialog over the desk.
import { Names } from "./completion.js";
import { EntryForm } from "./form.js";
import { ask, make } from "./service.js";

const HEADLINE = 200; // characters that a first line may have to be a title
const MERGED = ["actor", "proposition"];
let number = 0;

// A dialog of its own, over what is open already.
function dialogue(onclose) {
  const made = make("dialog", { "aria-labelledby": `dialog${++number}` });
  made.onclose = () => { made.remove(); onclose(); };
  document.body.append(made);
  return made;
}

const heading = (text) => make("h2", { id: `dialog${number}` }, text);

// Show what is inside as a form; gives what `save` made of it, or null where it is closed. `save` may throw what is refused.
function open(title, inside, buttons, save, focus, form) {
  return new Promise((resolve) => {
    let made = null;
    const dialog = dialogue(() => resolve(made));
    const wrong = make("p", { class: "wrong", role: "alert" });
    const act = async (event, how) => {
      event?.preventDefault();
      wrong.textContent = "";
      try {
        if (how === "save" && form && !(await form.settle())) throw new Error(form.wanting);
        made = await save(how);
        if (made) dialog.close();
      } catch (refused) {
        wrong.replaceChildren(refused.message, " ", refused.another ? make("button", { type: "button", onclick: () => act(null, "new") }, "It is another") : "");
        form?.point(refused.message);
      }
    };
    const shown = buttons.map(([label, how]) => make("button", { type: "button", onclick: () => act(null, how) }, label));
    dialog.replaceChildren(make("form", { onsubmit: (event) => act(event, "save") }, heading(title), ...inside,
      make("div", { class: "buttons" }, wrong, make("button", { class: "primary" }, "Save"), ...shown, make("button", { type: "button", onclick: () => dialog.close() }, "Close"))));
    dialog.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest("dialog") === dialog) act(event, "save"); });
    dialog.addEventListener("input", () => { wrong.textContent = ""; });
    dialog.showModal();
    focus();
  });
}

function values(form) {
  if (form.wanting) throw new Error(form.wanting);
  return form.get();
}

// Make an entry that is not there yet; gives {iri, label, kind}, or null.
export function makeEntry(kind, text, { overview, open: at, change, make: onmake }, hints = {}) {
  const form = new EntryForm(kind, overview, onmake);
  const first = overview.kinds[kind][0].name;
  const pasted = kind === "document" ? make("textarea", { rows: 7, dir: "auto", "aria-label": "Text", placeholder: "Paste the text of the article.", oninput: () => headline(form, pasted.value) }) : null;
  const inside = [pasted ? make("label", { class: "field" }, make("span", {}, "Text ", make("i", { title: "needed" }, "*")), pasted) : "", form.element];
  form.set({ ...hints, ...(text ? { [first]: [text] } : {}), ...(kind === "event" && at ? { source: [at.document] } : {}) }, at ? { [at.document]: at.title } : {});
  const save = async (how) => {
    const told = values(form);
    const done = await change("add", { kind, values: told, new: how === "new", text: pasted?.value });
    return { iri: done.iri, label: told[first][0], kind, sort: told.type?.[0] ?? kind, binds: told.binds, what: done.what };
  };
  return open(`New ${kind}`, inside, [], save, () => (pasted ? pasted.focus() : form.focus()), form);
}

// The first line of a pasted text is offered as its title, as long as nobody wrote one.
function headline(form, text) {
  const first = text.trim().split("\n")[0].trim();
  const [title = ""] = form.fields.title.get();
  if ((title && title !== form.offered) || first.length > HEADLINE) return;
  form.offered = first;
  form.fields.title.set(first ? [first] : []);
}

// Change an entry's fields, or merge it into another; gives what was done, or null.
export async function changeEntry(iri, { overview, change, make: onmake }) {
  const entry = await ask("entry", [["iri", iri]]);
  const form = new EntryForm(entry.kind, overview, onmake);
  form.set(entry.values, entry.labels);
  const into = MERGED.includes(entry.kind) ? new Names({ label: `Merge into another ${entry.kind}`, kinds: [entry.kind], many: false }) : null;
  const told = { entry: iri, seen: entry.seen };
  const save = async (how) => {
    if (how === "remove") return confirm("Remove it? Undo brings it back.") ? change("remove", told) : null;
    if (how === "merge") {
      if (!into.values.length) throw new Error("Choose what it is to be merged into, above.");
      const [kept] = into.taken;
      const sure = confirm(`“${entry.values[overview.kinds[entry.kind][0].name]}” becomes “${kept.label}”: its statements and names become that one’s. Undo takes it back.`);
      return sure ? change("merge", { ...told, into: kept.iri }) : null;
    }
    return change("edit", { ...told, values: values(form) });
  };
  const buttons = [...(into ? [["Merge", "merge"]] : []), ["Remove", "remove"]];
  const inside = [form.element, into ? make("div", { class: "field" }, make("span", {}, `Merge into another ${entry.kind}`), into.element) : ""];
  return open(`Change ${entry.kind}`, inside, buttons, save, () => form.element.querySelector("input, textarea")?.focus(), form);
}

// Find an entry by its name; gives its IRI, or null.
export function findEntry() {
  return new Promise((resolve) => {
    let found = null;
    const dialog = dialogue(() => resolve(found));
    const names = new Names({ label: "Name", kinds: ["actor", "proposition", "event", "document"], many: false, ontake: (entry) => { found = entry?.iri ?? null; dialog.close(); } });
    dialog.replaceChildren(heading("Find what to change or merge"), names.element, make("div", { class: "buttons" }, make("button", { type: "button", onclick: () => dialog.close() }, "Close")));
    dialog.showModal();
    names.input.focus();
  });
}
