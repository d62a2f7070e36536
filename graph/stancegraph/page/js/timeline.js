// When it was said: a row for each actor, the periods side by side, empty time between them cut out.
import { entities, spans, stances, SIGN, isoDay, spell, byId, make } from "./data.js";
import { entries, nameOf } from "./rows.js";
import { toSvg } from "./scenes.js";
import { colour } from "./drawing.js";

const MOST = 25;
const [ROW, HEAD, BETWEEN, ENOUGH] = [24, 34, 26, 340];
const NAMES = [128, 210, 270];
const LETTER = 7.2;
const SILENCE = 30;
const R = 4;
const SPACE = 2 * R + 1.5;

// Stretches of time in which something was said: the periods and the days beside them, long silences cut out.
function stretches(dated) {
  const days = dated.map(({ until }) => [until, until]);
  const found = [];
  for (const [since, until] of [...spans.filter(([a, b]) => days.some(([day]) => day >= a && day <= b)), ...days].sort((a, b) => a[0] - b[0] || b[1] - a[1])) {
    if (found.length && since - found.at(-1)[1] <= SILENCE) found.at(-1)[1] = Math.max(found.at(-1)[1], until);
    else found.push([since, until]);
  }
  return found;
}

// The timeline as a scene; marks know their statements.
export function timelineScene(passes, width) {
  const dated = stances.filter((stance) => stance.until !== null && passes(stance));
  const spoken = new Map();
  for (const stance of dated) spoken.set(stance.speaker, (spoken.get(stance.speaker) || 0) + 1);
  const actors = [...spoken].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, MOST).map(([actor]) => actor);
  const first = new Map();
  for (const stance of dated) first.set(stance.speaker, Math.min(first.get(stance.speaker) ?? Infinity, stance.until));
  actors.sort((a, b) => first.get(a) - first.get(b) || a - b);
  const own = stretches(dated);
  const days = own.reduce((sum, [since, until]) => sum + until - since + 1, 0);
  const NAME = NAMES[(width > 600) + (width > 900)];
  const room = Math.max(width, ENOUGH) - NAME - BETWEEN * Math.max(own.length - 1, 0) - 24;
  const step = room / Math.max(days, 1);
  // A dot never leaves its own day: as many side by side as the day is wide, in two rows; of more, one for each side.
  const beside = Math.max(Math.min(Math.floor((step - 3) / SPACE), 6), 1);
  const parts = [];
  let x = NAME + 12;
  const high = HEAD + actors.length * ROW;
  const panels = own.map(([since, until]) => {
    const panel = { since, until, x, wide: (until - since + 1) * step };
    parts.push({ kind: "rect", x, y: HEAD - 4, width: panel.wide, height: high - HEAD + 8, fill: "soft", rx: 4 });
    const label = spell(isoDay(since)).replace(/ (\w{3})\w* /, " $1 ");
    if (panel.wide > 70) parts.push({ kind: "text", text: label, x: x + 2, y: 14, size: 11, fill: "quiet" });
    else parts.push({ kind: "text", text: label, x: x + panel.wide, y: 14, size: 11, fill: "quiet", anchor: "end" });
    if (until > since && panel.wide > 150) parts.push({ kind: "text", text: spell(isoDay(until)).replace(/ (\w{3})\w* /, " $1 "), x: x + panel.wide - 2, y: 14, size: 11, fill: "quiet", anchor: "end" });
    const every = step > 14 ? 1 : step > 2 ? 7 : 30;
    if (every === 1) for (let day = since + 1; day <= until; day++) parts.push({ kind: "path", d: `M${x + (day - since) * step} ${HEAD - 4}v${high - HEAD + 8}`, stroke: "paper", width: 1 });
    for (let day = since; day <= until; day += every) parts.push({ kind: "path", d: `M${x + (day - since + 0.5) * step} ${HEAD - 12}v5`, stroke: "quiet", width: 1 });
    x += panel.wide + BETWEEN;
    return panel;
  });
  const place = (day) => { const panel = panels.find(({ since, until }) => day >= since && day <= until); return panel && panel.x + (day - panel.since + 0.5) * step; };
  actors.forEach((actor, i) => {
    const y = HEAD + (i + 0.5) * ROW;
    parts.push({ kind: "text", text: cut(entities[actor].label, Math.floor(NAME / LETTER)), x: NAME, y: y + 4, size: 12, anchor: "end", fill: "ink", actor });
    const said = new Map();
    for (const stance of dated) if (stance.speaker === actor) said.set(stance.statement, [...(said.get(stance.statement) || []), stance]);
    const held = new Map();
    const marks = [];
    for (const list of said.values()) {
      const { since, until } = list[0];
      const to = place(until);
      const from = since === null ? to : place(Math.max(since, panels.find((panel) => until >= panel.since && until <= panel.until).since)) - step / 2;
      if (since < until && to - from > R) parts.push({ kind: "path", d: `M${from} ${y}L${to} ${y}`, stroke: "rule", width: 3 });
      for (const sign of new Set(list.map((stance) => SIGN[stance.sign]))) {
        const said = list.some((stance) => stance.said && SIGN[stance.sign] === sign);
        held.set(until, [...(held.get(until) || []), { r: R, fill: said ? sign : "paper", stroke: sign, width: 1.5, statements: list }]);
      }
    }
    for (const [day, every] of held) {
      const own = every.length > 2 * beside ? merged(every) : every;
      const rows = Math.ceil(own.length / beside);
      const wide = Math.ceil(own.length / rows);
      own.forEach((dot, n) => marks.push({ kind: "circle", ...dot, x: place(day) + ((n % wide) - (wide - 1) / 2) * SPACE, y: y + (Math.floor(n / wide) - (rows - 1) / 2) * (2 * R) }));
    }
    parts.push(...marks);
  });
  return { parts, width: Math.max(width, ENOUGH), height: high + 12, left: spoken.size - actors.length, undated: stances.filter((s) => s.until === null && passes(s)).length };
}
function merged(dots) {
  const sides = new Map();
  for (const dot of [...dots].sort((a, b) => (a.fill === "paper") - (b.fill === "paper"))) {
    const side = sides.get(dot.stroke);
    sides.set(dot.stroke, side ? { ...side, statements: [...side.statements, ...dot.statements] } : dot);
  }
  return [...sides.values()];
}
const cut = (text, n) => (text.length > n ? text.slice(0, n - 1) + "…" : text);

export function fillTimeline(passes) {
  const box = byId("times");
  const scene = timelineScene(passes, box.clientWidth - 2);
  const picture = toSvg(scene, colour, (part, element) => { if (part.statements) { element.setAttribute("class", "dot"); element.addEventListener("click", () => tellStatements(part.statements)); } });
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", "When each actor spoke; the statements below say the same in words");
  box.replaceChildren(scene.parts.length ? picture : make("p", { text: "No dated statement passes the filters." }));
  const left = [scene.left && `${scene.left} of ${scene.left + MOST} actors, who spoke least, are left out`, scene.undated && `${scene.undated} stances without a last day are left out`].filter(Boolean).join("; ");
  byId("times-note").textContent = left ? `${left}.` : "";
  byId("time-words").replaceChildren();
}

function tellStatements(list) {
  byId("time-words").replaceChildren(make("h3", {}, nameOf(list[0].speaker)), ...entries(list, true));
}
