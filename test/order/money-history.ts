import fc from "fast-check";
import { refundStepOf, ruleOf } from "#functions/payment/currency.ts";
import { days, hours, minutes } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import type { Bought, World } from "./world.ts";

const account = { livemode: false };

/** Of a hundred: parts of amounts, more than the whole too. */
const part = fc.integer({ min: 1, max: 120 });
const which = fc.nat(9);
const is = <Word extends string>(word: Word) => fc.record({ does: fc.constant(word) });

/** What may become of money that was captured: by the store, its bank, the buyer's bank, and the lines between them. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant("refundAmount" as const), part }) },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("refundLine" as const),
      which,
      quantity: fc.integer({ min: 1, max: 3 }),
      shipping: fc.boolean(),
      restock: fc.boolean(),
    }),
  },
  is("refundRest" as const),
  is("cancel" as const),
  { weight: 2, arbitrary: fc.record({ does: fc.constant("refundAtDashboard" as const), part }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant("settle" as const), which, succeeds: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant("dispute" as const), part, inquiry: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("decide" as const), which, won: fc.boolean() }) },
  fc.record({ does: fc.constant("escalate" as const), which }),
  { weight: 3, arbitrary: is("hear" as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant("pass" as const),
      time: fc.constantFrom(minutes(2), hours(7), hours(25)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant("fail" as const),
      kind: fc.constantFrom("timeout" as const, "500" as const, "429" as const),
      when: fc.constantFrom("before" as const, "after" as const),
    }),
  },
);
export type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

/** Amounts are such that cards take them: three-decimal currencies in tens, Icelandic crowns whole. */
const bought = (currency: "eur" | "jpy" | "kwd" | "isk"): fc.Arbitrary<Bought[]> =>
  fc.uniqueArray(
    fc.record({
      productId: fc.constantFrom("mug", "tea", "cup"),
      unitAmount: fc.integer({ min: 20, max: 99_999 }).map((units) => units * refundStepOf(currency)),
      quantity: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 3, selector: ({ productId }) => productId },
  );

export const anyHistory = fc
  .constantFrom("eur" as const, "jpy" as const, "kwd" as const, "isk" as const)
  .chain((currency) =>
    fc.record({
      currency: fc.constant(currency),
      bought: bought(currency),
      token: fc.constantFrom("pm_card_visa", "pm_card_pendingRefund", "pm_card_refundFail"),
      steps: fc.array(step, { minLength: 1, maxLength: 20 }),
    }),
  );

export const intentId = ({ stripe }: Pick<World, "stripe">): string => stripe.intents()[0]?.id ?? "";

/** A no is an outcome: what is asked for may be too much, or not the time for it. */
const unlessRefused = async (act: () => Promise<unknown>): Promise<void> => {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
};

const pick = <Each>(all: readonly Each[], at: number): Each | undefined => all[at % Math.max(1, all.length)];

/** A part of the whole, in units that can be given back. */
const partOf = async (world: World, percent: number): Promise<number> => {
  const { payment, quote } = await world.order();
  const unit = refundStepOf(quote.currency);
  return Math.max(1, Math.floor((payment.amount * percent) / 100 / unit)) * unit;
};

/** A part of what the seller still has, in Stripe's units and steps: others choose no odd amounts either. */
const partLeft = ({ stripe }: Pick<World, "stripe">, percent: number): number => {
  const { kept = 0, currency = "eur" } = stripe.ledger(intentId({ stripe })) ?? {};
  const { step } = ruleOf(currency);
  return Math.max(0, Math.floor((kept * Math.min(percent, 100)) / 100 / step)) * step;
};

type Does = { [Word in Step["does"]]: (world: World, step: Extract<Step, { does: Word }>) => unknown };

export const does = {
  refundAmount: async (world, { part }) => {
    const amount = await partOf(world, part);
    await unlessRefused(() => world.refund({ amount }));
  },
  refundLine: async (world, { which, quantity, shipping, restock }) => {
    const line = pick((await world.order()).quote.lines, which);
    const lines = line ? [{ productId: line.productId, quantity }] : [];
    await unlessRefused(() => world.refund({ lines, restock, ...(shipping && { shipping }) }));
  },
  refundRest: (world) => unlessRefused(() => world.refund()),
  cancel: (world) => unlessRefused(() => world.cancel()),
  refundAtDashboard: async (world, { part }) => {
    const amount = partLeft(world, part);
    if (amount === 0) return;
    const wanted = { paymentIntentId: intentId(world), amount, metadata: {} };
    await world.stripe.refundPaymentIntent(account, wanted, `dashboard ${world.stripe.refunds().length}`);
  },
  settle: (world, { which, succeeds }) => {
    const refund = pick(world.stripe.refunds(), which);
    const to = succeeds ? "succeeded" : "failed";
    if (refund && refund.status !== "failed" && refund.status !== to)
      world.stripe.bank.settleRefund(refund.id, to);
  },
  dispute: (world, { part, inquiry }) => {
    const amount = partLeft(world, part);
    if (amount > 0) world.stripe.bank.openDispute(intentId(world), { amount, inquiry });
  },
  decide: (world, { which, won }) => {
    const dispute = pick(world.stripe.disputes(), which);
    if (!dispute) return;
    const asks = dispute.status.startsWith("warning_");
    const to = asks ? "warning_closed" : won ? "won" : "lost";
    if (dispute.status !== to) world.stripe.bank.closeDispute(dispute.id, to);
  },
  escalate: (world, { which }) => {
    const dispute = pick(world.stripe.disputes(), which);
    if (dispute?.status === "warning_needs_response" && partLeft(world, 100) > 0)
      world.stripe.bank.escalateDispute(dispute.id);
  },
  hear: (world) => hear(world),
  pass: (world, { time }) => world.pass(time),
  fail: (world, { kind, when }) => world.stripe.fail({ match: "POST /v1/refunds", kind, when }),
} satisfies Does;

/** What each of Stripe's events leads to: the objects are read back and followed. */
const hear = async (world: World): Promise<void> => {
  const answer = await world.stripe.retrievePaymentIntent(account, intentId(world));
  if (answer.outcome !== "answered") throw new Error("no PaymentIntent");
  const { intent } = answer;
  for (const refund of [undefined, ...world.stripe.refunds()]) {
    const read = refund && (await world.stripe.retrieveRefund(account, refund.id));
    const seen = read?.outcome === "answered" ? { refund: read.refund } : {};
    await world.shop.follow({ account, intent, ...seen });
  }
};

/**
 * Everybody who owes a move makes it, until nobody does: Stripe forgets keys after a day, and a bank that asked and
 * never came back has closed its inquiry after 120.
 */
export const comeToRest = async (world: World): Promise<void> => {
  for (const time of [hours(13), hours(13), days(121), hours(13), hours(13)]) {
    await hear(world);
    await world.pass(time);
  }
  await hear(world);
};
