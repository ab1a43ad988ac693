import { counted, secondsUntil, windowAt } from "#functions/runtime/counter.ts";
import type { Log } from "#functions/runtime/logger.ts";
import type { Quota } from "#functions/runtime/quota.ts";
import type { Table } from "#functions/runtime/table.ts";
import { Unavailable } from "#functions/runtime/unavailable.ts";
import type { Caller } from "#functions/values/caller.ts";
import type { Clock } from "#functions/values/clock.ts";
import { minute, requestsPerMinute } from "./limit.ts";

export type CountsRequests = {
  table: Pick<Table, "tally">;
  now: Clock;
  log: Pick<Log, "warn">;
  limitFactor: number;
};

/**
 * One write, once the key is accepted: a refused key counts nowhere. Whether the limit is passed the façade tells, in
 * its protocol's words. What can't be counted is let in (`undefined`): the gateway and the firewall have limits of their
 * own, and a shop is not closed for a counter.
 */
export const countRequest =
  (on: CountsRequests) =>
  async ({ principalId, role }: Caller): Promise<Quota | undefined> => {
    const now = on.now();
    const counter = { of: principalId, counts: "requests", within: minute };
    try {
      const { row } = await on.table.tally(counted(counter, now));
      return {
        limit: Math.ceil(requestsPerMinute[role] * on.limitFactor),
        used: Number(row?.["count"]),
        windowSeconds: minute / 1_000,
        resetSeconds: secondsUntil(windowAt(minute, now).endsAt, now),
      };
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      on.log.warn("a request was not counted", { principalId });
      return undefined;
    }
  };
