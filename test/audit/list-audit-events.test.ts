import { expect, test } from "vitest";
import { wire } from "#functions/audit/audit.handler.ts";
import { toIso } from "#functions/values/clock.ts";
import { storeId } from "#test/examples.ts";
import { aCaller, callApi } from "#test/fakes/api-event.ts";
import { aWorld, otherStoreId, type World } from "./world.ts";

type Page = {
  events: { id: string; action: string; at: string; actor: { requestId: string } }[];
  next?: string;
};

const reading = (world: World) => {
  const handler = wire(world.platform);
  const caller = aCaller({ storeId });
  return async (query: Record<string, string> = {}): Promise<Page> => {
    const answer = await callApi(handler, { path: "/audit_events", query, caller });
    expect(answer.statusCode, answer.text).toBe(200);
    return answer.body;
  };
};

const filled = async (count: number): Promise<World> => {
  const world = aWorld();
  for (let nth = 0; nth < count; nth += 1) {
    await world.act({ action: nth % 3 === 0 ? "tokens.accepted" : "tokens.killed" });
    world.pass(1);
  }
  return world;
};

/** Every page, from the first to the last. */
const all = async (read: ReturnType<typeof reading>, query: Record<string, string>) => {
  const events: Page["events"] = [];
  let page = await read(query);
  events.push(...page.events);
  while (page.next) {
    page = await read({ ...query, after: page.next });
    events.push(...page.events);
  }
  return events.filter(({ action }) => action !== "audit.read");
};

test("shows the store its own records, newest first, and is on record itself", async () => {
  const world = await filled(3);
  await world.act({ of: otherStoreId });
  await world.act({ of: "deployment" });
  const read = reading(world);
  expect((await read()).events.map(({ action }) => action)).toEqual([
    "tokens.killed",
    "tokens.killed",
    "tokens.accepted",
  ]);
  world.pass(1);
  expect((await read()).events[0]).toMatchObject({ action: "audit.read" });
});

test.each(["newest", "oldest"])("pages through all of them once, %s first", async (order) => {
  const world = await filled(25);
  const events = await all(reading(world), { order, limit: "4", to: toIso(world.platform.now() - 1) });
  const times = events.map(({ at }) => at);
  expect(times).toHaveLength(25);
  expect(new Set(times).size).toBe(25);
  expect(times).toEqual(order === "oldest" ? times.toSorted() : times.toSorted().reverse());
});

test("finds an action and a time", async () => {
  const world = await filled(250);
  const read = reading(world);
  const accepted = await all(read, { action: "tokens.accepted", limit: "7" });
  expect(accepted).toHaveLength(84);
  expect(new Set(accepted.map(({ id }) => id)).size).toBe(84);
  const from = accepted.at(-3)?.at ?? "";
  const to = accepted.at(-2)?.at ?? "";
  expect((await all(read, { from: to, to: from })).length).toBe(4);
});

test("refuses a place that is none", async () => {
  const handler = wire(aWorld().platform);
  for (const after of ["aud_", "aud_YWN0", "x", "aud_%"]) {
    const answer = await callApi(handler, { path: "/audit_events", query: { after } });
    expect(answer.body).toMatchObject({ code: "invalid", param: "$.after" });
  }
});
