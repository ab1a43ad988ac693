import { all, equals, exists, missing } from "#functions/runtime/condition.ts";
import { dueAt, notDue } from "#functions/runtime/due.ts";
import type { Key, Table, Write } from "#functions/runtime/table.ts";
import type { Instant } from "#functions/values/clock.ts";
import { Delivery, nextLook, times } from "./delivery.ts";

export type DeliveryId = { readonly endpointId: string; readonly eventId: string };

export const readDelivery = async (
  table: Pick<Table, "get">,
  id: DeliveryId,
): Promise<Delivery | undefined> => {
  const row = await table.get("webhooks", deliveryKey(id));
  return row && Delivery.parse(row);
};

export const deliveryKey = ({ endpointId, eventId }: DeliveryId): Key => ({
  pk: `${endpointId}#${eventId}`,
  sk: "delivery",
});

/** Once per endpoint and event, however often the event comes along. */
export const createdDelivery = (delivery: Delivery): Write => put(delivery, missing());

/** Refused when somebody else has moved it since `before` was read. */
export const savedDelivery = (before: Delivery, after: Delivery): Write =>
  put(after, equals("version", before.version));

/** Leaves the delivery as it is; only the sweeper looks at it later again. */
export const lookedAtLater = (delivery: Delivery, at: Instant): Write => ({
  table: "webhooks",
  key: deliveryKey(delivery),
  change: { set: { dueAt: at } },
  condition: all(exists("due"), equals("version", delivery.version)),
});

/** The same for a row that nobody can read. */
export const restedRow = (key: Key, at: Instant): Write => ({
  table: "webhooks",
  key,
  change: { set: { dueAt: at } },
  condition: exists("due"),
});

const put = (delivery: Delivery, condition: NonNullable<Write["condition"]>): Write => {
  const key = deliveryKey(delivery);
  const look = nextLook(delivery);
  const expiresAtSeconds = Math.ceil((delivery.createdAt + times.kept) / 1_000);
  const due = look === undefined ? notDue : dueAt("delivery", key.pk, look);
  return { table: "webhooks", key, change: { put: { ...delivery, ...due, expiresAtSeconds } }, condition };
};
