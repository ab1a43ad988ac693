import { describe, expect, test } from "vitest";
import {
  asOf,
  Channel,
  Checkout,
  isFinal,
  isMidWay,
  leased,
  moved,
  moves,
  nextLook,
  SettledChannel,
  Status,
  settled,
  timers,
  times,
} from "#functions/checkout/checkout.ts";
import { aborted, claimOn } from "#functions/checkout/claim-checkout.ts";
import { mergeLines } from "#functions/checkout/contents.ts";
import { digestsOf } from "#functions/store/policy.ts";
import { hours } from "#functions/values/clock.ts";
import { aChannel, aCheckout, aStore, now } from "../examples.ts";

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

test("a checkout takes exactly these ways", () => {
  expect(Object.entries(moves).flatMap(([from, tos]) => tos.map((to) => `${from} → ${to}`))).toEqual([
    "open → ready",
    "open → canceled",
    "open → expired",
    "ready → open",
    "ready → completing",
    "ready → canceled",
    "ready → expired",
    "completing → completed",
    "completing → authenticating",
    "completing → aborting",
    "authenticating → completing",
    "authenticating → aborting",
    "aborting → open",
    "aborting → ready",
    "aborting → canceled",
    "aborting → expired",
  ]);
  expect(Status.options.filter(isFinal)).toEqual(["completed", "canceled", "expired"]);
  expect(Status.options.filter(isMidWay)).toEqual(["completing", "authenticating", "aborting"]);
});

test("one sweeper moves every state on that is not final, and is deployed under this name", () => {
  const timed = Object.values(timers).filter((timer) => timer !== "rest");
  expect(new Set(timed.map(({ by }) => by))).toEqual(new Set(["checkout/sweep-checkouts"]));
  expect(timed).toHaveLength(Status.options.length - Status.options.filter(isFinal).length);
});

describe("a checkout as it is stored", () => {
  const whole: Checkout = {
    ...aCheckout({ status: "aborting", attempt: 2 }),
    channel: {
      protocol: "acp",
      version: "2026-04-17",
      extensions: ["discount"],
      interventions: ["3ds"],
      locale: "de-DE",
      timezone: "Europe/Berlin",
    },
    completingSince: now,
    abortTo: "ready",
    abortReason: "declined",
    destination: { country: "DE", state: "BE" },
    selectedOptionId: "standard",
    discountCodes: ["HALF"],
    sealedNotes: new Uint8Array([2]),
    sealedAttribution: new Uint8Array([3]),
    sealedIntent: new Uint8Array([4]),
    completion: { scope: "s", key: "k", canonical: "c", raw: "r" },
    directoryServer: "visa",
    orderId: "ord_01jdab3h8w9zq4t6vxk2m5n7pr",
    consent: { at: now, version: 3, keyId: "k00000000001", terms: digestsOf(aStore().policies) },
  };

  test("is read as it was written", () => {
    expect(Checkout.parse(whole)).toEqual(whole);
    for (const status of Status.options) expect(Checkout.parse({ ...whole, status }).status).toBe(status);
  });

  test("knows where an abort ends and whose card it was", () => {
    for (const abortTo of ["ready", "canceled", "expired"] as const)
      expect(Checkout.parse({ ...whole, abortTo }).abortTo).toBe(abortTo);
    for (const directoryServer of ["american_express", "mastercard", "visa"] as const)
      expect(Checkout.parse({ ...whole, directoryServer }).directoryServer).toBe(directoryServer);
    for (const wrong of [{ abortTo: "open" }, { directoryServer: "discover" }])
      expect(Checkout.safeParse({ ...whole, ...wrong }).success).toBe(false);
  });

  test("keeps only so much of what an agent says of its buyer's place", () => {
    const said = (given: object) => Channel.safeParse({ ...whole.channel, ...given }).success;
    expect([said({ locale: "l".repeat(35) }), said({ locale: "l".repeat(36) })]).toEqual([true, false]);
    expect([said({ timezone: "t".repeat(64) }), said({ timezone: "t".repeat(65) })]).toEqual([true, false]);
  });
});

test("a lease is one epoch's, and ends", () => {
  expect(leased(aCheckout({ epoch: 4 }), now)).toEqual({ epoch: 5, leaseUntil: now + times.lease });
});

test("somebody looks again when an idle checkout expires, and when the lease of one that is worked on ends", () => {
  const look = (status: Status) => nextLook(aCheckout({ status, expiresAt: now + 9, leaseUntil: now + 5 }));
  expect([look("open"), look("ready")]).toEqual([now + 9, now + 9]);
  expect([look("completing"), look("authenticating"), look("aborting")]).toEqual([now + 5, now + 5, now + 5]);
});

describe("what a run may do", () => {
  const at = (given: Partial<Checkout>) => claimOn(aCheckout(given), request, now);

  test("begins to complete a ready checkout only for a caller, never for a sweeper", () => {
    for (const status of ["open", "ready"] as const) {
      expect(at({ status })).toEqual({ claim: "begin", request });
      expect(claimOn(aCheckout({ status }), undefined, now)).toEqual({
        claim: "none",
        reason: "nobody_asks",
      });
    }
  });

  test("buys nothing that the caller has not seen: the checkout was changed since", () => {
    expect(at({ status: "ready", version: 2 })).toEqual({ claim: "none", reason: "changed_meanwhile" });
  });

  test("leaves a run alone whose lease is not over", () => {
    for (const status of ["completing", "aborting", "authenticating"] as const)
      expect(at({ status, leaseUntil: now + 1 })).toEqual({ claim: "none", reason: "in_progress" });
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
    expect(since(now - times.giveUp)).toMatchObject({
      claim: "abort",
      checkout: { status: "aborting", abortReason: "payment_outcome_unknown", epoch: 1 },
    });
    expect(at({ status: "completing", leaseUntil: now })).toMatchObject({ claim: "resume" });
  });

  test("goes on with an abort that was left half done", () => {
    expect(at({ status: "aborting", leaseUntil: now, epoch: 1 })).toMatchObject({
      claim: "abort",
      checkout: { status: "aborting", epoch: 2 },
    });
    const decided = { abortReason: "declined", abortTo: "canceled" } as const;
    expect(at({ status: "aborting", leaseUntil: now, ...decided })).toMatchObject({ checkout: decided });
  });

  test("lets go of a buyer who did not authenticate in time", () => {
    expect(claimOn(aCheckout({ status: "authenticating", leaseUntil: now }), undefined, now)).toMatchObject({
      claim: "abort",
      checkout: {
        status: "aborting",
        abortReason: "authentication_timed_out",
        epoch: 1,
        leaseUntil: now + times.lease,
      },
    });
    expect(at({ status: "authenticating", leaseUntil: now })).toMatchObject({ claim: "abort" });
  });

  test("begins a new attempt when the buyer comes back authenticated", () => {
    const back = { ...request, authentication: new Uint8Array([1]), keyId: "k00000000001" };
    const waiting = aCheckout({ status: "authenticating", leaseUntil: now + 1, attempt: 1 });
    expect(claimOn(waiting, back, now)).toMatchObject({
      claim: "again",
      request: back,
      checkout: {
        status: "completing",
        attempt: 2,
        epoch: 1,
        leaseUntil: now + times.lease,
        completingSince: now,
        completion: request.idempotency,
      },
    });
    expect(claimOn(aCheckout({ status: "completing", leaseUntil: now + 1 }), back, now)).toMatchObject({
      claim: "none",
    });
  });

  test("finds nothing to do once it is over", () => {
    for (const status of ["completed", "canceled", "expired"] as const)
      expect(at({ status })).toEqual({ claim: "none", reason: status });
  });

  test("decides where an abort ends by whether the session's time is up", () => {
    const ends = (expiresAt: number) =>
      aborted(aCheckout({ status: "completing", expiresAt, epoch: 7 }), now, "declined");
    expect(ends(now + 1)).toMatchObject({ status: "aborting", abortTo: "ready", abortReason: "declined" });
    expect(ends(now)).toMatchObject({ abortTo: "expired", epoch: 7 });
  });
});

test("an idle checkout reads as expired from the moment its time is up", () => {
  const checkout = aCheckout({ status: "ready", expiresAt: now + hours(1) });
  expect(asOf(checkout, now + hours(1) - 1).status).toBe("ready");
  expect(asOf(checkout, now + hours(1)).status).toBe("expired");
  expect(asOf({ ...checkout, status: "open" }, now + hours(1)).status).toBe("expired");
  for (const status of Status.options.filter((each) => each !== "open" && each !== "ready"))
    expect(asOf({ ...checkout, status }, now + hours(2)).status).toBe(status);
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

test("how a buyer speaks and where they are goes with the session, and is no part of what is kept", () => {
  const channel = aChannel({ locale: "de-DE", timezone: "Europe/Berlin" });
  expect(settled(channel)).toEqual(aChannel());
  expect(SettledChannel.parse(channel)).toEqual(aChannel());
});
