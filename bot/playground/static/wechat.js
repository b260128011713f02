/** Turns WeChat messages, as the platform carries them, into what stands in a chat. */

import { el } from "./dom.js";
import { link, linked } from "./text.js";

const CHOICE = /^(\d{1,2})\. (.+)$/; // a numbered choice, as the builder writes them

/**
 * Return the element for one message, or null for what a chat does not show. `tap` is called with an act of the person
 * when a choice is tapped; `media` is where the platform keeps pictures.
 */
export function bubble(message, tap, media) {
  if (message.articles) return articles(message.articles, media);
  if (message.image ?? message.images) return pictures(message.images ?? [message.image], media);
  if (message.menu) return menu(message, tap);
  if (message.subscribe !== undefined) return el("p", { class: "notice" }, "You follow the account now.");
  if (message.unsubscribe) return el("p", { class: "notice" }, "You do not follow the account any more.");
  return message.text === undefined ? null : el("div", { class: "bubble" }, ...choices(message.text, tap));
}

/** Return the words of a message, for screen readers and titles. */
export function words(message) {
  if (message.image ?? message.images) return "a picture";
  return message.text ?? message.articles?.[0]?.title ?? "";
}

/** The numbered lines at the end are choices: they can be tapped as well as answered with their number. */
function choices(text, tap) {
  const lines = text.split("\n");
  const from = lines.findLastIndex((line) => !CHOICE.test(line)) + 1;
  return lines.map((line, at) => {
    if (at < from) return el("p", {}, ...linked(line));
    return el("button", { type: "button", class: "choice", onclick: () => tap({ text: CHOICE.exec(line)[1] }) }, line);
  });
}

function menu({ text, menu: items, tail }, tap) {
  const taps = items.map((item) =>
    el("button", { type: "button", class: "choice", onclick: () => tap({ menu_tap: item }) }, item.content),
  );
  return el("div", { class: "bubble" }, el("p", {}, ...linked(text)), ...taps, tail ? el("p", {}, tail) : null);
}

function pictures(list, media) {
  const shown = list.map(({ media_id: id, url }) =>
    el("img", { class: "picture", src: id ? media + encodeURIComponent(id) : url, alt: "A picture", loading: "lazy" }),
  );
  return shown.length === 1 ? shown[0] : el("div", { class: "pieces" }, ...shown);
}

/** Articles in one card: the first with its cover and digest, the others as lines with a small cover. */
function articles(list, media) {
  const [first, ...rest] = list;
  const cover = (article) => el("img", { src: coverOf(article, media), alt: "", loading: "lazy" });
  const body = first.digest || first.description;
  return el(
    "article",
    { class: "news" },
    el("figure", {}, cover(first), el("h4", {}, titleOf(first))),
    !rest.length && body ? el("p", {}, body) : null,
    ...rest.map((article) => el("div", { class: "also" }, el("h4", {}, titleOf(article)), cover(article))),
  );
}

function coverOf({ thumb_media_id: id, picurl }, media) {
  return id ? media + encodeURIComponent(id) : picurl;
}

function titleOf({ title, content_source_url: source, url }) {
  return (source || url) ? link(source || url, title) : title;
}
