import { describe, expect, test } from "vitest";
import {
  asOf,
  type Checkout,
  isFinal,
  moved,
  moves,
  nextLook,
  Status,
  times,
} from "#functions/checkout/checkout.ts";
import { claimOn } from "#functions/checkout/claim-checkout.ts";
import { mergeLines } from "#functions/checkout/contents.ts";
import { hours } from "#functions/values/clock.ts";
import { aCheckout, now } from "../examples.ts";

const request = { version: 1, idempotency: { scope: "s", key: "k", canonical: "c", raw: "r" } };

describe("the table of moves", () => {
  for (const from of Status.options)
    for (const to of Status.options)
      test(`${from} → ${to} is ${allowed(from, to) ? "made" : "refused"}`, () => {
        const move = () => moved(aCheckout({ status: from }), to, now);
        if (allowed(from, to)) expect(move()).toMatchObject({ status: to, version: 2, updatedAt: now });
        else expect(move).toThrow(`from ${from} to ${to}`);
      });

  test("names for every state that is not final when somebody looks at it again", () => {
    for (const status of Status.options)
      expect(nextLook(aCheckout({ status })) === undefined).toBe(isFinal(status));
  });
});

describe("what a run may do", () => {
  const at = (given: Partial<Checkout>) => claimOn(aCheckout(given), request, now);

  test("begins to complete a ready checkout only for a caller, never for a sweeper", () => {
    expect(at({ status: "ready" })).toMatchObject({ claim: "begin" });
    expect(claimOn(aCheckout({ status: "ready" }), undefined, now)).toMatchObject({ claim: "none" });
  });

  test("buys nothing that the caller has not seen: the checkout was changed since", () => {
    expect(at({ status: "ready", version: 2 })).toEqual({ claim: "none", reason: "changed_meanwhile" });
  });

  test("leaves a run alone whose lease is not over", () => {
    for (const status of ["completing", "aborting", "authenticating"] as const)
      expect(at({ status, leaseUntil: now + 1 })).toMatchObject({ claim: "none" });
  });

  test("takes over a dead run with a new epoch and the same attempt", () => {
    const dead = {
      status: "completing",
      leaseUntil: now,
      completingSince: now - 1,
      epoch: 3,
      attempt: 2,
    } as const;
    const resumed = { status: "completing", epoch: 4, attempt: 2, leaseUntil: now + times.lease };
    expect(at(dead)).toMatchObject({ claim: "resume", checkout: resumed });
  });

  test("drives an unknown payment forward until the give-up time, and only then decides to abort", () => {
    const since = (completingSince: number) => at({ status: "completing", leaseUntil: now, completingSince });
    expect(since(now - times.giveUp + 1)).toMatchObject({ claim: "resume" });
    expect(since(now - times.giveUp)).toMatchObject({ claim: "abort", checkout: { status: "aborting" } });
  });

  test("goes on with an abort that was left half done", () => {
    expect(at({ status: "aborting", leaseUntil: now, epoch: 1 })).toMatchObject({
      claim: "abort",
      checkout: { status: "aborting", epoch: 2 },
    });
  });

  test("lets go of a buyer who did not authenticate in time", () => {
    expect(claimOn(aCheckout({ status: "authenticating", leaseUntil: now }), undefined, now)).toMatchObject({
      claim: "abort",
      checkout: { status: "aborting", abortReason: "authentication_timed_out" },
    });
  });

  test("begins a new attempt when the buyer comes back authenticated", () => {
    const back = { ...request, authentication: new Uint8Array([1]) };
    const waiting = aCheckout({ status: "authenticating", leaseUntil: now + 1, attempt: 1 });
    expect(claimOn(waiting, back, now)).toMatchObject({
      claim: "again",
      checkout: { status: "completing", attempt: 2 },
    });
  });

  test("finds nothing to do once it is over", () => {
    for (const status of ["completed", "canceled", "expired"] as const)
      expect(at({ status })).toMatchObject({ claim: "none" });
  });
});

test("an idle checkout reads as expired from the moment its time is up", () => {
  const checkout = aCheckout({ status: "ready", expiresAt: now + hours(1) });
  expect(asOf(checkout, now + hours(1) - 1).status).toBe("ready");
  expect(asOf(checkout, now + hours(1)).status).toBe("expired");
  expect(asOf({ ...checkout, status: "completing" }, now + hours(2)).status).toBe("completing");
});

test("merges lines that share a product, so that two of them cannot pass the same stock check", () => {
  expect(
    mergeLines([
      { productId: "mug", quantity: 2 },
      { productId: "tea", quantity: 1 },
      { productId: "mug", quantity: 3 },
    ]),
  ).toEqual([
    { productId: "mug", quantity: 5 },
    { productId: "tea", quantity: 1 },
  ]);
});

function allowed(from: Status, to: Status): boolean {
  return from === to || (moves[from] as readonly Status[]).includes(to);
}
