import type { EventEnvelope } from "#events/define-event.ts";
import { EventEnvelope as Envelope } from "#events/define-event.ts";
import { exampleOrder } from "#events/facts.ts";
import { orderConfirmed } from "#events/order-confirmed.ts";
import { orderPlaced } from "#events/order-placed.ts";
import { licenseKeyStore } from "#functions/access/license-key.store.ts";
import { principalStore } from "#functions/access/principal.store.ts";
import { orderStore } from "#functions/order/order.store.ts";
import type { BusEvent } from "#functions/outbox/other-bus.ts";
import { published } from "#functions/outbox/outbox.store.ts";
import { recordEvent } from "#functions/outbox/outbox.ts";
import { sweepOutbox } from "#functions/outbox/sweep-outbox.ts";
import type { DialRequest, DialResult } from "#functions/runtime/outbound.ts";
import type { Table } from "#functions/runtime/table.ts";
import { minutes } from "#functions/values/clock.ts";
import { newId, type OrderId } from "#functions/values/id.ts";
import { deliverWebhook } from "#functions/webhook/deliver-webhook.ts";
import type { DeliveryId } from "#functions/webhook/delivery.store.ts";
import { createdEndpoint, endpointStore } from "#functions/webhook/endpoint.store.ts";
import type { Endpoint } from "#functions/webhook/endpoint.ts";
import { makeSecret } from "#functions/webhook/endpoint-secret.ts";
import { fanOutEvent } from "#functions/webhook/fan-out-event.ts";
import { webhookKinds } from "#functions/webhook/kinds.ts";
import { firstSecret } from "#functions/webhook/signing-secret.ts";
import { sweepDeliveries } from "#functions/webhook/sweep-deliveries.ts";
import { tellCustomer } from "#functions/webhook/tell-customer.ts";
import type { WakeSender } from "#functions/webhook/wake-sender.ts";
import { fakeEnvelope, fakeStoreSeal } from "#test/fakes/envelope.ts";
import { memoryPlatform, seededBytes } from "#test/fakes/memory-platform.ts";
import { principalId, storeId } from "../outbox/an-event.ts";

export { principalId, storeId };
export const answer = (status: number, headers: Record<string, string> = {}): DialResult => ({
  answered: true,
  status,
  headers,
  body: new Uint8Array(),
});
export type Receiver = (request: DialRequest, count: number) => DialResult;
export type Call = DialRequest & { readonly at: number };

/** The real operations on a memory table, with a queue that keeps its delays and receivers that do as told. */
export const webhookWorld = (seed = 1) => {
  const platform = memoryPlatform({ seed });
  const seal = fakeStoreSeal();
  const random = seededBytes(seed + 1_000);
  const queue: { at: number; id: DeliveryId }[] = [];
  const receivers = new Map<string, Receiver>();
  const calls: Call[] = [];
  const secrets = new Map<string, string>();
  const put: (BusEvent & { readonly busArn: string })[] = [];
  let busRefusal: (busArn: string) => string | undefined = () => undefined;
  let table: Table = platform.table;
  let losing = false;

  const wake: WakeSender = async (deliveries, delaySeconds) => {
    if (delaySeconds > 900 || !Number.isInteger(delaySeconds) || delaySeconds < 0) throw new Error("delay");
    if (losing) return;
    queue.push(
      ...deliveries.map(({ endpointId, eventId }) => ({
        at: platform.now() + delaySeconds * 1_000,
        id: { endpointId, eventId },
      })),
    );
  };
  const collaborators = () => ({
    ...platform,
    table,
    wake,
    seal,
    endpoints: endpointStore(table),
    kinds: webhookKinds({ acpBody: async (event) => JSON.stringify({ snapshot: event.subject }) }),
    tellCustomer: tellCustomer({
      envelope: fakeEnvelope(table),
      orders: orderStore(table),
      principals: principalStore(table),
      keys: licenseKeyStore(table),
    }),
    putOnBus: async (busArn: string, event: BusEvent) => {
      put.push({ busArn, ...event });
      return busRefusal(busArn);
    },
    dial: async (request: DialRequest) => {
      calls.push({ ...request, at: platform.now() });
      const receiver = receivers.get(request.url) ?? (() => answer(200));
      return receiver(request, calls.filter(({ url }) => url === request.url).length);
    },
  });
  const deliver = (id: DeliveryId) => deliverWebhook(collaborators())(id as never);

  const sweep = async () => {
    await sweepOutbox({ ...platform, put: async () => new Set() })();
    return sweepDeliveries(collaborators())();
  };

  /** Handles messages in order of their time, also those that come up meanwhile. */
  const drain = async (until: number) => {
    for (;;) {
      const next = queue.filter(({ at }) => at <= until).sort((left, right) => left.at - right.at)[0];
      if (!next) return;
      queue.splice(queue.indexOf(next), 1);
      platform.clock.set(Math.max(next.at, platform.now()));
      await deliver(next.id);
    }
  };

  /** Lets time pass: messages when they are due, the sweeper every minute. */
  const run = async (milliseconds: number) => {
    const end = platform.now() + milliseconds;
    for (let tick = platform.now() + minutes(1); tick <= end; tick += minutes(1)) {
      await drain(tick);
      platform.clock.set(tick);
      await sweep();
    }
    await drain(end);
    platform.clock.set(end);
  };

  return {
    platform,
    calls,
    /** What came to buses. */
    put,
    refuseOnBus: (answer: typeof busRefusal) => {
      busRefusal = answer;
    },
    queue,
    run,
    deliver,
    receivers,
    seal,
    secrets,
    collaborators,
    through: (other: Table) => {
      table = other;
    },
    loseWakeUps: (yes: boolean) => {
      losing = yes;
    },
    sweep,
    deliveries: () => platform.table.rows("webhooks").filter(({ sk }) => sk === "delivery"),
    endpoint: async (more: Partial<Endpoint> = {}): Promise<Endpoint> => {
      const id = newId("we", random);
      const of = { storeId: more.storeId ?? storeId, id };
      const { secret, made } = await makeSecret({ seal, random }, of);
      secrets.set(id, secret);
      const endpoint: Endpoint = {
        id,
        storeId,
        livemode: false,
        kind: "standard",
        url: `https://hooks.example.com/${id}`,
        events: ["*"],
        status: "enabled",
        verifiedAt: more.createdAt ?? platform.now(),
        secrets: firstSecret(made, platform.now()),
        rolls: 0,
        tests: 0,
        changes: 0,
        listensSince: platform.now(),
        createdAt: platform.now(),
        ...more,
      };
      await platform.table.commit([createdEndpoint(endpoint)]);
      return endpoint;
    },
    record: async (version = 1, more: object = {}): Promise<EventEnvelope> => {
      const definition = version === 1 ? orderPlaced : orderConfirmed;
      const status = version === 1 ? "placed" : "confirmed";
      const write = recordEvent({
        definition: definition as typeof orderPlaced,
        storeId,
        livemode: false,
        principalId,
        subject: exampleOrder.orderId as OrderId,
        version,
        occurredAt: platform.now(),
        data: { ...exampleOrder, status: status as "placed" },
        ...more,
      });
      await platform.table.commit([write]);
      const { dueAt, ...event } = "put" in write.change ? write.change.put : {};
      const recorded = { key: write.key, event: Envelope.parse(event), dueAt: Number(dueAt) };
      await platform.table.commit([published(recorded, platform.now())]);
      return recorded.event;
    },
    fanOut: (event: EventEnvelope) => fanOutEvent(collaborators())({ detail: event }),
  };
};
export type World = ReturnType<typeof webhookWorld>;
