// The form of an entry, made of the fields that the commands take.
import { Names } from "./completion.js";
import { make } from "./service.js";

const SHOWN = { on_behalf_of: "On behalf of", addressee: "To", medium: "Where", date: "Day", url: "Address", iri: "Name" };
const SIDES = ["supports", "opposes", "neutral"];
const FIRST = ["speaker", "gist", "stances", "date", "act", "medium", "basis", "confidence"];
const HINTED = new Set(["type", "note", "kind", "class", "sentence", "gist", "source", "binds", "language"]); // fields whose name alone does not say what is wanted
const ALSO = new Set(["url", "language", "binds"]); // of a document, by which it is found again and read; of a demand, who undertakes it
const NEUTRAL = "Anybody could affirm it, and anybody could reject it."; // a note for who knows no more
const APART = new Set([...SIDES, "coding", "quote", "passage", "document"]);

const title = (name) => SHOWN[name] || name[0].toUpperCase() + name.slice(1).replaceAll("_", " ");

// A field as {element, get(), set(values, labels)}; values are lists of text.
function field(described, choices, onmake, offers, hinted) {
  const { name, values, many, required, help } = described;
  const label = title(name);
  const listed = { act: "act", medium: "medium", basis: "basis", "actor kind": "actor kind", level: "level", type: "type", class: "class" }[values];
  const star = make("i", { title: "needed", hidden: !required }, " *");
  const need = (needed) => { star.hidden = !needed; };
  const wrap = (input, tag = "label") => make(tag, { class: "field" }, make("span", { title: help }, label, star, hinted || HINTED.has(name) ? make("small", {}, help) : ""), input);
  if (listed) {
    const select = make("select", { "aria-label": label }, make("option", { value: "" }, name === "confidence" ? "usual (1.0 or 0.8)" : "–"), ...choices[listed].map((each) => make("option", {}, each)));
    const name_of = (value) => choices[listed].find((each) => each === value || each.replaceAll(" ", "-") === value.split("/").pop()) || (Number(value) ? choices[listed].find((each) => Number(each) === Number(value)) : "") || "";
    let held = [], shown = "";
    return {
      element: wrap(select), need, get: () => (held.length > 1 && select.value === shown ? held : select.value ? [select.value] : []),
      set: (list, labels = {}) => { held = list; select.value = list.length ? name_of(labels[list[0]] || list[0]) : ""; shown = select.value; },
    };
  }
  if (described.kinds.length) {
    const makes = described.kinds.filter((kind) => ["actor", "proposition", "event"].includes(kind)).length;
    const input = new Names({ label, kinds: described.kinds, many, onmake: makes && onmake ? (kind, text) => onmake(kind, text, name) : null });
    return {
      element: wrap(input.element, "div"), need, input, get: () => input.values, open: () => input.input.value.trim(), settle: () => input.settle(),
      set: (list, labels = {}, text = "") => input.set(list.map((iri) => ({ iri, label: labels[iri] || iri.split("/").pop() })), text),
    };
  }
  const area = many || values === "text" || name === "sentence" || name === "note"; // of many there is one to a line
  const input = area ? make("textarea", { rows: many ? 1 : name === "gist" || name === "note" ? 3 : 2, dir: "auto", "aria-label": label, title: help, placeholder: many ? "one to a line" : "" }) : make("input", { type: "text", dir: "auto", "aria-label": label, title: help, placeholder: values === "days" ? "YYYY-MM-DD" : "" });
  const split = (text) => (many ? text.split("\n") : [text]).map((each) => each.trim()).filter(Boolean);
  let held = [], shown = "";
  // What nobody touched stays as it is, however many values it has.
  const plain = {
    element: wrap(input), need, get: () => (input.value === shown ? held : split(input.value)),
    set: (list) => { held = list; input.value = list.join("\n"); shown = input.value; if (many) input.rows = Math.max(1, list.length); },
  };
  const offering = values === "days" ? offers : name === "note" ? [[NEUTRAL, `“${NEUTRAL}”`]] : [];
  return offering.length ? offered(plain, input, offering) : plain;
}

// A day with days that may be meant, or a note with one that is neutral: offered, and never taken unasked.
function offered(plain, input, offers) {
  const take = (day) => {
    input.value = day;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
    const open = day.indexOf("YYYY-MM-DD");
    if (open >= 0) input.setSelectionRange(open, open + 10);
  };
  const button = ([day, why]) => make("button", { type: "button", onclick: () => take(day) }, why);
  const list = make("span", { class: "offers" }, ...offers.map(button));
  const show = () => { list.hidden = Boolean(input.value.trim()); };
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => { if (event.key === "ArrowDown" && !input.value) { event.preventDefault(); take(offers[0][0]); } });
  const offer = (more) => list.replaceChildren(...[...offers.slice(0, 1), ...more.filter(([day]) => day !== offers[0][0]), ...offers.slice(1)].map(button));
  return { ...plain, offer, element: make("div", {}, plain.element, list), set: (values) => { plain.set(values); show(); } };
}

// The words for the stances on a target, by what it is: who is bound by a demand undertakes or refuses it.
export function wordsFor(overview, target, speakers) {
  return overview.words[sortOf(target, speakers)] || overview.words[""];
}

const sortOf = ({ sort = "", binds = [] } = {}, speakers = []) => (speakers.some((who) => binds.includes(who)) ? "undertaking" : sort);
const ASKS = /\b(should|must|ought|needs?|have to|has to|let|will|shall)\b|يجب|ينبغي|لا بد/i; // words that ask, or promise, whatever the verb of saying

// Which targets a statement takes which stance on, each with a basis and confidence of its own where they differ.
// `shown` gives the act, the basis, the verb and the words of the statement: where they show less, it is said beside.
function stances(overview, onmake, speakers, shown) {
  const { choices } = overview;
  const word = (each) => wordsFor(overview, each, speakers());
  const rows = make("ul", { class: "stances" });
  let held = [];
  const select = (label, options, value, onchange, shown = "") => {
    const made = make("select", { "aria-label": label }, ...options.map(([each, text]) => make("option", { value: each }, text)));
    made.value = value;
    made.addEventListener("change", () => onchange(made.value));
    return make("label", { class: shown || "side" }, shown ? make("small", { "aria-hidden": "true" }, shown) : null, made);
  };
  const beyond = (each) => {
    const { act, basis, cue, words } = shown();
    const sort = sortOf(each, speakers());
    const acts = overview.plain[sort]?.[each.side];
    const asks = ["demand", "undertaking"].includes(sort) && ASKS.test(words);
    if (!acts || !act || acts.includes(act) || asks || (each.basis || basis || "said") !== "said") return "";
    return `${cue ? `“${cue}”` : "The act"} (${act}) does not itself say “${word(each)[each.side]}”: where the words do not either, it is implied. `;
  };
  const hint = (each) => {
    const text = beyond(each);
    return text ? make("p", { class: "hint" }, text, make("button", { type: "button", onclick: () => rest(each, "implied") }, "Implied")) : "";
  };
  const rest = (each, basis) => { // what is inferred is never certain
    each.basis = basis;
    if (basis === "implied") each.confidence ||= choices.level.find((level) => Number(level) === 0.6);
    redraw(each, "Basis of this stance");
  };
  const redraw = (each, label) => {
    draw();
    rows.children[held.indexOf(each)].querySelector(`[aria-label="${label}"]`).focus();
    rows.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const draw = () => rows.replaceChildren(...held.map((each) => make("li", { class: each.side },
    select("Stance", [...(each.side ? [] : [["", "choose …"]]), ...SIDES.map((side) => [side, word(each)[side]])], each.side, (value) => { each.side = value; redraw(each, "Stance"); }),
    make("bdi", {}, each.label),
    make("button", { type: "button", "aria-label": `Take out ${each.label}`, onclick: () => { held = held.filter((other) => other !== each); draw(); } }, "×"),
    select("Basis of this stance", [["", "as the statement"], ...choices.basis.map((b) => [b, b])], each.basis, (value) => rest(each, value), "basis"),
    select("Confidence of this stance", [["", "–"], ...choices.level.map((l) => [l, l])], each.confidence, (value) => { each.confidence = value; }, "confidence"),
    hint(each),
  )));
  const input = new Names({ label: "Takes a stance on", kinds: ["actor", "proposition"], many: true, onmake, placeholder: "An actor or a proposition …", ontake: (made) => {
    if (!made) return null;
    held.push({ ...made, side: "", basis: "", confidence: "" }); // which one, the coder says
    input.set([]);
    draw();
    return rows.lastElementChild.querySelector("select");
  } });
  return {
    element: make("div", { class: "field" }, make("span", {}, "Stances"), rows, input.element),
    open: () => input.input.value.trim(),
    settle: () => input.settle(),
    draw,
    input: () => input.input,
    undecided: () => held.find((each) => !each.side),
    word,
    get() {
      const found = { supports: [], opposes: [], neutral: [], coding: [] };
      for (const each of held.filter((one) => one.side)) {
        found[each.side].push(each.iri);
        const differs = [each.basis, each.confidence, ...each.reports || []].filter(Boolean);
        if (differs.length) found.coding.push(`${each.iri}=${differs.join(",")}`);
      }
      return found;
    },
    set(values, labels, sorts) {
      const coding = Object.fromEntries((values.coding || []).map((text) => [text.slice(0, text.lastIndexOf("=")), text.slice(text.lastIndexOf("=") + 1).split(",")]));
      held = SIDES.flatMap((side) => (values[side] || []).map((iri) => ({
        ...sorts[iri], iri, label: labels[iri] || iri.split("/").pop(), side,
        basis: (coding[iri] || []).find((part) => !/^\d/.test(part) && !isReport(part)) || "",
        reports: (coding[iri] || []).filter(isReport),
        confidence: choices.level.find((level) => (coding[iri] || []).some((part) => Number(part) === Number(level))) || "",
      })));
      input.set([]);
      draw();
    },
  };
}

// Whether a part of what differs for one target is a report, the one that shows it: by its address.
export const isReport = (part) => /[:/]/.test(part);

export class EntryForm {
  // `offers` are days, each with what to say of it, that a statement's day may be; `quoted` is whether its words stand in
  // quotation marks, so that the coder's own may be left out.
  constructor(kind, overview, onmake, offers = [], quoted = false) {
    Object.assign(this, { kind, quoted });
    this.fields = {};
    const described = overview.kinds[kind];
    const statement = kind === "statement";
    const first = statement ? FIRST : described.filter((each) => each.required || ALSO.has(each.name)).map((each) => each.name);
    if (kind === "actor") first.push("class");
    for (const each of described) {
      if (!(statement && APART.has(each.name))) this.fields[each.name] = field(each, overview.choices, onmake, offers, !first.includes(each.name));
    }
    this.required = described.filter((each) => each.required && this.fields[each.name]).map((each) => each.name);
    const one = (name) => this.fields[name].get()[0];
    if (statement) this.stances = stances(overview, onmake, () => [...this.fields.speaker.get(), ...this.fields.on_behalf_of.get()], () => ({ act: one("act"), basis: one("basis"), cue: this.cue, words: this.words?.() ?? "" }));
    for (const name of statement ? ["act", "basis"] : []) this.fields[name].element.addEventListener("change", () => this.stances.draw());
    this.first = first;
    const rest = Object.keys(this.fields).filter((name) => !first.includes(name));
    const shown = (name) => (name === "stances" ? this.stances : this.fields[name]).element;
    this.more = make("details", { class: "more" }, make("summary", {}, "More"), ...rest.map(shown));
    const pairs = new Set(["act", "medium", "basis", "confidence"]);
    this.element = make("div", { class: "fields" }, ...first.filter((name) => !(statement && pairs.has(name))).map(shown), ...(statement ? [make("div", { class: "pairs" }, ...first.filter((name) => pairs.has(name)).map(shown))] : []), rest.length ? this.more : null);
    for (const name of statement ? ["speaker", "on_behalf_of"] : []) this.fields[name].input.ontake = () => this.stances.draw();
    if (kind === "actor") this.fields.kind.element.addEventListener("change", () => this.classify());
    if (statement) this.quote(quoted);
  }

  // Where no words are quoted the coder's own say what is said.
  quote(quoted, marked = true) {
    this.quoted = quoted;
    this.need("gist", marked && !quoted);
    this.fields.gist.element.querySelector("textarea").placeholder = quoted ? "May stay empty: the words are quoted." : "";
  }

  // Of the kind other it is to be said what sort of actor it is; every other kind says so itself.
  classify() {
    const other = this.fields.kind.get()[0] === "other";
    this.need("class", other);
    this.fields.class.element.hidden = !other && !this.fields.class.get().length;
  }

  need(name, needed) {
    this.required = this.required.filter((each) => each !== name).concat(needed ? [name] : []);
    this.fields[name].need(needed);
  }

  // What was typed and not taken is chosen where it is a name, or made new by the coder; whether all of it is.
  async settle() {
    for (const each of [...Object.values(this.fields), this.stances]) {
      if (each?.open?.() && !(await each.settle())) return false;
    }
    return true;
  }

  set(values, labels = {}, texts = {}, sorts = {}) {
    for (const [name, each] of Object.entries(this.fields)) each.set(values[name] || [], labels, texts[name]);
    this.stances?.set(values, labels, sorts);
    if (this.kind === "actor") this.classify();
    this.more.open = Object.keys(this.fields).some((name) => this.more.contains(this.fields[name].element) && (values[name] || []).length);
    this.before = JSON.stringify(this.get());
  }

  get() {
    const found = Object.fromEntries(Object.entries(this.fields).map(([name, each]) => [name, each.get()]));
    return { ...found, ...(this.stances ? this.stances.get() : {}) };
  }

  // What was typed into a name's input and not taken yet: nobody's name is guessed.
  get untaken() {
    return [...Object.entries(this.fields), ["stances", this.stances]].filter(([, each]) => each?.open?.()).map(([name, each]) => [title(name), each.open()]);
  }

  // Why it cannot be saved yet, in one sentence; empty where it can.
  get wanting() {
    const [[name, text] = []] = this.untaken;
    if (name) return `${name}: “${text}” names nobody yet: choose from the list, or make it new.`;
    const missing = this.required.find((each) => !this.fields[each].get().length);
    if (missing) return `${title(missing)} is missing.`;
    const target = this.stances?.undecided();
    return target ? `Stances: “${target.label}”: choose ${SIDES.map((side) => this.stances.word(target)[side]).join(", ").replace(/, ([^,]*)$/, " or $1")}.` : "";
  }

  // Lead to the field that a message names.
  point(message) {
    const [name] = Object.keys(this.fields).filter((each) => message.startsWith(title(each)) || message.includes(`: ${title(each)} is missing`));
    if (!name) return;
    if (this.more.contains(this.fields[name].element)) this.more.open = true;
    this.fields[name].element.querySelector("input:not([hidden]), textarea, select")?.focus();
    this.fields[name].element.scrollIntoView({ block: "center" });
  }

  get changed() {
    return JSON.stringify(this.get()) !== this.before || this.untaken.length > 0;
  }

  // Begin with what is empty; with an entry that is there already at its `beginning`.
  focus(beginning = false) {
    const empty = this.first.filter((name) => !(name === "gist" && this.quoted)).map((name) => (name === "stances" ? this.stances : this.fields[name])).find((each) => each && !Object.values(each.get()).flat().length);
    const wanted = beginning ? this.fields.gist : empty;
    (wanted?.element || this.element).querySelector("input:not([hidden]), textarea, select")?.focus();
  }
}
