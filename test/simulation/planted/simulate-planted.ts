import { parseArgs } from "node:util";
import { runCampaign } from "../campaign.ts";
import { bugs } from "./bugs.ts";

/** Each bug is looked for until it is found, in so many schedules at most. */
const { values } = parseArgs({
  options: {
    schedules: { type: "string", default: "10000" },
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: "2" },
    only: { type: "string", default: "" },
  },
});

const rows: string[] = [];
let missed = 0;
for (const { name } of bugs.filter((each) => each.name.includes(values.only))) {
  const result = await runCampaign({
    schedules: Number(values.schedules),
    seed: Number(values.seed),
    workers: Number(values.workers),
    planted: name,
  });
  const { found } = result;
  if (!found) missed += 1;
  const after = found ? `${found.seed - Number(values.seed) + 1}` : "-";
  const by = found ? `${found.broken.invariant} ${found.broken.what}` : `MISSED in ${result.schedules}`;
  rows.push(`${name.padEnd(48)} ${after.padStart(6)}  ${by.slice(0, 110)}`);
  console.log(rows.at(-1));
}
console.log(`\n${rows.length - missed} of ${rows.length} found`);
process.exitCode = missed > 0 ? 1 : 0;
