import { orderKey } from "#functions/order/order.store.ts";
import type { Kind } from "#functions/reconciliation/divergence.ts";
import { minutes } from "#functions/values/clock.ts";
import { orderIdOf } from "#functions/values/id.ts";
import { storeId } from "#test/examples.ts";
import {
  type Bought,
  bend,
  between,
  drop,
  edit,
  type Inject,
  intentOf,
  named,
  oneOf,
  orderOf,
  type Random,
} from "./tamper.ts";
import { account, type World } from "./world.ts";

/** A payment of the same checkout that none of our rows knows. */
const strayPayment = async (world: World, { checkoutId }: Bought, attempt: number, random: Random) => {
  const order = world.stripe.intents().find(({ metadata }) => metadata["checkout"] === checkoutId);
  const answer = await world.stripe.createPaymentIntent(
    account,
    {
      amount: order?.amount ?? 2_390,
      currency: "eur",
      token: { kind: "pm", token: "pm_card_visa" },
      metadata: { store: storeId, checkout: checkoutId, attempt: String(attempt) },
    },
    `stray ${checkoutId}`,
  );
  if (answer.outcome !== "authorized") throw new Error("the stray payment was not authorized");
  if (random() < 0.5)
    await world.stripe.capturePaymentIntent(account, answer.intent.id, `stray ${checkoutId}:capture`);
  // What was touched a moment ago may still be somebody's work.
  world.on.clock.advance(minutes(11));
  return answer.intent.id;
};

/** A checkout that came to nothing, with money that somebody confirmed at Stripe all the same. */
const paidAfterAll: Inject = async (world, _, random) => {
  const checkoutId = await world.create();
  await world.complete(checkoutId, "pm_card_chargeDeclined");
  const intent = world.stripe.intents().at(-1);
  if (!intent) throw new Error("no PaymentIntent");
  const charge = world.stripe.intents()[0]?.charge;
  const status = oneOf(random, ["requires_capture", "succeeded"] as const);
  const amountCaptured = status === "succeeded" ? intent.amount : 0;
  world.stripe.state.put("intent", {
    ...intent,
    status,
    ...(charge && { charge: { ...charge, id: `ch_${checkoutId}`, amountCaptured, amountRefunded: 0 } }),
  });
  world.on.clock.advance(minutes(11));
  return { ids: { checkoutId, paymentIntentId: intent.id }, heals: true };
};

/** What a restore to before the purchase leaves: the checkout, or not even that. */
const forgotten: Inject = async (world, _, random) => {
  const checkoutId = await world.create();
  const restore = world.snapshot();
  await world.complete(checkoutId);
  if (random() < 0.7) await world.shop.fulfill({ storeId, orderId: orderIdOf(checkoutId) });
  await restore();
  const heals = random() < 0.6;
  if (!heals) await drop(world, "commerce", { pk: `${storeId}#${checkoutId}`, sk: "checkout" });
  return { ids: { checkoutId, paymentIntentId: world.stripe.intents().at(-1)?.id }, heals };
};

export const moneyInjections = {
  charged_not_recorded: (world, bought, random) =>
    oneOf(random, [forgotten, paidAfterAll])(world, bought, random),
  recorded_not_charged: async (world, bought, random) => {
    const order = await orderOf(world, bought);
    bend(world, order, { status: oneOf(random, ["canceled", "requires_payment_method", "processing"]) });
    return named({ orderId: order.id, paymentIntentId: order.payment.paymentIntentId }, false);
  },
  amount: async (world, bought, random) => {
    const order = await orderOf(world, bought);
    const { amount, charge } = intentOf(world, order);
    const other = amount + oneOf(random, [-1, 1]) * between(random, 1, 500);
    if (random() < 0.5) bend(world, order, { amount: other });
    else bend(world, order, { charge: { ...charge, amountCaptured: other } });
    return named({ orderId: order.id }, false);
  },
  currency: async (world, bought, random) => {
    const order = await orderOf(world, bought);
    bend(world, order, { currency: oneOf(random, ["usd", "jpy", "gbp"]) });
    return named({ orderId: order.id }, false);
  },
  double: async (world, bought, random) => {
    const paymentIntentId = await strayPayment(world, bought, 1, random);
    return named({ orderId: bought.orderId, paymentIntentId }, true);
  },
  orphan_refund: async (world, bought, random) => {
    const order = await orderOf(world, bought);
    const paymentIntentId = order.payment.paymentIntentId ?? "";
    if (random() < 0.4) {
      const disputeId = world.stripe.bank.openDispute(paymentIntentId);
      if (random() < 0.5) world.stripe.bank.closeDispute(disputeId, oneOf(random, ["won", "lost"]));
      return named({ orderId: order.id, disputeId }, true);
    }
    const amount = random() < 0.3 ? undefined : between(random, 1, order.payment.amount);
    await world.stripe.refundPaymentIntent(
      account,
      { paymentIntentId, amount, metadata: {} },
      `dashboard ${order.id}`,
    );
    return named({ orderId: order.id, refundId: world.stripe.refunds().at(-1)?.id }, true);
  },
  missing_refund: async (world, bought, random) => {
    const order = await orderOf(world, bought);
    if (random() < 0.5) {
      await world.refund(bought, between(random, 50, order.payment.amount));
      world.stripe.bank.settleRefund(
        world.stripe.refunds().at(-1)?.id ?? "",
        "failed",
        "lost_or_stolen_card",
      );
      return named({ orderId: order.id }, true);
    }
    const refund = {
      number: 1,
      status: oneOf(random, ["pending", "succeeded"]),
      amount: between(random, 1, order.payment.amount),
      lines: [],
      shipping: false,
      restock: false,
      reason: "other",
      origin: "store",
      stripeRefundId: "re_nowhere",
      requestedAt: world.on.now(),
      updatedAt: world.on.now(),
    };
    await edit(world, "commerce", orderKey(storeId, order.id), () => ({ refunds: [refund] }));
    return named({ orderId: order.id }, false);
  },
} as const satisfies Partial<Record<Kind, Inject>>;
