import { authorize } from "#functions/access/authorize.ts";
import { type IssueLicenseKey, issueLicenseKey } from "#functions/access/issue-license-key.ts";
import { licenseKeyStore } from "#functions/access/license-key.store.ts";
import { mintLicenseKey } from "#functions/access/license-key.ts";
import { parsePeppers } from "#functions/access/pepper.ts";
import { principalStore } from "#functions/access/principal.store.ts";
import { byOperator } from "#functions/access/record-act.ts";
import { type RevokeLicenseKey, revokeLicenseKey } from "#functions/access/revoke-license-key.ts";
import type { Table } from "#functions/runtime/table.ts";
import { newId, type RandomBytes, type StoreId } from "#functions/values/id.ts";
import { fakeStoreSeal } from "#test/fakes/envelope.ts";
import { memoryPlatform } from "#test/fakes/memory-platform.ts";

/** Two stores, one of each mode, and everything that issues, checks and revokes keys, over one table in memory. */
export const accessHouse = () => {
  const on = memoryPlatform();
  const testStore = newId("store", on.random);
  const liveStore = newId("store", on.random);
  const reads: string[] = [];
  const writes: string[] = [];
  const table: Table = {
    ...on.table,
    get: (name, key) => {
      reads.push(key.pk);
      return on.table.get(name, key);
    },
    commit: (wanted) => {
      writes.push(...wanted.map((write) => write.key.pk));
      return on.table.commit(wanted);
    },
  };
  const hmacs: string[] = [];
  const peppers = { text: "a-pepper-of-at-least-32-characters-1" };
  const given = {
    ...on,
    table,
    keys: licenseKeyStore(table),
    principals: principalStore(on.table),
    stores: {
      get: async (id: StoreId) =>
        id === testStore || id === liveStore ? { livemode: id === liveStore, status: "active" } : undefined,
    },
    seal: fakeStoreSeal(),
    readPeppers: async () => {
      const parsed = parsePeppers(peppers.text);
      // Whoever takes a pepper makes an HMAC with it.
      const byVersion = new Proxy(parsed.byVersion, {
        get: (versions, name: string) => {
          hmacs.push(name);
          return versions[name];
        },
      });
      return { ...parsed, byVersion };
    },
  };
  let requests = 0;
  const by = () => {
    requests += 1;
    return byOperator({ role: "operator", requestId: `request-${requests}` });
  };
  return {
    on,
    testStore,
    liveStore,
    peppers,
    /** Partition keys read through the authorizer's table so far. */
    reads,
    /** Versions of the pepper that an HMAC was made with so far. */
    hmacs,
    /** Partition keys that somebody tried to write so far. */
    writes,
    issue: (command: IssueLicenseKey) => issueLicenseKey(given)(command, by()),
    revoke: (command: RevokeLicenseKey) => revokeLicenseKey(given)(command, by()),
    list: given.keys.list,
    authorize: authorize({ ...given, liveAllowed: true }),
    authorizeOnDev: authorize({ ...given, liveAllowed: false }),
  };
};

export const outcomeOf = async (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => "accepted",
    (error: unknown) => (error instanceof Error ? error : new Error("not an Error")),
  );

/** The public id of a real key with a secret of the attacker's own: the checksum is no obstacle. */
export const forgedFrom = (publicId: string, random: RandomBytes, livemode = false): string => {
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  const value = [...publicId].reduce((sum, digit) => sum * 62n + BigInt(digits.indexOf(digit)), 0n);
  const bytes = new Uint8Array(Buffer.from(value.toString(16).padStart(32, "0"), "hex"));
  return mintLicenseKey(livemode, (count) => (count === 16 ? bytes : random(count))).text;
};
