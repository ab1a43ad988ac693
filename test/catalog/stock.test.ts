import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  firstStock,
  readStock,
  releaseStock,
  reserveStock,
  setStock,
} from "#functions/catalog/stock.store.ts";
import { tryCommit, type Write } from "#functions/runtime/table.ts";
import { effort, seed } from "#test/effort.ts";
import { memoryTable } from "#test/fakes/memory-table.ts";
import { storeId } from "#test/store/a-store.ts";

const aShelf = async (...writes: Write[]) => {
  const table = memoryTable();
  for (const write of writes) await table.commit([write]);
  /** By how much the stock changed. */
  const take = async (quantity: number): Promise<number> =>
    (await tryCommit(table, [reserveStock(storeId, "mug", quantity)])).length === 0 ? -quantity : 0;
  const give = async (quantity: number): Promise<number> => {
    await table.commit([releaseStock(storeId, "mug", quantity)]);
    return quantity;
  };
  const read = () => readStock(table, storeId, "mug");
  return { table, take, give, read };
};

describe("stock", () => {
  it("sells the last piece once, however many reach for it at once", async () => {
    const { take, read } = await aShelf(setStock(storeId, "mug", { available: 1 }));
    const takes = await Promise.all(Array.from({ length: 50 }, () => take(1)));
    expect(takes.filter(Boolean)).toHaveLength(1);
    expect(await read()).toEqual({ available: 0, version: 2 });
  });

  it("takes a quantity whole or not at all", async () => {
    const { take, read } = await aShelf(setStock(storeId, "mug", { available: 3 }));
    expect(await take(4)).toBe(0);
    expect(await read()).toEqual({ available: 3, version: 1 });
    expect(await take(3)).toBe(-3);
  });

  it("without limit is never used up and stays so after pieces are given back", async () => {
    const { give, take, read } = await aShelf(setStock(storeId, "mug", { available: null }));
    expect(await take(9_999)).toBe(-9_999);
    expect(await take(9_999)).toBe(-9_999);
    await give(9_999);
    expect((await read())?.available).toBe(null);
  });

  it("that becomes limited counts from what is told then", async () => {
    const { take, read, table } = await aShelf(firstStock(storeId, "mug", true));
    await take(5);
    await table.commit([setStock(storeId, "mug", { available: 2 })]);
    expect(await read()).toMatchObject({ available: 2 });
    expect(await take(3)).toBe(0);
  });

  it("of a product that is not there can't be taken", async () => {
    const { take } = await aShelf();
    expect(await take(1)).toBe(0);
  });

  it("is what was told, less what was taken, plus what was given back, and never below nothing", async () => {
    const anyMoves = fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 8 }), back: fc.boolean() }), {
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(fc.nat(20), anyMoves, async (told, moves) => {
        const { give, take, read } = await aShelf(setStock(storeId, "mug", { available: told }));
        let expected = told;
        for (const { quantity, back } of moves) {
          const moved = back ? await give(quantity) : await take(quantity);
          expected += moved;
          expect((await read())?.available).toBe(expected);
          expect(expected).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: effort(10_000), seed: seed(11) },
    );
  });
});
