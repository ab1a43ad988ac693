import { z } from "zod";
import { allRows } from "#functions/runtime/all-rows.ts";
import type { Row, Table } from "#functions/runtime/table.ts";
import { toIso } from "#functions/values/clock.ts";
import { StoreId } from "#functions/values/id.ts";
import { recordPrefix, recordRow, recordsOf } from "./audit.store.ts";
import { type Actor, Chain } from "./audit.ts";
import { readChains } from "./read-chain.ts";
import { lookCursor, noLook, recordLook } from "./record-look.ts";
import { readPass, type SealStore, sealsFrom } from "./seal.store.ts";
import type { Seal } from "./seal.ts";
import { lateness } from "./seal-audit.ts";
import type { ExaminesAudit } from "./verify-audit.ts";

export const ExportAudit = z.strictObject({
  /** Absent: every chain. */
  storeId: StoreId.optional(),
  /** The chain and the seal that come next. */
  cursor: lookCursor(z.strictObject({ chain: Chain, number: z.int().positive() })).optional(),
});
export type ExportAudit = z.infer<typeof ExportAudit>;

export type ExportsAudit = Pick<ExaminesAudit, "table" | "publicKeys" | "now"> & { seals: SealStore };

/** Seals in one answer: with a hundred records each they stay far below the 6 MB that it may have. */
const perCall = 20;

/**
 * Every seal with the records that it holds, in their order, so that whoever has the public key can check them; then
 * what no seal holds yet, marked by `"seal": null`. A line each.
 */
export const exportAudit =
  (on: ExportsAudit) =>
  async (command: ExportAudit, actor: Actor): Promise<object> => {
    const { storeId, cursor } = command;
    const look = await recordLook(on, { action: "audit.exported", actor, storeId }, cursor);
    const first = cursor ? [] : [{ publicKeys: await on.publicKeys() }];
    const chains = storeId ? [storeId] : await readChains(on);
    const at = cursor?.at ?? { chain: chains[0] as Chain, number: 1 };
    const { lines, next } = await pageFrom(on, chains, at);
    return {
      done: next === undefined,
      lines: [...first, ...lines],
      ...(next && { cursor: { look, at: next } }),
    };
  };

type Place = NonNullable<ExportAudit["cursor"]>["at"];

const startOf = (chain: Chain | undefined): Place | undefined => chain && { chain, number: 1 };
const after = ({ chain, number }: Place): Place => ({ chain, number: number + perCall });

const pageFrom = async (on: ExportsAudit, chains: readonly Chain[], at: Place) => {
  const { chain, number } = at;
  if (!chains.includes(chain)) throw noLook();
  const seals = await sealsFrom(on.table, chain, number, perCall);
  const isLast = seals.length < perCall;
  const lines = await Promise.all(seals.map((seal) => sealed(on.table, seal)));
  return {
    lines: [...lines.flat(), ...(isLast ? await unsealed(on, chain) : [])],
    next: isLast ? startOf(chains[chains.indexOf(chain) + 1]) : after(at),
  };
};

const sealed = async (table: Table, { signature, ...seal }: Seal): Promise<object[]> => {
  const rows = await Promise.all(seal.records.map(({ sk }) => table.get("audit", recordRow(seal.chain, sk))));
  return [
    { ...seal, signature: Buffer.from(signature).toString("base64") },
    ...rows.map((record, index) => ({
      seal: seal.number,
      record: record ?? { sk: seal.records[index]?.sk, isMissing: true },
    })),
  ];
};

/** What a pass of the sealer would look at. A record that it cannot find any more is told by `verify-audit`. */
const unsealed = async (on: ExportsAudit, chain: Chain): Promise<object[]> => {
  const since = Math.max(0, Math.min(await readPass(on.table), on.now()) - lateness);
  const rows = await allRows(on.table, "audit", {
    ...recordsOf(chain),
    from: `${recordPrefix}${toIso(since)}`,
  });
  const seals = await on.seals.since(chain, since - lateness);
  const known = new Set(seals.flatMap(({ records }) => records.map(({ sk }) => sk)));
  return rows.filter(({ sk }) => !known.has(sk)).map((record: Row) => ({ seal: null, record }));
};
