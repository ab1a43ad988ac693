import { z } from "zod";
import { canonicalJson, sha256 } from "#functions/runtime/canonical-json.ts";
import type { Timers } from "#functions/runtime/timer.ts";
import { hours, Instant, minutes, seconds, toIso } from "#functions/values/clock.ts";
import { type CheckoutId, CustomerId, ErasureId, StoreId } from "#functions/values/id.ts";

export const Status = z.enum(["waiting", "done"]);
export type Status = z.infer<typeof Status>;

/** The whole state machine. A move that is not in this table is refused. */
export const moves = {
  /** Something of the person is under way, or the index may not have told of all of it yet. */
  waiting: ["done"],
  done: [],
} as const satisfies Record<Status, readonly Status[]>;

export const times = {
  /** What an index tells of a row is there after seconds: who looked earlier looks once more. */
  indexLag: seconds(30),
  look: minutes(1),
  /** What is not over within an hour is a bank's, or a store's that does not confirm. */
  soon: hours(1),
  lookLater: hours(1),
} as const;

export const timers = {
  waiting: { by: "customer/sweep-erasures", within: times.lookLater, due: "own" },
  done: "rest",
} as const satisfies Timers<Status>;

/** Why a checkout's data cannot go yet: somebody still has to pay, ship or be paid back, or it is frozen. */
export const WaitsFor = z.enum(["checkout", "order", "refund", "restriction"]);
export type WaitsFor = z.infer<typeof WaitsFor>;

/** A person's wish to be forgotten, on its way until nothing of them can be read. Names nobody once it is done. */
export const Erasure = z.object({
  id: ErasureId,
  storeId: StoreId,
  status: Status,
  /** Whom to look for; gone when it is done. */
  customerId: CustomerId.optional(),
  version: z.int(),
  requestedAt: Instant,
  lookedAt: Instant,
  waitsFor: z.array(WaitsFor),
  doneAt: Instant.optional(),
  /** What was erased, and its digest: proves later which checkouts it covered, and that none was added. */
  receipt: z.object({ checkouts: z.int(), sha256: z.string() }).optional(),
});
export type Erasure = z.infer<typeof Erasure>;

/** One for what there is by now: it has the id of the customer's newest checkout, so asking twice is one erasure. */
export const erasureIdOf = (newest: CheckoutId): ErasureId => `era_${newest.slice("chk_".length)}`;

export const newErasure = (
  { storeId, customerId }: { storeId: StoreId; customerId: CustomerId },
  newest: CheckoutId,
  now: Instant,
): Erasure => ({
  id: erasureIdOf(newest),
  storeId,
  status: "waiting",
  customerId,
  version: 1,
  requestedAt: now,
  lookedAt: now,
  waitsFor: [],
});

export const stillWaiting = (before: Erasure, waitsFor: readonly WaitsFor[], now: Instant): Erasure => ({
  ...before,
  version: before.version + 1,
  lookedAt: now,
  waitsFor: [...new Set(waitsFor)].sort(),
});

export const done = (before: Erasure, checkoutIds: readonly CheckoutId[], now: Instant): Erasure => ({
  ...before,
  status: "done",
  customerId: undefined,
  version: before.version + 1,
  lookedAt: now,
  waitsFor: [],
  doneAt: now,
  receipt: { checkouts: checkoutIds.length, sha256: digestOf(before, checkoutIds) },
});

/** SHA-256 of the canonical JSON of erasure, store and checkouts: whoever has the list can check it. */
export const digestOf = ({ id, storeId }: Erasure, checkoutIds: readonly CheckoutId[]): string =>
  sha256(canonicalJson({ id, storeId, checkoutIds: [...checkoutIds].sort() }));

export const nextLook = ({ status, requestedAt, lookedAt }: Erasure): Instant | undefined => {
  if (status === "done") return undefined;
  return lookedAt + (lookedAt - requestedAt < times.soon ? times.look : times.lookLater);
};

export const ErasureView = z.object({
  id: ErasureId,
  status: Status,
  /** What has to be over first; it is looked at again by itself. */
  waitsFor: z.array(WaitsFor),
  requestedAt: z.iso.datetime(),
  doneAt: z.iso.datetime().optional(),
  receipt: Erasure.shape.receipt,
});
export type ErasureView = z.infer<typeof ErasureView>;

export const viewErasure = ({ id, status, waitsFor, receipt, ...at }: Erasure): ErasureView => ({
  id,
  status,
  waitsFor,
  requestedAt: toIso(at.requestedAt),
  ...(at.doneAt !== undefined && { doneAt: toIso(at.doneAt) }),
  ...(receipt && { receipt }),
});
