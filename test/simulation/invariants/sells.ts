import type { RowChange } from "#functions/runtime/memory-table.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { type Invariant, when } from "./invariant.ts";

export const verifiedOnly: Invariant = {
  id: "I-16",
  promise: "no session begins for a store that has no verified domain or is not active at this instant",
  watch: (cloud) => ({
    committed: (changes) =>
      changes.filter(isBegun).flatMap(({ key, after }) => {
        const { status, verifiedDomains } = storeOf(cloud, String(after?.["storeId"]));
        const maySell = status === "active" && verifiedDomains.length > 0;
        return when(
          !maySell,
          `${key.pk} was begun for a store that is ${status} with ${verifiedDomains.length} domains`,
        );
      }),
  }),
};

export const listsVerified: Invariant = {
  id: "I-16",
  promise: "a store sells by the domains that are verified now, and by no other",
  watch: (cloud) => ({
    atRest: () =>
      cloud.shops.flatMap(({ storeId }) => {
        const rows = [...cloud.table.lookAll("access")].filter(
          ({ pk, sk }) => pk === storeId && sk.startsWith("domain#"),
        );
        const verified = rows.filter(({ status }) => status === "verified").map(({ host }) => String(host));
        const listed = storeOf(cloud, storeId).verifiedDomains;
        const differ = [...verified].sort().join() !== [...listed].sort().join();
        return when(
          differ,
          `${storeId} sells by ${listed.join() || "none"}; verified: ${verified.join() || "none"}`,
        );
      }),
  }),
};

const isBegun = ({ key, before }: RowChange): boolean => key.sk === "checkout" && before === undefined;

type Standing = { readonly status: string; readonly verifiedDomains: readonly string[] };

const storeOf = ({ table }: Cloud, storeId: string): Standing =>
  table.look("access", { pk: storeId, sk: "store" }) as unknown as Standing;
