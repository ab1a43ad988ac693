import { describe, expect, it } from "vitest";
import { wire as authorizer } from "#functions/access/authorize.handler.ts";
import { createdCheckout } from "#functions/checkout/checkout.store.ts";
import { leased, moved } from "#functions/checkout/checkout.ts";
import { domainStore } from "#functions/domain/domain.store.ts";
import { listFeeds, savedFeed } from "#functions/feed/agent-feed.store.ts";
import { connectionStore, savedConnection } from "#functions/fulfillment/connection.store.ts";
import { wire } from "#functions/operator/operator.handler.ts";
import { type Part, together } from "#functions/operator/parts.ts";
import { dueKey, shards } from "#functions/runtime/due.ts";
import type { Table } from "#functions/runtime/table.ts";
import { unexpired } from "#functions/runtime/unexpired.ts";
import { stillSells } from "#functions/store/selling.store.ts";
import { storeStore } from "#functions/store/store.store.ts";
import { days, seconds } from "#functions/values/clock.ts";
import { newId, type StoreId } from "#functions/values/id.ts";
import { createdEndpoint, endpointStore } from "#functions/webhook/endpoint.store.ts";
import { aCheckout, anEndpoint, principalId } from "#test/examples.ts";
import { fakeKeyWrapper, fakeStoreSeal } from "#test/fakes/envelope.ts";
import { aContext, type MemoryPlatform, memoryPlatform } from "#test/fakes/memory-platform.ts";
import { getsThrough } from "#test/operator/house.ts";
import { someSettings } from "./a-store.ts";

type Done = {
  storeId: StoreId;
  key: { key: string; keyId: string };
  cursor?: object;
  done: boolean;
  waitSeconds?: number;
  part?: Part;
};
type Answer = { done?: Done; refused?: { code: string; text: string } };
const because = { reason: "invoices unpaid" };

/** A live store with a second key, open sessions and one that is being paid, and another store beside it. */
const aTown = async (tableOf: (on: MemoryPlatform) => Table = ({ table }) => table) => {
  const on = memoryPlatform({
    environment: {
      STAGE: "prod",
      PEPPER_SECRET_ARN: "arn:pepper",
      AGENT_API_URL: "https://agents.example.com",
      STORE_API_URL: "https://stores.example.com",
    },
  });
  const platform = {
    ...on,
    table: tableOf(on),
    readSecret: async () => "a-pepper-of-at-least-32-characters-1",
  };
  const handler = wire({
    ...platform,
    keyWrapper: fakeKeyWrapper,
    sealOf: fakeStoreSeal,
  });
  const check = authorizer(platform);
  let requests = 0;
  const ask = async (command: object) => {
    requests += 1;
    return (await handler(command, { ...aContext(), awsRequestId: `request-${requests}` })) as Answer;
  };
  const open = async (reference: string) => {
    const domain = `${reference}.example.com`;
    const store = { ...someSettings(), reference, livemode: true, domain };
    const { done } = await ask({ command: "create-store", store });
    if (!done) throw new Error("no store");
    return done;
  };
  const [mugs, cups] = [await open("mugs"), await open("cups")];
  const agent = await ask({ command: "issue-key", storeId: mugs.storeId, role: "agent", principal: "chat" });
  const begin = async (storeId: StoreId, isPaid = false) => {
    const now = on.now();
    const ready = aCheckout({
      id: newId("chk", on.random),
      storeId,
      expiresAt: now + 9_000_000,
      updatedAt: now,
    });
    await on.table.commit([
      createdCheckout(isPaid ? moved(ready, "completing", now, leased(ready, now)) : ready),
      { table: "people", key: { pk: `${storeId}#${ready.id}`, sk: "checkout-key" }, change: { put: {} } },
    ]);
  };
  for (let count = 0; count < 60; count += 1) await begin(mugs.storeId);
  await begin(mugs.storeId, true);
  await begin(cups.storeId);
  return {
    on,
    mugs,
    cups,
    agent: agent.done?.key as unknown as string,
    ask,
    begin,
    open,
    store: (storeId: StoreId = mugs.storeId) => storeStore(on.table).get(storeId),
    works: getsThrough(check),
    /** As the command line does. */
    untilDone: async (command: object) => {
      let { done } = await ask(command);
      let [soFar, calls] = [together({}, done?.part), 1];
      for (; done && !done.done; calls += 1) {
        on.clock.advance(seconds(done.waitSeconds ?? 0));
        ({ done } = await ask({ ...command, cursor: done.cursor }));
        soFar = together(soFar, done?.part);
      }
      return { calls, soFar };
    },
    sessions: (storeId: StoreId) =>
      on.table
        .rows("commerce")
        .filter(({ pk, sk }) => sk === "checkout" && pk.startsWith(storeId))
        .map(({ status }) => status),
    acts: () => on.table.rows("audit").map(({ action, reason }) => [action, reason]),
  };
};

describe.each(["suspend-store", "close-store"])("%s", (name) => {
  const command = (town: Awaited<ReturnType<typeof aTown>>, more: object = {}) => ({
    command: name,
    storeId: town.mugs.storeId,
    ...because,
    ...more,
  });

  it("stops every key of the store and no other's", async () => {
    const town = await aTown();
    expect([await town.works(town.mugs.key.key), await town.works(town.agent)]).toEqual([true, true]);
    await town.untilDone(command(town));
    expect([await town.works(town.mugs.key.key), await town.works(town.agent)]).toEqual([false, false]);
    expect(await town.works(town.cups.key.key)).toBe(true);
  });

  it("ends its open sessions, leaves what is being paid to its run, and touches no other store's", async () => {
    const town = await aTown();
    await town.untilDone(command(town));
    const statuses = town.sessions(town.mugs.storeId);
    expect(statuses.filter((status) => status === "canceled")).toHaveLength(60);
    expect(statuses.filter((status) => status === "completing")).toHaveLength(1);
    expect(town.sessions(town.cups.storeId)).toEqual(["ready"]);
  });

  it("lets no session begin and no key be issued from its first write on", async () => {
    const town = await aTown();
    const { done } = await town.ask(command(town));
    expect(done?.done).toBe(false);
    await expect(
      town.on.table.commit([stillSells(town.mugs.storeId, newId("chk", town.on.random))]),
    ).rejects.toThrow();
    const issue = { command: "issue-key", storeId: town.mugs.storeId, role: "agent", principal: "late" };
    expect((await town.ask(issue)).refused?.code).toBe("conflict");
  });

  it("waits until the index shows every session that was begun before", async () => {
    const town = await aTown();
    const { done } = await town.ask(command(town));
    expect(done?.waitSeconds).toBeGreaterThan(0);
    expect(town.sessions(town.mugs.storeId)).not.toContain("canceled");
  });

  it("is one act with its reason, however often it is called", async () => {
    const town = await aTown();
    const before = town.acts().length;
    await town.untilDone(command(town));
    await town.untilDone(command(town));
    expect(town.acts().slice(before)).toHaveLength(1);
    expect(town.acts()).toContainEqual([expect.any(String), because.reason]);
  });

  it("counts and changes nothing in a dry run", async () => {
    const town = await aTown();
    const traces = () =>
      JSON.stringify(
        (["access", "commerce", "people", "audit"] as const).map((table) => town.on.table.rows(table)),
      );
    const before = traces();
    expect((await town.ask(command(town, { dryRun: true }))).done).toMatchObject({
      complete: true,
      keysStopped: 2,
      domainsReleased: name === "close-store" ? 1 : 0,
      checkoutsEnded: 60,
      checkoutsBeingPaid: 1,
    });
    expect(traces()).toBe(before);
  });

  it("wants a reason, and a store that is there", async () => {
    const town = await aTown();
    expect((await town.ask({ command: name, storeId: town.mugs.storeId })).refused?.code).toBe("missing");
    const nobody = newId("store", town.on.random);
    expect((await town.ask({ command: name, storeId: nobody, ...because })).refused?.code).toBe("not_found");
  });
});

describe("a suspended store", () => {
  it("goes on with the keys that it had, but for those that were revoked meanwhile", async () => {
    const town = await aTown();
    const { storeId } = town.mugs;
    await town.untilDone({ command: "suspend-store", storeId, ...because });
    await town.ask({ command: "revoke-key", keyId: town.mugs.key.keyId });
    const resumed = await town.ask({ command: "resume-store", storeId, ...because });
    expect(resumed.done).toMatchObject({ done: true });
    expect([await town.works(town.mugs.key.key), await town.works(town.agent)]).toEqual([false, true]);
    await town.on.table.commit([stillSells(storeId, newId("chk", town.on.random))]);
    expect(town.acts().map(([action]) => action)).toEqual(
      expect.arrayContaining(["store.suspended", "store.resumed"]),
    );
  });

  it("keeps its domains, and is not suspended on by a call that was made before it went on", async () => {
    const town = await aTown();
    const { storeId } = town.mugs;
    const { done } = await town.ask({ command: "suspend-store", storeId, ...because });
    expect((await town.store())?.verifiedDomains).toEqual(["mugs.example.com"]);
    await town.ask({ command: "resume-store", storeId, ...because });
    const late = { command: "suspend-store", storeId, ...because, cursor: done?.cursor };
    expect((await town.ask(late)).refused?.code).toBe("conflict");
    expect(town.sessions(storeId)).not.toContain("canceled");
  });
});

describe("a store with more keys than one call turns", () => {
  /** Each page of keys takes longer than a call may; `turn` comes before each page that is written. */
  const slowly =
    (meanwhile: { turn?: () => Promise<unknown> | unknown }) =>
    (on: MemoryPlatform): Table => ({
      ...on.table,
      query: async (...asked) => {
        on.clock.advance(asked[1].limit === 25 ? seconds(16) : 0);
        return on.table.query(...asked);
      },
      commit: async (writes) => {
        if (writes.some(({ change }) => "set" in change && "storeStoppedAt" in (change.set ?? {})))
          await meanwhile.turn?.();
        await on.table.commit(writes);
      },
    });

  const aCrowd = async () => {
    const meanwhile: Parameters<typeof slowly>[0] = {};
    const town = await aTown(slowly(meanwhile));
    const { storeId } = town.mugs;
    const issue = { command: "issue-key", storeId, role: "agent", principal: "bot" };
    const keys = [town.agent];
    for (let made = 0; made < 60; made += 1)
      keys.push((await town.ask(issue)).done?.key as unknown as string);
    const working = async () => {
      const each = await Promise.all(keys.map(town.works));
      return each.filter(Boolean).length;
    };
    return { ...town, meanwhile, working, stand: (command: string) => ({ command, storeId, ...because }) };
  };

  it("stops and goes on by page, and calls that go on from each other count each key once", async () => {
    const town = await aCrowd();
    const stopped = await town.untilDone(town.stand("suspend-store"));
    expect(stopped.soFar).toMatchObject({ keysStopped: 62, checkoutsEnded: 60, checkoutsBeingPaid: 1 });
    expect(stopped.calls).toBeGreaterThan(3);
    expect(await town.working()).toBe(0);
    const resumed = await town.untilDone(town.stand("resume-store"));
    expect(resumed).toEqual({ calls: 3, soFar: { keysResumed: 62 } });
    expect(await town.working()).toBe(61);
  });

  it.each(["suspend-store", "close-store"])(
    "%s that died is made again, and stops what is left",
    async (name) => {
      const town = await aCrowd();
      let pages = 0;
      town.meanwhile.turn = () => {
        pages += 1;
        if (pages > 1) throw new Error("the process is gone");
      };
      await expect(town.untilDone(town.stand(name))).rejects.toThrow("the command failed");
      expect(await town.working()).toBeGreaterThan(0);
      town.meanwhile.turn = undefined;
      await town.untilDone(town.stand(name));
      expect(await town.working()).toBe(0);
    },
  );

  it("has none stopped that was resumed in the midst of it", async () => {
    const town = await aCrowd();
    town.meanwhile.turn = async () => {
      town.meanwhile.turn = undefined;
      await town.untilDone(town.stand("resume-store"));
    };
    expect((await town.ask(town.stand("suspend-store"))).refused?.code).toBe("conflict");
    expect(await town.working()).toBe(61);
  });

  it("is not stopped on by a call that was made before it went on", async () => {
    const town = await aCrowd();
    const { done } = await town.ask(town.stand("suspend-store"));
    await town.untilDone(town.stand("resume-store"));
    const late = await town.ask({ ...town.stand("suspend-store"), cursor: done?.cursor });
    expect(late.refused?.code).toBe("conflict");
    expect(await town.working()).toBe(61);
  });
});

describe("a closed store", () => {
  it("stays closed, and its domain may speak for another", async () => {
    const town = await aTown();
    const { storeId } = town.mugs;
    await town.untilDone({ command: "close-store", storeId, ...because });
    for (const command of ["resume-store", "suspend-store"])
      expect((await town.ask({ command, storeId, ...because })).refused?.code).toBe("conflict");
    expect(await domainStore(town.on.table).claim("mugs.example.com")).toMatchObject({ free: true });
    const vouch = { command: "verify-domain", storeId: town.cups.storeId, host: "mugs.example.com" };
    expect((await town.ask(vouch)).done).toMatchObject({
      verifiedDomains: expect.arrayContaining(["mugs.example.com"]),
    });
  });

  it("loses its endpoints with their secrets, once its orders can have nothing more to tell", async () => {
    const town = await aTown();
    const { storeId } = town.mugs;
    await town.on.table.commit([createdEndpoint(anEndpoint({ storeId }))]);
    await town.untilDone({ command: "close-store", storeId, ...because });
    const there = () => endpointStore(unexpired(town.on.table, town.on.now)).list(storeId);
    town.on.clock.advance(days(179));
    expect(await there()).toHaveLength(1);
    await town.untilDone({ command: "close-store", storeId, ...because });
    town.on.clock.advance(days(1));
    expect(await there()).toEqual([]);
  });

  it("loses its shop's secret and its agents' credentials with them", async () => {
    const town = await aTown();
    const { storeId } = town.mugs;
    const [createdAt, ownerId] = [town.on.now(), principalId];
    const sealed = Uint8Array.of(1);
    const shop = {
      storeId,
      kind: "bridge",
      url: "https://shop.example.com/b",
      unanswered: "cancel",
    } as const;
    const feed = { storeId, name: "chat", url: "https://agent.example.com", refused: [], failures: 0 };
    await town.on.table.commit([
      savedConnection(undefined, { ...shop, secrets: [{ sealed, createdAt }], rolls: 0, ownerId, createdAt }),
      savedFeed(undefined, {
        ...feed,
        ...{ sealedCredential: sealed, credentialAt: createdAt, ownerId, createdAt, putAt: createdAt },
      }),
    ]);
    const { soFar } = await town.untilDone({ command: "close-store", storeId, ...because });
    expect(soFar).toMatchObject({ credentialsEnding: 2 });
    const table = unexpired(town.on.table, town.on.now);
    const there = async () => [
      await connectionStore(table).get(storeId),
      ...(await listFeeds(table, storeId)),
    ];
    town.on.clock.advance(days(179));
    await town.untilDone({ command: "close-store", storeId, ...because });
    expect(await there()).toHaveLength(2);
    town.on.clock.advance(days(1));
    expect(await there()).toEqual([undefined]);
  });

  it("gets no domain back, whoever vouches", async () => {
    const town = await aTown();
    const { storeId } = town.mugs;
    await town.untilDone({ command: "close-store", storeId, ...because });
    const vouch = { command: "verify-domain", storeId, host: "mugs.example.com" };
    expect((await town.ask(vouch)).refused?.code).toBe("conflict");
    expect(await domainStore(town.on.table).claim("mugs.example.com")).toMatchObject({ free: true });
  });

  it("while it is open, keeps its domain from every other live store", async () => {
    const town = await aTown();
    const vouch = { command: "verify-domain", storeId: town.cups.storeId, host: "mugs.example.com" };
    expect((await town.ask(vouch)).refused?.code).toBe("conflict");
  });
});

it("every session that is open lies where the walk looks", async () => {
  const town = await aTown();
  const listed = town.on.table
    .rows("commerce")
    .filter(({ sk }) => sk === "checkout")
    .map(({ due }) => due);
  expect(listed.every((due) => shards.some((shard) => due === dueKey("checkout", shard)))).toBe(true);
});
