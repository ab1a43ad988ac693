import type { Order, Status } from "#functions/order/order.ts";
import { type Progress, progressOf } from "#functions/order/progress.ts";
import type { Version } from "./version.ts";

type Words = Readonly<Record<Exclude<Status, "confirmed"> | Progress, string | undefined>>;

const words = {
  "2026-04-17": {
    placed: "created",
    unfulfilled: "confirmed",
    partial: "processing",
    fulfilled: "shipped",
    delivered: "completed",
    canceling: "canceled",
    canceled: "canceled",
  },
  /** It has no word for a canceled order inside a session: a message says it (`adjustmentMessages`). */
  "2026-01-30": {
    placed: "processing",
    unfulfilled: "confirmed",
    partial: "processing",
    fulfilled: "shipped",
    delivered: "delivered",
    canceling: undefined,
    canceled: undefined,
  },
} as const satisfies Record<Version, Words>;

/** Until 2026-01-30 the event had its own. */
const oldWebhook = {
  placed: "created",
  unfulfilled: "confirmed",
  partial: "confirmed",
  fulfilled: "shipped",
  delivered: "fulfilled",
  canceling: "canceled",
  canceled: "canceled",
} as const satisfies Words;

const said =
  <Said>(by: Readonly<Record<keyof Words, Said>>) =>
  (order: Order): Said =>
    by[order.status === "confirmed" ? progressOf(order) : order.status];

/** How far an order is, as a version of the protocol says it. */
export const statusIn = {
  "2026-04-17": said<string | undefined>(words["2026-04-17"]),
  "2026-01-30": said<string | undefined>(words["2026-01-30"]),
} as const satisfies Record<Version, (order: Order) => string | undefined>;

export const statusInOldWebhook = said<string>(oldWebhook);
