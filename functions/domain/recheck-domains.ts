import type { Log } from "#functions/runtime/logger.ts";
import { sweepDue } from "#functions/runtime/sweep-due.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import type { StoreStore } from "#functions/store/store.store.ts";
import type { Clock } from "#functions/values/clock.ts";
import { type DomainStore, savedDomain } from "./domain.store.ts";
import { Domain, rechecked } from "./domain.ts";
import { endedWrites } from "./end-domain.ts";
import { type ProvesDomains, proveDomain } from "./prove-domain.ts";

type Rechecks = ProvesDomains & {
  table: Table;
  domains: DomainStore;
  stores: StoreStore;
  now: Clock;
  log: Log;
};

/** Looks daily whether each domain's proof is still there, and suspends one that has lost it. */
export const recheckDomains = (on: Rechecks) => (): Promise<number> =>
  sweepDue(on, { table: "access", kind: "domain" }, (row) => recheck(on, Domain.parse(row)));

const recheck = async (on: Rechecks, before: Domain): Promise<void> => {
  const { storeId, host, method, token, nextCheckAt } = before;
  if (nextCheckAt === undefined || nextCheckAt > on.now()) return;
  if (method === "operator" || token === undefined) return;
  const proof = await proveDomain(on)({ storeId, host, token }, method);
  const after = rechecked(before, proof, on.now());
  // Lost, here or below: its owner is at it, or another sweep was faster. What is still due comes again.
  if (after.status === "verified") await tryCommit(on.table, [savedDomain(before, after)]);
  else await suspend(on, before, after);
};

const suspend = async (on: Rechecks, before: Domain, after: Domain): Promise<void> => {
  const { storeId, host, version } = before;
  const [store, claim] = await Promise.all([on.stores.get(storeId), on.domains.claim(host)]);
  if (!store) throw new Error("a domain without its store");
  const act = { actor: { role: "service", requestId: `${host}#${version}` }, decidedBy: "schedule" } as const;
  await tryCommit(on.table, endedWrites({ before, after, store, claim }, act));
};
