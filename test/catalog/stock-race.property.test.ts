import fc from "fast-check";
import { expect, it } from "vitest";
import { productStore } from "#functions/catalog/product.store.ts";
import { PutProducts, putProducts } from "#functions/catalog/put-products.ts";
import { Checkout } from "#functions/checkout/checkout.ts";
import { Order, times } from "#functions/order/order.ts";
import type { Row, Table } from "#functions/runtime/table.ts";
import { currencyStore } from "#functions/store/currency.store.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { seconds } from "#functions/values/clock.ts";
import { effort, seed } from "#test/effort.ts";
import { aCaller, aChannel, aProduct, aRequest, someContents, someFacts, storeId } from "#test/examples.ts";
import { fakeEnvelope } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";
import { shopOn, stockShop } from "#test/fakes/memory-shop.ts";
import { fakeStripe } from "#test/fakes/stripe.ts";

type Stock = { available: number; reserved: number };
type World = ReturnType<typeof memoryPlatform>;

const stockIn = ({ table }: World): Stock => {
  const row = table.rows("commerce").find(({ sk }) => sk === "stock");
  return { available: Number(row?.["available"] ?? 0), reserved: Number(row?.["reserved"] ?? 0) };
};

const rowsOf = ({ table }: World, kind: string): Row[] =>
  table.rows("commerce").filter(({ sk }) => sk === kind);

const holding: readonly Checkout["status"][] = ["completing", "authenticating", "aborting"];

/** By whom pieces are held, as the rows of checkouts and orders have it. */
const heldIn = (on: World): number => {
  const checkouts = rowsOf(on, "checkout").map((row) => Checkout.parse(row));
  const orders = rowsOf(on, "order").map((row) => Order.parse(row));
  return [
    ...checkouts.filter(({ status }) => holding.includes(status)),
    ...orders.filter(({ status, confirmedAt }) => status !== "canceled" && confirmedAt === undefined),
  ].reduce((sum, { quote }) => sum + quote.lines.reduce((pieces, { quantity }) => pieces + quantity, 0), 0);
};

/** Each call waits its turn, which the scheduler gives; after each write the stock is held against the rows. */
const scheduled = (on: World, turn: () => Promise<unknown>): { table: Table; wrong: string[] } => {
  const wrong: string[] = [];
  const commit: Table["commit"] = async (writes) => {
    await turn();
    const before = stockIn(on);
    await on.table.commit(writes);
    const [after, held] = [stockIn(on), heldIn(on)];
    const told = writes.flatMap(({ change }) => ("left" in change ? [change.left?.["available"]?.of] : []));
    // Noted, not thrown: a workflow would take it for a fault of its own.
    if (after.reserved !== held) wrong.push(`${after.reserved} are reserved, ${held} are held`);
    if (told.some((onHand) => onHand !== after.available + after.reserved)) wrong.push("told in vain");
    if (told.length === 0 && after.available < Math.min(0, before.available))
      wrong.push(`oversold to ${after.available}`);
  };
  const table: Table = {
    get: (...asked) => turn().then(() => on.table.get(...asked)),
    query: (...asked) => turn().then(() => on.table.query(...asked)),
    commit,
    tally: (...asked) => turn().then(() => on.table.tally(...asked)),
  };
  return { table, wrong };
};

const aBuyer = fc.record({
  quantity: fc.integer({ min: 1, max: 2 }),
  token: fc.constantFrom("pm_card_visa", "pm_card_visa", "pm_card_chargeDeclined"),
});
const aWord = fc.record({ onHand: fc.nat(5), versioned: fc.boolean() });

it("holds just what checkouts and orders hold, and sells no more than there is, however buyers and the store interleave", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(aBuyer, { minLength: 1, maxLength: 4 }),
      fc.array(aWord, { maxLength: 3 }),
      async (scheduler, buyers, words) => {
        const on = memoryPlatform();
        await stockShop(on, [{ ...aProduct(), available: 4 }]);
        const { table, wrong } = scheduled(on, () => scheduler.schedule(Promise.resolve()));
        const process = { ...on, table, stripe: fakeStripe(on.now), envelope: fakeEnvelope(on.table) };
        const shop = shopOn(process);
        const products = productStore(table);
        const put = putProducts({
          ...process,
          products,
          stores: storeStore(table),
          currencies: currencyStore(table),
        });

        const buy = async ({ quantity, token }: (typeof buyers)[number]) => {
          const { opened } = await shop.create({
            caller: aCaller(),
            idempotency: aRequest(),
            channel: aChannel(),
            contents: someContents({ lines: [{ productId: "mug-blue", quantity }] }),
          });
          const bought = shop.complete({
            caller: aCaller(),
            idempotency: aRequest(),
            checkoutId: opened.checkout.id,
            deadline: on.now() + seconds(29),
            payment: { kind: "pm", token },
          });
          // Who meets others at the shelf again and again may be told to come again, with nothing bought.
          const order = await bought.then(
            (done) => done.order,
            (error) => void expect(error).toMatchObject({ code: "temporarily_unavailable" }),
          );
          if (order) await shop.fulfill({ storeId, orderId: order.id });
        };
        const tell = async ({ onHand, versioned }: (typeof words)[number]) => {
          const version = (await products.getMany(storeId, ["mug-blue"])).get("mug-blue")?.stock.version;
          const stock = { onHand, ...(versioned ? { version } : {}) };
          const { id, title, unitAmount } = aProduct();
          const told = put({
            caller: aCaller(),
            request: someFacts(),
            body: PutProducts.parse({ products: [{ id, title, unitAmount, stock }] }),
          });
          // Only who names a version may be told that it is gone.
          if (versioned) await told.catch((error) => expect(error).toMatchObject({ code: "conflict" }));
          else await told;
        };
        await scheduler.waitFor(Promise.all([...buyers.map(buy), ...words.map(tell)]));
        for (let run = 0; run < 3; run += 1) {
          on.clock.advance(times.lease);
          await scheduler.waitFor(Promise.all([shop.sweepCheckouts(), shop.sweepOrders()]));
        }
        expect(wrong).toEqual([]);
        expect(stockIn(on).reserved).toBe(0);
      },
    ),
    { numRuns: effort(1_000), seed: seed(12) },
  );
});
