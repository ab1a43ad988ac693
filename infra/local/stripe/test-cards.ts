export type Card = {
  readonly brand: string;
  readonly last4: string;
  readonly funding: "credit" | "debit" | "prepaid";
  /** The issuer wants the buyer to authenticate before it decides. */
  readonly authenticate?: true;
  readonly decline?: Decline;
  /** What a refund of it does later: the bank takes its time, or sends the money back. */
  readonly refund?: "pends" | "fails";
  /** The buyer questions the payment as soon as it is captured. */
  readonly dispute?: { readonly reason: string; readonly inquiry?: true };
};
export type Decline = { readonly code: string; readonly decline_code?: string; readonly message: string };

const declined = (decline_code: string): Decline => ({
  code: "card_declined",
  decline_code,
  message: "Your card was declined.",
});
const visa = (last4: string, more: Partial<Card> = {}): Card => ({
  brand: "visa",
  last4,
  funding: "credit",
  ...more,
});

/** Stripe's test PaymentMethods and what each does (docs.stripe.com/testing). */
const cards: Readonly<Record<string, Card>> = {
  pm_card_visa: visa("4242"),
  pm_card_visa_debit: visa("5556", { funding: "debit" }),
  pm_card_mastercard: { brand: "mastercard", last4: "4444", funding: "credit" },
  pm_card_mastercard_debit: { brand: "mastercard", last4: "8210", funding: "debit" },
  pm_card_mastercard_prepaid: { brand: "mastercard", last4: "5100", funding: "prepaid" },
  pm_card_amex: { brand: "amex", last4: "8431", funding: "credit" },
  pm_card_amex_threeDSecureNotSupported: { brand: "amex", last4: "0005", funding: "credit" },
  pm_card_discover: { brand: "discover", last4: "1117", funding: "credit" },
  pm_card_diners: { brand: "diners", last4: "0004", funding: "credit" },
  pm_card_jcb: { brand: "jcb", last4: "0505", funding: "credit" },
  pm_card_unionpay: { brand: "unionpay", last4: "0005", funding: "credit" },
  pm_card_threeDSecureOptional: visa("3055"),
  pm_card_riskLevelElevated: visa("9235"),
  pm_card_pendingRefund: visa("7726", { refund: "pends" }),
  pm_card_refundFail: visa("5126", { refund: "fails" }),
  pm_card_createDispute: visa("0259", { dispute: { reason: "fraudulent" } }),
  pm_card_createDisputeProductNotReceived: visa("2685", { dispute: { reason: "product_not_received" } }),
  pm_card_createDisputeInquiry: visa("1976", { dispute: { reason: "fraudulent", inquiry: true } }),
  pm_card_chargeDeclined: visa("0002", { decline: declined("generic_decline") }),
  pm_card_chargeCustomerFail: visa("0341", { decline: declined("generic_decline") }),
  pm_card_radarBlock: visa("0019", { decline: declined("fraudulent") }),
  pm_card_chargeDeclinedFraudulent: visa("0019", { decline: declined("fraudulent") }),
  pm_card_chargeDeclinedInsufficientFunds: visa("9995", {
    decline: { ...declined("insufficient_funds"), message: "Your card has insufficient funds." },
  }),
  pm_card_chargeDeclinedLostCard: visa("9987", { decline: declined("lost_card") }),
  pm_card_chargeDeclinedStolenCard: visa("9979", { decline: declined("stolen_card") }),
  pm_card_chargeDeclinedVelocityLimitExceeded: visa("6975", {
    decline: declined("card_velocity_exceeded"),
  }),
  pm_card_chargeDeclinedExpiredCard: visa("0069", {
    decline: { code: "expired_card", message: "Your card has expired." },
  }),
  pm_card_chargeDeclinedIncorrectCvc: visa("0127", {
    decline: { code: "incorrect_cvc", message: "Your card's security code is incorrect." },
  }),
  pm_card_chargeDeclinedProcessingError: visa("0119", {
    decline: {
      code: "processing_error",
      message: "An error occurred while processing your card. Try again in a little bit.",
    },
  }),
  pm_card_authenticationRequired: visa("3184", { authenticate: true }),
  pm_card_authenticationRequiredOnSetup: visa("3155", { authenticate: true }),
  pm_card_threeDSecure2Required: visa("3220", { authenticate: true }),
  pm_card_threeDSecureRequired: visa("3063", { authenticate: true }),
  pm_card_threeDSecureRequiredChargeDeclined: visa("1629", {
    authenticate: true,
    decline: declined("generic_decline"),
  }),
};

/** Declines exist under two names: `pm_card_chargeDeclined…` and `pm_card_visa_chargeDeclined…`. */
export const cardOf = (paymentMethod: string): Card | undefined => {
  const name = paymentMethod.replace(/^pm_card_visa_charge/, "pm_card_charge");
  return Object.hasOwn(cards, name) ? cards[name] : undefined;
};
