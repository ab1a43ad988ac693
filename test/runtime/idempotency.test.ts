import { describe, expect, it } from "vitest";
import { claimAnswer, findAnswer, kept, storeAnswer } from "#functions/runtime/idempotency.ts";
import type { IdempotencyRequest } from "#functions/runtime/route.ts";
import { tryCommit } from "#functions/runtime/table.ts";
import { seconds } from "#functions/values/clock.ts";
import { memoryPlatform } from "../fakes/memory-platform.ts";

const aRequest = (over: Partial<IdempotencyRequest> = {}): IdempotencyRequest => ({
  scope: "prn_1 POST /baskets",
  key: "key-1",
  canonical: "c1",
  raw: "r1",
  ...over,
});

const setUp = () => {
  const platform = memoryPlatform();
  const { table, now, clock } = platform;
  const find = findAnswer({ table, now });
  const code = (request: IdempotencyRequest, compare: "canonical" | "raw" = "canonical") =>
    find(request, compare).then(
      (seen) => seen.seen,
      (refusal: { code: string }) => refusal.code,
    );
  const claim = (request = aRequest(), lease = seconds(60)) =>
    tryCommit(table, [claimAnswer(request, { now: now(), leaseUntil: now() + lease })]).then(
      (lost) => lost.length === 0,
    );
  const store = (request = aRequest(), answer: string = "answer") =>
    tryCommit(table, [storeAnswer(request, { now: now(), status: 201, answer, apiVersion: "v1" })]).then(
      (lost) => lost.length === 0,
    );
  return { table, clock, find, code, claim, store };
};

describe("an idempotency record", () => {
  it("gives the stored answer, its status and version back", async () => {
    const { find, store, code } = setUp();
    expect(await code(aRequest())).toBe("never");
    expect(await store()).toBe(true);
    expect(await find(aRequest(), "canonical")).toEqual({
      seen: "finished",
      status: 201,
      answer: "answer",
      apiVersion: "v1",
    });
  });

  it("is another one for another key, principal, method or path", async () => {
    const { code, store } = setUp();
    await store();
    expect(await code(aRequest({ key: "key-2" }))).toBe("never");
    expect(await code(aRequest({ scope: "prn_2 POST /baskets" }))).toBe("never");
    expect(await code(aRequest({ scope: "prn_1 POST /baskets/1" }))).toBe("never");
    expect(await code(aRequest({ scope: "prn_1", key: "POST /baskets key-1" }))).toBe("never");
  });

  it("refuses another body, by the digest that the protocol compares", async () => {
    const { code, find, store, claim } = setUp();
    await store();
    expect(await code(aRequest({ canonical: "c2" }), "canonical")).toBe("idempotency_conflict");
    expect(await code(aRequest({ raw: "r2" }), "canonical")).toBe("finished");
    expect(await code(aRequest({ raw: "r2" }), "raw")).toBe("idempotency_conflict");
    await expect(find(aRequest({ canonical: "c2" }), "canonical")).rejects.toThrow("Use a new key");
    await claim(aRequest({ key: "in flight" }));
    expect(await code(aRequest({ key: "in flight", canonical: "c2" }))).toBe("idempotency_conflict");
  });

  it("holds off a repeat while the first is at work, and says when to come again", async () => {
    const { find, claim, clock } = setUp();
    await claim();
    await expect(find(aRequest(), "canonical")).rejects.toMatchObject({
      code: "idempotency_in_flight",
      message: expect.stringContaining("still being worked on"),
      retryAfterSeconds: 5,
    });
    clock.advance(seconds(57.5));
    await expect(find(aRequest(), "canonical")).rejects.toMatchObject({ retryAfterSeconds: 3 });
  });

  it("may be resumed once the lease is over, by the same body only", async () => {
    const { code, claim, clock } = setUp();
    await claim();
    clock.advance(seconds(60) - 1);
    expect(await claim()).toBe(false);
    clock.advance(1);
    expect(await code(aRequest())).toBe("abandoned");
    expect(await claim(aRequest({ canonical: "c2" }))).toBe(false);
    expect(await claim()).toBe(true);
    expect(await code(aRequest())).toBe("idempotency_in_flight");
  });

  it("takes an answer claimed or not, once", async () => {
    const { code, claim, store, find } = setUp();
    await claim();
    expect(await store(aRequest({ canonical: "c2" }))).toBe(false);
    expect(await store()).toBe(true);
    expect(await code(aRequest())).toBe("finished");
    expect(await store(aRequest(), "other")).toBe(false);
    expect(await claim()).toBe(false);
    expect(await find(aRequest(), "canonical")).toMatchObject({ answer: "answer" });
  });

  it("counts as none after thirty days, in flight or finished, for any body", async () => {
    for (const begin of ["claim", "store"] as const) {
      const { code, clock, ...on } = setUp();
      await on[begin]();
      clock.advance(kept - 1);
      expect(await code(aRequest({ canonical: "c2" }))).toBe("idempotency_conflict");
      clock.advance(1);
      expect(await code(aRequest({ canonical: "c2" }))).toBe("never");
      expect(await on.claim(aRequest({ canonical: "c2" }))).toBe(true);
    }
  });

  it("stands under a hash with the time of its deletion in seconds", async () => {
    const { table, store } = setUp();
    await store();
    const [row] = table.rows("commerce");
    expect(row?.pk).toMatch(/^idempotency#[0-9a-f]{64}$/);
    expect(row).toMatchObject({
      sk: "idempotency",
      expiresAtSeconds: Math.ceil(Number(row?.["expiresAt"]) / 1_000),
    });
  });
});
