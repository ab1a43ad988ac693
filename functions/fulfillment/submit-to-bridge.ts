import { z } from "zod";
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

/**
 * Sends the order with its buyer to the store's own shop. Only an answer that the shop has signed for this very request
 * says yes or no; all else leaves it unknown, and the order is sent again, with the same id.
 */
export const submitToBridge =
  (on: Submits): Connector =>
  async (order, connection) => {
    const personal = await openPersonal(on, order);
    // Frozen: it is only stored until that is over.
    if (personal?.isRestricted) return unknown("customer_restricted");
    const { contact = null, notes } = personal ?? {};
    const told = BridgeOrder.parse({ ...viewPlainly(order), contact, ...(notes && { notes }) });
    const body = JSON.stringify({ order: told });
    const { url, headers, verified } = await signed(on, connection, body);
    const answer = await on.dial({ url, method: "POST", headers, body, timeoutMs, maxResponseBytes });
    if (!answer.answered) return unknown("store_unreachable");
    return verified(answer) ? understood(answer) : unknown("store_not_verified");
  };

type Answered = DialResult & { readonly answered: true };

const signed = async (on: Submits, connection: Connection, body: string) => {
  const { storeId, sealedSecret } = connection;
  const opened = await on.seal.unsealForStore(storeId, secretPurpose(connection), sealedSecret);
  const secret = Buffer.from(opened).toString("utf8");
  const nonce = newNonce(on.random);
  const url = submissionUrl(connection.url);
  const headers = signRequest(secret, { method: "POST", url, body, at: on.now(), nonce });
  return {
    url: url.href,
    headers: { ...headers, "content-type": "application/json" },
    verified: ({ status, headers: { "bridge-signature": signature }, body: said }: Answered) =>
      verifyAnswer(secret, nonce, { status, signature, body: said }),
  };
};

export const submissionUrl = (url: string): URL => {
  const full = new URL(url);
  full.search = full.search === "" ? "?action=submit_order" : `${full.search}&action=submit_order`;
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
