import type { Edit } from "./edit.ts";

/** A mistake that somebody could make, as edits of the sources. The simulator must find each. */
export type Bug = { readonly name: string; readonly edits: readonly Edit[] };

const bug = (name: string, file: string, find: string, put: string): Bug => ({
  name,
  edits: [{ file: `functions/${file}`, find, put }],
});

const purchase: readonly Bug[] = [
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
  bug(
    "written before it is charged",
    "payment/capture-payment.ts",
    "  const answer = await on.stripe.capturePaymentIntent(",
    '  await tryCommit(on.table, [movedPayment(payment, "captured", { ...step, now: on.now() })]);\n  const answer = await on.stripe.capturePaymentIntent(',
  ),
  bug(
    "outbox not in the transaction",
    "order/place-order.ts",
    "return commitStep(on.table, step, placing({ checkout, store, money, now: on.now() }));",
    "const writes = placing({ checkout, store, money, now: on.now() });\n    const end = await commitStep(on.table, step, writes.slice(0, -1));\n    await on.table.commit(writes.slice(-1));\n    return end;",
  ),
  bug(
    "undone while the outcome is unknown",
    "payment/authorize-payment.ts",
    'return held(step, "payment_outcome_unknown");',
    'return refused(step, "payment_declined");',
  ),
  bug(
    "undone without the deciding write",
    "checkout/abort-checkout.ts",
    'if (!isOurs(before, step, "completing")) return notOurs(step);',
    'if (!isOurs(before, step, "completing")) return done(step);',
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
    "releaseStock(order.storeId, productId, quantity)",
    "releaseStock(order.storeId, productId, Math.min(quantity, 1))",
  ),
  {
    name: "stock without condition",
    edits: [
      {
        file: "functions/catalog/stock.store.ts",
        find: 'any(equals("unlimited", true), atLeast("available", quantity))',
        put: 'any(equals("unlimited", true), atLeast("available", -1_000))',
      },
      {
        file: "functions/checkout/stock-writes.ts",
        find: 'any(equals("unlimited", true), above("available", quantity))',
        put: 'any(equals("unlimited", true), above("available", -1_000))',
      },
      {
        file: "functions/checkout/stock-writes.ts",
        find: 'equals("version", stock.version)',
        put: 'above("version", -1)',
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
        find: 'if (answer.outcome === "unknown" && !answer.keySpent) return held(step, "payment_outcome_unknown");',
        put: 'if (answer.outcome === "unknown" && !answer.keySpent) return done(step);',
      },
      {
        file: "functions/order/confirm-order.ts",
        find: 'if (order.payment.amount > 0 && payment?.status !== "captured")',
        put: 'if (order.payment.amount > 0 && payment?.status === "failed")',
      },
    ],
  },
  bug(
    "outbox without a sweeper",
    "outbox/sweep-outbox.ts",
    "const taken = await publishEvents(on)(await dueEvents(on.table, on.now(), limits.perShard));",
    "const taken = (await dueEvents(on.table, on.now(), limits.perShard)).length - (await publishEvents(on)([])) && 0;",
  ),
  bug(
    "event marked as published before the bus has it",
    "outbox/publish-events.ts",
    "  const failed = await on.put(batch.map(({ event }) => event));",
    "  await Promise.all(batch.map(({ key }) => tryCommit(on.table, [published(key)])));\n  const failed = await on.put(batch.map(({ event }) => event));",
  ),
  bug(
    "entries that the bus refused forgotten",
    "outbox/publish-events.ts",
    "failed.has(event.id) ? dueLater(key, on.now() + times.rest) : published(key)",
    "failed.has(event.id) ? published(key) : published(key)",
  ),
  bug(
    "delivery marked before it is sent",
    "webhook/deliver-webhook.ts",
    "await record(on, claimed, await send(on, claimed, prepared, at), prepared);",
    "await record(on, claimed, { status: 200 }, prepared);\n  await send(on, claimed, prepared, at);",
  ),
  bug(
    "a retry says something else",
    "webhook/prepare-webhook.ts",
    "const body = await kind.body(recorded.event);",
    'const told = await kind.body(recorded.event);\n    const body = told && told + " ".repeat(delivery.attempts);',
  ),
  bug(
    "idempotency record outside the transaction",
    "checkout/create-checkout.ts",
    "      write,\n      storeCheckoutAnswer(command.idempotency, checkout, { now, status: 201 }),\n    ]);",
    "      write,\n    ]);\n    await tryCommit(on.table, [storeCheckoutAnswer(command.idempotency, checkout, { now, status: 201 })]);",
  ),
  bug(
    "any body under a key that was used",
    "runtime/idempotency.ts",
    "if (record[compare] === request[compare]) return;",
    "if (record[compare] !== undefined || request[compare] !== undefined) return;",
  ),
  bug(
    "a fault of Stripe taken for a no",
    "payment/stripe-answer.ts",
    "const definite = new Set([400, 402, 404]);",
    "const definite = new Set([400, 402, 404, 500]);",
  ),
  bug(
    "a key that repeats a fault asked for ever",
    "payment/request-authorization.ts",
    'answer.outcome === "unknown" && answer.keySpent ? lookUp(on, payment) : answer',
    'answer.outcome === "unknown" && answer.keySpent ? answer : answer',
  ),
  bug(
    "discount not given back",
    "checkout/stock-writes.ts",
    "...limited(order.quote).map(({ code }) => releaseDiscount(order.storeId, code)),",
    "...limited(order.quote).slice(0, 0).map(({ code }) => releaseDiscount(order.storeId, code)),",
  ),
  bug(
    "an abort that died is left alone",
    "checkout/claim-checkout.ts",
    'return { claim: "abort", checkout: moved(before, "aborting", now, lease) };',
    'return { claim: "none", reason: "aborting" };',
  ),
  bug(
    "given up never",
    "checkout/claim-checkout.ts",
    "(before.completingSince ?? now) + times.giveUp <= now",
    "(before.completingSince ?? now) + times.giveUp * 1_000 <= now",
  ),
  bug(
    "an agent sees what is another's",
    "checkout/read-checkout.ts",
    "if (!checkout || checkout.principalId !== caller.principalId)",
    "if (!checkout || checkout.storeId !== caller.storeId)",
  ),
  bug(
    "event told twice in other words",
    "order/confirm-order.ts",
    'version: before.version + (state === "captured" ? 2 : 1),',
    "version: before.version + 2,",
  ),
];

export const bugs: readonly Bug[] = purchase;
