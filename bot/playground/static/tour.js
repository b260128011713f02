/** A guided tour of three minutes: a card that explains, and types for whoever does not want to. */

import { announce, el } from "./dom.js";
import { foremost } from "./ledger.js";

const SEEN = "clarion-tour"; // in the browser's own storage
const ANSWER_MOST = 4000; // ms; an answer that takes longer is not waited for

/**
 * The steps. `part` is what small screens show, `at` what is framed, `desk` whose phone. `words` are what is typed, given
 * the foremost broadcast of that phone's channel; `flip` is a switch of the trouble panel to set before.
 */
const STEPS = [
  {
    title: "Three minutes, and you have seen it",
    text:
      "Anna and Mei are admins; everybody on the wall is a subscriber. The chat is the whole tool: there is no dashboard. " +
      "Type yourself, or let the button type for you.",
    part: "admins",
  },
  {
    title: "The first broadcast",
    text: "Name, when, who, messages. Then comes the review: how many get it, how many cannot, and why. The sum adds up.",
    part: "admins",
    at: "#desk-page",
    desk: 0,
    words: () => ["/broadcast new Spring sale", "now", "everyone", "Hello {first_name|there}!", "done"],
  },
  {
    title: "Send it, and take it back",
    text: "For five seconds nothing has left yet. Send, then undo: nobody gets anything.",
    part: "admins",
    at: "#desk-page",
    desk: 0,
    words: () => ["send", "undo"],
  },
  {
    title: "Again, with some trouble",
    text:
      "Now one answer in five gets lost on the way back. Watch “unknown” in the ledger: Facebook's echo proves what was " +
      "sent, nobody gets it twice, and the sum adds up at every moment.",
    part: "wall",
    at: "#ledger",
    desk: 0,
    flip: "lost_answers",
    words: () => ["send"],
  },
  {
    title: "What became of it",
    text: "The report counts everybody, with the reason for each who did not get it. Ask while it runs or afterwards.",
    part: "admins",
    at: "#desk-page",
    desk: 0,
    words: (it) => [`/broadcast report ${it?.id ?? ""}`.trim()],
  },
  {
    title: "Only some of them",
    text: "An audience is a sentence. Each answer counts the people and says the filter back in words.",
    part: "admins",
    at: "#desk-page",
    desk: 0,
    words: () => ["/broadcast new For pros", "later", "plan = pro or city = Lyon", "save"],
  },
  {
    title: "The same on WeChat",
    text: "Mei answers with numbers, or taps them. One mass message reaches all her followers at once, four times a month.",
    part: "admins",
    at: "#desk-account",
    desk: 1,
    words: () => ["/broadcast new Spring tea", "now", "everyone", "The first tea of spring is here.", "done", "send"],
  },
  {
    title: "Now break it",
    text:
      "Kill the worker while it sends. Schedule for tomorrow and move the clock. Open any phone and say STOP. " +
      "Or be careful: on a review, “canary 20” asks after 20 people, “template order_update” reaches closed windows.",
    part: "trouble",
    at: "#side",
  },
];

export class Tour {
  /** `desks` are the admins' phones; `show` brings a part of the page to the front on small screens. */
  constructor(element, { desks, show }) {
    this.element = element;
    this.broadcasts = [];
    this.desks = desks;
    this.show = show;
    this.count = el("p", { class: "count-of-steps" });
    this.title = el("h2", {});
    this.text = el("p", {});
    this.type = el("button", { type: "button", class: "types", onclick: () => this.#type() });
    this.back = el("button", { type: "button", class: "act", onclick: () => this.#go(this.step - 1) }, "Back");
    this.next = el("button", { type: "button", class: "act mend", onclick: () => this.#go(this.step + 1) });
    const skip = el("button", { type: "button", class: "quiet", onclick: () => this.end() }, "Skip the tour");
    element.append(
      el("header", {}, this.count, skip),
      el("div", { aria: { live: "polite" } }, this.title, this.text),
      this.type,
      el("footer", {}, this.back, this.next),
    );
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.end();
    });
  }

  /** Whether it was finished or skipped in this browser before. */
  get seen() {
    return localStorage.getItem(SEEN) !== null;
  }

  /** Begin. */
  start() {
    this.element.hidden = false;
    this.#go(0);
  }

  /** Finish or skip; it is not offered by itself again. */
  end() {
    localStorage.setItem(SEEN, "seen");
    this.element.hidden = true;
    this.#frame(null);
    this.#right();
    this.desks.chosen.phone.input.focus();
  }

  /** Somebody said something on an admin's phone: when it was the next words, however typed, go on. */
  heard(text) {
    if (this.words?.[this.said] !== text.trim()) return;
    this.said += 1;
    this.#offer();
  }

  /** The numbers changed. */
  counted({ broadcasts }) {
    this.broadcasts = broadcasts;
  }

  #go(step) {
    if (step >= STEPS.length) {
      this.end();
      return;
    }
    this.#right();
    const now = STEPS[step];
    this.step = step;
    this.said = 0;
    this.words = now.words?.(this.#lastOf(this.desks.desks[now.desk])) ?? [];
    this.count.textContent = `${step + 1} of ${STEPS.length}`;
    this.title.textContent = now.title;
    this.text.textContent = now.text;
    this.back.hidden = step === 0;
    this.next.textContent = step === 0 ? "Begin" : step === STEPS.length - 1 ? "Done" : "Next";
    this.show(now.part);
    if (now.desk !== undefined) this.desks.choose(now.desk);
    this.#frame(now.at);
    this.#offer();
    (this.words.length ? this.type : this.next).focus();
    announce(`${now.title}. ${now.text}`);
  }

  /** Return the broadcast that a desk's own channel had last; admins ask about theirs only. */
  #lastOf({ name }) {
    return foremost(this.broadcasts.filter(({ channel }) => channel === name));
  }

  /** Offer the next words, once the answer to the last ones is there. */
  #offer() {
    const words = this.words[this.said];
    this.type.hidden = words === undefined;
    this.type.replaceChildren("Type ", el("kbd", {}, words ?? ""));
    if (words === undefined && document.activeElement === document.body) this.next.focus();
  }

  async #type() {
    const { flip, desk } = STEPS[this.step];
    const { phone } = this.desks.desks[desk];
    if (flip) this.#flip(flip, true);
    this.type.disabled = true;
    const answered = phone.answered(ANSWER_MOST);
    await phone.say({ text: this.words[this.said] });
    await answered;
    this.type.disabled = false;
    (this.type.hidden ? this.next : this.type).focus();
  }

  /** Switch off what a step had switched on. */
  #right() {
    if (this.flipped) this.#flip(this.flipped, false);
  }

  #flip(name, on) {
    document.querySelector(`[data-trouble="${name}"][aria-checked="${!on}"]`)?.click();
    this.flipped = on ? name : null;
  }

  #frame(selector) {
    this.element.dataset.at = selector ?? ""; // the card makes room for some of them
    for (const framed of document.querySelectorAll(".framed")) framed.classList.remove("framed");
    if (selector) document.querySelector(selector).classList.add("framed");
  }
}
