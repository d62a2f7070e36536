// Making elements: text enters by textContent alone.
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
