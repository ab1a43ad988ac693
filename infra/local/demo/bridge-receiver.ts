import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { buffer } from "node:stream/consumers";

/** `target`: path and parameters as they came, undecoded. */
type Asked = { method: string; target: string; headers: IncomingHttpHeaders; body: Buffer };
type Said = { status: number; body: string; signature?: string };
/** The order may come twice: keep it under its `id`, and say the same again. */
type SubmitOrder = (order: { id: string }) => Promise<{ accepted: boolean; [more: string]: unknown }>;

/** A shop's side of the bridge, with nothing but Node: copy it. While a secret is replaced, both are valid. */
export const bridgeReceiver = (secrets: readonly string[], submitOrder: SubmitOrder, now = Date.now) => {
  const isTimely = timeliness(now);
  return async (asked: Asked): Promise<Said> => {
    const secret = secrets.find((known) => isSigned(known, asked));
    if (!secret || !isTimely(asked.headers)) return { status: 401, body: "" };
    const isOrder = /[?&]action=submit_order(&|$)/.test(asked.target);
    const answer = isOrder ? await submitOrder(JSON.parse(String(asked.body)).order) : unknownAction;
    const [status, body] = [isOrder ? 200 : 404, JSON.stringify(answer)];
    const lines = [asked.headers["bridge-nonce"], status, sha256(body)];
    return { status, body, signature: sign(secret, "answer", lines) };
  };
};
const unknownAction = { error: "unknown_action" };

const isSigned = (secret: string, { method, target, headers, body }: Asked): boolean => {
  const [path, query = ""] = target.split(/\?(.+)/s);
  const parameters = query.split("&").sort().join("&");
  const [timestamp, nonce] = [headers["bridge-timestamp"], headers["bridge-nonce"]];
  const lines = [method, path, parameters, sha256(body), timestamp, nonce];
  const ours = Buffer.from(sign(secret, "request", lines));
  const given = Buffer.from(String(headers["bridge-signature"]));
  return ours.length === given.length && timingSafeEqual(ours, given);
};

/** Five minutes either way, and once. Where several processes answer: a table with the nonce as its key. */
const timeliness = (now: () => number) => {
  const nonces = new Map<string, number>();
  return ({ "bridge-timestamp": timestamp, "bridge-nonce": nonce }: IncomingHttpHeaders): boolean => {
    for (const [old, at] of nonces) if (at < now() - 600_000) nonces.delete(old);
    const isTimely = Math.abs(now() / 1_000 - Number(timestamp)) <= 300 && !nonces.has(String(nonce));
    nonces.set(String(nonce), now());
    return isTimely;
  };
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
    const { status, body, signature = "" } = await answer(asked).catch(() => failed);
    response.writeHead(status, { "bridge-signature": signature }).end(body);
  });
const failed: Said = { status: 500, body: "" };
