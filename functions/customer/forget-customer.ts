import { recordedAct } from "#functions/audit/audit.store.ts";
import { customerKeys, type HeldKey } from "#functions/privacy/checkout-key.store.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import { erasedBy, readErasure, savedErasure } from "./erasure.store.ts";
import { done, type Erasure, stillWaiting, times, type WaitsFor } from "./erasure.ts";
import { type ForgetsCheckouts, forgetCheckout } from "./forget-checkout.ts";

export type ForgetsCustomers = ForgetsCheckouts & { table: Table };

/** How much one run takes on, and how much of it at once; the next run goes on. */
const limits = { run: 200, atOnce: 10 } as const;

/**
 * Takes an erasure as far as it goes now: what is at rest is unreadable when this answers, the rest is looked at again.
 * It is done when nothing is left, and not before the index had time to tell of everything.
 */
export const forgetCustomer =
  (on: ForgetsCustomers) =>
  async (erasure: Erasure): Promise<Erasure> => {
    const { storeId, customerId } = erasure;
    if (!customerId) return erasure;
    const keys = await customerKeys(on.table, { storeId, customerId }, erasure.requestedAt);
    const waitsFor = await forgetAll(on, erasure, keys.slice(0, limits.run));
    const now = on.now();
    const isOver = waitsFor.length === 0 && keys.length <= limits.run && now >= lookedFrom(erasure);
    return isOver ? finish(on, erasure, now) : saved(on, erasure, stillWaiting(erasure, waitsFor, now));
  };

const lookedFrom = ({ requestedAt }: Erasure): Instant => requestedAt + times.indexLag;

const finish = async (on: ForgetsCustomers, erasure: Erasure, now: Instant): Promise<Erasure> => {
  const after = done(erasure, await erasedBy(on.table, erasure), now);
  return saved(on, erasure, after, [recorded(after, now)]);
};

/** Another run may have been faster: then what it wrote is how far it is. */
const saved = async (
  on: ForgetsCustomers,
  before: Erasure,
  after: Erasure,
  beside: readonly Write[] = [],
): Promise<Erasure> => {
  const lost = await tryCommit(on.table, [savedErasure(before, after), ...beside]);
  return (lost.length > 0 && (await readErasure(on.table, before.storeId, before.id))) || after;
};

const forgetAll = async (
  on: ForgetsCustomers,
  erasure: Erasure,
  keys: readonly HeldKey[],
): Promise<WaitsFor[]> => {
  const waitsFor: WaitsFor[] = [];
  for (let start = 0; start < keys.length; start += limits.atOnce) {
    const some = keys.slice(start, start + limits.atOnce);
    const answers = await Promise.all(some.map((key) => forgetCheckout(on)(erasure, key)));
    waitsFor.push(...answers.filter((answer) => answer !== undefined));
  }
  return waitsFor;
};

const recorded = ({ id, storeId }: Erasure, now: Instant) =>
  recordedAct({
    action: "erasure.done",
    actor: { role: "service", requestId: id },
    storeId,
    at: now,
    decidedBy: "schedule",
    about: { erasureId: id },
  });
