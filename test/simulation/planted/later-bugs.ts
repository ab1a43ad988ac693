import { type Bug, bug } from "./bug.ts";

/** Mistakes with refunds, cancellations, Stripe's events, keys and tokens. */
export const laterBugs: readonly Bug[] = [
  bug(
    "refunds reserve nothing",
    "order/order.ts",
    "refundedOf(refunds) - refundingOf(refunds) - disputedOf(disputes)",
    "refundedOf(refunds) - 0 * refundingOf(refunds) - disputedOf(disputes)",
  ),
  bug(
    "what is on its way is sent again",
    "order/progress.ts",
    "quantity - refundedLine(refunds, productId).quantity - sentOf(fulfillments, productId).taken",
    "quantity - refundedLine(refunds, productId).quantity - 0 * sentOf(fulfillments, productId).taken",
  ),
  bug(
    "random key of refunds",
    "order/settle-refund.ts",
    "key: refundKeyOf(id, refund) }",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source code that is put in place of other source code
    "key: `${refundKeyOf(id, refund)}:${performance.now()}` }",
  ),
  bug(
    "a sale takes nothing off the shelf",
    "catalog/stock.store.ts",
    "counted(pieces, { reserved: -pieces.quantity, onHandVersion: 1 });",
    "counted(pieces, { reserved: 0 * pieces.quantity });",
  ),
  bug(
    "a count from before a sale undoes it",
    "catalog/stock.store.ts",
    "counted(pieces, { reserved: -pieces.quantity, onHandVersion: 1 });",
    "counted(pieces, { reserved: -pieces.quantity });",
  ),
  bug(
    "refund restocks twice",
    "order/order-stock.ts",
    "restockStock(back)];",
    "restockStock({ ...back, quantity: 2 * back.quantity })];",
  ),
  bug(
    "refund whose answer was lost left alone",
    "order/sweep-orders.ts",
    "await Promise.all(dueRefunds(order, now).map((refund) => settle(on, order, refund)));",
    "await Promise.all(dueRefunds(order, now).slice(0, 0).map((refund) => settle(on, order, refund)));",
  ),
  bug(
    "canceled while a refund is being made",
    "order/request-cancellation.ts",
    "if (known > 0)",
    "if (known < 0)",
  ),
  bug(
    "refund of our own recorded again",
    "order/record-refund.ts",
    "refunds.find(({ stripeRefundId }) => stripeRefundId === seen.id) ??",
    "refunds.find(({ stripeRefundId }) => stripeRefundId === undefined && seen.id === undefined) ??",
  ),
  bug(
    "event of Stripe answered before it is written down",
    "payment/receive-stripe-event.ts",
    "const known = await tryCommit(on.table, [receivedEvent(event, on.now())]);",
    "const known = await tryCommit(on.table, [receivedEvent(event, on.now())]).catch(() => []);",
  ),
  bug(
    "event of Stripe that could not be followed forgotten",
    "payment/apply-stripe-event.ts",
    "isDone ? followedEvent(event) : restedEvent(event, on.now())",
    "isDone ? followedEvent(event) : followedEvent(event)",
  ),
  bug(
    "kill switch without a wait",
    "payment/kill-tokens.ts",
    "return pass.begunAt >= settledAt",
    "return pass.begunAt >= 0 * settledAt",
  ),
  bug(
    "revoked key served on",
    "access/authorize.ts",
    "lock.revokedAt === undefined,",
    "lock.revokedAt === undefined || lock.revokedAt + 30_000 > now,",
  ),
  bug(
    "a session that ends an hour early",
    "checkout/checkout.ts",
    '"ready" ? checkout.expiresAt : checkout.leaseUntil;',
    '"ready" ? checkout.expiresAt - hours(1) : checkout.leaseUntil;',
  ),
  bug(
    "a delivery tried again before its time",
    "webhook/pace.ts",
    "return nextAt <= now + seconds(1) ||",
    "return nextAt <= now + seconds(3_600) ||",
  ),
  bug(
    "deliveries without a sweeper",
    "webhook/sweep-deliveries.ts",
    "await on.wake(overdue, 0);",
    "await on.wake(overdue.slice(0, 0), 0);",
  ),
  bug(
    "an erasure that keeps a key",
    "customer/forget-checkout.ts",
    "destroyedCheckoutKey(subject),",
    "...(order ? [] : [destroyedCheckoutKey(subject)]),",
  ),
  bug(
    "an erasure that forgets what it waits for",
    "customer/forget-customer.ts",
    "const others = left.filter((checkoutId) => !known.has(checkoutId));",
    "const others = left.filter((checkoutId) => known.has(checkoutId)).slice(0, 0);",
  ),
  bug(
    "a buyer shown before it is on record",
    "runtime/recorder.ts",
    "await recorder.after(asked, answer);",
    "void recorder.after(asked, answer).catch(() => undefined);",
  ),
  bug(
    "the sealer looks no further back than its last pass",
    "audit/seal-audit.ts",
    "(await readPass(on.table)) - lateness);",
    "(await readPass(on.table)) - 0 * lateness);",
  ),
  bug(
    "a shop's word taken without its signature",
    "fulfillment/bridge-connector.ts",
    'if (typeof said === "string") return unknown(said);',
    'if (typeof said === "string") return said === "store_not_verified" ? { submission: "accepted" } : unknown(said);',
  ),
  bug(
    "a shop that is back hears of what waits an hour later",
    "fulfillment/resend.ts",
    "Math.min(times.resend.longest, Math.max(",
    "Math.min(4 * times.resend.longest, Math.max(",
  ),
  bug(
    "a shop that hears nothing of a cancellation",
    "order/order.ts",
    "to !== order.status && rests(to) && order.shop",
    'to === "confirmed" && rests(to) && order.shop',
  ),
  bug(
    "an erasure takes a store's evidence while a bank asks",
    "customer/forget-checkout.ts",
    'if (isFrozen(order)) return "dispute";',
    "",
  ),
  bug(
    "a parcel that is told after its buyer's erasure",
    "fulfillment/order-fulfillments.ts",
    "tracking !== undefined && order.erasedAt === undefined;",
    "tracking !== undefined;",
  ),
  bug(
    "a cancellation's answer keeps the parcels' numbers",
    "order/request-cancellation.ts",
    "order.fulfillments.map(untracked)",
    "order.fulfillments",
  ),
];
