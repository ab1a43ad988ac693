import { paymentStore } from "#functions/payment/payment.store.ts";
import type { Payment } from "#functions/payment/payment.ts";
import type { PaymentIntent, StripeDispute } from "#functions/payment/stripe.ts";
import { tableNames, type Write } from "#functions/runtime/table.ts";
import { minutes, seconds } from "#functions/values/clock.ts";
import { orderIdOf } from "#functions/values/id.ts";
import type { Intent } from "#infra/local/stripe/objects.ts";
import { aCaller, aChannel, aProduct, aRequest, aStore, someContents, storeId } from "#test/examples.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { shopOn, stockShop } from "#test/fakes/memory-shop.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

export const account = { livemode: false };
export const once = aRequest("the buyer's one request");

/** A shop with one checkout that is ready, and everything by which a test looks at what became of it. */
export const aFollowedShop = async (given: { stripeAccount?: string } = {}) => {
  const on = memoryPlatform();
  const stripe = fakeStripe(on.now);
  const process = { ...on, stripe, envelope: fakeEnvelope(on.table) };
  await stockShop(on, [{ ...aProduct(), available: 10 }], aStore(given));
  const shop = shopOn(process);
  const { opened } = await shop.create({
    caller: aCaller(),
    idempotency: aRequest(),
    channel: aChannel(),
    contents: someContents(),
  });
  const checkoutId = opened.checkout.id;
  const orderId = orderIdOf(checkoutId);
  const ids = { storeId, checkoutId, orderId };

  const buy = (by = shop, token = "pm_card_visa", idempotency = once) =>
    by.complete({
      caller: aCaller(),
      idempotency,
      checkoutId,
      deadline: on.now() + seconds(29),
      payment: { kind: "pm", token },
    });
  const intentNow = async (id = stripe.intents()[0]?.id ?? ""): Promise<PaymentIntent> => {
    const answer = await stripe.retrievePaymentIntent({ ...account, ...given }, id);
    if (answer.outcome !== "answered") throw new Error("no such PaymentIntent");
    return answer.intent;
  };
  return {
    on,
    stripe,
    process,
    shop,
    ids,
    buy,
    buyAndFulfill: async () => {
      await buy();
      await shop.fulfill({ storeId, orderId });
    },
    intentNow,
    /** By the store. */
    cancel: () =>
      shop.cancelOrder({
        caller: aCaller({ role: "admin", scopes: ["orders:read", "orders:write"] }),
        orderId,
        idempotency: aRequest("the store cancels"),
        deadline: on.now() + seconds(25),
      }),
    /** Follows what Stripe says now. */
    follow: async (by = shop) => by.follow({ account: { ...account, ...given }, intent: await intentNow() }),
    order: () => shop.orders.get(storeId, orderId),
    payment: async (attempt = 1): Promise<Payment> => {
      const payment = await paymentStore(on.table).get(storeId, checkoutId, attempt);
      if (!payment) throw new Error("no payment row");
      return payment;
    },
    /** Somebody changes the PaymentIntent at Stripe. */
    bend: (change: (intent: Intent) => Partial<Intent>, index = 0) => {
      const intent = stripe.intents()[index];
      if (!intent) throw new Error("no PaymentIntent");
      stripe.state.put("intent", { ...intent, ...change(intent) });
    },
    refundAtDashboard: (amount?: number) =>
      stripe.refundPaymentIntent(
        { ...account, ...given },
        { paymentIntentId: stripe.intents()[0]?.id ?? "", amount, metadata: {} },
        `dashboard ${stripe.refunds().length}`,
      ),
    events: () => on.table.rows("outbox").map((row) => String(row["type"])),
    rows: () => tableNames.flatMap((name) => on.table.rows(name)),
    stock: async () =>
      (await on.table.get("commerce", { pk: `${storeId}#stock#mug-blue`, sk: "stock" }))?.["available"],
    /** Everything that somebody owes a move gets it. */
    sweep: async (by = shop) => {
      for (let minute = 0; minute < 3; minute += 1) {
        on.clock.advance(minutes(1));
        await by.sweepCheckouts();
        await by.sweepOrders();
      }
    },
  };
};
export type FollowedShop = Awaited<ReturnType<typeof aFollowedShop>>;

/** The tables as they are now, to come back to: what a restore to an earlier moment does. */
export const snapshot = ({ on }: FollowedShop) => {
  const all = (): Write[] =>
    tableNames.flatMap((table) =>
      on.table.rows(table).map(({ pk, sk, ...put }) => ({ table, key: { pk, sk }, change: { put } })),
    );
  const before = all();
  return async () => {
    for (const { table, key } of all()) await on.table.commit([{ table, key, change: { remove: true } }]);
    for (const write of before) await on.table.commit([write]);
  };
};

export const aDispute = (given: Partial<StripeDispute> = {}): StripeDispute => ({
  id: "du_1",
  status: "needs_response",
  amount: 2_390,
  currency: "eur",
  reason: "fraudulent",
  paymentIntentId: "pi_1",
  evidenceDueBy: Date.UTC(2026, 11, 1),
  created: Date.UTC(2026, 10, 23, 13),
  ...given,
});
