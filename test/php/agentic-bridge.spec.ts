import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newNonce, signRequest, verifyAnswer } from "#functions/fulfillment/bridge.ts";
import vectors from "#functions/fulfillment/bridge-vectors.json" with { type: "json" };
import { outbound } from "#functions/runtime/outbound.ts";
import { seed } from "../effort.ts";
import { seededBytes } from "../fakes/memory-platform.ts";
import { aTampering, type OnTheWire, secret } from "../fulfillment/tampering.ts";

const shop = join(import.meta.dirname, "wordpress.php");
const folder = mkdtempSync(join(tmpdir(), "agentic-bridge-"));

beforeAll(() => {
  if (spawnSync("php", ["--version"]).status === 0) return;
  throw new Error("this needs PHP 8 or newer; on Debian: apt-get install -y --no-install-recommends php-cli");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A shop that has seen nothing yet: nonces and orders are files in folders of its own. */
const aShop = (secrets: string) => {
  const own = mkdtempSync(join(folder, "shop-"));
  const orders = join(own, "orders");
  mkdirSync(orders);
  const env: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    TMPDIR: own,
    BRIDGE_ORDERS: orders,
    BRIDGE_SECRETS: secrets,
  };
  const written = () => readdirSync(own).filter((name) => name !== "orders");
  return { env, written, orders: () => readdirSync(orders).length };
};

type Asked = OnTheWire & { readonly now: number };
type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What PHP says to each request, one after the other. */
const answersOf = (requests: readonly Asked[], secrets: string, env = aShop(secrets).env): Answer[] => {
  const base64 = (text: string) => Buffer.from(text, "latin1").toString("base64");
  const input = requests.map(({ headers, ...request }) => ({
    ...request,
    target: base64(request.target),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, base64(value)])),
    body: request.body.toString("base64"),
  }));
  const given = { input: JSON.stringify(input), env, maxBuffer: 2 ** 28 };
  return JSON.parse(String(execFileSync("php", [shop], given)));
};

test.each(vectors.requests)("published vector: $name", (vector) => {
  const { method, target, body, timestamp, nonce, signature, now, verdict } = vector;
  const headers = { "bridge-timestamp": timestamp, "bridge-nonce": nonce, "bridge-signature": signature };
  const [answer] = answersOf([{ method, target, headers, body: Buffer.from(body), now }], vectors.secret);
  expect(answer?.status === 401 ? "refused" : "accepted").toBe(verdict);
});

test("of what was changed on its way nothing is let in, and what was sent is, once", () => {
  const sampled = fc.sample(aTampering, { numRuns: 1_000, seed: seed(55) });
  const samples = [...new Map(sampled.map((sample) => [sample.request.nonce, sample])).values()];
  const requests = samples.flatMap(({ request, wire, tampered }) =>
    [...tampered, wire, wire].map((each) => ({ ...each, now: Math.floor(request.at / 1_000) })),
  );
  const answers = answersOf(requests, secret);
  for (const { request, tampered } of samples) {
    const [again, first, ...changed] = answers.splice(0, tampered.length + 2).reverse();
    expect([again, ...changed].map((answer) => answer?.status)).toEqual([again, ...changed].map(() => 401));
    const { status, headers, body } = first as Answer;
    const { "Bridge-Signature": signature, "Bridge-Version": version } = headers;
    const said = { status, signature, version, body: Buffer.from(body) };
    expect(verifyAnswer([secret], request.nonce, said)).toBe(true);
  }
  expect(requests.length).toBeGreaterThan(5_000);
});

test("whoever deletes the plugin is rid of all that it wrote", () => {
  const { env, written } = aShop(secret);
  const [sample] = fc.sample(aTampering, { numRuns: 1, seed: seed(56) });
  if (!sample) throw new Error("no request");
  const asked = [{ ...sample.wire, now: Math.floor(sample.request.at / 1_000) }];
  expect(answersOf(asked, secret, env)[0]?.status).not.toBe(401);
  expect(written()).toHaveLength(1);
  answersOf([], secret, { ...env, BRIDGE_UNINSTALL: "1" });
  expect(written()).toEqual([]);
});

test("a WordPress shop takes an order once, however often it is sent, and says the same", async () => {
  const { env, orders } = aShop(secret);
  const port = await aFreePort();
  const server = spawn("php", ["-S", `127.0.0.1:${port}`, shop], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    for await (const line of createInterface(server.stderr)) if (line.includes("started")) break;
    const url = (action: string) => new URL(`http://127.0.0.1:${port}/?agentic_bridge=1&action=${action}`);
    const random = seededBytes(8);
    const ask = (action: string, order: object) =>
      call(url(action), JSON.stringify({ order }), newNonce(random));
    const submit = (order: object) => ask("submit_order", order);
    const order = { id: "ord_1", buyer: { name: "Zoë O'Hara" } };
    const first = await submit(order);
    expect(first).toMatchObject({ accepted: true, reference: "Zoë O'Hara" });
    expect(await submit(order)).toEqual(first);
    expect(await submit({ ...order, id: "ord_2" })).not.toEqual(first);
    expect(orders()).toBe(2);
    expect(await ask("update_order", { id: "ord_1", status: "canceled" })).toEqual({ heard: "canceled" });
    expect(await ask("drop_order", { id: "ord_1" })).toEqual({ error: "unknown_action" });
  } finally {
    server.kill();
    await once(server, "exit");
  }
});

const call = async (url: URL, body: string, nonce: string): Promise<unknown> => {
  const headers = signRequest([secret], { method: "POST", url, body, at: Date.now(), nonce });
  const request = { url: url.href, method: "POST", headers, body } as const;
  const answer = await outbound("loopback")({ ...request, timeoutMs: 10_000, maxResponseBytes: 65_536 });
  if (!answer.answered) throw new Error(answer.reason);
  const { "bridge-signature": signature, "bridge-version": version } = answer.headers;
  expect(version).toBe("php/2");
  expect(verifyAnswer([secret], nonce, { ...answer, signature, version })).toBe(true);
  return JSON.parse(Buffer.from(answer.body).toString());
};

const aFreePort = async (): Promise<number> => {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as { port: number };
  probe.close();
  return port;
};
