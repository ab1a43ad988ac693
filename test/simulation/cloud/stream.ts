import type { RowChange } from "../../fakes/memory-table.ts";
import type { World } from "../engine/process.ts";
import type { Invoked } from "./state-machine.ts";

/** The outbox's stream: what was inserted, soon after, mostly. Silent for good in some schedules. */
export const createStream = (world: World, invoke: (event: unknown) => Promise<Invoked>) => {
  const { scheduler, random, fates } = world;
  const silent = random.chance(0.1);
  const feed = async (records: readonly object[]) => {
    // Two retries, then the records go to the dead letters and the rows to the sweeper.
    for (let tries = 3; tries > 0; tries -= 1) {
      if (!("fault" in (await invoke({ Records: records })))) return;
    }
  };
  return (changes: readonly RowChange[]): void => {
    const records = changes
      .filter(({ table, before, after }) => table === "outbox" && !before && after)
      .map(({ key }) => ({
        eventName: "INSERT",
        dynamodb: { Keys: { pk: { S: key.pk }, sk: { S: key.sk } } },
      }));
    if (records.length === 0 || (silent && !fates.isCalm) || fates.happens("stream silent")) return;
    for (let times = fates.happens("stream twice") ? 2 : 1; times > 0; times -= 1) {
      const delay = fates.happens("stream late") ? random.below(120_000) : random.below(300);
      scheduler.after(delay, "the stream wakes", () => void feed(records));
    }
  };
};
