/** What Stripe says instead of doing it. `type` and `code` are Stripe's own (docs.stripe.com/error-codes). */
export class Failure extends Error {
  readonly status: number;
  readonly error: Readonly<Record<string, unknown>>;
  /** Refused before anything was executed: the idempotency key stays free. */
  readonly validation: boolean;

  constructor(status: number, error: Readonly<Record<string, unknown>>, validation: boolean) {
    super(String(error["message"] ?? error["code"]));
    this.name = "Failure";
    this.status = status;
    this.error = error;
    this.validation = validation;
  }
}

type More = Readonly<Record<string, unknown>>;

/** The request itself is wrong. */
export const invalid = (code: string, message: string, more: More = {}): Failure =>
  new Failure(400, { type: "invalid_request_error", code, message, ...more }, true);

export const missingResource = (what: string, id: string, param: string, status = 400): Failure =>
  new Failure(
    status,
    { type: "invalid_request_error", code: "resource_missing", message: `No such ${what}: '${id}'`, param },
    true,
  );

/** The object is not in a state for it. */
export const unexpectedState = (code: string, message: string, more: More = {}): Failure =>
  new Failure(400, { type: "invalid_request_error", code, message, ...more }, false);

export const cardError = (error: More, paymentIntent: unknown): Failure =>
  new Failure(402, { type: "card_error", ...error, payment_intent: paymentIntent }, false);
