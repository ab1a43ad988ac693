import { recordedAct } from "#functions/audit/audit.store.ts";
import { customerKeys, type HeldKey, readCheckoutKey } from "#functions/privacy/checkout-key.store.ts";
import { forgottenMove } from "#functions/privacy/moved-customer.store.ts";
import { type Table, tryCommit, type Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import { erasedBy, readErasure, savedErasure } from "./erasure.store.ts";
import { done, type Erasure, idsOf, isOver, stillWaiting, type WaitsFor } from "./erasure.ts";
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
    const keys = await keysOf(on, erasure, { storeId, customerIds: idsOf(erasure, customerId) });
    const held = await forgetAll(on, erasure, keys.slice(0, limits.run));
    const now = on.now();
    const found = {
      left: [...held.map(({ key }) => key), ...keys.slice(limits.run)].map(
        ({ subject }) => subject.checkoutId,
      ),
      waitsFor: held.map(({ waitsFor }) => waitsFor),
    };
    return isOver(erasure, found, now)
      ? finish(on, erasure, now)
      : saved(on, erasure, stillWaiting(erasure, found, now));
  };

/** What the index tells, and what was found before and is another's by now: it was asked for while it was theirs. */
const keysOf = async (
  { table }: ForgetsCustomers,
  { storeId, left, askedAt }: Erasure,
  customer: Parameters<typeof customerKeys>[1],
): Promise<HeldKey[]> => {
  const told = await customerKeys(table, customer, askedAt);
  const known = new Set(told.map(({ subject }) => subject.checkoutId));
  const others = left.filter((checkoutId) => !known.has(checkoutId));
  const found = await Promise.all(
    others.map((checkoutId) => readCheckoutKey(table, { storeId, checkoutId })),
  );
  return [...told, ...found.filter((key) => key !== undefined)];
};

const finish = async (on: ForgetsCustomers, erasure: Erasure, now: Instant): Promise<Erasure> => {
  const after = done(erasure, await erasedBy(on.table, erasure), now);
  return saved(on, erasure, after, [recorded(after, now), ...forgottenMoves(erasure)]);
};

/** Nor is it known any more under which id they were. */
const forgottenMoves = (erasure: Erasure): Write[] =>
  (erasure.customerId ? idsOf(erasure, erasure.customerId) : []).map((id) =>
    forgottenMove(erasure.storeId, id),
  );

/** Another run may have been faster: then what it wrote is how far it is. */
const saved = async (
  on: ForgetsCustomers,
  before: Erasure,
  after: Erasure,
  beside: readonly Write[] = [],
): Promise<Erasure> => {
  const lost = await tryCommit(on.table, [...savedErasure(before, after), ...beside]);
  return (lost.length > 0 && (await readErasure(on.table, before.storeId, before.id))) || after;
};

type Held = { readonly key: HeldKey; readonly waitsFor: WaitsFor };

const heldBy = (key: HeldKey, waitsFor: WaitsFor | undefined): Held[] =>
  waitsFor ? [{ key, waitsFor }] : [];

const forgetAll = async (
  on: ForgetsCustomers,
  erasure: Erasure,
  keys: readonly HeldKey[],
): Promise<Held[]> => {
  const held: Held[] = [];
  for (let start = 0; start < keys.length; start += limits.atOnce) {
    const some = keys.slice(start, start + limits.atOnce);
    const answers = await Promise.all(some.map((key) => forgetCheckout(on)(erasure, key)));
    held.push(...some.flatMap((key, place) => heldBy(key, answers[place])));
  }
  return held;
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
