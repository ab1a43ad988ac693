import { z } from "zod";
import { canonicalJson, sha256 } from "#functions/runtime/canonical-json.ts";
import type { Timers } from "#functions/runtime/timer.ts";
import { hours, Instant, minutes, seconds, toIso } from "#functions/values/clock.ts";
import { CheckoutId, CustomerId, ErasureId, newId, type RandomBytes, StoreId } from "#functions/values/id.ts";

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

/**
 * Why a checkout's data cannot go yet: somebody still has to pay, ship or be paid back, a bank asks for evidence, or it is
 * frozen.
 */
export const WaitsFor = z.enum(["checkout", "order", "dispute", "refund", "restriction"]);
export type WaitsFor = z.infer<typeof WaitsFor>;

/** A person's wish to be forgotten, on its way until nothing of them can be read. Names nobody once it is done. */
export const Erasure = z.object({
  id: ErasureId,
  storeId: StoreId,
  status: Status,
  /** Whom to look for; gone when it is done. */
  customerId: CustomerId.optional(),
  /** What else they may be found under, since the store's key was rotated. */
  otherIds: z.array(CustomerId).default([]),
  version: z.int(),
  requestedAt: Instant,
  /** When it was last asked for: it covers what was begun until then. */
  askedAt: Instant,
  lookedAt: Instant,
  /** What was found and can still be read: it is waited for, whatever e-mail address is said in it by now. */
  left: z.array(CheckoutId),
  waitsFor: z.array(WaitsFor),
  doneAt: Instant.optional(),
  /** What was erased, and its digest: proves later which checkouts it covered, and that none was added. */
  receipt: z.object({ checkouts: z.int(), sha256: z.string() }).optional(),
});
export type Erasure = z.infer<typeof Erasure>;

/** What one row holds; a customer who has more is found by the index alone for the oldest of it. */
const remembered = 2_000;

type Covered = {
  readonly storeId: StoreId;
  readonly customerId: CustomerId;
  readonly customerIds: readonly CustomerId[];
  /** Newest first. */
  readonly checkoutIds: readonly CheckoutId[];
};

/** Its id follows from nothing: who was forgotten cannot be told from it, not even by whoever knows the person. */
export const newErasure = (
  { storeId, customerId, customerIds, checkoutIds }: Covered,
  { now, random }: { now: Instant; random: RandomBytes },
): Erasure & { customerId: CustomerId } => ({
  id: newId("era", random),
  storeId,
  status: "waiting",
  customerId,
  otherIds: customerIds.filter((id) => id !== customerId),
  version: 1,
  requestedAt: now,
  askedAt: now,
  lookedAt: now,
  left: checkoutIds.slice(0, remembered),
  waitsFor: [],
});

export const askedAgain = (
  before: Erasure,
  { checkoutIds, customerIds }: Covered,
  now: Instant,
): Erasure => ({
  ...alsoKnown(before, customerIds),
  version: before.version + 1,
  askedAt: now,
  left: [...new Set([...before.left, ...checkoutIds])].slice(0, remembered),
});

/** The store's key was rotated: they are found under these ids, too. */
export const alsoKnown = (before: Erasure, news: readonly CustomerId[]): Erasure => ({
  ...before,
  otherIds: [...new Set([...before.otherIds, ...news])].filter((id) => id !== before.customerId),
  version: before.version + 1,
});

export const idsOf = ({ otherIds }: Erasure, customerId: CustomerId): CustomerId[] => [
  customerId,
  ...otherIds,
];

type Found = { readonly left: readonly CheckoutId[]; readonly waitsFor: readonly WaitsFor[] };

export const stillWaiting = (before: Erasure, { left, waitsFor }: Found, now: Instant): Erasure => ({
  ...before,
  version: before.version + 1,
  lookedAt: now,
  left: left.slice(0, remembered),
  waitsFor: [...new Set(waitsFor)].sort(),
});

/** Nothing can be read any more, and the index had time to tell of everything. */
export const isOver = ({ askedAt }: Erasure, { left }: Found, now: Instant): boolean =>
  left.length === 0 && now >= askedAt + times.indexLag;

export const done = (before: Erasure, checkoutIds: readonly CheckoutId[], now: Instant): Erasure => ({
  ...before,
  status: "done",
  customerId: undefined,
  otherIds: [],
  version: before.version + 1,
  lookedAt: now,
  left: [],
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
