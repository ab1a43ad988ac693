import { z } from "zod";
import { CheckoutId, EndpointId, OrderId, ProductId, StoreId } from "#functions/values/id.ts";

/** Every way in which what is written down here and there can disagree. */
export const Kind = z.enum([
  "charged_not_recorded",
  "recorded_not_charged",
  "amount",
  "currency",
  "double",
  "orphan_refund",
  "missing_refund",
  "missing_event",
  "missing_delivery",
  "stuck_execution",
  "orphan_reservation",
]);
export type Kind = z.infer<typeof Kind>;

/** An ordinary move that may heal it; everybody makes it, the reconciliation only makes it again. */
export type Move = "follow the money" | "fan the event out" | "sweep what is due";

type Meaning = {
  readonly means: string;
  /** `undefined`: no move of ours can, so it rings. Any other rings when it is still there after its move. */
  readonly healedBy: Move | undefined;
  /** For whoever is woken. */
  readonly runbook: string;
};

export const kinds = {
  charged_not_recorded: {
    means: "Stripe holds or took money that no order and no running checkout owns.",
    healedBy: "follow the money",
    runbook:
      "Look the PaymentIntent up in Stripe by its id. Without a checkout here (a restore lost it) refund it and write to the buyer; else see the checkout's workflow log.",
  },
  recorded_not_charged: {
    means: "A confirmed order whose money Stripe did not take.",
    healedBy: undefined,
    runbook: "Stop its shipping. Ask the buyer to pay again or cancel the order.",
  },
  amount: {
    means: "Order and PaymentIntent, or refund and refund, are about different amounts.",
    healedBy: undefined,
    runbook: "Compare both; refund what was taken too much, and find out who wrote the other amount.",
  },
  currency: {
    means: "Order and PaymentIntent are in different currencies.",
    healedBy: undefined,
    runbook: "Refund in full and cancel the order: the buyer never agreed to this price.",
  },
  double: {
    means: "Two PaymentIntents hold or took money for one checkout.",
    healedBy: "follow the money",
    runbook: "Refund the one that the order does not name.",
  },
  orphan_refund: {
    means:
      "Money went back at Stripe, by refund or dispute, and the order does not know it; or a dispute stands there otherwise.",
    healedBy: "follow the money",
    runbook:
      "See why the order does not take the refund over: its log, and whether more was refunded than paid.",
  },
  missing_refund: {
    means: "The order says that money went back, and at Stripe it did not.",
    healedBy: "follow the money",
    runbook: "The buyer still waits for the money: refund in Stripe by hand, with the same amount.",
  },
  missing_event: {
    means: "An order counts an event that is not in the outbox.",
    healedBy: undefined,
    runbook:
      "Nobody was told of it. Was only one table restored? Tell the integrations to read the order again.",
  },
  missing_delivery: {
    means: "An event was published and an endpoint that hears it has no delivery.",
    healedBy: "fan the event out",
    runbook: "Read the dead letters of the fan-out queue, mend the cause, redrive.",
  },
  stuck_execution: {
    means: "Something was due more than fifteen minutes ago and nobody moved it on.",
    healedBy: "sweep what is due",
    runbook: "See the log of the sweeper of its kind, and whether the workflow's functions or Stripe fail.",
  },
  orphan_reservation: {
    means: "More or fewer pieces are reserved than running checkouts and unconfirmed orders hold.",
    healedBy: undefined,
    runbook:
      "Count the shelf and say by PUT /products what is on hand; then find the run that gave back wrongly.",
  },
} as const satisfies Record<Kind, Meaning>;

/** By what somebody finds it: ids only. */
export const Ids = z.object({
  storeId: StoreId.optional(),
  checkoutId: CheckoutId.optional(),
  orderId: OrderId.optional(),
  paymentIntentId: z.string().optional(),
  /** Ours (`rfd_…`) where we miss it at Stripe, Stripe's (`re_…`) where we do not know it. */
  refundId: z.string().optional(),
  disputeId: z.string().optional(),
  eventId: z.string().optional(),
  endpointId: EndpointId.optional(),
  productId: ProductId.optional(),
  /** How many too many, or with a minus too few. */
  pieces: z.int().optional(),
  /** Of something overdue: what it is. */
  due: z.string().optional(),
  /** Of books that cannot be read; absent for the operator's own. */
  stripeAccount: z.string().optional(),
});
export type Ids = z.infer<typeof Ids>;

export const Divergence = z.object({ kind: Kind, ids: Ids });
export type Divergence = z.infer<typeof Divergence>;

/** The same divergence, seen again, has the same name. */
export const nameOf = ({ kind, ids }: Divergence): string =>
  [kind, ...Object.keys(Ids.shape).map((name) => ids[name as keyof Ids] ?? "")].join("#");
