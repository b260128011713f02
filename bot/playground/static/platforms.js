/** What differs between the platforms, in one table. */

import * as messenger from "./messenger.js";
import * as wechat from "./wechat.js";

export const PLATFORMS = {
  messenger: {
    ...messenger,
    title: "Messenger",
    account: "Simulated Page",
    placeholder: "Aa",
    standings: {
      open: "can be written to",
      closed: "window closed: out of reach, but for a template",
      stopped: "opted out",
      blocked: "has blocked the Page",
    },
    away: "Block the Page",
    back: "Unblock the Page",
    hue: [212, 62], // Messenger's blue to violet
  },
  wechat: {
    ...wechat,
    title: "WeChat",
    account: "Simulated Account",
    placeholder: "",
    faces: true,
    standings: {
      open: "can be written to",
      closed: "had their four messages of this month",
      stopped: "opted out",
      blocked: "unfollowed, or refuses messages",
    },
    away: "Unfollow",
    back: "Follow again",
    hue: [132, 36], // WeChat's green
  },
};

/** Return the colour of a person's tile, always the same for the same person. */
export function hue({ id, platform }) {
  const [from, span] = PLATFORMS[platform].hue;
  const sum = [...id].reduce((total, letter) => (total * 31 + letter.charCodeAt(0)) % 9973, 7);
  return from + (sum % span);
}
