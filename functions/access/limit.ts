import { seconds } from "#functions/values/clock.ts";
import type { Role } from "#functions/values/scope.ts";

/** Requests that one principal may make in a minute, with all its keys and over both APIs. */
export const requestsPerMinute = {
  agent: 3_000,
  integration: 3_000,
  fulfillment: 1_200,
  admin: 600,
  auditor: 600,
  support: 300,
} as const satisfies Record<Role, number>;

export const minute = seconds(60);
