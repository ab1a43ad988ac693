/** What decides about money, and the tests nearest to it: a mutant that only a story over HTTP would see is alive. */
export type Target = { readonly mutate: readonly string[]; readonly tests: readonly string[] };

/** A lease has no file of its own: checkouts have it from `claim-checkout.ts` and `checkout.ts`, orders from `order.ts`. */
export const targets: readonly Target[] = [
  { mutate: ["functions/pricing/*.ts"], tests: ["test/pricing/*.test.ts"] },
  {
    mutate: ["functions/checkout/checkout.ts", "functions/checkout/claim-checkout.ts"],
    tests: ["test/checkout/checkout.test.ts"],
  },
  {
    mutate: ["functions/order/order.ts", "functions/order/refund.ts", "functions/order/dispute.ts"],
    tests: ["test/order/{order,stopped-order,refund-moves,dispute}.test.ts"],
  },
  { mutate: ["functions/payment/payment.ts"], tests: ["test/payment/payment.test.ts"] },
  { mutate: ["functions/runtime/idempotency.ts"], tests: ["test/runtime/idempotency*.test.ts"] },
];
