/**
 * AWS list prices, us-east-1, US dollars per million of the unit named beside them, without free tiers, savings
 * plans or volume steps. Every price of the bench is in this file.
 */
export const prices = {
  apiRequest: { dollarsPerMillion: 3.5, unit: "REST API request" },
  lambdaRequest: { dollarsPerMillion: 0.2, unit: "invocation" },
  lambdaGigabyteSecond: { dollarsPerMillion: 13.3334, unit: "GB-s on arm64" },
  writeUnit: { dollarsPerMillion: 0.625, unit: "write unit on demand" },
  readUnit: { dollarsPerMillion: 0.125, unit: "read unit on demand" },
  expressRequest: { dollarsPerMillion: 1, unit: "Express execution" },
  expressGigabyteSecond: { dollarsPerMillion: 16.67, unit: "GB-s of Express execution" },
  keyRequest: { dollarsPerMillion: 3, unit: "KMS request" },
  queueRequest: { dollarsPerMillion: 0.4, unit: "SQS request" },
  event: { dollarsPerMillion: 1, unit: "custom event" },
  secretRequest: { dollarsPerMillion: 5, unit: "Secrets Manager request" },
} as const;

export type PriceName = keyof typeof prices;

/** What an order used, by price. */
export type Usage = Partial<Record<PriceName, number>>;

/** Of this usage, a million times. */
export const dollarsPerMillion = (usage: Usage): number =>
  Object.entries(usage).reduce(
    (sum, [name, quantity]) => sum + quantity * prices[name as PriceName].dollarsPerMillion,
    0,
  );

/** An Express execution is billed in steps of 100 ms and of 64 MB; ours is small. */
export const expressGigabytes = 64 / 1_024;
export const expressStepSeconds = 0.1;

export const assumptions = [
  "List prices of us-east-1, without free tiers and volume discounts; calls are counted, not estimated.",
  "One order: one line, one unit, shipped, paid by card; three calls of the API; one webhook endpoint of kind `standard` that hears every event and answers at once. Everything up to the last webhook is counted.",
  "DynamoDB on demand: a write unit per kB, twice that in a transaction (a check counts as a write); a strongly consistent read is a read unit per 4 kB, a query at least one. An index entry that comes or goes is one write unit, one that moves two, in a transaction as well. Sizes are those of the rows that were written.",
  "Lambda's GB-s are the durations on this machine at the memory that the template gives, one buyer at a time, warm. On AWS the network takes longer and the CPU is slower or faster by memory.",
  "Step Functions Express: the time of an execution's tasks plus one step of 100 ms, at 64 MB.",
  "A message that EventBridge puts into a queue is an SQS request. Empty receives of Lambda's pollers, reading a stream (free), and what services ask of KMS for themselves (tables, queues and the bus keep data keys for minutes) are not counted.",
  "Not counted: the web firewall (0.60 a million requests), logs, traces, metrics, storage, backups, data transfer, the sweepers' runs each minute, and Stripe.",
] as const;
