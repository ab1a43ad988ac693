import { exampleOrder } from "#events/facts.ts";
import { orderPlaced } from "#events/order-placed.ts";
import { published } from "#functions/outbox/outbox.store.ts";
import { recordEvent } from "#functions/outbox/outbox.ts";
import { sweepOutbox } from "#functions/outbox/sweep-outbox.ts";
import type { DialRequest, DialResult } from "#functions/runtime/outbound.ts";
import type { Enqueue, Message } from "#functions/runtime/queue.client.ts";
import type { Table, Write } from "#functions/runtime/table.ts";
import { seconds } from "#functions/values/clock.ts";
import { newId, type OrderId } from "#functions/values/id.ts";
import { deliverWebhook } from "#functions/webhook/deliver-webhook.ts";
import { times } from "#functions/webhook/delivery.ts";
import { createdEndpoint, endpointStore } from "#functions/webhook/endpoint.store.ts";
import type { Endpoint } from "#functions/webhook/endpoint.ts";
import { makeSecret } from "#functions/webhook/endpoint-secret.ts";
import { fanOutEvent } from "#functions/webhook/fan-out-event.ts";
import { webhookKinds } from "#functions/webhook/kinds.ts";
import { firstSecret } from "#functions/webhook/signing-secret.ts";
import { sweepDeliveries } from "#functions/webhook/sweep-deliveries.ts";
import { wakeSender } from "#functions/webhook/wake-sender.ts";
import { fakeStoreSeal } from "#test/fakes/envelope.ts";
import { memoryPlatform, seededBytes } from "#test/fakes/memory-platform.ts";
import { seededRandom } from "#test/simulation/engine/random.ts";
import { createScheduler } from "#test/simulation/engine/scheduler.ts";
import { storeId } from "../outbox/an-event.ts";

/** How a receiver answers: after so long, with this. `hangs`: never. */
export type Answers = { readonly afterMs: number; readonly status: number } | "hangs";
export type Receipt = { readonly url: string; readonly subject: string; readonly at: number };

/** As `infra/webhook.ts` wakes the sender: so many functions at once, each with so many messages. */
const senders = { atOnce: 50, batch: 5 } as const;

/**
 * The sender as it is deployed, on virtual time: a fair queue, so many functions at once, the sweeper, and receivers that
 * take their time. A function is busy until the last of its messages is done, as Lambda's are.
 * `tableMs`: how long each call of a table takes, which is what senders get into each other's way by.
 */
export const crowd = (seed: number, answers: (url: string, now: number) => Answers, tableMs = 0) => {
  const start = Date.UTC(2026, 10, 23, 12);
  const scheduler = createScheduler({
    random: seededRandom(seed),
    start,
    trace: () => undefined,
    inOrder: true,
  });
  const platform = memoryPlatform({ now: start, seed });
  const now = scheduler.now;
  const random = seededBytes(seed + 1);
  const seal = fakeStoreSeal();
  const receipts: Receipt[] = [];
  const inFlight = new Map<string, number>();
  const peaks = new Map<string, number>();

  const counts = (url: string, by: 1 | -1) => {
    const busy = (inFlight.get(url) ?? 0) + by;
    inFlight.set(url, busy);
    peaks.set(url, Math.max(peaks.get(url) ?? 0, busy));
  };
  const dial = async ({ url, body = "" }: DialRequest): Promise<DialResult> => {
    const answer = answers(url, now());
    counts(url, 1);
    await scheduler.sleep(answer === "hangs" ? times.answer : answer.afterMs);
    counts(url, -1);
    if (answer === "hangs") return { answered: false, reason: "timeout" };
    if (answer.status < 300) receipts.push({ url, subject: subjectIn(body), at: now() });
    return { answered: true, status: answer.status, headers: {}, body: new Uint8Array() };
  };

  const queue = fairQueue();
  let busy = 0;
  const poll = () => {
    while (busy < senders.atOnce) {
      const batch = queue.take(senders.batch);
      if (batch.length === 0) return;
      busy += 1;
      const handled = batch.map((each) => handle(each.body).finally(() => queue.done(each)));
      void Promise.all(handled).then(() => {
        busy -= 1;
        poll();
      });
    }
  };
  const enqueue: Enqueue = async (_, messages) => {
    for (const message of messages)
      scheduler.after(seconds(message.delaySeconds ?? 0), "a message is visible", () => {
        queue.add(message);
        poll();
      });
  };
  let reads = 0;
  const takes = async () => {
    if (tableMs > 0) await scheduler.sleep(tableMs);
  };
  const table: Table = {
    ...platform.table,
    get: async (...asked) => {
      reads += 1;
      await takes();
      return platform.table.get(...asked);
    },
    query: async (...asked) => {
      await takes();
      return platform.table.query(...asked);
    },
    commit: async (...asked) => {
      await takes();
      return platform.table.commit(...asked);
    },
  };
  const on = {
    ...platform,
    table,
    now,
    wake: wakeSender(enqueue, "deliveries"),
    seal,
    dial,
    endpoints: endpointStore(table),
    kinds: webhookKinds({ acpBody: async () => undefined }),
    tellCustomer: async () => undefined,
    putOnBus: async () => undefined,
  };
  const deliver = deliverWebhook(on);
  /** A message that fails comes again minutes later; the sweeper is there before. */
  const handle = (body: unknown) =>
    deliver(body as never).catch((error) => on.log.error("a message failed", error));
  const tell = async (fact: Write) => {
    await platform.table.commit([fact]);
    const { dueAt, ...event } = "put" in fact.change ? fact.change.put : {};
    await platform.table.commit([
      published({ key: fact.key, event: { storeId }, dueAt: Number(dueAt) }, now()),
    ]);
    await fanOutEvent(on)({ detail: event as never });
  };
  let orders = 0;
  return {
    on,
    receipts,
    peaks,
    /** Rows that were read one by one, by whomever. */
    reads: () => reads,
    now,
    sleep: scheduler.sleep,
    sweepEvery: (interval: number) => {
      let every = interval;
      const tick = () => {
        void sweepOutbox({ ...on, put: async () => new Set() })();
        void sweepDeliveries(on)();
        scheduler.after(every, "a sweep", tick);
      };
      scheduler.after(every, "a sweep", tick);
      return {
        from: (other: number) => {
          every = other;
        },
      };
    },
    /** Runs all that happens in this time. */
    pass: (milliseconds: number) => scheduler.run({ time: now() + milliseconds }),
    later: (milliseconds: number, run: () => Promise<unknown>) =>
      void scheduler.after(milliseconds, "happens", () => void run()),
    endpoint: async (name: string): Promise<Endpoint> => {
      const id = newId("we", random);
      const { made } = await makeSecret({ seal, random }, { storeId, id });
      const endpoint: Endpoint = {
        id,
        storeId,
        livemode: false,
        kind: "standard",
        url: `https://${name}.example.com/`,
        events: ["*"],
        status: "enabled",
        verifiedAt: now(),
        secrets: firstSecret(made, now()),
        rolls: 0,
        tests: 0,
        changes: 0,
        listensSince: now(),
        createdAt: now(),
      };
      await platform.table.commit([createdEndpoint(endpoint)]);
      return endpoint;
    },
    /** A placed order, or so many facts of one: told to every endpoint from now on. */
    order: async (facts = 1) => {
      orders += 1;
      const subject = `ord_${String(orders).padStart(26, "0")}` as OrderId;
      for (let version = 1; version <= facts; version += 1) {
        const fact = recordEvent({
          definition: orderPlaced,
          storeId,
          livemode: false,
          subject,
          version,
          occurredAt: now(),
          data: { ...exampleOrder, status: "placed" },
        });
        await tell(fact);
      }
      return { subject, at: now() };
    },
    statuses: () =>
      [...platform.table.lookAll("webhooks")].flatMap(({ sk, status }) =>
        sk === "delivery" ? [String(status)] : [],
      ),
  };
};

const subjectIn = (body: string): string => (JSON.parse(body) as { subject: string }).subject;

/** As SQS does it: whose group has the fewest messages in flight is served first. */
const fairQueue = () => {
  const waiting = new Map<string, Message[]>();
  const inFlight = new Map<string, number>();
  const groupOf = ({ groupId = "" }: Message): string => groupId;
  const busy = (group: string): number => inFlight.get(group) ?? 0;
  const next = (): Message | undefined => {
    const [group] = [...waiting.keys()].sort((left, right) => busy(left) - busy(right));
    const messages = waiting.get(group ?? "") ?? [];
    const message = messages.shift();
    if (group === undefined || message === undefined) return undefined;
    if (messages.length === 0) waiting.delete(group);
    inFlight.set(group, busy(group) + 1);
    return message;
  };
  return {
    add: (message: Message) => {
      const group = groupOf(message);
      const messages = waiting.get(group) ?? [];
      messages.push(message);
      waiting.set(group, messages);
    },
    take: (count: number): Message[] => {
      const batch: Message[] = [];
      for (let message = next(); message; message = batch.length < count ? next() : undefined)
        batch.push(message);
      return batch;
    },
    done: (message: Message) => void inFlight.set(groupOf(message), busy(groupOf(message)) - 1),
  };
};
