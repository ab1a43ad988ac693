import { z } from "zod";
import type { Order } from "#functions/order/order.ts";
import { OrderView, viewPlainly } from "#functions/order/order-view.ts";
import { openPersonal } from "#functions/order/personal-view.ts";
import type { Envelope } from "#functions/privacy/envelope.ts";
import { toIso } from "#functions/values/clock.ts";
import { type AsksBridge, askBridge, type Said } from "./ask-bridge.ts";
import type { Connection } from "./connection.ts";
import { type Connector, overtaken, type Submission, type Way } from "./connector.ts";
import { type Receivers, standingOf } from "./receiver.ts";

/** An order as a shop gets it, the same to the byte as often as it is sent. */
export const BridgeOrder = OrderView.pick({
  id: true,
  number: true,
  livemode: true,
  currency: true,
  total: true,
  lines: true,
  totals: true,
  fulfillmentOptionId: true,
  permalinkUrl: true,
  contact: true,
  notes: true,
  createdAt: true,
});
export type BridgeOrder = z.infer<typeof BridgeOrder>;

/** What a shop says to an order; `reason` is a code, never somebody's words: agents and integrations hear it. */
export const BridgeAnswer = z.discriminatedUnion("accepted", [
  z.object({ accepted: z.literal(true) }),
  z.object({
    accepted: z.literal(false),
    reason: z
      .string()
      .regex(/^[a-z][a-z_]{0,39}$/)
      .catch("store_refused")
      .default("store_refused"),
  }),
]);

type Submits = AsksBridge & {
  readonly envelope: Pick<Envelope, "open">;
  readonly receivers: Receivers;
};

/** A store's own shop behind a bridge. Only what the shop has signed for this very request was said by it. */
export const bridgeConnector = (on: Submits): Connector => ({
  submit: submitToBridge(on),
  tell: tellBridge(on),
});

/** With its buyer. Without a yes or no it stays unknown, and is sent again, with the same id. */
const submitToBridge =
  (on: Submits): Connector["submit"] =>
  async (order, way) => {
    const personal = await openPersonal(on, order);
    // Frozen: it is only stored until that is over.
    if (personal?.isRestricted) return unknown("customer_restricted");
    const { contact = null, notes } = personal ?? {};
    const told = BridgeOrder.parse({ ...viewPlainly(order), contact, ...(notes && { notes }) });
    return submitted(on, way, told);
  };

/** No buyer is sent to a receiver that is known to leak: it is greeted first, which it does not know and answers to. */
const submitted = async (
  on: Submits,
  { connection, shows }: Way,
  order: BridgeOrder,
): Promise<Submission> => {
  const greeted = isRefused(on, connection) ? await askBridge(on)(connection, "greet", {}) : connection;
  if (typeof greeted === "string") return unknown(greeted);
  if (isRefused(on, greeted)) return unknown("store_receiver_refused");
  if (order.contact && !(await shows())) return overtaken;
  const said = await askBridge(on)(connection, "submit_order", order);
  if (typeof said === "string") return unknown(said);
  return isRefused(on, said) ? unknown("store_receiver_refused") : understood(said);
};

const isRefused = ({ receivers, now }: Submits, { receiver }: Pick<Connection, "receiver">): boolean =>
  receiver !== undefined && standingOf(receiver, now(), receivers).status === "refused";

/**
 * A shop that does not know the action says so, and wants to hear nothing. One whose receiver is refused by now hears
 * what became of what it took.
 */
const tellBridge =
  (on: Submits): Connector["tell"] =>
  async ({ id, status, version, cancelReason, erasedAt }, connection) => {
    const told: BridgeUpdate = {
      id,
      status,
      version,
      ...(status === "canceled" && { reason: cancelReason }),
      ...(erasedAt !== undefined && { erasedAt: toIso(erasedAt) }),
    };
    const said = await askBridge(on)(connection, "update_order", told);
    return typeof said !== "string" && (said.status === 200 || said.status === 404);
  };

/** `version` rises: what comes late says less than what came. `erasedAt`: its buyer is to be forgotten there, too. */
export type BridgeUpdate = Pick<Order, "id" | "status" | "version"> & {
  reason?: string | undefined;
  erasedAt?: string;
};

const understood = ({ status, body }: Said): Submission => {
  const said = status === 200 ? BridgeAnswer.safeParse(parsed(body)).data : undefined;
  if (!said) return unknown("store_not_understood");
  return said.accepted ? { submission: "accepted" } : { submission: "refused", reason: said.reason };
};

const parsed = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch {
    return undefined;
  }
};

const unknown = (reason: string): Submission => ({ submission: "unknown", reason });
