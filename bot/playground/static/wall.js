/** The wall: everybody's phone as a tile that lights up when a push arrives. */

import { words } from "./bubbles.js";
import { announce, el, hue, initials } from "./dom.js";

const TELL_EVERY = 2000; // ms; screen readers hear how many, not each

const STANDINGS = {
  open: "can be written to",
  closed: "window closed",
  stopped: "opted out",
  blocked: "has blocked the Page",
};

/** Return how a person stands, the strongest reason first. */
export function standing(person) {
  if (person.blocked) return "blocked";
  if (person.stopped) return "stopped";
  return person.windowExpires > Date.now() ? "open" : "closed";
}

export class Wall {
  /** `visit` is called with a person whose tile was chosen. */
  constructor(element, people, visit) {
    this.people = new Map(people.map((person) => [person.psid, person]));
    this.fresh = new Map();
    this.lit = el("strong", {}, "0");
    this.grid = el("div", {
      class: "tiles",
      role: "group",
      aria: { label: "Phones; arrow keys move, Enter opens one" },
      onkeydown: (event) => this.#walk(event),
    });
    this.tiles = new Map();
    for (const person of people) this.#add(person, visit);
    this.grid.querySelector("button")?.setAttribute("tabindex", "0");
    const dim = el("button", { type: "button", class: "quiet", onclick: () => this.dim() }, "Dim all");
    element.append(
      el(
        "header",
        {},
        el("h2", { id: "wall-title" }, "Subscribers"),
        el("p", {}, this.lit, ` of ${people.length} lit`),
        dim,
      ),
      this.grid,
      legend(),
    );
    setInterval(() => this.#tell(), TELL_EVERY);
  }

  /** Light a phone up, because a message of the Page reached it. */
  light(psid, message) {
    const tile = this.tiles.get(psid);
    if (!tile) return;
    this.fresh.set(psid, (this.fresh.get(psid) ?? 0) + 1);
    this.untold = (this.untold ?? 0) + 1;
    tile.classList.remove("lit");
    void tile.offsetWidth; // begins the animation anew
    tile.classList.add("lit");
    tile.title = `${this.#name(psid)}: ${words(message)}`;
    this.#label(psid);
  }

  /** Put one phone, or all of them, back to rest: what had arrived was looked at. */
  dim(psid) {
    for (const [each, tile] of psid ? [[psid, this.tiles.get(psid)]] : this.tiles) {
      this.fresh.delete(each);
      tile?.classList.remove("lit");
      this.#label(each);
    }
  }

  /** Take in how a person stands now. */
  know(person) {
    this.people.set(person.psid, person);
    this.#label(person.psid);
  }

  #name(psid) {
    return this.people.get(psid).name || "Somebody without a name";
  }

  #add(person, visit) {
    const tile = el(
      "button",
      { type: "button", tabindex: -1, onclick: () => visit(this.people.get(person.psid)) },
      el("span", {}, initials(person.name)),
    );
    tile.style.setProperty("--hue", hue(person.psid));
    tile.dataset.psid = person.psid;
    this.tiles.set(person.psid, tile);
    this.grid.append(tile);
    this.#label(person.psid);
  }

  #label(psid) {
    const tile = this.tiles.get(psid);
    const stands = standing(this.people.get(psid));
    const fresh = this.fresh.get(psid);
    tile.dataset.standing = stands;
    tile.setAttribute("aria-label", `${this.#name(psid)}, ${STANDINGS[stands]}${fresh ? `, ${fresh} new` : ""}`);
    if (!fresh) tile.title = `${this.#name(psid)}, ${STANDINGS[stands]}`;
    this.lit.textContent = this.fresh.size;
  }

  #walk(event) {
    const all = [...this.tiles.values()];
    const at = all.indexOf(document.activeElement);
    if (at < 0) return;
    const row = all.findIndex((tile) => tile.offsetTop > all[0].offsetTop);
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row, Home: -at, End: all.length - 1 - at };
    const to = all[at + step[event.key]];
    if (!(event.key in step) || !to) return;
    event.preventDefault();
    all[at].tabIndex = -1;
    to.tabIndex = 0;
    to.focus();
  }

  #tell() {
    if (!this.untold) return;
    announce(`${this.untold} messages arrived on subscribers’ phones.`);
    this.untold = 0;
  }
}

function legend() {
  return el(
    "ul",
    { class: "legend", aria: { label: "What the tiles mean" } },
    el("li", { class: "lit" }, "a push arrived"),
    ...Object.entries(STANDINGS).map(([name, meaning]) => el("li", { data: { standing: name } }, meaning)),
  );
}
