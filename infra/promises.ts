import { Duration } from "aws-cdk-lib";
import { MathExpression, Stats } from "aws-cdk-lib/aws-cloudwatch";
import {
  apiMetric,
  countMetric,
  lambdaMetric,
  leastOf,
  queueMetric,
  refusedCalls,
  slowest,
  sumOf,
  throttledWrites,
} from "./metric.ts";
import { agreeing, buying } from "./money-promises.ts";
import { apiNameOf } from "./rest-api.ts";
import type { Names, ServicePromise } from "./service-promise.ts";
import { prefixOf, type Stage } from "./stage.ts";

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

const deadLetters = [
  "agent-undelivered",
  "store-undelivered",
  "fan-out-dead",
  "deliveries-dead",
  "stripe-event-dead",
] as const;

const telling = ({ stage, prefix }: Names): ServicePromise[] => [
  {
    name: "events-are-passed-on",
    means:
      "The outbox stream's reader is five minutes behind (the sweeper publishes meanwhile), or events wait as long for their deliveries to be made. Look at the logs of publish-events and fan-out-event.",
    metric: slowest(
      lambdaMetric(`${prefix}-publish-events`, "IteratorAge", "Maximum"),
      queueMetric(`${prefix}-fan-out`, "ApproximateAgeOfOldestMessage"),
    ),
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
      "Messages ended as dead letters (read them, mend the cause, redrive: handling twice is harmless), an event of Stripe could not be followed for a day (the sweeper's log says why), a store's webhook endpoint has taken nothing for an hour, a day or three (its store was told), an agent's feed has taken nothing for a day (tell its store: `GET /agent_feeds`), or a license key was sent where others see it (its store was told; see that it is rolled within the week; one that GitHub found is revoked).",
    metric: sumOf([
      ...deadLetters.map((name) => queueMetric(`${prefix}-${name}`, "ApproximateNumberOfMessagesVisible")),
      countMetric("payment/sweep-stripe-events", stage.name, "StripeEventStuck"),
      countMetric("webhook/sweep-deliveries", stage.name, "EndpointFailing"),
      countMetric("access/sweep-keys", stage.name, "KeyExposed"),
      countMetric("fulfillment/sweep-shops", stage.name, "AgentFeedFailing"),
      countMetric("access/receive-alert", stage.name, "KeyExposed"),
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
  "sweep-keys",
  "sweep-erasures",
  "sweep-support",
  "sweep-shops",
  "recheck-domains",
] as const;

/** Passes of the sealer that left nothing behind, or none where the chain was found broken. */
const sealedPasses = (stage: string): MathExpression =>
  new MathExpression({
    expression: "IF(FILL(broken, 0) + FILL(found, 0) > 0, 0, sealed)",
    usingMetrics: {
      sealed: countMetric("audit/seal-audit", stage, "AuditSealed"),
      broken: countMetric("audit/seal-audit", stage, "AuditBroken"),
      found: countMetric("audit/examine-audit", stage, "AuditBroken"),
    },
    period: Duration.minutes(30),
  });

const running = ({ stage, prefix }: Names): ServicePromise[] => [
  {
    name: "sweepers-run",
    means:
      "A sweeper ran less than three times in five minutes, twice in a row, so what stops mid-way stays there. Look at the schedules.",
    metric: leastOf(sweepers.map((name) => lambdaMetric(`${prefix}-${name}`, "Invocations"))),
    threshold: 3,
    periods: 2,
    below: true,
  },
  {
    name: "audit-is-sealed",
    means:
      "For half an hour the audit was not sealed to its end, or somebody changed it: npm run ops -- verify-audit says what is wrong, the log of seal-audit why it stands still.",
    metric: sealedPasses(stage.name),
    threshold: 1,
    below: true,
  },
  {
    name: "sweepers-succeed",
    means: "A sweeper keeps failing: what it should drive on stays where it is. Look at its log.",
    metric: sumOf(sweepers.map((name) => lambdaMetric(`${prefix}-${name}`, "Errors"))),
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
