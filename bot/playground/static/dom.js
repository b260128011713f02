/** Makes elements and talks to the playground's server. */

/**
 * Make an element. Properties that begin with `on` are listeners, `data` and `aria` are objects, the rest are
 * attributes; null and false leave one out. Children are elements or text: never HTML, so words of people stay words.
 */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "aria") for (const [key, said] of Object.entries(value)) element.setAttribute(`aria-${key}`, said);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

/** Ask the server; a refusal is an Error with its sentence. */
export async function get(path) {
  return answered(await fetch(path));
}

/** Post a JSON object to the server; a refusal is an Error with its sentence. */
export async function post(path, body) {
  const request = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return answered(await fetch(path, request));
}

async function answered(response) {
  if (response.ok) return response.json();
  const type = response.headers.get("Content-Type") ?? "";
  const refusal = type.includes("json") ? (await response.json()).error : "";
  throw new Error(refusal || `The playground answered ${response.status}.`);
}

/** Say something to screen readers. */
export function announce(words) {
  document.getElementById("said").textContent = words;
}

/** Return up to two letters that stand for a name. */
export function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  return words.slice(0, 2).map((word) => [...word][0]).join("").toUpperCase() || "?";
}
