import { z } from "zod";
import type { Operation } from "#functions/runtime/route.ts";
import type { Page, Table } from "#functions/runtime/table.ts";
import { toIso } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import { deliveriesOf, deliveryAt, placeOf } from "./delivery.store.ts";
import { type Delivery, isFinal, Status } from "./delivery.ts";
import type { EndpointStore } from "./endpoint.store.ts";
import { callersEndpoint } from "./read-endpoints.ts";
import type { webhookRoutes } from "./routes.ts";

const Time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

export const DeliveriesQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** `next` of the page before, with the same filters. */
  after: z.string().max(200).optional(),
  status: Status.optional(),
  /** When the event came to the endpoint; both ends are in. */
  from: Time.optional(),
  to: Time.optional(),
});
type DeliveriesQuery = z.infer<typeof DeliveriesQuery>;

/** What was sent is the event, which every attempt repeats; how it was answered is shown in a line. */
export const DeliveryView = z.object({
  /** Its `webhook-id`, too. */
  eventId: z.string(),
  type: z.string(),
  status: Status,
  attempts: z.int(),
  httpStatus: z.int().optional(),
  latencyMs: z.int().optional(),
  /** The answer's first 256 bytes, if they can be printed and hold nothing that must not be kept. */
  answer: z.string().optional(),
  reason: z.string().optional(),
  previousEventId: z.string().optional(),
  outOfOrder: z.boolean(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  nextAttemptAt: z.iso.datetime().optional(),
});
export const DeliveriesPage = z.object({ deliveries: z.array(DeliveryView), next: z.string().optional() });

/** How many a filter looks through at once: what is left is on the next page. */
const mostLookedAt = 200;

type Lists = { readonly table: Pick<Table, "get" | "query">; readonly endpoints: EndpointStore };

/** Newest first. A page may hold fewer than asked for, or none, and yet have a `next`: then the filter found no more so far. */
export const listDeliveries =
  (on: Lists): Operation<typeof webhookRoutes.listDeliveries> =>
  async ({ caller, params, query }) => {
    const { id } = await callersEndpoint(on.endpoints, caller, params.id);
    const after = query.after === undefined ? undefined : startIn(id, query.after);
    const page = await on.table.query("webhooks", {
      ...deliveriesOf(id),
      ...between(query),
      descending: true,
      limit: query.status ? mostLookedAt : query.limit,
      ...(after && { after }),
    });
    const read = await Promise.all(page.rows.map((key) => deliveryAt(on.table, key)));
    const found = read.filter((each) => each !== undefined).filter((each) => isAsked(query, each));
    const shown = found.slice(0, query.limit);
    const next = shown.length < found.length ? cursorOf(shown.at(-1)) : cursorIn(page.next);
    return { status: 200, body: { deliveries: shown.map(viewDelivery), next } };
  };

const between = ({ from, to }: DeliveriesQuery) => ({
  ...(from !== undefined && { from }),
  ...(to !== undefined && { to }),
});

const isAsked = ({ status }: DeliveriesQuery, delivery: Delivery): boolean =>
  status === undefined || delivery.status === status;

/** A place in the list, in the open: its time and its event. */
const cursorOf = (delivery: Pick<Delivery, "createdAt" | "eventId"> | undefined): string | undefined =>
  delivery && `${delivery.createdAt}.${delivery.eventId}`;

const cursorIn = (place: Page["next"]): string | undefined =>
  place && cursorOf({ createdAt: Number(place["listAt"]), eventId: place.pk.split("#")[1] ?? "" });

const startIn = (endpointId: string, text: string): Page["next"] => {
  const [, createdAt = "", eventId = ""] = /^(\d{1,15})\.(evt_[\w-]{1,100})$/.exec(text) ?? [];
  if (eventId === "") throw new Refusal("invalid", "There is no such delivery.", { param: "$.after" });
  return placeOf({ endpointId, eventId }, Number(createdAt));
};

export const viewDelivery = (delivery: Delivery): z.infer<typeof DeliveryView> =>
  DeliveryView.parse({
    ...delivery,
    httpStatus: delivery.lastStatus,
    latencyMs: delivery.lastLatencyMs,
    answer: delivery.lastAnswer,
    createdAt: toIso(delivery.createdAt),
    updatedAt: toIso(delivery.updatedAt),
    nextAttemptAt: isFinal(delivery.status) ? undefined : toIso(delivery.nextAt),
  });
