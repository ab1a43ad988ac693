import { Erased } from "#functions/customer/erasure.store.ts";
import { Erasure } from "#functions/customer/erasure.ts";
import { checkoutKeyRow } from "#functions/privacy/checkout-key.store.ts";
import { orderIdOf } from "#functions/values/id.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";

export const forgotten: Invariant = {
  id: "I-17",
  promise: "what was erased has no key any more, its order says so, and who asked is forgotten in the end",
  watch: (cloud) => ({
    atRest: (rest) =>
      [...cloud.table.lookAll("erasures")].flatMap((row) =>
        row.sk === "erasure"
          ? unfinished(Erasure.parse(row), rest === "the end")
          : readable(cloud, Erased.parse(row)),
      ),
  }),
};

const unfinished = ({ id, status, customerId, receipt, waitsFor }: Erasure, isOver: boolean): Problems => [
  ...when(status === "done" && (customerId !== undefined || !receipt), `${id} is done and still knows whom`),
  ...when(isOver && status === "waiting" && waitsFor.length === 0, `${id} waits for nothing`),
];

const readable = ({ table }: Cloud, { storeId, checkoutId }: Erased): Problems => {
  const order = table.look("commerce", { pk: `${storeId}#${orderIdOf(checkoutId)}`, sk: "order" });
  const key = table.look("people", checkoutKeyRow({ storeId, checkoutId }));
  return [
    ...when(key !== undefined, `${checkoutId} was erased and has its key`),
    ...when(
      order && order["erasedAt"] === undefined,
      `${checkoutId} was erased, which its order does not say`,
    ),
  ];
};

/** Of these no answer can be repeated as it was: nobody can read any more what it said of a person. */
export const erasedCheckouts = ({ table }: Pick<Cloud, "table">): ReadonlySet<string> =>
  new Set(
    [...table.lookAll("erasures")].flatMap((row) => (row["checkoutId"] ? [String(row["checkoutId"])] : [])),
  );
