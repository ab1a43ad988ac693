import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { registerEndpoint } from "#infra/local/demo/endpoint.ts";
import { storeOn } from "./store.ts";

export type Heard = {
  readonly id: string;
  readonly type: string;
  readonly body: {
    readonly subject?: string;
    readonly timestamp?: string;
    readonly data: Record<string, unknown>;
  };
  readonly headers: IncomingHttpHeaders;
};

/** An integration's receiver. It answers as it is told, its first test with the challenge, and trusts nothing but a signature. */
export const receive = async (answers: number[] = [], overheard: unknown[] = []) => {
  const heard: Heard[] = [];
  const refused: number[] = [];
  let secret = "";
  let isProven = false;
  const answer = (body: string, headers: IncomingHttpHeaders): [number, string?] => {
    const said = JSON.parse(body) as { type: string; data: { challenge?: string } };
    if (said.type === "endpoint.tested" && !isProven) {
      isProven = true;
      return [200, JSON.stringify({ challenge: said.data.challenge })];
    }
    const status = answers.shift() ?? 204;
    const told = { id: String(headers["webhook-id"]), type: said.type, headers };
    if (status < 300) heard.push({ ...told, body: said as unknown as Heard["body"] });
    else refused.push(status);
    return [status];
  };
  const server = createServer(async (request, response) => {
    const body = await text(request);
    overheard.push({ body, headers: request.headers });
    const isOurs = isSigned(secret, request.headers, body);
    const [status, said] = isOurs ? answer(body, request.headers) : [401];
    response.writeHead(status).end(said);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`,
    trust: (given: string) => {
      secret = given;
    },
    heard,
    /** What it answered otherwise. */
    refused,
    types: () => heard.map(({ type }) => type),
    typesOf: (orderId: string) =>
      heard.filter(({ body }) => body.subject === orderId).map(({ type }) => type),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

/** The sender's clock may be ahead in a story, so the signature is made again at its own time and compared. */
const isSigned = (secret: string, headers: IncomingHttpHeaders, body: string): boolean => {
  const acp = /^t=(\d+),v1=([\da-f]+)$/.exec(String(headers["merchant-signature"]));
  if (acp) return createHmac("sha256", secret).update(`${acp[1]}.${body}`).digest("hex") === acp[2];
  const at = new Date(Number(headers["webhook-timestamp"]) * 1_000);
  const signed = new Webhook(secret).sign(String(headers["webhook-id"]), at, body);
  return String(headers["webhook-signature"]).split(" ").includes(signed);
};

type On = {
  readonly storeApi: string;
  readonly shop: { readonly adminKey: string };
  readonly overheard?: unknown[];
};

/** An endpoint of the shop with a receiver behind it. */
export const openEndpoint = async (
  { storeApi, shop, overheard }: On,
  body: object = {},
  answers: number[] = [],
) => {
  const receiver = await receive(answers, overheard);
  const owner = { storeApi, adminKey: shop.adminKey };
  const endpoint = await registerEndpoint(owner, { url: receiver.url, ...body }, receiver.trust);
  const { webhooks } = storeOn(storeApi, shop.adminKey);
  return {
    ...receiver,
    id: endpoint.id,
    secret: endpoint.secret,
    hangUp: receiver.close,
    seen: () => webhooks.getEndpoint(endpoint.id),
    /** Takes itself off the store's list, too. */
    close: async () => {
      await webhooks.removeEndpoint(endpoint.id);
      receiver.close();
    },
  };
};
