import type { Cloud } from "../cloud/cloud.ts";
import type { Invariant } from "./invariant.ts";
import { intentsOf } from "./money.ts";

type Session = { id: string; status: string; order?: { id: string } };

export const failClosed: Invariant = {
  id: "I-24",
  promise:
    "what was answered is true: nothing is promised that a failure behind it undid, nothing is kept unsealed",
  watch: (cloud, broken) => ({
    atRest: (rest) => {
      if (rest !== "the end") return;
      for (const exchange of cloud.history) {
        const session = exchange.response?.body as Session | undefined;
        const created = exchange.path === "/checkout_sessions" && exchange.response?.status === 201;
        if (created && !has(cloud, session?.id ?? "", "checkout"))
          broken(`${session?.id} was answered and is not there`);
        if (session?.status !== "completed") continue;
        if (!has(cloud, session.order?.id ?? "", "order"))
          broken(`${session.id} says it is an order and is none`);
      }
      for (const table of ["commerce", "outbox", "webhooks", "people"] as const)
        for (const row of cloud.table.lookAll(table))
          if (JSON.stringify(row).includes("canary.example")) broken(`${row.pk} ${row.sk} names a buyer`);
    },
    // Stripe is asked for nothing of which no payment row tells: else a crash would lose it.
    stripeChanged: () => {
      for (const { id, metadata } of intentsOf(cloud)) {
        const attempt = `payment#${String(metadata["attempt"]).padStart(4, "0")}`;
        if (
          !cloud.table.look("commerce", { pk: `${metadata["store"]}#${metadata["checkout"]}`, sk: attempt })
        )
          broken(`${id} was created without a payment row`);
      }
    },
  }),
};

const has = ({ table, shops }: Cloud, id: string, sk: string): boolean =>
  shops.some(({ storeId }) => table.look("commerce", { pk: `${storeId}#${id}`, sk }));
