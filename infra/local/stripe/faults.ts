import { z } from "zod";

/** How the embedded Stripe fails next; only a test or a developer can say so. */
export const Fault = z.object({
  /** Part of `POST /v1/payment_intents/pi_…/capture`. */
  match: z.string(),
  /** Whether the request has its effect before it fails. */
  when: z.enum(["before", "after"]).default("before"),
  times: z.int().positive().default(1),
  /**
   * `timeout`: no answer, ever. `close`: the connection ends. `500`: kept under the idempotency key, as Stripe
   * does. `409`, `429`: busy. `refuse`: a definite no with `code`. `authenticate`: none of Stripe's, but its card's
   * issuer wants the buyer to authenticate; of Stripe's test cards only those of Visa do by themselves.
   */
  kind: z.enum(["timeout", "close", "500", "409", "429", "refuse", "authenticate"]),
  code: z.string().default("card_declined"),
});
export type Fault = z.infer<typeof Fault>;
export type FaultInput = z.input<typeof Fault>;

export type Faults = { add(fault: FaultInput): void; take(request: string): Fault | undefined };

export const createFaults = (): Faults => {
  const planned: Fault[] = [];
  return {
    add: (fault) => void planned.push(Fault.parse(fault)),
    take: (request) => {
      const fault = planned.find(({ match, times }) => times > 0 && request.includes(match));
      if (fault) fault.times -= 1;
      return fault;
    },
  };
};
