/** Turns Messenger messages, as the platform carries them, into what stands in a chat. */

import { el } from "./dom.js";
import { link, linked } from "./text.js";

/**
 * Return the element for one message, or null for what a chat does not show. `tap` is called with
 * `{postback: {title, payload}}` when a button under a message of the Page is tapped.
 */
export function bubble(message, tap) {
  if (message.postback) return said(message.postback.title);
  if (message.attachment) return attachment(message.attachment, tap);
  if (message.template) return said(utility(message.template));
  if (message.attachments) return el("div", { class: "pieces" }, ...message.attachments.map((it) => attachment(it, tap)));
  return message.text === undefined ? null : said(message.text);
}

/** Return the words of a message, for screen readers and titles. */
export function words(message) {
  const piece = message.attachment ?? message.attachments?.[0];
  if (piece?.type === "image") return "a picture";
  if (message.template) return utility(message.template);
  return message.text ?? message.postback?.title ?? piece?.payload?.text ?? piece?.payload?.elements?.[0]?.title ?? "";
}

/** Return a utility template in words: the platform knows its text, the message only its name and its values. */
function utility({ name, components = [] }) {
  const values = components.flatMap(({ parameters = [] }) => parameters.map(({ text }) => text));
  return `[template ${[name, ...values].join(" · ")}]`;
}

function said(text) {
  return el("p", { class: "bubble" }, ...linked(text));
}

function attachment({ type, payload }, tap) {
  if (type === "image") return picture(payload);
  if (type === "template" && payload.template_type === "generic") return cards(payload.elements, tap);
  if (type === "template") return templated(payload, tap);
  return said(type);
}

function picture({ url }) {
  return el("img", { class: "picture", src: url, alt: "A picture", loading: "lazy" });
}

function templated(payload, tap) {
  return el("div", { class: "bubble templated" }, el("p", {}, ...linked(payload.text ?? "")), buttons(payload.buttons, tap));
}

function cards(elements, tap) {
  const all = elements.map((card) =>
    el(
      "article",
      { class: "cardlet" },
      card.image_url ? el("img", { src: card.image_url, alt: "", loading: "lazy" }) : null,
      el("h4", {}, card.default_action ? link(card.default_action.url, card.title) : card.title),
      card.subtitle ? el("p", {}, card.subtitle) : null,
      buttons(card.buttons, tap),
    ),
  );
  return el("div", { class: "carousel", tabindex: all.length > 1 ? 0 : null }, ...all);
}

function buttons(list, tap) {
  if (!list?.length) return null;
  return el("div", { class: "buttons" }, ...list.map((button) => buttonFor(button, tap)));
}

function buttonFor({ type, title, url, payload }, tap) {
  if (type === "web_url") return link(url, title, { class: "button" });
  if (type === "phone_number") return el("a", { class: "button", href: `tel:${payload}` }, title);
  return el("button", { type: "button", class: "button", onclick: () => tap({ postback: { title, payload } }) }, title);
}
