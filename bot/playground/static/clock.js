/** The clock that can be moved. */

import { el, post } from "./dom.js";
import { now } from "./time.js";

const TICK = 1000; // ms
const SHOWN = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC" };

export class Clock {
  constructor(element, steps) {
    this.face = el("p", { class: "face-of-clock" });
    this.refusal = el("p", { class: "refusal", role: "alert" });
    const moves = steps.map(({ name, title }) =>
      el("button", { type: "button", class: "act", onclick: () => this.#act(`clock/${name}`) }, title),
    );
    element.append(
      el("header", {}, el("h2", { id: "clock-title" }, "The clock"), this.face),
      el("div", { class: "moves" }, ...moves),
      el(
        "p",
        {},
        "Moves the time of the web process, the worker and both platforms together, forward only, and stops at a scheduled " +
          "broadcast on the way. Windows close meanwhile. Redis keeps real time. ",
        el("button", { type: "button", class: "again", onclick: () => this.#act("greetings") }, "Let everybody write “hi”"),
        " to open them again.",
      ),
      this.refusal,
    );
    setInterval(() => this.tick(), TICK);
    this.tick();
  }

  /** Show the present moment, in the zone of the demo's settings. */
  tick() {
    this.face.textContent = `${new Date(now()).toLocaleString([], SHOWN)} UTC`;
  }

  async #act(path) {
    this.refusal.textContent = "";
    try {
      await post(path, {});
    } catch (error) {
      this.refusal.textContent = error.message;
    }
  }
}
