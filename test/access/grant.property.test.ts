import fc from "fast-check";
import { expect, test } from "vitest";
import { type Grant, handsOn, refuseBeyond } from "#functions/access/grant.ts";
import { grantLicenseKey } from "#functions/access/grant-license-key.ts";
import { keyFor } from "#functions/access/issue-license-key.ts";
import { licenseKeyStore } from "#functions/access/license-key.store.ts";
import { areInside } from "#functions/access/network.ts";
import { parsePeppers } from "#functions/access/pepper.ts";
import { principalStore } from "#functions/access/principal.store.ts";
import { restrictLicenseKey } from "#functions/access/restrict-license-key.ts";
import { reviewAccess } from "#functions/access/review-access.ts";
import { scopesOf } from "#functions/access/role.ts";
import { cancelRoll, rollLicenseKey } from "#functions/access/roll-license-key.ts";
import type { StoredKey } from "#functions/access/stored-key.ts";
import type { Answer, Command, Operation } from "#functions/runtime/route.ts";
import { days } from "#functions/values/clock.ts";
import { newId } from "#functions/values/id.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { Scope } from "#functions/values/scope.ts";
import { effort, seed } from "#test/effort.ts";
import { fakeStoreSeal } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";

const scopes = fc.oneof(
  { weight: 4, arbitrary: fc.subarray([...Scope.options], { minLength: 1, maxLength: 8 }) },
  fc.constant(undefined),
  fc.constant<Scope[]>(["keys:read", "keys:write"]),
);
const cidrs = fc.constantFrom<(string[] | null | undefined)[]>(
  undefined,
  null,
  ["192.0.2.0/24"],
  ["192.0.2.0/25"],
  ["0.0.0.0/0"],
  ["192.0.2.1"],
);
const expiresIn = fc.constantFrom(undefined, null, days(1), days(10));
const role = fc.constantFrom("agent", "integration", "fulfillment", "admin", "auditor");
const which = fc.nat(6);
const does = <Name extends string>(name: Name) => fc.constant(name);

/** Who does it, to which key; of those that there are by then. */
const step = fc.record({
  by: which,
  act: fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: does("issue"), role, scopes, cidrs, expiresIn }) },
    { weight: 3, arbitrary: fc.record({ do: does("restrict"), which, scopes, cidrs, expiresIn }) },
    { weight: 2, arbitrary: fc.record({ do: does("roll"), which }) },
    { weight: 1, arbitrary: fc.record({ do: does("cancel"), which }) },
    { weight: 1, arbitrary: fc.record({ do: does("review"), which }) },
    { weight: 1, arbitrary: fc.record({ do: does("suspend"), which }) },
  ),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
type Bounds = { scopes?: Scope[]; cidrs?: string[] | null; expiresIn?: number | null };

const peppers = parsePeppers("a-pepper-of-at-least-32-characters-1");

/** A store with its owner's key, and what may be done to keys there. */
const shop = async () => {
  const on = memoryPlatform();
  const given = {
    ...on,
    keys: licenseKeyStore(on.table),
    principals: principalStore(on.table),
    readPeppers: async () => peppers,
    seal: fakeStoreSeal(),
  };
  const storeId = newId("store", on.random);
  const owner = { principalId: newId("prn", on.random), livemode: false, peppers };
  await on.table.commit(keyFor(on, { storeId, role: "admin" }, owner).writes);
  const operations = {
    issue: grantLicenseKey(given),
    restrict: restrictLicenseKey(given),
    roll: rollLicenseKey(given),
    cancel: cancelRoll(given),
    review: reviewAccess(given),
  } as unknown as Record<string, Operation>;
  const all = (): StoredKey[] =>
    [...on.table.lookAll("access")].filter(({ sk }) => sk === "key") as unknown as StoredKey[];
  return { on, operations, all };
};
type Shop = Awaited<ReturnType<typeof shop>>;

const bodyOf = (now: number, { scopes, cidrs, expiresIn }: Bounds, isNew: boolean) => {
  const expiresAt = typeof expiresIn === "number" ? now + expiresIn : expiresIn;
  return Object.fromEntries(
    Object.entries({ scopes, cidrs, expiresAt }).filter(
      ([, value]) => value !== undefined && !(isNew && value === null),
    ),
  );
};

/** Answers whether it was done. */
const perform = async (
  { on, operations }: Shop,
  { act }: Step,
  { grantor, target, nth }: { grantor: StoredKey; target: StoredKey; nth: number },
): Promise<boolean> => {
  const id = target.publicId;
  if (act.do === "suspend") {
    const set = { suspendedAt: on.now(), suspendedFor: "unused" };
    await on.table.commit([{ table: "access", key: { pk: `key#${id}`, sk: "key" }, change: { set } }]);
    return true;
  }
  const bodies = {
    issue: () => ({
      role: act.do === "issue" ? act.role : "",
      principal: "anybody",
      ...bodyOf(on.now(), act as Bounds, true),
    }),
    restrict: () => bodyOf(on.now(), act as Bounds, false),
    roll: () => ({ overlapSeconds: 60 }),
    cancel: () => undefined,
    review: () => ({ licenseKeys: [id] }),
  };
  const request = { requestId: `r${nth}`, headers: {}, deadline: 0 };
  const idempotency = { scope: "s", key: `k${nth}`, canonical: "c", raw: "r" };
  const command = {
    caller: { ...grantor, keyId: grantor.publicId },
    params: { id },
    body: bodies[act.do](),
    request: { ...request, idempotency },
  } as unknown as Command;
  const answer: Answer | undefined = await operations[act.do]?.(command).catch((error: unknown) => {
    if (error instanceof Refusal) return undefined;
    throw error;
  });
  return answer !== undefined;
};

const forever = Number.POSITIVE_INFINITY;
const anywhere = ["0.0.0.0/0", "::/0"];

/** What the key may that its grantor may not; for keys that make keys, also from where and until when. */
const excess = (grantor: StoredKey, after: StoredKey): string[] => {
  const role: readonly Scope[] = scopesOf[after.role];
  const beyond = after.scopes.filter(
    (scope) => !handsOn(grantor.scopes).includes(scope) || !role.includes(scope),
  );
  if (!after.scopes.includes("keys:write")) return beyond;
  const wide = grantor.cidrs !== undefined && !areInside(after.cidrs ?? anywhere, grantor.cidrs);
  const long = (after.expiresAt ?? forever) > (grantor.expiresAt ?? forever);
  return [...beyond, ...(wide ? ["networks"] : []), ...(long ? ["time"] : [])];
};

const gains = (before: StoredKey | undefined, after: StoredKey): boolean =>
  before === undefined ||
  after.scopes.some((scope) => !before.scopes.includes(scope)) ||
  (before.cidrs !== undefined && !areInside(after.cidrs ?? anywhere, before.cidrs)) ||
  (after.expiresAt ?? forever) > (before.expiresAt ?? forever) ||
  (before.suspendedAt !== undefined && after.suspendedAt === undefined);

/** Which keys got more than they had, by one step. */
const stepped = async (shop: Shop, each: Step, nth: number) => {
  const before = shop.all();
  const [first] = before;
  if (!first) throw new Error("the owner has a key");
  const grantor = before[each.by % before.length] ?? first;
  const target = ("which" in each.act && before[each.act.which % before.length]) || first;
  const done = await perform(shop, each, { grantor, target, nth });
  const gained = shop.all().filter((key) =>
    gains(
      before.find(({ publicId }) => publicId === key.publicId),
      key,
    ),
  );
  return { done, grantor, gained };
};

test("no key exceeds the key that granted it, whatever is issued, rolled, changed and reviewed, in whatever order", async () => {
  const counts = { granted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 7 }), async (steps) => {
      const house = await shop();
      for (const [nth, each] of steps.entries()) {
        const { done, grantor, gained } = await stepped(house, each, nth);
        if (done) counts.granted += gained.length;
        else counts.refused += 1;
        const wrong = gained.flatMap((key) => (done ? excess(grantor, key) : ["refused, and done"]));
        if (wrong.length > 0) throw new Error(`${JSON.stringify(each)} gave ${wrong.join(", ")}`);
      }
    }),
    { numRuns: effort(10_000, 25), seed: seed(43) },
  );
  expect(Math.min(counts.granted, counts.refused)).toBeGreaterThan(effort(10_000, 25) / 4);
}, 600_000);

const anyGrant = fc.record({
  scopes: fc.subarray([...Scope.options], { minLength: 1 }),
  cidrs: fc.constantFrom(undefined, ["192.0.2.0/24"], ["192.0.2.0/25"], ["192.0.2.1"], anywhere),
  expiresAt: fc.constantFrom(undefined, 1, 2, 3),
});

/** Answers the grant, if it may be made. */
const granted = (grantor: Grant, wanted: Grant): Grant[] => {
  // Half of what is wished for has a chance: what the grantor has of it.
  const some = wanted.scopes.filter((scope) => handsOn(grantor.scopes).includes(scope));
  const wish = some.length > 0 && wanted.expiresAt !== 2 ? { ...wanted, scopes: some } : wanted;
  try {
    refuseBeyond(grantor, wish);
    return [wish];
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
};

test("down any chain of grants nobody has what the first has not to give", () => {
  let longest = 0;
  fc.assert(
    fc.property(anyGrant, fc.array(anyGrant, { minLength: 1, maxLength: 12 }), (first, wanted) => {
      const chain: Grant[] = [first];
      for (const next of wanted) chain.push(...granted(chain.at(-1) ?? first, next));
      longest = Math.max(longest, chain.length);
      return chain.flatMap(({ scopes }) => scopes).every((scope) => handsOn(first.scopes).includes(scope));
    }),
    { numRuns: effort(100_000), seed: seed(44) },
  );
  expect(longest).toBeGreaterThan(5);
});
