import { z } from "zod";
import { recordedAct } from "#functions/audit/audit.store.ts";
import { type Actor, Reason } from "#functions/audit/audit.ts";
import { sha256 } from "#functions/runtime/canonical-json.ts";
import type { SecretVault } from "#functions/runtime/secrets.client.ts";
import type { Table } from "#functions/runtime/table.ts";
import type { Clock } from "#functions/values/clock.ts";
import { Refusal } from "#functions/values/refusal.ts";
import {
  modeOf,
  type ProveStripeKey,
  parseKeys,
  parseSigningSecrets,
  StripeKey,
  StripeSigningSecret,
  withNewest,
} from "./stripe-secret.ts";

/** What Stripe's dashboard has shown: an API key, signing secrets of our endpoints there, or all of it. */
export const PutStripeSecrets = z.strictObject({
  secrets: z.strictObject({
    key: StripeKey.optional(),
    own: StripeSigningSecret.optional(),
    connect: StripeSigningSecret.optional(),
  }),
  reason: Reason,
});
export type PutStripeSecrets = z.infer<typeof PutStripeSecrets>;

export type PutsStripeSecrets = {
  secrets: SecretVault;
  stripeSecretArns: { readonly keys: string; readonly signing: string };
  prove: ProveStripeKey;
  liveAllowed: boolean;
  table: Pick<Table, "commit">;
  now: Clock;
};

/**
 * Puts in use what was rolled at Stripe: within minutes everywhere, at once where the old key is refused. A key that
 * Stripe does not let in replaces none. A secret is no row, so the record goes before it: it says what was tried.
 */
export const putStripeSecrets =
  (on: PutsStripeSecrets) =>
  async ({ secrets, reason }: PutStripeSecrets, actor: Actor): Promise<object> => {
    const put = Object.keys(secrets).sort();
    if (put.length === 0) throw new Refusal("missing", "There is no key and no secret.");
    const { key, ...signing } = secrets;
    if (key !== undefined) await refuseUnfit(on, key);
    const about = { secrets: put.join(" "), ...(key !== undefined && { mode: modeOf(key) }) };
    const record = { action: "stripe_secrets.put", actor, decidedBy: "iam", reason, about } as const;
    await on.table.commit([recordedAct({ ...record, at: on.now() })]);
    await putKey(on, key);
    await putSigning(on, signing);
    return { put };
  };

const refuseUnfit = async (on: PutsStripeSecrets, key: string): Promise<void> => {
  const param = "$.secrets.key";
  if (modeOf(key) === "live" && !on.liveAllowed)
    throw new Refusal("invalid", "This stage knows test mode only.", { param });
  if (!(await on.prove(key))) throw new Refusal("invalid", "Stripe does not let this key in.", { param });
};

const putKey = async (on: PutsStripeSecrets, key: string | undefined): Promise<void> => {
  if (key === undefined) return;
  const arn = on.stripeSecretArns.keys;
  const before = await on.secrets.read(arn);
  const keys = parseKeys(before);
  if (keys[modeOf(key)] !== key) await write(on, arn, { before, after: { ...keys, [modeOf(key)]: key } });
};

type Signing = Pick<PutStripeSecrets["secrets"], "own" | "connect">;

const putSigning = async (on: PutsStripeSecrets, given: Signing): Promise<void> => {
  const arn = on.stripeSecretArns.signing;
  const before = await on.secrets.read(arn);
  const known = parseSigningSecrets(before);
  const own = withNewest(known.own, given.own, on.now());
  const connect = withNewest(known.connect, given.connect, on.now());
  if (own !== known.own || connect !== known.connect)
    await write(on, arn, { before, after: { own, connect } });
};

/**
 * The token names what it goes on from, so of two at once the later one is told instead of undoing the other's; with
 * the time in it no text comes twice.
 */
const write = async (
  on: PutsStripeSecrets,
  arn: string,
  { before, after }: { before: string; after: object },
): Promise<void> => {
  const text = JSON.stringify({ ...after, changedAt: on.now() });
  if (!(await on.secrets.write(arn, text, sha256(`${arn} ${before}`))))
    throw new Refusal("conflict", "Somebody else has changed this secret in the same moment. Try again.");
};
