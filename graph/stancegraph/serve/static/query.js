// The page on which SPARQL is typed: the editor set up for this service, and the shipped questions.

const { prefixes, stems } = JSON.parse(document.getElementById("settings").textContent);
const endpoint = new URL("sparql", location.href).href;
const { Yasgui } = window;
const Table = Yasgui.Yasr.plugins.table;

// Where an IRI of an answer leads: to its entry, or where anybody may follow it.
function address(iri) {
  if (stems.some((stem) => iri.startsWith(stem) && iri.length > stem.length)) return `entry?iri=${encodeURIComponent(iri)}`;
  return /^https?:\/\//i.test(iri) ? iri : "";
}

function short(iri, known) {
  const [name, space] = Object.entries(known || {}).find(([, each]) => each && iri.startsWith(each)) || [];
  return space === undefined ? iri : `${name}:${iri.slice(space.length)}`;
}

// YASR writes cells as HTML; an element escapes what it holds.
Table.prototype.getUriLinkFromBinding = function link(binding, known) {
  const made = document.createElement("a");
  made.className = "iri";
  made.textContent = short(binding.value, known);
  const where = address(binding.value);
  if (where) made.href = where;
  if (where === binding.value) made.rel = "noreferrer";
  return made.outerHTML;
};

// What it sorts and filters by goes through an element too: as text, not as HTML to be cleaned.
const columns = Table.prototype.getColumns;
Table.prototype.getColumns = function escaped() {
  const span = document.createElement("span");
  const text = (value) => ((span.textContent = value), span.innerHTML);
  return columns.call(this).map((column) => {
    const draw = (data, type, ...rest) => (data.value === undefined || type === "display" ? column.render(data, type, ...rest) : text(data.value));
    return { ...column, render: draw };
  });
};

const yasgui = new Yasgui(document.getElementById("yasgui"), {
  requestConfig: { endpoint, method: "POST" },
  copyEndpointOnNewTab: false,
  endpointCatalogueOptions: { getData: () => [] },
  populateFromUrl: (tab) => ({ ...tab, requestConfig: { ...tab.requestConfig, endpoint } }),
  autofocus: false,
  yasqe: { value: "PREFIX stance: <https://w3id.org/stancegraph/ns#>\nSELECT ?statement ?speaker ?gist WHERE {\n  ?statement stance:speaker ?speaker ; stance:gist ?gist .\n} LIMIT 20\n" },
  yasr: { prefixes, pluginOrder: ["table", "response"], defaultPlugin: "table" },
});
document.getElementById("endpoint").textContent = endpoint;
document.querySelectorAll("#yasgui textarea").forEach((area) => area.setAttribute("aria-label", "Query in SPARQL"));

// Of an answer to a question whole texts are shown, without their datatypes.
const PLAIN = { selectedPlugin: "table", pluginsConfig: { table: { compact: true, isEllipsed: false } } };

function show(name, query) {
  const existing = Object.values(yasgui._tabs).find((tab) => tab.getName() === name);
  const tab = existing ? (yasgui.selectTabId(existing.getId()), existing) : yasgui.addTab(true, { name, yasr: { settings: PLAIN } });
  tab.setQuery(query);
  return tab.query().catch(() => {}); // the editor tells what is wrong
}

const forms = [...document.querySelectorAll("form[data-question]")];

function unfold(form, open) {
  form.querySelector(".parameters").hidden = !open;
  form.querySelector(".question").setAttribute("aria-expanded", String(open));
}

async function pose(form) {
  const told = form.querySelector("[role=alert]");
  const given = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
  told.hidden = true;
  try {
    const response = await fetch(`question/${form.dataset.question}?${given}`, { headers: { accept: "application/sparql-query, application/problem+json" } });
    if (!response.ok) throw new Error((await response.json()).detail);
    await show(form.dataset.question, await response.text());
  } catch (error) {
    told.textContent = error.message;
    told.hidden = false;
  }
}

for (const form of forms) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (form.reportValidity()) pose(form);
  });
  form.querySelector(".question").addEventListener("click", () => {
    const open = form.querySelector(".parameters").hidden;
    for (const each of forms) unfold(each, each === form && open);
    if (open && "answers" in form.dataset) pose(form);
    else if (open) form.querySelector("input").focus();
  });
}

document.getElementById("find").addEventListener("input", ({ target }) => {
  const words = target.value.toLowerCase().split(/\s+/);
  for (const form of forms) form.parentElement.hidden = !words.every((word) => form.textContent.toLowerCase().includes(word));
});

// Names are offered once a field for them is entered.
const lists = new Map();
async function names(kind) {
  const rows = await (await fetch(`${kind}/index.json`)).json();
  return rows.map((row) => row[kind] || row.title).filter((name, i, all) => all.indexOf(name) === i).slice(0, 2000);
}
document.getElementById("questions").addEventListener("focusin", async ({ target }) => {
  if (!target.dataset.kinds) return;
  const kinds = target.dataset.kinds.split(" ").filter((kind) => ["actor", "proposition", "event", "document"].includes(kind));
  for (const kind of kinds) if (!lists.has(kind)) lists.set(kind, names(kind).catch(() => []));
  const found = (await Promise.all(kinds.map((kind) => lists.get(kind)))).flat();
  document.getElementById("names").replaceChildren(...found.map((name) => new Option(name, name)));
});

document.body.dataset.ready = "";
