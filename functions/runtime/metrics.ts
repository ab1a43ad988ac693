import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Environment } from "./environment.ts";

/** What is counted because an alarm watches it (`infra/promises.ts`); AWS's own metrics count the rest. */
export const counted = [
  "AuthorizerFault",
  "MoneyHeld",
  "RefundFailed",
  "AuthorizationExpiring",
  "StripeEventStuck",
  "EvidenceDue",
  "StoreSilent",
  "StoreDiffers",
  "AgentFeedFailing",
  "Divergence",
  "BooksCompared",
  "AuditSealed",
  "AuditBroken",
  "KeyExposed",
  "EndpointFailing",
] as const;
export type Counted = (typeof counted)[number];

export type Count = (name: Counted) => void;

export const metricsNamespace = "agentic-checkout";

/** Written to the log in CloudWatch's embedded metric format: no call, no grant. */
export const powertoolsCount = (environment: Environment): Count => {
  const metrics = new Metrics({
    namespace: metricsNamespace,
    defaultDimensions: { stage: environment.get("STAGE") },
  });
  return (name) => {
    metrics.addMetric(name, MetricUnit.Count, 1);
    metrics.publishStoredMetrics();
  };
};
