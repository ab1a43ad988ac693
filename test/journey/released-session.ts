import { expect } from "vitest";
import { versions } from "#functions/acp/version.ts";
import { complaints } from "#test/acp/released.ts";

/** Whatever ACP is answered over the wire is valid by its released schema: a session, or a flat error. */
export const expectReleased = (asked: string, status: number, body: unknown): void => {
  const version = versions.find((known) => known === asked.trim()) ?? "2026-04-17";
  const definition = status < 300 ? "CheckoutSession" : "Error";
  expect(complaints(version, definition, body), JSON.stringify(body)).toEqual([]);
};
