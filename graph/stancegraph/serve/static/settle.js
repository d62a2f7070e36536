// Two codings of a document side by side, settled one by one.
import { ask, make } from "./service.js";

const WHAT = { speaker: "speaker", act: "act", stances: "stances", basis: "basis", day: "day", "only the first": "only one has it", "only the second": "only one has it" };

export class Settling {
  // `say` tells what was done, `snippet` gives the words of a stretch, `change` sends a change, `onend` is called once
  // it is left.
  constructor(element, { say, snippet, change, onend }) {
    Object.assign(this, { element, say, snippet, change, onend });
    element.addEventListener("keydown", (event) => this.key(event));
  }

  async open(document_) {
    this.document = document_;
    await this.load();
    this.element.hidden = false;
    this.focus();
  }

  close() {
    this.element.hidden = true;
    this.element.replaceChildren();
    this.onend();
  }

  async load() {
    this.told = await ask("settling", [["name", this.document.name]]);
    this.draw();
  }

  get waiting() {
    return this.told.differences.filter((each) => each.taken == null);
  }

  draw() {
    const { coders, units, differences } = this.told;
    const left = this.waiting.length;
    const done = differences.length - left;
    this.element.replaceChildren(
      make("p", {}, `Coder ${coders[0]} coded ${units[0]}, coder ${coders[1]} coded ${units[1]}; ${units[2]} of them ${units[2] === 1 ? "lies" : "lie"} at the same words. ${differences.length ? `${done} of ${differences.length} difference${differences.length === 1 ? " is" : "s are"} settled.` : "Nothing differs."}`),
      make("p", { class: "keys" }, make("kbd", {}, "1"), ` as coder ${coders[0]}  `, make("kbd", {}, "2"), ` as coder ${coders[1]}  `, make("kbd", {}, "N"), " leave it out  ", make("kbd", {}, "O"), " open it again  ", make("kbd", {}, "Esc"), " back to the text"),
      make("p", { class: "wrong", role: "alert" }),
      make("table", { class: "differences" },
        make("thead", {}, make("tr", {}, ...["What differs", `Coder ${coders[0]}`, `Coder ${coders[1]}`, "Settled"].map((each) => make("th", { scope: "col" }, each)))),
        make("tbody", {}, ...differences.map((each) => this.row(each)))),
      make("div", { class: "buttons" }, make("button", { type: "button", class: "primary", onclick: () => this.conclude() }, "Leave one coding in the graph"), make("button", { type: "button", onclick: () => this.close() }, "Back to the text")),
    );
    this.element.querySelector(".primary").disabled = left > 0;
  }

  row(each) {
    const alone = each.what.startsWith("only");
    const told = (side) => make("bdi", {}, each.choices[side] || "–");
    const cell = (side) => {
      const takes = !alone || side in each.choices;
      return make("td", { "data-taken": each.taken === side ? "" : null, "data-coder": `Coder ${this.told.coders[side === "first" ? 0 : 1]}` }, told(side), " ", takes ? make("button", { type: "button", "aria-label": `${alone ? "Keep it" : "As coder"} ${this.told.coders[side === "first" ? 0 : 1]}: ${each.what}`, onclick: () => this.take(each, side) }, alone ? "Keep" : "Take") : "");
    };
    const settled = each.taken == null ? "" : each.taken === "neither" ? "left out" : each.another != null ? `another: ${each.another}` : `as coder ${this.told.coders[each.taken === "first" ? 0 : 1]}`;
    const more = alone
      ? make("button", { type: "button", onclick: () => this.take(each, "neither") }, "Leave out")
      : make("button", { type: "button", onclick: () => { const value = prompt(`${WHAT[each.what]}: another value (several by semicolons${each.what === "stances" ? "; each as its word and its target, as they stand in the table" : ""})`, each.what === "stances" ? each.choices.first : ""); if (value) this.take(each, value); } }, "Another …");
    return make("tr", { "data-number": each.number, tabindex: "-1" },
      make("th", { scope: "row" }, WHAT[each.what] || each.what, make("bdi", { class: "place" }, `“${each.passages.map((place) => this.snippet(place)).join(" … ")}”`)),
      cell("first"), cell("second"),
      make("td", {}, settled, settled ? make("small", {}, ` by ${each.by} `) : "", " ", more, each.taken == null ? "" : make("button", { type: "button", onclick: () => this.take(each, "") }, "Open again")));
  }

  async take(each, taken) {
    try {
      await this.change("settle", { document: this.document.document, number: each.number, seen: each.seen, taken });
      await this.load();
      this.say(taken ? "Settled." : "Open again.");
      this.focus(each.number);
    } catch (refused) { this.element.querySelector(".wrong").textContent = refused.message; }
  }

  // The next difference that is open, from one on.
  focus(from = -1) {
    const next = this.waiting.find((each) => each.number > from) || this.waiting[0];
    const row = next && this.element.querySelector(`[data-number="${next.number}"]`);
    (row || this.element.querySelector(".primary:not(:disabled)") || this.element.querySelector(".buttons button:last-child")).focus();
    row?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    if (event.key === "Escape") { this.close(); return; }
    const rows = [...this.element.querySelectorAll("tbody tr")];
    const at = rows.indexOf(event.target.closest("tr"));
    const each = this.told.differences[at];
    const side = { 1: "first", 2: "second", n: "neither", o: "" }[event.key.toLowerCase()];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (each && side !== undefined && (side === "" || side === "neither" ? true : side in each.choices)) {
      event.preventDefault();
      this.take(each, side);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)))]?.focus();
    }
  }

  async conclude() {
    if (!confirm("One coding is left in the graph, as was settled; who said what stays in codings/. Undo takes it back.")) return;
    try {
      const done = await this.change("conclude", { document: this.document.document });
      this.say(`Done: ${done.what}.`);
      this.close();
    } catch (refused) { this.element.querySelector(".wrong").textContent = refused.message; }
  }
}
