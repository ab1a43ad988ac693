import { describe, expect, test } from "vitest";
import { destroyedCheckoutKey, restrictedCheckoutKey } from "#functions/privacy/checkout-key.store.ts";
import { ConditionFailed, type Write } from "#functions/runtime/table.ts";
import { minutes } from "#functions/values/clock.ts";
import { aCaller, storeId } from "#test/examples.ts";
import { aConnectedShop, sold } from "./connected-shop.ts";
import { aConnectedStore, lost } from "./connected-store.ts";

/** A store with either kind of shop: `saw` is what came there with a buyer in it, once its answer is on its way. */
const kinds = {
  bridge: async () => {
    const store = await aConnectedStore();
    const whole = store.shop.way;
    const buyers = () => store.orders.filter(({ contact }) => contact);
    return {
      ...store,
      host: "tea.example.com",
      saw: () => buyers().length,
      answers: (isHeard: boolean, meanwhile = () => {}) => {
        store.shop.way = (said) => {
          meanwhile();
          return isHeard ? whole(said) : lost();
        };
      },
      reconnect: async () => {
        store.learns(store.secret, (await store.connect()).body.secret);
      },
    };
  },
  woocommerce: async () => {
    const store = await aConnectedShop();
    const posts = () => store.woo.requests.filter(({ method }) => method === "POST");
    return {
      ...store,
      host: "tea.example.com",
      saw: () => posts().filter(({ body }) => body?.includes("ada@")).length,
      answers: (isHeard: boolean, meanwhile = () => {}) => {
        store.woo.way = ({ method }, answer) => {
          if (method === "POST") meanwhile();
          return isHeard || method !== "POST" ? answer() : lost();
        };
      },
      reconnect: async () => {
        const { url, kind } = store.connected.body;
        const key = { consumerKey: `ck_${"1a".repeat(20)}`, consumerSecret: `cs_${"2b".repeat(20)}` };
        await store.call("PUT", { url, kind, ...key });
      },
    };
  },
} as const;

describe.each(Object.entries(kinds))("a buyer who is shown to the shop of a store: %s", (kind, connected) => {
  const world = async () => {
    const store = await connected();
    const { table } = store.on;
    const commit = table.commit;
    return {
      ...store,
      records: () => table.rows("audit").filter(({ action }) => action === "customer.told"),
      /** What becomes of the transaction that holds the record. */
      audits: (by: ((writes: readonly Write[]) => never) | undefined) => {
        table.commit = async (writes) =>
          by && writes.some((write) => write.table === "audit") ? by(writes) : commit(writes);
      },
    };
  };

  test("is on record before it is sent: who, what, when, and by what right, and nothing of the buyer", async () => {
    const { fulfill, answers, records, saw, host, orderId, on, status } = await world();
    let before = 0;
    answers(true, () => {
      before = records().length;
    });
    await fulfill();
    expect([saw(), before, await status()]).toEqual([1, 1, "confirmed"]);
    expect(records()).toMatchObject([
      {
        storeId,
        at: on.now(),
        actor: { role: "service", principalId: aCaller().principalId },
        decidedBy: "connections:write",
        about: { kind, host },
        subjects: [orderId],
      },
    ]);
    expect(JSON.stringify(records())).not.toMatch(/ada|canary/i);
  });

  test("is on record once, however often it is sent and for how long", async () => {
    const { fulfill, pass, answers, records, saw, status } = await world();
    answers(false);
    await fulfill();
    for (const _ of [1, 2, 3, 4]) await pass(minutes(18));
    answers(true);
    await pass(minutes(18));
    expect([await status(), records().length]).toEqual(["confirmed", 1]);
    expect(saw()).toBeGreaterThan(1);
  });

  test("is on record once more for the shop that was connected since", async () => {
    const { fulfill, pass, answers, records, reconnect, status } = await world();
    answers(false);
    await fulfill();
    await reconnect();
    answers(true);
    await pass();
    expect([await status(), records().length]).toEqual(["confirmed", 2]);
  });

  test("is sent to nobody while that can't be put on record, and then is", async () => {
    const { fulfill, pass, audits, records, saw, status, intent } = await world();
    audits(() => {
      throw new Error("the audit is away");
    });
    await fulfill();
    expect([saw(), records(), await status(), intent()]).toEqual([0, [], "placed", "requires_capture"]);
    audits(undefined);
    await pass();
    expect([saw(), records().length, await status()]).toEqual([1, 1, "confirmed"]);
  });

  test("is sent by no run that another has overtaken", async () => {
    const { fulfill, audits, saw, status } = await world();
    audits((writes) => {
      throw new ConditionFailed(writes);
    });
    await fulfill();
    expect([saw(), await status()]).toEqual([0, "placed"]);
  });

  test.each([
    ["was erased", destroyedCheckoutKey, "confirmed"],
    ["is frozen", frozen, "placed"],
  ])("and who %s is shown to nobody, which is on no record", async (_, write, then) => {
    const { fulfill, on, order, records, saw, status } = await world();
    const { checkoutId } = await order();
    await on.table.commit([write({ storeId, checkoutId })]);
    await fulfill();
    expect([saw(), records(), await status()]).toEqual([0, [], then]);
  });
});

test("what a WooCommerce site does not sell any more is on no record: its buyer was not sent there", async () => {
  const { fulfill, woo, on, status } = await aConnectedShop();
  woo.products.splice(0, 1, { ...sold[0], id: 31, status: "draft" });
  await fulfill();
  expect(await status()).toBe("canceled");
  expect(on.table.rows("audit").map(({ action }) => action)).toEqual(["connector.put"]);
});

function frozen(subject: Parameters<typeof destroyedCheckoutKey>[0]): Write {
  return restrictedCheckoutKey({ subject, expiresAtSeconds: 1 } as never, 1);
}
