// The text of a document with what is coded and proposed in it; offsets outside are code points, inside UTF-16 units.
import { make } from "./service.js";

const WORD = /[\p{L}\p{N}\p{M}’'-]+/gu;
const LETTER = /[\p{L}\p{N}\p{M}]/u;

export class TextPane {
  constructor(element, { onmark, onopen }) {
    this.element = element;
    this.onmark = onmark;
    this.onopen = onopen;
    this.pieces = [];
    this.text = "";
    element.addEventListener("click", (event) => {
      const ids = event.target.closest("mark")?.dataset.ids;
      if (ids && getSelection().isCollapsed) this.onopen(ids.split(" ")[0]);
    });
    element.addEventListener("mouseup", () => setTimeout(() => this.onmark(this.selected(), "pointer")));
    element.addEventListener("keydown", (event) => this.key(event));
  }

  // Spans have `id`, `kind`, `start` and `end`; the shortest lies on top.
  show(text, spans) {
    this.text = text;
    this.words = null;
    this.astral = [...text.matchAll(/[\ud800-\udbff][\udc00-\udfff]/g)].map((found) => found.index);
    this.spans = spans.map((span) => ({ ...span, start: this.unit(span.start), end: this.unit(span.end) }));
    this.spans.sort((a, b) => a.end - a.start - (b.end - b.start));
    this.pieces = [];
    const paragraphs = [];
    let start = 0;
    for (const line of text.split("\n")) {
      if (line.trim()) paragraphs.push(this.paragraph(start, start + line.length));
      start += line.length + 1;
    }
    this.element.replaceChildren(...paragraphs);
  }

  paragraph(start, end) {
    const inside = this.spans.filter((span) => span.start < end && span.end > start);
    const cuts = new Set([start, end]);
    for (const span of inside) {
      cuts.add(Math.max(start, span.start));
      cuts.add(Math.min(end, span.end));
    }
    const places = [...cuts].sort((a, b) => a - b);
    const made = make("p", { dir: "auto" });
    for (let i = 0; i + 1 < places.length; i++) {
      const [from, to] = [places[i], places[i + 1]];
      const node = document.createTextNode(this.text.slice(from, to));
      this.pieces.push({ node, start: from });
      const over = inside.filter((span) => span.start <= from && span.end >= to);
      if (!over.length) made.append(node);
      else made.append(make("mark", { class: over.map((span) => span.kind).join(" "), "data-ids": over.map((span) => span.id).join(" ") }, node));
    }
    return made;
  }

  // Show which span is open.
  choose(id, walk = true) {
    let first = null;
    for (const mark of this.element.querySelectorAll("mark")) {
      const chosen = id != null && mark.dataset.ids.split(" ").includes(id);
      mark.classList.toggle("chosen", chosen);
      if (chosen) first ??= mark;
    }
    if (walk) first?.scrollIntoView({ block: "center" });
  }

  // Code points before a UTF-16 unit, and the other way round.
  point(unit) {
    return unit - this.astral.filter((place) => place < unit).length;
  }

  unit(point) {
    let unit = point;
    for (const place of this.astral) if (place < unit) unit++;
    return unit;
  }

  // Where a place of the document's tree stands in the text.
  offset(node, at) {
    const range = document.createRange();
    range.setStart(node, at);
    range.collapse(true);
    let found = 0;
    for (const piece of this.pieces) {
      const order = range.comparePoint(piece.node, 0);
      if (piece.node === node) return piece.start + at;
      if (order < 0) found = piece.start + piece.node.length;
    }
    return found;
  }

  // The selected stretch in code points, of whole words; null where none of the text is selected.
  selected() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!this.element.contains(range.startContainer) || !this.element.contains(range.endContainer)) return null;
    let start = this.offset(range.startContainer, range.startOffset);
    let end = this.offset(range.endContainer, range.endOffset);
    while (start < end && /\s/.test(this.text[start])) start++;
    while (end > start && /\s/.test(this.text[end - 1])) end--;
    if (start === end) return null;
    const within = (at) => at > 0 && at < this.text.length && LETTER.test(this.text[at - 1]) && LETTER.test(this.text[at]);
    while (within(start)) start--;
    while (within(end)) end++;
    return [this.point(start), this.point(end)];
  }

  place(unit) {
    const piece = this.pieces.findLast((each) => each.start <= unit) || this.pieces[0];
    return [piece.node, Math.min(Math.max(unit - piece.start, 0), piece.node.length)];
  }

  select(start, end) {
    const range = document.createRange();
    range.setStart(...this.place(start));
    range.setEnd(...this.place(end));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    range.startContainer.parentElement.scrollIntoView({ block: "nearest" });
  }

  // Arrows walk from word to word, with Shift they take words in; Enter marks them.
  key(event) {
    if (event.key === "Enter") {
      event.preventDefault();
      this.onmark(this.selected(), "key");
      return;
    }
    const forward = getComputedStyle(this.element.querySelector("p") || this.element).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -12, ArrowDown: 12 };
    if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey || !this.text) return;
    event.preventDefault();
    let step = steps[event.key];
    if (forward === "ArrowLeft" && Math.abs(step) === 1) step = -step;
    this.words ??= [...this.text.matchAll(WORD)].map((found) => [found.index, found.index + found[0].length]);
    if (!this.words.length) return;
    const last = this.words.length - 1;
    if (this.head == null || !this.selected()) this.anchor = this.head = step > 0 ? -1 : 0;
    this.head = Math.min(last, Math.max(0, this.head + step));
    if (!event.shiftKey || this.anchor < 0) this.anchor = this.head;
    const [first, end] = [Math.min(this.anchor, this.head), Math.max(this.anchor, this.head)];
    this.select(this.words[first][0], this.words[end][1]);
  }
}
