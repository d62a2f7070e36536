// An input that knows the names of the graph (a combobox of WAI-ARIA), and holds those that were taken.
import { ask, make } from "./service.js";

let number = 0;

export class Names {
  // `onmake(kind, text)` makes an entry that is not there yet and gives it as {iri, label}; `ontake(entry)` is told what
  // was taken, and may give the element to go on with.
  constructor({ label, kinds, many, onmake, ontake, placeholder = "" }) {
    Object.assign(this, { kinds, many, onmake, ontake, placeholder, taken: [], options: [], at: -1 });
    const id = `names${++number}`;
    this.input = make("input", {
      id, type: "text", role: "combobox", autocomplete: "off", spellcheck: "false", dir: "auto", "aria-expanded": "false",
      "aria-autocomplete": "list", "aria-controls": `${id}-list`, "aria-label": label,
      oninput: () => { this.point(-1); this.ask(); }, onfocus: () => this.ask(), onclick: () => this.ask(true), onblur: () => setTimeout(() => document.activeElement !== this.input && this.close(), 150), onkeydown: (event) => this.key(event),
    });
    this.list = make("ul", { id: `${id}-list`, role: "listbox", "aria-label": label, hidden: true });
    this.chips = make("span", { class: "chips" });
    this.element = make("div", { class: "names" }, this.chips, this.input, this.list);
  }

  get values() {
    return this.taken.map((each) => each.iri);
  }

  set(entries, text = "") {
    this.taken = [...entries];
    this.input.value = text;
    this.draw();
  }

  draw() {
    this.chips.replaceChildren(...this.taken.map((entry) => make("span", { class: "token" }, make("bdi", {}, entry.label), make("button", {
      type: "button", "aria-label": `Take out ${entry.label}`,
      onclick: () => { this.taken = this.taken.filter((each) => each !== entry); this.draw(); this.input.focus(); this.ontake?.(); },
    }, "×"))));
    this.input.hidden = !this.many && this.taken.length > 0;
    this.input.placeholder = this.taken.length ? "another …" : this.placeholder || "type a name, or ↓";
  }

  // Show what may be meant, once somebody types or asks by a click or an arrow: the list lies over the next fields.
  async ask(wanted = false) {
    const text = this.input.value;
    const found = await ask("complete", [["q", text], ...this.kinds.map((kind) => ["kind", kind])]).catch(() => []);
    if (text !== this.input.value || document.activeElement !== this.input) return;
    if (!wanted && !text.trim()) {
      this.close();
      return;
    }
    this.options = found.filter((entry) => !this.values.includes(entry.iri));
    if (text.trim() && this.onmake) {
      for (const kind of this.likely(text)) this.options.push({ label: text.trim(), kind, fresh: true });
    }
    this.at = -1;
    this.list.replaceChildren(...this.options.map((entry, i) => make("li", {
      id: `${this.list.id}-${i}`, role: "option", "aria-selected": "false",
      onmousedown: (event) => { event.preventDefault(); this.take(entry); },
    }, entry.fresh ? `New ${entry.kind}: ` : entry.near ? "Perhaps: " : "", make("bdi", {}, entry.label), entry.fresh || this.kinds.length < 2 ? "" : make("small", {}, entry.kind))));
    this.list.hidden = !this.options.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    // A name that only sounds like what was typed is somebody else's until a person says otherwise.
    if (this.options.length && text.trim() && !this.options[0].fresh && !this.options[0].near) this.point(0);
  }

  // The kinds that a text may be the name of, the likeliest first: a sentence is hardly an actor's name.
  likely(text) {
    const sentence = /[.؟?!]$|(\S+\s+){4}/.test(text.trim());
    return sentence ? [...this.kinds].sort((one, other) => (other === "proposition") - (one === "proposition")) : this.kinds;
  }

  // Take what was typed where it is somebody's name, else let it be made; whether it is settled then.
  async settle() {
    const text = this.input.value.trim();
    const found = await ask("complete", [["q", text], ...this.kinds.map((kind) => ["kind", kind])]).catch(() => []);
    const same = found.filter((entry) => !entry.near && entry.label.toLowerCase() === text.toLowerCase());
    const [kind] = this.likely(text);
    if (same.length === 1) await this.take(same[0]);
    else if (this.onmake) await this.take({ label: text, kind, fresh: true });
    return !this.input.value.trim();
  }

  point(at) {
    this.at = at;
    [...this.list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    if (at >= 0) {
      this.input.setAttribute("aria-activedescendant", this.list.children[at].id);
      this.list.children[at].scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const count = this.options.length;
    if (event.key === "ArrowDown" && this.list.hidden) this.ask(true);
    else if (event.key === "ArrowDown" && count) this.point((this.at + 1) % count);
    else if (event.key === "ArrowUp" && count) this.point((this.at - 1 + count) % count);
    else if (event.key === "Enter" && !event.ctrlKey && this.at >= 0 && !this.list.hidden) this.take(this.options[this.at]);
    else if (event.key === "Enter" && !event.ctrlKey && this.input.value.trim()) { event.preventDefault(); return; }
    else if (event.key === "Escape" && !this.list.hidden) { this.close(); event.stopPropagation(); }
    else if (event.key === "Backspace" && !this.input.value && this.taken.length) { this.taken.pop(); this.draw(); this.ontake?.(); }
    else return;
    event.preventDefault();
  }

  async take(entry) {
    this.close();
    const text = this.input.value;
    this.input.value = "";
    const made = entry.fresh ? await this.onmake(entry.kind, entry.label) : entry;
    if (made) this.taken = this.many ? [...this.taken, made] : [made];
    else this.input.value = text;
    this.draw();
    const next = this.ontake?.(made);
    this.element.dispatchEvent(new Event("input", { bubbles: true }));
    if (next) next.focus();
    else if (!this.input.hidden) {
      this.input.focus();
      this.input.select(); // a dialog that gave the focus back took the caret with it: nothing could be typed
    }
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.point(-1);
  }
}
