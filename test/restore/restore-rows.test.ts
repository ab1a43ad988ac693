import { describe, expect, test } from "vitest";
import { withFulfillment } from "#functions/fulfillment/order-fulfillments.ts";
import { orderStore, savedOrder } from "#functions/order/order.store.ts";
import { storedData } from "#functions/privacy/stored-data.ts";
import { copied } from "#functions/restore/copy.ts";
import { restoreRows } from "#functions/restore/restore-rows.ts";
import { rules } from "#functions/restore/row-rules.ts";
import type { MemoryTable } from "#functions/runtime/memory-table.ts";
import type { Row } from "#functions/runtime/table.ts";
import { type CheckoutId, checkoutIdOf, type OrderId, orderIdOf } from "#functions/values/id.ts";
import { storeId } from "#test/examples.ts";
import { eve } from "./people.ts";
import { copyIn, filledWith, openService, operator, type Service } from "./service.ts";

const order = (service: Service, id: OrderId) => orderStore(service.on.table).get(storeId, id);
/** A parcel on its way, by a number that leads to its buyer. */
const parcel = (id: OrderId | undefined) => `parcel-${id}`;
const sent = async (service: Service, id: OrderId) => {
  const before = await order(service, id);
  if (!before) throw new Error("no order");
  const tracking = { number: parcel(id) };
  const after = withFulfillment(before, { status: "shipped", tracking }, service.on.now());
  await service.on.table.commit([savedOrder(before, after)]);
};
const key = (service: Service, id: CheckoutId) =>
  service.on.table.get("people", { pk: `${storeId}#${id}`, sk: "key" });
const records = (service: Service, action: string) =>
  service.on.table.rows("audit").filter((row) => row["action"] === action);

describe("what was lost", () => {
  test("comes back as it was, and what lives is written over by nothing older", async () => {
    const service = await openService();
    const [lost, kept] = [await service.bought(), await service.bought(eve)];
    await service.copy();
    const later = await service.bought();
    const [living] = service.on.table.rows("commerce").filter(({ pk }) => pk.endsWith(kept));
    await service.put("commerce", { ...(living as Row), number: 77 });
    await service.lose("commerce", ({ pk }) => pk.endsWith(lost) || pk.endsWith(checkoutIdOf(lost)));
    expect(await order(service, lost)).toBeUndefined();
    expect(await service.restore()).toMatchObject({ done: true, unread: 0 });
    expect(await order(service, lost)).toMatchObject({ id: lost, status: "confirmed" });
    expect(service.on.table.rows("commerce").find(({ pk }) => pk.endsWith(kept))).toMatchObject({
      number: 77,
    });
    expect(await order(service, later)).toMatchObject({ status: "confirmed" });
    expect(await service.order(lost)).toMatchObject({ contact: { buyer: { email: "ada@canary.example" } } });
  });

  test("stays away where its time is over by now", async () => {
    const service = await openService();
    const id = await service.bought();
    await service.copy();
    await service.lose("people");
    await service.lose("outbox");
    service.on.clock.advance(731 * 86_400_000);
    await service.restore();
    expect(await key(service, checkoutIdOf(id))).toBeUndefined();
    expect(service.on.table.rows("people")).toEqual([]);
    expect(service.on.table.rows("outbox")).toEqual([]);
  });

  test("is on record: who brought back what, why, and how much of it", async () => {
    const service = await openService();
    await service.bought();
    await service.copy();
    await service.lose("commerce");
    await service.restore();
    expect(records(service, "restore.begun")).toMatchObject([
      { actor: operator, reason: "rows were lost", about: { part: "records" } },
      { reason: "rows were lost", about: { part: "rows" } },
    ]);
    expect(records(service, "restore.done")).toHaveLength(2);
  });

  test("of the records comes back beside those that are there, and none is touched", async () => {
    const service = await openService();
    await service.record("keys.reviewed", { keyIds: "a" });
    await service.copy();
    await service.record("keys.reviewed", { keyIds: "b" });
    await service.lose("audit", ({ about }) => (about as { keyIds?: string }).keyIds === "a");
    const [living] = service.on.table.rows("audit");
    await service.restore();
    expect(records(service, "keys.reviewed").map(({ about }) => about)).toEqual([
      { keyIds: "a" },
      { keyIds: "b" },
    ]);
    expect(service.on.table.rows("audit")).toContainEqual(living);
  });

  test("is looked for in every table but those by which a restore is judged, and every kind of row has its rule", () => {
    expect([...copied].sort()).toEqual(
      Object.keys(storedData)
        .filter((table) => table !== "erasures" && table !== "seals")
        .sort(),
    );
    for (const table of Object.keys(storedData) as (keyof typeof storedData)[])
      expect([table, Object.keys(rules[table]).sort()]).toEqual([
        table,
        Object.keys(storedData[table]).sort(),
      ]);
  });

  test("that nobody can read stays in the copy, is counted, and holds up nothing", async () => {
    const service = await openService();
    await service.bought();
    await service.copy();
    await service.copied.commit([
      {
        table: "access",
        key: { pk: storeId, sk: "support#x" },
        change: { put: { is: "of a newer release" } },
      },
      { table: "access", key: { pk: storeId, sk: "novelty#x" }, change: { put: {} } },
    ]);
    await service.lose("commerce");
    expect(await service.restore()).toMatchObject({ done: true, unread: 2 });
    expect(service.on.table.rows("commerce").length).toBeGreaterThan(3);
  });
});

describe("who was erased", () => {
  test("since the copy is not brought back: no key, here or in the copy, and the order says so", async () => {
    const service = await openService();
    const [ada, other] = [await service.bought(), await service.bought(eve)];
    for (const orderId of [ada, other]) await sent(service, orderId);
    await service.copy();
    await service.erase("ada@canary.example");
    for (const table of ["commerce", "people", "webhooks"] as const) await service.lose(table);
    await service.restore();
    expect(await key(service, checkoutIdOf(ada))).toBeUndefined();
    expect(
      await service.copied.get("people", { pk: `${storeId}#${checkoutIdOf(ada)}`, sk: "key" }),
    ).toBeUndefined();
    expect(await service.order(ada)).toMatchObject({ contact: null, status: "confirmed" });
    expect((await order(service, ada))?.erasedAt).toBeDefined();
    expect(await service.order(other)).toMatchObject({ contact: { buyer: { email: "eve@canary.example" } } });
    const parcels = await Promise.all([ada, other].map((each) => order(service, each)));
    expect(parcels.map((each) => JSON.stringify(each).includes(parcel(each?.id)))).toEqual([false, true]);
  });

  test("while rows came back is not brought back either", async () => {
    const service = await openService();
    const ada = await service.bought();
    await service.copy();
    await service.lose("people");
    const copy = copyIn(service.copied);
    const line = {
      storeId,
      checkoutId: checkoutIdOf(ada),
      erasureId: "era_x",
      erasedAt: 1,
      list: "erased",
      listAt: 1,
    };
    const scan: typeof copy.scan = async (table, from) => {
      const page = await copy.scan(table, from);
      if (table === "people")
        await service.put("erasures", { pk: `${storeId}#era_x`, sk: `erased#${checkoutIdOf(ada)}`, ...line });
      return page;
    };
    await restoreRows({ ...service.restoring, copyOf: () => ({ ...copy, scan }) })(service.asked(), operator);
    expect(await key(service, checkoutIdOf(ada))).toBeUndefined();
  });

  test.each([
    ["a line", ({ sk }: { sk: string }) => sk.startsWith("erased#")],
    ["all", () => true],
  ])("is known by a ledger that is whole: nothing comes back by one that has lost %s", async (_, isLost) => {
    const service = await openService();
    await service.bought();
    await service.copy();
    const { id } = await service.erase("ada@canary.example");
    await service.lose("erasures", isLost);
    await service.lose("commerce");
    await expect(service.restore()).rejects.toThrow(id);
    expect(service.on.table.rows("commerce")).toEqual([]);
  });
});

describe("events", () => {
  const told = (service: Service) => service.on.table.rows("outbox").map(({ id, type }) => `${id} ${type}`);

  test("are the same under the same ids where an order comes back as it was before they were told", async () => {
    const service = await openService();
    const checkoutId = await service.begun();
    await service.buy(checkoutId);
    await service.copy();
    const orderId = orderIdOf(checkoutId);
    await service.shop.fulfill({ storeId, orderId });
    const before = told(service);
    await service.lose("commerce", ({ sk }) => sk === "order" || sk.startsWith("payment#"));
    await service.restore();
    expect(await order(service, orderId)).toMatchObject({ status: "placed" });
    service.on.clock.advance(120_000);
    await service.shop.sweepOrders();
    expect(await order(service, orderId)).toMatchObject({
      status: "confirmed",
      payment: { state: "captured" },
    });
    expect(told(service)).toEqual(before);
    expect(service.stripe.state.all("intent").filter(({ status }) => status === "succeeded")).toHaveLength(1);
  });

  test("of an order that rests go on after the last that was told of it", async () => {
    const service = await openService();
    const orderId = await service.bought();
    await service.copy();
    await service.erase("ada@canary.example");
    const before = await order(service, orderId);
    await service.lose("commerce");
    await service.restore();
    expect((await order(service, orderId))?.version).toBe(before?.version);
  });

  test("that were not sent are sent, and those that were are not", async () => {
    const service = await openService();
    await service.bought();
    const [sent, ...rest] = service.on.table.rows("outbox");
    const { due: _, dueAt: __, ...published } = sent as NonNullable<typeof sent>;
    await service.put("outbox", published);
    await service.copy();
    await service.lose("outbox");
    await service.restore();
    const due = service.on.table.rows("outbox").filter((row) => row["due"] !== undefined);
    expect(due.map(({ id }) => id)).toEqual(rest.map(({ id }) => id));
  });
});

describe("a restore that dies", () => {
  const prepared = async () => {
    const service = await openService();
    await service.bought();
    await service.bought(eve);
    await service.copy();
    await service.erase("ada@canary.example");
    for (const table of ["commerce", "people", "outbox", "access"] as const) await service.lose(table);
    return service;
  };
  const rowsOf = (table: MemoryTable) =>
    (["commerce", "people", "outbox", "access"] as const).flatMap((name) =>
      table.rows(name).filter(({ sk }) => !sk.startsWith("progress")),
    );
  type Through = <Args extends unknown[], Result>(
    run: (...args: Args) => Promise<Result>,
  ) => (...args: Args) => Promise<Result>;
  /** After that call, whose answer is lost, nothing more comes through. */
  const dyingAt = (last: number): Through => {
    let calls = 0;
    return (run) =>
      async (...args) => {
        calls += 1;
        if (calls > last) throw new Error("dead");
        const result = await run(...args);
        if (calls === last) throw new Error("dies");
        return result;
      };
  };

  test("at any of its calls is gone on with, and ends as if it had not", async () => {
    const { restoring, on, copied: copy, asked } = await prepared();
    /** The same tables again, each time before anything of them is brought back. */
    const begin = async (through: Through = (run) => run) => {
      const [table, copied] = [await filledWith(on.table), await filledWith(copy)];
      const { get, query, commit } = table;
      const beside = copyIn(copied);
      const reached = { ...table, get: through(get), query: through(query), commit: through(commit) };
      return {
        table,
        whole: { ...restoring, table, copyOf: () => beside },
        mortal: {
          ...restoring,
          table: reached,
          copyOf: () => ({ ...beside, scan: through(beside.scan), commit: through(beside.commit) }),
        },
      };
    };
    const unharmed = await begin();
    await restoreRows(unharmed.whole)(asked(), operator);
    const wanted = rowsOf(unharmed.table);
    expect(wanted.length).toBeGreaterThan(10);
    for (let call = 1, died = true; died; call += 1) {
      const { table, whole, mortal } = await begin(dyingAt(call));
      died = await restoreRows(mortal)(asked(), operator).then(
        () => false,
        () => true,
      );
      const again = restoreRows(whole)(asked(), { ...operator, requestId: "again" });
      expect(await again).toMatchObject({ done: true });
      expect(rowsOf(table), `died at call ${call}`).toEqual(wanted);
    }
  });

  test("goes on where it was, and one that had come to its end begins anew", async () => {
    const service = await prepared();
    const first = (await service.restore()) as { looked: number; back: number };
    expect(first.back).toBeGreaterThan(10);
    await service.lose("commerce");
    const again = (await restoreRows(service.restoring)(service.asked(), {
      ...operator,
      requestId: "anew",
    })) as typeof first;
    expect(again.looked).toBe(first.looked);
    expect(again.back).toBeGreaterThan(0);
    expect(again.back).toBeLessThan(first.back);
  });

  test("says how far it is when a call's time is up", async () => {
    const service = await prepared();
    const { on } = service;
    const now = () => {
      on.clock.advance(4_000);
      return on.now();
    };
    const restore = restoreRows({ ...service.restoring, now });
    const first = await restore(service.asked(), operator);
    expect(first).toMatchObject({ done: false, cursor: {} });
    let last = first as { done: boolean };
    for (let call = 0; call < 50 && !last.done; call += 1)
      last = (await restore({ ...service.asked(), cursor: {} }, operator)) as typeof last;
    expect(last).toMatchObject({ done: true });
    expect(records(service, "restore.begun")).toHaveLength(1);
  });
});
