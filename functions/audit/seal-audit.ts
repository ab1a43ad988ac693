import { allRows } from "#functions/runtime/all-rows.ts";
import type { Log } from "#functions/runtime/logger.ts";
import type { Count } from "#functions/runtime/metrics.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { type Clock, hours, type Instant, seconds } from "#functions/values/clock.ts";
import { recordRow, recordsByTime } from "./audit.store.ts";
import { Chain } from "./audit.ts";
import { addedSeal, endedPass, readPass, type SealStore } from "./seal.store.ts";
import { beforeAll, digestOf, type Head, hashOf, type Seal, type Sign, signedBytes } from "./seal.ts";

export type SealsAudit = {
  table: Table;
  seals: SealStore;
  sign: Sign;
  now: Clock;
  log: Log;
  count: Count;
};

/**
 * How far a pass looks back before the last one that left nothing behind. A record has its time from before its commit:
 * by a function's 15 minutes at most, and clocks may be off by five each. The index is seconds behind.
 */
export const lateness = hours(1);

/** Chains at once, records in one seal (a row has 400 kB at most), and how long a pass begins with another chain. */
const limits = { chains: 10, records: 100, time: seconds(40) } as const;

/**
 * Chains every record that no seal holds yet, wherever its time stands, and signs. It only adds, under the chain's next
 * number, so it may die anywhere and run beside another; where it could not finish, the next pass looks back as far.
 * Answers how many records it sealed.
 */
export const sealAudit = (on: SealsAudit) => async (): Promise<number> => {
  const begunAt = on.now();
  const since = Math.max(0, (await readPass(on.table)) - lateness);
  const news = await recordsSince(on.table, since);
  const results: Passed[] = [];
  for (let first = 0; first < news.length && on.now() < begunAt + limits.time; first += limits.chains) {
    const chains = news.slice(first, first + limits.chains);
    results.push(...(await Promise.all(chains.map((each) => sealOne(on, { ...each, since })))));
  }
  if (results.some(({ hasFailed }) => hasFailed)) throw new Error("not every chain could be sealed");
  if (results.length === news.length && results.every(({ isWhole }) => isWhole)) {
    await on.table.commit([endedPass(begunAt)]);
    on.count("AuditSealed");
  }
  return results.reduce((sum, { sealed }) => sum + sealed, 0);
};

type News = { readonly pk: string; readonly records: readonly string[] };
type Passed = { readonly sealed: number; readonly isWhole: boolean; readonly hasFailed?: true };

/** By chain, the one that waits longest first. */
const recordsSince = async (table: Table, since: Instant): Promise<News[]> => {
  const pages = await Promise.all(
    recordsByTime.map((shard) => allRows(table, "audit", { ...shard, from: since })),
  );
  const byChain = Map.groupBy(
    pages.flat().sort((left, right) => Number(left["listAt"]) - Number(right["listAt"])),
    ({ pk }) => pk,
  );
  return [...byChain].map(([pk, rows]) => ({ pk, records: rows.map(({ sk }) => sk) }));
};

/** A chain that cannot be sealed must not keep the others waiting. */
const sealOne = async (on: SealsAudit, news: News & { since: Instant }): Promise<Passed> => {
  try {
    return await sealChain(on, { ...news, chain: Chain.parse(news.pk) });
  } catch (error) {
    if (error instanceof ChainBroken) on.count("AuditBroken");
    on.log.error("a chain of the audit could not be sealed", error, { storeId: news.pk });
    return { sealed: 0, isWhole: false, hasFailed: true };
  }
};

/** Its last seal is not what its head says: somebody was here. Nothing is put on top until a person has looked. */
export class ChainBroken extends Error {
  override readonly name = "ChainBroken";
}

const sealChain = async (
  on: SealsAudit,
  { chain, ...news }: News & { chain: Chain; since: Instant },
): Promise<Passed> => {
  let head = await on.seals.head(chain);
  const known = await on.seals.since(chain, news.since - lateness);
  if (await isBroken(on, head, known[0])) throw new ChainBroken("the head and the last seal differ");
  const sealed = new Set(known.flatMap(({ records }) => records.map(({ sk }) => sk)));
  const left = news.records.filter((sk) => !sealed.has(sk)).sort();
  for (let first = 0; first < left.length; first += limits.records) {
    const records = left.slice(first, first + limits.records);
    const seal = await signed(on, { chain, head, records });
    const lost = await tryCommit(on.table, addedSeal(seal, head));
    // Another sealer was faster; the next pass finds what it left.
    if (lost.length > 0) return { sealed: first, isWhole: false };
    head = { number: seal.number, hash: hashOf(seal) };
  }
  return { sealed: left.length, isWhole: true };
};

/** A seal beyond the head may be another sealer's, just added: then the head has moved on, too. */
const isBroken = async (
  { seals }: Pick<SealsAudit, "seals">,
  head: Head | undefined,
  last: Seal | undefined,
): Promise<boolean> => {
  if (!last) return head !== undefined;
  if (head && head.number >= last.number) return head.number > last.number || head.hash !== hashOf(last);
  return ((await seals.head(last.chain))?.number ?? 0) < last.number;
};

type Link = { chain: Chain; head: Head | undefined; records: readonly string[] };

const signed = async (on: SealsAudit, { chain, head, records }: Link): Promise<Seal> => {
  const rows = await Promise.all(records.map((sk) => on.table.get("audit", recordRow(chain, sk))));
  const unsigned = {
    chain,
    number: (head?.number ?? 0) + 1,
    previous: head?.hash ?? beforeAll,
    at: on.now(),
    records: rows.flatMap((row) => (row ? [{ sk: row.sk, digest: digestOf(row) }] : [])),
  };
  return { ...unsigned, signature: await on.sign(signedBytes(unsigned)) };
};
