import type { RowChange } from "../../fakes/memory-table.ts";
import type { World } from "../engine/process.ts";
import type { Invoked } from "./state-machine.ts";

/** The outbox's stream: what was inserted, soon after, mostly. Silent for good in some schedules. */
export const createStream = (world: World, invoke: (event: unknown) => Promise<Invoked>) => {
  const { scheduler, random, fates } = world;
  const silentForGood = random.chance(0.1);
  const isSilent = () => (silentForGood && !fates.isCalm) || fates.happens("stream silent");
  const feed = async (records: readonly object[]) => {
    // Two retries, then the records go to the dead letters and the rows to the sweeper.
    for (let tries = 3; tries > 0; tries -= 1) {
      if (!("fault" in (await invoke({ Records: records })))) return;
    }
  };
  const wake = (records: readonly object[]) => {
    const delay = random.below(fates.happens("stream late") ? 120_000 : 300);
    scheduler.after(delay, "the stream wakes", () => void feed(records));
  };
  return (changes: readonly RowChange[]): void => {
    const records = changes.filter(isInsert).map(recordOf);
    if (records.length === 0 || isSilent()) return;
    wake(records);
    if (fates.happens("stream twice")) wake(records);
  };
};

const isInsert = ({ table, before, after }: RowChange): boolean => table === "outbox" && !before && !!after;

const recordOf = ({ key }: RowChange) => ({
  eventName: "INSERT",
  dynamodb: { Keys: { pk: { S: key.pk }, sk: { S: key.sk } } },
});
