// What is shown as files: statements as CSV and JSON, each picture as SVG and PNG, with all it takes to read it alone.
import { documents, entities, SIGN, byId, make, sentence } from "./data.js";
import { cardTitle, colour, DOT, drawn, entityOf, legendOf } from "./drawing.js";
import { MARK, matrixShown, position } from "./matrix.js";
import { framed, toCanvas, toSvg, lines } from "./scenes.js";
import { filtersInWords, addressOf, passes } from "./state.js";
import { shownStatements } from "./statements.js";
import { timelineScene } from "./timeline.js";

// A cell as output.py makes it: no control characters, one kind of line end, an apostrophe before what a spreadsheet would run.
const UNSAFE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\p{Cs}\u{e0000}-\u{e007f}]/gu;
const FORMULA = /^(?:[\s\u00ad\u061c\u180e\u200b-\u200f\u2060-\u206f\ufeff\ufffd]*[=+\-@＝＋－＠﹢﹣﹦﹫−]|[\t\n])/;
const NUMBER = /^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?$/;
export function cellOfCsv(value) {
  const text = String(value ?? "").replace(/\r\n?|[\x0b\x0c\x85\u2028\u2029]/g, "\n").replace(UNSAFE, "\ufffd");
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

export function save(blob, name) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

// Where the page can be opened as it is now; never the folders of the reader's own machine.
export function link() {
  const place = /^https?:$/.test(location.protocol) ? location.href.split("#")[0] : decodeURIComponent(location.pathname.split("/").pop());
  const hash = addressOf();
  return place + (hash ? `#${hash}` : "");
}

const heading = () => document.querySelector("h1").textContent;
const today = () => new Date().toISOString().slice(0, 10);
const COLUMNS = ["speaker", "stance", "target", "day", "act", "medium", "basis", "confidence", "quotes", "gist", "documents", "statement"];
const record = (s) => [entities[s.speaker].label, s.word, entities[s.target].label, s.day, s.act, s.medium, s.basis, s.confidence,
  s.quotes.map((quote) => quote[0]), s.gist, s.documents.map((i) => documents[i].title), s.iri];

const field = (value) => `"${cellOfCsv(value).replace(/"/g, '""')}"`;
function asCsv() {
  const rows = shownStatements().map((s) => record(s).map((value) => (Array.isArray(value) ? value.join(" | ") : value)));
  return "\ufeff" + [COLUMNS, ...rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

function asJson() {
  const rows = shownStatements().map((s) => ({ ...Object.fromEntries(record(s).map((value, i) => [COLUMNS[i], value])), polarity: s.sign,
    speaker_iri: entities[s.speaker].iri, target_iri: entities[s.target].iri, document_iris: s.documents.map((i) => documents[i].iri) }));
  const legend = "One row for each statement, speaker and target. stance: the word for it, polarity 1 for, -1 against, 0 left open; basis: said, implied (the coder’s inference) or attributed (by the document’s author).";
  return JSON.stringify({ title: heading(), legend, filters: filtersInWords() || "none", exported: today(), link: link(), statements: rows }, null, 1);
}

// ---- pictures ----------------------------------------------------------------------------------------------------

// A line of the network as vis draws it.
function pathOf({ tail, head, kind, roundness }) {
  const [[, x1, y1], [, x2, y2]] = [drawn.at.get(tail), drawn.at.get(head)];
  const tidy = (...numbers) => numbers.map((n) => Number(n.toFixed(1))).join(" ");
  if (kind === "cubicBezier") {
    const bend = roundness * (x2 - x1);
    return `M${tidy(x1, y1)}C${tidy(x1 + bend, y1, x2 - bend, y2, x2, y2)}`;
  }
  const turn = (kind === "curvedCW" ? roundness : -roundness) / 2 + 0.5;
  const angle = Math.atan2(y1 - y2, x2 - x1) + turn * Math.PI;
  const reach = (roundness / 2 + 0.5) * Math.hypot(x2 - x1, y2 - y1);
  return `M${tidy(x1, y1)}Q${tidy(x1 + reach * Math.sin(angle), y1 + reach * Math.cos(angle), x2, y2)}`;
}

// An arrow for, a bar against: at the end a line of a stance points to; lines of agreement have bars at both.
function endsOf(line) {
  const between = drawn.mode === "blocs" || drawn.mode === "agreement";
  if (!line.sign || (between && line.sign > 0)) return [];
  const at = (number, other) => {
    const [, x, y] = drawn.at.get(number);
    const way = between && drawn.at.get(other)[3] === drawn.at.get(number)[3] ? -drawn.at.get(number)[3] : Math.sign(drawn.at.get(other)[1] - x);
    const from = x + way * (DOT + 1);
    const d = line.sign < 0 ? `M${from} ${y - 5}L${from} ${y + 5}` : `M${from} ${y}L${from + way * 9} ${y - 3.5}L${from + way * 9} ${y + 3.5}Z`;
    return { kind: "path", d, name: "arrow", ...(line.sign < 0 ? { stroke: SIGN[line.sign], width: 2 } : { fill: SIGN[line.sign] }) };
  };
  return [at(line.head, line.tail), ...(between ? [at(line.tail, line.head)] : [])];
}

function networkScene() {
  const parts = [];
  for (const card of drawn.cards) {
    const [x, y, width, height] = card.box;
    parts.push({ kind: "rect", x, y, width, height, rx: 8, fill: "soft" }, { kind: "text", text: cardTitle(card), x: x + 10, y: y + 19, size: 12, bold: true, fill: "quiet" },
      ...card.subtitle.map((text, i) => ({ kind: "text", text, x: x + 10, y: y + 33 + i * 13.75, size: 11, fill: "quiet" })));
  }
  for (const line of drawn.lines) parts.push({ kind: "path", name: "line", d: pathOf(line), stroke: SIGN[line.sign], width: 1.5, dash: line.said ? undefined : [5, 4] }, ...endsOf(line));
  for (const [number, x, y, side, label] of drawn.nodes) {
    const rows = label.split("\n");
    const lead = drawn.font * 1.2;
    const from = side ? y - ((rows.length - 1) * lead) / 2 + drawn.font * 0.35 : y - 14 - (rows.length - 1) * lead;
    parts.push({ kind: "circle", x, y, r: DOT, fill: entities[entityOf(number)].kind === "proposition" ? "paper" : "actor", stroke: "actor", width: 1 },
      ...rows.map((text, i) => ({ kind: "text", text, x: x + side * (DOT + 7), y: from + i * lead, size: drawn.font, fill: "ink", anchor: ["end", "middle", "start"][side + 1] })));
  }
  return { parts, width: drawn.width, height: drawn.height };
}

function matrixScene() {
  const [LEFT, HEAD, ROW] = [250, 210, 26];
  const { columns, groups } = matrixShown(passes());
  const parts = [];
  let x = LEFT;
  const centres = columns.map((target) => {
    const rows = lines(sentence(entities[target].label), 30).slice(0, 3);
    const wide = Math.max(ROW + 4, rows.length * 13 + 8);
    rows.forEach((text, i) => parts.push({ kind: "text", text, x: x + wide / 2 + (i - rows.length / 2 + 0.8) * 13, y: HEAD - 8, size: 12, turn: true, fill: "ink" }));
    x += wide;
    return x - wide / 2;
  });
  let y = HEAD;
  for (const [head, actors] of groups) {
    if (head) { y += ROW; parts.push({ kind: "text", text: head, x: 0, y: y - 8, size: 12, bold: true, fill: "quiet" }); }
    for (const actor of actors) {
      parts.push({ kind: "text", text: entities[actor].label.slice(0, 40), x: 0, y: y + ROW - 9, size: 12, fill: "ink" });
      columns.forEach((target, i) => position(actor, target, passes()).marks.forEach(({ sign, said }, k, { length }) => {
        const wide = (ROW - 4) / length;
        parts.push({ kind: "rect", x: centres[i] - ROW / 2 + 2 + k * wide, y: y + 2, width: wide - (length > 1 ? 1 : 0), height: ROW - 4, rx: 3, fill: said && sign !== "open" ? sign : "paper", stroke: sign, line: 1.5, dash: said ? undefined : [4, 3] },
          { kind: "text", text: MARK[sign], x: centres[i] - ROW / 2 + 2 + (k + 0.5) * wide, y: y + ROW - 8, size: 13, bold: true, anchor: "middle", fill: said && sign !== "open" ? "paper" : "ink" });
      }));
      y += ROW;
    }
  }
  return { parts, width: x + 8, height: y + 4 };
}

const DASHED = ["ink", "dashed: inferred by the coder or attributed by the author", true];
const SIGNS = [["against", "against, denies, rejects"], ["for", "for, says, calls for"]];
const PICTURES = {
  network: () => [networkScene(), legendOf(drawn.mode).filter(([sign]) => drawn.lines.some((line) => SIGN[line.sign] === sign)), { blocs: "Who disagrees with whom, by bloc", agreement: "Who agrees and disagrees with whom", stances: "Who takes which stance", ego: "One actor’s neighbourhood" }[drawn.mode]],
  matrix: () => [matrixScene(), SIGNS, "Who has taken which stance on what"],
  timeline: () => [timelineScene(passes(), 900), SIGNS, "When it was said"],
};

export function framedPicture(name) {
  const [scene, legend, about] = PICTURES[name]();
  const filters = filtersInWords();
  const notes = [`${filters ? `Only: ${filters}. ` : ""}${byId("sentence").textContent}`, `Exported ${today()} from ${link()}`];
  return framed(scene, { title: heading(), about, legend: [...legend, DASHED], notes });
}

const markup = (name) => `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(toSvg(framedPicture(name), colour))}`;
export const svgOf = (name) => toSvg(framedPicture(name), colour);
for (const element of document.querySelectorAll("[data-save]")) {
  const [name, form] = element.dataset.save.split(" ");
  element.addEventListener("click", () => {
    if (form === "csv") save(new Blob([asCsv()], { type: "text/csv" }), "statements.csv");
    else if (form === "json") save(new Blob([asJson()], { type: "application/json" }), "statements.json");
    else if (form === "svg") save(new Blob([markup(name)], { type: "image/svg+xml" }), `${name}.svg`);
    else toCanvas(framedPicture(name), colour).toBlob((blob) => save(blob, `${name}.png`), "image/png");
  });
}
