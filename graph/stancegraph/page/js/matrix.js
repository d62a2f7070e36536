// Who has taken which stance on what: a table with a cell for each, one stop for the keyboard.
import { data, entities, isActor, ofCell, ofNode, cellKey, distinct, SIGN, byId, count, make, rove, sentence } from "./data.js";
import { entries, nameOf, verb, joinNames } from "./rows.js";

export const MARK = { for: "+", against: "−", open: "○" };
let openCell = null;

// The columns and, by bloc, the rows of the matrix that the filters leave.
export function matrixShown(passes) {
  const columns = data.matrix.columns.filter((target) => ofNode[target].spokenOf.some(passes));
  const inColumns = new Set(columns);
  const groups = [];
  for (const actor of data.matrix.rows) {
    if (!ofNode[actor].said.some((stance) => inColumns.has(stance.target) && passes(stance))) continue;
    const { bloc } = entities[actor];
    const heading = !data.blocs.length ? "" : bloc === null ? "In no bloc" : `Bloc ${bloc + 1}`;
    if (!groups.length || groups.at(-1)[0] !== heading) groups.push([heading, []]);
    groups.at(-1)[1].push(actor);
  }
  return { columns, groups };
}

const begins = (stance) => stance.since ?? (stance.until === null ? Infinity : -Infinity);
// The stances of an actor on a target that pass, by sign in the order they were taken: a change shows as two marks.
export function position(actor, target, passes) {
  const list = (ofCell.get(cellKey(actor, target)) || []).filter(passes);
  const order = list.sort((a, b) => begins(a) - begins(b) || (a.until ?? Infinity) - (b.until ?? Infinity) || a.id - b.id);
  const signs = [...new Set(order.map((stance) => SIGN[stance.sign]))];
  return { list: order, marks: signs.map((sign) => ({ sign, said: list.some((stance) => SIGN[stance.sign] === sign && stance.said) })) };
}

function cell(actor, target, passes) {
  const { list, marks } = position(actor, target, passes);
  if (!list.length) return make("td");
  const words = joinNames([...new Set(list.map((stance) => stance.word))]);
  const label = `${entities[actor].label} ${words}: ${entities[target].label} (${count(distinct(list), "statement")})`;
  const inner = marks.map(({ sign, said }) => make("span", { class: `mark ${sign}${said ? "" : " inferred"}`, "aria-hidden": "true", text: MARK[sign] }));
  return make("td", {}, make("button", { type: "button", class: "cell", "aria-label": label, "aria-expanded": "false", "data-actor": actor, "data-target": target }, ...inner));
}

export function fillMatrix(passes) {
  const { columns, groups } = matrixShown(passes);
  const kinds = [["Actors", columns.filter(isActor)], ["Propositions", columns.filter((target) => !isActor(target))]].filter(([, own]) => own.length);
  const over = make("tr", {}, make("td"), ...kinds.map(([text, own]) => make("th", { scope: "colgroup", colspan: own.length, class: "sort", text })));
  const head = make("tr", {}, make("td"), ...columns.map((target) => make("th", { scope: "col" }, make("span", { dir: "auto", text: sentence(entities[target].label) }))));
  const body = [];
  for (const [heading, actors] of groups) {
    if (heading) body.push(make("tr", { class: "bloc" }, make("th", { scope: "rowgroup", colspan: columns.length + 1, text: heading })));
    for (const actor of actors) body.push(make("tr", {}, make("th", { scope: "row" }, nameOf(actor)), ...columns.map((target) => cell(actor, target, passes))));
  }
  const table = make("table", {}, make("caption", { class: "unseen", text: "Positions: actors by bloc; actors spoken of, and propositions, by how many spoke of them" }),
    make("thead", {}, over, head), make("tbody", {}, ...body));
  byId("cells").replaceChildren(body.length ? table : make("p", { text: "No statement passes the filters." }));
  byId("cell-words").replaceChildren();
  byId("cells-note").textContent = byId("cells").scrollWidth > byId("cells").clientWidth ? `${count(columns.length, "column")}: scroll sideways.` : "";
  rove(byId("cells"), ".cell", (key, all, at) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (by) return by;
    if (key !== "ArrowDown" && key !== "ArrowUp") return 0;
    const { left } = all[at].getBoundingClientRect();
    const way = key === "ArrowDown" ? 1 : -1;
    for (let i = at + way; all[i]; i += way) if (Math.abs(all[i].getBoundingClientRect().left - left) < 2) return i - at;
    return 0;
  });
  openCell = null;
  byId("cells").onclick = ({ target }) => {
    const found = target.closest(".cell");
    if (found) toggle(found, passes);
  };
}

function toggle(found, passes) {
  if (openCell) openCell.setAttribute("aria-expanded", "false");
  const box = byId("cell-words");
  if (openCell === found) { openCell = null; box.replaceChildren(); return; }
  openCell = found;
  found.setAttribute("aria-expanded", "true");
  const { list } = position(Number(found.dataset.actor), Number(found.dataset.target), passes);
  const words = [...new Set(list.map((stance) => stance.word))];
  box.replaceChildren(...words.flatMap((word) => {
    const own = list.filter((stance) => stance.word === word);
    return [make("h3", {}, nameOf(own[0].speaker), " ", verb(own[0]), " ", make("bdi", { text: sentence(entities[own[0].target].label) })), ...entries(own)];
  }));

}
