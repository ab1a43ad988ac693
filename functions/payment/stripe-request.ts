import type { Authentication } from "./payment.ts";
import type {
  Account,
  CreationWindow,
  NewPaymentIntent,
  NewRefund,
  Stripe,
  Unknown,
  Which,
} from "./stripe.ts";
import { answerFrom, authorizationFrom, listedFrom } from "./stripe-answer.ts";
import type { StripeResponse } from "./stripe-response.ts";
import { disputeFrom, disputesFrom, refundFrom, refundsFrom } from "./stripe-returned.ts";

/** One call of Stripe's API v1, before it is encoded. */
export type StripeRequest = {
  readonly method: "GET" | "POST";
  /** With its query. */
  readonly path: string;
  readonly params?: Params;
  /** Every POST has one that a repeat derives again. */
  readonly key?: string;
  readonly version?: string;
};
export type Params = { readonly [name: string]: string | number | boolean | readonly string[] | Params };

/** Carries a request; `unknown` when no answer came. */
export type Send = (of: Account, request: StripeRequest) => Promise<StripeResponse | Unknown>;

/** Shared payment tokens exist in this preview only (docs.stripe.com/agentic-commerce). */
const sharedTokenVersion = "2026-04-22.preview";

/** The port over any carrier: what is asked and how an answer is read stands here, once. */
export const stripeOver = (send: Send): Stripe => {
  const ask = async <Outcome>(
    of: Account,
    request: StripeRequest,
    read: (response: StripeResponse) => Outcome,
  ): Promise<Outcome | Unknown> => {
    const response = await send(of, request);
    return "outcome" in response ? response : read(response);
  };
  const intents = "/v1/payment_intents";
  const expand = ["latest_charge"];
  return {
    createPaymentIntent: (of, wanted, key) =>
      ask(of, { ...createPaymentIntent(wanted), key }, authorizationFrom),
    retrievePaymentIntent: (of, id) =>
      ask(of, { method: "GET", path: `${intents}/${id}?expand[]=latest_charge` }, answerFrom),
    listPaymentIntents: (of, created, after) =>
      ask(
        of,
        { method: "GET", path: `${intents}?${queryOf({ created }, after)}&expand[]=data.latest_charge` },
        listedFrom,
      ),
    capturePaymentIntent: (of, id, key) =>
      ask(of, { method: "POST", path: `${intents}/${id}/capture`, params: { expand }, key }, answerFrom),
    cancelPaymentIntent: (of, id, key) =>
      ask(of, { method: "POST", path: `${intents}/${id}/cancel`, params: { expand }, key }, answerFrom),
    refundPaymentIntent: (of, wanted, key) => ask(of, { ...createRefund(wanted), key }, refundFrom),
    retrieveRefund: (of, id) => ask(of, { method: "GET", path: `/v1/refunds/${id}` }, refundFrom),
    listRefunds: (of, which, after) =>
      ask(of, { method: "GET", path: `/v1/refunds?${queryOf(which, after)}` }, refundsFrom),
    retrieveDispute: (of, id) => ask(of, { method: "GET", path: `/v1/disputes/${id}` }, disputeFrom),
    listDisputes: (of, which, after) =>
      ask(of, { method: "GET", path: `/v1/disputes?${queryOf(which, after)}` }, disputesFrom),
  };
};

/** `error_on_requires_action`: the attempt ends here either way; a buyer's proof comes with the next one. */
const createPaymentIntent = (wanted: NewPaymentIntent): StripeRequest => {
  const shared = wanted.token.kind === "spt";
  return {
    method: "POST",
    path: "/v1/payment_intents",
    params: {
      amount: wanted.amount,
      currency: wanted.currency,
      confirm: true,
      capture_method: "manual",
      error_on_requires_action: true,
      ...(shared
        ? { payment_method_data: { shared_payment_granted_token: wanted.token.token } }
        : { payment_method: wanted.token.token, payment_method_types: ["card"] }),
      ...(wanted.authentication && {
        payment_method_options: { card: { three_d_secure: threeDSecure(wanted.authentication) } },
      }),
      metadata: wanted.metadata,
      expand: ["latest_charge"],
    },
    ...(shared && { version: sharedTokenVersion }),
  };
};

const threeDSecure = (proof: Authentication): Params => ({
  cryptogram: proof.cryptogram ?? "",
  electronic_commerce_indicator: proof.electronicCommerceIndicator ?? "",
  transaction_id: proof.transactionId ?? "",
  version: proof.version ?? "",
});

const createRefund = ({ paymentIntentId, amount, metadata }: NewRefund): StripeRequest => ({
  method: "POST",
  path: "/v1/refunds",
  params: { payment_intent: paymentIntentId, ...(amount !== undefined && { amount }), metadata },
});

/** Objects on a page of any list (docs.stripe.com/api/pagination). */
const mostOfStripe = 100;

const queryOf = (which: Which, after: string | undefined): string =>
  [
    ...("created" in which ? windowOf(which.created) : [`payment_intent=${which.paymentIntentId}`]),
    `limit=${("created" in which && which.created.atMost) || mostOfStripe}`,
    ...(after ? [`starting_after=${after}`] : []),
  ].join("&");

const windowOf = ({ from, to }: CreationWindow): string[] => [
  `created[gte]=${Math.floor(from / 1_000)}`,
  `created[lte]=${Math.ceil(to / 1_000)}`,
];
