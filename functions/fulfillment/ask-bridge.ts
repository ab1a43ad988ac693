import type { StoreSeal } from "#functions/privacy/envelope.ts";
import type { Dial, DialResult } from "#functions/runtime/outbound.ts";
import { type Table, tryCommit } from "#functions/runtime/table.ts";
import { type Clock, seconds } from "#functions/values/clock.ts";
import type { RandomBytes } from "#functions/values/id.ts";
import { newNonce, signRequest, verifyAnswer } from "./bridge.ts";
import { notedReceiver } from "./connection.store.ts";
import type { Connection } from "./connection.ts";
import { live, openSecret } from "./connection-secret.ts";
import { Receiver } from "./receiver.ts";

export type AsksBridge = {
  readonly dial: Dial;
  readonly seal: Pick<StoreSeal, "unsealForStore">;
  readonly table: Pick<Table, "commit">;
  readonly now: Clock;
  readonly random: RandomBytes;
};

/** The whole exchange, within the step's ten seconds; a greeting before it. */
const timeouts = { order: seconds(6), greeting: seconds(2) } as const;
const maxResponseBytes = 4_096;

type Answered = DialResult & { readonly answered: true };
type BridgeAction = "submit_order" | "update_order" | "greet";
export type Said = Answered & { readonly receiver: Receiver };
type Unsaid = "store_unreachable" | "store_not_verified";

/** What the shop said, by one of its secrets, or why nobody said anything. Which receiver it has is kept. */
export const askBridge =
  (on: AsksBridge) =>
  async (connection: Connection, action: BridgeAction, order: object): Promise<Said | Unsaid> => {
    const body = JSON.stringify({ order });
    const { url, headers, verified } = await signed(on, connection, action, body);
    const timeoutMs = action === "greet" ? timeouts.greeting : timeouts.order;
    const answer = await on.dial({ url, method: "POST", headers, body, timeoutMs, maxResponseBytes });
    if (!answer.answered) return "store_unreachable";
    if (!verified(answer)) return "store_not_verified";
    const receiver = Receiver.parse(answer.headers["bridge-version"]);
    // Whoever has replaced the connection meanwhile loses nothing by it.
    if (receiver !== connection.receiver) await tryCommit(on.table, [notedReceiver(connection, receiver)]);
    return { ...answer, receiver };
  };

const signed = async (on: AsksBridge, connection: Connection, action: BridgeAction, body: string) => {
  const at = on.now();
  const secrets = await Promise.all(
    live(connection.secrets, at).map((secret) => openSecret(on, connection.storeId, secret)),
  );
  const nonce = newNonce(on.random);
  const url = bridgeUrl(connection.url, action);
  const headers = signRequest(secrets, { method: "POST", url, body, at, nonce });
  return {
    url: url.href,
    headers: { ...headers, "content-type": "application/json" },
    verified: ({ status, headers: given, body: said }: Answered) =>
      verifyAnswer(secrets, nonce, {
        status,
        signature: given["bridge-signature"],
        version: given["bridge-version"],
        body: said,
      }),
  };
};

const bridgeUrl = (url: string, action: BridgeAction): URL => {
  const full = new URL(url);
  full.search = full.search === "" ? `?action=${action}` : `${full.search}&action=${action}`;
  return full;
};
