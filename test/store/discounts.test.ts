import { describe, expect, it } from "vitest";
import { tryCommit } from "#functions/runtime/table.ts";
import { discountStore, releaseDiscount, useDiscount } from "#functions/store/discount.store.ts";
import { PutDiscounts, putDiscounts } from "#functions/store/put-discounts.ts";
import { someFacts } from "#test/examples.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { aCaller, storeId } from "./a-store.ts";

const aPlace = () => {
  const on = memoryPlatform();
  const put = (...discounts: object[]) =>
    putDiscounts(on)({ caller: aCaller(), request: someFacts(), body: PutDiscounts.parse({ discounts }) });
  const find = (...codes: string[]) => discountStore(on.table).find(storeId, codes);
  return { on, put, find };
};

const spring = { code: "spring", kind: "percent", percentOff: 12.5 };

describe("discount codes", () => {
  it("are found in any case, in the order in which they were named", async () => {
    const { put, find } = aPlace();
    await put(spring, { code: "TEN", kind: "fixed", amountOff: 1_000 });
    expect(await find("ten", "nope", " SpRiNg ")).toEqual([
      { code: "TEN", kind: "fixed", amountOff: 1_000 },
      { code: "nope", reason: "discount_code_invalid" },
      { code: "SPRING", kind: "percent", percentOff: 12.5 },
    ]);
  });

  it("are not found under names that could not have been given to one", async () => {
    const { find } = aPlace();
    const odd = ["", "a b", "ä", "x".repeat(65), "usage#1"];
    expect(await find(...odd)).toEqual(odd.map((code) => ({ code, reason: "discount_code_invalid" })));
  });

  it("are not found in another store", async () => {
    const { on, put } = aPlace();
    await put(spring);
    const elsewhere = await discountStore(on.table).find("store_zzzzzzzzzzzzzzzzzzzzzzzzzz", ["SPRING"]);
    expect(elsewhere).toEqual([{ code: "SPRING", reason: "discount_code_invalid" }]);
  });

  it("keep their times, answered as they were understood", async () => {
    const { put, find } = aPlace();
    const answer = await put({
      ...spring,
      startsAt: "2026-11-23T01:00:00+01:00",
      expiresAt: "2026-12-01T00:00:00Z",
    });
    expect(answer.body).toMatchObject({
      discounts: [
        { code: "SPRING", startsAt: "2026-11-23T00:00:00.000Z", expiresAt: "2026-12-01T00:00:00.000Z" },
      ],
    });
    expect(await find("SPRING")).toMatchObject([
      { startsAt: Date.UTC(2026, 10, 23), expiresAt: Date.UTC(2026, 11, 1) },
    ]);
  });

  it("are used as often as their limit says and not once more, however many try at once", async () => {
    const { on, put, find } = aPlace();
    await put({ ...spring, usageLimit: 3 });
    const tries = Array.from({ length: 10 }, () => tryCommit(on.table, [useDiscount(storeId, "SPRING", 3)]));
    const won = (await Promise.all(tries)).filter((lost) => lost.length === 0);
    expect(won).toHaveLength(3);
    expect(await find("spring")).toEqual([{ code: "spring", reason: "discount_code_usage_limit_reached" }]);
    await on.table.commit([releaseDiscount(storeId, "SPRING")]);
    expect(await find("spring")).toMatchObject([{ code: "SPRING" }]);
  });

  it("go on counting when the owner replaces them", async () => {
    const { on, put, find } = aPlace();
    await put({ ...spring, usageLimit: 5 });
    await on.table.commit([useDiscount(storeId, "SPRING", 5)]);
    await put({ ...spring, usageLimit: 1 });
    expect(await find("SPRING")).toMatchObject([{ reason: "discount_code_usage_limit_reached" }]);
  });

  it("are given back even where an operator reset their counter: an undo must be able to end", async () => {
    const { on } = aPlace();
    expect(await tryCommit(on.table, [releaseDiscount(storeId, "SPRING")])).toEqual([]);
  });

  it.each([
    ["nothing off", { percentOff: 0 }, "percentOff"],
    ["more than everything off", { percentOff: 100.01 }, "percentOff"],
    ["three decimals", { percentOff: 1.005 }, "percentOff"],
    ["a name with a space", { code: "SPRING SALE" }, "code"],
    [
      "an end before its start",
      { startsAt: "2026-02-01T00:00:00Z", expiresAt: "2026-01-01T00:00:00Z" },
      "expiresAt",
    ],
    ["a time without a zone", { expiresAt: "2026-01-01T00:00:00" }, "expiresAt"],
    ["a time before the epoch", { startsAt: "1969-01-01T00:00:00Z" }, "startsAt"],
    ["a limit of none", { usageLimit: 0 }, "usageLimit"],
    ["a field nobody knows", { colour: "red" }, undefined],
    ["both kinds", { amountOff: 5 }, undefined],
  ])("with %s are refused and the answer says where", (_, change, field) => {
    const { error } = PutDiscounts.safeParse({ discounts: [{ ...spring, ...change }] });
    expect(error?.issues[0]?.path).toEqual(["discounts", 0, ...(field ? [field] : [])]);
  });

  it("are refused when one is in the list twice, in any case", () => {
    const { error } = PutDiscounts.safeParse({ discounts: [spring, { ...spring, code: "SPRING" }] });
    expect(error?.issues[0]?.path).toEqual(["discounts", 1, "code"]);
  });

  it("are put at most 99 at a time, beside the record of the act", async () => {
    const { on, put } = aPlace();
    const many = Array.from({ length: 100 }, (_, index) => ({ ...spring, code: `C${index}` }));
    expect(PutDiscounts.safeParse({ discounts: many }).success).toBe(false);
    await put(...many.slice(1));
    expect(on.table.rows("commerce")).toHaveLength(99);
  });
});
