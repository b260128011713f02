/** The demo's time: the machine's, and as far ahead as its clock was moved. */

let ahead = 0; // ms

/** Set how many seconds the clock was moved. */
export function setAhead(seconds) {
  ahead = seconds * 1000;
}

/** Return the present moment, in milliseconds. */
export function now() {
  return Date.now() + ahead;
}

/** Return a moment as a phone shows it: the time, and the day where it is not the machine's today. */
export function moment(at) {
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const today = new Date(at).toDateString() === new Date().toDateString();
  return new Date(at).toLocaleString([], today ? time : { weekday: "short", day: "numeric", month: "short", ...time });
}
