import type { CompleteCheckout } from "#functions/checkout/complete-checkout.ts";
import type { Contents } from "#functions/checkout/contents.ts";
import type { Store } from "#functions/store/store.ts";
import { seconds } from "#functions/values/clock.ts";
import { type CheckoutId, type OrderId, orderIdOf } from "#functions/values/id.ts";
import { aCaller, aChannel, aProduct, aRequest, aStore, someContents, storeId } from "#test/examples.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { shopOn, stockShop } from "#test/fakes/memory-shop.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

/** A shop in which people buy. */
export const openHouse = async (store: Partial<Store> = {}) => {
  const on = memoryPlatform();
  const stripe = fakeStripe(on.now);
  const envelope = fakeEnvelope(on.table, on.random);
  await stockShop(on, [{ ...aProduct(), available: null }], aStore(store));
  const shop = shopOn({ ...on, stripe, envelope });
  const begun = async (contents: Partial<Contents> = {}): Promise<CheckoutId> => {
    const session = { caller: aCaller(), idempotency: aRequest(), channel: aChannel() };
    return (await shop.create({ ...session, contents: someContents(contents) })).opened.checkout.id;
  };
  const change = (checkoutId: CheckoutId, contents: Partial<Contents>) =>
    shop.change({
      caller: aCaller(),
      idempotency: aRequest(),
      checkoutId,
      merge: () => someContents(contents),
    });
  const buy = (checkoutId: CheckoutId, given: Partial<CompleteCheckout> = {}) =>
    shop.complete({
      caller: aCaller(),
      idempotency: aRequest(),
      checkoutId,
      deadline: on.now() + seconds(29),
      payment: { kind: "pm", token: "pm_card_visa" },
      ...given,
    });
  /** An order whose store has it and whose money is taken. */
  const bought = async (contents: Partial<Contents> = {}): Promise<OrderId> => {
    const checkoutId = await begun(contents);
    await buy(checkoutId);
    await shop.fulfill({ storeId, orderId: orderIdOf(checkoutId) });
    on.clock.advance(seconds(1));
    return orderIdOf(checkoutId);
  };
  const customerOf = (email: string) => envelope.customerOf(storeId, email);
  return { on, stripe, envelope, shop, begun, change, buy, bought, customerOf };
};
export type House = Awaited<ReturnType<typeof openHouse>>;
