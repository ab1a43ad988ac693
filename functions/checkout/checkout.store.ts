import { expiringCheckoutKey } from "#functions/privacy/checkout-key.store.ts";
import { equals, missing } from "#functions/runtime/condition.ts";
import { dueAt, notDue } from "#functions/runtime/due.ts";
import type { Key, Row, Table, Write } from "#functions/runtime/table.ts";
import { days } from "#functions/values/clock.ts";
import type { CheckoutId, PrincipalId, StoreId } from "#functions/values/id.ts";
import { Checkout, nextLook, type Status } from "./checkout.ts";

/** A checkout that came to nothing is kept this long after its end, its key too. */
const retention = days(30);

const idle = new Set<Status>(["open", "ready", "canceled", "expired"]);

export type CheckoutStore = { get(storeId: StoreId, checkoutId: CheckoutId): Promise<Checkout | undefined> };

export const checkoutStore = (table: Pick<Table, "get">): CheckoutStore => ({
  get: async (storeId, checkoutId) => {
    const row = await table.get("commerce", checkoutKey(storeId, checkoutId));
    return row && Checkout.parse(row);
  },
});

/** The checkout of a row that an index named. */
export const checkoutAt = async (
  table: Pick<Table, "get">,
  { pk, sk }: Key,
): Promise<Checkout | undefined> => {
  const row = await table.get("commerce", { pk, sk });
  return row && Checkout.parse(row);
};

export const checkoutKey = (storeId: StoreId, checkoutId: CheckoutId): Key => ({
  pk: `${storeId}#${checkoutId}`,
  sk: "checkout",
});

export const createdCheckout = (checkout: Checkout): Write => write(checkout, missing());

/** Replaces the row that `before` was read from; refused when anybody has written since. */
export const savedCheckout = (before: Checkout, after: Checkout): Write =>
  write(after, equals("version", before.version));

/** Nobody has written since: what else is in the transaction belongs to this very reading. */
export const unchangedCheckout = ({ storeId, id, version }: Checkout): Write => ({
  table: "commerce",
  key: checkoutKey(storeId, id),
  change: { check: true },
  condition: equals("version", version),
});

/** The same where it ends without an order: with the row's retention its key ends too, and so all it sealed. */
export const endedCheckout = (before: Checkout, after: Checkout): Write[] => [
  savedCheckout(before, after),
  expiringCheckoutKey({ storeId: after.storeId, checkoutId: after.id }, after.updatedAt + retention),
];

const write = (checkout: Checkout, condition: Write["condition"]): Write => {
  const key = checkoutKey(checkout.storeId, checkout.id);
  return {
    table: "commerce",
    key,
    change: { put: attributes(key, checkout) },
    ...(condition && { condition }),
  };
};

const attributes = (key: Key, checkout: Checkout): Omit<Row, "pk" | "sk"> => {
  const look = nextLook(checkout);
  return {
    ...checkout,
    ...(look === undefined ? notDue : dueAt("checkout", key.pk, look)),
    ...listed(checkout),
    expiresAtSeconds: expiryOf(checkout),
  };
};

/** By when they were begun, ended ones too: whatever a leaked key may have read must be found. */
export const checkoutsOf = (principalId: PrincipalId) =>
  ({ index: "list", pk: `checkouts#${principalId}` }) as const;
const listed = ({ principalId, createdAt }: Checkout) => ({
  list: checkoutsOf(principalId).pk,
  listAt: createdAt,
});

/** Never while stock or money may hang on it; what became an order is kept as long as that. */
const expiryOf = ({ status, expiresAt, keptUntil }: Checkout): number | undefined => {
  const at = idle.has(status) ? expiresAt + retention : keptUntil;
  return at === undefined ? undefined : Math.ceil(at / 1_000);
};
