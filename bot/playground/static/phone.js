/** One phone with a chat in it: the admin's, or a subscriber's. */

import { el, get, initials, post } from "./dom.js";
import { PLATFORMS } from "./platforms.js";
import { moment } from "./time.js";

const DOTS_AFTER = 250; // ms; an answer that is quicker than this needs no typing dots
const DOTS_MOST = 6000; // ms; not everything is answered
const PAUSE = 5 * 60 * 1000; // ms; after so long a silence the time is shown

/** The picture the picture button sends: any address would do, this one needs no network. */
const PICTURE = "pictures/spring.png";

export class Phone {
  /** `person` is whose phone this is, `channel` whom they chat with, `note` stands below its name. */
  constructor({ person, channel, note, label }) {
    this.person = person;
    this.path = `people/${channel.name}/${person.id}`;
    this.channel = channel;
    this.platform = PLATFORMS[channel.platform];
    this.seen = new Set();
    this.last = null;
    this.thread = el("div", { class: "thread", role: "log", tabindex: 0, aria: { label: `Chat: ${label}`, live: "polite" } });
    this.chips = el("div", { class: "chips", role: "group", aria: { label: "Quick replies" } });
    new ResizeObserver(() => this.down()).observe(this.thread);
    this.thread.addEventListener("load", () => this.down(), { capture: true }); // a picture has got its height
    this.dots = el("div", { class: "dots", aria: { hidden: "true" } }, el("i"), el("i"), el("i"));
    this.trouble = el("p", { class: "refusal", role: "alert" });
    this.element = el(
      "article",
      { class: `phone ${channel.platform}`, aria: { label } },
      el(
        "header",
        {},
        el("span", { class: "face" }, el("img", { src: "icon.svg", alt: "" })),
        el("div", {}, el("h2", {}, this.platform.account), el("p", {}, note)),
      ),
      this.thread,
      this.chips,
      this.trouble,
      this.#composer(label),
    );
  }

  /** Show what is on the phone already. */
  async load() {
    for (const message of (await get(`${this.path}/messages`)).messages) this.show(message);
  }

  /** Show a message, once, whether it came by the feed or was loaded. */
  show({ mid, from, message, at }) {
    const mark = mid || `${from} ${at} ${JSON.stringify(message)}`; // WeChat's replies have no id
    if (this.seen.has(mark)) return;
    this.seen.add(mark);
    const shown = this.platform.bubble(message, (act) => this.say(act), this.channel.media);
    if (!shown) return;
    this.#rest();
    const mine = from === "person";
    if (!this.last || at - this.last.at > PAUSE) this.thread.append(el("time", {}, moment(at)));
    const follows = this.last?.from === from && at - this.last.at <= PAUSE;
    const who = el("span", { class: "unseen" }, mine ? "You: " : `${this.platform.account}: `);
    const side = `line ${mine ? "mine" : "theirs"}${follows ? " follows" : ""}`;
    this.thread.append(el("div", { class: side }, who, this.#face(mine), shown));
    this.last = { from, at };
    this.#offer(mine ? [] : (message.quick_replies ?? []));
    if (mine) this.#wait();
    else this.onanswer?.();
    this.down();
  }

  /** Let the person act: `{text}`, `{quick_reply}`, `{postback}` or `{image_url}`. */
  async say(act) {
    this.trouble.textContent = "";
    try {
      await post(`${this.path}/say`, act);
    } catch (error) {
      this.trouble.textContent = error.message;
    }
  }

  /** The picture beside each message, where the platform shows one. */
  #face(mine) {
    if (!this.platform.faces) return null;
    const inside = mine ? initials(this.person.name) : el("img", { src: "icon.svg", alt: "" });
    return el("span", { class: "beside", aria: { hidden: "true" } }, inside);
  }

  /** Return when the account has answered, or after so many milliseconds. */
  answered(most) {
    return new Promise((settle) => {
      this.onanswer = settle;
      setTimeout(settle, most);
    });
  }

  #composer(label) {
    this.input = el("textarea", {
      rows: 1,
      placeholder: this.platform.placeholder,
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
    const send = el("button", { class: "round", title: "Send", aria: { label: "Send" } }, icon("send"));
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
      this.element.classList.add("awaits");
      this.thread.append(this.dots);
      this.down();
      this.waiting = setTimeout(() => this.#rest(), DOTS_MOST);
    }, DOTS_AFTER);
  }

  #rest() {
    clearTimeout(this.waiting);
    this.element.classList.remove("awaits");
    this.dots.remove();
  }

  /** Scroll to the newest message. */
  down() {
    this.thread.scrollTop = this.thread.scrollHeight;
  }
}

function icon(name) {
  return el("img", { src: `icons/${name}.svg`, alt: "", width: 20, height: 20 });
}
