import { randomUUID } from "node:crypto";
import type { CompleteCheckout } from "#functions/checkout/complete-checkout.ts";
import type { Contents } from "#functions/checkout/contents.ts";
import { wire } from "#functions/customer/customer.handler.ts";
import type { ErasureView } from "#functions/customer/erasure.ts";
import { wire as wireSweep } from "#functions/customer/sweep-erasures.handler.ts";
import { wire as wireOrder } from "#functions/order/order.handler.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import type { Store } from "#functions/store/store.ts";
import type { Caller } from "#functions/values/caller.ts";
import { minutes, seconds } from "#functions/values/clock.ts";
import { type CheckoutId, type OrderId, orderIdOf } from "#functions/values/id.ts";
import { aCaller, aChannel, aProduct, aRequest, aStore, someContents, storeId } from "#test/examples.ts";
import { callApi } from "#test/fakes/api-event.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { aContext, type MemoryPlatform, memoryPlatform } from "#test/fakes/memory-platform.ts";
import { shopOn, stockShop } from "#test/fakes/memory-shop.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

/** Somebody else who can be delivered to. */
export const named = (email: string, firstName: string): Pick<Contents, "contact"> => {
  const { delivery } = someContents().contact;
  return { contact: { buyer: { email, firstName }, delivery } };
};

type Asked = {
  readonly body?: unknown;
  readonly key?: string;
  readonly caller?: Caller;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Record<string, string>;
};

/** A shop in which people buy. */
export const openHouse = async (
  store: Partial<Store> = {},
  envelopeOf: (on: MemoryPlatform) => Envelope = (on) => fakeEnvelope(on.table, on.random),
) => {
  const on = memoryPlatform();
  const stripe = fakeStripe(on.now);
  const envelope = envelopeOf(on);
  await stockShop(on, [{ ...aProduct(), available: null }], aStore(store));
  const shop = shopOn({ ...on, stripe, envelope });
  const begun = async (contents: Partial<Contents> = {}): Promise<CheckoutId> => {
    const session = {
      caller: aCaller(),
      idempotency: aRequest(),
      channel: aChannel({ locale: "de-DE", timezone: "Europe/Berlin" }),
    };
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
    const { order: placed } = await buy(checkoutId);
    if (!placed) throw new Error("nothing was bought");
    await shop.fulfill({ storeId, orderId: orderIdOf(checkoutId) });
    on.clock.advance(seconds(1));
    return orderIdOf(checkoutId);
  };
  const customerOf = (email: string) => envelope.customerOf(storeId, email);
  const customers = wire({ ...on, envelope });
  const sweep = wireSweep(on);
  const admin = aCaller({ role: "admin", scopes: ["customers:read", "customers:write", "orders:read"] });
  const call = (method: "GET" | "POST" | "DELETE", path: string, given: Asked = {}) =>
    callApi(customers, {
      method,
      path,
      caller: given.caller ?? admin,
      ...(given.query && { query: given.query }),
      ...(given.body !== undefined && { body: given.body }),
      headers: { "Idempotency-Key": given.key ?? randomUUID(), ...given.headers },
    });
  const order = async (orderId: OrderId) =>
    (await callApi(wireOrder({ ...on, envelope }), { path: `/orders/${orderId}`, caller: admin })).body;
  /** Erases, and waits until the index has told of everything. */
  const erase = async (email: string) => {
    const asked = await call("DELETE", `/customers/${await customerOf(email)}`);
    on.clock.advance(minutes(2));
    await sweep({}, aContext());
    const { id } = asked.body as { id: string };
    return (await call("GET", `/erasures/${id}`)).body as ErasureView;
  };
  return {
    on,
    stripe,
    envelope,
    shop,
    begun,
    change,
    buy,
    bought,
    customerOf,
    call,
    /** As the operator. */
    command: (sent: object) => customers(sent, aContext()),
    erase,
    admin,
    agent: aCaller(),
    order,
    sweep: () => sweep({}, aContext()),
  };
};
export type House = Awaited<ReturnType<typeof openHouse>>;
