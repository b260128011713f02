/** The panel of rehearsed trouble. */

import { announce, el, post } from "./dom.js";

export class Trouble {
  constructor(element, troubles) {
    this.switches = new Map();
    this.worker = el("button", { type: "button", class: "act", onclick: () => this.#worker() }, "Kill the worker");
    this.workerNote = el("p", {});
    const rows = troubles.map((trouble) => this.#row(trouble));
    element.append(
      el("header", {}, el("h2", { id: "trouble-title" }, "Rehearsed trouble"), el("p", {}, "Try it while a broadcast runs.")),
      el("ul", {}, ...rows, this.#workerRow(), this.#queueRow()),
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
        onclick: () => act(`troubles/${name}`, { on: button.getAttribute("aria-checked") !== "true" }),
      },
      title,
      count,
    );
    this.switches.set(name, { button, count });
    return el("li", {}, button, el("p", { id: `trouble-${name}` }, sentence));
  }

  #workerRow() {
    const words =
      "Killed with -9 in the middle. Started again, it goes on within seconds; calls that were in flight are settled by their echoes.";
    return el("li", {}, this.worker, el("p", {}, words));
  }

  #queueRow() {
    const wipe = el("button", { type: "button", class: "act", onclick: () => act("queue/wipe", {}) }, "Wipe the queue");
    return el("li", {}, wipe, el("p", {}, "Empties Redis. The database is the only truth, so nothing is lost."));
  }

  #worker() {
    act("worker", { on: !this.alive });
  }
}

async function act(path, body) {
  try {
    await post(path, body);
  } catch (error) {
    announce(error.message);
  }
}
