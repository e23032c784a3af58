// Draws /v1/openapi.json. No library and nothing from elsewhere: the page must work in an isolated network.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];
const page = (id) => document.getElementById(id);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") element.className = value;
    else element.setAttribute(name, value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) element.append(child);
  return element;
}

function resolve(document_, schema) {
  let seen = 0;
  while (schema && schema.$ref && seen++ < 20) {
    schema = schema.$ref.slice(2).split("/").reduce((node, key) => node?.[key.replace(/~1/g, "/").replace(/~0/g, "~")], document_);
  }
  return schema || {};
}

const nameOf = (schema) => (schema?.$ref ? schema.$ref.split("/").pop() : "");

function typeOf(document_, schema) {
  if (!schema) return "";
  if (schema.$ref) return nameOf(schema);
  const choice = schema.anyOf || schema.oneOf;
  if (choice) return choice.map((one) => typeOf(document_, one)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema.type === "array") return `[${typeOf(document_, schema.items)}]`;
  return [].concat(schema.type || "any").join(" | ") + (schema.format ? ` (${schema.format})` : "");
}

function example(document_, schema, depth = 0) {
  const whole = resolve(document_, schema);
  if (whole.examples?.length) return whole.examples[0];
  if (whole.default !== undefined) return whole.default;
  if (whole.const !== undefined) return whole.const;
  if (whole.enum) return whole.enum[0];
  const choice = whole.anyOf || whole.oneOf || whole.allOf;
  if (choice) return example(document_, choice[0], depth);
  if (depth > 6) return null;
  if (whole.type === "array") return [example(document_, whole.items, depth + 1)];
  if (whole.properties) {
    return Object.fromEntries(Object.entries(whole.properties).map(([name, one]) => [name, example(document_, one, depth + 1)]));
  }
  return { string: "…", integer: 1, number: 1, boolean: true }[whole.type] ?? null;
}

function membersTable(document_, schema) {
  const whole = resolve(document_, schema);
  if (whole.type === "array") return membersTable(document_, whole.items);
  if (!whole.properties) return make("p", { class: "path" }, typeOf(document_, schema));
  const required = new Set(whole.required || []);
  const rows = Object.entries(whole.properties).map(([name, one]) =>
    make("tr", {},
      make("td", { class: "path" }, name, required.has(name) ? make("span", { class: "required" }, " *") : ""),
      make("td", { class: "path" }, typeOf(document_, one)),
      make("td", {}, one.description || resolve(document_, one).description || "")));
  return make("table", {}, rows);
}

function parametersTable(document_, parameters) {
  const rows = parameters.map((raw) => {
    const one = resolve(document_, raw);
    return make("tr", {},
      make("td", { class: "path" }, one.name, one.required ? make("span", { class: "required" }, " *") : ""),
      make("td", { class: "soft" }, one.in),
      make("td", { class: "path" }, typeOf(document_, one.schema)),
      make("td", {}, one.description || ""));
  });
  return make("table", {}, rows);
}

function answers(document_, operation) {
  const rows = Object.entries(operation.responses || {}).map(([status, raw]) => {
    const answer = resolve(document_, raw);
    const [media, content] = Object.entries(answer.content || {})[0] || ["", null];
    const problems = (answer.description || "").split(" · ").map((part) => {
      const code = /^`([a-z-]+)`$/.exec(part);
      return code ? make("a", { href: `/problems/${code[1]}` }, code[1]) : part;
    });
    const parts = problems.flatMap((part, at) => (at ? [" · ", part] : [part]));
    return make("tr", {},
      make("td", { class: "path" }, status),
      make("td", {}, parts),
      make("td", { class: "path" }, content ? `${typeOf(document_, content.schema)} ` : "", make("span", { class: "soft" }, media)));
  });
  return make("table", {}, rows);
}

async function send(method, path, inputs, bodyInput, media, output) {
  const query = new URLSearchParams();
  const headers = { "Accept-Language": navigator.language };
  const token = page("token").value.replace(/^Bearer\s+/i, "").trim();
  if (token) headers.Authorization = `Bearer ${token}`;
  let address = path;
  for (const [parameter, input] of inputs) {
    if (!input.value) continue;
    if (parameter.in === "path") address = address.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (parameter.in === "query") query.append(parameter.name, input.value);
    else headers[parameter.name] = input.value;
  }
  const options = { method: method.toUpperCase(), headers, cache: "no-store" };
  if (bodyInput?.value) {
    options.body = bodyInput.value;
    headers["Content-Type"] = media;
  }
  output.textContent = "…";
  try {
    const answer = await fetch(address + (query.size ? `?${query}` : ""), options);
    const text = await answer.text();
    let shown = text;
    try { shown = JSON.stringify(JSON.parse(text), null, 2); } catch { /* not JSON: shown as it is */ }
    const kept = ["etag", "location", "link", "request-id", "retry-after"].filter((name) => answer.headers.has(name));
    output.textContent = [`${answer.status}`, ...kept.map((name) => `${name}: ${answer.headers.get(name)}`), "", shown].join("\n");
  } catch (fault) {
    output.textContent = String(fault);
  }
}

// crypto.randomUUID is there in secure contexts only, and an isolated network may serve plain http.
const freshKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

function tryIt(document_, method, path, parameters, body) {
  const inputs = parameters.map((raw) => {
    const one = resolve(document_, raw);
    const input = make("input", { type: "text", placeholder: one.schema?.default ?? "" });
    if (one.name === "Idempotency-Key") input.value = freshKey();
    return [one, input];
  });
  const [media, content] = Object.entries(body?.content || {})[0] || [];
  const bodyInput = content ? make("textarea", { spellcheck: "false" }) : null;
  if (bodyInput && /json/.test(media)) bodyInput.value = JSON.stringify(example(document_, content.schema), null, 2);
  if (bodyInput && /form/.test(media)) bodyInput.value = "grant_type=password&username=submitter&password=";
  const output = make("pre", {}, "");
  const button = make("button", { type: "button" }, "发送 · Send");
  button.addEventListener("click", () => send(method, path, inputs, bodyInput, media, output));
  return make("details", {}, make("summary", {}, "试一试 · Try it"),
    inputs.map(([one, input]) => make("p", {}, make("label", {}, make("span", { class: "path" }, `${one.name} `), input))),
    bodyInput ? make("p", {}, make("span", { class: "soft" }, media), bodyInput) : null, make("p", {}, button), output);
}

function drawOperation(document_, method, path, operation, shared) {
  const parameters = [...shared, ...(operation.parameters || [])];
  const body = operation.requestBody ? resolve(document_, operation.requestBody) : null;
  const inside = make("div", {});
  const details = make("details", { class: "operation", id: operation.operationId || `${method}${path}` },
    make("summary", {}, make("span", { class: "method" }, method.toUpperCase()), make("span", { class: "path" }, path),
      make("span", { class: "permission" }, operation["x-permission"] || "")), inside);
  details.addEventListener("toggle", () => {
    if (inside.childNodes.length) return;
    for (const text of (operation.description || operation.summary || "").split("\n\n")) inside.append(make("p", {}, text));
    if (parameters.length) inside.append(make("h4", {}, "参数 · Parameters"), parametersTable(document_, parameters));
    for (const [media, content] of Object.entries(body?.content || {})) {
      inside.append(make("h4", {}, `请求内容 · Body `, make("span", { class: "soft" }, media)), membersTable(document_, content.schema));
    }
    inside.append(make("h4", {}, "答复 · Answers"), answers(document_, operation), tryIt(document_, method, path, parameters, body));
  });
  return details;
}

function draw(document_, filter) {
  const groups = new Map();
  for (const [path, item] of Object.entries(document_.paths)) {
    for (const method of METHODS) {
      if (!item[method] || !`${method} ${path} ${item[method].summary || ""}`.toLowerCase().includes(filter)) continue;
      const tag = item[method].tags?.[0] || path.split("/")[2] || "";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push([method, path, item[method], item.parameters || []]);
    }
  }
  const index = page("index"), operations = page("operations");
  index.replaceChildren();
  operations.replaceChildren();
  for (const [tag, list] of [...groups].sort(([a], [b]) => a.localeCompare(b))) {
    index.append(make("h2", {}, tag));
    operations.append(make("h2", {}, tag));
    for (const [method, path, operation, shared] of list) {
      const drawn = drawOperation(document_, method, path, operation, shared);
      const link = make("a", { href: `#${drawn.id}` }, `${method.toUpperCase()} ${path}`);
      link.addEventListener("click", () => { drawn.open = true; });
      index.append(link);
      operations.append(drawn);
    }
  }
  if (!groups.size) operations.append(make("p", { class: "soft" }, "没有符合的接口 · Nothing matches"));
}

async function main() {
  page("sign-in").addEventListener("submit", (event) => event.preventDefault());
  try {
    const answer = await fetch("/v1/openapi.json");
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    const document_ = await answer.json();
    page("title").textContent = `${document_.info.title} · ${document_.info.version}`;
    draw(document_, "");
    page("filter").addEventListener("input", (event) => draw(document_, event.target.value.trim().toLowerCase()));
  } catch (fault) {
    page("status").textContent = `无法读取 openapi.json · cannot read openapi.json: ${fault.message}`;
  }
}

main();
