// Everything that is shown, in words: a row for each speaker, target and statement; 20, then more.
import { documents, entities, spell, byId, make, sentence } from "./data.js";
import { nameOf, source, verb, words } from "./rows.js";
import { state } from "./state.js";

const PORTION = 20;
const SORT_KEYS = {
  speaker: (s) => entities[s.speaker].label,
  word: (s) => s.word,
  target: (s) => entities[s.target].label,
  day: (s) => s.until ?? s.since ?? Infinity,
  words: (s) => (s.quotes[0] || [s.gist || ""])[0],
  document: (s) => (s.documents.length ? documents[s.documents[0]].title || "" : ""),
};
let listed = [];

function row(stance) {
  const basis = stance.said ? null : make("p", { class: "facts", text: stance.basis });
  const cells = [[verb(stance), basis], [make("bdi", { text: sentence(entities[stance.target].label) })], [spell(stance.day)], words(stance), stance.documents.map(source)];
  return make("tr", { role: "row" }, make("th", { role: "rowheader", scope: "row" }, nameOf(stance.speaker)),
    ...cells.map((parts) => make("td", { role: "cell" }, ...parts.filter(Boolean))));
}

export function fillStatements(list, all = false) {
  const [, key, way] = /^(\w+)(-?)$/.exec(state.sort || "day");
  const keys = new Map(list.map((stance) => [stance, SORT_KEYS[key](stance)]));
  listed = [...list].sort((a, b) => {
    const [x, y] = [keys.get(a), keys.get(b)];
    return (x < y ? -1 : x > y ? 1 : a.id - b.id) * (way ? -1 : 1);
  });
  for (const head of document.querySelectorAll("#statements thead th")) {
    if (head.dataset.sort === key) head.setAttribute("aria-sort", way ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
  byId("rows").replaceChildren();
  more(all ? listed.length : PORTION);
}

export function more(to = byId("rows").children.length + PORTION) {
  const from = byId("rows").children.length;
  byId("rows").append(...listed.slice(from, to).map(row));
  byId("more").hidden = to >= listed.length;
  byId("more").textContent = `Show ${Math.min(PORTION, listed.length - to)} more of ${listed.length}`;
  byId("statements").dataset.filled = "true";
}

export const shownStatements = () => listed;

export function onSort(sorted) {
  for (const head of document.querySelectorAll("#statements thead th")) {
    head.querySelector("button").addEventListener("click", () => {
      const { sort } = head.dataset;
      state.sort = (state.sort || "day") === sort ? `${sort}-` : sort;
      sorted();
    });
  }
}
byId("more").addEventListener("click", () => more());
