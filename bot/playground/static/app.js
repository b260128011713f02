/** Puts the page together and keeps it live. */

import { announce, el, get } from "./dom.js";
import { Hints } from "./hints.js";
import { Ledger, foremost } from "./ledger.js";
import { Phone } from "./phone.js";
import { Trouble } from "./trouble.js";
import { Visit } from "./visit.js";
import { Wall } from "./wall.js";

const LOOK_AFTER = 600; // ms; what a person said has had its effect by then

const at = (id) => document.getElementById(id);

const scene = await get("scene");
const admins = scene.channels.map(adminPhone);
const ledger = new Ledger(at("ledger"));
const trouble = new Trouble(at("trouble"), scene.troubles);
// The admins' own phones stand beside the wall, not on it.
const subscribers = scene.people.filter(({ psid }) => !admins.some(({ phone }) => phone.psid === psid));
const wall = new Wall(at("wall"), subscribers, open);
const visit = new Visit(at("visit"), scene.channels[0].platform, (person) => wall.know(person));

tabs();
listen();
matchMedia("(min-width: 60rem)").matches && admins[0].phone.input.focus();

/** Make the phone of one channel's admin with the words to type under it. */
function adminPhone({ admin, name, platform }) {
  const who = scene.people.find((person) => person.psid === admin);
  const label = `${who.name}, admin of “${name}”`;
  const phone = new Phone({ psid: admin, title: "Simulated Page", note: label, platform, label });
  const hints = new Hints(scene.hints, (text) => phone.say({ text }));
  at("admins").append(el("div", { class: "desk" }, phone.element, hints.element));
  return { phone, hints };
}

function open(person) {
  wall.dim(person.psid);
  visit.open(person);
}

function listen() {
  const feed = new EventSource("events");
  // After a gap in the feed the phones are read again; what stands there already is not shown twice.
  feed.addEventListener("open", () => {
    document.body.classList.remove("away");
    for (const { phone } of admins) phone.load();
  });
  feed.addEventListener("error", () => {
    document.body.classList.add("away");
    at("processes").textContent = "The demo does not answer; was it stopped?";
  });
  feed.addEventListener("message", ({ data }) => arrived(JSON.parse(data)));
  feed.addEventListener("numbers", ({ data }) => counted(JSON.parse(data)));
}

/** A message reached a phone, or a person acted on it. */
function arrived(message) {
  const own = admins.find(({ phone }) => phone.psid === message.psid);
  own?.phone.show(message);
  visit.show(message);
  if (message.from === "page") {
    if (visit.phone?.psid !== message.psid) wall.light(message.psid, message.message);
    return;
  }
  own?.hints.heard(message.message.text ?? "");
  if (!own) setTimeout(() => lookAgain(message.psid), LOOK_AFTER);
}

/** What a person did may have changed how they stand. */
async function lookAgain(psid) {
  if (visit.phone?.psid === psid) await visit.look();
  else wall.know(await get(`people/${psid}`));
}

let running = null;

/** The numbers changed. */
function counted(numbers) {
  const it = foremost(numbers.broadcasts);
  if (it?.status === "starting" && running !== it.id) {
    running = it.id;
    wall.dim();
    announce(`${it.name} starts.`);
  }
  ledger.show(numbers);
  trouble.show(numbers);
  at("mini").textContent = it?.audience ? `${it.sent}/${it.audience}` : "";
  at("processes").textContent = numbers.worker ? "all running" : "worker killed";
  at("processes").classList.toggle("dead", !numbers.worker);
}

/** On small screens one part is shown at a time. */
function tabs() {
  const buttons = [...document.querySelectorAll("[data-show]")];
  for (const button of buttons) {
    button.addEventListener("click", () => {
      document.body.dataset.tab = button.dataset.show;
      for (const each of buttons) each.setAttribute("aria-pressed", String(each === button));
    });
  }
}
