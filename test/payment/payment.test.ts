import { expect, test } from "vitest";
import { movedPayment, paymentStore, startPayment } from "#functions/payment/payment.store.ts";
import {
  Authentication,
  isFinal,
  isMadeBy,
  isRefundOf,
  metadataOf,
  moves,
  Payment,
  PaymentMetadata,
  refundMetadataOf,
  Search,
  Status,
  TokenKind,
} from "#functions/payment/payment.ts";
import { orderIdOf } from "#functions/values/id.ts";
import { aCheckout } from "#test/examples.ts";
import { aWorld, paymentOf } from "./world.ts";

test("moves only as its table says", async () => {
  const payment = await paymentOf(await aWorld());
  for (const from of Status.options)
    for (const to of Status.options) {
      const move = () => movedPayment({ ...payment, status: from }, to, { epoch: 1, now: 0 });
      if ((moves[from] as readonly Status[]).includes(to)) expect(move).not.toThrow();
      else expect(move).toThrow(`from ${from} to ${to}`);
    }
});

test("takes exactly these ways", () => {
  expect(Object.entries(moves).flatMap(([from, tos]) => tos.map((to) => `${from} → ${to}`))).toEqual([
    "requested → authorized",
    "requested → authenticating",
    "requested → declined",
    "requested → voided",
    "requested → refunded",
    "authorized → captured",
    "authorized → failed",
    "authorized → voided",
    "authorized → refunded",
    "authenticating → voided",
    "authenticating → refunded",
    "captured → refunded",
    "failed → voided",
    "failed → refunded",
  ]);
  expect(Status.options.filter(isFinal)).toEqual(["declined", "voided", "refunded"]);
});

test("tells Stripe ids by which a lost one is found again, and nothing of a person", async () => {
  const payment = await paymentOf(await aWorld());
  const { storeId: store, checkoutId: checkout } = payment;
  expect(metadataOf(payment)).toEqual({ store, checkout, attempt: "1" });
  expect(PaymentMetadata.parse(metadataOf(payment))).toEqual({ store, checkout, attempt: 1 });
  expect(refundMetadataOf(payment, 2)).toEqual({ store, checkout, refund: "2" });
  expect(refundMetadataOf(payment, "full")).toEqual({ store, checkout, refund: "full" });
});

test("knows its own ids again, and no others", () => {
  const { id: checkout, storeId: store } = aCheckout();
  const known = (given: object) => PaymentMetadata.safeParse({ store, checkout, attempt: "1", ...given });
  expect(["9", "10", "205", "123456789"].map((attempt) => known({ attempt }).data?.attempt)).toEqual([
    9, 10, 205, 123_456_789,
  ]);
  for (const attempt of ["0", "01", "-1", "1.5", "1a", "a1", " 1", "", "1234567890", 1, undefined])
    expect(known({ attempt }).success, String(attempt)).toBe(false);
  for (const wrong of [{ store: checkout }, { checkout: store }, { store: undefined }])
    expect(known(wrong).success).toBe(false);
});

test("is read as it was written", async () => {
  const payment = await paymentOf(await aWorld());
  const whole: Payment = {
    ...payment,
    status: "refunded",
    stripeAccount: "acct_1",
    orderEpoch: 2,
    paymentIntentId: "pi_1",
    chargeId: "ch_1",
    captureBefore: 1,
    returned: { refundId: "re_1", amount: 5, pending: true },
    declineCode: "lost_card",
    sealedAuthentication: new Uint8Array([1]),
  };
  expect(Payment.parse(whole)).toEqual(whole);
  for (const tokenKind of ["pm", "spt"] as const)
    expect(Payment.parse({ ...whole, tokenKind }).tokenKind).toBe(tokenKind);
  expect(TokenKind.options).toEqual(["pm", "spt"]);
  expect(Payment.safeParse({ ...whole, amount: 0 }).success).toBe(false);
});

test("carries a proof of the buyer whole, and one that has only an outcome", () => {
  const proof = {
    outcome: "authenticated",
    cryptogram: "AAIB",
    electronicCommerceIndicator: "05",
    transactionId: "f38e6948",
    version: "2.2.0",
  };
  expect(Authentication.parse(proof)).toEqual(proof);
  expect(Authentication.parse({ outcome: "denied" })).toEqual({ outcome: "denied" });
});

test("derives the key from checkout and attempt", async () => {
  const { checkoutId, stripeKey } = await paymentOf(await aWorld());
  expect(stripeKey).toBe(`${checkoutId}:authorize:1`);
});

test("an attempt begins once", async () => {
  const world = await aWorld();
  await expect(world.table.commit([startPayment(world.start)])).rejects.toThrow("condition failed");
});

test("a move is refused to an older run, of the checkout and of the order", async () => {
  const world = await aWorld();
  const orderId = orderIdOf(world.step.checkoutId);
  const move = async (to: Status, epoch: number, order: boolean, before?: Payment) =>
    world.table.commit([
      movedPayment(before ?? (await paymentOf(world)), to, {
        epoch,
        now: world.now(),
        ...(order && { orderId }),
      }),
    ]);
  const requested = await paymentOf(world);
  await expect(move("authorized", 0, false)).rejects.toThrow();
  await move("authorized", 3, false);
  await expect(move("declined", 3, false, requested)).rejects.toThrow();
  await move("captured", 2, true);
  await expect(move("refunded", 1, true)).rejects.toThrow();
  await move("refunded", 2, true);
});

test("lists attempts oldest first", async () => {
  const world = await aWorld();
  for (const attempt of [11, 2]) await world.table.commit([startPayment({ ...world.start, attempt })]);
  const { storeId, checkoutId } = world.step;
  const payments = await paymentStore(world.table).list(storeId, checkoutId);
  expect(payments.map(({ attempt }) => attempt)).toEqual([1, 2, 11]);
});

test("a refund at Stripe is ours where it carries all that we write on it", async () => {
  const payment = await paymentOf(await aWorld());
  const metadata = refundMetadataOf(payment, 2);
  expect(isRefundOf(payment, 2, { metadata: { ...metadata, more: "of somebody" } })).toBe(true);
  for (const name of Object.keys(metadata))
    expect(isRefundOf(payment, 2, { metadata: { ...metadata, [name]: "another" } })).toBe(false);
  expect(isRefundOf(payment, "full", { metadata })).toBe(false);
  expect(isRefundOf(payment, 2, { metadata: {} })).toBe(false);
});

test("a PaymentIntent is this deployment's unless it says another one", () => {
  expect(isMadeBy("1:eu-central-1:shop", { deployment: "1:eu-central-1:shop" })).toBe(true);
  expect(isMadeBy("1:eu-central-1:shop", { deployment: "2:eu-central-1:shop" })).toBe(false);
  expect(isMadeBy("1:eu-central-1:shop", {})).toBe(true);
});

test("how far a search for a lost PaymentIntent came is kept whole, or the next would begin anew", () => {
  const searched = { from: 1, page: { to: 2, after: "pi_1" } };
  expect(Search.parse(searched)).toEqual(searched);
  for (const lacking of [{}, { page: searched.page }, { from: 1, page: {} }, { from: 1, page: { to: 2 } }])
    expect(Search.safeParse(lacking).success).toBe(false);
});
