import { z } from "zod";
import { SettledChannel } from "#functions/checkout/checkout.ts";
import { Fulfillment } from "#functions/fulfillment/fulfillment.ts";
import { Quote } from "#functions/pricing/pricing.ts";
import type { Timers } from "#functions/runtime/timer.ts";
import { PolicyDigests } from "#functions/store/policy.ts";
import { days, hours, Instant, minutes, seconds } from "#functions/values/clock.ts";
import { CheckoutId, OrderId, PrincipalId, StoreId } from "#functions/values/id.ts";
import { MinorUnits } from "#functions/values/money.ts";
import { Sealed } from "#functions/values/sealed.ts";
import { Dispute, disputedOf, isContested, isFrozen, mayNotShip } from "./dispute.ts";
import { Refund, type RefundStatus, refundedOf, refundingOf } from "./refund.ts";

export const Status = z.enum(["placed", "confirmed", "canceling", "canceled"]);
export type Status = z.infer<typeof Status>;

/** The whole state machine. A move that is not in this table is refused. */
export const moves = {
  /** Payment authorized, store not yet asked. */
  placed: ["confirmed", "canceling"],
  /** The store took it and the money is captured. It rests here; the store may cancel it and give all back. */
  confirmed: ["canceling"],
  /** Decided: money and stock are on their way back. */
  canceling: ["canceled"],
  canceled: [],
} as const satisfies Record<Status, readonly Status[]>;

/** States in which nobody owes the order a move. */
const resting: readonly Status[] = ["confirmed", "canceled"];
export const rests = (status: Status): boolean => resting.includes(status);

/** Whatever was taken for it is given back, or was. */
export const goesBack = ({ status }: Pick<Order, "status">): boolean =>
  status === "canceling" || status === "canceled";

export const times = {
  /** Longer than the fulfillment workflow and its longest function together. */
  lease: seconds(60),
  /** How long after placing a sweeper first looks whether fulfillment began. */
  grace: seconds(60),
  /** How long an order may stay unconfirmed before its money is given back, or its shop untold of it. */
  giveUp: days(1),
  /** How long a shop that did not answer is left alone, at first and at most; spread by a fifth. */
  resend: { first: seconds(60), longest: minutes(15) },
  /** The same where its store holds it, and nobody says for how long money is held. */
  hold: days(7),
  /** An authorization this close to its end raises an alarm. */
  captureWarning: hours(24),
  /** The same for the store's answer to a dispute. */
  evidenceWarning: hours(24),
  /** How long a request to refund has before a sweeper repeats it under the same key. */
  refund: seconds(60),
  /** How often somebody looks at an order that a bank has stopped, and hears of evidence that is due. */
  watch: days(1),
  /** A refund whose outcome is unknown for this long raises an alarm. */
  refundWarning: minutes(10),
  /** How often a refund that the bank has not got yet is looked up, should Stripe's event be lost. */
  pendingRefund: hours(6),
} as const;

const sweep = "order/sweep-orders";

export const timers = {
  placed: { by: sweep, within: 1.2 * times.resend.longest, due: "own" },
  confirmed: "rest",
  canceling: { by: sweep, within: times.lease, due: "own" },
  canceled: "rest",
} as const satisfies Timers<Status>;

/** A refund lives in its order's row. */
export const refundTimers = {
  requested: { by: sweep, within: times.refund, due: "order" },
  pending: { by: sweep, within: times.pendingRefund, due: "order" },
  /** A bank may still send it back: Stripe tells, and the books are compared with Stripe's. */
  succeeded: "rest",
  failed: "rest",
} as const satisfies Timers<RefundStatus>;

export const PaymentState = z.enum(["not_required", "authorized", "captured", "voided", "refunded"]);
export type PaymentState = z.infer<typeof PaymentState>;

/** What the store owes a buyer. It inherits its checkout's key: erasing the one makes the other unreadable. */
export const Order = z.object({
  id: OrderId,
  storeId: StoreId,
  principalId: PrincipalId,
  livemode: z.boolean(),
  checkoutId: CheckoutId,
  channel: SettledChannel,
  /** For people: short, unique in its store. */
  number: z.string(),
  permalinkUrl: z.string(),
  status: Status,
  /** Counts this order's events, from 1. */
  version: z.int(),
  /** Counts every write: each is conditional on the revision it read. */
  revision: z.int(),
  epoch: z.int(),
  leaseUntil: Instant,
  quote: Quote,
  payment: z.object({
    state: PaymentState,
    amount: MinorUnits,
    /** Which payment row holds the rest; 0 for a free order. */
    attempt: z.int(),
    paymentIntentId: z.string().optional(),
    captureBefore: Instant.optional(),
  }),
  /** Oldest first. */
  refunds: z.array(Refund).default([]),
  disputes: z.array(Dispute).default([]),
  fulfillments: z.array(Fulfillment).default([]),
  /** When a sweeper last looked at what a bank has to decide; absent once a dispute was opened since. */
  watchedAt: Instant.optional(),
  /** From then on its pieces are sold, no longer reserved. */
  confirmedAt: Instant.optional(),
  cancelReason: z.string().optional(),
  /** When it was decided that it goes back. */
  canceledAt: Instant.optional(),
  /**
   * Once it was sent to its store's own shop; `shownTo`: the connection, by its time, whose shop was shown who bought;
   * `acceptedAt`: it said yes; `untoldSince`: what became of it, or that its buyer was erased, it was not told yet;
   * `retryAt`: it did not answer, and is asked again.
   */
  shop: z
    .object({
      shownTo: Instant.optional(),
      acceptedAt: Instant.optional(),
      untoldSince: Instant.optional(),
      retryAt: Instant.optional(),
    })
    .optional(),
  /** What the buyer could read, by its digests, and when. */
  terms: z.object({ ...PolicyDigests.shape, at: Instant }).optional(),
  sealedContact: Sealed,
  sealedNotes: Sealed.optional(),
  /** When its buyer was erased: what is sealed opens no more. */
  erasedAt: Instant.optional(),
  /** How long it stays in the books. */
  keptUntil: Instant.optional(),
  createdAt: Instant,
  updatedAt: Instant,
});
export type Order = z.infer<typeof Order>;

/** 8 characters of the id: enough for a person, and unique because the whole id is. */
export const orderNumber = (orderId: OrderId): string =>
  orderId.slice("ord_".length, "ord_".length + 10).toUpperCase();

/** The order as its checkout's completion announced it: that answer is repeated whatever became of the order since. */
export const asPlaced = (order: Order): Order => ({
  ...order,
  status: "placed",
  version: 1,
  revision: 1,
  epoch: 0,
  leaseUntil: 0,
  payment: { ...order.payment, state: order.payment.amount === 0 ? "not_required" : "authorized" },
  refunds: [],
  disputes: [],
  fulfillments: [],
  watchedAt: undefined,
  confirmedAt: undefined,
  cancelReason: undefined,
  canceledAt: undefined,
  shop: undefined,
  erasedAt: undefined,
  updatedAt: order.createdAt,
});

/** The order after a move and its changes; a move that is not in the table is a programming fault. */
export const moved = (
  order: Order,
  to: Status,
  now: Instant,
  changes: Partial<Omit<Order, "status" | "revision">> = {},
): Order => {
  if (to !== order.status && !(moves[order.status] as readonly Status[]).includes(to))
    throw new Error(`an order does not move from ${order.status} to ${to}`);
  const isNews = to !== order.status && rests(to) && order.shop !== undefined;
  const news = isNews ? { shop: { untoldSince: now } } : {};
  return { ...order, ...news, ...changes, status: to, revision: order.revision + 1, updatedAt: now };
};

/** It rests, and the shop that it was sent to does not know yet. */
export const isUntold = ({ status, shop }: Pick<Order, "status" | "shop">): boolean =>
  rests(status) && shop?.untoldSince !== undefined;

/** When a sweeper gives it its next run: a shop that did not answer is left alone for a while. What goes back is not its. */
export const runAt = ({ status, leaseUntil, shop }: Order): Instant =>
  status === "canceling" ? leaseUntil : Math.max(leaseUntil, shop?.retryAt ?? 0);

/** It is decided that it goes back, and told (`cancelingEvent`). */
export const canceling = (order: Order, cancelReason: string, now: Instant): Order =>
  moved(order, "canceling", now, { cancelReason, canceledAt: now, version: order.version + 1 });

/**
 * The same by somebody who is no run of it. A new epoch: whatever a run before it still does changes nothing any more.
 * The next run need not wait.
 */
export const cancelingAnew = (order: Order, cancelReason: string, now: Instant): Order => ({
  ...canceling(order, cancelReason, now),
  epoch: order.epoch + 1,
  leaseUntil: now,
});

/**
 * Whether money was taken for it, as far as we know, or by its PaymentIntent. Only then can any go back: what was held
 * and is let go shows at Stripe as a refund too.
 */
export const wasCaptured = (
  { payment: { state } }: Pick<Order, "payment">,
  intent?: { readonly amountReceived: number },
): boolean => state === "captured" || state === "refunded" || (intent?.amountReceived ?? 0) > 0;

/**
 * While a bank asks, nothing is shipped, however long it takes; nothing is shipped either whose money it has taken,
 * which only the store can then cancel. Going back an order waits for a chargeback alone: the bank decides on that.
 */
export const isStopped = (order: Order): boolean =>
  order.status === "canceling" ? isContested(order) : mayNotShip(order);

/** What a bank has taken it decides no more: such an order stays due, so that reconciliation tells of it. */
const isBanks = (order: Order): boolean => isStopped(order) && isFrozen(order);

/** When somebody must look at it again; `undefined`: never, nobody owes it anything. */
export const nextLook = (order: Order): Instant | undefined => {
  const looks = [
    ...(rests(order.status) ? [] : [driveAt(order)]),
    ...(isUntold(order) ? [runAt(order)] : []),
    ...order.refunds.flatMap(lookAt),
    ...order.disputes.flatMap((dispute) => warnAt(order, dispute)),
  ];
  return looks.length === 0 ? undefined : Math.min(...looks);
};

/** What the bank decides is written into the order: until then a daily look is enough, and one as its authorization ends. */
const driveAt = (order: Order): Instant => {
  const { watchedAt } = order;
  if (!isBanks(order) || watchedAt === undefined) return runAt(order);
  const warning = expiryWarningAt(order) ?? watchedAt;
  const daily = watchedAt + times.watch;
  return Math.max(order.leaseUntil, warning > watchedAt ? Math.min(daily, warning) : daily);
};

/** From when on somebody must hear that what was authorized is not captured; `undefined`: nothing is held. */
export const expiryWarningAt = ({ payment }: Order): Instant | undefined =>
  payment.state === "authorized" && payment.captureBefore !== undefined
    ? payment.captureBefore - times.captureWarning
    : undefined;

/** By the refund's own time: however often the order is written for another reason, the look is not put off. */
const lookAt = ({ status, updatedAt }: Refund): Instant[] => {
  if (status === "requested") return [updatedAt + times.refund];
  return status === "pending" ? [updatedAt + times.pendingRefund] : [];
};

/** Once a day until it is answered, when Stripe asks for no evidence any more. */
const warnAt = ({ watchedAt = 0 }: Order, { status, evidenceDueBy }: Dispute): Instant[] => {
  if (status !== "open" || evidenceDueBy === undefined) return [];
  const first = evidenceDueBy - times.evidenceWarning;
  return [watchedAt >= first ? watchedAt + times.watch : first];
};

/** Disputes whose evidence is due within a day, and of which nobody heard today. */
export const dueDisputes = (order: Order, now: Instant): Dispute[] =>
  order.disputes.filter((dispute) => warnAt(order, dispute).some((at) => at <= now));

/** The order once somebody has looked at what a bank has to decide; `undefined`: that look is not due. */
export const watched = (order: Order, now: Instant): Order | undefined =>
  dueDisputes(order, now).length > 0 || (!rests(order.status) && isBanks(order) && driveAt(order) <= now)
    ? { ...order, watchedAt: now, revision: order.revision + 1 }
    : undefined;

/** Refunds that somebody must look at now. */
export const dueRefunds = ({ refunds }: Order, now: Instant): Refund[] =>
  refunds.filter((refund) => lookAt(refund).some((at) => at <= now));

/** What may still be given back: captured, and neither refunded, nor being refunded, nor disputed. */
export const refundableOf = ({ payment, refunds, disputes }: Order): number =>
  payment.state === "captured"
    ? Math.max(0, payment.amount - refundedOf(refunds) - refundingOf(refunds) - disputedOf(disputes))
    : 0;
