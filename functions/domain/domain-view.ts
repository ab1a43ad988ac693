import { z } from "zod";
import { toIso } from "#functions/values/clock.ts";
import { type Challenge, type Domain, DomainStatus, Method, ProofMethod } from "./domain.ts";
import { DomainScope } from "./host.ts";
import { fileFor, recordFor } from "./prove-domain.ts";

const Moment = z.iso.datetime();

/** What to publish, by the method that was chosen; it must stay there while the domain is to speak. */
const ChallengeView = z.object({
  method: ProofMethod,
  scope: DomainScope,
  expiresAt: Moment,
  record: z.object({ type: z.literal("TXT"), name: z.string(), value: z.string() }).optional(),
  file: z.object({ url: z.string(), contentType: z.literal("text/plain"), content: z.string() }).optional(),
});

export const DomainView = z.object({
  domain: z.string(),
  status: DomainStatus,
  scope: DomainScope,
  method: Method,
  verifiedAt: Moment.optional(),
  /** When it was last seen to hold. */
  checkedAt: Moment.optional(),
  /** Since when the proof is missing: put it back, or the domain is suspended. */
  missingSince: Moment.optional(),
  /** When it spoke for the store no longer. */
  endedAt: Moment.optional(),
  challenge: ChallengeView.optional(),
});
export type DomainView = z.infer<typeof DomainView>;

export const viewDomain = (domain: Domain): DomainView => ({
  domain: domain.host,
  status: domain.status,
  scope: domain.scope,
  method: domain.method,
  ...times(domain, "verifiedAt", "checkedAt", "missingSince", "endedAt"),
  ...(domain.challenge && { challenge: viewChallenge(domain, domain.challenge) }),
});

const times = <Name extends keyof Domain & keyof DomainView>(domain: Domain, ...names: readonly Name[]) =>
  Object.fromEntries(
    names.flatMap((name) => {
      const time = domain[name];
      return typeof time === "number" ? [[name, toIso(time)]] : [];
    }),
  );

const viewChallenge = ({ storeId, host }: Domain, challenge: Challenge): DomainView["challenge"] => {
  const { method, scope, token, expiresAt } = challenge;
  const asked = { storeId, host, token };
  return {
    method,
    scope,
    expiresAt: toIso(expiresAt),
    ...(method === "dns"
      ? { record: { type: "TXT", ...recordFor(asked) } }
      : { file: { contentType: "text/plain", ...fileFor(asked) } }),
  };
};
