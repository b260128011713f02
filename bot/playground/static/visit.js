/** A visit to one subscriber: their phone, and what they could do. */

import { el, get, post } from "./dom.js";
import { Phone } from "./phone.js";
import { PLATFORMS } from "./platforms.js";
import { now } from "./time.js";

export class Visit {
  /** `changed` is called with a person after something about them may have changed. */
  constructor(dialog, channels, changed) {
    this.dialog = dialog;
    this.channels = channels;
    this.changed = changed;
    dialog.addEventListener("close", () => (this.phone = null));
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }

  /** Open a person's phone. */
  async open(person) {
    this.person = person;
    const label = person.name || "somebody without a name";
    const channel = this.channels.get(person.channel);
    this.platform = PLATFORMS[channel.platform];
    this.phone = new Phone({ person, channel, note: this.platform.title, label });
    this.facts = el("dl", {});
    this.block = el("button", { type: "button", onclick: () => this.#turnAway() });
    this.dialog.replaceChildren(
      el(
        "aside",
        {},
        el("h2", {}, person.name || "Without a name"),
        this.facts,
        el("button", { type: "button", onclick: () => this.phone.say({ text: "STOP" }) }, "Say STOP"),
        el("button", { type: "button", onclick: () => this.phone.say({ text: "START" }) }, "Say START"),
        this.block,
        el("button", { type: "button", class: "close", onclick: () => this.dialog.close() }, "Close"),
      ),
      this.phone.element,
    );
    this.#describe(person);
    this.dialog.showModal();
    this.phone.input.focus();
    await this.phone.load();
    await this.look();
  }

  /** Show a message if it is for the phone that is open. */
  show(message) {
    if (this.phone?.person.id === message.person) this.phone.show(message);
  }

  /** Look again how the person stands. */
  async look() {
    if (!this.phone) return;
    this.#describe(await get(this.phone.path));
  }

  async #turnAway() {
    this.#describe(await post(`${this.phone.path}/away`, { on: !this.person.blocked }));
  }

  #describe(person) {
    if (person.id !== this.person.id) return;
    this.person = person;
    this.block.textContent = person.blocked ? this.platform.back : this.platform.away;
    const facts = [
      ["Now", this.platform.standings[person.standing]],
      ["Window", until(person.windowExpires)],
      ["Language", person.locale],
      ["City", person.city],
      ...Object.entries(person.variables),
    ];
    this.facts.replaceChildren(
      ...facts.filter(([, value]) => value !== "").map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, String(value)))),
    );
    this.changed(person);
  }
}

function until(millis) {
  const hours = (millis - now()) / 3_600_000;
  if (!millis) return "never opened";
  return hours > 0 ? `open for ${hours.toFixed(0)} h more` : `closed ${(-hours).toFixed(0)} h ago`;
}
