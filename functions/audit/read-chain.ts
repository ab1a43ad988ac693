import { allRows } from "#functions/runtime/all-rows.ts";
import type { Table } from "#functions/runtime/table.ts";
import { allStores } from "#functions/store/store.store.ts";
import { recordsOf } from "./audit.store.ts";
import { Chain } from "./audit.ts";
import { allSeals, headRow, listedHeads } from "./seal.store.ts";
import type { ChainRows } from "./verify-chain.ts";

type Reads = { readonly table: Pick<Table, "get" | "query"> };

/** Every chain that there should be: the deployment's, each store's, and what was ever sealed. */
export const readChains = async ({ table }: Reads): Promise<Chain[]> => {
  const stores = await allRows(table, "access", allStores);
  const heads = await allRows(table, "seals", listedHeads);
  const chains = [...stores, ...heads].flatMap(({ pk }) => Chain.safeParse(pk).data ?? []);
  return [...new Set(["deployment" as const, ...chains])].sort();
};

/**
 * The whole of it, in memory: some hundred bytes a record, a million of them at most. Read again where a seal was added
 * meanwhile; records come last, so one that was written since is merely new.
 */
export const readChain = async ({ table }: Reads, chain: Chain, tries = 3): Promise<ChainRows> => {
  const seals = await allSeals(table, chain);
  const head = await table.get("seals", headRow(chain));
  const isMoving = head !== undefined && Number(head["number"]) !== seals.length;
  if (isMoving && tries > 1) return readChain({ table }, chain, tries - 1);
  return { chain, head, seals, records: await allRows(table, "audit", recordsOf(chain)) };
};
