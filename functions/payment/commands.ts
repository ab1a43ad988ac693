import { command, only } from "#functions/operator/command.ts";
import { operatorSeconds } from "#functions/operator/limits.ts";
import { minutes, seconds } from "#functions/values/clock.ts";
import { AcceptTokens, acceptTokens } from "./accept-tokens.ts";
import { type KillsTokens, KillTokens, killTokens } from "./kill-tokens.ts";
import { PutStripeSecrets, type PutsStripeSecrets, putStripeSecrets } from "./put-stripe-secrets.ts";
import type { TurnsTokens } from "./turn-tokens.ts";

/** What the operator may have done with payments. */
export const paymentCommands = {
  "kill-tokens": command(
    KillTokens,
    (on: Omit<KillsTokens, "callTakes" | "clocksApart">) =>
      killTokens({ ...on, callTakes: seconds(operatorSeconds), clocksApart: minutes(10) }),
    only("stores", "looked", "inFlight"),
  ),
  "accept-tokens": command(AcceptTokens, (on: TurnsTokens) => acceptTokens(on), only("stores", "looked")),
};

/** …and with what Stripe knows us by. */
export const stripeCommands = {
  "put-stripe-secrets": command(
    PutStripeSecrets,
    (on: PutsStripeSecrets) => putStripeSecrets(on),
    only("put"),
  ),
};
