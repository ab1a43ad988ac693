import { allRows } from "#functions/runtime/all-rows.ts";
import { equals, missing } from "#functions/runtime/condition.ts";
import type { Key, Row, Table, Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import type { Chain } from "./audit.ts";
import { Head, hashOf, Seal } from "./seal.ts";

export const headRow = (chain: Chain): Key => ({ pk: chain, sk: "head" });
const sealRow = (chain: Chain, number: number): Key => ({
  pk: chain,
  sk: `seal#${String(number).padStart(12, "0")}`,
});
const prefix = { from: "seal#", to: "seal#~" } as const;

/** Every chain that was ever sealed. */
export const listedHeads = { index: "list", pk: "heads" } as const;

export type SealStore = {
  head(chain: Chain): Promise<Head | undefined>;
  /** The seals since then, newest first: as they lie there, judged by nobody yet. */
  since(chain: Chain, at: Instant): Promise<Seal[]>;
};

export const sealStore = (table: Pick<Table, "get" | "query">): SealStore => ({
  head: async (chain) => {
    const row = await table.get("seals", headRow(chain));
    return row && headOf(row);
  },
  since: async (chain, at) => {
    const seals: Seal[] = [];
    let after: Awaited<ReturnType<Table["query"]>>["next"];
    do {
      const page = await table.query("seals", {
        pk: chain,
        ...prefix,
        descending: true,
        limit: 25,
        ...(after && { after }),
      });
      seals.push(...page.rows.map(sealOf));
      after = seals.some((seal) => seal.at < at) ? undefined : page.next;
    } while (after);
    return seals;
  },
});

export const headOf = ({ pk: _, sk: __, list: ___, listAt: ____, ...head }: Row): Head => Head.parse(head);

export const sealOf = ({ pk: _, sk: __, ...seal }: Row): Seal =>
  Seal.parse({ ...seal, signature: bytes(seal["signature"]) });

/** A `Buffer` is no plain array of bytes where two are compared. */
const bytes = (value: unknown): unknown => (value instanceof Uint8Array ? Uint8Array.from(value) : value);

/** Where the seal would stand, if it is one that lies where it says. */
export const isAtItsPlace = ({ pk, sk }: Row, { chain, number }: Seal): boolean => {
  const place = sealRow(chain, number);
  return place.pk === pk && place.sk === sk;
};

/** In order, from this number on. */
export const sealsFrom = async (
  table: Pick<Table, "query">,
  chain: Chain,
  number: number,
  limit: number,
): Promise<Seal[]> => {
  const from = sealRow(chain, number).sk;
  const { rows } = await table.query("seals", { pk: chain, ...prefix, from, limit });
  return rows.map(sealOf);
};

export const allSeals = (table: Pick<Table, "query">, chain: Chain): Promise<Row[]> =>
  allRows(table, "seals", { pk: chain, ...prefix });

/** After the head that was read: of two sealers that do this at once, one does. */
export const addedSeal = (seal: Seal, before: Head | undefined): Write[] => {
  const { chain, number, at } = seal;
  const head: Head = { number, hash: hashOf(seal) };
  return [
    { table: "seals", key: sealRow(chain, number), change: { put: seal }, condition: missing() },
    {
      table: "seals",
      key: headRow(chain),
      change: { put: { ...head, list: listedHeads.pk, listAt: at } },
      condition: before ? equals("hash", before.hash) : missing(),
    },
  ];
};

const passRow: Key = { pk: "sealer", sk: "pass" };

/** When the last pass began that left nothing behind. */
export const readPass = async (table: Pick<Table, "get">): Promise<Instant> =>
  Number((await table.get("seals", passRow))?.["begunAt"] ?? 0);

export const endedPass = (begunAt: Instant): Write => ({
  table: "seals",
  key: passRow,
  change: { put: { begunAt } },
});
