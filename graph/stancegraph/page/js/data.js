// The making of elements, and the data they are made of.

// Text enters by textContent alone.
export const byId = (id) => document.getElementById(id);

export function make(tag, { text, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

export function makeSvg(tag, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

export function button(text, pressed, more = {}) {
  const element = make("button", { type: "button", text, ...more });
  element.addEventListener("click", () => pressed(element));
  return element;
}

export const count = (n, what) => `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;
export const sentence = (label) => label.replace(/\.$/, "");

// One stop for Tab; the arrows move inside, Home and End to either end.
const roving = new WeakSet();
const ARROWS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
export function rove(box, selector, step = (key) => ARROWS[key]) {
  const items = () => [...box.querySelectorAll(selector)];
  const enter = (item) => { for (const other of items()) other.tabIndex = other === item ? 0 : -1; };
  enter(items()[0]);
  if (roving.has(box)) return;
  roving.add(box);
  box.addEventListener("focusin", ({ target }) => { if (target.matches(selector)) enter(target); });
  box.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    const by = step(event.key, all, at);
    const next = event.key === "Home" ? all[0] : event.key === "End" ? all.at(-1) : by && all[at + by];
    if (at < 0 || !next) return;
    event.preventDefault();
    next.focus();
  });
}

// The data, and what belongs to each actor, thing and cell.
export const data = JSON.parse(byId("data").textContent);
export const { entities, stances, documents, periods } = data;
export const SIGN = { 1: "for", "-1": "against", 0: "open" };

export const cellKey = (actor, target) => actor * entities.length + target;
export const ofNode = entities.map(() => ({ said: [], spokenOf: [], pairs: [] }));
export const ofCell = new Map();
export const ofTie = data.ties.map(() => []);
export const numberOf = new Map(entities.map((entity, i) => [entity.iri, i]));
stances.forEach((stance, id) => {
  stance.id = id;
  stance.said = !["implied", "attributed"].includes(stance.basis);
  ofNode[stance.speaker].said.push(stance);
  ofNode[stance.target].spokenOf.push(stance);
  ofTie[stance.tie].push(stance);
  const key = cellKey(stance.speaker, stance.target);
  if (!ofCell.has(key)) ofCell.set(key, []);
  ofCell.get(key).push(stance);
});
for (const tie of data.agreement) for (const end of [tie.from, tie.to]) ofNode[end].pairs.push(tie);

export const isActor = (number) => entities[number].kind !== "proposition";
export const distinct = (list) => new Set(list.map((stance) => stance.statement)).size;
export const DAY = 86400000;
export const dayNumber = (iso) => Math.round(Date.parse(`${iso}T00:00:00Z`) / DAY);
export const isoDay = (number) => new Date(number * DAY).toISOString().slice(0, 10);
export const spans = periods.map((period) => [dayNumber(period.since), dayNumber(period.until)]);

const MONTHS = "January February March April May June July August September October November December".split(" ");
const DAY_OF = /^(\d{4})-(\d\d)-(\d\d)$/;
const month = (number) => MONTHS[number - 1] || "?";
// An ISO day or an interval of days in words; ".." is an open end.
export function spell(text) {
  const one = (day) => { const [, y, m, d] = DAY_OF.exec(day) || []; return y ? `${Number(d)} ${month(Number(m))} ${y}` : day; };
  const [first, last] = text.split("/");
  if (last === undefined) return one(first);
  if (first === "..") return `up to ${one(last)}`;
  if (last === "..") return `from ${one(first)} on`;
  return `between ${one(first)} and ${one(last)}`;
}
