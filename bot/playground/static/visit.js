/** A visit to one subscriber: their phone, and what they could do. */

import { el, get, post } from "./dom.js";
import { Phone } from "./phone.js";
import { standing } from "./wall.js";

export class Visit {
  /** `changed` is called with a person after something about them may have changed. */
  constructor(dialog, platform, changed) {
    this.dialog = dialog;
    this.platform = platform;
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
    this.phone = new Phone({ psid: person.psid, title: "Simulated Page", note: "Messenger", platform: this.platform, label });
    this.facts = el("dl", {});
    this.block = el("button", { type: "button", onclick: () => this.#toggleBlocked() });
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
    if (this.phone?.psid === message.psid) this.phone.show(message);
  }

  /** Look again how the person stands. */
  async look() {
    if (!this.phone) return;
    this.#describe(await get(`people/${this.person.psid}`));
  }

  async #toggleBlocked() {
    this.#describe(await post(`people/${this.person.psid}/blocked`, { on: !this.person.blocked }));
  }

  #describe(person) {
    if (person.psid !== this.person.psid) return;
    this.person = person;
    this.block.textContent = person.blocked ? "Unblock the Page" : "Block the Page";
    const facts = [
      ["Now", NOW[standing(person)]],
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

const NOW = { open: "gets broadcasts", closed: "out of reach until they write", stopped: "opted out", blocked: "has blocked the Page" };

function until(millis) {
  const hours = (millis - Date.now()) / 3_600_000;
  if (!millis) return "never opened";
  return hours > 0 ? `open for ${hours.toFixed(0)} h more` : `closed ${(-hours).toFixed(0)} h ago`;
}
