import type { Row, Table } from "#functions/runtime/table.ts";
import { tryCommit } from "#functions/runtime/table.ts";
import type { Clock, Instant } from "#functions/values/clock.ts";
import { deliveriesOf, deliveryAt, placeOf, savedDelivery } from "./delivery.store.ts";
import { type Delivery, reopened } from "./delivery.ts";
import { savedReplay } from "./replay.store.ts";
import { isAsked, Replay } from "./replay.ts";
import type { WakeSender } from "./wake-sender.ts";

export type RunsReplays = { readonly table: Table; readonly wake: WakeSender; readonly now: Clock };

const pageSize = 50;

/**
 * Opens page after page again until the time is up; the next run goes on where this one came to. What a run that died
 * had opened of its page is not opened twice, and whoever is beaten to a page by another run stops.
 */
export const runReplay =
  (on: RunsReplays) =>
  async (row: Row, until: Instant): Promise<void> => {
    let replay = Replay.parse(row);
    while (replay.status === "running" && on.now() < until) {
      const further = await nextPage(on, replay);
      if ((await tryCommit(on.table, [savedReplay(replay, further)])).length > 0) return;
      replay = further;
    }
  };

const nextPage = async (on: RunsReplays, replay: Replay): Promise<Replay> => {
  const { rows, next } = await on.table.query("webhooks", {
    ...deliveriesOf(replay.endpointId),
    from: replay.from,
    to: replay.to,
    limit: pageSize,
    ...(replay.after && { after: placeOf({ ...replay, ...replay.after }, replay.after.createdAt) }),
  });
  const read = await Promise.all(rows.map((key) => deliveryAt(on.table, key)));
  const asked = read.filter((each) => each !== undefined).filter((each) => isAsked(replay, each));
  const opened = await Promise.all(asked.map((delivery) => reopen(on, delivery)));
  await on.wake(
    asked.filter((_, index) => opened[index]),
    0,
  );
  return {
    ...replay,
    status: next ? "running" : "done",
    version: replay.version + 1,
    after: next && { createdAt: Number(next["listAt"]), eventId: next.pk.split("#")[1] ?? "" },
    resent: replay.resent + opened.filter(Boolean).length,
    updatedAt: on.now(),
  };
};

/** One that moved meanwhile is on its way. */
const reopen = async ({ table, now }: RunsReplays, delivery: Delivery): Promise<boolean> =>
  (await tryCommit(table, [savedDelivery(delivery, reopened(delivery, now()))])).length === 0;
