import fc from "fast-check";
import { expect, test } from "vitest";
import { effort, seed } from "#test/effort.ts";
import { accessHouse, forgedFrom, outcomeOf } from "./house.ts";

const spaces = ["", " ", "  ", "\t", "\u00a0", "\u2003", "\u3000", "\r\n", ",", "=", ":", "%20"];
const schemes = ["Bearer", "bearer", "BEARER", "bEaReR", "Basic", "Token", "Digest", "Bеarer", "Bearer:", ""];

/** What API Gateway might hand on: any number of header values, each near or far from the right one. */
const headersAround = (key: string, forged: string) => {
  const text = fc.oneof(
    { weight: 4, arbitrary: fc.constant(key) },
    fc.constant(forged),
    fc.nat(key.length).map((end) => key.slice(0, end)),
    fc
      .tuple(fc.nat(key.length - 1), fc.string({ minLength: 1, maxLength: 2, unit: "binary" }))
      .map(([at, other]) => key.slice(0, at) + other + key.slice(at + 1)),
    fc.constantFrom(
      key.toLowerCase(),
      key.toUpperCase(),
      `"${key}"`,
      `${key},${key}`,
      encodeURIComponent(`${key} `),
    ),
    fc.string({ unit: "binary", maxLength: 80 }),
  );
  const space = fc.oneof({ weight: 5, arbitrary: fc.constant(" ") }, fc.constantFrom(...spaces));
  const edge = fc.oneof({ weight: 8, arbitrary: fc.constant("") }, fc.constantFrom(...spaces));
  const value = fc.tuple(edge, fc.constantFrom(...schemes), space, text, edge).map((parts) => parts.join(""));
  return fc.oneof({ weight: 9, arbitrary: value.map((only) => [only]) }, fc.array(value, { maxLength: 3 }));
};

test("of all headers only the one right form gets through, and every other gets the same answer", async () => {
  const house = accessHouse();
  const { key, keyId } = await house.issue({ storeId: house.testStore, role: "agent", principal: "a" });
  const right = new Set(["Bearer", "bearer", "BEARER", "bEaReR"].map((scheme) => `${scheme} ${key}`));
  const answers = new Set<string>();
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(headersAround(key, forgedFrom(keyId, house.on.random)), async (headers) => {
      const canonical = headers.length === 1 && right.has(headers[0] ?? "");
      const outcome = await outcomeOf(house.authorize(headers));
      if (outcome === "accepted") accepted += 1;
      else answers.add(`${(outcome as { code?: string }).code} ${outcome}`);
      return (outcome === "accepted") === canonical;
    }),
    { numRuns: effort(100_000), seed: seed(31) },
  );
  expect(accepted).toBeGreaterThan(effort(100_000) / 200);
  expect(answers.size).toBe(1);
});

test("no request that begins after a revocation was answered gets through", async () => {
  const house = accessHouse();
  let late = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(5), fc.array(fc.nat(5), { maxLength: 6 }), async (before, delays) => {
      const { key, keyId } = await house.issue({ storeId: house.testStore, role: "agent", principal: "a" });
      const ask = () => outcomeOf(house.authorize([`Bearer ${key}`]));
      const early = Array.from({ length: before }, ask);
      let answered = false;
      const revoked = house.revoke({ keyId }).then(() => {
        answered = true;
      });
      const racing = delays.map(async (delay) => {
        for (let turn = 0; turn < delay; turn += 1) await Promise.resolve();
        const began = answered;
        if ((await ask()) === "accepted" && began) late += 1;
      });
      await Promise.all([...early, ...racing, revoked]);
      if ((await ask()) === "accepted") late += 1;
    }),
    { numRuns: effort(20_000), seed: seed(32) },
  );
  expect(late).toBe(0);
});
