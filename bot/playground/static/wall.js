/** The wall: everybody's phone as a tile that lights up when a push arrives. */

import { announce, el, initials } from "./dom.js";
import { PLATFORMS, hue } from "./platforms.js";

const TELL_EVERY = 2000; // ms; screen readers hear how many, not each

const LEGEND = {
  open: "can be written to",
  closed: "window closed, or had their four",
  stopped: "opted out",
  blocked: "blocked or left",
};

export class Wall {
  /** `visit` is called with a person whose tile was chosen. */
  constructor(element, people, visit) {
    this.people = new Map(people.map((person) => [person.id, person]));
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
  light(id, message) {
    const tile = this.tiles.get(id);
    if (!tile) return;
    this.fresh.set(id, (this.fresh.get(id) ?? 0) + 1);
    this.untold = (this.untold ?? 0) + 1;
    tile.classList.remove("lit");
    void tile.offsetWidth; // begins the animation anew
    tile.classList.add("lit");
    tile.title = `${this.#name(id)}: ${PLATFORMS[this.people.get(id).platform].words(message)}`;
    this.#label(id);
  }

  /** Put one phone, or all of them, back to rest: what had arrived was looked at. */
  dim(id) {
    for (const [each, tile] of id ? [[id, this.tiles.get(id)]] : this.tiles) {
      this.fresh.delete(each);
      tile?.classList.remove("lit");
      this.#label(each);
    }
  }

  /** Take in how a person stands now. */
  know(person) {
    this.people.set(person.id, person);
    this.#label(person.id);
  }

  #name(id) {
    return this.people.get(id).name || "Somebody without a name";
  }

  #add(person, visit) {
    const tile = el(
      "button",
      { type: "button", tabindex: -1, onclick: () => visit(this.people.get(person.id)) },
      el("span", {}, initials(person.name)),
    );
    tile.style.setProperty("--hue", hue(person));
    tile.dataset.person = person.id;
    tile.dataset.platform = person.platform;
    this.tiles.set(person.id, tile);
    this.grid.append(tile);
    this.#label(person.id);
  }

  #label(id) {
    const tile = this.tiles.get(id);
    const person = this.people.get(id);
    const { standings, title } = PLATFORMS[person.platform];
    const fresh = this.fresh.get(id);
    const stands = standings[person.standing];
    tile.dataset.standing = person.standing;
    tile.setAttribute("aria-label", `${this.#name(id)} on ${title}, ${stands}${fresh ? `, ${fresh} new` : ""}`);
    if (!fresh) tile.title = `${this.#name(id)}, ${stands}`;
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
    el("li", { class: "lit" }, "a push arrived; shades only tell people apart"),
    ...Object.entries(LEGEND).map(([name, meaning]) => el("li", { data: { standing: name } }, meaning)),
    el("li", { data: { platform: "wechat" } }, "on WeChat"),
  );
}
