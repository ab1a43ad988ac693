import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { buffer } from "node:stream/consumers";

/** `target`: path and parameters as they came, undecoded. */
type Asked = { method: string; target: string; headers: IncomingHttpHeaders; body: Buffer };
type Said = { status: number; body: string; headers: Record<string, string> };
/** Make an order of it, once for each `id`, and say the same again: `{ accepted: true }` or `false`. */
type SubmitOrder = (order: { id: string }) => Promise<object>;
/** `confirmed`: ship it; `canceled`: also of one that never came; with an `erasedAt`: forget its buyer. */
type UpdateOrder = (order: { id: string }) => Promise<object>;
type Shop = { submit_order: SubmitOrder; update_order?: UpdateOrder };

/** Which receiver this is: each answer says so, and whoever copied an old one hears of it. */
const version = "node/2";

/** A shop's side of the bridge, with nothing but Node: copy it. While a secret is replaced, both are valid. */
export const bridgeReceiver = (secrets: readonly string[], shop: Shop, now = Date.now) => {
  const nonces = new Map<string, number>();
  /** Five minutes either way, and once. Where several processes answer: a table with the nonce as its key. */
  const isTimely = ({ "bridge-timestamp": timestamp, "bridge-nonce": nonce }: IncomingHttpHeaders) => {
    for (const [old, at] of nonces) if (at < now() - 600_000) nonces.delete(old);
    const isFirst = !nonces.has(String(nonce)) && nonces.set(String(nonce), now());
    return isFirst && Math.abs(now() / 1_000 - Number(timestamp)) <= 300;
  };
  return async (asked: Asked): Promise<Said> => {
    const secret = secrets.find((known) => isSigned(known, asked));
    if (!secret || !isTimely(asked.headers)) return { status: 401, body: "", headers: {} };
    const [, action] = /[?&]action=(submit_order|update_order)(?:&|$)/.exec(asked.target) ?? [];
    const answer = await shop[action as keyof Shop]?.(JSON.parse(String(asked.body)).order);
    const [status, body] = [answer ? 200 : 404, JSON.stringify(answer ?? { error: "unknown_action" })];
    const signature = sign(secret, "answer", [asked.headers["bridge-nonce"], status, sha256(body), version]);
    return { status, body, headers: { "bridge-signature": signature, "bridge-version": version } };
  };
};

const isSigned = (secret: string, { method, target, headers, body }: Asked): boolean => {
  const [path, query = ""] = target.split(/\?(.+)/s);
  const parameters = query.split("&").sort().join("&");
  const [timestamp, nonce] = [headers["bridge-timestamp"], headers["bridge-nonce"]];
  const ours = sign(secret, "request", [method, path, parameters, sha256(body), timestamp, nonce]);
  const isOurs = (one: string) => timingSafeEqual(Buffer.from(sha256(one)), Buffer.from(sha256(ours)));
  return String(headers["bridge-signature"]).split(",").some(isOurs);
};

const sha256 = (bytes: string | Buffer) => createHash("sha256").update(bytes).digest("hex");
const sign = (secret: string, direction: "request" | "answer", lines: readonly unknown[]): string => {
  const bytes = Buffer.from(secret.replace("brsec_", ""), "hex");
  const key = Buffer.from(hkdfSync("sha256", bytes, "", `agentic-checkout bridge v1 ${direction}`, 32));
  return `v1=${createHmac("sha256", key).update(lines.join("\n")).digest("hex")}`;
};

export const serveBridge = (answer: ReturnType<typeof bridgeReceiver>): Server =>
  createServer(async (request, response) => {
    const { method = "", url: target = "", headers } = request;
    const asked = { method, target, headers, body: await buffer(request) };
    const failed = { status: 500, body: "", headers: {} };
    const { status, body, headers: signed } = await answer(asked).catch(() => failed);
    response.writeHead(status, signed).end(body);
  });
