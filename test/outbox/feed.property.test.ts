import fc from "fast-check";
import { expect, test } from "vitest";
import { wire as wireOrders } from "#functions/order/order.handler.ts";
import { settling } from "#functions/outbox/feed.ts";
import { readEvent } from "#functions/outbox/outbox.store.ts";
import { recordEvent, times } from "#functions/outbox/outbox.ts";
import { publishEvents } from "#functions/outbox/publish-events.ts";
import { sweepOutbox } from "#functions/outbox/sweep-outbox.ts";
import { canonicalJson } from "#functions/runtime/canonical-json.ts";
import type { Key, Table } from "#functions/runtime/table.ts";
import { days, minutes, seconds } from "#functions/values/clock.ts";
import { newId } from "#functions/values/id.ts";
import { webhookKinds } from "#functions/webhook/kinds.ts";
import { effort, seed } from "#test/effort.ts";
import { aCaller } from "#test/examples.ts";
import { callApi } from "#test/fakes/api-event.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryBus } from "#test/fakes/memory-bus.ts";
import { type MemoryPlatform, memoryPlatform, seededBytes } from "#test/fakes/memory-platform.ts";
import { anOrderPlaced, storeId } from "./an-event.ts";

const wire = (on: MemoryPlatform) => wireOrders({ ...on, envelope: fakeEnvelope(on.table) });

type Page = { events: { id: string }[]; next: string; more: boolean };

/** Publishers stand still before their last write for as long as somebody likes; their clocks and the reader's differ. */
const aStore = () => {
  const platform = memoryPlatform();
  const bus = memoryBus();
  const random = seededBytes(5);
  const held: (() => void)[] = [];
  const running: Promise<unknown>[] = [];
  const keys: Key[] = [];
  let skew = 0;
  const table: Table = {
    ...platform.table,
    commit: async (writes) => {
      await new Promise<void>((go) => held.push(go));
      return platform.table.commit(writes);
    },
  };
  const publisher = () => {
    const ahead = skew;
    return { ...platform, table, put: bus.put, now: () => platform.now() + ahead };
  };
  const caller = aCaller({ role: "integration", storeId, scopes: ["webhooks:read"] });
  const ask = async (query: Record<string, string> = {}) => {
    const late = { ...platform, now: () => platform.now() + skew };
    const { statusCode, body } = await callApi(wire(late), { path: "/events", caller, query });
    return { statusCode, body: body as unknown as Page };
  };
  const flush = () => new Promise((resolve) => setImmediate(resolve));
  const start = async (run: Promise<unknown>) => {
    running.push(run);
    await flush();
  };
  const written = async (turns: number) => {
    for (let turn = 0; turn < turns; turn += 1) {
      await flush();
      for (const go of held.splice(0)) go();
    }
  };
  return {
    platform,
    bus,
    ask,
    flush,
    skewed: (by: number) => {
      skew = by;
    },
    record: async (took = 0) => {
      const write = recordEvent(
        anOrderPlaced({ subject: newId("ord", random), occurredAt: platform.now() - took }),
      );
      await platform.table.commit([write]);
      keys.push(write.key);
      return write.key;
    },
    publish: (which: number) => {
      const key = keys[which % keys.length];
      return start(publishEvents(publisher())(key ? [key] : []));
    },
    sweep: () => start(sweepOutbox(publisher())()),
    release: async (which: number) => {
      held.splice(which % Math.max(1, held.length), 1).forEach((go) => {
        go();
      });
      await flush();
    },
    rest: async () => {
      bus.fail(undefined);
      skew = 0;
      for (let round = 0; round < 8; round += 1) {
        void start(sweepOutbox(publisher())());
        await written(60);
        platform.clock.advance(minutes(1));
      }
      await Promise.all(running);
    },
  };
};
type Store = ReturnType<typeof aStore>;

const follower = (store: Store) => {
  const seen: string[] = [];
  let cursor: string | undefined;
  const poll = async (): Promise<boolean> => {
    const { body } = await store.ask({ limit: "2", ...(cursor && { after: cursor }) });
    seen.push(...body.events.map(({ id }) => id));
    cursor = body.next;
    return body.more;
  };
  return { seen, poll };
};

const step = fc.oneof(
  fc.record({ does: fc.constant("record" as const), by: fc.integer({ min: 0, max: seconds(20) }) }),
  fc.record({ does: fc.constant("publish" as const), by: fc.nat(20) }),
  fc.record({ does: fc.constantFrom("sweep" as const, "poll" as const), by: fc.constant(0) }),
  fc.record({ does: fc.constant("release" as const), by: fc.nat(5) }),
  fc.record({ does: fc.constant("pass" as const), by: fc.integer({ min: 1, max: minutes(2) }) }),
  fc.record({
    does: fc.constant("skew" as const),
    by: fc.integer({ min: -settling / 2 + 1, max: settling / 2 - 1 }),
  }),
  fc.record({ does: fc.constant("refuse" as const), by: fc.nat(1) }),
);

test("whoever follows a store's events sees each once, however late it was committed, published or written down", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const store = aStore();
      const reader = follower(store);
      const does = {
        record: store.record,
        publish: store.publish,
        sweep: store.sweep,
        release: store.release,
        poll: reader.poll,
        pass: async (by: number) => store.platform.clock.advance(by),
        skew: async (by: number) => store.skewed(by),
        refuse: async (by: number) => store.bus.fail(by ? () => true : undefined),
      };
      for (const { does: what, by } of steps) await does[what](by);
      await store.rest();
      store.platform.clock.advance(minutes(2));
      while (await reader.poll());
      const told = store.platform.table.rows("outbox").map(({ id }) => String(id));
      expect(reader.seen.toSorted()).toEqual(told.toSorted());
    }),
    { numRuns: effort(20_000), seed: seed(43) },
  );
});

test("each is told as a webhook tells it, to the byte", async () => {
  const store = aStore();
  const key = await store.record();
  await store.rest();
  const recorded = await readEvent(store.platform.table, key);
  const { body } = await store.ask();
  const { standard } = webhookKinds({ acpBody: async () => undefined });
  if (!recorded) throw new Error("no event");
  expect(canonicalJson(body.events[0])).toBe(await standard.body(recorded.event));
});

test("begins with the oldest, or after a moment; a cursor goes on as long as events are kept, and then says so", async () => {
  const store = aStore();
  for (let count = 0; count < 3; count += 1) {
    await store.record();
    await store.rest();
  }
  const all = await store.ask();
  expect(all.body).toMatchObject({ events: [{}, {}, {}], more: false });
  const page = await store.ask({ limit: "2" });
  expect(page.body).toMatchObject({ events: [{}, {}], more: true });
  expect((await store.ask({ after: page.body.next })).body.events).toEqual(all.body.events.slice(2));
  expect((await store.ask({ since: new Date(store.platform.now()).toISOString() })).body.events).toEqual([]);
  store.platform.clock.advance(times.kept - days(1));
  const idle = await store.ask({ after: all.body.next });
  expect(idle.body).toMatchObject({ events: [], more: false });
  store.platform.clock.advance(days(2));
  expect((await store.ask({ after: all.body.next })).statusCode).toBe(422);
  expect((await store.ask({ after: idle.body.next })).statusCode).toBe(200);
  for (const after of ["", "x", Buffer.from("1 evt").toString("base64url")])
    expect((await store.ask({ after })).statusCode).toBe(422);
});

test("another store's events are not there", async () => {
  const store = aStore();
  await store.record();
  await store.rest();
  const other = aCaller({
    role: "integration",
    storeId: "store_00000000000000000000000009",
    scopes: ["webhooks:read"],
  });
  const { body } = await callApi(wire(store.platform), { path: "/events", caller: other });
  expect(body).toMatchObject({ events: [], more: false });
});
