import { accessBugs } from "./access-bugs.ts";
import type { Bug } from "./bug.ts";
import { laterBugs } from "./later-bugs.ts";
import { purchaseBugs } from "./purchase-bugs.ts";
import { sendingBugs } from "./sending-bugs.ts";
import { tellingBugs } from "./telling-bugs.ts";

export const bugs: readonly Bug[] = [
  ...purchaseBugs,
  ...tellingBugs,
  ...sendingBugs,
  ...laterBugs,
  ...accessBugs,
];
