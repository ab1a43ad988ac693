import { type Bug, bug } from "./bug.ts";

/** Mistakes on the way from a cart to a confirmed order. */
export const purchaseBugs: readonly Bug[] = [
  bug(
    "Stripe key dropped",
    "payment/request-authorization.ts",
    "createPaymentIntent(payment, wanted, payment.stripeKey)",
    'createPaymentIntent(payment, wanted, "")',
  ),
  bug(
    "random Stripe key",
    "payment/request-authorization.ts",
    "createPaymentIntent(payment, wanted, payment.stripeKey)",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source code that is put in place of other source code
    "createPaymentIntent(payment, wanted, `${payment.stripeKey}:${on.now()}`)",
  ),
  {
    name: "written before it is charged",
    edits: [
      {
        file: "functions/payment/capture-payment.ts",
        find: "  const answer = await on.stripe.capturePaymentIntent(",
        put: '  await tryCommit(on.table, [movedPayment(payment, "captured", { ...step, now: on.now() })]);\n  const answer = await on.stripe.capturePaymentIntent(',
      },
      {
        file: "functions/payment/capture-payment.ts",
        find: "return (await shortfall(on, step, payment, seen.intent)) ?? done(step);",
        put: "return done(step);",
      },
    ],
  },
  bug(
    "outbox not in the transaction",
    "order/place-order.ts",
    "return commitStep(on.table, step, placing({ checkout, store, money, now: on.now() }));",
    "const writes = placing({ checkout, store, money, now: on.now() });\n    const end = await commitStep(on.table, step, writes.slice(0, -1));\n    await on.table.commit(writes.slice(-1));\n    return end;",
  ),
  bug(
    "undone while the outcome is unknown",
    "payment/authorize-payment.ts",
    '    default:\n      return held(step, "payment_outcome_unknown");',
    '    default:\n      return refused(step, "payment_declined");',
  ),
  bug(
    "checkout undone without the deciding write",
    "checkout/abort-checkout.ts",
    "return commitStep(on.table, step, [savedCheckout(before, after)]);",
    "return savedCheckout(before, after) ? done(step) : commitStep(on.table, step, []);",
  ),
  bug(
    "order undone without the deciding write",
    "order/cancel-order.ts",
    "return commitStep(on.table, step, [savedOrder(before, after), cancelingEvent(after)]);",
    "return savedOrder(before, after) && cancelingEvent(after) ? done(step) : commitStep(on.table, step, []);",
  ),
  bug(
    "no epoch check",
    "runtime/commit-step.ts",
    "row !== undefined && row.epoch === step.epoch &&",
    "row !== undefined && step.epoch > 0 &&",
  ),
  bug(
    "no version check on checkouts",
    "checkout/checkout.store.ts",
    'write(after, equals("version", before.version));',
    'write(after, equals("id", before.id));',
  ),
  bug(
    "no revision check on orders",
    "order/order.store.ts",
    'write(after, nextLook(after), equals("revision", before.revision));',
    'write(after, nextLook(after), equals("id", before.id));',
  ),
  bug(
    "sweeper without a lease",
    "checkout/claim-checkout.ts",
    'if (before.leaseUntil > now) return { claim: "none", reason: "in_progress" };',
    "",
  ),
  bug(
    "void that trusts nothing to undo",
    "payment/release-money.ts",
    "  return settle(on, payment, run);\n  };",
    '  return { to: "voided" };\n  };',
  ),
  bug(
    "release not exact",
    "checkout/stock-writes.ts",
    "releaseStock({ storeId: bought.storeId, productId, quantity })",
    "releaseStock({ storeId: bought.storeId, productId, quantity: Math.min(quantity, 1) })",
  ),
  {
    name: "stock without condition",
    edits: [
      {
        file: "functions/catalog/stock.store.ts",
        find: 'any(equals("unlimited", true), above("available", quantity));',
        put: 'any(equals("unlimited", true), above("available", quantity - 1_000));',
      },
      {
        file: "functions/catalog/stock.store.ts",
        find: 'all(missing("unlimited"), equals("available", pieces.quantity), since);',
        put: 'all(missing("unlimited"), any(since, missing("unlimited")));',
      },
    ],
  },
  {
    name: "a new attempt while the last one is unknown",
    edits: [
      {
        file: "functions/checkout/claim-checkout.ts",
        find: 'if (before.status === "authenticating" && request?.authentication)',
        put: 'if ((before.status === "authenticating" && request?.authentication) || (before.status === "completing" && request))',
      },
      {
        file: "functions/checkout/claim-checkout.ts",
        find: 'checkout: moved(before, "completing", now, {\n        ...lease,',
        put: 'checkout: moved(before, "completing" as "completing", now, {\n        ...lease,',
      },
      {
        file: "functions/checkout/complete-checkout.ts",
        find: 'checkout.status === "authenticating" ||',
        put: 'checkout.status === "authenticating" || checkout.status === "completing" ||',
      },
    ],
  },
  bug(
    "captured before the store has it",
    "payment/stripe-request.ts",
    'capture_method: "manual"',
    'capture_method: "automatic"',
  ),
  {
    name: "confirmed without capture",
    edits: [
      {
        file: "functions/payment/capture-payment.ts",
        find: 'if (answer.outcome === "unknown" && !answer.keySpent) return held(step, unknown);',
        put: 'if (answer.outcome === "unknown" && !answer.keySpent) return done(step);',
      },
      {
        file: "functions/order/confirm-order.ts",
        find: 'if (order.payment.amount > 0 && payment?.status !== "captured")',
        put: 'if (order.payment.amount > 0 && payment?.status === "failed")',
      },
    ],
  },
];
