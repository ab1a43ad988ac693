import { expect, test } from "vitest";
import { StripeMisconfigured } from "#functions/payment/stripe-response.ts";
import { startStripe } from "#infra/local/stripe/start-stripe.ts";
import { aKey, overHttp, testMode, wanted } from "./stripe-subject.ts";

test("calls a key that Stripe does not know a fault, not an outcome", async () => {
  const strict = await startStripe({ secretKeys: ["sk_test_right"] });
  try {
    const { stripe } = overHttp(strict, '{"test":"sk_test_wrong"}');
    await expect(stripe.createPaymentIntent(testMode, wanted(), aKey())).rejects.toThrow(StripeMisconfigured);
    await expect(stripe.createPaymentIntent({ livemode: true }, wanted(), aKey())).rejects.toThrow(
      "live mode",
    );
  } finally {
    await strict.stop();
  }
});

test("is unknown when nobody answers at all", async () => {
  const gone = await startStripe();
  await gone.stop();
  const { stripe } = overHttp(gone);
  expect(await stripe.createPaymentIntent(testMode, wanted(), aKey())).toMatchObject({ outcome: "unknown" });
});
