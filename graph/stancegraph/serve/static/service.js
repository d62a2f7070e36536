// What the service is asked, and what it says when it refuses.

export class Refused extends Error {
  constructor(status, told) {
    const detail = told.detail || "the service did not answer";
    // Options of the command line are the fields of a form here.
    super(detail.replace(", or be asked with --ask", "").replace(/--([a-z][a-z-]*)/g, (_, option) => option[0].toUpperCase() + option.slice(1).replaceAll("-", " ")));
    this.status = status;
    this.another = detail.includes("say --new");
    this.now = told.now;
  }
}

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Refused(0, { detail: "The service is not running: start it again, and reload. Nothing is lost." });
  }
  const told = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, told);
  return told;
}

export function ask(name, parameters = []) {
  return answer(fetch(`desk/${name}?${new URLSearchParams(parameters)}`, { headers: { accept: "application/json" } }));
}

export function send(name, body) {
  const headers = { "content-type": "application/json", accept: "application/json" };
  return answer(fetch(`desk/${name}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

// An element with attributes, and with texts and elements in it.
export function make(tag, attributes = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...inside.filter((each) => each != null));
  return made;
}
