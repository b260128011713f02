/** Puts the page together and keeps it live. */

import { Clock } from "./clock.js";
import { Desks } from "./desks.js";
import { announce, get } from "./dom.js";
import { Ledger, foremost } from "./ledger.js";
import { setAhead } from "./time.js";
import { Tour } from "./tour.js";
import { Trouble } from "./trouble.js";
import { Visit } from "./visit.js";
import { Wall } from "./wall.js";

const LOOK_AFTER = 600; // ms; what a person said has had its effect by then

const at = (id) => document.getElementById(id);

const scene = await get("scene");
const channels = new Map(scene.channels.map((channel) => [channel.name, channel]));
for (const person of scene.people) person.platform = channels.get(person.channel).platform;
const desks = new Desks(at("admins"), scene.channels, new Map(scene.people.map((person) => [person.id, person])));
const ledger = new Ledger(at("ledger"));
const clock = new Clock(at("clock"), scene.steps);
const trouble = new Trouble(at("trouble"), scene.troubles);
// The admins' own phones stand beside the wall, not on it.
const wall = new Wall(at("wall"), scene.people.filter(({ id }) => !desks.of(id)), open);
const visit = new Visit(at("visit"), channels, know);
const tour = new Tour(at("tour"), { desks, show });

tabs();
listen();
at("take-tour").addEventListener("click", () => tour.start());
if (!tour.seen) tour.start();
else if (matchMedia("(min-width: 60rem)").matches) desks.chosen.phone.input.focus();

function open(person) {
  wall.dim(person.id);
  visit.open(person);
}

/** Take in how a person stands now. */
function know(person) {
  if (!desks.of(person.id)) wall.know({ ...person, platform: channels.get(person.channel).platform });
}

function listen() {
  const feed = new EventSource("events");
  // After a gap in the feed the phones are read again; what stands there already is not shown twice.
  feed.addEventListener("open", () => {
    document.body.classList.remove("away");
    for (const { phone } of desks.desks) phone.load();
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
  const own = desks.of(message.person);
  own?.phone.show(message);
  visit.show(message);
  if (message.from !== "person") {
    if (own) desks.heard(own);
    else if (visit.phone?.person.id !== message.person) wall.light(message.person, message.message);
    return;
  }
  const text = message.message.text ?? "";
  own?.hints.heard(text);
  if (own) tour.heard(text);
  else setTimeout(() => lookAgain(message), LOOK_AFTER);
}

/** What a person did may have changed how they stand. */
async function lookAgain({ channel, person }) {
  if (visit.phone?.person.id === person) await visit.look();
  else know(await get(`people/${channel}/${person}`));
}

let running = null;
let before = {};

/** The numbers changed. */
function counted(numbers) {
  const it = foremost(numbers.broadcasts);
  if (it?.status === "starting" && running !== it.id) {
    running = it.id;
    wall.dim();
    announce(`${it.name} starts.`);
  }
  setAhead(numbers.ahead);
  clock.tick();
  ledger.show(numbers);
  trouble.show(numbers);
  tour.counted(numbers);
  at("mini").textContent = it?.audience ? `${it.sent}/${it.audience}` : "";
  at("processes").textContent = numbers.worker ? "all running" : "worker killed";
  at("processes").classList.toggle("dead", !numbers.worker);
  const state = { ahead: numbers.ahead, status: it?.status };
  if (before.ahead !== undefined && (state.ahead !== before.ahead || state.status !== before.status)) everybodyAgain();
  before = state;
}

/** Time, and broadcasts, change how everybody stands. */
async function everybodyAgain() {
  for (const person of (await get("people")).people) know(person);
}

/** On small screens one part is shown at a time. */
function tabs() {
  for (const button of document.querySelectorAll("[data-show]")) button.addEventListener("click", () => show(button.dataset.show));
}

function show(part) {
  document.body.dataset.tab = part;
  for (const each of document.querySelectorAll("[data-show]")) each.setAttribute("aria-pressed", String(each.dataset.show === part));
}
