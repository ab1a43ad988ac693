import { expect, test } from "vitest";
import { readChain } from "#functions/audit/read-chain.ts";
import { verifierOf } from "#functions/audit/seal.ts";
import { type ChainRows, verifyChain } from "#functions/audit/verify-chain.ts";
import type { Attribute, Row } from "#functions/runtime/table.ts";
import { minutes } from "#functions/values/clock.ts";
import { storeId } from "#test/examples.ts";
import { realSigning } from "#test/fakes/signing.ts";
import { aWorld } from "./world.ts";

const signing = realSigning();
const verify = verifierOf(await signing.publicKeys());

/** Three seals over five records, by the very signatures of production. */
const sealedChain = async (): Promise<{ rows: ChainRows; now: number }> => {
  const world = aWorld();
  for (const records of [2, 1, 2]) {
    for (let count = 0; count < records; count += 1) await world.act({ reason: "ok", subjects: ["cust_1"] });
    await world.sealer({ sign: signing.sign })();
    world.pass(1);
  }
  world.pass(60);
  return { rows: await readChain(world.platform, storeId), now: world.platform.now() };
};
const { rows: good, now } = await sealedChain();

const problems = (rows: Partial<ChainRows>) => verifyChain({ ...good, ...rows }, verify, now).problems;

/** The value with one bit of it turned over, once for every place in it. */
const flipped = (value: Attribute): Attribute[] => {
  if (typeof value === "string")
    return [...value].map((character, at) => value.slice(0, at) + turned(character) + value.slice(at + 1));
  if (typeof value === "number") return [value + 1, value - 1];
  if (value instanceof Uint8Array) return [...value].map((byte, at) => value.with(at, byte ^ 1));
  if (Array.isArray(value))
    return value.flatMap((each, at) => flipped(each).map((bad) => value.with(at, bad)));
  return Object.entries(value as object).flatMap(([name, each]) =>
    flipped(each).map((bad) => ({ ...(value as object), [name]: bad })),
  );
};
const turned = (character: string): string => String.fromCharCode(character.charCodeAt(0) ^ 1);

/** What only makes the head be found; one that lies elsewhere is none. */
const findsHead = ["pk", "sk", "list", "listAt"];
const flippedRows = (row: Row, apart: readonly string[] = []): Row[] =>
  Object.entries(row)
    .filter(([name]) => !apart.includes(name))
    .flatMap(([name, value]) => flipped(value as Attribute).map((bad) => ({ ...row, [name]: bad })));

test("a chain that nobody touched is whole", () => {
  expect(good).toMatchObject({ seals: { length: 3 }, records: { length: 5 } });
  expect(problems({})).toEqual([]);
});

const places = [
  ...good.records.flatMap((row, at) =>
    flippedRows(row).map((bad) => ({ records: good.records.with(at, bad) })),
  ),
  ...good.seals.flatMap((row, at) => flippedRows(row).map((bad) => ({ seals: good.seals.with(at, bad) }))),
  ...flippedRows(good.head as Row, findsHead).map((head) => ({ head })),
];

test("a flip at any place of any record, seal or head is found", () => {
  expect(places.length).toBeGreaterThan(2_000);
  for (const place of places) expect(problems(place), JSON.stringify(place)).not.toEqual([]);
});

test("an attribute more or less in a record or a seal is found", () => {
  for (const [at, row] of good.records.entries()) {
    expect(problems({ records: good.records.with(at, { ...row, more: 1 }) })).not.toEqual([]);
    const { reason: _, ...less } = row;
    expect(problems({ records: good.records.with(at, less as Row) })).not.toEqual([]);
  }
  for (const [at, row] of good.seals.entries())
    expect(problems({ seals: good.seals.with(at, { ...row, more: 1 }) })).not.toEqual([]);
});

test("any record or seal that is deleted is found, and said by its id", () => {
  for (const [at, { sk }] of good.records.entries())
    expect(problems({ records: good.records.toSpliced(at, 1) })).toEqual([
      { chain: storeId, problem: "record missing", id: sk },
    ]);
  for (const at of good.seals.keys())
    expect(problems({ seals: good.seals.toSpliced(at, 1) })).not.toEqual([]);
  expect(problems({ head: undefined })).not.toEqual([]);
});

test("records or seals that trade places are found", () => {
  for (let at = 1; at < 3; at += 1) {
    const [left, right] = [good.seals[at - 1], good.seals[at]] as [Row, Row];
    const traded = good.seals.with(at - 1, { ...right, sk: left.sk }).with(at, { ...left, sk: right.sk });
    expect(problems({ seals: traded })).not.toEqual([]);
    const [first, second] = [good.records[at - 1], good.records[at]] as [Row, Row];
    const swapped = good.records
      .with(at - 1, { ...second, sk: first.sk })
      .with(at, { ...first, sk: second.sk });
    expect(problems({ records: swapped })).not.toEqual([]);
  }
});

test.each([
  ["the past", -minutes(120)],
  ["the future", minutes(120)],
])("a record that was put in by hand with a time in %s is found", (_, off) => {
  const inserted = { ...(good.records[0] as Row), sk: "act#by-hand", at: now + off };
  expect(problems({ records: [...good.records, inserted] })).toEqual([
    { chain: storeId, problem: "record that was never sealed", id: "act#by-hand" },
  ]);
});

test("a seal that was made without the key is found, with a head to match", async () => {
  const world = aWorld();
  await world.act();
  await world.seal();
  const forged = await readChain(world.platform, storeId);
  expect(problems(forged).map(({ problem }) => problem)).toContain("seal with a wrong signature");
});

test("what was written a moment ago is no problem, only not sealed yet", () => {
  const fresh = { ...(good.records[0] as Row), sk: "act#fresh", at: now - minutes(5) };
  const seen = verifyChain({ ...good, records: [...good.records, fresh] }, verify, now);
  expect(seen).toMatchObject({ problems: [], unsealed: 1 });
});

test("a new key signs on from the one before it: all of the chain is good, and the former one may not go on", async () => {
  const [former, current] = [realSigning(), realSigning()];
  const world = aWorld();
  const sealedBy = async ({ sign }: typeof former, wait: number) => {
    await world.act({ reason: "ok" });
    await world.sealer({ sign })();
    world.pass(wait);
  };
  const look = async (...keys: (typeof former)[]) => {
    const publicKeys = (await Promise.all(keys.map((key) => key.publicKeys()))).flat();
    const rows = await readChain(world.platform, storeId);
    return verifyChain(rows, verifierOf(publicKeys), world.platform.now()).problems;
  };
  await sealedBy(former, 60);
  await sealedBy(current, 1);
  // A sealer that began before the deployment.
  await sealedBy(former, 60);
  await sealedBy(current, 60);
  expect(await look(current, former)).toEqual([]);
  expect(await look(current)).toMatchObject([
    { problem: "seal with a wrong signature" },
    { problem: "seal with a wrong signature" },
  ]);
  await sealedBy(former, 1);
  expect(await look(current, former)).toMatchObject([{ problem: "seal by a key that had been replaced" }]);
});
