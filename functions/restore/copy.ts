import type { TableName } from "#functions/runtime/table.ts";
import { type Instant, toIso } from "#functions/values/clock.ts";

/**
 * In which order tables come back. First the records, for they say what has ended since; people's keys before what is
 * sealed under them; events last, since the stream publishes each as soon as it is there, and what it tells of must be,
 * too. `erasures` and `seals` are in no list: what a restore is judged by, no restore touches.
 */
export const parts = {
  records: ["audit"],
  rows: ["people", "access", "commerce", "webhooks", "outbox"],
} as const satisfies Record<string, readonly TableName[]>;
export type Part = keyof typeof parts;

export const copied: readonly TableName[] = [...parts.records, ...parts.rows];

/** `agentic-checkout-prod-people` as it was at that second is `agentic-checkout-prod-people-restored-20270131T093000Z`. */
export const copyEnding = (to: Instant): string =>
  `-restored-${toIso(to).replace(/\.\d+/, "").replaceAll(/[-:]/g, "")}`;
