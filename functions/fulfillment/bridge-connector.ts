import { z } from "zod";
import type { Order } from "#functions/order/order.ts";
import { OrderView, viewPlainly } from "#functions/order/order-view.ts";
import { openPersonal } from "#functions/order/personal-view.ts";
import type { Envelope, StoreSeal } from "#functions/privacy/envelope.ts";
import type { Dial, DialResult } from "#functions/runtime/outbound.ts";
import { type Clock, seconds } from "#functions/values/clock.ts";
import type { RandomBytes } from "#functions/values/id.ts";
import { newNonce, signRequest, verifyAnswer } from "./bridge.ts";
import { type Connection, secretPurpose } from "./connection.ts";
import type { Connector, Submission } from "./connector.ts";

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

/** The whole exchange, within the step's ten seconds. */
const timeoutMs = seconds(6);
const maxResponseBytes = 4_096;

type Submits = {
  readonly dial: Dial;
  readonly envelope: Pick<Envelope, "open">;
  readonly seal: Pick<StoreSeal, "unsealForStore">;
  readonly now: Clock;
  readonly random: RandomBytes;
};

/** A store's own shop behind a bridge. Only what the shop has signed for this very request was said by it. */
export const bridgeConnector = (on: Submits): Connector => ({
  submit: submitToBridge(on),
  tell: tellBridge(on),
});

/** With its buyer. Without a yes or no it stays unknown, and is sent again, with the same id. */
const submitToBridge =
  (on: Submits): Connector["submit"] =>
  async (order, connection) => {
    const personal = await openPersonal(on, order);
    // Frozen: it is only stored until that is over.
    if (personal?.isRestricted) return unknown("customer_restricted");
    const { contact = null, notes } = personal ?? {};
    const told = BridgeOrder.parse({ ...viewPlainly(order), contact, ...(notes && { notes }) });
    const { answer, verified } = await asked(on, connection, "submit_order", told);
    if (!answer.answered) return unknown("store_unreachable");
    return verified(answer) ? understood(answer) : unknown("store_not_verified");
  };

/** A shop that does not know the action says so, and wants to hear nothing. */
const tellBridge =
  (on: Submits): Connector["tell"] =>
  async ({ id, status, version, cancelReason }, connection) => {
    const told: BridgeUpdate = {
      id,
      status,
      version,
      ...(status === "canceled" && { reason: cancelReason }),
    };
    const { answer, verified } = await asked(on, connection, "update_order", told);
    return answer.answered && verified(answer) && (answer.status === 200 || answer.status === 404);
  };

/** `version` rises: what comes late says less than what came. */
export type BridgeUpdate = Pick<Order, "id" | "status" | "version"> & { reason?: string | undefined };

type Answered = DialResult & { readonly answered: true };
export type BridgeAction = "submit_order" | "update_order";

const asked = async (on: Submits, connection: Connection, action: BridgeAction, order: object) => {
  const body = JSON.stringify({ order });
  const { url, headers, verified } = await signed(on, connection, action, body);
  const answer = await on.dial({ url, method: "POST", headers, body, timeoutMs, maxResponseBytes });
  return { answer, verified };
};

const signed = async (on: Submits, connection: Connection, action: BridgeAction, body: string) => {
  const { storeId, sealedSecret } = connection;
  const opened = await on.seal.unsealForStore(storeId, secretPurpose(connection), sealedSecret);
  const secret = Buffer.from(opened).toString("utf8");
  const nonce = newNonce(on.random);
  const url = bridgeUrl(connection.url, action);
  const headers = signRequest(secret, { method: "POST", url, body, at: on.now(), nonce });
  return {
    url: url.href,
    headers: { ...headers, "content-type": "application/json" },
    verified: ({ status, headers: { "bridge-signature": signature }, body: said }: Answered) =>
      verifyAnswer(secret, nonce, { status, signature, body: said }),
  };
};

export const bridgeUrl = (url: string, action: BridgeAction): URL => {
  const full = new URL(url);
  full.search = full.search === "" ? `?action=${action}` : `${full.search}&action=${action}`;
  return full;
};

const understood = ({ status, body }: Answered): Submission => {
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
