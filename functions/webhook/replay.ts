import { z } from "zod";
import { settling } from "#functions/outbox/feed.ts";
import type { Timers } from "#functions/runtime/timer.ts";
import { days, Instant, minutes } from "#functions/values/clock.ts";
import { EndpointId, ReplayId, StoreId } from "#functions/values/id.ts";
import { type Delivery, isFinal, startedAt } from "./delivery.ts";

const Status = z.enum(["running", "done"]);
type Status = z.infer<typeof Status>;

export const moves = {
  running: ["done"],
  done: [],
} as const satisfies Record<Status, readonly Status[]>;

export const times = {
  /** Until its first run: by then all can be read that was published as it was asked for. */
  soon: 2 * settling,
  /** Longer than a run: whoever is at it is left alone. */
  again: minutes(1),
  kept: days(90),
} as const;

export const timers = {
  running: { by: "webhook/sweep-deliveries", within: times.again, due: "own" },
  done: "rest",
} as const satisfies Timers<Status>;

/** `failed`: what an endpoint did not get, because it failed or was disabled. */
export const Only = z.enum(["all", "failed"]);
export type Only = z.infer<typeof Only>;

/** Sends an endpoint, once more or at last, what its store told in a time: page by page, in the order of `GET /events`. */
export const Replay = z.object({
  id: ReplayId,
  endpointId: EndpointId,
  storeId: StoreId,
  status: Status,
  /** Counts the writes: each is conditional on the version that it read. */
  version: z.int(),
  /** When it was published: both ends are in. */
  from: Instant,
  to: Instant,
  only: Only,
  /** How far it has come among its store's events. */
  cursor: z.string().optional(),
  resent: z.int(),
  requestedAt: Instant,
  updatedAt: Instant,
});
export type Replay = z.infer<typeof Replay>;

/** Also what its endpoint has no delivery of: from before it was there, or before it asked for such events. */
export const brings = ({ only }: Replay): boolean => only === "all";

/** What is on its way already is left to it; and a page that is taken twice sends nothing twice. */
export const isAsked = ({ only, requestedAt }: Replay, delivery: Delivery): boolean =>
  startedAt(delivery) < requestedAt &&
  (delivery.status === "waiting" || (isFinal(delivery.status) && wants[only](delivery)));

const wants = {
  all: () => true,
  failed: ({ status }) => status === "parked" || status === "canceled",
} as const satisfies Record<Only, (delivery: Delivery) => boolean>;

export const nextLook = ({ status, cursor, requestedAt, updatedAt }: Replay): Instant | undefined => {
  if (status === "done") return undefined;
  return cursor ? updatedAt + times.again : requestedAt + times.soon;
};
