/** Words with addresses in them. */

import { el } from "./dom.js";

const LINK = /https?:\/\/[^\s<>"“”]+[^\s<>"“”.,;:!?)]/g;

/** Return the pieces of a text, its addresses as links. */
export function linked(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(text.slice(from, match.index), link(match[0], match[0]));
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)];
}

/** Return a link that opens beside the page. */
export function link(address, title, more = {}) {
  return el("a", { href: address, target: "_blank", rel: "noopener noreferrer", ...more }, title);
}
