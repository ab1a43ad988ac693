import { Duration } from "aws-cdk-lib";
import { MathExpression } from "aws-cdk-lib/aws-cloudwatch";
import { checkoutWorkflow } from "#functions/checkout/workflow.ts";
import { fulfillmentWorkflow } from "#functions/fulfillment/workflow.ts";
import { countMetric, failedRuns, sumOf, weighted } from "./metric.ts";
import type { Names, ServicePromise } from "./service-promise.ts";

export const buying = ({ stage, prefix }: Names): ServicePromise[] => [
  {
    name: "checkouts-run-through",
    means:
      "Checkout runs fail or time out; the sweeper takes them over. Look at the workflow's failed state.",
    metric: failedRuns(`${prefix}-${checkoutWorkflow.name}`),
    threshold: 5,
    periods: 2,
  },
  {
    name: "orders-are-fulfilled",
    means: "Fulfillment runs fail or time out: authorized money is not captured. Look at the failed state.",
    metric: failedRuns(`${prefix}-${fulfillmentWorkflow.name}`),
    threshold: 5,
    periods: 2,
  },
  {
    name: "money-is-given-back",
    means:
      "Voids or refunds keep failing, or a bank sent a refund back: a buyer's money is held, and pieces are owed again that a shop may have sent (ask the store). The logs of the functions name the order; act the same day.",
    metric: notGivenBack(stage.name),
    threshold: 9,
  },
  {
    name: "deadlines-are-kept",
    means:
      "Within a day an order's authorization ends uncaptured (look at its fulfillment runs), or a dispute's evidence is due (answer it at Stripe); or a store's shop has not taken an order or answered within a day, or says of a paid order that it is canceled, of another that it was sent, or of one that it was sent while nobody knows whether Stripe takes a refund of its pieces (call the store). The logs of sweep-orders, submit-order and sweep-shops name it.",
    metric: sumOf([
      countMetric("order/sweep-orders", stage.name, "AuthorizationExpiring"),
      countMetric("order/sweep-orders", stage.name, "EvidenceDue"),
      countMetric("fulfillment/submit-order", stage.name, "StoreSilent"),
      countMetric("fulfillment/sweep-shops", stage.name, "StoreSilent"),
      countMetric("fulfillment/sweep-shops", stage.name, "StoreDiffers"),
    ]),
    threshold: 1,
  },
];

/** Held for nine minutes of fifteen; one refund that came home weighs as much. */
const notGivenBack = (stage: string): MathExpression =>
  weighted(
    [
      ...["payment/return-payment", "order/sweep-orders"].map((handler) => ({
        metric: countMetric(handler, stage, "MoneyHeld"),
        weight: 1,
      })),
      ...hearOfRefunds.map((handler) => ({
        metric: countMetric(handler, stage, "RefundFailed"),
        weight: 9,
      })),
    ],
    Duration.minutes(15),
  );

const hearOfRefunds = [
  "order/sweep-orders",
  "order/change-orders",
  "payment/apply-stripe-event",
  "payment/sweep-stripe-events",
  "reconciliation/reconcile-books",
] as const;

export const agreeing = ({ stage }: Names): ServicePromise[] => [
  {
    name: "books-agree",
    means:
      "Orders, Stripe, events or stock say different things and no move mends it: npm run ops -- reconcile lists each with its ids and what to do. Or nobody has compared them for half an hour: look at the log and the schedules of reconcile-books.",
    metric: agreeingLooks(stage.name),
    threshold: 1,
    below: true,
  },
];

/**
 * Looks of half an hour, or none if one has found something: each counts what diverges as long as it does. A call is
 * no look: one that fails at once is made again and again, and compares nothing.
 */
export const agreeingLooks = (stage: string): MathExpression =>
  new MathExpression({
    expression: "IF(FILL(divergences, 0) > 0, 0, looks)",
    usingMetrics: {
      divergences: countMetric("reconciliation/reconcile-books", stage, "Divergence"),
      looks: countMetric("reconciliation/reconcile-books", stage, "BooksCompared"),
    },
    period: Duration.minutes(30),
  });
