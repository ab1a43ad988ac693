import type { RowChange } from "#functions/runtime/memory-table.ts";
import { most, type Pace } from "#functions/webhook/pace.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { clocksDiffer } from "./clocks.ts";
import { type Invariant, when } from "./invariant.ts";
import { deliveriesIn } from "./rows.ts";

/**
 * A slot is a lease of a minute. So whoever died holds one for nothing, and only who stands still in the middle of an
 * attempt for longer, or whose clock is off by as much, speaks without one: neither can be told from the outside.
 */
export const atItsPace: Invariant = {
  id: "B-31",
  promise:
    "five at most speak to an endpoint at once: who lives, does not stand still and has the right time",
  watch: (cloud) => ({
    committed: () =>
      clocksDiffer(cloud)
        ? []
        : [...cloud.receivers.peaks].flatMap(([url, peak]) =>
            when(peak > most, `${peak} spoke to ${url} at once`),
          ),
  }),
};

export const leftAlone: Invariant = {
  id: "B-31",
  promise: "to an endpoint that rests nobody speaks before its time",
  watch: (cloud) => ({
    committed: (changes) =>
      clocksDiffer(cloud)
        ? []
        : pacesIn(changes).flatMap(({ before, after }) => {
            const left = (before.restsUntil ?? 0) - cloud.world.scheduler.now();
            const isTaken = after.slots.some((slot) => !before.slots.includes(slot));
            return when(isTaken && left > 0, `${after.endpointId} was spoken to ${left} ms before its time`);
          }),
  }),
};

const pacesIn = (changes: readonly RowChange[]) =>
  changes.flatMap(({ table, key, before, after }) =>
    table === "webhooks" && key.sk === "pace" && before && after
      ? [{ before: before as unknown as Pace, after: after as unknown as Pace }]
      : [],
  );

const soon = 5 * 60_000;

/** What is made up for by the sweeper alone takes as long as its own schedule, up to a day. */
export const drained: Invariant = {
  id: "B-31",
  promise: "in fair weather what waited for an endpoint goes out once it is back",
  watch: (cloud) => {
    let calmSince: number | undefined;
    return {
      committed: (changes) => {
        const { fates, scheduler } = cloud.world;
        if (!fates.isCalm) return [];
        const now = scheduler.now();
        calmSince ??= now;
        const since = calmSince;
        return deliveriesIn(changes).flatMap(({ before, after }) => {
          if (before?.status !== "waiting" || after?.status !== "delivering") return [];
          const back = backSince(cloud, before.endpointId);
          const waited = now - Math.max(back, before.askedUntil ?? 0);
          const isForgotten = back > since && back > before.updatedAt && waited > soon;
          return when(isForgotten, `${before.eventId} went out ${waited} ms after its endpoint was back`);
        });
      },
    };
  },
};

const backSince = ({ table }: Cloud, endpointId: string): number =>
  Number(table.look("webhooks", { pk: endpointId, sk: "pace" })?.["recoveredAt"] ?? 0);
