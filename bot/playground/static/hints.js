/** The words to type, in order; each can be clicked instead. */

import { el } from "./dom.js";

export class Hints {
  /** `say` is called with the words of the hint that was clicked. */
  constructor(words, platform, say) {
    this.words = words;
    this.next = 0;
    this.buttons = words.map((word, number) =>
      el("button", { type: "button", onclick: () => this.#choose(number, say) }, word),
    );
    const again = el("button", { type: "button", class: "again", onclick: () => this.#mark(0) }, "start over");
    this.after = el(
      "p",
      { class: "after", hidden: true },
      `The phones light up in five seconds${platform === "wechat" ? ", all at once" : ""}; until then `,
      el("kbd", {}, "undo"),
      " takes it back. Open one of them, or ",
      again,
      " with some trouble switched on.",
    );
    this.element = el(
      "section",
      { class: "hints", aria: { label: "What to type" } },
      el("h3", {}, "Type this, or click"),
      el("ol", {}, ...this.buttons.map((button) => el("li", {}, button))),
      this.after,
    );
    this.#mark(0);
  }

  /** Move on when the expected words were said, however. */
  heard(text) {
    if (this.next < this.words.length && text.trim() === this.words[this.next]) this.#mark(this.next + 1);
  }

  #choose(number, say) {
    if (number !== this.next) this.#mark(number);
    say(this.words[number]);
  }

  #mark(next) {
    this.next = next;
    this.after.hidden = next < this.words.length;
    this.buttons.forEach((button, number) => {
      button.className = number < next ? "done" : number === next ? "next" : "";
      if (number === next) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
  }
}
