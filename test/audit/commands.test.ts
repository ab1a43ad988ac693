import { describe, expect, test } from "vitest";
import { createdKey } from "#functions/access/license-key.store.ts";
import { wire } from "#functions/audit/examine-audit.handler.ts";
import { verifierOf } from "#functions/audit/seal.ts";
import { createdCheckout } from "#functions/checkout/checkout.store.ts";
import type { Checkout } from "#functions/checkout/checkout.ts";
import { createdCheckoutKey, destroyedCheckoutKey } from "#functions/privacy/checkout-key.store.ts";
import { createdStore } from "#functions/store/store.store.ts";
import { days, minutes, toIso } from "#functions/values/clock.ts";
import type { PrincipalId } from "#functions/values/id.ts";
import { aCaller, aCheckout, aStore, storeId } from "#test/examples.ts";
import { aContext } from "#test/fakes/memory-platform.ts";
import { realSigning } from "#test/fakes/signing.ts";
import { aWorld, otherStoreId } from "./world.ts";

const { sign, publicKeys } = realSigning();

const opened = async () => {
  const world = aWorld();
  await world.platform.table.commit([createdStore(aStore())]);
  const handler = wire({ ...world.platform, publicKeys });
  const send = async (input: Record<string, unknown>) =>
    (await handler(input, { ...aContext(), awsRequestId: `run-${JSON.stringify(input)}` })) as {
      done: { cursor?: unknown; part?: never; lines?: object[] };
    };
  /** Until it is done, as `npm run ops` asks. */
  const run = async (command: Record<string, unknown>) => {
    const answers: Awaited<ReturnType<typeof send>>["done"][] = [];
    let cursor: unknown;
    do {
      const { done } = await send({ ...command, ...(cursor !== undefined && { cursor }) });
      answers.push(done);
      cursor = done.cursor;
    } while (cursor !== undefined);
    return answers;
  };
  return {
    ...world,
    run,
    send,
    schedule: () => handler({}, aContext(minutes(14))),
    seal: () => world.sealer({ sign })(),
  };
};

describe("verify-audit", () => {
  test("finds nothing in chains that nobody touched, and says what it looked at", async () => {
    const world = await opened();
    for (const of of [storeId, otherStoreId, "deployment"] as const) await world.act({ of });
    await world.seal();
    const [answer] = await world.run({ command: "verify-audit" });
    expect(answer).toEqual({
      done: true,
      // The look itself is on record already, and not sealed yet.
      part: { chains: 3, records: 4, seals: 3, unsealed: 1, problems: [] },
    });
    expect(world.platform.table.rows("audit")).toContainEqual(
      expect.objectContaining({ action: "audit.verified", decidedBy: "iam" }),
    );
  });

  test("says of a record that was changed by hand which one, and rings", async () => {
    const world = await opened();
    await world.act();
    await world.seal();
    const [{ pk, sk } = { pk: "", sk: "" }] = world.platform.table.rows("audit");
    const change = { set: { reason: "another" } };
    await world.platform.table.commit([{ table: "audit", key: { pk, sk }, change }]);
    const [answer] = await world.run({ command: "verify-audit", storeId });
    expect(answer).toMatchObject({
      part: { problems: [{ chain: storeId, problem: "record altered", id: sk }] },
    });
    expect(world.platform.counted).toContain("AuditBroken");
  });

  test("on schedule rings where a whole chain's seals are gone, and records no look", async () => {
    const world = await opened();
    await world.act();
    await world.seal();
    for (const { pk, sk } of world.platform.table.rows("seals"))
      await world.platform.table.commit([{ table: "seals", key: { pk, sk }, change: { remove: true } }]);
    world.pass(60);
    expect(await world.schedule()).toMatchObject({ problems: 1 });
    expect(world.platform.counted).toContain("AuditBroken");
    expect(world.platform.table.rows("audit")).toHaveLength(1);
  });
});

type Line = { publicKeys?: string[]; signature?: string; seal?: number | null; record?: { sk: string } };

describe("export-audit", () => {
  test("gives every seal, its records in order, and then what no seal holds yet", async () => {
    const world = await opened();
    for (let count = 0; count < 45; count += 1) {
      await world.act();
      await world.seal();
      world.pass(1);
    }
    await world.act();
    const answers = await world.run({ command: "export-audit", storeId });
    const lines = answers.flatMap(({ lines: given = [] }) => given as Line[]);
    expect(answers.length).toBeGreaterThan(2);
    expect(() => verifierOf(lines[0]?.publicKeys ?? [""])).not.toThrow();
    expect(lines.filter(({ signature }) => signature)).toHaveLength(45);
    expect(lines.flatMap(({ seal, record }) => (record && seal ? [seal] : []))).toEqual(
      Array.from({ length: 45 }, (_, index) => index + 1),
    );
    // The act, and that somebody exports.
    expect(lines.filter(({ seal }) => seal === null)).toHaveLength(2);
  });

  test("shows a record that is gone as missing", async () => {
    const world = await opened();
    await world.act();
    await world.seal();
    const [{ pk, sk } = { pk: "", sk: "" }] = world.platform.table.rows("audit");
    await world.platform.table.commit([{ table: "audit", key: { pk, sk }, change: { remove: true } }]);
    const [answer] = await world.run({ command: "export-audit", storeId });
    expect(answer?.lines).toContainEqual({ seal: 1, record: { sk, isMissing: true } });
  });

  test("goes through every chain", async () => {
    const world = await opened();
    for (const of of [storeId, otherStoreId, "deployment"] as const) await world.act({ of });
    await world.seal();
    const answers = await world.run({ command: "export-audit" });
    const chains = answers.flatMap(({ lines = [] }) =>
      (lines as { chain?: string }[]).flatMap(({ chain }) => chain ?? []),
    );
    expect(chains.sort()).toEqual(["deployment", storeId, otherStoreId].sort());
  });
});

const aKey = (publicId: string, principalId: PrincipalId = aCaller().principalId) =>
  createdKey({
    ...aCaller({ principalId }),
    publicId,
    digest: new Uint8Array(32),
    pepperVersion: "1",
    lastFour: "0000",
    version: 1,
    createdAt: 0,
  });

describe("an agent's key that has leaked", () => {
  const chk = (letter: string) => `chk_${letter.repeat(26)}` as const;
  const [bought, open, left, others] = [chk("a"), chk("b"), chk("c"), chk("d")] as const;
  const customerId = `cust_${"a".repeat(26)}` as const;
  const agent = `prn_${"a".repeat(26)}` as const;
  const [early, late] = [Date.UTC(2026, 10, 1), Date.UTC(2026, 10, 20)];

  const sessions = async () => {
    const world = await opened();
    const { table } = world.platform;
    const begun = (id: ReturnType<typeof chk>, more: Partial<Checkout> = {}) => {
      const checkout = aCheckout({ id, principalId: agent, createdAt: early, ...more });
      const terms = { customerId, now: early, until: late + days(60) };
      const subject = { storeId, checkoutId: checkout.id };
      return table.commit([
        createdCheckout(checkout),
        createdCheckoutKey(subject, { wrapped: new Uint8Array(16), version: 1 }, terms),
      ]);
    };
    await table.commit(aKey("ofTheAgent01", agent));
    await begun(bought, { status: "completed", orderId: `ord_${"a".repeat(26)}` });
    await begun(open, { createdAt: late });
    await begun(left, { status: "canceled" });
    await begun(others, { principalId: aCaller().principalId });
    return world;
  };
  const ask = async (world: Awaited<ReturnType<typeof sessions>>, more: object = {}) => {
    const [answer] = await world.run({ command: "affected", keyId: "ofTheAgent01", ...more });
    const { mayHaveRead = {}, customers = {} } = (answer?.part ?? {}) as Record<string, object>;
    return [Object.keys(mayHaveRead).sort(), Object.keys(customers)];
  };

  test("may have read every session of its principal, and the orders of them: whose are they?", async () => {
    expect(await ask(await sessions())).toEqual([[open, left, `ord_${"a".repeat(26)}`], [customerId]]);
  });

  test("has read nothing that was begun after it was stopped, and nothing that is erased concerns anybody", async () => {
    const world = await sessions();
    await world.platform.table.commit([destroyedCheckoutKey({ storeId, checkoutId: left })]);
    expect((await ask(world, { to: toIso(early + 1) }))[0]).toEqual([`ord_${"a".repeat(26)}`]);
  });

  test("is not one that nobody has: a mistyped id is refused", async () => {
    const world = await sessions();
    const answer = (await world.send({ command: "affected", keyId: "ofTheAgent02" })) as object;
    expect(answer).toMatchObject({ refused: { code: "not_found" } });
  });
});

test("affected lists whose data a key was shown, or anybody in a time, and nobody else", async () => {
  const world = await opened();
  for (const id of ["stolen", "good"]) await world.platform.table.commit(aKey(id));
  const reader = (keyId: string) => ({ role: "admin" as const, requestId: keyId, keyId });
  await world.act({ action: "order.read", actor: reader("stolen"), subjects: ["ord_1", "cust_1"] });
  world.pass(60);
  const at = toIso(world.platform.now());
  await world.act({ action: "order.read", actor: reader("good"), subjects: ["ord_2"] });
  await world.act({ of: otherStoreId, action: "order.read", actor: reader("stolen"), subjects: ["ord_3"] });
  const affected = async (asked: Record<string, string>) => {
    const [answer] = await world.run({ command: "affected", ...asked });
    return Object.keys((answer?.part as { affected: object } | undefined)?.affected ?? {}).sort();
  };
  expect(await affected({ keyId: "stolen" })).toEqual(["cust_1", "ord_1", "ord_3"]);
  expect(await affected({ from: at })).toEqual(["ord_2", "ord_3"]);
  expect(await affected({ to: at, keyId: "stolen", storeId })).toEqual(["cust_1", "ord_1"]);
});

describe("a look that goes on", () => {
  const cursors = {
    "verify-audit": "deployment",
    "export-audit": { chain: storeId, number: 1 },
    affected: { part: 0 },
  } as const;
  const begun = async (command: string, more: object = {}) => {
    const world = await opened();
    await world.act();
    await world.seal();
    await world.send({ command, ...more });
    const record = world.platform.table
      .rows("audit")
      .find(({ sk }) => /audit\.(verified|exported)|affected/.test(sk));
    const goOn = async (asked: object) => (await world.send({ command, ...asked })) as object;
    return { ...world, look: record?.sk ?? "", goOn };
  };
  const refused = { refused: { code: "invalid" } };

  test.each(Object.entries(cursors))("does so by its own record, for a day: %s", async (command, at) => {
    const { look, goOn, platform } = await begun(command);
    const records = platform.table.rows("audit").length;
    expect(await goOn({ cursor: { look, at } })).toMatchObject({ done: { done: true } });
    expect(platform.table.rows("audit")).toHaveLength(records);
    platform.clock.advance(days(1));
    expect(await goOn({ cursor: { look, at } })).toMatchObject(refused);
  });

  test.each(Object.entries(cursors))(
    "is refused where none is on record, or that of another: %s",
    async (command, at) => {
      const { look, goOn, platform } = await begun(command, { storeId });
      expect(await goOn({ storeId, cursor: { look: "act#", at } })).toMatchObject(refused);
      expect(await goOn({ cursor: { look, at } })).toMatchObject(refused);
      const { sk } = platform.table.rows("audit").find(({ action }) => action === "tokens.killed") ?? {
        sk: "",
      };
      expect(await goOn({ storeId, cursor: { look: sk, at } })).toMatchObject(refused);
    },
  );

  test("of whose data was shown goes on with what was asked, and no more", async () => {
    const { look, goOn } = await begun("affected", { to: toIso(1) });
    expect(await goOn({ cursor: { look, at: { part: 0 } } })).toMatchObject(refused);
  });

  test("through one store's chain goes on in no other", async () => {
    const { look, goOn } = await begun("export-audit", { storeId });
    const at = { chain: otherStoreId, number: 1 };
    expect(await goOn({ storeId, cursor: { look, at } })).toMatchObject(refused);
  });
});
