import type { Form } from "./form.ts";
import type { StripeEvent } from "./objects.ts";
import type { State } from "./state.ts";

/** Whose money changes, when, and by which request. */
export type Change = {
  readonly state: State;
  /** Seconds, as Stripe counts. */
  readonly now: number;
  readonly livemode: boolean;
  /** Mode and account: what belongs to another is not there. */
  readonly owner: string;
  /** Absent: a bank or the clock did it. */
  readonly request?: StripeEvent["request"];
};

/** An authenticated request. */
export type Call = Change & {
  readonly form: Form;
  readonly version: string | undefined;
  /** The issuer wants the buyer to authenticate, whatever the card. */
  readonly issuerAsks: boolean;
};

/** What happens to an object without a request. */
export const byItself = (
  state: State,
  now: number,
  { owner, livemode }: Pick<Change, "owner" | "livemode">,
): Change => ({ state, now, owner, livemode });
