import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import StripeSdk from "stripe";
import { afterEach, expect, test } from "vitest";
import { settleSeconds } from "#infra/local/stripe/refund-course.ts";
import { type EmbeddedStripe, startStripe } from "#infra/local/stripe/start-stripe.ts";
import { authorized, captured, overHttp, refunded, testMode, wanted } from "./stripe-subject.ts";

type Received = { readonly type: string; readonly header: string; readonly body: string };
type Endpoint = {
  readonly url: string;
  readonly received: Received[];
  answer: number;
  /** Resolves once so many events have arrived. */
  arrived(count: number): Promise<void>;
};

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const secret = "whsec_own";
const { webhooks } = new StripeSdk("sk_test_1");

const openEndpoint = async (answer = 200): Promise<Endpoint> => {
  const waiting: { count: number; come: () => void }[] = [];
  const arrived = (count: number) => new Promise<void>((come) => waiting.push({ count, come }));
  const endpoint: Endpoint = { url: "", received: [], answer, arrived };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      const header = String(request.headers["stripe-signature"]);
      endpoint.received.push({ type: JSON.parse(body).type, header, body });
      response.writeHead(endpoint.answer).end();
      for (const { count, come } of waiting) if (endpoint.received.length >= count) come();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.push(() => server.close());
  return Object.assign(endpoint, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/events`,
  });
};

const start = async (options?: Parameters<typeof startStripe>[0]): Promise<EmbeddedStripe> => {
  const stripe = await startStripe(options);
  ends.push(stripe.stop);
  return stripe;
};

const typesAt = ({ received }: Endpoint): string[] => received.map(({ type }) => type);
const ofAuthorization = [
  "payment_intent.created",
  "charge.succeeded",
  "payment_intent.amount_capturable_updated",
];

test("sends every event, signed so that Stripe's own library accepts it", async () => {
  const endpoint = await openEndpoint();
  const stripe = await start({ webhooks: [{ url: endpoint.url, secret }] });
  await authorized(overHttp(stripe));
  await stripe.idle();
  expect(typesAt(endpoint).sort()).toEqual([...ofAuthorization].sort());
  for (const { body, header, type } of endpoint.received)
    expect(webhooks.constructEvent(body, header, secret).type).toBe(type);
  expect(stripe.state.undelivered()).toEqual([]);
});

test("signs for the second of its own clock", async () => {
  const endpoint = await openEndpoint();
  const now = Date.UTC(2027, 0, 1);
  const stripe = await start({ now: () => now, webhooks: [{ url: endpoint.url, secret }] });
  await authorized(overHttp(stripe));
  await stripe.idle();
  expect(endpoint.received[0]?.header).toContain(`t=${now / 1_000},`);
});

test("sends a connected account's events to the Connect endpoint with its secret, and ours to our own", async () => {
  const [own, connect] = [await openEndpoint(), await openEndpoint()];
  const stripe = await start({
    webhooks: [
      { url: own.url, secret },
      { url: connect.url, secret: "whsec_connect", connect: true },
    ],
  });
  const subject = overHttp(stripe);
  await authorized(subject);
  const merchant = { ...testMode, stripeAccount: "acct_123456789" };
  await subject.stripe.createPaymentIntent(merchant, wanted("pm_card_chargeDeclined"), "k");
  await stripe.idle();
  expect(typesAt(own)).toHaveLength(3);
  expect(typesAt(connect).sort()).toEqual(["payment_intent.created", "payment_intent.payment_failed"]);
  const [first] = connect.received;
  const event = webhooks.constructEvent(first?.body ?? "", first?.header ?? "", "whsec_connect");
  expect(event.account).toBe(merchant.stripeAccount);
});

test("sends an endpoint only what it subscribes to", async () => {
  const endpoint = await openEndpoint();
  const events = ["charge.*", "payment_intent.succeeded"];
  const stripe = await start({ webhooks: [{ url: endpoint.url, secret, events }] });
  await captured(overHttp(stripe));
  await stripe.idle();
  expect(typesAt(endpoint).sort()).toEqual([
    "charge.captured",
    "charge.succeeded",
    "payment_intent.succeeded",
  ]);
});

test("tries again until it is taken", async () => {
  const endpoint = await openEndpoint(500);
  const stripe = await start({ webhooks: [{ url: endpoint.url, secret, events: ["charge.succeeded"] }] });
  await authorized(overHttp(stripe));
  await endpoint.arrived(2);
  endpoint.answer = 204;
  await endpoint.arrived(3);
  await stripe.idle();
  expect(stripe.state.undelivered()).toEqual([]);
  expect(new Set(endpoint.received.map(({ body }) => body)).size).toBe(1);
});

test("keeps events for endpoints that are named later, and over a restart", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stripe-"));
  ends.push(() => rmSync(folder, { recursive: true }));
  const dataFile = join(folder, "stripe.jsonl");
  const first = await startStripe({ dataFile });
  await authorized(overHttp(first));
  await first.stop();
  const endpoint = await openEndpoint();
  const second = await start({ dataFile });
  second.setWebhooks([{ url: endpoint.url, secret }]);
  await second.idle();
  expect(typesAt(endpoint).sort()).toEqual([...ofAuthorization].sort());
  await second.stop();
  const third = await start({ dataFile, webhooks: [{ url: endpoint.url, secret }] });
  await third.idle();
  expect(endpoint.received).toHaveLength(3);
});

test("drops, repeats, delays and shuffles when told to", async () => {
  const endpoint = await openEndpoint();
  const stripe = await start({ webhooks: [{ url: endpoint.url, secret }] });
  const subject = overHttp(stripe);
  stripe.meddle({ how: "drop", match: "payment_intent.created" });
  stripe.meddle({ how: "duplicate", match: "charge.succeeded" });
  stripe.meddle({ how: "delay", match: "amount_capturable", milliseconds: 200 });
  const { id } = await authorized(subject);
  await stripe.idle();
  expect(typesAt(endpoint)).toEqual(["charge.succeeded", "charge.succeeded"]);
  await endpoint.arrived(3);
  await stripe.idle();
  expect(typesAt(endpoint).at(-1)).toBe("payment_intent.amount_capturable_updated");
  stripe.meddle({ how: "shuffle", times: 4 });
  await subject.stripe.capturePaymentIntent(testMode, id, "c");
  await stripe.idle();
  expect(endpoint.received).toHaveLength(3);
  await refunded(subject, id);
  await stripe.idle();
  expect(typesAt(endpoint).slice(3)).toEqual([
    "charge.refunded",
    "refund.created",
    "payment_intent.succeeded",
    "charge.captured",
  ]);
});

test("tells what happens by itself as soon as its clock says so", async () => {
  const endpoint = await openEndpoint();
  let ahead = 0;
  const stripe = await start({
    now: () => Date.now() + ahead,
    webhooks: [{ url: endpoint.url, secret, events: ["refund.updated"] }],
  });
  const subject = overHttp(stripe);
  const { id } = await captured(subject, "pm_card_pendingRefund");
  await refunded(subject, id);
  ahead = settleSeconds * 1_000;
  stripe.tick();
  await stripe.idle();
  expect(typesAt(endpoint)).toEqual(["refund.updated"]);
});
