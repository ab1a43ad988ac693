import { describe, expect, test } from "vitest";
import { checkoutStore } from "#functions/checkout/checkout.store.ts";
import { times } from "#functions/checkout/checkout.ts";
import { destroyedCheckoutKey } from "#functions/privacy/checkout-key.store.ts";
import { hours, seconds } from "#functions/values/clock.ts";
import { amount, authorizeAndPlace, aWorld, operations, paymentOf, type World } from "./world.ts";

const proof = {
  outcome: "authenticated",
  cryptogram: "AAIBBYNoEwAAAAAAg4PyBhdAEQs=",
  electronicCommerceIndicator: "05",
  transactionId: "99f0b4d1-1a4c-4d4e-8a4b-0a2d5e0b9c11",
  version: "2.2.0",
};
const authenticationCard = "pm_card_authenticationRequired";

const authorize = (world: World, epoch = 1) => operations(world).authorize({ ...world.step, epoch });

describe("authorize-payment", () => {
  test("holds the checkout's total and forgets the token", async () => {
    const world = await aWorld();
    const authorized = await authorizeAndPlace(world);
    expect(authorized).toMatchObject({ outcome: "done", ...world.step });
    const [intent] = world.stripe.intents();
    expect(intent).toMatchObject({
      amount,
      currency: "eur",
      status: "requires_capture",
      captureMethod: "manual",
      metadata: {
        store: world.step.storeId,
        checkout: world.step.checkoutId,
        attempt: "1",
        deployment: "test",
      },
    });
    const payment = await paymentOf(world);
    expect(payment).toMatchObject({
      status: "authorized",
      paymentIntentId: intent?.id,
      chargeId: intent?.charge?.id,
      captureBefore: world.now() + hours(7 * 24),
    });
    expect(payment.sealedToken).toBeUndefined();
  });

  test("charges a shared payment token within its limits", async () => {
    const world = await aWorld();
    const token = world.stripe.grant({ currency: "eur", maxAmount: amount });
    const shared = await aWorld({ token, start: { tokenKind: "spt" } });
    const ports = { ...shared, stripe: world.stripe };
    expect(await operations(shared, ports).authorize(shared.step)).toMatchObject({ outcome: "done" });
    expect(world.stripe.state.get("token", token)?.deactivated?.reason).toBe("consumed");
  });

  test.each([
    ["pm_card_chargeDeclined", "generic_decline"],
    ["pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"],
    ["pm_card_chargeDeclinedExpiredCard", "expired_card"],
    ["pm_nobody_knows", "resource_missing"],
  ])("refuses %s without telling the agent why", async (token, declineCode) => {
    const world = await aWorld({ token });
    const refusal = { outcome: "refused", reason: "payment_declined", ...world.step };
    expect(await authorize(world)).toEqual(refusal);
    const payment = await paymentOf(world);
    expect(payment).toMatchObject({ status: "declined", declineCode });
    expect(payment.sealedToken).toBeUndefined();
    expect(await authorize(world, 2)).toEqual({ ...refusal, epoch: 2 });
  });

  test("has nothing to do where nothing is due", async () => {
    const world = await aWorld();
    const free = { ...world.step, attempt: 2 };
    expect(await operations(world).authorize(free)).toEqual({ outcome: "done", ...free });
    expect(world.stripe.intents()).toEqual([]);
  });

  test("does not begin what it could not write down", async () => {
    const world = await aWorld();
    const late = operations(world, world, () => seconds(11) - 1);
    expect(await late.authorize(world.step)).toMatchObject({ outcome: "held", reason: "no_time_left" });
    expect(world.stripe.intents()).toEqual([]);
  });

  test.each(["before", "after"] as const)(
    "holds an unknown outcome (%s) and settles it by the same key",
    async (when) => {
      const world = await aWorld();
      world.stripe.fail({ match: "POST", when, kind: "timeout" });
      expect(await authorize(world)).toMatchObject({ outcome: "held", reason: "payment_outcome_unknown" });
      expect((await paymentOf(world)).status).toBe("requested");
      expect(await authorize(world, 2)).toMatchObject({ outcome: "done" });
      expect(world.stripe.intents()).toHaveLength(1);
    },
  );

  test.each(["409", "429", "close"] as const)("holds when Stripe is busy (%s)", async (kind) => {
    const world = await aWorld();
    world.stripe.fail({ match: "POST", kind });
    expect(await authorize(world)).toMatchObject({ outcome: "held" });
    expect(await authorize(world, 2)).toMatchObject({ outcome: "done" });
  });

  test("finds the PaymentIntent behind a fault that Stripe repeats for its key", async () => {
    const world = await aWorld();
    world.stripe.fail({ match: "POST", when: "after", kind: "500" });
    expect(await authorize(world)).toMatchObject({ outcome: "held" });
    const found = await authorize(world, 2);
    expect(world.stripe.intents()).toHaveLength(1);
    const authorization = { paymentIntentId: world.stripe.intents()[0]?.id };
    expect(found).toMatchObject({ outcome: "done", authorization });
  });

  test("finds it among others once the key may be forgotten, instead of charging again", async () => {
    const world = await aWorld();
    world.stripe.fail({ match: "POST", when: "after", kind: "timeout" });
    await authorize(world);
    for (let count = 0; count < 120; count += 1)
      await world.stripe.createPaymentIntent(
        { livemode: false },
        { amount, currency: "eur", token: { kind: "pm", token: "pm_card_visa" }, metadata: {} },
        `other ${count}`,
      );
    world.clock.advance(hours(25));
    const found = await authorize(world, 2);
    expect(world.stripe.intents()).toHaveLength(121);
    const authorization = { paymentIntentId: world.stripe.intents()[0]?.id };
    expect(found).toMatchObject({ outcome: "done", authorization });
  });

  test("finds it after the buyer was erased and the token cannot be read any more", async () => {
    const world = await aWorld();
    world.stripe.fail({ match: "POST", when: "after", kind: "timeout" });
    await authorize(world);
    await world.table.commit([destroyedCheckoutKey(world.step)]);
    expect(await authorize(world, 2)).toMatchObject({ outcome: "done" });
    expect(world.stripe.intents()).toHaveLength(1);
  });

  test("never asks Stripe under a key that it may have forgotten", async () => {
    const world = await aWorld();
    world.clock.advance(hours(23));
    expect(await authorize(world)).toMatchObject({ outcome: "held", reason: "payment_outcome_unknown" });
    expect(world.stripe.intents()).toEqual([]);
  });

  test("writes nothing itself: what Stripe answered goes into the order's transaction", async () => {
    const world = await aWorld();
    const before = await paymentOf(world);
    const answers = [await authorize(world, 1), await authorize(world, 2)];
    const authorization = { paymentIntentId: world.stripe.intents()[0]?.id };
    for (const answer of answers) expect(answer).toMatchObject({ outcome: "done", authorization });
    expect(await paymentOf(world)).toEqual(before);
    expect(world.stripe.intents()).toHaveLength(1);
  });

  test("leaves alone what a newer run has placed an order with", async () => {
    const world = await aWorld();
    await authorizeAndPlace(world, { ...world.step, epoch: 2 });
    expect(await authorize(world, 1)).toMatchObject({ outcome: "held" });
  });

  test("refuses to go on when Stripe does not know our key", async () => {
    const world = await aWorld();
    const stripe = {
      ...world.stripe,
      createPaymentIntent: () => Promise.reject(new Error("Stripe answered 401")),
    };
    await expect(operations(world, { ...world, stripe }).authorize(world.step)).rejects.toThrow("401");
    expect((await paymentOf(world)).status).toBe("requested");
  });
});

describe("3-D Secure", () => {
  test("is a refusal where store or agent can't do it", async () => {
    const world = await aWorld({ token: authenticationCard });
    expect(await authorize(world)).toMatchObject({ outcome: "refused", reason: "requires_3ds" });
    expect((await paymentOf(world)).status).toBe("declined");
  });

  test("keeps what is reserved for ten minutes while the buyer authenticates", async () => {
    const world = await aWorld({ token: authenticationCard, start: { canAuthenticate: true } });
    expect(await authorize(world)).toMatchObject({ outcome: "held", reason: "authentication" });
    expect((await paymentOf(world)).status).toBe("authenticating");
    const { storeId, checkoutId } = world.step;
    expect(await checkoutStore(world.table).get(storeId, checkoutId)).toMatchObject({
      status: "authenticating",
      leaseUntil: world.now() + times.authentication,
    });
    expect(await authorize(world, 2)).toMatchObject({ outcome: "held", reason: "authentication" });
  });

  test.each([
    ["pm_card_visa", "visa"],
    ["pm_card_mastercard", "mastercard"],
    ["pm_card_amex", "american_express"],
  ])("of %s is at the directory server of its brand", async (token, directoryServer) => {
    const world = await aWorld({ token, start: { canAuthenticate: true } });
    world.stripe.fail({ match: "POST /v1/payment_intents", kind: "authenticate" });
    await authorize(world);
    const { storeId, checkoutId } = world.step;
    expect(await checkoutStore(world.table).get(storeId, checkoutId)).toMatchObject({
      status: "authenticating",
      directoryServer,
    });
  });

  test("is a refusal where the card's brand is at none that the agent can be told", async () => {
    const world = await aWorld({ token: "pm_card_discover", start: { canAuthenticate: true } });
    world.stripe.fail({ match: "POST /v1/payment_intents", kind: "authenticate" });
    expect(await authorize(world)).toMatchObject({ outcome: "refused", reason: "requires_3ds" });
    expect((await paymentOf(world)).status).toBe("declined");
  });

  test("goes through with the buyer's proof", async () => {
    const world = await aWorld({ token: authenticationCard, authentication: proof });
    expect(await authorize(world)).toMatchObject({ outcome: "done" });
    expect(world.stripe.intents()[0]?.charge?.authenticated).toBe(true);
  });

  test("is not asked for twice", async () => {
    const world = await aWorld({
      token: "pm_card_threeDSecureRequiredChargeDeclined",
      authentication: proof,
      start: { canAuthenticate: true },
    });
    expect(await authorize(world)).toMatchObject({ outcome: "refused", reason: "payment_declined" });
  });

  test("refuses without a call when the buyer did not authenticate", async () => {
    const world = await aWorld({ token: authenticationCard, authentication: { outcome: "denied" } });
    expect(await authorize(world)).toMatchObject({ outcome: "refused", reason: "payment_declined" });
    expect(world.stripe.intents()).toEqual([]);
    expect((await paymentOf(world)).declineCode).toBe("authentication_failed");
  });
});
