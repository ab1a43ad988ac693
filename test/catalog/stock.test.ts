import { describe, expect, it } from "vitest";
import {
  firstStock,
  readStock,
  releaseStock,
  reserveStock,
  restockStock,
  sellStock,
  setStock,
} from "#functions/catalog/stock.store.ts";
import { memoryTable } from "#functions/runtime/memory-table.ts";
import type { Write } from "#functions/runtime/table.ts";
import { storeId } from "#test/store/a-store.ts";
import { reserve } from "./reserve.ts";

const mugs = (quantity: number) => ({ storeId, productId: "mug", quantity });

const aShelf = async (...writes: Write[]) => {
  const table = memoryTable();
  for (const write of writes) await table.commit([write]);
  const take = (quantity: number) => reserve(table, quantity);
  const commit = (write: Write) => table.commit([write]);
  const read = () => readStock(table, storeId, "mug");
  return { take, commit, read };
};

describe("stock", () => {
  it("sells the last piece once, however many reach for it at once", async () => {
    const { take, read } = await aShelf(setStock(storeId, "mug", { onHand: 1 }));
    const takes = await Promise.all(Array.from({ length: 50 }, () => take(1)));
    expect(takes.filter(Boolean)).toHaveLength(1);
    expect(await read()).toEqual({
      onHand: 1,
      reserved: 1,
      available: 0,
      version: 1,
      revision: 2,
      depletion: 2,
    });
  });

  it("is reserved in whole or not at all", async () => {
    const { take, read } = await aShelf(setStock(storeId, "mug", { onHand: 3 }));
    expect(await take(4)).toBe(false);
    expect(await read()).toMatchObject({ reserved: 0, available: 3, revision: 1 });
    expect(await take(3)).toBe(true);
  });

  it("is on hand until it is sold, and again when it comes back", async () => {
    const { take, commit, read } = await aShelf(setStock(storeId, "mug", { onHand: 5 }));
    await take(3);
    expect(await read()).toMatchObject({ onHand: 5, reserved: 3, available: 2, version: 1 });
    await commit(releaseStock(mugs(1)));
    expect(await read()).toMatchObject({ onHand: 5, reserved: 2, available: 3, version: 1 });
    await commit(sellStock(mugs(2)));
    expect(await read()).toMatchObject({ onHand: 3, reserved: 0, available: 3, version: 2 });
    await commit(restockStock(mugs(1)));
    expect(await read()).toMatchObject({ onHand: 4, reserved: 0, available: 4, version: 3 });
  });

  it("without limit is never used up and stays so after pieces are given back", async () => {
    const { take, commit, read } = await aShelf(setStock(storeId, "mug", { onHand: null }));
    expect(await take(9_999)).toBe(true);
    expect(await take(9_999)).toBe(true);
    await commit(releaseStock(mugs(9_999)));
    expect(await read()).toMatchObject({ onHand: null, reserved: 9_999, available: null });
  });

  it("that becomes limited counts from what is told then, less what is reserved", async () => {
    const { take, commit, read } = await aShelf(firstStock(storeId, "mug", true));
    await take(5);
    await commit(sellStock(mugs(4)));
    await commit(setStock(storeId, "mug", { onHand: 2 }));
    expect(await read()).toMatchObject({ onHand: 2, reserved: 1, available: 1 });
    expect(await take(2)).toBe(false);
    expect(await take(1)).toBe(true);
  });

  it("that ends is told with a number that rises, and only by who was right about the end", async () => {
    const { take, commit, read } = await aShelf(setStock(storeId, "mug", { onHand: 2 }));
    await take(2);
    expect((await read())?.depletion).toBe(2);
    await commit(releaseStock(mugs(2)));
    const seen = await read();
    await take(1);
    await expect(commit(reserveStock(mugs(2), seen!).write)).rejects.toThrow("condition failed");
    await commit(setStock(storeId, "mug", { onHand: 3 }));
    // Told and sold meanwhile, but the last ones all the same.
    await commit(reserveStock(mugs(2), seen!).write);
    await commit(releaseStock(mugs(2)));
    await expect(commit(reserveStock(mugs(2), seen!).write)).rejects.toThrow("condition failed");
    await take(2);
    expect(await read()).toMatchObject({ available: 0, depletion: 8 });
  });

  it("without limit has no last piece", async () => {
    const { commit, read } = await aShelf(setStock(storeId, "mug", { onHand: 2 }));
    const seen = await read();
    await commit(setStock(storeId, "mug", { onHand: null }));
    await expect(commit(reserveStock(mugs(2), seen!).write)).rejects.toThrow("condition failed");
  });

  it("of a product that is not there can't be taken", async () => {
    const { take } = await aShelf();
    expect(await take(1)).toBe(false);
  });
});
