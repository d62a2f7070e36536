// What is shown as files: the statements as CSV, the drawing or the matrix as SVG and PNG.
"use strict";

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

// A cell as cells.py makes it: no control characters, one kind of line end, an apostrophe before what a spreadsheet would run.
const UNSAFE = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\p{Cs}\u{e0000}-\u{e007f}]/gu;
const FORMULA = /^(?:[\s\u00ad\u061c\u180e\u200b-\u200f\u2060-\u206f\ufeff\ufffd]*[=+\-@＝＋－＠﹢﹣﹦﹫−]|[\t\n])/;
const NUMBER = /^-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?$/;
function cellOfCsv(value) {
  const text = String(value ?? "").replace(/\r\n?|[\x0b\x0c\x85\u2028\u2029]/g, "\n").replace(UNSAFE, "\ufffd");
  return FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
}

const field = (value) => `"${cellOfCsv(value).replace(/"/g, '""')}"`;
function statementsAsCsv() {
  const lines = [["speaker", "coded_as", "target", "day", "act", "medium", "basis", "confidence", "quotes", "gist", "documents", "statement"]];
  for (const s of listed) {
    lines.push([entities[s.speaker].label, s.word, entities[s.target].label, s.day, s.act, s.medium, s.basis, s.confidence,
      s.quotes.map((quote) => quote[0]).join(" | "), s.gist, s.documents.map((i) => documents[i].title).join(" | "), s.iri]);
  }
  return "\ufeff" + lines.map((line) => line.map(field).join(",")).join("\r\n") + "\r\n";
}
// ---- the drawing -------------------------------------------------------------------------------------------------

// Half the width and the height of what is drawn of a node, its label aside unless it stands inside.
function halfSize({ shape, size, label, font }) {
  if (shape !== "box") return [size, size];
  const rows = label.split("\n");
  return [(Math.max(...rows.map((row) => row.length)) * font.size * 0.52 + 14) / 2, (rows.length * font.size * 1.1) / 2 + 5];
}

function outline(node, x, y) {
  const { shape, size } = node;
  if (shape === "box") {
    const [wide, high] = halfSize(node);
    return makeSvg("rect", { x: x - wide, y: y - high, width: 2 * wide, height: 2 * high, rx: 3 });
  }
  const points = { square: 4, triangle: 3, diamond: 4, hexagon: 6 }[shape];
  if (!points) return makeSvg("circle", { cx: x, cy: y, r: size });
  const turn = { square: Math.PI / 4, triangle: -Math.PI / 2, diamond: 0, hexagon: 0 }[shape];
  const reach = shape === "square" ? size * Math.SQRT2 : size;
  const at = Array.from({ length: points }, (_, i) => turn + (2 * Math.PI * i) / points);
  return makeSvg("polygon", { points: at.map((a) => `${(x + reach * Math.cos(a)).toFixed(1)},${(y + reach * Math.sin(a)).toFixed(1)}`).join(" ") });
}

// A line of the drawing, and the head of its arrow where it ends at the shape it points to.
function lineOf(tie) {
  const [[x1, y1], [x2, y2]] = [shown.positions[tie.from], shown.positions[tie.to]];
  const bend = tie.smooth ? tie.smooth.roundness * (tie.smooth.type === "curvedCW" ? 1 : -1) : 0;
  const [mx, my] = [(x1 + x2) / 2 + bend * (y2 - y1) / 2, (y1 + y2) / 2 - bend * (x2 - x1) / 2];
  const at = (t) => [x1, y1].map((from, i) => (1 - t) ** 2 * from + 2 * t * (1 - t) * [mx, my][i] + t * t * [x2, y2][i]);
  const back = (passed) => { for (let t = 1; t > 0; t -= 0.005) if (passed(at(t))) return t; return 0; };
  const stroke = colour[SIGN[tie.sign]];
  let end = 1;
  const parts = [];
  if (!tie.arrows && tie.from !== tie.to) {
    const [wide, high] = halfSize(data.nodes[tie.to]);
    const round = data.nodes[tie.to].shape !== "box";
    const [tx, ty] = at(back(([x, y]) => (round ? Math.hypot(x - x2, y - y2) > wide : Math.abs(x - x2) > wide || Math.abs(y - y2) > high)));
    const long = 7 + 3 * tie.width;
    end = back(([x, y]) => Math.hypot(x - tx, y - ty) > long * 0.8 && Math.hypot(x - x2, y - y2) > Math.hypot(tx - x2, ty - y2));
    const [bx, by] = at(end);
    const [dx, dy] = [tx - bx, ty - by].map((step) => step / (Math.hypot(tx - bx, ty - by) || 1));
    const corners = [[tx, ty], ...[1, -1].map((side) => [tx - long * dx - side * long * 0.35 * dy, ty - long * dy + side * long * 0.35 * dx])];
    parts.push(makeSvg("polygon", { class: "arrow", points: corners.map((corner) => corner.map((n) => n.toFixed(1)).join(",")).join(" "), fill: stroke }));
  }
  const [ex, ey] = at(end);
  const [cx, cy] = [x1 + end * (mx - x1), y1 + end * (my - y1)];
  const numbers = [x1, y1, cx, cy, ex, ey].map((n) => Number(n.toFixed(1)));
  const line = makeSvg("path", { d: "M# #Q# # # #".replace(/#/g, () => numbers.shift()), fill: "none", stroke, "stroke-width": tie.width });
  if (DASHES[tie.sign]) line.setAttribute("stroke-dasharray", DASHES[tie.sign].join(" "));
  return [line, ...parts];
}

// The drawing as SVG, from the positions Python gave; text stays text.
function drawingAsSvg() {
  const [left, top, right, bottom] = bounds();
  const root = makeSvg("svg", { viewBox: [left, top, right - left, bottom - top].join(" "), width: right - left, height: bottom - top, "font-family": face });
  root.append(makeSvg("rect", { x: left, y: top, width: right - left, height: bottom - top, fill: colour.paper }));
  for (const { bloc, box: [x, y, width, height], actors } of shown.blocs ? data.positions.regions : []) {
    root.append(makeSvg("rect", { x, y, width, height, rx: 16, fill: colour.soft, stroke: colour.rule }),
      makeSvg("text", { x: x + 14, y: y + 26, "font-size": 16, "font-weight": "bold", fill: colour.quiet }, regionName(bloc, actors)));
  }
  root.append(...shown.ties.flatMap(lineOf));
  for (const node of shown.nodes) {
    const [x, y] = shown.positions[node.id];
    const rows = node.label.split("\n");
    const [box, high] = [node.shape === "box", node.font.size * 1.1];
    const body = outline(node, x, y);
    body.setAttribute("fill", box ? colour.box : colour.actor);
    body.setAttribute("stroke", box ? colour.edge : colour.paper);
    const from = box ? y - ((rows.length - 1) * high) / 2 + node.font.size / 3 : y + node.size + node.font.size + 3;
    const text = makeSvg("text", { "text-anchor": "middle", "font-size": node.font.size, fill: colour.ink, stroke: colour.paper, "stroke-width": 3, "paint-order": "stroke" });
    rows.forEach((row, i) => text.append(makeSvg("tspan", { x, y: (from + i * high).toFixed(1) }, row)));
    root.append(body, text);
  }
  return root;
}

function drawingAsCanvas() {
  const drawn = graph.querySelector("canvas");
  const copy = make("canvas", { width: drawn.width, height: drawn.height });
  const paint = copy.getContext("2d");
  paint.fillStyle = colour.paper;
  paint.fillRect(0, 0, copy.width, copy.height);
  paint.drawImage(drawn, 0, 0);
  return copy;
}

// ---- the matrix --------------------------------------------------------------------------------------------------

// The matrix as boxes and lines of text, for either kind of picture.
function matrixParts() {
  const [LEFT, HEAD, ROW, LINE] = [300, 190, 26, 14];
  const { columns, groups } = matrixShown();
  const parts = [];
  let x = LEFT;
  const centres = columns.map((target) => {
    const rows = data.nodes[target].label.split("\n");
    const wide = Math.max(ROW + 4, rows.length * LINE + 8);
    rows.forEach((text, i) => parts.push({ text, x: x + wide / 2 + (i - rows.length / 2 + 0.8) * LINE, y: HEAD - 8, turned: true }));
    x += wide;
    return x - wide / 2;
  });
  let y = HEAD;
  for (const [heading, actors] of groups) {
    if (heading) { y += ROW; parts.push({ text: heading, x: 8, y: y - 8, bold: true }); }
    for (const actor of actors) {
      parts.push({ text: data.nodes[actor].label.replace("\n", " "), x: 8, y: y + ROW - 9 });
      columns.forEach((target, i) => {
        const { sign, mark } = position(actor, target);
        if (!mark) return;
        parts.push({ x: centres[i] - ROW / 2 + 2, y: y + 2, size: ROW - 4, stroke: colour[SIGN[sign]] || colour.ink, dash: DASHES[sign] || [] },
          { text: mark, x: centres[i], y: y + ROW - 8, bold: true, middle: true });
      });
      y += ROW;
    }
  }
  return { parts, width: x + 8, height: y + 8 };
}

function matrixAsSvg() {
  const { parts, width, height } = matrixParts();
  const root = makeSvg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "font-family": face, "font-size": 13 });
  root.append(makeSvg("rect", { width, height, fill: colour.paper }), ...parts.map(({ text, x, y, size, stroke, dash, bold, middle, turned }) => (text === undefined
    ? makeSvg("rect", { x, y, width: size, height: size, rx: 4, fill: "none", stroke, "stroke-width": 2, "stroke-dasharray": dash.map((n) => n / 2).join(" ") })
    : makeSvg("text", { x, y, fill: colour.ink, ...(bold ? { "font-weight": "bold" } : {}), ...(middle ? { "text-anchor": "middle" } : {}),
      ...(turned ? { transform: `rotate(-90 ${x} ${y})` } : {}) }, text))));
  return root;
}

function matrixAsCanvas() {
  const { parts, width, height } = matrixParts();
  const canvas = make("canvas", { width: 2 * width, height: 2 * height });
  const paint = canvas.getContext("2d");
  paint.scale(2, 2);
  paint.fillStyle = colour.paper;
  paint.fillRect(0, 0, width, height);
  paint.lineWidth = 2;
  paint.fillStyle = colour.ink;
  for (const { text, x, y, size, stroke, dash, bold, middle, turned } of parts) {
    paint.save();
    paint.translate(x, y);
    if (turned) paint.rotate(-Math.PI / 2);
    if (text === undefined) {
      paint.strokeStyle = stroke;
      paint.setLineDash(dash.map((n) => n / 2));
      paint.beginPath();
      paint.roundRect(0, 0, size, size, 4);
      paint.stroke();
    } else {
      paint.font = `${bold ? "bold " : ""}13px ${face}`;
      paint.textAlign = middle ? "center" : "left";
      paint.fillText(text, 0, 0);
    }
    paint.restore();
  }
  return canvas;
}

// ---- buttons -----------------------------------------------------------------------------------------------------

byId("csv").addEventListener("click", () => save(new Blob([statementsAsCsv()], { type: "text/csv" }), "statements.csv"));
byId("svg").addEventListener("click", () => {
  const picture = view === "matrix" ? matrixAsSvg() : drawingAsSvg();
  save(new Blob([new XMLSerializer().serializeToString(picture)], { type: "image/svg+xml" }), "stance-network.svg");
});
byId("png").addEventListener("click", () => {
  const picture = view === "matrix" ? matrixAsCanvas() : drawingAsCanvas();
  picture.toBlob((blob) => save(blob, "stance-network.png"), "image/png");
});
