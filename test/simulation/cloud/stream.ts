import type { RowChange } from "#functions/runtime/memory-table.ts";
import { count } from "../engine/faults.ts";
import type { World } from "../engine/process.ts";
import { outboxStream } from "./deployment.ts";
import type { Invoked } from "./state-machine.ts";

type Waiting = { readonly visibleAt: number; readonly record: object };
/** What one reader of the stream has before it, in order. */
type Lane = { readonly records: Waiting[]; isBusy: boolean; latest: number };

type Needs = {
  readonly invoke: (event: unknown) => Promise<Invoked>;
  readonly bury: (body: unknown) => void;
};

/**
 * The outbox's stream: what was inserted, soon after, mostly; in order for each key. A batch that fails is halved, so
 * that the good ones get through; what is given up lies in the dead letters, and its row is the sweeper's. Silent for
 * good in some schedules.
 */
export const createStream = (world: World, { invoke, bury }: Needs) => {
  const { scheduler, random, fates } = world;
  const silentForGood = random.chance(0.1);
  const isSilent = () => {
    if (!silentForGood || fates.isCalm) return fates.happens("stream silent");
    count(world.counts, "stream silent");
    return true;
  };
  const lanes: Lane[] = Array.from({ length: outboxStream.readers }, () => ({
    records: [],
    isBusy: false,
    latest: 0,
  }));
  const feed = async (records: readonly object[]): Promise<void> => {
    for (let tried = 0; tried <= outboxStream.retries; tried += 1) {
      if (!("fault" in (await invoke({ Records: records })))) return;
      if (records.length > 1) return halves(records);
    }
    bury({
      requestContext: { condition: "RetryAttemptsExhausted" },
      DDBStreamBatchInfo: { batchSize: records.length },
    });
  };
  const halves = async (records: readonly object[]) => {
    const middle = Math.ceil(records.length / 2);
    await feed(records.slice(0, middle));
    await feed(records.slice(middle));
  };
  const next = ({ records }: Lane): readonly object[] => {
    const visible = records.findIndex(({ visibleAt }) => visibleAt > scheduler.now());
    const count = Math.min(visible < 0 ? records.length : visible, outboxStream.batchSize);
    return records.splice(0, count).map(({ record }) => record);
  };
  const drain = async (lane: Lane) => {
    if (lane.isBusy) return;
    lane.isBusy = true;
    for (let batch = next(lane); batch.length > 0; batch = next(lane)) {
      await feed(batch);
      // Where it was read to was not kept.
      if (fates.happens("stream twice")) await feed(batch);
    }
    lane.isBusy = false;
  };
  return (changes: readonly RowChange[]): void => {
    const inserted = changes.filter(isInsert);
    if (inserted.length === 0 || isSilent()) return;
    for (const { key } of inserted) {
      const lane = lanes[hash(key.pk) % lanes.length] as Lane;
      const delay = random.below(fates.happens("stream late") ? 120_000 : 300);
      lane.latest = Math.max(lane.latest, scheduler.now() + delay);
      lane.records.push({ visibleAt: lane.latest, record: recordOf(key) });
      scheduler.at(lane.latest, "the stream wakes", () => void drain(lane));
    }
  };
};

const isInsert = ({ table, before, after }: RowChange): boolean => table === "outbox" && !before && !!after;

const recordOf = ({ pk, sk }: RowChange["key"]) => ({
  eventName: "INSERT",
  dynamodb: { Keys: { pk: { S: pk }, sk: { S: sk } } },
});

const hash = (pk: string): number =>
  [...pk].reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 65_521, 0);
