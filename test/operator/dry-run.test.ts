import { describe, expect, it } from "vitest";
import { accessCommands, pepperCommands } from "#functions/access/commands.ts";
import { auditCommands } from "#functions/audit/commands.ts";
import { customerCommands, storeKeyCommands } from "#functions/customer/commands.ts";
import { domainCommands } from "#functions/domain/commands.ts";
import type { Commands } from "#functions/operator/command.ts";
import { paymentCommands, stripeCommands } from "#functions/payment/commands.ts";
import { privacyCommands } from "#functions/privacy/commands.ts";
import { restoreCommands } from "#functions/restore/commands.ts";
import { storeCommands } from "#functions/store/commands.ts";
import { days } from "#functions/values/clock.ts";
import { webhookCommands } from "#functions/webhook/commands.ts";
import { opsCommands } from "#infra/ops-commands.ts";
import { type Ask, back, commands, reason } from "./asks.ts";
import { type FullHouse, fullHouse } from "./full-house.ts";

const known: Commands<never> = {
  ...{
    ...storeCommands,
    ...domainCommands,
    ...accessCommands,
    ...paymentCommands,
    ...auditCommands,
    ...webhookCommands,
  },
  ...{ ...pepperCommands, ...storeKeyCommands, ...privacyCommands, ...stripeCommands, ...customerCommands },
};

/** A dry run of its own: of what is no row, no move may be tried out (`reconciliation/run`, `infra/restore`). */
const own = ["reconcile", "restore", "open-traffic"];

const person: Ask = (at) => ({ storeId: at.storeId, reason, customerId: (at as FullHouse).customerId });
const asks: Readonly<Record<string, readonly [Ask, ...unknown[]]>> = {
  ...commands,
  ...Object.fromEntries(Object.entries(back).map(([name, [, ...ask]]) => [name, ask])),
  "kill-tokens": [() => ({ stores: "all", reason })],
  "accept-tokens": [() => ({ stores: "all", reason })],
  "rotate-store-key": [() => ({ stores: "all", reason })],
  "export-customer": [person],
  "erase-customer": [person],
};
const sent = (name: string, at: FullHouse) => ({ command: name, ...asks[name]?.[0](at) });

/** A house in which the command has something to do. */
const houseFor = async (name: string): Promise<FullHouse> => {
  const house = await fullHouse();
  const [before] = back[name] ?? [];
  if (before) await house.untilDone({ ...sent(before, house), command: before });
  if (name === "rewrap-store-keys") house.kms.state.by = 2;
  // A key that was made today counts as rotated.
  house.house.on.clock.advance(days(2));
  return house;
};

const changing = Object.keys(known).filter((name) => known[name]?.tells);
const looking = Object.keys(known).filter((name) => !known[name]?.tells);

describe("every command of the command line", () => {
  it("is known to a function, or done from there", () => {
    expect(Object.keys(opsCommands).sort()).toEqual([...Object.keys(known), ...own].sort());
  });

  it("takes --dry-run, unless it only looks", () => {
    expect(Object.keys(opsCommands).filter((name) => opsCommands[name]?.looks)).toEqual(
      Object.keys(opsCommands).filter((name) => looking.includes(name)),
    );
  });

  it("is a step of a restore, which is tried as a whole, or is on it", () => {
    expect(Object.entries(restoreCommands).filter(([, { tells }]) => tells)).toEqual([]);
    expect(Object.keys(restoreCommands).filter((name) => name in opsCommands)).toEqual([]);
  });
});

describe.each(changing)("a dry run of %s", (name) => {
  it("changes nothing: no row, no secret, no payment", async () => {
    const house = await houseFor(name);
    const before = house.everything();
    expect((await house.ask({ ...sent(name, house), dryRun: true })).done).toMatchObject({ dryRun: true });
    expect(house.everything()).toBe(before);
  });

  it("says what the run then does: each act, how many rows, and how long it waits", async () => {
    const house = await houseFor(name);
    const { done: told } = await house.ask({ ...sent(name, house), dryRun: true });
    house.noted.rows.length = 0;
    house.noted.secrets.clear();
    const begun = house.house.on.now();
    expect((await house.untilDone(sent(name, house))).refused).toBeUndefined();
    expect(told).toMatchObject({
      complete: true,
      waitSeconds: (house.house.on.now() - begun) / 1_000,
      acts: actsOf(house),
      rows: rowsOf(house),
      secrets: house.noted.secrets.size,
    });
    expect(actsOf(house)).not.toEqual([]);
  });

  it("tells no secret and nobody's data, nor an id that the run would draw anew", async () => {
    const house = await houseFor(name);
    const told = () => house.ask({ ...sent(name, house), dryRun: true });
    const first = await told();
    expect(JSON.stringify(first)).not.toMatch(/canary|lk_|whsec_|pepper-of|rk_/);
    expect(await told()).toEqual(first);
  });

  it("is refused as the run would be", async () => {
    const house = await houseFor(name);
    const refusals = await refusalsOf(name, house);
    await house.untilDone({ command: "close-store", storeId: house.storeId, reason });
    refusals.push(...(await bothOf(sent(name, house), house)));
    for (const [dry, real] of refusals) expect(dry).toEqual(real);
    expect(refusals.filter(([, real]) => real !== undefined)).not.toEqual([]);
  });
});

const looks: Readonly<Record<string, Ask>> = {
  "show-store": ({ storeId }) => ({ storeId }),
  affected: ({ key }) => ({ keyId: key.keyId }),
};

describe.each(looking)("%s", (name) => {
  const command = (at: FullHouse) => ({ command: name, ...looks[name]?.(at) });

  it("changes nothing but the audit, where it is on record", async () => {
    const house = await fullHouse();
    house.noted.rows.length = 0;
    await house.untilDone(command(house));
    expect(new Set(house.noted.rows.map(({ table }) => table))).toEqual(new Set(["audit"]));
  });

  it("refuses a dry run: it would be a look without its record", async () => {
    const house = await fullHouse();
    expect(await house.ask({ ...command(house), dryRun: true })).toMatchObject({
      refused: { code: "invalid", param: "$.dryRun" },
    });
  });
});

const strangers: Readonly<Record<string, unknown>> = {
  storeId: "store_00000000000000000000000009",
  stores: "store_00000000000000000000000009",
  keyId: "zzzzzzzzzzzz",
  principalId: "prn_00000000000000000000000009",
  customerId: "cust_00000000000000000000000009",
  endpointId: "we_00000000000000000000000009",
  url: "https://other.example.com/orders",
};

/** Each field missing, and nobody's: what a dry run is refused with, beside the run itself. */
const refusalsOf = async (name: string, house: FullHouse) => {
  const command = sent(name, house);
  const fields = Object.keys(command).filter((field) => field !== "command");
  const both = [];
  for (const field of fields)
    for (const value of [undefined, strangers[field] ?? "\n"])
      both.push(...(await bothOf({ ...command, [field]: value }, house)));
  return both;
};

const bothOf = async (command: { command: string }, house: FullHouse) => {
  const { refused: dry } = await house.ask({ ...command, dryRun: true });
  const { refused: real } = await house.ask(command);
  return [[dry, real]];
};

const actsOf = ({ noted }: FullHouse) => {
  const acts = noted.rows.flatMap(({ table, change }) =>
    table === "audit" && "put" in change ? [change.put] : [],
  );
  return [...Map.groupBy(acts, (act) => act["action"])].map(([action, of]) => ({
    action,
    times: of.length,
    stores: [...new Set(of.flatMap((act) => act["storeId"] ?? []))],
  }));
};

const rowsOf = ({ noted }: FullHouse) => {
  const counts: Record<string, Set<string>> = {};
  for (const { table, key } of noted.rows) {
    counts[table] ??= new Set();
    counts[table].add(`${key.pk} ${key.sk}`);
  }
  return Object.fromEntries(Object.entries(counts).map(([table, keys]) => [table, keys.size]));
};
