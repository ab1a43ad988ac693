import { allRows } from "#functions/runtime/all-rows.ts";
import { all, any, atMost, equals, missing } from "#functions/runtime/condition.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import { days, type Instant } from "#functions/values/clock.ts";
import type { CheckoutId, OrderId, StoreId } from "#functions/values/id.ts";
import { moves, Payment, type Search, type Status, stripeKeyOf } from "./payment.ts";

export type PaymentStore = {
  get(storeId: StoreId, checkoutId: CheckoutId, attempt: number): Promise<Payment | undefined>;
  /** Every attempt of a checkout, oldest first. */
  list(storeId: StoreId, checkoutId: CheckoutId): Promise<Payment[]>;
};

export const paymentStore = (table: Pick<Table, "get" | "query">): PaymentStore => ({
  get: async (storeId, checkoutId, attempt) => {
    const row = await table.get("commerce", paymentKey({ storeId, checkoutId, attempt }));
    return row && Payment.parse(row);
  },
  list: async (storeId, checkoutId) => {
    const { pk, sk } = paymentKey({ storeId, checkoutId, attempt: 0 });
    const rows = await allRows(table, "commerce", { pk, from: sk, to: "payment#~" });
    return rows.map((row) => Payment.parse(row));
  },
});

type Attempt = Pick<Payment, "storeId" | "checkoutId" | "attempt">;

const paymentKey = ({ storeId, checkoutId, attempt }: Attempt): Key => ({
  pk: `${storeId}#${checkoutId}`,
  sk: `payment#${String(attempt).padStart(4, "0")}`,
});

export type StartPayment = Omit<
  Payment,
  | "stripeKey"
  | "status"
  | "orderEpoch"
  | "updatedAt"
  | "searched"
  | "paymentIntentId"
  | "chargeId"
  | "captureBefore"
  | "returned"
  | "declineCode"
> & { sealedToken: Uint8Array };

/** The row that must exist before Stripe is called. */
export const startPayment = (start: StartPayment): Write => {
  const { checkoutId, attempt, requestedAt } = start;
  const payment = Payment.parse({
    ...start,
    stripeKey: stripeKeyOf(checkoutId, attempt),
    status: "requested",
    updatedAt: requestedAt,
  });
  return {
    table: "commerce",
    key: paymentKey(payment),
    change: { put: kept(payment) },
    condition: missing(),
  };
};

/** A payment names nobody; no store's books are kept longer (`store/retention.ts`). */
const longestLedger = days(15 * 365.25);

const kept = (payment: Payment) => ({
  ...payment,
  expiresAtSeconds: Math.ceil((payment.requestedAt + longestLedger) / 1_000),
});

/** The row of an attempt that was lost together with what came after it: its PaymentIntent is all that is left. */
export const importedPayment = (
  found: Omit<StartPayment, "sealedToken" | "sealedAuthentication"> & { paymentIntentId: string },
): Write => {
  const { checkoutId, attempt } = found;
  const payment = Payment.parse({
    ...found,
    stripeKey: stripeKeyOf(checkoutId, attempt),
    status: "requested",
    updatedAt: found.requestedAt,
  });
  return {
    table: "commerce",
    key: paymentKey(payment),
    change: { put: kept(payment) },
    condition: missing(),
  };
};

/** Which run writes: by the epoch of its checkout, or of its order where it has one. */
export type Run = { readonly epoch: number; readonly orderId?: OrderId | undefined };

export type Facts = Partial<
  Pick<Payment, "paymentIntentId" | "chargeId" | "captureBefore" | "returned" | "declineCode">
>;

/**
 * Refused when the payment moved meanwhile or a newer run has written here. Whatever the move, the attempt is
 * settled by it, so the token goes.
 */
export const movedPayment = (
  before: Payment,
  to: Status,
  by: Run & { readonly now: Instant },
  facts: Facts = {},
): Write => {
  if (!(moves[before.status] as readonly Status[]).includes(to))
    throw new Error(`a payment does not move from ${before.status} to ${to}`);
  const fence = by.orderId === undefined ? "epoch" : "orderEpoch";
  return {
    table: "commerce",
    key: paymentKey(before),
    change: {
      set: {
        ...facts,
        status: to,
        [fence]: by.epoch,
        updatedAt: by.now,
        sealedToken: undefined,
        sealedAuthentication: undefined,
        searched: undefined,
      },
    },
    condition: all(equals("status", before.status), any(missing(fence), atMost(fence, by.epoch))),
  };
};

/** From here on the attempt can only be looked up. Refused once it is settled, which takes the token as well. */
export const forgottenToken = (payment: Payment): Write => ({
  table: "commerce",
  key: paymentKey(payment),
  change: { set: { sealedToken: undefined, sealedAuthentication: undefined } },
  condition: equals("status", "requested"),
});

/** A fact about Stripe's list, whoever found it: it moves nothing. Refused once the attempt is settled. */
export const searchedPayment = (payment: Payment, searched: Search): Write => ({
  table: "commerce",
  key: paymentKey(payment),
  change: { set: { searched } },
  condition: equals("status", "requested"),
});
