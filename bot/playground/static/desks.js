/** The admins' phones: side by side where there is room, otherwise one at a time behind tabs. */

import { el } from "./dom.js";
import { Hints } from "./hints.js";
import { Phone } from "./phone.js";
import { PLATFORMS } from "./platforms.js";

export class Desks {
  /** `channels` come from the scene; `people` has every person by id. */
  constructor(element, channels, people) {
    this.desks = channels.map((channel) => desk(channel, people.get(channel.admin)));
    this.tabs = this.desks.map((each, number) =>
      el(
        "button",
        { type: "button", role: "tab", id: `tab-${each.name}`, aria: { controls: `desk-${each.name}` }, onclick: () => this.choose(number) },
        el("i", { class: each.platform }),
        PLATFORMS[each.platform].title,
        el("span", { class: "news-dot", aria: { hidden: "true" } }),
      ),
    );
    const list = el("div", { class: "switch", role: "tablist", aria: { label: "Admins’ phones" }, onkeydown: (event) => this.#walk(event) });
    list.append(...this.tabs);
    element.append(list, ...this.desks.map(({ element: each }) => each));
    this.choose(0);
  }

  /** Return the desk with the phone of this person, if they are an admin. */
  of(identity) {
    return this.desks.find(({ phone }) => phone.person.id === identity);
  }

  /** The desk that was chosen last. */
  get chosen() {
    return this.desks[this.at];
  }

  /** Bring one desk to the front, by its place. */
  choose(number) {
    this.at = number;
    this.tabs.forEach((tab, at) => {
      tab.setAttribute("aria-selected", String(at === number));
      tab.tabIndex = at === number ? 0 : -1;
      this.desks[at].element.classList.toggle("chosen", at === number);
    });
    this.tabs[number].classList.remove("fresh");
    this.chosen.phone.down();
  }

  /** A message of the account reached an admin; a tab in the background says so. */
  heard(desk) {
    const at = this.desks.indexOf(desk);
    if (at !== this.at) this.tabs[at].classList.add("fresh");
  }

  #walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.choose((this.at + step + this.desks.length) % this.desks.length);
    this.tabs[this.at].focus();
  }
}

/** Make the phone of one channel's admin with the words to type under it. */
function desk(channel, person) {
  const { name, platform } = channel;
  const { title } = PLATFORMS[platform];
  const phone = new Phone({ person, channel, note: `${title} · ${person.name}, admin`, label: `${person.name}, admin on ${title}` });
  const hints = new Hints(channel.hints, platform, (text) => phone.say({ text }));
  const element = el("div", { class: "desk", id: `desk-${name}`, role: "tabpanel", aria: { labelledby: `tab-${name}` } }, phone.element, hints.element);
  return { name, platform, phone, hints, element };
}
