import { expect, test } from "vitest";
import { openSecret, sealSecret } from "#functions/fulfillment/connection-secret.ts";
import { storeSeal } from "#functions/privacy/envelope.client.ts";
import type { StoreId } from "#functions/values/id.ts";
import { storeId } from "#test/examples.ts";
import { aRing, fakeStoreSeal } from "#test/fakes/envelope.ts";

const otherStore: StoreId = "store_00000000000000000000000009";
/** One key for both stores: what keeps them apart here is what the secret is bound to. */
const ring = aRing(Buffer.from("k".repeat(32)));

test.each([
  ["the real SDK", storeSeal(async () => ring)],
  ["the fake", fakeStoreSeal()],
])("a connection's secret opens at its own store and under its own time alone: %s", async (_, seal) => {
  const [older, newer] = await Promise.all(
    [1_000, 2_000].map((createdAt) =>
      sealSecret({ seal }, { storeId, text: `made at ${createdAt}`, createdAt }),
    ),
  );
  if (!older || !newer) throw new Error("nothing was sealed");
  expect(await openSecret({ seal }, storeId, older)).toBe("made at 1000");
  expect(await openSecret({ seal }, storeId, newer)).toBe("made at 2000");
  const opened = (of: StoreId, secret: typeof older) => openSecret({ seal }, of, secret);
  // Whoever may write the row puts back what was replaced, or another store's.
  await expect(opened(storeId, { ...newer, sealed: older.sealed })).rejects.toThrow();
  await expect(opened(storeId, { ...older, createdAt: older.createdAt + 1 })).rejects.toThrow();
  await expect(opened(otherStore, older)).rejects.toThrow();
});
