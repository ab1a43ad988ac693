import { expect, test } from "vitest";
import { issueLicenseKey } from "#functions/access/issue-license-key.ts";
import { statusOf } from "#functions/access/key-life.ts";
import { parsePeppers } from "#functions/access/pepper.ts";
import { principalStore } from "#functions/access/principal.store.ts";
import { byOperator } from "#functions/access/record-act.ts";
import { tableNames } from "#functions/runtime/table.ts";
import { Unavailable } from "#functions/runtime/unavailable.ts";
import { days } from "#functions/values/clock.ts";
import { endlessIn, undeclaredIn } from "#test/fakes/declared.ts";
import { fakeStoreSeal } from "#test/fakes/envelope.ts";
import { type KeysApi, keysApi, type Shown } from "./keys-api.ts";
import { acceptance } from "./things.ts";

const ada = { role: "admin", principal: "Zqxada Lovelacezqx" };
const warehouse = { role: "fulfillment", principal: "Zqxwarehouse" };
const blind = { scopes: ["orders:read", "store:read", "agreements:write"] };

const post = (house: KeysApi, path: string, body?: object, idempotencyKey = "") =>
  house.call(house.owner.key, "POST", path, { body, ...(idempotencyKey && { idempotencyKey }) });
const nameOf = async (house: KeysApi, id: string, key = house.owner.key) =>
  (await house.call(key, "GET", `/license_keys/${id}`)).body.principal.name;

/** All that is stored and logged, as whoever copies it can read it. */
const readable = ({ on }: KeysApi): string =>
  tableNames
    .flatMap((name) => on.table.rows(name))
    .flatMap((row) => Object.values(row))
    .map((value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : JSON.stringify(value),
    )
    .concat(JSON.stringify(on.logged))
    .join(" ");

test("a name stands in no row, record, event, stored answer or log, and in no answer to an act", async () => {
  const house = await keysApi();
  const first = await post(house, "/license_keys", ada, "one");
  const answers = [first, await post(house, "/license_keys", ada, "one")];
  const { id, principal } = first.body;
  const at = `/license_keys/${id}`;
  const seer = await house.make({ ...warehouse, ...blind });
  answers.push(
    await house.call(house.owner.key, "PATCH", at, { body: { cidrs: ["192.0.2.0/24"] } }),
    await post(house, `${at}/roll`),
    await post(house, `${at}/roll/cancel`),
    await post(house, "/access_review", { licenseKeys: [id] }, "two"),
    await post(house, "/access_review", { licenseKeys: [id] }, "two"),
    await house.call(seer.key ?? "", "POST", "/data_protection_statement/acceptances", { body: acceptance }),
    await post(house, `${at}/revoke`),
    await post(house, `/principals/${principal.id}/revoke`),
  );
  expect(answers.map(({ status }) => status)).toEqual([201, 201, 200, 201, 200, 200, 200, 201, 200, 200]);
  expect(await nameOf(house, id)).toBe(ada.principal);
  expect(answers.map(({ text }) => text).join(" ")).not.toMatch(/zqx/i);
  expect(readable(house)).not.toMatch(/zqx/i);
  const rows = tableNames.flatMap((table) => house.on.table.rows(table).map((row) => ({ table, row })));
  expect(rows.flatMap(({ table, row }) => undeclaredIn(table, row))).toEqual([]);
  expect(rows.flatMap(({ table, row }) => endlessIn(table, row, house.on.now()))).toEqual([]);
});

test("a person's name is shown to whoever may give and take keys, a program's to whoever looks at them", async () => {
  const house = await keysApi();
  const auditor = await house.issue({ role: "auditor" });
  const hers = await house.make(ada);
  const its = await house.make({ role: "agent", principal: "ChatGPT" });
  type Review = { principals: { id: string; name?: string; licenseKeys: Shown[] }[] };
  type Page = { licenseKeys: Shown[] };
  const named = async (key: string) => {
    const review = (await house.call<Review>(key, "GET", "/access_review")).body.principals;
    const page = (await house.call<Page>(key, "GET", "/license_keys")).body.licenseKeys;
    const of = async ({ id, principal }: Shown) => {
      const reviewed = review.find((each) => each.id === principal.id);
      return [
        await nameOf(house, id, key),
        page.find((each) => each.id === id)?.principal.name,
        reviewed?.name,
        reviewed?.licenseKeys[0]?.principal.name,
      ];
    };
    return [await of(hers), await of(its)];
  };
  const whole = (name: string | undefined) => [name, name, name, name];
  expect(await named(house.owner.key)).toEqual([whole(ada.principal), whole("ChatGPT")]);
  expect(await named(auditor.key)).toEqual([whole(undefined), whole("ChatGPT")]);
});

test("a name ends 180 days after a key of its was last let in, rolled or confirmed: 90 after none works", async () => {
  const house = await keysApi();
  const { id, principal } = await house.make(ada);
  const left = () => {
    const row = house.on.table.rows("access").find(({ sk }) => sk === `name#${principal.id}`);
    return Number(row?.["expiresAtSeconds"]) * 1_000 - house.on.now();
  };
  const acts = [
    () => house.make(ada),
    () => house.make({ ...ada, principal: principal.id }),
    () => post(house, "/access_review", { licenseKeys: [id, house.owner.keyId] }),
    () => post(house, `/license_keys/${id}/roll`),
  ];
  for (const act of acts) {
    house.on.clock.advance(days(20));
    expect(left()).toBe(days(160));
    await act();
    expect(left()).toBe(days(180));
  }
  house.on.clock.advance(days(91));
  await house.sweep();
  const hers = (await house.keys.list(house.storeId)).filter((key) => key.principalId === principal.id);
  expect(hers).toHaveLength(4);
  expect(hers.map((key) => statusOf(key, house.on.now()))).not.toContain("active");
  house.on.clock.advance(days(89));
  const successor = await house.issue({ role: "admin" });
  expect((await house.call(successor.key, "GET", `/license_keys/${id}`)).body.principal).toEqual({
    id: principal.id,
  });
});

test("whoever leaves is forgotten after 90 days, and stays revoked by their name", async () => {
  const house = await keysApi();
  const { id, principal } = await house.make(ada);
  await post(house, `/principals/${principal.id}/revoke`);
  house.on.clock.advance(days(89));
  expect(await nameOf(house, id)).toBe(ada.principal);
  house.on.clock.advance(days(1));
  const successor = await house.issue({ role: "admin" });
  expect(await nameOf(house, id, successor.key)).toBeUndefined();
  expect(await house.call(successor.key, "POST", "/license_keys", { body: ada })).toMatchObject({
    status: 409,
    text: expect.stringContaining(principal.id),
  });
});

test("a name that is gone is there again with the next key that is issued by it", async () => {
  const house = await keysApi();
  const before = await house.make(ada);
  house.on.clock.advance(days(181));
  const successor = await house.issue({ role: "admin" });
  const again = (await house.call(successor.key, "POST", "/license_keys", { body: ada })).body;
  expect(again.principal.id).toBe(before.principal.id);
  expect(await nameOf(house, again.id, successor.key)).toBe(ada.principal);
});

test("while KMS fails nobody's name is told, and keys are confirmed, narrowed and taken away all the same", async () => {
  const kms = { fails: false };
  const seal = fakeStoreSeal();
  const house = await keysApi({
    ...seal,
    unsealForStore: async (...asked) => {
      if (kms.fails) throw new Unavailable("KMS");
      return seal.unsealForStore(...asked);
    },
  });
  const { id, principal } = await house.make(ada);
  kms.fails = true;
  const at = `/license_keys/${id}`;
  expect((await house.call(house.owner.key, "GET", at)).status).toBe(503);
  const acts = [
    await post(house, "/access_review", { licenseKeys: [id] }),
    await house.call(house.owner.key, "PATCH", at, { body: { cidrs: ["192.0.2.0/24"] } }),
    await post(house, `${at}/revoke`),
    await post(house, `/principals/${principal.id}/revoke`),
  ];
  expect(acts.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

/** Whoever issues while the store's key is rotated: each instance seals by the version that it holds for current. */
const issuerBy = (house: KeysApi, ...versions: readonly [string, ...string[]]) => {
  const seal = {
    ...fakeStoreSeal(),
    marksOf: async (...[, , name]: [unknown, unknown, string]) =>
      versions.map((version) => Buffer.from(`${version} ${name}`.padEnd(32))) as [Buffer, ...Buffer[]],
  };
  const issue = issueLicenseKey({
    ...house.on,
    seal,
    principals: principalStore(house.on.table),
    stores: { get: async () => ({ livemode: false, status: "active" }) },
    readPeppers: async () => parsePeppers(house.secret.text),
  });
  return (requestId: string) =>
    issue(
      { storeId: house.storeId, role: "agent", principal: "ChatGPT" },
      byOperator({ role: "operator", requestId }),
    );
};

test("a name stands for one principal across a rotation of the store's key, and in the midst of it", async () => {
  const house = await keysApi();
  const before = await issuerBy(house, "v1", "v2")("before");
  const after = await issuerBy(house, "v2", "v1")("after");
  expect(after.principalId).toBe(before.principalId);

  const other = await keysApi();
  const both = await Promise.all([
    issuerBy(other, "v1", "v2")("one"),
    issuerBy(other, "v2", "v1")("two"),
    issuerBy(other, "v1", "v2")("three"),
  ]);
  expect(new Set(both.map(({ principalId }) => principalId)).size).toBe(1);
});
