// A picture as a list of shapes, written as SVG (text stays text) or painted on a canvas, in colours by name.
import { make, makeSvg } from "./data.js";

const FACE = getComputedStyle(document.body).fontFamily;
const pick = (colours, name) => (name === undefined ? "none" : colours[name] || name);

export function toSvg({ parts, width, height }, colours, touch = () => {}) {
  const root = makeSvg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "font-family": FACE });
  for (const part of parts) {
    const look = { fill: pick(colours, part.fill), stroke: part.stroke ? pick(colours, part.stroke) : undefined, "stroke-width": part.width && part.stroke ? part.width : undefined,
      "stroke-dasharray": part.dash ? part.dash.join(" ") : undefined, opacity: part.opacity };
    const { kind, x, y } = part;
    const element = kind === "text" ? makeSvg("text", { x, y, fill: look.fill, "font-size": part.size, "font-weight": part.bold ? "bold" : undefined,
      "text-anchor": part.anchor, transform: part.turn ? `rotate(-90 ${x} ${y})` : undefined }, part.text)
      : kind === "circle" ? makeSvg("circle", { cx: x, cy: y, r: part.r, ...look })
        : kind === "rect" ? makeSvg("rect", { x, y, width: part.width, height: part.height, rx: part.rx, ...look, "stroke-width": part.line })
          : makeSvg("path", { d: part.d, class: part.name, ...look });
    touch(part, element);
    root.append(element);
  }
  return root;
}

export function toCanvas({ parts, width, height }, colours, scale = 2) {
  const canvas = make("canvas", { width: Math.ceil(width * scale), height: Math.ceil(height * scale) });
  const paint = canvas.getContext("2d");
  paint.scale(scale, scale);
  for (const part of parts) {
    paint.save();
    paint.globalAlpha = part.opacity ?? 1;
    paint.setLineDash(part.dash || []);
    if (part.kind === "text") {
      paint.translate(part.x, part.y);
      if (part.turn) paint.rotate(-Math.PI / 2);
      paint.font = `${part.bold ? "bold " : ""}${part.size}px ${FACE}`;
      paint.textAlign = { middle: "center", end: "right" }[part.anchor] || "left";
      paint.fillStyle = pick(colours, part.fill);
      paint.fillText(part.text, 0, 0);
    } else {
      const path = new Path2D(part.kind === "path" ? part.d : undefined);
      if (part.kind === "circle") path.arc(part.x, part.y, part.r, 0, 2 * Math.PI);
      if (part.kind === "rect") path.roundRect(part.x, part.y, part.width, part.height, part.rx || 0);
      if (part.fill) { paint.fillStyle = pick(colours, part.fill); paint.fill(path); }
      if (part.stroke) { paint.strokeStyle = pick(colours, part.stroke); paint.lineWidth = part.line || part.width || 1; paint.stroke(path); }
    }
    paint.restore();
  }
  return canvas;
}

// A text on lines of about so many letters.
export function lines(text, letters) {
  const rows = [""];
  for (const word of text.split(" ")) {
    if (`${rows.at(-1)} ${word}`.trim().length <= letters || !rows.at(-1)) rows[rows.length - 1] = `${rows.at(-1)} ${word}`.trim();
    else rows.push(word);
  }
  return rows;
}

// A scene with title, legend, and below what it was made under, when, and where it can be opened again.
export function framed(scene, { title, about, legend, notes }) {
  const PAD = 18;
  const width = Math.max(scene.width + 2 * PAD, 480);
  const letters = Math.floor((width - 2 * PAD) / 6.1);
  const parts = [{ kind: "text", text: title, x: PAD, y: PAD + 14, size: 19, bold: true, fill: "ink" }];
  let y = PAD + 36;
  for (const row of lines(about, letters)) { parts.push({ kind: "text", text: row, x: PAD, y, size: 12, fill: "quiet" }); y += 16; }
  let x = PAD;
  for (const [name, text, dashed] of legend) {
    if (x > PAD && x + 34 + text.length * 6.4 > width - PAD) { x = PAD; y += 18; }
    parts.push({ kind: "path", d: `M${x} ${y - 4}h24`, stroke: name, width: 2.5, dash: dashed ? [5, 4] : undefined }, { kind: "text", text, x: x + 30, y, size: 12, fill: "ink" });
    x += 48 + text.length * 6.4;
  }
  y += 16;
  const moved = scene.parts.map((part) => (part.kind === "path" ? { ...part, d: shift(part.d, PAD, y) } : { ...part, x: part.x + PAD, y: part.y + y }));
  y += scene.height + 26;
  const foot = notes.flatMap((note) => lines(note, letters)).map((text, i) => ({ kind: "text", text, x: PAD, y: y + i * 15, size: 11, fill: "quiet" }));
  const height = y + foot.length * 15 + 6;
  return { width, height, parts: [{ kind: "rect", x: 0, y: 0, width, height, fill: "paper" }, ...parts, ...moved, ...foot] };
}

// Absolute M, C, Q, L, H and Z, and relative ones that follow them.
function shift(d, dx, dy) {
  return d.replace(/([MCQL])([^A-Za-z]*)/g, (_, letter, numbers) => letter + numbers.trim().split(/[\s,]+/).map((n, i) => Number(n) + (i % 2 ? dy : dx)).join(" "))
    .replace(/H([^A-Za-z]*)/g, (_, n) => `H${Number(n) + dx}`);
}
