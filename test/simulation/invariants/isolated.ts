import type { Invariant } from "./invariant.ts";

/** What a process did on a store's behalf: noted where it reaches the tables. */
export const isolated: Invariant = {
  id: "I-10",
  promise: "no request of one store reads, writes or tells anything of another",
  watch: (cloud, broken) => {
    const [first, second] = cloud.shops;
    const otherOf = (storeId: string) => (storeId === first.storeId ? second.storeId : first.storeId);
    cloud.touching((tenant, where) => {
      if (where.includes(otherOf(tenant))) broken(`a request of ${tenant} touched ${where}`);
    });
    return {
      atRest: (rest) => {
        if (rest !== "the end") return;
        for (const table of ["commerce", "outbox", "webhooks"] as const)
          for (const row of cloud.table.lookAll(table)) {
            const storeId = row["storeId"];
            if (typeof storeId === "string" && JSON.stringify(row).includes(otherOf(storeId)))
              broken(`a row of ${storeId} speaks of the other store`);
          }
        for (const { by, response, path } of cloud.history) {
          const shop = cloud.shops.find(({ owner, agents }) =>
            [owner, ...agents.map(({ key }) => key)].some(({ text }) => text === by),
          );
          if (shop && JSON.stringify(response ?? {}).includes(otherOf(shop.storeId)))
            broken(`${path} told one store of the other`);
        }
      },
    };
  },
};
