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
  if (message.attachments) return el("div", { class: "pieces" }, ...message.attachments.map((it) => attachment(it, tap)));
  return message.text === undefined ? null : said(message.text);
}

/** Return the words of a message, for screen readers and titles. */
export function words(message) {
  const piece = message.attachment ?? message.attachments?.[0];
  if (piece?.type === "image") return "a picture";
  return message.text ?? message.postback?.title ?? piece?.payload?.text ?? piece?.payload?.elements?.[0]?.title ?? "";
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
      card.image_url ? opens(card, el("img", { src: card.image_url, alt: "", loading: "lazy" }), { tabindex: -1, aria: { hidden: "true" } }) : null,
      el("h4", {}, opens(card, card.title)),
      card.subtitle ? el("p", {}, card.subtitle) : null,
      buttons(card.buttons, tap),
    ),
  );
  if (all.length === 1) return all[0];
  return el("div", { class: "carousel", tabindex: 0, role: "group", aria: { label: `${all.length} cards side by side` } }, ...all);
}

/** A tap on a card opens its address, where it has one. */
function opens({ default_action: action }, content, more) {
  return action ? link(action.url, content, more) : content;
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
