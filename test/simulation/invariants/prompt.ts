import type { Cloud } from "../cloud/cloud.ts";
import { isSlow } from "../cloud/receivers.ts";
import { eventIn } from "./delivered.ts";
import { type Invariant, when } from "./invariant.ts";

/**
 * Where nothing went wrong at all: from the moment that an event says it happened, which is before its commit, to its
 * first attempt, in virtual milliseconds. Who takes long to answer sets the pace, and is left out.
 */
export const firstAttempts = (cloud: Cloud): number[] =>
  attempted(cloud).flatMap(({ url, took }) => (isSlow(url) ? [] : [took]));

const attempted = ({ receivers, shops, world }: Cloud) => {
  if (world.counts.size > 0) return [];
  const listeners = new Map(
    shops.flatMap(({ endpoints }) =>
      endpoints.flatMap(({ kind, url, verifiedAt = 0 }) =>
        kind === "acp" ? [] : [[url, verifiedAt] as const],
      ),
    ),
  );
  const seen = new Set<string>();
  return receivers.received.flatMap((received) => {
    const { url, at, body } = received;
    const place = `${url} ${eventIn(received)}`;
    const since = listeners.get(url);
    if (since === undefined || seen.has(place)) return [];
    seen.add(place);
    const { type, timestamp } = JSON.parse(body) as { type: string; timestamp: string };
    // What comes by a replay is told when somebody asks for it.
    return Date.parse(timestamp) < since ? [] : [{ url, type, took: at - Date.parse(timestamp) }];
  });
};

/** Seven tests at once, of which some come late to the queue: half of what a slot lasts that nobody uses. */
const longest = 30_000;

export const prompt: Invariant = {
  id: "B-31",
  promise: "where nothing goes wrong nothing waits for a sweeper or for a slot that nobody uses",
  watch: (cloud) => ({
    atRest: () =>
      attempted(cloud).flatMap(({ url, type, took }) =>
        when(!isSlow(url) && took > longest, `${type} was first told at ${url} after ${took} ms`),
      ),
  }),
};
