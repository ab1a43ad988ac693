import { expect, test } from "vitest";
import { wire } from "#functions/catalog/catalog.handler.ts";
import { putProduct } from "#functions/catalog/product.store.ts";
import { firstStock, readStock, reserveStock, setStock } from "#functions/catalog/stock.store.ts";
import { sha256 } from "#functions/runtime/canonical-json.ts";
import type { Table } from "#functions/runtime/table.ts";
import { createdStore } from "#functions/store/store.store.ts";
import { aCaller, aProduct, aStore, storeId } from "#test/examples.ts";
import { callApi } from "#test/fakes/api-event.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";

const caller = aCaller({ role: "integration", scopes: ["products:read", "products:write"] });
const idOf = (nth: number) => `mug-${nth}`;

type Report = {
  changed: number;
  refused: number;
  changes: { productId: string; outcome: string; code?: string }[];
};

/** So many mugs, ten of each. */
const aShelf = async (count: number) => {
  const on = memoryPlatform();
  await on.table.commit([createdStore(aStore())]);
  for (let nth = 0; nth < count; nth += 1)
    await on.table.commit([
      putProduct(storeId, aProduct({ id: idOf(nth) })),
      setStock(storeId, idOf(nth), { onHand: 10 }),
    ]);
  const post = async (changes: readonly object[], key = "import", table: Table = on.table) => {
    const answer = await callApi(wire({ ...on, table }), {
      method: "POST",
      path: "/stock_changes",
      caller,
      body: { changes },
      headers: { "Idempotency-Key": key },
    });
    return { ...answer, body: answer.body as unknown as Report };
  };
  return { on, post, stockOf: (nth: number) => readStock(on.table, storeId, idOf(nth)) };
};

test("each change is done or refused by itself, and the report says which and why", async () => {
  const { on, post, stockOf } = await aShelf(5);
  await on.table.commit([
    putProduct(storeId, aProduct({ id: "guide", digital: true })),
    firstStock(storeId, "guide", true),
  ]);
  const { body } = await post([
    { productId: idOf(0), delta: 5 },
    { productId: idOf(1), delta: -10 },
    { productId: idOf(2), delta: -11 },
    { productId: idOf(3), onHand: 3 },
    { productId: idOf(4), onHand: 3, version: 7 },
    { productId: "guide", delta: 1 },
    { productId: "cup", delta: 1 },
  ]);
  expect(body).toMatchObject({ changed: 3, refused: 4 });
  expect(body.changes.map(({ code = "" }) => code)).toEqual([
    "",
    "",
    "conflict",
    "",
    "conflict",
    "conflict",
    "not_found",
  ]);
  expect((await Promise.all([0, 1, 2, 3, 4].map(stockOf))).map((stock) => stock?.onHand)).toEqual([
    15, 0, 10, 3, 10,
  ]);
});

test("what buyers hold stays theirs, also where more is gone than is free", async () => {
  const { on, post, stockOf } = await aShelf(1);
  const seen = await stockOf(0);
  if (!seen) throw new Error("no stock");
  await on.table.commit([reserveStock({ storeId, productId: idOf(0), quantity: 8 }, seen).write]);
  expect((await post([{ productId: idOf(0), delta: -5 }])).body.changed).toBe(1);
  expect(await stockOf(0)).toMatchObject({ onHand: 5, reserved: 8, available: 0 });
});

test("cut off half-way, the same request goes on where it was, and adds nothing twice", async () => {
  const { on, post, stockOf } = await aShelf(100);
  const changes = Array.from({ length: 100 }, (_, nth) => ({ productId: idOf(nth), delta: 1 }));
  let left = 2;
  const dying: Table = {
    ...on.table,
    commit: async (writes) => {
      left -= 1;
      if (left < 0) throw new Error("the process is gone");
      return on.table.commit(writes);
    },
  };
  expect((await post(changes, "import", dying)).statusCode).toBe(500);
  expect([(await stockOf(79))?.onHand, (await stockOf(80))?.onHand]).toEqual([11, 10]);
  const done = await post(changes);
  expect(done).toMatchObject({ statusCode: 200, body: { changed: 100, refused: 0 } });
  expect(done.headers).not.toHaveProperty("idempotent-replayed");
  const again = await post(changes);
  expect(again).toMatchObject({ body: done.body, headers: { "idempotent-replayed": "true" } });
  for (const nth of [0, 79, 80, 99]) expect((await stockOf(nth))?.onHand).toBe(11);
  expect(on.table.rows("audit").map(({ action }) => action)).toEqual(Array(3).fill("stock.changed"));
  expect((await post(changes.slice(0, 50))).statusCode).toBe(422);
});

test("takes a file: what it says is the same as in JSON, and what it can't mean is told with its line", async () => {
  const { on, stockOf } = await aShelf(4);
  const send = (csv: string, type = "text/csv; charset=utf-8") =>
    callApi(wire(on), {
      method: "POST",
      path: "/stock_changes",
      caller,
      body: csv,
      headers: { "Idempotency-Key": sha256(csv), "Content-Type": type },
    });
  const file =
    '\uFEFFproductId,delta,onHand,version\r\nmug-0,+5,,\r\n"mug-1",-2,,\r\nmug-2,,unlimited,\r\nmug-3,,7,9\r\n';
  expect(await send(file)).toMatchObject({ statusCode: 200, body: { changed: 3, refused: 1 } });
  expect((await Promise.all([0, 1, 2, 3].map(stockOf))).map((stock) => stock?.onHand)).toEqual([
    15,
    8,
    null,
    10,
  ]);
  const no = (csv: string, param: string) =>
    send(csv).then(({ statusCode, body }) =>
      expect([csv, statusCode, body["param"]]).toEqual([csv, 422, param]),
    );
  await no("productId,delta\nmug-0,many\n", "$.changes[0].delta");
  await no("productId,delta\nmug-0,1\nmug-1,0\n", "$.changes[1].delta");
  await no("productId,price\nmug-0,1\n", "$.changes[0].delta");
  await no("productId,delta\n", "$.changes");
  expect((await send("productId,delta\nmug-0,1,2\n")).body).toMatchObject({
    code: "invalid_request",
    status: 400,
  });
  expect((await send(file, "text/csv; charset=utf-16")).statusCode).toBe(415);
});

test("is refused as a whole where it can't be read: twice the same product, nothing to change, too many", async () => {
  const { post } = await aShelf(1);
  const [one] = [{ productId: idOf(0), delta: 1 }];
  for (const changes of [
    [one, one],
    [],
    [{ productId: idOf(0), delta: 0 }],
    [{ productId: idOf(0) }],
    Array(501).fill(one),
  ])
    expect((await post(changes, `key ${changes.length}`)).statusCode).toBe(422);
});
