// The words behind a stance, with their day, document, link, basis and confidence.
import { entities, documents, spell, SIGN } from "./data.js";
import { make, sentence } from "./make.js";

const RTL = /^(ar|fa|he|ur|ckb|ps|sd|ug|yi)\b/i;
const LINK = /^https?:\/\/[^\s\\]+$/i;
const INFERRED = { implied: "implied: the coder’s inference", attributed: "attributed by the document’s author" };

export const nameOf = (number) => make("bdi", { text: entities[number].label });
export const verb = (stance) => make("span", { class: `sign ${SIGN[stance.sign]}${stance.said ? "" : " inferred"}`, text: stance.word });

function quotation([text, language]) {
  const direction = language && RTL.test(language) ? "rtl" : "auto";
  return make("blockquote", { dir: direction, ...(language ? { lang: language } : {}), text: `“${text}”` });
}

export function words(stance) {
  const parts = stance.quotes.map(quotation);
  if (stance.gist) parts.push(make("p", { class: "gist" }, make("span", { class: "of", text: "in the coder’s words: " }), make("bdi", { text: stance.gist })));
  return parts;
}

export function source(number) {
  const { title, publisher, issued, url } = documents[number];
  const text = make("bdi", { text: title || "untitled document" });
  const linked = url && LINK.test(url) ? make("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, text) : text;
  const rest = [publisher, issued && `reported ${spell(issued)}`].filter(Boolean).join(", ");
  return make("p", { class: "source" }, linked, rest && " · ", make("bdi", { text: rest }));
}

export function headline(stance) {
  return make("p", { class: "head" }, nameOf(stance.speaker), " ", verb(stance), " ", make("bdi", { text: sentence(entities[stance.target].label) }));
}

export function entry(stance, headed = false) {
  const basis = INFERRED[stance.basis] || stance.basis;
  const facts = [stance.day && spell(stance.day), stance.act, stance.medium, basis, `confidence ${stance.confidence}`];
  return make("div", { class: "stance" }, headed ? headline(stance) : "", ...words(stance),
    make("p", { class: "facts", text: facts.filter(Boolean).join(" · ") }), ...stance.documents.map(source),
    make("code", { text: stance.iri }));
}

const byDay = (a, b) => (a.since ?? a.until ?? 0) - (b.since ?? b.until ?? 0) || a.id - b.id;
export const entries = (list, headed = false) => [...list].sort(byDay).map((stance) => entry(stance, headed));
