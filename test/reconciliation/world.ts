import { together } from "#functions/operator/parts.ts";
import { sweepOutbox } from "#functions/outbox/sweep-outbox.ts";
import { paymentStore } from "#functions/payment/payment.store.ts";
import { listOpen, readRun } from "#functions/reconciliation/reconciliation.store.ts";
import type { Platform } from "#functions/runtime/platform.ts";
import type { Enqueue } from "#functions/runtime/queue.client.ts";
import { tableNames, type Write } from "#functions/runtime/table.ts";
import { minutes, seconds } from "#functions/values/clock.ts";
import { type CheckoutId, type OrderId, orderIdOf } from "#functions/values/id.ts";
import { DeliverWebhook } from "#functions/webhook/deliver-webhook.ts";
import { type DeliveryId, readDelivery, savedDelivery } from "#functions/webhook/delivery.store.ts";
import { isFinal, moved } from "#functions/webhook/delivery.ts";
import { createdEndpoint, endpointStore } from "#functions/webhook/endpoint.store.ts";
import { fanOutEvent } from "#functions/webhook/fan-out-event.ts";
import type { Done } from "#infra/ops-answer.ts";
import {
  aCaller,
  aChannel,
  anEndpoint,
  aProduct,
  aRequest,
  aStore,
  someContents,
  storeId,
} from "#test/examples.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryBus } from "#test/fakes/memory-bus.ts";
import { type MemoryPlatform, memoryPlatform } from "#test/fakes/memory-platform.ts";
import { shopOn, stockShop } from "#test/fakes/memory-shop.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

export const account = { livemode: false };

/** What a scheduled run answers. */
export type Counts = { looked: number; healed: number; open: number; unread: number };
/** What the operator is shown. */
export type Shown = { kind: string; [id: string]: unknown };
export type Told = {
  done: boolean;
  looked: number;
  unread: number;
  healed: Shown[];
  found: Shown[];
  open?: Shown[];
  runbooks: Record<string, string>;
};

/** A shop that sells, a bus that fans out, and an endpoint that hears of everything. */
export const aWorld = async (given: { seed?: number } = {}) => {
  const on = memoryPlatform(given);
  const stripe = fakeStripe(on.now);
  const bus = memoryBus();
  const endpoints = endpointStore(on.table);
  const fanOut = fanOutEvent({ ...on, endpoints, wake: (ids) => deliver(on, ids) });
  const put = async (events: Parameters<typeof bus.put>[0]) => {
    const refused = await bus.put(events);
    for (const detail of events.filter(({ id }) => !refused.has(id))) await fanOut({ detail });
    return refused;
  };
  const enqueue: Enqueue = (_, messages) =>
    deliver(
      on,
      messages.map(({ body }) => DeliverWebhook.parse(body)),
    );
  const process = { ...on, stripe, put, enqueue, envelope: fakeEnvelope(on.table) };
  await stockShop(on, [{ ...aProduct(), available: 1_000 }], aStore());
  await on.table.commit([createdEndpoint(anEndpoint())]);
  const shop = shopOn(process);
  const create = async (): Promise<CheckoutId> => {
    const { opened } = await shop.create({
      caller: aCaller(),
      idempotency: aRequest(),
      channel: aChannel(),
      contents: someContents(),
    });
    return opened.checkout.id;
  };
  const complete = (checkoutId: CheckoutId, token = "pm_card_visa") =>
    shop.complete({
      caller: aCaller(),
      idempotency: aRequest(`complete ${checkoutId}`),
      checkoutId,
      deadline: on.now() + seconds(29),
      payment: { kind: "pm", token },
    });
  const publish = () => sweepOutbox({ ...on, put })();
  const buy = async (token?: string) => {
    const checkoutId = await create();
    await complete(checkoutId, token);
    const ids = { storeId, checkoutId, orderId: orderIdOf(checkoutId) };
    await shop.fulfill({ storeId, orderId: ids.orderId });
    return ids;
  };
  const sweep = async (times = 3) => {
    for (let minute = 0; minute < times; minute += 1) {
      on.clock.advance(minutes(1));
      await shop.sweepCheckouts();
      await shop.sweepOrders();
      await publish().catch(() => undefined);
    }
  };
  const asked = (orderId: OrderId) => ({
    caller: aCaller({ role: "admin", scopes: ["orders:read", "orders:write"] }),
    orderId,
    idempotency: aRequest(),
    deadline: on.now() + seconds(25),
  });
  const hand = (command: object = {}): Promise<Told> => byHand(shop, command);
  return {
    on,
    stripe,
    bus,
    process,
    shop,
    create,
    complete,
    buy,
    publish,
    sweep,
    refund: ({ orderId }: { orderId: OrderId }, amount: number) =>
      shop.refund({ ...asked(orderId), body: { amount, reason: "goodwill", restock: false } }),
    cancel: ({ orderId }: { orderId: OrderId }) => shop.cancelOrder(asked(orderId)),
    payments: paymentStore(on.table),
    schedule: async (scope: "recent" | "full" = "recent") => (await shop.reconcile({ scope })) as Counts,
    /** As a schedule whose call has time for a page or two. */
    brief: async (scope: "recent" | "full") => {
      let calls = 0;
      const remaining = () => (calls++ < 2 ? minutes(14) : 0);
      return (await shop.reconcile({ scope }, remaining)) as Counts;
    },
    unfinished: async (scope: "recent" | "full") => (await readRun(on.table, scope)).cursor !== undefined,
    hand,
    open: () => listOpen(on.table),
    rings: () => on.counted.filter((name) => name === "Divergence").length,
    /** The tables as they are now, to come back to: what a restore to this moment does. */
    snapshot: () => {
      const before = writesOf(on);
      return async () => {
        for (const { table, key } of writesOf(on))
          await on.table.commit([{ table, key, change: { remove: true } }]);
        for (const write of before) await on.table.commit([write]);
      };
    },
    rows: () => tableNames.flatMap((name) => on.table.rows(name).map((row) => ({ table: name, ...row }))),
  };
};
export type World = Awaited<ReturnType<typeof aWorld>>;

/** As the operator's command line does it: call after call, and all of them told as one. */
export const byHand = async ({ reconcile }: Pick<Shop, "reconcile">, command: object): Promise<Told> => {
  const ask = async (cursor?: unknown): Promise<Done> => {
    const answer = await reconcile({ command: "reconcile", ...command, ...(cursor ? { cursor } : {}) });
    return (answer as { done: Done }).done;
  };
  let answer = await ask();
  let soFar = together({}, answer.part);
  while (answer.cursor !== undefined) {
    answer = await ask(answer.cursor);
    soFar = together(soFar, answer.part);
  }
  return { done: answer.done, ...soFar } as Told;
};
type Shop = ReturnType<typeof shopOn>;

const writesOf = ({ table }: Pick<MemoryPlatform, "table">): Write[] =>
  tableNames.flatMap((name) =>
    table.rows(name).map(({ pk, sk, ...put }) => ({ table: name, key: { pk, sk }, change: { put } })),
  );

/** A receiver that takes everything. */
const deliver = async ({ table, now }: Pick<Platform, "table" | "now">, ids: readonly DeliveryId[]) => {
  for (const id of ids) {
    const pending = await readDelivery(table, id);
    if (!pending || isFinal(pending.status)) continue;
    const delivering = moved(pending, "delivering", now());
    await table.commit([savedDelivery(pending, moved(delivering, "delivered", now()))]);
  }
};
