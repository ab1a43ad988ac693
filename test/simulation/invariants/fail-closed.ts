import type { Cloud } from "../cloud/cloud.ts";
import type { Exchange } from "../cloud/gateway.ts";
import { intentsOf } from "./at-stripe.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";

export const failClosed: Invariant = {
  id: "I-24",
  promise: "what was answered is true: nothing is promised that a failure behind it undid",
  watch: (cloud) => ({
    atRest: (rest) =>
      rest === "the end" ? cloud.history.flatMap((exchange) => promised(cloud, exchange)) : [],
  }),
};

type Session = { id: string; status: string; order?: { id: string } };

const promised = (cloud: Cloud, { path, response }: Exchange): Problems => {
  const session = response?.body as Session | undefined;
  if (!session || (response?.status ?? 500) >= 300 || !path.startsWith("/checkout_sessions")) return [];
  const order = session.order?.id ?? "";
  return [
    ...when(!has(cloud, session.id, "checkout"), `${session.id} was answered and is not there`),
    ...when(session.status === "completed" && !has(cloud, order, "order"), `${session.id} is no order`),
  ];
};

const has = ({ table, shops }: Cloud, id: string, sk: string): boolean =>
  shops.some(({ storeId }) => table.look("commerce", { pk: `${storeId}#${id}`, sk }));

/** Stripe repeats nothing that was answered, so by then it is written down. */
export const acknowledged: Invariant = {
  id: "I-24",
  promise: "an event of Stripe that was answered is not forgotten",
  watch: ({ history, table }) => ({
    atRest: (rest) =>
      rest === "the end"
        ? history
            .filter(({ path, response }) => path === "/stripe/events" && response?.status === 200)
            .map(({ body }) => (JSON.parse(body as string) as { id: string }).id)
            .filter((id) => !table.look("commerce", { pk: `stripe-event#${id}`, sk: "stripe-event" }))
            .map((id) => `${id} was answered and is not there`)
        : [],
  }),
};

export const sealedAlways: Invariant = {
  id: "I-24",
  promise: "what cannot be sealed is not kept",
  watch: ({ table }) => ({
    atRest: (rest) =>
      rest === "the end"
        ? (["commerce", "outbox", "webhooks", "people"] as const).flatMap((name) =>
            [...table.lookAll(name)]
              .filter((row) => JSON.stringify(row).includes("canary.example"))
              .map(({ pk, sk }) => `${pk} ${sk} names a buyer`),
          )
        : [],
  }),
};

export const writtenFirst: Invariant = {
  id: "I-24",
  promise: "Stripe is asked for nothing of which no payment row tells: else a crash would lose it",
  watch: (cloud) => ({
    stripeChanged: () =>
      intentsOf(cloud).flatMap(({ id, metadata }) => {
        const sk = `payment#${String(metadata["attempt"]).padStart(4, "0")}`;
        const row = cloud.table.look("commerce", { pk: `${metadata["store"]}#${metadata["checkout"]}`, sk });
        return when(!row, `${id} was created without a payment row`);
      }),
  }),
};
