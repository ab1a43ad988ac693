import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isSignable, newNonce, signRequest, verifyAnswer } from "#functions/fulfillment/bridge.ts";
import vectors from "#functions/fulfillment/bridge-vectors.json" with { type: "json" };
import { outbound } from "#functions/runtime/outbound.ts";
import { bridgeReceiver, serveBridge } from "#infra/local/demo/bridge-receiver.ts";
import { seededBytes } from "#test/fakes/memory-platform.ts";
import { effort, seed } from "../effort.ts";
import {
  aRequest,
  aTampering,
  flipped,
  flippedText,
  type OnTheWire,
  othersSecret,
  secret,
  sent,
} from "./tampering.ts";

const accepted = { accepted: true, reference: "1001" };
const aShop = (submit_order: (order: { id: string }) => Promise<object>) => ({
  submit_order,
  update_order: async () => ({ heard: true }),
});
const aReceiver = (now: number, secrets: readonly string[] = [secret]) =>
  bridgeReceiver(
    secrets,
    aShop(async () => accepted),
    () => now,
  );

describe("published vectors", () => {
  test.each(vectors.requests)("request: $name", async (vector) => {
    const { method, target, body, timestamp, nonce, signature, now, verdict } = vector;
    const headers = { "bridge-timestamp": timestamp, "bridge-nonce": nonce, "bridge-signature": signature };
    const receiver = aReceiver(now * 1_000, [vectors.secret]);
    const { status } = await receiver({ method, target, headers, body: Buffer.from(body) });
    expect(status === 401 ? "refused" : "accepted").toBe(verdict);
    if (!("signed" in vector)) return;
    const url = new URL(target, "https://shop.example");
    const request = { method: method as "GET" | "POST", url, body, at: Number(timestamp) * 1_000, nonce };
    expect(signRequest(vector.secrets ?? [vectors.secret], request)).toEqual(headers);
  });

  test.each(vectors.answers)("answer: $name", ({ nonce, verified, version, ...answer }) => {
    const said = { ...answer, version, body: Buffer.from(answer.body) };
    expect(verifyAnswer([vectors.secret], nonce, said)).toBe(verified);
  });
});

test("of what was changed on its way, request or answer, nothing is believed", async () => {
  let [requests, answers] = [0, 0];
  await fc.assert(
    fc.asyncProperty(aTampering, fc.nat(), async ({ request, wire, tampered }, chance) => {
      const receiver = aReceiver(request.at);
      for (const changed of tampered) {
        expect((await receiver(changed)).status).toBe(401);
        requests += 1;
      }
      const said = saidBy(await receiver(wire));
      expect(verifyAnswer([secret], request.nonce, said)).toBe(true);
      for (const [nonce, changed] of changedAnswers(request.nonce, wire, said, chance)) {
        expect(verifyAnswer([secret, othersSecret], nonce, changed)).toBe(false);
        answers += 1;
      }
    }),
    { numRuns: effort(11_000), seed: seed(51) },
  );
  expect(Math.min(requests, answers)).toBeGreaterThanOrEqual(effort(100_000));
});

const changedAnswers = (nonce: string, { headers }: OnTheWire, said: Said, chance: number) =>
  [
    ...[0, 1, 2].map((more) => [nonce, { ...said, body: flipped(said.body, chance + more * 7) }]),
    ...[0, 1, 2].map((more) => [
      nonce,
      { ...said, signature: flippedText(said.signature, chance + more * 7) },
    ]),
    [nonce, { ...said, body: said.body.subarray(1) }],
    [nonce, { ...said, signature: said.signature.toUpperCase() }],
    [nonce, { ...said, signature: undefined }],
    [nonce, { ...said, version: undefined }],
    [nonce, { ...said, version: flippedText(said.version, chance) }],
    [nonce, { ...said, signature: headers["bridge-signature"] }],
    [nonce, { ...said, status: said.status ^ (1 << (chance % 9)) }],
    [flippedText(nonce, chance), said],
  ] as [string, Said][];

type Said = { status: number; signature: string; version: string; body: Buffer };

const saidBy = ({ status, headers, body }: Awaited<ReturnType<ReturnType<typeof aReceiver>>>): Said => ({
  status,
  signature: headers["bridge-signature"] ?? "",
  version: headers["bridge-version"] ?? "",
  body: Buffer.from(body),
});

test("parameters in another order mean the same, and a request counts once", async () => {
  await fc.assert(
    fc.asyncProperty(aRequest, async (request) => {
      const wire = sent(request);
      const [path, query] = wire.target.split("?");
      const turned = {
        ...wire,
        target: query ? `${path}?${query.split("&").reverse().join("&")}` : wire.target,
      };
      const receiver = aReceiver(request.at);
      expect((await receiver(turned)).status).not.toBe(401);
      for (const repeat of [wire, turned]) expect((await receiver(repeat)).status).toBe(401);
    }),
    { numRuns: effort(1_000), seed: seed(52) },
  );
});

test("a request counts once for as long as its timestamp is good, and never after", async () => {
  const [request] = fc.sample(aRequest, { numRuns: 1, seed: seed(53) });
  let now = request!.at - (request!.at % 1_000) - 300_000;
  const receiver = bridgeReceiver(
    [secret],
    aShop(async () => accepted),
    () => now,
  );
  const wire = sent(request!);
  expect((await receiver(wire)).status).not.toBe(401);
  for (let second = 0; second <= 700; second += 1) {
    expect((await receiver(wire)).status).toBe(401);
    now += 1_000;
  }
});

test("a shop that knows two secrets hears us by either, and answers by the one it heard", async () => {
  const [request] = fc.sample(aRequest, { numRuns: 1, seed: seed(54) });
  for (const by of [secret, othersSecret]) {
    const answer = saidBy(await aReceiver(request!.at, [secret, othersSecret])(sent(request!, by)));
    expect(verifyAnswer([by], request!.nonce, answer)).toBe(true);
  }
});

test("what servers may read differently is not signed", () => {
  const odd = ["/a'b", "/a%20b?x", "/?=1", "/?a=1&a=2", "/?a[b]=1", "/?a.b=1", "/?a=!1", "/?a=1&", "/?&a=1"];
  expect(odd.filter((target) => isSignable(new URL(target, "https://shop.example")))).toEqual([]);
  expect(
    ["/", "/a%20b/c.php", "/?rest_route=/bridge/v1&a=", "/?"].map((target) =>
      isSignable(new URL(target, "https://shop.example")),
    ),
  ).toEqual([true, true, true, true]);
});

test("an order goes over a real connection, and comes back believed", async () => {
  const orders: unknown[] = [];
  const submitOrder = async (order: object) => {
    orders.push(order);
    return accepted;
  };
  const server = serveBridge(bridgeReceiver([secret], aShop(submitOrder)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const url = new URL(`http://127.0.0.1:${port}/?agentic_bridge=1&action=submit_order`);
    const body = JSON.stringify({ order: { id: "ord_1", buyer: "Zoë" } });
    const nonce = newNonce(seededBytes(7));
    const headers = signRequest([secret], { method: "POST", url, body, at: Date.now(), nonce });
    const answer = await outbound("loopback")({
      url: url.href,
      method: "POST",
      headers,
      body,
      timeoutMs: 5_000,
      maxResponseBytes: 65_536,
    });
    if (!answer.answered) throw new Error(answer.reason);
    const { "bridge-signature": signature, "bridge-version": version } = answer.headers;
    expect(verifyAnswer([secret], nonce, { ...answer, signature, version })).toBe(true);
    expect(JSON.parse(Buffer.from(answer.body).toString())).toEqual(accepted);
    expect(orders).toEqual([{ id: "ord_1", buyer: "Zoë" }]);
  } finally {
    server.close();
  }
});
