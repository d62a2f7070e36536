// What is shown as files: the statements as CSV, the drawing as SVG and PNG.
"use strict";

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

// A cell that begins like a formula gets an apostrophe, so that no spreadsheet runs it.
const field = (value) => `"${String(value ?? "").replace(/^(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/, "'$&").replace(/"/g, '""')}"`;
function statementsAsCsv() {
  const lines = [["speaker", "coded_as", "target", "day", "act", "medium", "basis", "confidence", "quotes", "gist", "documents", "statement"]];
  for (const s of listed) {
    lines.push([entities[s.speaker].label, WORDS.stance[s.sign], entities[s.target].label, s.day, s.act, s.medium, s.basis, s.confidence,
      s.quotes.map((quote) => quote[0]).join(" | "), s.gist, s.documents.map((i) => documents[i].title).join(" | "), s.iri]);
  }
  return "\ufeff" + lines.map((line) => line.map(field).join(",")).join("\r\n") + "\r\n";
}
// ---- the drawing -------------------------------------------------------------------------------------------------

function outline({ shape, size }, x, y) {
  const points = { square: 4, triangle: 3, diamond: 4, hexagon: 6 }[shape];
  if (!points) return makeSvg("circle", { cx: x, cy: y, r: size });
  const turn = { square: Math.PI / 4, triangle: -Math.PI / 2, diamond: 0, hexagon: 0 }[shape];
  const reach = shape === "square" ? size * Math.SQRT2 : size;
  const at = Array.from({ length: points }, (_, i) => turn + (2 * Math.PI * i) / points);
  return makeSvg("polygon", { points: at.map((a) => `${(x + reach * Math.cos(a)).toFixed(1)},${(y + reach * Math.sin(a)).toFixed(1)}`).join(" ") });
}

// The drawing as SVG, from the places Python gave; text stays text.
function drawingAsSvg() {
  const [left, top, right, bottom] = bounds();
  const root = makeSvg("svg", { viewBox: [left, top, right - left, bottom - top].join(" "), width: right - left, height: bottom - top, "font-family": face });
  root.append(makeSvg("rect", { x: left, y: top, width: right - left, height: bottom - top, fill: colour.paper }));
  for (const { bloc, box: [x, y, width, height], actors } of shown.blocs ? data.positions.regions : []) {
    root.append(makeSvg("rect", { x, y, width, height, rx: 16, fill: colour.soft, stroke: colour.rule }),
      makeSvg("text", { x: x + 14, y: y + 26, "font-size": 16, "font-weight": "bold", fill: colour.quiet }, regionName(bloc, actors)));
  }
  for (const tie of shown.ties) {
    const [[x1, y1], [x2, y2]] = [shown.positions[tie.from], shown.positions[tie.to]];
    const bend = tie.smooth ? tie.smooth.roundness * (tie.smooth.type === "curvedCW" ? 1 : -1) : 0;
    const [mx, my] = [(x1 + x2) / 2 + bend * (y2 - y1) / 2, (y1 + y2) / 2 - bend * (x2 - x1) / 2];
    const line = makeSvg("path", { d: `M${x1} ${y1}Q${mx} ${my} ${x2} ${y2}`, fill: "none", stroke: colour[SIGN[tie.sign]], "stroke-width": tie.width });
    if (DASHES[tie.sign]) line.setAttribute("stroke-dasharray", DASHES[tie.sign].join(" "));
    root.append(line);
  }
  for (const node of shown.nodes) {
    const [x, y] = shown.positions[node.id];
    const rows = node.label.split("\n");
    const [box, high] = [node.shape === "box", node.font.size * 1.1];
    const wide = Math.max(...rows.map((row) => row.length)) * node.font.size * 0.52 + 14;
    const body = box ? makeSvg("rect", { x: x - wide / 2, y: y - (rows.length * high) / 2 - 5, width: wide, height: rows.length * high + 10, rx: 3 }) : outline(node, x, y);
    body.setAttribute("fill", box ? colour.box : colour.actor);
    body.setAttribute("stroke", box ? colour.edge : colour.paper);
    const from = box ? y - ((rows.length - 1) * high) / 2 + node.font.size / 3 : y + node.size + node.font.size + 3;
    const text = makeSvg("text", { "text-anchor": "middle", "font-size": node.font.size, fill: colour.ink, stroke: colour.paper, "stroke-width": 3, "paint-order": "stroke" });
    rows.forEach((row, i) => text.append(makeSvg("tspan", { x, y: (from + i * high).toFixed(1) }, row)));
    root.append(body, text);
  }
  return new XMLSerializer().serializeToString(root);
}

function drawingAsPng(done) {
  const canvas = graph.querySelector("canvas");
  const copy = make("canvas", { width: canvas.width, height: canvas.height });
  const paint = copy.getContext("2d");
  paint.fillStyle = colour.paper;
  paint.fillRect(0, 0, copy.width, copy.height);
  paint.drawImage(canvas, 0, 0);
  copy.toBlob(done, "image/png");
}

// ---- buttons -----------------------------------------------------------------------------------------------------

byId("csv").addEventListener("click", () => save(new Blob([statementsAsCsv()], { type: "text/csv" }), "statements.csv"));
byId("svg").addEventListener("click", () => save(new Blob([drawingAsSvg()], { type: "image/svg+xml" }), "stance-network.svg"));
byId("png").addEventListener("click", () => drawingAsPng((blob) => save(blob, "stance-network.png")));
