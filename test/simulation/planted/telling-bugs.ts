import { type Bug, bug } from "./bug.ts";

/** Mistakes in what is told, repeated, given up and kept apart. */
export const tellingBugs: readonly Bug[] = [
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
    "  await Promise.all(batch.map((row) => tryCommit(on.table, [published(row, on.now())])));\n  const failed = await on.put(batch.map(({ event }) => event));",
  ),
  bug(
    "events are read past one that is under way",
    "outbox/feed.ts",
    "firstDue === undefined ? now : earliestPlace(firstDue) - 1",
    "firstDue === undefined ? now : now - 1",
  ),
  bug(
    "entries that the bus refused forgotten",
    "outbox/publish-events.ts",
    "failed.has(row.event.id) ? dueLater(row.key, on.now() + times.rest) : published(row, on.now())",
    "failed.has(row.event.id) ? published(row, on.now()) : published(row, on.now())",
  ),
  bug(
    "delivery marked before it is sent",
    "webhook/attempt-delivery.ts",
    "const attempted = withProof(await sendWebhook(on, claimed, prepared, at), prepared.challenge);\n  await record(on, claimed, attempted, prepared);",
    "const attempted = { status: 200 };\n  await record(on, claimed, attempted, prepared);\n  await sendWebhook(on, claimed, prepared, at);",
  ),
  bug(
    "a retry says something else",
    "webhook/prepare-webhook.ts",
    "const said = await say(on, endpoint, recorded.event);",
    'const once = await say(on, endpoint, recorded.event);\n    const said = once && { ...once, body: once.body + " ".repeat(delivery.attempts) };',
  ),
  bug(
    "an agent hears that an order was placed, and nothing after it",
    "webhook/hearing.ts",
    "const wants = ({ kind, events }: Endpoint, type: string): boolean =>",
    'const wants = ({ kind, events }: Endpoint, type: string): boolean =>\n  (kind !== "acp" || type === "order.placed") &&',
  ),
  bug(
    "idempotency record outside the transaction",
    "checkout/create-checkout.ts",
    "    write,\n    storeCheckoutAnswer(command.idempotency, checkout, { now, status: 201 }),\n  ]);",
    "    write,\n  ]);\n  await tryCommit(on.table, [storeCheckoutAnswer(command.idempotency, checkout, { now, status: 201 })]);",
  ),
  bug(
    "any body under a key that was used",
    "runtime/idempotency.ts",
    "if (record[compare] === request[compare]) return;",
    "if (record[compare] !== undefined || request[compare] !== undefined) return;",
  ),
  bug(
    "a fault of Stripe taken for a no",
    "payment/stripe-response.ts",
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
    "  limited(quote).map(({ code }) => releaseDiscount(storeId, code));",
    "  limited(quote)\n    .slice(0, 0)\n    .map(({ code }) => releaseDiscount(storeId, code));",
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
  bug(
    "event of an order left out",
    "order/confirm-order.ts",
    "...confirmedEvents(after),",
    "...confirmedEvents(after).slice(1),",
  ),
  bug(
    "a repeated answer shows today's store",
    "checkout/read-checkout.ts",
    "return former ? withStorefront(store, former) : store;",
    "return former ? withStorefront(store, store) : store;",
  ),
  bug(
    "deliveries kept for ever",
    "webhook/delivery.store.ts",
    "change = { put: { ...delivery, ...due, list, listAt, expiresAtSeconds } }",
    "change = { put: { ...delivery, ...due, list, listAt, expiresAtSeconds: expiresAtSeconds * 2 } }",
  ),
];
