import { z } from "zod";
import type { Checkout } from "#functions/checkout/checkout.ts";
import { FulfillmentView, viewFulfillment } from "#functions/fulfillment/fulfillment-view.ts";
import { type Payment, TokenKind } from "#functions/payment/payment.ts";
import { PolicyDigests } from "#functions/store/policy.ts";
import { toIso } from "#functions/values/clock.ts";
import { OrderId, PrincipalId } from "#functions/values/id.ts";
import { Currency, MinorUnits } from "#functions/values/money.ts";
import { mayNotShip } from "./dispute.ts";
import { type Order, Status } from "./order.ts";
import { DisputeView, viewDispute } from "./order-view.ts";
import { Personal } from "./personal-view.ts";

const Moment = z.iso.datetime();

/** What a store can show a bank: everything that we hold and nothing that we would have to guess. */
export const Evidence = z.object({
  /** What the buyer could read before: digests of each policy's URL and version, as the store states them. */
  terms: z.object({ ...PolicyDigests.shape, acceptedAt: Moment }).optional(),
  consent: z.object({
    sessionCreatedAt: Moment,
    /** Which version of the session the agent had seen, with this total. */
    quote: z.object({ version: z.int().optional(), total: MinorUnits, currency: Currency }),
    /** The request to buy: by which agent and license key, in which version of the protocol, with what to pay. */
    request: z.object({
      at: Moment.optional(),
      principalId: PrincipalId,
      keyId: z.string().optional(),
      protocol: z.string(),
      apiVersion: z.string(),
      tokenKind: TokenKind.optional(),
      amount: MinorUnits,
    }),
    orderPlacedAt: Moment,
  }),
  delivery: z.object({
    optionId: z.string().optional(),
    option: z.string().optional(),
    pieces: z.array(z.object({ title: z.string(), quantity: z.int(), digital: z.boolean() })),
    /** Where the buyer follows the order. */
    permalinkUrl: z.url(),
    confirmedAt: Moment.optional(),
    /** What was sent, when it arrived, and where a carrier confirms it. */
    fulfillments: z.array(FulfillmentView),
  }),
  ...Personal.shape,
});
export type Evidence = z.infer<typeof Evidence>;

export const DisputesView = z.object({
  orderId: OrderId,
  status: Status,
  /** Ship nothing more: a dispute is open, or a bank has taken the money. */
  frozen: z.boolean(),
  disputes: z.array(DisputeView),
  evidence: Evidence,
});
export type DisputesView = z.infer<typeof DisputesView>;

type Rows = { order: Order; checkout: Checkout; payment: Payment | undefined };

export const viewDisputes = (rows: Rows, personal: Personal): DisputesView => ({
  orderId: rows.order.id,
  status: rows.order.status,
  frozen: mayNotShip(rows.order),
  disputes: rows.order.disputes.map(viewDispute),
  evidence: {
    ...(rows.order.terms && {
      terms: termsOf(rows.order.terms),
    }),
    consent: consentOf(rows),
    delivery: deliveryOf(rows.order),
    ...personal,
  },
});

const termsOf = ({ at, ...digests }: NonNullable<Order["terms"]>) => ({
  ...digests,
  acceptedAt: toIso(at),
});

const consentOf = ({ order, checkout, payment }: Rows): Evidence["consent"] => ({
  sessionCreatedAt: toIso(checkout.createdAt),
  quote: {
    version: checkout.consent?.version,
    total: order.quote.totals.total,
    currency: order.quote.currency,
  },
  request: {
    ...(checkout.consent && { at: toIso(checkout.consent.at), keyId: checkout.consent.keyId }),
    principalId: order.principalId,
    protocol: order.channel.protocol,
    apiVersion: order.channel.version,
    tokenKind: payment?.tokenKind,
    amount: order.payment.amount,
  },
  orderPlacedAt: toIso(order.createdAt),
});

const deliveryOf = ({ id, quote, permalinkUrl, confirmedAt, fulfillments }: Order): Evidence["delivery"] => ({
  optionId: quote.selectedOptionId,
  option: quote.options.find(({ id }) => id === quote.selectedOptionId)?.title,
  pieces: quote.lines.map(({ title, quantity, digital }) => ({ title, quantity, digital })),
  permalinkUrl,
  ...(confirmedAt !== undefined && { confirmedAt: toIso(confirmedAt) }),
  fulfillments: fulfillments.map((each) => viewFulfillment(id, each)),
});
