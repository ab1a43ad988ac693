import { all, type Condition, equals, exists, missing } from "#functions/runtime/condition.ts";
import { dueAt, notDue } from "#functions/runtime/due.ts";
import { type Key, plainly, type Query, type Row, type Table, type Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import { Delivery, nextLook, startedAt, times } from "./delivery.ts";

export type DeliveryId = { readonly endpointId: string; readonly eventId: string };

export const readDelivery = async (
  table: Pick<Table, "get">,
  id: DeliveryId,
): Promise<Delivery | undefined> => {
  const row = await table.get("webhooks", deliveryKey(id));
  return row && Delivery.parse(row);
};

/** One that cannot be read, of a newer release say, is left out of what others are shown in. */
export const deliveryAt = async (table: Pick<Table, "get">, { pk, sk }: Key): Promise<Delivery | undefined> =>
  Delivery.safeParse(await table.get("webhooks", { pk, sk })).data;

export const deliveryKey = ({ endpointId, eventId }: DeliveryId): Key => ({
  pk: `${endpointId}#${eventId}`,
  sk: "delivery",
});

/** An endpoint's deliveries, by when their events came to it. */
export const deliveriesOf = (endpointId: string): Pick<Query, "index" | "pk"> => ({
  index: "list",
  pk: listOf(endpointId),
});

const listOf = (endpointId: string): string => `deliveries#${endpointId}`;

/** Where one lies in that list. */
export const placeOf = (id: DeliveryId, createdAt: Instant): NonNullable<Query["after"]> => ({
  ...deliveryKey(id),
  list: listOf(id.endpointId),
  listAt: createdAt,
});

/** The same of what the list has of it. */
export const placeIn = ({ pk, sk, list, listAt }: Row): NonNullable<Query["after"]> => ({
  pk,
  sk,
  list,
  listAt,
});

/** Once per endpoint and event, however often the event comes along. */
export const createdDelivery = (delivery: Delivery): Write => put(delivery, missing());

/** Refused when somebody else has moved it since `before` was read. */
export const savedDelivery = (before: Delivery, after: Delivery): Write =>
  put(after, equals("version", before.version));

/** Leaves the delivery as it is; only the sweeper looks at it later again. */
export const lookedAtLater = (delivery: Delivery, at: Instant): Write =>
  rested(deliveryKey(delivery), at, all(exists("due"), equals("version", delivery.version)));

/** The same for a row that nobody can read. */
export const restedRow = (key: Key, at: Instant): Write => rested(key, at, exists("due"));

const rested = (key: Key, at: Instant, condition: Condition): Write =>
  plainly({ table: "webhooks", key, change: { set: { dueAt: at } }, condition });

/**
 * Plain: the row is the truth, and its lease or its due time brings it up again, whatever a sender was told. Two who
 * write the very same send the webhook twice, which every receiver has to expect.
 */
const put = (delivery: Delivery, condition: Condition): Write => {
  const key = deliveryKey(delivery);
  const look = nextLook(delivery);
  const expiresAtSeconds = Math.ceil((startedAt(delivery) + times.kept) / 1_000);
  const due = look === undefined ? notDue : dueAt("delivery", key.pk, look);
  const { list, listAt } = placeOf(delivery, delivery.createdAt);
  const change = { put: { ...delivery, ...due, list, listAt, expiresAtSeconds } };
  return plainly({ table: "webhooks", key, change, condition });
};
