import { checkoutStore, createdCheckout } from "#functions/checkout/checkout.store.ts";
import { type Step, stepOf } from "#functions/checkout/completion.ts";
import { startAttempt } from "#functions/checkout/start-attempt.ts";
import { checkoutWorkflow } from "#functions/checkout/workflow.ts";
import { acceptTokens } from "#functions/payment/accept-tokens.ts";
import { authorizePayment } from "#functions/payment/authorize-payment.ts";
import { type KillTokens, killTokens } from "#functions/payment/kill-tokens.ts";
import { paymentStore } from "#functions/payment/payment.store.ts";
import type { Stripe } from "#functions/payment/stripe.ts";
import { createdStore, storeStore } from "#functions/store/store.store.ts";
import { seconds } from "#functions/values/clock.ts";
import { type CheckoutId, newId, type StoreId } from "#functions/values/id.ts";
import {
  aCaller,
  aChannel,
  aCheckout,
  aProduct,
  aRequest,
  aStore,
  someContents,
  someTerms,
  storeId,
} from "#test/examples.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { shopOn, stepsOn, stockShop } from "#test/fakes/memory-shop.ts";
import { mortal } from "#test/fakes/mortal.ts";
import { runWorkflow } from "#test/fakes/run-workflow.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

export const callTakes = seconds(25);
export const actor = { role: "operator", requestId: "request-1" } as const;
export const reason = "the payment provider asked us to";

/** A store that sells, another one beside it, and a count of the charges that were begun. */
export const tokenWorld = async (seed = 1) => {
  const on = memoryPlatform({ seed });
  const charges: { at: number; storeId: string }[] = [];
  const stripe = fakeStripe(on.now);
  const counting: Stripe = {
    ...stripe,
    createPaymentIntent: (account, wanted, key) => {
      charges.push({ at: on.now(), storeId: wanted.metadata["store"] ?? "" });
      return stripe.createPaymentIntent(account, wanted, key);
    },
  };
  const process = { ...on, stripe: counting, envelope: fakeEnvelope(on.table, on.random) };
  await stockShop(on, [{ ...aProduct(), available: 1_000_000 }]);
  const otherStore: StoreId = "store_00000000000000000000000000";
  await on.table.commit([createdStore(aStore({ id: otherStore }))]);
  return { on, stripe, charges, process, otherStore };
};
export type TokenWorld = Awaited<ReturnType<typeof tokenWorld>>;
type Process = TokenWorld["process"];

export const switchOn = (process: Process) => {
  const given = { ...process, stores: storeStore(process.table), payments: paymentStore(process.table) };
  return { kill: killTokens({ ...given, callTakes, clocksApart: 0 }), accept: acceptTokens(given) };
};

export const ready = async ({ process }: TokenWorld): Promise<CheckoutId> => {
  const { opened } = await shopOn(process).create({
    caller: aCaller(),
    idempotency: aRequest(),
    channel: aChannel({ interventions: ["3ds"] }),
    contents: someContents(),
  });
  return opened.checkout.id;
};

export const buy = (process: Process, checkoutId: CheckoutId, more: object = {}) =>
  shopOn(process).complete({
    caller: aCaller(),
    idempotency: aRequest(),
    checkoutId,
    deadline: process.now() + seconds(29),
    payment: { kind: "pm", token: "pm_card_visa" },
    ...more,
  });

/** A run of the checkout workflow, as the sweeper starts one. */
export const takeOver = (process: Process, checkoutId: CheckoutId) =>
  runWorkflow(checkoutWorkflow, stepsOn(process), { storeId, checkoutId });

/** Tokens that lie in the table. */
export const tokensLeft = ({ on }: TokenWorld): number =>
  on.table.rows("commerce").filter((row) => row["sealedToken"] !== undefined).length;

export const wholeKill = async (world: TokenWorld, command: Omit<KillTokens, "reason">): Promise<number> => {
  const { kill } = switchOn(world.process);
  let calls = 0;
  let cursor: KillTokens["cursor"];
  for (;;) {
    calls += 1;
    const answer = await kill({ ...command, reason, cursor }, actor);
    if (answer.done) return calls;
    cursor = answer.cursor;
    world.on.clock.advance(seconds(answer.waitSeconds));
  }
};

/** Attempts whose runs died before they could ask Stripe. */
export const openAttempts = async ({ on, process }: TokenWorld, count: number): Promise<Step[]> => {
  const steps: Step[] = [];
  for (let index = 0; index < count; index += 1) {
    const checkout = aCheckout({
      id: newId("chk", on.random),
      status: "completing",
      epoch: 1,
      attempt: 1,
      completingSince: on.now(),
      leaseUntil: on.now() + index,
    });
    const { write, cipher } = await process.envelope.create(
      { storeId, checkoutId: checkout.id },
      someTerms(),
    );
    const sealed = Uint8Array.from(await cipher.seal("payment_token", "pm_card_visa"));
    const request = { version: 1, idempotency: aRequest(), token: { kind: "pm" as const, sealed } };
    await on.table.commit([
      write,
      createdCheckout(checkout),
      ...startAttempt(checkout, aStore(), request, on.now()),
    ]);
    steps.push(stepOf(checkout));
  }
  return steps;
};

export const authorize = ({ process }: TokenWorld, step: Step) =>
  authorizePayment({
    ...process,
    deployment: process.environment.get("DEPLOYMENT"),
    payments: paymentStore(process.table),
    checkouts: checkoutStore(process.table),
    countDecline: async () => undefined,
    remaining: () => seconds(12),
  })(step);

/** Each call dies somewhere, later and later, until one comes through. */
export const killDying = async (world: TokenWorld, seed: number): Promise<number> => {
  let cursor: KillTokens["cursor"];
  for (let calls = 1; ; calls += 1) {
    const dying = mortal(world.process, { call: 1 + ((seed * 7 + calls * calls) % 400), when: "after" });
    const by = { ...actor, requestId: `request-${calls}` };
    const answer = await switchOn(dying.process as Process)
      .kill({ stores: "all", reason, cursor }, by)
      .catch(() => undefined);
    if (answer?.done) return calls;
    cursor = answer?.cursor;
    world.on.clock.advance(seconds(answer?.waitSeconds ?? 1));
    if (calls > 20) return calls + (await wholeKill(world, { stores: "all" }));
  }
};
