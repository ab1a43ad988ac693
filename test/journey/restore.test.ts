import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { totalOf } from "./agent.ts";
import { expectMoneyToBeRight } from "./books.ts";
import { canaries } from "./canary.ts";
import { openEndpoint } from "./endpoint.ts";
import { leaksIn } from "./leaks.ts";
import { restoreWorld } from "./restoring.ts";
import { emptied, rowsOf } from "./tables.ts";
import { openWorld, type World } from "./world.ts";

const [canary = ""] = canaries;
const reason = "two tables were emptied by mistake";

/**
 * The drill: people buy, the tables are copied; later somebody is erased, a key is revoked and rows are lost. What comes
 * back is everything but whoever and whatever has ended since.
 */
describe("after tables were emptied", () => {
  let world: World;
  let endpoint: Awaited<ReturnType<typeof openEndpoint>>;
  let orders: string[];
  let heard: string[];
  let revoked: { key: string; keyId: string };
  let found: Awaited<ReturnType<typeof restoreWorld>>;
  const meanwhile: [string, number][] = [];

  const buy = async (email: string): Promise<string> => {
    const session = await world.ready("mug-blue", {
      buyer: { first_name: canary, last_name: canary, email },
    });
    const { body } = await world.agent.complete(session.id, await world.token(totalOf(session)));
    return String(body.order?.id);
  };
  const order = (id = "") => world.store.orders.getOrder(id);
  const keyRows = async () => (await rowsOf(world)).filter(({ table }) => table.endsWith("-people"));

  beforeAll(async () => {
    world = await openWorld();
    const { cloud } = world.laptop;
    endpoint = await openEndpoint(world);
    revoked = await world.issue("agent", "soon-gone");
    orders = [await buy(`${canary}@example.com`), await buy("somebody.else@example.com")];
    await vi.waitFor(
      () => expect(endpoint.types().filter((type) => type === "order.confirmed")).toHaveLength(2),
      15_000,
    );
    await world.settle();
    const to = cloud.backUp();
    cloud.advance(60_000);
    const { customers } = await world.store.customers.listCustomers();
    const erased = customers.find((each) => each.orders.some(({ id }) => id === orders[0]));
    await world.store.customers.eraseCustomer(erased?.id ?? "");
    await world.laptop.operate({ command: "revoke-key", keyId: revoked.keyId });
    await world.pass(120_000);
    await world.settle();
    heard = endpoint.heard.map(({ id }) => id);
    await emptied(world, ["commerce", "people", "access", "webhooks", "outbox"]);
    found = await restoreWorld(world, { to, reason }, async (step) => {
      const { status } = await fetch(`${world.storeApi}/orders`, {
        headers: { authorization: `Bearer ${world.shop.adminKey}` },
      });
      meanwhile.push([step, status]);
    });
    await world.pass(60_000);
    await world.settle();
  });
  afterAll(async () => {
    await endpoint?.close();
    await world?.laptop.stop();
  });

  test("nobody is served until everything is back", () => {
    expect(meanwhile.length).toBeGreaterThan(3);
    expect(new Set(meanwhile.map(([, status]) => status))).toEqual(new Set([503]));
  });

  test("orders and their money are there, and nobody was charged again", async () => {
    expect(found.audit).toBe("whole");
    for (const id of orders)
      expect(await order(id)).toMatchObject({ status: "confirmed", payment: { state: "captured" } });
    expect(world.charged()).toHaveLength(orders.length);
    const { orders: all } = await world.store.orders.listOrders();
    expectMoneyToBeRight(world.laptop.stripe?.state as never, all);
  });

  test("who was erased is not: no key of theirs came back, and nobody reads who bought", async () => {
    const [gone, kept] = orders.map((id) => id.replace("ord_", "chk_"));
    const keys = (await keyRows()).map(({ pk }) => JSON.stringify(pk));
    expect(keys.filter((pk) => pk.includes(String(gone)))).toEqual([]);
    expect(keys.filter((pk) => pk.includes(String(kept)))).toHaveLength(1);
    expect(await order(orders[0])).toMatchObject({ contact: null });
    expect(JSON.stringify(await order(orders[1]))).toContain("somebody.else@example.com");
    expect(leaksIn([{ name: "order", text: JSON.stringify(await order(orders[0])) }])).toEqual([]);
  });

  test("a key that was revoked stays dead, and the others open what they did", async () => {
    const called = await world.agent.call(
      "GET",
      "/checkout_sessions/chk_00000000000000000000000000",
      undefined,
      {
        key: revoked.key,
      },
    );
    expect(called.status).toBe(401);
    expect((await world.ready()).status).toBe("ready_for_payment");
  });

  test("no event is told under another id", () => {
    const after = new Set(endpoint.heard.map(({ id }) => id));
    expect([...after].filter((id) => !heard.includes(id))).toEqual([]);
  });

  test("all of it is on record, and the records hold", async () => {
    await world.pass(60_000);
    const verified = (await world.laptop.cloud.invoke("audit/examine-audit", {
      command: "verify-audit",
    })) as {
      done: { part: { problems: object[] } };
    };
    expect(verified.done.part.problems).toEqual([]);
    const acts = (await rowsOf(world)).filter(({ table }) => table.endsWith("-audit"));
    for (const action of ["restore.begun", "restore.done"])
      expect(acts.filter((row) => JSON.stringify(row).includes(action)).length).toBe(2);
  });
});
