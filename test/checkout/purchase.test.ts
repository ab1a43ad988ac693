import { describe, expect, test } from "vitest";
import { showSession } from "#functions/acp/show-session.ts";
import { putProduct } from "#functions/catalog/product.store.ts";
import { setStock } from "#functions/catalog/stock.store.ts";
import { times } from "#functions/checkout/checkout.ts";
import type { CompleteCheckout } from "#functions/checkout/complete-checkout.ts";
import type { Contents } from "#functions/checkout/contents.ts";
import { times as orderTimes } from "#functions/order/order.ts";
import { canonicalJson, sha256 } from "#functions/runtime/canonical-json.ts";
import { digestsOf } from "#functions/store/policy.ts";
import { replacedStorefront, savedStore } from "#functions/store/store.store.ts";
import { seconds } from "#functions/values/clock.ts";
import { type CheckoutId, orderIdOf } from "#functions/values/id.ts";
import { aCaller, aChannel, aProduct, aRequest, aStore, someContents, storeId } from "#test/examples.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { shopOn, stockShop } from "#test/fakes/memory-shop.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

const visa = { kind: "pm", token: "pm_card_visa" } as const;

const aShop = async (available: number | null = 10, store = aStore()) => {
  const on = memoryPlatform();
  const stripe = fakeStripe(on.now);
  const process = { ...on, stripe, envelope: fakeEnvelope(on.table) };
  await stockShop(
    on,
    [
      { ...aProduct(), available },
      { ...aProduct({ id: "guide", digital: true, unitAmount: 700 }), available: null },
      { ...aProduct({ id: "free", digital: true, unitAmount: 0 }), available: null },
    ],
    store,
  );
  const shop = shopOn(process);
  const create = (contents: Partial<Contents> = {}, idempotency = aRequest()) =>
    shop.create({
      caller: aCaller(),
      idempotency,
      channel: aChannel({ interventions: ["3ds"] }),
      contents: someContents(contents),
    });
  const complete = (checkoutId: CheckoutId, given: Partial<CompleteCheckout> = {}) =>
    shop.complete({
      caller: aCaller(),
      idempotency: aRequest(),
      checkoutId,
      deadline: on.now() + seconds(29),
      payment: visa,
      ...given,
    });
  const stock = async () =>
    (await on.table.get("commerce", { pk: `${storeId}#stock#mug-blue`, sk: "stock" }))?.["available"];
  const events = () => on.table.rows("outbox").map((row) => row["type"]);
  return { on, stripe, shop, create, complete, stock, events };
};
type Shop = Awaited<ReturnType<typeof aShop>>;

const ready = async ({ create }: Shop, contents: Partial<Contents> = {}) =>
  (await create(contents)).opened.checkout.id;

describe("buying", () => {
  test("ends in one order whose money is authorized, and takes the stock", async () => {
    const shop = await aShop();
    const { opened, order } = await shop.complete(await ready(shop));
    expect(opened.checkout).toMatchObject({ status: "completed", orderId: order?.id });
    expect(order).toMatchObject({ status: "placed", payment: { state: "authorized", amount: 2_390 } });
    expect(shop.stripe.intents()).toMatchObject([{ status: "requires_capture", amount: 2_390 }]);
    expect(await shop.stock()).toBe(9);
    expect(shop.events()).toEqual(["order.placed"]);
  });

  test("captures and confirms once the store has the order", async () => {
    const shop = await aShop();
    const { order } = await shop.complete(await ready(shop));
    await shop.shop.fulfill({ storeId, orderId: order?.id });
    expect(await shop.shop.orders.get(storeId, order!.id)).toMatchObject({
      status: "confirmed",
      payment: { state: "captured" },
    });
    expect(shop.stripe.intents()).toMatchObject([{ status: "succeeded" }]);
    expect(shop.events()).toEqual(["order.placed", "payment.captured", "order.confirmed"]);
  });

  test("stands on the policies that the session carried, each with its version's digest", async () => {
    const shop = await aShop();
    const { order } = await shop.complete(await ready(shop));
    expect(order?.terms).toEqual({ ...digestsOf(aStore().policies), at: shop.on.now() });
  });

  test.each(["termsOfUse", "privacyPolicy", "returnPolicy"] as const)(
    "is not done on another version of the %s than was shown: it is shown, then it is",
    async (name) => {
      const shop = await aShop();
      const id = await ready(shop);
      const policies = {
        ...aStore().policies,
        [name]: { ...aStore().policies[name], version: "2026-12-01" },
      };
      await shop.on.table.commit([savedStore(aStore(), aStore({ policies, version: 2 }))]);
      const first = await shop.complete(id);
      expect(first.order).toBeUndefined();
      expect(first.opened.checkout).toMatchObject({ status: "ready", messages: [{ code: "terms_changed" }] });
      expect(shop.stripe.intents()).toEqual([]);
      expect((await shop.complete(id)).order?.terms).toMatchObject(digestsOf(policies));
    },
  );

  test("is warned of where the store has not confirmed its privacy paragraph, and goes on", async () => {
    const shop = await aShop(10, aStore({ privacyParagraph: undefined }));
    const { opened } = await shop.create();
    expect(opened.checkout).toMatchObject({ status: "ready", messages: [{ code: "privacy_unconfirmed" }] });
    expect((await shop.complete(opened.checkout.id)).order?.status).toBe("placed");
  });

  test("is not done once its store has no verified domain", async () => {
    const shop = await aShop();
    const id = await ready(shop);
    await shop.on.table.commit([savedStore(aStore(), aStore({ verifiedDomains: [], version: 2 }))]);
    await expect(shop.complete(id)).rejects.toMatchObject({ code: "store_not_active" });
    expect(shop.stripe.intents()).toEqual([]);
  });

  test("asks for no payment where nothing is due", async () => {
    const shop = await aShop();
    const { order } = await shop.complete(
      await ready(shop, { lines: [{ productId: "free", quantity: 1 }] }),
      {
        payment: undefined,
      },
    );
    expect(order).toMatchObject({ payment: { state: "not_required", amount: 0 } });
    expect(shop.stripe.intents()).toEqual([]);
    await shop.shop.fulfill({ storeId, orderId: order?.id });
    expect(shop.events()).toEqual(["order.placed", "order.confirmed"]);
  });

  test("confirms an order whose money was taken, however late, whatever became of the store", async () => {
    const shop = await aShop();
    const { order } = await shop.complete(await ready(shop));
    const submitted = await shop.shop.steps["fulfillment/submit-order"]?.({ storeId, orderId: order?.id });
    await shop.shop.steps["payment/capture-payment"]?.(submitted ?? {});
    await shop.on.table.commit([savedStore(aStore(), aStore({ status: "suspended", version: 2 }))]);
    shop.on.clock.advance(orderTimes.giveUp);
    await shop.shop.sweepOrders();
    expect((await shop.shop.orders.get(storeId, order!.id))?.status).toBe("confirmed");
    expect(shop.stripe.refunds()).toEqual([]);
  });

  test("tells about the last pieces, also when two buyers take them at once", async () => {
    const shop = await aShop(2);
    const ids = [await ready(shop), await ready(shop)];
    await Promise.all(ids.map((id) => shop.complete(id)));
    expect(await shop.stock()).toBe(0);
    expect(shop.events().filter((type) => type === "stock.depleted")).toHaveLength(1);
  });

  test("tells about the last piece in the transaction that takes it", async () => {
    const shop = await aShop(1);
    await shop.complete(await ready(shop));
    expect(shop.events().sort()).toEqual(["order.placed", "stock.depleted"]);
  });
});

describe("a definite no", () => {
  test("of the bank gives the stock back and leaves the checkout ready for another token", async () => {
    const shop = await aShop();
    const id = await ready(shop);
    const declined = await shop.complete(id, { payment: { kind: "pm", token: "pm_card_chargeDeclined" } });
    expect(declined.opened.checkout).toMatchObject({
      status: "ready",
      messages: [{ level: "error", code: "payment_declined" }],
    });
    expect(await shop.stock()).toBe(10);
    expect(shop.on.table.rows("outbox")).toMatchObject([
      {
        type: "payment.failed",
        subject: id,
        version: 1,
        data: { stage: "authorization", attempt: 1, amount: 2_390, reason: "payment_declined" },
      },
    ]);
    const { order } = await shop.complete(id);
    expect(order?.status).toBe("placed");
    expect(shop.stripe.intents().map((intent) => intent.status)).toEqual([
      "requires_payment_method",
      "requires_capture",
    ]);
  });

  test("of the capture cancels the order, gives everything back and tells everybody", async () => {
    const shop = await aShop();
    const { order } = await shop.complete(await ready(shop));
    shop.stripe.fail({ match: "/capture", kind: "refuse", code: "charge_expired_for_capture" });
    await shop.shop.fulfill({ storeId, orderId: order?.id });
    expect(await shop.shop.orders.get(storeId, order!.id)).toMatchObject({
      status: "canceled",
      payment: { state: "voided" },
    });
    expect(await shop.stock()).toBe(10);
    expect(shop.events()).toEqual(["order.placed", "order.updated", "payment.failed", "order.canceled"]);
  });

  test("of the store is a free void, not a refund", async () => {
    const shop = await aShop();
    const { order } = await shop.complete(await ready(shop));
    await shop.on.table.commit([savedStore(aStore(), aStore({ status: "suspended", version: 2 }))]);
    await shop.shop.fulfill({ storeId, orderId: order?.id });
    expect(await shop.shop.orders.get(storeId, order!.id)).toMatchObject({
      status: "canceled",
      cancelReason: "store_suspended",
      payment: { state: "voided" },
    });
    expect(shop.stripe.refunds()).toEqual([]);
    expect(await shop.stock()).toBe(10);
  });
});

test("a checkout that fails, fails again and expires tells each, in this order", async () => {
  const shop = await aShop();
  const id = await ready(shop);
  const payment = { kind: "pm", token: "pm_card_chargeDeclined" } as const;
  await shop.complete(id, { payment });
  await shop.complete(id, { payment });
  shop.on.clock.advance(times.session);
  await shop.shop.sweepCheckouts();
  expect(shop.on.table.rows("outbox").map(({ type, version }) => [type, version])).toEqual([
    ["payment.failed", 1],
    ["payment.failed", 2],
    ["checkout.expired", 3],
  ]);
});

describe("what the buyer saw is what the buyer gets", () => {
  test("a price that changed since is told, not charged", async () => {
    const shop = await aShop();
    const id = await ready(shop);
    await shop.on.table.commit([putProduct(storeId, aProduct({ unitAmount: 2_000 }))]);
    const surprised = await shop.complete(id);
    expect(surprised.opened.checkout).toMatchObject({
      status: "ready",
      messages: [{ code: "price_changed" }],
    });
    expect(shop.stripe.intents()).toEqual([]);
    expect((await shop.complete(id)).order?.payment.amount).toBe(2_490);
  });

  test("stock that is gone since is told, not sold", async () => {
    const shop = await aShop();
    const id = await ready(shop);
    await shop.on.table.commit([setStock(storeId, "mug-blue", { onHand: 0 })]);
    expect((await shop.complete(id)).opened.checkout).toMatchObject({
      status: "open",
      messages: [{ code: "out_of_stock", at: ["lines", 0] }],
    });
    expect(shop.stripe.intents()).toEqual([]);
  });

  test("two lines of one product cannot both pass the check for the same piece", async () => {
    const shop = await aShop(1);
    const twice = [
      { productId: "mug-blue", quantity: 1 },
      { productId: "mug-blue", quantity: 1 },
    ];
    const { opened } = await shop.create({ lines: twice });
    expect(opened.checkout).toMatchObject({ status: "open", messages: [{ code: "out_of_stock" }] });
  });

  test("expires instead of completing once its time is up", async () => {
    const shop = await aShop();
    const id = await ready(shop);
    shop.on.clock.advance(times.session);
    expect((await shop.complete(id)).opened.checkout.status).toBe("expired");
    await shop.shop.sweepCheckouts();
    expect(shop.events()).toEqual(["checkout.expired"]);
    expect((await shop.shop.checkouts.get(storeId, id))?.status).toBe("expired");
  });
});

describe("a request that buys nothing", () => {
  test("says what is missing, and a late repeat does not buy what it has become", async () => {
    const shop = await aShop();
    const id = await ready(shop, { contact: {} });
    const idempotency = aRequest("early");
    expect((await shop.complete(id, { idempotency })).opened.checkout.status).toBe("open");
    await shop.shop.change({
      caller: aCaller(),
      idempotency: aRequest(),
      checkoutId: id,
      merge: () => someContents(),
    });
    const repeated = await shop.complete(id, { idempotency });
    expect(repeated).toMatchObject({ replayed: true, opened: { checkout: { status: "open" } } });
    expect(shop.stripe.intents()).toEqual([]);
  });

  test("of a store that stopped selling is refused, not answered as if it could go on", async () => {
    const shop = await aShop();
    const id = await ready(shop);
    await shop.on.table.commit([savedStore(aStore(), aStore({ status: "suspended", version: 2 }))]);
    await expect(shop.complete(id)).rejects.toMatchObject({ code: "store_not_active" });
  });
});

describe("a session that is read", () => {
  test("tells its order as it is now, and a repeated completion as it was placed", async () => {
    const shop = await aShop();
    const id = await ready(shop);
    const idempotency = aRequest("one");
    const orderId = orderIdOf(id);
    const read = async () => (await shop.shop.read({ caller: aCaller(), checkoutId: id })).order;
    await shop.complete(id, { idempotency });
    expect(await read()).toMatchObject({ status: "placed" });
    await shop.shop.fulfill({ storeId, orderId });
    const some = { reason: "returned", restock: false } as const;
    const asked = { caller: aCaller(), orderId, deadline: shop.on.now() + seconds(29) };
    await shop.shop.refund({ ...asked, idempotency: aRequest(), body: { ...some, amount: 100 } });
    await shop.shop.cancelOrder({ ...asked, idempotency: aRequest(), body: { reason: "out_of_stock" } });
    expect(await read()).toMatchObject({
      status: "canceled",
      payment: { state: "refunded" },
      refunds: [{ amount: 100 }, { amount: 2_290 }],
    });
    const again = await shop.complete(id, { idempotency });
    expect(again.order).toMatchObject({ status: "placed", refunds: [], payment: { state: "authorized" } });
  });
});

describe("the same request again", () => {
  test("gets the same answer and buys nothing more", async () => {
    const shop = await aShop();
    const id = await ready(shop);
    const idempotency = aRequest("one");
    const first = await shop.complete(id, { idempotency });
    await shop.shop.fulfill({ storeId, orderId: first.order?.id });
    const again = await shop.complete(id, { idempotency });
    expect(again).toEqual({
      ...first,
      replayed: true,
      order: { ...first.order, updatedAt: first.order?.createdAt },
    });
    expect(shop.stripe.intents()).toHaveLength(1);
  });

  test("shows the store as it was shown, whatever its owner changed since", async () => {
    const shop = await aShop();
    const created = await shop.create({}, aRequest("create"));
    const id = created.opened.checkout.id;
    const declined = {
      idempotency: aRequest("declined"),
      payment: { kind: "pm", token: "pm_card_chargeDeclined" },
    } as const;
    const first = await shop.complete(id, declined);
    const bought = await shop.complete(id, { idempotency: aRequest("bought") });
    const after = aStore({
      version: 2,
      stripeProfile: "profile_another",
      support: { email: "new@tea.example" },
      policies: { ...aStore().policies, termsOfUse: { url: "https://tea.example/new", version: "2" } },
    });
    await shop.on.table.commit([savedStore(aStore(), after), replacedStorefront(aStore(), shop.on.now())]);
    const { name: _, ...shown } = after;
    for (const [answer, again] of [
      [created, await shop.create({}, aRequest("create"))],
      [first, await shop.complete(id, declined)],
      [bought, await shop.complete(id, { idempotency: aRequest("bought") })],
    ] as const)
      expect(showSession(again, "2026-04-17")).toEqual(showSession(answer, "2026-04-17"));
    expect((await shop.shop.read({ caller: aCaller(), checkoutId: id })).store).toMatchObject(shown);
  });

  test("repeats a decline, whatever the checkout has become since", async () => {
    const shop = await aShop();
    const id = await ready(shop);
    const declined = {
      idempotency: aRequest("one"),
      payment: { kind: "pm", token: "pm_card_chargeDeclined" },
    } as const;
    const first = await shop.complete(id, declined);
    await shop.complete(id);
    expect(await shop.complete(id, declined)).toEqual({ ...first, replayed: true });
  });

  test("creates one checkout, not two", async () => {
    const shop = await aShop();
    const idempotency = aRequest("one");
    const first = await shop.create({}, idempotency);
    expect(await shop.create({}, idempotency)).toEqual({ ...first, replayed: true });
    await expect(shop.create({}, aRequest("one", "another body"))).rejects.toMatchObject({
      code: "idempotency_conflict",
    });
  });

  test("two completes with different keys at once end in one charge", async () => {
    const shop = await aShop();
    const id = await ready(shop);
    const answers = await Promise.all([shop.complete(id), shop.complete(id), shop.complete(id)]);
    expect(answers.some(({ order }) => order)).toBe(true);
    expect(shop.stripe.intents()).toHaveLength(1);
    expect(await shop.stock()).toBe(9);
  });

  test("fifty buyers of the last piece: one order, and no loser is charged or authorized", async () => {
    const shop = await aShop(1);
    const ids = await Promise.all(Array.from({ length: 50 }, () => ready(shop)));
    const answers = await Promise.all(ids.map((id) => shop.complete(id)));
    expect(answers.filter(({ order }) => order)).toHaveLength(1);
    expect(shop.stripe.intents()).toHaveLength(1);
    expect(await shop.stock()).toBe(0);
  });
});

describe("an outcome nobody knows", () => {
  const silent = {
    match: "POST /v1/payment_intents",
    when: "after",
    kind: "timeout",
    times: 1,
  } as const;

  test("is neither undone nor shipped: the same key settles it", async () => {
    const shop = await aShop();
    const id = await ready(shop);
    shop.stripe.fail(silent);
    expect((await shop.complete(id)).opened.checkout.status).toBe("completing");
    shop.on.clock.advance(times.lease);
    await shop.shop.sweepCheckouts();
    expect((await shop.shop.checkouts.get(storeId, id))?.status).toBe("completed");
    expect(shop.stripe.intents()).toMatchObject([{ status: "requires_capture" }]);
  });

  test("is aborted after the give-up time, and then nothing is held", async () => {
    const shop = await aShop();
    const id = await ready(shop);
    shop.stripe.fail({ ...silent, times: 92 });
    await shop.complete(id);
    for (let passed = 0; passed < times.giveUp; passed += times.lease) {
      shop.on.clock.advance(times.lease);
      await shop.shop.sweepCheckouts();
      expect((await shop.shop.checkouts.get(storeId, id))?.status).not.toBe("completed");
    }
    for (let run = 0; run < 5; run += 1) {
      shop.on.clock.advance(times.lease);
      await shop.shop.sweepCheckouts();
    }
    expect((await shop.shop.checkouts.get(storeId, id))?.status).toBe("ready");
    expect(shop.stripe.intents().filter((intent) => intent.status === "requires_capture")).toEqual([]);
    expect(await shop.stock()).toBe(10);
    expect(shop.on.counted).toContain("MoneyHeld");
  });
});

describe("3-D Secure", () => {
  const secure = aStore({
    threeDSecure: {
      acquirerBin: "411111",
      acquirerCountry: "DE",
      acquirerMerchantId: "m",
      merchantName: "Tea",
    },
  });
  const payment = { kind: "pm", token: "pm_card_authenticationRequired" } as const;
  const authentication = {
    outcome: "authenticated",
    cryptogram: "AAABBEg0VhI0VniQEjRWAAAAAAA=",
    electronicCommerceIndicator: "05",
    transactionId: "c1b2",
    version: "2.2.0",
  };

  test("holds the stock while the buyer authenticates, then buys in a new attempt", async () => {
    const shop = await aShop(10, secure);
    const id = await ready(shop);
    expect((await shop.complete(id, { payment })).opened.checkout.status).toBe("authenticating");
    expect(await shop.stock()).toBe(9);
    await expect(shop.complete(id, { payment })).rejects.toMatchObject({ code: "requires_3ds" });
    expect((await shop.complete(id, { payment, authentication })).order?.status).toBe("placed");
    expect(await shop.stock()).toBe(9);
    expect(shop.stripe.intents().filter((intent) => intent.status === "requires_capture")).toHaveLength(1);
  });

  test("is not possible for a card whose brand is at no directory server of ACP: the agent hears why", async () => {
    const shop = await aShop(10, secure);
    const id = await ready(shop);
    shop.stripe.fail({ match: "POST /v1/payment_intents", kind: "authenticate" });
    const told = await shop.complete(id, { payment: { kind: "pm", token: "pm_card_discover" } });
    expect(told.opened.checkout).toMatchObject({
      status: "ready",
      messages: [{ code: "authentication_required" }],
    });
    expect(await shop.stock()).toBe(10);
    expect((await shop.complete(id)).order?.status).toBe("placed");
  });

  test("agrees to the terms as they are when the buyer comes back", async () => {
    const shop = await aShop(10, secure);
    const id = await ready(shop);
    await shop.complete(id, { payment });
    shop.on.clock.advance(seconds(90));
    const policies = {
      ...secure.policies,
      termsOfUse: { url: "https://tea.example/terms", version: "2026-12-01" },
    };
    await shop.on.table.commit([savedStore(secure, { ...secure, policies })]);
    await shop.complete(id, { payment, authentication });
    expect(await shop.shop.orders.get(storeId, orderIdOf(id))).toMatchObject({
      terms: { sha256: sha256(canonicalJson(policies)), at: shop.on.now() },
    });
    expect(await shop.shop.checkouts.get(storeId, id)).toMatchObject({
      consent: { at: shop.on.now(), version: 3, keyId: aCaller().keyId },
    });
  });

  test("keeps the row until stock and money are settled, whatever its retention", async () => {
    const shop = await aShop(10, secure);
    const id = await ready(shop);
    const expiry = async () =>
      (await shop.on.table.get("commerce", { pk: `${storeId}#${id}`, sk: "checkout" }))?.["expiresAtSeconds"];
    expect(await expiry()).toBeTypeOf("number");
    await shop.complete(id, { payment });
    expect(await expiry()).toBeUndefined();
  });

  test("lets go of a buyer who never comes back", async () => {
    const shop = await aShop(10, secure);
    const id = await ready(shop);
    await shop.complete(id, { payment });
    shop.on.clock.advance(times.authentication);
    await shop.shop.sweepCheckouts();
    expect((await shop.shop.checkouts.get(storeId, id))?.status).toBe("ready");
    expect(await shop.stock()).toBe(10);
  });

  test("can be canceled by the buyer at once", async () => {
    const shop = await aShop(10, secure);
    const id = await ready(shop);
    await shop.complete(id, { payment });
    const canceled = await shop.shop.cancel({ caller: aCaller(), idempotency: aRequest(), checkoutId: id });
    expect(canceled.opened.checkout.status).toBe("canceled");
    expect(await shop.stock()).toBe(10);
  });
});

describe("somebody else's checkout", () => {
  const strangers = [
    aCaller({ principalId: "prn_00000000000000000000000000" }),
    aCaller({ storeId: "store_00000000000000000000000000" }),
  ];

  test.each(strangers)("is not there, for another agent and for another store", async (caller) => {
    const shop = await aShop();
    const checkoutId = await ready(shop);
    const command = { caller, checkoutId, idempotency: aRequest() };
    const notThere = { code: "not_found" };
    await expect(shop.shop.read(command)).rejects.toMatchObject(notThere);
    await expect(shop.shop.change({ ...command, merge: () => someContents() })).rejects.toMatchObject(
      notThere,
    );
    await expect(shop.shop.cancel(command)).rejects.toMatchObject(notThere);
    await expect(shop.complete(checkoutId, { caller })).rejects.toMatchObject(notThere);
  });
});
