// The words behind a line, a node, a cell or a bloc.
"use strict";
const IN_TIP = 3;
const RTL = /^(ar|fa|he|ur|ckb|ps|sd|ug|yi)\b/i;

function quotation([text, language]) {
  const direction = language && RTL.test(language) ? "rtl" : "auto";
  return make("blockquote", { dir: direction, ...(language ? { lang: language } : {}), text: `“${text}”` });
}

function words(stance) {
  const parts = stance.quotes.map(quotation);
  if (stance.gist) parts.push(make("p", { dir: "auto", class: "gist" + (parts.length ? " quiet" : ""), text: stance.gist }));
  return parts;
}

function source(number) {
  const { title, publisher, issued, url } = documents[number];
  const text = make("bdi", { text: title || "untitled document" });
  const link = url && /^https?:\/\/[^\s\\]+$/i.test(url);
  const rest = [publisher, issued && `reported ${days(issued)}`].filter(Boolean).join(", ");
  const linked = link ? make("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, text) : text;
  return make("p", { class: "source" }, linked, rest && " · ", make("bdi", { text: rest }));
}

function headline(stance) {
  return make("p", { class: "tie" }, nameOf(stance.speaker), " ", signLabel(stance.sign, `coded as: ${stance.word}`), " ", nameOf(stance.target));
}

function stanceEntry(stance, full, headed) {
  const element = make("div", { class: "stance" }, ...(headed ? [headline(stance)] : []), ...words(stance));
  const facts = [stance.day && `said ${days(stance.day)}`, stance.act, stance.medium].filter(Boolean).join(" · ");
  element.append(make("p", { class: "facts", text: facts }), ...stance.documents.map(source));
  if (full) {
    const coded = `basis: ${stance.basis} · confidence ${stance.confidence}`;
    element.append(make("p", { class: "facts", text: coded }), make("code", { text: stance.iri }));
  }
  return element;
}

function stanceEntries(list, full, headed) {
  const shown = full ? list : list.slice(0, IN_TIP);
  const parts = shown.map((stance) => stanceEntry(stance, full, headed));
  if (shown.length < list.length) parts.push(make("p", { class: "quiet", text: `and ${list.length - shown.length} more: click to read all` }));
  return parts;
}

const section = (text, list) => (list.length ? [make("h3", { text }), ...stanceEntries(list, true, true)] : []);

function aboutNode(node, full, passes, offer) {
  const { label, arabic, kind, aliases, bloc } = entities[node];
  const [said, spokenOf] = [ofNode[node].said.filter(passes), ofNode[node].spokenOf.filter(passes)];
  const parts = [make("h2", { dir: "auto", text: label })];
  if (arabic) parts.push(make("p", { lang: "ar", dir: "rtl", class: "arabic", text: arabic }));
  const facts = [kind, said.length && count(said.length, "stance") + " taken", spokenOf.length && count(spokenOf.length, "stance") + " on it"];
  parts.push(make("p", { class: "facts", text: facts.filter(Boolean).join(" · ") }));
  if (!full) return [...parts, ...stanceEntries([...said, ...spokenOf], false, true)];
  if (aliases.length) parts.push(make("p", { class: "facts", dir: "auto", text: `also: ${aliases.join(", ")}` }));
  parts.push(make("p", { class: "offers" }, ...offer(node, bloc)));
  return [...parts, ...section("What it said", said), ...section("What is said about it", spokenOf)];
}

function aboutTie(tie, full, passes) {
  const list = stancesOfTie[tie].filter(passes);
  return [headline(stancesOfTie[tie][0]), ...stanceEntries(list, full, false)];
}

// What two actors agree and disagree on, each with the words of both.
function aboutPair(id, full, passes) {
  const { from, to, weight, sign, on } = data.agreement[id];
  const verb = signLabel(sign, WORDS.agreement[sign]);
  const parts = [make("p", { class: "tie" }, nameOf(from), " ", verb, " ", nameOf(to)), make("p", { class: "facts", text: `weight ${weight}, from −1 to 1` })];
  for (const agree of [1, -1]) {
    const rows = on.filter((row) => row[1] === agree);
    if (!rows.length) continue;
    parts.push(make("h3", { text: WORDS.shared[agree] }));
    for (const [target, , mine, theirs] of rows) {
      parts.push(make("p", { class: "shared" }, nameOf(target)));
      if (full) parts.push(...stanceEntries([...mine, ...theirs].map((i) => stances[i]).filter(passes), true, true));
    }
  }
  return parts;
}

function aboutCell(key, passes) {
  const list = (stancesOfCell.get(key) || []).filter(passes);
  const [actor, target] = [Math.floor(key / entities.length), key % entities.length];
  return [make("p", { class: "tie" }, nameOf(actor), " on ", nameOf(target)), ...stanceEntries(list, true, true)];
}

function aboutBloc(id, passes) {
  const { members, holds } = data.blocs[id];
  const list = make("ul", {}, ...members.map((member) => make("li", {}, nameOf(member))));
  const parts = [make("h2", { text: `Bloc ${id + 1}` }), make("p", { class: "facts", text: count(members.length, "actor") }), list];
  if (holds.length) parts.push(make("h3", { text: "What its members share" }));
  for (const hold of holds) {
    const line = make("p", { class: "shared" }, signLabel(hold.sign), " ", nameOf(hold.target), ` · ${count(hold.actors, "actor")}`);
    const box = make("details", {}, make("summary", {}, line));
    box.append(...stanceEntries(hold.stances.map((i) => stances[i]).filter(passes), true, true));
    parts.push(box);
  }
  return parts;
}
