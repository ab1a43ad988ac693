import { Duration } from "aws-cdk-lib";
import { type IMetric, MathExpression, type Metric, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { checkoutWorkflow } from "#functions/checkout/workflow.ts";
import { fulfillmentWorkflow } from "#functions/fulfillment/workflow.ts";
import {
  apiMetric,
  countMetric,
  failedRuns,
  lambdaMetric,
  queueMetric,
  refusedCalls,
  sumOf,
  throttledWrites,
  weighted,
} from "./metric.ts";
import { apiNameOf } from "./rest-api.ts";
import { prefixOf, type Stage } from "./stage.ts";

/** What is promised, and the metric by which it is seen to break. */
export type ServicePromise = {
  readonly name: string;
  /** For whoever is woken: what is in danger, and where to look first. */
  readonly means: string;
  readonly metric: IMetric & Pick<Metric, "createAlarm">;
  readonly threshold: number;
  readonly periods?: number;
  /** The promise is that the metric stays at or above the threshold. */
  readonly below?: true;
};

type Names = { readonly stage: Stage; readonly prefix: string };

export const promisesOf = (stage: Stage): readonly ServicePromise[] => {
  const names = { stage, prefix: prefixOf(stage) };
  return [...answering(names), ...buying(names), ...agreeing(names), ...telling(names), ...running(names)];
};

const answering = ({ stage }: Names): ServicePromise[] => [
  {
    name: "callers-get-answers",
    means:
      "More than 1 % of the agents' or the integrations' requests end in a 5xx. Look at both APIs' access logs.",
    metric: sumOf([
      apiMetric(apiNameOf(stage, "agent"), "5XXError", "Average"),
      apiMetric(apiNameOf(stage, "store"), "5XXError", "Average"),
    ]),
    threshold: 0.01,
    periods: 2,
  },
  {
    name: "agents-get-answers-soon",
    means:
      "One request in twenty takes 15 s or more; the gateway gives up at 29 s. Look at Stripe's latency.",
    metric: apiMetric(apiNameOf(stage, "agent"), "Latency", Stats.percentile(95)),
    threshold: 15_000,
    periods: 3,
  },
  {
    name: "keys-are-checked",
    means:
      "The authorizer fails, so nobody gets in. Look at its log, the access table and the pepper's secret.",
    metric: countMetric("access/authorize", stage.name, "AuthorizerFault"),
    threshold: 1,
    periods: 2,
  },
];

const buying = ({ stage, prefix }: Names): ServicePromise[] => [
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
      "Voids or refunds keep failing, or a bank sent a refund back: a buyer's money is held. The logs of the functions name the order; act the same day.",
    metric: notGivenBack(stage.name),
    threshold: 9,
  },
  {
    name: "deadlines-are-kept",
    means:
      "Within a day an order's authorization ends uncaptured (look at its fulfillment runs), or a dispute's evidence is due (answer it at Stripe). The sweeper's log names the order.",
    metric: sumOf(
      (["AuthorizationExpiring", "EvidenceDue"] as const).map((name) =>
        countMetric("order/sweep-orders", stage.name, name),
      ),
    ),
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

const deadLetters = [
  "agent-undelivered",
  "store-undelivered",
  "fan-out-dead",
  "deliveries-dead",
  "stripe-event-dead",
] as const;

const agreeing = ({ stage, prefix }: Names): ServicePromise[] => [
  {
    name: "books-agree",
    means:
      "Orders, Stripe, events or stock say different things and no move mends it: npm run ops -- reconcile lists each with its ids and what to do. Or nobody has compared them for half an hour: look at the schedules of reconcile-books.",
    metric: agreeingLooks(stage.name, prefix),
    threshold: 1,
    below: true,
  },
];

/** Looks of half an hour, or none if one has found something: each counts what diverges as long as it does. */
const agreeingLooks = (stage: string, prefix: string): MathExpression =>
  new MathExpression({
    expression: "IF(FILL(divergences, 0) > 0, 0, looks)",
    usingMetrics: {
      divergences: countMetric("reconciliation/reconcile-books", stage, "Divergence"),
      looks: lambdaMetric(`${prefix}-reconcile-books`, "Invocations"),
    },
    period: Duration.minutes(30),
  });

const telling = ({ stage, prefix }: Names): ServicePromise[] => [
  {
    name: "events-are-published",
    means: "The outbox stream's reader is five minutes behind; the sweeper publishes meanwhile.",
    metric: lambdaMetric(`${prefix}-publish-events`, "IteratorAge", "Maximum"),
    threshold: 300_000,
  },
  {
    name: "events-are-fanned-out",
    means: "Events wait more than five minutes for their deliveries to be made.",
    metric: queueMetric(`${prefix}-fan-out`, "ApproximateAgeOfOldestMessage"),
    threshold: 300,
  },
  {
    name: "webhooks-are-sent",
    means:
      "Deliveries that are due wait more than half an hour for a sender (waits of 15 minutes are normal).",
    metric: queueMetric(`${prefix}-deliveries`, "ApproximateAgeOfOldestMessage"),
    threshold: 1_800,
  },
  {
    name: "nothing-is-given-up",
    means:
      "Messages ended as dead letters (read them, mend the cause, redrive: handling twice is harmless), or an event of Stripe could not be followed for a day (the sweeper's log says why).",
    metric: sumOf([
      ...deadLetters.map((name) => queueMetric(`${prefix}-${name}`, "ApproximateNumberOfMessagesVisible")),
      countMetric("payment/sweep-stripe-events", stage.name, "StripeEventStuck"),
    ]),
    threshold: 1,
  },
];

const sweepers = [
  "sweep-checkouts",
  "sweep-orders",
  "sweep-outbox",
  "sweep-deliveries",
  "sweep-stripe-events",
] as const;

const running = ({ prefix }: Names): ServicePromise[] => [
  {
    name: "sweepers-run",
    means:
      "Too few of the 25 sweeps of five minutes ran, so what stops mid-way stays there. Look at the schedules.",
    metric: sumOf(sweepers.map((name) => lambdaMetric(`${prefix}-${name}`, "Invocations"))),
    threshold: 15,
    periods: 2,
    below: true,
  },
  {
    name: "sweepers-succeed",
    means: "A sweeper keeps failing: what it should drive on stays where it is. Look at its log.",
    metric: sumOf(
      [...sweepers, "reconcile-books"].map((name) => lambdaMetric(`${prefix}-${name}`, "Errors")),
    ),
    threshold: 3,
    periods: 2,
  },
  {
    name: "capacity-suffices",
    means:
      "Writes to the commerce table or calls of functions are throttled: a hot partition, or an account's quota.",
    metric: sumOf([...throttledWrites(`${prefix}-commerce`), refusedCalls()]),
    threshold: 10,
    periods: 2,
  },
];
