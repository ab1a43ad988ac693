import type { Chain } from "#functions/audit/audit.ts";
import { sealOf } from "#functions/audit/seal.store.ts";
import { verifyChain } from "#functions/audit/verify-chain.ts";
import type { RowChange } from "#functions/runtime/memory-table.ts";
import type { Row, TableName } from "#functions/runtime/table.ts";
import { minutes } from "#functions/values/clock.ts";
import { fakeSigning } from "../../fakes/signing.ts";
import type { Cloud } from "../cloud/cloud.ts";
import type { Shop } from "../cloud/shop.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";
import { toldIn } from "./rows.ts";

export const chained: Invariant = {
  id: "I-19",
  promise: "the audit's chains are whole and true, and at the end nothing is left unsealed",
  watch: (cloud) => ({
    atRest: (rest) =>
      chainsOf(cloud).flatMap((chain) => {
        const { verify } = fakeSigning();
        const now = cloud.world.scheduler.now();
        const rows = rowsOf(cloud, chain);
        const { problems } = verifyChain(rows, verify, now);
        const unsealed = rest === "the end" ? forgottenOf(rows, now) : [];
        return [
          ...problems.map(({ problem, id }) => `${chain}: ${problem} ${id}`),
          ...unsealed.map(({ sk }) => `${chain}: ${sk} was never sealed`),
        ];
      }),
  }),
};

export const recordedReads: Invariant = {
  id: "I-19",
  promise: "who was shown a buyer is on record, once for each time that it was asked",
  watch: (cloud) => ({
    atRest: (rest) => (rest === "the end" ? cloud.shops.flatMap((shop) => uncounted(cloud, shop)) : []),
  }),
};

/** What the shop saw before a transaction was on record before that one. */
export const recordedShop: Invariant = {
  id: "I-19",
  promise: "a shop sees who bought once that is on record, and the record is one however often it is sent",
  watch: (cloud) => {
    const onRecord = new Set<string>();
    const shown = () => cloud.shops.flatMap(({ own }) => [...(own?.shown ?? [])]);
    const unrecorded = () =>
      shown().flatMap((id) => when(!onRecord.has(id), `who bought ${id} was shown unrecorded`));
    return {
      committed: (changes) => {
        const before = unrecorded();
        const told = ordersIn(changes);
        const again = told.filter((id) => onRecord.has(id));
        for (const id of told) onRecord.add(id);
        return [...before, ...again.map((id) => `who bought ${id} is on record twice`)];
      },
      atRest: unrecorded,
    };
  },
};

/** Of whom a shop is told; who listens is told once more each time. */
const ordersIn = (changes: readonly RowChange[]): string[] =>
  toldIn(changes)
    .filter(({ about }) => (about as { kind?: string }).kind !== undefined)
    .flatMap(({ subjects }) => subjects as string[]);

const uncounted = (cloud: Cloud, { storeId, owner }: Shop): Problems => {
  const asked = cloud.history.filter(
    ({ by, method, path }) => by === owner.text && method === "GET" && path.startsWith("/orders"),
  );
  const shown = asked.filter(({ response }) => response?.status === 200);
  const records = recordsOf(cloud, storeId).filter(({ action }) => action === "order.read");
  const of = ({ number }: { number: number }) =>
    records.filter(({ actor }) => (actor as { requestId: string }).requestId === `request-${number}`);
  return [
    ...shown.flatMap((each) => when(of(each).length !== 1, `${each.path} was shown unrecorded`)),
    ...asked.flatMap((each) => when(of(each).length > 1, `${each.path} is on record twice`)),
  ];
};

/** The sealer comes each minute: what was put on record a moment ago it has yet to find. */
const forgottenOf = ({ records, seals }: ReturnType<typeof rowsOf>, now: number): Row[] => {
  const sealed = new Set(seals.flatMap((row) => sealOf(row).records.map(({ sk }) => sk)));
  return records.filter(({ sk, at }) => !sealed.has(sk) && Number(at) < now - minutes(2));
};

const chainsOf = ({ shops }: Cloud): Chain[] => ["deployment", ...shops.map(({ storeId }) => storeId)];

const rowsOf = ({ table }: Cloud, chain: Chain) => ({
  chain,
  head: table.look("seals", { pk: chain, sk: "head" }),
  seals: of(table, "seals", chain).filter(({ sk }) => sk.startsWith("seal#")),
  records: of(table, "audit", chain),
});

const recordsOf = ({ table }: Cloud, chain: string): Row[] => of(table, "audit", chain);

const of = (table: Cloud["table"], name: TableName, pk: string): Row[] =>
  table.lookAt(name, { pk }).toSorted((left, right) => (left.sk < right.sk ? -1 : 1));
