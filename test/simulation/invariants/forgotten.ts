import { Erased } from "#functions/customer/erasure.store.ts";
import { Erasure, times } from "#functions/customer/erasure.ts";
import { isFrozen } from "#functions/order/dispute.ts";
import { checkoutKeyRow } from "#functions/privacy/checkout-key.store.ts";
import type { RowChange } from "#functions/runtime/memory-table.ts";
import type { Key, Row } from "#functions/runtime/table.ts";
import { orderIdOf } from "#functions/values/id.ts";
import { parcelOf } from "../actors/warehouse.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { type Invariant, type Problems, when } from "./invariant.ts";
import { ordersIn } from "./rows.ts";

export const forgotten: Invariant = {
  id: "I-17",
  promise:
    "what was erased has no key any more, its order says so, and who asked is forgotten in the end, not while a bank asks",
  watch: (cloud) => {
    const covered = coverage(cloud);
    return {
      committed: (changes) => [...changes.flatMap(covered), ...ordersIn(changes).flatMap(disarmed)],
      atRest: (rest) =>
        [...cloud.table.lookAll("erasures")].flatMap((row) => {
          if (row.sk === "erasure") return unfinished(Erasure.parse(row), rest === "the end");
          return row.sk.startsWith("erased#") ? readable(cloud, Erased.parse(row)) : [];
        }),
    };
  },
};

/** What was the person's when they asked is gone when it is said to be, whosever it was meanwhile. */
const coverage = ({ table, world: { scheduler } }: Cloud) => {
  const since = new Map<string, number>();
  const asked = new Map<string, readonly Key[]>();
  const theirs = ({ storeId, customerId }: Erasure): Key[] =>
    [...table.lookAll("people")].filter(
      ({ pk, list }) =>
        list === `customer#${storeId}#${customerId}` &&
        (since.get(pk) ?? 0) + times.indexLag <= scheduler.now(),
    );
  const covered = (before: Row | undefined, erasure: Erasure): Problems => {
    const keys = asked.get(erasure.id) ?? [];
    if (before?.["askedAt"] !== erasure.askedAt) asked.set(erasure.id, [...keys, ...theirs(erasure)]);
    return erasure.status === "done" ? keys.flatMap((key) => held(table, erasure, key)) : [];
  };
  return ({ table: name, key, before, after }: RowChange): Problems => {
    if (name === "people" && before?.["list"] !== after?.["list"]) since.set(key.pk, scheduler.now());
    return name === "erasures" && after?.sk === "erasure" ? covered(before, Erasure.parse(after)) : [];
  };
};

/** While a bank asks, what the store answers it with is there. */
const disarmed = ({ before, after }: ReturnType<typeof ordersIn>[number]): Problems =>
  when(
    after && isFrozen(after) && after.erasedAt !== before?.erasedAt,
    `${after?.id} was erased while a bank asks about it`,
  );

const held = (table: Cloud["table"], { id }: Erasure, key: Key): Problems =>
  when(table.look("people", key) !== undefined, `${id} is done and ${key.pk} can be read`);

const unfinished = ({ id, status, customerId, receipt, waitsFor }: Erasure, isOver: boolean): Problems => [
  ...when(status === "done" && (customerId !== undefined || !receipt), `${id} is done and still knows whom`),
  ...when(isOver && status === "waiting" && waitsFor.length === 0, `${id} waits for nothing`),
];

const readable = ({ table }: Cloud, { storeId, checkoutId }: Erased): Problems => {
  const orderId = orderIdOf(checkoutId);
  const order = table.look("commerce", { pk: `${storeId}#${orderId}`, sk: "order" });
  const key = table.look("people", checkoutKeyRow({ storeId, checkoutId }));
  return [
    ...when(key !== undefined, `${checkoutId} was erased and has its key`),
    ...[...table.lookAll("commerce")]
      .filter((row) => JSON.stringify(row).includes(parcelOf(orderId)))
      .map(({ pk, sk }) => `${checkoutId} was erased and its parcel can be followed by ${pk} ${sk}`),
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
