import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { EmbeddedStripe } from "#infra/local/stripe/start-stripe.ts";
import { post, preview, start } from "./embedded.ts";

const sale = { amount: "2390", currency: "eur", confirm: "true", payment_method: "pm_card_visa" };
const intents = "/v1/payment_intents";
const grants = "/v1/test_helpers/shared_payment/granted_tokens";

const grant = async (stripe: EmbeddedStripe, limits: Record<string, string> = {}): Promise<string> => {
  const all = { currency: "eur", max_amount: "2390", ...limits };
  const usage = Object.entries(all).map(([name, value]) => [`usage_limits[${name}]`, value]);
  const { body } = await post(stripe, grants, {
    payment_method: "pm_card_visa",
    ...Object.fromEntries(usage),
  });
  return body.id;
};
const pay = (stripe: EmbeddedStripe, token: string, more: Record<string, string> = {}) =>
  post(
    stripe,
    intents,
    {
      amount: "2390",
      currency: "eur",
      confirm: "true",
      "payment_method_data[shared_payment_granted_token]": token,
      ...more,
    },
    { "stripe-version": preview },
  );

test("marks a replay, and refuses the key with other parameters", async () => {
  const stripe = await start();
  const first = await post(stripe, intents, sale, { "idempotency-key": "k" });
  expect(first.headers.get("idempotent-replayed")).toBeNull();
  const second = await post(stripe, intents, sale, { "idempotency-key": "k" });
  expect(second.headers.get("idempotent-replayed")).toBe("true");
  expect(second.body).toEqual(first.body);
  const other = await post(stripe, intents, { ...sale, amount: "100" }, { "idempotency-key": "k" });
  expect(other).toMatchObject({ status: 400, body: { error: { type: "idempotency_error" } } });
});

test("leaves the key free when the request was not valid", async () => {
  const stripe = await start();
  const key = { "idempotency-key": "k" };
  expect((await post(stripe, intents, { ...sale, amount: "1" }, key)).status).toBe(400);
  expect((await post(stripe, intents, sale, key)).status).toBe(200);
});

test("declines with 402 and the PaymentIntent inside", async () => {
  const stripe = await start();
  const answer = await post(stripe, intents, { ...sale, payment_method: "pm_card_chargeDeclined" });
  expect(answer).toMatchObject({
    status: 402,
    body: {
      error: {
        type: "card_error",
        code: "card_declined",
        decline_code: "generic_decline",
        payment_intent: { status: "requires_payment_method", last_payment_error: { code: "card_declined" } },
      },
    },
  });
});

test("asks for an action unless that is to be an error", async () => {
  const stripe = await start();
  const card = { ...sale, payment_method: "pm_card_authenticationRequired" };
  expect((await post(stripe, intents, card)).body).toMatchObject({ status: "requires_action" });
  const error = await post(stripe, intents, { ...card, error_on_requires_action: "true" });
  expect(error).toMatchObject({ status: 402, body: { error: { code: "authentication_required" } } });
});

test("shows a granted token and what it was used for", async () => {
  const stripe = await start();
  const id = await grant(stripe);
  expect(id).toMatch(/^spt_/);
  expect((await pay(stripe, id)).body).toMatchObject({ status: "succeeded" });
  const response = await fetch(`${stripe.url}/v1/shared_payment/granted_tokens/${id}`, {
    headers: { authorization: "Bearer sk_test_1" },
  });
  expect(await response.json()).toMatchObject({
    object: "shared_payment.granted_token",
    deactivated_reason: "consumed",
  });
});

test("refuses a shared token beyond its limits", async () => {
  let now = Date.UTC(2026, 0, 1);
  const stripe = await start({ now: () => now });
  const message = async (token: string, more = {}) => (await pay(stripe, token, more)).body.error.message;
  expect(await message(await grant(stripe), { amount: "2391" })).toContain("limit");
  expect(await message(await grant(stripe), { currency: "usd" })).toContain("currency");
  const used = await grant(stripe);
  await pay(stripe, used);
  expect(await message(used)).toContain("consumed");
  const revoked = await grant(stripe);
  await post(stripe, `${grants}/${revoked}/revoke`, {});
  expect(await message(revoked)).toContain("revoked");
  const late = await grant(stripe);
  now += 25 * 60 * 60 * 1_000;
  expect(await message(late)).toContain("expired");
});

test("knows shared tokens only in the preview version", async () => {
  const stripe = await start();
  const param = "payment_method_data[shared_payment_granted_token]";
  const answer = await post(stripe, intents, { ...sale, [param]: await grant(stripe) });
  expect(answer.body.error).toMatchObject({ code: "parameter_unknown", param });
});

test("refuses a key that is none, and says so of what it does not do", async () => {
  const stripe = await start();
  const bad = await post(stripe, intents, sale, { authorization: "Bearer nonsense" });
  expect(bad.status).toBe(401);
  expect((await post(stripe, "/v1/customers", {})).status).toBe(404);
});

test("takes Basic authorization as curl -u sends it", async () => {
  const stripe = await start();
  const basic = `Basic ${Buffer.from("sk_test_1:").toString("base64")}`;
  expect((await post(stripe, intents, sale, { authorization: basic })).status).toBe(200);
});

test("is told over HTTP how to fail", async () => {
  const stripe = await start();
  await fetch(`${stripe.url}/__control`, {
    method: "POST",
    body: JSON.stringify({ match: "POST /v1/payment_intents", kind: "500", when: "after" }),
  });
  expect((await post(stripe, intents, sale)).status).toBe(500);
  expect(stripe.state.all("intent")).toHaveLength(1);
});

test("keeps objects, tokens and answers over a restart, and survives a half-written line", async () => {
  const folder = mkdtempSync(join(tmpdir(), "stripe-"));
  const dataFile = join(folder, "stripe.jsonl");
  try {
    const first = await start({ dataFile });
    const token = await grant(first);
    const made = await post(first, intents, sale, { "idempotency-key": "k" });
    await first.stop();
    appendFileSync(dataFile, '{"kind":"intent","val');
    const second = await start({ dataFile });
    const again = await post(second, intents, sale, { "idempotency-key": "k" });
    expect(again.body).toEqual(made.body);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    const paid = await pay(second, token);
    expect(paid.status).toBe(200);
    expect(paid.body.id).not.toBe(made.body.id);
    await second.stop();
    const third = await start({ dataFile });
    expect(third.state.all("intent")).toHaveLength(2);
    expect(third.state.get("token", token)?.deactivated?.reason).toBe("consumed");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
