import { expect, test } from "vitest";
import type { EmbeddedStripe } from "#infra/local/stripe/start-stripe.ts";
import { control, get, post, start } from "./embedded.ts";

const pay = async (stripe: EmbeddedStripe, paymentMethod: string): Promise<string> => {
  const sale = { amount: "2390", currency: "eur", confirm: "true", payment_method: paymentMethod };
  return (await post(stripe, "/v1/payment_intents", sale)).body.id;
};
const disputed = async (paymentMethod = "pm_card_createDispute") => {
  const stripe = await start();
  const intent = await pay(stripe, paymentMethod);
  const { body } = await get(stripe, `/v1/disputes?payment_intent=${intent}`);
  return { stripe, intent, path: `/v1/disputes/${body.data[0].id}` };
};
const evidence = "evidence[uncategorized_text]";
const types = (stripe: EmbeddedStripe) => stripe.takeEvents().map(({ type }) => type);

test.each([
  ["winning_evidence", "won", ["updated", "funds_reinstated", "closed"], 2_390],
  ["losing_evidence", "lost", ["updated", "closed"], 0],
  ["a receipt", "under_review", ["updated"], 0],
])("submits %s, and the dispute is %s", async (text, status, events, kept) => {
  const { stripe, intent, path } = await disputed();
  types(stripe);
  const { body } = await post(stripe, path, { [evidence]: text });
  expect(body).toMatchObject({
    status,
    evidence: { uncategorized_text: text },
    evidence_details: { has_evidence: true, submission_count: 1 },
    is_charge_refundable: status === "won",
  });
  expect(types(stripe)).toEqual(events.map((event) => `charge.dispute.${event}`));
  expect(stripe.ledger(intent)?.kept).toBe(kept);
});

test("stages evidence that is not to be submitted yet, and submits it when told", async () => {
  const { stripe, path } = await disputed();
  const staged = await post(stripe, path, { [evidence]: "losing_evidence", submit: "false" });
  expect(staged.body).toMatchObject({ status: "needs_response", evidence_details: { submission_count: 0 } });
  expect((await post(stripe, path, { submit: "true" })).body).toMatchObject({ status: "lost" });
});

test("keeps metadata without taking it for evidence", async () => {
  const { stripe, path } = await disputed();
  const { body } = await post(stripe, path, { "metadata[order]": "ord_1" });
  expect(body).toMatchObject({ status: "needs_response", metadata: { order: "ord_1" } });
});

test.each([
  ["winning_evidence", "warning_closed", 2_390],
  ["escalate_inquiry_evidence", "needs_response", 0],
  ["a receipt", "warning_under_review", 2_390],
])("takes %s for an inquiry, which is then %s", async (text, status, kept) => {
  const { stripe, intent, path } = await disputed("pm_card_createDisputeInquiry");
  expect((await post(stripe, path, { [evidence]: text })).body).toMatchObject({ status });
  expect(stripe.ledger(intent)?.kept).toBe(kept);
});

test("closes a dispute as lost, and takes nothing more for it", async () => {
  const { stripe, path } = await disputed();
  expect((await post(stripe, `${path}/close`, {})).body).toMatchObject({ status: "lost" });
  for (const again of [path, `${path}/close`])
    expect(await post(stripe, again, { [evidence]: "winning_evidence" })).toMatchObject({
      status: 400,
      body: { error: { message: "This dispute is already closed" } },
    });
});

test("shows what the dispute took and gave back", async () => {
  const { stripe, path } = await disputed();
  await post(stripe, path, { [evidence]: "winning_evidence" });
  expect((await get(stripe, path)).body.balance_transactions).toMatchObject([
    { amount: -2_390, reporting_category: "dispute" },
    { amount: 2_390, reporting_category: "dispute_reversal" },
  ]);
});

test("is told over HTTP what banks do, and answers how much money moved", async () => {
  const stripe = await start();
  const paymentIntent = await pay(stripe, "pm_card_visa");
  const opened = await control(stripe, {
    do: "open-dispute",
    paymentIntent,
    reason: "duplicate",
    amount: 390,
  });
  const { dispute } = opened.body;
  expect((await get(stripe, `/v1/disputes/${dispute}`)).body).toMatchObject({
    amount: 390,
    reason: "duplicate",
  });
  expect((await control(stripe, { do: "close-dispute", dispute, status: "won" })).status).toBe(204);
  const refund = (await post(stripe, "/v1/refunds", { payment_intent: paymentIntent, amount: "90" })).body;
  await control(stripe, { do: "settle-refund", refund: refund.id, status: "failed" });
  expect((await get(stripe, `/v1/refunds/${refund.id}`)).body).toMatchObject({ status: "failed" });
  const ledger = { currency: "eur", captured: 2_390, refunded: 0, disputed: 0, kept: 2_390 };
  expect((await control(stripe, { do: "ledger", paymentIntent })).body).toEqual(ledger);
});

test.each([
  { do: "open-dispute", paymentIntent: "pi_unknown" },
  { do: "close-dispute", dispute: "du_unknown", status: "won" },
  { do: "settle-refund", refund: "re_unknown", status: "failed" },
  { do: "something" },
  { kind: "close" },
])("says so when it cannot do $do", async (command) => {
  expect((await control(await start(), command)).status).toBe(400);
});

test("lists events newest first, of a kind, and of thirty days", async () => {
  let now = Date.UTC(2026, 10, 1);
  const stripe = await start({ now: () => now });
  await pay(stripe, "pm_card_visa");
  const all = (await get(stripe, "/v1/events")).body;
  expect(all.data.map(({ type }: { type: string }) => type)).toEqual([
    "payment_intent.succeeded",
    "charge.succeeded",
    "payment_intent.created",
  ]);
  const charges = (await get(stripe, "/v1/events?type=charge.*")).body.data;
  expect(charges).toEqual([all.data[1]]);
  const some = "/v1/events?types[]=charge.succeeded&types[]=payment_intent.created&limit=1";
  expect((await get(stripe, some)).body).toMatchObject({ data: [all.data[1]], has_more: true });
  expect((await get(stripe, `/v1/events/${all.data[0].id}`)).body).toEqual(all.data[0]);
  now += 31 * 24 * 60 * 60 * 1_000;
  expect((await get(stripe, "/v1/events")).body.data).toEqual([]);
  expect((await get(stripe, `/v1/events/${all.data[0].id}`)).status).toBe(404);
});

test("refuses parameters and cursors that it does not know", async () => {
  const stripe = await start();
  const intent = await pay(stripe, "pm_card_visa");
  const code = async (path: string) => (await get(stripe, path)).body.error.code;
  expect(await code("/v1/refunds?customer=cus_1")).toBe("parameter_unknown");
  expect(await code("/v1/refunds?starting_after=re_1")).toBe("resource_missing");
  expect(await code("/v1/disputes?limit=101")).toBe("parameter_invalid_integer");
  const refund = { payment_intent: intent, reverse_transfer: "true" };
  expect((await post(stripe, "/v1/refunds", refund)).body.error.code).toBe("parameter_unknown");
  const reason = { payment_intent: intent, reason: "goodwill" };
  expect((await post(stripe, "/v1/refunds", reason)).body.error).toMatchObject({ param: "reason" });
  const good = { payment_intent: intent, reason: "requested_by_customer" };
  expect((await post(stripe, "/v1/refunds", good)).body).toMatchObject({ reason: good.reason });
});
