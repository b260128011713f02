/** One phone with a chat in it: the admin's, or a subscriber's. */

import { bubble } from "./bubbles.js";
import { el, get, post } from "./dom.js";

const DOTS_AFTER = 250; // ms; an answer that is quicker than this needs no typing dots
const DOTS_MOST = 6000; // ms; not everything is answered
const PAUSE = 5 * 60 * 1000; // ms; after so long a silence the time is shown

/** The picture the picture button sends: any address would do, this one needs no network. */
const PICTURE = "pictures/spring.png";

export class Phone {
  /** `title` and `note` stand at the top of the screen, `psid` is whose phone this is. */
  constructor({ psid, title, note, platform, label }) {
    this.psid = psid;
    this.seen = new Set();
    this.last = null;
    this.thread = el("div", { class: "thread", role: "log", tabindex: 0, aria: { label: `Chat: ${label}`, live: "polite" } });
    this.chips = el("div", { class: "chips", role: "group", aria: { label: "Quick replies" } });
    new ResizeObserver(() => this.#down()).observe(this.thread);
    this.thread.addEventListener("load", () => this.#down(), { capture: true }); // a picture has got its height
    this.dots = el("div", { class: "dots", aria: { hidden: "true" } }, el("i"), el("i"), el("i"));
    this.trouble = el("p", { class: "refusal", role: "alert" });
    this.element = el(
      "article",
      { class: `phone ${platform}`, aria: { label } },
      el(
        "header",
        {},
        el("span", { class: "face" }, el("img", { src: "icon.svg", alt: "" })),
        el("div", {}, el("h2", {}, title), el("p", {}, note)),
      ),
      this.thread,
      this.chips,
      this.trouble,
      this.#composer(label),
    );
  }

  /** Show what is on the phone already. */
  async load() {
    for (const message of (await get(`people/${this.psid}/messages`)).messages) this.show(message);
  }

  /** Show a message, once, whether it came by the feed or was loaded. */
  show({ mid, from, message, at }) {
    if (mid && this.seen.has(mid)) return;
    this.seen.add(mid);
    const shown = bubble(message, (act) => this.say(act));
    if (!shown) return;
    this.#rest();
    const mine = from === "person";
    if (!this.last || at - this.last.at > PAUSE) this.thread.append(el("time", {}, clock(at)));
    const follows = this.last?.from === from && at - this.last.at <= PAUSE;
    const who = el("span", { class: "unseen" }, mine ? "You: " : "Page: ");
    this.thread.append(el("div", { class: `line ${mine ? "mine" : "theirs"}${follows ? " follows" : ""}` }, who, shown));
    this.last = { from, at };
    this.#offer(mine ? [] : (message.quick_replies ?? []));
    if (mine) this.#wait();
    this.#down();
  }

  /** Let the person act: `{text}`, `{quick_reply}`, `{postback}` or `{image_url}`. */
  async say(act) {
    this.trouble.textContent = "";
    try {
      await post(`people/${this.psid}/say`, act);
    } catch (error) {
      this.trouble.textContent = error.message;
    }
  }

  #composer(label) {
    this.input = el("textarea", {
      rows: 1,
      placeholder: "Aa",
      autocomplete: "off",
      enterkeyhint: "send",
      aria: { label: `Write as ${label}` },
      oninput: () => this.#grow(),
      onkeydown: (event) => {
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.#send();
      },
    });
    const picture = el(
      "button",
      { type: "button", class: "round", title: "Send a picture", aria: { label: "Send a picture" }, onclick: () => this.#picture() },
      icon("picture"),
    );
    const send = el("button", { class: "round send", title: "Send", aria: { label: "Send" } }, icon("send"));
    const submit = (event) => {
      event.preventDefault();
      this.#send();
    };
    return el("form", { class: "composer", onsubmit: submit }, picture, this.input, send);
  }

  #send() {
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    this.#grow();
    this.say({ text });
  }

  #picture() {
    this.say({ image_url: new URL(PICTURE, document.baseURI).href });
  }

  #grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight}px`;
  }

  #offer(replies) {
    const chips = replies.map(({ title, payload }) =>
      el("button", { type: "button", onclick: () => this.#tap({ title, payload }) }, title),
    );
    this.chips.replaceChildren(...chips);
  }

  #tap(reply) {
    this.#offer([]);
    this.input.focus({ preventScroll: true });
    this.say({ quick_reply: reply });
  }

  #wait() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => {
      this.thread.append(this.dots);
      this.#down();
      this.waiting = setTimeout(() => this.dots.remove(), DOTS_MOST);
    }, DOTS_AFTER);
  }

  #rest() {
    clearTimeout(this.waiting);
    this.dots.remove();
  }

  #down() {
    this.thread.scrollTop = this.thread.scrollHeight;
  }
}

function icon(name) {
  return el("img", { src: `icons/${name}.svg`, alt: "", width: 20, height: 20 });
}

function clock(at) {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
