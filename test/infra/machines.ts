import { exampleOrder } from "#events/facts.ts";
import { orderPlaced } from "#events/order-placed.ts";
import * as keyLife from "#functions/access/key-life.ts";
import { createdKey } from "#functions/access/license-key.store.ts";
import type { StoredKey } from "#functions/access/stored-key.ts";
import { createdCheckout } from "#functions/checkout/checkout.store.ts";
import * as checkout from "#functions/checkout/checkout.ts";
import { aborted } from "#functions/checkout/claim-checkout.ts";
import { createdErasure, savedErasure } from "#functions/customer/erasure.store.ts";
import * as erasure from "#functions/customer/erasure.ts";
import { savedDomain } from "#functions/domain/domain.store.ts";
import * as domain from "#functions/domain/domain.ts";
import * as fulfillment from "#functions/fulfillment/fulfillment.ts";
import * as dispute from "#functions/order/dispute.ts";
import { placedOrder, savedOrder } from "#functions/order/order.store.ts";
import * as order from "#functions/order/order.ts";
import * as refund from "#functions/order/refund.ts";
import { published } from "#functions/outbox/outbox.store.ts";
import * as outbox from "#functions/outbox/outbox.ts";
import * as payment from "#functions/payment/payment.ts";
import * as stripeEvent from "#functions/payment/stripe-event.store.ts";
import { wantAuthentication } from "#functions/payment/want-authentication.ts";
import type { Write } from "#functions/runtime/table.ts";
import type { Timers } from "#functions/runtime/timer.ts";
import { createdGrant, savedGrant } from "#functions/support/support-grant.store.ts";
import * as supportGrant from "#functions/support/support-grant.ts";
import { createdDelivery } from "#functions/webhook/delivery.store.ts";
import * as delivery from "#functions/webhook/delivery.ts";
import { newDelivery } from "#functions/webhook/fan-out-event.ts";
import { createdReplay } from "#functions/webhook/replay.store.ts";
import * as replay from "#functions/webhook/replay.ts";
import { aCheckout, anOrder, now, storeId } from "#test/examples.ts";

/**
 * Every state machine: its states, its timers, and the writes by which a row comes to stand in each state. A state
 * that lives in another's row is written with that one.
 */
export type Machine = {
  /** Where its table of moves stands; an event has none. */
  readonly moves?: string;
  readonly states: Readonly<Record<string, readonly string[]>>;
  readonly timers: Timers<string>;
  readonly rows: Readonly<Record<string, () => readonly Write[]>>;
};

const ready = aCheckout({ updatedAt: now, expiresAt: now + checkout.times.session });
const begun = checkout.moved(ready, "completing", now, checkout.leased(ready, now));
const aborting = aborted(begun, now, "refused");
const checkoutRow = (is: checkout.Checkout) => () => [createdCheckout(is)];
const authenticating = () => wantAuthentication(begun, "visa", now).slice(0, 1).map(unconditional);

const unconditional = ({ condition: _, ...write }: Write): Write => write;

const placed = anOrder({ updatedAt: now });
const working = { epoch: 1, leaseUntil: now + order.times.lease };
const canceling = order.moved(placed, "canceling", now, working);
const orderRow = (is: order.Order) => () => [unconditional(savedOrder(placed, is))];
const confirmed = order.moved(placed, "confirmed", now);

const withRefund = (status: refund.RefundStatus) =>
  orderRow({
    ...confirmed,
    refunds: [
      {
        number: 1,
        status,
        amount: 100,
        lines: [],
        shipping: false,
        restock: false,
        reason: "other",
        origin: "store",
        requestedAt: now,
        updatedAt: now,
      },
    ],
  });

const withDispute = (status: dispute.DisputeStatus) =>
  orderRow({
    ...confirmed,
    disputes: [
      { id: "du_1", status, kind: "chargeback", amount: 100, reason: "general", openedAt: now },
    ] as order.Order["disputes"],
  });

const withPiece = (type: fulfillment.PieceStatus) =>
  orderRow({
    ...confirmed,
    fulfillments: [
      { number: 1, events: [{ type, lines: [{ productId: "mug-blue", quantity: 1 }], at: now }] },
    ],
  });

const event = {
  definition: orderPlaced,
  storeId,
  livemode: false,
  subject: placed.id,
  version: 1,
  occurredAt: now,
  data: { ...exampleOrder, status: "placed" as const },
};
const recorded = outbox.recordEvent(event);

const pending = newDelivery(
  { id: "we_00000000000000000000000001", storeId } as never,
  { id: "evt_1", type: "order.placed", storeId, subject: placed.id, version: 1 } as never,
  now,
);
const delivering = delivery.moved(pending, "delivering", now, { leaseUntil: now + delivery.times.lease });
const replaying: replay.Replay = {
  id: "rpl_00000000000000000000000001",
  endpointId: pending.endpointId,
  storeId,
  status: "running",
  version: 1,
  from: 0,
  to: now,
  only: "all",
  resent: 0,
  requestedAt: now,
  updatedAt: now,
};
/** After so many attempts the waits are the longest. */
const tired = { ...delivering, attempts: delivery.schedule.length + 1 };
const after = (status: number) => delivery.afterAttempt(tired, { status }, { now, random: 0.999_999 });
const deliveryRow = (is: delivery.Delivery) => () => [createdDelivery(is)];

const hint = { id: "evt_1", type: "refund.updated", objectId: "re_1", livemode: false, created: now };
const received = { ...hint, receivedAt: now, tries: 0 };
const overAndOver = { ...received, tries: 30 };

const asked = domain.challenged(
  undefined,
  { storeId, livemode: true, host: "tea.example", scope: "host", method: "dns" },
  "token",
  now,
);
const proven = domain.verified(asked, domain.openChallenge(asked, now) as domain.Challenge, now);
const domainRow =
  (...all: readonly domain.Domain[]) =>
  () =>
    all.map((is) => unconditional(savedDomain(undefined, is)));

const letIn: supportGrant.SupportGrant = {
  id: "sup_00000000000000000000000001",
  storeId,
  livemode: true,
  status: "active",
  version: 1,
  sealedPerson: new Uint8Array([1]),
  keyId: "4kZ0aQ7xYb2L",
  scopes: ["orders:read"],
  reason: "looks at an order",
  grantedBy: "prn_00000000000000000000000001",
  createdAt: now,
  endsAt: now + supportGrant.times.longest,
};

const forgetting = erasure.newErasure(
  {
    storeId,
    customerId: "cust_00000000000000000000000001",
    customerIds: [],
    checkoutIds: [placed.checkoutId],
  },
  { now, random: () => new Uint8Array(16) },
);
const stuck = erasure.stillWaiting(
  { ...forgetting, requestedAt: now - erasure.times.soon },
  { left: forgetting.left, waitsFor: ["order"] },
  now,
);
const key = { publicId: "000000000000", storeId, version: 1, createdAt: now } as unknown as StoredKey;
const keyRow = (is: Partial<StoredKey>) => () => createdKey({ ...key, ...is });

export const machines: Readonly<Record<string, Machine>> = {
  checkout: {
    moves: "functions/checkout/checkout.ts",
    states: checkout.moves,
    timers: checkout.timers,
    rows: {
      open: checkoutRow({ ...ready, status: "open" }),
      ready: checkoutRow(ready),
      completing: checkoutRow(begun),
      authenticating,
      aborting: checkoutRow(aborting),
      completed: checkoutRow(checkout.moved(begun, "completed", now)),
      canceled: checkoutRow(checkout.moved(ready, "canceled", now)),
      expired: checkoutRow(checkout.moved(ready, "expired", now)),
    },
  },
  order: {
    moves: "functions/order/order.ts",
    states: order.moves,
    timers: order.timers,
    rows: {
      placed: () => [placedOrder(placed, now + order.times.grace)],
      confirmed: orderRow(confirmed),
      canceling: orderRow(canceling),
      canceled: orderRow(order.moved(canceling, "canceled", now)),
    },
  },
  refund: {
    moves: "functions/order/refund.ts",
    states: refund.refundMoves,
    timers: order.refundTimers,
    rows: {
      requested: withRefund("requested"),
      pending: withRefund("pending"),
      succeeded: withRefund("succeeded"),
      failed: withRefund("failed"),
    },
  },
  "piece of a fulfillment": {
    moves: "functions/fulfillment/fulfillment.ts",
    states: fulfillment.moves,
    timers: fulfillment.timers,
    rows: {
      processing: withPiece("processing"),
      shipped: withPiece("shipped"),
      delivered: withPiece("delivered"),
      failed: withPiece("failed"),
      returned: withPiece("returned"),
    },
  },
  dispute: {
    moves: "functions/order/dispute.ts",
    states: dispute.disputeMoves,
    timers: dispute.disputeTimers,
    rows: { open: withDispute("open"), won: withDispute("won"), lost: withDispute("lost") },
  },
  payment: {
    moves: "functions/payment/payment.ts",
    states: payment.moves,
    timers: payment.timers,
    rows: {
      requested: checkoutRow(begun),
      authenticating,
      authorized: () => [placedOrder(placed, now + order.times.grace)],
      failed: orderRow(canceling),
      captured: orderRow(confirmed),
      declined: () => [],
      voided: () => [],
      refunded: () => [],
    },
  },
  domain: {
    moves: "functions/domain/domain.ts",
    states: domain.moves,
    timers: domain.timers,
    rows: {
      pending: domainRow(asked),
      verified: domainRow(proven, domain.rechecked(proven, "absent", now)),
      suspended: domainRow(domain.ended(proven, "suspended", now)),
      transferred: domainRow(domain.ended(proven, "transferred", now)),
      removed: domainRow(domain.ended(proven, "removed", now)),
    },
  },
  "support grant": {
    moves: "functions/support/support-grant.ts",
    states: supportGrant.moves,
    timers: supportGrant.timers,
    rows: {
      active: () => [createdGrant(letIn)],
      ended: () => [unconditional(savedGrant(letIn, supportGrant.ended(letIn, "time", now)))],
    },
  },
  erasure: {
    moves: "functions/customer/erasure.ts",
    states: erasure.moves,
    timers: erasure.timers,
    rows: {
      waiting: () => [...createdErasure(forgetting), ...savedErasure(forgetting, stuck)],
      done: () => [
        ...createdErasure(forgetting),
        ...savedErasure(forgetting, erasure.done(forgetting, [], now)),
      ],
    },
  },
  delivery: {
    moves: "functions/webhook/delivery.ts",
    states: delivery.moves,
    timers: delivery.timers,
    rows: {
      pending: deliveryRow(pending),
      delivering: deliveryRow(delivering),
      waiting: deliveryRow(after(500)),
      delivered: deliveryRow(after(200)),
      parked: deliveryRow(delivery.moved(pending, "parked", now)),
      canceled: deliveryRow(after(410)),
      superseded: deliveryRow(delivery.moved(pending, "superseded", now)),
    },
  },
  replay: {
    moves: "functions/webhook/replay.ts",
    states: replay.moves,
    timers: replay.timers,
    rows: {
      running: () => [createdReplay(replaying)],
      done: () => [createdReplay({ ...replaying, status: "done" })],
    },
  },
  event: {
    states: { recorded: ["published"], published: [] },
    timers: outbox.timers,
    rows: {
      recorded: () => [recorded],
      published: () => [
        recorded,
        published({ key: recorded.key, event, dueAt: now + outbox.times.grace }, now),
      ],
    },
  },
  "license key": {
    moves: "functions/access/key-life.ts",
    states: keyLife.moves,
    timers: keyLife.timers,
    rows: {
      active: keyRow({}),
      suspended: keyRow({ suspendedAt: now, suspendedFor: "unused" }),
      revoked: keyRow({ revokedAt: now }),
      expired: keyRow({ expiresAt: now }),
    },
  },
  "stripe event": {
    states: { received: ["followed"], followed: [] },
    timers: stripeEvent.timers,
    rows: {
      received: () => [
        stripeEvent.receivedEvent(hint, now),
        unconditional(stripeEvent.restedEvent(overAndOver, now)),
      ],
      followed: () => [
        stripeEvent.receivedEvent(hint, now),
        unconditional(stripeEvent.followedEvent(received)),
      ],
    },
  },
};
