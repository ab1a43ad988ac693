import { dayMarkOf } from "#functions/privacy/day-mark.ts";
import { differs } from "#functions/runtime/condition.ts";
import { type Counter, counted } from "#functions/runtime/counter.ts";
import type { Log } from "#functions/runtime/logger.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { Unavailable } from "#functions/runtime/unavailable.ts";
import type { Caller } from "#functions/values/caller.ts";
import { type Clock, days, type Instant, minutes, toIso } from "#functions/values/clock.ts";
import { changedKey, type LicenseKeyStore } from "./license-key.store.ts";
import { type Provider, providerOf } from "./network.ts";
import { pepperOf, type ReadPeppers } from "./pepper.ts";
import { isOnePersons } from "./role.ts";

/**
 * Whoever moves from the office to a train and home changes networks, and goes on there. Two who share a key take turns,
 * so with every other request it seems to move.
 */
export const sharing = { within: minutes(10), moves: 3, toldEvery: days(1) } as const;

export type WatchesNetworks = {
  table: Pick<Table, "tally" | "commit">;
  keys: Pick<LicenseKeyStore, "get">;
  readPeppers: ReadPeppers;
  now: Clock;
  log: Pick<Log, "warn">;
};

/**
 * Notes on a person's key that two seem to have it; the sweeper tells. One write more a request, for people alone. Of the
 * network a mark is kept, under the pepper and for the day, until its ten minutes are over. What can't be watched is let in.
 */
export const watchNetworks =
  (on: WatchesNetworks) =>
  async (caller: Caller, address: string | undefined): Promise<void> => {
    try {
      await watch(on, caller, address);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      on.log.warn("a key's networks were not watched", { keyId: caller.keyId });
    }
  };

const watch = async (on: WatchesNetworks, caller: Caller, address = ""): Promise<void> => {
  const provider = isOnePersons[caller.role] ? providerOf(address) : undefined;
  if (!provider) return;
  const now = on.now();
  if ((await movesOf(on, caller, provider, now)) > sharing.moves) await note(on, caller, now);
};

/** How often the key has moved by now; 0 where it did not just now. */
const movesOf = async (
  on: WatchesNetworks,
  { storeId, keyId }: Caller,
  { kind, network }: Provider,
  now: Instant,
): Promise<number> => {
  const peppers = await on.readPeppers();
  const pepper = Buffer.from(pepperOf(peppers, peppers.current));
  const day = toIso(now).slice(0, "2026-11-27".length);
  const last = dayMarkOf(pepper, storeId, day, `${keyId} ${network}`);
  // Whoever has both kinds of address uses them in turns, so each kind is counted by itself.
  const counter: Counter = {
    of: `${storeId}#key#${keyId}`,
    counts: `moves_${kind}`,
    within: sharing.within,
  };
  const { done, row } = await on.table.tally(
    counted(counter, now, { set: { last }, condition: differs("last", last) }),
  );
  return done ? Number(row?.["count"]) - 1 : 0;
};

/** Somebody else may change the key at once: then the next move notes it. */
const note = async (on: WatchesNetworks, { keyId }: Caller, now: Instant): Promise<void> => {
  const key = await on.keys.get(keyId);
  // A key that is bound to networks is used from all of them by its owner's word.
  if (!key || key.cidrs || now - (key.sharedAt ?? 0) < sharing.toldEvery) return;
  await tryCommit(on.table, [changedKey(key, { sharedAt: now }, now)]);
};
