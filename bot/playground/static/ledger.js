/** The ledger's numbers: one bar and one sum that always add up to the audience. */

import { announce, el } from "./dom.js";

const RATE_OVER = 2500; // ms; the rate is what was sent in the time just past

/** The parts of the bar, from done to not begun, together everybody; who has read it is in the number delivered too. */
const PARTS = [
  ["read", (it) => it.read],
  ["delivered", (it) => it.delivered - it.read],
  ["sent", (it) => it.sent - it.delivered],
  ["unknown", (it) => it.unknown],
  ["failed", (it) => it.failed],
  ["skipped", (it) => it.skipped],
  ["pending", (it) => it.pending],
];

const SUM = ["pending", "sent", "failed", "skipped", "unknown"];

const REASONS = {
  outside_window: "window closed",
  opted_out: "opted out",
  unreachable: "unreachable",
  cancelled: "cancelled",
  worker_lost: "the worker was lost",
  no_answer: "no answer came",
};

const MOVING = new Set(["starting", "sending"]);
const WAITING = new Set(["paused", "scheduled"]);

/** Return the broadcast to look at: the newest that moves, else the newest that waits or has been, else a draft. */
export function foremost(broadcasts) {
  const newest = [...broadcasts].reverse();
  return newest.find((it) => MOVING.has(it.status)) ?? newest.find((it) => WAITING.has(it.status) || it.audience) ?? newest[0];
}

export class Ledger {
  constructor(element) {
    this.moments = [];
    this.name = el("h2", { id: "ledger-title" }, "The ledger");
    this.channel = el("i", {});
    this.chip = el("span", { class: "chip", hidden: true });
    this.rate = el("p", { class: "rate" });
    this.segments = new Map(PARTS.map(([name]) => [name, el("i", { class: name })]));
    this.numbers = new Map(SUM.map((name) => [name, el("dd", {}, "0")]));
    this.audience = el("dd", {}, "0");
    this.verdict = el("span", { class: "verdict" });
    this.copies = el("dd", {}, "0");
    this.counted = el("div", { class: "copies", hidden: true }, el("dt", {}, "most on a phone"), this.copies);
    this.counted.title = "Counted by the simulated platform: of each message of a broadcast, one copy at most.";
    this.within = el("p", { class: "within" });
    this.why = el("p", { class: "why" });
    this.earlier = el("ul", { class: "earlier" });
    element.append(
      el("header", {}, this.channel, this.name, this.chip, this.rate),
      el("div", { class: "bar", aria: { hidden: "true" } }, ...this.segments.values()),
      el(
        "dl",
        { class: "sum" },
        ...SUM.flatMap((name, at) => [
          el("div", { class: name }, el("dt", {}, name), this.numbers.get(name)),
          el("span", { class: "sign", aria: { hidden: "true" } }, at < SUM.length - 1 ? "+" : "="),
        ]),
        el("div", { class: "audience" }, el("dt", {}, "audience"), this.audience, this.verdict),
        this.counted,
      ),
      this.why,
      this.within,
      this.earlier,
    );
  }

  /** Show the numbers as they are now. */
  show({ broadcasts, paused, copies }) {
    const it = foremost(broadcasts);
    if (!it) {
      this.within.textContent = "No broadcast yet. Everything that is sent is counted here, and nobody is lost.";
      return;
    }
    this.name.textContent = it.name;
    const waits = paused.includes(it.channel);
    this.channel.className = it.platform;
    this.chip.hidden = false;
    this.chip.textContent = waits ? `${it.status}, channel waits` : it.status;
    this.chip.dataset.status = waits ? "paused" : it.status;
    for (const [name, part] of PARTS) this.segments.get(name).style.flexGrow = part(it);
    for (const name of SUM) this.numbers.get(name).textContent = it[name];
    this.audience.textContent = it.audience;
    const balances = SUM.reduce((sum, name) => sum + it[name], 0) === it.audience;
    this.verdict.textContent = balances ? "✓" : "does not add up";
    this.verdict.title = balances ? "The parts add up to the audience." : "Please report this.";
    this.counted.hidden = !copies[it.platform]; // nothing that the platform can tell apart has come to a phone
    this.counted.classList.toggle("twice", copies[it.platform] > 1);
    this.copies.textContent = copies[it.platform];
    this.within.replaceChildren(...(it.audience ? within(it) : ["Nobody is in the ledger before it starts."]));
    if (it.why && it.why !== this.why.textContent) announce(it.why);
    this.why.textContent = it.why;
    this.#pace(it);
    this.#others(broadcasts.filter((other) => other.id !== it.id && other.audience));
  }

  #pace(it) {
    const now = performance.now();
    if (this.moments.at(-1)?.id !== it.id) this.moments = [];
    this.moments.push({ id: it.id, at: now, sent: it.sent });
    this.moments = this.moments.filter((moment) => now - moment.at <= RATE_OVER || moment === this.moments.at(-1));
    const first = this.moments[0];
    const rate = it.status === "sending" && now > first.at ? ((it.sent - first.sent) * 1000) / (now - first.at) : 0;
    this.rate.textContent = rate >= 0.5 ? `${rate.toFixed(0)} messages a second` : ""; // "0" while it waits tells nothing
  }

  #others(broadcasts) {
    this.earlier.replaceChildren(
      ...broadcasts
        .slice(-3)
        .reverse()
        .map((it) => el("li", {}, el("i", { class: it.platform }), el("b", {}, it.name), ` ${it.status}: ${it.sent} sent of ${it.audience}`)),
    );
  }
}

function within(it) {
  const receipts = it.platform === "wechat" ? told(it.jobs) : `${it.delivered} delivered, ${it.read} of them read`;
  const reasons = it.reasons.map(({ state, reason, count }) => `${count} ${state}: ${REASONS[reason] ?? reason.replaceAll("_", " ")}`);
  return (it.sent ? [receipts, ...reasons] : reasons).map((words) => el("span", {}, words));
}

/** WeChat counts whom a mass message reached and names nobody, so the ledger has them all as sent. */
function told(jobs) {
  if (!jobs) return "one by one; WeChat tells no receipts";
  if (jobs.over) return "WeChat says that it went out, and lost its count";
  if (jobs.total === undefined) return "WeChat has not said yet whom it reached";
  return `WeChat says ${jobs.sent} of ${jobs.total} got it, and does not say who`;
}
