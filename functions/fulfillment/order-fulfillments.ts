import { z } from "zod";
import { Line } from "#functions/checkout/contents.ts";
import { mayNotShip } from "#functions/order/dispute.ts";
import { goesBack, moved as movedOrder, type Order } from "#functions/order/order.ts";
import { owedOf } from "#functions/order/progress.ts";
import { type Instant, minutes } from "#functions/values/clock.ts";
import { distinct } from "#functions/values/distinct.ts";
import { Refusal } from "#functions/values/refusal.ts";
import {
  type Fulfillment,
  type FulfillmentEvent,
  linesOf,
  movable,
  PieceStatus,
  statusOf,
} from "./fulfillment.ts";

const lines = z
  .array(z.strictObject(Line.shape))
  .min(1)
  .max(40)
  .check(distinct("productId", ({ productId }) => productId));

/** What somebody wrote leads to a person more often than not, so there is no room for it. */
const told = {
  /** Left out: all that it can be about. */
  lines: lines.optional(),
  tracking: z
    .strictObject({
      carrier: z
        .string()
        .regex(/^[\p{L}\d][\p{L}\d .&+-]{0,39}$/u, { error: "must be a carrier's name" })
        .optional(),
      number: z
        .string()
        .regex(/^[A-Za-z\d][A-Za-z\d ._/-]{0,63}$/, { error: "must be a carrier's number" })
        .optional(),
      /** Agents show it to buyers, so it must lead where it seems to: https, and no user before the host. */
      url: z
        .string()
        .max(2_048)
        .regex(/^https:\/\/[a-z\d][a-z\d.-]*(?:[/?#][!-~]*)?$/i, { error: "must be an https URL" })
        .optional(),
    })
    .optional(),
  /** Left out: now. */
  occurredAt: z.iso.datetime({ offset: true }).optional(),
};

export const NewFulfillment = z.strictObject({
  /** `processing`: it is being packed, and its pieces are taken up. */
  status: z.enum(["processing", "shipped"]).default("shipped"),
  ...told,
});
export type NewFulfillment = z.infer<typeof NewFulfillment>;

export const NewFulfillmentEvent = z.strictObject({
  type: PieceStatus.exclude(["processing"]),
  ...told,
});
export type NewFulfillmentEvent = z.infer<typeof NewFulfillmentEvent>;

/** They live in the order's row, which DynamoDB bounds. */
const limits = { fulfillments: 100, events: 20, lines: 1_000 } as const;

/** The order with one more fulfillment; refused where it would send what nobody is owed. */
export const withFulfillment = (order: Order, body: NewFulfillment, now: Instant): Order => {
  refuseUnsendable(order);
  const owed = order.quote.lines.flatMap((line) => {
    const quantity = owedOf(order, line);
    return quantity === 0 ? [] : [{ productId: line.productId, quantity }];
  });
  const event = eventOf(body.status, body, chosen(body.lines, owed, "still to be sent"), { order, now });
  refuseTooMany(order, event);
  const number = order.fulfillments.length + 1;
  return changed(order, [...order.fulfillments, { number, events: [event] }], now);
};

/** The order with what became of a fulfillment, or of some of its pieces. */
export const withEvent = (order: Order, number: number, body: NewFulfillmentEvent, now: Instant): Order => {
  const fulfillment = order.fulfillments.find((each) => each.number === number);
  if (!fulfillment) throw new Refusal("not_found", "The order has no such fulfillment.");
  const possible = linesOf(fulfillment).flatMap(({ productId }) => {
    const { all } = movable(fulfillment, productId, body.type);
    return all === 0 ? [] : [{ productId, quantity: all }];
  });
  const what = `of it that can be ${body.type}, it is ${statusOf(fulfillment)}`;
  const event = eventOf(body.type, body, chosen(body.lines, possible, what), { order, now });
  if (leaves(fulfillment, event)) refuseUnsendable(order);
  refuseTooMany(order, event, fulfillment);
  const after = { number, events: [...fulfillment.events, event] };
  return changed(
    order,
    order.fulfillments.map((each) => (each === fulfillment ? after : each)),
    now,
  );
};

/** What is under way already a bank stops no more; what it did there must be told, the bank asks for it. */
const leaves = (fulfillment: Fulfillment, { type, lines }: FulfillmentEvent): boolean =>
  (type === "shipped" || type === "delivered") &&
  lines.some(({ productId, quantity }) => {
    const { all, unsent } = movable(fulfillment, productId, type);
    return quantity > all - unsent;
  });

const refuseUnsendable = (order: Order): void => {
  if (goesBack(order)) throw new Refusal("conflict", `The order is ${order.status}: nothing is sent for it.`);
  if (order.status !== "confirmed")
    throw new Refusal("conflict", "The order is not confirmed yet: nothing is sent before it is paid.");
  if (mayNotShip(order))
    throw new Refusal("order_disputed", "The buyer's bank questions the payment: send nothing.");
};

const chosen = (asked: readonly Line[] | undefined, possible: readonly Line[], what: string): Line[] => {
  if (possible.length === 0) throw new Refusal("conflict", `There is nothing ${what}.`);
  for (const [index, { productId, quantity }] of (asked ?? []).entries()) {
    const most = possible.find((line) => line.productId === productId)?.quantity ?? 0;
    if (quantity <= most) continue;
    const param = `$.lines[${index}].quantity`;
    throw new Refusal("conflict", `${param}: there are ${most} pieces ${what}, got ${quantity}.`, { param });
  }
  return [...(asked ?? possible)];
};

/** A clock that is a little fast is no mistake. */
const tolerance = minutes(5);

const eventOf = (
  type: PieceStatus,
  { tracking, occurredAt }: Pick<NewFulfillment, "tracking" | "occurredAt">,
  lines: Line[],
  { order, now }: { order: Order; now: Instant },
): FulfillmentEvent => {
  const at = occurredAt === undefined ? now : Date.parse(occurredAt);
  if (at > now + tolerance || at < order.createdAt - tolerance)
    throw new Refusal("invalid", "$.occurredAt: must be between the order's beginning and now.", {
      param: "$.occurredAt",
    });
  // Whose buyer was erased has no parcel that leads to them, whoever tells of one later.
  const isKept = tracking !== undefined && order.erasedAt === undefined;
  return { type, lines, at: Math.min(at, now), ...(isKept && { tracking }) };
};

const refuseTooMany = ({ fulfillments }: Order, event: FulfillmentEvent, fulfillment?: Fulfillment): void => {
  const kept = fulfillments.flatMap(({ events }) => events).reduce((sum, each) => sum + each.lines.length, 0);
  const isTooMany = fulfillment
    ? fulfillment.events.length >= limits.events
    : fulfillments.length >= limits.fulfillments;
  if (isTooMany || kept + event.lines.length > limits.lines)
    throw new Refusal(
      "limit_exceeded",
      `An order has at most ${limits.fulfillments} fulfillments of ${limits.events} events.`,
    );
};

const changed = (order: Order, fulfillments: Fulfillment[], now: Instant): Order =>
  movedOrder(order, order.status, now, { fulfillments, version: order.version + 1 });
