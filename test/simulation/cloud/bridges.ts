import { submissionUrl } from "#functions/fulfillment/submit-to-bridge.ts";
import type { DialRequest, DialResult } from "#functions/runtime/outbound.ts";
import { bridgeReceiver } from "#infra/local/demo/bridge-receiver.ts";

/** A shop behind a bridge: the reference receiver, and what it said of each order. */
export type Bridge = {
  readonly url: string;
  /** By order: whether it was taken. */
  readonly said: ReadonlyMap<string, boolean>;
  /** Requests that it did not believe. */
  readonly unbelieved: readonly DialRequest[];
  receive(request: DialRequest): Promise<DialResult>;
};

type Given = {
  readonly url: string;
  readonly secret: string;
  readonly now: () => number;
  /** Whether it takes an order that it sees for the first time. */
  readonly takes: () => boolean;
};

export const createBridge = ({ url, secret, now, takes }: Given): Bridge => {
  const said = new Map<string, boolean>();
  const unbelieved: DialRequest[] = [];
  const answer = bridgeReceiver(
    [secret],
    async ({ id }) => {
      const accepted = said.get(id) ?? takes();
      said.set(id, accepted);
      return accepted ? { accepted } : { accepted, reason: "sold_out" };
    },
    now,
  );
  return {
    url: submissionUrl(url).href,
    said,
    unbelieved,
    receive: async (request) => {
      const { pathname, search } = new URL(request.url);
      const { method, headers, body = "" } = request;
      const asked = { method, target: `${pathname}${search}`, headers, body: Buffer.from(body) };
      const { status, body: text, signature } = await answer(asked);
      if (status === 401) unbelieved.push(request);
      return {
        answered: true,
        status,
        headers: { "bridge-signature": signature },
        body: new Uint8Array(Buffer.from(text)),
      };
    },
  };
};
