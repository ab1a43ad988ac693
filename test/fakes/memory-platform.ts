import { createHash } from "node:crypto";
import { type Environment, environmentOf } from "#functions/runtime/environment.ts";
import type { Log, LogFields } from "#functions/runtime/logger.ts";
import { type MemoryTable, memoryTable } from "#functions/runtime/memory-table.ts";
import type { Counted } from "#functions/runtime/metrics.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import { unexpired } from "#functions/runtime/unexpired.ts";
import { type Instant, seconds } from "#functions/values/clock.ts";
import type { RandomBytes } from "#functions/values/id.ts";

export type LogEntry = {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields;
  readonly error?: unknown;
};

export type MemoryPlatform = Platform & {
  readonly table: MemoryTable;
  readonly clock: { set(now: Instant): void; advance(milliseconds: number): void };
  /** What was logged, in order. */
  readonly logged: readonly LogEntry[];
  /** What was counted, in order. */
  readonly counted: readonly Counted[];
};

/** A platform without AWS: a clock that stands still until it is moved, random bytes that repeat, a silent log. */
export const memoryPlatform = (
  given: { now?: Instant; seed?: number; environment?: Readonly<Record<string, string>> } = {},
): MemoryPlatform => {
  let now = given.now ?? Date.UTC(2026, 10, 23, 12);
  const logged: LogEntry[] = [];
  const counted: Counted[] = [];
  const environment: Environment = environmentOf({
    STAGE: "test",
    DEPLOYMENT: "test",
    // One agent is everybody, and its clock stands still.
    LIMIT_FACTOR: "1000",
    ...given.environment,
  });
  return {
    environment,
    now: () => now,
    random: seededBytes(given.seed ?? 1),
    log: collectingLog(logged),
    count: (name) => void counted.push(name),
    table: unexpired(memoryTable(), () => now),
    clock: {
      set: (to) => {
        now = to;
      },
      advance: (milliseconds) => {
        now += milliseconds;
      },
    },
    logged,
    counted,
  };
};

/** Repeats for the same seed; no two calls give the same bytes. */
export const seededBytes = (seed: number): RandomBytes => {
  let calls = 0;
  return (count) => {
    calls += 1;
    const blocks = Array.from({ length: Math.ceil(count / 32) }, (_, block) =>
      createHash("sha256").update(`${seed}:${calls}:${block}`).digest(),
    );
    return Uint8Array.from(Buffer.concat(blocks).subarray(0, count));
  };
};

const collectingLog = (logged: LogEntry[]): Log => ({
  info: (message, fields = {}) => void logged.push({ level: "info", message, fields }),
  warn: (message, fields = {}) => void logged.push({ level: "warn", message, fields }),
  error: (message, error, fields = {}) => void logged.push({ level: "error", message, fields, error }),
});

/** A Lambda context with the given time left. */
export const aContext = (remaining = seconds(29)) => ({
  awsRequestId: "00000000-0000-4000-8000-000000000001",
  getRemainingTimeInMillis: () => remaining,
});
