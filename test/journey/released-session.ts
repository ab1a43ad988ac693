import { expect } from "vitest";
import { complaints } from "#test/acp/released.ts";

/** Whatever ACP is answered over the wire is valid by its released schema: a session, or a flat error. */
export const expectReleased = (status: number, body: unknown): void => {
  const definition = status < 300 ? "CheckoutSession" : "Error";
  expect(complaints("2026-04-17", definition, body), JSON.stringify(body)).toEqual([]);
};
