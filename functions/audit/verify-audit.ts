import { z } from "zod";
import type { Count } from "#functions/runtime/metrics.ts";
import type { Table } from "#functions/runtime/table.ts";
import { type Clock, type Instant, seconds } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";
import { type Actor, Chain } from "./audit.ts";
import { readChain, readChains } from "./read-chain.ts";
import { lookCursor, recordLook } from "./record-look.ts";
import { type ReadPublicKeys, verifierOf } from "./seal.ts";
import { verifyChain } from "./verify-chain.ts";

export const VerifyAudit = z.strictObject({
  /** Absent: every chain. */
  storeId: StoreId.optional(),
  /** The chain that the answer before had come to. */
  cursor: lookCursor(Chain).optional(),
});
export type VerifyAudit = z.infer<typeof VerifyAudit>;

export type ExaminesAudit = {
  table: Table;
  publicKeys: ReadPublicKeys;
  now: Clock;
  count: Count;
};

/** How long one call begins with another chain; the rest goes on with the next. */
const perCall = seconds(20);

/** Walks chain after chain and says of each what is not as it was written. */
export const verifyAudit =
  (on: ExaminesAudit) =>
  async ({ storeId, cursor }: VerifyAudit, actor: Actor): Promise<object> => {
    const look = await recordLook(on, { action: "audit.verified", actor, storeId }, cursor);
    const from = cursor?.at ?? "";
    const chains = storeId ? [storeId] : (await readChains(on)).filter((chain) => chain >= from);
    const { looked, part } = await verifyUntil(on, chains, on.now() + perCall);
    const next = chains[looked];
    return { done: next === undefined, part, ...(next !== undefined && { cursor: { look, at: next } }) };
  };

/** The same for a schedule, which rings where something is wrong. */
export const verifyOnSchedule =
  (on: ExaminesAudit & { remaining: () => number }) => async (): Promise<object> => {
    const { part } = await verifyUntil(on, await readChains(on), on.now() + on.remaining() - seconds(60));
    return { ...part, problems: part.problems.length };
  };

const verifyUntil = async (on: ExaminesAudit, chains: readonly Chain[], until: Instant) => {
  const verify = verifierOf(await on.publicKeys());
  const part = { chains: 0, records: 0, seals: 0, unsealed: 0, problems: [] as object[] };
  for (const chain of chains) {
    if (on.now() >= until) break;
    const found = verifyChain(await readChain(on, chain), verify, on.now());
    part.chains += 1;
    part.records += found.records;
    part.seals += found.seals;
    part.unsealed += found.unsealed;
    part.problems.push(...found.problems.slice(0, 1_000));
    if (found.problems.length > 0) on.count("AuditBroken");
  }
  return { looked: part.chains, part };
};
