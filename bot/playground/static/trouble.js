/** The panel of rehearsed trouble. */

import { el, post } from "./dom.js";
import { PLATFORMS } from "./platforms.js";

export class Trouble {
  constructor(element, troubles) {
    this.switches = new Map();
    this.worker = el("button", { type: "button", class: "act", onclick: () => this.#worker() }, "Kill the worker");
    this.refusal = el("p", { class: "refusal", role: "alert" });
    const groups = Object.entries(PLATFORMS).map(([platform, { title }]) => {
      const rows = troubles.filter((trouble) => trouble.platform === platform).map((trouble) => this.#row(trouble));
      return [el("h3", {}, el("i", { class: platform }), `On ${title}`), el("ul", {}, ...rows)];
    });
    element.append(
      el("header", {}, el("h2", { id: "trouble-title" }, "Rehearsed trouble"), el("p", {}, "Try it while a broadcast runs."), this.refusal),
      el("div", { class: "troubles" }, el("ul", {}, this.#workerRow(), this.#queueRow()), ...groups.flat()),
    );
  }

  /** Show what is in force now. */
  show({ troubles, worker }) {
    for (const [name, { on, struck }] of Object.entries(troubles)) {
      const { button, count } = this.switches.get(name);
      button.setAttribute("aria-checked", String(on));
      count.textContent = struck ? `${struck}×` : "";
      count.title = struck ? `It struck ${struck} times.` : "";
    }
    this.alive = worker;
    this.worker.textContent = worker ? "Kill the worker" : "Start it again";
    this.worker.classList.toggle("mend", !worker);
  }

  #row({ name, title, sentence }) {
    const count = el("span", { class: "count" });
    const button = el(
      "button",
      {
        type: "button",
        role: "switch",
        aria: { checked: "false", describedby: `trouble-${name}` },
        data: { trouble: name },
        onclick: () => this.#act(`troubles/${name}`, { on: button.getAttribute("aria-checked") !== "true" }),
      },
      title,
      count,
    );
    this.switches.set(name, { button, count });
    return el("li", {}, button, el("p", { id: `trouble-${name}` }, sentence));
  }

  #workerRow() {
    const words =
      "Killed with -9. Started again, it goes on within seconds; what was in flight is unknown until an echo proves it.";
    return el("li", {}, this.worker, el("p", {}, words));
  }

  #queueRow() {
    const wipe = el("button", { type: "button", class: "act", onclick: () => this.#act("queue/wipe", {}) }, "Wipe the queue");
    return el("li", {}, wipe, el("p", {}, "Empties Redis. The database is the only truth, so nothing is lost."));
  }

  #worker() {
    this.#act("worker", { on: !this.alive });
  }

  async #act(path, body) {
    this.refusal.textContent = "";
    try {
      await post(path, body);
    } catch (error) {
      this.refusal.textContent = error.message;
    }
  }
}
