import type { BridgeOrder, BridgeUpdate } from "#functions/fulfillment/bridge-connector.ts";
import type { Unanswered } from "#functions/fulfillment/connection.ts";
import type { DialRequest, DialResult } from "#functions/runtime/outbound.ts";
import { bridgeReceiver } from "#infra/local/demo/bridge-receiver.ts";

/** A store's own shop, to which its orders are sent. */
export type OwnShop = {
  readonly url: string;
  readonly unanswered: Unanswered;
  /** By order: whether it was taken. */
  readonly said: ReadonlyMap<string, boolean>;
  /** Orders whose buyer it was shown. */
  readonly shown: ReadonlySet<string>;
  /** By order: what it was told became of it. */
  readonly heard: ReadonlyMap<string, Pick<BridgeUpdate, "status">>;
  /** Orders whose buyer it is to forget. */
  readonly forgets: ReadonlySet<string>;
  receive(request: DialRequest): Promise<DialResult>;
};

/** A shop behind a bridge: the reference receiver, and what it said of each order. */
export type Bridge = OwnShop & {
  /** Requests that it did not believe, and when. */
  readonly unbelieved: readonly { readonly request: DialRequest; readonly at: number }[];
  /** A further secret that it believes. */
  learn(secret: string): void;
  /** It believes this one and no other. */
  replaceBy(secret: string): void;
};

type Given = {
  readonly url: string;
  readonly unanswered: Unanswered;
  readonly secret: string;
  readonly now: () => number;
  /** Whether it takes an order that it sees for the first time. */
  readonly takes: () => boolean;
};

export const createBridge = ({ url, unanswered, secret, now, takes }: Given): Bridge => {
  const said = new Map<string, boolean>();
  const shown = new Set<string>();
  const forgets = new Set<string>();
  const heard = new Map<string, Pick<BridgeUpdate, "status" | "version">>();
  const unbelieved: { request: DialRequest; at: number }[] = [];
  const secrets = [secret];
  const answer = bridgeReceiver(
    secrets,
    {
      submit_order: async (order) => {
        const { id, contact } = order as Pick<BridgeOrder, "id" | "contact">;
        if (contact) shown.add(id);
        const accepted = said.get(id) ?? takes();
        said.set(id, accepted);
        return accepted ? { accepted } : { accepted, reason: "sold_out" };
      },
      update_order: async (update) => {
        const { id, status, version, erasedAt } = update as BridgeUpdate;
        if (erasedAt !== undefined) forgets.add(id);
        if (version > (heard.get(id)?.version ?? 0)) heard.set(id, { status, version });
        return {};
      },
    },
    now,
  );
  return {
    url,
    unanswered,
    said,
    shown,
    heard,
    forgets,
    unbelieved,
    learn: (another) => void secrets.push(another),
    replaceBy: (another) => void secrets.splice(0, secrets.length, another),
    receive: async (request) => {
      const { pathname, search } = new URL(request.url);
      const { method, headers, body = "" } = request;
      const asked = { method, target: `${pathname}${search}`, headers, body: Buffer.from(body) };
      const { status, body: text, headers: signed } = await answer(asked);
      if (status === 401) unbelieved.push({ request, at: now() });
      return {
        answered: true,
        status,
        headers: signed,
        body: new Uint8Array(Buffer.from(text)),
      };
    },
  };
};
