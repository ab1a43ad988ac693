import { z } from "zod";
import { Line } from "#functions/checkout/contents.ts";
import { Instant } from "#functions/values/clock.ts";
import type { OrderId, ProductId } from "#functions/values/id.ts";
import { MinorUnits } from "#functions/values/money.ts";

export const RefundStatus = z.enum(["requested", "pending", "succeeded", "failed"]);
export type RefundStatus = z.infer<typeof RefundStatus>;

/** The whole state machine. A move that is not in this table is refused. */
export const refundMoves = {
  /** Stripe may or may not know it: settled by repeating the same request, never by a new one. */
  requested: ["pending", "succeeded", "failed"],
  /** Stripe has it, the bank not yet. */
  pending: ["succeeded", "failed"],
  /** Banks send refunds back up to 30 days later (docs.stripe.com/refunds#failed-refunds). */
  succeeded: ["failed"],
  failed: [],
} as const satisfies Record<RefundStatus, readonly RefundStatus[]>;

export const RefundReason = z.enum([
  "requested_by_customer",
  "returned",
  "damaged",
  "not_delivered",
  "duplicate",
  "fraudulent",
  "goodwill",
  "other",
]);
export type RefundReason = z.infer<typeof RefundReason>;

/** Pieces of one product, and how much of the refund is for them, tax included. */
export const RefundLine = Line.extend({ amount: MinorUnits });
export type RefundLine = z.infer<typeof RefundLine>;

/**
 * Money of one order on its way back to its buyer. It lives in the order's row, so that what is being given back
 * and what may still be given back are one conditional write.
 */
export const Refund = z.object({
  /** Counts the order's refunds from 1; Stripe's idempotency key is derived from it. */
  number: z.int().positive(),
  status: RefundStatus,
  /** Tax-inclusive. */
  amount: MinorUnits.positive(),
  /** Which pieces it is for; empty where it is a plain amount. */
  lines: z.array(RefundLine),
  /** Whether the shipping price is in it. */
  shipping: z.boolean(),
  /** The pieces go back into stock once Stripe has it; not if Stripe refuses it, and not out again if a bank does. */
  restock: z.boolean(),
  /** Of its pieces, those that a refund put back which failed later: they are in stock, so they do not go there again. */
  backBefore: z.array(Line).optional(),
  reason: RefundReason,
  /** Who began it: the store over our API, the order's cancellation, or somebody at Stripe. */
  origin: z.enum(["store", "cancellation", "stripe"]),
  stripeRefundId: z.string().optional(),
  /** Stripe's code of a refusal or failure. */
  failureCode: z.string().optional(),
  /** Which request asked for it: found again for the life of the order, long after its idempotency record. */
  request: z
    .object({ scope: z.string(), key: z.string(), canonical: z.string(), raw: z.string() })
    .optional(),
  requestedAt: Instant,
  updatedAt: Instant,
});
export type Refund = z.infer<typeof Refund>;

/** Names the refund to the outside. */
export const refundIdOf = (orderId: OrderId, { number }: Pick<Refund, "number">): string =>
  `rfd_${orderId.slice("ord_".length)}_${number}`;

/** Derived, so that whoever makes the refund again uses the same key. */
export const refundKeyOf = (orderId: OrderId, { number }: Pick<Refund, "number">): string =>
  `${orderId}:refund:${number}`;

/** The refund after a move and its changes; a move that is not in the table is a programming fault. */
export const movedRefund = (
  refund: Refund,
  to: RefundStatus,
  now: Instant,
  changes: Partial<Pick<Refund, "stripeRefundId" | "failureCode">> = {},
): Refund => {
  if (!(refundMoves[refund.status] as readonly RefundStatus[]).includes(to))
    throw new Error(`a refund does not move from ${refund.status} to ${to}`);
  const restock = refund.restock && !(refund.status === "requested" && to === "failed");
  return { ...refund, ...changes, restock, status: to, updatedAt: now };
};

/** The number that follows; none is ever given twice. */
export const nextNumber = (refunds: readonly Refund[]): number =>
  1 + Math.max(0, ...refunds.map(({ number }) => number));

/** Reserved: asked for, with an outcome that nobody knows yet. */
export const refundingOf = (refunds: readonly Refund[]): number => sumOf(refunds, ["requested"]);

/** Given back, or on its way through the banks. */
export const refundedOf = (refunds: readonly Refund[]): number => sumOf(refunds, ["pending", "succeeded"]);

const sumOf = (refunds: readonly Refund[], statuses: readonly RefundStatus[]): number =>
  refunds.reduce((sum, { status, amount }) => sum + (statuses.includes(status) ? amount : 0), 0);

/** For how many pieces of a product money went back or is about to, and how much. */
export const refundedLine = (
  refunds: readonly Refund[],
  productId: ProductId,
): { quantity: number; amount: number } =>
  linesOf(refunds.filter(isLive), productId).reduce(
    (sum, line) => ({ quantity: sum.quantity + line.quantity, amount: sum.amount + line.amount }),
    { quantity: 0, amount: 0 },
  );

export const isShippingRefunded = (refunds: readonly Refund[]): boolean =>
  refunds.some((refund) => isLive(refund) && refund.shipping);

/** Pieces that refunds put back into stock; a request to refund puts nothing back before Stripe has it. */
export const restockedPieces = (refunds: readonly Refund[], productId: ProductId): number =>
  piecesOf(refunds.filter(isRestocked), productId);

/** Pieces that the buyer will not have: back in stock, or sent back as they are. */
export const returnedPieces = (refunds: readonly Refund[], productId: ProductId): number =>
  piecesOf(
    refunds.filter(
      (refund) => isRestocked(refund) || (refundedOf([refund]) > 0 && refund.reason === "returned"),
    ),
    productId,
  );

/** Its outcome is open: it may fail yet, as long as Stripe or the bank has not said. */
export const isInFlight = ({ status }: Refund): boolean => status === "requested" || status === "pending";

const isLive = ({ status }: Refund): boolean => status !== "failed";

export const isRestocked = ({ restock, status }: Refund): boolean => restock && status !== "requested";

const linesOf = (refunds: readonly Refund[], productId: ProductId): RefundLine[] =>
  refunds.flatMap(({ lines }) => lines.filter((line) => line.productId === productId));

const piecesOf = (refunds: readonly Refund[], productId: ProductId): number =>
  countOf(linesOf(refunds, productId)) - countOf(backBeforeIn(refunds, productId));

const backBeforeIn = (refunds: readonly Refund[], productId: ProductId): Line[] =>
  refunds.flatMap(({ backBefore = [] }) => backBefore.filter((line) => line.productId === productId));

const countOf = (lines: readonly Line[]): number => lines.reduce((sum, { quantity }) => sum + quantity, 0);

/** Which pieces of a new refund that restocks are in stock already: a failed one put them there, and none since has them. */
export const backBeforeOf = (refunds: readonly Refund[], lines: readonly Line[]): Line[] =>
  lines.flatMap(({ productId, quantity }) => {
    const restocking = refunds.filter(({ restock }) => restock);
    const failed = restocking.filter((refund) => !isLive(refund));
    const free = countOf(linesOf(failed, productId)) - countOf(backBeforeIn(restocking, productId));
    return free > 0 ? [{ productId, quantity: Math.min(quantity, free) }] : [];
  });
